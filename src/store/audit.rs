//! The audit trail: lines are added, never edited (triggers refuse it).

use super::{Store, StoreError};
use serde::Serialize;

/// A line of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// Number, without gaps.
    pub id: i64,
    /// When, ISO 8601 in UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub detail: String,
}

impl Store {
    /// Lines of the audit trail, newest first, before a line's number, of an actor or action or detail that holds some text.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn audit_lines(&self, before: Option<i64>, holds: &str, most: u32) -> Result<Vec<AuditLine>, StoreError> {
        type Row = (i64, String, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT id, at, actor, action, detail FROM audit
                 WHERE ($1 IS NULL OR id < $1) AND ($2 = '' OR actor LIKE $3 ESCAPE '\\' OR action LIKE $3 ESCAPE '\\' OR detail LIKE $3 ESCAPE '\\')
                 ORDER BY id DESC LIMIT $4",
            )
            .bind(before)
            .bind(holds)
            .bind(format!("%{}%", holds.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")))
            .bind(i64::from(most))
            .fetch_all(&self.pool)
            .await?;
            let lines = rows.into_iter();
            Ok(lines
                .map(|(id, at, actor, action, detail)| AuditLine {
                    id,
                    at,
                    actor,
                    action,
                    detail,
                })
                .collect())
        })
    }

    /// A number that grows with every change of the books: whatever was worked out at one number holds until it is another.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn state_number(&self) -> Result<i64, StoreError> {
        self.block_on(async {
            let (number,): (i64,) = sqlx::query_as(
                "SELECT COALESCE(MAX(id), 0) FROM audit WHERE action NOT IN ('sign in', 'failed sign in', 'sign out', 'sign out everywhere')",
            )
            .fetch_one(&self.pool)
            .await?;
            Ok(number)
        })
    }
}
