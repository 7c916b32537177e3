//! Views of costs that people keep under a name.

use super::{Store, StoreError, WriteLock, write_audit};
use serde::Serialize;

/// A view that a person keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SavedView {
    /// Its name.
    pub name: String,
    /// What stands behind `?` in the address of the costs.
    pub query: String,
    /// When it was saved.
    pub saved_at: String,
}

impl Store {
    /// The views of a person, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn saved_views(&self, person: &str) -> Result<Vec<SavedView>, StoreError> {
        self.block_on(async {
            let rows: Vec<(String, String, String)> =
                sqlx::query_as("SELECT name, query, saved_at FROM saved_views WHERE person = $1 ORDER BY name")
                    .bind(person)
                    .fetch_all(&self.pool)
                    .await?;
            let view = |(name, query, saved_at)| SavedView { name, query, saved_at };
            Ok(rows.into_iter().map(view).collect())
        })
    }

    /// Keeps a view in the place of one of the same name, or forgets it when there is no query.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_view(
        &self,
        _lock: &WriteLock,
        person: &str,
        name: &str,
        query: Option<&str>,
    ) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("DELETE FROM saved_views WHERE person = $1 AND name = $2")
                .bind(person)
                .bind(name)
                .execute(&mut *transaction)
                .await?;
            if let Some(query) = query {
                sqlx::query("INSERT INTO saved_views (person, name, query, saved_at) VALUES ($1, $2, $3, $4)")
                    .bind(person)
                    .bind(name)
                    .bind(query)
                    .bind(crate::clock::now())
                    .execute(&mut *transaction)
                    .await?;
            }
            let what = if query.is_some() { "view" } else { "view-forgotten" };
            write_audit(&mut transaction, person, what, name).await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}
