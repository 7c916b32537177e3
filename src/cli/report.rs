//! `headroom report`.

use super::demo::key_figures;
use super::words::say_with;
use super::{Context, Failure, show};
use crate::app::{AppError, ReportFormat, render_execution};
use headroom_models::ledger::Month;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Budget execution: month, year to date, year, landing, variance, proposals.
    Execution {
        /// Last closed month of the report; the last allocated one when missing.
        #[arg(long)]
        month: Option<Month>,
        /// File to write: .html, .xlsx, .csv or .json. Without it the key figures are printed.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    let Verb::Execution { month, out } = verb;
    let report = context.open()?.execution_report(*month)?;
    if let Some(path) = out {
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        let format = match ending.as_str() {
            "html" | "htm" => ReportFormat::Html,
            "xlsx" => ReportFormat::Xlsx,
            "csv" => ReportFormat::Csv,
            "json" => ReportFormat::Json,
            other => {
                return Err(AppError::Refused(format!(
                    "cannot write a report as '.{other}': name a file that ends in .html, .xlsx, .csv or .json"
                ))
                .into());
            }
        };
        std::fs::write(path, render_execution(&report, format, context.language)?)?;
        let path = path.display().to_string();
        if context.json {
            return show::json(&serde_json::json!({ "written": path }));
        }
        return show::line(&say_with(context.language, "report-written", &[("path", &path)]));
    }
    if context.json {
        return show::json(&report);
    }
    key_figures(context, &report)
}
