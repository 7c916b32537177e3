//! Samples aggregated in the engine: per resource and day, the days counted back from the newest sample.

use super::{Condition, IdleError, IdlePolicy, Metric, Statistic};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const HOUR: i64 = 3_600_000_000;
pub(super) const DAY: i64 = 24 * HOUR;

/// One metric of one resource over one day, or over the window.
#[derive(Clone, Debug, Default)]
pub(super) struct Stats {
    pub count: u64,
    pub sum: f64,
    pub max: f64,
    pub hours: u64,
    pub percentiles: BTreeMap<Statistic, f64>,
}

/// One resource on one day: 24 hours, the last of which ends with the newest sample of the whole input.
#[derive(Clone, Debug, Default)]
pub(super) struct Day {
    /// Time of the first sample of the day, in microseconds.
    pub first: i64,
    pub metrics: BTreeMap<Metric, Stats>,
}

/// All that a policy needs to know of a resource.
#[derive(Clone, Debug, Default)]
pub(super) struct Usage {
    /// By days back from the newest sample.
    pub days: BTreeMap<i64, Day>,
    /// Percentiles over the window.
    pub window: BTreeMap<(Metric, Statistic), f64>,
    /// Distance between samples in seconds, the median; nothing with fewer than two.
    pub spacing: Option<f64>,
}

/// The usage of all resources of an input.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// Time of the newest sample, in microseconds.
    pub newest: Option<i64>,
    /// Metrics of the policy that some resource carries.
    pub carried: BTreeSet<Metric>,
    pub resources: BTreeMap<String, Usage>,
}

/// Checks the columns and keeps what is needed: `resource_id`, `ts` in microseconds, and a column per metric.
pub(super) fn prepare(samples: LazyFrame, metrics: &[Metric]) -> Result<LazyFrame, IdleError> {
    let mut samples = samples;
    let schema = samples.collect_schema()?;
    let refuse = |column: &str, wanted| {
        Err(IdleError::Column {
            column: column.to_owned(),
            wanted,
        })
    };
    if !matches!(
        schema.get("timestamp"),
        Some(DataType::Datetime(TimeUnit::Microseconds, _))
    ) {
        return refuse("timestamp", "a timestamp in microseconds");
    }
    if schema.get("resource_id") != Some(&DataType::String) {
        return refuse("resource_id", "text");
    }
    let mut columns = vec![col("resource_id"), col("timestamp").cast(DataType::Int64).alias("ts")];
    for metric in metrics {
        let mut value = lit(0.0);
        for name in sources(*metric) {
            match schema.get(name) {
                Some(DataType::Float64) => value = value + col(*name),
                None => value = lit(NULL).cast(DataType::Float64),
                Some(_) => return refuse(name, "a number (Float64)"),
            }
        }
        // What is not a number is no sample.
        let value = when(value.clone().is_not_nan()).then(value).otherwise(lit(NULL));
        columns.push(value.alias(metric.as_str()));
    }
    Ok(samples
        .select(columns)
        .filter(col("ts").is_not_null().and(col("resource_id").is_not_null())))
}

/// Columns of the samples that a metric is the sum of; a sample that lacks one of them does not carry the metric.
fn sources(metric: Metric) -> &'static [&'static str] {
    match metric {
        Metric::CpuPercent => &["cpu_percent"],
        Metric::MemoryPercent => &["memory_percent"],
        Metric::DiskPercent => &["disk_percent"],
        Metric::DiskIops => &["disk_iops"],
        Metric::NetworkInBytesPerSecond => &["network_in_bytes_per_second"],
        Metric::NetworkOutBytesPerSecond => &["network_out_bytes_per_second"],
        Metric::NetworkBytesPerSecond | Metric::NetworkBytesPerDay => {
            &["network_in_bytes_per_second", "network_out_bytes_per_second"]
        }
        Metric::Connections => &["connections"],
    }
}

/// Aggregates the samples for the policy's conditions.
pub(super) fn read(policy: &IdlePolicy, samples: LazyFrame) -> Result<Input, IdleError> {
    let metrics: BTreeSet<Metric> = policy.conditions.iter().map(|c| c.metric).collect();
    let metrics: Vec<Metric> = metrics.into_iter().collect();
    let samples = prepare(samples, &metrics)?;

    let counts = metrics.iter().map(|metric| col(metric.as_str()).count());
    let whole = collect(
        samples
            .clone()
            .select([col("ts").max()].into_iter().chain(counts).collect::<Vec<_>>()),
    )?;
    let Some(newest) = whole.column("ts")?.i64()?.get(0) else {
        return Ok(Input::default());
    };
    let mut input = Input {
        newest: Some(newest),
        ..Input::default()
    };
    for metric in &metrics {
        if whole
            .column(metric.as_str())?
            .cast(&DataType::Int64)?
            .i64()?
            .get(0)
            .is_some_and(|count| count > 0)
        {
            input.carried.insert(*metric);
        }
    }

    // Never negative, so that cutting off the fraction is rounding down; a microsecond is far above a float's grain here.
    let back = |unit: i64| ((lit(newest) - col("ts")).cast(DataType::Float64) / lit(unit as f64)).cast(DataType::Int64);
    let samples = samples.with_columns([back(DAY).alias("day"), back(HOUR).alias("hour")]);
    let percentiles: Vec<&Condition> = policy
        .conditions
        .iter()
        .filter(|c| c.statistic.percentile().is_some())
        .collect();
    let quantiles: Vec<Expr> = percentiles.iter().map(|condition| quantile_of(condition)).collect();
    by_day(&mut input, &metrics, &percentiles, &quantiles, samples.clone())?;
    if !percentiles.is_empty() {
        let window = samples
            .clone()
            .filter(col("day").lt(lit(i64::from(policy.window_days))));
        let rows = collect(window.group_by([col("resource_id")]).agg(&quantiles))?;
        for condition in &percentiles {
            let values = rows.column(&quantile_name(condition))?.f64()?.clone();
            for (resource, value) in rows.column("resource_id")?.str()?.iter().zip(values.iter()) {
                if let (Some(resource), Some(value)) = (resource, value) {
                    let usage = input.resources.entry(resource.to_owned()).or_default();
                    usage.window.insert((condition.metric, condition.statistic), value);
                }
            }
        }
    }
    if metrics.contains(&Metric::NetworkBytesPerDay) {
        let times = || col("ts").unique().sort(SortOptions::default());
        let spacing = (times() - times().shift(lit(1))).median().alias("spacing");
        let rows = collect(samples.group_by([col("resource_id")]).agg([spacing]))?;
        let values = rows.column("spacing")?.cast(&DataType::Float64)?;
        for (resource, micros) in rows.column("resource_id")?.str()?.iter().zip(values.f64()?.iter()) {
            if let Some(resource) = resource {
                input.resources.entry(resource.to_owned()).or_default().spacing = micros.map(|micros| micros / 1e6);
            }
        }
    }
    Ok(input)
}

