//! Verdicts of an idle policy over samples.

use super::usage::{DAY, Stats, Usage, read};
use super::{
    Condition, Confidence, Evidence, Exempt, IdleError, IdleFinding, IdlePolicy, IdleReason, IdleReport, Metric,
    Statistic, Verdict,
};
use crate::ledger::Money;
use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::LazyFrame;
use std::collections::{BTreeMap, BTreeSet};

/// What is judged.
pub struct IdleInputs<'a> {
    /// The rule.
    pub policy: &'a IdlePolicy,
    /// Samples: `timestamp` (microseconds, UTC), `resource_id`, and any of `cpu_percent`, `memory_percent`, `disk_percent`,
    /// `disk_iops`, `network_in_bytes_per_second`, `network_out_bytes_per_second`, `connections` (Float64, nulls allowed).
    pub samples: LazyFrame,
    /// Cost of a month by resource.
    pub monthly_cost: &'a BTreeMap<String, Money>,
    /// Tags by resource.
    pub tags: &'a BTreeMap<String, BTreeMap<String, String>>,
}

/// Judges every resource over the last `window_days` before the newest sample of the input.
///
/// A condition whose metric no resource carries is left out of the rule, is named and lowers the confidence. A resource that
/// lacks a metric which others carry is undetermined, unless a metric that it does carry shows it in use. Too few hours with
/// samples: undetermined. Missing data never makes a resource idle.
///
/// # Errors
/// When the policy is wrong or a column is missing or of the wrong type.
pub fn detect(inputs: IdleInputs) -> Result<IdleReport, IdleError> {
    let policy = inputs.policy;
    if let Some(error) = policy.check().into_iter().next() {
        return Err(error.into());
    }
    let input = read(policy, inputs.samples)?;
    let wanted: BTreeSet<Metric> = policy.conditions.iter().map(|c| c.metric).collect();
    let left_out: Vec<Metric> = wanted.difference(&input.carried).copied().collect();
    let mut report = IdleReport {
        policy: policy.id.clone(),
        window_start: input
            .newest
            .and_then(|t| DateTime::from_timestamp_micros(t - i64::from(policy.window_days) * DAY)),
        window_end: input.newest.and_then(DateTime::<Utc>::from_timestamp_micros),
        findings: Vec::new(),
        exempt: Vec::new(),
        left_out: left_out.clone(),
        unmeasured: Vec::new(),
    };
    let none = BTreeMap::new();
    let exempt = |resource: &str| {
        let tags = inputs.tags.get(resource).unwrap_or(&none);
        policy
            .exempt_tags
            .iter()
            .find(|(key, value)| tags.get(*key) == Some(*value))
    };
    let costs = inputs.monthly_cost.iter();
    let unmeasured =
        costs.filter(|(id, cost)| !input.resources.contains_key(*id) && !cost.is_zero() && exempt(id).is_none());
    report.unmeasured = unmeasured.map(|(id, cost)| (id.clone(), *cost)).collect();
    for (resource, usage) in &input.resources {
        if let Some((tag, value)) = exempt(resource) {
            let resource_id = resource.clone();
            report.exempt.push(Exempt {
                resource_id,
                tag: tag.clone(),
                value: value.clone(),
            });
            continue;
        }
        let mut finding = judge(policy, usage, &left_out);
        finding.resource_id.clone_from(resource);
        finding.monthly_cost = inputs.monthly_cost.get(resource).copied();
        report.findings.push(finding);
    }
    Ok(report)
}

