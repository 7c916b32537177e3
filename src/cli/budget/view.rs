//! Versions, their lines and their history.

use crate::app::{App, BudgetSheet, BudgetShown};
use crate::cli::{Context, Failure, show};
use crate::store::BudgetEvent;
use crate::words::say;
use headroom_models::budget::BudgetLine;
use headroom_models::ledger::Money;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

#[derive(clap::Args)]
pub struct ShowArguments {
    /// Fiscal year.
    #[arg(long, value_parser = super::year)]
    year: i32,
    /// Version number.
    #[arg(long)]
    version: Option<i64>,
    /// Every line with its derivation, not only the sums.
    #[arg(long)]
    lines: bool,
    /// Only this product.
    #[arg(long)]
    product: Option<String>,
}

pub fn show(context: &Context, app: &App, arguments: &ShowArguments) -> Result<(), Failure> {
    let mut shown = app.budget(arguments.year, arguments.version)?;
    if let Some(product) = &arguments.product {
        shown.lines.retain(|line| line.product == *product);
    }
    budget(context, &shown, arguments.lines)
}

pub fn export(context: &Context, sheet: &BudgetSheet, file: &std::path::Path) -> Result<(), Failure> {
    // The mark in front tells spreadsheets that it is UTF-8.
    let text = format!("\u{feff}{}", sheet.csv);
    std::fs::write(file, text).map_err(|error| Failure::Output(format!("{}: {error}", file.display())))?;
    let (version, file) = (&sheet.version, file.display().to_string());
    if context.json {
        return show::json(&json!({ "written": file, "version": version, "rows": sheet.rows }));
    }
    let values = [
        ("lines", sheet.rows.to_string()),
        ("version", version.number.to_string()),
        ("year", version.year.to_string()),
        ("total", show::money(version.total)),
        ("currency", version.currency.clone()),
        ("file", file),
    ];
    show::line(&super::sentence(context, "budget-sheet-written", &values))
}

/// The word of an origin.
pub fn origin(line: &BudgetLine) -> String {
    format!("origin-{}", line.origin.as_str())
}

pub fn budget(context: &Context, budget: &BudgetShown, every_line: bool) -> Result<(), Failure> {
    let version = &budget.version;
    if context.json {
        return show::json(&json!({ "version": version, "lines": budget.lines }));
    }
    if every_line {
        lines(context, &budget.lines)?;
    } else {
        sums(context, &budget.lines)?;
    }
    for problem in &version.problems {
        eprintln!("{problem}");
    }
    let values = [
        ("year", version.year.to_string()),
        ("version", version.number.to_string()),
        ("state", say(context.language, &format!("state-{}", version.state))),
        ("month", version.as_of.to_string()),
        ("total", show::money(version.total)),
        ("currency", version.currency.clone()),
    ];
    show::line(&super::sentence(context, "budget-shown", &values))
}

fn sums(context: &Context, lines: &[BudgetLine]) -> Result<(), Failure> {
    let word = |key: &str| say(context.language, key);
    let mut sums: BTreeMap<(&str, &str), (Money, BTreeSet<String>)> = BTreeMap::new();
    for line in lines {
        let (sum, origins) = sums
            .entry((line.product.as_str(), line.cost_type.as_str()))
            .or_default();
        *sum += line.amount;
        origins.insert(origin(line));
    }
    let mut rows: Vec<Vec<String>> = sums
        .into_iter()
        .map(|((product, cost_type), (sum, origins))| {
            let origins: Vec<String> = origins.iter().map(|key| word(key)).collect();
            let cost_type = word(&format!("cost-type-{cost_type}"));
            vec![product.to_owned(), cost_type, show::money(sum), origins.join(", ")]
        })
        .collect();
    let total: Money = lines.iter().map(|line| line.amount).sum();
    rows.push(vec![word("total"), String::new(), show::money(total), String::new()]);
    let headers = show::headers(context, &["product", "cost-type", "amount", "origin"]);
    show::table(headers, rows, &[2])
}

fn lines(context: &Context, lines: &[BudgetLine]) -> Result<(), Failure> {
    let word = |key: &str| say(context.language, key);
    let rows = lines
        .iter()
        .map(|line| {
            vec![
                line.month.to_string(),
                line.product.clone(),
                line.module.clone(),
                word(&format!("cost-type-{}", line.cost_type)),
                word(&format!("expenditure-{}", line.expenditure)),
                show::money(line.amount),
                line.cash.map(show::money).unwrap_or_default(),
                line.units.map(|units| units.to_string()).unwrap_or_default(),
                word(&origin(line)),
                crate::words::comes_from(context.language, &line.sourcing),
                line.owner.clone(),
                line.comment.clone(),
            ]
        })
        .collect();
    let headers = [
        "month",
        "product",
        "module",
        "cost-type",
        "expenditure",
        "amount",
        "budget-cash",
        "units",
        "origin",
        "comes-from",
        "budget-owner",
        "budget-comment",
    ];
    show::table(show::headers(context, &headers), rows, &[5, 6, 7])
}

pub fn list(context: &Context, app: &App, year: Option<i32>) -> Result<(), Failure> {
    let mut versions = app.budget_versions()?;
    versions.retain(|version| year.is_none_or(|year| version.year == year));
    if context.json {
        return show::json(&json!({ "versions": versions }));
    }
    let rows = versions
        .iter()
        .map(|version| {
            vec![
                version.year.to_string(),
                version.number.to_string(),
                say(context.language, &format!("state-{}", version.state)),
                version.revision.to_string(),
                version.based_on.map(|number| number.to_string()).unwrap_or_default(),
                show::money(version.total),
                version.created_by.clone(),
                version.approved_by.clone().unwrap_or_default(),
                version.note.clone(),
            ]
        })
        .collect();
    let headers = [
        "budget-year",
        "budget-version",
        "state",
        "budget-revision",
        "budget-based-on",
        "amount",
        "budget-created-by",
        "budget-approved-by",
        "budget-note",
    ];
    show::table(show::headers(context, &headers), rows, &[5])
}

pub fn history(context: &Context, events: &[BudgetEvent]) -> Result<(), Failure> {
    if context.json {
        return show::json(&json!({ "events": events }));
    }
    let rows = events
        .iter()
        .map(|event| {
            vec![
                event.at.chars().take(19).collect(),
                event.actor.clone(),
                event.version.map(|number| number.to_string()).unwrap_or_default(),
                say(context.language, &format!("event-{}", event.kind)),
                event.reason.clone(),
            ]
        })
        .collect();
    let headers = show::headers(
        context,
        &[
            "budget-when",
            "budget-who",
            "budget-version",
            "budget-event",
            "budget-why",
        ],
    );
    show::table(headers, rows, &[])
}
