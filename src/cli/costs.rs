//! `headroom costs`.

use super::{Context, Failure, show};
use crate::app::{CostQuery, DIMENSIONS};
use crate::words::say;
use headroom_models::ledger::{CostBasis, MonthRange, TaxBasis};
use headroom_reports::export::harmless;

#[derive(clap::Args)]
pub struct Arguments {
    /// Dimensions, separated by commas: month, department, product, module, source, provider, service-category,
    /// resource-mode, cost-type, expenditure, rule, pool.
    #[arg(long, value_delimiter = ',', default_value = "product,month", value_parser = DIMENSIONS)]
    by: Vec<String>,
    /// Month or range of months.
    #[arg(long)]
    month: Option<MonthRange>,
    /// Only where DIMENSION=VALUE; may be given several times.
    #[arg(long = "where", value_name = "DIMENSION=VALUE", value_parser = filter)]
    filters: Vec<(String, String)>,
    /// billed (cash) or effective (accrual); as the books are kept when not given.
    #[arg(long, value_parser = ["billed", "effective"])]
    basis: Option<String>,
    /// net, gross (with tax) or tax alone; as the books are kept when not given.
    #[arg(long, value_parser = ["net", "gross", "tax"])]
    tax: Option<String>,
    /// Convert everything to this currency.
    #[arg(long)]
    currency: Option<String>,
    /// Comma-separated values.
    #[arg(long)]
    csv: bool,
}

fn filter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write DIMENSION=VALUE")?;
    let name = name.trim();
    if DIMENSIONS.contains(&name) {
        Ok((name.to_owned(), value.trim().to_owned()))
    } else {
        Err(format!("'{name}' is none of {}", DIMENSIONS.join(", ")))
    }
}

/// The basis of a word that clap let in.
pub(super) fn basis(word: &str) -> CostBasis {
    if word == "billed" {
        CostBasis::Billed
    } else {
        CostBasis::Effective
    }
}

/// The tax basis of a word that clap let in.
pub(super) fn tax(word: &str) -> TaxBasis {
    match word {
        "gross" => TaxBasis::Gross,
        "tax" => TaxBasis::Tax,
        _ => TaxBasis::Net,
    }
}

/// The error of the stream below a CSV writer.
fn written(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

pub fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let query = CostQuery {
        by: arguments.by,
        months: arguments.month,
        filters: arguments.filters,
        basis: arguments.basis.as_deref().map(basis),
        tax: arguments.tax.as_deref().map(tax),
        currency: arguments.currency.map(|currency| currency.to_uppercase()),
    };
    let app = context.open()?;
    let table = app.costs(&query)?;
    super::accruals::note(context, &app, query.months)?;
    if context.json {
        return show::json(&table);
    }
    if arguments.csv {
        let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
        let headers = table.by.iter().map(String::as_str).chain(["currency", "amount"]);
        writer.write_record(headers).map_err(written)?;
        for row in table.rows {
            let values = row.values.iter().map(|value| harmless(value));
            let cells = values.chain([row.currency.clone(), row.amount.to_string()]);
            writer.write_record(cells).map_err(written)?;
        }
        writer.flush()?;
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
