//! Exact shares, and splitting amounts by them so that nothing is lost.

use super::Amounts;
use crate::ledger::Money;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use std::collections::BTreeMap;

/// Exact shares: target (product, or `pool:NAME`) → whole-number weight, none negative. No weights, or all zero: the
/// pool has nobody to give to and stays unallocated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shares {
    /// The exact weights.
    pub weights: BTreeMap<String, BigInt>,
    /// The same shares as a reader is shown them, as numerators over `stated_total`.
    pub stated: Vec<Money>,
    /// The common denominator of `stated`.
    pub stated_total: Money,
}

impl Shares {
    /// From a basis of amounts, which stays visible as it is; a negative weight leaves no share at all.
    pub fn of_basis(basis: BTreeMap<String, Money>) -> Shares {
        let total = basis
            .values()
            .try_fold(Money::ZERO, |sum, weight| sum.checked_add(*weight));
        if basis.values().any(|weight| weight.is_negative()) || total == Some(Money::ZERO) {
            return Shares::default();
        }
        match total {
            Some(stated_total) => Shares {
                stated: basis.values().copied().collect(),
                stated_total,
                weights: units(&basis),
            },
            None => Shares::exact(units(&basis)),
        }
    }

    /// From exact weights. They are shown in lowest terms when those fit the ledger's decimals, else as parts of one
    /// rounded to 18 digits (the parts add up to one); the split itself always uses the exact weights.
    pub fn exact(mut weights: BTreeMap<String, BigInt>) -> Shares {
        let divisor = weights
            .values()
            .fold(BigInt::zero(), |divisor, weight| divisor.gcd(weight));
        if weights.values().any(Signed::is_negative) || divisor.is_zero() {
            return Shares::default();
        }
        for weight in weights.values_mut() {
            *weight /= &divisor;
        }
        let whole = |weight: &BigInt| weight.to_i64().map(Money::whole);
        let stated: Option<Vec<Money>> = weights.values().map(whole).collect();
        let total: BigInt = weights.values().sum();
        let (stated, stated_total) = match (stated, whole(&total)) {
            (Some(stated), Some(total)) => (stated, total),
            _ => {
                let exact: Vec<BigInt> = weights.values().cloned().collect();
                (split_exactly(Money::ONE, &exact).unwrap_or_default(), Money::ONE)
            }
        };
        Shares {
            weights,
            stated,
            stated_total,
        }
    }

    /// What splits many amounts by these shares.
    pub fn splitter(&self) -> Splitter {
        let exact: Vec<BigInt> = self.weights.values().cloned().collect();
        let small = exact.iter().map(|weight| weight.to_i128().map(Money::from_units));
        Splitter {
            small: small.collect(),
            exact,
        }
    }
}

/// Weights made ready to split amounts.
pub(super) struct Splitter {
    exact: Vec<BigInt>,
    /// The same weights as machine integers, when they all fit.
    small: Option<Vec<Money>>,
}

impl Splitter {
    /// Splits four amounts; the parts add up to the whole to the last digit. Nothing when there is no share to give.
    pub fn split(&self, amounts: Amounts) -> Option<Vec<Amounts>> {
        let parts: Vec<Vec<Money>> = amounts
            .to_array()
            .into_iter()
            .map(|amount| self.split_one(amount))
            .collect::<Option<_>>()?;
        let part = |at: usize| Amounts::from_array([parts[0][at], parts[1][at], parts[2][at], parts[3][at]]);
        Some((0..self.exact.len()).map(part).collect())
    }

    /// Splits one amount likewise.
    pub fn split_one(&self, amount: Money) -> Option<Vec<Money>> {
        match &self.small {
            Some(weights) => amount.split(weights),
            None => split_exactly(amount, &self.exact),
        }
    }
}

pub(super) fn units(basis: &BTreeMap<String, Money>) -> BTreeMap<String, BigInt> {
    basis
        .iter()
        .map(|(target, weight)| (target.clone(), BigInt::from(weight.units())))
        .collect()
}

/// [`Money::split`] for weights of any size: largest remainder, the earlier part first among equals, negative amounts
/// as the mirror image.
fn split_exactly(amount: Money, weights: &[BigInt]) -> Option<Vec<Money>> {
    let total: BigInt = weights.iter().sum();
    if weights.iter().any(Signed::is_negative) || total.is_zero() {
        return None;
    }
    let size = BigInt::from(amount.units().abs());
    let (mut parts, remainders): (Vec<BigInt>, Vec<BigInt>) =
        weights.iter().map(|weight| (&size * weight).div_rem(&total)).unzip();
    let left = (&size - parts.iter().sum::<BigInt>()).to_usize()?;
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| remainders[b].cmp(&remainders[a]).then(a.cmp(&b)));
    for &at in order.iter().take(left) {
        parts[at] += 1;
    }
    let sign = amount.units().signum();
    parts
        .iter()
        .map(|part| Some(Money::from_units(part.to_i128()? * sign)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The split for weights of any size is the ledger's own where that one can hold them.
        #[test]
        fn big_and_small_weights_split_alike(
            units in -10_i128.pow(37)..10_i128.pow(37),
            weights in prop::collection::vec(0_i128..10_i128.pow(30), 1..9),
        ) {
            let amount = Money::from_units(units);
            let small: Vec<Money> = weights.iter().copied().map(Money::from_units).collect();
            let scale = BigInt::from(10).pow(40);
            let big: Vec<BigInt> = weights.iter().map(|weight| BigInt::from(*weight) * &scale).collect();
            prop_assert_eq!(split_exactly(amount, &big), amount.split(&small));
        }
    }
}
