//! The figures of an execution report, for a key, a product, a department, a cost type or the company.

use super::Inputs;
use crate::ledger::{Money, Month, Ratio};
use serde::Serialize;
use std::ops::AddAssign;

/// Where a period ends: most likely, and a range. `low ≤ mid ≤ high`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Landing {
    /// Lower end.
    pub low: Money,
    /// Most likely.
    pub mid: Money,
    /// Upper end.
    pub high: Money,
}

impl Landing {
    /// An amount that is certain.
    pub fn certain(amount: Money) -> Landing {
        Landing {
            low: amount,
            mid: amount,
            high: amount,
        }
    }
}

impl AddAssign for Landing {
    fn add_assign(&mut self, other: Landing) {
        self.low += other.low;
        self.mid += other.mid;
        self.high += other.high;
    }
}

/// Budget against actual cost and the landing; all amounts in the reporting currency, rates as shares (1 = 100 %).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Actual cost of the last closed month.
    pub month_actual: Money,
    /// Budget of that month.
    pub month_budget: Money,
    /// Execution rate of that month; nothing without a budget.
    pub month_rate: Option<Money>,
    /// Actual cost of the closed months of the fiscal quarter that the last closed month lies in.
    pub quarter_actual: Money,
    /// Budget of the same months.
    pub quarter_budget: Money,
    /// Execution rate of the quarter so far.
    pub quarter_rate: Option<Money>,
    /// Actual cost of the closed months of the year.
    pub ytd_actual: Money,
    /// Budget of those months.
    pub ytd_budget: Money,
    /// Execution rate of those months.
    pub ytd_rate: Option<Money>,
    /// Budget of the year.
    pub year_budget: Money,
    /// Actual cost of the closed months ÷ budget of the year: beside it belongs the time progress.
    pub year_rate: Option<Money>,
    /// Budget of the closed months ÷ budget of the year: how much of the year's money was planned to be spent by now.
    pub phased_progress: Option<Money>,
    /// Money ordered or requested for the year and not billed yet.
    pub commitments: Money,
    /// Budget of the year − actual cost − commitments.
    pub available: Money,
    /// Where the year ends. The range of a sum is the sum of the ranges: it takes all parts to move together.
    pub landing: Landing,
    /// Landing − budget of the year.
    pub difference: Money,
}

/// True for months of the fiscal quarter that the last closed month lies in.
fn in_quarter(inputs: &Inputs, month: Month) -> bool {
    let quarter = |month: Month| month.since(inputs.months.first).div_euclid(3);
    quarter(month) == quarter(inputs.as_of)
}

impl Figures {
    /// Adds the budget of a month of the year.
    pub(super) fn add_budget(&mut self, inputs: &Inputs, month: Month, amount: Money) {
        self.year_budget += amount;
        if month <= inputs.as_of {
            self.ytd_budget += amount;
            if in_quarter(inputs, month) {
                self.quarter_budget += amount;
            }
        }
        if month == inputs.as_of {
            self.month_budget += amount;
        }
    }

    /// Adds the actual cost of a closed month of the year.
    pub(super) fn add_actual(&mut self, inputs: &Inputs, month: Month, amount: Money) {
        self.ytd_actual += amount;
        self.landing += Landing::certain(amount);
        if in_quarter(inputs, month) {
            self.quarter_actual += amount;
        }
        if month == inputs.as_of {
            self.month_actual += amount;
        }
    }

    /// Adds the amounts of a part; rates are set by [`Figures::with_rates`].
    pub(super) fn add(&mut self, part: &Figures) {
        self.month_actual += part.month_actual;
        self.month_budget += part.month_budget;
        self.quarter_actual += part.quarter_actual;
        self.quarter_budget += part.quarter_budget;
        self.commitments += part.commitments;
        self.ytd_actual += part.ytd_actual;
        self.ytd_budget += part.ytd_budget;
        self.year_budget += part.year_budget;
        self.landing += part.landing;
    }

    /// The same amounts with the rates and the difference worked out.
    pub(super) fn with_rates(mut self) -> Figures {
        self.month_rate = rate(self.month_actual, self.month_budget);
        self.quarter_rate = rate(self.quarter_actual, self.quarter_budget);
        self.ytd_rate = rate(self.ytd_actual, self.ytd_budget);
        self.phased_progress = rate(self.ytd_budget, self.year_budget);
        self.available = self.year_budget - self.ytd_actual - self.commitments;
        self.year_rate = rate(self.ytd_actual, self.year_budget);
        self.difference = self.landing.mid - self.year_budget;
        self
    }
}

/// `part ÷ whole` to six digits; nothing when the whole is zero or the share is beyond any meaning (over 10¹²).
pub fn rate(part: Money, whole: Money) -> Option<Money> {
    let most = 1_000_000_000_000;
    if part.abs().units() / most > whole.abs().units() {
        return None;
    }
    Ratio::checked(part, whole).map(|ratio| ratio.to_money().round(6))
}
