//! Money as whole units of 10⁻¹⁸: exact to add, and split so that the parts add up to the whole.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

/// Digits after the decimal point that the ledger stores.
pub const SCALE: u32 = 18;

/// The largest count of digits in a source value that is read at all; beyond it the value is refused, not rounded.
const MOST_DIGITS: usize = 120;

/// 10¹⁸, one unit of currency.
const ONE: i128 = 1_000_000_000_000_000_000;

/// An amount of money, or a quantity kept as exactly as money: a whole number of 10⁻¹⁸ units, below 10²⁰ in size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i128);

/// Why a text is not an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text holds no digits in the shape of a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// The text holds a `,`: a thousands separator or a decimal comma, which mean different amounts.
    #[error("a comma is ambiguous: write 1234.5 with a point and no thousands separator")]
    Comma,
    /// More than 20 digits stand before the point.
    #[error("more than 20 digits before the decimal point")]
    TooLarge,
}

/// What [`Money::parse`] read: the stored amount, and what rounding to 18 digits took from the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The amount, rounded half-even to 18 digits after the point.
    pub money: Money,
    /// Source value minus stored value, exact; zero for all but over-long sources.
    pub residual: Residual,
}

/// An exact decimal of any length: what rounding took, summed over an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Residual {
    digits: BigInt,
    scale: u32,
}

impl Residual {
    /// Adds another residual, exactly.
    pub fn add(&mut self, other: &Residual) {
        if other.digits.is_zero() {
            return;
        }
        let scale = self.scale.max(other.scale);
        self.digits =
            &self.digits * power_of_ten(scale - self.scale) + &other.digits * power_of_ten(scale - other.scale);
        self.scale = scale;
    }

    /// True when rounding took nothing.
    pub fn is_zero(&self) -> bool {
        self.digits.is_zero()
    }
}

impl fmt::Display for Residual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(&self.digits, self.scale))
    }
}

fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

/// Powers of ten up to 10¹⁸.
const POWERS: [u128; SCALE as usize + 1] = {
    let mut powers = [1; SCALE as usize + 1];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// The units of a plain number (sign, digits, point, digits) that needs no rounding; nothing for whatever else a text may be.
///
/// Nearly every amount of a bill is one, and this is the innermost loop of an import.
fn plain_units(text: &[u8]) -> Option<i128> {
    let (negative, digits) = match text.first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 37 {
        return None;
    }
    let (head, tail) = digits.split_at(digits.len().min(19));
    let (mut value, mut count, mut point) = (0_u64, 0, None);
    for &byte in head {
        match byte {
            b'0'..=b'9' => {
                // 19 digits are below 2⁶⁴.
                value = value * 10 + u64::from(byte - b'0');
                count += 1;
            }
            b'.' if point.is_none() => point = Some(count),
            _ => return None,
        }
    }
    let mut value = u128::from(value);
    for &byte in tail {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + u128::from(byte - b'0');
                count += 1;
            }
            b'.' if point.is_none() => point = Some(count),
            _ => return None,
        }
    }
    let whole = point.unwrap_or(count);
    let scale = count - whole;
    if count == 0 || whole > 19 || scale > SCALE {
        return None;
    }
    // At most 19 + 18 digits: below 2¹²⁷.
    let units = (value * POWERS[(SCALE - scale) as usize]) as i128;
    Some(if negative { -units } else { units })
}

