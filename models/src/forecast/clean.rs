//! Making a history fit to forecast from: gaps filled, lone outliers replaced, steps in the level taken out.
//!
//! All on the seasonally adjusted series (logarithms when all values are above zero), against robust scales (median
//! absolute deviation × 1.4826; Hampel 1974). Thresholds are high: what might be the business stays in.

use super::seasonal::Seasonality;

/// Robust deviations beyond which a lone value is an outlier.
const OUTLIER: f64 = 10.0;
/// Robust deviations of the changes beyond which a lasting change is a step of the level.
const STEP: f64 = 10.0;
/// Values on either side of a step, or around a value, that are looked at.
const AROUND: usize = 6;

/// A history without gaps, and what was done to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Cleaned {
    pub(super) values: Vec<f64>,
    /// How many values were missing and are filled in.
    pub(super) filled: usize,
    /// Where outliers were replaced.
    pub(super) outliers: Vec<usize>,
    /// Where the level changed for good; the values before are moved to the level after it.
    pub(super) steps: Vec<usize>,
}

/// Fills gaps along the seasonally adjusted line between neighbours, replaces outliers, aligns levels.
pub(super) fn clean(values: &[Option<f64>], periods: &[usize]) -> Cleaned {
    let mut cleaned = Cleaned {
        values: filled(values, None),
        ..Cleaned::default()
    };
    cleaned.filled = values.iter().filter(|value| value.is_none()).count();
    if values.len() < 2 * AROUND || constant(&cleaned.values) {
        return cleaned;
    }
    let positive = cleaned.values.iter().all(|&value| value > 0.0);
    let mut seasonality = Seasonality::estimate(&cleaned.values, periods, positive);
    if cleaned.filled > 0 {
        cleaned.values = filled(values, Some(&seasonality));
        seasonality = Seasonality::estimate(&cleaned.values, periods, positive);
    }
    let mut flat: Vec<f64> = cleaned
        .values
        .iter()
        .enumerate()
        .map(|(at, &value)| {
            if positive {
                seasonality.without(at, value).ln()
            } else {
                seasonality.without(at, value)
            }
        })
        .collect();
    let restore = |at: usize, value: f64| seasonality.with(at, if positive { value.exp() } else { value });
    for at in outliers(&flat) {
        flat[at] = around(&flat, at);
        cleaned.values[at] = restore(at, flat[at]);
        cleaned.outliers.push(at);
    }
    while cleaned.steps.len() < 3 {
        let Some((at, height)) = step(&flat) else { break };
        for (before, value) in flat.iter_mut().enumerate().take(at) {
            *value += height;
            cleaned.values[before] = restore(before, *value);
        }
        cleaned.steps.push(at);
    }
    cleaned.steps.sort_unstable();
    cleaned
}

/// Whether all values are the same.
pub(super) fn constant(values: &[f64]) -> bool {
    values.windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_eq())
}

/// The history with its gaps filled and nothing else changed.
pub(super) fn without_gaps(values: &[Option<f64>], periods: &[usize]) -> Vec<f64> {
    let plain = filled(values, None);
    let positive = plain.iter().all(|&value| value > 0.0);
    filled(values, Some(&Seasonality::estimate(&plain, periods, positive)))
}

