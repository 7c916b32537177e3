//! Failed sign-ins: after some, a name or an address has to wait.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures of one name within the window before it has to wait.
const OF_NAME: u32 = 5;
/// Failures of one address.
const OF_ADDRESS: u32 = 30;
/// The window.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Entries kept at most: somebody who tries a million names must not fill the memory.
const MOST: usize = 20_000;

/// Failures by name and by address.
#[derive(Default)]
pub(super) struct Limiter {
    failures: Mutex<HashMap<String, (u32, Instant)>>,
}

impl Limiter {
    /// How long a name at an address has to wait; nothing when it may try.
    pub fn wait(&self, name: &str, address: &str, now: Instant) -> Option<Duration> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        [(name_key(name), OF_NAME), (address_key(address), OF_ADDRESS)]
            .into_iter()
            .filter_map(|(key, most)| {
                let (count, since) = failures.get(&key)?;
                let left = WINDOW.checked_sub(now.duration_since(*since))?;
                (*count >= most && !left.is_zero()).then_some(left)
            })
            .max()
    }

    /// Counts a failure.
    pub fn failed(&self, name: &str, address: &str, now: Instant) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= MOST {
            failures.retain(|_, (_, since)| now.duration_since(*since) < WINDOW);
        }
        for key in [name_key(name), address_key(address)] {
            if failures.len() >= MOST && !failures.contains_key(&key) {
                continue;
            }
            let entry = failures.entry(key).or_insert((0, now));
            if now.duration_since(entry.1) >= WINDOW {
                *entry = (0, now);
            }
            entry.0 += 1;
        }
    }

    /// Forgets the failures of a name that has signed in.
    pub fn succeeded(&self, name: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&name_key(name));
    }
}

fn name_key(name: &str) -> String {
    format!("name {}", name.trim().to_lowercase())
}

fn address_key(address: &str) -> String {
    format!("address {address}")
}

#[cfg(test)]
mod tests {
    use super::{Limiter, OF_ADDRESS, OF_NAME, WINDOW};
    use std::time::Instant;

    #[test]
    fn a_name_waits_after_some_failures_and_an_address_after_more() {
        let (limiter, start) = (Limiter::default(), Instant::now());
        for _ in 0..OF_NAME {
            assert_eq!(limiter.wait("Mei", "1.2.3.4", start), None);
            limiter.failed("mei ", "1.2.3.4", start);
        }
        assert_eq!(limiter.wait("MEI", "9.9.9.9", start), Some(WINDOW));
        assert_eq!(limiter.wait("other", "1.2.3.4", start), None);
        for count in OF_NAME..OF_ADDRESS {
            limiter.failed(&format!("n{count}"), "1.2.3.4", start);
        }
        assert!(limiter.wait("other", "1.2.3.4", start).is_some());
        assert_eq!(limiter.wait("mei", "9.9.9.9", start + WINDOW), None);
        limiter.succeeded("mei");
        assert_eq!(limiter.wait("mei", "9.9.9.9", start), None);
    }
}
