//! Jumps of use: what machines did by day, per resource and per product, against their own weeks before.

use super::super::reference::{Rates, texts};
use super::super::{App, AppError};
use super::MOST_ROWS;
use super::known::{Concern, KnownEvents};
use crate::auth::Visible;
use chrono::{Days, NaiveDate};
use headroom_models::anomalies::{Anomaly, AnomalyRule, Series, daily_anomalies};
use headroom_models::ledger::{Money, Month, Ratio};
use polars::prelude::{DataType, Engine, LazyFrame, NamedFrom, col, lit};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is looked at. Shares of a machine must change by five points of the day's mean before anybody is told.
const MEASURES: [(&str, f64); 7] = [
    ("cpu_percent", 5.0),
    ("memory_percent", 5.0),
    ("disk_iops", 0.0),
    ("network_in_bytes_per_second", 0.0),
    ("network_out_bytes_per_second", 0.0),
    ("connections", 0.0),
    ("requests_per_second", 0.0),
];
/// Anomalies shown, most money first.
const MOST: usize = 200;
const MICROSECONDS_OF_A_DAY: i64 = 86_400_000_000;

/// A row of samples behind an anomaly of use.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UsageRow {
    /// The resource.
    pub resource: String,
    /// Day of a mean, or time of a sample.
    pub at: String,
    /// The value.
    pub value: f64,
}

/// One anomaly of use.
#[derive(Clone, Debug, Serialize)]
pub struct UsageAnomaly {
    /// `product` or `resource`.
    pub dimension: &'static str,
    /// Its value.
    pub key: String,
    /// What was measured. Of a product it is the sum over its measured resources.
    pub metric: &'static str,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Mean of these days.
    pub actual: f64,
    /// Mean that was expected.
    pub expected: f64,
    /// The largest distance in robust deviations.
    pub deviations: f64,
    /// What the resources cost in these days, in the reporting currency: the money at stake.
    pub cost: Money,
    /// Of a resource its samples that are farthest from the expectation, of a product the days of its resources.
    pub rows: Vec<UsageRow>,
}

/// Means of days by resource.
type ByResource = BTreeMap<String, Series<f64>>;

