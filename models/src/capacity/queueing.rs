//! Queueing: how many servers (cores, workers, connections) so that few requests wait.
//!
//! Exact Erlang C (A. K. Erlang 1917; Gross and Harris, "Fundamentals of queueing theory", M/M/c), and square-root
//! staffing as the named alternative (Halfin and Whitt 1981), with the quality factors that
//! Netflix-Skunkworks/service-capacity-modeling uses (`models/common.py`, Apache-2.0).

use serde::{Deserialize, Serialize};

/// More servers than any case means; beyond it the rates are wrong.
const MOST_SERVERS: u64 = 100_000_000;

/// How servers are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StaffingMethod {
    /// The smallest count at which the exact queue meets the objective.
    #[default]
    ErlangC,
    /// `a + B·√a`, rounded up: quick, and up to one server short of the exact queue.
    SquareRoot,
}

/// What a queue must keep.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitObjective {
    /// At most this share of requests waits at all.
    Waiting(f64),
    /// At most `share` of requests waits longer than `multiple` mean service times.
    WaitingLonger {
        /// Time, in mean service times.
        multiple: f64,
        /// Share of requests, 1 − SLO.
        share: f64,
    },
}

/// Chance that a request waits with `servers` servers and `erlangs` of offered load: Erlang C.
///
/// `B₀ = 1; Bₖ = a·Bₖ₋₁ / (k + a·Bₖ₋₁); C = c·B_c / (c − a·(1 − B_c))`. It is 1 when the servers cannot keep up.
pub fn waiting_probability(erlangs: f64, servers: u64) -> f64 {
    if erlangs <= 0.0 {
        return 0.0;
    }
    let mut blocking = 1.0;
    for count in 1..=servers {
        blocking = erlangs * blocking / (count as f64 + erlangs * blocking);
    }
    delayed(erlangs, servers as f64, blocking)
}

fn delayed(erlangs: f64, servers: f64, blocking: f64) -> f64 {
    if servers <= erlangs {
        1.0
    } else {
        servers * blocking / (servers - erlangs * (1.0 - blocking))
    }
}

/// The smallest number of servers that keeps `objective` at `erlangs` of offered load (busy servers on average, the
/// arrival rate times the service time: Little 1961). Waiting longer than t: `C·e^(−(c − a)·t/s)`.
///
/// None when the load or the objective is not a number that can be met.
pub fn erlang_c_servers(erlangs: f64, objective: WaitObjective) -> Option<u64> {
    let (multiple, share) = match objective {
        WaitObjective::Waiting(share) => (0.0, share),
        WaitObjective::WaitingLonger { multiple, share } => (multiple, share),
    };
    let asked = (0.0..MOST_SERVERS as f64 / 2.0).contains(&erlangs);
    if !(asked && share > 0.0 && share <= 1.0 && multiple >= 0.0) {
        return None;
    }
    if erlangs <= 0.0 {
        return Some(0);
    }
    let mut blocking = 1.0;
    (1..MOST_SERVERS).find(|&count| {
        let servers = count as f64;
        blocking = erlangs * blocking / (servers + erlangs * blocking);
        servers > erlangs && delayed(erlangs, servers, blocking) * (-(servers - erlangs) * multiple).exp() <= share
    })
}

/// Servers by square-root staffing: `⌈a + B·√a⌉`. None when the load is not a number that can be met.
pub fn square_root_servers(erlangs: f64, quality: f64) -> Option<u64> {
    let asked = (0.0..MOST_SERVERS as f64 / 2.0).contains(&erlangs) && (0.0..1000.0).contains(&quality);
    asked.then(|| (erlangs + quality * erlangs.sqrt()).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_known_values() {
        // Reference table, target 1 %: exact, and the square-root rule one below.
        for (erlangs, exact) in [
            (0.5, 4),
            (1.0, 5),
            (5.0, 12),
            (20.0, 32),
            (48.0, 66),
            (100.0, 125),
            (500.0, 555),
        ] {
            assert_eq!(
                erlang_c_servers(erlangs, WaitObjective::Waiting(0.01)),
                Some(exact),
                "{erlangs}"
            );
            assert_eq!(square_root_servers(erlangs, 2.375), Some(exact - 1), "{erlangs}");
        }
        // One server: the chance to wait is the utilization.
        assert!((waiting_probability(0.7, 1) - 0.7).abs() < 1e-12);
        // Highest utilization with a 30 % chance to wait: .469 of 2 servers, .856 of 32.
        assert!((waiting_probability(2.0 * 0.469, 2) - 0.30).abs() < 0.002);
        assert!((waiting_probability(32.0 * 0.856, 32) - 0.30).abs() < 0.004);
    }

    #[test]
    fn what_cannot_be_met_is_none() {
        assert_eq!(erlang_c_servers(f64::NAN, WaitObjective::Waiting(0.01)), None);
        assert_eq!(erlang_c_servers(5.0, WaitObjective::Waiting(0.0)), None);
        assert_eq!(erlang_c_servers(-1.0, WaitObjective::Waiting(0.1)), None);
        assert_eq!(erlang_c_servers(0.0, WaitObjective::Waiting(0.1)), Some(0));
        assert_eq!(waiting_probability(5.0, 5).to_bits(), 1.0_f64.to_bits());
    }

    proptest! {
        #[test]
        fn more_load_or_a_stricter_objective_never_needs_fewer(a in 0.01..400.0_f64, more in 0.0..50.0_f64, p in 0.001..0.9_f64) {
            let before = erlang_c_servers(a, WaitObjective::Waiting(p)).unwrap();
            prop_assert!(erlang_c_servers(a + more, WaitObjective::Waiting(p)).unwrap() >= before);
            prop_assert!(erlang_c_servers(a, WaitObjective::Waiting(p / 2.0)).unwrap() >= before);
            let longer = WaitObjective::WaitingLonger { multiple: 1.0, share: p };
            prop_assert!(erlang_c_servers(a, longer).unwrap() <= before);
            prop_assert!(waiting_probability(a, before) <= p);
        }
    }
}
