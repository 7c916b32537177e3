//! Use cases: what finance, operations and executives do, one file each. Whoever calls them (command, page, API) gets the
//! same checks, the same transactions and the same audit trail.

mod access;
mod accruals;
mod adjustments;
mod alerts;
mod allocation;
mod anomalies;
mod apply;
mod assessment;
mod assets;
mod books;
mod budget;
mod capacity;
mod capacity_book;
mod check;
mod closing;
mod contract_check;
mod costs;
mod delegations;
mod deliver;
mod demo;
mod drivers;
mod execution;
mod explain;
mod export;
mod idle;
mod import_compare;
mod imports;
mod invoice_check;
mod last_check;
mod mappings;
mod model_errors;
mod months;
mod pdf;
mod periods;
mod planning;
mod preview;
mod prometheus;
mod reference;
mod registers;
mod reviews;
mod roll;
mod saved_views;
mod scenarios;
mod search;
mod sessions;
mod unallocated;
mod unit_costs;
mod usage;
mod users;
mod verify_year;

pub use access::scope_in_words;
pub use accruals::{Accrual, AccrualBasis, StandingAccrual};
pub use alerts::{AlertShown, alert_sentence};
pub use allocation::{Allocated, AllocatedMonth, MonthAllocation, Moved};
pub use anomalies::{AnomaliesShown, AnomalyLine, AnomalyRow, UsageAnomaly, UsageRow};
pub use apply::{Applied, DocumentChange};
pub use assessment::{Assessed, Assessment, CostPerDriver};
pub use assets::{AssetMonth, AssetSchedule};
pub use books::{AccuracyReport, Chargeback, HealthReport, Reconciled, Statement, StatementLine, render_tables};
pub use budget::{
    AccountStanding, AdjustRequest, Adjustment, BudgetBook, BudgetSheet, BudgetShown, BudgetStanding,
    CommitmentStanding, CompareReport, Compared, ComparedCell, DistributeBy, Drafted, EditProblem, Edited,
    ExplainBudget, ExplainedBudget, ExplainedLine, LoanRequest, LoanStanding, Place, Reconciliation, RequestOutcome,
    Settled, SpendRequest, StepRequest, YearEnd,
};
pub use capacity::{DaysLeft, PlanRequest, PlanShown};
pub use capacity_book::{BookFormat, capacity_book, render_book};
pub use check::{Check, CheckPart, CheckReport};
pub use closing::{Checklist, ChecklistItem, ItemState};
pub use costs::{CostQuery, CostTable, DIMENSIONS};
pub use delegations::DelegationRequest;

pub use deliver::{Answer, Message, Network, Sender};
pub use demo::{DemoResult, DemoStep, demo};
pub use execution::{ExecutionTree, NamedRow, ReportFormat, render_execution};
pub use explain::{ExplainedPart, ExplainedRow, Explanation};
pub use export::{LedgerFormat, LedgerRows};
pub use idle::{
    BandwidthShown, CaseShown, CaseStep, IdleShown, NoticeShown, PlannedLine, PlannedShown, RealisedLine,
    RealisedShown, ResourceFacts, ScanOutcome, ShapesShown, Waste, WasteAction, render_optimization,
};
pub use import_compare::ComparedRows;
pub use imports::{ImportOutcome, ImportRequest, Replaced, TakenBack};
pub use invoice_check::{Commitment, InvoiceCompared};
pub use last_check::{KeptCheck, KeptFailure, KeptLine};
pub use mappings::{guess_mapping, mapping_text};
pub use model_errors::of_model_error;
pub use months::BilledMonth;
pub use preview::Preview;
pub use prometheus::{PrometheusImport, PrometheusOutcome};
pub use registers::{EventDay, LoadTest, MeterReading, OrderStatus, PurchaseOrder, Release};
pub use reviews::{ComingEvent, EventReview, ReleaseReview};
pub use roll::{ProposalShown, RollShown, Verdict};
pub use scenarios::ScenarioChoices;
pub use search::Found;
pub use sessions::Begun;
pub use unallocated::{QueueGroup, UnallocatedQueue};
pub use unit_costs::{UnitCost, UnitCostQuery};
pub use users::{Invitation, MOST_TOKEN_DAYS, NewToken, grant_in};

use crate::auth::Principal;
use crate::refusal::Refusal;
use crate::store::{Settings, Store, StoreError};
use crate::words::say;
use headroom_importers::ImportError;
use headroom_models::allocation::AllocationError;
use headroom_models::capacity::Problem;
use headroom_models::configuration::{Configuration, ConfigurationProblem};
use headroom_models::idle::{IdleError, PolicyError};
use headroom_models::language::Language;
use headroom_models::ledger::Month;
use std::path::Path;
use std::sync::Arc;

