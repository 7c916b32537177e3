//! What `check` verifies of the year after the budget: alerts are what their figures say and never open twice, rolling
//! adjustments add up, and what was decided and revised is what was proposed.

use super::check::Check;
use super::{App, AppError};
use crate::refusal::Refusal;
use crate::store::{AlertEvent, StoredAlert};
use headroom_models::ledger::{Money, Month, Ratio};
use std::collections::{BTreeMap, BTreeSet};

impl App {
    /// Alerts: the recorded percentage is amount ÷ budget and over its threshold, the month was looked at, one of a kind is
    /// open at a time, an end lies below the threshold and after the beginning, and nothing was sent of an end that is none.
    pub(super) fn check_alerts(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "check-name-alerts",
            looked_at: 0,
            failures: Vec::new(),
        };
        let looked_at = self.store.alert_months()?;
        let alerts = self.store.alerts()?;
        let mut open: BTreeMap<(i32, &str, String), &StoredAlert> = BTreeMap::new();
        for alert in &alerts {
            check.looked_at += 1;
            let wrong = |what: &'static str| Refusal::new(what).with("alert", alert.id).with("month", alert.month);
            let percent = Ratio::checked(alert.amount, alert.budget).map(|ratio| ratio.to_money().times(100).round(2));
            let matches = percent.is_some_and(|percent| (percent - alert.value).abs() <= hundredth());
            if !matches || alert.value < alert.threshold.round(2) {
                check.failures.push(
                    wrong("check-alert-figure")
                        .with("value", alert.value)
                        .with("threshold", alert.threshold)
                        .with("amount", alert.amount)
                        .with("budget", alert.budget),
                );
            }
            let unseen = |month: Month| !looked_at.contains(&month);
            if unseen(alert.month) || alert.ended.is_some_and(unseen) || self.fiscal_year_of(alert.month) != alert.year
            {
                check.failures.push(wrong("check-alert-month"));
            }
            let late = alert.ended.is_some_and(|ended| ended <= alert.month);
            let high = alert.ended_value.is_some_and(|value| value > alert.threshold);
            if late || high {
                check.failures.push(wrong("check-alert-end"));
            }
            let subject = format!("{:?} {}", alert.subject.level, alert.subject.id);
            let before = open.insert((alert.year, &alert.rule, subject), alert);
            if before.is_some_and(|before| before.ended.is_none_or(|ended| ended > alert.month)) {
                check.failures.push(wrong("check-alert-twice"));
            }
        }
        for delivery in self.store.deliveries()? {
            check.looked_at += 1;
            let alert = alerts.iter().find(|alert| alert.id == delivery.alert);
            let has_end = alert.is_some_and(|alert| alert.ended.is_some());
            let was_tried = delivery.attempts > 0 || matches!(delivery.state.as_str(), "pending" | "failed");
            if alert.is_none() || (delivery.event == AlertEvent::Ended && !has_end) || !was_tried {
                check.failures.push(
                    Refusal::new("check-alert-delivery")
                        .with("alert", delivery.alert)
                        .with("channel", delivery.channel),
                );
            }
        }
        Ok(check)
    }

    /// Rolling adjustments: the forecasts of a run add up to its landing, each with its range around it; the budget that it
    /// rests on is an approved one of the year; a decision is what it says, and its changes add up to it.
    pub(super) fn check_rolls(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "check-name-rolls",
            looked_at: 0,
            failures: Vec::new(),
        };
        let versions = self.store.budgets()?;
        let sums = self.store.roll_sums()?;
        let rolls = self.store.rolls()?;
        for roll in &rolls {
            check.looked_at += 1;
            let wrong = |what: &'static str| Refusal::new(what).with("roll", roll.id).with("month", roll.as_of);
            let (sum, in_range) = sums.get(&roll.id).copied().unwrap_or((Money::ZERO, true));
            if sum != roll.landing || !in_range {
                check.failures.push(
                    wrong("check-roll-landing")
                        .with("sum", sum)
                        .with("landing", roll.landing),
                );
            }
            let version = versions.iter().find(|version| version.id == roll.budget_version);
            let fits = version.is_some_and(|version| {
                version.year == roll.year && version.approved_at.is_some() && version.total == roll.year_budget
            });
            if !fits || self.fiscal_year_of(roll.as_of) != roll.year {
                check.failures.push(wrong("check-roll-budget"));
            }
        }
        let known: BTreeSet<i64> = rolls.iter().map(|roll| roll.id).collect();
        for proposal in self.store.roll_proposals()? {
            check.looked_at += 1;
            let wrong = |what: &'static str| Refusal::new(what).with("proposal", proposal.id);
            let ordered = proposal.low <= proposal.high;
            if !known.contains(&proposal.roll) || proposal.amount.is_negative() || proposal.amount.is_zero() || !ordered
            {
                check.failures.push(wrong("check-proposal"));
            }
            let Some(decision) = &proposal.decision else {
                continue;
            };
            let changed: Money = decision.changes.iter().map(|change| change.amount).sum();
            let wanted = if proposal.kind == "cut" {
                -decision.amount
            } else {
                decision.amount
            };
            let fits = match decision.decision.as_str() {
                "accepted" => decision.amount == proposal.amount,
                "declined" => decision.amount.is_zero() && proposal.revision.is_none(),
                _ => decision.amount != proposal.amount,
            };
            let revised = proposal
                .revision
                .is_none_or(|id| versions.iter().any(|version| version.id == id));
            if !fits || !revised || changed != wanted {
                check.failures.push(
                    wrong("check-decision")
                        .with("amount", decision.amount)
                        .with("changed", changed),
                );
            }
        }
        Ok(check)
    }

    fn fiscal_year_of(&self, month: Month) -> i32 {
        self.settings().fiscal.year_of(month)
    }
}

fn hundredth() -> Money {
    Money::ONE.scale_by(&Ratio::new(Money::ONE, Money::whole(100)))
}
