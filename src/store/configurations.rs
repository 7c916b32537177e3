//! Configuration versions: the documents that `headroom apply` was given, all kept.

use super::{Store, StoreError, WriteLock, write_audit};
use crate::refusal::Refusal;
use std::collections::BTreeMap;

impl Store {
    /// The newest version and its documents (name → TOML text); version 0 with none before the first apply.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn configuration(&self) -> Result<(i64, BTreeMap<String, String>), StoreError> {
        self.block_on(async {
            let (version,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(version), 0) FROM configuration_versions")
                .fetch_one(&self.pool)
                .await?;
            Ok((version, self.documents(version).await?))
        })
    }

    /// The documents of a version.
    ///
    /// # Errors
    /// When there is no such version, or the database cannot be read.
    pub fn configuration_version(&self, version: i64) -> Result<BTreeMap<String, String>, StoreError> {
        let documents = self.block_on(self.documents(version))?;
        if documents.is_empty() {
            Err(Refusal::new("refused-no-configuration-version")
                .with("version", version)
                .into())
        } else {
            Ok(documents)
        }
    }

    async fn documents(&self, version: i64) -> Result<BTreeMap<String, String>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT name, body FROM configuration_documents WHERE version = $1")
                .bind(version)
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().collect())
    }

    /// Adds a version and returns its number.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_configuration(
        &self,
        _lock: &WriteLock,
        documents: &BTreeMap<String, String>,
        actor: &str,
    ) -> Result<i64, StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let (version,): (i64,) =
                sqlx::query_as("SELECT COALESCE(MAX(version), 0) + 1 FROM configuration_versions").fetch_one(&mut *transaction).await?;
            let hash = super::files::hash_texts(documents.iter().flat_map(|(name, body)| [name.as_str(), body.as_str()]));
            sqlx::query("INSERT INTO configuration_versions (version, content_hash, applied_at, applied_by) VALUES ($1, $2, $3, $4)")
                .bind(version)
                .bind(hash)
                .bind(crate::clock::now())
                .bind(actor)
                .execute(&mut *transaction)
                .await?;
            for (name, body) in documents {
                sqlx::query("INSERT INTO configuration_documents (version, name, body) VALUES ($1, $2, $3)")
                    .bind(version)
                    .bind(name)
                    .bind(body)
                    .execute(&mut *transaction)
                    .await?;
            }
            write_audit(&mut transaction, actor, "apply", &format!("configuration version {version}")).await?;
            transaction.commit().await?;
            Ok(version)
        })
    }
}
