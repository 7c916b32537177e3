//! `headroom allocate`.

use super::{Context, Failure, show};
use crate::app::Moved;
use crate::words::{say, say_with};
use headroom_models::ledger::MonthRange;

#[derive(clap::Args)]
pub struct Arguments {
    /// Month or range of months; all open billed months when missing.
    #[arg(long)]
    month: Option<MonthRange>,
    /// Compare with the rules of this configuration version instead: what would move, without touching the books.
    #[arg(long, value_name = "VERSION")]
    rules: Option<i64>,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let app = context.open()?;
    let (allocated, moved) = match arguments.rules {
        None => (app.allocate(arguments.month)?, None),
        Some(version) => {
            let (allocated, moved) = app.compare_rules(arguments.month, version)?;
            (allocated, Some(moved))
        }
    };
    for note in &allocated.notes {
        eprintln!("{note}");
    }
    super::accruals::note(context, &app, arguments.month)?;
    if context.json {
        let accruals = app.standing_accruals(arguments.month)?;
        let mut document = serde_json::json!({ "months": allocated.months, "estimates": accruals });
        if let Some(moved) = moved {
            document["moved"] = serde_json::to_value(moved)?;
        }
        return show::json(&document);
    }
    if let Some(moved) = moved {
        return differences(context, arguments, moved);
    }
    let rows = allocated.months.into_iter().map(|m| {
        let amounts = [
            show::money(m.ledger),
            show::money(m.allocated),
            m.difference.to_string(),
            show::money(m.unallocated),
        ];
        let state = say(context.language, if m.closed { "state-closed" } else { "state-open" });
        [m.month.to_string(), m.currency]
            .into_iter()
            .chain(amounts)
            .chain([state])
            .collect()
    });
    let keys = [
        "month",
        "currency",
        "ledger",
        "allocated",
        "difference",
        "unallocated",
        "state",
    ];
    show::table(show::headers(context, &keys), rows.collect(), &[2, 3, 4, 5])
}

fn differences(context: &Context, arguments: &Arguments, moved: Vec<Moved>) -> Result<(), Failure> {
    let version = arguments.rules.unwrap_or_default().to_string();
    let count = moved.len().to_string();
    show::line(&say_with(
        context.language,
        "compare-title",
        &[("version", &version), ("count", &count)],
    ))?;
    if moved.is_empty() {
        return Ok(());
    }
    let rows = moved.into_iter().map(|m| {
        let amounts = [
            show::money(m.booked),
            show::money(m.compared),
            show::money(m.compared - m.booked),
        ];
        [m.month.to_string(), m.product, m.currency]
            .into_iter()
            .chain(amounts)
            .collect()
    });
    let keys = ["month", "product", "currency", "booked", "compared", "difference"];
    show::table(show::headers(context, &keys), rows.collect(), &[3, 4, 5])
}
