//! Idle policies: which values below which threshold make a resource idle.

use super::{Metric, ResourceKind, Statistic};
use crate::language::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest look-back of a policy in days.
pub const LONGEST_WINDOW: u32 = 400;

/// `statistic of metric < below`, or `≤ at_most`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// The value must lie under this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// The value may reach this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

impl Bound {
    /// Under, not at, `below`.
    pub const fn below(below: f64) -> Bound {
        Bound {
            below: Some(below),
            at_most: None,
        }
    }

    /// Up to and with `at_most`.
    pub const fn at_most(at_most: f64) -> Bound {
        Bound {
            below: None,
            at_most: Some(at_most),
        }
    }

    /// True when the value is within the bound.
    pub fn holds(&self, value: f64) -> bool {
        self.below.is_none_or(|below| value < below) && self.at_most.is_none_or(|most| value <= most)
    }

    /// The figure of the bound.
    pub fn figure(&self) -> f64 {
        self.below.or(self.at_most).unwrap_or(f64::NAN)
    }

    /// `< 5` or `≤ 5`.
    pub fn shown(&self) -> String {
        let sign = if self.below.is_some() { "<" } else { "≤" };
        format!("{sign} {}", self.figure())
    }
}

/// One condition of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What is looked at.
    pub metric: Metric,
    /// Which value of the window.
    pub statistic: Statistic,
    /// The value must lie under this, in the unit of the metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// Or: the value may reach this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// Days back from the newest sample, when not those of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u32>,
}

impl Condition {
    /// `statistic of metric < below`.
    pub const fn below(metric: Metric, statistic: Statistic, below: f64) -> Condition {
        Condition {
            metric,
            statistic,
            below: Some(below),
            at_most: None,
            window_days: None,
        }
    }

    /// The bound alone.
    pub const fn bound(&self) -> Bound {
        Bound {
            below: self.below,
            at_most: self.at_most,
        }
    }
}

/// What a policy leaves alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// `standby`, `licence-host`, `month-end-batch`, or any other reason.
    pub reason: String,
    /// The resource of this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Resources with all of these tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Resources whose id or name contains this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_contains: Option<String>,
}

impl Exemption {
    /// True when it names the resource.
    pub fn covers(&self, resource: &str, name: &str, tags: &BTreeMap<String, String>) -> bool {
        let by_tags = !self.tags.is_empty() && self.tags.iter().all(|(key, value)| tags.get(key) == Some(value));
        let by_name = self
            .name_contains
            .as_ref()
            .is_some_and(|part| resource.contains(part.as_str()) || name.contains(part.as_str()));
        self.resource.as_deref() == Some(resource) || by_tags || by_name
    }
}

/// Hours of the week whose samples do not count: nightly backups, virus scans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// `mon` to `sun`; every day when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
    /// First hour of the day, 0 to 23.
    pub from: u32,
    /// Hour at which it ends, 1 to 24.
    pub to: u32,
    /// Hours that the calendar is ahead of UTC.
    #[serde(default)]
    pub utc_offset_hours: i32,
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl QuietHours {
    /// Marks the hours of a week in UTC, from Monday 0:00 on.
    fn mark(&self, week: &mut [bool; 168]) {
        for (day, name) in WEEKDAYS.iter().enumerate() {
            if !self.days.is_empty() && !self.days.iter().any(|named| named == name) {
                continue;
            }
            for hour in self.from..self.to.min(24) {
                let local = day as i32 * 24 + hour as i32;
                week[(local - self.utc_offset_hours).rem_euclid(168) as usize] = true;
            }
        }
    }
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
    /// Kinds of resources that it judges; machines when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<ResourceKind>,
    /// Days back from the newest sample.
    #[serde(default = "two_weeks")]
    pub window_days: u32,
    /// Share of the window's hours, and of the samples that the resource usually sends in an hour, that must be there.
    #[serde(default = "four_fifths")]
    pub minimum_coverage: f64,
    /// Hours with samples that suffice, instead of a share of the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_hours: Option<u32>,
    /// Days since the first sample, or the first charge, that a resource must be old.
    #[serde(default)]
    pub minimum_age_days: u32,
    /// On how many days of the window all conditions must hold, each for the day alone; over the whole window when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_days: Option<u32>,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
    /// vCPUs of a resource whose number nobody stated, for `cpu_cores`.
    #[serde(default = "one")]
    pub assumed_vcpus: f64,
    /// Resources with one of these tags are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub exempt_tags: BTreeMap<String, String>,
    /// Other resources that are left out, each with its reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exempt: Vec<Exemption>,
    /// Hours whose samples do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet_hours: Vec<QuietHours>,
}

fn two_weeks() -> u32 {
    14
}

fn four_fifths() -> f64 {
    0.8
}

