//! What the company bought: the asset register and how the purchase price becomes monthly cost.

mod accelerated;
mod asset;
mod cents;
mod course;
mod depreciation;
mod history;
mod method;
mod problem;
mod production;
mod transfer;

pub use accelerated::{double_declining, sum_of_years};
pub use asset::{Asset, AssetCost, AssetCostKind, ScheduleLine};
pub use course::{AssetEvent, AssetEventKind, Course};
pub use depreciation::straight_line;
pub use history::{AssetHistory, Disposal, Improvement, Retirement};
pub use method::Method;
pub use problem::AssetProblem;
pub use production::{Production, units_of_production};
pub use transfer::{HeldCost, Holder, Transfer, by_holder};
