//! The last check of everything, for the page of data health.

use super::{Store, StoreError};

/// When a check was made, the number of the books that it looked at, and its report as JSON.
pub type CheckRecord = (String, i64, String);

impl Store {
    /// Keeps a check in the place of the one before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_check(&self, at: &str, books: i64, report: &str) -> Result<(), StoreError> {
        self.block_on(async {
            sqlx::query(
                "INSERT INTO last_check (id, at, books, report) VALUES (1, $1, $2, $3)
                 ON CONFLICT (id) DO UPDATE SET at = $1, books = $2, report = $3",
            )
            .bind(at)
            .bind(books)
            .bind(report)
            .execute(&self.pool)
            .await?;
            Ok(())
        })
    }

    /// The last check; nothing before the first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_check(&self) -> Result<Option<CheckRecord>, StoreError> {
        self.block_on(async {
            Ok(sqlx::query_as("SELECT at, books, report FROM last_check WHERE id = 1")
                .fetch_optional(&self.pool)
                .await?)
        })
    }
}
