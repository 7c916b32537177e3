//! What a policy says about a resource, and why.

use super::{Metric, Statistic};
use crate::ledger::Money;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// What a policy says about a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All conditions that could be looked at hold, over enough data.
    Idle,
    /// At least one condition does not hold, over enough data.
    Active,
    /// The data does not say.
    Undetermined,
}

/// How much a verdict can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A metric of the rule is carried by no resource of the input, or the verdict is undetermined.
    Low,
    /// All metrics, with gaps of more than 5 % of the hours.
    Medium,
    /// All metrics, at least 95 % of the hours.
    High,
}

/// A reason for a verdict, or a limit of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum IdleReason {
    /// The condition does not hold: the resource is used.
    Exceeds {
        /// Its metric.
        metric: Metric,
    },
    /// Too few hours of the window have samples.
    LowCoverage {
        /// Share of the hours that have.
        coverage: f64,
        /// Share that the policy wants.
        minimum: f64,
    },
    /// Other resources carry this metric, this one does not.
    MetricMissing {
        /// The metric.
        metric: Metric,
    },
    /// No resource of the input carries this metric; its condition was left out of the rule.
    MetricLeftOut {
        /// The metric.
        metric: Metric,
    },
}

/// The value of one condition.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// What was looked at.
    pub metric: Metric,
    /// Which value of the window.
    pub statistic: Statistic,
    /// Threshold.
    pub below: f64,
    /// Value found; nothing when the resource has no samples of the metric in the window.
    pub value: Option<f64>,
    /// True when `value < below`.
    pub holds: bool,
}

/// What the policy says about one resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IdleFinding {
    /// The resource.
    pub resource_id: String,
    /// Idle, active or undetermined.
    pub verdict: Verdict,
    /// How much that can be relied on.
    pub confidence: Confidence,
    /// Why, and with what limits.
    pub reasons: Vec<IdleReason>,
    /// The conditions, one by one.
    pub evidence: Vec<Evidence>,
    /// Share of the window's hours that have samples of every metric of the rule.
    pub coverage: f64,
    /// Idle only: first day of the unbroken idle run within the data, else of the window.
    pub since: Option<NaiveDate>,
    /// Cost of the resource in a month, if the caller knows it.
    pub monthly_cost: Option<Money>,
}

/// A resource that the policy leaves alone because of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exempt {
    /// The resource.
    pub resource_id: String,
    /// Key of the tag.
    pub tag: String,
    /// Value of the tag.
    pub value: String,
}

/// What a policy found in one input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IdleReport {
    /// The policy.
    pub policy: String,
    /// Start of the window; not included.
    pub window_start: Option<DateTime<Utc>>,
    /// End of the window: the newest sample of the input.
    pub window_end: Option<DateTime<Utc>>,
    /// One per resource with samples, by resource.
    pub findings: Vec<IdleFinding>,
    /// Resources left alone.
    pub exempt: Vec<Exempt>,
    /// Metrics of the rule that no resource carries.
    pub left_out: Vec<Metric>,
    /// Resources that cost money and have no sample at all, by resource: a finding of its own.
    pub unmeasured: Vec<(String, Money)>,
}
