//! The report value itself, for programs.

use crate::{ExecutionReport, ReportError};

/// The report as indented JSON; money is text with all its digits.
///
/// # Errors
/// When the value cannot be written, which would be a defect.
pub fn json(report: &ExecutionReport) -> Result<String, ReportError> {
    Ok(serde_json::to_string_pretty(report)?)
}