/// Digits and scale as plain text without trailing zeros.
fn plain(digits: &BigInt, scale: u32) -> String {
    let negative = digits.sign() == Sign::Minus;
    let mut text = digits.abs().to_string();
    let scale = scale as usize;
    if scale > 0 {
        if text.len() <= scale {
            text = "0".repeat(scale + 1 - text.len()) + &text;
        }
        text.insert(text.len() - scale, '.');
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    if negative && text != "0" {
        format!("-{text}")
    } else {
        text
    }
}

/// `numerator ÷ denominator` rounded half to even.
fn divide_half_even(numerator: &BigInt, denominator: &BigInt) -> BigInt {
    let (quotient, remainder) = numerator.div_mod_floor(denominator);
    let twice: BigInt = remainder.abs() * 2;
    match twice.cmp(&denominator.abs()) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal if quotient.is_even() => quotient,
        std::cmp::Ordering::Equal => quotient + 1,
    }
}

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);
    /// One unit of currency.
    pub const ONE: Money = Money(ONE);

    /// From a whole number of 10⁻¹⁸ units, the form in which frames hold money.
    pub const fn from_units(units: i128) -> Money {
        Money(units)
    }

    /// The whole number of 10⁻¹⁸ units.
    pub const fn units(self) -> i128 {
        self.0
    }

    /// A whole number of currency units.
    pub const fn whole(amount: i64) -> Money {
        Money(amount as i128 * ONE)
    }

    /// Reads a decimal number exactly: digits with an optional point and sign, or scientific notation (`1.2E-7`).
    ///
    /// Digits beyond the 18th are rounded half-even and returned as the residual. No thousands separators, no
    /// currency signs, no decimal comma: each could be read as another amount.
    pub fn parse(text: &str) -> Result<Parsed, MoneyError> {
        let text = text.trim();
        if let Some(units) = plain_units(text.as_bytes()) {
            return Ok(Parsed {
                money: Money(units),
                residual: Residual::default(),
            });
        }
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (
                &text[..at],
                text[at + 1..].parse::<i32>().map_err(|_| MoneyError::NotANumber)?,
            ),
            None => (text, 0),
        };
        let (negative, unsigned) = match mantissa.as_bytes().first() {
            Some(b'-') => (true, &mantissa[1..]),
            Some(b'+') => (false, &mantissa[1..]),
            _ => (false, mantissa),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        if whole.len() + fraction.len() == 0 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            let comma =
                unsigned.contains(',') && unsigned.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.');
            return Err(if comma {
                MoneyError::Comma
            } else {
                MoneyError::NotANumber
            });
        }
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return Ok(Parsed {
                money: Money::ZERO,
                residual: Residual::default(),
            });
        }
        let scale = fraction.len() as i64 - i64::from(exponent);
        if digits.len() > MOST_DIGITS || scale > MOST_DIGITS as i64 || digits.len() as i64 - scale > 20 {
            return Err(if scale > MOST_DIGITS as i64 {
                MoneyError::NotANumber
            } else {
                MoneyError::TooLarge
            });
        }
        let digits = if negative {
            format!("-{digits}")
        } else {
            digits.to_owned()
        };
        // The common case stays in machine integers; only over-long sources need big ones.
        if (0..=i64::from(SCALE)).contains(&scale)
            && let Ok(value) = digits.parse::<i128>()
            && let Some(units) = value.checked_mul(10_i128.pow(SCALE - scale as u32))
        {
            return Ok(Parsed {
                money: Money(units),
                residual: Residual::default(),
            });
        }
        let digits: BigInt = digits.parse().map_err(|_| MoneyError::NotANumber)?;
        let shift = i64::from(SCALE) - scale;
        if shift >= 0 {
            let units = (digits * power_of_ten(shift as u32))
                .to_i128()
                .ok_or(MoneyError::TooLarge)?;
            return Ok(Parsed {
                money: Money(units),
                residual: Residual::default(),
            });
        }
        let rounded = divide_half_even(&digits, &power_of_ten((-shift) as u32));
        let residual = Residual {
            digits: digits - &rounded * power_of_ten((-shift) as u32),
            scale: scale as u32,
        };
        Ok(Parsed {
            money: Money(rounded.to_i128().ok_or(MoneyError::TooLarge)?),
            residual,
        })
    }

    /// Sum that reports overflow instead of wrapping.
    #[inline]
    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.0.checked_add(other.0).map(Money)
    }

    /// True for zero.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// True below zero.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The amount without its sign.
    pub fn abs(self) -> Money {
        Money(self.0.abs())
    }

    /// The amount times a whole count.
    ///
    /// # Panics
    /// When the product leaves the range of [`Money`].
    pub fn times(self, count: i64) -> Money {
        Money(self.0.checked_mul(i128::from(count)).expect("money out of range"))
    }

    /// The amount times another decimal number, rounded half-even to 18 digits.
    ///
    /// # Panics
    /// When the product leaves the range of [`Money`].
    pub fn multiply(self, factor: Money) -> Money {
        self.scale_by(&Ratio::new(factor, Money::ONE))
    }

    /// The amount times an exact ratio, rounded half-even to 18 digits.
    ///
    /// # Panics
    /// When the product leaves the range of [`Money`].
    pub fn scale_by(self, ratio: &Ratio) -> Money {
        let units = divide_half_even(&(BigInt::from(self.0) * &ratio.numerator), &ratio.denominator);
        Money(units.to_i128().expect("money out of range"))
    }

    /// Rounds half-even to `digits` after the point (2 for cents).
    pub fn round(self, digits: u32) -> Money {
        if digits >= SCALE {
            return self;
        }
        let step = 10_i128.pow(SCALE - digits);
        let rounded = divide_half_even(&BigInt::from(self.0), &BigInt::from(step));
        Money((rounded * step).to_i128().expect("money out of range"))
    }

    /// Splits the amount by `weights` so that the parts add up to it to the last digit (largest remainder).
    ///
    /// Each part is rounded towards zero, then the units left over go one each to the parts with the largest
    /// remainder, the earlier part first among equals. Negative amounts split as their mirror image.
    ///
    /// # Errors
    /// `None` when a weight is negative or all are zero: there is no share to give.
    pub fn split(self, weights: &[Money]) -> Option<Vec<Money>> {
        let total: BigInt = weights.iter().map(|w| BigInt::from(w.0)).sum();
        if weights.iter().any(|w| w.0 < 0) || !total.is_positive() {
            return None;
        }
        let size = BigInt::from(self.0.abs());
        let mut parts = Vec::with_capacity(weights.len());
        let mut remainders = Vec::with_capacity(weights.len());
        for weight in weights {
            let (quotient, remainder) = (&size * weight.0).div_rem(&total);
            parts.push(quotient.to_i128()?);
            remainders.push(remainder);
        }
        let left = self.0.abs() - parts.iter().sum::<i128>();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by(|&a, &b| remainders[b].cmp(&remainders[a]).then(a.cmp(&b)));
        for &index in order.iter().take(usize::try_from(left).ok()?) {
            parts[index] += 1;
        }
        Some(parts.into_iter().map(|units| Money(units * self.0.signum())).collect())
    }

    /// Rounded to `digits` after the point with thousands separators: `1,234,567.89`.
    pub fn grouped(self, digits: u32) -> String {
        let rounded = self.round(digits);
        let whole = (rounded.0.abs() / ONE).to_string();
        let mut text = String::new();
        if rounded.0 < 0 {
            text.push('-');
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        if digits > 0 {
            let fraction = (rounded.0.abs() % ONE) / 10_i128.pow(SCALE - digits.min(SCALE));
            text.push_str(&format!(".{fraction:0width$}", width = digits.min(SCALE) as usize));
        }
        text
    }

    /// The nearest binary float: for drawing a picture only, never for arithmetic.
    pub fn for_drawing(self) -> f64 {
        self.0 as f64 / ONE as f64
    }
}

