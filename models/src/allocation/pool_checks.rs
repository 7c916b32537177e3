//! What can be wrong with pools before any month is run.

use super::pool::POOL_PREFIX;
use super::reciprocal::{cycle, groups};
use super::{Pool, SplitMethod};
use crate::ledger::{Money, Month};
use crate::organization::Organization;
use std::collections::{BTreeMap, BTreeSet};

/// Everything about pools that does not hold together.
pub(super) fn pool_problems(pools: &[Pool], organization: &Organization) -> Vec<String> {
    let mut problems = Vec::new();
    for (position, pool) in pools.iter().enumerate() {
        if pools[..position].iter().any(|earlier| earlier.id == pool.id) {
            problems.push(format!("pool '{}' is defined twice", pool.id));
        }
        let products = pool.split.products.iter();
        problems.extend(products.filter_map(|product| unknown_product(pool, product, organization)));
        match &pool.split.method {
            SplitMethod::Weights(weights) | SplitMethod::Reciprocal(weights) => {
                problems.extend(target_problems(pools, position, weights, organization));
                if weights.values().all(|weight| weight.is_zero()) {
                    problems.push(format!(
                        "the weights of pool '{}' add up to 0: give at least one product a weight above 0",
                        pool.id
                    ));
                }
            }
            SplitMethod::Table(_) => problems.extend(table_problems(pools, position, organization)),
            SplitMethod::Even | SplitMethod::DirectCost | SplitMethod::UsageMetric(_) => {}
        }
        problems.extend(bound_problems(pool, organization));
    }
    // Groups are only worth naming once every pool is one pool.
    if problems.is_empty() {
        problems.extend(circle_problems(pools));
    }
    problems
}

fn unknown_product(pool: &Pool, product: &str, organization: &Organization) -> Option<String> {
    let known = organization.product(product).is_some();
    (!known).then(|| {
        format!(
            "pool '{}' names product '{product}', which no organization file names",
            pool.id
        )
    })
}

/// Targets that do not exist, that stand in the wrong order, or that have a negative weight.
fn target_problems(
    pools: &[Pool],
    position: usize,
    weights: &BTreeMap<String, Money>,
    organization: &Organization,
) -> Vec<String> {
    let pool = &pools[position];
    let id = &pool.id;
    let reciprocal = matches!(pool.split.method, SplitMethod::Reciprocal(_));
    let mut problems = Vec::new();
    for (target, weight) in weights {
        if weight.is_negative() {
            problems.push(format!("pool '{id}' gives '{target}' the negative weight {weight}"));
        }
        let Some(fed) = target.strip_prefix(POOL_PREFIX) else {
            problems.extend(unknown_product(pool, target, organization));
            continue;
        };
        if !pools.iter().any(|pool| pool.id == fed) {
            problems.push(format!("pool '{id}' feeds pool '{fed}', which no file defines"));
        } else if !reciprocal && !pools[position + 1..].iter().any(|pool| pool.id == fed) {
            problems.push(format!(
                "pool '{id}' feeds pool '{fed}', which does not stand after it (step-down goes one way): \
                 pools that feed each other need method = \"reciprocal\""
            ));
        }
    }
    problems
}

fn table_problems(pools: &[Pool], position: usize, organization: &Organization) -> Vec<String> {
    let pool = &pools[position];
    let SplitMethod::Table(entries) = &pool.split.method else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    if entries.is_empty() {
        problems.push(format!("the table of pool '{}' has no month", pool.id));
    }
    for (at, entry) in entries.iter().enumerate() {
        if at > 0 && entries[at - 1].month == entry.month {
            problems.push(format!("the table of pool '{}' states {} twice", pool.id, entry.month));
        }
        problems.extend(target_problems(pools, position, &entry.shares, organization));
        let total: Money = entry.shares.values().copied().sum();
        if total != Money::ONE && total != Money::whole(100) {
            problems.push(format!(
                "the shares of pool '{}' in {} add up to {total}: they must add up to 1 or to 100",
                pool.id, entry.month
            ));
        }
    }
    problems
}

