//! Reference data that the other use cases read: exchange rates, business metrics, targets, assets.

use super::{App, AppError};
use crate::refusal::Refusal;
use headroom_importers::Dataset;
use headroom_models::assets::Asset;
use headroom_models::capacity::{DriverStatistic, Drivers};
use headroom_models::ledger::{Money, Month, Ratio, decimal_values, text_values};
use polars::prelude::*;
use std::collections::BTreeMap;

/// Dated exchange rates into the reporting currency.
pub struct Rates {
    reporting: String,
    rates: BTreeMap<(String, Month), Money>,
}

impl Rates {
    /// Units of the reporting currency per unit of `currency` in `month`; nothing when no rate is on record.
    pub fn rate(&self, currency: &str, month: Month) -> Option<Money> {
        if currency == self.reporting {
            Some(Money::ONE)
        } else {
            self.rates.get(&(currency.to_owned(), month)).copied()
        }
    }

    /// The rate as a plan made in `as_of` sees it: later months keep the last rate known then.
    pub fn rate_known_at(&self, currency: &str, month: Month, as_of: Month) -> Option<Money> {
        self.rate(currency, month.min(as_of))
    }
}

/// Measured business metrics.
#[derive(Default)]
pub struct Metrics {
    /// Sum per month, metric and product, exact: what pools are split by.
    pub sums: BTreeMap<Month, BTreeMap<String, BTreeMap<String, Money>>>,
    /// Days with a value per month, metric and product.
    pub days: BTreeMap<Month, BTreeMap<String, BTreeMap<String, u32>>>,
    /// Statistics of the daily values: what capacity is sized by.
    pub drivers: Drivers,
}

impl App {
    /// A dataset as one frame; `None` when nothing was imported.
    pub(super) fn dataset(&self, dataset: Dataset) -> Result<Option<DataFrame>, AppError> {
        let files = self.store.data_files(dataset)?;
        Ok(self.store.scan(&files)?.map(LazyFrame::collect).transpose()?)
    }

    /// Exchange rates into the reporting currency, from rates in either direction.
    pub(super) fn rates(&self) -> Result<Rates, AppError> {
        let reporting = self.settings().currency.clone();
        let mut rates = BTreeMap::new();
        for (month, from, to, rate) in self.fx_rates()? {
            if to == reporting {
                rates.insert((from, month), rate);
            } else if from == reporting
                && let Some(inverse) = Ratio::checked(Money::ONE, rate)
            {
                rates.entry((to, month)).or_insert_with(|| inverse.to_money());
            }
        }
        Ok(Rates { reporting, rates })
    }

