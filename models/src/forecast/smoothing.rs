//! Exponential smoothing: level, damped trend and season that follow the data.
//!
//! State equations of Hyndman, Koehler, Ord and Snyder, "Forecasting with exponential smoothing" (2008), tables 2.2
//! and 2.3, in error-correction form; parameters minimise the concentrated likelihood (equation 5.3), which for
//! multiplicative seasons weighs errors relative to the value.

use super::seasonal::Seasonality;
use super::simplex::minimise;

/// How the trend moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trend {
    /// No trend: forecasts are flat (simple exponential smoothing).
    None,
    /// A trend that fades out (Gardner and McKenzie 1985).
    Damped,
}

/// How the season enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Season {
    /// No season.
    None,
    /// Added to the level (Holt-Winters additive).
    Additive(usize),
    /// Multiplies the level (Holt-Winters multiplicative).
    Multiplicative(usize),
}

/// Level, trend and season at one time.
#[derive(Clone, Debug)]
struct State {
    level: f64,
    trend: f64,
    season: Vec<f64>,
}

/// Smoothing parameters: level, trend, damping, season.
#[derive(Clone, Copy, Debug)]
struct Parameters {
    alpha: f64,
    beta: f64,
    phi: f64,
    gamma: f64,
}

impl Parameters {
    fn from(point: &[f64], trend: Trend, season: Season) -> Parameters {
        let mut point = point.iter().copied();
        let alpha = point.next().unwrap_or(0.5);
        let (beta, phi) = match trend {
            Trend::None => (0.0, 0.0),
            Trend::Damped => (point.next().unwrap_or(0.1) * alpha, point.next().unwrap_or(0.95)),
        };
        let gamma = match season {
            Season::None => 0.0,
            _ => point.next().unwrap_or(0.1) * (1.0 - alpha),
        };
        Parameters {
            alpha,
            beta,
            phi,
            gamma,
        }
    }
}

/// Forecasts of `horizon` steps from each of `origins` (how many observations are known), by parameters that were
/// fitted to the first `known` observations only.
pub(super) fn forecasts(
    values: &[f64],
    known: usize,
    origins: &[usize],
    horizon: usize,
    trend: Trend,
    season: Season,
) -> Vec<Vec<f64>> {
    let start = initial(&values[..known], trend, season);
    let (mut first, mut bounds) = (vec![0.3], vec![(0.0001, 0.9999)]);
    if trend == Trend::Damped {
        first.extend([0.1, 0.95]);
        bounds.extend([(0.0001, 0.9999), (0.8, 0.98)]);
    }
    if season != Season::None {
        first.push(0.1);
        bounds.push((0.0001, 0.9999));
    }
    let budget = 40 * first.len();
    let mut state = start.clone();
    let best = minimise(&first, &bounds, budget, |point| {
        state.level = start.level;
        state.trend = start.trend;
        state.season.copy_from_slice(&start.season);
        likelihood(
            &values[..known],
            &mut state,
            Parameters::from(point, trend, season),
            season,
        )
    });
    let parameters = Parameters::from(&best, trend, season);
    let mut state = start;
    let mut at = 0;
    let mut all = Vec::with_capacity(origins.len());
    for &origin in origins {
        while at < origin {
            step(&mut state, values[at], at, parameters, season);
            at += 1;
        }
        all.push(ahead(&state, at, horizon, parameters, season));
    }
    all
}

/// Takes one observation in; returns the forecast that it met.
#[inline]
fn step(state: &mut State, value: f64, at: usize, p: Parameters, season: Season) -> f64 {
    let base = state.level + p.phi * state.trend;
    match season {
        Season::None => {
            let error = value - base;
            state.level = base + p.alpha * error;
            state.trend = p.phi * state.trend + p.beta * error;
            base
        }
        Season::Additive(period) => {
            let slot = at % period;
            let expected = base + state.season[slot];
            let error = value - expected;
            state.level = base + p.alpha * error;
            state.trend = p.phi * state.trend + p.beta * error;
            state.season[slot] += p.gamma * error;
            expected
        }
        Season::Multiplicative(period) => {
            let slot = at % period;
            let factor = state.season[slot];
            let expected = base * factor;
            let error = value - expected;
            state.level = base + p.alpha * error / factor.max(1e-9);
            state.trend = p.phi * state.trend + p.beta * error / factor.max(1e-9);
            state.season[slot] += p.gamma * error / base.abs().max(1e-9);
            expected
        }
    }
}

