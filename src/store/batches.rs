//! Batches: what was imported, when, from which bytes, with which sums; committed whole, undone whole.

use super::files::DataFile;
use super::rollups::record_rollup;
use super::staging::Finished;
use super::{StagedBatch, Store, StoreError, WriteLock, write_audit};
use crate::refusal::Refusal;
use headroom_models::ledger::{Money, Month};
use serde::Serialize;
use std::collections::BTreeSet;

/// A batch on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// Identifier, stands in every charge as `x_ImportId`.
    pub id: String,
    /// The importer that read it.
    pub importer: String,
    /// Source of the bills.
    pub source: String,
    /// Source rows taken.
    pub rows: u64,
    /// Source rows left out.
    pub rejected: u64,
    /// What rounding to 18 digits took, exact.
    pub rounding_residual: String,
    /// `committed` or `undone`.
    pub state: String,
    /// When, ISO 8601 in UTC.
    pub imported_at: String,
    /// By whom.
    pub imported_by: String,
}

/// Sums of a batch in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BatchTotal {
    /// ISO 4217.
    pub currency: String,
    /// Sum of BilledCost.
    pub billed: Money,
    /// Sum of EffectiveCost.
    pub effective: Money,
    /// Sum of ListCost.
    pub list: Money,
    /// Billed cost of the rows left out, where it could be read.
    pub rejected: Money,
    /// BilledCost of the charges of closed months that the batch takes back, beside its own rows.
    pub reversed_billed: Money,
    /// EffectiveCost of them.
    pub reversed_effective: Money,
    /// ListCost of them.
    pub reversed_list: Money,
}

/// A file that a batch was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BatchInput {
    /// File name.
    pub name: String,
    /// SHA-256 of the bytes as they came.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// Rows read.
    pub rows: u64,
}

/// Rejects and findings of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemarkKind {
    /// A row that was left out.
    Reject,
    /// A row that was taken as billed and does not hold together.
    Finding,
}

impl RemarkKind {
    fn as_str(self) -> &'static str {
        match self {
            RemarkKind::Reject => "reject",
            RemarkKind::Finding => "finding",
        }
    }
}

/// A reject or finding, as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The batch.
    pub batch: String,
    /// Which of the two.
    pub kind: RemarkKind,
    /// The body.
    pub body: serde_json::Value,
}

/// A batch about to be committed.
pub struct NewBatch {
    /// The record itself; `state`, time and person are set on commit.
    pub id: String,
    /// Importer.
    pub importer: String,
    /// Source.
    pub source: String,
    /// Rows taken.
    pub rows: u64,
    /// Rows left out.
    pub rejected: u64,
    /// Exact decimal text.
    pub rounding_residual: String,
    /// Sums per currency.
    pub totals: Vec<BatchTotal>,
    /// Files read.
    pub inputs: Vec<BatchInput>,
    /// Rejects and findings.
    pub remarks: Vec<(RemarkKind, serde_json::Value)>,
}

/// The fingerprint of a set of files, whatever their names and order.
pub(super) fn content_hash<'a>(hashes: impl Iterator<Item = &'a str>) -> String {
    let sorted: BTreeSet<&str> = hashes.collect();
    super::files::hash_texts(sorted)
}

