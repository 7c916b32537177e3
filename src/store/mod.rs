//! Where everything is kept: Parquet files for what has many rows, a state database for what has few.
//!
//! Readers see only files that the database lists. Writers hold the directory's lock, prepare files in `staging/`, and make
//! them count by one database transaction: a batch is there whole or not at all, whenever the power goes.

mod alerts;
mod allocations;
mod answers;
mod audit;
mod batches;
mod budget_events;
mod budgets;
mod choices;
mod configurations;
mod delegations;
mod files;
mod idle_cases;
mod idle_notices;
mod last_check;
mod mappings;
mod periods;
mod prometheus;
mod revision;
mod rolls;
mod rollups;
mod samples;
mod saved_views;
mod secrets;
mod staging;
mod users;

pub use alerts::{AlertEvent, Delivery, StoredAlert};
pub use allocations::{StoredProof, StoredRun};
pub use audit::AuditLine;
pub use batches::{Batch, BatchInput, BatchTotal, NewBatch, Remark, RemarkKind};
pub use budget_events::{BudgetEvent, NewBudgetEvent};
pub use budgets::{BudgetChange, BudgetVersion, NewBudget};
pub use choices::EventFactor;
pub use delegations::Delegation;
pub use files::{ACCRUAL, DataFile, hash_file, hash_texts};
pub use idle_cases::{CaseChange, CaseEvent, IdleCase};
pub use idle_notices::{CaseNotice, NoticeDelivery};
pub use mappings::StoredMapping;
pub use periods::{MonthState, MonthStep};
pub use revision::Revision;
pub use rolls::{Decision, NewRoll, Roll, RollProposal};
pub use rollups::RollupFile;
pub use samples::{SampleFiles, SamplesError};
pub use saved_views::SavedView;
pub use secrets::{ApiToken, Session};
pub use staging::StagedBatch;
pub use users::User;

use crate::refusal::Refusal;
use crate::words::say;
use headroom_models::language::Language;
use headroom_models::ledger::FiscalCalendar;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

const DATABASE: &str = "headroom.db";
const PREPARING: &str = "headroom.db.new";
const LOCK: &str = "lock";
const STAGING: &str = "staging";

