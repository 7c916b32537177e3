//! Everything that happened to budgets: added, never edited.

use super::{Store, StoreError, WriteLock, write_audit};
use serde::Serialize;
use serde_json::Value;

/// Something that happened to the budgets of a year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BudgetEvent {
    /// Its place in the order of all of them.
    pub id: i64,
    /// When.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// Fiscal year.
    pub year: i32,
    /// Version that it concerns, where it concerns one.
    pub version: Option<i64>,
    /// What happened, in one word.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// What changed.
    pub body: Value,
}

/// An event to keep.
#[derive(Clone, Debug)]
pub struct NewBudgetEvent {
    /// Fiscal year.
    pub year: i32,
    /// Version that it concerns.
    pub version: Option<i64>,
    /// What happened, in one word.
    pub kind: &'static str,
    /// Why.
    pub reason: String,
    /// What changed.
    pub body: Value,
}

type EventRow = (i64, String, String, i64, Option<i64>, String, String, String);

impl Store {
    /// Keeps events, all or none.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_budget_events(
        &self,
        _lock: &WriteLock,
        events: &[NewBudgetEvent],
        actor: &str,
    ) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            for event in events {
                write_event(&mut transaction, event, actor).await?;
            }
            transaction.commit().await?;
            Ok(())
        })
    }

    /// What happened to the budgets of a year (or of all years), in its order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn budget_events(&self, year: Option<i32>) -> Result<Vec<BudgetEvent>, StoreError> {
        self.block_on(async {
            let all = "SELECT id, at, actor, year, version, kind, reason, body FROM budget_events ORDER BY id";
            let of_year = "SELECT id, at, actor, year, version, kind, reason, body FROM budget_events WHERE year = $1 ORDER BY id";
            let query = match year {
                Some(year) => sqlx::query_as(of_year).bind(i64::from(year)),
                None => sqlx::query_as(all),
            };
            let rows: Vec<EventRow> = query.fetch_all(&self.pool).await?;
            rows.into_iter()
                .map(|(id, at, actor, year, version, kind, reason, body)| {
                    Ok(BudgetEvent {
                        id,
                        at,
                        actor,
                        year: i32::try_from(year).map_err(StoreError::corrupt)?,
                        version,
                        kind,
                        reason,
                        body: serde_json::from_str(&body).map_err(StoreError::corrupt)?,
                    })
                })
                .collect()
        })
    }
}

/// Adds an event and its line of the audit trail within a transaction.
pub(super) async fn write_event(
    connection: &mut sqlx::SqliteConnection,
    event: &NewBudgetEvent,
    actor: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO budget_events (id, at, actor, year, version, kind, reason, body)
         SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM budget_events",
    )
    .bind(crate::clock::now())
    .bind(actor)
    .bind(i64::from(event.year))
    .bind(event.version)
    .bind(event.kind)
    .bind(&event.reason)
    .bind(serde_json::to_string(&event.body).map_err(StoreError::corrupt)?)
    .execute(&mut *connection)
    .await?;
    let version = event
        .version
        .map_or(String::new(), |number| format!(" version {number}"));
    let detail = format!("{}{version} {}", event.year, event.reason);
    write_audit(connection, actor, &format!("budget {}", event.kind), detail.trim_end()).await
}
