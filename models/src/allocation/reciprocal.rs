//! Pools that feed each other (交互分配), solved together and exactly.

use super::Pool;
use super::pool::POOL_PREFIX;
use super::split::Shares;
use crate::ledger::Month;
use num_bigint::BigInt;
use num_traits::Zero;
use std::collections::{BTreeMap, BTreeSet};

/// Pools that are emptied in one step: one pool, or several that feed each other, in the order of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// Positions of the pools.
    pub members: Vec<usize>,
    /// True when money can come back to a member.
    pub circular: bool,
}

/// For each pool the positions of the pools that it feeds in a month.
fn feeds(pools: &[Pool], month: Month) -> Vec<BTreeSet<usize>> {
    let positions: BTreeMap<&str, usize> = pools
        .iter()
        .enumerate()
        .map(|(at, pool)| (pool.id.as_str(), at))
        .collect();
    pools
        .iter()
        .map(|pool| {
            let weights = pool.split.method.stated(month).into_iter().flatten();
            weights
                .filter(|(target, weight)| pool.gives(target, **weight))
                .filter_map(|(target, _)| positions.get(target.strip_prefix(POOL_PREFIX)?).copied())
                .collect()
        })
        .collect()
}

/// The groups in an order in which money only flows forward; among groups that are ready, the file's order.
pub(super) fn groups(pools: &[Pool], month: Month) -> Vec<Group> {
    let count = pools.len();
    let mut reaches = feeds(pools, month);
    for through in 0..count {
        let beyond = reaches[through].clone();
        for reach in reaches.iter_mut().filter(|reach| reach.contains(&through)) {
            reach.extend(&beyond);
        }
    }
    let together = |a: usize, b: usize| a == b || (reaches[a].contains(&b) && reaches[b].contains(&a));
    let mut groups = Vec::new();
    let mut left: Vec<usize> = (0..count).collect();
    // A pool is ready when every pool that reaches it is emptied already or belongs to its own group.
    while let Some(&ready) = left.iter().find(|&&at| {
        left.iter()
            .all(|&other| !reaches[other].contains(&at) || together(at, other))
    }) {
        let (members, rest) = left.into_iter().partition(|&other| together(ready, other));
        groups.push(Group {
            members,
            circular: reaches[ready].contains(&ready),
        });
        left = rest;
    }
    groups
}

/// The shortest way from a pool of a group back to itself, as ids, the pool at both ends.
pub(super) fn cycle(pools: &[Pool], group: &Group, month: Month) -> Vec<String> {
    let feeds = feeds(pools, month);
    let Some(&start) = group.members.first() else {
        return Vec::new();
    };
    let mut ways: Vec<Vec<usize>> = vec![vec![start]];
    let mut seen = BTreeSet::new();
    let mut at = 0;
    while let Some(way) = ways.get(at).cloned() {
        at += 1;
        for &next in way.last().into_iter().flat_map(|last| &feeds[*last]) {
            if next == start {
                let whole = way.iter().chain([&start]);
                return whole.map(|at| pools[*at].id.clone()).collect();
            }
            if group.members.contains(&next) && seen.insert(next) {
                ways.push(way.iter().copied().chain([next]).collect());
            }
        }
    }
    Vec::new()
}

/// What each pool of a circular group gives in the end to the targets outside the group.
///
/// With `w(p,q)` the weight that pool p gives to q and `T(p)` the sum of p's weights, the final shares `F` satisfy
/// `T(p)·F(p,t) − Σ_q w(p,q)·F(q,t) = w(p,t)` for every target t outside: the reciprocal method of cost accounting
/// (Horngren, *Cost Accounting*, "Allocation of support-department costs"), written per pool instead of per amount so
/// that every charge can be followed. Solved in whole numbers: nothing is rounded.
///
/// Nothing when the system is singular: the group, or part of it, feeds only itself.
pub(super) fn solve(members: &[(&str, &Shares)]) -> Option<Vec<Shares>> {
    let inside: BTreeMap<String, usize> = members
        .iter()
        .enumerate()
        .map(|(at, (id, _))| (format!("{POOL_PREFIX}{id}"), at))
        .collect();
    let outside: BTreeSet<&String> = members.iter().flat_map(|(_, shares)| shares.weights.keys()).collect();
    let outside: Vec<&String> = outside
        .into_iter()
        .filter(|target| !inside.contains_key(*target))
        .collect();
    let count = members.len();
    let mut rows: Vec<Vec<BigInt>> = Vec::with_capacity(count);
    for (at, (_, shares)) in members.iter().enumerate() {
        let mut row = vec![BigInt::zero(); count];
        row[at] = shares.weights.values().sum();
        for (target, column) in &inside {
            row[*column] -= shares.weights.get(target).cloned().unwrap_or_default();
        }
        row.extend(
            outside
                .iter()
                .map(|target| shares.weights.get(*target).cloned().unwrap_or_default()),
        );
        rows.push(row);
    }
    let solved = eliminate(rows)?;
    let shares = |row: Vec<BigInt>| {
        let weights = outside.iter().map(|target| (*target).clone()).zip(row);
        Shares::exact(weights.filter(|(_, weight)| !weight.is_zero()).collect())
    };
    let shares: Vec<Shares> = solved.into_iter().map(shares).collect();
    shares.iter().all(|shares| !shares.weights.is_empty()).then_some(shares)
}

/// Fraction-free Gauss–Jordan elimination (Bareiss): the right-hand sides times the common determinant.
///
/// Every division is exact, so the numbers stay whole and as small as minors of the matrix. The result is made to have
/// the sign of the solution. Nothing when the matrix is singular.
fn eliminate(mut rows: Vec<Vec<BigInt>>) -> Option<Vec<Vec<BigInt>>> {
    let count = rows.len();
    let mut before = BigInt::from(1);
    for step in 0..count {
        let pivot = (step..count).find(|&row| !rows[row][step].is_zero())?;
        rows.swap(step, pivot);
        let lead = rows[step].clone();
        for row in (0..count).filter(|row| *row != step) {
            let factor = rows[row][step].clone();
            for (value, above) in rows[row].iter_mut().zip(&lead) {
                *value = (&lead[step] * &*value - &factor * above) / &before;
            }
        }
        before.clone_from(&lead[step]);
    }
    let negative = before < BigInt::zero();
    let signed = |value: BigInt| if negative { -value } else { value };
    Some(
        rows.into_iter()
            .map(|row| row.into_iter().skip(count).map(signed).collect())
            .collect(),
    )
}
