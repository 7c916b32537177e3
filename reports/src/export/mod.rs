//! The documents: HTML, XLSX, CSV and JSON of one report value.

mod csv;
mod html;
mod json;
mod phrases;
mod xlsx;

pub use csv::{csv, harmless};
pub use html::html;
pub use json::json;
pub use xlsx::xlsx;
