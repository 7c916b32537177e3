//! One forecast from several: the methods that did well in the backtest, weighted by how well.
//!
//! Weights are the inverse squared errors (Bates and Granger, "The combination of forecasts", 1969), without the
//! correlations, which few origins cannot tell; simple combinations win competitions (Makridakis, Spiliotis and
//! Assimakopoulos, "The M4 competition", 2020).

use super::backtest::{Backtest, Tested};

/// Most methods in a combination.
const MOST: usize = 8;
/// A method whose error is above this multiple of the least is left out.
const WORST: f64 = 1.5;

/// Methods and their weights, which sum to one; the best first.
///
/// With `intermittent`, many values are zero: an absolute error is then least for a forecast of zero, so that only the
/// methods that keep the mean take part, and squared errors decide.
pub(super) fn weights(backtest: &Backtest, intermittent: bool) -> Vec<(&Tested, f64)> {
    let mut order: Vec<&Tested> = backtest
        .tested
        .iter()
        .filter(|tested| !intermittent || tested.method.keeps_the_mean())
        .collect();
    let error = |tested: &Tested| {
        if intermittent {
            tested.root_mean_square
        } else {
            tested.error
        }
    };
    order.sort_by(|left, right| {
        error(left)
            .total_cmp(&error(right))
            .then(left.method.cmp(&right.method))
    });
    let Some(best) = order.first().map(|tested| error(tested)) else {
        return Vec::new();
    };
    let chosen: Vec<(&Tested, f64)> = order
        .into_iter()
        .filter(|tested| error(tested) <= WORST * best)
        .take(MOST)
        .map(|tested| {
            (
                tested,
                if error(tested) > 0.0 {
                    (best / error(tested)).powi(2)
                } else {
                    1.0
                },
            )
        })
        .collect();
    let sum: f64 = chosen.iter().map(|(_, weight)| weight).sum();
    chosen
        .into_iter()
        .map(|(tested, weight)| (tested, weight / sum))
        .collect()
}

/// The weighted mean of forecasts of the same steps; weights count relative to their sum.
pub(super) fn blend(parts: &[(f64, &[f64])], horizon: usize) -> Vec<f64> {
    let sum: f64 = parts.iter().map(|(weight, _)| weight).sum();
    (0..horizon)
        .map(|h| parts.iter().map(|(weight, part)| weight * part[h]).sum::<f64>() / sum)
        .collect()
}
