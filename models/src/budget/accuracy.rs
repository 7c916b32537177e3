//! Forecasts against what came: error and bias by how many months ahead they were made.

use super::rate;
use crate::ledger::{Money, Month};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Months ahead that are looked at.
pub const LAGS: [i32; 4] = [1, 3, 6, 12];

/// A product's cost of a month as it was forecast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductForecast {
    /// Last closed month when it was made.
    pub made_in: Month,
    /// Month that it is for, later than `made_in`.
    pub month: Month,
    /// Product.
    pub product: String,
    /// Lower end.
    pub low: Money,
    /// Most likely.
    pub mid: Money,
    /// Upper end.
    pub high: Money,
}

/// How good the forecasts of one product (or of all) were at one lag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LagAccuracy {
    /// Months ahead.
    pub lag: i32,
    /// Months that have both a forecast of this lag and an actual.
    pub months: u32,
    /// Σ |forecast − actual| ÷ Σ actual (WAPE), product by product: over and under do not cancel.
    pub error: Option<Money>,
    /// Σ (forecast − actual) ÷ Σ actual; above zero when the forecasts are too high.
    pub bias: Option<Money>,
    /// Share of the forecasts with a range in which the actual lay in it; nothing when none had one, as a budget has none.
    pub inside: Option<Money>,
}

/// Accuracy by lag, of one product or of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductAccuracy {
    /// Product; empty for the company.
    pub product: String,
    /// By lag, those of [`LAGS`].
    pub lags: Vec<LagAccuracy>,
    /// All lags together.
    pub all: LagAccuracy,
}

#[derive(Default)]
struct Sums {
    months: BTreeSet<Month>,
    /// Forecasts with a range.
    ranged: i64,
    inside: i64,
    off: Money,
    error: Money,
    actual: Money,
}

impl Sums {
    fn add(&mut self, forecast: &ProductForecast, actual: Money) {
        self.months.insert(forecast.month);
        let ranged = forecast.low < forecast.high;
        self.ranged += i64::from(ranged);
        self.inside += i64::from(ranged && forecast.low <= actual && actual <= forecast.high);
        self.off += forecast.mid - actual;
        self.error += (forecast.mid - actual).abs();
        self.actual += actual.abs();
    }

    fn accuracy(&self, lag: i32) -> LagAccuracy {
        LagAccuracy {
            lag,
            months: self.months.len() as u32,
            error: rate(self.error, self.actual),
            bias: rate(self.off, self.actual),
            inside: rate(Money::whole(self.inside), Money::whole(self.ranged)),
        }
    }
}

/// Holds forecasts against the actual cost of products by month; forecasts of months without an actual are left out. The
/// company (first, with an empty product) is the sum over products of their errors, so that they cannot cancel.
pub fn forecast_accuracy(
    forecasts: &[ProductForecast],
    actuals: &BTreeMap<(String, Month), Money>,
) -> Vec<ProductAccuracy> {
    let mut sums: BTreeMap<String, (BTreeMap<i32, Sums>, Sums)> = BTreeMap::new();
    for forecast in forecasts.iter().filter(|f| f.month > f.made_in) {
        let Some(actual) = actuals.get(&(forecast.product.clone(), forecast.month)) else {
            continue;
        };
        let lag = forecast.month.since(forecast.made_in);
        for product in ["", &forecast.product] {
            let (by_lag, all) = sums.entry(product.to_owned()).or_default();
            by_lag.entry(lag).or_default().add(forecast, *actual);
            all.add(forecast, *actual);
        }
    }
    sums.into_iter()
        .map(|(product, (by_lag, all))| ProductAccuracy {
            product,
            lags: LAGS
                .into_iter()
                .map(|lag| by_lag.get(&lag).unwrap_or(&Sums::default()).accuracy(lag))
                .collect(),
            all: all.accuracy(0),
        })
        .collect()
}
