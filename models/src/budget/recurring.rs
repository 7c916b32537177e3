//! Recurring cost: the mean of the last three closed months.

use super::{Inputs, LineKey};
use crate::ledger::{Money, Month, Ratio};
use std::collections::{BTreeMap, BTreeSet};

/// Recent cost of every key, and what it means for a month to come.
pub(crate) struct Recurring {
    months: BTreeSet<Month>,
    actuals: BTreeMap<LineKey, BTreeMap<Month, Money>>,
}

impl Recurring {
    pub fn of(inputs: &Inputs) -> Recurring {
        Recurring {
            months: inputs.recent_months(),
            actuals: inputs.closed_actuals(),
        }
    }

    /// False when no recent month has any actual cost: then nothing can be said to recur.
    pub fn is_known(&self) -> bool {
        !self.months.is_empty()
    }

    /// Keys with any actual cost up to the last closed month.
    pub fn keys(&self) -> impl Iterator<Item = &LineKey> {
        self.actuals.keys()
    }

    /// Actual cost of a key in a month.
    pub fn actual(&self, key: &LineKey, month: Month) -> Option<Money> {
        self.actuals.get(key)?.get(&month).copied()
    }

    /// Cost of the key in each recent month; a month without any is zero.
    pub fn recent(&self, key: &LineKey) -> Vec<(Month, Money)> {
        let of = |month: &Month| (*month, self.actual(key, *month).unwrap_or(Money::ZERO));
        self.months.iter().map(of).collect()
    }

    /// Sum of the recent months.
    pub fn recent_sum(&self, key: &LineKey) -> Money {
        self.recent(key).iter().map(|(_, amount)| *amount).sum()
    }

    /// Mean of the recent months × (1 + growth), rounded once to 18 digits.
    pub fn monthly(&self, key: &LineKey, growth_percent: Money) -> Money {
        let months = Money::whole(100 * self.months.len() as i64);
        let factor = Ratio::checked(Money::whole(100) + growth_percent, months);
        factor.map_or(Money::ZERO, |factor| self.recent_sum(key).scale_by(&factor))
    }
}
