//! Utilization read in row groups, on several threads, in bounded memory.

use super::{DataFile, Store, StoreError};
use headroom_models::idle::{IdleError, SampleSpan, UsageCollector, UsagePlan};
use polars::io::parquet::metadata::{FileMetadata, FileMetadataRef};
use polars::io::parquet::read::{ParallelStrategy, ParquetReader};
use polars::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

/// Rows decoded at once on a thread.
const ROWS_AT_ONCE: usize = 262_144;
/// Parts that an input is cut into, whatever the machine: sums of floats depend on where the cuts are.
const PARTS: usize = 8;

/// Parquet files of samples, opened and measured.
pub struct SampleFiles {
    files: Vec<(PathBuf, FileMetadataRef)>,
    span: Option<SampleSpan>,
}

/// Why samples could not be collected.
#[derive(Debug, thiserror::Error)]
pub enum SamplesError {
    /// A file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its columns.
    #[error(transparent)]
    Idle(#[from] IdleError),
}

impl From<PolarsError> for SamplesError {
    fn from(error: PolarsError) -> Self {
        SamplesError::Store(StoreError::Frame(error))
    }
}

/// Row groups of one file that are decoded together.
#[derive(Clone, Copy)]
struct Piece {
    file: usize,
    first: usize,
    end: usize,
    rows: usize,
}

impl Store {
    /// Opens sample files of the data directory.
    ///
    /// # Errors
    /// When one is no Parquet file.
    pub fn sample_files(&self, files: &[DataFile]) -> Result<SampleFiles, SamplesError> {
        SampleFiles::open(files.iter().map(|file| self.root.join(&file.path)))
    }
}

impl SampleFiles {
    /// Opens Parquet files of samples and reads their footers.
    ///
    /// # Errors
    /// When one is no Parquet file, or has other columns.
    pub fn open(paths: impl IntoIterator<Item = PathBuf>) -> Result<SampleFiles, SamplesError> {
        let mut files = Vec::new();
        let mut span: Option<SampleSpan> = None;
        for path in paths {
            let mut reader = ParquetReader::new(open(&path)?);
            let metadata = reader.get_metadata()?.clone();
            if let Some((oldest, newest)) = bounds(&path, &metadata)? {
                let rows = metadata.num_rows as u64;
                let whole = span.get_or_insert(SampleSpan {
                    oldest,
                    newest,
                    rows: 0,
                });
                whole.oldest = whole.oldest.min(oldest);
                whole.newest = whole.newest.max(newest);
                whole.rows += rows;
                files.push((path, metadata));
            }
        }
        Ok(SampleFiles { files, span })
    }

    /// The time that the samples span; nothing without samples.
    pub fn span(&self) -> Option<SampleSpan> {
        self.span
    }

    /// Collects all samples for a plan. The result is the same whatever the number of threads.
    ///
    /// # Errors
    /// When a file cannot be read, or lacks a column that every file of samples has.
    pub fn collect<'a>(&self, plan: &'a UsagePlan) -> Result<UsageCollector<'a>, SamplesError> {
        let parts = self.parts();
        let threads = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(parts.len())
            .max(1);
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let (sender, parts, next) = (sender.clone(), &parts, &next);
                scope.spawn(move || {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(part) = parts.get(at) else { return };
                        if sender.send((at, self.part(part, plan))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            let mut whole: Option<UsageCollector<'a>> = None;
            let mut waiting = BTreeMap::new();
            let mut merged = 0;
            for (at, part) in receiver {
                waiting.insert(at, part?);
                while let Some(part) = waiting.remove(&merged) {
                    match &mut whole {
                        Some(whole) => whole.merge(part),
                        None => whole = Some(part),
                    }
                    merged += 1;
                }
            }
            Ok(whole.unwrap_or_else(|| UsageCollector::new(plan)))
        })
    }