fn by_day(
    input: &mut Input,
    metrics: &[Metric],
    percentiles: &[&Condition],
    quantiles: &[Expr],
    samples: LazyFrame,
) -> Result<(), IdleError> {
    let mut aggregates = vec![col("ts").min().alias("first")];
    for metric in metrics {
        let value = || col(metric.as_str());
        let hours = col("hour")
            .filter(value().is_not_null())
            .n_unique()
            .cast(DataType::Int64);
        aggregates.push(
            value()
                .count()
                .cast(DataType::Int64)
                .alias(format!("{}:count", metric.as_str())),
        );
        aggregates.push(value().sum().alias(format!("{}:sum", metric.as_str())));
        aggregates.push(value().max().alias(format!("{}:max", metric.as_str())));
        aggregates.push(hours.alias(format!("{}:hours", metric.as_str())));
    }
    aggregates.extend_from_slice(quantiles);
    let rows = collect(samples.group_by([col("resource_id"), col("day")]).agg(aggregates))?;
    let (resources, days) = (rows.column("resource_id")?.str()?, rows.column("day")?.i64()?);
    let firsts = rows.column("first")?.i64()?;
    for (at, (resource, day)) in resources.iter().zip(days.iter()).enumerate() {
        let (Some(resource), Some(day), Some(first)) = (resource, day, firsts.get(at)) else {
            continue;
        };
        let usage = input.resources.entry(resource.to_owned()).or_default();
        usage.days.insert(
            day,
            Day {
                first,
                metrics: BTreeMap::new(),
            },
        );
    }
    for metric in metrics {
        let name = |what: &str| format!("{}:{what}", metric.as_str());
        let (counts, hours) = (rows.column(&name("count"))?.i64()?, rows.column(&name("hours"))?.i64()?);
        let (sums, highest) = (rows.column(&name("sum"))?.f64()?, rows.column(&name("max"))?.f64()?);
        for (at, (resource, day)) in resources.iter().zip(days.iter()).enumerate() {
            let (Some(resource), Some(day), Some(max)) = (resource, day, highest.get(at)) else {
                continue;
            };
            let stats = Stats {
                count: counts.get(at).unwrap_or(0).unsigned_abs(),
                sum: sums.get(at).unwrap_or(0.0),
                max,
                hours: hours.get(at).unwrap_or(0).unsigned_abs(),
                percentiles: BTreeMap::new(),
            };
            if let Some(day) = input
                .resources
                .get_mut(resource)
                .and_then(|usage| usage.days.get_mut(&day))
            {
                day.metrics.insert(*metric, stats);
            }
        }
    }
    for condition in percentiles {
        let values = rows.column(&quantile_name(condition))?.f64()?;
        for ((resource, day), value) in resources.iter().zip(days.iter()).zip(values.iter()) {
            let (Some(resource), Some(day), Some(value)) = (resource, day, value) else {
                continue;
            };
            let day = input
                .resources
                .get_mut(resource)
                .and_then(|usage| usage.days.get_mut(&day));
            if let Some(stats) = day.and_then(|day| day.metrics.get_mut(&condition.metric)) {
                stats.percentiles.insert(condition.statistic, value);
            }
        }
    }
    Ok(())
}

fn quantile_name(condition: &Condition) -> String {
    format!("{}:{:?}", condition.metric.as_str(), condition.statistic)
}

/// Inverse of the empirical distribution: the smallest value that at least the share of values do not exceed.
fn quantile_of(condition: &Condition) -> Expr {
    let share = condition.statistic.percentile().unwrap_or(100) as f64 / 100.0;
    let value = col(condition.metric.as_str()).drop_nulls();
    value
        .quantile(lit(share), QuantileMethod::Equiprobable)
        .alias(quantile_name(condition))
}

pub(super) fn collect(frame: LazyFrame) -> Result<DataFrame, IdleError> {
    Ok(frame.collect_with_engine(Engine::Streaming)?.unwrap_single())
}
