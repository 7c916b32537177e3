//! `headroom contracts`.

use super::{Context, Failure, show};
use crate::words::{say, say_with};
use headroom_models::contracts::{ContractCheck, Difference, DifferenceKind};
use headroom_models::ledger::{Money, Month};
use headroom_reports::export::harmless;
use std::path::{Path, PathBuf};

#[derive(clap::Subcommand)]
pub enum Verb {
    /// The lines of contracts, with the day by which notice must be given.
    List,
    /// Check the invoices of a month against contracts, samples and meter readings.
    Check {
        /// The month.
        #[arg(long)]
        month: Month,
        /// Also write the differences to this file: .csv.
        #[arg(long, value_name = "FILE", value_parser = csv_file)]
        out: Option<PathBuf>,
    },
}

fn csv_file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
    {
        true => Ok(path),
        false => Err("name a file that ends in .csv".to_owned()),
    }
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    match verb {
        Verb::List => list(context),
        Verb::Check { month, out } => check(context, *month, out.as_deref()),
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let lines = context.open()?.contracts()?;
    if context.json {
        let all: Vec<_> = lines
            .iter()
            .map(|line| {
                serde_json::json!({
                    "contract": line.contract, "vendor": line.vendor, "charge_type": line.charge_type,
                    "resource": line.resource, "quantity": line.quantity, "unit": line.unit,
                    "unit_price": line.unit_price, "currency": line.currency, "start": line.start, "end": line.end,
                    "renewal": line.renewal, "notice_by": line.notice_by(),
                })
            })
            .collect();
        return show::json(&all);
    }
    let rows = lines.into_iter().map(|line| {
        let notice = line.notice_by().map(|day| day.to_string()).unwrap_or_default();
        let quantity = line.quantity.map(|quantity| quantity.to_string());
        vec![
            line.contract,
            line.vendor,
            line.charge_type,
            line.resource,
            quantity.unwrap_or_else(|| say(context.language, "contract-metered")),
            line.unit_price.to_string(),
            line.currency,
            line.start.to_string(),
            line.end.to_string(),
            notice,
        ]
    });
    let keys = [
        "contract",
        "contract-vendor",
        "contract-charge",
        "contract-resource",
        "contract-quantity",
        "contract-price",
        "currency",
        "contract-start",
        "contract-end",
        "contract-notice",
    ];
    show::table(show::headers(context, &keys), rows.collect(), &[4, 5])
}

fn check(context: &Context, month: Month, out: Option<&Path>) -> Result<(), Failure> {
    let check = context.open()?.contract_check(month)?;
    if let Some(path) = out {
        write(context, &check, path)?;
    }
    let agrees = check.differences.is_empty();
    if context.json {
        let mut document = serde_json::to_value(&check)?;
        document["month"] = serde_json::to_value(month)?;
        document["overcharged"] = serde_json::to_value(check.overcharged())?;
        show::json(&document)?;
    } else {
        print(context, &check, month)?;
    }
    if agrees { Ok(()) } else { Err(Failure::Shown) }
}

const KEYS: [&str; 9] = [
    "contract",
    "contract-invoice",
    "contract-charge",
    "contract-resource",
    "contract-difference-kind",
    "contract-due",
    "contract-billed",
    "difference",
    "currency",
];

fn cells(context: &Context, found: &Difference, money: impl Fn(Money) -> String) -> Vec<String> {
    let invoices: Vec<&str> = found.invoices.iter().map(String::as_str).collect();
    vec![
        found.contract.clone(),
        invoices.join(", "),
        found.charge_type.clone(),
        found.resource.clone(),
        say(context.language, kind(found.kind)),
        found.expected.map(|expected| expected.to_string()).unwrap_or_default(),
        found.found.to_string(),
        money(found.difference),
        found.currency.clone(),
    ]
}

const fn kind(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Price => "contract-kind-price",
        DifferenceKind::Quantity => "contract-kind-quantity",
        DifferenceKind::Amount => "contract-kind-amount",
        DifferenceKind::Tax => "contract-kind-tax",
        DifferenceKind::Currency => "contract-kind-currency",
        DifferenceKind::NotInvoiced => "contract-kind-not-invoiced",
        DifferenceKind::NoContract => "contract-kind-no-contract",
        DifferenceKind::OutsideTerm => "contract-kind-outside-term",
        DifferenceKind::NotMeasured => "contract-kind-not-measured",
    }
}

fn print(context: &Context, check: &ContractCheck, month: Month) -> Result<(), Failure> {
    let counts = [
        ("month", month.to_string()),
        ("lines", check.contract_lines.to_string()),
        ("invoiced", check.invoice_lines.to_string()),
        ("differences", check.differences.len().to_string()),
    ];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    show::line(&say_with(context.language, "contract-checked", &counts))?;
    if !check.differences.is_empty() {
        let rows = check.differences.iter().map(|found| cells(context, found, show::money));
        show::table(show::headers(context, &KEYS), rows.collect(), &[5, 6, 7])?;
    }
    for (currency, overcharged) in check.overcharged() {
        let due = check.expected.get(&currency).copied().unwrap_or_default();
        let billed = check.billed.get(&currency).copied().unwrap_or_default();
        let values = [
            ("currency", currency.clone()),
            ("due", show::money(due)),
            ("billed", show::money(billed)),
            ("overcharged", show::money(overcharged)),
        ];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        show::line(&say_with(context.language, "contract-overcharged", &values))?;
    }
    Ok(())
}

/// The differences as a sheet for the vendor: exact amounts, with the mark that lets spreadsheet programs read Chinese.
fn write(context: &Context, check: &ContractCheck, path: &Path) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(Vec::from("\u{FEFF}"));
    let failed = |error: csv::Error| Failure::Output(error.to_string());
    writer.write_record(show::headers(context, &KEYS)).map_err(failed)?;
    for found in &check.differences {
        let cells = cells(context, found, |amount| amount.to_string());
        writer
            .write_record(cells.iter().map(|cell| harmless(cell)))
            .map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::Output(error.to_string()))?;
    Ok(std::fs::write(path, bytes)?)
}
