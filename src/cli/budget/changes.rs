//! Edits of drafts, supplements, cuts and transfers, loans, and what two versions differ in.

use crate::app::{AdjustRequest, Adjustment, App, AppError, Compared, Edited, LoanRequest, Place, StepRequest};
use crate::cli::{Context, Failure, show};
use crate::words::{say, say_with};
use headroom_models::budget::{CellEdit, LineKey, Loan, Phasing, Sourcing};
use headroom_models::ledger::{CostType, Expenditure, Money, Month, ResourceMode};

/// How many changed cells a person is shown; all of them are in `--json`.
const MOST_SHOWN: usize = 40;

#[derive(clap::Args)]
pub struct SetArguments {
    /// Fiscal year.
    #[arg(long, value_parser = super::year)]
    year: i32,
    /// Version number; the newest that is open for edits when missing.
    #[arg(long)]
    version: Option<i64>,
    /// Revision that was seen: refuse when somebody has changed the version since.
    #[arg(long, value_name = "REVISION")]
    expect: Option<i64>,
    /// Take all rows of this CSV file: product, cost_type, month, amount (or a column per month, or amount and phasing).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["product", "month", "amount"])]
    input: Option<std::path::PathBuf>,
    /// Product.
    #[arg(long, required_unless_present = "input", requires = "cost_type")]
    product: Option<String>,
    /// Module of it.
    #[arg(long, default_value = "")]
    module: String,
    /// Cost type.
    #[arg(long)]
    cost_type: Option<CostType>,
    /// Running money (opex) or purchases and their depreciation (capex).
    #[arg(long, default_value = "opex")]
    expenditure: Expenditure,
    #[command(flatten)]
    from_where: FromWhere,
    /// Month.
    #[arg(long, required_unless_present_any = ["input", "phasing"])]
    month: Option<Month>,
    /// Amount that the cell has afterwards; with --phasing that of the year.
    #[arg(long, value_parser = super::amount, allow_hyphen_values = true)]
    amount: Option<Money>,
    /// Spread the amount over the months: even, last-year, working-days, or weights (1,1,2,…), one per month.
    #[arg(long, value_parser = phasing, requires = "amount", conflicts_with = "month")]
    phasing: Option<Phasing>,
    /// First month to spread over.
    #[arg(long, requires = "phasing")]
    from: Option<Month>,
    /// Units that the cell has afterwards.
    #[arg(long)]
    units: Option<u64>,
    /// Who answers for it.
    #[arg(long)]
    owner: Option<String>,
    /// Words about the cell.
    #[arg(long)]
    comment: Option<String>,
    /// Why; kept with the line.
    #[arg(long, default_value = "")]
    reason: String,
}

/// Where the resources behind a line come from. With an amount only that part of the cell is set; without one the cell's lines
/// are said to come from there.
#[derive(clap::Args)]
struct FromWhere {
    /// Resource mode: idc, hosting, cloud or owned.
    #[arg(long)]
    resource_mode: Option<ResourceMode>,
    /// Provider, as bills name it.
    #[arg(long)]
    provider: Option<String>,
    /// Service category, as bills name it.
    #[arg(long)]
    service_category: Option<String>,
}

impl FromWhere {
    fn sourcing(self) -> Option<Sourcing> {
        let stated = Sourcing {
            resource_mode: self.resource_mode,
            provider: self.provider.unwrap_or_default(),
            service_category: self.service_category.unwrap_or_default(),
        };
        stated.is_stated().then_some(stated)
    }
}

fn phasing(text: &str) -> Result<Phasing, String> {
    match text {
        "even" => Ok(Phasing::Even),
        "last-year" => Ok(Phasing::LastYear),
        "working-days" => Ok(Phasing::WorkingDays),
        weights => weights
            .split(',')
            .map(|weight| super::amount(weight.trim()))
            .collect::<Result<_, _>>()
            .map(Phasing::Explicit)
            .map_err(|_| "even, last-year, working-days, or weights such as 1,1,2".to_owned()),
    }
}

