//! `headroom import-prometheus`.

use super::{Context, Failure, show};
use crate::app::PrometheusImport;
use crate::words::say_with;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Arguments {
    /// Address of the server, such as http://127.0.0.1:9090.
    url: String,
    /// TOML file with the queries, each for one column of utilization.
    #[arg(long, value_name = "FILE")]
    query_file: PathBuf,
    /// First moment: a day or a time in UTC (2026-03-01, 2026-03-01T08:00:00Z).
    #[arg(long, value_parser = moment)]
    start: DateTime<Utc>,
    /// The moment after the last one.
    #[arg(long, value_parser = moment)]
    end: DateTime<Utc>,
    /// Between two samples: seconds, or with s, m, h (300, 5m, 1h).
    #[arg(long, value_parser = step)]
    step: TimeDelta,
    /// Name of the source.
    #[arg(long, default_value = "prometheus")]
    source: String,
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let day: NaiveDate = text.parse().map_err(|_| "write 2026-03-01 or 2026-03-01T08:00:00Z")?;
    Ok(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

fn step(text: &str) -> Result<TimeDelta, String> {
    let (digits, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(digits) => (digits, &text[digits.len()..]),
        None => (text, "s"),
    };
    let count: i64 = digits.parse().map_err(|_| "write 300, 300s, 5m or 1h")?;
    let seconds = match unit {
        "h" => count.checked_mul(3600),
        "m" => count.checked_mul(60),
        _ => Some(count),
    };
    seconds
        .and_then(TimeDelta::try_seconds)
        .ok_or_else(|| "the step is too long".to_owned())
}

pub fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let app = context.open()?;
    let name = arguments.query_file.file_name().unwrap_or_default();
    let import = PrometheusImport {
        url: arguments.url,
        name: name.to_string_lossy().into_owned(),
        queries: std::fs::read_to_string(&arguments.query_file)?,
        start: arguments.start,
        end: arguments.end,
        step: arguments.step,
        source: arguments.source,
    };
    let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr_with_hz(5));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {msg} {eta}") {
        bar.set_style(style);
    }
    let progress = |done: u64, all: u64, samples: u64| {
        bar.set_length(all);
        bar.set_position(done);
        let values = [
            ("done", done.to_string()),
            ("all", all.to_string()),
            ("rows", samples.to_string()),
        ];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        bar.set_message(say_with(context.language, "progress-windows", &values));
    };
    let outcome = app.import_prometheus(&import, &progress);
    bar.finish_and_clear();
    let outcome = outcome?;
    if context.json {
        return show::json(&outcome);
    }
    let values = [
        ("rows", outcome.samples.to_string()),
        ("resources", outcome.resources.to_string()),
        ("windows", outcome.windows.to_string()),
        ("skipped", outcome.skipped.to_string()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    show::line(&say_with(context.language, "prometheus-done", &values))
}
