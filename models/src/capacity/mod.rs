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
mod queueing;
mod queueing_case;
mod queueing_cases;
mod scalability;
mod scalability_limit;
mod scalability_test;
mod sizing;

pub use check::validate;
pub use cost::{Order, UnitCost, UnitCostKind};
pub use drivers::{DriverStatistic, Drivers};
pub use model::{CapacityModel, Event, InventoryCount, event_factor};
pub use plan::{CapacityPlan, ModuleMonth, ModulePlan, PlanInputs, PlannedDepreciation, plan};
pub(crate) use plan::{DriverValue, plan_with};
pub use price::{Acquisition, Price, Unit, price_at};
pub use problem::{ModelError, Problem};
pub use queueing::{StaffingMethod, WaitObjective, erlang_c_servers, square_root_servers, waiting_probability};
pub use queueing_case::{CaseServer, SizedCase, SizingCase, size_case};
pub use queueing_cases::{CaseRow, read_cases};
pub use scalability::{Bound, ScalabilityFit, fit_scalability};
pub use scalability_limit::{LimitCriteria, LimitReason, SafeLimit, safe_limit};
pub use scalability_test::{LoadPoint, read_load_test};
pub use sizing::{ResourceSizing, Sizing, size};
