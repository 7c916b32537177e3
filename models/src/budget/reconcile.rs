//! Where caps from above meet lines from below.

use super::compare::parts;
use super::{BudgetLine, Derivation, Origin};
use crate::ledger::Money;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// Lines that bring products to their caps, and departments and the company down to theirs: the difference spread over cells by
/// what they have, marked as set from above.
///
/// A product with a cap is brought to it, up or down. A department over its cap is cut in its products without a cap of their
/// own, the company in those without any cap above them; below a cap there is nothing to do. What has no lines to take from
/// stays as it is.
pub fn to_caps(
    lines: &[BudgetLine],
    caps: &Caps,
    departments: &BTreeMap<String, String>,
    note: &str,
) -> Vec<BudgetLine> {
    let mut result = lines.to_vec();
    let own = |product: &str| caps.contains_key(&CapScope::Product(product.to_owned()));
    let of_department = |product: &str| {
        let department = departments.get(product);
        department.is_some_and(|department| caps.contains_key(&CapScope::Department(department.clone())))
    };
    let (products, wider): (Vec<_>, Vec<_>) = caps
        .iter()
        .partition(|(scope, _)| matches!(scope, CapScope::Product(_)));
    // The order of the scopes is company, department, product: from the narrowest on.
    for (scope, cap) in products.into_iter().chain(wider.into_iter().rev()) {
        let belongs = |line: &&BudgetLine| match scope {
            CapScope::Company => true,
            CapScope::Department(id) => departments.get(&line.product) == Some(id),
            CapScope::Product(id) => line.product == *id,
        };
        let gives = |line: &&BudgetLine| match scope {
            CapScope::Company => !own(&line.product) && !of_department(&line.product),
            CapScope::Department(_) => !own(&line.product),
            CapScope::Product(_) => true,
        };
        let bottom_up: Money = result.iter().filter(belongs).map(|line| line.amount).sum();
        let difference = *cap - bottom_up;
        let only_down = !matches!(scope, CapScope::Product(_));
        if difference.is_zero() || (only_down && !difference.is_negative()) {
            continue;
        }
        let cells: Vec<_> = parts(result.iter().filter(belongs).filter(gives))
            .into_iter()
            .filter(|(_, cell)| !cell.amount.is_zero() && !cell.amount.is_negative())
            .collect();
        let weights: Vec<Money> = cells.iter().map(|(_, cell)| cell.amount).collect();
        let there: Money = weights.iter().copied().sum();
        if difference.is_negative() && difference.abs() > there {
            continue;
        }
        let Some(shares) = difference.split(&weights) else {
            continue;
        };
        for (((key, month, sourcing), _), part) in cells.into_iter().zip(shares).filter(|(_, part)| !part.is_zero()) {
            let mut line = BudgetLine::manual(month, key, part, note);
            line.sourcing = sourcing;
            line.origin = Origin::TopDown;
            line.derivation = Derivation::TopDown {
                cap: *cap,
                bottom_up,
                note: note.to_owned(),
            };
            result.push(line);
        }
    }
    result.sort_by_cached_key(|line| (line.month, line.key(), line.origin));
    result
}
