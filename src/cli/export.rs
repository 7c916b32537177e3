//! `headroom export`.

use super::{Context, Failure, show};
use crate::app::{LedgerFormat, LedgerRows};
use crate::words::say_with;
use headroom_models::ledger::MonthRange;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// The ledger as a FOCUS file.
    Focus {
        /// Month or range of months.
        #[arg(long)]
        month: MonthRange,
        /// One row per charge and product, with the allocation columns of FOCUS 1.3, instead of the charges as billed.
        #[arg(long)]
        allocated: bool,
        /// File to write: .parquet or .csv.
        #[arg(long, value_parser = ledger_file)]
        out: (PathBuf, LedgerFormat),
    },
}

fn ledger_file(text: &str) -> Result<(PathBuf, LedgerFormat), String> {
    let path = PathBuf::from(text);
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    match ending.as_str() {
        "parquet" => Ok((path, LedgerFormat::Parquet)),
        "csv" => Ok((path, LedgerFormat::Csv)),
        _ => Err("name a file that ends in .parquet or .csv".to_owned()),
    }
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    let Verb::Focus {
        month,
        allocated,
        out: (path, format),
    } = verb;
    let rows = if *allocated {
        LedgerRows::Allocated
    } else {
        LedgerRows::Charges
    };
    let rows = context.open()?.export_focus(*month, rows, path, *format)?;
    let path = path.display().to_string();
    if context.json {
        return show::json(&serde_json::json!({ "written": path, "rows": rows }));
    }
    show::line(&say_with(
        context.language,
        "export-written",
        &[("path", &path), ("rows", &rows.to_string())],
    ))
}
