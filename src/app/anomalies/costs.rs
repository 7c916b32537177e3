//! Cost as bills have it, by product, service and resource; and the rows of bills behind an anomaly.

use super::super::costs::missing_rate;
use super::super::reference::{Rates, texts};
use super::super::{App, AppError};
use super::{AnomalyLine, AnomalyRow, MOST_ROWS};
use chrono::NaiveDate;
use headroom_models::anomalies::{Anomaly, Series as Days};
use headroom_models::ledger::{Column, Month, decimal_values};
use polars::prelude::*;
use std::collections::BTreeMap;

/// Cost by dimension and key, by day or by month.
pub(super) type Grouped = BTreeMap<(&'static str, String), Days>;

const DIMENSIONS: [(&str, Column); 3] = [
    ("product", Column::Product),
    ("service", Column::ServiceName),
    ("resource", Column::ResourceId),
];

impl App {
    /// Adds the cost of a month: charges of a day each to `daily`, of longer periods to `monthly`.
    pub(super) fn costs_of(
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
    pub(super) fn line(
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
