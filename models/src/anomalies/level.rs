//! What a series is of: money, exact to the last digit, or a physical quantity.

use crate::ledger::{Money, Ratio};

/// A value that anomalies are looked for in.
pub trait Level: Copy + Default + PartialOrd {
    /// As a float, for distances and ratios only.
    fn float(self) -> f64;

    /// The median, of an even number the half of the middle two together; nothing of nothing.
    fn middle(values: &mut [Self]) -> Option<Self>;

    /// Times a ratio, to six digits.
    fn lifted(self, ratio: f64) -> Self;

    /// Sum.
    fn plus(self, other: Self) -> Self;

    /// Difference.
    fn minus(self, other: Self) -> Self;

    /// True when it is less money than the least that counts. Quantities are no money: whoever knows their cost decides.
    fn is_small(self, least: Money) -> bool;
}

impl Level for Money {
    fn float(self) -> f64 {
        self.for_drawing()
    }

    fn middle(values: &mut [Money]) -> Option<Money> {
        values.sort_unstable();
        let middle = values.len() / 2;
        match values.len() {
            0 => None,
            odd if odd % 2 == 1 => Some(values[middle]),
            _ => Some((values[middle - 1] + values[middle]).scale_by(&Ratio::new(Money::ONE, Money::whole(2)))),
        }
    }

    fn lifted(self, ratio: f64) -> Money {
        self.multiply(Money::from_units((ratio * 1e6).round() as i128 * 1_000_000_000_000))
    }

    fn plus(self, other: Money) -> Money {
        self + other
    }

    fn minus(self, other: Money) -> Money {
        self - other
    }

    fn is_small(self, least: Money) -> bool {
        self.abs() < least
    }
}

impl Level for f64 {
    fn float(self) -> f64 {
        self
    }

    fn middle(values: &mut [f64]) -> Option<f64> {
        super::median(values)
    }

    fn lifted(self, ratio: f64) -> f64 {
        self * (ratio * 1e6).round() / 1e6
    }

    fn plus(self, other: f64) -> f64 {
        self + other
    }

    fn minus(self, other: f64) -> f64 {
        self - other
    }

    fn is_small(self, _least: Money) -> bool {
        false
    }
}
