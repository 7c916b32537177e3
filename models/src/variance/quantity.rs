//! Units of a key to date, and how a key stands to the plan.

use crate::budget::rate;
use crate::ledger::Money;
use serde::{Deserialize, Serialize};

/// How a key stands to the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Budgeted and spent on.
    Planned,
    /// Not budgeted, and not there when the budget was made.
    New,
    /// Not budgeted though it was there.
    Unplanned,
    /// Budgeted, spent on, and silent for at least two months.
    Ended,
    /// Budgeted, and nothing spent in the year.
    Unused,
}

/// Units of one kind over the closed months, in unit-months.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Quantity {
    /// Unit.
    pub unit: String,
    /// Closed months that it is budgeted in.
    pub months: i64,
    /// Units of the budget.
    pub planned: Money,
    /// Units of the budget, and those more or less that the measured driver asks for.
    pub needed: Money,
    /// Units in service: actual cost at the budget's rate ÷ price of the price book.
    pub actual: Money,
    /// Planned units at the budget's prices.
    pub at_budget_price: Money,
    /// Needed units at the budget's prices.
    pub needed_cost: Money,
    /// Sum of the months' prices in the budget.
    pub price_before: Money,
    /// Sum of the months' prices in the price book.
    pub price_now: Money,
}

impl Quantity {
    pub(super) fn of(unit: &str) -> Quantity {
        Quantity {
            unit: unit.to_owned(),
            ..Quantity::default()
        }
    }

    /// Units in service − needed.
    pub fn gap(&self) -> Money {
        self.actual - self.needed
    }

    /// The mean of the months.
    pub fn mean(&self, sum: Money) -> Money {
        rate(sum, Money::whole(self.months)).unwrap_or_default()
    }
}
