//! What can be wrong with the figures of an asset.

use crate::ledger::{Money, Month};

/// Why an asset has no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssetProblem {
    /// Units of production need to know how much work a life is.
    #[error("units of production need the units that the asset is expected to do, above 0: found {0}")]
    NoExpectedUnits(Money),
    /// Work is never negative.
    #[error("{units} units of production in {month}: units must not be below 0")]
    NegativeUnits {
        /// The month.
        month: Month,
        /// What was found.
        units: Money,
    },
    /// Units of production without the work done.
    #[error("the method is units-of-production (工作量法), but no units are given")]
    NoProduction,
    /// An improvement before the asset depreciates, or after it retired or another improvement.
    #[error(
        "the improvement of {month} is out of order: improvements stand by month, from {first} on and before retirement"
    )]
    ImprovementOrder {
        /// Month of the improvement.
        month: Month,
        /// First month in which it could be.
        first: Month,
    },
}
