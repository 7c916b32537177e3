//! `headroom costs`.

use super::words::say;
use super::{Context, Failure, show};
use crate::app::{AppError, CostBasis, CostQuery};
use headroom_models::ledger::MonthRange;
use std::io::Write;

#[derive(clap::Args)]
pub struct Arguments {
    /// Dimensions, separated by commas: month, department, product, module, source, provider, service-category,
    /// resource-mode, cost-type, expenditure, rule, pool.
    #[arg(long, value_delimiter = ',', default_value = "product,month")]
    by: Vec<String>,
    /// Month or range of months.
    #[arg(long)]
    month: Option<MonthRange>,
    /// Only where DIMENSION=VALUE; may be given several times.
    #[arg(long = "where", value_name = "DIMENSION=VALUE")]
    filters: Vec<String>,
    /// billed (cash) or effective (accrual).
    #[arg(long, default_value = "effective", value_parser = ["billed", "effective"])]
    basis: String,
    /// Convert everything to this currency.
    #[arg(long)]
    currency: Option<String>,
    /// Comma-separated values.
    #[arg(long)]
    csv: bool,
}

pub fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let filters = arguments
        .filters
        .iter()
        .map(|text| {
            text.split_once('=')
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                .ok_or_else(|| AppError::Refused(format!("--where {text}: write DIMENSION=VALUE")))
        })
        .collect::<Result<_, _>>()?;
    let query = CostQuery {
        by: arguments.by,
        months: arguments.month,
        filters,
        basis: if arguments.basis == "billed" {
            CostBasis::Billed
        } else {
            CostBasis::Effective
        },
        currency: arguments.currency,
    };
    let table = context.open()?.costs(&query)?;
    if context.json {
        return show::json(&table);
    }
    if arguments.csv {
        let mut out = std::io::stdout().lock();
        let quote = |text: &str| {
            if text.contains([',', '"', '\n']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.to_owned()
            }
        };
        writeln!(out, "{},currency,amount", table.by.join(","))?;
        for row in table.rows {
            let values: Vec<String> = row.values.iter().map(|value| quote(value)).collect();
            writeln!(out, "{},{},{}", values.join(","), row.currency, row.amount)?;
        }
        return Ok(());
    }
    let width = table.by.len();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in table.rows {
        let mut cells = row.values;
        cells.extend([row.currency, show::money(row.amount)]);
        rows.push(cells);
    }
    for (currency, amount) in table.totals {
        let mut cells = vec![String::new(); width];
        cells[0] = say(context.language, "total");
        cells.extend([currency, show::money(amount)]);
        rows.push(cells);
    }
    let mut headers: Vec<String> = table
        .by
        .iter()
        .map(|name| say(context.language, &name.to_lowercase()))
        .collect();
    headers.extend(show::headers(context, &["currency", "amount"]));
    show::table(headers, rows, &[width + 1])
}
