//! `headroom allocate`.

use super::{Context, Failure, show};
use headroom_models::ledger::MonthRange;

#[derive(clap::Args)]
pub struct Arguments {
    /// Month or range of months; all billed months when missing.
    #[arg(long)]
    month: Option<MonthRange>,
    /// Configuration version whose rules to use; the newest when missing.
    #[arg(long)]
    rules: Option<i64>,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let (months, notes) = context.open()?.allocate(arguments.month, arguments.rules)?;
    for note in notes {
        eprintln!("{note}");
    }
    if context.json {
        return show::json(&serde_json::json!({ "months": months }));
    }
    let rows = months.into_iter().map(|m| {
        vec![
            m.month.to_string(),
            m.currency,
            show::money(m.ledger),
            show::money(m.allocated),
            m.difference.to_string(),
            show::money(m.unallocated),
        ]
    });
    let keys = ["month", "currency", "ledger", "allocated", "difference", "unallocated"];
    show::table(show::headers(context, &keys), rows.collect(), &[2, 3, 4, 5])
}
