//! Splits the difference between budget and actual cost of the closed months, key by key, and adds the keys up.

use super::cause::{Cause, main_cause};
use super::mix::{UnitGroup, separate};
use super::quantities::quantities;
use super::split::{Key, Split, split};
use super::{Part, Quantity, Standing};
use crate::budget::{BudgetLine, Inputs, LineKey};
use crate::ledger::{Money, Month};
use serde::Serialize;
use std::collections::BTreeMap;

/// Budget, actual cost and the parts of their difference, year to date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Parts {
    /// Budget of the closed months.
    pub budget: Money,
    /// Actual cost of the closed months.
    pub actual: Money,
    /// Every part, zeros included; they add up to `actual − budget` exactly.
    pub parts: BTreeMap<Part, Money>,
}

impl Parts {
    fn empty() -> Parts {
        Parts {
            parts: Part::ALL.into_iter().map(|part| (part, Money::ZERO)).collect(),
            ..Parts::default()
        }
    }

    /// Actual cost − budget.
    pub fn difference(&self) -> Money {
        self.actual - self.budget
    }

    fn add(&mut self, other: &Parts) {
        self.budget += other.budget;
        self.actual += other.actual;
        for (part, amount) in &other.parts {
            *self.parts.entry(*part).or_default() += *amount;
        }
    }
}

/// The variance of one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyVariance {
    /// The key.
    #[serde(flatten)]
    pub key: LineKey,
    /// In the plan, new, ended, …
    pub standing: Standing,
    /// Its parts.
    #[serde(flatten)]
    pub parts: Parts,
    /// Units to date, where the key is counted in units.
    pub quantities: Vec<Quantity>,
    /// First month from which efficiency is off in one direction until now.
    pub since: Option<Month>,
}

/// The variance of a department, product or module: the sum of its keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProductVariance {
    /// Department (of a department row), product, module (of a module row); empty for the company.
    pub department: String,
    /// Product; empty for departments and the company.
    pub product: String,
    /// Module; empty for products, and for cost of a product that belongs to none of its modules.
    pub module: String,
    /// Its parts.
    #[serde(flatten)]
    pub parts: Parts,
    /// The main cause, with its number; nothing when there is no difference.
    pub cause: Option<Cause>,
}

/// The variance of the company at every level of its tree.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Variance {
    /// The company: the sum of its products.
    pub total: ProductVariance,
    /// By department.
    pub departments: Vec<ProductVariance>,
    /// By product.
    pub products: Vec<ProductVariance>,
    /// By product and module.
    pub modules: Vec<ProductVariance>,
    /// By key.
    pub keys: Vec<KeyVariance>,
}

/// What the explanation needs besides the inputs.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The month that the budget was made in: what was counted later was not known to it.
    pub budget_as_of: Month,
    /// Department of a product.
    pub departments: &'a BTreeMap<String, String>,
    /// Landing − budget of the year by key, for telling timing from savings; keys without one have no timing part.
    pub year_difference: &'a BTreeMap<LineKey, Money>,
    /// Units that can be summed.
    pub groups: &'a [UnitGroup],
}

pub(super) struct Explained {
    pub key: LineKey,
    pub budget: Money,
    pub actual: Money,
    pub split: Split,
}

/// Explains the closed months of `inputs.months` against `budget`.
///
/// Each key (product, module, cost type, expenditure) is split by itself ([`Part`] says how); rows above are sums of their
/// keys, so that the parts add up to the difference at every level of the tree.
pub fn explain(inputs: &Inputs, budget: &[BudgetLine], context: &Context) -> Variance {
    let mut keys: BTreeMap<LineKey, Key> = BTreeMap::new();
    for line in budget.iter().filter(|line| inputs.months.contains(line.month)) {
        let key = keys.entry(line.key()).or_default();
        key.lines.push(line);
        if line.month <= inputs.as_of {
            key.months.entry(line.month).or_default().budget += line.amount;
        }
    }
    let closed = |month| inputs.months.contains(month) && month <= inputs.as_of;
    for actual in inputs.actuals.iter().filter(|actual| closed(actual.month)) {
        let key = keys.entry(actual.key()).or_default();
        let sums = key.months.entry(actual.month).or_default();
        sums.actual += actual.amount;
        sums.at_budget_rate += actual.amount_at_budget_rate;
    }
    for actual in inputs
        .actuals
        .iter()
        .filter(|actual| actual.month <= context.budget_as_of)
    {
        if let Some(key) = keys.get_mut(&actual.key()) {
            key.known_before |= !actual.amount.is_zero();
        }
    }
    let needed = quantities(inputs, context.budget_as_of);
    let mut explained: Vec<Explained> = keys
        .into_iter()
        .filter(|(_, key)| !key.months.is_empty())
        .map(|(key, mut of)| {
            of.year_difference = context.year_difference.get(&key).copied();
            Explained {
                budget: of.months.values().map(|sums| sums.budget).sum(),
                actual: of.months.values().map(|sums| sums.actual).sum(),
                split: split(inputs, &key, &of, &needed),
                key,
            }
        })
        .collect();
    separate(&mut explained, context.groups);
    let keys: Vec<KeyVariance> = explained
        .into_iter()
        .map(|explained| {
            let mut parts = Parts::empty();
            parts.budget = explained.budget;
            parts.actual = explained.actual;
            parts.parts.extend(explained.split.parts);
            KeyVariance {
                key: explained.key,
                standing: explained.split.standing,
                parts,
                quantities: explained.split.quantities,
                since: explained.split.since,
            }
        })
        .collect();
    let department = |key: &LineKey| context.departments.get(&key.product).cloned().unwrap_or_default();
    let rows = |place: &dyn Fn(&LineKey) -> (String, String, String)| -> Vec<ProductVariance> {
        let mut rows: BTreeMap<(String, String, String), Vec<&KeyVariance>> = BTreeMap::new();
        for key in &keys {
            rows.entry(place(&key.key)).or_default().push(key);
        }
        rows.into_iter()
            .map(|((department, product, module), keys)| {
                let mut parts = Parts::empty();
                keys.iter().for_each(|key| parts.add(&key.parts));
                ProductVariance {
                    cause: main_cause(&parts, &keys, &needed),
                    department,
                    product,
                    module,
                    parts,
                }
            })
            .collect()
    };
    let none = String::new;
    let total = rows(&|_| (none(), none(), none()))
        .pop()
        .unwrap_or_else(|| ProductVariance {
            parts: Parts::empty(),
            ..ProductVariance::default()
        });
    Variance {
        total,
        departments: rows(&|key| (department(key), none(), none())),
        products: rows(&|key| (department(key), key.product.clone(), none())),
        modules: rows(&|key| (department(key), key.product.clone(), key.module.clone())),
        keys,
    }
}
