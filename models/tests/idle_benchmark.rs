//! Headroom's default on labelled cases; `cargo run -p headroom-models --example idle_benchmark` prints the table with the
//! published presets beside it.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[allow(dead_code, reason = "the example uses the rest")]
mod idle_cases;

use headroom_models::idle::{DEFAULT_POLICY, preset};
use idle_cases::{Half, cases, score};

#[test]
fn the_default_is_precise_and_misses_little_on_cases_that_nobody_looked_at() {
    let (frame, labels) = cases(Half::Test, 31_415, 100);
    let ours = &score(&frame, &labels, &[preset(DEFAULT_POLICY).unwrap()])[0];
    assert!(ours.precision() >= 0.95 && ours.recall() >= 0.95, "{ours:?}");
}
