//! Universal Scalability Law: what a load test says about more load than it tried.
//!
//! Gunther, "Guerrilla capacity planning" (2007): `X(N) = γN / (1 + α(N − 1) + βN(N − 1))` with contention α and
//! coherency β from 0 to 1 and the speed of one, γ, of zero or more. Fitted by least squares (Levenberg 1944,
//! Marquardt 1963) with parameters held at their bounds; starting values as in smoeding/usl (`R/usl.R`, BSD-2-Clause).

use super::scalability_test::LoadPoint;
use serde::Serialize;

/// Fewer points than this give a fit that is hardly more than the points themselves.
const FEW_POINTS: usize = 6;

/// A parameter that ended at a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// α = 0: no contention was seen, so there is no ceiling to name.
    NoContention,
    /// β = 0: throughput never fell, so there is no peak to name.
    NoCoherency,
    /// α = 1: the test does not follow the law.
    FullContention,
    /// β = 1: the test does not follow the law.
    FullCoherency,
}

/// The fitted law.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScalabilityFit {
    /// Contention: share of the work that is done one at a time.
    pub alpha: f64,
    /// Coherency: cost of keeping each pair in agreement.
    pub beta: f64,
    /// Throughput of one.
    pub gamma: f64,
    /// Load of the highest throughput, `√((1 − α) / β)`; none when β is 0.
    pub peak_load: Option<f64>,
    /// Throughput at that load.
    pub peak_throughput: Option<f64>,
    /// Load up to which adding pays most, `1 / α`; none when α is 0.
    pub optimal_load: Option<f64>,
    /// Throughput that contention alone allows, `γ / α`; none when α is 0.
    pub ceiling: Option<f64>,
    /// Root mean squared error, in the unit of throughput.
    pub error: f64,
    /// Share of the variation that the law explains.
    pub explained: f64,
    /// Parameters at a bound: their quantities are not to be trusted.
    pub bounds: Vec<Bound>,
    /// Points in the test.
    pub points: usize,
    /// Whether these are fewer than six.
    pub few_points: bool,
}

impl ScalabilityFit {
    /// Throughput at `load`.
    pub fn throughput(&self, load: f64) -> f64 {
        law(&[self.alpha, self.beta, self.gamma], load)
    }
}

/// Fits the law. None with fewer than three different loads: three parameters need three.
pub fn fit_scalability(points: &[LoadPoint]) -> Option<ScalabilityFit> {
    let mut loads: Vec<f64> = points.iter().map(|point| point.load).collect();
    loads.sort_by(f64::total_cmp);
    loads.dedup_by(|left, right| left.total_cmp(right).is_eq());
    if loads.len() < 3 {
        return None;
    }
    let speed = points
        .iter()
        .map(|point| point.throughput / point.load)
        .fold(0.0, f64::max);
    let mut best: Option<(f64, [f64; 3])> = None;
    for alpha in [0.01, 0.1, 0.5] {
        for beta in [1e-4, 0.01] {
            let found = descend(points, [alpha, beta, speed]);
            if best.is_none_or(|(least, _)| found.0 < least * (1.0 - 1e-9)) {
                best = Some(found);
            }
        }
    }
    let (squares, [alpha, beta, gamma]) = best?;
    let mean = points.iter().map(|point| point.throughput).sum::<f64>() / points.len() as f64;
    let variation: f64 = points.iter().map(|point| (point.throughput - mean).powi(2)).sum();
    let (at_zero, at_one) = (|value: f64| value <= 1e-9, |value: f64| value >= 1.0 - 1e-9);
    let ends = [
        (at_zero(alpha), Bound::NoContention),
        (at_zero(beta), Bound::NoCoherency),
        (at_one(alpha), Bound::FullContention),
        (at_one(beta), Bound::FullCoherency),
    ];
    let peak_load = (!at_zero(beta) && !at_one(alpha)).then(|| ((1.0 - alpha) / beta).sqrt());
    Some(ScalabilityFit {
        alpha,
        beta,
        gamma,
        peak_load,
        peak_throughput: peak_load.map(|load| law(&[alpha, beta, gamma], load)),
        optimal_load: (!at_zero(alpha)).then(|| 1.0 / alpha),
        ceiling: (!at_zero(alpha)).then(|| gamma / alpha),
        error: (squares / points.len() as f64).sqrt(),
        explained: if variation > 0.0 {
            1.0 - squares / variation
        } else {
            0.0
        },
        bounds: ends
            .into_iter()
            .filter_map(|(hit, bound)| hit.then_some(bound))
            .collect(),
        points: points.len(),
        few_points: points.len() < FEW_POINTS,
    })
}

