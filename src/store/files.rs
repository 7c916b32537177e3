//! Parquet files that count: listed, scanned, written.

use super::staging::{StagedBatch, identity_column};
use super::{Store, StoreError};
use headroom_importers::Dataset;
use headroom_models::ledger::{Column, Month};
use polars::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The folders of files that count.
pub(super) const ROOMS: [&str; 4] = ["ledger", "rollups", "reference", "allocated"];

/// The importer on record of batches that nobody sent: bills that are expected and have not come.
pub const ACCRUAL: &str = "accrual";

/// A Parquet file that the database lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Path below the data directory.
    pub path: String,
    /// The batch it belongs to.
    pub batch: String,
    /// Which dataset.
    pub dataset: String,
    /// Billing month.
    pub month: Month,
    /// The closed month whose late charges it holds, where it holds such.
    pub adjusts: Option<Month>,
    /// Source.
    pub source: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// Rows.
    pub rows: u64,
}

/// SHA-256 of a file's bytes, hexadecimal.
///
/// # Errors
/// When the file cannot be read.
pub fn hash_file(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hexadecimal(&digest.finalize()));
        }
        digest.update(&buffer[..read]);
    }
}

/// SHA-256 over texts, hexadecimal: the fingerprint of a set of files or documents.
pub fn hash_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text.as_bytes());
        digest.update([0]);
    }
    hexadecimal(&digest.finalize())
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// Parquet files on disk that the database does not list, as paths below the data directory.
    ///
    /// # Errors
    /// When the folders cannot be read.
    pub fn unlisted_files(&self) -> Result<Vec<String>, StoreError> {
        let listed = self.listed_paths()?;
        let mut unlisted = Vec::new();
        for room in ROOMS {
            for file in parquet_files(&self.root.join(room)).map_err(StoreError::step("step-looking-for-files"))? {
                let path = file
                    .strip_prefix(&self.root)
                    .unwrap_or(&file)
                    .to_string_lossy()
                    .replace('\\', "/");
                if !listed.contains(&path) {
                    unlisted.push(path);
                }
            }
        }
        Ok(unlisted)
    }

    pub(super) fn listed_paths(&self) -> Result<BTreeSet<String>, StoreError> {
        self.block_on(async {
            let paths: Vec<(String,)> = sqlx::query_as(
                "SELECT path FROM data_files UNION SELECT path FROM rollups UNION SELECT path FROM allocation_runs",
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(paths.into_iter().map(|(path,)| path).collect())
        })
    }

    /// The files that count for a dataset: of committed batches, not replaced by a newer one; sorted by month and batch, the newest last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn data_files(&self, dataset: Dataset) -> Result<Vec<DataFile>, StoreError> {
        self.files_where(
            "f.dataset = $1 AND f.replaced_by IS NULL AND b.state = 'committed'",
            dataset.as_str(),
        )
    }

    /// Every file of a batch, replaced or not.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn files_of_batch(&self, batch: &str) -> Result<Vec<DataFile>, StoreError> {
        self.files_where("f.batch = $1", batch)
    }

    fn files_where(&self, condition: &'static str, value: &str) -> Result<Vec<DataFile>, StoreError> {
        type Row = (String, String, String, String, String, String, i64, Option<String>);
        let query = format!(
            "SELECT f.path, f.batch, f.dataset, f.month, f.source, f.sha256, f.rows, f.adjusts FROM data_files f
             JOIN batches b ON b.id = f.batch WHERE {condition} ORDER BY f.month, b.sequence, f.source, f.dataset"
        );
        self.block_on(async {
            let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query))
                .bind(value)
                .fetch_all(&self.pool)
                .await?;
            rows.into_iter()
                .map(|(path, batch, dataset, month, source, sha256, rows, adjusts)| {
                    let month = month.parse().map_err(StoreError::corrupt)?;
                    let adjusts = adjusts.map(|month| month.parse().map_err(StoreError::corrupt));
                    Ok(DataFile {
                        path,
                        batch,
                        dataset,
                        month,
                        adjusts: adjusts.transpose()?,
                        source,
                        sha256,
                        rows: rows as u64,
                    })
                })
                .collect()
        })
    }

    /// The files that a newer batch of the same importer and source takes the place of: charges of the same months, and what
    /// was accrued for them; late charges of the same closed months, as long as the books that they are in are open; for an
    /// asset register the whole older register, with its depreciation in every month that is not closed.
    ///
    /// Samples, metrics, targets and rates come in many files and are not replaced: the newest value of a key wins when
    /// they are read.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn replaceable(&self, importer: &str, source: &str, staged: &StagedBatch) -> Result<Vec<DataFile>, StoreError> {
        let (parts, adjusted) = (staged.parts(), staged.adjusted());
        let register = parts.iter().any(|(dataset, _)| *dataset == Dataset::Assets);
        let mut files = self.live_files(importer, source)?;
        files.retain(|file| match (file.dataset.as_str(), file.adjusts) {
            ("charges", _) if register => !staged.closed.contains(&file.month),
            ("charges", None) => parts.contains(&(Dataset::Charges, file.month)),
            ("charges", Some(original)) => adjusted.contains_key(&original) && !staged.closed.contains(&file.month),
            ("assets" | "asset-events", _) => register,
            _ => false,
        });
        Ok(files)
    }

    /// The files whose charges late charges take the place of, by the closed month that these are of: they stay in closed
    /// books, so they are taken back in open ones.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn reversible(
        &self,
        importer: &str,
        source: &str,
        staged: &StagedBatch,
    ) -> Result<Vec<(Month, DataFile)>, StoreError> {
        let adjusted = staged.adjusted();
        let files = self.live_files(importer, source)?.into_iter().filter_map(|file| {
            let original = file.adjusts.unwrap_or(file.month);
            let counts = file.dataset == Dataset::Charges.as_str()
                && adjusted.contains_key(&original)
                && staged.closed.contains(&file.month);
            counts.then_some((original, file))
        });
        Ok(files.collect())
    }

    /// The files of a source that count and that an importer, or an accrual, brought.
    fn live_files(&self, importer: &str, source: &str) -> Result<Vec<DataFile>, StoreError> {
        let live = "f.replaced_by IS NULL AND b.state = 'committed' AND f.source = $1";
        let batches: BTreeSet<String> = self
            .batches()?
            .into_iter()
            .filter(|batch| batch.importer == importer || batch.importer == ACCRUAL)
            .map(|batch| batch.id)
            .collect();
        let mut files = self.files_where(live, source)?;
        files.retain(|file| batches.contains(&file.batch));
        Ok(files)
    }

    /// Invoice numbers and asset ids in files.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn identities_in(&self, files: &[DataFile]) -> Result<BTreeSet<String>, StoreError> {
        let mut identities = BTreeSet::new();
        for dataset in [Dataset::Charges, Dataset::Assets] {
            let Some(column) = identity_column(dataset) else {
                continue;
            };
            let of_dataset: Vec<DataFile> = files
                .iter()
                .filter(|file| file.dataset == dataset.as_str())
                .cloned()
                .collect();
            let Some(frame) = self.scan(&of_dataset)? else { continue };
            let frame = frame
                .select([col(column)])
                .unique(None, UniqueKeepStrategy::Any)
                .collect()?;
            identities.extend(frame.column(column)?.str()?.iter().flatten().map(str::to_owned));
        }
        Ok(identities)
    }

    /// A lazy frame over files; `None` when there are none.
    ///
    /// # Errors
    /// When polars cannot open them.
    pub fn scan(&self, files: &[DataFile]) -> Result<Option<LazyFrame>, StoreError> {
        if files.is_empty() {
            return Ok(None);
        }
        let frames = files
            .iter()
            .map(|file| {
                let path = self.root.join(&file.path);
                let mut arguments = ScanArgsParquet::default();
                if file.dataset == Dataset::Charges.as_str() {
                    // Files of an older version lack the columns that came later: they are null there.
                    arguments.schema = Some(Arc::new(Column::schema()));
                    arguments.allow_missing_columns = true;
                }
                LazyFrame::scan_parquet(PlRefPath::try_from_path(&path)?, arguments)
            })
            .collect::<PolarsResult<Vec<_>>>()?;
        Ok(Some(concat(frames, UnionArgs::default())?))
    }

    /// Rows of a file, by its own footer.
    ///
    /// # Errors
    /// When the file cannot be opened or is no Parquet file.
    pub fn row_count(&self, file: &DataFile) -> Result<u64, StoreError> {
        let opened = File::open(self.root.join(&file.path)).map_err(StoreError::file(&file.path))?;
        Ok(ParquetReader::new(opened).num_rows()? as u64)
    }

    /// Writes a frame as a Parquet file below the data directory and returns its hash.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write_frame(&self, path: &str, frame: &mut DataFrame) -> Result<String, StoreError> {
        let full = self.root.join(path);
        if let Some(folder) = full.parent() {
            std::fs::create_dir_all(folder).map_err(StoreError::step("step-making-folder"))?;
        }
        let file = File::create(&full).map_err(StoreError::step("step-writing-file"))?;
        let kept = file.try_clone().map_err(StoreError::step("step-writing-file"))?;
        ParquetWriter::new(file)
            .with_compression(ParquetCompression::Zstd(None))
            .finish(frame)?;
        kept.sync_all().map_err(StoreError::step("step-writing-file"))?;
        sync_folders(&full, &self.root)?;
        hash_file(&full).map_err(StoreError::step("step-reading-back"))
    }
}

/// A rename survives a power cut once its folder, and the folders made for it, are on the disk.
pub(super) fn sync_folders(file: &Path, root: &Path) -> Result<(), StoreError> {
    for folder in file.ancestors().skip(1).take_while(|folder| folder.starts_with(root)) {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(StoreError::step("step-writing-folder"))?;
    }
    Ok(())
}

pub(super) fn parquet_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                files.extend(parquet_files(&path)?);
            } else if path.extension().is_some_and(|extension| extension == "parquet") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
