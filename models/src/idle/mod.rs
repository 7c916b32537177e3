//! Idle resources and unused bandwidth: rules with stated thresholds, and verdicts with their evidence.
//!
//! Three verdicts, never two: where data is missing a resource is `undetermined`.

mod bandwidth;
mod detect;
mod finding;
mod policy;
mod usage;

pub use bandwidth::{BandwidthCommit, BandwidthFinding, BandwidthRule, BandwidthVerdict, bandwidth_commits};
pub use detect::{IdleInputs, detect};
pub use finding::{Confidence, Evidence, Exempt, IdleFinding, IdleReason, IdleReport, Verdict};
pub use policy::{Condition, IdlePolicy, Metric, PolicyError, Statistic};

/// Why a frame of samples cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum IdleError {
    /// A column is missing or of another type.
    #[error("utilization: column {column} is missing or is not {wanted}")]
    Column {
        /// The column.
        column: String,
        /// Type that it must have.
        wanted: &'static str,
    },
    /// The policy is wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The engine refused, which would be a defect.
    #[error("utilization could not be aggregated: {0}")]
    Engine(#[from] polars::prelude::PolarsError),
}
