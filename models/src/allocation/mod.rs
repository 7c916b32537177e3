//! Allocation (分摊核算): every charge goes to a product, directly or through a shared pool, and the sums prove it.

mod condition;
mod conservation;
mod pool;
mod rollup;
mod rule;
mod run;

pub use condition::{Condition, Subject, Test};
pub use conservation::{ConservationProof, NotConserved};
pub use pool::{Fallback, Pool, Split, SplitMethod};
pub use rollup::{Amounts, Dimensions, ledger_sums};
pub use rule::{Assignment, Rule, rule_problems};
pub use run::{
    AllocatedCost, Allocation, AllocationError, AllocationInputs, SourceCharges, Target, allocate, match_rules,
};
