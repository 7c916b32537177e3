//! Alerts and their deliveries.

use super::{Store, StoreError, WriteLock, write_audit};
use headroom_models::budget::{AlertChange, AlertLevel, AlertMetric, Severity, Subject};
use headroom_models::ledger::{Money, Month};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// An alert on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredAlert {
    /// Identifier.
    pub id: i64,
    /// Fiscal year of the budget.
    pub year: i32,
    /// Rule that fired.
    pub rule: String,
    /// What it watches.
    pub metric: AlertMetric,
    /// How loud.
    pub severity: Severity,
    /// Whom it is about.
    #[serde(flatten)]
    pub subject: Subject,
    /// Month as of which it fired.
    pub month: Month,
    /// The figure then, in percent.
    pub value: Money,
    /// The threshold, in percent.
    pub threshold: Money,
    /// Budget that the figure is held against.
    pub budget: Money,
    /// Money that is held against the budget.
    pub amount: Money,
    /// When it was recorded.
    pub raised_at: String,
    /// Month as of which it ended; nothing while it is open.
    pub ended: Option<Month>,
    /// The figure then, in percent.
    pub ended_value: Option<Money>,
}

/// Which message of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertEvent {
    /// Its beginning.
    Raised,
    /// Its end.
    Ended,
}

impl AlertEvent {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            AlertEvent::Raised => "raised",
            AlertEvent::Ended => "ended",
        }
    }
}

/// A message through a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Alert.
    pub alert: i64,
    /// Its beginning or end.
    pub event: AlertEvent,
    /// Channel.
    pub channel: String,
    /// `pending`, `sending` (may have arrived: not sent again by itself), `sent`, `failed` (given up).
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Not before this time.
    pub next_at: String,
    /// When the state changed.
    pub changed_at: String,
    /// What the other side answered, or why it failed.
    pub said: String,
}

fn word<T: DeserializeOwned>(text: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(text)).map_err(StoreError::corrupt)
}

fn text<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

