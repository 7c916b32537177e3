//! Idle policies: which values below which threshold make a resource idle.

use crate::language::{Language, Name};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// CPU use in percent.
    CpuPercent,
    /// Memory use in percent.
    MemoryPercent,
    /// Disk space in percent.
    DiskPercent,
    /// Disk operations per second.
    DiskIops,
    /// Bytes per second in.
    NetworkInBytesPerSecond,
    /// Bytes per second out.
    NetworkOutBytesPerSecond,
    /// Bytes per second, in and out together.
    NetworkBytesPerSecond,
    /// Bytes in and out over each day: samples × the distance between samples.
    NetworkBytesPerDay,
    /// Open connections.
    Connections,
}

impl Metric {
    /// The word of configuration and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Metric::CpuPercent => "cpu_percent",
            Metric::MemoryPercent => "memory_percent",
            Metric::DiskPercent => "disk_percent",
            Metric::DiskIops => "disk_iops",
            Metric::NetworkInBytesPerSecond => "network_in_bytes_per_second",
            Metric::NetworkOutBytesPerSecond => "network_out_bytes_per_second",
            Metric::NetworkBytesPerSecond => "network_bytes_per_second",
            Metric::NetworkBytesPerDay => "network_bytes_per_day",
            Metric::Connections => "connections",
        }
    }
}

/// How the window's values become the one that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Statistic {
    /// Mean.
    #[serde(alias = "mean")]
    Avg,
    /// Largest.
    Max,
    /// 90th percentile: the smallest value that at least 90 % of the values do not exceed.
    P90,
    /// 95th percentile.
    P95,
    /// 99th percentile.
    P99,
}

impl Statistic {
    /// The word of configuration and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Statistic::Avg => "avg",
            Statistic::Max => "max",
            Statistic::P90 => "p90",
            Statistic::P95 => "p95",
            Statistic::P99 => "p99",
        }
    }

    /// Percent of the percentiles.
    pub(super) const fn percentile(self) -> Option<usize> {
        match self {
            Statistic::Avg | Statistic::Max => None,
            Statistic::P90 => Some(90),
            Statistic::P95 => Some(95),
            Statistic::P99 => Some(99),
        }
    }
}

/// `statistic of metric < below`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What is looked at.
    pub metric: Metric,
    /// Which value of the window.
    pub statistic: Statistic,
    /// Threshold, in the unit of the metric.
    pub below: f64,
}

/// When a resource counts as idle: all conditions hold over the window. `[[idle_policy]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdlePolicy {
    /// Name for commands.
    pub id: String,
    /// Name for people.
    pub name: Name,
    /// Where the thresholds come from.
    #[serde(default)]
    pub source: String,
    /// Days back from the newest sample.
    #[serde(default = "two_weeks")]
    pub window_days: u32,
    /// Share of the window's hours that must have samples.
    #[serde(default = "four_fifths")]
    pub minimum_coverage: f64,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
    /// Resources with one of these tags are left out.
    #[serde(default)]
    pub exempt_tags: BTreeMap<String, String>,
}

fn two_weeks() -> u32 {
    14
}

fn four_fifths() -> f64 {
    0.8
}

/// Why a policy cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum PolicyError {
    #[error("idle_policy {id}: conditions is empty; every resource would be idle")]
    NoConditions { id: String },
    #[error("idle_policy {id}: window_days = {found}; it must be from 1 to 400")]
    BadWindow { id: String, found: u32 },
    #[error("idle_policy {id}: minimum_coverage = {found}; it must be above 0 and at most 1")]
    BadCoverage { id: String, found: f64 },
    #[error("idle_policy {id}: conditions.{metric}.below = {found}; it must be a number above zero")]
    BadThreshold {
        id: String,
        metric: &'static str,
        found: f64,
    },
}

impl IdlePolicy {
    /// Everything that is wrong with the policy.
    pub fn check(&self) -> Vec<PolicyError> {
        let id = || self.id.clone();
        let mut errors = Vec::new();
        if self.conditions.is_empty() {
            errors.push(PolicyError::NoConditions { id: id() });
        }
        if !(1..=400).contains(&self.window_days) {
            errors.push(PolicyError::BadWindow {
                id: id(),
                found: self.window_days,
            });
        }
        if !(self.minimum_coverage > 0.0 && self.minimum_coverage <= 1.0) {
            errors.push(PolicyError::BadCoverage {
                id: id(),
                found: self.minimum_coverage,
            });
        }
        for condition in self
            .conditions
            .iter()
            .filter(|c| !(c.below.is_finite() && c.below > 0.0))
        {
            let (metric, found) = (condition.metric.as_str(), condition.below);
            errors.push(PolicyError::BadThreshold {
                id: id(),
                metric,
                found,
            });
        }
        errors
    }
}

impl Default for IdlePolicy {
    /// Peak CPU below 5 % and less than 5 MB of network traffic a day over 14 days: the published rule of AWS Compute
    /// Optimizer for idle instances. Compute Optimizer is content with 30 hours of metrics; Headroom wants samples in 80 %
    /// of the hours.
    fn default() -> Self {
        let names = [
            (Language::English, "Idle machine"),
            (Language::SimplifiedChinese, "空闲主机"),
        ];
        let condition = |metric, below| Condition {
            metric,
            statistic: Statistic::Max,
            below,
        };
        IdlePolicy {
            id: "compute-idle".to_owned(),
            name: Name::PerLanguage(
                names
                    .into_iter()
                    .map(|(language, text)| (language, text.to_owned()))
                    .collect(),
            ),
            source: "AWS Compute Optimizer".to_owned(),
            window_days: two_weeks(),
            minimum_coverage: four_fifths(),
            conditions: vec![
                condition(Metric::CpuPercent, 5.0),
                condition(Metric::NetworkBytesPerDay, 5_000_000.0),
            ],
            exempt_tags: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_shows_the_default() {
        let policy: IdlePolicy = toml::from_str(
            r#"id = "compute-idle"
            name = { zh-CN = "空闲主机", en = "Idle machine" }
            source = "AWS Compute Optimizer"
            window_days = 14
            minimum_coverage = 0.8
            conditions = [
                { metric = "cpu_percent", statistic = "max", below = 5 },
                { metric = "network_bytes_per_day", statistic = "max", below = 5000000 },
            ]
            exempt_tags = { standby = "true" }"#,
        )
        .unwrap();
        assert_eq!(policy.exempt_tags["standby"], "true");
        assert_eq!(
            IdlePolicy {
                exempt_tags: BTreeMap::new(),
                ..policy
            },
            IdlePolicy::default()
        );
        assert_eq!(IdlePolicy::default().check(), []);
    }
}
