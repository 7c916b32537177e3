//! What history says beside the load test: usage against driver, releases, events.
//!
//! Usage is fitted robustly (Theil 1950, Sen 1968: the median of the slopes of all pairs), so that a few odd days move nothing.

use super::{CapacityModel, DISAGREEMENT};
use chrono::NaiveDate;
use serde::Serialize;

/// Fewest days that a line is fitted to.
const FEWEST_DAYS: usize = 10;
/// The drivers of the days must spread over this share of their median, or only their ratio is known.
const SPREAD: f64 = 0.05;

/// A day of a module: its driver, and its usage of a resource over all units at the day's peak.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct UsageDay {
    /// Day.
    pub day: NaiveDate,
    /// Driver value.
    pub driver: f64,
    /// Usage in the measure of the model's `work`.
    pub usage: f64,
}

/// Usage as a function of the driver.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct UsageFit {
    /// Usage without any driver.
    pub base: f64,
    /// Usage per driver unit.
    pub per_driver: f64,
    /// Days.
    pub days: usize,
    /// True when the drivers hardly differ: only the ratio of usage to driver is known then.
    pub ratio_only: bool,
    /// Median of |usage − fit| as a share of the median usage.
    pub error: f64,
}

impl UsageFit {
    /// Usage at a driver value.
    pub fn at(&self, driver: f64) -> f64 {
        self.base + self.per_driver * driver
    }
}

fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    Some(if values.len() % 2 == 1 {
        values[middle]
    } else {
        (values[middle - 1] + values[middle]) / 2.0
    })
}

/// Fits usage to driver; nothing with fewer than ten days that have both.
pub fn fit_usage(days: &[UsageDay]) -> Option<UsageFit> {
    let days: Vec<&UsageDay> = days
        .iter()
        .filter(|day| day.driver > 0.0 && day.usage >= 0.0 && day.driver.is_finite() && day.usage.is_finite())
        .collect();
    if days.len() < FEWEST_DAYS {
        return None;
    }
    let mut drivers: Vec<f64> = days.iter().map(|day| day.driver).collect();
    let typical = median(&mut drivers)?;
    let (low, high) = (
        drivers[drivers.len() / 10],
        drivers[drivers.len() - 1 - drivers.len() / 10],
    );
    let mut slopes = Vec::new();
    for (at, a) in days.iter().enumerate() {
        for b in &days[at + 1..] {
            if a.driver.to_bits() != b.driver.to_bits() {
                slopes.push((b.usage - a.usage) / (b.driver - a.driver));
            }
        }
    }
    let line = (high - low > SPREAD * typical)
        .then(|| {
            let slope = median(&mut slopes)?;
            let mut rests: Vec<f64> = days.iter().map(|day| day.usage - slope * day.driver).collect();
            let base = median(&mut rests)?;
            (slope > 0.0 && base >= 0.0).then_some((base, slope, false))
        })
        .flatten();
    let mut ratios: Vec<f64> = days.iter().map(|day| day.usage / day.driver).collect();
    let (base, per_driver, ratio_only) = match line {
        Some(line) => line,
        None => (0.0, median(&mut ratios)?, true),
    };
    let mut off: Vec<f64> = days
        .iter()
        .map(|day| (day.usage - base - per_driver * day.driver).abs())
        .collect();
    let mut usages: Vec<f64> = days.iter().map(|day| day.usage).collect();
    let usual = median(&mut usages)?;
    Some(UsageFit {
        base,
        per_driver,
        days: days.len(),
        ratio_only,
        error: if usual > 0.0 { median(&mut off)? / usual } else { 0.0 },
    })
}

/// The load-test model and the history of one resource at one driver value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TwoTracks {
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Resource.
    pub resource: String,
    /// Driver value compared at: the highest of the days.
    pub driver: f64,
    /// Demand by the model: driver × peak factor × work.
    pub by_model: f64,
    /// Units by the model, before redundancy.
    pub units_by_model: f64,
    /// The fit of history; nothing when there are too few days.
    pub fit: Option<UsageFit>,
    /// Demand by history.
    pub by_history: Option<f64>,
    /// Units by history, before redundancy.
    pub units_by_history: Option<f64>,
    /// by_history ÷ by_model − 1.
    pub difference: Option<f64>,
    /// True when the difference is over 20 %.
    pub flagged: bool,
    /// Machines measured and machines that stand, where known.
    pub machines: Option<(u64, u64)>,
    /// The days.
    pub days: Vec<UsageDay>,
}

