//! The values of a window for percentiles: all of them, or counted in buckets when there are too many to keep.

/// Values below a bucket's edge differ from each other by less than 1/64 of themselves: the middle is within 0.8 %.
const MANTISSA_BITS: u32 = 6;

/// Values of one metric of one resource over one window.
#[derive(Clone, Debug)]
pub(super) enum Spread {
    /// Every value.
    Exact(Vec<f64>),
    /// Counts by bucket; the first count is that of bucket `base`.
    Buckets { base: u32, counts: Vec<u32> },
}

fn bucket(value: f64) -> u32 {
    // Positive floats of 32 bits order like their bits: the upper ones are exponent and first digits.
    if value > 0.0 {
        (value as f32).to_bits() >> (23 - MANTISSA_BITS)
    } else {
        0
    }
}

fn middle(bucket: u32) -> f64 {
    if bucket == 0 {
        return 0.0;
    }
    let edge = |bucket: u32| f64::from(f32::from_bits(bucket << (23 - MANTISSA_BITS)));
    (edge(bucket) + edge(bucket + 1)) / 2.0
}

impl Spread {
    pub fn new(exact: bool) -> Spread {
        if exact {
            Spread::Exact(Vec::new())
        } else {
            Spread::Buckets {
                base: 0,
                counts: Vec::new(),
            }
        }
    }

    #[inline]
    pub fn add(&mut self, value: f64) {
        match self {
            Spread::Exact(values) => values.push(value),
            Spread::Buckets { base, counts } => {
                let bucket = bucket(value);
                let at = bucket.wrapping_sub(*base) as usize;
                match counts.get_mut(at) {
                    Some(count) => *count += 1,
                    None => grow(base, counts, bucket, 1),
                }
            }
        }
    }

    pub fn merge(&mut self, other: Spread) {
        match (self, other) {
            (Spread::Exact(values), Spread::Exact(more)) => values.extend(more),
            (
                Spread::Buckets { base, counts },
                Spread::Buckets {
                    base: first,
                    counts: more,
                },
            ) => {
                for (bucket, count) in (first..).zip(more).filter(|(_, count)| *count > 0) {
                    match counts.get_mut(bucket.wrapping_sub(*base) as usize) {
                        Some(sum) => *sum += count,
                        None => grow(base, counts, bucket, count),
                    }
                }
            }
            // All spreads of one plan are of one sort.
            (Spread::Exact(values), Spread::Buckets { base, counts }) => {
                for (bucket, count) in (base..).zip(counts) {
                    values.extend(std::iter::repeat_n(middle(bucket), count as usize));
                }
            }
            (whole @ Spread::Buckets { .. }, Spread::Exact(values)) => {
                values.into_iter().for_each(|value| whole.add(value));
            }
        }
    }

    /// The value of a rank from 1, ascending: exact, or the middle of its bucket.
    pub fn at_rank(&mut self, rank: u64) -> Option<f64> {
        match self {
            Spread::Exact(values) => {
                let at = usize::try_from(rank.max(1) - 1).ok().filter(|at| *at < values.len())?;
                let (_, value, _) = values.select_nth_unstable_by(at, f64::total_cmp);
                Some(*value)
            }
            Spread::Buckets { base, counts } => {
                let mut seen = 0;
                for (bucket, count) in (*base..).zip(counts.iter()) {
                    seen += u64::from(*count);
                    if seen >= rank {
                        return Some(middle(bucket));
                    }
                }
                None
            }
        }
    }
}

#[cold]
fn grow(base: &mut u32, counts: &mut Vec<u32>, bucket: u32, count: u32) {
    if counts.is_empty() {
        *base = bucket;
        counts.push(count);
        return;
    }
    if bucket < *base {
        let before = (*base - bucket) as usize;
        counts.splice(0..0, std::iter::repeat_n(0, before));
        *base = bucket;
        counts[0] += count;
    } else {
        let at = (bucket - *base) as usize;
        if at >= counts.len() {
            counts.reserve_exact(at + 1 - counts.len() + 8);
            counts.resize(at + 1, 0);
        }
        counts[at] += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn buckets_are_within_their_bound(values in prop::collection::vec(0.0..1e9_f64, 1..300), share in 1u64..=1000) {
            let (mut exact, mut counted) = (Spread::new(true), Spread::new(false));
            for value in &values {
                exact.add(*value);
                counted.add(*value);
            }
            let rank = (values.len() as u64 * share).div_ceil(1000);
            let (exact, counted) = (exact.at_rank(rank).unwrap(), counted.at_rank(rank).unwrap());
            prop_assert!((exact - counted).abs() <= exact * 0.008 + 1e-30, "{exact} {counted}");
        }

        #[test]
        fn parts_put_together_are_the_whole(values in prop::collection::vec(0.0..100.0_f64, 2..200), cut in 1usize..199) {
            let cut = cut.min(values.len() - 1);
            for sort in [true, false] {
                let mut whole = Spread::new(sort);
                let (mut first, mut second) = (Spread::new(sort), Spread::new(sort));
                values.iter().for_each(|value| whole.add(*value));
                values[..cut].iter().for_each(|value| first.add(*value));
                values[cut..].iter().for_each(|value| second.add(*value));
                first.merge(second);
                for rank in 1..=values.len() as u64 {
                    prop_assert_eq!(first.at_rank(rank), whole.at_rank(rank));
                }
            }
        }
    }
}
