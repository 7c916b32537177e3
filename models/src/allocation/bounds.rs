//! Minimum and maximum shares of a pool's targets, kept exactly.

use crate::ledger::Money;
use crate::organization::UNALLOCATED;
use num_bigint::BigInt;
use num_traits::Zero;
use std::collections::BTreeMap;

/// One target's weight and the shares it must lie between, in units of 10⁻¹⁸.
struct Target<'a> {
    name: &'a str,
    weight: BigInt,
    least: BigInt,
    most: BigInt,
}

/// A level as an exact fraction: a target carries its weight times the level, but no less and no more than its bounds.
struct Level {
    numerator: BigInt,
    denominator: BigInt,
}

impl Target<'_> {
    /// The levels at which the target leaves its minimum and reaches its maximum; a zero weight never leaves it.
    fn turns(&self) -> impl Iterator<Item = Level> {
        let bounds = if self.weight.is_zero() {
            vec![]
        } else {
            vec![&self.least, &self.most]
        };
        bounds.into_iter().map(|bound| Level {
            numerator: bound.clone(),
            denominator: self.weight.clone(),
        })
    }

    /// What it carries at a level, times the level's denominator.
    fn carries(&self, level: &Level) -> BigInt {
        let (least, most) = (&self.least * &level.denominator, &self.most * &level.denominator);
        (&self.weight * &level.numerator).clamp(least, most)
    }

    /// True when it carries its weight times the level just above `level`.
    fn follows(&self, level: &Level) -> bool {
        let carried = &self.weight * &level.numerator;
        !self.weight.is_zero()
            && carried >= &self.least * &level.denominator
            && carried < &self.most * &level.denominator
    }
}

/// Exact weights that keep every bound: all targets between their bounds carry in proportion to their weights, and the
/// whole is one.
///
/// The level at which the parts add up to one is found among the turning points of a rising, piecewise linear function,
/// in whole numbers. When all maxima together are less than one, what is left over goes to [`UNALLOCATED`].
///
/// # Errors
/// A sentence, when the bounds contradict each other; the weights then stand as they are.
pub(super) fn bounded(
    weights: &BTreeMap<String, BigInt>,
    minimum: &BTreeMap<String, Money>,
    maximum: &BTreeMap<String, Money>,
) -> Result<BTreeMap<String, BigInt>, String> {
    let one = BigInt::from(Money::ONE.units());
    let bound =
        |bounds: &BTreeMap<String, Money>, name: &str| bounds.get(name).map(|bound| BigInt::from(bound.units()));
    let targets: Vec<Target<'_>> = weights
        .iter()
        .map(|(name, weight)| Target {
            name,
            weight: weight.clone(),
            least: bound(minimum, name).unwrap_or_default(),
            most: bound(maximum, name).unwrap_or_else(|| one.clone()),
        })
        .collect();
    if targets.iter().any(|target| target.least > target.most) {
        return Err("a minimum share is above the maximum share, so the bounds are not applied".to_owned());
    }
    let start = Level {
        numerator: BigInt::zero(),
        denominator: BigInt::from(1),
    };
    let total = |level: &Level| targets.iter().map(|target| target.carries(level)).sum::<BigInt>();
    if total(&start) > one {
        return Err("the minimum shares add up to more than 1, so the bounds are not applied".to_owned());
    }
    // The highest turning point at which the parts do not exceed one; the answer lies between it and the next.
    let level = targets
        .iter()
        .flat_map(Target::turns)
        .filter(|level| total(level) <= &one * &level.denominator)
        .fold(start, |highest, level| {
            let higher = &level.numerator * &highest.denominator > &highest.numerator * &level.denominator;
            if higher { level } else { highest }
        });
    let (following, fixed): (Vec<_>, Vec<_>) = targets.iter().partition(|target| target.follows(&level));
    let carried_fixed = |target: &Target<'_>| target.carries(&level) / &level.denominator;
    let left = &one - fixed.iter().map(|target| carried_fixed(target)).sum::<BigInt>();
    let following_weight: BigInt = following.iter().map(|target| &target.weight).sum();
    let scale = if following.is_empty() {
        BigInt::from(1)
    } else {
        following_weight
    };
    let mut exact: BTreeMap<String, BigInt> = fixed
        .iter()
        .map(|target| (target.name.to_owned(), carried_fixed(target) * &scale))
        .collect();
    exact.extend(
        following
            .iter()
            .map(|target| (target.name.to_owned(), &target.weight * &left)),
    );
    if following.is_empty() && !left.is_zero() {
        exact.insert(UNALLOCATED.to_owned(), left);
    }
    Ok(exact)
}
