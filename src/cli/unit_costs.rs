//! `headroom unit-costs`.

use super::costs::{basis, tax};
use super::{Context, Failure, show};
use crate::app::UnitCostQuery;
use headroom_models::ledger::{Money, MonthRange};

#[derive(clap::Args)]
pub struct Arguments {
    /// The business metric: dau, orders, ….
    #[arg(long)]
    metric: String,
    /// Month or range of months.
    #[arg(long)]
    month: Option<MonthRange>,
    /// One product.
    #[arg(long)]
    product: Option<String>,
    /// billed (cash) or effective (accrual); as the books are kept when not given.
    #[arg(long, value_parser = ["billed", "effective"])]
    basis: Option<String>,
    /// net, gross or tax; as the books are kept when not given.
    #[arg(long, value_parser = ["net", "gross", "tax"])]
    tax: Option<String>,
    /// Currency; the reporting currency when not given.
    #[arg(long)]
    currency: Option<String>,
}

pub fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let query = UnitCostQuery {
        metric: arguments.metric,
        months: arguments.month,
        product: arguments.product,
        basis: arguments.basis.as_deref().map(basis),
        tax: arguments.tax.as_deref().map(tax),
        currency: arguments.currency.map(|currency| currency.to_uppercase()),
    };
    let costs = context.open()?.unit_costs(&query)?;
    if context.json {
        return show::json(&serde_json::json!({ "metric": query.metric, "rows": costs }));
    }
    let small = |amount: Option<Money>| amount.map_or_else(|| "–".to_owned(), |amount| amount.grouped(6));
    let rows = costs.into_iter().map(|of| {
        vec![
            of.month.to_string(),
            of.product,
            of.currency,
            show::money(of.cost),
            of.units.grouped(0),
            of.mean.map_or_else(|| "–".to_owned(), |mean| mean.grouped(0)),
            small(of.per_unit),
            small(of.per_mean),
        ]
    });
    let keys = [
        "month",
        "product",
        "currency",
        "unit-cost",
        "unit-units",
        "unit-mean",
        "unit-per-unit",
        "unit-per-mean",
    ];
    show::table(show::headers(context, &keys), rows.collect(), &[3, 4, 5, 6, 7])
}