fn bound_problems(pool: &Pool, organization: &Organization) -> Vec<String> {
    let id = &pool.id;
    let mut problems = Vec::new();
    let targets = targets(pool, organization);
    for (what, bounds) in [("minimum", &pool.minimum_share), ("maximum", &pool.maximum_share)] {
        for (target, bound) in bounds {
            if !targets.contains(target.as_str()) {
                problems.push(format!(
                    "pool '{id}' has a {what} share for '{target}', which is not among those it is split to"
                ));
            }
            if bound.is_negative() || *bound > Money::ONE {
                problems.push(format!(
                    "pool '{id}' has the {what} share {bound} for '{target}': shares lie between 0 and 1"
                ));
            }
        }
    }
    for (target, least) in &pool.minimum_share {
        if let Some(most) = pool.maximum_share.get(target).filter(|most| *most < least) {
            problems.push(format!(
                "pool '{id}': the minimum share {least} of '{target}' is above its maximum share {most}"
            ));
        }
    }
    let least: Money = pool.minimum_share.values().copied().sum();
    if least > Money::ONE {
        problems.push(format!(
            "the minimum shares of pool '{id}' add up to {least}, more than 1"
        ));
    }
    let most: Money = pool.maximum_share.values().copied().sum();
    if !targets.is_empty() && targets.iter().all(|target| pool.maximum_share.contains_key(*target)) && most < Money::ONE
    {
        problems.push(format!(
            "the maximum shares of pool '{id}' add up to {most}: the rest would have nobody to go to"
        ));
    }
    problems
}

/// Every target that a pool can be split to.
fn targets<'a>(pool: &'a Pool, organization: &'a Organization) -> BTreeSet<&'a str> {
    match &pool.split.method {
        SplitMethod::Weights(weights) | SplitMethod::Reciprocal(weights) => {
            weights.keys().map(String::as_str).collect()
        }
        SplitMethod::Table(entries) => entries
            .iter()
            .flat_map(|entry| entry.shares.keys().map(String::as_str))
            .collect(),
        SplitMethod::Even | SplitMethod::DirectCost | SplitMethod::UsageMetric(_) => organization
            .products
            .iter()
            .map(|product| product.id.as_str())
            .filter(|product| pool.split.products.is_empty() || pool.split.products.contains(*product))
            .collect(),
    }
}

/// Circles that do not say that they are ones, and circles that nothing leaves.
fn circle_problems(pools: &[Pool]) -> Vec<String> {
    // Only tables change from month to month.
    let entries = pools.iter().flat_map(|pool| match &pool.split.method {
        SplitMethod::Table(entries) => entries.iter().map(|entry| entry.month).collect(),
        _ => Vec::new(),
    });
    let mut months: BTreeSet<Month> = entries.collect();
    months.extend(Month::new(9999, 12));
    let mut problems = BTreeSet::new();
    for month in months {
        for group in groups(pools, month).into_iter().filter(|group| group.circular) {
            let way = cycle(pools, &group, month).join(" → ");
            let members: BTreeSet<String> = group
                .members
                .iter()
                .map(|at| format!("{POOL_PREFIX}{}", pools[*at].id))
                .collect();
            let mut leaves = false;
            for pool in group.members.iter().map(|at| &pools[*at]) {
                if !matches!(pool.split.method, SplitMethod::Reciprocal(_)) {
                    problems.insert(format!(
                        "pool '{}' is part of the circle {way}: give it method = \"reciprocal\" too",
                        pool.id
                    ));
                }
                let weights = pool.split.method.stated(month).into_iter().flatten();
                leaves |= weights
                    .filter(|(target, _)| !members.contains(*target))
                    .any(|(target, weight)| pool.gives(target, *weight));
            }
            if !leaves {
                problems.insert(format!(
                    "the pools {way} feed only each other, so their cost never reaches a product: \
                     give one of them a weight to a product"
                ));
            }
        }
    }
    problems.into_iter().collect()
}
