//! `headroom close` and `headroom reopen`.

use super::{Context, Failure, show};
use crate::words::say_with;
use headroom_models::ledger::Month;

#[derive(clap::Args)]
pub struct CloseArguments {
    /// The month.
    month: Month,
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
    context.open()?.close(arguments.month)?;
    done(context, arguments.month, "closed")
}

pub fn reopen(context: &Context, arguments: &ReopenArguments) -> Result<(), Failure> {
    context.open()?.reopen(arguments.month, &arguments.reason)?;
    done(context, arguments.month, "open")
}

fn done(context: &Context, month: Month, state: &str) -> Result<(), Failure> {
    if context.json {
        return show::json(&serde_json::json!({ "month": month, "state": state }));
    }
    show::line(&say_with(
        context.language,
        &format!("month-{state}"),
        &[("month", &month.to_string())],
    ))
}
