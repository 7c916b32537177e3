//! What the company bought: the asset register and how the purchase price becomes monthly cost.

mod asset;
mod depreciation;

pub use asset::Asset;
pub use depreciation::straight_line;
