//! `headroom report`.

use super::demo::key_figures;
use super::{Context, Failure, show};
use crate::app::{ReportFormat, render_execution};
use crate::words::say_with;
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
        #[arg(long, value_parser = report_file)]
        out: Option<(PathBuf, ReportFormat)>,
    },
    /// The capacity plan book of a fiscal year: requirement, gap, order calendar, money, with every step.
    Capacity(super::capacity::PlanArguments),
}

fn report_file(text: &str) -> Result<(PathBuf, ReportFormat), String> {
    let path = PathBuf::from(text);
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let format = match ending.as_str() {
        "html" | "htm" => ReportFormat::Html,
        "xlsx" => ReportFormat::Xlsx,
        "csv" => ReportFormat::Csv,
        "json" => ReportFormat::Json,
        _ => return Err("name a file that ends in .html, .xlsx, .csv or .json".to_owned()),
    };
    Ok((path, format))
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    let (month, out) = match verb {
        Verb::Execution { month, out } => (month, out),
        Verb::Capacity(arguments) => return super::capacity::plan(context, arguments),
    };
    let report = context.open()?.execution_report(*month)?;
    if let Some((path, format)) = out {
        let bytes = render_execution(&report, *format, context.language)?;
        std::fs::write(path, bytes).map_err(|error| Failure::Output(format!("{}: {error}", path.display())))?;
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