impl Store {
    /// The identifier of the next batch. Only under the write lock.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn next_batch_id(&self, _lock: &WriteLock) -> Result<String, StoreError> {
        self.block_on(async {
            let (next,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(sequence), 0) + 1 FROM batches")
                .fetch_one(&self.pool)
                .await?;
            Ok(format!("B{next:06}"))
        })
    }

    /// The committed batches that were read from a set of files: all of exactly these bytes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn batches_of_same_content(&self, hashes: &[String]) -> Result<Vec<String>, StoreError> {
        let hash = content_hash(hashes.iter().map(String::as_str));
        self.block_on(async {
            let query = "SELECT id FROM batches WHERE content_hash = $1 AND state = 'committed' ORDER BY sequence";
            let found: Vec<(String,)> = sqlx::query_as(query).bind(hash).fetch_all(&self.pool).await?;
            Ok(found.into_iter().map(|(id,)| id).collect())
        })
    }

    /// The sizes of all files that batches were read from: a file of another size has not been read before.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn input_sizes(&self) -> Result<BTreeSet<u64>, StoreError> {
        self.block_on(async {
            let sizes: Vec<(i64,)> = sqlx::query_as("SELECT DISTINCT bytes FROM batch_inputs")
                .fetch_all(&self.pool)
                .await?;
            Ok(sizes.into_iter().map(|(bytes,)| bytes as u64).collect())
        })
    }

    /// A batch that counts and that one file of these bytes went into, if there is one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn live_batch_of_file(&self, sha256: &str) -> Result<Option<String>, StoreError> {
        self.block_on(async {
            let found: Option<(String,)> = sqlx::query_as(
                "SELECT b.id FROM batch_inputs i JOIN batches b ON b.id = i.batch
                 WHERE i.sha256 = $1 AND b.state = 'committed'
                 AND EXISTS (SELECT 1 FROM data_files f WHERE f.batch = b.id AND f.replaced_by IS NULL)
                 ORDER BY b.sequence LIMIT 1",
            )
            .bind(sha256)
            .fetch_optional(&self.pool)
            .await?;
            Ok(found.map(|(id,)| id))
        })
    }

    /// The batches that have replaced part of a batch.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn replaced_by(&self, batch: &str) -> Result<Vec<String>, StoreError> {
        self.block_on(async {
            let query = "SELECT DISTINCT replaced_by FROM data_files WHERE batch = $1 AND replaced_by IS NOT NULL ORDER BY replaced_by";
            let found: Vec<(String,)> = sqlx::query_as(query).bind(batch).fetch_all(&self.pool).await?;
            Ok(found.into_iter().map(|(id,)| id).collect())
        })
    }

    /// Commits a staged batch: files into place, then one transaction that makes them count.
    ///
    /// `replaced` are the files that it takes the place of (see [`Store::replaceable`]); they stay on record.
    ///
    /// # Errors
    /// When a file or the database cannot be written; nothing of the batch counts then.
    pub fn commit(
        &self,
        _lock: &WriteLock,
        staged: StagedBatch,
        batch: &NewBatch,
        replaced: &[DataFile],
        actor: &str,
    ) -> Result<(), StoreError> {
        let finished = staged.finish(&batch.id, &batch.source)?;
        for file in &finished {
            self.put_in_place(file)?;
        }
        self.block_on(self.record(batch, &finished, replaced, actor))?;
        self.clear_staging()
    }

    async fn record(
        &self,
        batch: &NewBatch,
        finished: &[Finished],
        replaced: &[DataFile],
        actor: &str,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO batches (id, sequence, importer, source, content_hash, rows, rejected, rounding_residual, state, imported_at, imported_by)
             SELECT $1, COALESCE(MAX(sequence), 0) + 1, $2, $3, $4, $5, $6, $7, 'committed', $8, $9 FROM batches",
        )
        .bind(&batch.id)
        .bind(&batch.importer)
        .bind(&batch.source)
        .bind(content_hash(batch.inputs.iter().map(|input| input.sha256.as_str())))
        .bind(batch.rows as i64)
        .bind(batch.rejected as i64)
        .bind(&batch.rounding_residual)
        .bind(crate::clock::now())
        .bind(actor)
        .execute(&mut *transaction)
        .await?;
        for total in &batch.totals {
            sqlx::query(
                "INSERT INTO batch_totals (batch, currency, billed, effective, list, rejected, reversed_billed, reversed_effective, reversed_list)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(&batch.id)
            .bind(&total.currency)
            .bind(total.billed.to_string())
            .bind(total.effective.to_string())
            .bind(total.list.to_string())
            .bind(total.rejected.to_string())
            .bind(total.reversed_billed.to_string())
            .bind(total.reversed_effective.to_string())
            .bind(total.reversed_list.to_string())
            .execute(&mut *transaction)
            .await?;
        }
        for input in &batch.inputs {
            sqlx::query("INSERT INTO batch_inputs (batch, name, sha256, bytes, rows) VALUES ($1, $2, $3, $4, $5)")
                .bind(&batch.id)
                .bind(&input.name)
                .bind(&input.sha256)
                .bind(input.bytes as i64)
                .bind(input.rows as i64)
                .execute(&mut *transaction)
                .await?;
        }
        for (position, (kind, body)) in batch.remarks.iter().enumerate() {
            sqlx::query("INSERT INTO batch_remarks (batch, position, kind, body) VALUES ($1, $2, $3, $4)")
                .bind(&batch.id)
                .bind(position as i64)
                .bind(kind.as_str())
                .bind(body.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        for file in replaced {
            sqlx::query("UPDATE data_files SET replaced_by = $1 WHERE path = $2 AND replaced_by IS NULL")
                .bind(&batch.id)
                .bind(&file.path)
                .execute(&mut *transaction)
                .await?;
        }
        for file in finished {
            sqlx::query(
                "INSERT INTO data_files (path, batch, dataset, month, source, sha256, bytes, rows, adjusts)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(&file.path)
            .bind(&batch.id)
            .bind(file.dataset.as_str())
            .bind(file.month.to_string())
            .bind(&batch.source)
            .bind(&file.sha256)
            .bind(file.bytes as i64)
            .bind(file.rows as i64)
            .bind(file.adjusts.map(|month| month.to_string()))
            .execute(&mut *transaction)
            .await?;
            if let Some(rollup) = &file.rollup {
                record_rollup(&mut transaction, &file.path, rollup).await?;
            }
        }
        write_audit(
            &mut transaction,
            actor,
            "import",
            &format!("{} {} rows={}", batch.id, batch.source, batch.rows),
        )
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Undoes a batch: its files no longer count, and those it had replaced count again. It stays on record.
    ///
    /// # Errors
    /// When there is no such batch, it is undone already, or a newer batch has replaced part of it.
    pub fn undo(&self, _lock: &WriteLock, id: &str, actor: &str) -> Result<(), StoreError> {
        self.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let state: Option<(String,)> =
                sqlx::query_as("SELECT state FROM batches WHERE id = $1").bind(id).fetch_optional(&mut *transaction).await?;
            match state.as_ref().map(|(state,)| state.as_str()) {
                None => return Err(Refusal::new("refused-no-batch").with("batch", id).into()),
                Some("undone") => return Err(Refusal::new("refused-undone-already").with("batch", id).into()),
                Some(_) => {}
            }
            let newer: Option<(String,)> =
                sqlx::query_as("SELECT replaced_by FROM data_files WHERE batch = $1 AND replaced_by IS NOT NULL ORDER BY replaced_by LIMIT 1")
                    .bind(id)
                    .fetch_optional(&mut *transaction)
                    .await?;
            if let Some((newer,)) = newer {
                return Err(Refusal::new("refused-replaced-part").with("newer", newer).with("batch", id).into());
            }
            sqlx::query("UPDATE batches SET state = 'undone', undone_at = $2 WHERE id = $1")
                .bind(id)
                .bind(crate::clock::now())
                .execute(&mut *transaction)
                .await?;
            sqlx::query("UPDATE data_files SET replaced_by = NULL WHERE replaced_by = $1").bind(id).execute(&mut *transaction).await?;
            write_audit(&mut transaction, actor, "undo import", id).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// All batches, the newest last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn batches(&self) -> Result<Vec<Batch>, StoreError> {
        type Row = (String, String, String, i64, i64, String, String, String, String);
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT id, importer, source, rows, rejected, rounding_residual, state, imported_at, imported_by FROM batches ORDER BY sequence",
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(rows
                .into_iter()
                .map(|(id, importer, source, rows, rejected, rounding_residual, state, imported_at, imported_by)| Batch {
                    id,
                    importer,
                    source,
                    rows: rows as u64,
                    rejected: rejected as u64,
                    rounding_residual,
                    state,
                    imported_at,
                    imported_by,
                })
                .collect())
        })
    }

    /// The sums of a batch.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn batch_totals(&self, batch: &str) -> Result<Vec<BatchTotal>, StoreError> {
        self.block_on(async {
            type Row = (String, String, String, String, String, String, String, String);
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT currency, billed, effective, list, rejected, reversed_billed, reversed_effective, reversed_list
                 FROM batch_totals WHERE batch = $1 ORDER BY currency",
            )
            .bind(batch)
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(
                    |(currency, billed, effective, list, rejected, back, back_effective, back_list)| {
                        let money = |text: String| text.parse().map_err(StoreError::corrupt);
                        Ok(BatchTotal {
                            currency,
                            billed: money(billed)?,
                            effective: money(effective)?,
                            list: money(list)?,
                            rejected: money(rejected)?,
                            reversed_billed: money(back)?,
                            reversed_effective: money(back_effective)?,
                            reversed_list: money(back_list)?,
                        })
                    },
                )
                .collect()
        })
    }

    /// The files that a batch was read from.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn batch_inputs(&self, batch: &str) -> Result<Vec<BatchInput>, StoreError> {
        self.block_on(async {
            let rows: Vec<(String, String, i64, i64)> =
                sqlx::query_as("SELECT name, sha256, bytes, rows FROM batch_inputs WHERE batch = $1 ORDER BY name")
                    .bind(batch)
                    .fetch_all(&self.pool)
                    .await?;
            let input = |(name, sha256, bytes, rows): (String, String, i64, i64)| BatchInput {
                name,
                sha256,
                bytes: bytes as u64,
                rows: rows as u64,
            };
            Ok(rows.into_iter().map(input).collect())
        })
    }

    /// Rejects or findings: of one batch, or of all committed ones.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn remarks(&self, batch: Option<&str>, kind: RemarkKind) -> Result<Vec<Remark>, StoreError> {
        self.block_on(async {
            let rows: Vec<(String, String)> = sqlx::query_as(
                "SELECT r.batch, r.body FROM batch_remarks r JOIN batches b ON b.id = r.batch
                 WHERE r.kind = $1 AND ($2 IS NULL OR r.batch = $2) AND ($2 IS NOT NULL OR b.state = 'committed')
                 ORDER BY b.sequence, r.position",
            )
            .bind(kind.as_str())
            .bind(batch)
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|(batch, body)| {
                    Ok(Remark {
                        batch,
                        kind,
                        body: serde_json::from_str(&body).map_err(StoreError::corrupt)?,
                    })
                })
                .collect()
        })
    }

    /// The months whose charges an undo of a batch would change: its own, and those that it had replaced.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn months_touched_by_undo(&self, batch: &str) -> Result<BTreeSet<Month>, StoreError> {
        self.block_on(async {
            let query = "SELECT DISTINCT month FROM data_files
                 WHERE dataset IN ('charges', 'business-metrics', 'fx-rates') AND (batch = $1 OR replaced_by = $1)";
            let months: Vec<(String,)> = sqlx::query_as(query).bind(batch).fetch_all(&self.pool).await?;
            months
                .into_iter()
                .map(|(month,)| month.parse().map_err(StoreError::corrupt))
                .collect()
        })
    }
}
