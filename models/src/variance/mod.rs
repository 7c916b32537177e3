//! Why actual cost is off the budget: parts that add up to the difference exactly.
//!
//! Of one key with quantity q, price p (its own currency), rate f, driver D, budgeted (0) and actual (1), and the quantity
//! qD that the capacity model asks for at the measured driver D1:
//!
//! | part | formula |
//! |---|---|
//! | FX | q1 · p1 · (f1 − f0) |
//! | price | q1 · (p1 − p0) · f0 |
//! | volume | (qD − q0) · p0 · f0 |
//! | efficiency | (q1 − qD) · p0 · f0, less mix and timing |
//! | mix | Σ (q1 − Q1 · qD ÷ QD) · p0 · f0 over units that can be summed |
//!
//! p1 is the price of the price book in the month; q1 is the actual cost at f0 ÷ p1. New, unplanned, ended and unused lines
//! stand on their own and are not forced into price.

mod cause;
mod explain;
mod mix;
mod part;
mod quantities;
mod quantity;
mod split;

pub use cause::{Cause, Detail};
pub use explain::{Context, KeyVariance, Parts, ProductVariance, Variance, explain};
pub use mix::UnitGroup;
pub use part::Part;
pub use quantity::{Quantity, Standing};
