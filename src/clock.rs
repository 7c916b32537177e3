//! The one place that reads the clock.

use chrono::{SecondsFormat, Utc};

/// Now, as ISO 8601 in UTC with seconds.
#[allow(clippy::disallowed_methods, reason = "this is the one place that may")]
pub fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)
}
