//! `headroom close`, `headroom reopen` and `headroom months`.

use super::{Context, Failure, show};
use crate::app::{Checklist, ItemState};
use crate::words::{say, say_with};
use headroom_models::ledger::Month;

#[derive(clap::Args)]
pub struct CloseArguments {
    /// The month.
    month: Month,
    /// Only start closing: show the checklist and put it on record; the month still takes charges.
    #[arg(long, conflicts_with = "accept")]
    start: bool,
    /// Close although items of the checklist are open, for this reason; kept with the checklist.
    #[arg(long, value_name = "REASON")]
    accept: Option<String>,
}

#[derive(clap::Args)]
pub struct ReopenArguments {
    /// The month.
    month: Month,
    /// Why; kept in the audit trail.
    #[arg(long)]
    reason: String,
}

pub fn close(context: &Context, arguments: &CloseArguments) -> Result<(), Failure> {
    let app = context.open()?;
    if arguments.start {
        let checklist = app.start_closing(arguments.month)?;
        return done(context, arguments.month, "closing", Some(&checklist));
    }
    let checklist = app.close(arguments.month, arguments.accept.as_deref())?;
    done(context, arguments.month, "closed", Some(&checklist))
}

pub fn reopen(context: &Context, arguments: &ReopenArguments) -> Result<(), Failure> {
    context.open()?.reopen(arguments.month, &arguments.reason)?;
    done(context, arguments.month, "open", None)
}

/// The states of all months.
pub fn months(context: &Context) -> Result<(), Failure> {
    let (states, steps) = context.open()?.month_states()?;
    if context.json {
        let states: Vec<_> = states
            .into_iter()
            .map(|(month, state)| serde_json::json!({ "month": month, "state": state }))
            .collect();
        return show::json(&serde_json::json!({ "months": states, "steps": steps }));
    }
    let rows = states.into_iter().map(|(month, state)| {
        let last = steps.iter().rev().find(|step| step.month == month);
        let (at, by, reason) = last.map_or_else(Default::default, |step| {
            (step.at.clone(), step.by.clone(), step.reason.clone())
        });
        let state = say(context.language, &format!("month-state-{}", state.as_str()));
        vec![month.to_string(), state, at, by, reason]
    });
    let headers = ["month", "month-state", "month-since", "month-by", "month-reason"];
    show::table(show::headers(context, &headers), rows.collect(), &[])
}

fn done(context: &Context, month: Month, state: &str, checklist: Option<&Checklist>) -> Result<(), Failure> {
    if context.json {
        let mut document = serde_json::json!({ "month": month, "state": state });
        if let Some(checklist) = checklist {
            document["checklist"] = serde_json::to_value(&checklist.items)?;
        }
        return show::json(&document);
    }
    for item in checklist.iter().flat_map(|checklist| &checklist.items) {
        let mark = match item.state {
            ItemState::Done => "✓",
            ItemState::Look => "!",
            ItemState::Open | ItemState::Wrong => "✗",
        };
        show::line(&format!("{mark} {}", item.message.message(context.language)))?;
    }
    show::line(&say_with(
        context.language,
        &format!("month-{state}"),
        &[("month", &month.to_string())],
    ))
}
