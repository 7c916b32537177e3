//! Jumps of cost per product, service and resource, and of use per machine, each with the rows behind it.

use super::costs::missing_rate;
use super::reference::{Rates, texts};
use super::{App, AppError};
use crate::auth::Permission;
use chrono::{Datelike, NaiveDate};
use headroom_models::anomalies::{Anomaly, AnomalyRule, Series as Days, daily_anomalies, monthly_anomalies};
use headroom_models::ledger::{Column, Money, Month, decimal_values};
use polars::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// Rows shown behind an anomaly.
const MOST_ROWS: usize = 5;

/// One row of a bill behind an anomaly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnomalyRow {
    /// File that it was imported from.
    pub file: String,
    /// Row of it.
    pub row: i64,
    /// Resource; empty when the row names none.
    pub resource: String,
    /// In words.
    pub description: String,
    /// Effective cost in the reporting currency.
    pub cost: Money,
}

/// One anomaly.
#[derive(Clone, Debug, Serialize)]
pub struct AnomalyLine {
    /// `product`, `service` or `resource`.
    pub dimension: &'static str,
    /// Its value.
    pub key: String,
    /// `day` or `month`.
    pub grain: &'static str,
    /// When, how much, and against what.
    #[serde(flatten)]
    pub anomaly: Anomaly,
    /// The largest rows of its days.
    pub rows: Vec<AnomalyRow>,
}

/// What is far from what its past lets one expect.
#[derive(Clone, Debug, Serialize)]
pub struct AnomaliesShown {
    /// The rule.
    pub rule: AnomalyRule,
    /// Currency of the amounts.
    pub currency: String,
    /// First month looked at.
    pub first: Option<Month>,
    /// Last month looked at.
    pub last: Option<Month>,
    /// Known events that were left alone.
    pub events: usize,
    /// The anomalies, most money first.
    pub anomalies: Vec<AnomalyLine>,
}

