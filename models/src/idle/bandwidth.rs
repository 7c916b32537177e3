//! Bandwidth that is committed and paid for, against the 95th percentile of what was used.

use super::usage::{HOUR, collect, prepare};
use super::{IdleError, Metric};
use crate::contracts::{IndexRule, decimal_mbps, mbps, percentile_95};
use crate::ledger::{Money, Month, Ratio};
use chrono::DateTime;
use polars::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A committed bandwidth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BandwidthCommit {
    /// Link, as the samples name it.
    pub resource_id: String,
    /// Committed Mbps (10⁶ bits per second).
    pub committed_mbps: f64,
    /// What the commit costs in a month.
    pub monthly_cost: Money,
}

/// When a commit counts as oversized.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BandwidthRule {
    /// Share of the commit below which the 95th percentile must lie.
    pub oversized_below: f64,
    /// Share of the month's hours that must have samples.
    pub minimum_coverage: f64,
}

impl Default for BandwidthRule {
    /// Less than half of the commit used, samples in 80 % of the month's hours.
    fn default() -> Self {
        BandwidthRule {
            oversized_below: 0.5,
            minimum_coverage: 0.8,
        }
    }
}

/// What the rule says about a commit in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BandwidthVerdict {
    /// Much more is committed than used.
    Oversized,
    /// The commit is used.
    Used,
    /// Too few samples, or none.
    Undetermined,
}

/// One commit in one month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BandwidthFinding {
    /// Link.
    pub resource_id: String,
    /// Calendar month in UTC; nothing when the link has no samples.
    pub month: Option<Month>,
    /// What the rule says.
    pub verdict: BandwidthVerdict,
    /// Committed Mbps.
    pub committed_mbps: f64,
    /// 95th percentile in Mbps: the higher of in and out.
    pub p95_mbps: Option<f64>,
    /// Highest sample in Mbps: capacity is sized by it, money by the percentile.
    pub peak_mbps: Option<f64>,
    /// Share of the month's hours that have samples.
    pub coverage: f64,
    /// Committed and not used by the percentile; nothing when undetermined.
    pub unused_mbps: Option<f64>,
    /// Its share of the monthly cost: cost × (1 − p95 ÷ commit), never below zero; nothing when undetermined.
    pub unused_cost: Option<Money>,
}

#[derive(Default)]
struct LinkMonth {
    inbound: Vec<f64>,
    outbound: Vec<f64>,
    hours: BTreeSet<i64>,
}

/// Judges every commit in every calendar month (UTC) of the samples: 5-minute averages of a link, in and out apart.
///
/// # Errors
/// When a column is missing or of the wrong type.
pub fn bandwidth_commits(
    commits: &[BandwidthCommit],
    samples: LazyFrame,
    rule: &BandwidthRule,
) -> Result<Vec<BandwidthFinding>, IdleError> {
    let links: BTreeSet<&str> = commits.iter().map(|commit| commit.resource_id.as_str()).collect();
    let names = Series::new("links".into(), links.iter().copied().collect::<Vec<_>>());
    let columns = [Metric::NetworkInBytesPerSecond, Metric::NetworkOutBytesPerSecond];
    let samples = prepare(samples, &columns)?.filter(col("resource_id").is_in(lit(names).implode(true), false));
    let rows = collect(samples)?;
    let mut months: BTreeMap<(String, Month), LinkMonth> = BTreeMap::new();
    let (inbound, outbound) = (
        rows.column(columns[0].as_str())?.f64()?,
        rows.column(columns[1].as_str())?.f64()?,
    );
    let times = rows
        .column("resource_id")?
        .str()?
        .iter()
        .zip(rows.column("ts")?.i64()?.iter());
    for ((link, time), (bytes_in, bytes_out)) in times.zip(inbound.iter().zip(outbound.iter())) {
        let (Some(link), Some(time)) = (link, time) else {
            continue;
        };
        let Some(day) = DateTime::from_timestamp_micros(time).map(|time| time.date_naive()) else {
            continue;
        };
        if bytes_in.is_none() && bytes_out.is_none() {
            continue;
        }
        let month = months.entry((link.to_owned(), Month::of(day))).or_default();
        month.inbound.extend(bytes_in);
        month.outbound.extend(bytes_out);
        month.hours.insert(time.div_euclid(HOUR));
    }
    let mut findings = Vec::new();
    for commit in commits {
        let before = findings.len();
        for ((_, month), link) in months.iter().filter(|((link, _), _)| *link == commit.resource_id) {
            findings.push(judge(commit, *month, link, rule));
        }
        if findings.len() == before {
            findings.push(undetermined(commit, None, 0.0));
        }
    }
    findings.sort_by(|a, b| (&a.resource_id, a.month).cmp(&(&b.resource_id, b.month)));
    Ok(findings)
}

fn undetermined(commit: &BandwidthCommit, month: Option<Month>, coverage: f64) -> BandwidthFinding {
    BandwidthFinding {
        resource_id: commit.resource_id.clone(),
        month,
        verdict: BandwidthVerdict::Undetermined,
        committed_mbps: commit.committed_mbps,
        p95_mbps: None,
        peak_mbps: None,
        coverage,
        unused_mbps: None,
        unused_cost: None,
    }
}

fn judge(commit: &BandwidthCommit, month: Month, link: &LinkMonth, rule: &BandwidthRule) -> BandwidthFinding {
    let coverage = link.hours.len() as f64 / (f64::from(month.days()) * 24.0);
    let sides = [&link.inbound, &link.outbound]
        .into_iter()
        .filter_map(|samples| percentile_and_peak(samples));
    let highest = sides.reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)));
    let mut finding = undetermined(commit, Some(month), coverage);
    let Some((p95, peak)) = highest else { return finding };
    finding.p95_mbps = Some(p95);
    finding.peak_mbps = Some(peak);
    let (Some(committed), Some(used)) = (decimal_mbps(commit.committed_mbps), decimal_mbps(p95)) else {
        return finding;
    };
    if coverage < rule.minimum_coverage || committed.is_negative() {
        return finding;
    }
    let unused = (committed - used).max(Money::ZERO);
    let Some(share) = Ratio::checked(unused, committed) else {
        return finding;
    };
    finding.unused_mbps = Some((commit.committed_mbps - p95).max(0.0));
    finding.unused_cost = Some(commit.monthly_cost.scale_by(&share));
    let oversized = p95 < rule.oversized_below * commit.committed_mbps;
    finding.verdict = if oversized {
        BandwidthVerdict::Oversized
    } else {
        BandwidthVerdict::Used
    };
    finding
}

/// 95th percentile and peak in Mbps of samples in bytes per second.
fn percentile_and_peak(samples: &[f64]) -> Option<(f64, f64)> {
    let peak = samples.iter().copied().max_by(f64::total_cmp)?;
    let percentile = percentile_95(samples, IndexRule::Ceil)?;
    Some((mbps(percentile, false), mbps(peak, false)))
}
