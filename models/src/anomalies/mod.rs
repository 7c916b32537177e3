//! Jumps of cost and of use: what is far from what its own past, its weekday and its season let one expect.
//!
//! Everything is robust: medians and median deviations, so that one anomaly does not hide the next. What a known event
//! explains is quiet, and so is what happened at the same time of the month or year before. Money stays exact: only
//! distances are floats. Quantities of use are looked at in the same way.

mod level;

pub use level::Level;

use crate::ledger::Money;
use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;
use std::collections::BTreeMap;

/// How far from the expectation is too far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AnomalyRule {
    /// Robust deviations (1.4826 × median absolute deviation).
    pub deviations: f64,
    /// And this share of the expected value.
    pub share: f64,
    /// And this much money in all its days together, in the currency of the series; anything when zero.
    pub minimum: Money,
}

impl Default for AnomalyRule {
    /// Four deviations, a quarter of the expectation, any amount.
    fn default() -> Self {
        AnomalyRule {
            deviations: 4.0,
            share: 0.25,
            minimum: Money::ZERO,
        }
    }
}

/// Values by day (or by the first day of each month), in one currency or measure.
pub type Series<V = Money> = BTreeMap<NaiveDate, V>;

/// A day or run of days far from the expectation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Anomaly<V = Money> {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// What the days came to.
    pub actual: V,
    /// What was expected of them.
    pub expected: V,
    /// Actual less expected: of money, what is at stake.
    pub at_stake: V,
    /// The largest distance in robust deviations.
    pub deviations: f64,
}

/// Fewest days before a daily series is judged: four of each weekday.
const HISTORY: usize = 28;
/// Fewest months before a monthly series is judged.
const MONTHS: usize = 4;

fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    Some(if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    })
}

/// Anomalies of a daily series. Days without a value between the first and the last count as zero; days in `quiet` are
/// neither judged nor learned from.
///
/// A day is expected to be the median of the same weekday in the four weeks before, lifted by how the last week ran against
/// its own expectation (so that growth is no anomaly). A jump that came at the same day of the month before is a season.
pub fn daily_anomalies<V: Level>(
    days: &Series<V>,
    quiet: &dyn Fn(NaiveDate) -> bool,
    rule: &AnomalyRule,
) -> Vec<Anomaly<V>> {
    let (Some(first), Some(last)) = (days.keys().next().copied(), days.keys().next_back().copied()) else {
        return Vec::new();
    };
    let dates: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= last).collect();
    let values: Vec<V> = dates
        .iter()
        .map(|day| days.get(day).copied().unwrap_or_default())
        .collect();
    let floats: Vec<f64> = values.iter().map(|value| value.float()).collect();
    let usable: Vec<bool> = dates.iter().map(|day| !quiet(*day)).collect();
    // What is far off is not learned from either, until it has lasted for two weeks: then it is the new level.
    let mut odd = vec![0usize; dates.len()];
    let learned = |at: usize, odd: &[usize]| usable[at] && (odd[at] == 0 || odd[at] >= 14);
    let base = |at: usize, odd: &[usize]| -> Option<V> {
        let mut same: Vec<V> = (1..=6)
            .filter_map(|week| at.checked_sub(week * 7))
            .filter(|before| learned(*before, odd))
            .take(4)
            .map(|before| values[before])
            .collect();
        if same.len() < 3 { None } else { V::middle(&mut same) }
    };
    let mut expected: Vec<Option<f64>> = vec![None; dates.len()];
    let mut hopes: Vec<V> = vec![V::default(); dates.len()];
    let mut found: Vec<(usize, f64)> = Vec::new();
    for at in HISTORY.min(dates.len())..dates.len() {
        let Some(week) = base(at, &odd) else { continue };
        let mut drift: Vec<f64> = (1..=7)
            .filter_map(|back| at.checked_sub(back))
            .filter(|before| learned(*before, &odd))
            .filter_map(|before| {
                let own = base(before, &odd)?.float();
                (own > 0.0).then(|| floats[before] / own)
            })
            .collect();
        let drift = if drift.len() < 4 {
            1.0
        } else {
            median(&mut drift).unwrap_or(1.0)
        };
        hopes[at] = week.lifted(drift.clamp(0.5, 2.0));
        let hoped = hopes[at].float();
        expected[at] = Some(hoped);
        if !usable[at] {
            continue;
        }
        let mut residuals: Vec<f64> = (at.saturating_sub(35)..at)
            .filter(|before| learned(*before, &odd))
            .filter_map(|before| {
                let own = expected[before].or_else(|| base(before, &odd).map(V::float))?;
                Some((floats[before] - own).abs())
            })
            .collect();
        // Below a hundredth of the level nobody would call it a jump, however steady the series is.
        let spread = (1.4826 * median(&mut residuals).unwrap_or(0.0)).max(0.01 * hoped.abs());
        let off = floats[at] - hoped;
        let far = spread > 0.0 && off.abs() > rule.deviations * spread && off.abs() > rule.share * hoped.abs();
        let from_nothing = spread == 0.0 && off.abs() > 0.0;
        if !(far || from_nothing) || is_monthly(&dates, &floats, &expected, at, off) {
            continue;
        }
        odd[at] = at.checked_sub(1).map_or(1, |before| odd[before] + 1);
        if odd[at] < 14 {
            found.push((at, if spread > 0.0 { off.abs() / spread } else { f64::MAX }));
        }
    }
    let mut anomalies: Vec<Anomaly<V>> = Vec::new();
    for (at, deviations) in found {
        let hoped = hopes[at];
        let off = values[at].minus(hoped);
        let day = dates[at];
        let below = |value: V| value < V::default();
        match anomalies.last_mut() {
            Some(last) if last.to + Days::new(1) == day && below(last.at_stake) == below(off) => {
                last.to = day;
                last.actual = last.actual.plus(values[at]);
                last.expected = last.expected.plus(hoped);
                last.at_stake = last.at_stake.plus(off);
                last.deviations = last.deviations.max(deviations);
            }
            _ => anomalies.push(Anomaly {
                from: day,
                to: day,
                actual: values[at],
                expected: hoped,
                at_stake: off,
                deviations,
            }),
        }
    }
    anomalies.retain(|anomaly| !anomaly.at_stake.is_small(rule.minimum));
    anomalies
}

