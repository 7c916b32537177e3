//! The main cause of a difference, with the number that a person would name.

use super::explain::{KeyVariance, Parts};
use super::quantities::Quantities;
use super::{Part, Quantity};
use crate::budget::rate;
use crate::ledger::{CostType, Money, Month};
use serde::{Deserialize, Serialize};

/// The number behind a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Detail {
    /// A driver off its target.
    Driver {
        /// Business metric.
        driver: String,
        /// Measured ÷ target, over the closed months.
        ratio: Money,
    },
    /// Units other than the model asks for, on average of the months.
    Units {
        /// Unit.
        unit: String,
        /// Units in service.
        actual: Money,
        /// Units that the model asks for at the measured driver.
        needed: Money,
        /// First month from which it has been so until now.
        since: Option<Month>,
    },
    /// Another price.
    Price {
        /// Unit.
        unit: String,
        /// Price now ÷ price of the budget.
        ratio: Money,
    },
    /// Another rate of exchange: actual cost ÷ the same at the budget's rates.
    Rate {
        /// The ratio.
        ratio: Money,
    },
    /// Only the money.
    Amount {
        /// First month from which it has been so until now.
        since: Option<Month>,
    },
}

/// The largest part that pushes the same way as the whole, and where it is largest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// What it comes from.
    pub part: Part,
    /// Money of the part in the whole row.
    pub amount: Money,
    /// Product that it is largest in.
    pub product: String,
    /// Module that it is largest in.
    pub module: String,
    /// Cost type that it is largest in.
    pub cost_type: CostType,
    /// Its number.
    pub detail: Detail,
}

pub(super) fn main_cause(parts: &Parts, keys: &[&KeyVariance], needed: &Quantities) -> Option<Cause> {
    let over = parts.difference();
    if over.is_zero() {
        return None;
    }
    let same_way = |amount: Money| !amount.is_zero() && amount.is_negative() == over.is_negative();
    let (part, amount) = Part::ALL
        .into_iter()
        .map(|part| (part, parts.parts.get(&part).copied().unwrap_or_default()))
        .filter(|(_, amount)| same_way(*amount))
        .max_by_key(|(_, amount)| amount.abs())?;
    let of = |key: &KeyVariance| key.parts.parts.get(&part).copied().unwrap_or_default();
    let largest = keys
        .iter()
        .filter(|key| same_way(of(key)))
        .max_by_key(|key| of(key).abs())?;
    Some(Cause {
        part,
        amount,
        product: largest.key.product.clone(),
        module: largest.key.module.clone(),
        cost_type: largest.key.cost_type,
        detail: detail(part, largest, needed),
    })
}

fn detail(part: Part, key: &KeyVariance, needed: &Quantities) -> Detail {
    let unit = key.quantities.iter().max_by_key(|quantity| quantity.gap().abs());
    let amount = Detail::Amount {
        since: (part == Part::Efficiency).then_some(key.since).flatten(),
    };
    match (part, unit) {
        (Part::Volume, _) => {
            let place = (key.key.product.clone(), key.key.module.clone());
            let driver = needed.drivers.get(&place).filter(|(_, _, target)| *target > 0.0);
            driver.map_or(amount, |(driver, actual, target)| Detail::Driver {
                driver: driver.clone(),
                // Physical quantities, to six digits.
                ratio: format!("{:.6}", actual / target).parse().unwrap_or_default(),
            })
        }
        (Part::Efficiency | Part::Mix, Some(unit)) => Detail::Units {
            unit: unit.unit.clone(),
            actual: unit.mean(unit.actual),
            needed: unit.mean(unit.needed),
            since: key.since,
        },
        (Part::Price, _) => {
            let change = |quantity: &&Quantity| (quantity.price_now - quantity.price_before).abs();
            let unit = key.quantities.iter().max_by_key(change);
            let ratio = unit.and_then(|unit| Some((unit, rate(unit.price_now, unit.price_before)?)));
            ratio.map_or(amount, |(unit, ratio)| Detail::Price {
                unit: unit.unit.clone(),
                ratio,
            })
        }
        (Part::Fx, _) => {
            let fx = key.parts.parts.get(&Part::Fx).copied().unwrap_or_default();
            let ratio = rate(key.parts.actual, key.parts.actual - fx);
            ratio.map_or(amount, |ratio| Detail::Rate { ratio })
        }
        _ => amount,
    }
}
