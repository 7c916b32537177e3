//! `headroom accrue` and `headroom accruals`.

use super::{Context, Failure, show};
use crate::app::{AccrualBasis, App};
use crate::words::{say, say_with};
use headroom_models::ledger::{Month, MonthRange};

#[derive(clap::Args)]
pub struct Arguments {
    /// The month whose bills have not come.
    #[arg(long)]
    month: Month,
    /// Only this source; all sources with charges in the month before and none in this one when missing.
    #[arg(long)]
    source: Option<String>,
    /// What the estimate rests on (by contract where there is one, else by the month before).
    #[arg(long, value_parser = ["contract", "last-month"])]
    basis: Option<String>,
    /// Show the estimates, book nothing.
    #[arg(long)]
    dry_run: bool,
}

pub fn accrue(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let basis = arguments.basis.as_deref().map(|basis| match basis {
        "contract" => AccrualBasis::Contract,
        _ => AccrualBasis::LastMonth,
    });
    let app = context.open()?;
    let accruals = app.accrue(arguments.month, arguments.source.as_deref(), basis, arguments.dry_run)?;
    if context.json {
        return show::json(&serde_json::json!({ "month": arguments.month, "accruals": accruals }));
    }
    let month = arguments.month.to_string();
    if accruals.is_empty() {
        return show::line(&say_with(context.language, "accrue-nothing", &[("month", &month)]));
    }
    let mut rows = Vec::new();
    for accrual in accruals {
        for (currency, (billed, effective)) in accrual.totals {
            rows.push(vec![
                accrual.batch.clone().unwrap_or_else(|| "-".to_owned()),
                accrual.source.clone(),
                say(
                    context.language,
                    match accrual.basis {
                        AccrualBasis::Contract => "accrual-basis-contract",
                        AccrualBasis::LastMonth => "accrual-basis-last-month",
                    },
                ),
                accrual.rows.to_string(),
                show::money(billed),
                show::money(effective),
                currency,
            ]);
        }
    }
    let keys = [
        "batch",
        "source",
        "accrual-basis",
        "rows",
        "billed",
        "effective",
        "currency",
    ];
    show::table(show::headers(context, &keys), rows, &[3, 4, 5])?;
    show::line(&say_with(context.language, "accrue-done", &[("month", &month)]))
}

pub fn list(context: &Context) -> Result<(), Failure> {
    let accruals = context.open()?.accruals()?;
    if context.json {
        return show::json(&accruals);
    }
    let mut rows = Vec::new();
    for accrual in accruals {
        let state = match (&accrual.reversed_by, accrual.reversed_in) {
            (None, _) => say(context.language, "accrual-stands"),
            (Some(batch), None) => say_with(context.language, "accrual-replaced", &[("batch", batch)]),
            (Some(batch), Some(month)) => {
                let values = [("batch", batch.as_str()), ("month", &month.to_string())];
                say_with(context.language, "accrual-taken-back", &values)
            }
        };
        for (currency, effective) in accrual.effective {
            rows.push(vec![
                accrual.batch.clone(),
                accrual.source.clone(),
                accrual.month.to_string(),
                show::money(effective),
                currency,
                state.clone(),
            ]);
        }
    }
    let keys = ["batch", "source", "month", "effective", "currency", "state"];
    show::table(show::headers(context, &keys), rows, &[3])
}

/// Says under a table which of its amounts are estimates.
pub(super) fn note(context: &Context, app: &App, months: Option<MonthRange>) -> Result<(), Failure> {
    for accrual in app.standing_accruals(months)? {
        for (currency, effective) in accrual.effective {
            let values = [
                ("month", accrual.month.to_string()),
                ("source", accrual.source.clone()),
                ("amount", show::money(effective)),
                ("currency", currency),
                ("batch", accrual.batch.clone()),
            ];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            eprintln!("{}", say_with(context.language, "accrual-note", &values));
        }
    }
    Ok(())
}
