//! The header and the first rows of a sheet that may be of any kind, to guess what it is.

use super::archive::{self, GzipFaults};
use super::encoding::Utf8Reader;
use super::limits::{Limited, problem_of};
use super::record::Record;
use super::records::{Layout, Records};
use super::{Limits, Rows};
use crate::batch::Input;
use crate::diagnostics::{FileError, FileProblem};
use crate::mapping::Sample;
use std::fs::File;
use std::io::Read;
use std::sync::atomic::AtomicU64;

/// How much of a text is looked at.
const HEAD_BYTES: u64 = 256 << 10;
/// How many rows are looked at.
const MOST_ROWS: usize = 400;

/// The line that looks most like a header, and the rows below it.
pub(crate) fn sample(input: &Input, limits: &Limits) -> Result<Sample, FileError> {
    read(input, limits).map_err(|problem| FileError {
        file: input.name.clone(),
        sheet: None,
        problem,
    })
}

fn read(input: &Input, limits: &Limits) -> Result<Sample, FileProblem> {
    let open = || File::open(&input.path).map_err(|error| problem_of(&error));
    let rows = match archive::detect(&input.path)? {
        archive::Kind::Plain => text_rows(open()?, limits)?,
        archive::Kind::Gzip => text_rows(GzipFaults::new(open()?), limits)?,
        archive::Kind::Workbook => super::workbook::first_rows(input, limits, MOST_ROWS)?,
        archive::Kind::OldWorkbook => super::old_workbook::first_rows(&input.path, limits, MOST_ROWS)?,
        archive::Kind::Zip => return Err(FileProblem::UnsupportedFormat { format: "zip" }),
        archive::Kind::Parquet => return Err(FileProblem::UnsupportedFormat { format: "Parquet" }),
    };
    below_header(rows).ok_or(FileProblem::Empty)
}

/// The rows under each delimiter; the one that gives the most cells is the right one.
fn text_rows(stream: impl Read, limits: &Limits) -> Result<Vec<Vec<String>>, FileProblem> {
    let total = AtomicU64::new(0);
    let limited = Limited::new(stream, limits, limits.decompressed_bytes, u64::MAX, &total);
    let mut head = Vec::new();
    Utf8Reader::new(limited)
        .take(HEAD_BYTES)
        .read_to_end(&mut head)
        .map_err(|error| problem_of(&error))?;
    let terminator = if head.contains(&b'\n') { b'\n' } else { b'\r' };
    let of = |delimiter: u8| {
        let layout = Layout { delimiter, terminator };
        let mut records = Records::new(head.as_slice(), layout, 0, HEAD_BYTES);
        let mut record = Record::new();
        let mut rows = Vec::new();
        while let Ok(Some(_)) = records.next(&mut record) {
            let cells = record
                .iter()
                .map(|cell| String::from_utf8_lossy(cell).trim().to_owned());
            rows.push(cells.collect::<Vec<_>>());
            if rows.len() >= MOST_ROWS {
                break;
            }
        }
        rows
    };
    let fewest = |rows: &Vec<Vec<String>>| rows.iter().map(|row| row.len().min(200)).sum::<usize>();
    Ok([b',', b';', b'\t', b'|']
        .into_iter()
        .map(of)
        .max_by_key(fewest)
        .unwrap_or_default())
}

/// The first row with the most cells that are words; numbers are no names of columns.
fn below_header(rows: Vec<Vec<String>>) -> Option<Sample> {
    let words = |row: &Vec<String>| {
        let cells = row.iter().filter(|cell| !cell.is_empty());
        cells
            .filter(|cell| {
                !cell
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b".,-/: ".contains(&byte))
            })
            .count()
    };
    let most = rows.iter().take(200).map(words).max().filter(|most| *most >= 2)?;
    // Rows of texts may have as many words as the header; the header stands above them.
    let at = rows.iter().position(|row| words(row) * 10 >= most * 9)?;
    let mut rows = rows.into_iter().skip(at);
    let header = rows.next()?;
    Some(Sample {
        header,
        rows: rows.collect(),
    })
}
