//! Precision and recall of the shipped policies on labelled cases: `idle_benchmark [train|test] [CASES] [POLICIES.toml]`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for the terminal")]

#[allow(dead_code, reason = "the test uses the rest")]
#[path = "../tests/idle_cases/mod.rs"]
mod idle_cases;

use headroom_models::idle::{IdlePolicy, presets};
use idle_cases::{CASES, Half, cases, score};

#[derive(serde::Deserialize)]
struct Policies {
    #[serde(default)]
    idle_policy: Vec<IdlePolicy>,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let half = match arguments.next().as_deref() {
        Some("train") => Half::Train,
        _ => Half::Test,
    };
    let count = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(400);
    let own = arguments
        .next()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .unwrap_or_default();
    let own: Policies = toml::from_str(&own).unwrap();
    // Other seeds for the halves, and other real machines behind them.
    let seeds = if half == Half::Train {
        [11, 12, 13]
    } else {
        [9_001, 9_002, 9_003]
    };
    let policies: Vec<&IdlePolicy> = presets()
        .iter()
        .chain(&own.idle_policy)
        .filter(|policy| policy.kinds.is_empty())
        .collect();
    let mut sums = vec![(0, 0, 0); policies.len()];
    let mut called = vec![std::collections::BTreeMap::new(); policies.len()];
    let mut all = std::collections::BTreeMap::new();
    for seed in seeds {
        let (frame, labels) = cases(half, seed, count);
        for case in labels.values() {
            *all.entry(*case).or_insert(0usize) += 1;
        }
        for (at, score) in score(&frame, &labels, &policies).into_iter().enumerate() {
            sums[at].0 += score.true_positives;
            sums[at].1 += score.false_positives;
            sums[at].2 += score.false_negatives;
            for (case, times) in score.called {
                *called[at].entry(case).or_insert(0usize) += times;
            }
        }
    }
    println!("{half:?}: {} cases, seeds {seeds:?}", all.values().sum::<usize>());
    for (at, policy) in policies.iter().enumerate() {
        let (right, wrong, missed) = sums[at];
        let precision = right as f64 / (right + wrong).max(1) as f64;
        let recall = right as f64 / (right + missed).max(1) as f64;
        let by_case: Vec<String> = CASES
            .iter()
            .filter_map(|case| {
                let times = called[at].get(case)?;
                Some(format!("{case:?} {times}/{}", all[case]))
            })
            .collect();
        println!(
            "{:24} precision {precision:.3} recall {recall:.3}  {}",
            policy.id,
            by_case.join(", ")
        );
    }
}
