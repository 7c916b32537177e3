//! The documents: HTML, XLSX, CSV and JSON of one report value.

mod book;
mod cause;
mod control;
mod csv;
mod html;
mod json;
mod optimization;
mod phrases;
mod tables;
mod xlsx;

pub use book::{book_csv, book_html, book_json, book_xlsx};
pub use cause::{CauseNames, cause_sentence};
pub use csv::{csv, harmless};
pub use html::html;
pub use tables::{tables_csv, tables_html, tables_xlsx};

/// The parts of the first screen and the tables below it, for pages that show the same report in a frame of their own.
pub mod screen {
    pub use super::html::{Bar, Card, HealthCell, HealthRow, cards, health, swatch, tables};
    pub use super::phrases::{basis, budget_version, sentences};
}
pub use json::json;
pub use optimization::{optimization_csv, optimization_html, optimization_json, optimization_xlsx};
pub use xlsx::xlsx;
