//! An accepted supplement or cut, spread over the open months and lines that cause it.

use super::{Leaf, LineKey};
use crate::ledger::{Money, Month};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The weight of a line and month by its budget and its estimate.
type Weight<'a> = &'a dyn Fn(&(Money, Money)) -> Money;

/// What a line's budget of a month changes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineChange {
    /// The line.
    #[serde(flatten)]
    pub key: LineKey,
    /// Open month.
    pub month: Month,
    /// Money more (or, below zero, less).
    pub amount: Money,
}

/// Spreads `amount` (below zero for a cut) over the open months of a product's leaves: by how far each estimate is off the
/// budget in that direction, else by the budget, else by the estimate. The changes add up to `amount` exactly; a cut takes
/// from no line more than it has unless nothing else is left. Nothing when the product has no open month at all.
pub fn spread_proposal(leaves: &[Leaf], product: &str, amount: Money) -> Option<Vec<LineChange>> {
    let mut off: BTreeMap<(LineKey, Month), (Money, Money)> = BTreeMap::new();
    for leaf in leaves.iter().filter(|leaf| leaf.key.product == product) {
        for (month, landing) in &leaf.open {
            let budget = leaf.budget_by_month.get(month).copied().unwrap_or_default();
            off.insert((leaf.key.clone(), *month), (budget, landing.mid));
        }
    }
    let cut = amount.is_negative();
    let by_gap = |(budget, landing): &(Money, Money)| {
        let gap = if cut { *budget - *landing } else { *landing - *budget };
        let gap = if cut { gap.min(*budget) } else { gap };
        gap.max(Money::ZERO)
    };
    let by_budget = |(budget, _): &(Money, Money)| (*budget).max(Money::ZERO);
    let by_landing = |(_, landing): &(Money, Money)| (*landing).max(Money::ZERO);
    let weights: [Weight<'_>; 4] = [&by_gap, &by_budget, &by_landing, &|_| Money::ONE];
    let parts = weights.into_iter().find_map(|weight| {
        let weights: Vec<Money> = off.values().map(weight).collect();
        let enough = !cut || weights.iter().copied().sum::<Money>() >= amount.abs();
        let last = off.values().all(|pair| by_budget(pair).is_zero());
        amount.split(&weights).filter(|_| enough || last)
    });
    // A cut of more than the open months hold is taken from them all the same: the closed months cannot give.
    let parts = parts.or_else(|| amount.split(&off.values().map(by_budget).collect::<Vec<_>>()))?;
    Some(
        off.into_keys()
            .zip(parts)
            .filter(|(_, amount)| !amount.is_zero())
            .map(|((key, month), amount)| LineChange { key, month, amount })
            .collect(),
    )
}
