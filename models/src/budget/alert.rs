//! Thresholds that warn before the overrun: on what was spent, on where the year lands, and on the pace.
//!
//! A rule fires when its figure reaches `above`, and stays quiet until the figure has fallen below `clears_below`
//! (hysteresis): a figure that wavers around the threshold gives one alert and not one a month.

use super::{Execution, Figures, rate};
use crate::ledger::{Money, Month};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The figure that a rule watches, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertMetric {
    /// (Actual cost + commitments) ÷ budget of the year.
    Actual,
    /// Landing ÷ budget of the year.
    Landing,
    /// Actual cost to date ÷ budget to date.
    Pace,
}

/// How loud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Look at it.
    Warning,
    /// Decide.
    Critical,
}

/// Whose figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertLevel {
    /// The company.
    Company,
    /// A department.
    Department,
    /// A product.
    Product,
}

/// One threshold. `[[alert]]`; without any, [`default_rules`] hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// Name, unique.
    pub id: String,
    /// What it watches.
    pub metric: AlertMetric,
    /// How loud it is.
    pub severity: Severity,
    /// Fires at this many percent.
    pub above: Money,
    /// Quiet again below this many percent; two points below `above` when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clears_below: Option<Money>,
    /// Levels that it watches; all when empty.
    #[serde(default)]
    pub levels: Vec<AlertLevel>,
}

impl AlertRule {
    /// Below this many percent it is quiet again.
    pub fn clears_below(&self) -> Money {
        self.clears_below.unwrap_or(self.above - Money::whole(2))
    }

    /// What is wrong with it, if anything.
    pub fn problem(&self) -> Option<String> {
        if !self.above.is_negative() && !self.above.is_zero() && self.clears_below() <= self.above {
            return None;
        }
        let (id, above, clears) = (&self.id, self.above, self.clears_below());
        Some(format!(
            "alert '{id}' fires above {above} and is quiet below {clears}: give an 'above' over 0 and a 'clears_below' that is not over it"
        ))
    }
}

/// What holds when a company states no thresholds of its own.
pub fn default_rules() -> Vec<AlertRule> {
    use {AlertMetric::*, Severity::*};
    let rule = |id: &str, metric, severity, above| AlertRule {
        id: id.to_owned(),
        metric,
        severity,
        above: Money::whole(above),
        clears_below: None,
        levels: Vec::new(),
    };
    vec![
        rule("landing-warning", Landing, Warning, 105),
        rule("landing-critical", Landing, Critical, 110),
        rule("actual-warning", Actual, Warning, 90),
        rule("actual-critical", Actual, Critical, 100),
        rule("pace-warning", Pace, Warning, 110),
        rule("pace-critical", Pace, Critical, 120),
    ]
}

/// Whom an alert is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// Company, department or product.
    pub level: AlertLevel,
    /// Its id; empty for the company.
    #[serde(rename = "subject")]
    pub id: String,
}

/// An alert that begins or ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlertChange {
    /// The rule.
    pub rule: AlertRule,
    /// Whom it is about.
    pub subject: Subject,
    /// True when it begins, false when it ends.
    pub raised: bool,
    /// Month as of which.
    pub month: Month,
    /// The figure, in percent, with two digits.
    pub value: Money,
    /// Budget of the year (of the closed months for the pace).
    pub budget: Money,
    /// What it is held against: actual cost and commitments, landing, or actual cost to date.
    pub amount: Money,
}

/// What changes as of the execution's month, given the alerts (rule, subject) that are open already.
///
/// A subject without a budget has no figure and changes nothing: what it spends is unplanned and shown as such.
pub fn alert_changes(
    rules: &[AlertRule],
    executed: &Execution,
    open: &BTreeSet<(String, Subject)>,
) -> Vec<AlertChange> {
    let row = |level, id: &str, figures: &Figures| {
        (
            Subject {
                level,
                id: id.to_owned(),
            },
            *figures,
        )
    };
    let mut subjects = vec![row(AlertLevel::Company, "", &executed.company)];
    let departments = executed.departments.iter().filter(|row| !row.id.is_empty());
    subjects.extend(departments.map(|r| row(AlertLevel::Department, &r.id, &r.figures)));
    subjects.extend(
        executed
            .products
            .iter()
            .map(|r| row(AlertLevel::Product, &r.id, &r.figures)),
    );
    let mut changes = Vec::new();
    for rule in rules {
        for (subject, figures) in &subjects {
            if !rule.levels.is_empty() && !rule.levels.contains(&subject.level) {
                continue;
            }
            let (amount, budget) = match rule.metric {
                AlertMetric::Actual => (figures.ytd_actual + figures.commitments, figures.year_budget),
                AlertMetric::Landing => (figures.landing.mid, figures.year_budget),
                AlertMetric::Pace => (figures.ytd_actual, figures.ytd_budget),
            };
            let Some(value) = rate(amount, budget).filter(|_| !budget.is_negative()) else {
                continue;
            };
            let percent = value.times(100);
            let is_open = open.contains(&(rule.id.clone(), subject.clone()));
            let raised = match is_open {
                false if percent >= rule.above => true,
                true if percent < rule.clears_below() => false,
                _ => continue,
            };
            changes.push(AlertChange {
                rule: rule.clone(),
                subject: subject.clone(),
                raised,
                month: executed.as_of,
                value: percent.round(2),
                budget,
                amount,
            });
        }
    }
    changes
}
