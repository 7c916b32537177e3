//! A batch while it is read: prepared in `staging/`, thrown away or put in place.

use super::files::{ROOMS, hexadecimal, parquet_files, sync_folders};
use super::rollups::{FinishedRollup, StagedRollups};
use super::{STAGING, Store, StoreError, WriteLock};
use headroom_importers::{Dataset, Sink, SinkError};
use headroom_models::ledger::{Column, Month};
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
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

/// What goes into one file: dataset, month of the books, and the closed month that its charges are of, where there is one.
pub(super) type Part = (Dataset, Month, Option<Month>);

/// A file that hashes what is written to it.
struct Hashing {
    file: File,
    digest: Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        let count = self.file.write(buffer)?;
        self.digest.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// A file with its hash, shared with the Parquet writer that owns the other half.
#[derive(Clone)]
struct Shared(Arc<Mutex<Hashing>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Hashing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Shared {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        self.lock().write(buffer)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.lock().flush()
    }
}

struct Staged {
    path: PathBuf,
    writer: BatchedWriter<Shared>,
    file: Shared,
    rows: u64,
}

/// The files of a batch, and what their charges come to per combination of attributes.
#[derive(Default)]
struct Written {
    files: BTreeMap<Part, Staged>,
    rollups: StagedRollups,
}

/// The thread that encodes and writes frames while more rows are read.
struct Writer {
    frames: SyncSender<(Part, DataFrame)>,
    thread: JoinHandle<Result<Written, StoreError>>,
}

impl Writer {
    /// `rolling` counts the microseconds that rollups take.
    fn start(folder: PathBuf, rolling: Arc<AtomicU64>) -> Writer {
        // One frame waits while one is written: more would only take memory.
        let (frames, incoming) = sync_channel::<(Part, DataFrame)>(1);
        let thread = std::thread::spawn(move || {
            let mut written = Written::default();
            for (part, frame) in incoming {
                // Late charges of closed months are few: allocation reads them as they are.
                if let (Dataset::Charges, month, None) = part {
                    let started = Instant::now();
                    written.rollups.add(&folder, month, &frame)?;
                    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
                    rolling.fetch_add(micros, Ordering::Relaxed);
                }
                append(&folder, &mut written.files, part, &frame)?;
            }
            Ok(written)
        });
        Writer { frames, thread }
    }

