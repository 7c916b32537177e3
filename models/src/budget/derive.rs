//! A budget, derived.
//!
//! Where resources come from is stated as far as it is known: recurring cost is one line per mode, provider and service; lines of
//! a capacity model say what their unit says, and else what the recent cost of their key has in common, as depreciation does.

use super::depreciation::schedules;
use super::recurring::Recurring;
use super::{BudgetLine, Derivation, Inputs, LineKey, Origin, Problem, Sourcing};
use crate::capacity::{CapacityPlan, ModuleMonth, ModulePlan, UnitCost, UnitCostKind, plan};
use crate::ledger::{Expenditure, Money, Month};
use std::collections::BTreeMap;

/// A budget and the capacity plan that it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Derived {
    /// Lines by month, product, module, cost type, expenditure and origin.
    pub lines: Vec<BudgetLine>,
    /// What could not be worked out, the plan's problems included.
    pub problems: Vec<Problem>,
    /// The capacity plan.
    pub capacity: CapacityPlan,
}

/// Derives the budget of `inputs.months` with what is known as of `inputs.as_of`.
///
/// 1. Cost types of modules with a capacity model: rent, running cost and the depreciation of planned purchases.
/// 2. Existing assets: their depreciation schedules, with or without a capacity model.
/// 3. Everything else: the mean of the last three actual months × (1 + growth), the same in every month.
///
/// What cannot be worked out is a problem that names module and month, never a silent zero.
pub fn derive(inputs: &Inputs) -> Derived {
    let capacity = plan(&inputs.plan_inputs(inputs.months, Some(inputs.as_of)));
    let mut problems = capacity.problems.clone();
    let recurring = Recurring::of(inputs);
    let mut lines = capacity_lines(inputs, &capacity);
    for line in &mut lines {
        line.sourcing = of_unit(inputs, line).or(&recurring.common_source(&line.key()));
    }
    let assets = schedules(inputs, inputs.months, &recurring, &mut problems);
    for (key, months) in &assets {
        let source = recurring.common_source(key);
        for (month, depreciation) in months.iter().filter(|(_, d)| !d.amount.is_zero()) {
            let derivation = Derivation::Assets {
                assets: depreciation.assets,
                shared: depreciation.shared,
            };
            let (origin, amount) = (Origin::Depreciation, depreciation.amount);
            let mut line = line(*month, key.clone(), amount, None, origin, derivation);
            line.sourcing.clone_from(&source);
            lines.push(line);
        }
    }
    if recurring.is_known() {
        let covered = inputs.covered();
        for key in recurring.keys() {
            let module = (key.product.clone(), key.module.clone(), key.cost_type);
            if covered.contains(&module) || assets.contains_key(key) {
                continue;
            }
            let growth_percent = inputs.settings.growth_percent;
            for (source, (sum, recent)) in recurring.recent_sources(key) {
                let amount = recurring.mean(sum, growth_percent);
                for month in inputs.months.months() {
                    let derivation = Derivation::Recurring {
                        months: recent.clone(),
                        growth_percent,
                    };
                    let mut line = line(month, key.clone(), amount, None, Origin::Recurring, derivation);
                    line.sourcing.clone_from(&source);
                    lines.push(line);
                }
            }
        }
    } else {
        problems.push(Problem::NoActuals { as_of: inputs.as_of });
    }
    // Stable: lines of one key and month keep the order in which the plan makes them, which is sorted too.
    lines.sort_by_cached_key(|line| (line.month, line.key(), line.origin));
    Derived {
        lines,
        problems,
        capacity,
    }
}

/// What the unit of a line's module says of where it comes from: rack, power and the like are somebody else's.
fn of_unit(inputs: &Inputs, line: &BudgetLine) -> Sourcing {
    let model = |model: &&crate::capacity::CapacityModel| model.product == line.product && model.module == line.module;
    let units = inputs.models.iter().filter(model).filter_map(|model| {
        let unit = inputs.units.iter().find(|unit| unit.id == model.unit)?;
        (unit.cost_type == line.cost_type).then(|| unit.sourcing())
    });
    Sourcing::common(&units.collect::<Vec<_>>())
}

