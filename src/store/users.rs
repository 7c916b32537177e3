//! Users and what they may do.

use super::{Store, StoreError, WriteLock, write_audit};
use crate::auth::Grant;
use serde::Serialize;
use std::collections::BTreeMap;

/// A user on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    /// Identifier.
    pub id: i64,
    /// What is typed at sign-in.
    pub name: String,
    /// What people call them.
    pub shown: String,
    /// `active` or `disabled`.
    pub state: String,
    /// True once a password was set.
    pub has_password: bool,
    /// When the account was made.
    pub created_at: String,
    /// By whom.
    pub created_by: String,
    /// Roles and where they hold.
    pub grants: Vec<Grant>,
}

impl Store {
    /// Adds a user with their roles and returns the id.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_user(
        &self,
        _lock: &WriteLock,
        name: &str,
        shown: &str,
        password_hash: Option<&str>,
        grants: &[Grant],
        actor: &str,
    ) -> Result<i64, StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let (id,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM users")
                .fetch_one(&mut *transaction)
                .await?;
            sqlx::query(
                "INSERT INTO users (id, name, shown, password_hash, state, created_at, created_by)
                 VALUES ($1, $2, $3, $4, 'active', $5, $6)",
            )
            .bind(id)
            .bind(name)
            .bind(shown)
            .bind(password_hash)
            .bind(crate::clock::now())
            .bind(actor)
            .execute(&mut *transaction)
            .await?;
            write_grants(&mut transaction, id, grants).await?;
            write_audit(
                &mut transaction,
                actor,
                "add user",
                &format!("{name}: {}", listed(grants)),
            )
            .await?;
            transaction.commit().await?;
            Ok(id)
        })
    }

    /// Puts other roles in the place of a user's.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_grants(&self, _lock: &WriteLock, user: &User, grants: &[Grant], actor: &str) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("DELETE FROM user_grants WHERE user_id = $1")
                .bind(user.id)
                .execute(&mut *transaction)
                .await?;
            write_grants(&mut transaction, user.id, grants).await?;
            let detail = format!("{}: {} (was {})", user.name, listed(grants), listed(&user.grants));
            write_audit(&mut transaction, actor, "change roles", &detail).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Disables or enables an account. A disabled one loses its sessions at once; its tokens do not work until it is enabled.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_user_state(&self, _lock: &WriteLock, user: &User, active: bool, actor: &str) -> Result<(), StoreError> {
        let (state, action) = if active {
            ("active", "enable user")
        } else {
            ("disabled", "disable user")
        };
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("UPDATE users SET state = $2 WHERE id = $1")
                .bind(user.id)
                .bind(state)
                .execute(&mut *transaction)
                .await?;
            sqlx::query("DELETE FROM sessions WHERE user_id = $1")
                .bind(user.id)
                .execute(&mut *transaction)
                .await?;
            write_audit(&mut transaction, actor, action, &user.name).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Sets a password. All sessions of the user end, and an open invitation is used up.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_password(&self, _lock: &WriteLock, user: &User, hash: &str, actor: &str) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            for statement in [
                "DELETE FROM sessions WHERE user_id = $1",
                "DELETE FROM invitations WHERE user_id = $1",
            ] {
                sqlx::query(statement).bind(user.id).execute(&mut *transaction).await?;
            }
            sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1")
                .bind(user.id)
                .bind(hash)
                .execute(&mut *transaction)
                .await?;
            write_audit(&mut transaction, actor, "set password", &user.name).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// All users, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn users(&self) -> Result<Vec<User>, StoreError> {
        type Row = (i64, String, String, String, bool, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT id, name, shown, state, password_hash IS NOT NULL, created_at, created_by FROM users ORDER BY name",
            )
            .fetch_all(&self.pool)
            .await?;
            let grants: Vec<(i64, String, String)> =
                sqlx::query_as("SELECT user_id, role, scope FROM user_grants ORDER BY role, scope")
                    .fetch_all(&self.pool)
                    .await?;
            let mut by_user: BTreeMap<i64, Vec<Grant>> = BTreeMap::new();
            for (user, role, scope) in grants {
                by_user.entry(user).or_default().push(Grant {
                    role: role.parse().map_err(StoreError::Corrupt)?,
                    scope: scope.parse().map_err(StoreError::corrupt)?,
                });
            }
            let users = rows.into_iter();
            Ok(users
                .map(|(id, name, shown, state, has_password, created_at, created_by)| User {
                    id,
                    name,
                    shown,
                    state,
                    has_password,
                    created_at,
                    created_by,
                    grants: by_user.remove(&id).unwrap_or_default(),
                })
                .collect())
        })
    }

    /// The hash of a user's password, when one was set.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn password_hash(&self, user: i64) -> Result<Option<String>, StoreError> {
        self.block_on(async {
            let row: Option<(Option<String>,)> = sqlx::query_as("SELECT password_hash FROM users WHERE id = $1")
                .bind(user)
                .fetch_optional(&self.pool)
                .await?;
            Ok(row.and_then(|(hash,)| hash))
        })
    }
}

fn listed(grants: &[Grant]) -> String {
    let grants: Vec<String> = grants
        .iter()
        .map(|grant| format!("{} of {}", grant.role, grant.scope))
        .collect();
    grants.join(", ")
}

async fn write_grants(connection: &mut sqlx::SqliteConnection, user: i64, grants: &[Grant]) -> Result<(), StoreError> {
    for grant in grants {
        sqlx::query("INSERT INTO user_grants (user_id, role, scope) VALUES ($1, $2, $3)")
            .bind(user)
            .bind(grant.role.as_str())
            .bind(grant.scope.to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
