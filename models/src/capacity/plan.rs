//! Requirement, gap, orders and money of every module, month by month.

use super::chain::Chain;
use super::facility::{FacilityMonth, facilities};
use super::load_tests::LimitSource;
use super::planner::Planner;
use super::requirement::{Requirements, require};
use super::shortage::ModuleRisk;
use super::simulate::NeedSpread;
use super::storage::StoredMonth;
use super::supply::{StockChange, Surroundings, Transfer};
use super::{
    Acquisition, CapacityModel, DriverStatistic, Drivers, Event, Mix, ModelError, Order, Price, Problem, Sizing, Term,
    Unit, UnitCost, event_factor,
};
use crate::ledger::{CostType, Money, Month, MonthRange};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a plan is made from.
#[derive(Clone, Copy)]
pub struct PlanInputs<'a> {
    /// Units of the configuration.
    pub units: &'a [Unit],
    /// Price book.
    pub prices: &'a [Price],
    /// Capacity models.
    pub models: &'a [CapacityModel],
    /// Events; their factor is not yet in the targets.
    pub events: &'a [Event],
    /// Driver targets.
    pub targets: &'a Drivers,
    /// External services, room, orders under way, terms, risk.
    pub surroundings: &'a Surroundings,
    /// Months to plan.
    pub months: MonthRange,
    /// What the driver needed through this month is taken to have been delivered: its money is in the ledger and the
    /// asset register, so that the plan neither orders nor depreciates it; inventory counts up to it correct the stock.
    pub delivered_through: Option<Month>,
    /// Currency of all amounts that come out.
    pub reporting_currency: &'a str,
    /// Reporting currency per unit of a foreign currency in a month.
    pub rate: &'a dyn Fn(&str, Month) -> Option<Money>,
}

/// One month of a module.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModuleMonth {
    /// The month.
    pub month: Month,
    /// Driver value before events.
    pub driver_value: f64,
    /// Factor of the month's events.
    pub event_factor: f64,
    /// Units needed, and why.
    pub sizing: Sizing,
    /// The need over all samples, when inputs are uncertain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<NeedSpread>,
    /// Data in store, for modules that store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<StoredMonth>,
    /// Units there at the end of the month before.
    pub opening: u64,
    /// What changed them before purchases.
    pub change: StockChange,
    /// Units there before purchases: opening and its changes; of rented units the stated ones.
    pub inventory: u64,
    /// Shortage 短板: units needed and not there.
    pub shortage: u64,
    /// Surplus 过剩: units there and not needed.
    pub surplus: u64,
    /// Units that arrive to close the shortage, in whole lots; purchases only.
    pub arriving: u64,
    /// Month in which they must be ordered.
    pub order_month: Option<Month>,
    /// Units in service: all owned ones, or the rented ones that are needed.
    pub in_service: u64,
    /// Units paid for: those in service, or what the 95th percentile of the traffic takes.
    pub paid_units: u64,
    /// 95th percentile of the traffic, in Mbps, when it is what is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95_mbps: Option<f64>,
    /// Rent and running cost of the month, reporting currency; depreciation is in [`CapacityPlan::depreciation`].
    pub costs: Vec<UnitCost>,
    /// Cash for purchases that arrive and for what is paid when a commitment begins, reporting currency.
    pub cash: Money,
    /// Units paid for under terms that the plan took; nothing under the price book.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub terms: BTreeMap<Term, u64>,
}

/// The plan of one capacity model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModulePlan {
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Business metric that drives it, or the modules that call it with their fan-out.
    pub driver: String,
    /// Statistic of the driver.
    pub driver_statistic: DriverStatistic,
    /// Peak factor of the model.
    pub peak_factor: f64,
    /// Work per driver unit, by resource.
    pub work: BTreeMap<String, f64>,
    /// Unit that it is planned in.
    pub unit: String,
    /// Bought or rented.
    pub acquisition: Acquisition,
    /// Units are bought and rented in multiples of this.
    pub lot: u32,
    /// Months from order to arrival.
    pub lead_time_months: u32,
    /// Where each limit comes from.
    pub limits: BTreeMap<String, LimitSource>,
    /// Months that could be planned.
    pub months: Vec<ModuleMonth>,
    /// The cheapest terms, where the unit has any beside the price book: advice, or taken.
    #[serde(skip)]
    pub mix: Option<Mix>,
    /// What uncertain inputs mean, when the plan looks at them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<ModuleRisk>,
}

