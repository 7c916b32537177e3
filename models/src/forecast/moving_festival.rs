//! 春节 in series of months: how much of it falls into January, February and March differs from year to year.
//!
//! The season of the months is kept, and what differs between a month and the same month of the year before is laid to the
//! difference of the shares that the festival had of them: the usual adjustment for the Chinese New Year (a regression
//! effect beside the season). With few such pairs the effect is drawn towards none.

use super::{Event, Series};

/// The effect of a whole month of festival on the logarithm of a month, and what it was learnt from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moving {
    pub effect: f64,
    pub past: usize,
}

/// Share of each of `steps` steps that occurrences of the event cover.
pub(super) fn shares(series: &Series, occurrences: &[&Event], steps: usize) -> Vec<f64> {
    let share = |at: usize| {
        let (start, end) = series.span(at)?;
        let covered = occurrences.iter().map(|event| {
            let seconds = (end.min(event.end) - start.max(event.start)).num_seconds();
            seconds.max(0) as f64
        });
        Some(covered.sum::<f64>() / ((end - start).num_seconds() as f64).max(1.0))
    };
    (0..steps).map(|at| share(at).unwrap_or(0.0)).collect()
}

/// Learns the effect from the differences to the year before; none where values allow no factor or nothing moved.
pub(super) fn learn(series: &Series, shares: &[f64], per_year: usize) -> Option<Moving> {
    /// Shares that differ by less say nothing.
    const LEAST: f64 = 0.1;
    if series.values.iter().flatten().any(|value| *value <= 0.0) {
        return None;
    }
    let year_on_year = |at: usize| Some((series.values[at]? / series.values[at - per_year]?).ln());
    let changes: Vec<(f64, f64)> = (per_year..series.values.len())
        .filter_map(|at| Some((shares[at] - shares[at - per_year], year_on_year(at)?)))
        .collect();
    // What the year brought to months that the festival left alone.
    let mut usual: Vec<f64> = changes
        .iter()
        .filter(|(moved, _)| moved.abs() < LEAST)
        .map(|(_, change)| *change)
        .collect();
    usual.sort_by(f64::total_cmp);
    let usual = *usual.get(usual.len() / 2)?;
    let moved: Vec<&(f64, f64)> = changes.iter().filter(|(moved, _)| moved.abs() >= LEAST).collect();
    if moved.is_empty() {
        return None;
    }
    let over: f64 = moved.iter().map(|(moved, change)| moved * (change - usual)).sum();
    let under: f64 = moved.iter().map(|(moved, _)| moved * moved).sum();
    let trust = moved.len() as f64 / (moved.len() as f64 + 2.0);
    Some(Moving {
        effect: (over / under * trust).clamp(-1.0, 1.0),
        past: moved.len(),
    })
}
