//! Units that capacity is bought in, and their price book.

use super::facility::Footprint;
use crate::budget::Sourcing;
use crate::language::Name;
use crate::ledger::{CostType, Money, Month, Ratio, ResourceMode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a unit is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acquisition {
    /// Bought once and depreciated.
    Purchase,
    /// Paid by the month while in service.
    Rent,
}

/// What capacity is bought in: a server model, an instance type, a step of bandwidth. `[[unit]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Name for rules and prices.
    pub id: String,
    /// Name for people.
    pub name: Name,
    /// Cost type of the unit itself: of its rent, or of its depreciation.
    pub cost_type: CostType,
    /// Bought or rented.
    pub acquisition: Acquisition,
    /// Performance by resource against other units, in any common measure: limits measured on one unit are carried over to
    /// another by it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub performance: BTreeMap<String, f64>,
    /// Room that one takes in a rack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footprint: Option<Footprint>,
    /// How it is had: `idc`, `hosting`, `cloud`, `owned`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_mode: Option<ResourceMode>,
    /// Who sells or rents it, as bills name them (FOCUS ProviderName); empty when open.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub provider: String,
    /// Kind of service (FOCUS ServiceCategory); empty when open.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub service_category: String,
}

impl Unit {
    /// Where units of it come from, as far as it says.
    pub fn sourcing(&self) -> Sourcing {
        Sourcing {
            resource_mode: self.resource_mode,
            provider: self.provider.clone(),
            service_category: self.service_category.clone(),
        }
    }
}

/// A price of a unit, valid until a later one of the same unit begins. `[[price]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Unit that it is the price of.
    pub unit: String,
    /// First month in which it holds.
    pub valid_from: Month,
    /// Purchase price, or rent per month; net of tax, in `currency`.
    pub amount: Money,
    /// Currency of `amount` and `running`, ISO 4217.
    pub currency: String,
    /// Months over which a purchase is depreciated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub useful_life_months: Option<u32>,
    /// Share of the purchase price that is left at the end of the life, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual_percent: Option<Money>,
    /// What a unit in service costs in a month besides itself, by cost type (rack space, power, …).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub running: BTreeMap<CostType, Money>,
}

impl Price {
    /// The residual value of a purchase at `cost`, in whole cents.
    pub fn residual_of(&self, cost: Money) -> Money {
        let percent = self.residual_percent.unwrap_or(Money::ZERO);
        cost.scale_by(&Ratio::new(percent, Money::whole(100))).round(2)
    }
}

/// The price that holds in `month`: the latest one of the unit that has begun. Of two that begin in the same month the
/// later one in the list holds.
pub fn price_at<'a>(prices: &'a [Price], unit: &str, month: Month) -> Option<&'a Price> {
    prices
        .iter()
        .filter(|p| p.unit == unit && p.valid_from <= month)
        .max_by_key(|p| p.valid_from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_price_that_has_begun_holds() {
        let price = |from: &str, amount: i64| Price {
            unit: "server-2u".into(),
            valid_from: from.parse().unwrap(),
            amount: Money::whole(amount),
            currency: "CNY".into(),
            useful_life_months: None,
            residual_percent: None,
            running: BTreeMap::new(),
        };
        let prices = [price("2025-06", 90), price("2025-01", 100)];
        let at = |month: &str| price_at(&prices, "server-2u", month.parse().unwrap()).map(|p| p.amount);
        assert_eq!(at("2024-12"), None);
        assert_eq!(at("2025-05"), Some(Money::whole(100)));
        assert_eq!(at("2026-01"), Some(Money::whole(90)));
        assert_eq!(price_at(&prices, "other", "2026-01".parse().unwrap()), None);
    }
}