fn capacity_lines(inputs: &Inputs, plan: &CapacityPlan) -> Vec<BudgetLine> {
    let mut lines = Vec::new();
    for module in &plan.modules {
        for month in &module.months {
            for cost in month.costs.iter().filter(|cost| !cost.amount.is_zero()) {
                let key = LineKey::of(&module.product, &module.module, cost.cost_type, Expenditure::Opex);
                let derivation = units_derivation(module, month, cost);
                let mut line = line(
                    month.month,
                    key,
                    cost.amount,
                    Some(cost.units),
                    Origin::Capacity,
                    derivation,
                );
                if comes_with_rent(month, cost) {
                    line.units = None;
                }
                // Its cash went out when the commitment began.
                line.cash = (cost.kind == UnitCostKind::Upfront).then_some(Money::ZERO);
                lines.push(line);
            }
            lines.extend(upfront_line(plan, module, month));
        }
    }
    for planned in plan.depreciation(inputs.months) {
        let key = LineKey::of(&planned.product, &planned.module, planned.cost_type, Expenditure::Capex);
        let derivation = Derivation::PlannedPurchases {
            purchases: planned.purchases,
        };
        lines.push(line(
            planned.month,
            key,
            planned.amount,
            Some(planned.units),
            Origin::Capacity,
            derivation,
        ));
    }
    lines.extend(purchase_lines(inputs, plan));
    lines
}

/// True for a cost of units under a term that another line of the same key counts already.
pub(crate) fn comes_with_rent(month: &ModuleMonth, cost: &UnitCost) -> bool {
    let rented = |other: &UnitCost| {
        other.kind == UnitCostKind::Rent && other.term == cost.term && other.cost_type == cost.cost_type
    };
    cost.term.is_some() && cost.kind != UnitCostKind::Rent && month.costs.iter().any(rented)
}

/// Cash for commitments that begin in a month: no cost yet, its months carry that.
fn upfront_line(plan: &CapacityPlan, module: &ModulePlan, month: &ModuleMonth) -> Option<BudgetLine> {
    let bought = plan.orders.iter().filter(|order| {
        order.arrival == month.month && (&order.product, &order.module) == (&module.product, &module.module)
    });
    let cash = month.cash - bought.map(|order| order.cost).sum::<Money>();
    let begun = month.costs.iter().find(|cost| cost.kind == UnitCostKind::Upfront)?;
    if cash.is_zero() {
        return None;
    }
    let key = LineKey::of(&module.product, &module.module, begun.cost_type, Expenditure::Opex);
    let derivation = units_derivation(module, month, begun);
    let mut line = line(
        month.month,
        key,
        Money::ZERO,
        // The months' own lines count the units.
        None,
        Origin::Capacity,
        derivation,
    );
    line.cash = Some(cash);
    Some(line)
}

/// Cash for planned purchases in the month of arrival: no cost yet, but money that must be approved.
fn purchase_lines(inputs: &Inputs, plan: &CapacityPlan) -> Vec<BudgetLine> {
    let mut purchases: BTreeMap<(Month, LineKey), (Money, u64)> = BTreeMap::new();
    for order in plan.orders.iter().filter(|o| inputs.months.contains(o.arrival)) {
        let key = LineKey::of(&order.product, &order.module, order.cost_type, Expenditure::Capex);
        let sum = purchases.entry((order.arrival, key)).or_default();
        sum.0 += order.cost;
        sum.1 += order.units;
    }
    purchases
        .into_iter()
        .map(|((month, key), (cash, units))| {
            let derivation = Derivation::PlannedPurchases {
                purchases: vec![(month, units)],
            };
            let mut line = line(month, key, Money::ZERO, Some(units), Origin::Capacity, derivation);
            line.cash = Some(cash);
            line
        })
        .collect()
}

fn units_derivation(module: &ModulePlan, month: &ModuleMonth, cost: &UnitCost) -> Derivation {
    let sizing = &month.sizing;
    let bottleneck = sizing.per_resource.iter().find(|r| r.resource == sizing.bottleneck);
    Derivation::Units {
        driver: module.driver.clone(),
        driver_value: month.driver_value,
        event_factor: month.event_factor,
        peak_factor: module.peak_factor,
        bottleneck: sizing.bottleneck.clone(),
        demand: bottleneck.map_or(0.0, |r| r.demand),
        limit: bottleneck.map_or(0.0, |r| r.limit),
        target_utilization: bottleneck.map_or(0.0, |r| r.target_utilization),
        units_needed: sizing.units,
        redundancy: sizing.redundancy,
        unit: module.unit.clone(),
        units_in_service: cost.units,
        unit_price: cost.unit_price,
        term: cost.term,
        currency: cost.currency.clone(),
        rate: cost.rate,
    }
}

fn line(
    month: Month,
    key: LineKey,
    amount: Money,
    units: Option<u64>,
    origin: Origin,
    derivation: Derivation,
) -> BudgetLine {
    BudgetLine {
        month,
        product: key.product,
        module: key.module,
        cost_type: key.cost_type,
        expenditure: key.expenditure,
        sourcing: Sourcing::default(),
        amount,
        units,
        origin,
        derivation,
        cash: None,
        owner: String::new(),
        comment: String::new(),
    }
}
