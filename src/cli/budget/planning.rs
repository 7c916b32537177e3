//! Caps from above, the next year's draft, orders and bills, the end of the year.

use super::sentence;
use crate::app::{App, Drafted, Reconciliation, Settled, YearEnd};
use crate::cli::{Context, Failure, show};
use crate::words::say;
use headroom_models::budget::{Assumption, CapScope, ControlAct, PlannedSaving};
use headroom_models::ledger::{Money, Month};
use serde_json::json;
use std::collections::BTreeMap;

#[derive(clap::Subcommand)]
pub enum CapVerb {
    /// Set the cap of the company, a department or a product.
    Set {
        /// Fiscal year.
        #[arg(long, value_parser = super::year)]
        year: i32,
        /// The department; the company when neither is named.
        #[arg(long, conflicts_with = "product")]
        department: Option<String>,
        /// The product.
        #[arg(long)]
        product: Option<String>,
        /// Amount.
        #[arg(long, value_parser = super::amount, allow_hyphen_values = true)]
        amount: Money,
        /// Why.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Distribute an amount over departments (or products) as their caps.
    Distribute {
        /// Fiscal year.
        #[arg(long, value_parser = super::year)]
        year: i32,
        /// Amount for the company.
        #[arg(long, value_parser = super::amount)]
        amount: Money,
        /// What it is distributed by.
        #[arg(long, value_enum, default_value = "bottom-up")]
        by: By,
        /// Over products instead of departments.
        #[arg(long)]
        products: bool,
        /// Why.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Caps from above against the lines from below.
    Show {
        /// Fiscal year.
        #[arg(long, value_parser = super::year)]
        year: i32,
        /// Version number; the newest one on its way when missing.
        #[arg(long)]
        version: Option<i64>,
    },
    /// Bring the products of a draft to their caps by lines marked as set from above.
    Apply {
        #[command(flatten)]
        step: super::steps::StepArguments,
    },
}

/// What an amount from above is distributed by.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum By {
    /// What was drafted from below.
    BottomUp,
    /// Cost of the year before.
    LastYear,
    /// The same for each.
    Even,
}

pub fn cap(context: &Context, app: &App, verb: CapVerb) -> Result<(), Failure> {
    use crate::app::DistributeBy;
    match verb {
        CapVerb::Set {
            year,
            department,
            product,
            amount,
            reason,
        } => {
            let scope = match (department, product) {
                (Some(department), _) => CapScope::Department(department),
                (None, Some(product)) => CapScope::Product(product),
                (None, None) => CapScope::Company,
            };
            app.set_cap(year, scope.clone(), amount, &reason)?;
            if context.json {
                return show::json(&json!({ "year": year, "scope": scope, "cap": amount }));
            }
            let values = [
                ("year", year.to_string()),
                ("scope", scope_name(context, &scope)),
                ("amount", show::money(amount)),
            ];
            show::line(&sentence(context, "cap-set", &values))
        }
        CapVerb::Distribute {
            year,
            amount,
            by,
            products,
            reason,
        } => {
            let by = match by {
                By::BottomUp => DistributeBy::BottomUp,
                By::LastYear => DistributeBy::LastYear,
                By::Even => DistributeBy::Even,
            };
            reconciliation(context, &app.distribute_caps(year, amount, by, products, &reason)?)
        }
        CapVerb::Show { year, version } => reconciliation(context, &app.reconcile_caps(year, version)?),
        CapVerb::Apply { step } => super::changes::edited(context, &app.apply_caps(&step.request(None))?),
    }
}

fn scope_name(context: &Context, scope: &CapScope) -> String {
    match scope {
        CapScope::Company => say(context.language, "cap-company"),
        CapScope::Department(id) | CapScope::Product(id) => id.clone(),
    }
}

fn reconciliation(context: &Context, shown: &Reconciliation) -> Result<(), Failure> {
    if context.json {
        return show::json(shown);
    }
    let amount = |amount: Option<Money>| amount.map(show::money).unwrap_or_default();
    let rows = shown
        .rows
        .iter()
        .map(|row| {
            let indent = match row.scope {
                CapScope::Company => "",
                CapScope::Department(_) => "  ",
                CapScope::Product(_) => "    ",
            };
            vec![
                format!("{indent}{}", scope_name(context, &row.scope)),
                amount(row.cap),
                amount(row.distributed),
                show::money(row.bottom_up),
                amount(row.over),
            ]
        })
        .collect();
    let headers = ["cap-scope", "cap-cap", "cap-distributed", "cap-bottom-up", "cap-over"];
    show::table(show::headers(context, &headers), rows, &[1, 2, 3, 4])?;
    let key = if shown.within { "cap-within" } else { "cap-exceeded" };
    let values = [
        ("year", shown.version.year.to_string()),
        ("version", shown.version.number.to_string()),
    ];
    show::line(&sentence(context, key, &values))
}

#[derive(clap::Args)]
pub struct DraftArguments {
    /// Fiscal year.
    #[arg(long, value_parser = super::year)]
    year: i32,
    /// Last month whose actual cost and drivers are used.
    #[arg(long)]
    as_of: Option<Month>,
    /// A saving that is planned: PRODUCT:AMOUNT OF THE YEAR:WHAT IS DONE. May be given several times.
    #[arg(long, value_parser = saving, value_name = "PRODUCT:AMOUNT:MEASURE")]
    saving: Vec<PlannedSaving>,
}

fn saving(text: &str) -> Result<PlannedSaving, String> {
    let mut parts = text.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(product), Some(amount), Some(measure)) if !measure.trim().is_empty() => Ok(PlannedSaving {
            product: product.to_owned(),
            amount: super::amount(amount)?,
            measure: measure.trim().to_owned(),
        }),
        _ => Err("PRODUCT:AMOUNT:MEASURE, for example video:120000:fewer transcoders".to_owned()),
    }
}

