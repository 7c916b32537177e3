//! Typed report values, and the pictures and documents made of them.
//!
//! `data` holds the values: every figure arrives computed. `charts` draws them as SVG, `export` writes them as HTML,
//! XLSX, CSV and JSON. Nothing here reads a file, a database or a clock, and nothing here does business arithmetic.

pub mod charts;
pub mod data;
mod error;
pub mod export;
mod figures;
mod words;

pub use data::ExecutionReport;
pub use error::ReportError;
pub use export::{CauseNames, cause_sentence};
pub use export::{book_csv, book_html, book_json, book_xlsx, csv, html, json, xlsx};
pub use export::{optimization_csv, optimization_html, optimization_json, optimization_xlsx};
pub use export::{tables_csv, tables_html, tables_xlsx};
pub use figures::{Figures, Unit};
pub use words::Words;
