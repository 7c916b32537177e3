//! What a driver is planned with: KPI target, statistical forecast, lifecycle curve and manual value side by side, and which of
//! them was chosen by whom.

use super::{Confidence, Lifecycle, Series, Stage, calendar_events, forecast_by_events, lifecycle_forecast};
use crate::calendar::Calendar;
use crate::capacity::{DriverStatistic, Drivers, Event as CapacityEvent, Interval, event_factor};
use crate::ledger::{Month, MonthRange};
use serde::{Deserialize, Serialize};

/// Where a planned value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriverSource {
    /// The KPI target.
    Target,
    /// The statistical forecast.
    Forecast,
    /// The curve of the product's stage of life.
    Lifecycle,
    /// A value that somebody set.
    Manual,
}

impl DriverSource {
    /// Name in files and words.
    pub fn as_str(self) -> &'static str {
        match self {
            DriverSource::Target => "target",
            DriverSource::Forecast => "forecast",
            DriverSource::Lifecycle => "lifecycle",
            DriverSource::Manual => "manual",
        }
    }
}

impl std::str::FromStr for DriverSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [
            DriverSource::Target,
            DriverSource::Forecast,
            DriverSource::Lifecycle,
            DriverSource::Manual,
        ]
        .into_iter()
        .find(|source| source.as_str() == text)
        .ok_or_else(|| format!("'{text}': use target, forecast, lifecycle or manual"))
    }
}

/// Somebody's choice for a month of a driver.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DriverChoice {
    /// Product.
    pub product: String,
    /// Metric.
    pub metric: String,
    /// Month.
    pub month: Month,
    /// What was chosen.
    pub source: DriverSource,
    /// The manual value.
    pub value: Option<f64>,
    /// Why.
    pub reason: String,
    /// Who chose.
    pub by: String,
    /// When.
    pub at: String,
}

/// A statistical forecast of a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForecastValue {
    /// The forecast.
    pub value: f64,
    /// Ends of the 80 % interval.
    pub low80: f64,
    /// Upper end.
    pub high80: f64,
    /// Ends of the 95 % interval.
    pub low95: f64,
    /// Upper end.
    pub high95: f64,
    /// Methods, the best first.
    pub model: String,
    /// Mean absolute error of the backtest as a share of the typical value.
    pub relative_error: Option<f64>,
    /// How far to rely on it.
    pub confidence: Confidence,
    /// True when a festival touches the month whose days off are not published yet.
    pub provisional: bool,
}

/// One month of a driver with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DriverRow {
    /// Product.
    pub product: String,
    /// Metric.
    pub metric: String,
    /// Month.
    pub month: Month,
    /// Statistic of the month's days.
    pub statistic: DriverStatistic,
    /// The same month of the year before, as measured.
    pub year_before: Option<f64>,
    /// KPI target.
    pub target: Option<f64>,
    /// Statistical forecast.
    pub forecast: Option<ForecastValue>,
    /// Stage of life, where one is stated.
    pub stage: Option<Stage>,
    /// Value of its curve.
    pub lifecycle: Option<f64>,
    /// Manual value.
    pub manual: Option<f64>,
    /// What the plan uses; nothing when neither target nor history exists.
    pub chosen: Option<DriverSource>,
    /// Its value.
    pub value: Option<f64>,
    /// The choice, when somebody made one; else the target goes before the forecast.
    pub choice: Option<DriverChoice>,
}

/// Months of history that a forecast looks back on.
const HISTORY: i32 = 120;

/// A driver to look at.
#[derive(Clone, Copy, Debug)]
pub struct DriverOf<'a> {
    /// Product.
    pub product: &'a str,
    /// Metric.
    pub metric: &'a str,
    /// Statistic of the month's days.
    pub statistic: DriverStatistic,
    /// Calendar whose festivals the driver feels.
    pub calendar: Option<Calendar>,
    /// Events of the configuration: in their months the plan lifts the driver, and the forecast carries no festival.
    pub events: &'a [CapacityEvent],
}

