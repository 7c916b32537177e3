//! The commands, one file each. People get tables on standard output; programs add `--json`. Messages go to standard error.

mod accruals;
mod alerts;
mod allocate;
mod anomalies;
mod apply;
mod assets;
mod audit;
mod budget;
mod calendar;
mod capacity;
mod capacity_views;
mod check;
mod contracts;
mod costs;
mod demo;
mod explain;
mod export;
mod forecast;
mod fx;
mod idle;
mod idle_cases;
mod import;
mod import_prometheus;
mod imports;
mod init;
mod invoices;
mod mapping;
mod periods;
mod report;
mod roll;
mod serve;
mod show;
mod sizing;
mod template;
mod token;
mod unallocated;
mod unit_costs;
mod user;
mod views;

use crate::app::{App, AppError};
use crate::refusal::Refusal;
use clap::{Parser, Subcommand};
use headroom_models::language::Language;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Self-hosted cost, budget and capacity planner.
#[derive(Parser)]
#[command(name = "headroom", version, about, max_term_width = 110)]
struct Command {
    /// Data directory.
    #[arg(
        long,
        global = true,
        env = "HEADROOM_DATA",
        default_value = "headroom-data",
        value_name = "DIR"
    )]
    data: PathBuf,
    /// Language of tables and messages: en or zh-CN.
    #[arg(
        long,
        global = true,
        env = "HEADROOM_LANG",
        default_value = "en",
        value_name = "LANGUAGE"
    )]
    lang: Language,
    /// One JSON document on standard output, nothing else there.
    #[arg(long, global = true)]
    json: bool,
    /// Act as this user, with their roles and under their name in the audit trail; for the owner of the data directory.
    #[arg(long = "as", global = true, env = "HEADROOM_USER", value_name = "USER")]
    user: Option<String>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make a data directory.
    Init(init::Arguments),
    /// Run the whole flow on a demo company and leave its reports.
    Demo,
    /// Write a CSV template with two example rows.
    Template(template::Arguments),
    /// Import files as one batch: all of it or nothing.
    Import(import::Arguments),
    /// Import utilization straight from a Prometheus server.
    ImportPrometheus(import_prometheus::Arguments),
    /// Column mappings: how a vendor's own sheets are read.
    #[command(subcommand)]
    Mapping(mapping::Verb),
    /// List, show and undo batches.
    #[command(subcommand)]
    Imports(imports::Verb),
    /// Apply declarative files: organization, rules, pools, price book, capacity models, events, idle policies.
    Apply(apply::Arguments),
    /// Exchange rates.
    #[command(subcommand)]
    Fx(fx::Verb),
    /// Schedules of assets and of contracts paid in advance.
    #[command(subcommand)]
    Assets(assets::Verb),
    /// Allocate the ledger to products, with the proof that nothing was lost.
    Allocate(allocate::Arguments),
    /// Allocated cost by any dimensions.
    Costs(costs::Arguments),
    /// What one unit of a business metric costs, by product and month.
    UnitCosts(unit_costs::Arguments),
    /// What no rule takes, and rules that would take it.
    Unallocated(unallocated::Arguments),
    /// Views of costs that you keep under a name.
    #[command(subcommand)]
    Views(views::Verb),
    /// From a product's cost of a month to rules, pools, shares and rows of bills.
    Explain(explain::Arguments),
    /// The ledger as a file for other tools.
    #[command(subcommand)]
    Export(export::Verb),
    /// Contracts of data centres: their lines, and invoices checked against them.
    #[command(subcommand)]
    Contracts(contracts::Verb),
    /// Invoices as their issuers describe them, held against the ledger.
    #[command(subcommand)]
    Invoices(invoices::Verb),
    /// Estimate bills that have not come; each is reversed when the bill comes.
    Accrue(accruals::Arguments),
    /// The estimates on record, and what became of them.
    Accruals,
    /// Close a month: it takes no more charges, what comes late is booked as adjustments of the next one.
    Close(periods::CloseArguments),
    /// Reopen a closed month.
    Reopen(periods::ReopenArguments),
    /// The months and how far their books are: open, closing, closed.
    Months,
    /// Forecast series of a CSV with intervals, by the methods that did best on each.
    Forecast(forecast::Arguments),
    /// Days off and worked weekends in China, published or provisional.
    Calendar(calendar::Arguments),
    /// Capacity: plan, reviews, events, releases, drivers, sizing, load tests.
    #[command(subcommand)]
    Capacity(capacity::Verb),
    /// Budgets: derived, edited, submitted, approved; requests, loans, supplements; the end of the year.
    #[command(subcommand)]
    Budget(budget::Verb),
    /// Alerts on budgets: thresholds, records, mail and webhooks.
    #[command(subcommand)]
    Alerts(alerts::Verb),
    /// Reports as files.
    #[command(subcommand)]
    Report(report::Verb),
    /// What is paid for and not used.
    Idle(idle::Arguments),
    /// Jumps of cost against past, weekday and season, with the rows behind each.
    Anomalies(anomalies::Arguments),
    /// Verify every hash, total, proof, reference and budget sum.
    Check(check::CheckArguments),
    /// Serve the web app and the API.
    Serve(serve::Arguments),
    /// Users and their roles.
    #[command(subcommand)]
    User(user::Verb),
    /// API tokens.
    #[command(subcommand)]
    Token(token::Verb),
    /// Who did what, newest first.
    Audit(audit::Arguments),
}

