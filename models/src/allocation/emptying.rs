//! Emptying the pools: every sum that waits in a pool is split by the pool's shares of the month.

use super::books::{Books, Key, Waiting};
use super::pool::POOL_PREFIX;
use super::reciprocal::{Group, cycle, groups, solve};
use super::shares::shares;
use super::split::Shares;
use super::{AllocationError, AllocationInputs, Pool, PoolSteps};
use crate::ledger::Money;
use crate::organization::UNALLOCATED;

/// Empties all pools, in an order in which money only flows forward; pools that feed each other are emptied together.
pub(super) fn empty_pools(
    books: &mut Books,
    inputs: &AllocationInputs<'_>,
    notes: &mut Vec<String>,
) -> Result<PoolSteps, AllocationError> {
    let mut steps = PoolSteps::default();
    for group in groups(inputs.pools, inputs.month) {
        let members: Vec<&Pool> = group.members.iter().map(|at| &inputs.pools[*at]).collect();
        if !members.iter().any(|pool| books.pools.contains_key(&pool.id)) {
            continue;
        }
        let shares: Vec<Shares> = members
            .iter()
            .map(|pool| shares(books, pool, inputs, notes))
            .collect::<Result<_, _>>()?;
        let shares = if group.circular {
            solved(&group, &members, &shares, inputs, notes)
        } else {
            shares
        };
        for (pool, shares) in members.iter().zip(shares) {
            if let Some(waiting) = books.pools.remove(&pool.id) {
                let way = step(pool, &members, group.circular);
                give(books, &way, waiting, &shares);
                steps.note(&pool.id, way, shares);
            }
        }
    }
    Ok(steps)
}

/// The final shares of pools that feed each other. The configuration check refuses groups that feed only themselves;
/// should one come here nevertheless, its money stays visible as unallocated.
fn solved(
    group: &Group,
    members: &[&Pool],
    shares: &[Shares],
    inputs: &AllocationInputs<'_>,
    notes: &mut Vec<String>,
) -> Vec<Shares> {
    let named: Vec<(&str, &Shares)> = members.iter().map(|pool| pool.id.as_str()).zip(shares).collect();
    solve(&named).unwrap_or_else(|| {
        notes.push(format!(
            "{}: the pools {} feed only each other, their cost stays unallocated",
            inputs.month,
            cycle(inputs.pools, group, inputs.month).join(" → ")
        ));
        vec![Shares::default(); members.len()]
    })
}

/// How the step through a pool is written: its id; in a circle the way round it, from the pool entered back to it.
fn step(pool: &Pool, members: &[&Pool], circular: bool) -> String {
    let mut way = vec![pool.id.as_str()];
    if circular {
        way.extend(
            members
                .iter()
                .map(|other| other.id.as_str())
                .filter(|other| *other != pool.id),
        );
        way.push(&pool.id);
    }
    way.join(">")
}

fn give(books: &mut Books, step: &str, waiting: Waiting, shares: &Shares) {
    let splitter = shares.splitter();
    for ((dimensions, rule, came_through), (amounts, charges)) in waiting {
        let way = if came_through.is_empty() {
            step.to_owned()
        } else {
            format!("{came_through}>{step}")
        };
        let key = |product: &str, share: (Money, Money)| Key {
            product: product.to_owned(),
            module: String::new(),
            dimensions: dimensions.clone(),
            rule: rule.clone(),
            pool: way.clone(),
            share,
        };
        // No share at all (fallback "unallocated"): the money stays visible.
        let Some(parts) = splitter.split(amounts) else {
            books.book(key(UNALLOCATED, (Money::ONE, Money::ONE)), amounts, charges);
            continue;
        };
        for (((target, weight), stated), part) in shares.weights.iter().zip(&shares.stated).zip(parts) {
            if weight == &num_bigint::BigInt::ZERO {
                continue;
            }
            match target.strip_prefix(POOL_PREFIX) {
                Some(later) => books.fill(later, (dimensions.clone(), rule.clone(), way.clone()), part, charges),
                None => books.book(key(target, (*stated, shares.stated_total)), part, charges),
            }
        }
    }
}
