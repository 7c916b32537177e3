//! What can be wrong with files, rows and amounts, as values; the words for it are in `locales/`.

mod file;
mod finding;
mod row;

pub use file::{Considered, FileError, FileProblem, Hint, ImportError};
pub use finding::{Finding, FindingKind, Note};
pub use row::{Diagnostic, Problem, Shown};