/// What went wrong with the data directory.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message(Language::English))]
pub enum StoreError {
    /// The directory holds no data of Headroom.
    NotADataDirectory(String),
    /// `init` of a directory that has data already, or other files.
    AlreadyThere(String),
    /// The directory has files of something else.
    NotEmpty(String),
    /// A file could not be read or written.
    File {
        /// What was tried.
        what: Tried,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The state database failed.
    Database(#[from] sqlx::Error),
    /// The state database is of another version.
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A Parquet file could not be read or written.
    Frame(#[from] polars::prelude::PolarsError),
    /// What the database holds cannot be read back.
    Corrupt(String),
    /// Refused by a rule of the books.
    Refused(#[from] Refusal),
}

/// What was tried when a file could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// To open or write this file or folder.
    Path(String),
    /// A step, by the key of its words.
    Step(&'static str),
}

impl Tried {
    fn message(&self, language: Language) -> String {
        match self {
            Tried::Path(path) => path.clone(),
            Tried::Step(key) => say(language, key),
        }
    }
}

impl StoreError {
    /// The message in a language. Technical parts (of the operating system, of the database) stay as they are.
    pub fn message(&self, language: Language) -> String {
        let shown = |key, path: &str| Refusal::new(key).with("path", path).message(language);
        let failed = |key, reason: &dyn std::fmt::Display| Refusal::new(key).with("reason", reason).message(language);
        match self {
            StoreError::NotADataDirectory(path) => shown("store-not-a-data-directory", path),
            StoreError::AlreadyThere(path) => shown("store-already-there", path),
            StoreError::NotEmpty(path) => shown("store-not-empty", path),
            StoreError::File { what, source } => Refusal::new("store-file")
                .with_words("what", |language| what.message(language))
                .with("reason", source)
                .message(language),
            StoreError::Database(error) => failed("store-database", error),
            StoreError::Migration(error) => failed("store-database", error),
            StoreError::Frame(error) => failed("store-frame", error),
            StoreError::Corrupt(reason) => failed("store-database", reason),
            StoreError::Refused(refusal) => refusal.message(language),
        }
    }

    /// Names the file or folder that could not be read or written.
    pub fn file(path: impl Into<String>) -> impl FnOnce(std::io::Error) -> StoreError {
        let what = Tried::Path(path.into());
        move |source| StoreError::File { what, source }
    }

    /// Names the step that failed, by the key of its words.
    pub fn step(key: &'static str) -> impl FnOnce(std::io::Error) -> StoreError {
        move |source| StoreError::File {
            what: Tried::Step(key),
            source,
        }
    }

    fn corrupt(error: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt(error.to_string())
    }
}

/// Settings that are fixed when the data directory is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Reporting currency, ISO 4217.
    pub currency: String,
    /// The company's fiscal year.
    pub fiscal: FiscalCalendar,
}

/// An open data directory.
pub struct Store {
    root: PathBuf,
    runtime: tokio::runtime::Runtime,
    pool: SqlitePool,
    settings: Settings,
    watch: revision::Watch,
}

/// The right to write: one process at a time.
pub struct WriteLock {
    _file: File,
}

impl Store {
    /// Makes a data directory.
    ///
    /// # Errors
    /// When the directory has files already, or cannot be written.
    pub fn init(root: &Path, settings: &Settings) -> Result<Store, StoreError> {
        let shown = root.display().to_string();
        if root.join(DATABASE).exists() {
            return Err(StoreError::AlreadyThere(shown));
        }
        if root.exists() {
            for entry in std::fs::read_dir(root).map_err(StoreError::file(&shown))? {
                let path = entry.map_err(StoreError::file(&shown))?.path();
                // What an interrupted init left behind is no reason to refuse.
                if !path
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with(PREPARING))
                {
                    return Err(StoreError::NotEmpty(shown));
                }
                std::fs::remove_file(&path).map_err(StoreError::file(&shown))?;
            }
        }
        std::fs::create_dir_all(root).map_err(StoreError::file(&shown))?;
        // The database is made under another name first: a directory either has a complete one or is not a data directory.
        let preparing = root.join(PREPARING);
        let runtime = runtime()?;
        runtime.block_on(async {
            let pool = connect(&preparing, true).await?;
            sqlx::migrate!("src/store/migrations").run(&pool).await?;
            for (key, value) in [
                ("currency", settings.currency.clone()),
                ("fiscal_start", settings.fiscal.start.to_string()),
            ] {
                sqlx::query("INSERT INTO settings (key, value) VALUES ($1, $2)")
                    .bind(key)
                    .bind(value)
                    .execute(&pool)
                    .await?;
            }
            pool.close().await;
            Ok::<(), StoreError>(())
        })?;
        std::fs::rename(&preparing, root.join(DATABASE)).map_err(StoreError::file(&shown))?;
        drop(runtime);
        Store::open(root)
    }

    /// Opens a data directory.
    ///
    /// # Errors
    /// When the directory is not one, or its database cannot be opened.
    pub fn open(root: &Path) -> Result<Store, StoreError> {
        if !root.join(DATABASE).is_file() {
            return Err(StoreError::NotADataDirectory(root.display().to_string()));
        }
        let runtime = runtime()?;
        let (pool, settings) = runtime.block_on(async {
            let pool = connect(&root.join(DATABASE), false).await?;
            sqlx::migrate!("src/store/migrations").run(&pool).await?;
            let rows: Vec<(String, String)> = sqlx::query_as("SELECT key, value FROM settings")
                .fetch_all(&pool)
                .await?;
            let value = |key: &str| {
                let row = rows.iter().find(|(name, _)| name == key);
                row.map(|(_, value)| value.clone())
                    .ok_or_else(|| StoreError::Corrupt(format!("setting '{key}' is missing")))
            };
            let settings = Settings {
                currency: value("currency")?,
                fiscal: FiscalCalendar {
                    start: value("fiscal_start")?.parse().map_err(StoreError::corrupt)?,
                },
            };
            Ok::<_, StoreError>((pool, settings))
        })?;
        Ok(Store {
            root: root.to_owned(),
            runtime,
            pool,
            settings,
            watch: revision::Watch::default(),
        })
    }

    /// The settings of the directory.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Waits for the right to write, then clears away what an interrupted writer left behind.
    ///
    /// # Errors
    /// When the lock file cannot be opened, or left-overs cannot be removed.
    pub fn lock(&self) -> Result<WriteLock, StoreError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.root.join(LOCK))
            .map_err(StoreError::file(LOCK))?;
        file.lock().map_err(StoreError::file(LOCK))?;
        self.clear_left_overs()?;
        Ok(WriteLock { _file: file })
    }

    /// Adds a line to the audit trail.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn audit(&self, actor: &str, action: &str, detail: &str) -> Result<(), StoreError> {
        self.block_on(async {
            let mut connection = self.pool.acquire().await?;
            write_audit(&mut connection, actor, action, detail).await
        })
    }

    fn block_on<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.runtime.block_on(work)
    }
}

async fn write_audit(
    connection: &mut sqlx::SqliteConnection,
    actor: &str,
    action: &str,
    detail: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (id, at, actor, action, detail) SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4 FROM audit",
    )
    .bind(crate::clock::now())
    .bind(actor)
    .bind(action)
    .bind(detail)
    .execute(connection)
    .await?;
    Ok(())
}

fn runtime() -> Result<tokio::runtime::Runtime, StoreError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(StoreError::step("step-starting-runtime"))
}

async fn connect(path: &Path, create: bool) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(create)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: a commit that was reported survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        // Rows come from another thread: with the usual fifty at a time, a budget's lines cost more in switching than in reading.
        .row_buffer_size(4096)
        .busy_timeout(Duration::from_secs(30));
    Ok(SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(options)
        .await?)
}
