//! Limits against files that would fill the memory or the disk, and the errors that carry them through readers.

use crate::diagnostics::FileProblem;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};

/// How large a file may be once it is decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of one file after decompression.
    pub decompressed_bytes: u64,
    /// Most bytes of one workbook after decompression; its shared texts are held in memory.
    pub workbook_bytes: u64,
    /// Most bytes after decompression per byte before it. Bills reach about 100.
    pub expansion: u64,
    /// Up to this size after decompression any expansion is fine.
    pub expansion_from: u64,
    /// Most bytes of one record, line breaks inside quotes included.
    pub record_bytes: u64,
    /// How much text one thread maps at once, where the rows of a table can be mapped by several.
    pub part_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            decompressed_bytes: 64 << 30,
            workbook_bytes: 1 << 30,
            expansion: 500,
            expansion_from: 64 << 20,
            record_bytes: 16 << 20,
            part_bytes: 48 << 20,
        }
    }
}

/// A file's problem on its way through readers that only know [`io::Error`].
#[derive(Debug)]
struct Fault(FileProblem);

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for Fault {}

/// Wraps a problem for passing through readers.
pub(crate) fn fault(problem: FileProblem) -> io::Error {
    io::Error::other(Fault(problem))
}

/// The problem that an error of a reader stands for.
pub(crate) fn problem_of(error: &io::Error) -> FileProblem {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Fault>()) {
        Some(fault) => fault.0.clone(),
        // Only the kind: the text of an error may hold a path of the server.
        None => FileProblem::CannotRead {
            reason: error.kind().to_string(),
        },
    }
}

/// True when the error already carries a problem.
pub(crate) fn is_fault(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Fault>())
}

/// Counts decompressed bytes and stops a file that grows without end.
pub(crate) struct Limited<'a, R> {
    inner: R,
    total: &'a AtomicU64,
    most: u64,
    most_by_expansion: u64,
}

impl<'a, R> Limited<'a, R> {
    /// `compressed` is the size of the whole file, `total` the bytes that came out of it so far.
    pub fn new(inner: R, limits: &Limits, most: u64, compressed: u64, total: &'a AtomicU64) -> Self {
        let by_expansion = compressed.saturating_mul(limits.expansion).max(limits.expansion_from);
        Limited {
            inner,
            total,
            most,
            most_by_expansion: by_expansion,
        }
    }
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let total = self.total.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        if total > self.most {
            return Err(fault(FileProblem::TooLarge { limit: self.most }));
        }
        if total > self.most_by_expansion {
            return Err(fault(FileProblem::ExpandsTooMuch {
                limit: self.most_by_expansion,
            }));
        }
        Ok(count)
    }
}
