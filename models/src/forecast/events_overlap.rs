//! Events that meet: a step can have the effect of one of them only, so they are named.

use super::Event;
use chrono::NaiveDateTime;
use serde::Serialize;

/// Two events that touch the same time of the same series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventOverlap {
    /// The one named first.
    pub event: String,
    /// The one named later: it counts.
    pub other: String,
    /// First moment that both have.
    pub start: NaiveDateTime,
    /// End of what both have, not included.
    pub end: NaiveDateTime,
}

/// Pairs of `events` that meet, in the order in which they are named.
pub fn overlapping(events: &[Event]) -> Vec<EventOverlap> {
    let mut found = Vec::new();
    for (at, event) in events.iter().enumerate() {
        for other in &events[at + 1..] {
            let same = event.series.is_none() || other.series.is_none() || event.series == other.series;
            let (start, end) = (event.start.max(other.start), event.end.min(other.end));
            if same && start < end {
                found.push(EventOverlap {
                    event: event.name.clone(),
                    other: other.name.clone(),
                    start,
                    end,
                });
            }
        }
    }
    found
}