/// An exact ratio of two decimal amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ratio {
    numerator: BigInt,
    denominator: BigInt,
}

impl Ratio {
    /// `numerator ÷ denominator`.
    ///
    /// # Panics
    /// When the denominator is zero; test with [`Money::is_zero`] first, or use [`Ratio::checked`].
    pub fn new(numerator: Money, denominator: Money) -> Ratio {
        Ratio::checked(numerator, denominator).expect("ratio with a zero denominator")
    }

    /// `numerator ÷ denominator`, or nothing when the denominator is zero.
    pub fn checked(numerator: Money, denominator: Money) -> Option<Ratio> {
        let sign = denominator.0.signum();
        (sign != 0).then(|| Ratio {
            numerator: BigInt::from(numerator.0) * sign,
            denominator: BigInt::from(denominator.0.abs()),
        })
    }

    /// Rounded half-even to 18 digits.
    pub fn to_money(&self) -> Money {
        Money::ONE.scale_by(self)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&plain(&BigInt::from(self.0), SCALE))
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Like [`Money::parse`], for texts that Headroom wrote itself.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Money::parse(text).map(|parsed| parsed.money)
    }
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        self.checked_add(other).expect("money out of range")
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        self + -other
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Money;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number as text in quotes (\"1234.50\") or a whole number")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Money, E> {
                text.parse().map_err(|error| E::custom(format!("\"{text}\": {error}")))
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Money, E> {
                Ok(Money::whole(value))
            }
            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Money, E> {
                i64::try_from(value).map(Money::whole).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn reads_what_bills_hold() {
        for (text, shown) in [
            ("0.00000080000", "0.0000008"),
            ("1.2E-7", "0.00000012"),
            ("1.2e+3", "1200"),
            ("-0", "0"),
            (".5", "0.5"),
            ("5.", "5"),
            (
                "-12345678901234567890.123456789012345678",
                "-12345678901234567890.123456789012345678",
            ),
        ] {
            let parsed = Money::parse(text).unwrap();
            assert_eq!(parsed.money.to_string(), shown, "{text}");
            assert!(parsed.residual.is_zero(), "{text}");
        }
    }

    #[test]
    fn refuses_what_could_mean_two_amounts() {
        assert_eq!(Money::parse("1,234.5"), Err(MoneyError::Comma));
        assert_eq!(Money::parse("12,5"), Err(MoneyError::Comma));
        for text in [
            "",
            "-",
            "abc",
            "1.2.3",
            "1e",
            "NaN",
            "inf",
            "1e99999999999",
            "0x10",
            "--1",
            "1 2",
        ] {
            assert_eq!(Money::parse(text), Err(MoneyError::NotANumber), "{text}");
        }
        assert_eq!(Money::parse("123456789012345678901"), Err(MoneyError::TooLarge));
    }

    #[test]
    fn keeps_what_rounding_took() {
        // 28 digits as in real Azure files; ties go to the even neighbour.
        let parsed = Money::parse("0.1234567890123456785000000001").unwrap();
        assert_eq!(parsed.money.to_string(), "0.123456789012345679");
        assert_eq!(parsed.residual.to_string(), "-0.0000000000000000004999999999");
        assert_eq!(money("0.0000000000000000005").to_string(), "0");
        assert_eq!(money("0.0000000000000000015").to_string(), "0.000000000000000002");
        assert_eq!(money("-0.0000000000000000015").to_string(), "-0.000000000000000002");
    }

    #[test]
    fn groups_and_rounds_for_people() {
        assert_eq!(money("-1234567.885").grouped(2), "-1,234,567.88");
        assert_eq!(money("999.999").grouped(2), "1,000.00");
        assert_eq!(money("-0.001").grouped(2), "0.00");
        assert_eq!(money("12").grouped(0), "12");
    }

    #[test]
    fn splits_by_largest_remainder() {
        let parts = money("0.000000000000000010")
            .split(&[money("1"), money("1"), money("1")])
            .unwrap();
        assert_eq!(parts, [money("4E-18"), money("3E-18"), money("3E-18")]);
        assert_eq!(Money::ONE.split(&[Money::ZERO]), None);
        assert_eq!(Money::ONE.split(&[]), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_lie_within_one_unit(units in -10_i128.pow(37)..10_i128.pow(37), weights in prop::collection::vec(0_i128..10_i128.pow(30), 1..12)) {
            prop_assume!(weights.iter().any(|&w| w > 0));
            let weights: Vec<Money> = weights.into_iter().map(Money::from_units).collect();
            let total: Money = weights.iter().copied().sum();
            let parts = Money::from_units(units).split(&weights).unwrap();
            prop_assert_eq!(parts.iter().copied().sum::<Money>().units(), units);
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = Money::from_units(units).scale_by(&Ratio::new(*weight, total));
                prop_assert!((*part - exact).units().abs() <= 1);
            }
        }

        #[test]
        fn text_round_trips(units in -10_i128.pow(37)..10_i128.pow(37)) {
            let money = Money::from_units(units);
            prop_assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
        }

        #[test]
        fn stored_plus_residual_is_the_source(whole in 0_u64..1_000_000, fraction in "[0-9]{1,40}") {
            let source = format!("{whole}.{fraction}");
            let parsed = Money::parse(&source).unwrap();
            let mut total = parsed.residual.clone();
            total.add(&Residual { digits: parsed.money.units().into(), scale: SCALE });
            let shown = total.to_string();
            let trimmed = source.trim_end_matches('0').trim_end_matches('.');
            prop_assert_eq!(shown, trimmed);
        }
    }
}
