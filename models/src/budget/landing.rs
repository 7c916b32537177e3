//! Where each key lands: closed months as they are, open months re-derived.
//!
//! | key | estimate of an open month | range |
//! |---|---|---|
//! | opex under a capacity model | model cost with target × driver ratio, × run ratio | spread |
//! | capex with assets or planned purchases | their schedules | none: a schedule is certain |
//! | anything else | mean of the last three closed months | spread |
//! | only decided lines (manual and the like), cost not monthly | what is left of the year's budget, by the open months' lines (the last month when there are none) | from the open months' lines up to what is left |
//!
//! What is committed and not billed is in the landing whatever the estimate says.
//!
//! Run ratio = Σ actual ÷ Σ model cost at the measured drivers, over the last three closed months, within 0.2 to 5.
//! Spread: of the last six closed months the smallest and largest actual ÷ expected (what the same estimate, target × driver
//! ratio × run ratio, gives for that month); the range goes half the way from 1 to each of them (within 0.5 to 1.5), because
//! one month's deviation seldom lasts through all open months. With fewer than two such months it is assumed to be ± 10 %.

use super::depreciation::Schedules;
use super::outlook::{Outlook, SPREAD_MONTHS};
use super::recurring::Recurring;
use super::{BudgetLine, Inputs, Landing, LineKey, Origin, rate};
use crate::ledger::{Expenditure, Money, Month, Ratio};
use serde::Serialize;
use std::collections::BTreeMap;

/// What the open months of a key are estimated from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LandingBasis {
    /// The capacity model at the driver's present course.
    Capacity,
    /// Depreciation schedules.
    Schedule,
    /// The mean of the last three closed months.
    Recurring,
    /// Manual budget lines that nothing has been spent on yet.
    Manual,
}

/// The open months of one key.
pub(crate) struct Estimate {
    pub basis: LandingBasis,
    /// Actual ÷ model cost of the recent months; only under a capacity model.
    pub run_ratio: Option<Money>,
    /// Actual and model cost that the run ratio rests on.
    pub run: (Money, Money),
    pub months: BTreeMap<Month, Landing>,
}

impl Estimate {
    /// What is committed will be billed: where the open months come to less, the first of them has the rest.
    pub fn cover(&mut self, committed: Money) {
        let sum = |of: fn(&Landing) -> Money| self.months.values().map(of).sum::<Money>();
        let missing = |of: fn(&Landing) -> Money| (committed - sum(of)).max(Money::ZERO);
        let (low, mid, high) = (missing(|l| l.low), missing(|l| l.mid), missing(|l| l.high));
        if let Some(first) = self.months.values_mut().next() {
            *first += Landing { low, mid, high };
        }
    }
}

/// The closed months of the year.
pub(crate) fn closed_months(inputs: &Inputs) -> Vec<Month> {
    inputs.months.months().filter(|month| *month <= inputs.as_of).collect()
}

fn open_months(inputs: &Inputs) -> Vec<Month> {
    inputs.months.months().filter(|month| *month > inputs.as_of).collect()
}

pub(crate) struct Estimator<'a> {
    pub inputs: &'a Inputs<'a>,
    pub recurring: &'a Recurring,
    pub outlook: &'a Outlook,
    pub schedules: &'a Schedules,
}

