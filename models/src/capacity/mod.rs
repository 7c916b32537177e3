//! Capacity: what a module needs, derived forward from its driver and its load test, never from last year's bill.
//!
//! `[[unit]]`, `[[price]]`, `[[offer]]`, `[[capacity]]`, `[[external]]`, `[facility]`, `[risk]` and `[[event]]` of the
//! configuration are read here, checked ([`validate`], [`validate_surroundings`]), sized ([`size`]) and planned over months
//! ([`plan`]): requirement ([`CapacityModel`], calls, storage, queues, uncertain inputs), then supply, gap, transfers, orders and
//! money. Each module has the cheapest terms ([`Mix`]), as advice or taken ([`TermsChoice`]). Beside the plan stands what history says: two tracks, reviews, days left.

mod agreed_terms;
mod chain;
mod chain_days;
mod check;
mod cost;
mod drivers;
mod facility;
mod history;
mod interval;
mod leaving;
mod load_tests;
mod mix;
mod model;
mod offer;
mod plan;
#[cfg(test)]
mod plan_tests;
mod planner;
mod price;
mod problem;
mod queueing;
mod queueing_case;
mod queueing_cases;
mod requirement;
mod reservation;
mod review;
mod scalability;
mod scalability_limit;
mod scalability_test;
mod scenario;
mod shortage;
mod simulate;
mod sizing;
mod storage;
mod supply;
mod term_prices;
mod terms;

pub use agreed_terms::TermsChoice;
pub use chain::{Call, External};
pub use chain_days::{DailyLoad, DayValues, daily_loads};
pub use check::{overlapping_events, validate, validate_surroundings};
pub use cost::{Order, UnitCost, UnitCostKind};
pub use drivers::{DriverStatistic, Drivers};
pub use facility::{Facility, FacilityMonth, Footprint};
pub use history::{
    Occurrence, ReleaseEffect, TwoTracks, UsageDay, UsageFit, fit_usage, release_effect, review_occurrence,
    suggested_factor, two_tracks,
};
pub use interval::Interval;
pub use leaving::leave_by_registers;
pub use load_tests::{DISAGREEMENT, LimitSource, LoadTest, LoadTestTerms, apply_load_tests};
pub use mix::{Mix, MixPart, TermCost};
pub use model::{CapacityModel, Event, InventoryCount, event_factor};
pub use offer::{Offer, Term};
pub use plan::{
    CapacityPlan, ExternalMonth, ModuleMonth, ModulePlan, PlanInputs, PlanMoney, PlannedDepreciation, plan,
    plan_as_it_went,
};
pub(crate) use plan::{DriverValue, plan_with};
pub use price::{Acquisition, Price, Unit, price_at};
pub use problem::{ModelError, Problem};
pub use queueing::{StaffingMethod, WaitObjective, erlang_c_servers, square_root_servers, waiting_probability};
pub use queueing_case::{CaseServer, SizedCase, SizingCase, size_case};
pub use queueing_cases::{CaseRow, read_cases};
pub use reservation::{Reservation, late_until};
pub use review::{ModuleReview, ReviewMonth, SEVERE, Standing, driver_limit, review, standing_units};
pub use scalability::{Bound, ScalabilityFit, fit_scalability};
pub use scalability_limit::{LimitCriteria, LimitReason, SafeLimit, safe_limit};
pub use scalability_test::{LoadPoint, read_load_test};
pub use scenario::{Scenario, ScenarioDriver, ScenarioModule};
pub use shortage::{ModuleRisk, PERCENTILES, PercentileChoice};
pub use simulate::{NeedSpread, Risk, TornadoBar};
pub use sizing::{ResourceSizing, SizeRule, Sizing, size};
pub use storage::StoredMonth;
pub use supply::{OnOrder, StockChange, Surroundings, Transfer};
pub use terms::{Bandwidth, Lease, Queue, Retirement, Storage, Zones};