fn judge(policy: &IdlePolicy, usage: &Usage, left_out: &[Metric]) -> IdleFinding {
    let mut reasons: Vec<IdleReason> = Vec::new();
    let mut evidence = Vec::new();
    let mut coverage: Option<f64> = None;
    let conditions: Vec<&Condition> = policy
        .conditions
        .iter()
        .filter(|c| !left_out.contains(&c.metric))
        .collect();
    let mut missing = false;
    for condition in &conditions {
        let value = window_value(policy, usage, condition);
        let holds = value.is_some_and(|value| value < condition.below);
        evidence.push(Evidence {
            metric: condition.metric,
            statistic: condition.statistic,
            below: condition.below,
            value,
            holds,
        });
        if value.is_none() {
            missing = true;
            reasons.push(IdleReason::MetricMissing {
                metric: condition.metric,
            });
            continue;
        }
        if !holds {
            reasons.push(IdleReason::Exceeds {
                metric: condition.metric,
            });
        }
        let hours: u64 = in_window(policy, usage, condition.metric)
            .map(|stats| stats.hours)
            .sum();
        let share = (hours as f64 / (f64::from(policy.window_days) * 24.0)).min(1.0);
        coverage = Some(coverage.map_or(share, |least| least.min(share)));
    }
    let coverage = coverage.unwrap_or(0.0);
    let covered = coverage >= policy.minimum_coverage;
    if !covered {
        reasons.push(IdleReason::LowCoverage {
            coverage,
            minimum: policy.minimum_coverage,
        });
    }
    reasons.extend(
        left_out
            .iter()
            .map(|metric| IdleReason::MetricLeftOut { metric: *metric }),
    );
    let exceeds = evidence.iter().any(|e| e.value.is_some() && !e.holds);
    let verdict = match (covered, exceeds, missing || conditions.is_empty()) {
        (false, ..) => Verdict::Undetermined,
        (true, true, _) => Verdict::Active,
        (true, false, true) => Verdict::Undetermined,
        (true, false, false) => Verdict::Idle,
    };
    let confidence = match verdict {
        Verdict::Undetermined => Confidence::Low,
        _ if !left_out.is_empty() => Confidence::Low,
        _ if missing || coverage < 0.95 => Confidence::Medium,
        _ => Confidence::High,
    };
    IdleFinding {
        resource_id: String::new(),
        verdict,
        confidence,
        reasons,
        evidence,
        coverage,
        since: (verdict == Verdict::Idle)
            .then(|| since(policy, usage, &conditions))
            .flatten(),
        monthly_cost: None,
    }
}

/// The resource's days of the window that have samples of the metric.
fn in_window<'a>(policy: &IdlePolicy, usage: &'a Usage, metric: Metric) -> impl Iterator<Item = &'a Stats> {
    usage
        .days
        .range(..i64::from(policy.window_days))
        .filter_map(move |(_, day)| day.metrics.get(&metric))
}

/// The value that the condition compares, over the window; nothing when the resource does not carry the metric.
fn window_value(policy: &IdlePolicy, usage: &Usage, condition: &Condition) -> Option<f64> {
    let stats = || in_window(policy, usage, condition.metric);
    stats().next()?;
    if condition.metric == Metric::NetworkBytesPerDay {
        let spacing = usage.spacing?;
        let mut days: Vec<f64> = stats().map(|stats| stats.sum * spacing).collect();
        days.sort_by(f64::total_cmp);
        return match condition.statistic.percentile() {
            Some(percent) => days.get((days.len() * percent).div_ceil(100).max(1) - 1).copied(),
            None if condition.statistic == Statistic::Max => days.last().copied(),
            None => mean(stats()).map(|rate| rate * 86_400.0),
        };
    }
    match condition.statistic {
        Statistic::Max => stats().map(|stats| stats.max).max_by(f64::total_cmp),
        Statistic::Avg => mean(stats()),
        _ => usage.window.get(&(condition.metric, condition.statistic)).copied(),
    }
}

fn mean<'a>(stats: impl Iterator<Item = &'a Stats>) -> Option<f64> {
    let (sum, count) = stats.fold((0.0, 0), |(sum, count), stats| (sum + stats.sum, count + stats.count));
    (count > 0).then(|| sum / count as f64)
}

/// True when the condition holds on one day alone.
fn holds_on(stats: &Stats, spacing: Option<f64>, condition: &Condition) -> bool {
    let value = match (condition.metric, condition.statistic) {
        (Metric::NetworkBytesPerDay, _) => spacing.map(|spacing| stats.sum * spacing),
        (_, Statistic::Max) => Some(stats.max),
        (_, Statistic::Avg) => mean(std::iter::once(stats)),
        (_, statistic) => stats.percentiles.get(&statistic).copied(),
    };
    value.is_some_and(|value| value < condition.below)
}

/// First day of the run of days, back from the newest sample, on each of which all conditions hold; the first day of the
/// window when the newest day alone does not hold (possible with means and percentiles).
fn since(policy: &IdlePolicy, usage: &Usage, conditions: &[&Condition]) -> Option<NaiveDate> {
    let mut first = None;
    for (back, (day, samples)) in usage.days.iter().enumerate() {
        let holds = |c: &&Condition| {
            samples
                .metrics
                .get(&c.metric)
                .is_some_and(|stats| holds_on(stats, usage.spacing, c))
        };
        if *day != back as i64 || !conditions.iter().all(holds) {
            break;
        }
        first = Some(samples.first);
    }
    let window = usage
        .days
        .range(..i64::from(policy.window_days))
        .next_back()
        .map(|(_, day)| day.first);
    DateTime::from_timestamp_micros(first.or(window)?).map(|time| time.date_naive())
}
