//! `headroom invoices`.

use super::{Context, Failure, show};
use crate::words::say_with;
use headroom_models::ledger::{Money, Month};

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Compare what the invoices of a month say (FOCUS Invoice Detail) with the charges of the ledger.
    Check {
        /// The month.
        #[arg(long)]
        month: Month,
    },
    /// Commitments of contracts (FOCUS Contract Commitment).
    Commitments,
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    match verb {
        Verb::Check { month } => check(context, *month),
        Verb::Commitments => commitments(context),
    }
}

fn check(context: &Context, month: Month) -> Result<(), Failure> {
    let compared = context.open()?.invoice_check(month)?;
    let different = compared.iter().filter(|invoice| !invoice.difference.is_zero()).count();
    if context.json {
        show::json(&serde_json::json!({ "month": month, "invoices": compared, "different": different }))?;
    } else {
        let money = |amount: Option<Money>| amount.map(show::money).unwrap_or_default();
        let (month, count, different) = (month.to_string(), compared.len().to_string(), different.to_string());
        let rows = compared.into_iter().map(|invoice| {
            vec![
                invoice.issuer,
                invoice.invoice,
                money(invoice.invoiced),
                money(invoice.ledger),
                invoice.difference.to_string(),
                invoice.currency,
            ]
        });
        let keys = [
            "invoice-issuer",
            "contract-invoice",
            "invoice-invoiced",
            "ledger",
            "difference",
            "currency",
        ];
        show::table(show::headers(context, &keys), rows.collect(), &[2, 3, 4])?;
        let values = [("month", month.as_str()), ("count", &count), ("different", &different)];
        show::line(&say_with(context.language, "invoices-checked", &values))?;
    }
    if different == 0 { Ok(()) } else { Err(Failure::Shown) }
}

fn commitments(context: &Context) -> Result<(), Failure> {
    let commitments = context.open()?.contract_commitments()?;
    if context.json {
        return show::json(&commitments);
    }
    let rows = commitments.into_iter().map(|commitment| {
        vec![
            commitment.id,
            commitment.contract,
            commitment.kind,
            commitment.start,
            commitment.end,
            commitment.cost.map(show::money).unwrap_or_default(),
            commitment.currency,
            commitment.quantity.map(show::money).unwrap_or_default(),
            commitment.unit,
        ]
    });
    let keys = [
        "commitment-id",
        "contract",
        "commitment-kind",
        "contract-start",
        "contract-end",
        "commitment-cost",
        "currency",
        "contract-quantity",
        "commitment-unit",
    ];
    show::table(show::headers(context, &keys), rows.collect(), &[5, 7])
}
