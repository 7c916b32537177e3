//! `headroom forecast`.

use super::{Context, Failure, show};
use crate::words::{say, say_with};
use headroom_models::calendar::PUBLISHED;
use headroom_models::forecast::{
    Confidence, Event, EventEffect, EventOverlap, Forecast, Series, calendar_events, forecast_with_events, overlapping,
    read_events, read_series, write_forecasts,
};
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Arguments {
    /// CSV with columns unique_id, ds and y; an empty y is a missing value.
    #[arg(long)]
    input: PathBuf,
    /// Steps ahead.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    horizon: u32,
    /// Steps after which the pattern repeats, such as 12 or 24,168. Without it, or with 1, those that the calendar
    /// brings (12 months, 52 weeks, 7 and 365 days, a day and a week of hours); 0 for none.
    #[arg(long, value_delimiter = ',', value_name = "M")]
    season: Vec<usize>,
    /// CSV of events with columns event, start and end, past and coming occurrences named alike: promotions, and
    /// holidays such as 春节 with the window of each year. A column unique_id limits an event to one series.
    #[arg(long)]
    events: Option<PathBuf>,
    /// The calendar as events: cn for 春节, 618, 国庆 and 双11 with the window of each year, where the moon puts it, and
    /// in series of days or shorter steps for official days off and weekends worked to make up for them.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(["cn"]))]
    calendar: Option<String>,
    /// Write the forecast to this CSV instead of showing it.
    #[arg(long)]
    output: Option<PathBuf>,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let text = read(&arguments.input)?;
    let all = read_series(&text).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::Output(lines.join("\n"))
    })?;
    let events = match &arguments.events {
        Some(path) => read_events(&read(path)?).map_err(|problems| Failure::Output(problems.join("\n")))?,
        None => Vec::new(),
    };
    let met = overlapping(&events);
    for meeting in &met {
        let values = [
            ("event", meeting.event.clone()),
            ("other", meeting.other.clone()),
            ("start", meeting.start.to_string()),
            ("end", meeting.end.to_string()),
        ];
        let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
        eprintln!("{}", say_with(context.language, "forecast-events-meet", &values));
    }
    let (done, effects): (Vec<_>, Vec<_>) = forecast_all(all, &events, arguments).into_iter().unzip();
    if let Some(path) = &arguments.output {
        write(path, &write_forecasts(&done, arguments.calendar.is_some()))?;
    }
    if context.json {
        return show::json(
            &done
                .iter()
                .zip(&effects)
                .map(|answer| as_json(answer, &met, arguments.calendar.as_deref()))
                .collect::<Vec<_>>(),
        );
    }
    if arguments.output.is_none() {
        steps(context, &done, arguments.calendar.is_some())?;
    }
    reasons(context, &done)?;
    let by_rule: usize = done.iter().map(|(_, forecast)| forecast.provisional.len()).sum();
    if by_rule > 0 {
        let (count, year) = (by_rule.to_string(), PUBLISHED.end().to_string());
        let values = [("count", count.as_str()), ("year", &year)];
        show::line(&say_with(context.language, "forecast-provisional", &values))?;
    }
    if effects.iter().any(|effects| !effects.is_empty()) {
        shown_effects(context, &done, &effects)?;
    }
    match &arguments.output {
        Some(path) => {
            let path = path.display().to_string();
            show::line(&say_with(context.language, "report-written", &[("path", &path)]))
        }
        None => Ok(()),
    }
}

/// Text of a file; the message names it.
pub fn read(path: &std::path::Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::Output(format!("{}: {error}", path.display())))
}

/// Writes a file; the message names it.
pub fn write(path: &std::path::Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::Output(format!("{}: {error}", path.display())))
}

/// A series with its forecast, and what events do to it.
type Answer = ((Series, Forecast), Vec<EventEffect>);

