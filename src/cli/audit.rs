//! `headroom audit`.

use super::{Context, Failure, show};

#[derive(clap::Args)]
pub struct Arguments {
    /// Only lines that hold this text.
    #[arg(long, default_value = "")]
    holds: String,
    /// Only lines before this number.
    #[arg(long)]
    before: Option<i64>,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let lines = context.open()?.audit_trail(arguments.before, &arguments.holds)?;
    if context.json {
        return show::json(&lines);
    }
    let rows = lines
        .into_iter()
        .map(|line| vec![line.id.to_string(), line.at, line.actor, line.action, line.detail]);
    let keys = ["number", "when", "user", "action", "detail"];
    show::table(show::headers(context, &keys), rows.collect(), &[0])
}
