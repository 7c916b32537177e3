//! Bandwidth that is committed and paid for, against what was used by the contract's own rule.

use super::IdleError;
use super::hours::HOUR;
use crate::contracts::{BandwidthTerms, Sample, billed, decimal_mbps, mbps};
use crate::ledger::{Money, Month, Ratio};
use chrono::DateTime;
use polars::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A committed bandwidth.
#[derive(Clone, Debug, PartialEq)]
pub struct BandwidthCommit {
    /// Link, as the samples name it.
    pub resource_id: String,
    /// Committed Mbps (10⁶ bits per second).
    pub committed_mbps: f64,
    /// What the commit costs in a month.
    pub monthly_cost: Money,
    /// How the contract bills: the monthly 95th percentile of the higher direction unless a contract says otherwise.
    pub terms: BandwidthTerms,
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
    /// Month of the contract's calendar; nothing when the link has no samples.
    pub month: Option<Month>,
    /// What the rule says.
    pub verdict: BandwidthVerdict,
    /// Committed Mbps.
    pub committed_mbps: f64,
    /// The figure that the contract bills in Mbps: by default the 95th percentile, the higher of in and out.
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
    samples: Vec<Sample>,
    peak: Option<f64>,
    hours: BTreeSet<i64>,
}

const IN: &str = "network_in_bytes_per_second";
const OUT: &str = "network_out_bytes_per_second";

/// Judges every commit in every month of the samples: 5-minute averages of a link, in and out apart.
///
/// # Errors
/// When a column is missing or of the wrong type.
pub fn bandwidth_commits(
    commits: &[BandwidthCommit],
    samples: LazyFrame,
    rule: &BandwidthRule,
) -> Result<Vec<BandwidthFinding>, IdleError> {
    let offsets: BTreeMap<&str, i64> = commits
        .iter()
        .map(|commit| (commit.resource_id.as_str(), commit.terms.utc_offset))
        .collect();
    let mut months: BTreeMap<(String, Month), LinkMonth> = BTreeMap::new();
    if !offsets.is_empty() {
        let names = Series::new("links".into(), offsets.keys().copied().collect::<Vec<_>>());
        let rows = samples
            .filter(col("resource_id").is_in(lit(names).implode(true), false))
            .select([
                col("resource_id"),
                col("timestamp").cast(DataType::Int64).alias("ts"),
                col(IN).cast(DataType::Float64),
                col(OUT).cast(DataType::Float64),
            ])
            .collect_with_engine(Engine::Streaming)?
            .unwrap_single();
        let (inbound, outbound) = (rows.column(IN)?.f64()?, rows.column(OUT)?.f64()?);
        let times = rows
            .column("resource_id")?
            .str()?
            .iter()
            .zip(rows.column("ts")?.i64()?.iter());
        for ((link, time), (bytes_in, bytes_out)) in times.zip(inbound.iter().zip(outbound.iter())) {
            let (Some(link), Some(time)) = (link, time) else {
                continue;
            };
            let number = |value: Option<f64>| value.filter(|value| value.is_finite());
            let (bytes_in, bytes_out) = (number(bytes_in), number(bytes_out));
            let offset = offsets.get(link).copied().unwrap_or_default();
            let Some(day) = DateTime::from_timestamp_micros(time + offset * 1_000_000).map(|time| time.date_naive())
            else {
                continue;
            };
            if bytes_in.is_none() && bytes_out.is_none() {
                continue;
            }
            let month = months.entry((link.to_owned(), Month::of(day))).or_default();
            month.samples.push(Sample {
                time: time.div_euclid(1_000_000),
                inbound: bytes_in,
                outbound: bytes_out,
            });
            for value in [bytes_in, bytes_out].into_iter().flatten() {
                month.peak = Some(month.peak.map_or(value, |peak| peak.max(value)));
            }
            month.hours.insert(time.div_euclid(HOUR));
        }
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
    let mut finding = undetermined(commit, Some(month), coverage);
    let figure = billed(&commit.terms, std::slice::from_ref(&link.samples)).map(|billed| billed.mbps);
    let (Some(p95), Some(peak)) = (figure, link.peak) else {
        return finding;
    };
    finding.p95_mbps = Some(p95);
    finding.peak_mbps = Some(mbps(peak, commit.terms.binary));
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
