//! What is paid for and not used: rules with stated thresholds, verdicts with their evidence, and the way back to money.
//!
//! Three verdicts for usage, never two: where data is missing a resource is `undetermined`.

mod bandwidth;
mod collect;
mod commits;
mod detect;
mod finding;
mod hours;
mod kind;
mod metric;
mod planned;
mod policy;
mod presets;
mod profile;
mod rightsize;
mod savings;
mod spread;
mod workflow;

pub use bandwidth::{BandwidthCommit, BandwidthFinding, BandwidthRule, BandwidthVerdict, bandwidth_commits};
pub use collect::{SampleSpan, Usage, UsageCollector, UsagePlan, Usages, UseOfDay, span_of};
pub use commits::{
    COMMITMENT_SLACK_PERCENT, Commitment, PaidQuantity, QuantityFinding, QuantityRule, SNAPSHOT_DAYS, judge_quantity,
    snapshot_is_old,
};
pub use detect::{IdleInputs, detect, judge};
pub use finding::{Confidence, Evidence, Exempt, IdleFinding, IdleReason, IdleReport, Subject, Verdict};
pub use kind::{ChargeFacts, ResourceKind};
pub use metric::{Metric, Statistic};
pub use planned::{ExpectedSaving, first_month_without, planned_savings};
pub use policy::{Bound, Condition, Exemption, IdlePolicy, PolicyError, QuietHours};
pub use presets::{DEFAULT_POLICY, PRESETS, preset, presets};
pub use profile::{Profile, Schedule, Shape, profiles, schedules};
pub use rightsize::{
    MachineGroup, MachineShape, Pair, Recount, Resize, SizingRisk, SizingRule, pairs, recounts, resizes,
};
pub use savings::{MonthBill, MonthSaving, Reclaimed, SavingProof, realised};
pub use workflow::{CaseAction, CaseRefusal, CaseState, Seen, act, look};

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
