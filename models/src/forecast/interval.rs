//! Intervals calibrated on the errors that the same combination made in its backtest.
//!
//! Split conformal prediction with scaled scores (Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, "Distribution-free
//! predictive inference for regression", 2018; Stankevičiūtė, Alaa and van der Schaar, "Conformal time-series
//! forecasting", 2021): errors are divided by a scale that grows with the step as a power of it, and the quantile of
//! the pooled scores gives the width. Errors are of the logarithm when all values are above zero.

/// Half widths by step, on the scale that [`Spread::around`] knows.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    logarithmic: bool,
    /// Scale at step 1 and its growth: scale(h) = first · h^growth.
    first: f64,
    growth: f64,
    quantile80: f64,
    quantile95: f64,
}

/// Parameters that a typical method has: a level and a trend.
const PARAMETERS: f64 = 2.0;
/// Normal quantiles of the two levels.
const NORMAL: (f64, f64) = (1.2816, 1.9600);

impl Spread {
    /// From the errors of `forecasts` made at `origins`.
    pub(super) fn calibrate(values: &[f64], origins: &[usize], forecasts: &[Vec<f64>]) -> Spread {
        let logarithmic =
            values.iter().all(|&value| value > 0.0) && forecasts.iter().flatten().all(|&value| value > 0.0);
        let horizon = forecasts.first().map_or(0, Vec::len);
        let mut errors: Vec<Vec<f64>> = vec![Vec::new(); horizon];
        for (forecast, &origin) in forecasts.iter().zip(origins) {
            for (h, (value, actual)) in forecast.iter().zip(&values[origin..]).enumerate() {
                errors[h].push(if logarithmic {
                    (actual / value).ln().abs()
                } else {
                    (actual - value).abs()
                });
            }
        }
        let (first, growth) = scale(&errors);
        let mut scores: Vec<f64> = errors
            .iter()
            .enumerate()
            .flat_map(|(h, of_step)| of_step.iter().map(move |error| error / (first * power(h, growth))))
            .filter(|score| score.is_finite())
            .collect();
        scores.sort_by(f64::total_cmp);
        // Errors of one origin hang together: as many independent trials as horizons fit into the span tested.
        let span = values.len() - origins.first().copied().unwrap_or(values.len());
        let trials = (span as f64 / horizon.clamp(1, 6) as f64).max(1.0);
        // And some of the values went into choosing methods and parameters.
        let count = values.len() as f64;
        let widen = ((1.0 + 1.0 / trials) * count / (count - PARAMETERS).max(1.0)).sqrt();
        Spread {
            logarithmic,
            first,
            growth,
            quantile80: mixed(&scores, 0.80, NORMAL.0) * widen,
            quantile95: mixed(&scores, 0.95, NORMAL.1) * widen,
        }
    }

    /// No width at all: the value has never been another.
    pub(super) fn none() -> Spread {
        Spread {
            logarithmic: false,
            first: 0.0,
            growth: 0.0,
            quantile80: 0.0,
            quantile95: 0.0,
        }
    }

    /// Without a backtest: the mean change of the few values there are, growing as a random walk does; with one value
    /// alone, half of it.
    pub(super) fn guessed(values: &[f64]) -> Spread {
        let changes: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        let first = if changes.is_empty() {
            values.first().map_or(0.0, |value| value.abs() / 2.0)
        } else {
            changes.iter().sum::<f64>() / changes.len() as f64
        };
        // Quantiles of Student's t with two degrees of freedom.
        Spread {
            logarithmic: false,
            first,
            growth: 0.5,
            quantile80: 1.886,
            quantile95: 4.303,
        }
    }

    /// Low and high of the two levels around `value`, at step `h` counted from 0: low80, high80, low95, high95.
    pub(super) fn around(&self, value: f64, h: usize) -> [f64; 4] {
        let scale = self.first * power(h, self.growth);
        let ends = |quantile: f64| {
            if self.logarithmic {
                let factor = (scale * quantile).min(20.0).exp();
                (value / factor, value * factor)
            } else {
                (value - scale * quantile, value + scale * quantile)
            }
        };
        let ((low80, high80), (low95, high95)) = (ends(self.quantile80), ends(self.quantile95.max(self.quantile80)));
        [low80, high80, low95, high95]
    }
}

fn power(h: usize, growth: f64) -> f64 {
    (h as f64 + 1.0).powf(growth)
}

/// Scale at step 1 and growth exponent: a line through the logarithms of the root mean squared errors by step, weighted by how
/// many errors there are; growth between none and that of a trend, 1.
fn scale(errors: &[Vec<f64>]) -> (f64, f64) {
    let (mut weight, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (h, of_step) in errors.iter().enumerate() {
        let count = of_step.len() as f64;
        let size = (of_step.iter().map(|error| error * error).sum::<f64>() / count).sqrt();
        if count > 0.0 && size > 0.0 {
            let (across, up) = ((h as f64 + 1.0).ln(), size.ln());
            weight += count;
            x += count * across;
            y += count * up;
            xx += count * across * across;
            xy += count * across * up;
        }
    }
    if weight <= 0.0 {
        return (0.0, 0.5);
    }
    let spread = xx - x * x / weight;
    let growth = if spread > 1e-9 {
        ((xy - x * y / weight) / spread).clamp(0.0, 1.0)
    } else {
        0.5
    };
    ((y / weight - growth * x / weight).exp(), growth)
}

/// The quantile of `scores`, mixed with the `normal` one while scores are few.
fn mixed(scores: &[f64], level: f64, normal: f64) -> f64 {
    if scores.is_empty() {
        return normal;
    }
    let count = scores.len() as f64;
    let at = ((count + 1.0) * level).ceil().min(count) as usize - 1;
    let trust = count / (count + 20.0);
    trust * scores[at] + (1.0 - trust) * normal
}
