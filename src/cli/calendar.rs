//! `headroom calendar`.

use super::{Context, Failure, show};
use crate::words::say;
use headroom_models::calendar::{DayKind, year};

#[derive(clap::Args)]
pub struct Arguments {
    /// Year.
    #[arg(long, value_parser = clap::value_parser!(i32).range(2000..=2050))]
    year: i32,
}

/// Every holiday and worked weekend of a year.
pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let days: Vec<_> = year(arguments.year)
        .into_iter()
        .filter(|day| matches!(day.kind, DayKind::Holiday(_) | DayKind::MakeUpWorkday))
        .collect();
    if context.json {
        return show::json(&days);
    }
    let language = context.language;
    let rows = days.iter().map(|day| {
        let kind = match day.kind {
            DayKind::Holiday(festival) => {
                let name = serde_json::to_value(festival).ok();
                let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or_default();
                say(language, &format!("festival-{name}"))
            }
            _ => say(language, "calendar-worked"),
        };
        let sure = if day.provisional {
            "calendar-provisional"
        } else {
            "calendar-published"
        };
        vec![day.date.to_string(), kind, say(language, sure)]
    });
    show::table(
        show::headers(context, &["event-days", "calendar-kind", "remark"]),
        rows.collect(),
        &[],
    )
}
