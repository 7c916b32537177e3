//! From the cells of a row to typed values, noting everything that is wrong on the way.

mod columns;
mod row;
mod values;

pub(crate) use columns::{ColumnSpec, Columns, columns, optional, required};
pub(crate) use row::{Location, Row, Settings};