    fn part<'a>(&self, pieces: &[Piece], plan: &'a UsagePlan) -> Result<UsageCollector<'a>, SamplesError> {
        let spans = pieces.iter().map(|piece| {
            let metadata = &self.files[piece.file].1;
            let groups = (piece.first..piece.end).map(|group| group_span(metadata, group));
            groups.collect::<Option<Vec<_>>>().and_then(widest)
        });
        let mut collector = match spans.collect::<Option<Vec<_>>>().and_then(widest) {
            Some((oldest, newest)) => UsageCollector::spanning(plan, oldest, newest),
            None => UsageCollector::new(plan),
        };
        let wanted = plan.columns();
        for piece in pieces {
            let (path, metadata) = &self.files[piece.file];
            // Opened anew: what was mapped for the piece before is given back.
            let mut reader = ParquetReader::new(open(path)?);
            let mut part = (**metadata).clone_without_groups();
            part.row_groups = metadata.row_groups[piece.first..piece.end].to_vec();
            part.num_rows = piece.rows;
            reader.set_metadata(Arc::new(part));
            let schema = reader.schema()?;
            let columns = ["timestamp", "resource_id"].into_iter().chain(wanted.iter().copied());
            let columns = columns
                .filter(|name| schema.contains(name))
                .map(str::to_owned)
                .collect();
            let frame = reader
                .with_columns(Some(columns))
                .read_parallel(ParallelStrategy::None)
                .finish()?;
            collector.absorb(&frame)?;
        }
        Ok(collector)
    }

    /// Row groups gathered into pieces, and pieces into parts of about the same number of rows.
    fn parts(&self) -> Vec<Vec<Piece>> {
        let mut pieces: Vec<Piece> = Vec::new();
        for (file, (_, metadata)) in self.files.iter().enumerate() {
            for (group, rows) in metadata.row_groups.iter().map(|group| group.num_rows()).enumerate() {
                match pieces.last_mut() {
                    Some(last) if last.file == file && last.rows + rows <= ROWS_AT_ONCE => {
                        last.end = group + 1;
                        last.rows += rows;
                    }
                    _ => pieces.push(Piece {
                        file,
                        first: group,
                        end: group + 1,
                        rows,
                    }),
                }
            }
        }
        let rows: usize = pieces.iter().map(|piece| piece.rows).sum();
        let each = rows.div_ceil(PARTS).max(1);
        let mut parts: Vec<Vec<Piece>> = Vec::new();
        let mut filled = 0;
        for piece in pieces {
            if parts.is_empty() || filled >= each {
                parts.push(Vec::new());
                filled = 0;
            }
            filled += piece.rows;
            if let Some(part) = parts.last_mut() {
                part.push(piece);
            }
        }
        parts
    }
}

/// A footer without its row groups: there may be thousands, and each piece needs a few.
trait WithoutGroups {
    fn clone_without_groups(&self) -> Self;
}

impl WithoutGroups for FileMetadata {
    fn clone_without_groups(&self) -> Self {
        Self {
            version: self.version,
            num_rows: 0,
            max_row_group_height: self.max_row_group_height,
            created_by: self.created_by.clone(),
            row_groups: Vec::new(),
            key_value_metadata: self.key_value_metadata.clone(),
            schema_descr: self.schema_descr.clone(),
            column_orders: self.column_orders.clone(),
            footer_buf: self.footer_buf.clone(),
        }
    }
}

fn open(path: &Path) -> Result<File, StoreError> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    File::open(path).map_err(StoreError::file(name))
}

/// Oldest and newest time of a row group, by its footer.
fn group_span(metadata: &FileMetadata, group: usize) -> Option<(i64, i64)> {
    let mut columns = metadata.row_groups[group].columns_under_root_iter("timestamp")?;
    let statistics = columns.next()?.statistics(&metadata.footer_buf)?.ok()?;
    let times = statistics.as_int64()?;
    times.min_value.zip(times.max_value)
}

/// Oldest and newest of several spans.
fn widest(spans: Vec<(i64, i64)>) -> Option<(i64, i64)> {
    spans
        .into_iter()
        .reduce(|(oldest, newest), (from, to)| (oldest.min(from), newest.max(to)))
}

/// Oldest and newest time of a file: from its footer, or from the column when the footer does not say.
fn bounds(path: &Path, metadata: &FileMetadataRef) -> Result<Option<(i64, i64)>, SamplesError> {
    if metadata.num_rows == 0 {
        return Ok(None);
    }
    let groups: Option<Vec<(i64, i64)>> = (0..metadata.row_groups.len())
        .map(|group| group_span(metadata, group))
        .collect();
    let known = groups.and_then(widest);
    if known.is_some() {
        return Ok(known);
    }
    let mut reader = ParquetReader::new(open(path)?);
    let schema = reader.schema()?;
    if !schema.contains("timestamp") {
        return Err(IdleError::Column {
            column: "timestamp".to_owned(),
            wanted: "a timestamp in microseconds",
        }
        .into());
    }
    let frame = reader.with_columns(Some(vec!["timestamp".to_owned()])).finish()?;
    let times = frame.column("timestamp")?.cast(&DataType::Int64)?;
    let times = times.i64()?;
    Ok(times.min().zip(times.max()))
}