/// Compares both tracks of a resource; nothing when the model has no work of it or no usable limit.
pub fn two_tracks(model: &CapacityModel, resource: &str, days: Vec<UsageDay>) -> Option<TwoTracks> {
    let work = *model.work.get(resource)?;
    let usable = model.limit.get(resource)? * model.target_utilization.get(resource)?;
    let driver = days.iter().map(|day| day.driver).fold(0.0, f64::max);
    let by_model = driver * model.peak_factor * work;
    let fit = fit_usage(&days);
    let by_history = fit.map(|fit| fit.at(driver));
    let difference = by_history
        .filter(|_| by_model > 0.0)
        .map(|usage| usage / by_model - 1.0);
    Some(TwoTracks {
        product: model.product.clone(),
        module: model.module.clone(),
        resource: resource.to_owned(),
        driver,
        by_model,
        units_by_model: by_model / usable,
        fit,
        by_history,
        units_by_history: by_history.map(|usage| usage / usable),
        difference,
        flagged: difference.is_some_and(|difference| difference.abs() > DISAGREEMENT),
        machines: None,
        days,
    })
}

/// Work per driver unit before and after a release.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReleaseEffect {
    /// Resource.
    pub resource: String,
    /// Days before.
    pub days_before: usize,
    /// Days after.
    pub days_after: usize,
    /// Median usage per driver unit before.
    pub before: Option<f64>,
    /// After.
    pub after: Option<f64>,
    /// after ÷ before − 1.
    pub change: Option<f64>,
    /// Normal quantile of the rank-sum test (Wilcoxon 1945; Mann and Whitney 1947); positive when the work rose.
    pub z: Option<f64>,
    /// True when chance explains the change less than once in a hundred times (|z| > 2.576).
    pub certain: bool,
}

/// Compares up to `window` days on either side of a release; the day itself counts for neither.
pub fn release_effect(resource: &str, days: &[UsageDay], release: NaiveDate, window: i64) -> ReleaseEffect {
    let side = |from: i64, to: i64| -> Vec<f64> {
        days.iter()
            .filter(|day| day.driver > 0.0 && (from..=to).contains(&(day.day - release).num_days()))
            .map(|day| day.usage / day.driver)
            .collect()
    };
    let (mut before, mut after) = (side(-window, -1), side(1, window));
    let z = rank_sum(&before, &after);
    let (days_before, days_after) = (before.len(), after.len());
    let (before, after) = (median(&mut before), median(&mut after));
    ReleaseEffect {
        resource: resource.to_owned(),
        days_before,
        days_after,
        before,
        after,
        change: before
            .zip(after)
            .filter(|(before, _)| *before > 0.0)
            .map(|(before, after)| after / before - 1.0),
        z,
        certain: z.is_some_and(|z| z.abs() > 2.576),
    }
}