/// Why a use case was not carried out. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message(Language::English))]
pub enum AppError {
    /// The data directory.
    Store(#[from] StoreError),
    /// Files that cannot be imported as a whole.
    Import(ImportError),
    /// Configuration that cannot be applied.
    Configuration(Vec<ConfigurationProblem>),
    /// Allocation.
    Allocation(#[from] AllocationError),
    /// Idle detection.
    Idle(#[from] IdleError),
    /// Reports.
    Report(#[from] headroom_reports::ReportError),
    /// A frame could not be read.
    Frame(#[from] polars::prelude::PolarsError),
    /// Edits of a budget, with everything that is wrong with any of them.
    BudgetEdits(Vec<EditProblem>),
    /// Refused, with the reason and the way out.
    Refused(#[from] Refusal),
    /// Somebody lacks the permission; the refusal names the roles that have it.
    NotAllowed(Refusal),
    /// Nobody knows who asks.
    NotSignedIn(Refusal),
}

impl AppError {
    /// The message in a language. Technical parts (of the operating system, of a parser) stay as they are.
    pub fn message(&self, language: Language) -> String {
        let failed = |key, reason: &dyn std::fmt::Display| Refusal::new(key).with("reason", reason).message(language);
        match self {
            AppError::Store(error) => error.message(language),
            AppError::Import(ImportError::Sink(error)) => {
                // The importers see only some failure; it is the store's, which has words for it.
                let store = error.downcast_ref::<StoreError>();
                let reason = |language| store.map_or_else(|| error.to_string(), |error| error.message(language));
                Refusal::new("import-not-stored")
                    .with_words("reason", reason)
                    .message(language)
            }
            AppError::Import(error) => error.message(language),
            AppError::Configuration(problems) => std::iter::once(say(language, "configuration-problems"))
                .chain(problems.iter().map(ToString::to_string))
                .collect::<Vec<_>>()
                .join("\n"),
            AppError::Allocation(error) => of_allocation(error).message(language),
            AppError::Idle(error) => of_idle(error).message(language),
            AppError::Report(error) => failed("report-failed", error),
            AppError::Frame(error) => failed("store-frame", error),
            AppError::BudgetEdits(problems) => std::iter::once(
                Refusal::new("edit-problems")
                    .with("count", problems.len())
                    .message(language),
            )
            .chain(problems.iter().map(|problem| problem.text(language)))
            .collect::<Vec<_>>()
            .join("\n"),
            AppError::Refused(refusal) | AppError::NotAllowed(refusal) | AppError::NotSignedIn(refusal) => {
                refusal.message(language)
            }
        }
    }
}

/// What the allocation refused, with words in both languages.
fn of_allocation(error: &AllocationError) -> Refusal {
    match error {
        AllocationError::Ledger(reason) => Refusal::new("allocation-ledger").with("reason", reason),
        AllocationError::NotConserved(sums) => Refusal::new("allocation-not-conserved")
            .with("month", sums.month)
            .with("source", &sums.source_name)
            .with("currency", &sums.currency)
            .with("what", sums.what)
            .with("ledger", sums.ledger)
            .with("allocated", sums.allocated),
        AllocationError::MissingRate { currency, month } => Refusal::new("allocation-no-rate")
            .with("currency", currency)
            .with("month", month),
        AllocationError::NoShares { pool, month, starts } => Refusal::new("allocation-no-shares")
            .with("pool", pool)
            .with("month", month)
            .with("starts", starts),
    }
}

/// What could not be planned, with words in both languages; what is wrong with a capacity model itself is technical.
pub fn of_problem(problem: &Problem) -> Refusal {
    let of_module = |key, product: &str, module: &str, month: &Month| {
        Refusal::new(key)
            .with("module", format!("{product}/{module}"))
            .with("month", month)
    };
    match problem {
        Problem::Model { error } => {
            let error = of_model_error(error);
            Refusal::new("problem-model").with_words("reason", move |language| error.message(language))
        }
        Problem::MissingDriver {
            product,
            module,
            driver,
            month,
        } => of_module("problem-no-driver", product, module, month).with("driver", driver),
        Problem::MissingPrice {
            product,
            module,
            unit,
            month,
        } => of_module("problem-no-price", product, module, month).with("unit", unit),
        Problem::MissingRate {
            product,
            module,
            unit,
            currency,
            month,
        } => of_module("problem-no-rate", product, module, month)
            .with("unit", unit)
            .with("currency", currency),
        Problem::NoTerms {
            product,
            module,
            unit,
            terms,
        } => Refusal::new("problem-no-terms")
            .with("module", format!("{product}/{module}"))
            .with("unit", unit)
            .with("terms", *terms),
        Problem::TooMany {
            product,
            module,
            month,
            most,
        } => of_module("problem-too-many", product, module, month).with("most", most),
        Problem::Maximum {
            product,
            module,
            month,
            needed,
            maximum,
        } => of_module("problem-maximum", product, module, month)
            .with("needed", needed)
            .with("maximum", maximum),
        Problem::ExternalLimit {
            external,
            month,
            load,
            usable,
        } => Refusal::new("problem-external")
            .with("external", external)
            .with("month", month)
            .with("load", format!("{load:.1}"))
            .with("usable", format!("{usable:.1}")),
        Problem::OrderOfNobody { order, unit, product } => Refusal::new("problem-order-of-nobody")
            .with("order", order)
            .with("unit", unit)
            .with("product", product),
        Problem::MissingAssetRate {
            asset_id,
            currency,
            month,
        } => Refusal::new("problem-no-asset-rate")
            .with("asset", asset_id)
            .with("currency", currency)
            .with("month", month),
        Problem::NoActuals { as_of } => Refusal::new("problem-no-actuals").with("month", as_of),
    }
}

/// What idle detection refused, with words in both languages.
fn of_idle(error: &IdleError) -> Refusal {
    match error {
        IdleError::Column { column, wanted } => Refusal::new("idle-column")
            .with("column", column)
            .with("wanted", wanted),
        IdleError::Policy(PolicyError::NoConditions { id }) => Refusal::new("idle-policy-conditions").with("id", id),
        IdleError::Policy(PolicyError::BadWindow { id, found }) => {
            Refusal::new("idle-policy-window").with("id", id).with("found", found)
        }
        IdleError::Policy(PolicyError::BadCoverage { id, found }) => {
            Refusal::new("idle-policy-coverage").with("id", id).with("found", found)
        }
        IdleError::Policy(PolicyError::BadThreshold { id, metric, found }) => Refusal::new("idle-policy-threshold")
            .with("id", id)
            .with("metric", metric)
            .with("found", found),
        IdleError::Policy(PolicyError::BadHours { id, from, to, days }) => Refusal::new("idle-policy-hours")
            .with("id", id)
            .with("from", from)
            .with("to", to)
            .with("days", days),
        IdleError::Engine(reason) => Refusal::new("idle-engine").with("reason", reason),
    }
}

/// An open data directory and the person who works on it.
///
/// Each use case begins by asking whether that person may have it (`app/access.rs`).
#[derive(Clone)]
pub struct App {
    store: Arc<Store>,
    /// The name that the audit trail keeps.
    actor: String,
    principal: Principal,
}

impl App {
    /// Makes a data directory.
    ///
    /// # Errors
    /// When it exists already or the settings make no sense.
    pub fn init(root: &Path, settings: &Settings, actor: &str) -> Result<App, AppError> {
        let currency = &settings.currency;
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Refusal::new("refused-currency-code").with("currency", currency).into());
        }
        if !(1..=12).contains(&settings.fiscal.start) {
            return Err(Refusal::new("refused-fiscal-start")
                .with("month", settings.fiscal.start)
                .into());
        }
        let store = Store::init(root, settings)?;
        store.audit(
            actor,
            "init",
            &format!("currency {currency}, fiscal year from month {}", settings.fiscal.start),
        )?;
        Ok(App::owned(store, actor))
    }

    /// Opens a data directory for the one who owns it on this machine, by the name that the audit trail keeps.
    ///
    /// # Errors
    /// When it is not one.
    pub fn open(root: &Path, actor: &str) -> Result<App, AppError> {
        Ok(App::owned(Store::open(root)?, actor))
    }

    fn owned(store: Store, actor: &str) -> App {
        App {
            store: Arc::new(store),
            actor: actor.to_owned(),
            principal: Principal::owner(actor),
        }
    }

    /// The settings of the data directory.
    pub fn settings(&self) -> &Settings {
        self.store.settings()
    }

    /// The configuration in force, with its version.
    fn configuration(&self) -> Result<(i64, Configuration), AppError> {
        let (version, documents) = self.store.configuration()?;
        Ok((
            version,
            Configuration::read(&documents).map_err(AppError::Configuration)?,
        ))
    }
}