/// Every month of `months` of a driver; history through `as_of`. The forecast is worked out when `with_forecast`, or when a month
/// has no target, or when somebody chose it.
pub fn driver_rows(
    driver: DriverOf,
    months: MonthRange,
    as_of: Month,
    known: (&Drivers, &Drivers),
    lifecycle: Option<&Lifecycle>,
    choices: &[DriverChoice],
    with_forecast: bool,
) -> Vec<DriverRow> {
    let (targets, measured) = known;
    let target = |month| targets.get(driver.product, driver.metric, month, driver.statistic);
    let actual = |month| measured.get(driver.product, driver.metric, month, driver.statistic);
    let choice_of = |month| {
        let mine = |choice: &&DriverChoice| {
            choice.product == driver.product && choice.metric == driver.metric && choice.month == month
        };
        choices.iter().rev().find(mine)
    };
    let needed = with_forecast
        || months.months().any(|month| {
            let asked = choice_of(month)
                .is_some_and(|choice| matches!(choice.source, DriverSource::Forecast | DriverSource::Lifecycle));
            asked || target(month).is_none()
        });
    let horizon = months.last.since(as_of).max(0) as usize;
    let mut history: Vec<Option<f64>> = (0..HISTORY).rev().map(|back| actual(as_of.plus(-back))).collect();
    let begin = history.iter().position(Option::is_some).unwrap_or(history.len());
    history.drain(..begin);
    let series = Series::monthly(driver.metric, as_of.plus(1 - history.len() as i32), history.clone());
    let festivals = match driver.calendar {
        Some(Calendar::Cn) => calendar_events(&series),
        None => Vec::new(),
    };
    let made = (needed && horizon > 0 && !history.is_empty())
        .then(|| forecast_by_events(&series, &festivals, &[12], horizon))
        .flatten();
    let curve = lifecycle
        .filter(|_| needed && horizon > 0)
        .and_then(|lifecycle| lifecycle_forecast(lifecycle, &history, 12, horizon));
    months
        .months()
        .map(|month| {
            let ahead = usize::try_from(month.since(as_of) - 1).ok();
            let forecast = made.as_ref().zip(ahead).and_then(|(made, ahead)| {
                let lifted = event_factor(driver.events, driver.product, month) != 1.0;
                let steps = if lifted {
                    &made.before_events
                } else {
                    &made.forecast.steps
                };
                let (step, made) = (steps.get(ahead)?, &made.forecast);
                Some(ForecastValue {
                    value: step.value,
                    low80: step.low80,
                    high80: step.high80,
                    low95: step.low95,
                    high95: step.high95,
                    model: made.model(),
                    relative_error: made.relative_error,
                    confidence: made.confidence,
                    provisional: !lifted && made.provisional.contains(&ahead),
                })
            });
            let lifecycle_value = curve
                .as_ref()
                .zip(ahead)
                .and_then(|(curve, ahead)| curve.get(ahead).copied());
            let choice = choice_of(month).cloned();
            let manual = choice.as_ref().and_then(|choice| choice.value);
            let of = |source| match source {
                DriverSource::Target => target(month),
                DriverSource::Forecast => forecast.as_ref().map(|forecast| forecast.value),
                DriverSource::Lifecycle => lifecycle_value,
                DriverSource::Manual => manual,
            };
            // A choice that has no value falls back like no choice at all; the row shows both.
            let order = [
                choice.as_ref().map(|choice| choice.source),
                Some(DriverSource::Target),
                Some(DriverSource::Lifecycle),
                Some(DriverSource::Forecast),
            ];
            let chosen = order.into_iter().flatten().find(|source| of(*source).is_some());
            DriverRow {
                product: driver.product.to_owned(),
                metric: driver.metric.to_owned(),
                month,
                statistic: driver.statistic,
                year_before: actual(month.plus(-12)),
                target: target(month),
                stage: lifecycle.map(|lifecycle| lifecycle.stage),
                lifecycle: lifecycle_value,
                manual,
                chosen,
                value: chosen.and_then(of),
                forecast,
                choice,
            }
        })
        .collect()
}

impl DriverRow {
    /// The forecast's uncertainty as factors on the value, from the 80 % interval carried to the 5th and 95th percentile.
    pub fn interval(&self) -> Option<Interval> {
        /// Normal quantile of 95 % ÷ that of 90 %.
        const WIDER: f64 = 1.283_475;
        let forecast = self.forecast.as_ref().filter(|forecast| forecast.value > 0.0)?;
        let low = forecast.value - (forecast.value - forecast.low80) * WIDER;
        let high = forecast.value + (forecast.high80 - forecast.value) * WIDER;
        Interval::factors(forecast.value, low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::DriverSource as Source;
    use super::*;

    #[test]
    fn choices_go_first_then_targets_then_the_forecast() {
        let as_of: Month = "2026-09".parse().unwrap();
        let (mut targets, mut measured) = (Drivers::default(), Drivers::default());
        for back in 0..24 {
            measured.insert("shop", "orders", as_of.plus(-back), 100.0);
        }
        targets.insert("shop", "orders", "2027-01".parse().unwrap(), 150.0);
        targets.insert("shop", "orders", "2027-02".parse().unwrap(), 150.0);
        let choice = |month: &str, source, value| DriverChoice {
            product: "shop".into(),
            metric: "orders".into(),
            month: month.parse().unwrap(),
            source,
            value,
            reason: "because".into(),
            by: "somebody".into(),
            at: String::new(),
        };
        let choices = [
            choice("2027-02", Source::Manual, Some(1.0)),
            choice("2027-02", Source::Manual, Some(170.0)),
            choice("2027-04", Source::Target, None),
        ];
        let driver = DriverOf {
            product: "shop",
            metric: "orders",
            statistic: DriverStatistic::Max,
            calendar: None,
            events: &[],
        };
        let months = "2027-01..2027-04".parse().unwrap();
        let rows = driver_rows(driver, months, as_of, (&targets, &measured), None, &choices, false);
        let shown: Vec<_> = rows
            .iter()
            .map(|row| (row.chosen.unwrap(), row.value.unwrap()))
            .collect();
        // The target chosen for April does not exist: the forecast stands in, and the row says so.
        assert_eq!(
            shown,
            [
                (Source::Target, 150.0),
                (Source::Manual, 170.0),
                (Source::Forecast, 100.0),
                (Source::Forecast, 100.0)
            ]
        );
        assert_eq!(rows[1].choice.as_ref().unwrap().by, "somebody");
        assert_eq!(
            (rows[1].target, rows[1].forecast.as_ref().unwrap().value),
            (Some(150.0), 100.0)
        );
        let nothing = driver_rows(
            driver,
            months,
            as_of,
            (&Drivers::default(), &Drivers::default()),
            None,
            &[],
            true,
        );
        assert!(nothing.iter().all(|row| row.value.is_none() && row.chosen.is_none()));
    }
}
