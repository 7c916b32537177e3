//! `headroom budget`: the verbs; what they print is in the files beside.

mod changes;
mod control;
mod explain;
mod planning;
mod steps;
mod view;

use self::changes::Kind;
use super::{Context, Failure};
use headroom_models::ledger::{Money, Month};

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Derive a year's budget from targets, capacity models, prices, assets and recurring cost, as a draft.
    Derive {
        /// Fiscal year.
        #[arg(long, value_parser = year)]
        year: i32,
        /// Last month whose actual cost and drivers are used.
        #[arg(long)]
        as_of: Option<Month>,
    },
    /// Show a year's budget: the approved version, else the newest.
    Show(view::ShowArguments),
    /// Open the lines of a product: what each was worked out from, in words and figures.
    Explain(explain::ExplainArguments),
    /// The versions of a year (or of all years) and how far each is.
    List {
        /// Fiscal year.
        #[arg(long, value_parser = year)]
        year: Option<i32>,
    },
    /// Everything that happened to a year's budgets: who, when, why.
    History {
        /// Fiscal year.
        #[arg(long, value_parser = year)]
        year: i32,
        /// Version number; all of them when missing.
        #[arg(long)]
        version: Option<i64>,
    },
    /// Rolling adjustment: freeze closed months, derive open ones again, propose supplements and cuts, decide on them.
    Roll(super::roll::Arguments),
    /// Submit a draft to the departments.
    Submit(steps::StepArguments),
    /// A department has looked at its part of a submitted version.
    Review {
        #[command(flatten)]
        step: steps::StepArguments,
        /// The department; every one that is missing when not named.
        #[arg(long)]
        department: Option<String>,
    },
    /// The whole of a reviewed version is checked and goes to the decision.
    Consolidate(steps::StepArguments),
    /// Approve a consolidated version: it becomes the year's baseline and never changes again.
    Approve {
        #[command(flatten)]
        step: steps::StepArguments,
        /// Pass over steps that were not taken, or approve what nobody else submitted: the reason, on record.
        #[arg(long = "override", value_name = "REASON")]
        over: Option<String>,
    },
    /// Give a version back, open for edits, with what has to be done.
    Return(steps::StepArguments),
    /// Reject a version: the end of it.
    Reject(steps::StepArguments),
    /// Start a revision: a draft with the lines of the approved version.
    Revise {
        /// Fiscal year.
        #[arg(long, value_parser = year)]
        year: i32,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Build next year's draft from history, targets, plan, contracts and planned savings, with what each product rests on.
    Draft(planning::DraftArguments),
    /// What a draft rests on, product by product.
    Assumptions {
        /// Fiscal year.
        #[arg(long, value_parser = year)]
        year: i32,
        /// Version number; the newest draft when missing.
        #[arg(long)]
        version: Option<i64>,
    },
    /// Set cells of a draft: one, a year's amount spread over its months, or all rows of a sheet.
    Set(changes::SetArguments),
    /// Write the lines of a version to a CSV file that `set --input` takes back.
    Export {
        /// Fiscal year.
        #[arg(long, value_parser = year)]
        year: i32,
        /// Version number; the approved one, else the newest, when missing.
        #[arg(long)]
        version: Option<i64>,
        /// File to write.
        #[arg(long, value_name = "FILE")]
        out: std::path::PathBuf,
    },
    /// Caps from above, and how they meet the lines from below.
    #[command(subcommand)]
    Cap(planning::CapVerb),
    /// Match purchase orders and bills with commitments; closing a month does it as well.
    Settle,
    /// End a year: what is unspent goes on by the rules, or ends.
    CarryOver {
        /// The year that ends.
        #[arg(long, value_parser = year)]
        year: i32,
        /// Show what would be, keep nothing.
        #[arg(long)]
        dry_run: bool,
        /// Words on record.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// What two versions differ in, and by whom.
    Compare {
        /// Fiscal year.
        #[arg(long, value_parser = year)]
        year: i32,
        /// First version; the approved one when missing.
        #[arg(long)]
        from: Option<i64>,
        /// Second version; the newest when missing.
        #[arg(long)]
        to: Option<i64>,
    },
    /// More budget for a product, as lines of a revision.
    Supplement {
        /// Product.
        #[arg(long)]
        product: String,
        #[command(flatten)]
        what: changes::WhereArguments,
    },
    /// Less budget for a product, as lines of a revision.
    Cut {
        /// Product.
        #[arg(long)]
        product: String,
        #[command(flatten)]
        what: changes::WhereArguments,
    },
    /// Budget from one product to another for good, as lines of a revision.
    Transfer {
        /// Product that gives.
        #[arg(long)]
        from: String,
        /// Product that gets.
        #[arg(long)]
        to: String,
        #[command(flatten)]
        what: changes::WhereArguments,
    },
    /// Budget lent between products of a department.
    #[command(subcommand)]
    Loan(changes::LoanVerb),
    /// Request money: reserved when there is enough, refused with the ways out when not.
    Request(control::RequestArguments),
    /// Give up what of a commitment is not billed.
    Release {
        /// Number of the request (`R-2026-1`).
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Budget, actual cost, commitments and what is available, by product.
    Available {
        /// Fiscal year.
        #[arg(long, value_parser = year)]
        year: i32,
        /// Through this month; the whole year when missing.
        #[arg(long)]
        through: Option<Month>,
    },
}

/// A fiscal year.
fn year(text: &str) -> Result<i32, String> {
    match text.parse() {
        Ok(year) if (1970..=2199).contains(&year) => Ok(year),
        _ => Err("a year from 1970 to 2199".to_owned()),
    }
}

/// An amount of money.
fn amount(text: &str) -> Result<Money, String> {
    // People copy figures from tables, which have thousands in groups.
    let digits = text.trim_start_matches('-');
    let mut groups = digits.split('.').next().unwrap_or_default().split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    let plain = if grouped {
        text.replace(',', "")
    } else {
        text.to_owned()
    };
    plain.parse().map_err(|error| format!("{error}"))
}

/// A sentence with values.
fn sentence(context: &Context, key: &str, values: &[(&'static str, String)]) -> String {
    let values: Vec<(&'static str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    crate::words::say_with(context.language, key, &values)
}

pub fn run(context: &Context, verb: Verb) -> Result<(), Failure> {
    if let Verb::Roll(arguments) = &verb {
        return super::roll::run(context, arguments);
    }
    let app = context.open()?;
    match verb {
        Verb::Roll(_) => Ok(()),
        Verb::Derive { year, as_of } => view::budget(context, &app.derive_budget(year, as_of)?, false),
        Verb::Show(arguments) => view::show(context, &app, &arguments),
        Verb::Explain(arguments) => explain::explain(context, &app, arguments),
        Verb::List { year } => view::list(context, &app, year),
        Verb::History { year, version } => view::history(context, &app.budget_history(year, version)?),
        Verb::Submit(step) => steps::done(context, &app.submit_budget(&step.request(None))?),
        Verb::Review { step, department } => {
            steps::done(context, &app.review_budget(&step.request(None), department.as_deref())?)
        }
        Verb::Consolidate(step) => steps::done(context, &app.consolidate_budget(&step.request(None))?),
        Verb::Approve { step, over } => steps::done(context, &app.approve_budget(&step.request(over))?),
        Verb::Return(step) => steps::done(context, &app.return_budget(&step.request(None))?),
        Verb::Reject(step) => steps::done(context, &app.reject_budget(&step.request(None))?),
        Verb::Revise { year, reason } => steps::done(context, &app.revise_budget(year, &reason)?.version),
        Verb::Draft(arguments) => planning::draft(context, &app, &arguments),
        Verb::Assumptions { year, version } => planning::assumptions(context, &app.budget_assumptions(year, version)?),
        Verb::Cap(verb) => planning::cap(context, &app, verb),
        Verb::Settle => planning::settled(context, &app.settle_commitments()?),
        Verb::CarryOver { year, dry_run, reason } => {
            planning::year_end(context, &app.carry_over(year, dry_run, &reason)?)
        }
        Verb::Set(arguments) => changes::set(context, &app, arguments),
        Verb::Export { year, version, out } => view::export(context, &app.budget_sheet(year, version)?, &out),
        Verb::Compare { year, from, to } => changes::compared(context, &app.compare_budgets(year, from, to)?),
        Verb::Supplement { product, what } => changes::adjust(context, &app, product, Kind::Supplement, what),
        Verb::Cut { product, what } => changes::adjust(context, &app, product, Kind::Cut, what),
        Verb::Transfer { from, to, what } => changes::adjust(context, &app, from, Kind::TransferTo(to), what),
        Verb::Loan(verb) => changes::loan(context, &app, verb),
        Verb::Request(arguments) => control::request(context, &app, arguments),
        Verb::Release { id, reason } => control::release(context, &app.release_commitment(&id, &reason)?),
        Verb::Available { year, through } => control::available(context, &app.budget_standing(year, through)?),
    }
}