    /// The files, once everything is written.
    fn close(self) -> Result<Written, StoreError> {
        drop(self.frames);
        match self.thread.join() {
            Ok(written) => written,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

fn append(folder: &Path, files: &mut BTreeMap<Part, Staged>, part: Part, frame: &DataFrame) -> Result<(), StoreError> {
    let staged = match files.entry(part) {
        std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
        std::collections::btree_map::Entry::Vacant(entry) => {
            let adjusts = part.2.map(|month| format!("-adjusts-{month}")).unwrap_or_default();
            let path = folder.join(format!("{}-{}{adjusts}.parquet", part.0.as_str(), part.1));
            let file = File::create(&path).map_err(StoreError::step("step-staging-file"))?;
            let digest = Sha256::new();
            let file = Shared(Arc::new(Mutex::new(Hashing { file, digest, bytes: 0 })));
            let writer = ParquetWriter::new(file.clone())
                .with_compression(ParquetCompression::Zstd(None))
                .batched(frame.schema())?;
            entry.insert(Staged {
                path,
                writer,
                file,
                rows: 0,
            })
        }
    };
    staged.rows += frame.height() as u64;
    staged.writer.write_batch(frame)?;
    Ok(())
}

/// A batch while it is read: one open Parquet file per dataset and month, below `staging/`.
pub struct StagedBatch {
    writer: Option<Writer>,
    rows: BTreeMap<Part, u64>,
    pub(super) closed: BTreeSet<Month>,
    frozen: u64,
    identities: BTreeSet<String>,
    rolling: Arc<AtomicU64>,
}

/// A staged file that is complete.
pub(super) struct Finished {
    pub staged: PathBuf,
    pub path: String,
    pub dataset: Dataset,
    pub month: Month,
    pub adjusts: Option<Month>,
    pub sha256: String,
    pub bytes: u64,
    pub rows: u64,
    pub rollup: Option<FinishedRollup>,
}

impl Sink for StagedBatch {
    fn write(&mut self, dataset: Dataset, month: Month, frame: DataFrame) -> Result<(), SinkError> {
        self.append((dataset, month, None), frame).map_err(SinkError::from)
    }

    fn adjust(&mut self, month: Month, original: Month, frame: DataFrame) -> Result<(), SinkError> {
        self.append((Dataset::Charges, month, Some(original)), frame)
            .map_err(SinkError::from)
    }
}

impl StagedBatch {
    fn append(&mut self, part: Part, frame: DataFrame) -> Result<(), StoreError> {
        let (dataset, month, _) = part;
        if matches!(dataset, Dataset::FxRates | Dataset::BusinessMetrics) && self.closed.contains(&month) {
            // Rates and metrics decide what a closed month's figures are: they stay as they were when it was closed.
            self.frozen += frame.height() as u64;
            return Ok(());
        }
        if let Some(column) = identity_column(dataset) {
            let mut last = "";
            for id in frame.column(column)?.str()?.iter().flatten() {
                if id != last && !self.identities.contains(id) {
                    self.identities.insert(id.to_owned());
                }
                last = id;
            }
        }
        self.send(part, frame)
    }

    /// Adds charges that the batch takes back. They name no invoices of its own.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn reverse(&mut self, month: Month, original: Month, frame: DataFrame) -> Result<(), StoreError> {
        self.send((Dataset::Charges, month, Some(original)), frame)
    }

    fn send(&mut self, part: Part, frame: DataFrame) -> Result<(), StoreError> {
        *self.rows.entry(part).or_default() += frame.height() as u64;
        let Some(writer) = &self.writer else {
            return Ok(());
        };
        if writer.frames.send((part, frame)).is_err() {
            // The thread has ended, and says why.
            self.close()?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<Written, StoreError> {
        self.writer.take().map_or_else(|| Ok(Written::default()), Writer::close)
    }

    /// Rows staged so far.
    pub fn rows(&self) -> u64 {
        self.rows.values().sum()
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
        Duration::from_micros(self.rolling.load(Ordering::Relaxed))
    }

    /// The datasets and months that the batch touches, late charges of closed months apart.
    pub fn parts(&self) -> BTreeSet<(Dataset, Month)> {
        let own = self.rows.keys().filter(|part| part.2.is_none());
        own.map(|(dataset, month, _)| (*dataset, *month)).collect()
    }

    /// The closed months of which charges came late, each with the month in whose books they are.
    pub fn adjusted(&self) -> BTreeMap<Month, Month> {
        self.rows.keys().filter_map(|part| Some((part.2?, part.1))).collect()
    }

    /// Completes the files: footers written, bytes on the disk.
    pub(super) fn finish(mut self, batch: &str, source: &str) -> Result<Vec<Finished>, StoreError> {
        let mut finished = Vec::new();
        let Written { files, mut rollups } = self.close()?;
        for ((dataset, month, adjusts), staged) in files {
            let Staged {
                path: staged,
                writer,
                file,
                rows,
            } = staged;
            writer.finish()?;
            let file = file.lock();
            file.file.sync_all().map_err(StoreError::step("step-writing-file"))?;
            let room = if dataset == Dataset::Charges {
                "ledger".to_owned()
            } else {
                format!("reference/{}", dataset.as_str())
            };
            let of = adjusts.map(|month| format!("-adjusts-{month}")).unwrap_or_default();
            let below = format!("month={month}/source={}/{batch}{of}.parquet", folder_name(source));
            let rollup = match (dataset, adjusts) {
                (Dataset::Charges, None) => rollups.finish(month, format!("rollups/{below}"))?,
                _ => None,
            };
            let path = format!("{room}/{below}");
            finished.push(Finished {
                staged,
                path,
                dataset,
                month,
                adjusts,
                sha256: hexadecimal(&file.digest.clone().finalize()),
                bytes: file.bytes,
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
        let rolling = Arc::new(AtomicU64::new(0));
        Ok(StagedBatch {
            writer: Some(Writer::start(folder, Arc::clone(&rolling))),
            rows: BTreeMap::new(),
            closed: closed.clone(),
            frozen: 0,
            identities: BTreeSet::new(),
            rolling,
        })
    }

    /// Throws a staged batch away.
    ///
    /// # Errors
    /// When the staging folder cannot be removed.
    pub fn discard(&self, _lock: &WriteLock, mut staged: StagedBatch) -> Result<(), StoreError> {
        // Whatever the writer says now, nothing of it is wanted; but it must have ended.
        drop(staged.close());
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
