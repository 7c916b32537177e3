//! Why actual cost is off the budget: parts that add up to the difference exactly.

mod explain;
mod part;

pub use explain::{ProductVariance, Variance, explain};
pub use part::Part;
