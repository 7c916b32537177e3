//! Budget: derived line by line from the capacity plan, the asset register and recurring cost, and carried out.
//!
//! [`derive()`] makes the lines, [`execution`] compares them with what happened and says where the year lands. Both read
//! the same [`Inputs`].

mod depreciation;
mod derive;
mod execution;
mod figures;
mod inputs;
mod landing;
mod line;
mod outlook;
mod proposal;
mod recurring;

pub use crate::capacity::Problem;
pub use derive::{Derived, derive};
pub use execution::{CurvePoint, Execution, Leaf, Row, execution};
pub use figures::{Figures, Landing, rate};
pub use inputs::{Actual, BudgetSettings, Inputs};
pub use landing::LandingBasis;
pub(crate) use landing::closed_months;
pub use line::{BudgetLine, Derivation, LineKey, Origin};
pub use outlook::DriverChange;
pub(crate) use outlook::costs_by_key;
pub use proposal::{Proposal, ProposalKind, Reason};
