//! Alerts on budgets: looked at month by month, kept as records, sent through channels.

use super::deliver::{Answer, Message, Sender};
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::{AlertEvent, Delivery, StoredAlert, WriteLock};
use crate::words::{say, say_with};
use headroom_models::budget::{AlertLevel, AlertMetric, Severity, Subject, alert_changes, default_rules};
use headroom_models::configuration::Channel;
use headroom_models::language::{Language, Name};
use headroom_models::ledger::Month;
use serde::Serialize;
use std::collections::BTreeSet;

/// Tries of one message before it is given up.
pub(super) const MOST_ATTEMPTS: i64 = 6;

/// An alert with the names and deliveries that people look at.
#[derive(Clone, Debug, Serialize)]
pub struct AlertShown {
    /// The record.
    #[serde(flatten)]
    pub alert: StoredAlert,
    /// Name of the company, department or product.
    pub name: Name,
    /// What was sent of it.
    pub deliveries: Vec<Delivery>,
}

impl App {
    /// Looks at the thresholds as of a month, once; later calls for the same month change nothing and give its alerts.
    ///
    /// # Errors
    /// When the month is not closed, or a later one was looked at before.
    pub fn evaluate_alerts(&self, month: Option<Month>) -> Result<Vec<AlertShown>, AppError> {
        self.require_company(Permission::Close)?;
        let month = self.report_month(month)?;
        let lock = self.store.lock()?;
        self.look_at_alerts(&lock, month)?;
        drop(lock);
        let shown = self.alerts()?;
        let of_month = |shown: &AlertShown| shown.alert.month == month || shown.alert.ended == Some(month);
        Ok(shown.into_iter().filter(of_month).collect())
    }

    /// Looks at the thresholds as of a month, under a lock that is held already.
    fn look_at_alerts(&self, lock: &WriteLock, month: Month) -> Result<(), AppError> {
        let done = self.store.alert_months()?;
        if done.contains(&month) {
            return Ok(());
        }
        if !self.store.closed_months()?.contains(&month) {
            return Err(Refusal::new("refused-alerts-open-month").with("month", month).into());
        }
        if let Some(last) = done.last().filter(|last| **last > month) {
            return Err(Refusal::new("refused-alerts-order")
                .with("month", month)
                .with("last", last)
                .into());
        }
        self.with_execution(month, |of| {
            let configured = &of.planning.configuration.alerts;
            let rules = if configured.is_empty() {
                default_rules()
            } else {
                configured.clone()
            };
            let open: BTreeSet<(String, Subject)> = self
                .store
                .alerts()?
                .into_iter()
                .filter(|alert| alert.year == of.year && alert.ended.is_none())
                .map(|alert| (alert.rule, alert.subject))
                .collect();
            let changes = alert_changes(&rules, &of.executed, &open);
            let channels = &of.planning.configuration.channels;
            let wanted = |change: &headroom_models::budget::AlertChange| {
                let wants =
                    |channel: &&Channel| change.rule.severity >= channel.least && (change.raised || channel.tell_end);
                channels
                    .iter()
                    .filter(wants)
                    .map(|channel| channel.id.clone())
                    .collect()
            };
            Ok(self
                .store
                .add_alerts(lock, of.year, month, &changes, &wanted, &self.actor)?)
        })
    }

    /// What closing a month does: its thresholds are looked at, if the year has an approved budget and no later month was
    /// looked at before. A figure that cannot be worked out keeps no month from closing; `alerts evaluate` says what is missing.
    pub(super) fn alerts_of_closing(&self, lock: &WriteLock, month: Month) -> Result<(), AppError> {
        let year = self.settings().fiscal.year_of(month);
        let approved = |version: &crate::store::BudgetVersion| version.year == year && version.approved_at.is_some();
        let later = self.store.alert_months()?.last().is_some_and(|last| *last >= month);
        if later || !self.store.budgets()?.iter().any(approved) {
            return Ok(());
        }
        match self.look_at_alerts(lock, month) {
            Err(AppError::Refused(_)) => Ok(()),
            done => done,
        }
    }