impl ModulePlan {
    /// The plan of a month, if it could be made.
    pub fn month(&self, month: Month) -> Option<&ModuleMonth> {
        self.months.iter().find(|m| m.month == month)
    }

    /// `product/module`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.product, self.module)
    }
}

/// Load on an external service in a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExternalMonth {
    /// Service.
    pub external: String,
    /// The month.
    pub month: Month,
    /// Calls asked of it, in its measure: Σ caller's load × fan-out.
    pub load: f64,
    /// What may be used: limit × target utilization.
    pub usable: f64,
    /// True when more is asked than may be used.
    pub over: bool,
}

/// The plan of all modules.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CapacityPlan {
    /// By product, module, unit and driver.
    pub modules: Vec<ModulePlan>,
    /// Purchases, in the order of the modules, then by arrival.
    pub orders: Vec<Order>,
    /// Surpluses that go where somebody would have to buy.
    pub transfers: Vec<Transfer>,
    /// External services by month.
    pub externals: Vec<ExternalMonth>,
    /// Racks, power and switch ports by month.
    pub facilities: Vec<FacilityMonth>,
    /// What could not be worked out; the rest stands.
    pub problems: Vec<Problem>,
}

/// Depreciation of a module's planned purchases in one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedDepreciation {
    /// The month.
    pub month: Month,
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Cost type of the unit.
    pub cost_type: CostType,
    /// Units bought by the plan and not yet fully depreciated.
    pub units: u64,
    /// Purchases that they came in: month of arrival and units.
    pub purchases: Vec<(Month, u64)>,
    /// Depreciation, reporting currency.
    pub amount: Money,
}

/// Money of a module in a month, reporting currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlanMoney {
    /// Paid at once: purchases that arrive, and what commitments take when they begin.
    pub cash: Money,
    /// Depreciation of the plan's purchases.
    pub depreciation: Money,
    /// Rent and running cost.
    pub opex: Money,
}

impl CapacityPlan {
    /// Depreciation of the plan's own purchases within `months`, by product, module, cost type and month.
    pub fn depreciation(&self, months: MonthRange) -> Vec<PlannedDepreciation> {
        let mut sums = BTreeMap::new();
        for order in &self.orders {
            for (month, amount) in order
                .schedule()
                .into_iter()
                .filter(|(month, _)| months.contains(*month))
            {
                let key = (order.product.clone(), order.module.clone(), order.cost_type, month);
                let sum = sums.entry(key).or_insert_with(|| PlannedDepreciation {
                    month,
                    product: order.product.clone(),
                    module: order.module.clone(),
                    cost_type: order.cost_type,
                    units: 0,
                    purchases: Vec::new(),
                    amount: Money::ZERO,
                });
                sum.units += order.units;
                sum.purchases.push((order.arrival, order.units));
                sum.amount += amount;
            }
        }
        sums.into_values().collect()
    }

    /// Cash, depreciation and running cost within `months`, by `(product, module)` and month. The sums are those of the orders,
    /// their schedules and the modules' costs.
    pub fn money(&self, months: MonthRange) -> BTreeMap<(String, String), BTreeMap<Month, PlanMoney>> {
        let mut money: BTreeMap<(String, String), BTreeMap<Month, PlanMoney>> = BTreeMap::new();
        for module in &self.modules {
            let of_module = money
                .entry((module.product.clone(), module.module.clone()))
                .or_default();
            for month in module.months.iter().filter(|month| months.contains(month.month)) {
                let sums = of_module.entry(month.month).or_default();
                sums.cash += month.cash;
                sums.opex += month.costs.iter().map(|cost| cost.amount).sum::<Money>();
            }
        }
        for planned in self.depreciation(months) {
            let of_module = money.entry((planned.product, planned.module)).or_default();
            of_module.entry(planned.month).or_default().depreciation += planned.amount;
        }
        money
    }
}

