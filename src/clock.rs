//! The one place that reads the clock.

use chrono::{SecondsFormat, TimeDelta, Utc};

/// Now, as ISO 8601 in UTC with seconds.
pub fn now() -> String {
    after_seconds(0)
}

/// Some seconds from now, as ISO 8601 in UTC with seconds.
#[allow(clippy::disallowed_methods, reason = "this is the one place that may")]
pub fn after_seconds(seconds: i64) -> String {
    (Utc::now() + TimeDelta::seconds(seconds)).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// So many seconds from now, written like [`now`].
#[allow(clippy::disallowed_methods, reason = "this is the one place that may")]
pub fn later(seconds: i64) -> String {
    (Utc::now() + chrono::Duration::seconds(seconds)).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Today in UTC.
#[allow(clippy::disallowed_methods, reason = "this is the one place that may")]
pub fn today() -> chrono::NaiveDate {
    Utc::now().date_naive()
}
