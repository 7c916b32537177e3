//! Mix: of units that can be summed, how much comes from another mix of them than the model asks for.

use super::explain::Explained;
use super::{Part, Quantity};
use crate::budget::rate;
use crate::ledger::{Money, Ratio};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Units of which so many of one do the work of so many of the other, so that they can be summed. `[[unit_group]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitGroup {
    /// Name of the group.
    pub id: String,
    /// Units that can be summed.
    pub units: Vec<String>,
}

/// Takes the mix out of efficiency, within a product, cost type and group: of units q1 with total Q1, and needed units qF
/// with total QF, at the budget's price p, it is Σ (q1 − Q1 × qF ÷ QF) × p. Quantity stays in efficiency.
pub(super) fn separate(keys: &mut [Explained], groups: &[UnitGroup]) {
    for group in groups {
        let mut members: BTreeMap<(String, crate::ledger::CostType), Vec<(usize, usize)>> = BTreeMap::new();
        for (at, explained) in keys.iter().enumerate() {
            let of_group = |quantity: &Quantity| group.units.contains(&quantity.unit);
            for (unit, _) in explained
                .split
                .quantities
                .iter()
                .enumerate()
                .filter(|(_, q)| of_group(q))
            {
                let place = (explained.key.product.clone(), explained.key.cost_type);
                members.entry(place).or_default().push((at, unit));
            }
        }
        for members in members.into_values().filter(|members| members.len() > 1) {
            let quantity = |(at, unit): (usize, usize)| &keys[at].split.quantities[unit];
            let actual: Money = members.iter().map(|&member| quantity(member).actual).sum();
            let needed: Money = members.iter().map(|&member| quantity(member).needed).sum();
            let Some(grown) = Ratio::checked(actual, needed) else {
                continue;
            };
            let mixes: Vec<Money> = members
                .iter()
                .map(|&member| {
                    let of = quantity(member);
                    let price = rate(of.needed_cost, of.needed).unwrap_or_default();
                    (of.actual - of.needed.scale_by(&grown)).multiply(price)
                })
                .collect();
            for ((at, _), mix) in members.into_iter().zip(mixes) {
                let parts = &mut keys[at].split.parts;
                *parts.entry(Part::Mix).or_default() += mix;
                *parts.entry(Part::Efficiency).or_default() -= mix;
            }
        }
    }
}
