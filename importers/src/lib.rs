//! From the bytes of bills and registers to canonical frames, diagnostics and control totals.
//!
//! [`import`] reads any number of files of one kind as one batch: [`decode`](self) finds the tables in a file whatever its
//! compression and encoding, `recognize` tells by the header which source wrote it, one file below `sources/` turns each
//! row into ledger charges or other records, and everything that is wrong with any row is collected, never skipped.
//! Adding a bill source means adding one file below `sources/` and naming it in `sources::ALL`.

mod batch;
mod decode;
mod diagnostics;
mod import;
mod mapping;
mod output;
mod recognize;
mod rejects;
mod sources;
mod table;
mod template;
mod totals;
mod words;

pub use batch::{
    BookedAssets, Dataset, FileSummary, ImportOptions, Imported, Input, RejectedRow, Sink, SinkError, TableHeader,
    Totals,
};
pub use decode::Limits;
pub use diagnostics::{
    Considered, Diagnostic, FileError, FileProblem, Finding, FindingKind, Hint, ImportError, Note, Problem, Shown,
};
pub use import::{import, import_with_limits};
pub use mapping::{ColumnMapping, GuessedColumn, GuessedMapping, MappingProblem, NumberFormat, guess_mapping};
pub use output::default_source;
pub use sources::{importer_names, is_register};
pub use template::{ALIASES, template, template_names};

/// The text of a small sheet in UTF-8 (with or without mark), UTF-16 or GB18030.
///
/// # Errors
/// When it is in none of them.
pub fn decode_text(bytes: &[u8]) -> std::io::Result<String> {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut decode::Utf8Reader::new(bytes), &mut text)?;
    Ok(text)
}