/// Gaps by straight lines between the nearest known values, ends by the nearest one.
fn filled(values: &[Option<f64>], seasonality: Option<&Seasonality>) -> Vec<f64> {
    let out = |at: usize, value: f64| seasonality.map_or(value, |season| season.without(at, value));
    let back = |at: usize, value: f64| seasonality.map_or(value, |season| season.with(at, value));
    let known: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(at, value)| value.map(|value| (at, value)))
        .collect();
    let mut next = 0;
    (0..values.len())
        .map(|at| {
            if let Some(value) = values[at] {
                return value;
            }
            while next < known.len() && known[next].0 < at {
                next += 1;
            }
            let before = next.checked_sub(1).and_then(|index| known.get(index));
            let line = match (before, known.get(next)) {
                (Some(&(left, low)), Some(&(right, high))) => {
                    let share = (at - left) as f64 / (right - left) as f64;
                    out(left, low) * (1.0 - share) + out(right, high) * share
                }
                (Some(&(near, value)), None) | (None, Some(&(near, value))) => out(near, value),
                (None, None) => 0.0,
            };
            back(at, line)
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    if count == 0 {
        0.0
    } else {
        (values[count / 2] + values[(count - 1) / 2]) / 2.0
    }
}

/// The median of the values around `at`, without itself: a few, sorted by insertion, as this runs for every value.
fn around(values: &[f64], at: usize) -> f64 {
    let (mut near, mut count) = ([0.0; AROUND], 0);
    let first = at.saturating_sub(AROUND / 2);
    for (other, &value) in values.iter().enumerate().take(at + AROUND / 2 + 1).skip(first) {
        if other != at {
            let mut place = count;
            while place > 0 && near[place - 1] > value {
                near[place] = near[place - 1];
                place -= 1;
            }
            near[place] = value;
            count += 1;
        }
    }
    if count == 0 {
        values[at]
    } else {
        (near[count / 2] + near[(count - 1) / 2]) / 2.0
    }
}

fn deviation(values: &[f64]) -> f64 {
    let middle = median(values.to_vec());
    1.4826 * median(values.iter().map(|value| (value - middle).abs()).collect())
}

/// Lone values far from the median of their neighbours; never the last two, which may be a new level.
fn outliers(values: &[f64]) -> Vec<usize> {
    let apart: Vec<f64> = (0..values.len()).map(|at| values[at] - around(values, at)).collect();
    let scale = deviation(&apart);
    if scale <= 0.0 {
        return Vec::new();
    }
    let far: Vec<bool> = apart.iter().map(|distance| distance.abs() > OUTLIER * scale).collect();
    (1..values.len() - 2)
        .filter(|&at| far[at] && !far[at - 1] && !far[at + 1])
        .collect()
}

/// The largest lasting change of level: where, and by how much.
fn step(values: &[f64]) -> Option<(usize, f64)> {
    let changes: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let scale = deviation(&changes);
    let (at, change) = changes
        .iter()
        .enumerate()
        .map(|(at, change)| (at + 1, *change))
        .max_by(|left, right| left.1.abs().total_cmp(&right.1.abs()))?;
    if at < AROUND || at + AROUND > values.len() || change.abs() <= STEP * scale {
        return None;
    }
    let (before, after) = (&values[at - AROUND..at], &values[at..at + AROUND]);
    let height = median(after.to_vec()) - median(before.to_vec());
    let lasting = height.abs() > 0.75 * change.abs()
        && height.signum() == change.signum()
        && deviation(before).max(deviation(after)) < height.abs() / 5.0;
    lasting.then_some((at, height))
}

#[cfg(test)]
mod tests {
    use super::clean;

    fn wave(count: usize) -> Vec<f64> {
        (0..count)
            .map(|at| 100.0 + at as f64 + [4.0, -1.0, -5.0, 2.0][at % 4] + ((at * 7919) % 13) as f64 / 10.0)
            .collect()
    }

    #[test]
    fn a_gap_is_filled_with_its_season() {
        let whole = wave(40);
        let mut holed: Vec<Option<f64>> = whole.iter().copied().map(Some).collect();
        holed[18] = None;
        let cleaned = clean(&holed, &[4]);
        assert_eq!(cleaned.filled, 1);
        assert!(
            (cleaned.values[18] - whole[18]).abs() < 2.0,
            "{} {}",
            cleaned.values[18],
            whole[18]
        );
    }

    #[test]
    fn a_lone_spike_is_replaced_and_a_step_is_aligned() {
        let mut spiked: Vec<Option<f64>> = wave(40).into_iter().map(Some).collect();
        spiked[20] = Some(1000.0);
        let cleaned = clean(&spiked, &[4]);
        assert_eq!(cleaned.outliers, [20]);
        assert!(cleaned.values[20] < 140.0);
        let stepped: Vec<Option<f64>> = wave(40)
            .into_iter()
            .enumerate()
            .map(|(at, value)| Some(if at < 25 { value } else { value * 3.0 }))
            .collect();
        let cleaned = clean(&stepped, &[4]);
        assert_eq!((cleaned.steps.as_slice(), cleaned.outliers.len()), ([25].as_slice(), 0));
        assert!(cleaned.values[10] > 250.0, "{}", cleaned.values[10]);
    }

    #[test]
    fn an_ordinary_series_stays_as_it_is() {
        let whole: Vec<Option<f64>> = wave(60).into_iter().map(Some).collect();
        let cleaned = clean(&whole, &[4]);
        assert!(cleaned.steps.is_empty() && cleaned.outliers.is_empty());
    }
}
