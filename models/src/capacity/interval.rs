//! An input that is not certain: low, most likely, high.
//!
//! Low and high are the 5th and the 95th percentile. Between them the value is a normal quantile with its own width on each
//! side (a two-piece normal distribution), so that the middle is the median and skewed inputs stay skewed.

use serde::{Deserialize, Serialize};

/// Normal quantile of 95 %.
const Z95: f64 = 1.644_853_626_951_472_2;

/// Low, most likely and high value of an input.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// 5 % of the time it is less.
    pub low: f64,
    /// Most likely; the stated value of the model when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mid: Option<f64>,
    /// 5 % of the time it is more.
    pub high: f64,
}

impl Interval {
    /// True when `low ≤ mid ≤ high` and all are finite and not negative.
    pub fn holds_together(&self, stated: f64) -> bool {
        let mid = self.mid.unwrap_or(stated);
        self.low.is_finite() && self.high.is_finite() && 0.0 <= self.low && self.low <= mid && mid <= self.high
    }

    /// The value at a normal quantile `z` (0 is the middle).
    pub fn at(&self, stated: f64, z: f64) -> f64 {
        let mid = self.mid.unwrap_or(stated);
        let width = if z < 0.0 { mid - self.low } else { self.high - mid };
        (mid + width * z / Z95).max(0.0)
    }
}

/// Normal quantile of a probability inside (0, 1): P. J. Acklam's rational approximation, relative error below 1.2 · 10⁻⁹.
pub(super) fn normal_quantile(probability: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
    ];
    let polynomial = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = |p: f64| {
        let q = (-2.0 * p.ln()).sqrt();
        polynomial(&C, q) / (polynomial(&D, q) * q + 1.0)
    };
    if probability < 0.024_25 {
        tail(probability)
    } else if probability > 1.0 - 0.024_25 {
        -tail(1.0 - probability)
    } else {
        let q = probability - 0.5;
        let r = q * q;
        polynomial(&A, r) * q / (polynomial(&B, r) * r + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_quantiles() {
        for (probability, quantile) in [(0.5, 0.0), (0.95, Z95), (0.975, 1.959_963_985), (0.001, -3.090_232_306)] {
            assert!((normal_quantile(probability) - quantile).abs() < 1e-7, "{probability}");
        }
        let interval = Interval {
            low: 0.9,
            mid: None,
            high: 1.3,
        };
        assert_eq!(interval.at(1.0, 0.0), 1.0);
        assert!((interval.at(1.0, Z95) - 1.3).abs() < 1e-12 && (interval.at(1.0, -Z95) - 0.9).abs() < 1e-12);
        assert!(interval.holds_together(1.0) && !interval.holds_together(1.4));
    }
}
