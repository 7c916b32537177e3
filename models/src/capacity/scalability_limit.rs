//! The safe limit of a load test: how much one unit may carry.
//!
//! The lowest of: the highest load that met every criterion, the knee of throughput over load, and a share of the peak
//! that the Universal Scalability Law puts. The knee by Kneedle (Satopää, Albrecht, Irwin and Raghavan, "Finding a
//! 'kneedle' in a haystack", 2011; sensitivity 1).

use super::scalability::ScalabilityFit;
use super::scalability_test::LoadPoint;
use serde::Serialize;

/// What a load step must meet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LimitCriteria {
    /// Longest latency, in the unit of the test.
    pub latency: Option<f64>,
    /// Largest share of errors.
    pub errors: Option<f64>,
    /// Largest use of the processor, in the unit of the test.
    pub cpu: Option<f64>,
    /// Share of the load of the peak that is still safe.
    pub share_of_peak: f64,
}

impl Default for LimitCriteria {
    fn default() -> Self {
        LimitCriteria {
            latency: None,
            errors: None,
            cpu: None,
            share_of_peak: 0.8,
        }
    }
}

/// Why the limit is where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitReason {
    /// The next higher load broke a criterion.
    Criterion,
    /// Throughput bends there.
    Knee,
    /// More comes too near the peak of the law.
    ShareOfPeak,
    /// Nothing speaks against the highest load tried.
    HighestTried,
}

/// How much is safe.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SafeLimit {
    /// Load.
    pub load: f64,
    /// Throughput there, by interpolation between the steps tried.
    pub throughput: f64,
    /// What sets it.
    pub reason: LimitReason,
    /// Highest load that met every criterion, with all lower ones.
    pub highest_meeting_criteria: f64,
    /// Where throughput bends; none when it does not.
    pub knee: Option<f64>,
    /// The share of the peak's load; none when the law has no peak.
    pub share_of_peak: Option<f64>,
}

/// The safe limit of `points`, which ascend by load. None when no step meets the criteria.
pub fn safe_limit(points: &[LoadPoint], fit: Option<&ScalabilityFit>, criteria: &LimitCriteria) -> Option<SafeLimit> {
    let within = |value: Option<f64>, most: Option<f64>| match (value, most) {
        (Some(value), Some(most)) => value <= most,
        _ => true,
    };
    let meeting = points.iter().take_while(|point| {
        within(point.latency, criteria.latency)
            && within(point.errors, criteria.errors)
            && within(point.cpu, criteria.cpu)
    });
    let highest = meeting.last()?.load;
    let tried = points.last()?.load;
    let knee = knee(points);
    let share = fit
        .and_then(|fit| fit.peak_load)
        .map(|peak| peak * criteria.share_of_peak);
    let mut limit = (
        highest,
        if highest < tried {
            LimitReason::Criterion
        } else {
            LimitReason::HighestTried
        },
    );
    for (candidate, reason) in [(knee, LimitReason::Knee), (share, LimitReason::ShareOfPeak)] {
        if let Some(load) = candidate.filter(|&load| load < limit.0) {
            limit = (load, reason);
        }
    }
    Some(SafeLimit {
        load: limit.0,
        throughput: between(points, limit.0),
        reason: limit.1,
        highest_meeting_criteria: highest,
        knee,
        share_of_peak: share,
    })
}

fn between(points: &[LoadPoint], load: f64) -> f64 {
    let after = points
        .iter()
        .position(|point| point.load >= load)
        .unwrap_or(points.len().saturating_sub(1));
    let (low, high) = (&points[after.saturating_sub(1)], &points[after]);
    let width = high.load - low.load;
    if width > 0.0 {
        low.throughput + (high.throughput - low.throughput) * (load - low.load) / width
    } else {
        high.throughput
    }
}

/// Where throughput over load bends the most; none when it does not bend.
pub(super) fn knee(points: &[LoadPoint]) -> Option<f64> {
    let (first, last) = (points.first()?, points.last()?);
    let lowest = points
        .iter()
        .map(|point| point.throughput)
        .fold(f64::INFINITY, f64::min);
    let highest = points
        .iter()
        .map(|point| point.throughput)
        .fold(f64::NEG_INFINITY, f64::max);
    if points.len() < 4 || last.load <= first.load || highest <= lowest {
        return None;
    }
    let across: Vec<f64> = points
        .iter()
        .map(|point| (point.load - first.load) / (last.load - first.load))
        .collect();
    let above: Vec<f64> = points
        .iter()
        .zip(&across)
        .map(|(point, x)| (point.throughput - lowest) / (highest - lowest) - x)
        .collect();
    let gap = 1.0 / (points.len() as f64 - 1.0);
    let mut candidate: Option<(usize, f64)> = None;
    for at in 1..above.len() {
        let later = above.get(at + 1).copied().unwrap_or(f64::NEG_INFINITY);
        if above[at] > above[at - 1] && above[at] >= later && above[at] > 0.0 {
            candidate = Some((at, above[at] - gap));
        } else if let Some((knee, threshold)) = candidate
            && above[at] < threshold
        {
            return Some(points[knee].load);
        }
    }
    None
}
