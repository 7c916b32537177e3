//! A sink that keeps everything, and an organization that the fixtures fit.

use headroom_importers::{Dataset, ImportError, ImportOptions, Imported, Input, Sink, SinkError, import};
use headroom_models::ledger::{Money, Month, decimal_values, text_values};
use polars::prelude::DataFrame;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Keeps every frame.
#[derive(Default)]
pub struct Kept {
    pub frames: Vec<(Dataset, Month, DataFrame)>,
}

impl Sink for Kept {
    fn write(&mut self, dataset: Dataset, month: Month, frame: DataFrame) -> Result<(), SinkError> {
        assert!((1..=65_536).contains(&frame.height()));
        self.frames.push((dataset, month, frame));
        Ok(())
    }
}

impl Kept {
    /// Rows of a dataset.
    pub fn rows(&self, dataset: Dataset) -> usize {
        self.frames
            .iter()
            .filter(|frame| frame.0 == dataset)
            .map(|frame| frame.2.height())
            .sum()
    }

    /// A text column of a dataset, frame after frame.
    pub fn texts(&self, dataset: Dataset, column: &str) -> Vec<String> {
        let frames = self.frames.iter().filter(|frame| frame.0 == dataset);
        frames
            .flat_map(|frame| text_values(&frame.2, column).unwrap())
            .map(Option::unwrap_or_default)
            .collect()
    }

    /// A column of times in the first frame, as ISO 8601.
    pub fn times(&self, column: &str) -> Vec<String> {
        let column = self.frames[0].2.column(column).unwrap().as_materialized_series();
        let physical = column.to_physical_repr();
        let micros = physical.i64().unwrap().iter();
        micros
            .map(|micros| micros.and_then(chrono::DateTime::from_timestamp_micros))
            .map(|time| time.map(|time| time.to_rfc3339()).unwrap_or_default())
            .collect()
    }

    /// A decimal column of a dataset, frame after frame.
    pub fn decimals(&self, dataset: Dataset, column: &str) -> Vec<Option<Money>> {
        let frames = self.frames.iter().filter(|frame| frame.0 == dataset);
        frames
            .flat_map(|frame| decimal_values(&frame.2, column).unwrap())
            .collect()
    }
}

/// The folder of the fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fixtures")
}

/// A file by its path.
pub fn input(path: impl AsRef<Path>) -> Input {
    let path = path.as_ref();
    Input::new(path)
}

pub fn month(text: &str) -> Month {
    text.parse().unwrap()
}

pub fn money(text: &str) -> Money {
    text.parse().unwrap()
}

pub fn products() -> BTreeMap<String, BTreeSet<String>> {
    let modules = BTreeSet::from(["gateway".to_owned(), "stream".to_owned()]);
    BTreeMap::from([("video".to_owned(), modules), ("shop".to_owned(), BTreeSet::new())])
}

/// Imports with December 2025 closed.
pub fn run_with(
    inputs: &[Input],
    change: impl FnOnce(&mut ImportOptions<'_>),
) -> (Result<Imported, ImportError>, Kept) {
    let closed = BTreeSet::from([month("2025-12")]);
    let products = products();
    let mut options = ImportOptions {
        batch: "batch-1",
        source: None,
        month: None,
        default_currency: "CNY",
        closed: &closed,
        products: &products,
        booked: None,
        progress: None,
    };
    change(&mut options);
    let mut kept = Kept::default();
    let result = import(inputs, &options, &mut kept);
    (result, kept)
}

/// Imports files below the fixtures.
pub fn run(files: &[&str]) -> (Result<Imported, ImportError>, Kept) {
    let inputs: Vec<Input> = files.iter().map(|file| input(fixtures().join(file))).collect();
    run_with(&inputs, |_| {})
}

/// Imports a text as a file of that name.
pub fn run_text(name: &str, text: impl AsRef<[u8]>) -> (Result<Imported, ImportError>, Kept) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    run_with(&[input(path)], |_| {})
}
