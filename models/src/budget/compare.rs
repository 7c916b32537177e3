//! Two versions of a budget, line by line: added, cut, changed.

use super::{BudgetLine, LineKey, Sourcing};
use crate::ledger::{Money, Month};
use serde::Serialize;
use std::collections::BTreeMap;

/// What happened to a cell from one version to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Not there before.
    Added,
    /// Not there any more.
    Cut,
    /// Another amount or other units.
    Changed,
}

/// The difference of one cell: a key in a month, by where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellChange {
    /// Month.
    pub month: Month,
    /// Key.
    #[serde(flatten)]
    pub key: LineKey,
    /// Where it comes from.
    #[serde(flatten)]
    pub sourcing: Sourcing,
    /// What happened.
    pub kind: ChangeKind,
    /// Amount in the first version.
    pub before: Money,
    /// Amount in the second one.
    pub after: Money,
    /// After − before.
    pub difference: Money,
    /// Units in the first version, where it counts any.
    pub units_before: Option<u64>,
    /// Units in the second one.
    pub units_after: Option<u64>,
}

/// The differences of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProductChange {
    /// Product.
    pub product: String,
    /// Sum in the first version.
    pub before: Money,
    /// Sum in the second one.
    pub after: Money,
    /// After − before: the sum of the differences of its cells.
    pub difference: Money,
}

/// Everything in which two versions differ. The differences of the cells add up to that of the totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Total of the first version.
    pub before: Money,
    /// Total of the second one.
    pub after: Money,
    /// After − before.
    pub difference: Money,
    /// Products that differ.
    pub products: Vec<ProductChange>,
    /// Cells that differ, by product, key and month.
    pub cells: Vec<CellChange>,
}

/// Amount, units and number of lines of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Sum of its lines.
    pub amount: Money,
    /// Sum of their units, where any counts units.
    pub units: Option<u64>,
    /// Lines.
    pub lines: usize,
}

/// The cells of some lines, by key and month.
pub fn cells<'a>(lines: impl IntoIterator<Item = &'a BudgetLine>) -> BTreeMap<(LineKey, Month), Cell> {
    cells_by(lines, |line| (line.key(), line.month))
}

/// A part of a cell: what of it comes from somewhere.
pub(super) type Part = (LineKey, Month, Sourcing);

/// The cells of some lines, by where they come from as well.
pub(super) fn parts<'a>(lines: impl IntoIterator<Item = &'a BudgetLine>) -> BTreeMap<Part, Cell> {
    cells_by(lines, |line| (line.key(), line.month, line.sourcing.clone()))
}

fn cells_by<'a, K: Ord>(
    lines: impl IntoIterator<Item = &'a BudgetLine>,
    place: impl Fn(&BudgetLine) -> K,
) -> BTreeMap<K, Cell> {
    let mut cells: BTreeMap<K, Cell> = BTreeMap::new();
    for line in lines {
        let cell = cells.entry(place(line)).or_default();
        cell.amount += line.amount;
        cell.lines += 1;
        if let Some(units) = line.units {
            cell.units = Some(cell.units.unwrap_or_default() + units);
        }
    }
    cells
}

/// Compares two versions.
pub fn compare(before: &[BudgetLine], after: &[BudgetLine]) -> Comparison {
    let (first, second) = (parts(before), parts(after));
    let mut changes = Vec::new();
    let mut products: BTreeMap<String, (Money, Money)> = BTreeMap::new();
    let places: std::collections::BTreeSet<_> = first.keys().chain(second.keys()).collect();
    for place in places {
        let (old, new) = (first.get(place), second.get(place));
        let amount = |cell: Option<&Cell>| cell.map_or(Money::ZERO, |cell| cell.amount);
        let (key, month, sourcing) = place;
        let sums = products.entry(key.product.clone()).or_default();
        sums.0 += amount(old);
        sums.1 += amount(new);
        let kind = match (old, new) {
            (None, Some(_)) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Cut,
            (Some(old), Some(new)) if old.amount != new.amount || old.units != new.units => ChangeKind::Changed,
            _ => continue,
        };
        changes.push(CellChange {
            month: *month,
            key: key.clone(),
            sourcing: sourcing.clone(),
            kind,
            before: amount(old),
            after: amount(new),
            difference: amount(new) - amount(old),
            units_before: old.and_then(|cell| cell.units),
            units_after: new.and_then(|cell| cell.units),
        });
    }
    let total = |lines: &[BudgetLine]| -> Money { lines.iter().map(|line| line.amount).sum() };
    Comparison {
        before: total(before),
        after: total(after),
        difference: total(after) - total(before),
        products: products
            .into_iter()
            .filter(|(_, (before, after))| before != after)
            .map(|(product, (before, after))| ProductChange {
                product,
                before,
                after,
                difference: after - before,
            })
            .collect(),
        cells: changes,
    }
}
