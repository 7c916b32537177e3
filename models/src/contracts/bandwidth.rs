//! The billed figure of a line's 5-minute samples, by the contract's own rule.
//!
//! Samples are averages in bytes per second. The percentile is an order statistic, never interpolated: that is what
//! vendors bill (sort, discard the top 5 %, bill the next).

use super::{Direction, IndexRule, Method, Ports};
use std::collections::BTreeMap;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// How a line's bandwidth is billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BandwidthTerms {
    /// Figure of the month.
    pub method: Method,
    /// Direction of traffic.
    pub direction: Direction,
    /// Several ports of one line.
    pub ports: Ports,
    /// Which sample is the percentile.
    pub index: IndexRule,
    /// A megabit is 1024² bits instead of 10⁶.
    pub binary: bool,
    /// Seconds that the contract's calendar is ahead of UTC.
    pub utc_offset: i64,
}

/// One 5-minute average of a port.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Seconds since 1970 in UTC.
    pub time: i64,
    /// Bytes per second received, where measured.
    pub inbound: Option<f64>,
    /// Bytes per second sent, where measured.
    pub outbound: Option<f64>,
}

/// What the samples of a month come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Billed {
    /// The billed figure in Mbps; for [`Method::Daily95`] the mean of the days.
    pub mbps: f64,
    /// The figures of the days in Mbps, for [`Method::Daily95`]; empty otherwise.
    pub days: Vec<f64>,
    /// Times with a sample.
    pub samples: usize,
}

/// The rank (from 1, ascending) of the sample that the 95th percentile bills.
pub fn billed_rank(samples: usize, rule: IndexRule) -> usize {
    match rule {
        IndexRule::Ceil => (samples * 95).div_ceil(100),
        // Position ⌊0.95 n⌋ from 0 is rank ⌊0.95 n⌋ + 1; 0.95 n < n, so it exists whenever there is a sample.
        IndexRule::Floor => (samples * 95 / 100 + 1).min(samples),
    }
}

/// The 95th percentile of samples; nothing without samples.
pub fn percentile_95(samples: &[f64], rule: IndexRule) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(billed_rank(sorted.len(), rule).checked_sub(1)?).copied()
}

/// Bytes per second as Mbps of 10⁶ (or 1024²) bits.
pub fn mbps(bytes_per_second: f64, binary: bool) -> f64 {
    bytes_per_second * 8.0 / if binary { 1_048_576.0 } else { 1_000_000.0 }
}

/// What the samples of a month come to under `terms`; nothing when no port has a sample in a direction that counts.
///
/// `ports` holds the samples of each port, in any order, of one month of the contract's calendar.
pub fn billed(terms: &BandwidthTerms, ports: &[Vec<Sample>]) -> Option<Billed> {
    let mut times: Vec<i64> = ports.iter().flatten().map(|sample| sample.time).collect();
    times.sort_unstable();
    times.dedup();
    let one = |value: fn(&Sample) -> Option<f64>| -> Option<(f64, Vec<f64>)> {
        let series = |ports: &[Vec<Sample>]| -> Vec<(i64, f64)> {
            let mut sums: BTreeMap<i64, f64> = BTreeMap::new();
            for sample in ports.iter().flatten() {
                if let Some(value) = value(sample) {
                    *sums.entry(sample.time).or_default() += value;
                }
            }
            sums.into_iter().collect()
        };
        match terms.ports {
            Ports::AfterAdding => figure(terms, &series(ports)),
            Ports::BeforeAdding => ports
                .iter()
                .filter_map(|port| figure(terms, &series(std::slice::from_ref(port))))
                .reduce(|sum, port| (sum.0 + port.0, add_days(sum.1, &port.1))),
        }
    };
    let inbound = || one(|sample| sample.inbound);
    let outbound = || one(|sample| sample.outbound);
    let (figure, days) = match terms.direction {
        Direction::In => inbound()?,
        Direction::Out => outbound()?,
        Direction::Max => match (inbound(), outbound()) {
            (Some(inbound), Some(outbound)) if inbound.0 >= outbound.0 => inbound,
            (inbound, outbound) => outbound.or(inbound)?,
        },
    };
    let scale = |bytes: f64| mbps(bytes, terms.binary);
    Some(Billed {
        mbps: scale(figure),
        days: days.into_iter().map(scale).collect(),
        samples: times.len(),
    })
}

fn add_days(mut days: Vec<f64>, more: &[f64]) -> Vec<f64> {
    if days.len() < more.len() {
        days.resize(more.len(), 0.0);
    }
    for (day, more) in days.iter_mut().zip(more) {
        *day += more;
    }
    days
}

/// The figure of one series in bytes per second, and those of its days where the method bills days.
fn figure(terms: &BandwidthTerms, series: &[(i64, f64)]) -> Option<(f64, Vec<f64>)> {
    if terms.method == Method::Monthly95 {
        let values: Vec<f64> = series.iter().map(|(_, value)| *value).collect();
        return Some((percentile_95(&values, terms.index)?, Vec::new()));
    }
    let mut days: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (time, value) in series {
        let day = (time + terms.utc_offset).div_euclid(DAY);
        days.entry(day).or_default().push(*value);
    }
    if terms.method == Method::FourthPeak {
        let peak = |day: &Vec<f64>| day.iter().copied().max_by(f64::total_cmp);
        let mut peaks: Vec<f64> = days.values().filter_map(peak).collect();
        peaks.sort_by(|a, b| b.total_cmp(a));
        // A month with fewer than four days of samples is billed by the lowest of their peaks.
        return Some((*peaks.get(3).or(peaks.last())?, Vec::new()));
    }
    let figures: Vec<f64> = days
        .values()
        .filter_map(|day| percentile_95(day, terms.index))
        .collect();
    if figures.is_empty() {
        return None;
    }
    let mean = figures.iter().sum::<f64>() / figures.len() as f64;
    let figures = if terms.method == Method::Daily95 {
        figures
    } else {
        Vec::new()
    };
    Some((mean, figures))
}
