//! Splits the difference between budget and actual cost of the closed months.

use super::Part;
use crate::budget::{BudgetLine, Inputs, LineKey, closed_months, costs_by_key};
use crate::capacity::{DriverValue, event_factor, plan_with};
use crate::ledger::{Money, MonthRange};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Budget, actual cost and the parts of their difference, year to date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProductVariance {
    /// Product; empty for the company.
    pub product: String,
    /// Budget of the closed months.
    pub budget: Money,
    /// Actual cost of the closed months.
    pub actual: Money,
    /// Every part, zeros included; they add up to `actual − budget` exactly.
    pub parts: BTreeMap<Part, Money>,
}

/// The variance of the company and of its products.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Variance {
    /// The company: the sum of its products.
    pub total: ProductVariance,
    /// By product.
    pub products: Vec<ProductVariance>,
}

#[derive(Default)]
struct Key {
    budgeted: bool,
    budget: Money,
    spent: bool,
    actual: Money,
    at_budget_rate: Money,
}

/// Explains the closed months of `inputs.months` against `budget`.
///
/// Each key (product, module, cost type, expenditure) is taken once: without a budget in the year it is `unplanned`; with a
/// budget and nothing spent it is `unused`; else `fx` is what the rates did, `volume` what the capacity models say the drivers
/// did, and `efficiency-and-price` the remainder, by definition and not by measurement.
pub fn explain(inputs: &Inputs, budget: &[BudgetLine]) -> Variance {
    let mut keys: BTreeMap<LineKey, Key> = BTreeMap::new();
    for line in budget.iter().filter(|line| inputs.months.contains(line.month)) {
        let key = keys.entry(line.key()).or_default();
        key.budgeted = true;
        if line.month <= inputs.as_of {
            key.budget += line.amount;
        }
    }
    let closed = |month| inputs.months.contains(month) && month <= inputs.as_of;
    for actual in inputs.actuals.iter().filter(|actual| closed(actual.month)) {
        let key = keys.entry(actual.key()).or_default();
        key.spent |= !actual.amount.is_zero();
        key.actual += actual.amount;
        key.at_budget_rate += actual.amount_at_budget_rate;
    }
    let volume = volume_by_key(inputs);
    let mut products: BTreeMap<String, ProductVariance> = BTreeMap::new();
    let mut total = empty("");
    for (key, sums) in keys {
        let product = products
            .entry(key.product.clone())
            .or_insert_with(|| empty(&key.product));
        for (part, amount) in split(&sums, volume.get(&key).copied().unwrap_or_default()) {
            *product.parts.entry(part).or_default() += amount;
            *total.parts.entry(part).or_default() += amount;
        }
        for row in [product, &mut total] {
            row.budget += sums.budget;
            row.actual += sums.actual;
        }
    }
    Variance {
        total,
        products: products.into_values().collect(),
    }
}

fn empty(product: &str) -> ProductVariance {
    let parts = Part::ALL.into_iter().map(|part| (part, Money::ZERO)).collect();
    ProductVariance {
        product: product.to_owned(),
        parts,
        ..ProductVariance::default()
    }
}

/// The parts of one key; they add up to its actual cost − budget by construction.
fn split(key: &Key, volume: Money) -> Vec<(Part, Money)> {
    let fx = (Part::Fx, key.actual - key.at_budget_rate);
    if !key.budgeted {
        vec![(Part::Unplanned, key.at_budget_rate), fx]
    } else if !key.spent {
        vec![(Part::Unused, key.at_budget_rate - key.budget), fx]
    } else {
        let rest = key.at_budget_rate - key.budget - volume;
        vec![(Part::Volume, volume), (Part::EfficiencyAndPrice, rest), fx]
    }
}

/// Model cost at the measured drivers − at the targets, over the closed months. A month that lacks either counts as on target.
fn volume_by_key(inputs: &Inputs) -> BTreeMap<LineKey, Money> {
    let closed = closed_months(inputs);
    let (Some(&first), Some(&last)) = (closed.first(), closed.last()) else {
        return BTreeMap::new();
    };
    let months = MonthRange { first, last };
    let cost = |measured: bool| {
        let plan = plan_with(&inputs.plan_inputs(months, None), &|model, month| {
            let (product, driver, statistic) = (&model.product, &model.driver, model.driver_statistic);
            let target = inputs.targets.get(product, driver, month, statistic)?;
            let event = event_factor(inputs.events, product, month);
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
                    event_factor: event,
                },
            })
        });
        let (mut opex, capex) = costs_by_key(&plan, months);
        opex.extend(capex);
        let sum = |(key, months): (LineKey, BTreeMap<_, Money>)| (key, months.into_values().sum::<Money>());
        opex.into_iter().map(sum).collect::<BTreeMap<LineKey, Money>>()
    };
    let (measured, planned) = (cost(true), cost(false));
    let keys: BTreeSet<LineKey> = measured.keys().chain(planned.keys()).cloned().collect();
    let of = |costs: &BTreeMap<LineKey, Money>, key: &LineKey| costs.get(key).copied().unwrap_or_default();
    keys.into_iter()
        .map(|key| (key.clone(), of(&measured, &key) - of(&planned, &key)))
        .collect()
}
