//! Data in store, month by month.
//!
//! ```text
//! stock_t = stock_(t−1) + new_t − expired_t        new_t = driver × event factor × data per driver unit
//! ```
//! What was there at the start expires evenly over the retention; what came later expires after it.

use super::terms::Storage;
use crate::ledger::Month;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Stock of one month and what changed it, before replicas and compression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoredMonth {
    /// Stock before.
    pub before: f64,
    /// New data.
    pub new: f64,
    /// Expired data.
    pub expired: f64,
    /// Stock at the end of the month.
    pub stock: f64,
    /// The part of the stock that came after the counted month: what an uncertain driver moves.
    pub since_count: f64,
}

impl Storage {
    /// Rolls the stock from its month on through `last`; `load` is driver × event factor of a month. Months up to the counted
    /// one have its stock. Nothing for months behind a month without a load.
    pub fn roll(&self, last: Month, load: impl Fn(Month) -> Option<f64>) -> BTreeMap<Month, StoredMonth> {
        let mut months = BTreeMap::new();
        let mut arrived: Vec<f64> = Vec::new();
        let mut stock = self.stock;
        for step in 1..=last.since(self.stock_month).max(0) {
            let month = self.stock_month.plus(step);
            let Some(load) = load(month) else { break };
            let new = load * self.new_per_driver;
            arrived.push(new);
            let expired = match self.retention_months {
                None => 0.0,
                Some(retention) if step <= retention as i32 => self.stock / f64::from(retention.max(1)),
                Some(retention) => arrived[(step - retention as i32 - 1) as usize],
            };
            let before = stock;
            stock = (before + new - expired).max(0.0);
            let first_stock = match self.retention_months {
                None => self.stock,
                Some(retention) => self.stock * (1.0 - f64::from(step) / f64::from(retention.max(1))).max(0.0),
            };
            months.insert(
                month,
                StoredMonth {
                    before,
                    new,
                    expired,
                    stock,
                    since_count: (stock - first_stock).max(0.0),
                },
            );
        }
        months
    }

    /// Stock of a month up to the counted one.
    pub fn counted(&self) -> StoredMonth {
        StoredMonth {
            before: self.stock,
            stock: self.stock,
            ..StoredMonth::default()
        }
    }

    /// What a stock takes on disk: × replicas ÷ compression.
    pub fn on_disk(&self, stock: f64) -> f64 {
        stock * self.replicas / self.compression
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn storage(retention: Option<u32>) -> Storage {
        Storage {
            stock: 120.0,
            stock_month: "2026-12".parse().unwrap(),
            new_per_driver: 0.5,
            retention_months: retention,
            replicas: 3.0,
            compression: 2.0,
            fill_limit: 0.8,
        }
    }

    #[test]
    fn stock_by_hand() {
        // 100 driver units bring 50 a month. Nothing expires: 170, 220. With 3 months: 40 of the old stock expire a month,
        // then the first month's 50: 130, 140, 150, 150.
        let at = |retention, month: &str| {
            let months = storage(retention).roll("2027-04".parse().unwrap(), |_| Some(100.0));
            months[&month.parse().unwrap()].stock
        };
        assert_eq!((at(None, "2027-01"), at(None, "2027-02")), (170.0, 220.0));
        let kept: Vec<f64> = ["2027-01", "2027-02", "2027-03", "2027-04"]
            .map(|month| at(Some(3), month))
            .to_vec();
        assert_eq!(kept, [130.0, 140.0, 150.0, 150.0]);
        assert_eq!(storage(None).on_disk(150.0), 225.0);
        assert!(storage(None).roll("2027-04".parse().unwrap(), |_| None).is_empty());
    }
}