/// True when the series jumped alike around the same day of the month before: fees of the first of the month.
fn is_monthly(dates: &[NaiveDate], floats: &[f64], expected: &[Option<f64>], at: usize, off: f64) -> bool {
    let day = dates[at];
    let Some(before) = day.checked_sub_months(chrono::Months::new(1)) else {
        return false;
    };
    let last = |date: NaiveDate| (date + Days::new(1)).month() != date.month();
    (0..at).rev().take(40).any(|other| {
        let same = dates[other] == before || (last(day) && last(dates[other]));
        // Before there is an expectation, the same weekday beside it has to do.
        let beside = || {
            let same_weekday = [other.checked_sub(7), Some(other + 7).filter(|near| *near < at)];
            let mut near: Vec<f64> = same_weekday.into_iter().flatten().map(|near| floats[near]).collect();
            median(&mut near)
        };
        same && expected[other].or_else(beside).is_some_and(|hoped| {
            let then = floats[other] - hoped;
            then.signum() == off.signum() && (then.abs() > 0.5 * off.abs())
        })
    })
}

/// Anomalies of a monthly series: keys are first days of months. A month is expected to be the median of the six before; a
/// ratio like that of the same month a year earlier is a season.
pub fn monthly_anomalies(months: &Series, quiet: &dyn Fn(NaiveDate) -> bool, rule: &AnomalyRule) -> Vec<Anomaly> {
    let points: Vec<(NaiveDate, Money, f64)> = months
        .iter()
        .map(|(month, value)| (*month, *value, value.for_drawing()))
        .collect();
    let mut anomalies = Vec::new();
    for at in MONTHS..points.len() {
        let (month, value, float) = points[at];
        if quiet(month) {
            continue;
        }
        let before = |at: usize| -> Vec<Money> {
            points[at.saturating_sub(6)..at]
                .iter()
                .filter(|point| !quiet(point.0))
                .map(|point| point.1)
                .collect()
        };
        let mut history = before(at);
        let Some(hope) = Money::middle(&mut history) else {
            continue;
        };
        let hoped = hope.for_drawing();
        let mut residuals: Vec<f64> = history
            .iter()
            .map(|other| (other.for_drawing() - hoped).abs())
            .collect();
        let spread = (1.4826 * median(&mut residuals).unwrap_or(0.0)).max(0.02 * hoped.abs());
        let off = float - hoped;
        let far = spread > 0.0 && off.abs() > rule.deviations * spread && off.abs() > rule.share * hoped.abs();
        if !(far || (spread == 0.0 && off.abs() > 0.0)) {
            continue;
        }
        let year_before = month.with_year(month.year() - 1);
        let season = points[..at]
            .iter()
            .position(|point| Some(point.0) == year_before)
            .is_some_and(|then| {
                let mut earlier = before(then);
                Money::middle(&mut earlier).is_some_and(|level| {
                    let level = level.for_drawing();
                    let (was, is) = (points[then].2 - level, off);
                    was.signum() == is.signum() && was.abs() * hoped.abs() > 0.5 * is.abs() * level.abs()
                })
            });
        if season {
            continue;
        }
        let anomaly = Anomaly {
            from: month,
            to: month + chrono::Months::new(1) - Days::new(1),
            actual: value,
            expected: hope,
            at_stake: value - hope,
            deviations: if spread > 0.0 { off.abs() / spread } else { f64::MAX },
        };
        if anomaly.at_stake.abs() >= rule.minimum {
            anomalies.push(anomaly);
        }
    }
    anomalies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(offset: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, 2).unwrap() + Days::new(offset)
    }

    /// Ten weeks: 1000 on working days, 400 at weekends, a little noise that repeats every eleven days.
    fn weeks() -> Series {
        (0..70)
            .map(|offset| {
                let base = if offset % 7 < 5 { 1_000 } else { 400 };
                (day(offset), Money::whole(base + (offset as i64 * 7) % 11))
            })
            .collect()
    }

    fn judge(days: &Series) -> Vec<Anomaly> {
        daily_anomalies(days, &|_| false, &AnomalyRule::default())
    }

    #[test]
    fn weekends_are_no_anomaly_and_a_weekday_on_a_weekend_is() {
        let mut days = weeks();
        assert_eq!(judge(&days), []);
        // Saturday, day 54, costs what a working day costs: nothing else than the weekday tells.
        days.insert(day(54), Money::whole(1_000));
        let found = judge(&days);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].from, found[0].to), (day(54), day(54)));
        let stake = found[0].at_stake.for_drawing();
        assert!((stake - 600.0).abs() < 15.0, "{stake}");
    }

    #[test]
    fn a_jump_that_stays_is_one_anomaly_and_then_the_new_level() {
        let mut days = weeks();
        for offset in 50..70 {
            let value = days[&day(offset)];
            days.insert(day(offset), value.times(2));
        }
        let found = judge(&days);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].from, day(50));
        assert!(found[0].at_stake.for_drawing() > 8_000.0);
    }

    #[test]
    fn growth_events_and_fees_of_the_month_are_quiet() {
        let growing: Series = (0..120)
            .map(|offset| (day(offset), Money::whole(1_000 + 8 * offset as i64)))
            .collect();
        assert_eq!(judge(&growing), []);
        let mut event = weeks();
        event.insert(day(60), Money::whole(5_000));
        assert_eq!(judge(&event).len(), 1);
        let quiet = daily_anomalies(&event, &|date| date == day(60), &AnomalyRule::default());
        assert_eq!(quiet, []);
        // 3,000 on the first of every month.
        let mut fees: Series = (0..150).map(|offset| (day(offset), Money::whole(500))).collect();
        for (date, value) in &mut fees {
            if date.day() == 1 {
                *value = Money::whole(3_000);
            }
        }
        // The first one of all cannot be known for what it is.
        let found: Vec<NaiveDate> = judge(&fees).iter().map(|anomaly| anomaly.from).collect();
        assert_eq!(found, [NaiveDate::from_ymd_opt(2026, 4, 1).unwrap()]);
    }

    #[test]
    fn what_stops_is_an_anomaly_too_and_small_money_is_not() {
        let mut days = weeks();
        days.insert(day(57), Money::ZERO);
        let found = judge(&days);
        assert_eq!(found.len(), 1);
        assert!(found[0].at_stake.is_negative());
        let rule = AnomalyRule {
            minimum: Money::whole(2_000),
            ..AnomalyRule::default()
        };
        assert_eq!(daily_anomalies(&days, &|_| false, &rule), []);
    }

    #[test]
    fn use_is_looked_at_like_money() {
        let mut days: Series<f64> = weeks()
            .into_iter()
            .map(|(day, value)| (day, value.for_drawing() / 20.0))
            .collect();
        let judge = |days: &Series<f64>| daily_anomalies(days, &|_| false, &AnomalyRule::default());
        assert_eq!(judge(&days), []);
        days.insert(day(57), 95.0);
        let found = judge(&days);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].from, found[0].actual), (day(57), 95.0));
        assert!((found[0].expected - 50.0).abs() < 1.0, "{found:?}");
    }

    #[test]
    fn months_with_their_season() {
        let month = |at: u32| NaiveDate::from_ymd_opt(2025 + (at / 12) as i32, at % 12 + 1, 1).unwrap();
        let mut months: Series = (0..22)
            .map(|at| {
                (
                    month(at),
                    Money::whole(if at % 12 == 1 { 1_600 } else { 1_000 + i64::from(at % 3) }),
                )
            })
            .collect();
        let judge = |months: &Series| monthly_anomalies(months, &|_| false, &AnomalyRule::default());
        // February of the second year is like that of the first.
        assert_eq!(judge(&months), []);
        months.insert(month(20), Money::whole(1_500));
        let found = judge(&months);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].from, month(20));
        assert!((found[0].at_stake.for_drawing() - 499.0).abs() < 2.0);
    }
}