impl App {
    pub(super) fn usage_anomalies(
        &self,
        last: Month,
        rule: &AnomalyRule,
        known: &KnownEvents,
        rates: &Rates,
        visible: &Visible,
    ) -> Result<Vec<UsageAnomaly>, AppError> {
        if !self.is_measured(last)? {
            return Ok(Vec::new());
        }
        let time = || col("timestamp").cast(DataType::Int64);
        let micros = |day: NaiveDate| i64::from(day.to_epoch_days()) * MICROSECONDS_OF_A_DAY;
        let samples = self.samples(Some(last))?.lazy().filter(
            time()
                .gt_eq(lit(micros(last.plus(-2).first_day())))
                .and(time().lt(lit(micros(last.plus(1).first_day())))),
        );
        let days = samples
            .clone()
            .with_columns([(time() / lit(MICROSECONDS_OF_A_DAY)).alias("day")])
            .group_by([col("resource_id"), col("day")])
            .agg(MEASURES.map(|(column, _)| col(column).mean()))
            .collect_with_engine(Engine::Streaming)?
            .unwrap_single();
        let resources = texts(&days, "resource_id")?;
        let facts = self.month_facts(last, rates)?.resources;
        let distinct: Vec<String> = resources.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let by_rules = self.modules_of_machines(&distinct, last)?;
        let product_of = |resource: &str| -> String {
            let billed = || facts.get(resource).map(|facts| facts.product.clone());
            let by_rule = by_rules.get(resource).map(|(product, _)| product.clone());
            by_rule.or_else(billed).unwrap_or_default()
        };
        let cost_of = |resource: &str| facts.get(resource).map(|facts| facts.cost).unwrap_or_default();
        let numbers = days.column("day")?.i64()?.clone();
        let mut found: Vec<UsageAnomaly> = Vec::new();
        for (metric, floor) in MEASURES {
            let values = days.column(metric)?.f64()?.clone();
            let mut measured = ByResource::new();
            for (row, resource) in resources.iter().enumerate() {
                let day = numbers.get(row).and_then(|day| i32::try_from(day).ok());
                if let (Some(day), Some(value)) = (day.and_then(NaiveDate::from_epoch_days), values.get(row)) {
                    measured.entry(resource.clone()).or_default().insert(day, value);
                }
            }
            for (resource, days) in &measured {
                let product = product_of(resource);
                if !visible.sees(&product) {
                    continue;
                }
                let concern = Concern::Resource(product);
                // A day without samples is not a day without use.
                let quiet = |day| !days.contains_key(&day) || known.covers(&concern, day);
                let jumps = daily_anomalies(days, &quiet, rule);
                found.extend(jumps.into_iter().map(|jump| {
                    let cost = pro_rata(cost_of(resource), &jump, last);
                    anomaly("resource", resource, metric, &jump, cost)
                }));
            }
            let mut products: BTreeMap<String, Vec<(&String, &Series<f64>)>> = BTreeMap::new();
            for (resource, days) in &measured {
                products.entry(product_of(resource)).or_default().push((resource, days));
            }
            for machines in products.values_mut() {
                // A machine that is measured since yesterday is no jump of its product: it has a line of its own.
                let begin = machines
                    .iter()
                    .filter_map(|(_, days)| days.keys().next().copied())
                    .min();
                let since = |days: &Series<f64>| days.keys().next().copied().zip(begin);
                machines.retain(|(_, days)| since(days).is_some_and(|(own, all)| (own - all).num_days() <= 2));
            }
            products.retain(|product, machines| !product.is_empty() && machines.len() > 1 && visible.sees(product));
            for (product, machines) in &products {
                let sums = together(machines);
                let concern = Concern::Product(product.clone());
                let quiet = |day| !sums.contains_key(&day) || known.covers(&concern, day);
                let cost: Money = machines.iter().map(|(resource, _)| cost_of(resource)).sum();
                for jump in daily_anomalies(&sums, &quiet, rule) {
                    let mut line = anomaly("product", product, metric, &jump, pro_rata(cost, &jump, last));
                    line.rows = machine_days(machines, &jump);
                    found.push(line);
                }
            }
            found.retain(|line| line.metric != metric || (line.actual - line.expected).abs() >= floor);
        }
        found.retain(|line| Month::of(line.to) == last && (rule.minimum.is_zero() || line.cost >= rule.minimum));
        found.sort_by(|a, b| {
            let order = |line: &UsageAnomaly| (line.dimension, line.key.clone(), line.metric, line.from);
            b.cost.cmp(&a.cost).then_with(|| order(a).cmp(&order(b)))
        });
        found.truncate(MOST);
        self.samples_behind(&mut found, samples)?;
        Ok(found)
    }

