//! Depreciation that is heavier in the first years: double declining balance and sum of the years' digits.

use super::cents::{Exact, steps};
use super::straight_line;
use crate::ledger::{Money, Month};

/// Months in a depreciation year, and the months of straight line at the end of a declining balance.
const YEAR: u32 = 12;
const LAST_YEARS: u32 = 2 * YEAR;

/// Double declining balance (双倍余额递减法): a depreciation year carries its opening book value × 2 ÷ years of life,
/// the same every month and without regard to the residual value; the last two years carry what is left above the
/// residual value in equal parts.
///
/// The rule of the Chinese accounting standard (企业会计准则第 4 号 固定资产, application guide): the switch to straight line
/// comes two years before the end, not where it would first give more. Depreciation years count from `first`. The book
/// value never falls below the residual value. A life of two years or less is straight line; so is a residual value that
/// is not below the cost. Amounts are in the currency of `cost`, whole cents but for the last month, and add up to
/// `cost − residual` exactly.
pub fn double_declining(cost: Money, residual: Money, life_months: u32, first: Month) -> Vec<(Month, Money)> {
    if life_months <= LAST_YEARS || cost <= residual {
        return straight_line(cost, residual, life_months, first);
    }
    let base = Exact::of(cost - residual);
    let declining = life_months - LAST_YEARS;
    let mut through = Vec::new();
    let mut before = Exact::of(Money::ZERO);
    for start in (0..declining).step_by(YEAR as usize) {
        let months = YEAR.min(declining - start);
        let month = Exact::of(cost).minus(&before).times(2, life_months);
        through.extend((1..=months).map(|count| before.plus(&month.times(count, 1)).min(base.clone())));
        before = before.plus(&month.times(months, 1)).min(base.clone());
    }
    let left = base.minus(&before);
    through.extend((1..=LAST_YEARS).map(|count| before.plus(&left.times(count, LAST_YEARS))));
    dated(steps(through, cost - residual), first)
}

/// Sum of the years' digits (年数总和法): each depreciation year carries `cost − residual` times the years left at its
/// start over the sum of those years, the same every month of the year.
///
/// For a life that is no whole number of years the last year is short: every month weighs as many months as are left at
/// the start of its depreciation year, which for whole years is the textbook's fraction. A life of zero months is written
/// off in `first`. Whole cents but for the last month, adding up to `cost − residual` exactly.
pub fn sum_of_years(cost: Money, residual: Money, life_months: u32, first: Month) -> Vec<(Month, Money)> {
    let life = life_months.max(1);
    let weight = |month: u32| u64::from(life - month / YEAR * YEAR);
    let total: u64 = (0..life).map(weight).sum();
    let base = Exact::of(cost - residual);
    let through = (0..life).scan(0_u64, |sum, month| {
        *sum += weight(month);
        Some(base.times(*sum, total))
    });
    dated(steps(through, cost - residual), first)
}

fn dated(amounts: Vec<Money>, first: Month) -> Vec<(Month, Money)> {
    (0..).map(|count| first.plus(count)).zip(amounts).collect()
}
