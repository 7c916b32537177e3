//! A batch while it is read: prepared in `staging/`, thrown away or put in place.

use super::files::{ROOMS, hash_file, parquet_files, sync_folders};
use super::rollups::{FinishedRollup, StagedRollups};
use super::{STAGING, Store, StoreError, WriteLock};
use headroom_importers::{Dataset, Sink, SinkError};
use headroom_models::ledger::{Column, Month};
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Seek;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A folder name from a source's name: what a file system could take amiss is written as `%XX`.
fn folder_name(text: &str) -> String {
    let mut name = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() || matches!(character, '-' | '_') || (character == '.' && !name.is_empty()) {
            name.push(character);
        } else {
            character
                .to_string()
                .bytes()
                .for_each(|byte| name.push_str(&format!("%{byte:02X}")));
        }
    }
    name
}

struct Staged {
    path: PathBuf,
    writer: BatchedWriter<File>,
    file: File,
    rows: u64,
}

/// A batch while it is read: one open Parquet file per dataset and month, below `staging/`.
pub struct StagedBatch {
    folder: PathBuf,
    files: BTreeMap<(Dataset, Month), Staged>,
    pub(super) closed: BTreeSet<Month>,
    frozen: u64,
    identities: BTreeSet<String>,
    rollups: StagedRollups,
    rolling: Duration,
}

/// A staged file that is complete.
pub(super) struct Finished {
    pub staged: PathBuf,
    pub path: String,
    pub dataset: Dataset,
    pub month: Month,
    pub sha256: String,
    pub bytes: u64,
    pub rows: u64,
    pub rollup: Option<FinishedRollup>,
}

impl Sink for StagedBatch {
    fn write(&mut self, dataset: Dataset, month: Month, frame: DataFrame) -> Result<(), SinkError> {
        self.append(dataset, month, &frame).map_err(SinkError::from)
    }
}

impl StagedBatch {
    fn append(&mut self, dataset: Dataset, month: Month, frame: &DataFrame) -> Result<(), StoreError> {
        if matches!(dataset, Dataset::FxRates | Dataset::BusinessMetrics) && self.closed.contains(&month) {
            // Rates and metrics decide what a closed month's figures are: they stay as they were when it was closed.
            self.frozen += frame.height() as u64;
            return Ok(());
        }
        if let Some(column) = identity_column(dataset) {
            let mut before = None;
            for identity in frame.column(column)?.str()?.iter().flatten() {
                if before.replace(identity) != Some(identity) && !self.identities.contains(identity) {
                    self.identities.insert(identity.to_owned());
                }
            }
        }
        if dataset == Dataset::Charges {
            let started = Instant::now();
            self.rollups.add(&self.folder, month, frame)?;
            self.rolling += started.elapsed();
        }
        let staged = match self.files.entry((dataset, month)) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let path = self.folder.join(format!("{}-{month}.parquet", dataset.as_str()));
                let file = File::create(&path).map_err(StoreError::step("step-staging-file"))?;
                let kept = file.try_clone().map_err(StoreError::step("step-staging-file"))?;
                let writer = ParquetWriter::new(file)
                    .with_compression(ParquetCompression::Zstd(None))
                    .batched(frame.schema())?;
                entry.insert(Staged {
                    path,
                    writer,
                    file: kept,
                    rows: 0,
                })
            }
        };
        staged.rows += frame.height() as u64;
        staged.writer.write_batch(frame)?;
        Ok(())
    }

    /// Rows staged so far.
    pub fn rows(&self) -> u64 {
        self.files.values().map(|staged| staged.rows).sum()
    }

    /// Rates and metrics of closed months, which were left out.
    pub fn frozen_rows(&self) -> u64 {
        self.frozen
    }

    /// Invoice numbers and asset ids that the batch holds.
    pub fn identities(&self) -> &BTreeSet<String> {
        &self.identities
    }

    /// How long it took to add the charges up by their attributes, for measurements.
    pub fn time_of_rollups(&self) -> Duration {
        self.rolling
    }

    /// The datasets and months that the batch touches.
    pub fn parts(&self) -> BTreeSet<(Dataset, Month)> {
        self.files.keys().copied().collect()
    }

    /// Completes the files: footers written, bytes on the disk, hashes taken.
    pub(super) fn finish(self, batch: &str, source: &str) -> Result<Vec<Finished>, StoreError> {
        let StagedBatch { files, mut rollups, .. } = self;
        let mut finished = Vec::new();
        for ((dataset, month), staged) in files {
            let Staged {
                path: staged,
                writer,
                mut file,
                rows,
            } = staged;
            writer.finish()?;
            file.sync_all().map_err(StoreError::step("step-writing-file"))?;
            let bytes = file
                .seek(std::io::SeekFrom::End(0))
                .map_err(StoreError::step("step-writing-file"))?;
            let sha256 = hash_file(&staged).map_err(StoreError::step("step-reading-staged-file"))?;
            let room = if dataset == Dataset::Charges {
                "ledger".to_owned()
            } else {
                format!("reference/{}", dataset.as_str())
            };
            let below = format!("month={month}/source={}/{batch}.parquet", folder_name(source));
            let rollup = match dataset {
                Dataset::Charges => rollups.finish(month, format!("rollups/{below}"))?,
                _ => None,
            };
            let path = format!("{room}/{below}");
            finished.push(Finished {
                staged,
                path,
                dataset,
                month,
                sha256,
                bytes,
                rows,
                rollup,
            });
        }
        Ok(finished)
    }
}

