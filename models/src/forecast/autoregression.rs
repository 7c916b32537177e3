//! Autoregression of the changes: each change explained by the changes before it.
//!
//! Coefficients by Burg's method (1975), the order by the corrected Akaike criterion (Hurvich and Tsai 1989). Levels
//! are the sum of the forecast changes; the mean change is shrunk by how uncertain it is.

/// Forecasts of `horizon` steps from each of `origins`, by coefficients fitted to the first `known` observations.
pub(super) fn forecasts(values: &[f64], known: usize, origins: &[usize], horizon: usize, most: usize) -> Vec<Vec<f64>> {
    let changes: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let fitted = &changes[..known.saturating_sub(1)];
    let count = fitted.len().max(1) as f64;
    let mean = fitted.iter().sum::<f64>() / count;
    let variance = fitted.iter().map(|change| (change - mean).powi(2)).sum::<f64>() / count;
    let certain = if mean == 0.0 {
        0.0
    } else {
        mean * mean / (mean * mean + variance / count)
    };
    let drift = mean * certain;
    let centred: Vec<f64> = fitted.iter().map(|change| change - drift).collect();
    let weights = burg(&centred, most.min(fitted.len() / 4));
    origins
        .iter()
        .map(|&origin| {
            let past = &changes[..origin - 1];
            let mut recent: Vec<f64> = past[past.len().saturating_sub(weights.len())..]
                .iter()
                .map(|change| change - drift)
                .collect();
            let mut level = values[origin - 1];
            (0..horizon)
                .map(|_| {
                    let next = weights
                        .iter()
                        .zip(recent.iter().rev())
                        .map(|(weight, change)| weight * change)
                        .sum();
                    recent.push(next);
                    level += next + drift;
                    level
                })
                .collect()
        })
        .collect()
}

/// Coefficients of the order up to `most` with the smallest criterion.
fn burg(values: &[f64], most: usize) -> Vec<f64> {
    let count = values.len() as f64;
    let mut power = values.iter().map(|value| value * value).sum::<f64>() / count.max(1.0);
    let (mut forward, mut backward) = (values.to_vec(), values.to_vec());
    let mut weights: Vec<f64> = Vec::new();
    let criterion = |power: f64, order: usize| {
        let parameters = order as f64 + 2.0;
        count * power.max(1e-300).ln() + 2.0 * parameters * count / (count - parameters - 1.0).max(1.0)
    };
    let (mut best, mut chosen) = (criterion(power, 0), Vec::new());
    for order in 1..=most {
        let (mut over, mut under) = (0.0, 0.0);
        for at in order..values.len() {
            over += forward[at] * backward[at - 1];
            under += forward[at].powi(2) + backward[at - 1].powi(2);
        }
        if under <= 0.0 {
            break;
        }
        let reflection = 2.0 * over / under;
        for at in (order..values.len()).rev() {
            let (ahead, behind) = (forward[at], backward[at - 1]);
            forward[at] = ahead - reflection * behind;
            backward[at] = behind - reflection * ahead;
        }
        let old = weights.clone();
        for (lag, weight) in weights.iter_mut().enumerate() {
            *weight -= reflection * old[order - 2 - lag];
        }
        weights.push(reflection);
        power *= 1.0 - reflection * reflection;
        let value = criterion(power, order);
        if value < best {
            (best, chosen) = (value, weights.clone());
        }
    }
    chosen
}
