//! The samples of a look: imported ones, or those of a file.

use super::super::reference::texts;
use super::super::{App, AppError};
use crate::refusal::Refusal;
use crate::store::{SampleFiles, SamplesError, StoreError};
use headroom_importers::{Dataset, ImportOptions, Input, Sink, SinkError};
use headroom_models::idle::{Metric, SampleSpan, UsageCollector, UsagePlan, Usages, span_of};
use headroom_models::ledger::Month;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Samples that can be collected, once or again.
pub(in crate::app) enum Samples {
    /// Parquet files, read in pieces.
    Files { files: SampleFiles, lazy: Box<LazyFrame> },
    /// One frame in memory: a sheet, or imports that overlap.
    Frame(DataFrame),
}

#[derive(Default)]
struct Collected(Vec<LazyFrame>);

impl Sink for Collected {
    fn write(&mut self, _dataset: Dataset, _month: Month, frame: DataFrame) -> Result<(), SinkError> {
        self.0.push(frame.lazy());
        Ok(())
    }
}

impl From<SamplesError> for AppError {
    fn from(error: SamplesError) -> Self {
        match error {
            SamplesError::Store(error) => AppError::Store(error),
            SamplesError::Idle(error) => AppError::Idle(error),
        }
    }
}

impl Samples {
    /// The time that they span; nothing without samples.
    pub fn span(&self) -> Result<Option<SampleSpan>, AppError> {
        Ok(match self {
            Samples::Files { files, .. } => files.span(),
            Samples::Frame(frame) => span_of(frame)?,
        })
    }

    /// What resources did, by a plan.
    pub fn collect<'a>(&self, plan: &'a UsagePlan) -> Result<Usages<'a>, AppError> {
        Ok(match self {
            Samples::Files { files, .. } => files.collect(plan)?.finish(),
            Samples::Frame(frame) => {
                let mut collector = UsageCollector::new(plan);
                collector.absorb(frame)?;
                collector.finish()
            }
        })
    }

    /// The same as a lazy frame, for what needs single samples of a few resources.
    pub fn lazy(&self) -> LazyFrame {
        match self {
            Samples::Files { lazy, .. } => (**lazy).clone(),
            Samples::Frame(frame) => frame.clone().lazy(),
        }
    }
}

/// Every column that samples may have; files of older imports lack some.
fn aligned(mut samples: LazyFrame) -> Result<LazyFrame, StoreError> {
    let schema = samples.collect_schema()?;
    let mut columns: BTreeSet<&str> = BTreeSet::new();
    for metric in Metric::ALL {
        columns.extend(metric.columns());
    }
    let mut selected = vec![col("timestamp"), col("resource_id")];
    for column in columns {
        selected.push(if schema.contains(column) {
            col(column)
        } else {
            lit(NULL).cast(DataType::Float64).alias(column)
        });
    }
    Ok(samples.select(selected))
}

fn scan(path: &Path) -> Result<LazyFrame, StoreError> {
    aligned(LazyFrame::scan_parquet(
        PlRefPath::try_from_path(path)?,
        ScanArgsParquet::default(),
    )?)
}

impl App {
    /// The imported samples up to a month.
    pub(in crate::app) fn samples(&self, through: Option<Month>) -> Result<Samples, AppError> {
        let mut files = self.store.data_files(Dataset::Utilization)?;
        files.retain(|file| through.is_none_or(|last| file.month <= last));
        if files.is_empty() {
            return Err(Refusal::new("refused-no-utilization").into());
        }
        let lazy = files.iter().map(|file| scan(&self.store.root().join(&file.path)));
        let lazy = concat(lazy.collect::<Result<Vec<_>, _>>()?, UnionArgs::default())?;
        let mut months: BTreeMap<Month, Vec<BTreeSet<String>>> = BTreeMap::new();
        let several = files
            .iter()
            .fold(BTreeMap::new(), |mut counts: BTreeMap<Month, usize>, file| {
                *counts.entry(file.month).or_default() += 1;
                counts
            });
        let mut overlap = false;
        for file in files
            .iter()
            .filter(|file| several.get(&file.month).is_some_and(|count| *count > 1))
        {
            let names = scan(&self.store.root().join(&file.path))?
                .select([col("resource_id")])
                .unique(None, UniqueKeepStrategy::Any)
                .collect()?;
            let names: BTreeSet<String> = texts(&names, "resource_id")?.into_iter().collect();
            let before = months.entry(file.month).or_default();
            overlap |= before.iter().any(|other| !other.is_disjoint(&names));
            before.push(names);
        }
        if overlap {
            // Two exports of the same hours are one measurement: the newer one counts.
            let key = cols(["resource_id", "timestamp"]);
            let frame = lazy.unique_stable(Some(key), UniqueKeepStrategy::Last).collect()?;
            return Ok(Samples::Frame(frame));
        }
        Ok(Samples::Files {
            files: self.store.sample_files(&files)?,
            lazy: Box::new(lazy),
        })
    }

    /// The samples of a file: Parquet in the shape of the data directory is read in pieces, anything else is imported.
    pub(in crate::app) fn samples_of_file(path: &Path) -> Result<Samples, AppError> {
        let parquet = path.extension().is_some_and(|ending| ending == "parquet");
        if parquet && let Ok(files) = SampleFiles::open([path.to_owned()]) {
            let mut lazy = LazyFrame::scan_parquet(PlRefPath::try_from_path(path)?, ScanArgsParquet::default())?;
            let schema = lazy.collect_schema()?;
            let time = schema.get("timestamp");
            if matches!(time, Some(DataType::Datetime(TimeUnit::Microseconds, _)))
                && schema.get("resource_id") == Some(&DataType::String)
            {
                return Ok(Samples::Files {
                    files,
                    lazy: Box::new(aligned(lazy)?),
                });
            }
        }
        read_samples(path)
    }
}

fn read_samples(path: &Path) -> Result<Samples, AppError> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut collected = Collected::default();
    let (closed, products) = (BTreeSet::new(), BTreeMap::new());
    let options = ImportOptions {
        batch: "",
        source: None,
        month: None,
        default_currency: "",
        closed: &closed,
        products: &products,
        booked: None,
        progress: None,
    };
    let input = Input {
        name: name.clone(),
        path: path.to_owned(),
        mapping: None,
    };
    let imported = headroom_importers::import(&[input], &options, &mut collected).map_err(AppError::Import)?;
    if !imported.datasets.contains_key(&Dataset::Utilization) {
        return Err(Refusal::new("refused-not-utilization")
            .with("name", name)
            .with("importer", imported.importer)
            .into());
    }
    if let Some(reject) = imported.rejects.first() {
        let more = imported.problems.saturating_sub(1);
        return Err(Refusal::new("refused-bad-samples")
            .with_words("line", |language| reject.line(language))
            .with("more", more)
            .into());
    }
    let whole = concat(collected.0, UnionArgs::default())?;
    Ok(Samples::Frame(whole.collect()?))
}
