//! Rolling-origin backtest: what each method would have said at past points, and how wrong it was.
//!
//! Tashman, "Out-of-sample tests of forecasting accuracy" (2000). Parameters and seasons are fitted once, to what was
//! known at the first origin; from each later origin the state goes on with the observations up to it.

use super::method::{ALL, Method, Prepared};

/// Most origins that are tried; more are thinned out evenly.
const MOST_ORIGINS: usize = 48;

/// What one method said at every origin.
pub(super) struct Tested {
    pub(super) method: Method,
    /// By origin and step; steps beyond the end of the series are there too.
    pub(super) forecasts: Vec<Vec<f64>>,
    /// Mean over steps of the mean absolute error over origins.
    pub(super) error: f64,
    /// Root of the mean over steps and origins of the squared error.
    pub(super) root_mean_square: f64,
}

/// The backtest of a series.
pub(super) struct Backtest {
    pub(super) origins: Vec<usize>,
    pub(super) tested: Vec<Tested>,
    /// The periods of which the first origin knew two cycles at least.
    pub(super) periods: Vec<usize>,
    /// The shortest period of which it knew one.
    pub(super) cycle: Option<usize>,
}

/// Tries every method on the later part of `values`; nothing when there are too few values for it.
pub(super) fn run(values: &[f64], periods: &[usize], horizon: usize) -> Backtest {
    let count = values.len();
    let cycle = periods
        .iter()
        .copied()
        .filter(|&period| count >= 2 * period + 4)
        .max()
        .unwrap_or(1);
    let held = (2 * horizon.min(count))
        .max(cycle.min(count))
        .max(8)
        .max(count.div_ceil(3));
    let known = count.saturating_sub(held).max(count.div_ceil(2)).max(2 * cycle).max(3);
    if known >= count {
        return Backtest {
            origins: Vec::new(),
            tested: Vec::new(),
            periods: Vec::new(),
            cycle: None,
        };
    }
    let stride = (count - known).div_ceil(MOST_ORIGINS);
    let origins: Vec<usize> = (known..count)
        .rev()
        .step_by(stride)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let prepared = Prepared::new(values, periods, known);
    let (periods, repeats) = (prepared.periods().to_vec(), prepared.cycle());
    let tested = ALL
        .into_iter()
        .filter_map(|method| {
            let forecasts = prepared.forecasts(method, &origins, horizon)?;
            let error = mean_error(values, &origins, &forecasts)?;
            let root_mean_square = root_mean_square(values, &origins, &forecasts);
            Some(Tested {
                method,
                forecasts,
                error,
                root_mean_square,
            })
        })
        .collect();
    Backtest {
        origins,
        tested,
        periods,
        cycle: repeats,
    }
}

/// Mean over steps of the mean absolute error over origins; none when a forecast is not a number.
pub(super) fn mean_error(values: &[f64], origins: &[usize], forecasts: &[Vec<f64>]) -> Option<f64> {
    let horizon = forecasts.first()?.len();
    let (mut sums, mut counts) = (vec![0.0; horizon], vec![0.0; horizon]);
    for (forecast, &origin) in forecasts.iter().zip(origins) {
        for (h, (value, actual)) in forecast.iter().zip(&values[origin..]).enumerate() {
            sums[h] += (value - actual).abs();
            counts[h] += 1.0;
        }
    }
    let steps: Vec<f64> = sums
        .iter()
        .zip(&counts)
        .filter(|(_, count)| **count > 0.0)
        .map(|(sum, count)| sum / count)
        .collect();
    let error = steps.iter().sum::<f64>() / steps.len() as f64;
    error.is_finite().then_some(error)
}

fn root_mean_square(values: &[f64], origins: &[usize], forecasts: &[Vec<f64>]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (forecast, &origin) in forecasts.iter().zip(origins) {
        for (value, actual) in forecast.iter().zip(&values[origin..]) {
            sum += (value - actual).powi(2);
            count += 1.0;
        }
    }
    (sum / f64::max(count, 1.0)).sqrt()
}
