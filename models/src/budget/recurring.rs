//! Recurring cost: the mean of the last three closed months.

use super::{Inputs, LineKey, Sourcing};
use crate::ledger::{Money, Month, Ratio};
use std::collections::{BTreeMap, BTreeSet};

/// Recent cost of every key, and what it means for a month to come.
pub(crate) struct Recurring {
    months: BTreeSet<Month>,
    actuals: BTreeMap<LineKey, BTreeMap<Month, Money>>,
    sources: BTreeMap<LineKey, BTreeMap<Sourcing, BTreeMap<Month, Money>>>,
}

impl Recurring {
    pub fn of(inputs: &Inputs) -> Recurring {
        let sources = inputs.closed_actuals();
        let sum = |parts: &BTreeMap<Sourcing, BTreeMap<Month, Money>>| {
            let mut months: BTreeMap<Month, Money> = BTreeMap::new();
            for (month, amount) in parts.values().flatten() {
                *months.entry(*month).or_default() += *amount;
            }
            months
        };
        Recurring {
            months: inputs.recent_months(),
            actuals: sources.iter().map(|(key, parts)| (key.clone(), sum(parts))).collect(),
            sources,
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

    /// Actual cost of a key by where it came from and month.
    pub fn sources(&self, key: &LineKey) -> impl Iterator<Item = (&Sourcing, &BTreeMap<Month, Money>)> {
        self.sources.get(key).into_iter().flatten()
    }

    /// Cost in each recent month; a month without any is zero.
    fn recent_of(&self, months: &BTreeMap<Month, Money>) -> Vec<(Month, Money)> {
        let of = |month: &Month| (*month, months.get(month).copied().unwrap_or_default());
        self.months.iter().map(of).collect()
    }

    /// Cost of the key in each recent month; a month without any is zero.
    pub fn recent(&self, key: &LineKey) -> Vec<(Month, Money)> {
        self.recent_of(self.actuals.get(key).unwrap_or(&BTreeMap::new()))
    }

    /// Recent cost of the key by where it came from: all of it, and month by month. What came to nothing is left out.
    pub fn recent_sources(&self, key: &LineKey) -> BTreeMap<Sourcing, (Money, Vec<(Month, Money)>)> {
        let parts = self.sources(key).map(|(source, months)| {
            let recent = self.recent_of(months);
            let sum: Money = recent.iter().map(|(_, amount)| *amount).sum();
            (source.clone(), (sum, recent))
        });
        parts.filter(|(_, (sum, _))| !sum.is_zero()).collect()
    }

    /// What all recent cost of the key has in common of where it came from.
    pub fn common_source(&self, key: &LineKey) -> Sourcing {
        Sourcing::common(self.recent_sources(key).keys())
    }

    /// Sum of the recent months.
    pub fn recent_sum(&self, key: &LineKey) -> Money {
        self.recent(key).iter().map(|(_, amount)| *amount).sum()
    }

    /// Mean of the recent months × (1 + growth), rounded once to 18 digits.
    pub fn monthly(&self, key: &LineKey, growth_percent: Money) -> Money {
        self.mean(self.recent_sum(key), growth_percent)
    }

    /// `sum` of the recent months as the amount of one, × (1 + growth), rounded once to 18 digits.
    pub fn mean(&self, sum: Money, growth_percent: Money) -> Money {
        let months = Money::whole(100 * self.months.len() as i64);
        let factor = Ratio::checked(Money::whole(100) + growth_percent, months);
        factor.map_or(Money::ZERO, |factor| sum.scale_by(&factor))
    }
}