    /// The samples of each resource that are farthest on the side of the jump.
    fn samples_behind(&self, found: &mut [UsageAnomaly], samples: LazyFrame) -> Result<(), AppError> {
        let wanted: BTreeSet<&str> = found
            .iter()
            .filter(|line| line.dimension == "resource")
            .map(|line| line.key.as_str())
            .collect();
        let (Some(from), false) = (found.iter().map(|line| line.from).min(), wanted.is_empty()) else {
            return Ok(());
        };
        let names = Names::new("ids".into(), wanted.into_iter().collect::<Vec<_>>());
        let from = i64::from(from.to_epoch_days()) * MICROSECONDS_OF_A_DAY;
        let frame = samples
            .filter(
                col("resource_id")
                    .is_in(lit(names).implode(true), false)
                    .and(col("timestamp").cast(DataType::Int64).gt_eq(lit(from))),
            )
            .collect_with_engine(Engine::Streaming)?
            .unwrap_single();
        let times = frame.column("timestamp")?.cast(&DataType::Int64)?;
        let times = times.i64()?.clone();
        let resources = texts(&frame, "resource_id")?;
        for line in found.iter_mut().filter(|line| line.dimension == "resource") {
            let values = frame.column(line.metric)?.f64()?;
            let mut rows: Vec<(f64, i64)> = Vec::new();
            for (row, resource) in resources.iter().enumerate() {
                if let (true, Some(time), Some(value)) = (*resource == line.key, times.get(row), values.get(row)) {
                    let day = i32::try_from(time.div_euclid(MICROSECONDS_OF_A_DAY)).ok();
                    let day = day.and_then(NaiveDate::from_epoch_days);
                    if day.is_some_and(|day| line.from <= day && day <= line.to) {
                        rows.push((value, time));
                    }
                }
            }
            let above = line.actual >= line.expected;
            rows.sort_by(|a, b| {
                let order = if above {
                    b.0.total_cmp(&a.0)
                } else {
                    a.0.total_cmp(&b.0)
                };
                order.then(a.1.cmp(&b.1))
            });
            line.rows = rows
                .into_iter()
                .take(MOST_ROWS)
                .map(|(value, time)| UsageRow {
                    resource: line.key.clone(),
                    at: chrono::DateTime::from_timestamp_micros(time)
                        .map(|time| time.format("%Y-%m-%d %H:%M").to_string())
                        .unwrap_or_default(),
                    value,
                })
                .collect();
        }
        Ok(())
    }
}

type Names = polars::prelude::Series;

fn anomaly(dimension: &'static str, key: &str, metric: &'static str, jump: &Anomaly<f64>, cost: Money) -> UsageAnomaly {
    let days = length(jump) as f64;
    UsageAnomaly {
        dimension,
        key: key.to_owned(),
        metric,
        from: jump.from,
        to: jump.to,
        actual: jump.actual / days,
        expected: jump.expected / days,
        deviations: jump.deviations,
        cost,
        rows: Vec::new(),
    }
}

fn length(jump: &Anomaly<f64>) -> i64 {
    (jump.to - jump.from).num_days() + 1
}

/// The days' part of a month's cost.
fn pro_rata(cost: Money, jump: &Anomaly<f64>, month: Month) -> Money {
    let days = Money::whole(length(jump));
    cost.scale_by(&Ratio::new(days, Money::whole(i64::from(month.days()))))
}

/// The use of several machines together, on days on which at least nine in ten of those of the week before report: a silent
/// machine is no drop of use.
fn together(machines: &[(&String, &Series<f64>)]) -> Series<f64> {
    let mut sums: BTreeMap<NaiveDate, (f64, usize)> = BTreeMap::new();
    for (_, days) in machines {
        for (day, value) in *days {
            let sum = sums.entry(*day).or_default();
            sum.0 += value;
            sum.1 += 1;
        }
    }
    let complete = |day: NaiveDate, count: usize| {
        let before = sums.range(day - Days::new(7)..day).map(|(_, (_, count))| *count).max();
        before.is_none_or(|before| count * 10 >= before * 9)
    };
    sums.iter()
        .filter(|(day, (_, count))| complete(**day, *count))
        .map(|(day, (sum, _))| (*day, *sum))
        .collect()
}

/// Days of the machines that did most, or least, in the days of a jump.
fn machine_days(machines: &[(&String, &Series<f64>)], jump: &Anomaly<f64>) -> Vec<UsageRow> {
    let mut rows: Vec<UsageRow> = machines
        .iter()
        .flat_map(|(resource, days)| {
            days.range(jump.from..=jump.to).map(|(day, value)| UsageRow {
                resource: (*resource).clone(),
                at: day.to_string(),
                value: *value,
            })
        })
        .collect();
    let above = jump.actual >= jump.expected;
    rows.sort_by(|a, b| {
        let order = if above {
            b.value.total_cmp(&a.value)
        } else {
            a.value.total_cmp(&b.value)
        };
        order.then_with(|| (&a.resource, &a.at).cmp(&(&b.resource, &b.at)))
    });
    rows.truncate(MOST_ROWS);
    rows
}
