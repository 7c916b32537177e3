//! Files that would fill memory or disk, and sinks that fail.

use super::support::{Kept, input, products};
use flate2::write::GzEncoder;
use headroom_importers::{
    Dataset, FileProblem, ImportError, ImportOptions, Imported, Limits, Sink, SinkError, import_with_limits,
};
use headroom_models::ledger::Month;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::Write;

fn run(name: &str, bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<Imported, ImportError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let (closed, products) = (BTreeSet::new(), products());
    let reports = Cell::new(0);
    let progress = |bytes: u64, _rows: u64| {
        assert!(bytes >= reports.get(), "progress never goes back");
        reports.set(bytes);
    };
    let options = ImportOptions {
        batch: "b",
        source: Some("metrics"),
        month: None,
        default_currency: "CNY",
        closed: &closed,
        products: &products,
        booked: None,
        progress: Some(&progress),
    };
    let result = import_with_limits(&[input(path)], &options, limits, sink);
    if result.is_ok() {
        assert_eq!(reports.get(), bytes.len() as u64);
    }
    result
}

fn metrics(rows: usize) -> Vec<u8> {
    let mut text = b"date,product,metric,value\n".to_vec();
    for row in 0..rows {
        writeln!(text, "2026-03-{:02},video,DAU,{row}", row % 28 + 1).unwrap();
    }
    text
}

fn problem(result: Result<Imported, ImportError>) -> FileProblem {
    match result {
        Err(ImportError::Files(mut errors)) => errors.remove(0).problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_grows_beyond_a_limit_is_stopped() {
    let text = metrics(100_000);
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&text).unwrap();
    let gzip = gzip.finish().unwrap();
    let limits = Limits {
        decompressed_bytes: 1 << 20,
        ..Limits::default()
    };
    let found = problem(run("m.csv", &text, &limits, &mut Kept::default()));
    assert_eq!(found, FileProblem::TooLarge { limit: 1 << 20 });
    let limits = Limits {
        expansion: 2,
        expansion_from: 1024,
        ..Limits::default()
    };
    let found = problem(run("m.csv.gz", &gzip, &limits, &mut Kept::default()));
    assert_eq!(
        found,
        FileProblem::ExpandsTooMuch {
            limit: 2 * gzip.len() as u64
        }
    );
    let limits = Limits {
        record_bytes: 100,
        ..Limits::default()
    };
    let mut long = metrics(1);
    long.extend(vec![b'x'; 101]);
    let found = problem(run("m.csv", &long, &limits, &mut Kept::default()));
    assert_eq!(found, FileProblem::LineTooLong { line: 3, limit: 100 });
    let book = std::fs::read(super::support::fixtures().join("ok/invoice/two-title-rows.xlsx")).unwrap();
    let limits = Limits {
        workbook_bytes: 1000,
        ..Limits::default()
    };
    let found = problem(run("b.xlsx", &book, &limits, &mut Kept::default()));
    assert_eq!(found, FileProblem::TooLarge { limit: 1000 });
}

#[test]
fn many_rows_come_in_several_frames() {
    let mut kept = Kept::default();
    let imported = run("m.csv", &metrics(70_000), &Limits::default(), &mut kept).unwrap();
    assert_eq!((imported.rows, imported.source.as_str()), (70_000, "metrics"));
    assert_eq!(kept.rows(Dataset::BusinessMetrics), 70_000);
    assert!(kept.frames.len() > 1);
}

#[test]
fn a_sink_that_fails_ends_the_import() {
    struct Full;
    impl Sink for Full {
        fn write(&mut self, _: Dataset, _: Month, _: polars::prelude::DataFrame) -> Result<(), SinkError> {
            Err("the disk is full".into())
        }
    }
    for rows in [1, 40_000] {
        let error = run("m.csv", &metrics(rows), &Limits::default(), &mut Full).unwrap_err();
        assert_eq!(
            error.to_string(),
            "The imported rows could not be stored: the disk is full"
        );
    }
}
