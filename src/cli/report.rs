//! `headroom report`.

use super::demo::key_figures;
use super::{Context, Failure, show};
use crate::app::{ReportFormat, render_execution, render_optimization, render_tables};
use crate::words::{say, say_with};
use headroom_models::budget::Dimension;
use headroom_models::ledger::{Month, MonthRange};
use headroom_reports::data::{TableCell, TableReport};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// File to write.
type Out = Option<(PathBuf, ReportFormat)>;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Budget execution: month, quarter, year to date, year, landing, variance, proposals.
    Execution {
        /// Last closed month of the report; the last allocated one when missing.
        #[arg(long)]
        month: Option<Month>,
        /// As a tree along dimensions instead: department, product, module, cost-type, expenditure.
        #[arg(long, value_delimiter = ',', value_parser = dimension)]
        by: Vec<Dimension>,
        /// File to write: .html, .xlsx, .csv, .json or .pdf. Without it the key figures are printed.
        #[arg(long, value_parser = report_file)]
        out: Option<(PathBuf, ReportFormat)>,
    },
    /// The budget book of a version: by product, month and origin, line by line, and the way it went.
    Budget {
        /// Fiscal year.
        #[arg(long)]
        year: i32,
        /// Version; the approved one, else the newest, when missing.
        #[arg(long)]
        version: Option<i64>,
        /// File to write: .html, .xlsx, .csv, .json or .pdf.
        #[arg(long, value_parser = report_file)]
        out: Option<(PathBuf, ReportFormat)>,
    },
    /// Two versions of a budget compared: added, cut, changed, by whom and why.
    Compare {
        /// Fiscal year.
        #[arg(long)]
        year: i32,
        /// First version; the approved one when missing.
        #[arg(long)]
        from: Option<i64>,
        /// Second version; the newest when missing.
        #[arg(long)]
        to: Option<i64>,
        /// File to write: .html, .xlsx, .csv, .json or .pdf.
        #[arg(long, value_parser = report_file)]
        out: Option<(PathBuf, ReportFormat)>,
    },
    /// The capacity plan book of a fiscal year: requirement, gap, order calendar, money, with every step.
    Capacity(super::capacity::PlanArguments),
    /// What each product is charged in a month, line by line.
    Chargeback {
        /// Month; the last closed one when missing.
        #[arg(long)]
        month: Option<Month>,
        /// One product only.
        #[arg(long)]
        product: Option<String>,
        /// File to write: .html, .xlsx, .csv, .json or .pdf.
        #[arg(long, value_parser = report_file)]
        out: Option<(PathBuf, ReportFormat)>,
    },
    /// Invoice = lines = allocated, per month, source and currency.
    Reconciliation {
        /// Month or range; the last closed month when missing.
        #[arg(long)]
        month: Option<MonthRange>,
        /// File to write: .html, .xlsx, .csv, .json or .pdf.
        #[arg(long, value_parser = report_file)]
        out: Option<(PathBuf, ReportFormat)>,
    },
    /// Forecast error by months ahead, and bias, per product.
    Accuracy {
        /// Fiscal year; the one of the last closed month when missing.
        #[arg(long)]
        year: Option<i32>,
        /// File to write: .html, .xlsx, .csv, .json or .pdf.
        #[arg(long, value_parser = report_file)]
        out: Option<(PathBuf, ReportFormat)>,
    },
    /// What is missing, late, estimated or does not tie out.
    Health {
        /// Last month to look at; the last closed one when missing.
        #[arg(long)]
        month: Option<Month>,
        /// File to write: .html, .xlsx, .csv, .json or .pdf.
        #[arg(long, value_parser = report_file)]
        out: Option<(PathBuf, ReportFormat)>,
    },
    /// Execution rate and forecast accuracy scored by bands, with FinOps figures.
    Assessment {
        /// Last closed month; the last one when missing.
        #[arg(long)]
        month: Option<Month>,
        /// File to write: .html, .xlsx, .csv, .json or .pdf.
        #[arg(long, value_parser = report_file)]
        out: Option<(PathBuf, ReportFormat)>,
    },
    /// Idle and optimization: findings, their way, realised savings, what would cost less.
    Idle {
        /// Policy for machines.
        #[arg(long)]
        policy: Option<String>,
        /// File to write: .html, .xlsx, .csv, .json or .pdf. Without it the JSON is printed.
        #[arg(long, value_parser = report_file)]
        out: Option<(PathBuf, ReportFormat)>,
    },
}

