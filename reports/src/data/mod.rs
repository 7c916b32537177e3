//! The report values: typed, computed before they arrive, and the same for every format.

mod book;
mod control;
mod execution;
mod explanation;
mod optimization;
mod sentence;
mod tables;

pub use book::{Book, BookTable, Cell, Column, Kind};
pub use control::{AlertLine, CommitmentLine, ControlLists, DecisionLine, LoanLine};
pub use execution::*;
pub use explanation::*;
pub use optimization::*;
pub use sentence::{Cause, Decision, Landing, Sentence};
pub use tables::{ReportTable, TableCell, TableReport, TableRow};