/// What every command needs to know.
struct Context {
    data: PathBuf,
    language: Language,
    json: bool,
    user: Option<String>,
}

impl Context {
    /// Opens the data directory as whoever calls: the owner of the directory (or root) is its administrator and may act as
    /// any user; anybody else is known by an API token in `HEADROOM_TOKEN`.
    fn open(&self) -> Result<App, Failure> {
        let app = App::open(&self.data, &actor())?;
        if let Some(token) = std::env::var("HEADROOM_TOKEN").ok().filter(|token| !token.is_empty()) {
            return Ok(app.for_token(&token)?);
        }
        if !owns(&self.data) {
            return Err(AppError::NotSignedIn(Refusal::new("refused-not-owner")).into());
        }
        match self.user.as_deref().filter(|user| !user.is_empty()) {
            Some(user) => Ok(app.for_user(user)?),
            None => Ok(app),
        }
    }
}

/// True when this process belongs to the owner of a directory, or to root; and where the system has no such notion.
fn owns(directory: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let process = std::fs::metadata("/proc/self").map(|process| process.uid());
        let owner = std::fs::metadata(directory).map(|directory| directory.uid());
        match (process, owner) {
            (Ok(process), Ok(owner)) => process == 0 || process == owner,
            _ => true,
        }
    }
    #[cfg(not(unix))]
    true
}

/// Who works at this terminal: the operating system's user name.
fn actor() -> String {
    std::env::var("USER")
        .or_else(|_| std::env::var("LOGNAME"))
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "cli".to_owned())
}

/// Why a command ends with a status other than 0.
enum Failure {
    /// A use case refused.
    App(AppError),
    /// The command has shown what is wrong already.
    Shown,
    /// Whoever read standard output has seen enough (`| head`): the work itself is done.
    NobodyReads,
    /// The terminal or a file could not be written.
    Output(String),
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Failure::App(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::NobodyReads,
            _ => Failure::Output(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Failure::Output(error.to_string())
    }
}

/// Reads the command line, does what it says, and gives the exit status: 0 done, 1 refused, 2 wrong usage.
pub fn run() -> ExitCode {
    let command = Command::parse();
    let level = std::env::var("HEADROOM_LOG")
        .ok()
        .and_then(|level| level.parse().ok())
        .unwrap_or(tracing::Level::WARN);
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .init();
    let context = Context {
        data: command.data,
        language: command.lang,
        json: command.json,
        user: command.user,
    };
    let done = match command.verb {
        Verb::Init(arguments) => init::run(&context, &arguments),
        Verb::Demo => demo::run(&context),
        Verb::Template(arguments) => template::run(&context, &arguments),
        Verb::Import(arguments) => import::run(&context, arguments),
        Verb::ImportPrometheus(arguments) => import_prometheus::run(&context, arguments),
        Verb::Mapping(verb) => mapping::run(&context, &verb),
        Verb::Imports(verb) => imports::run(&context, &verb),
        Verb::Apply(arguments) => apply::run(&context, &arguments),
        Verb::Fx(verb) => fx::run(&context, verb),
        Verb::Assets(verb) => assets::run(&context, &verb),
        Verb::Allocate(arguments) => allocate::run(&context, &arguments),
        Verb::Costs(arguments) => costs::run(&context, arguments),
        Verb::UnitCosts(arguments) => unit_costs::run(&context, arguments),
        Verb::Views(verb) => views::run(&context, &verb),
        Verb::Unallocated(arguments) => unallocated::run(&context, &arguments),
        Verb::Months => periods::months(&context),
        Verb::Explain(arguments) => explain::run(&context, &arguments),
        Verb::Export(verb) => export::run(&context, &verb),
        Verb::Contracts(verb) => contracts::run(&context, &verb),
        Verb::Invoices(verb) => invoices::run(&context, &verb),
        Verb::Accrue(arguments) => accruals::accrue(&context, &arguments),
        Verb::Accruals => accruals::list(&context),
        Verb::Close(arguments) => periods::close(&context, &arguments),
        Verb::Reopen(arguments) => periods::reopen(&context, &arguments),
        Verb::Forecast(arguments) => forecast::run(&context, &arguments),
        Verb::Calendar(arguments) => calendar::run(&context, &arguments),
        Verb::Capacity(verb) => capacity::run(&context, &verb),
        Verb::Budget(verb) => budget::run(&context, verb),
        Verb::Alerts(verb) => alerts::run(&context, &verb),
        Verb::Report(verb) => report::run(&context, &verb),
        Verb::Idle(arguments) => idle::run(&context, &arguments),
        Verb::Anomalies(arguments) => anomalies::run(&context, &arguments),
        Verb::Check(arguments) => check::run(&context, &arguments),
        Verb::Serve(arguments) => serve::run(&context, &arguments),
        Verb::User(verb) => user::run(&context, &verb),
        Verb::Token(verb) => token::run(&context, &verb),
        Verb::Audit(arguments) => audit::run(&context, &arguments),
    };
    match done {
        Ok(()) | Err(Failure::NobodyReads) => ExitCode::SUCCESS,
        Err(Failure::Shown) => ExitCode::from(1),
        Err(Failure::App(error)) => {
            eprintln!("{}", error.message(context.language));
            ExitCode::from(1)
        }
        Err(Failure::Output(message)) => {
            eprintln!("{message}");
            ExitCode::from(1)
        }
    }
}
