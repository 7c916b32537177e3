//! The Theta method, optimised: the data as the mean of a long-run line and a line that doubles its curvature.
//!
//! Assimakopoulos and Nikolopoulos (2000); the dynamic optimised form of Fiorucci, Pellegrini, Louzada, Petropoulos
//! and Koehler, "Models for optimising the theta method and their relationship to state space models" (2016),
//! section 2.3: level by exponential smoothing, the line refitted with every observation, α and θ by least squares.

use super::simplex::minimise;

/// What is known after some observations.
#[derive(Clone, Copy, Debug)]
struct State {
    level: f64,
    mean: f64,
    slope: f64,
    intercept: f64,
    /// (1 − α)^t
    fading: f64,
    count: f64,
}

impl State {
    fn start(level: f64) -> State {
        State {
            level,
            mean: 0.0,
            slope: 0.0,
            intercept: 0.0,
            fading: 1.0,
            count: 0.0,
        }
    }

    /// Forecast of `steps` ahead (1 or more).
    #[inline]
    fn ahead(&self, steps: f64, alpha: f64, theta: f64) -> f64 {
        let fading = self.fading * (1.0 - alpha);
        self.level
            + (1.0 - 1.0 / theta) * (self.intercept * self.fading + (steps - 1.0 + (1.0 - fading) / alpha) * self.slope)
    }

    #[inline]
    fn take(&mut self, value: f64, alpha: f64) {
        self.level += alpha * (value - self.level);
        self.count += 1.0;
        let t = self.count;
        let before = self.mean;
        self.mean += (value - before) / t;
        if t < 2.0 {
            self.slope = 0.0;
        } else {
            self.slope = ((t - 2.0) * self.slope + 6.0 * (value - before) / t) / (t + 1.0);
        }
        self.intercept = self.mean - self.slope * (t + 1.0) / 2.0;
        self.fading *= 1.0 - alpha;
    }
}

/// Forecasts of `horizon` steps from each of `origins`, by parameters fitted to the first `known` observations.
/// With `classic`, θ is 2, the value of the original method.
pub(super) fn forecasts(
    values: &[f64],
    known: usize,
    origins: &[usize],
    horizon: usize,
    classic: bool,
) -> Vec<Vec<f64>> {
    let first = values.first().copied().unwrap_or(0.0);
    let cost = |alpha: f64, theta: f64| {
        // `State::take` and `State::ahead` in one loop: this is where the method spends its time.
        let (mut level, mut mean, mut slope, mut intercept, mut fading, mut t) = (first, 0.0, 0.0, 0.0, 1.0, 0.0);
        let (share, kept, mut squares) = (1.0 - 1.0 / theta, 1.0 - alpha, 0.0);
        for &value in &values[..known] {
            let next = fading * kept;
            if t > 1.0 {
                let error = value - level - share * (intercept * fading + (1.0 - next) / alpha * slope);
                squares += error * error;
            }
            level += alpha * (value - level);
            t += 1.0;
            let apart = value - mean;
            mean += apart / t;
            if t > 1.0 {
                slope = ((t - 2.0) * slope + 6.0 * apart / t) / (t + 1.0);
            }
            intercept = mean - slope * (t + 1.0) / 2.0;
            fading = next;
        }
        squares
    };
    let (alpha, theta) = if classic {
        let best = minimise(&[0.4], &[(0.01, 0.99)], 30, |p| cost(p[0], 2.0));
        (best[0], 2.0)
    } else {
        let best = minimise(&[0.4, 2.0], &[(0.01, 0.99), (1.0, 6.0)], 60, |p| cost(p[0], p[1]));
        (best[0], best[1])
    };
    let mut state = State::start(first);
    let mut at = 0;
    let mut all = Vec::with_capacity(origins.len());
    for &origin in origins {
        while at < origin {
            state.take(values[at], alpha);
            at += 1;
        }
        all.push(
            (1..=horizon)
                .map(|steps| state.ahead(steps as f64, alpha, theta))
                .collect(),
        );
    }
    all
}