impl Store {
    /// Opens a staging folder for a batch.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn stage(&self, batch: &str, closed: &BTreeSet<Month>) -> Result<StagedBatch, StoreError> {
        let folder = self.root.join(STAGING).join(batch);
        std::fs::create_dir_all(&folder).map_err(StoreError::step("step-making-staging-folder"))?;
        Ok(StagedBatch {
            folder,
            files: BTreeMap::new(),
            closed: closed.clone(),
            frozen: 0,
            identities: BTreeSet::new(),
            rollups: StagedRollups::default(),
            rolling: Duration::ZERO,
        })
    }

    /// Throws a staged batch away.
    ///
    /// # Errors
    /// When the staging folder cannot be removed.
    pub fn discard(&self, _lock: &WriteLock, staged: StagedBatch) -> Result<(), StoreError> {
        drop(staged);
        self.clear_staging()
    }

    /// Throws away whatever is staged. Only under the write lock.
    pub(super) fn clear_staging(&self) -> Result<(), StoreError> {
        let folder = self.root.join(STAGING);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(StoreError::step("step-clearing-staging-folder"))?;
        }
        Ok(())
    }

    /// Removes staged files, and files put in place for a batch whose transaction never came. Only under the write lock.
    pub(super) fn clear_left_overs(&self) -> Result<(), StoreError> {
        if !self.root.join(STAGING).exists() {
            return Ok(()); // the staging folder outlives its batch only when a writer was interrupted
        }
        let listed: BTreeSet<String> = self.listed_paths()?;
        for room in ROOMS {
            for file in parquet_files(&self.root.join(room)).map_err(StoreError::step("step-looking-for-left-overs"))? {
                let path = file
                    .strip_prefix(&self.root)
                    .unwrap_or(&file)
                    .to_string_lossy()
                    .replace('\\', "/");
                if !listed.contains(&path) {
                    std::fs::remove_file(&file).map_err(StoreError::step("step-removing-left-over"))?;
                }
            }
        }
        self.clear_staging()
    }

    /// Moves a complete staged file to where the database will list it.
    pub(super) fn put_in_place(&self, finished: &Finished) -> Result<(), StoreError> {
        if let Some(rollup) = &finished.rollup {
            self.put_file_in_place(&rollup.staged, &rollup.path)?;
        }
        self.put_file_in_place(&finished.staged, &finished.path)
    }

    fn put_file_in_place(&self, staged: &Path, path: &str) -> Result<(), StoreError> {
        let full = self.root.join(path);
        if let Some(folder) = full.parent() {
            std::fs::create_dir_all(folder).map_err(StoreError::step("step-making-folder"))?;
        }
        std::fs::rename(staged, &full).map_err(StoreError::step("step-putting-in-place"))?;
        sync_folders(&full, &self.root)
    }
}

/// What tells one invoice or asset from another, for a dataset that is replaced by newer files.
pub(super) fn identity_column(dataset: Dataset) -> Option<&'static str> {
    match dataset {
        Dataset::Charges => Some(Column::InvoiceId.name()),
        Dataset::Assets => Some("asset_id"),
        _ => None,
    }
}
