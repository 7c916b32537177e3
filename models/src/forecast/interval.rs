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
        let horizon = forecasts.first().map_or(0, Vec::len);
        let (logarithmic, errors) = on_the_better_scale(values, origins, forecasts, horizon);
        let (first, growth) = scale(&errors);
        let mut scores: Vec<f64> = errors
            .iter()
            .enumerate()
            .flat_map(|(h, of_step)| of_step.iter().map(move |error| error / (first * power(h, growth))))
            .filter(|score| score.is_finite())
            .collect();
        scores.sort_by(f64::total_cmp);
        // Errors of neighbouring origins hang together as far as they pile up over the steps, which they share: those of a random
        // walk all, those of mere noise not at all.
        let span = (values.len() - origins.first().copied().unwrap_or(values.len())) as f64;
        let shared = (horizon as f64).max(1.0).powf((2.0 * growth).min(1.0));
        let trials = (span / shared).max(2.0);
        // And some of the values went into choosing methods and parameters.
        let count = values.len() as f64;
        let widen = (count / (count - PARAMETERS).max(1.0)).sqrt();
        Spread {
            logarithmic,
            first,
            growth,
            quantile80: mixed(&scores, 0.80, NORMAL.0) * widen * student(NORMAL.0, trials),
            quantile95: mixed(&scores, 0.95, NORMAL.1) * widen * student(NORMAL.1, trials),
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

/// Absolute errors by step: of the logarithm where that makes them more alike, otherwise as they are.
///
/// The scale is the one on which normal errors would make what was seen likelier (Box and Cox, "An analysis of transformations",
/// 1964, with the two powers 0 and 1): a hundred users more at night and at noon, or a tenth more.
fn on_the_better_scale(
    values: &[f64],
    origins: &[usize],
    forecasts: &[Vec<f64>],
    horizon: usize,
) -> (bool, Vec<Vec<f64>>) {
    let pairs = |h: usize| {
        let forecasts = forecasts.iter().zip(origins);
        forecasts.filter_map(move |(forecast, &origin)| Some((forecast[h], *values.get(origin + h)?)))
    };
    let errors = |of: fn(f64, f64) -> f64| -> Vec<Vec<f64>> {
        (0..horizon)
            .map(|h| pairs(h).map(|(value, actual)| of(value, actual)).collect())
            .collect()
    };
    let plain = errors(|value, actual| (actual - value).abs());
    let positive = values.iter().all(|&value| value > 0.0) && forecasts.iter().flatten().all(|&value| value > 0.0);
    if !positive {
        return (false, plain);
    }
    let ratios = errors(|value, actual| (actual / value).ln().abs());
    // By step, as errors grow with it: logarithm of the mean square, and for the logarithm what the change of scale weighs.
    let weigh = |errors: &[Vec<f64>]| -> f64 {
        errors
            .iter()
            .filter(|of_step| !of_step.is_empty())
            .map(|of_step| {
                let count = of_step.len() as f64;
                let square = of_step.iter().map(|error| error * error).sum::<f64>() / count;
                count * square.max(1e-300).ln() / 2.0
            })
            .sum()
    };
    let jacobian: f64 = (0..horizon).flat_map(pairs).map(|(_, actual)| actual.ln()).sum();
    if weigh(&ratios) + jacobian <= weigh(&plain) {
        (true, ratios)
    } else {
        (false, plain)
    }
}

fn power(h: usize, growth: f64) -> f64 {
    (h as f64 + 1.0).powf(growth)
}

/// How much the growth of a random walk weighs against the errors' own.
const FEW: f64 = 20.0;

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
    // A random walk grows by 0.5; few errors hardly say otherwise.
    let growth = ((xy - x * y / weight + FEW * 0.5) / (spread + FEW)).clamp(0.0, 1.0);
    ((y / weight - growth * x / weight).exp(), growth)
}

/// Student's quantile as a multiple of the normal one: the first term of its expansion (Cornish and Fisher, 1938).
fn student(normal: f64, trials: f64) -> f64 {
    1.0 + (normal * normal + 1.0) / (4.0 * trials)
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