fn likelihood(values: &[f64], state: &mut State, parameters: Parameters, season: Season) -> f64 {
    if season == Season::None {
        // The same as `step`, without a season to look up: this loop is where forecasts spend their time.
        let Parameters { alpha, beta, phi, .. } = parameters;
        let (mut level, mut trend, mut squares) = (state.level, state.trend, 0.0);
        for &value in values {
            let push = phi * trend;
            let error = value - level - push;
            level += push + alpha * error;
            trend = push + beta * error;
            squares += error * error;
        }
        return squares.max(1e-300).ln();
    }
    let (mut squares, mut logs) = (0.0, 0.0);
    if matches!(season, Season::Multiplicative(_)) {
        let mut product = 1.0_f64;
        for (at, &value) in values.iter().enumerate() {
            let expected = step(state, value, at, parameters, season);
            if expected <= 0.0 {
                return f64::MAX;
            }
            squares += (value / expected - 1.0).powi(2);
            product *= expected;
            if !(1e-200..1e200).contains(&product) {
                logs += product.ln();
                product = 1.0;
            }
        }
        logs += product.ln();
    } else {
        for (at, &value) in values.iter().enumerate() {
            squares += (value - step(state, value, at, parameters, season)).powi(2);
        }
    }
    squares.max(1e-300).ln() + 2.0 * logs / values.len() as f64
}

fn ahead(state: &State, at: usize, horizon: usize, p: Parameters, season: Season) -> Vec<f64> {
    let (mut base, mut push) = (state.level, state.trend);
    (0..horizon)
        .map(|h| {
            push *= p.phi;
            base += push;
            match season {
                Season::None => base,
                Season::Additive(period) => base + state.season[(at + h) % period],
                Season::Multiplicative(period) => base * state.season[(at + h) % period],
            }
        })
        .collect()
}

/// Level and trend by a straight line through the first observations without season; the season by decomposition.
fn initial(values: &[f64], trend: Trend, season: Season) -> State {
    let (period, seasonality) = match season {
        Season::None => (1, Seasonality::default()),
        Season::Additive(period) => (period, Seasonality::estimate(values, &[period], false)),
        Season::Multiplicative(period) => (period, Seasonality::estimate(values, &[period], true)),
    };
    let factors = match season {
        Season::None => Vec::new(),
        Season::Additive(period) => (0..period).map(|at| seasonality.with(at, 0.0)).collect(),
        Season::Multiplicative(period) => (0..period).map(|at| seasonality.with(at, 1.0)).collect(),
    };
    let count = values.len().min(10.max(2 * period));
    let adjusted: Vec<f64> = (0..count).map(|at| seasonality.without(at, values[at])).collect();
    let (level, slope) = line(&adjusted);
    match trend {
        Trend::None => State {
            level: adjusted.iter().sum::<f64>() / count.max(1) as f64,
            trend: 0.0,
            season: factors,
        },
        Trend::Damped => State {
            level,
            trend: slope,
            season: factors,
        },
    }
}

/// Least-squares line: its value one step before the first observation, and its slope.
pub(super) fn line(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    if values.len() < 2 {
        return (values.first().copied().unwrap_or(0.0), 0.0);
    }
    let middle = (count + 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / count;
    let slope = values
        .iter()
        .enumerate()
        .map(|(at, value)| (at as f64 + 1.0 - middle) * (value - mean))
        .sum::<f64>()
        / (count * (count * count - 1.0) / 12.0);
    (mean - slope * middle, slope)
}