impl Store {
    /// The months whose thresholds were looked at.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn alert_months(&self) -> Result<BTreeSet<Month>, StoreError> {
        self.block_on(async {
            let months: Vec<(String,)> = sqlx::query_as("SELECT month FROM alert_months")
                .fetch_all(&self.pool)
                .await?;
            let parsed = months.into_iter().map(|(month,)| month.parse());
            parsed.map(|month| month.map_err(StoreError::corrupt)).collect()
        })
    }

    /// Records a month's changes, and a pending delivery of each for each channel that asks for it.
    ///
    /// # Errors
    /// When the month was recorded already, or the database cannot be written.
    pub fn add_alerts(
        &self,
        _lock: &WriteLock,
        year: i32,
        month: Month,
        changes: &[AlertChange],
        channels: &dyn Fn(&AlertChange) -> Vec<String>,
        actor: &str,
    ) -> Result<(), StoreError> {
        let (now, open) = (crate::clock::now(), self.alerts()?);
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("INSERT INTO alert_months (month, evaluated_at, evaluated_by) VALUES ($1, $2, $3)")
                .bind(month.to_string())
                .bind(&now)
                .bind(actor)
                .execute(&mut *transaction)
                .await?;
            for change in changes {
                let before = open.iter().find(|alert| {
                    alert.year == year
                        && alert.ended.is_none()
                        && alert.rule == change.rule.id
                        && alert.subject == change.subject
                });
                let (id, event) = match (change.raised, before) {
                    (true, _) => {
                        let (id,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM alerts")
                            .fetch_one(&mut *transaction)
                            .await?;
                        sqlx::query(
                            "INSERT INTO alerts (id, year, rule, metric, severity, level, subject, month, value, threshold, budget, amount, raised_at)
                             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                        )
                        .bind(id)
                        .bind(i64::from(year))
                        .bind(&change.rule.id)
                        .bind(text(&change.rule.metric))
                        .bind(text(&change.rule.severity))
                        .bind(text(&change.subject.level))
                        .bind(&change.subject.id)
                        .bind(month.to_string())
                        .bind(change.value.to_string())
                        .bind(change.rule.above.to_string())
                        .bind(change.budget.to_string())
                        .bind(change.amount.to_string())
                        .bind(&now)
                        .execute(&mut *transaction)
                        .await?;
                        (id, AlertEvent::Raised)
                    }
                    (false, Some(alert)) => {
                        sqlx::query("INSERT INTO alert_ends (alert, month, value, ended_at) VALUES ($1, $2, $3, $4)")
                            .bind(alert.id)
                            .bind(month.to_string())
                            .bind(change.value.to_string())
                            .bind(&now)
                            .execute(&mut *transaction)
                            .await?;
                        (alert.id, AlertEvent::Ended)
                    }
                    (false, None) => continue,
                };
                for channel in channels(change) {
                    sqlx::query(
                        "INSERT INTO alert_deliveries (alert, event, channel, state, attempts, next_at, changed_at, said)
                         VALUES ($1, $2, $3, 'pending', 0, $4, $4, '')",
                    )
                    .bind(id)
                    .bind(event.as_str())
                    .bind(channel)
                    .bind(&now)
                    .execute(&mut *transaction)
                    .await?;
                }
            }
            let count = changes.len();
            write_audit(&mut transaction, actor, "evaluate alerts", &format!("{month}: {count} changes")).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// All alerts, in the order in which they fired.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn alerts(&self) -> Result<Vec<StoredAlert>, StoreError> {
        type Row = (
            (i64, i64, String, String, String, String, String),
            (String, String, String, String, String, String),
            (Option<String>, Option<String>),
        );
        self.block_on(async {
            let rows = sqlx::query(
                "SELECT a.id, a.year, a.rule, a.metric, a.severity, a.level, a.subject, a.month, a.value, a.threshold, a.budget,
                        a.amount, a.raised_at, e.month, e.value
                 FROM alerts a LEFT JOIN alert_ends e ON e.alert = a.id ORDER BY a.id",
            )
            .fetch_all(&self.pool)
            .await?;
            let rows: Vec<Row> = rows
                .iter()
                .map(|row| {
                    use sqlx::Row as _;
                    (
                        (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4), row.get(5), row.get(6)),
                        (row.get(7), row.get(8), row.get(9), row.get(10), row.get(11), row.get(12)),
                        (row.get(13), row.get(14)),
                    )
                })
                .collect();
            let corrupt = |error: headroom_models::ledger::MoneyError| StoreError::corrupt(error);
            rows.into_iter()
                .map(
                    |(
                        (id, year, rule, metric, severity, level, subject),
                        (month, value, threshold, budget, amount, raised_at),
                        (ended, ended_value),
                    )| {
                        Ok(StoredAlert {
                            id,
                            year: i32::try_from(year).map_err(StoreError::corrupt)?,
                            rule,
                            metric: word(metric)?,
                            severity: word(severity)?,
                            subject: Subject {
                                level: word::<AlertLevel>(level)?,
                                id: subject,
                            },
                            month: month.parse().map_err(StoreError::corrupt)?,
                            value: value.parse().map_err(corrupt)?,
                            threshold: threshold.parse().map_err(corrupt)?,
                            budget: budget.parse().map_err(corrupt)?,
                            amount: amount.parse().map_err(corrupt)?,
                            raised_at,
                            ended: ended.map(|month| month.parse().map_err(StoreError::corrupt)).transpose()?,
                            ended_value: ended_value.map(|value| value.parse().map_err(corrupt)).transpose()?,
                        })
                    },
                )
                .collect()
        })
    }

    /// All deliveries, by alert.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn deliveries(&self) -> Result<Vec<Delivery>, StoreError> {
        type Row = (i64, String, String, String, i64, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT alert, event, channel, state, attempts, next_at, changed_at, said FROM alert_deliveries
                 ORDER BY alert, event DESC, channel",
            )
            .fetch_all(&self.pool)
            .await?;
            let delivery = |(alert, event, channel, state, attempts, next_at, changed_at, said): Row| Delivery {
                alert,
                event: if event == "ended" {
                    AlertEvent::Ended
                } else {
                    AlertEvent::Raised
                },
                channel,
                state,
                attempts,
                next_at,
                changed_at,
                said,
            };
            Ok(rows.into_iter().map(delivery).collect())
        })
    }

    /// Moves a delivery from one state to another; false when somebody else moved it before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn move_delivery(&self, delivery: &Delivery, to: &str, next_at: &str, said: &str) -> Result<bool, StoreError> {
        let tried = i64::from(to == "sending");
        self.block_on(async {
            let done = sqlx::query(
                "UPDATE alert_deliveries SET state = $5, attempts = attempts + $6, next_at = $7, changed_at = $8, said = $9
                 WHERE alert = $1 AND event = $2 AND channel = $3 AND state = $4",
            )
            .bind(delivery.alert)
            .bind(delivery.event.as_str())
            .bind(&delivery.channel)
            .bind(&delivery.state)
            .bind(to)
            .bind(tried)
            .bind(next_at)
            .bind(crate::clock::now())
            .bind(said)
            .execute(&self.pool)
            .await?;
            Ok(done.rows_affected() == 1)
        })
    }
}
