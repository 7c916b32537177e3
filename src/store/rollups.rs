//! Rollups beside the ledger's files: charges added up by their attributes, made while they are staged.
//!
//! A rollup is kept where it saves work: for files of many charges that share their attributes. Without one, allocation
//! reads the charges themselves and comes to the same.

use super::files::hash_file;
use super::{Store, StoreError};
use headroom_models::allocation::{Amounts, AttributeRollup, LedgerTotals, RolledUp, rollup_schema};
use headroom_models::ledger::Month;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Seek;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Fewer charges are read as quickly as their rollup.
const FEWEST_CHARGES: u64 = 20_000;
/// A rollup is kept when it has at most one combination for so many charges.
const WORTH_IT: u64 = 3;
/// Most combinations gathered in memory for all months of a batch, at about 250 bytes each.
const MOST_GATHERED: usize = 400_000;

/// The rollups of a batch while it is staged, by month.
#[derive(Default)]
pub(super) struct StagedRollups {
    months: BTreeMap<Month, StagedRollup>,
}

struct StagedRollup {
    rollup: AttributeRollup,
    path: PathBuf,
    writer: Option<(BatchedWriter<File>, File)>,
    rows: u64,
    given_up: bool,
}

/// A staged rollup that is complete.
pub(super) struct FinishedRollup {
    pub staged: PathBuf,
    pub path: String,
    pub sha256: String,
    pub bytes: u64,
    pub rows: u64,
    pub totals: LedgerTotals,
}

impl StagedRollups {
    /// Adds charges of a month.
    pub fn add(&mut self, folder: &Path, month: Month, frame: &DataFrame) -> Result<(), StoreError> {
        let staged = self.months.entry(month).or_insert_with(|| StagedRollup {
            rollup: AttributeRollup::default(),
            path: folder.join(format!("rollup-{month}.parquet")),
            writer: None,
            rows: 0,
            given_up: false,
        });
        if staged.given_up {
            return Ok(());
        }
        if let Some(gathered) = staged.rollup.add(frame)? {
            staged.write(&gathered)?;
        }
        let gathered =
            |months: &BTreeMap<Month, StagedRollup>| months.values().map(|of| of.rollup.combinations()).sum();
        while MOST_GATHERED < gathered(&self.months) {
            let largest = self.months.values_mut().max_by_key(|of| of.rollup.combinations());
            let Some(largest) = largest else { break };
            largest.write_gathered()?;
            largest.given_up = largest.rows * WORTH_IT > largest.rollup.charges();
        }
        Ok(())
    }

    /// Completes the rollup of a month, if it is worth keeping; `path` is where it will be put.
    pub fn finish(&mut self, month: Month, path: String) -> Result<Option<FinishedRollup>, StoreError> {
        let Some(mut staged) = self.months.remove(&month) else {
            return Ok(None);
        };
        let charges = staged.rollup.charges();
        let rows = staged.rows + staged.rollup.combinations() as u64;
        if staged.given_up || charges < FEWEST_CHARGES || rows * WORTH_IT > charges {
            return Ok(None);
        }
        staged.write_gathered()?;
        let (Some((writer, mut file)), Some(totals)) = (staged.writer, staged.rollup.totals()) else {
            return Ok(None);
        };
        writer.finish()?;
        file.sync_all().map_err(StoreError::step("step-writing-file"))?;
        let bytes = file
            .seek(std::io::SeekFrom::End(0))
            .map_err(StoreError::step("step-writing-file"))?;
        Ok(Some(FinishedRollup {
            sha256: hash_file(&staged.path).map_err(StoreError::step("step-reading-staged-file"))?,
            staged: staged.path,
            path,
            bytes,
            rows: staged.rows,
            totals,
        }))
    }
}

impl StagedRollup {
    fn write_gathered(&mut self) -> Result<(), StoreError> {
        let gathered = self.rollup.take()?;
        self.write(&gathered)
    }