impl Estimator<'_> {
    /// Estimates the open months of a key; `lines` are its budget lines.
    pub fn estimate(&self, key: &LineKey, lines: &[&BudgetLine]) -> Estimate {
        let scheduled = self.schedules.contains_key(key) || self.outlook.planned.contains_key(key);
        if key.expenditure == Expenditure::Capex && scheduled {
            return self.by_schedule(key);
        }
        let mean = self.recurring.monthly(key, Money::ZERO);
        if key.expenditure == Expenditure::Opex
            && let Some(costs) = self.outlook.opex.get(key)
        {
            let (run_ratio, run) = self.run_ratio(key, costs);
            let cost = |month: &Month| costs.get(month).map(|cost| cost.multiply(run_ratio));
            let course = self.outlook.course.get(key);
            let expected = |month: &Month| course?.get(month).map(|cost| cost.multiply(run_ratio));
            let months = self.with_spread(key, |month| cost(month).unwrap_or(mean), &expected);
            return Estimate {
                basis: LandingBasis::Capacity,
                run_ratio: Some(run_ratio),
                run,
                months,
            };
        }
        if self.is_decided(key, lines) {
            return Estimate {
                basis: LandingBasis::Manual,
                run_ratio: None,
                run: Default::default(),
                months: self.what_is_left(key, lines),
            };
        }
        let months = self.with_spread(key, |_| mean, &|_| Some(mean));
        Estimate {
            basis: LandingBasis::Recurring,
            run_ratio: None,
            run: Default::default(),
            months,
        }
    }

    /// Only lines that somebody decided, and cost in fewer than three of four closed months: it comes in lumps.
    fn is_decided(&self, key: &LineKey, lines: &[&BudgetLine]) -> bool {
        let derived =
            |line: &&BudgetLine| matches!(line.origin, Origin::Capacity | Origin::Depreciation | Origin::Recurring);
        let closed = closed_months(self.inputs);
        let with_cost = closed.iter().filter(|month| {
            let amount = self.recurring.actual(key, **month);
            amount.is_some_and(|amount| !amount.is_zero())
        });
        !lines.is_empty() && !lines.iter().any(derived) && with_cost.count() * 4 < closed.len().max(1) * 3
    }

    /// The year's budget less what was spent, spread like the lines of the open months.
    fn what_is_left(&self, key: &LineKey, lines: &[&BudgetLine]) -> BTreeMap<Month, Landing> {
        let open = open_months(self.inputs);
        let planned = |month: &Month| -> Money {
            let of_month = lines.iter().filter(|line| line.month == *month);
            of_month.map(|line| line.amount).sum()
        };
        let budget: Money = lines.iter().map(|line| line.amount).sum();
        let spent: Money = closed_months(self.inputs)
            .iter()
            .filter_map(|month| self.recurring.actual(key, *month))
            .sum();
        if budget.is_negative() {
            // A planned saving: it stays planned until the cost it lowers is seen lower.
            return open.into_iter().map(|m| (m, Landing::certain(planned(&m)))).collect();
        }
        let left = (budget - spent).max(Money::ZERO);
        let mut weights: Vec<Money> = open.iter().map(|month| planned(month).max(Money::ZERO)).collect();
        if weights.iter().all(|weight| weight.is_zero())
            && let Some(last) = weights.last_mut()
        {
            *last = Money::ONE;
        }
        let shares = left.split(&weights).unwrap_or_default();
        open.into_iter()
            .zip(shares)
            .map(|(month, mid)| {
                let low = planned(&month).max(Money::ZERO).min(mid);
                (month, Landing { low, mid, high: mid })
            })
            .collect()
    }

    fn by_schedule(&self, key: &LineKey) -> Estimate {
        let amount = |month: &Month| {
            let existing = self
                .schedules
                .get(key)
                .and_then(|months| months.get(month))
                .map(|d| d.amount);
            let planned = self
                .outlook
                .planned
                .get(key)
                .and_then(|months| months.get(month))
                .copied();
            existing.unwrap_or_default() + planned.unwrap_or_default()
        };
        let months = open_months(self.inputs)
            .into_iter()
            .map(|m| (m, Landing::certain(amount(&m))))
            .collect();
        Estimate {
            basis: LandingBasis::Schedule,
            run_ratio: None,
            run: Default::default(),
            months,
        }
    }

    fn run_ratio(&self, key: &LineKey, costs: &BTreeMap<Month, Money>) -> (Money, (Money, Money)) {
        let recent = self
            .recurring
            .recent(key)
            .into_iter()
            .filter_map(|(month, amount)| Some((amount, *costs.get(&month)?)));
        let (actual, model) = recent.fold((Money::ZERO, Money::ZERO), |(a, m), (actual, model)| {
            (a + actual, m + model)
        });
        let least = Money::ONE.scale_by(&Ratio::new(Money::ONE, Money::whole(5)));
        let ratio = rate(actual, model).map_or(Money::ONE, |ratio| ratio.clamp(least, Money::whole(5)));
        (ratio, (actual, model))
    }

    fn with_spread(
        &self,
        key: &LineKey,
        mid: impl Fn(&Month) -> Money,
        expected: &dyn Fn(&Month) -> Option<Money>,
    ) -> BTreeMap<Month, Landing> {
        let closed = (0..SPREAD_MONTHS).map(|back| self.inputs.as_of.plus(-back));
        let ratios: Vec<Money> = closed
            .filter_map(|month| rate(self.recurring.actual(key, month)?, expected(&month)?))
            .collect();
        let (low, high) = spread(&ratios);
        let landing = |month: &Month| {
            let mid = mid(month);
            let (a, b) = (mid.multiply(low), mid.multiply(high));
            Landing {
                low: a.min(b),
                mid,
                high: a.max(b),
            }
        };
        open_months(self.inputs)
            .into_iter()
            .map(|month| (month, landing(&month)))
            .collect()
    }
}

/// Factors for the ends of the range: `low ≤ 1 ≤ high`.
fn spread(ratios: &[Money]) -> (Money, Money) {
    let hundredths = |count: i64| Money::ONE.scale_by(&Ratio::new(Money::whole(count), Money::whole(100)));
    let half_way = |ratio: Money| (ratio + Money::ONE).scale_by(&Ratio::new(Money::ONE, Money::whole(2)));
    match (ratios.iter().min(), ratios.iter().max()) {
        (Some(least), Some(most)) if ratios.len() > 1 => (
            half_way(*least).clamp(hundredths(50), Money::ONE),
            half_way(*most).clamp(Money::ONE, hundredths(150)),
        ),
        _ => (hundredths(90), hundredths(110)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_goes_half_the_way() {
        let of = |ratios: &[&str]| {
            let ratios: Vec<Money> = ratios.iter().map(|r| r.parse().unwrap()).collect();
            let (low, high) = spread(&ratios);
            (low.to_string(), high.to_string())
        };
        let text = |low: &str, high: &str| (low.to_owned(), high.to_owned());
        assert_eq!(of(&["0.8", "1.1", "1"]), text("0.9", "1.05"));
        assert_eq!(of(&["1.2", "1.4"]), text("1", "1.2"));
        assert_eq!(of(&["-3", "9"]), text("0.5", "1.5"));
        assert_eq!(of(&["2"]), text("0.9", "1.1"));
        assert_eq!(of(&[]), text("0.9", "1.1"));
    }
}
