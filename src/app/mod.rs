//! Use cases: what finance, operations and executives do, one file each. Whoever calls them (command, page, API) gets the
//! same checks, the same transactions and the same audit trail.

mod allocation;
mod apply;
mod budget;
mod check;
mod costs;
mod demo;
mod execution;
mod explain;
mod export;
mod idle;
mod imports;
mod periods;
mod planning;
mod reference;

pub use allocation::{Allocated, AllocatedMonth, MonthAllocation, Moved};
pub use apply::{Applied, DocumentChange};
pub use budget::BudgetShown;
pub use check::{Check, CheckReport};
pub use costs::{CostBasis, CostQuery, CostTable, DIMENSIONS};
pub use demo::{DemoResult, DemoStep, demo};
pub use execution::{ReportFormat, render_execution};
pub use export::LedgerFormat;
pub use explain::{ExplainedPart, ExplainedRow, Explanation};
pub use idle::{BandwidthShown, IdleShown};
pub use imports::{ImportOutcome, ImportRequest, Replaced};

use crate::store::{Settings, Store, StoreError};
use headroom_importers::ImportError;
use headroom_models::allocation::AllocationError;
use headroom_models::configuration::{Configuration, ConfigurationProblem};
use headroom_models::language::Language;
use std::path::Path;

/// Why a use case was not carried out. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The data directory.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Files that cannot be imported as a whole.
    #[error("{}", .0.message(Language::English))]
    Import(ImportError),
    /// Configuration that cannot be applied.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Configuration(Vec<ConfigurationProblem>),
    /// Allocation.
    #[error(transparent)]
    Allocation(#[from] AllocationError),
    /// Idle detection.
    #[error(transparent)]
    Idle(#[from] headroom_models::idle::IdleError),
    /// Reports.
    #[error(transparent)]
    Report(#[from] headroom_reports::ReportError),
    /// A frame could not be read.
    #[error("ledger file: {0}")]
    Frame(#[from] polars::prelude::PolarsError),
    /// Refused, with the reason and the way out.
    #[error("{0}")]
    Refused(String),
}

impl AppError {
    /// The message in a language; what has no words in it stays English.
    pub fn message(&self, language: Language) -> String {
        match self {
            AppError::Import(error) => error.message(language),
            other => other.to_string(),
        }
    }

    fn refused(message: impl Into<String>) -> AppError {
        AppError::Refused(message.into())
    }
}

/// An open data directory and the person who works on it.
pub struct App {
    store: Store,
    actor: String,
}

impl App {
    /// Makes a data directory.
    ///
    /// # Errors
    /// When it exists already or the settings make no sense.
    pub fn init(root: &Path, settings: &Settings, actor: &str) -> Result<App, AppError> {
        let currency = &settings.currency;
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(AppError::refused(format!(
                "'{currency}' is not a currency code of ISO 4217: write CNY, USD, EUR …"
            )));
        }
        if !(1..=12).contains(&settings.fiscal.start) {
            return Err(AppError::refused(format!(
                "the fiscal year starts in month {}: write 1 to 12",
                settings.fiscal.start
            )));
        }
        let store = Store::init(root, settings)?;
        store.audit(
            actor,
            "init",
            &format!("currency {currency}, fiscal year from month {}", settings.fiscal.start),
        )?;
        Ok(App {
            store,
            actor: actor.to_owned(),
        })
    }

    /// Opens a data directory.
    ///
    /// # Errors
    /// When it is not one.
    pub fn open(root: &Path, actor: &str) -> Result<App, AppError> {
        Ok(App {
            store: Store::open(root)?,
            actor: actor.to_owned(),
        })
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
