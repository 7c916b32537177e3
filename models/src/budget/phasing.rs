//! How an amount of a year is spread over its months: exactly, to the last digit.

use crate::ledger::{Money, Month};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The way in which an amount is spread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phasing {
    /// The same in every month.
    Even,
    /// As the same months' shares of last year's cost.
    LastYear,
    /// By the working days of each month.
    WorkingDays,
    /// By stated weights, one per month.
    Explicit(Vec<Money>),
}

/// Why an amount cannot be spread.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum PhasingProblem {
    #[error("{found} weights for {months} months")]
    WeightCount { found: usize, months: usize },
    #[error("the weights are all zero, or one is negative")]
    Weights,
    #[error("there is no cost of last year to take the shares from")]
    NoLastYear,
    #[error("there is no month to spread over")]
    NoMonths,
}

/// Spreads `amount` over `months`. What is not a whole cent goes to the months by largest remainder, so that every part
/// is in whole cents when the amount is, and the parts add up to it.
///
/// `last_year` gives the cost of the same month a year earlier; a credit counts as nothing. `free` says which weekdays
/// are no working days.
///
/// # Errors
/// When there is nothing to weigh by.
pub fn spread(
    amount: Money,
    months: &[Month],
    phasing: &Phasing,
    last_year: &BTreeMap<Month, Money>,
    free: &BTreeSet<chrono::NaiveDate>,
) -> Result<Vec<(Month, Money)>, PhasingProblem> {
    if months.is_empty() {
        return Err(PhasingProblem::NoMonths);
    }
    let weights: Vec<Money> = match phasing {
        Phasing::Even => months.iter().map(|_| Money::ONE).collect(),
        Phasing::LastYear => months
            .iter()
            .map(|month| {
                last_year
                    .get(&month.plus(-12))
                    .copied()
                    .unwrap_or_default()
                    .max(Money::ZERO)
            })
            .collect(),
        Phasing::WorkingDays => months
            .iter()
            .map(|month| Money::whole(i64::from(working_days(*month, free))))
            .collect(),
        Phasing::Explicit(weights) => {
            if weights.len() != months.len() {
                return Err(PhasingProblem::WeightCount {
                    found: weights.len(),
                    months: months.len(),
                });
            }
            weights.clone()
        }
    };
    let nothing = weights.iter().all(|weight| weight.is_zero());
    if nothing && *phasing == Phasing::LastYear {
        return Err(PhasingProblem::NoLastYear);
    }
    if nothing || weights.iter().any(|weight| weight.is_negative()) {
        return Err(PhasingProblem::Weights);
    }
    let parts = in_cents(amount, &weights).or_else(|| amount.split(&weights));
    let parts = parts.ok_or(PhasingProblem::Weights)?;
    Ok(months.iter().copied().zip(parts).collect())
}

/// Whole cents by running sums: each prefix is rounded, and the parts are the differences.
fn in_cents(amount: Money, weights: &[Money]) -> Option<Vec<Money>> {
    if amount.round(2) != amount {
        return None;
    }
    let whole: Money = weights.iter().copied().sum();
    let (mut before, mut weight) = (Money::ZERO, Money::ZERO);
    let mut parts = Vec::with_capacity(weights.len());
    for part in weights {
        weight += *part;
        let through = amount.scale_by(&crate::ledger::Ratio::checked(weight, whole)?).round(2);
        parts.push(through - before);
        before = through;
    }
    (before == amount).then_some(parts)
}

/// Monday to Friday, less the days that are free.
pub fn working_days(month: Month, free: &BTreeSet<chrono::NaiveDate>) -> u32 {
    use chrono::{Datelike, Weekday};
    let days = (0..month.days()).filter_map(|day| month.first_day().checked_add_days(chrono::Days::new(day.into())));
    let works = |day: &chrono::NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !free.contains(day);
    days.filter(works).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(count: i32) -> Vec<Month> {
        let first: Month = "2026-01".parse().unwrap();
        (0..count).map(|offset| first.plus(offset)).collect()
    }

    fn amounts(parts: Vec<(Month, Money)>) -> Vec<String> {
        parts.into_iter().map(|(_, amount)| amount.to_string()).collect()
    }

    fn of(amount: &str, count: i32, phasing: &Phasing) -> Result<Vec<String>, PhasingProblem> {
        let last_year = [("2025-01", 30), ("2025-02", 10), ("2025-03", -5)]
            .map(|(month, amount)| (month.parse().unwrap(), Money::whole(amount)))
            .into();
        spread(
            amount.parse().unwrap(),
            &months(count),
            phasing,
            &last_year,
            &BTreeSet::new(),
        )
        .map(amounts)
    }

    #[test]
    fn each_way_gives_whole_cents_that_add_up() {
        assert_eq!(of("100", 3, &Phasing::Even).unwrap(), ["33.33", "33.34", "33.33"]);
        assert_eq!(of("100", 3, &Phasing::LastYear).unwrap(), ["75", "25", "0"]);
        // January 2026 has 22 weekdays, February 20.
        assert_eq!(of("42", 2, &Phasing::WorkingDays).unwrap(), ["22", "20"]);
        let weights = Phasing::Explicit([1, 0, 1].map(Money::whole).to_vec());
        assert_eq!(of("-10", 3, &weights).unwrap(), ["-5", "0", "-5"]);
    }

    #[test]
    fn what_cannot_be_weighed_is_said() {
        let few = Phasing::Explicit(vec![Money::ONE]);
        assert_eq!(
            of("1", 2, &few),
            Err(PhasingProblem::WeightCount { found: 1, months: 2 })
        );
        let none = Phasing::Explicit(vec![Money::ZERO; 2]);
        assert_eq!(of("1", 2, &none), Err(PhasingProblem::Weights));
        let april = spread(
            Money::ONE,
            &["2026-04".parse().unwrap()],
            &Phasing::LastYear,
            &BTreeMap::new(),
            &BTreeSet::new(),
        );
        assert_eq!(april, Err(PhasingProblem::NoLastYear));
    }

    proptest::proptest! {
        #[test]
        fn parts_add_up_to_the_last_digit(units in -10_i128.pow(28)..10_i128.pow(28), weights in proptest::collection::vec(0_i64..1000, 1..24)) {
            proptest::prop_assume!(weights.iter().any(|weight| *weight > 0));
            let months = months(weights.len() as i32);
            let weights = Phasing::Explicit(weights.into_iter().map(Money::whole).collect());
            for amount in [Money::from_units(units), Money::from_units(units).round(2)] {
                let parts = spread(amount, &months, &weights, &BTreeMap::new(), &BTreeSet::new()).unwrap();
                let sum: Money = parts.iter().map(|(_, part)| *part).sum();
                proptest::prop_assert_eq!(sum, amount);
            }
        }
    }
}
