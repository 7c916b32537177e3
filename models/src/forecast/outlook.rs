//! From a history to a forecast: clean, backtest, combine, calibrate.

use super::backtest::{self, Tested};
use super::clean::{Cleaned, clean, constant};
use super::interval::Spread;
use super::method::{Method, Prepared, intermittent};
use super::{Confidence, Forecast, Step, combine};

/// Observations that a forecast looks back on at most, unless that is fewer than [`CYCLES`].
const RECENT: usize = 500;
/// Cycles of the longest season that it looks back on.
const CYCLES: usize = 4;

/// Forecasts `horizon` steps of `values`, of which some may be missing, that may repeat after each of `periods`.
///
/// None when not one value is known. The same input gives the same bytes.
pub fn forecast(values: &[Option<f64>], periods: &[usize], horizon: usize) -> Option<Forecast> {
    let known: Vec<Option<f64>> = values
        .iter()
        .map(|value| value.filter(|value| value.is_finite()))
        .collect();
    let mut periods: Vec<usize> = periods.iter().copied().filter(|&period| period > 1).collect();
    periods.sort_unstable();
    periods.dedup();
    let first = recent(&known, &periods)?;
    let known = &known[first..];
    // Sizes near one keep the arithmetic the same whatever the unit of measure.
    let size = known.iter().flatten().map(|value| value.abs()).sum::<f64>() / known.iter().flatten().count() as f64;
    let size = if size > 0.0 && size.is_finite() { size } else { 1.0 };
    let scaled: Vec<Option<f64>> = known.iter().map(|value| value.map(|value| value / size)).collect();
    let cleaned = clean(&scaled, &periods);
    let mut answer = ahead(&cleaned, &periods, horizon);
    let negative = scaled.iter().flatten().any(|&value| value < 0.0);
    for step in &mut answer.steps {
        for value in [
            &mut step.value,
            &mut step.low80,
            &mut step.high80,
            &mut step.low95,
            &mut step.high95,
        ] {
            *value = if negative { *value * size } else { value.max(0.0) * size };
        }
    }
    answer.error = answer.error.map(|error| error * size);
    answer
        .outliers
        .iter_mut()
        .chain(&mut answer.level_shifts)
        .for_each(|at| *at += first);
    Some(answer)
}

/// Where the history that is used begins: at its first value, and no further back than says something of the present.
fn recent(known: &[Option<f64>], periods: &[usize]) -> Option<usize> {
    let first = known.iter().position(Option::is_some)?;
    let most = RECENT.max(CYCLES * periods.last().copied().unwrap_or(1));
    let start = first.max(known.len().saturating_sub(most));
    let kept = known[start..].iter().flatten().count();
    Some(if 2 * kept >= known.len() - start { start } else { first })
}

fn ahead(cleaned: &Cleaned, periods: &[usize], horizon: usize) -> Forecast {
    let values = cleaned.values.as_slice();
    let mut answer = Forecast {
        steps: Vec::new(),
        models: vec![(Method::Naive, 1.0)],
        error: None,
        relative_error: None,
        origins: 0,
        confidence: Confidence::Low,
        periods: Vec::new(),
        filled: cleaned.filled,
        outliers: cleaned.outliers.clone(),
        level_shifts: cleaned.steps.clone(),
        provisional: Vec::new(),
    };
    let last = values[values.len() - 1];
    if constant(values) {
        let spread = if values.len() < 3 {
            Spread::guessed(values)
        } else {
            Spread::none()
        };
        answer.steps = (0..horizon).map(|h| step(last, &spread, h)).collect();
        answer.confidence = if values.len() < 8 {
            Confidence::Low
        } else {
            Confidence::High
        };
        return answer;
    }
    let often_zero = intermittent(values);
    let backtest = backtest::run(values, periods, horizon);
    let prepared = Prepared::new(values, &backtest.periods, values.len()).repeating(backtest.cycle);
    let ends: Vec<(&Tested, f64, Vec<f64>)> = combine::weights(&backtest, often_zero)
        .into_iter()
        .filter_map(|(tested, weight)| {
            let forecast = prepared.forecasts(tested.method, &[values.len()], horizon)?.pop()?;
            forecast
                .iter()
                .all(|value| value.is_finite())
                .then_some((tested, weight, forecast))
        })
        .collect();
    if ends.is_empty() {
        let spread = Spread::guessed(values);
        answer.steps = (0..horizon).map(|h| step(last, &spread, h)).collect();
        return answer;
    }
    let parts: Vec<(f64, &[f64])> = ends
        .iter()
        .map(|(_, weight, part)| (*weight, part.as_slice()))
        .collect();
    let past = past(backtest.origins.len(), &ends, horizon);
    let spread = Spread::calibrate(values, &backtest.origins, &past);
    answer.steps = combine::blend(&parts, horizon)
        .into_iter()
        .enumerate()
        .map(|(h, value)| step(value, &spread, h))
        .collect();
    if often_zero {
        // More than a tenth of the values are zero, so the lower end of both intervals is.
        for step in &mut answer.steps {
            (step.low80, step.low95) = (step.low80.min(0.0), step.low95.min(0.0));
        }
    }
    let sum: f64 = ends.iter().map(|(_, weight, _)| weight).sum();
    answer.models = ends
        .iter()
        .map(|(tested, weight, _)| (tested.method, weight / sum))
        .collect();
    answer.error = backtest::mean_error(values, &backtest.origins, &past);
    let tested = &values[backtest.origins[0]..];
    let typical = tested.iter().map(|value| value.abs()).sum::<f64>() / tested.len() as f64;
    answer.relative_error = answer.error.filter(|_| typical > 0.0).map(|error| error / typical);
    answer.origins = backtest.origins.len();
    answer.confidence = match answer.relative_error {
        Some(error) if answer.origins >= 12 && error <= 0.15 => Confidence::High,
        Some(error) if answer.origins >= 4 && values.len() >= 8 && error <= 0.4 => Confidence::Medium,
        _ => Confidence::Low,
    };
    answer.periods = backtest.periods;
    answer
}

/// What the combination would have said at every origin of the backtest.
fn past(origins: usize, ends: &[(&Tested, f64, Vec<f64>)], horizon: usize) -> Vec<Vec<f64>> {
    (0..origins)
        .map(|origin| {
            let parts: Vec<(f64, &[f64])> = ends
                .iter()
                .map(|(tested, weight, _)| (*weight, tested.forecasts[origin].as_slice()))
                .collect();
            combine::blend(&parts, horizon)
        })
        .collect()
}

fn step(value: f64, spread: &Spread, h: usize) -> Step {
    let [low80, high80, low95, high95] = spread.around(value, h);
    Step {
        value,
        low80,
        high80,
        low95,
        high95,
    }
}
