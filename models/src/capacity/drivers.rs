//! Values of business metrics by month: targets, or what really happened.

use super::interval::Interval;
use crate::ledger::Month;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a month's daily values become the one value that capacity is sized for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriverStatistic {
    /// The highest day.
    #[default]
    Max,
    /// The mean of the days.
    Mean,
    /// The smallest value that at least 95 % of the days do not exceed.
    P95,
}

impl DriverStatistic {
    /// The statistic of daily values; nothing when there are none, or one is not a finite number.
    pub fn of(self, daily: &[f64]) -> Option<f64> {
        if daily.is_empty() || daily.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let mut sorted = daily.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(match self {
            DriverStatistic::Max => sorted[sorted.len() - 1],
            DriverStatistic::Mean => sorted.iter().sum::<f64>() / sorted.len() as f64,
            DriverStatistic::P95 => sorted[(sorted.len() * 95).div_ceil(100).max(1) - 1],
        })
    }
}

/// Driver values by product, metric and month.
///
/// A KPI target is one number per month ([`Drivers::insert`]); measured values may differ by statistic
/// ([`Drivers::insert_statistic`]), and a model then finds the one of its own statistic first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drivers {
    values: BTreeMap<(String, String, Month, Option<DriverStatistic>), f64>,
    intervals: BTreeMap<(String, String, Month), Interval>,
}

impl Drivers {
    /// Sets the value that holds whatever the statistic.
    pub fn insert(&mut self, product: &str, metric: &str, month: Month, value: f64) {
        self.values
            .insert((product.to_owned(), metric.to_owned(), month, None), value);
    }

    /// Sets how uncertain the value is, as factors on it.
    pub fn insert_interval(&mut self, product: &str, metric: &str, month: Month, interval: Interval) {
        self.intervals
            .insert((product.to_owned(), metric.to_owned(), month), interval);
    }

    /// How uncertain the value of a month is; nothing when it is taken as certain.
    pub fn interval(&self, product: &str, metric: &str, month: Month) -> Option<Interval> {
        if self.intervals.is_empty() {
            return None;
        }
        self.intervals
            .get(&(product.to_owned(), metric.to_owned(), month))
            .copied()
    }

    /// Multiplies the values of the months that `which` (product, metric, month) holds for.
    pub fn scale(&mut self, which: impl Fn(&str, &str, Month) -> bool, factor: f64) {
        for ((product, metric, month, _), value) in &mut self.values {
            if which(product, metric, *month) {
                *value *= factor;
            }
        }
    }

    /// Every `(product, metric)` that has a value.
    pub fn metrics(&self) -> BTreeSet<(String, String)> {
        self.values
            .keys()
            .map(|(product, metric, ..)| (product.clone(), metric.clone()))
            .collect()
    }

    /// Sets the value of one statistic.
    pub fn insert_statistic(
        &mut self,
        product: &str,
        metric: &str,
        month: Month,
        statistic: DriverStatistic,
        value: f64,
    ) {
        self.values
            .insert((product.to_owned(), metric.to_owned(), month, Some(statistic)), value);
    }

    /// The value for a model of `statistic`; nothing when there is none, or it is negative or not finite.
    pub fn get(&self, product: &str, metric: &str, month: Month, statistic: DriverStatistic) -> Option<f64> {
        let mut key = (product.to_owned(), metric.to_owned(), month, Some(statistic));
        let exact = self.values.get(&key).copied();
        key.3 = None;
        exact
            .or_else(|| self.values.get(&key).copied())
            .filter(|value| value.is_finite() && *value >= 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_a_month() {
        let days: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        assert_eq!(DriverStatistic::Max.of(&days), Some(20.0));
        assert_eq!(DriverStatistic::Mean.of(&days), Some(10.5));
        // 95 % of 20 days = 19 days: the 19th smallest.
        assert_eq!(DriverStatistic::P95.of(&days), Some(19.0));
        assert_eq!(DriverStatistic::P95.of(&[7.0]), Some(7.0));
        assert_eq!(DriverStatistic::Max.of(&[]), None);
        assert_eq!(DriverStatistic::Max.of(&[1.0, f64::NAN]), None);
    }

    #[test]
    fn a_value_of_the_statistic_goes_before_the_general_one() {
        let month = "2026-01".parse().unwrap();
        let mut drivers = Drivers::default();
        drivers.insert("video", "dau", month, 10.0);
        drivers.insert_statistic("video", "dau", month, DriverStatistic::Mean, 8.0);
        assert_eq!(drivers.get("video", "dau", month, DriverStatistic::Max), Some(10.0));
        assert_eq!(drivers.get("video", "dau", month, DriverStatistic::Mean), Some(8.0));
        drivers.insert("video", "dau", month, f64::NAN);
        assert_eq!(drivers.get("video", "dau", month, DriverStatistic::Max), None);
    }
}
