//! Delegations: who stands in for whom, until when.

use super::{Store, StoreError, WriteLock, write_audit};
use crate::auth::Grant;
use chrono::NaiveDate;
use serde::Serialize;

/// A role given on until a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delegation {
    /// Identifier.
    pub id: i64,
    /// Id of whoever gives it on.
    #[serde(skip)]
    pub from_user: i64,
    /// Id of whoever stands in.
    #[serde(skip)]
    pub to_user: i64,
    /// Name of whoever gives it on.
    pub from: String,
    /// Name of whoever stands in.
    pub to: String,
    /// Role and where it holds.
    #[serde(flatten)]
    pub grant: Grant,
    /// First day.
    pub since: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    /// Why.
    pub reason: String,
    /// When it was recorded.
    pub created_at: String,
    /// By whom.
    pub created_by: String,
    /// When it was taken back; nothing when it was not.
    pub ended_at: Option<String>,
    /// By whom.
    pub ended_by: Option<String>,
}

impl Delegation {
    /// True on a day on which it counts, as far as its own words go.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.ended_at.is_none() && self.since <= day && day <= self.until
    }
}

impl Store {
    /// Records a delegation and returns its id.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_delegation(&self, _lock: &WriteLock, new: &Delegation, actor: &str) -> Result<i64, StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let (id,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM delegations")
                .fetch_one(&mut *transaction)
                .await?;
            sqlx::query(
                "INSERT INTO delegations (id, from_user, to_user, role, scope, since_day, until_day, reason, created_at, created_by)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(id)
            .bind(new.from_user)
            .bind(new.to_user)
            .bind(new.grant.role.as_str())
            .bind(new.grant.scope.to_string())
            .bind(new.since.to_string())
            .bind(new.until.to_string())
            .bind(&new.reason)
            .bind(crate::clock::now())
            .bind(actor)
            .execute(&mut *transaction)
            .await?;
            let detail = format!(
                "{} → {}: {}@{} {} … {}: {}",
                new.from, new.to, new.grant.role, new.grant.scope, new.since, new.until, new.reason
            );
            write_audit(&mut transaction, actor, "delegate", &detail).await?;
            transaction.commit().await?;
            Ok(id)
        })
    }

    /// Ends a delegation before its time.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn end_delegation(&self, _lock: &WriteLock, of: &Delegation, actor: &str) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("UPDATE delegations SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL")
                .bind(of.id)
                .bind(crate::clock::now())
                .bind(actor)
                .execute(&mut *transaction)
                .await?;
            let detail = format!(
                "{}: {} → {}: {}@{}",
                of.id, of.from, of.to, of.grant.role, of.grant.scope
            );
            write_audit(&mut transaction, actor, "end delegation", &detail).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// All delegations, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn delegations(&self) -> Result<Vec<Delegation>, StoreError> {
        use sqlx::Row as _;
        self.block_on(async {
            let rows = sqlx::query(
                "SELECT d.id, d.from_user, d.to_user, f.name, t.name, d.role, d.scope, d.since_day, d.until_day, d.reason,
                        d.created_at, d.created_by, d.ended_at, d.ended_by
                 FROM delegations d JOIN users f ON f.id = d.from_user JOIN users t ON t.id = d.to_user ORDER BY d.id",
            )
            .fetch_all(&self.pool)
            .await?;
            rows.iter()
                .map(|row| {
                    let text = |at: usize| row.get::<String, _>(at);
                    Ok(Delegation {
                        id: row.get(0),
                        from_user: row.get(1),
                        to_user: row.get(2),
                        from: text(3),
                        to: text(4),
                        grant: Grant {
                            role: text(5).parse().map_err(StoreError::Corrupt)?,
                            scope: text(6).parse().map_err(StoreError::corrupt)?,
                        },
                        since: text(7).parse().map_err(StoreError::corrupt)?,
                        until: text(8).parse().map_err(StoreError::corrupt)?,
                        reason: text(9),
                        created_at: text(10),
                        created_by: text(11),
                        ended_at: row.get(12),
                        ended_by: row.get(13),
                    })
                })
                .collect()
        })
    }
}