    fn write(&mut self, gathered: &DataFrame) -> Result<(), StoreError> {
        let (writer, _) = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let file = File::create(&self.path).map_err(StoreError::step("step-staging-file"))?;
                let kept = file.try_clone().map_err(StoreError::step("step-staging-file"))?;
                let writer = ParquetWriter::new(file)
                    .with_compression(ParquetCompression::Zstd(None))
                    .batched(gathered.schema())?;
                self.writer.insert((writer, kept))
            }
        };
        self.rows += gathered.height() as u64;
        Ok(writer.write_batch(gathered)?)
    }
}

/// A rollup that the database lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupFile {
    /// Path below the data directory.
    pub path: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// The sums of its ledger file, taken charge by charge.
    pub totals: LedgerTotals,
}

pub(super) async fn record_rollup(
    connection: &mut sqlx::SqliteConnection,
    charges: &str,
    rollup: &FinishedRollup,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO rollups (path, charges, sha256, bytes, rows) VALUES ($1, $2, $3, $4, $5)")
        .bind(&rollup.path)
        .bind(charges)
        .bind(&rollup.sha256)
        .bind(rollup.bytes as i64)
        .bind(rollup.rows as i64)
        .execute(&mut *connection)
        .await?;
    for (currency, amounts) in &rollup.totals {
        let [billed, effective, list, tax] = amounts.to_array().map(|amount| amount.to_string());
        sqlx::query(
            "INSERT INTO rollup_totals (path, currency, billed, effective, list, tax) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&rollup.path)
        .bind(currency)
        .bind(billed)
        .bind(effective)
        .bind(list)
        .bind(tax)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

impl Store {
    /// The rollups on record, by the path of their ledger file.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn rollups(&self) -> Result<BTreeMap<String, RollupFile>, StoreError> {
        type Totals = (String, String, String, String, String, String);
        let (files, totals): (Vec<(String, String, String)>, Vec<Totals>) = self.block_on(async {
            let files = sqlx::query_as("SELECT charges, path, sha256 FROM rollups")
                .fetch_all(&self.pool)
                .await?;
            let totals = sqlx::query_as("SELECT path, currency, billed, effective, list, tax FROM rollup_totals")
                .fetch_all(&self.pool)
                .await?;
            Ok((files, totals))
        })?;
        let mut by_path: BTreeMap<String, LedgerTotals> = BTreeMap::new();
        for (path, currency, billed, effective, list, tax) in totals {
            let money = |text: String| text.parse().map_err(StoreError::corrupt);
            let amounts = Amounts::from_array([money(billed)?, money(effective)?, money(list)?, money(tax)?]);
            by_path.entry(path).or_default().insert(currency, amounts);
        }
        let rollup = |(charges, path, sha256): (String, String, String)| {
            let totals = by_path.remove(&path).unwrap_or_default();
            (charges, RollupFile { path, sha256, totals })
        };
        Ok(files.into_iter().map(rollup).collect())
    }

    /// Rollups of several files as one; nothing when there is none.
    ///
    /// # Errors
    /// When a file cannot be opened.
    pub fn scan_rollups(&self, rollups: &[&RollupFile]) -> Result<Option<RolledUp>, StoreError> {
        if rollups.is_empty() {
            return Ok(None);
        }
        let schema = Arc::new(rollup_schema());
        let frames = rollups
            .iter()
            .map(|rollup| {
                let path = PlRefPath::try_from_path(&self.root.join(&rollup.path))?;
                // A rollup of an older version lacks the columns that came later: they are null there.
                let arguments = ScanArgsParquet {
                    schema: Some(schema.clone()),
                    allow_missing_columns: true,
                    ..ScanArgsParquet::default()
                };
                LazyFrame::scan_parquet(path, arguments)
            })
            .collect::<PolarsResult<Vec<_>>>()?;
        let combinations = concat(frames, UnionArgs::default())?;
        let mut totals = LedgerTotals::new();
        for (currency, amounts) in rollups.iter().flat_map(|rollup| &rollup.totals) {
            *totals.entry(currency.clone()).or_default() += *amounts;
        }
        Ok(Some(RolledUp { combinations, totals }))
    }
}