pub fn set(context: &Context, app: &App, arguments: SetArguments) -> Result<(), Failure> {
    let request = StepRequest {
        year: arguments.year,
        version: arguments.version,
        seen: arguments.expect,
        comment: arguments.reason.clone(),
        over: None,
    };
    let done = match (arguments.input, arguments.product, arguments.cost_type) {
        (Some(file), ..) => app.paste_budget(&request, &file),
        (None, Some(product), Some(cost_type)) => {
            let key = LineKey {
                product,
                module: arguments.module,
                cost_type,
                expenditure: arguments.expenditure,
            };
            let sourcing = arguments.from_where.sourcing();
            match (arguments.phasing, arguments.amount, arguments.month) {
                (Some(phasing), Some(amount), _) => {
                    app.phase_budget(&request, &key, sourcing.as_ref(), amount, &phasing, arguments.from)
                }
                (_, amount, Some(month)) => {
                    let mut edit = CellEdit::of(month, key, arguments.reason);
                    edit.sourcing = sourcing;
                    edit.amount = amount;
                    edit.units = arguments.units;
                    edit.owner = arguments.owner;
                    edit.comment = arguments.comment;
                    app.edit_budget(&request, &[(1, edit)])
                }
                _ => return Ok(()),
            }
        }
        _ => return Ok(()),
    };
    match done {
        // Programs get the problems one by one.
        Err(AppError::BudgetEdits(problems)) if context.json => {
            show::json(&serde_json::json!({ "problems": problems }))?;
            Err(Failure::Shown)
        }
        done => edited(context, &done?),
    }
}

/// What an edit changed.
pub fn edited(context: &Context, edited: &Edited) -> Result<(), Failure> {
    if context.json {
        return show::json(edited);
    }
    let version = &edited.version;
    let values = [
        ("year", version.year.to_string()),
        ("version", version.number.to_string()),
        ("revision", version.revision.to_string()),
        ("cells", edited.changes.cells.len().to_string()),
        ("difference", show::money(edited.changes.difference)),
        ("total", show::money(version.total)),
        ("currency", version.currency.clone()),
    ];
    show::line(&super::sentence(context, "budget-edited", &values))
}

#[derive(clap::Args)]
pub struct WhereArguments {
    /// Module, when only one is meant.
    #[arg(long)]
    module: Option<String>,
    /// Cost type, when only one is meant.
    #[arg(long)]
    cost_type: Option<CostType>,
    /// Running money (opex) or purchases (capex, in cash).
    #[arg(long, default_value = "opex")]
    expenditure: Expenditure,
    /// Amount.
    #[arg(long, value_parser = super::amount, allow_hyphen_values = true)]
    amount: Money,
    /// The only month that it concerns; every open month of the year when missing.
    #[arg(long)]
    month: Option<Month>,
    /// Fiscal year; that of the month when missing.
    #[arg(long, value_parser = super::year)]
    year: Option<i32>,
    /// Revision to add it to; the newest open one, or a new one, when missing.
    #[arg(long)]
    version: Option<i64>,
    /// Why.
    #[arg(long)]
    reason: String,
}

/// What is done with the money of a place.
pub enum Kind {
    Supplement,
    Cut,
    TransferTo(String),
}

pub fn adjust(
    context: &Context,
    app: &App,
    product: String,
    kind: Kind,
    arguments: WhereArguments,
) -> Result<(), Failure> {
    let fiscal = app.settings().fiscal;
    let year = arguments.year.or(arguments.month.map(|month| fiscal.year_of(month)));
    let year = match year {
        Some(year) => year,
        None => app.budget_year_in_force()?,
    };
    let place = |product: String| Place {
        product,
        module: arguments.module.clone(),
        cost_type: arguments.cost_type,
        expenditure: arguments.expenditure,
    };
    let adjustment = match kind {
        Kind::Supplement => Adjustment::Supplement(place(product)),
        Kind::Cut => Adjustment::Cut(place(product)),
        Kind::TransferTo(to) => Adjustment::Transfer {
            from: place(product),
            to: place(to),
        },
    };
    edited(
        context,
        &app.adjust_budget(&AdjustRequest {
            year,
            adjustment,
            amount: arguments.amount,
            month: arguments.month,
            version: arguments.version,
            reason: arguments.reason,
        })?,
    )
}