fn dimension(text: &str) -> Result<Dimension, String> {
    let known = Dimension::ALL.into_iter().find(|dimension| dimension.as_str() == text);
    known.ok_or_else(|| {
        let all = Dimension::ALL.map(Dimension::as_str).join(", ");
        format!("'{text}' is none of {all}")
    })
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
        "pdf" => ReportFormat::Pdf,
        _ => return Err("name a file that ends in .html, .xlsx, .csv, .json or .pdf".to_owned()),
    };
    Ok((path, format))
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    if let Verb::Capacity(arguments) = verb {
        return super::capacity::plan(context, arguments);
    }
    let app = context.open()?;
    match verb {
        Verb::Capacity(_) => Ok(()),
        Verb::Execution { month, by, out } if !by.is_empty() => {
            let value = app.execution_tree(*month, by)?;
            give(context, out, &value, &value.book())
        }
        Verb::Execution { month, out, .. } => {
            let report = app.execution_report(*month)?;
            match out {
                Some((path, format)) => save(context, path, render_execution(&report, *format, context.language)?),
                None if context.json => show::json(&report),
                None => key_figures(context, &report),
            }
        }
        Verb::Budget { year, version, out } => {
            let value = app.budget_book(*year, *version)?;
            give(context, out, &value, &value.book())
        }
        Verb::Compare { year, from, to, out } => {
            let value = app.compare_report(*year, *from, *to)?;
            give(context, out, &value, &value.book())
        }
        Verb::Chargeback { month, product, out } => {
            let value = app.chargeback(*month, product.as_deref())?;
            give(context, out, &value, &value.book())
        }
        Verb::Reconciliation { month, out } => {
            let value = app.reconciliation(*month)?;
            give(context, out, &value, &value.book())
        }
        Verb::Accuracy { year, out } => {
            let value = app.accuracy_report(*year)?;
            give(context, out, &value, &value.book())
        }
        Verb::Health { month, out } => {
            let value = app.health_report(*month)?;
            give(context, out, &value, &value.book())
        }
        Verb::Assessment { month, out } => {
            let value = app.assessment(*month)?;
            give(context, out, &value, &value.book())
        }
        Verb::Idle { policy, out } => {
            let report = app.optimization_report(policy.as_deref())?;
            match out {
                Some((path, format)) => save(context, path, render_optimization(&report, *format, context.language)?),
                None => show::json(&report),
            }
        }
    }
}

fn save(context: &Context, path: &Path, bytes: Vec<u8>) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| Failure::Output(format!("{}: {error}", path.display())))?;
    let path = path.display().to_string();
    if context.json {
        return show::json(&serde_json::json!({ "written": path }));
    }
    show::line(&say_with(context.language, "report-written", &[("path", &path)]))
}

/// Writes the file, or the value for programs, or the tables for people.
fn give(context: &Context, out: &Out, value: &impl Serialize, book: &TableReport) -> Result<(), Failure> {
    match out {
        Some((path, ReportFormat::Json)) => save(context, path, serde_json::to_vec_pretty(value)?),
        Some((path, format)) => save(context, path, render_tables(book, *format, context.language)?),
        None if context.json => show::json(value),
        None => tables(context, book),
    }
}

fn tables(context: &Context, book: &TableReport) -> Result<(), Failure> {
    let words = headroom_reports::Words::of(context.language);
    for table in &book.tables {
        let subject = table.subject.as_ref().map(|name| name.in_language(context.language));
        show::line(&match subject {
            Some(subject) => format!("{} · {subject}", words.text(&table.title)),
            None => words.text(&table.title),
        })?;
        if table.rows.is_empty() {
            show::line(&words.text("tables-empty"))?;
            continue;
        }
        let numbers: Vec<usize> = (0..table.columns.len())
            .filter(|column| {
                let first = table.rows.first().and_then(|row| row.cells.get(*column));
                let number = |cell: &TableCell| {
                    matches!(
                        cell,
                        TableCell::Money(_) | TableCell::Foreign(_) | TableCell::Share(_) | TableCell::Number(_)
                    )
                };
                first.is_some_and(number)
            })
            .collect();
        let cell = |cell: &TableCell| match cell {
            TableCell::Empty => String::new(),
            TableCell::Text(text) => text.clone(),
            TableCell::Name(name) => name.in_language(context.language).to_owned(),
            TableCell::Word(key) => words.text(key),
            TableCell::Money(amount) | TableCell::Foreign(amount) => show::money(*amount),
            TableCell::Share(share) => show::percent(*share),
            TableCell::Number(number) => number.round(2).to_string(),
            TableCell::Month(month) => month.to_string(),
        };
        let heads = table.columns.iter().map(|key| words.text(key)).collect();
        let rows = table.rows.iter().map(|row| row.cells.iter().map(cell).collect());
        show::table(heads, rows.collect(), &numbers)?;
    }
    show::line(&say(context.language, "tables-files"))
}