fn one() -> f64 {
    1.0
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
    #[error(
        "idle_policy {id}: the bound of {metric} is {found}; give either below (above zero) or at_most (zero or more)"
    )]
    BadThreshold {
        id: String,
        metric: &'static str,
        found: String,
    },
    #[error(
        "idle_policy {id}: quiet_hours from {from} to {to} on {days}; hours run from 0 to 24, days from mon to sun"
    )]
    BadHours {
        id: String,
        from: u32,
        to: u32,
        days: String,
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
        let windows = self.conditions.iter().filter_map(|condition| condition.window_days);
        for found in windows.chain([self.window_days]) {
            if !(1..=LONGEST_WINDOW).contains(&found) {
                errors.push(PolicyError::BadWindow { id: id(), found });
            }
        }
        if !(self.minimum_coverage > 0.0 && self.minimum_coverage <= 1.0) {
            errors.push(PolicyError::BadCoverage {
                id: id(),
                found: self.minimum_coverage,
            });
        }
        for condition in &self.conditions {
            let good = match (condition.below, condition.at_most) {
                (Some(below), None) => below.is_finite() && below > 0.0,
                (None, Some(most)) => most.is_finite() && most >= 0.0,
                _ => false,
            };
            if !good {
                let found = match (condition.below, condition.at_most) {
                    (None, None) => "missing".to_owned(),
                    (Some(below), Some(most)) => format!("below {below} and at_most {most}"),
                    _ => condition.bound().figure().to_string(),
                };
                errors.push(PolicyError::BadThreshold {
                    id: id(),
                    metric: condition.metric.as_str(),
                    found,
                });
            }
        }
        for quiet in &self.quiet_hours {
            let known = quiet.days.iter().all(|day| WEEKDAYS.contains(&day.as_str()));
            if !known || quiet.from >= quiet.to || quiet.to > 24 {
                errors.push(PolicyError::BadHours {
                    id: id(),
                    from: quiet.from,
                    to: quiet.to,
                    days: quiet.days.join(", "),
                });
            }
        }
        errors
    }

    /// Days back that a condition looks.
    pub fn window_of(&self, condition: &Condition) -> u32 {
        condition.window_days.unwrap_or(self.window_days)
    }

    /// True when it judges resources of a kind.
    pub fn judges(&self, kind: ResourceKind) -> bool {
        if self.kinds.is_empty() {
            kind.is_machine()
        } else {
            self.kinds.contains(&kind)
        }
    }

    /// Hours of the week in UTC, from Monday 0:00 on, whose samples do not count.
    pub(super) fn quiet_week(&self) -> [bool; 168] {
        let mut week = [false; 168];
        self.quiet_hours.iter().for_each(|quiet| quiet.mark(&mut week));
        week
    }

    /// The reason to leave a resource alone, if there is one.
    pub fn exemption(&self, resource: &str, name: &str, tags: &BTreeMap<String, String>) -> Option<String> {
        let tag = self
            .exempt_tags
            .iter()
            .find(|(key, value)| tags.get(*key) == Some(*value))
            .map(|(key, value)| format!("{key}={value}"));
        let named = || {
            self.exempt
                .iter()
                .find(|exemption| exemption.covers(resource, name, tags))
                .map(|exemption| exemption.reason.clone())
        };
        tag.or_else(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_follow_the_calendar_of_the_company() {
        let quiet = QuietHours {
            days: vec!["mon".to_owned()],
            from: 2,
            to: 4,
            utc_offset_hours: 8,
        };
        let mut week = [false; 168];
        quiet.mark(&mut week);
        // Monday 2:00 to 4:00 in Beijing is Sunday 18:00 to 20:00 in UTC.
        let marked: Vec<usize> = (0..168).filter(|hour| week[*hour]).collect();
        assert_eq!(marked, [6 * 24 + 18, 6 * 24 + 19]);
    }

    #[test]
    fn exemptions_give_their_reason() {
        let policy: IdlePolicy = toml::from_str(
            r#"id = "p"
            name = "p"
            conditions = [{ metric = "cpu_percent", statistic = "p99.5", at_most = 5 }]
            exempt_tags = { keep = "yes" }
            exempt = [
                { reason = "standby", tags = { role = "standby", tier = "db" } },
                { reason = "licence-host", name_contains = "flexlm" },
                { reason = "month-end-batch", resource = "SRV-1" },
            ]"#,
        )
        .unwrap();
        assert_eq!(policy.check(), []);
        assert_eq!(policy.conditions[0].statistic, Statistic::P99_5);
        let tags = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(
            policy.exemption("a", "", &tags(&[("keep", "yes")])).as_deref(),
            Some("keep=yes")
        );
        assert_eq!(policy.exemption("a", "", &tags(&[("role", "standby")])), None);
        let both = tags(&[("role", "standby"), ("tier", "db")]);
        assert_eq!(policy.exemption("a", "", &both).as_deref(), Some("standby"));
        assert_eq!(
            policy.exemption("a", "bj-flexlm-2", &tags(&[])).as_deref(),
            Some("licence-host")
        );
        assert_eq!(
            policy.exemption("SRV-1", "", &tags(&[])).as_deref(),
            Some("month-end-batch")
        );
    }

    #[test]
    fn a_bound_is_either_below_or_at_most() {
        let policy: IdlePolicy = toml::from_str(
            r#"id = "p"
            name = "p"
            window_days = 0
            conditions = [
                { metric = "cpu_percent", statistic = "max" },
                { metric = "connections", statistic = "max", at_most = 0 },
                { metric = "cpu_percent", statistic = "max", below = 1, at_most = 2 },
            ]"#,
        )
        .unwrap();
        assert_eq!(policy.check().len(), 3);
    }
}
