//! Terms under which a unit can be had: bought, rented, on demand, committed for one or three years; prices by quantity.

use super::{ModelError, Unit};
use crate::ledger::{CostType, Money, Month, Ratio};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a unit is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// By the month, given back at any time.
    OnDemand,
    /// Rented by the month.
    Rent,
    /// Paid for a year whether used or not.
    #[serde(rename = "commit-1y")]
    OneYear,
    /// Paid for three years whether used or not.
    #[serde(rename = "commit-3y")]
    ThreeYears,
    /// Bought and depreciated.
    Purchase,
}

impl Term {
    /// Name in files and words.
    pub fn as_str(self) -> &'static str {
        match self {
            Term::OnDemand => "on-demand",
            Term::Rent => "rent",
            Term::OneYear => "commit-1y",
            Term::ThreeYears => "commit-3y",
            Term::Purchase => "purchase",
        }
    }

    /// Months that are paid whether used or not.
    pub fn committed_months(self) -> Option<u32> {
        match self {
            Term::OneYear => Some(12),
            Term::ThreeYears => Some(36),
            Term::OnDemand | Term::Rent | Term::Purchase => None,
        }
    }
}

/// A price of a unit under a term, from a quantity on. `[[offer]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Unit.
    pub unit: String,
    /// Term.
    pub term: Term,
    /// First month in which it holds, until a later one of the same unit, term and quantity begins.
    pub valid_from: Month,
    /// Purchase price, or price of a month; net of tax, in `currency`.
    pub amount: Money,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Quantity from which the price holds, for all units of the term.
    #[serde(default = "one")]
    pub from_units: u64,
    /// Paid once per unit when the commitment begins.
    #[serde(default)]
    pub upfront: Money,
    /// Months of depreciation of a purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub useful_life_months: Option<u32>,
    /// Residual value of a purchase, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual_percent: Option<Money>,
    /// What a unit costs in a month besides itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub running: BTreeMap<CostType, Money>,
}

fn one() -> u64 {
    1
}

impl Offer {
    /// What a unit costs besides itself in a month.
    pub fn running_sum(&self) -> Money {
        self.running.values().copied().sum()
    }

    /// Depreciable cost of a purchase: amount − residual.
    pub fn depreciable(&self) -> Money {
        let percent = self.residual_percent.unwrap_or(Money::ZERO);
        self.amount - self.amount.scale_by(&Ratio::new(percent, Money::whole(100))).round(2)
    }

    /// What is wrong with it.
    pub(super) fn problems(&self, units: &[Unit]) -> Vec<ModelError> {
        let bad = |key, found: String, wanted| ModelError::BadOffer {
            unit: self.unit.clone(),
            term: self.term.as_str(),
            valid_from: self.valid_from,
            key,
            found,
            wanted,
        };
        let mut errors = Vec::new();
        if !units.iter().any(|unit| unit.id == self.unit) {
            errors.push(bad("unit", self.unit.clone(), "it must be the id of a [[unit]]"));
        }
        if self.amount.is_negative() || self.upfront.is_negative() || self.running.values().any(|a| a.is_negative()) {
            errors.push(bad("amount", self.amount.to_string(), "amounts must not be negative"));
        }
        if self.from_units == 0 {
            errors.push(bad("from_units", "0".to_owned(), "quantities begin at 1"));
        }
        if self.term == Term::Purchase && self.useful_life_months.unwrap_or(0) == 0 {
            errors.push(bad(
                "useful_life_months",
                "missing or 0".to_owned(),
                "a purchase is depreciated over it",
            ));
        }
        errors
    }
}
