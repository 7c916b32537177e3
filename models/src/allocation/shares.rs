//! The shares of one pool in one month: from the basis, its fallback and the pool's bounds to exact weights.

use super::books::Books;
use super::bounds::bounded;
use super::split::{Shares, units};
use super::{AllocationError, AllocationInputs, Fallback, Pool, SplitMethod};
use crate::ledger::Money;
use std::collections::{BTreeMap, BTreeSet};

/// The shares of a pool in the month, with a note when its basis is zero or its bounds cannot be kept.
pub(super) fn shares(
    books: &Books,
    pool: &Pool,
    inputs: &AllocationInputs<'_>,
    notes: &mut Vec<String>,
) -> Result<Shares, AllocationError> {
    let basis = basis_or_fallback(books, pool, inputs, notes)?;
    let bounds_apply = !(pool.minimum_share.is_empty() && pool.maximum_share.is_empty());
    if basis.is_empty() || !bounds_apply {
        return Ok(Shares::of_basis(basis));
    }
    match bounded(&units(&basis), &pool.minimum_share, &pool.maximum_share) {
        Ok(weights) => Ok(Shares::exact(weights)),
        Err(problem) => {
            notes.push(format!("{}: pool '{}': {problem}", inputs.month, pool.id));
            Ok(Shares::of_basis(basis))
        }
    }
}

fn basis_or_fallback(
    books: &Books,
    pool: &Pool,
    inputs: &AllocationInputs<'_>,
    notes: &mut Vec<String>,
) -> Result<BTreeMap<String, Money>, AllocationError> {
    let split = &pool.split;
    let taking_part: BTreeSet<&String> = inputs
        .products
        .keys()
        .filter(|product| split.products.is_empty() || split.products.contains(*product))
        .collect();
    let even = || {
        let products = taking_part.iter();
        products
            .map(|product| ((*product).clone(), Money::ONE))
            .collect::<BTreeMap<_, _>>()
    };
    let weights = match (&split.method, split.method.stated(inputs.month)) {
        (_, Some(stated)) => stated.clone(),
        (SplitMethod::Table(entries), None) => {
            return Err(AllocationError::NoShares {
                pool: pool.id.clone(),
                month: inputs.month,
                starts: entries.first().map_or(inputs.month, |entry| entry.month),
            });
        }
        (SplitMethod::DirectCost, _) => direct_costs(books, &taking_part, inputs)?,
        (SplitMethod::UsageMetric(metric), _) => {
            let measured = inputs.metrics.get(metric);
            let value = |product: &String| measured.and_then(|values| values.get(product)).copied();
            taking_part
                .iter()
                .map(|product| ((*product).clone(), value(product).unwrap_or_default().max(Money::ZERO)))
                .collect()
        }
        (SplitMethod::Even | SplitMethod::Weights(_) | SplitMethod::Reciprocal(_), None) => even(),
    };
    if weights.values().any(|weight| !weight.is_zero()) {
        return Ok(weights);
    }
    let (fallback, weights) = match pool.fallback {
        Fallback::Unallocated => ("unallocated", BTreeMap::new()),
        Fallback::Even => ("even", even()),
        Fallback::DirectCost => {
            let direct = direct_costs(books, &taking_part, inputs)?;
            if direct.values().any(|cost| !cost.is_zero()) {
                ("direct-cost", direct)
            } else {
                ("even", even())
            }
        }
    };
    notes.push(format!(
        "{}: the basis of pool '{}' ({}) is zero, split by its fallback: {fallback}",
        inputs.month,
        pool.id,
        split.method.as_str()
    ));
    Ok(weights)
}

/// Directly assigned effective cost per product in the reporting currency; credits larger than cost count as zero.
fn direct_costs(
    books: &Books,
    products: &BTreeSet<&String>,
    inputs: &AllocationInputs<'_>,
) -> Result<BTreeMap<String, Money>, AllocationError> {
    let mut sums: BTreeMap<String, Money> = products
        .iter()
        .map(|product| ((*product).clone(), Money::ZERO))
        .collect();
    for (key, (amounts, _)) in books.costs.iter().filter(|(key, _)| key.pool.is_empty()) {
        let Some(sum) = sums.get_mut(&key.product) else {
            continue;
        };
        let currency = &key.dimensions.currency;
        let rate = (inputs.rate)(currency).ok_or_else(|| AllocationError::MissingRate {
            currency: currency.clone(),
            month: inputs.month,
        })?;
        *sum += amounts.effective.multiply(rate);
    }
    Ok(sums
        .into_iter()
        .map(|(product, sum)| (product, sum.max(Money::ZERO)))
        .collect())
}
