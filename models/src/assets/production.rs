//! Units-of-production depreciation (工作量法): by the work an asset did.

use super::AssetProblem;
use super::cents::{Exact, steps};
use crate::ledger::{Money, Month};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The work of an asset, in any one unit: kilometres, hours, transcoded minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Production {
    /// Units that the asset is expected to do in its life, above zero.
    pub expected: Money,
    /// Units done by month, none negative; months that are missing did none.
    pub done: BTreeMap<Month, Money>,
}

/// Depreciation by work done: `(cost − residual) × units so far ÷ units expected`, month by month of `production.done`.
///
/// Work beyond the expectation carries nothing more. Whole cents, but for the month in which the expectation is reached:
/// from then on the amounts have added up to `cost − residual` exactly.
///
/// # Errors
/// When the units expected are not above zero, or the units of a month are below zero.
pub fn units_of_production(
    cost: Money,
    residual: Money,
    production: &Production,
) -> Result<Vec<(Month, Money)>, AssetProblem> {
    let expected = production.expected;
    if expected <= Money::ZERO {
        return Err(AssetProblem::NoExpectedUnits(expected));
    }
    if let Some((month, units)) = production.done.iter().find(|(_, units)| units.is_negative()) {
        return Err(AssetProblem::NegativeUnits {
            month: *month,
            units: *units,
        });
    }
    let base = cost - residual;
    let mut so_far = Money::ZERO;
    let mut through = Vec::new();
    for units in production.done.values() {
        so_far = so_far.checked_add(*units).unwrap_or(expected).min(expected);
        through.push(Exact::of(base).times(so_far.units(), expected.units()));
    }
    // Until the expectation is reached the last month is as rounded as the others.
    let whole = if so_far == expected {
        base
    } else {
        through.last().and_then(Exact::to_cents).unwrap_or_default()
    };
    // Months after the one that reached the expectation carry nothing, also none of the digits below a cent.
    let reached = through.iter().position(|sum| *sum == Exact::of(base));
    let after = through.len() - reached.map_or(through.len(), |at| at + 1);
    through.truncate(through.len() - after);
    let amounts = steps(through, whole)
        .into_iter()
        .chain(std::iter::repeat_n(Money::ZERO, after));
    Ok(production.done.keys().copied().zip(amounts).collect())
}