fn law(p: &[f64; 3], load: f64) -> f64 {
    p[2] * load / (1.0 + p[0] * (load - 1.0) + p[1] * load * (load - 1.0))
}

fn squares(points: &[LoadPoint], p: &[f64; 3]) -> f64 {
    points
        .iter()
        .map(|point| (point.throughput - law(p, point.load)).powi(2))
        .sum()
}

/// Damped Gauss-Newton steps; a parameter at a bound that pushes outwards is held there.
fn descend(points: &[LoadPoint], start: [f64; 3]) -> (f64, [f64; 3]) {
    let (mut at, mut damping) = (start, 1e-3);
    let mut now = squares(points, &at);
    for _ in 0..500 {
        let (mut normal, mut gradient) = ([[0.0; 3]; 3], [0.0; 3]);
        for point in points {
            let load = point.load;
            let under = 1.0 + at[0] * (load - 1.0) + at[1] * load * (load - 1.0);
            let value = at[2] * load / under;
            let slopes = [
                -value * (load - 1.0) / under,
                -value * load * (load - 1.0) / under,
                load / under,
            ];
            for row in 0..3 {
                gradient[row] += slopes[row] * (point.throughput - value);
                for column in 0..3 {
                    normal[row][column] += slopes[row] * slopes[column];
                }
            }
        }
        for held in 0..3 {
            let high = if held == 2 { f64::INFINITY } else { 1.0 };
            if (at[held] <= 0.0 && gradient[held] < 0.0) || (at[held] >= high && gradient[held] > 0.0) {
                gradient[held] = 0.0;
                for row in &mut normal {
                    row[held] = 0.0;
                }
                normal[held] = [0.0; 3];
                normal[held][held] = 1.0;
            }
        }
        let mut moved = false;
        while damping < 1e12 {
            let mut damped = normal;
            for (index, row) in damped.iter_mut().enumerate() {
                row[index] *= 1.0 + damping;
            }
            let Some(step) = solve(damped, gradient) else { break };
            let mut next = at;
            for (index, value) in next.iter_mut().enumerate() {
                *value = (*value + step[index]).clamp(0.0, if index == 2 { f64::MAX } else { 1.0 });
            }
            let then = squares(points, &next);
            if then < now {
                moved = (now - then) > 1e-14 * now;
                (at, now, damping) = (next, then, (damping / 10.0).max(1e-12));
                break;
            }
            damping *= 10.0;
        }
        if !moved {
            break;
        }
    }
    (now, at)
}

/// Solves three equations by elimination with pivots; none when they are singular.
fn solve(mut a: [[f64; 3]; 3], mut b: [f64; 3]) -> Option<[f64; 3]> {
    for column in 0..3 {
        let pivot = (column..3).max_by(|&l, &r| a[l][column].abs().total_cmp(&a[r][column].abs()))?;
        a.swap(column, pivot);
        b.swap(column, pivot);
        if a[column][column].abs() < 1e-300 {
            return None;
        }
        for row in column + 1..3 {
            let factor = a[row][column] / a[column][column];
            let above = a[column];
            for (cell, over) in a[row].iter_mut().zip(above).skip(column) {
                *cell -= factor * over;
            }
            b[row] -= factor * b[column];
        }
    }
    let mut x = [0.0; 3];
    for row in (0..3).rev() {
        let known: f64 = (row + 1..3).map(|column| a[row][column] * x[column]).sum();
        x[row] = (b[row] - known) / a[row][row];
    }
    Some(x)
}
