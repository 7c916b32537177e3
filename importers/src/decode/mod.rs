//! From the bytes of a file to the rows of its tables, whatever the compression, encoding and delimiter.

mod ahead;
mod archive;
mod cells;
mod encoding;
mod json_lines;
mod limits;
mod locale;
mod metered;
mod nested;
mod old_workbook;
mod parquet;
mod part;
mod record;
mod records;
mod sample;
mod shield;
mod text;
mod workbook;

use crate::batch::{Input, SinkError};
use crate::diagnostics::{FileError, FileProblem};
use crate::mapping::Mapped;
use crate::sources::Importer;
use std::sync::atomic::AtomicU64;

pub(crate) use encoding::Utf8Reader;
pub use limits::Limits;
pub(crate) use locale::with_point;
pub(crate) use metered::Fingerprint;
pub(crate) use part::{Part, Rest};
pub(crate) use record::Record;
pub(crate) use sample::sample;

/// Rows below a recognised header, read one at a time.
pub(crate) trait Rows {
    /// Reads the next row that holds anything; its line or row number in the source counts from 1.
    fn next(&mut self, record: &mut Record) -> Result<Option<u64>, FileProblem>;

    /// The rows as text in parts, where they come as text.
    fn parts(&mut self) -> Option<&mut dyn Parts> {
        None
    }
}

/// Rows that can be had as text in parts.
pub(crate) trait Parts {
    /// The next part of about `bytes`, at the end of a line; nothing at the end of the text.
    fn next_part(&mut self, bytes: usize) -> Result<Option<Part>, FileProblem>;
}

/// One table of a file: everything below its header.
pub(crate) struct Table<'a> {
    /// Worksheet or archive member.
    pub sheet: Option<String>,
    /// The file, and inside it the member or sheet: `bill.zip/part-1.csv`, `bill.xlsx#账单`.
    pub location: String,
    /// Who reads rows with this header.
    pub importer: &'static dyn Importer,
    /// Column names as they stand in the file.
    pub header: Vec<String>,
    /// True when a row with another number of cells than the header is damaged.
    pub strict_width: bool,
    /// True when numbers are written with a decimal comma, by what the file itself shows.
    pub decimal_comma: bool,
    /// The rows.
    pub rows: &'a mut dyn Rows,
}

/// Why reading a file ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something is wrong with the file.
    File(FileError),
    /// The frames cannot be stored.
    Sink(SinkError),
}

/// What is known about a file once its tables are visited.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    /// Sheets with a recognised header that were not read, because an earlier sheet was.
    pub other_sheets: Vec<String>,
    /// Hash and size, when the file was read to its end.
    pub fingerprint: Fingerprint,
}

/// Called with each table of a file.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(Table<'_>) -> Result<(), Stop>;

/// Where a file's problem lies, for error messages.
pub(crate) struct Place<'a> {
    pub file: &'a str,
    pub sheet: Option<&'a str>,
}

impl Place<'_> {
    pub fn stop(&self, problem: FileProblem) -> Stop {
        Stop::File(FileError {
            file: self.file.to_owned(),
            sheet: self.sheet.map(str::to_owned),
            problem,
        })
    }
}

/// How much of a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The headers: the visitor reads no rows, and no hash is made.
    Headers,
    /// Everything.
    All,
}

/// Finds the tables of a file and shows each to `visit`.
pub(crate) fn each_table(
    input: &Input,
    limits: &Limits,
    bytes_read: &AtomicU64,
    extent: Extent,
    visit: Visit<'_>,
) -> Result<Decoded, Stop> {
    let place = Place {
        file: &input.name,
        sheet: None,
    };
    let kind = archive::detect(&input.path).map_err(|problem| place.stop(problem))?;
    let mut translated = |table: Table<'_>| {
        let Some(mapping) = &input.mapping else {
            return visit(table);
        };
        let mut mapped = Mapped::new(mapping, table.importer.columns(), &table.header, table.rows);
        let header = mapped.header();
        visit(Table {
            header,
            rows: &mut mapped,
            // A mapping says itself how numbers are written.
            decimal_comma: false,
            ..table
        })
    };
    let visit: Visit<'_> = &mut translated;
    match kind {
        archive::Kind::Plain => text::visit_file(input, limits, bytes_read, extent, false, visit),
        archive::Kind::Gzip => text::visit_file(input, limits, bytes_read, extent, true, visit),
        archive::Kind::Zip => archive::visit_members(input, limits, bytes_read, extent, visit),
        archive::Kind::Parquet => parquet::visit(input, limits, bytes_read, extent, visit),
        archive::Kind::Workbook => workbook::visit(input, limits, bytes_read, extent, visit),
        archive::Kind::OldWorkbook => old_workbook::visit(input, limits, extent, visit),
    }
}
