//! Sessions, invitations and API tokens: found by the hash of their secret, never by the secret itself.

use super::{Store, StoreError, WriteLock, write_audit};
use crate::auth::Scope;
use serde::Serialize;

/// A session that has not expired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Hash of its secret, by which it is ended.
    #[serde(skip)]
    pub hash: String,
    /// The user.
    pub user: i64,
    /// What every form of the session carries.
    #[serde(skip)]
    pub csrf: String,
    /// When it began.
    pub created_at: String,
    /// When it ends by itself.
    pub expires_at: String,
    /// The browser.
    pub agent: String,
}

/// An API token on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApiToken {
    /// Identifier.
    pub id: i64,
    /// The user whose roles it has.
    pub user: i64,
    /// What it is called.
    pub name: String,
    /// True when it changes nothing.
    pub reads_only: bool,
    /// Where it holds; never wider than the user's roles.
    pub scope: Scope,
    /// When it was made.
    pub created_at: String,
    /// When it stops working.
    pub expires_at: String,
    /// When it was revoked.
    pub revoked_at: Option<String>,
}

type SessionRow = (String, i64, String, String, String, String);
type TokenRow = (i64, i64, String, bool, String, String, String, Option<String>);

fn session((hash, user, csrf, created_at, expires_at, agent): SessionRow) -> Session {
    Session {
        hash,
        user,
        csrf,
        created_at,
        expires_at,
        agent,
    }
}

fn token(
    (id, user, name, reads_only, scope, created_at, expires_at, revoked_at): TokenRow,
) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id,
        user,
        name,
        reads_only,
        scope: scope.parse().map_err(StoreError::corrupt)?,
        created_at,
        expires_at,
        revoked_at,
    })
}

impl Store {
    /// Begins a session; expired ones of everybody are cleared away.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn begin_session(&self, session: &Session, actor: &str) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
                .bind(&session.created_at)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(
                "INSERT INTO sessions (hash, user_id, csrf, created_at, expires_at, agent) VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(&session.hash)
            .bind(session.user)
            .bind(&session.csrf)
            .bind(&session.created_at)
            .bind(&session.expires_at)
            .bind(&session.agent)
            .execute(&mut *transaction)
            .await?;
            write_audit(&mut transaction, actor, "sign in", &session.agent).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// The session of a secret's hash, when it has not expired.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn session(&self, hash: &str) -> Result<Option<Session>, StoreError> {
        self.block_on(async {
            let row: Option<SessionRow> = sqlx::query_as(
                "SELECT hash, user_id, csrf, created_at, expires_at, agent FROM sessions WHERE hash = $1 AND expires_at > $2",
            )
            .bind(hash)
            .bind(crate::clock::now())
            .fetch_optional(&self.pool)
            .await?;
            Ok(row.map(session))
        })
    }

    /// The sessions of a user that have not expired, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn sessions_of(&self, user: i64) -> Result<Vec<Session>, StoreError> {
        self.block_on(async {
            let rows: Vec<SessionRow> = sqlx::query_as(
                "SELECT hash, user_id, csrf, created_at, expires_at, agent FROM sessions
                 WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, hash",
            )
            .bind(user)
            .bind(crate::clock::now())
            .fetch_all(&self.pool)
            .await?;
            Ok(rows.into_iter().map(session).collect())
        })
    }

    /// Ends one session of a user, or all of them.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn end_sessions(&self, user: i64, only: Option<&str>, actor: &str) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND ($2 IS NULL OR hash = $2)")
                .bind(user)
                .bind(only)
                .execute(&mut *transaction)
                .await?;
            let action = if only.is_some() {
                "sign out"
            } else {
                "sign out everywhere"
            };
            write_audit(&mut transaction, actor, action, "").await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Keeps an invitation; an older one of the user does not work any more.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn invite(
        &self,
        _lock: &WriteLock,
        user: i64,
        name: &str,
        hash: &str,
        expires_at: &str,
        actor: &str,
    ) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO invitations (user_id, hash, expires_at) VALUES ($1, $2, $3)
                 ON CONFLICT (user_id) DO UPDATE SET hash = $2, expires_at = $3",
            )
            .bind(user)
            .bind(hash)
            .bind(expires_at)
            .execute(&mut *transaction)
            .await?;
            write_audit(&mut transaction, actor, "invite user", name).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// The user of an invitation that can still be used.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn invited(&self, hash: &str) -> Result<Option<i64>, StoreError> {
        self.block_on(async {
            let row: Option<(i64,)> =
                sqlx::query_as("SELECT user_id FROM invitations WHERE hash = $1 AND expires_at > $2")
                    .bind(hash)
                    .bind(crate::clock::now())
                    .fetch_optional(&self.pool)
                    .await?;
            Ok(row.map(|(user,)| user))
        })
    }

    /// Keeps a token under the hash of its secret and returns its id.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_token(&self, _lock: &WriteLock, new: &ApiToken, hash: &str, actor: &str) -> Result<i64, StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let (id,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM api_tokens")
                .fetch_one(&mut *transaction)
                .await?;
            sqlx::query(
                "INSERT INTO api_tokens (id, user_id, name, hash, reads_only, scope, created_at, created_by, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(id)
            .bind(new.user)
            .bind(&new.name)
            .bind(hash)
            .bind(i64::from(new.reads_only))
            .bind(new.scope.to_string())
            .bind(&new.created_at)
            .bind(actor)
            .bind(&new.expires_at)
            .execute(&mut *transaction)
            .await?;
            let access = if new.reads_only {
                "reads only"
            } else {
                "reads and writes"
            };
            let detail = format!(
                "{} for user {}, {access}, {}, until {}",
                new.name, new.user, new.scope, new.expires_at
            );
            write_audit(&mut transaction, actor, "create token", &detail).await?;
            transaction.commit().await?;
            Ok(id)
        })
    }

    /// All tokens, by id.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        self.block_on(async {
            let rows: Vec<TokenRow> = sqlx::query_as(
                "SELECT id, user_id, name, reads_only <> 0, scope, created_at, expires_at, revoked_at FROM api_tokens ORDER BY id",
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter().map(token).collect()
        })
    }

    /// The token of a secret's hash that can still be used.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn token(&self, hash: &str) -> Result<Option<ApiToken>, StoreError> {
        self.block_on(async {
            let row: Option<TokenRow> = sqlx::query_as(
                "SELECT id, user_id, name, reads_only <> 0, scope, created_at, expires_at, revoked_at FROM api_tokens
                 WHERE hash = $1 AND revoked_at IS NULL AND expires_at > $2",
            )
            .bind(hash)
            .bind(crate::clock::now())
            .fetch_optional(&self.pool)
            .await?;
            row.map(token).transpose()
        })
    }

    /// Revokes a token for good.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn revoke_token(&self, _lock: &WriteLock, token: &ApiToken, actor: &str) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
                .bind(token.id)
                .bind(crate::clock::now())
                .execute(&mut *transaction)
                .await?;
            write_audit(
                &mut transaction,
                actor,
                "revoke token",
                &format!("{} ({})", token.id, token.name),
            )
            .await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}
