//! Demand that comes now and then: how much at a time and how often are learned apart.
//!
//! Croston, "Forecasting and stock control for intermittent demands" (1972), with the correction of Syntetos and Boylan, "The
//! accuracy of intermittent demand estimates" (2005): size ÷ interval × (1 − α ÷ 2); and Teunter, Syntetos and Babai, "Intermittent
//! demand: linking forecasting to inventory obsolescence" (2011): size × chance, where the chance fades while nothing comes.
//! What is forecast is the mean per step, the same for all steps.

/// Smoothing parameters that are tried; small ones, as those papers advise.
const ALPHAS: [f64; 4] = [0.05, 0.1, 0.2, 0.3];

/// How often something comes is learned in one of two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By the steps from one demand to the next (Croston, Syntetos and Boylan).
    Interval,
    /// By the chance of a demand in each step (Teunter, Syntetos and Babai).
    Chance,
}

/// What is known after some observations.
#[derive(Clone, Copy, Debug)]
struct State {
    size: f64,
    /// Steps between demands, or the chance of one.
    often: f64,
    since: f64,
}

impl State {
    fn take(&mut self, value: f64, alpha: f64, way: Way) {
        let came = value > 0.0;
        if came {
            self.size += alpha * (value - self.size);
        }
        match way {
            Way::Interval if came => {
                self.often += alpha * (self.since - self.often);
                self.since = 1.0;
            }
            Way::Interval => self.since += 1.0,
            Way::Chance => self.often += alpha * (f64::from(u8::from(came)) - self.often),
        }
    }

    fn mean(&self, alpha: f64, way: Way) -> f64 {
        match way {
            Way::Interval => (1.0 - alpha / 2.0) * self.size / self.often,
            Way::Chance => self.size * self.often,
        }
    }
}

/// Forecasts of `horizon` steps from each of `origins`, by the parameter that served the first `known` observations best; none
/// where those have fewer than two demands or a value below zero.
pub(super) fn forecasts(
    values: &[f64],
    known: usize,
    origins: &[usize],
    horizon: usize,
    way: Way,
) -> Option<Vec<Vec<f64>>> {
    let fitted = &values[..known];
    let demands: Vec<f64> = fitted.iter().copied().filter(|&value| value > 0.0).collect();
    if demands.len() < 2 || values.iter().any(|&value| value < 0.0) {
        return None;
    }
    let chance = demands.len() as f64 / known as f64;
    let start = State {
        size: demands.iter().sum::<f64>() / demands.len() as f64,
        often: match way {
            Way::Interval => 1.0 / chance,
            Way::Chance => chance,
        },
        since: 1.0,
    };
    let cost = |alpha: f64| {
        let mut state = start;
        let squares = fitted.iter().map(|&value| {
            let error = value - state.mean(alpha, way);
            state.take(value, alpha, way);
            error * error
        });
        squares.sum::<f64>()
    };
    let alpha = ALPHAS
        .into_iter()
        .min_by(|left, right| cost(*left).total_cmp(&cost(*right)))?;
    let mut state = start;
    let mut at = 0;
    let all = origins.iter().map(|&origin| {
        while at < origin {
            state.take(values[at], alpha, way);
            at += 1;
        }
        vec![state.mean(alpha, way); horizon]
    });
    Some(all.collect())
}

#[cfg(test)]
mod tests {
    use super::{State, Way, forecasts};

    #[test]
    fn steps_by_hand() {
        // Croston: size 10, every 4 steps; after 2 steps without and then 20, with α = 0.2: size 12, interval 4 + 0.2 · (3 − 4).
        let mut croston = State {
            size: 10.0,
            often: 4.0,
            since: 1.0,
        };
        for value in [0.0, 0.0, 20.0] {
            croston.take(value, 0.2, Way::Interval);
        }
        assert!((croston.size - 12.0).abs() < 1e-12 && (croston.often - 3.8).abs() < 1e-12);
        assert!((croston.mean(0.2, Way::Interval) - 0.9 * 12.0 / 3.8).abs() < 1e-12);
        // Chance 0.25: × 0.8 × 0.8, then × 0.8 + 0.2.
        let mut chance = State {
            size: 10.0,
            often: 0.25,
            since: 1.0,
        };
        for value in [0.0, 0.0, 20.0] {
            chance.take(value, 0.2, Way::Chance);
        }
        assert!((chance.mean(0.2, Way::Chance) - 12.0 * (0.25 * 0.512 + 0.2)).abs() < 1e-12);
    }

    #[test]
    fn demand_that_stopped_fades_from_the_chance_only() {
        let mut values: Vec<f64> = (0..60).map(|at| if at % 4 == 0 { 8.0 } else { 0.0 }).collect();
        values.extend([0.0; 40]);
        let last = |way| forecasts(&values, 60, &[100], 3, way).unwrap()[0][0];
        assert!(last(Way::Chance) < 0.3, "{}", last(Way::Chance));
        assert!(last(Way::Interval) > 1.5, "{}", last(Way::Interval));
        assert_eq!(forecasts(&[0.0, 0.0, 3.0], 3, &[3], 2, Way::Chance), None);
    }
}
