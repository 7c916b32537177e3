//! `headroom check`.

use super::{Context, Failure, show};
use crate::app::CheckPart;
use crate::words::say;

#[derive(clap::Args)]
pub struct CheckArguments {
    /// One part only: ledger (files, batches, configuration, allocations) or budgets (lines, control, alerts, rolling
    /// adjustments).
    #[arg(long, value_enum)]
    only: Option<Part>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Part {
    Ledger,
    Budgets,
}

pub fn run(context: &Context, arguments: &CheckArguments) -> Result<(), Failure> {
    let part = arguments.only.map(|part| match part {
        Part::Ledger => CheckPart::Ledger,
        Part::Budgets => CheckPart::Budgets,
    });
    let report = context.open()?.check_only(part)?;
    if context.json {
        show::json(&report)?;
    } else {
        for check in &report.checks {
            let verdict = if check.failures.is_empty() {
                say(context.language, "check-ok")
            } else {
                say(context.language, "check-failed")
            };
            show::line(&format!(
                "{verdict}  {} ({})",
                say(context.language, check.name),
                check.looked_at
            ))?;
            for failure in &check.failures {
                show::line(&format!("      {}", failure.message(context.language)))?;
            }
        }
    }
    if report.passed { Ok(()) } else { Err(Failure::Shown) }
}
