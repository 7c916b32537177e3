//! Requests, commitments and what is available.

use super::sentence;
use crate::app::{App, BudgetStanding, RequestOutcome, SpendRequest};
use crate::cli::{Context, Failure, show};
use crate::words::say;
use headroom_models::budget::{Commitment, LineKey, Reference};
use headroom_models::ledger::{CostType, Expenditure, Money, Month};

#[derive(clap::Args)]
pub struct RequestArguments {
    /// Product that it is for.
    #[arg(long)]
    product: String,
    /// Module of it.
    #[arg(long, default_value = "")]
    module: String,
    /// Cost type: rack, power, bandwidth-external, bandwidth-internal, switch, server, software, cloud, labour, other.
    #[arg(long)]
    cost_type: CostType,
    /// Running money (opex) or a purchase (capex).
    #[arg(long, default_value = "opex")]
    expenditure: Expenditure,
    /// Net amount in the reporting currency.
    #[arg(long, value_parser = super::amount, allow_hyphen_values = true)]
    amount: Money,
    /// Month in which it will be spent.
    #[arg(long)]
    month: Month,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Number of the purchase order that will carry it out.
    #[arg(long, default_value = "")]
    order: String,
    /// Number of the contract that will bill it.
    #[arg(long, default_value = "")]
    contract: String,
    /// Vendor whose bills for product and cost type are for it.
    #[arg(long, default_value = "")]
    vendor: String,
}

pub fn request(context: &Context, app: &App, arguments: RequestArguments) -> Result<(), Failure> {
    let outcome = app.request_budget(&SpendRequest {
        month: arguments.month,
        key: LineKey {
            product: arguments.product,
            module: arguments.module,
            cost_type: arguments.cost_type,
            expenditure: arguments.expenditure,
        },
        amount: arguments.amount,
        reference: Reference {
            order: arguments.order,
            contract: arguments.contract,
            vendor: arguments.vendor,
        },
        reason: arguments.reason,
    })?;
    if context.json {
        show::json(&outcome)?;
    } else if outcome.granted {
        granted(context, &outcome)?;
    } else {
        for line in outcome.refusal(context.language) {
            eprintln!("{line}");
        }
    }
    if outcome.granted { Ok(()) } else { Err(Failure::Shown) }
}

fn granted(context: &Context, outcome: &RequestOutcome) -> Result<(), Failure> {
    let values = [
        ("id", outcome.id.clone().unwrap_or_default()),
        ("amount", show::money(outcome.amount)),
        ("currency", outcome.currency.clone()),
        ("product", outcome.account.product.clone()),
        ("month", outcome.month.to_string()),
        ("room", show::money(outcome.room - outcome.amount)),
    ];
    show::line(&sentence(context, "request-granted", &values))
}

pub fn release(context: &Context, commitment: &Commitment) -> Result<(), Failure> {
    if context.json {
        return show::json(commitment);
    }
    let values = [
        ("id", commitment.request.id.clone()),
        ("amount", show::money(commitment.amount())),
        ("billed", show::money(commitment.billed())),
    ];
    show::line(&sentence(context, "budget-commitment-released", &values))
}

pub fn available(context: &Context, standing: &BudgetStanding) -> Result<(), Failure> {
    if context.json {
        return show::json(standing);
    }
    let word = |key: &str| say(context.language, key);
    let amounts = |s: &headroom_models::budget::Standing| {
        [
            s.approved,
            s.lent,
            s.carried,
            s.budget,
            s.actual,
            s.commitments,
            s.available,
        ]
        .map(show::money)
        .to_vec()
    };
    let mut rows: Vec<Vec<String>> = standing
        .accounts
        .iter()
        .filter(|account| account.standing != headroom_models::budget::Standing::default())
        .map(|account| {
            let mut row = vec![
                account.account.product.clone(),
                word(&format!("expenditure-{}", account.account.expenditure)),
            ];
            row.extend(amounts(&account.standing));
            row
        })
        .collect();
    for (expenditure, total) in &standing.totals {
        let mut row = vec![word("total"), word(&format!("expenditure-{expenditure}"))];
        row.extend(amounts(total));
        rows.push(row);
    }
    let headers = [
        "product",
        "expenditure",
        "budget-approved-lines",
        "budget-lent",
        "budget-carried",
        "budget-budget",
        "budget-actual",
        "budget-commitments",
        "budget-available",
    ];
    show::table(show::headers(context, &headers), rows, &[2, 3, 4, 5, 6, 7, 8])?;
    if !standing.commitments.is_empty() {
        commitments(context, standing)?;
    }
    if !standing.loans.is_empty() {
        loans(context, standing)?;
    }
    Ok(())
}

fn commitments(context: &Context, standing: &BudgetStanding) -> Result<(), Failure> {
    let rows = standing
        .commitments
        .iter()
        .map(|c| {
            let state = serde_json::to_value(c.state).ok();
            let state = state.as_ref().and_then(|state| state.as_str()).unwrap_or_default();
            vec![
                c.commitment.request.id.clone(),
                c.commitment.month().to_string(),
                c.commitment.request.key.product.clone(),
                say(
                    context.language,
                    &format!("cost-type-{}", c.commitment.request.key.cost_type),
                ),
                show::money(c.commitment.amount()),
                show::money(c.commitment.billed()),
                show::money(c.outstanding),
                say(context.language, &format!("commitment-{state}")),
            ]
        })
        .collect();
    let headers = [
        "budget-number",
        "month",
        "product",
        "cost-type",
        "amount",
        "budget-billed",
        "budget-outstanding",
        "state",
    ];
    show::table(show::headers(context, &headers), rows, &[4, 5, 6])
}

pub fn loans(context: &Context, standing: &BudgetStanding) -> Result<(), Failure> {
    let rows = standing
        .loans
        .iter()
        .map(|l| {
            vec![
                l.loan.lending.id.clone(),
                l.loan.lending.from.clone(),
                l.loan.lending.to.clone(),
                l.loan.lending.month.to_string(),
                l.loan.lending.due.to_string(),
                show::money(l.loan.lending.amount),
                show::money(l.outstanding),
                if l.overdue {
                    say(context.language, "budget-overdue")
                } else {
                    String::new()
                },
            ]
        })
        .collect();
    let headers = [
        "budget-number",
        "budget-lender",
        "budget-borrower",
        "month",
        "budget-due",
        "amount",
        "budget-owed",
        "state",
    ];
    show::table(show::headers(context, &headers), rows, &[5, 6])
}
