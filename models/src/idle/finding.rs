//! What a policy says about a resource, and why.

use super::{Metric, ResourceKind, Statistic};
use crate::ledger::Money;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a policy says about a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All conditions that could be looked at hold, over enough data.
    Idle,
    /// Much more is paid for than used.
    Oversized,
    /// At least one condition does not hold, over enough data.
    Active,
    /// The data does not say.
    Undetermined,
}

impl Verdict {
    /// The word of JSON and of the keys of words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Idle => "idle",
            Verdict::Oversized => "oversized",
            Verdict::Active => "active",
            Verdict::Undetermined => "undetermined",
        }
    }

    /// True when there is money at stake.
    pub const fn is_waste(self) -> bool {
        matches!(self, Verdict::Idle | Verdict::Oversized)
    }
}

/// How much a verdict can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A metric of the rule is carried by no resource of the input, or the verdict is undetermined.
    Low,
    /// All metrics, with gaps of more than 5 % of the hours, or a history shorter than the rule looks back.
    Medium,
    /// All metrics, at least 95 % of the hours, the whole look-back.
    High,
}

impl Confidence {
    /// The word of JSON and of the keys of words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
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
    /// Nearly always at rest, but the busiest hour of the long look-back worked: a batch machine, not an idle one.
    Batch {
        /// The metric that worked.
        metric: Metric,
    },
    /// Too few hours or samples of the window are there.
    LowCoverage {
        /// Share that is there.
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
    /// The resource appeared so many days ago; the policy wants more.
    TooYoung {
        /// Days since its first sample.
        days: u32,
        /// Days that the policy wants.
        minimum: u32,
    },
    /// The samples go back fewer days than a condition looks: a job of once a month might not have been seen.
    ShortHistory {
        /// Days of samples.
        days: u32,
        /// Days that the condition looks back.
        wanted: u32,
    },
}

/// The value of one condition.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// What was looked at.
    pub metric: Metric,
    /// Which value of the window.
    pub statistic: Statistic,
    /// Days of the window.
    pub window_days: u32,
    /// The value must lie under this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// Or may reach this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// Value found; nothing when the resource has no samples of the metric in the window. With `days`, the middle day's.
    pub value: Option<f64>,
    /// Days on which the condition holds, for policies that count days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// True when the value is within the bound (on enough days).
    pub holds: bool,
}

/// What the policy says about one resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IdleFinding {
    /// The resource.
    pub resource_id: String,
    /// What it is.
    pub resource_kind: ResourceKind,
    /// Idle, active or undetermined.
    pub verdict: Verdict,
    /// How much that can be relied on.
    pub confidence: Confidence,
    /// Why, and with what limits.
    pub reasons: Vec<IdleReason>,
    /// The conditions, one by one.
    pub evidence: Vec<Evidence>,
    /// Share of the window's hours and samples that are there of every metric of the rule.
    pub coverage: f64,
    /// Idle only: first day of the unbroken idle run within the data, else of the window.
    pub since: Option<NaiveDate>,
    /// Cost of the resource in a month, if the caller knows it.
    pub monthly_cost: Option<Money>,
}

/// A resource that the policy leaves alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exempt {
    /// The resource.
    pub resource_id: String,
    /// Why: a tag, or the reason that the policy gives.
    pub reason: String,
}

/// What the caller knows of a resource besides its samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// What it is; told from its samples when nothing.
    pub kind: Option<ResourceKind>,
    /// Its name.
    pub name: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Cost of a month.
    pub monthly_cost: Option<Money>,
    /// First day of the first month that it was charged for.
    pub first_charged: Option<NaiveDate>,
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
    /// One per resource with samples that the policy judges, by resource.
    pub findings: Vec<IdleFinding>,
    /// Resources left alone.
    pub exempt: Vec<Exempt>,
    /// Metrics of the rule that no resource carries.
    pub left_out: Vec<Metric>,
    /// Resources that cost money and have no sample at all, by resource: a finding of its own.
    pub unmeasured: Vec<(String, Money)>,
}
