//! Notices of idle findings and their deliveries.

use super::{Store, StoreError};
use serde::Serialize;

/// One record that somebody was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseNotice {
    /// Finding.
    pub finding: String,
    /// Which notice of the finding, from 1 on.
    pub position: i64,
    /// When, ISO 8601 in UTC.
    pub at: String,
    /// Who.
    pub recipient: String,
    /// `opened`, `assigned`, `marked`, `due` or `withdrawn`.
    pub occasion: String,
}

/// A notice through a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoticeDelivery {
    /// Finding.
    pub finding: String,
    /// Which notice of the finding.
    pub position: i64,
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

impl Store {
    /// Every record that somebody was told.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn idle_notices(&self) -> Result<Vec<CaseNotice>, StoreError> {
        type Row = (String, i64, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT finding, position, at, recipient, occasion FROM idle_notices ORDER BY at, finding, position",
            )
            .fetch_all(&self.pool)
            .await?;
            let notice = |(finding, position, at, recipient, occasion): Row| CaseNotice {
                finding,
                position,
                at,
                recipient,
                occasion,
            };
            Ok(rows.into_iter().map(notice).collect())
        })
    }

    /// All deliveries of notices, by finding.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn idle_deliveries(&self) -> Result<Vec<NoticeDelivery>, StoreError> {
        type Row = (String, i64, String, String, i64, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT finding, position, channel, state, attempts, next_at, changed_at, said FROM idle_deliveries
                 ORDER BY finding, position, channel",
            )
            .fetch_all(&self.pool)
            .await?;
            let delivery =
                |(finding, position, channel, state, attempts, next_at, changed_at, said): Row| NoticeDelivery {
                    finding,
                    position,
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

    /// Moves deliveries from the states that they have to another, together; gives those that nobody else moved before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn move_idle_deliveries(
        &self,
        deliveries: &[NoticeDelivery],
        to: &str,
        next_at: &str,
        said: &str,
    ) -> Result<Vec<NoticeDelivery>, StoreError> {
        let tried = i64::from(to == "sending");
        let now = crate::clock::now();
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let mut moved = Vec::new();
            for delivery in deliveries {
                let done = sqlx::query(
                    "UPDATE idle_deliveries SET state = $5, attempts = attempts + $6, next_at = $7, changed_at = $8, said = $9
                     WHERE finding = $1 AND position = $2 AND channel = $3 AND state = $4",
                )
                .bind(&delivery.finding)
                .bind(delivery.position)
                .bind(&delivery.channel)
                .bind(&delivery.state)
                .bind(to)
                .bind(tried)
                .bind(next_at)
                .bind(&now)
                .bind(said)
                .execute(&mut *transaction)
                .await?;
                if done.rows_affected() == 1 {
                    moved.push(NoticeDelivery {
                        state: to.to_owned(),
                        attempts: delivery.attempts + tried,
                        ..delivery.clone()
                    });
                }
            }
            transaction.commit().await?;
            Ok(moved)
        })
    }
}
