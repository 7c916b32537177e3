//! Which windows of time were read from a Prometheus server.

use super::{Store, StoreError, WriteLock};
use std::collections::BTreeSet;

impl Store {
    /// The windows of an import that need not be read again: those whose batch counts, and empty ones.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn prometheus_windows(&self, import: &str) -> Result<BTreeSet<String>, StoreError> {
        self.block_on(async {
            let query = "SELECT w.start FROM prometheus_windows w LEFT JOIN batches b ON b.id = w.batch
                 WHERE w.import = $1 AND (w.batch IS NULL OR b.state = 'committed')";
            let starts: Vec<(String,)> = sqlx::query_as(query).bind(import).fetch_all(&self.pool).await?;
            Ok(starts.into_iter().map(|(start,)| start).collect())
        })
    }

    /// Notes a window that was read to its end.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_prometheus_window(
        &self,
        _lock: &WriteLock,
        import: &str,
        start: &str,
        batch: Option<&str>,
        samples: u64,
    ) -> Result<(), StoreError> {
        self.block_on(async {
            sqlx::query(
                "INSERT INTO prometheus_windows (import, start, batch, samples) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (import, start) DO UPDATE SET batch = $3, samples = $4",
            )
            .bind(import)
            .bind(start)
            .bind(batch)
            .bind(samples as i64)
            .execute(&self.pool)
            .await?;
            Ok(())
        })
    }
}
