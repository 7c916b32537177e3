//! The report values: typed, computed before they arrive, and the same for every format.

mod book;
mod execution;
mod explanation;
mod sentence;

pub use book::{Book, BookTable, Cell, Column, Kind};
pub use execution::*;
pub use explanation::*;
pub use sentence::{Cause, Decision, Landing, Sentence};
