//! Units that the capacity models ask for: at the targets, and at the drivers as they were measured.

use crate::budget::{Inputs, LineKey, closed_months, comes_with_rent};
use crate::capacity::{CapacityModel, CapacityPlan, DriverValue, event_factor, plan_with};
use crate::ledger::{Expenditure, Money, Month, MonthRange};
use std::collections::BTreeMap;

/// Units of one key, unit and month: what the drivers change.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Needed {
    pub at_target: u64,
    pub measured: u64,
}

/// What the drivers do to the closed months.
#[derive(Default)]
pub(super) struct Quantities {
    /// Rented units and units with running cost.
    pub units: BTreeMap<(LineKey, String, Month), Needed>,
    /// Depreciation of the plan's own purchases: measured − at the targets.
    pub depreciation: BTreeMap<(LineKey, Month), Money>,
    /// Driver of a module over the closed months: metric, measured, target with events.
    pub drivers: BTreeMap<(String, String), (String, f64, f64)>,
}

/// Plans the closed months twice with the stock that was known when the budget was made: counts made later would make a
/// shortage that the driver caused look like stock that was there anyway.
pub(super) fn quantities(inputs: &Inputs, budget_as_of: Month) -> Quantities {
    let closed = closed_months(inputs);
    let (Some(&first), Some(&last)) = (closed.first(), closed.last()) else {
        return Quantities::default();
    };
    let months = MonthRange { first, last };
    let mut models: Vec<CapacityModel> = inputs.models.to_vec();
    for model in &mut models {
        model.inventory.retain(|count| count.month <= budget_as_of);
    }
    let inputs = Inputs {
        models: &models,
        ..*inputs
    };
    let mut found = Quantities::default();
    for measured in [false, true] {
        let plan = plan_with(&inputs.plan_inputs(months, None), &|model, month| {
            driver(&inputs, model, month, measured)
        });
        found.add(&plan, months, measured);
    }
    for model in inputs.models {
        let place = (model.product.clone(), model.module.clone());
        let entry = found
            .drivers
            .entry(place)
            .or_insert_with(|| (model.driver.clone(), 0.0, 0.0));
        if entry.0 != model.driver {
            continue;
        }
        for month in closed.iter().copied() {
            let of = |measured| driver(&inputs, model, month, measured);
            let both = inputs
                .actual_drivers
                .get(&model.product, &model.driver, month, model.driver_statistic);
            if let (Some(_), Some(actual), Some(target)) = (both, of(true), of(false)) {
                entry.1 += actual.value * actual.event_factor;
                entry.2 += target.value * target.event_factor;
            }
        }
    }
    found
}

/// The measured driver (a month without one counts as on target), or the target with the month's events.
fn driver(inputs: &Inputs, model: &CapacityModel, month: Month, measured: bool) -> Option<DriverValue> {
    let (product, driver, statistic) = (&model.product, &model.driver, model.driver_statistic);
    let target = inputs.targets.get(product, driver, month, statistic)?;
    let actual = inputs
        .actual_drivers
        .get(product, driver, month, statistic)
        .filter(|_| measured);
    Some(match actual {
        Some(value) => DriverValue {
            value,
            event_factor: 1.0,
        },
        None => DriverValue {
            value: target,
            event_factor: event_factor(inputs.events, product, month),
        },
    })
}

impl Quantities {
    fn add(&mut self, plan: &CapacityPlan, months: MonthRange, measured: bool) {
        for module in &plan.modules {
            for month in &module.months {
                let mut seen = Vec::new();
                for cost in &month.costs {
                    // Rent and running cost of one cost type are one number of units.
                    let again = match cost.term {
                        None => seen.contains(&cost.cost_type),
                        Some(_) => comes_with_rent(month, cost),
                    };
                    if again {
                        continue;
                    }
                    if cost.term.is_none() {
                        seen.push(cost.cost_type);
                    }
                    let key = LineKey::of(&module.product, &module.module, cost.cost_type, Expenditure::Opex);
                    let needed = self.units.entry((key, module.unit.clone(), month.month)).or_default();
                    if measured {
                        needed.measured += cost.units;
                    } else {
                        needed.at_target += cost.units;
                    }
                }
            }
        }
        for planned in plan.depreciation(months) {
            let key = LineKey::of(&planned.product, &planned.module, planned.cost_type, Expenditure::Capex);
            let sum = self.depreciation.entry((key, planned.month)).or_default();
            if measured {
                *sum += planned.amount;
            } else {
                *sum -= planned.amount;
            }
        }
    }
}
