//! What people chose for plans: values of drivers, factors of events. Rows are added, the newest counts.

use super::{Store, StoreError, WriteLock, write_audit};
use headroom_models::forecast::DriverChoice;
use headroom_models::ledger::Month;

/// A factor that a review gave an event.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct EventFactor {
    /// Name of the event.
    pub event: String,
    /// First month in which it holds.
    pub from: Month,
    /// Factor on the driver.
    pub factor: f64,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: String,
}

type ChoiceRow = (String, String, String, String, Option<String>, String, String, String);

impl Store {
    /// Every choice, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn driver_choices(&self) -> Result<Vec<DriverChoice>, StoreError> {
        self.block_on(async {
            let rows: Vec<ChoiceRow> = sqlx::query_as(
                "SELECT product, metric, month, source, value, reason, chosen_by, chosen_at FROM driver_choices \
                 ORDER BY sequence",
            )
            .fetch_all(&self.pool)
            .await?;
            let choice = |(product, metric, month, source, value, reason, by, at): ChoiceRow| {
                Some(DriverChoice {
                    product,
                    metric,
                    month: month.parse().ok()?,
                    source: source.parse().ok()?,
                    value: value.and_then(|value| value.parse().ok()),
                    reason,
                    by,
                    at,
                })
            };
            Ok(rows.into_iter().filter_map(choice).collect())
        })
    }

    /// Adds choices, all or none.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_driver_choices(
        &self,
        _lock: &WriteLock,
        choices: &[DriverChoice],
        actor: &str,
    ) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let (last,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(sequence), 0) FROM driver_choices")
                .fetch_one(&mut *transaction)
                .await?;
            for (sequence, choice) in (last + 1..).zip(choices) {
                sqlx::query(
                    "INSERT INTO driver_choices (sequence, product, metric, month, source, value, reason, chosen_by, \
                     chosen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(sequence)
                .bind(&choice.product)
                .bind(&choice.metric)
                .bind(choice.month.to_string())
                .bind(choice.source.as_str())
                .bind(choice.value.map(|value| value.to_string()))
                .bind(&choice.reason)
                .bind(actor)
                .bind(crate::clock::now())
                .execute(&mut *transaction)
                .await?;
                let detail = format!(
                    "{}/{} {}: {} {}",
                    choice.product,
                    choice.metric,
                    choice.month,
                    choice.source.as_str(),
                    choice.value.map(|value| value.to_string()).unwrap_or_default()
                );
                write_audit(&mut transaction, actor, "driver", detail.trim_end()).await?;
            }
            transaction.commit().await?;
            Ok(())
        })
    }

    /// The newest factor of every event that a review gave one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn event_factors(&self) -> Result<Vec<EventFactor>, StoreError> {
        self.block_on(async {
            let rows: Vec<(String, String, String, String, String, String)> = sqlx::query_as(
                "SELECT event, from_month, factor, reason, set_by, set_at FROM event_factors f \
                 WHERE sequence = (SELECT MAX(sequence) FROM event_factors o WHERE o.event = f.event) ORDER BY event",
            )
            .fetch_all(&self.pool)
            .await?;
            let factor = |(event, from, factor, reason, by, at): (String, String, String, String, String, String)| {
                Some(EventFactor {
                    event,
                    from: from.parse().ok()?,
                    factor: factor.parse().ok()?,
                    reason,
                    by,
                    at,
                })
            };
            Ok(rows.into_iter().filter_map(factor).collect())
        })
    }

    /// Adds the factor of an event.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_event_factor(&self, _lock: &WriteLock, factor: &EventFactor, actor: &str) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO event_factors (sequence, event, from_month, factor, reason, set_by, set_at) \
                 VALUES ((SELECT COALESCE(MAX(sequence), 0) + 1 FROM event_factors), $1, $2, $3, $4, $5, $6)",
            )
            .bind(&factor.event)
            .bind(factor.from.to_string())
            .bind(factor.factor.to_string())
            .bind(&factor.reason)
            .bind(actor)
            .bind(crate::clock::now())
            .execute(&mut *transaction)
            .await?;
            let detail = format!("{} from {}: {}", factor.event, factor.from, factor.factor);
            write_audit(&mut transaction, actor, "event factor", &detail).await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}