    /// Every alert on record, oldest first; those of products that the principal sees.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn alerts(&self) -> Result<Vec<AlertShown>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let (_, configuration) = self.configuration()?;
        let names = super::execution::Names::of(&configuration);
        let deliveries = self.store.deliveries()?;
        let seen = |alert: &StoredAlert| match alert.subject.level {
            AlertLevel::Product => visible.sees(&alert.subject.id),
            AlertLevel::Company | AlertLevel::Department => visible.is_everything(),
        };
        let alerts = self.store.alerts()?.into_iter().filter(seen);
        Ok(alerts
            .map(|alert| AlertShown {
                name: match alert.subject.level {
                    AlertLevel::Company => names.company.clone(),
                    AlertLevel::Department => names.department(&alert.subject.id),
                    AlertLevel::Product => names.product(&alert.subject.id).name,
                },
                deliveries: deliveries.iter().filter(|d| d.alert == alert.id).cloned().collect(),
                alert,
            })
            .collect())
    }

    /// Sends what is pending and due. A message that failed before the other side had it is tried again later, twice as
    /// late each time, and given up after six tries; one that may have arrived is never sent again.
    ///
    /// # Errors
    /// When the database cannot be written. A channel that does not answer is no error: its deliveries say so.
    pub fn deliver_alerts(&self, sender: &dyn Sender) -> Result<Vec<Delivery>, AppError> {
        self.require_company(Permission::Close)?;
        let (_, configuration) = self.configuration()?;
        let alerts = self.alerts()?;
        let now = crate::clock::now();
        for delivery in self.store.deliveries()? {
            if delivery.state != "pending" || delivery.next_at > now {
                continue;
            }
            let Some(shown) = alerts.iter().find(|shown| shown.alert.id == delivery.alert) else {
                continue;
            };
            let channel = configuration
                .channels
                .iter()
                .find(|channel| channel.id == delivery.channel);
            let Some(channel) = channel else {
                self.store
                    .move_delivery(&delivery, "failed", &now, "no such channel any more")?;
                continue;
            };
            // Whoever moves it first sends it: two programs at once do not send twice.
            if !self.store.move_delivery(&delivery, "sending", &now, "")? {
                continue;
            }
            let sending = Delivery {
                state: "sending".to_owned(),
                attempts: delivery.attempts + 1,
                ..delivery
            };
            let message = message(shown, sending.event, channel.language, &self.settings().currency);
            match sender.send(channel, &message) {
                Answer::Taken(said) => self.store.move_delivery(&sending, "sent", &now, &said)?,
                Answer::Refused(said) if sending.attempts >= MOST_ATTEMPTS => {
                    self.store.move_delivery(&sending, "failed", &now, &said)?
                }
                Answer::Refused(said) => {
                    let later = crate::clock::later(60 << (sending.attempts - 1));
                    self.store.move_delivery(&sending, "pending", &later, &said)?
                }
                // It may have arrived: the state stays "sending", with what is known.
                Answer::Unknown(said) => self.store.move_delivery(&sending, "sending", &now, &said)?,
            };
        }
        Ok(self.store.deliveries()?)
    }
}

/// What is said of an alert, in a language.
pub fn alert_sentence(shown: &AlertShown, event: AlertEvent, language: Language) -> String {
    let alert = &shown.alert;
    let metric = match alert.metric {
        AlertMetric::Actual => "alert-actual",
        AlertMetric::Landing => "alert-landing",
        AlertMetric::Pace => "alert-pace",
    };
    let key = match event {
        AlertEvent::Raised => "alert-raised",
        AlertEvent::Ended => "alert-ended",
    };
    let (value, month) = match event {
        AlertEvent::Ended => (
            alert.ended_value.unwrap_or(alert.value),
            alert.ended.unwrap_or(alert.month),
        ),
        AlertEvent::Raised => (alert.value, alert.month),
    };
    let values: [(&'static str, &str); 7] = [
        ("subject", shown.name.in_language(language)),
        ("metric", &say(language, metric)),
        ("value", &value.grouped(1)),
        ("threshold", &alert.threshold.grouped(1)),
        ("amount", &alert.amount.grouped(2)),
        ("budget", &alert.budget.grouped(2)),
        ("month", &month.to_string()),
    ];
    say_with(language, key, &values)
}

fn message(shown: &AlertShown, event: AlertEvent, language: Language, currency: &str) -> Message {
    let alert = &shown.alert;
    let severity = match alert.severity {
        Severity::Warning => "alert-severity-warning",
        Severity::Critical => "alert-severity-critical",
    };
    let sentence = alert_sentence(shown, event, language);
    let title = say_with(
        language,
        "alert-title",
        &[
            ("severity", &say(language, severity)),
            ("subject", shown.name.in_language(language)),
            ("month", &alert.month.to_string()),
        ],
    );
    Message {
        // The same for every try: whoever gets it twice after all can see that it is one.
        id: format!("headroom-alert-{}-{}-{}", alert.year, alert.id, event.as_str()),
        title,
        document: serde_json::json!({
            "id": alert.id, "event": event, "severity": alert.severity, "metric": alert.metric, "rule": alert.rule,
            "level": alert.subject.level, "subject": alert.subject.id, "name": shown.name, "month": alert.month,
            "value_percent": alert.value, "threshold_percent": alert.threshold, "amount": alert.amount,
            "budget": alert.budget, "currency": currency, "text": sentence,
        }),
        text: sentence,
    }
}