#[derive(clap::Subcommand)]
pub enum LoanVerb {
    /// Lend budget of one product to another of the same department.
    Lend {
        /// Product that lends.
        #[arg(long)]
        from: String,
        /// Product that borrows.
        #[arg(long)]
        to: String,
        /// Running money (opex) or money for purchases (capex).
        #[arg(long, default_value = "opex")]
        expenditure: Expenditure,
        /// Amount.
        #[arg(long, value_parser = super::amount, allow_hyphen_values = true)]
        amount: Money,
        /// Month from which the borrower has it.
        #[arg(long)]
        month: Month,
        /// Month in which it must be given back.
        #[arg(long)]
        due: Month,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Give back a loan, or a part of it.
    Repay {
        /// Number of the loan (`L-2026-1`).
        id: String,
        /// Month in which the lender has it again.
        #[arg(long)]
        month: Month,
        /// Amount; all that is owed when missing.
        #[arg(long, value_parser = super::amount)]
        amount: Option<Money>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// The loans of a year.
    List {
        /// Fiscal year.
        #[arg(long, value_parser = super::year)]
        year: i32,
    },
}

pub fn loan(context: &Context, app: &App, verb: LoanVerb) -> Result<(), Failure> {
    match verb {
        LoanVerb::Lend {
            from,
            to,
            expenditure,
            amount,
            month,
            due,
            reason,
        } => {
            let loan = app.lend_budget(&LoanRequest {
                from,
                to,
                expenditure,
                amount,
                month,
                due,
                reason,
            })?;
            moved(context, &loan, "loan-lent")
        }
        LoanVerb::Repay {
            id,
            month,
            amount,
            reason,
        } => moved(context, &app.repay_budget(&id, month, amount, &reason)?, "loan-repaid"),
        LoanVerb::List { year } => {
            let standing = app.budget_standing(year, None)?;
            if context.json {
                return show::json(&serde_json::json!({ "year": year, "loans": standing.loans }));
            }
            super::control::loans(context, &standing)
        }
    }
}

fn moved(context: &Context, loan: &Loan, key: &str) -> Result<(), Failure> {
    if context.json {
        return show::json(&serde_json::json!({ "loan": loan, "outstanding": loan.outstanding() }));
    }
    let lending = &loan.lending;
    let values = [
        ("id", lending.id.clone()),
        ("from", lending.from.clone()),
        ("to", lending.to.clone()),
        ("amount", show::money(lending.amount)),
        ("month", lending.month.to_string()),
        ("due", lending.due.to_string()),
        ("repaid", show::money(lending.amount - loan.outstanding())),
        ("owed", show::money(loan.outstanding())),
    ];
    show::line(&super::sentence(context, key, &values))
}

pub fn compared(context: &Context, compared: &Compared) -> Result<(), Failure> {
    if context.json {
        return show::json(compared);
    }
    let word = |key: &str| say(context.language, key);
    let mut rows: Vec<Vec<String>> = compared
        .products
        .iter()
        .map(|product| {
            vec![
                product.product.clone(),
                show::money(product.before),
                show::money(product.after),
                show::money(product.difference),
            ]
        })
        .collect();
    rows.push(vec![
        word("total"),
        show::money(compared.from.total),
        show::money(compared.to.total),
        show::money(compared.difference),
    ]);
    let headers = ["product", "budget-before", "budget-after", "budget-difference"];
    show::table(show::headers(context, &headers), rows, &[1, 2, 3])?;
    let rows: Vec<Vec<String>> = compared
        .cells
        .iter()
        .take(MOST_SHOWN)
        .map(|cell| {
            let kind = serde_json::to_value(cell.change.kind).ok();
            let kind = kind
                .as_ref()
                .and_then(|kind| kind.as_str())
                .unwrap_or_default()
                .to_owned();
            vec![
                cell.change.month.to_string(),
                cell.change.key.product.clone(),
                cell.change.key.module.clone(),
                word(&format!("cost-type-{}", cell.change.key.cost_type)),
                crate::words::comes_from(context.language, &cell.change.sourcing),
                word(&format!("change-{kind}")),
                show::money(cell.change.before),
                show::money(cell.change.after),
                show::money(cell.change.difference),
                cell.by.clone().unwrap_or_default(),
                cell.reason.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let headers = [
        "month",
        "product",
        "module",
        "cost-type",
        "comes-from",
        "budget-change",
        "budget-before",
        "budget-after",
        "budget-difference",
        "budget-who",
        "budget-why",
    ];
    if !rows.is_empty() {
        show::table(show::headers(context, &headers), rows, &[6, 7, 8])?;
    }
    if compared.cells.len() > MOST_SHOWN {
        let more = (compared.cells.len() - MOST_SHOWN).to_string();
        show::line(&say_with(context.language, "problem-more", &[("count", &more)]))?;
    }
    let values = [
        ("year", compared.to.year.to_string()),
        ("from", compared.from.number.to_string()),
        ("to", compared.to.number.to_string()),
        ("difference", show::money(compared.difference)),
        ("currency", compared.to.currency.clone()),
    ];
    show::line(&super::sentence(context, "budget-compared", &values))
}
