//! Capacity: what a module needs, derived forward from its driver and its load test, never from last year's bill.
//!
//! `[[unit]]`, `[[price]]`, `[[capacity]]` and `[[event]]` of the configuration are read here ([`Unit`], [`Price`],
//! [`CapacityModel`], [`Event`]), checked ([`validate`]), sized ([`size`]) and planned over months ([`plan`]).

mod check;
mod cost;
mod drivers;
mod model;
mod plan;
#[cfg(test)]
mod plan_tests;
mod planner;
mod price;
mod problem;
mod sizing;

pub use check::validate;
pub use cost::{Order, UnitCost, UnitCostKind};
pub use drivers::{DriverStatistic, Drivers};
pub use model::{CapacityModel, Event, InventoryCount, event_factor};
pub use plan::{CapacityPlan, ModuleMonth, ModulePlan, PlanInputs, PlannedDepreciation, plan};
pub(crate) use plan::{DriverValue, plan_with};
pub use price::{Acquisition, Price, Unit, price_at};
pub use problem::{ModelError, Problem};
pub use sizing::{ResourceSizing, Sizing, size};
