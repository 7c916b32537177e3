//! Answers to writes of the API, by the hash of their idempotency key.

use super::{Store, StoreError};

impl Store {
    /// The answer kept under a key: HTTP status and body.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn api_answer(&self, key: &str) -> Result<Option<(i64, String)>, StoreError> {
        self.block_on(async {
            let row: Option<(i64, String)> =
                sqlx::query_as("SELECT status, body FROM api_answers WHERE key = $1 AND expires_at > $2")
                    .bind(key)
                    .bind(crate::clock::now())
                    .fetch_optional(&self.pool)
                    .await?;
            Ok(row)
        })
    }

    /// Keeps an answer for some seconds; those that have expired go.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_api_answer(&self, key: &str, status: i64, body: &str, seconds: i64) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("DELETE FROM api_answers WHERE expires_at <= $1 OR key = $2")
                .bind(crate::clock::now())
                .bind(key)
                .execute(&mut *transaction)
                .await?;
            sqlx::query("INSERT INTO api_answers (key, status, body, expires_at) VALUES ($1, $2, $3, $4)")
                .bind(key)
                .bind(status)
                .bind(body)
                .bind(crate::clock::after_seconds(seconds))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}
