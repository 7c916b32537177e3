//! Money of a capacity plan: rent, running cost, and what purchases cost.

use super::{Acquisition, Price, Term, Unit};
use crate::assets::straight_line;
use crate::ledger::{CostType, Money, Month};
use serde::Serialize;

/// What a unit's cost is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitCostKind {
    /// Rent of units in service.
    Rent,
    /// What units in service cost besides themselves.
    Running,
    /// A month's share of what was paid when a commitment began.
    Upfront,
}

/// One cost of a module in a month. `amount` is in the reporting currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitCost {
    /// What it is.
    pub kind: UnitCostKind,
    /// Cost type that it is booked under.
    pub cost_type: CostType,
    /// Term under which they are had, when the plan took terms for the module; the price book's without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<Term>,
    /// Units in service.
    pub units: u64,
    /// Price of one unit and month in `currency`.
    pub unit_price: Money,
    /// Currency of the price.
    pub currency: String,
    /// Reporting currency per unit of `currency`.
    pub rate: Money,
    /// Cost of the month in the reporting currency.
    pub amount: Money,
}

/// A purchase that the plan makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Order {
    /// Product that needs it.
    pub product: String,
    /// Module that needs it.
    pub module: String,
    /// Unit bought.
    pub unit: String,
    /// Month in which it must be ordered: the lead time before arrival.
    pub order_month: Month,
    /// Month in which it enters service and is paid.
    pub arrival: Month,
    /// Units bought, a multiple of the lot.
    pub units: u64,
    /// Purchase price of one unit in `currency`.
    pub unit_price: Money,
    /// Currency of the price.
    pub currency: String,
    /// Reporting currency per unit of `currency`.
    pub rate: Money,
    /// Cash in the month of arrival, reporting currency.
    pub cost: Money,
    /// Part of the cost that is not depreciated.
    pub residual: Money,
    /// Months of depreciation.
    pub life_months: u32,
    /// Cost type of the depreciation.
    pub cost_type: CostType,
    /// Number of the order when it was placed before the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_order: Option<String>,
    /// When the order month is past already: the month in which units arrive that are ordered now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_until: Option<Month>,
}

impl Order {
    /// Depreciation by month, straight line from the month after arrival, in the reporting currency.
    pub fn schedule(&self) -> Vec<(Month, Money)> {
        straight_line(self.cost, self.residual, self.life_months, self.arrival.plus(1))
    }
}

/// Rent of the units `paid` (for rented units) and running cost of `units` in service for one month, at `rate` per unit of the
/// price's currency.
pub(super) fn monthly_costs(unit: &Unit, price: &Price, units: u64, paid: u64, rate: Money) -> Vec<UnitCost> {
    let cost = |kind, cost_type, unit_price: Money, units: u64| UnitCost {
        kind,
        cost_type,
        term: None,
        units,
        unit_price,
        currency: price.currency.clone(),
        rate,
        amount: unit_price.times(units as i64).multiply(rate),
    };
    let rent =
        (unit.acquisition == Acquisition::Rent).then(|| cost(UnitCostKind::Rent, unit.cost_type, price.amount, paid));
    let running = price
        .running
        .iter()
        .map(|(cost_type, amount)| cost(UnitCostKind::Running, *cost_type, *amount, units));
    rent.into_iter().chain(running).collect()
}