/// Rank-sum statistic of `after` against `before` as a normal quantile; nothing with fewer than four on a side.
fn rank_sum(before: &[f64], after: &[f64]) -> Option<f64> {
    if before.len() < 4 || after.len() < 4 {
        return None;
    }
    let (n, m) = (before.len() as f64, after.len() as f64);
    let mut larger = 0.0;
    for a in after {
        for b in before {
            larger += match a.total_cmp(b) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    Some((larger - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt())
}

/// One past occurrence of an event, as its driver shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Occurrence {
    /// Product.
    pub product: String,
    /// Metric.
    pub metric: String,
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
    /// The highest day of the event.
    pub peak_day: NaiveDate,
    /// Its value.
    pub peak: f64,
    /// Median of the 28 days before the event and the 14 after it.
    pub usual: f64,
    /// peak ÷ usual.
    pub lift: f64,
    /// Statistic of the event's month with its days ÷ the same without them: what a plan multiplies the month by.
    pub factor: Option<f64>,
    /// Factor that the plan had.
    pub planned_factor: Option<f64>,
    /// Actual statistic of the month ÷ its target.
    pub against_target: Option<f64>,
}

/// What past occurrences say of an event: `values` are the days of the driver. Nothing when a side of the event is unknown.
pub fn review_occurrence(
    (product, metric): (&str, &str),
    (start, end): (NaiveDate, NaiveDate),
    statistic: super::DriverStatistic,
    values: &[(NaiveDate, f64)],
) -> Option<Occurrence> {
    let inside = |day: &NaiveDate| (start..=end).contains(day);
    let (peak_day, peak) = values
        .iter()
        .filter(|(day, _)| inside(day))
        .copied()
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let near = |day: &NaiveDate| !inside(day) && (*day - start).num_days() >= -28 && (*day - end).num_days() <= 14;
    let mut around: Vec<f64> = values
        .iter()
        .filter(|(day, _)| near(day))
        .map(|(_, value)| *value)
        .collect();
    if around.len() < 14 {
        return None;
    }
    let usual = median(&mut around).filter(|usual| *usual > 0.0)?;
    let month = crate::ledger::Month::of(peak_day);
    let of_month = |with: bool| -> Vec<f64> {
        let days = values
            .iter()
            .filter(|(day, _)| crate::ledger::Month::of(*day) == month && (with || !inside(day)));
        days.map(|(_, value)| *value).collect()
    };
    let (with, without) = (of_month(true), of_month(false));
    // A month that the event covers nearly whole has no "without": the days around stand in for it.
    let without = if without.len() >= 7 { without } else { around };
    let factor = statistic
        .of(&with)
        .zip(statistic.of(&without))
        .filter(|(_, without)| *without > 0.0);
    Some(Occurrence {
        product: product.to_owned(),
        metric: metric.to_owned(),
        start,
        end,
        peak_day,
        peak,
        usual,
        lift: peak / usual,
        factor: factor.map(|(with, without)| with / without),
        planned_factor: None,
        against_target: None,
    })
}

/// The factor for the next time: the mean of the measured ones, drawn towards the planned one as if that were one more.
pub fn suggested_factor(measured: &[f64], planned: Option<f64>) -> Option<f64> {
    if measured.is_empty() {
        return planned;
    }
    let sum: f64 = measured.iter().sum::<f64>() + planned.unwrap_or(0.0);
    let count = measured.len() + usize::from(planned.is_some());
    Some((sum / count as f64 * 1000.0).round() / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Days;

    fn first() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 9, 1).unwrap()
    }

    fn days(usage: impl Fn(u64, f64) -> f64) -> Vec<UsageDay> {
        (0..30)
            .map(|at| {
                let driver = 1000.0 + 20.0 * (at % 7) as f64 + at as f64;
                UsageDay {
                    day: first() + Days::new(at),
                    driver,
                    usage: usage(at, driver),
                }
            })
            .collect()
    }

    #[test]
    fn a_line_is_found_through_odd_days() {
        // usage = 50 + 0.2 × driver; three wild days.
        let fit = fit_usage(&days(
            |at, driver| if at % 11 == 3 { 5000.0 } else { 50.0 + 0.2 * driver },
        ))
        .unwrap();
        assert!(
            (fit.per_driver - 0.2).abs() < 1e-9 && (fit.base - 50.0).abs() < 1e-6 && !fit.ratio_only,
            "{fit:?}"
        );
        assert_eq!(fit_usage(&days(|_, _| 1.0)[..9]), None);
    }

    #[test]
    fn tracks_further_apart_than_a_fifth_are_flagged() {
        let model = super::super::model::tests::stream(); // 0.02 cpu a driver unit
        let same = two_tracks(&model, "cpu", days(|_, driver| 0.021 * driver)).unwrap();
        assert!(!same.flagged && (same.difference.unwrap() - 0.05).abs() < 1e-9);
        let off = two_tracks(&model, "cpu", days(|_, driver| 0.03 * driver)).unwrap();
        assert!(off.flagged && (off.units_by_history.unwrap() / off.units_by_model - 1.5).abs() < 1e-9);
        assert_eq!(two_tracks(&model, "cpu", Vec::new()).unwrap().fit, None);
        assert!(two_tracks(&model, "gpu", Vec::new()).is_none());
    }

    #[test]
    fn a_release_that_costs_a_tenth_more_is_certain() {
        let release = first() + Days::new(15);
        let noise = |at: u64| 1.0 + 0.01 * ((at * 7919 % 13) as f64 / 6.0 - 1.0);
        let rising = days(|at, driver| driver * noise(at) * if at > 15 { 0.22 } else { 0.2 });
        let effect = release_effect("cpu", &rising, release, 14);
        assert_eq!((effect.days_before, effect.days_after), (14, 14));
        assert!((effect.change.unwrap() - 0.1).abs() < 0.02 && effect.certain);
        let same = release_effect("cpu", &days(|at, driver| driver * noise(at)), release, 14);
        assert!(!same.certain);
        assert_eq!(release_effect("cpu", &rising[..3], release, 14).z, None);
    }

    #[test]
    fn an_event_is_measured_and_moves_the_factor() {
        let values: Vec<(NaiveDate, f64)> = (0..60)
            .map(|at| {
                (
                    first() + Days::new(at),
                    if (35..=37).contains(&at) { 150.0 } else { 100.0 },
                )
            })
            .collect();
        let (start, end) = (first() + Days::new(35), first() + Days::new(37));
        let found = review_occurrence(
            ("shop", "orders"),
            (start, end),
            super::super::DriverStatistic::Max,
            &values,
        )
        .unwrap();
        assert_eq!((found.lift, found.factor), (1.5, Some(1.5)));
        assert_eq!(suggested_factor(&[1.5], Some(1.1)), Some(1.3));
        assert_eq!(suggested_factor(&[], Some(1.1)), Some(1.1));
        assert!(
            review_occurrence(
                ("a", "b"),
                (start, end),
                super::super::DriverStatistic::Max,
                &values[35..48]
            )
            .is_none()
        );
    }
}