    /// Every exchange rate on record: month, from, to, rate.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn fx_rates(&self) -> Result<Vec<(Month, String, String, Money)>, AppError> {
        let Some(frame) = self.dataset(Dataset::FxRates)? else {
            return Ok(Vec::new());
        };
        let rates = decimal_values(&frame, "rate")?;
        let mut newest = BTreeMap::new();
        for (((month, from), to), rate) in months(&frame, "month")?
            .into_iter()
            .zip(texts(&frame, "from")?)
            .zip(texts(&frame, "to")?)
            .zip(rates)
        {
            // The newest batch comes last and wins.
            newest.insert((month, from, to), rate.unwrap_or_default());
        }
        Ok(newest
            .into_iter()
            .map(|((month, from, to), rate)| (month, from, to, rate))
            .collect())
    }

    /// Measured business metrics up to and including `through`.
    pub(super) fn metrics(&self, through: Option<Month>) -> Result<Metrics, AppError> {
        let mut metrics = Metrics::default();
        let Some(frame) = self.dataset(Dataset::BusinessMetrics)? else {
            return Ok(metrics);
        };
        let dates = frame.column("date")?.date()?.physical().clone();
        let values = decimal_values(&frame, "value")?;
        let mut newest = BTreeMap::new();
        for (row, (product, metric)) in texts(&frame, "product")?
            .into_iter()
            .zip(texts(&frame, "metric")?)
            .enumerate()
        {
            let Some(day) = dates.get(row).and_then(chrono::NaiveDate::from_epoch_days) else {
                continue;
            };
            newest.insert((product, metric, day), values[row].unwrap_or_default());
        }
        let mut daily: BTreeMap<(String, String, Month), Vec<f64>> = BTreeMap::new();
        for ((product, metric, day), value) in newest {
            let month = Month::of(day);
            if through.is_some_and(|last| month > last) {
                continue;
            }
            *metrics
                .sums
                .entry(month)
                .or_default()
                .entry(metric.clone())
                .or_default()
                .entry(product.clone())
                .or_default() += value;
            let days = metrics
                .days
                .entry(month)
                .or_default()
                .entry(metric.clone())
                .or_default();
            *days.entry(product.clone()).or_default() += 1;
            // A driver is a physical quantity, not money: a float is what the capacity models work in.
            daily
                .entry((product, metric, month))
                .or_default()
                .push(value.for_drawing());
        }
        for ((product, metric, month), values) in daily {
            for statistic in [DriverStatistic::Max, DriverStatistic::Mean, DriverStatistic::P95] {
                if let Some(value) = statistic.of(&values) {
                    metrics
                        .drivers
                        .insert_statistic(&product, &metric, month, statistic, value);
                }
            }
        }
        Ok(metrics)
    }

    /// Driver targets.
    pub(super) fn targets(&self) -> Result<Drivers, AppError> {
        let mut targets = Drivers::default();
        let Some(frame) = self.dataset(Dataset::KpiTargets)? else {
            return Ok(targets);
        };
        let values = decimal_values(&frame, "target")?;
        for (((month, product), metric), value) in months(&frame, "month")?
            .into_iter()
            .zip(texts(&frame, "product")?)
            .zip(texts(&frame, "metric")?)
            .zip(values)
        {
            targets.insert(&product, &metric, month, value.unwrap_or_default().for_drawing());
        }
        Ok(targets)
    }

    /// The asset register; a later batch's row of an asset replaces an earlier one's.
    pub(super) fn assets(&self) -> Result<Vec<Asset>, AppError> {
        let Some(frame) = self.dataset(Dataset::Assets)? else {
            return Ok(Vec::new());
        };
        let text = |name: &str| texts(&frame, name);
        let (ids, names, categories, models) = (text("asset_id")?, text("name")?, text("category")?, text("model")?);
        let (currencies, products, modules) = (text("currency")?, text("product")?, text("module")?);
        let methods = text("method")?;
        let courses = self.asset_courses()?;
        let (in_service, retirements) = (text("in_service_date")?, text("retirement_date")?);
        let (prices, residuals) = (
            decimal_values(&frame, "purchase_price")?,
            decimal_values(&frame, "residual_value")?,
        );
        let lives = frame.column("useful_life_months")?.i64()?.clone();
        let month_of = |day: &str| -> Option<Month> { day.get(..7)?.parse().ok() };
        let mut assets = BTreeMap::new();
        for row in 0..frame.height() {
            let Some(first) = month_of(&in_service[row]) else {
                continue;
            };
            let asset = Asset {
                asset_id: ids[row].clone(),
                name: names[row].clone(),
                category: categories[row].clone(),
                model: models[row].clone(),
                in_service: first,
                purchase_price: prices[row].unwrap_or_default(),
                currency: currencies[row].clone(),
                life: lives
                    .get(row)
                    .and_then(|life| u32::try_from(life).ok())
                    .unwrap_or_default(),
                residual: residuals[row].unwrap_or_default(),
                retirement: month_of(&retirements[row]),
                product: products[row].clone(),
                module: modules[row].clone(),
                method: methods[row].parse().unwrap_or_default(),
                course: courses.get(&ids[row]).cloned().unwrap_or_default(),
            };
            assets.insert(asset.asset_id.clone(), asset);
        }
        Ok(assets.into_values().collect())
    }
}

/// A text column, nulls as empty.
pub(super) fn texts(frame: &DataFrame, name: &str) -> PolarsResult<Vec<String>> {
    Ok(text_values(frame, name)?
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect())
}

fn months(frame: &DataFrame, name: &str) -> Result<Vec<Month>, AppError> {
    texts(frame, name)?
        .into_iter()
        .map(|text| {
            Ok(text
                .parse()
                .map_err(|_| Refusal::new("refused-not-a-month").with("text", text))?)
        })
        .collect()
}
