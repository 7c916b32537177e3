//! `headroom check`.

use super::{Context, Failure, show};
use crate::words::say;

pub fn run(context: &Context) -> Result<(), Failure> {
    let report = context.open()?.check()?;
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