/// Every series on its own, shared out to the processors; the order is that of the file.
fn forecast_all(all: Vec<Series>, events: &[Event], arguments: &Arguments) -> Vec<Answer> {
    let horizon = arguments.horizon as usize;
    let one = |series: Series| {
        let stated: Vec<usize> = arguments.season.iter().copied().filter(|&period| period > 1).collect();
        let periods = if stated.is_empty() && !arguments.season.contains(&0) {
            series.periods()
        } else {
            stated
        };
        let mut events = events.to_vec();
        if arguments.calendar.is_some() {
            // A festival of the events file goes before the calendar's.
            let stated: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
            let calendar = calendar_events(&series).into_iter();
            let calendar: Vec<Event> = calendar
                .filter(|event| !stated.contains(&event.name.as_str()))
                .collect();
            events.extend(calendar);
        }
        forecast_with_events(&series, &events, &periods, horizon)
            .map(|(forecast, effects)| ((series, forecast), effects))
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = all.len().div_ceil(workers).max(1);
    let mut shares: Vec<Vec<Series>> = Vec::new();
    let mut rest = all.into_iter().peekable();
    while rest.peek().is_some() {
        shares.push(rest.by_ref().take(share).collect());
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(|| share.into_iter().filter_map(&one).collect::<Vec<_>>()))
            .collect();
        // A worker that panicked has shown why; its panic goes on here.
        running
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn as_json(
    ((series, forecast), effects): (&(Series, Forecast), &Vec<EventEffect>),
    met: &[EventOverlap],
    calendar: Option<&str>,
) -> serde_json::Value {
    let steps = forecast.steps.iter().enumerate().map(|(h, step)| {
        json!({
            "ds": series.time_after(h + 1), "yhat": step.value, "lo80": step.low80, "hi80": step.high80,
            "lo95": step.low95, "hi95": step.high95, "provisional": forecast.provisional.contains(&h),
        })
    });
    let calendar = calendar.map(|name| {
        json!({ "name": name, "published_through": PUBLISHED.end(), "provisional_steps": forecast.provisional.len() })
    });
    json!({
        "calendar": calendar,
        "unique_id": series.id,
        "model": forecast.model(),
        "weights": forecast.models.iter().map(|(method, weight)| json!({ "method": method.name(), "weight": weight })).collect::<Vec<_>>(),
        "backtest": { "error": forecast.error, "relative_error": forecast.relative_error, "origins": forecast.origins },
        "confidence": forecast.confidence,
        "seasons": forecast.periods,
        "spacing": series.spacing,
        "irregular": series.irregular,
        "filled": forecast.filled,
        "outliers": forecast.outliers,
        "level_shifts": forecast.level_shifts,
        "events": effects,
        "events_meet": met,
        "steps": steps.collect::<Vec<_>>(),
    })
}

fn steps(context: &Context, done: &[(Series, Forecast)], with_calendar: bool) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (series, forecast) in done {
        for (h, step) in forecast.steps.iter().enumerate() {
            let mut row = vec![series.id.clone(), series.time_after(h + 1)];
            row.extend([step.value, step.low80, step.high80, step.low95, step.high95].map(figure));
            let remark = if forecast.provisional.contains(&h) {
                say(context.language, "forecast-by-rule")
            } else {
                String::new()
            };
            row.extend(with_calendar.then_some(remark));
            rows.push(row);
        }
    }
    let keys = [
        "forecast-series",
        "forecast-time",
        "forecast-value",
        "forecast-low80",
        "forecast-high80",
    ];
    let remark: &[&str] = if with_calendar { &["remark"] } else { &[] };
    let headers = show::headers(
        context,
        &[&keys[..], &["forecast-low95", "forecast-high95"], remark].concat(),
    );
    show::table(headers, rows, &[2, 3, 4, 5, 6])
}

/// Per series: methods, backtest error, confidence, and what was done to the history.
fn reasons(context: &Context, done: &[(Series, Forecast)]) -> Result<(), Failure> {
    let language = context.language;
    let rows = done.iter().map(|(series, forecast)| {
        let confidence = match forecast.confidence {
            Confidence::High => "confidence-high",
            Confidence::Medium => "confidence-medium",
            Confidence::Low => "confidence-low",
        };
        let mut notes = Vec::new();
        let counted = [
            ("forecast-filled", forecast.filled),
            ("forecast-outliers", forecast.outliers.len()),
            ("forecast-level-shifts", forecast.level_shifts.len()),
        ];
        for (key, count) in counted.into_iter().filter(|(_, count)| *count > 0) {
            notes.push(say_with(language, key, &[("count", &count.to_string())]));
        }
        if series.irregular {
            notes.push(say(language, "forecast-irregular"));
        }
        vec![
            series.id.clone(),
            forecast.model(),
            forecast
                .periods
                .iter()
                .map(usize::to_string)
                .collect::<Vec<_>>()
                .join(", "),
            forecast
                .relative_error
                .map(|error| format!("{:.1} %", error * 100.0))
                .unwrap_or_default(),
            forecast.origins.to_string(),
            say(language, confidence),
            notes.join("; "),
        ]
    });
    let keys = [
        "forecast-series",
        "forecast-model",
        "forecast-seasons",
        "forecast-error",
        "forecast-origins",
    ];
    let headers = show::headers(context, &[&keys[..], &["forecast-confidence", "remark"]].concat());
    show::table(headers, rows.collect(), &[3, 4])
}

/// What each event does to each series; one that never happened before is said to be unknown.
fn shown_effects(context: &Context, done: &[(Series, Forecast)], all: &[Vec<EventEffect>]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for ((series, _), effects) in done.iter().zip(all) {
        for effect in effects {
            let known = match effect.factor {
                Some(factor) => format!("× {factor:.3}"),
                None if effect.past == 0 => say(context.language, "event-unknown"),
                None => say(context.language, "event-added"),
            };
            let coming = match effect.provisional {
                0 => effect.coming.to_string(),
                count => {
                    let values = [("coming", effect.coming.to_string()), ("count", count.to_string())];
                    let values: Vec<(&'static str, &str)> =
                        values.iter().map(|(key, text)| (*key, text.as_str())).collect();
                    say_with(context.language, "event-coming-by-rule", &values)
                }
            };
            let counts = [effect.past.to_string(), coming];
            rows.push(
                [
                    vec![series.id.clone(), effect.name.clone()],
                    counts.to_vec(),
                    vec![known],
                ]
                .concat(),
            );
        }
    }
    let keys = [
        "forecast-series",
        "event-name",
        "event-past",
        "event-coming",
        "event-effect",
    ];
    show::table(show::headers(context, &keys), rows, &[2, 3])
}

/// A figure with as many digits as say something.
pub fn figure(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 1000.0 => 0,
        size if size >= 10.0 => 2,
        _ => 4,
    };
    format!("{value:.digits$}")
}
