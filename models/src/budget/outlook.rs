//! The capacity plan once more, with what the drivers really did.

use super::inputs::RECENT_MONTHS;
use super::{Inputs, LineKey, Problem};
use crate::capacity::{CapacityModel, CapacityPlan, DriverValue, event_factor, plan_with};
use crate::ledger::{Expenditure, Money, Month, MonthRange};
use serde::Serialize;
use std::collections::BTreeMap;

/// Closed months that the spread of a landing rests on.
pub(crate) const SPREAD_MONTHS: i32 = 6;

/// How far a driver is off its target over the last three closed months.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DriverChange {
    /// Product.
    pub product: String,
    /// Module that the driver drives.
    pub module: String,
    /// Business metric.
    pub driver: String,
    /// Sum of the measured values of the months that have both.
    pub actual: f64,
    /// Sum of their targets, with the events of the months.
    pub target: f64,
    /// Actual ÷ target; the open months are re-derived with target × ratio.
    pub ratio: f64,
}

/// What the models say the months cost: closed ones with measured drivers, open ones with targets × ratio.
pub(crate) struct Outlook {
    /// Rent and running cost.
    pub opex: Costs,
    /// The same with target × ratio in the closed months too: what this method would have estimated for them.
    pub course: Costs,
    /// Depreciation of purchases that are still to arrive.
    pub planned: Costs,
    pub drivers: Vec<DriverChange>,
    pub problems: Vec<Problem>,
}

pub(crate) type Costs = BTreeMap<LineKey, BTreeMap<Month, Money>>;

/// Rent and running cost of a plan, and the depreciation of its purchases, by key and month.
pub(crate) fn costs_by_key(plan: &CapacityPlan, months: MonthRange) -> (Costs, Costs) {
    let (mut opex, mut capex) = (Costs::new(), Costs::new());
    for module in &plan.modules {
        for month in &module.months {
            for cost in &month.costs {
                let key = LineKey::of(&module.product, &module.module, cost.cost_type, Expenditure::Opex);
                *opex.entry(key).or_default().entry(month.month).or_default() += cost.amount;
            }
        }
    }
    for planned in plan.depreciation(months) {
        let key = LineKey::of(&planned.product, &planned.module, planned.cost_type, Expenditure::Capex);
        *capex.entry(key).or_default().entry(planned.month).or_default() += planned.amount;
    }
    (opex, capex)
}

/// Re-derives from the first month of the year (or six months back, if earlier) to the last month of the year.
pub(crate) fn outlook(inputs: &Inputs) -> Outlook {
    let as_of = inputs.as_of;
    let months = MonthRange {
        first: inputs.months.first.min(as_of.plus(1 - SPREAD_MONTHS)),
        last: inputs.months.last,
    };
    let drivers = driver_changes(inputs);
    let ratios: BTreeMap<_, _> = drivers
        .iter()
        .map(|d| ((&d.product, &d.module, &d.driver), d.ratio))
        .collect();
    let plan_inputs = inputs.plan_inputs(months, Some(as_of));
    let on_course = |model: &CapacityModel, month: Month| {
        let (product, driver) = (&model.product, &model.driver);
        let target = inputs.targets.get(product, driver, month, model.driver_statistic)?;
        let ratio = ratios.get(&(product, &model.module, driver)).copied().unwrap_or(1.0);
        Some(DriverValue {
            value: target * ratio,
            event_factor: event_factor(inputs.events, product, month),
        })
    };
    let plan = plan_with(&plan_inputs, &|model, month| {
        if month > as_of {
            return on_course(model, month);
        }
        let value = inputs
            .actual_drivers
            .get(&model.product, &model.driver, month, model.driver_statistic)?;
        Some(DriverValue {
            value,
            event_factor: 1.0,
        })
    });
    let (course, _) = costs_by_key(&plan_with(&plan_inputs, &on_course), months);
    let (opex, planned) = costs_by_key(&plan, months);
    // A gap long before the months that the ratios rest on changes nothing that is shown.
    let matters = |month: Month| month > as_of.plus(-RECENT_MONTHS) && inputs.months.contains(month);
    let mut problems = plan.problems;
    problems.retain(|problem| problem.month().is_none_or(matters));
    Outlook {
        opex,
        course,
        planned,
        drivers,
        problems,
    }
}

fn driver_changes(inputs: &Inputs) -> Vec<DriverChange> {
    let mut changes = BTreeMap::new();
    for model in inputs.models {
        let (mut actual, mut target) = (0.0, 0.0);
        for back in 0..RECENT_MONTHS {
            let month = inputs.as_of.plus(-back);
            let of = |drivers: &crate::capacity::Drivers| {
                drivers.get(&model.product, &model.driver, month, model.driver_statistic)
            };
            if let (Some(measured), Some(planned)) = (of(inputs.actual_drivers), of(inputs.targets)) {
                actual += measured;
                target += planned * event_factor(inputs.events, &model.product, month);
            }
        }
        if target > 0.0 && (actual / target).is_finite() {
            let key = (model.product.clone(), model.module.clone(), model.driver.clone());
            let (product, module, driver) = key.clone();
            changes.insert(
                key,
                DriverChange {
                    product,
                    module,
                    driver,
                    actual,
                    target,
                    ratio: actual / target,
                },
            );
        }
    }
    changes.into_values().collect()
}
