//! The steps of a version.

use crate::app::StepRequest;
use crate::cli::{Context, Failure, show};
use crate::store::BudgetVersion;
use crate::words::say;

#[derive(clap::Args)]
pub struct StepArguments {
    /// Fiscal year.
    #[arg(long, value_parser = super::year)]
    year: i32,
    /// Version number; the newest that is open to the step when missing.
    #[arg(long)]
    version: Option<i64>,
    /// Revision that was seen: refuse when somebody has changed the version since.
    #[arg(long, value_name = "REVISION")]
    expect: Option<i64>,
    /// Words on record with the step; what has to be done, when a version is returned or rejected.
    #[arg(long, default_value = "")]
    comment: String,
}

impl StepArguments {
    pub fn request(self, over: Option<String>) -> StepRequest {
        StepRequest {
            year: self.year,
            version: self.version,
            seen: self.expect,
            comment: self.comment,
            over,
        }
    }
}

/// What a version has become.
pub fn done(context: &Context, version: &BudgetVersion) -> Result<(), Failure> {
    if context.json {
        return show::json(version);
    }
    let values = [
        ("year", version.year.to_string()),
        ("version", version.number.to_string()),
        ("state", say(context.language, &format!("state-{}", version.state))),
        ("revision", version.revision.to_string()),
        ("total", show::money(version.total)),
        ("currency", version.currency.clone()),
    ];
    show::line(&super::sentence(context, "budget-step-done", &values))
}
