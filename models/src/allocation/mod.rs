//! Allocation (分摊核算): every charge goes to a product, directly or through a shared pool, and the sums prove it.

mod attributes;
mod basis;
mod books;
mod bounds;
mod coded;
mod condition;
mod condition_sql;
mod conservation;
mod emptying;
mod lines;
mod mapping;
mod pool;
mod pool_checks;
mod reciprocal;
mod rollup;
mod rule;
mod run;
mod shares;
mod split;
mod suggestion;
mod target;

pub use attributes::{AttributeRollup, CHARGES, LedgerTotals, attributes, rollup_schema};
pub use condition::{Condition, Subject, Test};
pub use conservation::{ConservationProof, NotConserved};
pub use lines::{LinePart, LineSplitter, LinesDiffer, PoolSteps};
pub use mapping::{Mapping, MappingEntry, MappingReference, mapping_problems};
pub use pool::{Fallback, MonthShares, Pool, Split, SplitMethod};
pub use rollup::{Amounts, Dimensions, ledger_sums};
pub use rule::{Assignment, Rule, link_mappings, rule_problems};
pub use run::{AllocatedCost, Allocation, AllocationError, AllocationInputs, RolledUp, SourceCharges, allocate};
pub use suggestion::{Evidence, LOOKED_AT, QueueLine, Suggestion, suggest_rules};
pub use target::{Target, match_rules};
