//! Shared pools and how they are split.

use crate::language::Name;
use crate::ledger::Money;
use crate::organization::Organization;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A pool of shared cost.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Unique among pools.
    pub id: String,
    /// What it is called.
    pub name: Name,
    /// How it is split.
    pub split: Split,
    /// What a month with a zero basis falls back to.
    #[serde(default)]
    pub fallback: Fallback,
}

/// How a pool is split.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Split {
    /// The basis of the shares.
    pub method: SplitMethod,
    /// The products that take part; all when empty. Not used by weights.
    pub products: BTreeSet<String>,
}

/// The basis of the shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SplitMethod {
    /// Equal shares.
    Even,
    /// Fixed weights per product, or per later pool as `pool:NAME`.
    Weights(BTreeMap<String, Money>),
    /// Each product's directly assigned effective cost of the month, in the reporting currency.
    DirectCost,
    /// Sum of a business metric per product in the month.
    UsageMetric(String),
}

impl SplitMethod {
    /// The word as it stands in files and explanations.
    pub fn as_str(&self) -> &'static str {
        match self {
            SplitMethod::Even => "even",
            SplitMethod::Weights(_) => "weights",
            SplitMethod::DirectCost => "direct-cost",
            SplitMethod::UsageMetric(_) => "usage-metric",
        }
    }
}

/// What a pool does in a month in which its basis is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fallback {
    /// Equal shares.
    #[default]
    Even,
    /// By direct cost, and evenly should that be zero too.
    DirectCost,
    /// The whole pool stays visible as unallocated.
    Unallocated,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    method: String,
    #[serde(default)]
    products: BTreeSet<String>,
    weights: Option<BTreeMap<String, Money>>,
    metric: Option<String>,
}

impl TryFrom<Written> for Split {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let method = match (written.method.as_str(), written.weights, written.metric) {
            ("even", None, None) => SplitMethod::Even,
            ("direct-cost", None, None) => SplitMethod::DirectCost,
            ("weights", Some(weights), None) if written.products.is_empty() => SplitMethod::Weights(weights),
            ("usage-metric", None, Some(metric)) => SplitMethod::UsageMetric(metric),
            ("even" | "direct-cost", ..) => {
                return Err(format!(
                    "method \"{}\" takes neither weights nor metric",
                    written.method
                ));
            }
            ("weights", ..) => {
                return Err("method \"weights\" needs weights = { product = number, … } and nothing else".to_owned());
            }
            ("usage-metric", ..) => {
                return Err("method \"usage-metric\" needs metric = \"…\" and no weights".to_owned());
            }
            (other, ..) => {
                return Err(format!(
                    "method \"{other}\" is none of even, weights, direct-cost, usage-metric"
                ));
            }
        };
        Ok(Split {
            method,
            products: written.products,
        })
    }
}

/// The prefix that makes a weight's key a later pool.
pub(super) const POOL_PREFIX: &str = "pool:";

/// Everything about pools that does not hold together.
pub(super) fn pool_problems(pools: &[Pool], organization: &Organization) -> Vec<String> {
    let mut problems = Vec::new();
    for (position, pool) in pools.iter().enumerate() {
        let id = &pool.id;
        if pools[..position].iter().any(|earlier| earlier.id == *id) {
            problems.push(format!("pool '{id}' is defined twice"));
        }
        for product in pool
            .split
            .products
            .iter()
            .filter(|product| organization.product(product).is_none())
        {
            problems.push(format!(
                "pool '{id}' names product '{product}', which no organization file names"
            ));
        }
        let SplitMethod::Weights(weights) = &pool.split.method else {
            continue;
        };
        for (target, weight) in weights {
            if weight.is_negative() {
                problems.push(format!("pool '{id}' gives '{target}' the negative weight {weight}"));
            }
            match target.strip_prefix(POOL_PREFIX) {
                None if organization.product(target).is_none() => {
                    problems.push(format!(
                        "pool '{id}' names product '{target}', which no organization file names"
                    ));
                }
                Some(later) if !pools[position + 1..].iter().any(|pool| pool.id == later) => {
                    problems.push(format!(
                        "pool '{id}' feeds pool '{later}', which does not stand after it (step-down goes one way)"
                    ));
                }
                _ => {}
            }
        }
        if weights.values().all(|weight| weight.is_zero()) {
            problems.push(format!(
                "the weights of pool '{id}' add up to 0: give at least one product a weight above 0"
            ));
        }
    }
    problems
}