pub fn draft(context: &Context, app: &App, arguments: &DraftArguments) -> Result<(), Failure> {
    let Drafted { budget, assumptions } = app.draft_budget(arguments.year, arguments.as_of, &arguments.saving)?;
    if context.json {
        return show::json(&json!({ "version": budget.version, "lines": budget.lines, "assumptions": assumptions }));
    }
    super::view::budget(context, &budget, false)?;
    assumed(context, &assumptions)
}

pub fn assumptions(context: &Context, assumptions: &BTreeMap<String, Vec<Assumption>>) -> Result<(), Failure> {
    if context.json {
        return show::json(&json!({ "assumptions": assumptions }));
    }
    assumed(context, assumptions)
}

fn assumed(context: &Context, assumptions: &BTreeMap<String, Vec<Assumption>>) -> Result<(), Failure> {
    for (product, list) in assumptions {
        let name = match product.is_empty() {
            true => say(context.language, "assumption-general"),
            false => product.clone(),
        };
        show::line(&name)?;
        for assumption in list {
            show::line(&format!("  {}", assumption_text(context, assumption)))?;
        }
    }
    Ok(())
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{:+.1} %", value * 100.0))
}

fn assumption_text(context: &Context, assumption: &Assumption) -> String {
    let say = |key: &str, values: &[(&'static str, String)]| sentence(context, key, values);
    match assumption {
        Assumption::History {
            actual,
            months,
            draft,
            growth,
        } => say(
            "assumption-history",
            &[
                ("actual", show::money(*actual)),
                ("months", months.to_string()),
                ("draft", show::money(*draft)),
                ("growth", show::percent(*growth)),
            ],
        ),
        Assumption::Driver {
            module,
            driver,
            target,
            actual,
            growth,
        } => say(
            "assumption-driver",
            &[
                ("module", module.clone()),
                ("driver", driver.clone()),
                ("target", format!("{target:.0}")),
                (
                    "actual",
                    actual.map_or_else(|| "–".to_owned(), |actual| format!("{actual:.0}")),
                ),
                ("growth", share(*growth)),
            ],
        ),
        Assumption::Purchase {
            module,
            unit,
            units,
            order,
            arrival,
            cash,
        } => say(
            "assumption-purchase",
            &[
                ("module", module.clone()),
                ("unit", unit.clone()),
                ("units", units.to_string()),
                ("order", order.to_string()),
                ("arrival", arrival.to_string()),
                ("cash", show::money(*cash)),
            ],
        ),
        Assumption::Recurring { amount, growth_percent } => say(
            "assumption-recurring",
            &[("amount", show::money(*amount)), ("growth", growth_percent.to_string())],
        ),
        Assumption::Contract {
            contract,
            vendor,
            amount,
            last,
            instead_of,
        } => say(
            "assumption-contract",
            &[
                ("contract", contract.clone()),
                ("vendor", vendor.clone()),
                ("amount", show::money(*amount)),
                ("last", last.to_string()),
                ("before", show::money(*instead_of)),
            ],
        ),
        Assumption::Saving { measure, amount } => say(
            "assumption-saving",
            &[("measure", measure.clone()), ("amount", show::money(*amount))],
        ),
        Assumption::Candidate { resource, monthly } => say(
            "assumption-candidate",
            &[("resource", resource.clone()), ("monthly", show::money(*monthly))],
        ),
        Assumption::Problem { message } => say("assumption-problem", &[("message", message.clone())]),
    }
}

pub fn settled(context: &Context, settled: &Settled) -> Result<(), Failure> {
    if context.json {
        return show::json(settled);
    }
    for act in settled.orders.iter().chain(&settled.bills) {
        let line = match act {
            ControlAct::Order { id, order, amount } => sentence(
                context,
                "settled-order",
                &[
                    ("id", id.clone()),
                    ("order", order.clone()),
                    ("amount", show::money(*amount)),
                ],
            ),
            ControlAct::Unrequested(request) => sentence(
                context,
                "settled-unrequested",
                &[("id", request.id.clone()), ("amount", show::money(request.amount))],
            ),
            ControlAct::Bill { id, month, amount, .. } => sentence(
                context,
                "settled-bill",
                &[
                    ("id", id.clone()),
                    ("month", month.to_string()),
                    ("amount", show::money(*amount)),
                ],
            ),
            _ => continue,
        };
        show::line(&line)?;
    }
    let values = [
        ("orders", settled.orders.len().to_string()),
        ("bills", settled.bills.len().to_string()),
    ];
    show::line(&sentence(context, "settled-all", &values))
}

pub fn year_end(context: &Context, end: &YearEnd) -> Result<(), Failure> {
    if context.json {
        return show::json(end);
    }
    let rows = end
        .accounts
        .iter()
        .map(|account| {
            vec![
                account.account.product.clone(),
                say(
                    context.language,
                    &format!("expenditure-{}", account.account.expenditure),
                ),
                show::money(account.unspent),
                show::money(account.carried),
                show::money(account.lapsed),
                account.commitments.len().to_string(),
            ]
        })
        .collect();
    let headers = [
        "product",
        "expenditure",
        "year-unspent",
        "budget-carried",
        "year-lapsed",
        "budget-commitments",
    ];
    show::table(show::headers(context, &headers), rows, &[2, 3, 4, 5])?;
    let key = if end.kept { "year-ended" } else { "year-would-end" };
    let values = [
        ("year", end.year.to_string()),
        ("into", end.into.to_string()),
        ("carried", show::money(end.carried)),
        ("lapsed", show::money(end.lapsed)),
        ("currency", end.currency.clone()),
    ];
    show::line(&sentence(context, key, &values))
}
