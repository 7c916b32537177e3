//! Column mappings under their names; saving one again adds a version, and the newest counts.

use super::{Store, StoreError, WriteLock, write_audit};

/// A mapping on record.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct StoredMapping {
    /// Its name.
    pub name: String,
    /// The version, counted from 1.
    pub version: i64,
    /// The mapping as TOML.
    pub body: String,
    /// When it was saved.
    pub saved_at: String,
    /// By whom.
    pub saved_by: String,
}

impl Store {
    /// The newest version of every mapping, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn column_mappings(&self) -> Result<Vec<StoredMapping>, StoreError> {
        self.block_on(async {
            let rows: Vec<(String, i64, String, String, String)> = sqlx::query_as(
                "SELECT name, version, body, saved_at, saved_by FROM column_mappings m \
                 WHERE version = (SELECT MAX(version) FROM column_mappings o WHERE o.name = m.name) ORDER BY name",
            )
            .fetch_all(&self.pool)
            .await?;
            let mapping = |(name, version, body, saved_at, saved_by)| StoredMapping {
                name,
                version,
                body,
                saved_at,
                saved_by,
            };
            Ok(rows.into_iter().map(mapping).collect())
        })
    }

    /// Saves a mapping and returns its version; the same text again keeps the version that there is.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_column_mapping(
        &self,
        _lock: &WriteLock,
        name: &str,
        body: &str,
        actor: &str,
    ) -> Result<i64, StoreError> {
        let newest = self.column_mappings()?.into_iter().find(|mapping| mapping.name == name);
        if let Some(newest) = newest.as_ref().filter(|newest| newest.body == body) {
            return Ok(newest.version);
        }
        let version = newest.map_or(1, |newest| newest.version + 1);
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO column_mappings (name, version, body, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(name)
            .bind(version)
            .bind(body)
            .bind(crate::clock::now())
            .bind(actor)
            .execute(&mut *transaction)
            .await?;
            write_audit(&mut transaction, actor, "mapping", &format!("{name} version {version}")).await?;
            transaction.commit().await?;
            Ok(version)
        })
    }
}
