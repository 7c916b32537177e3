//! From the cells of a row to typed values, noting everything that is wrong on the way.

mod columns;
mod guess;
mod row;
mod saved;
mod values;

pub use guess::{GuessedColumn, GuessedMapping, guess_mapping};
pub use saved::{ColumnMapping, MappingProblem, NumberFormat};

pub(crate) use columns::{ColumnSpec, Columns, columns, optional, required};
pub(crate) use guess::Sample;
pub(crate) use row::{Location, Row, Settings};
pub(crate) use saved::Mapped;