/// Cost by dimension and key, by day or by month.
type Grouped = BTreeMap<(&'static str, String), Days>;

const DIMENSIONS: [(&str, Column); 3] = [
    ("product", Column::Product),
    ("service", Column::ServiceName),
    ("resource", Column::ResourceId),
];

impl App {
    /// Jumps of cost that end in a month: the last billed one unless named. Daily where charges are daily, monthly else.
    ///
    /// Days of known events are quiet: those of the event's product for products, all for services and resources.
    ///
    /// # Errors
    /// When the ledger cannot be read, or a rate is missing.
    pub fn anomalies(&self, month: Option<Month>, minimum: Money) -> Result<AnomaliesShown, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let rule = AnomalyRule {
            minimum,
            ..AnomalyRule::default()
        };
        let mut shown = AnomaliesShown {
            rule,
            currency: self.settings().currency.clone(),
            first: None,
            last: None,
            events: 0,
            anomalies: Vec::new(),
        };
        let Some(last) = month.or(self.billed_months()?.map(|months| months.last)) else {
            return Ok(shown);
        };
        let first = last.plus(-23);
        (shown.first, shown.last) = (Some(first), Some(last));
        let rates = self.rates()?;
        let (mut daily, mut monthly) = (Grouped::new(), Grouped::new());
        for month in self.ledger_months()? {
            if month >= first && month <= last {
                // Four months of days are enough for the seasons of weeks and months.
                self.costs_of(month, &rates, month.plus(4) > last, &mut daily, &mut monthly)?;
            }
        }
        let events = self.event_days()?;
        shown.events = events.len();
        let quiet = |dimension: &str, key: &str, day: NaiveDate| {
            events.iter().any(|event| {
                let concerns = event.product.is_empty() || dimension != "product" || event.product == key;
                concerns && event.start <= day && day <= event.end
            })
        };
        // Services and resources are of all products together: whoever sees only some products sees theirs.
        let sees = |(dimension, key): &(&str, String)| {
            visible.is_everything() || (*dimension == "product" && visible.sees(key))
        };
        daily.retain(|of, _| sees(of));
        monthly.retain(|of, _| sees(of));
        for ((dimension, key), days) in &daily {
            let quiet = |day| quiet(dimension, key, day);
            for anomaly in daily_anomalies(days, &quiet, &rule) {
                if Month::of(anomaly.to) == last {
                    shown.anomalies.push(self.line(dimension, key, "day", anomaly, &rates)?);
                }
            }
        }
        for ((dimension, key), months) in &monthly {
            // A month of which most days are an event's is the event's.
            let quiet = |first: NaiveDate| {
                let days = Month::of(first).days();
                let busy = (1..=days)
                    .filter_map(|day| first.with_day(day))
                    .filter(|day| quiet(dimension, key, *day));
                busy.count() as u32 * 2 > days
            };
            for anomaly in monthly_anomalies(months, &quiet, &rule) {
                if Month::of(anomaly.to) == last {
                    shown
                        .anomalies
                        .push(self.line(dimension, key, "month", anomaly, &rates)?);
                }
            }
        }
        let size = |line: &AnomalyLine| line.anomaly.at_stake.abs();
        shown
            .anomalies
            .sort_by(|a, b| (size(b), a.dimension, &a.key).cmp(&(size(a), b.dimension, &b.key)));
        Ok(shown)
    }

    /// Adds the cost of a month: charges of a day each to `daily`, of longer periods to `monthly`.
    fn costs_of(
        &self,
        month: Month,
        rates: &Rates,
        with_days: bool,
        daily: &mut Grouped,
        monthly: &mut Grouped,
    ) -> Result<(), AppError> {
        let (start, end) = (Column::ChargePeriodStart.name(), Column::ChargePeriodEnd.name());
        let (currency, cost) = (Column::BillingCurrency.name(), Column::EffectiveCost.name());
        for files in self.charges_of(month)?.into_values() {
            let Some(charges) = self.store.scan(&files)? else {
                continue;
            };
            let day = || col(start).cast(DataType::Int64) / lit(86_400_000_000_i64);
            let length = (col(end).cast(DataType::Int64) - col(start).cast(DataType::Int64)).alias("length");
            let charges = charges.with_columns([day().alias("day"), length]);
            let charges = charges.with_columns([col("length").lt_eq(lit(86_400_000_000_i64)).alias("daily")]);
            for (dimension, column) in DIMENSIONS {
                let name = column.name();
                let frame = charges
                    .clone()
                    .filter(col(name).is_not_null())
                    .group_by([col(name), col(currency), col("day"), col("daily")])
                    .agg([col(cost).sum()])
                    .collect_with_engine(Engine::Streaming)?
                    .unwrap_single();
                let (days, are_daily) = (
                    frame.column("day")?.i64()?.clone(),
                    frame.column("daily")?.bool()?.clone(),
                );
                let costs = decimal_values(&frame, cost)?;
                let keys = texts(&frame, name)?.into_iter().zip(texts(&frame, currency)?);
                for (row, (key, currency)) in keys.enumerate() {
                    let rate = rates
                        .rate(&currency, month)
                        .ok_or_else(|| missing_rate(&currency, month))?;
                    let amount = costs[row].unwrap_or_default().multiply(rate);
                    let is_daily = are_daily.get(row).unwrap_or(false);
                    let date = days
                        .get(row)
                        .and_then(|day| i32::try_from(day).ok())
                        .and_then(NaiveDate::from_epoch_days);
                    match date.filter(|_| is_daily) {
                        Some(date) if with_days => {
                            *daily.entry((dimension, key)).or_default().entry(date).or_default() += amount;
                        }
                        Some(_) => {}
                        None => {
                            let first = month.first_day();
                            *monthly.entry((dimension, key)).or_default().entry(first).or_default() += amount;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// An anomaly with the largest rows of its days.
    fn line(
        &self,
        dimension: &'static str,
        key: &str,
        grain: &'static str,
        anomaly: Anomaly,
        rates: &Rates,
    ) -> Result<AnomalyLine, AppError> {
        let column = DIMENSIONS
            .iter()
            .find(|(name, _)| *name == dimension)
            .map_or(Column::Product, |(_, column)| *column);
        let start = Column::ChargePeriodStart.name();
        let day = |date: NaiveDate| i64::from(date.to_epoch_days()) * 86_400_000_000;
        let mut rows = Vec::new();
        let month = Month::of(anomaly.to);
        for month in [month.plus(-1), month] {
            if month < Month::of(anomaly.from) {
                continue;
            }
            for files in self.charges_of(month)?.into_values() {
                let Some(charges) = self.store.scan(&files)? else {
                    continue;
                };
                let wanted = [
                    Column::SourceFile,
                    Column::SourceRow,
                    Column::ResourceId,
                    Column::ChargeDescription,
                    Column::BillingCurrency,
                    Column::EffectiveCost,
                ];
                let time = || col(start).cast(DataType::Int64);
                let within = time()
                    .gt_eq(lit(day(anomaly.from)))
                    .and(time().lt(lit(day(anomaly.to) + 86_400_000_000)));
                let frame = charges
                    .filter(col(column.name()).eq(lit(key)).and(within))
                    .select(wanted.map(|column| col(column.name())))
                    .collect()?;
                let text = |column: Column| texts(&frame, column.name());
                let (files, resources, descriptions, currencies) = (
                    text(Column::SourceFile)?,
                    text(Column::ResourceId)?,
                    text(Column::ChargeDescription)?,
                    text(Column::BillingCurrency)?,
                );
                let costs = decimal_values(&frame, Column::EffectiveCost.name())?;
                let numbers = frame.column(Column::SourceRow.name())?.i64()?.clone();
                for row in 0..frame.height() {
                    let rate = rates.rate(&currencies[row], month).unwrap_or_default();
                    rows.push(AnomalyRow {
                        file: files[row].clone(),
                        row: numbers.get(row).unwrap_or_default(),
                        resource: resources[row].clone(),
                        description: descriptions[row].clone(),
                        cost: costs[row].unwrap_or_default().multiply(rate),
                    });
                }
            }
        }
        rows.sort_by(|a, b| (b.cost.abs(), &a.file, a.row).cmp(&(a.cost.abs(), &b.file, b.row)));
        rows.truncate(MOST_ROWS);
        Ok(AnomalyLine {
            dimension,
            key: key.to_owned(),
            grain,
            anomaly,
            rows,
        })
    }
}