/// The value that a driver is planned with in a month.
pub(crate) struct DriverValue {
    pub value: f64,
    pub event_factor: f64,
}

/// Plans every module over the months, with the targets as drivers.
///
/// Bought units: a shortage is closed by whole lots that arrive in the month of need, are paid then, are ordered the
/// lead time before and are depreciated from the month after; what is owned stays in service. Before anything is bought,
/// units that another module of the same unit does not need in any month that is left are handed over. Rented units follow
/// the need up and down, in whole lots. An inventory count begins the stock. One that begins later within the planned months
/// replaces the stock while it lies in the delivered months. After them a higher count than the one before lifts the stock
/// to it (the plan's own purchases are taken to be part of it), and a lower one takes the difference away (a retirement or
/// the end of a lease that is already known).
///
/// Where a module takes terms ([`TermsChoice`](super::TermsChoice)), units that would have to be bought, and all that are rented,
/// are had under them in the months that are not delivered yet.
///
/// A missing driver or price never makes a zero: it is a [`Problem`], and the plan goes on.
pub fn plan(inputs: &PlanInputs) -> CapacityPlan {
    plan_with(inputs, &|model, month| {
        let value = inputs
            .targets
            .get(&model.product, &model.driver, month, model.driver_statistic)?;
        Some(DriverValue {
            value,
            event_factor: event_factor(inputs.events, &model.product, month),
        })
    })
}

/// [`plan`] with the delivered months as they went: their drivers as measured, events included.
pub fn plan_as_it_went(inputs: &PlanInputs, measured: &Drivers) -> CapacityPlan {
    plan_with(inputs, &|model, month| {
        let (product, driver, statistic) = (&model.product, &model.driver, model.driver_statistic);
        if inputs.delivered_through.is_some_and(|through| month <= through) {
            return Some(DriverValue {
                value: measured.get(product, driver, month, statistic)?,
                event_factor: 1.0,
            });
        }
        Some(DriverValue {
            value: inputs.targets.get(product, driver, month, statistic)?,
            event_factor: event_factor(inputs.events, product, month),
        })
    })
}

/// [`plan`] with any other source of driver values.
pub(crate) fn plan_with(
    inputs: &PlanInputs,
    driver: &dyn Fn(&CapacityModel, Month) -> Option<DriverValue>,
) -> CapacityPlan {
    let mut models: Vec<CapacityModel> = inputs
        .models
        .iter()
        .map(|model| model.normalised(inputs.units))
        .collect();
    models
        .sort_by(|a, b| (&a.product, &a.module, &a.unit, &a.driver).cmp(&(&b.product, &b.module, &b.unit, &b.driver)));
    let mut plan = CapacityPlan::default();
    let mut able: Vec<(&CapacityModel, &Unit)> = Vec::new();
    for model in &models {
        let errors = model.check();
        if !errors.is_empty() {
            plan.problems.extend(errors.into_iter().map(Problem::from));
            continue;
        }
        let Some(unit) = inputs.units.iter().find(|unit| unit.id == model.unit) else {
            let (product, module, unit) = (model.product.clone(), model.module.clone(), model.unit.clone());
            plan.problems
                .push(ModelError::UnknownUnit { product, module, unit }.into());
            continue;
        };
        able.push((model, unit));
    }
    let linked: Vec<&CapacityModel> = able.iter().map(|(model, _)| *model).collect();
    let chain = Chain::new(&linked, &inputs.surroundings.externals);
    plan.problems.extend(chain.errors.iter().cloned().map(Problem::from));
    let Requirements { needs, externals } = require(inputs, &able, &chain, driver, &mut plan.problems);
    plan.externals = externals;
    Planner::new(inputs, &able, needs, &mut plan).run();
    if let Some(facility) = &inputs.surroundings.facility {
        plan.facilities = facilities(&plan, inputs.units, facility);
    }
    plan
}
