//! Budget: derived line by line from the capacity plan, the asset register and recurring cost, and carried out.
//!
//! [`derive()`] makes the lines, [`execution`] compares them with what happened and says where the year lands. Both read
//! the same [`Inputs`].

mod accuracy;
mod adjustment;
mod alert;
mod assessment;
mod assumptions;
mod compare;
mod control;
mod depreciation;
mod derive;
mod edit;
mod execution;
mod figures;
mod inputs;
mod landing;
mod lifecycle;
mod line;
mod outlook;
mod phasing;
mod proposal;
mod reconcile;
mod recurring;
mod sheet;
mod sources;
mod sourcing;
mod standing;
mod tree;

pub use crate::capacity::Problem;
pub use accuracy::{LAGS, LagAccuracy, ProductAccuracy, ProductForecast, forecast_accuracy};
pub use adjustment::{LineChange, spread_proposal};
pub use alert::{AlertChange, AlertLevel, AlertMetric, AlertRule, Severity, Subject, alert_changes, default_rules};
pub use assessment::{AssessmentSettings, Band, Grade, Score, assess};
pub use assumptions::{Assumption, PlannedSaving, assumptions, with_contracts, with_savings};
pub use compare::{Cell, CellChange, ChangeKind, Comparison, ProductChange, cells, compare};
pub use control::{
    Account, CarryOver, Commitment, CommitmentState, Control, ControlAct, ControlProblem, Lending, Loan, Reference,
    Request,
};
pub use depreciation::{AssetPart, assets_behind};
pub(crate) use derive::comes_with_rent;
pub use derive::{Derived, derive};
pub use edit::{CellEdit, Scope, by_part, edited, negative_cells};
pub use execution::{CurvePoint, Execution, Leaf, Row, execution};
pub use figures::{Figures, Landing, rate};
pub use inputs::{Actual, BudgetSettings, Inputs};
pub use landing::LandingBasis;
pub(crate) use landing::closed_months;
pub use lifecycle::{BudgetState, BudgetStep, Organ};
pub use line::{BudgetLine, Derivation, LineKey, Origin};
pub use outlook::DriverChange;
pub use phasing::{Phasing, PhasingProblem, spread, working_days};
pub use proposal::{Proposal, ProposalKind, Reason};
pub use reconcile::{CapScope, Caps, Reconciled, reconcile, to_caps};
pub use sheet::{SheetAmount, SheetProblem, SheetRow, read_sheet, write_sheet};
pub use sourcing::Sourcing;
pub use standing::{Books, CarryRule, CarryRules, Spent, Standing, WayOut};
pub use tree::{Dimension, TreeRow, execution_tree};
