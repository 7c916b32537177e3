//! Where caps from above meet lines from below.

use super::{BudgetLine, Derivation, Origin};
use crate::ledger::Money;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a cap is set on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "level", content = "id", rename_all = "kebab-case")]
pub enum CapScope {
    /// The whole.
    Company,
    /// A department.
    Department(String),
    /// A product.
    Product(String),
}

/// Caps in force.
pub type Caps = BTreeMap<CapScope, Money>;

/// A cap against what was drafted from below, or a scope without one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reconciled {
    /// Scope.
    #[serde(flatten)]
    pub scope: CapScope,
    /// The cap from above; nothing when there is none.
    pub cap: Option<Money>,
    /// Sum of the caps of the parts, where every part has one.
    pub distributed: Option<Money>,
    /// Lines from below.
    pub bottom_up: Money,
    /// Bottom-up − cap: above zero it is too much.
    pub over: Option<Money>,
}

/// The lines of a version against the caps: the company, each department, each product with lines or a cap.
pub fn reconcile(lines: &[BudgetLine], caps: &Caps, departments: &BTreeMap<String, String>) -> Vec<Reconciled> {
    let mut products: BTreeMap<String, Money> = BTreeMap::new();
    for line in lines {
        *products.entry(line.product.clone()).or_default() += line.amount;
    }
    for scope in caps.keys() {
        if let CapScope::Product(product) = scope {
            products.entry(product.clone()).or_default();
        }
    }
    let mut by_department: BTreeMap<String, (Money, Vec<String>)> = BTreeMap::new();
    for (product, amount) in &products {
        if let Some(department) = departments.get(product) {
            let entry = by_department.entry(department.clone()).or_default();
            entry.0 += *amount;
            entry.1.push(product.clone());
        }
    }
    let row = |scope: CapScope, bottom_up: Money, parts: Vec<CapScope>| {
        let cap = caps.get(&scope).copied();
        let of_parts: Option<Vec<Money>> = parts.iter().map(|part| caps.get(part).copied()).collect();
        Reconciled {
            over: cap.map(|cap| bottom_up - cap),
            distributed: of_parts
                .filter(|parts| !parts.is_empty())
                .map(|parts| parts.into_iter().sum()),
            scope,
            cap,
            bottom_up,
        }
    };
    let total = products.values().copied().sum();
    let parts = by_department.keys().cloned().map(CapScope::Department).collect();
    let mut rows = vec![row(CapScope::Company, total, parts)];
    for (department, (amount, of)) in &by_department {
        let parts = of.iter().cloned().map(CapScope::Product).collect();
        rows.push(row(CapScope::Department(department.clone()), *amount, parts));
        for product in of {
            rows.push(row(CapScope::Product(product.clone()), products[product], Vec::new()));
        }
    }
    for (product, amount) in products
        .iter()
        .filter(|(product, _)| !departments.contains_key(*product))
    {
        rows.push(row(CapScope::Product(product.clone()), *amount, Vec::new()));
    }
    rows
}

/// Lines that bring products to their caps: the difference spread over the product's cells by what they have, marked as set
/// from above. A product without lines stays as it is.
pub fn to_caps(lines: &[BudgetLine], caps: &Caps, note: &str) -> Vec<BudgetLine> {
    let products: BTreeSet<&str> = lines.iter().map(|line| line.product.as_str()).collect();
    let mut result = lines.to_vec();
    for product in products {
        let Some(cap) = caps.get(&CapScope::Product(product.to_owned())).copied() else {
            continue;
        };
        let cells: Vec<_> = super::cells(lines.iter().filter(|line| line.product == product))
            .into_iter()
            .filter(|(_, cell)| !cell.amount.is_zero() && !cell.amount.is_negative())
            .collect();
        let bottom_up: Money = lines
            .iter()
            .filter(|line| line.product == product)
            .map(|line| line.amount)
            .sum();
        let weights: Vec<Money> = cells.iter().map(|(_, cell)| cell.amount).collect();
        let difference = cap - bottom_up;
        if difference.is_zero() {
            continue;
        }
        let Some(parts) = difference.split(&weights) else {
            continue;
        };
        for (((key, month), _), part) in cells.into_iter().zip(parts).filter(|(_, part)| !part.is_zero()) {
            let mut line = BudgetLine::manual(month, key, part, note);
            line.origin = Origin::TopDown;
            line.derivation = Derivation::TopDown {
                cap,
                bottom_up,
                note: note.to_owned(),
            };
            result.push(line);
        }
    }
    result.sort_by_cached_key(|line| (line.month, line.key(), line.origin));
    result
}
