//! Seasonal patterns: what repeats every `period` steps, taken out before a trend is fitted and put back after it.
//!
//! Classical decomposition by centred moving averages (Persons 1919; Hyndman and Athanasopoulos, "Forecasting:
//! principles and practice", section 3.4), with recent cycles weighing more, the pattern shrunk towards none by how
//! uncertain it is (Miller and Williams, "Shrinkage estimators of time series seasonal factors", 2003), and several
//! periods taken out in turn, as MSTL does (Bandara, Hyndman and Bergmeir, 2021).

/// How much a cycle weighs against the next younger one.
const FADING: f64 = 0.85;

/// One repeating pattern.
#[derive(Clone, Debug)]
struct Pattern {
    /// Value to add at each step of the cycle; step 0 is the first observation of the series.
    offsets: Vec<f64>,
}

/// All repeating patterns of one series, additive; a multiplicative pattern is an additive one of the logarithm.
#[derive(Clone, Debug, Default)]
pub(super) struct Seasonality {
    patterns: Vec<Pattern>,
    logarithmic: bool,
}

impl Seasonality {
    /// Estimates the patterns of `values`; a period of which there are fewer than two cycles is left alone.
    /// Logarithmic needs values above zero.
    pub(super) fn estimate(values: &[f64], periods: &[usize], logarithmic: bool) -> Seasonality {
        let mut rest: Vec<f64> = if logarithmic {
            values.iter().map(|value| value.ln()).collect()
        } else {
            values.to_vec()
        };
        let usable: Vec<usize> = periods
            .iter()
            .copied()
            .filter(|&period| period > 1 && rest.len() >= 2 * period)
            .collect();
        let mut patterns: Vec<Option<Pattern>> = vec![None; usable.len()];
        for _ in 0..if usable.len() > 1 { 2 } else { 1 } {
            for (slot, &period) in patterns.iter_mut().zip(&usable) {
                if let Some(old) = slot.take() {
                    shift(&mut rest, &old.offsets, 1.0);
                }
                // The longest shorter period that fits into this one: days of a week in a series of hours.
                let within = usable
                    .iter()
                    .copied()
                    .filter(|shorter| *shorter < period && period % shorter == 0)
                    .max();
                let pattern = Pattern {
                    offsets: match within {
                        Some(within) => nested(&rest, within, period),
                        None => offsets(&rest, period),
                    },
                };
                shift(&mut rest, &pattern.offsets, -1.0);
                *slot = Some(pattern);
            }
        }
        Seasonality {
            patterns: patterns.into_iter().flatten().collect(),
            logarithmic,
        }
    }

    /// The pattern at step `at`, on the additive scale.
    fn offset(&self, at: usize) -> f64 {
        self.patterns
            .iter()
            .map(|pattern| pattern.offsets[at % pattern.offsets.len()])
            .sum()
    }

    /// Takes the pattern out of `value`, observed at step `at`.
    pub(super) fn without(&self, at: usize, value: f64) -> f64 {
        if self.logarithmic {
            value / self.offset(at).exp()
        } else {
            value - self.offset(at)
        }
    }

    /// Puts the pattern back into `value` at step `at`.
    pub(super) fn with(&self, at: usize, value: f64) -> f64 {
        if self.logarithmic {
            value * self.offset(at).exp()
        } else {
            value + self.offset(at)
        }
    }
}

fn shift(values: &mut [f64], offsets: &[f64], sign: f64) {
    for (at, value) in values.iter_mut().enumerate() {
        *value += sign * offsets[at % offsets.len()];
    }
}

/// The pattern of a period that holds whole cycles of a shorter one: first what its cycles have as a whole (a Sunday against
/// a Monday, of many values each and so known well), then what is left at each step (Sunday at nine). Each is shrunk on its own.
fn nested(values: &[f64], within: usize, period: usize) -> Vec<f64> {
    let wholes: Vec<f64> = values
        .chunks_exact(within)
        .map(|cycle| cycle.iter().sum::<f64>() / within as f64)
        .collect();
    let levels = offsets(&wholes, period / within);
    let level = |at: usize| levels[at % period / within];
    let rest: Vec<f64> = values.iter().enumerate().map(|(at, value)| value - level(at)).collect();
    let steps = offsets(&rest, period);
    steps.iter().enumerate().map(|(at, step)| step + level(at)).collect()
}

/// The pattern of one period: weighted mean deviation from the trend at each step of the cycle, shrunk.
fn offsets(values: &[f64], period: usize) -> Vec<f64> {
    let trend = moving_average(values, period);
    let (mut sums, mut weights, mut squares, mut weights_squared) = (
        vec![0.0; period],
        vec![0.0; period],
        vec![0.0; period],
        vec![0.0; period],
    );
    for (at, (value, level)) in values.iter().zip(&trend).enumerate() {
        let weight = FADING.powi(((values.len() - 1 - at) / period) as i32);
        let step = at % period;
        sums[step] += weight * (value - level);
        squares[step] += weight * (value - level).powi(2);
        weights[step] += weight;
        weights_squared[step] += weight * weight;
    }
    let mut means: Vec<f64> = sums.iter().zip(&weights).map(|(sum, weight)| sum / weight).collect();
    let centre = means.iter().sum::<f64>() / period as f64;
    for mean in &mut means {
        *mean -= centre;
    }
    // Mean squared standard error of the step means against their variance: how much of the pattern is noise.
    let mut error = 0.0;
    for step in 0..period {
        let mean = means[step] + centre;
        let share = weights_squared[step] / weights[step].powi(2);
        let spread = (squares[step] / weights[step] - mean * mean).max(0.0);
        error += spread * share / (1.0 - share).max(0.1) / period as f64;
    }
    let variance = means.iter().map(|mean| mean * mean).sum::<f64>() / (period as f64 - 1.0).max(1.0);
    let kept = if variance > 0.0 {
        (1.0 - error / variance).clamp(0.0, 1.0)
    } else {
        0.0
    };
    means.iter().map(|mean| mean * kept).collect()
}

/// Centred moving average over one period, with straight lines through the half period at either end.
pub(super) fn moving_average(values: &[f64], period: usize) -> Vec<f64> {
    let half = period / 2;
    let count = values.len();
    if count < period + 1 + period % 2 {
        return vec![values.iter().sum::<f64>() / count.max(1) as f64; count];
    }
    let mut sums = Vec::with_capacity(count + 1);
    sums.push(0.0);
    for value in values {
        sums.push(sums[sums.len() - 1] + value);
    }
    let mut trend = vec![0.0; count];
    for at in half..count - half {
        let inner = sums[at + half + 1] - sums[at - half];
        trend[at] = if period % 2 == 1 {
            inner / period as f64
        } else {
            (inner - 0.5 * (values[at - half] + values[at + half])) / period as f64
        };
    }
    // Ends: level and slope of the nearest stretch of the trend that is known.
    let (first, last) = (half, count - half - 1);
    let stretch = half.min((last - first) / 2).max(1).min(last - first);
    let (head, tail) = if last > first {
        let by = stretch as f64;
        (
            (trend[first + stretch] - trend[first]) / by,
            (trend[last] - trend[last - stretch]) / by,
        )
    } else {
        (0.0, 0.0)
    };
    for back in 1..=half {
        trend[first - back] = trend[first] - head * back as f64;
        trend[last + back] = trend[last] + tail * back as f64;
    }
    trend
}
