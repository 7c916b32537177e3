//! Saturating growth of young products: logistic (Verhulst 1838) and Gompertz (1825) curves.
//!
//! For a ceiling K the logistic curve is a straight line in ln(y / (K − y)) and the Gompertz curve in −ln(ln(K / y));
//! the line is fitted by least squares for a ladder of ceilings and the curve with the least squared error of ln y is
//! kept. Forecasts start from the last value: the curve gives the factor, not the level.

/// Candidate ceilings, as multiples of the largest value so far.
const CEILINGS: [f64; 9] = [1.02, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 8.0, 12.0];

#[derive(Clone, Copy, Debug)]
struct Curve {
    gompertz: bool,
    ceiling: f64,
    start: f64,
    slope: f64,
}

impl Curve {
    fn at(&self, time: f64) -> f64 {
        let line = self.start + self.slope * time;
        if self.gompertz {
            self.ceiling * (-(-line).exp()).exp()
        } else {
            self.ceiling / (1.0 + (-line).exp())
        }
    }
}

/// Forecasts from each of `origins` by the curve fitted to the first `known` values; none unless they grow along one.
pub(super) fn forecasts(values: &[f64], known: usize, origins: &[usize], horizon: usize) -> Option<Vec<Vec<f64>>> {
    let curve = fit(&values[..known])?;
    Some(
        origins
            .iter()
            .map(|&origin| {
                let now = curve.at(origin as f64 - 1.0);
                (0..horizon)
                    .map(|h| values[origin - 1] * curve.at((origin + h) as f64) / now)
                    .collect()
            })
            .collect(),
    )
}

/// The curve ahead of `values`, towards `ceiling` where one is stated (it must lie above all of them), from the last value on.
pub(super) fn towards(values: &[f64], ceiling: Option<f64>, horizon: usize) -> Option<Vec<f64>> {
    let largest = values.iter().copied().fold(0.0, f64::max);
    let curve = match ceiling {
        Some(ceiling) if ceiling > largest && values.len() >= 4 && values.iter().all(|&value| value > 0.0) => {
            best(values, &[ceiling / largest])?
        }
        Some(_) => return None,
        None => fit(values)?,
    };
    let count = values.len();
    let now = curve.at(count as f64 - 1.0);
    let most = ceiling.unwrap_or(f64::INFINITY);
    Some(
        (0..horizon)
            .map(|h| (values[count - 1] * curve.at((count + h) as f64) / now).min(most))
            .collect(),
    )
}

fn fit(values: &[f64]) -> Option<Curve> {
    let count = values.len();
    let quarter = (count / 4).max(2);
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    // Young and growing: doubled at least over the history, with ups far outweighing downs.
    if count < 8 || mean(&values[count - quarter..]) < 2.0 * mean(&values[..quarter]) {
        return None;
    }
    let (ups, downs) = values.windows(2).fold((0.0, 0.0), |(ups, downs), pair| {
        let change = (pair[1] / pair[0]).ln();
        if change > 0.0 {
            (ups + change, downs)
        } else {
            (ups, downs - change)
        }
    });
    if downs > 0.35 * ups {
        return None;
    }
    best(values, &CEILINGS)
}

/// The growing curve with the least squared error of ln y, over ceilings as multiples of the largest value.
fn best(values: &[f64], ceilings: &[f64]) -> Option<Curve> {
    let largest = values.iter().copied().fold(0.0, f64::max);
    let mut best: Option<(f64, Curve)> = None;
    for gompertz in [false, true] {
        for &multiple in ceilings {
            let ceiling = largest * multiple;
            let line: Vec<f64> = values
                .iter()
                .map(|&value| {
                    if gompertz {
                        -(ceiling / value).ln().ln()
                    } else {
                        (value / (ceiling - value)).ln()
                    }
                })
                .collect();
            let (start, slope) = super::smoothing::line(&line);
            let curve = Curve {
                gompertz,
                ceiling,
                start: start + slope,
                slope,
            };
            let error: f64 = values
                .iter()
                .enumerate()
                .map(|(at, value)| (value / curve.at(at as f64)).ln().powi(2))
                .sum();
            if slope > 0.0 && error.is_finite() && best.is_none_or(|(least, _)| error < least) {
                best = Some((error, curve));
            }
        }
    }
    best.map(|(_, curve)| curve)
}
