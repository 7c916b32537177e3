//! Month states: open, closing, closed. A closed month takes no more charges.

use super::{Store, StoreError, WriteLock, write_audit};
use headroom_models::ledger::Month;
use serde::Serialize;
use std::collections::BTreeSet;

/// How far the books of a month are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MonthState {
    /// Takes charges.
    Open,
    /// Takes charges, while its checklist is being worked through.
    Closing,
    /// Takes no more charges.
    Closed,
}

impl MonthState {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            MonthState::Open => "open",
            MonthState::Closing => "closing",
            MonthState::Closed => "closed",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            MonthState::Open => "reopen month",
            MonthState::Closing => "start closing month",
            MonthState::Closed => "close month",
        }
    }
}

/// One step of a month's way.
#[derive(Clone, Debug, Serialize)]
pub struct MonthStep {
    /// The month.
    pub month: Month,
    /// The state that it came to.
    pub state: String,
    /// When.
    pub at: String,
    /// By whom.
    pub by: String,
    /// Why; empty when nothing had to be said.
    pub reason: String,
    /// The checklist as it stood.
    pub checklist: serde_json::Value,
}

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

    /// Every step of every month, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn month_steps(&self) -> Result<Vec<MonthStep>, StoreError> {
        type Row = (String, String, String, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> =
                sqlx::query_as("SELECT month, state, at, by, reason, checklist FROM closings ORDER BY id")
                    .fetch_all(&self.pool)
                    .await?;
            rows.into_iter()
                .map(|(month, state, at, by, reason, checklist)| {
                    Ok(MonthStep {
                        month: month.parse().map_err(StoreError::corrupt)?,
                        state,
                        at,
                        by,
                        reason,
                        checklist: serde_json::from_str(&checklist).map_err(StoreError::corrupt)?,
                    })
                })
                .collect()
        })
    }

    /// Takes a month to a state, with the reason and the checklist on record.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_month_state(
        &self,
        _lock: &WriteLock,
        month: Month,
        state: MonthState,
        reason: &str,
        checklist: &serde_json::Value,
        actor: &str,
    ) -> Result<(), StoreError> {
        // Closing is a way of being open.
        let locked = if state == MonthState::Closed { "closed" } else { "open" };
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO periods (month, state, changed_at, changed_by, reason) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (month) DO UPDATE SET state = $2, changed_at = $3, changed_by = $4, reason = $5",
            )
            .bind(month.to_string())
            .bind(locked)
            .bind(crate::clock::now())
            .bind(actor)
            .bind(reason)
            .execute(&mut *transaction)
            .await?;
            sqlx::query(
                "INSERT INTO closings (id, month, state, at, by, reason, checklist)
                 SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6 FROM closings",
            )
            .bind(month.to_string())
            .bind(state.as_str())
            .bind(crate::clock::now())
            .bind(actor)
            .bind(reason)
            .bind(checklist.to_string())
            .execute(&mut *transaction)
            .await?;
            write_audit(&mut transaction, actor, state.action(), &format!("{month} {reason}")).await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}
