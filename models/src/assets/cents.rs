//! Exact fractions of an amount, rounded to cents so that the months add up to the whole.

use crate::ledger::{Money, SCALE};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

/// An exact amount: numerator ÷ denominator in units of 10⁻¹⁸; the denominator is above zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    pub numerator: BigInt,
    pub denominator: BigInt,
}

impl Exact {
    pub fn of(amount: Money) -> Exact {
        Exact {
            numerator: BigInt::from(amount.units()),
            denominator: BigInt::from(1),
        }
    }

    /// The amount times `numerator ÷ denominator`; the denominator must be above zero.
    pub fn times(&self, numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Exact {
        let (numerator, denominator) = (
            &self.numerator * numerator.into(),
            &self.denominator * denominator.into(),
        );
        let divisor = numerator.gcd(&denominator);
        Exact {
            numerator: numerator / &divisor,
            denominator: denominator / divisor,
        }
    }

    pub fn plus(&self, other: &Exact) -> Exact {
        let numerator = &self.numerator * &other.denominator + &other.numerator * &self.denominator;
        Exact {
            numerator,
            denominator: &self.denominator * &other.denominator,
        }
        .times(1, 1)
    }

    pub fn minus(&self, other: &Exact) -> Exact {
        self.plus(&other.times(-1, 1))
    }

    pub fn min(self, other: Exact) -> Exact {
        if self.minus(&other).numerator.is_positive() {
            other
        } else {
            self
        }
    }

    /// Rounded half-even to cents. Nothing when it is larger than money can be.
    pub fn to_cents(&self) -> Option<Money> {
        let cent = BigInt::from(10).pow(SCALE - 2);
        let denominator = &self.denominator * &cent;
        let (down, rest) = self.numerator.div_mod_floor(&denominator);
        let up = match (rest * 2_u32).cmp(&denominator) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => i32::from(down.is_odd()),
            std::cmp::Ordering::Greater => 1,
        };
        ((down + up) * cent).to_i128().map(Money::from_units)
    }
}

/// What each step carries when the sums through each step are given: every sum is rounded to cents and each step carries
/// the difference to the one before, so that nothing drifts; the last step takes the digits below a cent of `whole`.
pub(super) fn steps(through: impl IntoIterator<Item = Exact>, whole: Money) -> Vec<Money> {
    let mut sums: Vec<Money> = through.into_iter().map(|sum| sum.to_cents().unwrap_or(whole)).collect();
    if let Some(last) = sums.last_mut() {
        *last = whole;
    }
    let mut before = Money::ZERO;
    sums.into_iter()
        .map(|sum| {
            let step = sum - before;
            before = sum;
            step
        })
        .collect()
}
