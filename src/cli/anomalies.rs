//! `headroom anomalies`.

use super::{Context, Failure, show};
use crate::words::{say, say_with};
use chrono::NaiveDate;
use headroom_models::ledger::{Money, Month};

#[derive(clap::Args)]
pub struct Arguments {
    /// Month in which they end; the last billed one when missing.
    #[arg(long)]
    month: Option<Month>,
    /// Least money at stake, in the reporting currency.
    #[arg(long, default_value = "0")]
    minimum: Money,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let shown = context.open()?.anomalies(arguments.month, arguments.minimum)?;
    if context.json {
        return show::json(&shown);
    }
    let rows = shown.anomalies.iter().map(|line| {
        let behind = line
            .rows
            .iter()
            .map(|row| format!("{}:{} {} {}", row.file, row.row, row.resource, show::money(row.cost)));
        vec![
            say(context.language, &format!("anomaly-{}", line.dimension)),
            line.key.clone(),
            when(line.anomaly.from, line.anomaly.to),
            show::money(line.anomaly.actual),
            show::money(line.anomaly.expected),
            show::money(line.anomaly.at_stake),
            behind.collect::<Vec<_>>().join("\n"),
        ]
    });
    let headers = ["what", "name", "when", "actual", "expected", "at-stake", "rows-behind"];
    show::table(show::headers(context, &headers), rows.collect(), &[3, 4, 5])?;
    if !shown.usage.is_empty() {
        let rows = shown.usage.iter().map(|line| {
            let behind = line
                .rows
                .iter()
                .map(|row| format!("{} {} {:.2}", row.at, row.resource, row.value));
            vec![
                say(context.language, &format!("anomaly-{}", line.dimension)),
                line.key.clone(),
                line.metric.to_owned(),
                when(line.from, line.to),
                format!("{:.2}", line.actual),
                format!("{:.2}", line.expected),
                show::money(line.cost),
                behind.collect::<Vec<_>>().join("\n"),
            ]
        });
        let headers = [
            "what",
            "name",
            "measure",
            "when",
            "mean-of-day",
            "expected",
            "cost-of-days",
            "samples-behind",
        ];
        show::table(show::headers(context, &headers), rows.collect(), &[4, 5, 6])?;
    }
    let month = shown.last.map(|month| month.to_string()).unwrap_or_default();
    let (events, deviations) = (shown.events.to_string(), shown.rule.deviations.to_string());
    let share = format!("{:.0}", shown.rule.share * 100.0);
    let values = [
        ("month", month.as_str()),
        ("events", &events),
        ("deviations", &deviations),
        ("share", &share),
    ];
    show::line(&say_with(context.language, "anomalies-rule", &values))
}

fn when(from: NaiveDate, to: NaiveDate) -> String {
    if from == to {
        from.to_string()
    } else {
        format!("{from} – {to}")
    }
}
