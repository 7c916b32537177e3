//! Month states: a closed month takes no more charges.

use super::{Store, StoreError, WriteLock, write_audit};
use headroom_models::ledger::Month;
use std::collections::BTreeSet;

impl Store {
    /// The closed months.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn closed_months(&self) -> Result<BTreeSet<Month>, StoreError> {
        self.block_on(async {
            let months: Vec<(String,)> = sqlx::query_as("SELECT month FROM periods WHERE state = 'closed'")
                .fetch_all(&self.pool)
                .await?;
            months
                .into_iter()
                .map(|(month,)| month.parse().map_err(StoreError::corrupt))
                .collect()
        })
    }

    /// Closes or reopens a month, with the reason on record.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_period(
        &self,
        _lock: &WriteLock,
        month: Month,
        closed: bool,
        reason: &str,
        actor: &str,
    ) -> Result<(), StoreError> {
        let state = if closed { "closed" } else { "open" };
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO periods (month, state, changed_at, changed_by, reason) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (month) DO UPDATE SET state = $2, changed_at = $3, changed_by = $4, reason = $5",
            )
            .bind(month.to_string())
            .bind(state)
            .bind(crate::clock::now())
            .bind(actor)
            .bind(reason)
            .execute(&mut *transaction)
            .await?;
            let action = if closed { "close month" } else { "reopen month" };
            write_audit(&mut transaction, actor, action, &format!("{month} {reason}")).await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}
