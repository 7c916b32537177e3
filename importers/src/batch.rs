//! What goes into an import and what comes out of it.

use crate::diagnostics::{Diagnostic, Finding, Note};
use crate::mapping::ColumnMapping;
use headroom_models::ledger::{Money, Month, Residual};
use polars::prelude::DataFrame;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One file to import.
#[derive(Clone, Debug)]
pub struct Input {
    /// The name that messages show: the file name alone, never a path of the server.
    pub name: String,
    /// Where the bytes are.
    pub path: PathBuf,
    /// How its columns are read, where no importer knows its header.
    pub mapping: Option<Arc<ColumnMapping>>,
}

impl Input {
    /// A file whose header says what it is.
    pub fn new(path: &Path) -> Input {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Input {
            name: name.unwrap_or_default(),
            path: path.to_owned(),
            mapping: None,
        }
    }
}

/// Billed and effective cost that closed months hold of an asset, by asset, product and module.
pub type BookedAssets = BTreeMap<(String, String, String), (Money, Money)>;

/// What an import needs to know besides its files.
pub struct ImportOptions<'a> {
    /// Identifier of the batch, kept with every charge as `x_ImportId`.
    pub batch: &'a str,
    /// Name of the source; by default it is made from the importer and the provider.
    pub source: Option<&'a str>,
    /// The only month that the files may hold; rows of other months are rejected.
    pub month: Option<Month>,
    /// Currency of rows that name none.
    pub default_currency: &'a str,
    /// Months that take no more charges: what comes for them is booked in the first month after them.
    pub closed: &'a BTreeSet<Month>,
    /// Products of the organization, each with its modules.
    pub products: &'a BTreeMap<String, BTreeSet<String>>,
    /// What closed months hold of each asset already; where it is given, what is lacking is booked in the first open month.
    pub booked: Option<&'a BookedAssets>,
    /// Told now and then how many bytes of the files and how many rows are read.
    pub progress: Option<&'a dyn Fn(u64, u64)>,
}

/// A kind of record that an import yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dataset {
    /// Ledger charges, in the schema of [`headroom_models::ledger::Column`].
    Charges,
    /// The asset register.
    Assets,
    /// What happened to assets: transfers, improvements, work done, and what a disposal brought.
    AssetEvents,
    /// Utilization samples.
    Utilization,
    /// Business metrics per product and day or month.
    BusinessMetrics,
    /// Targets for business metrics.
    KpiTargets,
    /// Exchange rates.
    FxRates,
    /// Purchase orders, one record per line.
    PurchaseOrders,
    /// Promotions and holidays, one record per occurrence.
    Events,
    /// Releases of products.
    Releases,
    /// Load tests, one record per step.
    LoadTests,
    /// The price book.
    Prices,
    /// Contracts of data centre and hosting companies, one record per line.
    Contracts,
    /// Power drawn per month and resource.
    MeterReadings,
    /// What invoices say, line by line: the FOCUS dataset Invoice Detail.
    InvoiceDetails,
    /// Commitments of contracts: the FOCUS dataset Contract Commitment.
    Commitments,
}

impl Dataset {
    /// All kinds of records.
    pub const ALL: [Dataset; 16] = [
        Dataset::Charges,
        Dataset::Assets,
        Dataset::AssetEvents,
        Dataset::Utilization,
        Dataset::BusinessMetrics,
        Dataset::KpiTargets,
        Dataset::FxRates,
        Dataset::PurchaseOrders,
        Dataset::Events,
        Dataset::Releases,
        Dataset::LoadTests,
        Dataset::Prices,
        Dataset::Contracts,
        Dataset::MeterReadings,
        Dataset::InvoiceDetails,
        Dataset::Commitments,
    ];

    /// The word for it in file and folder names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Dataset::Charges => "charges",
            Dataset::Assets => "assets",
            Dataset::AssetEvents => "asset-events",
            Dataset::Utilization => "utilization",
            Dataset::BusinessMetrics => "business-metrics",
            Dataset::KpiTargets => "kpi-targets",
            Dataset::FxRates => "fx-rates",
            Dataset::PurchaseOrders => "purchase-orders",
            Dataset::Events => "events",
            Dataset::Releases => "releases",
            Dataset::LoadTests => "load-tests",
            Dataset::Prices => "prices",
            Dataset::Contracts => "contracts",
            Dataset::MeterReadings => "meter-readings",
            Dataset::InvoiceDetails => "invoice-details",
            Dataset::Commitments => "commitments",
        }
    }
}

impl std::fmt::Display for Dataset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a sink refused a frame.
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// Takes the frames of an import as they become ready.
pub trait Sink {
    /// Takes at most 65,536 rows of one month; called as often as needed for each dataset and month.
    ///
    /// # Errors
    /// Whatever keeps the frame from being stored; the import stops with it.
    fn write(&mut self, dataset: Dataset, month: Month, frame: DataFrame) -> Result<(), SinkError>;

    /// Takes charges of the closed month `original` that are booked in `month`; called like [`Sink::write`].
    ///
    /// # Errors
    /// Those of [`Sink::write`].
    fn adjust(&mut self, month: Month, original: Month, frame: DataFrame) -> Result<(), SinkError> {
        let _ = original;
        self.write(Dataset::Charges, month, frame)
    }
}

/// Sums of the three cost columns in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sum of BilledCost.
    pub billed: Money,
    /// Sum of EffectiveCost.
    pub effective: Money,
    /// Sum of ListCost.
    pub list: Money,
}

/// What is on record about one file of a batch.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FileSummary {
    /// The name that messages show.
    pub name: String,
    /// SHA-256 of the bytes as they came, in hexadecimal digits.
    pub sha256: String,
    /// Size of the file as it came.
    pub bytes: u64,
    /// Rows read from it, accepted and rejected ones.
    pub rows: u64,
}

/// The header of one table, for writing rejected rows in the shape in which they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableHeader {
    /// Name of the file.
    pub file: String,
    /// Worksheet or archive member.
    pub sheet: Option<String>,
    /// Column names as they stand in the file.
    pub cells: Vec<String>,
}

/// A row that was not imported, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// Name of the file.
    pub file: String,
    /// Worksheet or archive member.
    pub sheet: Option<String>,
    /// Line of the file or row of the sheet, counted from 1.
    pub row: u64,
    /// The cells.
    pub cells: Vec<String>,
}

/// Everything that an import yields besides the frames.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Name of the importer that recognised the files.
    pub importer: &'static str,
    /// Name of the source: the one asked for, or importer and provider.
    pub source: String,
    /// Records written per dataset.
    pub datasets: BTreeMap<Dataset, u64>,
    /// Source rows accepted.
    pub rows: u64,
    /// Source rows rejected.
    pub rejected: u64,
    /// What is wrong with the rejected rows; the first [`Imported::MOST_KEPT`] of them.
    pub rejects: Vec<Diagnostic>,
    /// How many problems there are in all.
    pub problems: u64,
    /// The rejected rows as they came; the first [`Imported::MOST_KEPT`] of them.
    pub rejected_rows: Vec<RejectedRow>,
    /// The header of each table that has rejected rows.
    pub headers: Vec<TableHeader>,
    /// Disagreements inside accepted rows; the first [`Imported::MOST_KEPT`] of them.
    pub findings: Vec<Finding>,
    /// What was left out on purpose, to be told to the person who imports.
    pub notes: Vec<Note>,
    /// Sums of the accepted charges per currency.
    pub totals: BTreeMap<String, Totals>,
    /// Billed amounts of the rejected rows per currency, where they could be read.
    pub rejected_billed: BTreeMap<String, Money>,
    /// Closed months of which charges came late, each with the month in whose books they are.
    pub adjusted: BTreeSet<(Month, Month)>,
    /// Records written per month, all datasets together.
    pub months: BTreeMap<Month, u64>,
    /// Sum of what rounding to 18 digits took from the accepted rows.
    pub rounding_residual: Residual,
    /// The files of the batch.
    pub files: Vec<FileSummary>,
}

impl Imported {
    /// How many diagnostics, rejected rows and findings are kept; beyond it they are only counted.
    pub const MOST_KEPT: usize = 100_000;

    /// Adds what came of rows behind these.
    pub(crate) fn add(&mut self, later: Imported) {
        fn fill<T>(kept: &mut Vec<T>, more: Vec<T>) {
            let room = Imported::MOST_KEPT.saturating_sub(kept.len());
            kept.extend(more.into_iter().take(room));
        }
        for (currency, more) in later.totals {
            let sums = self.totals.entry(currency).or_default();
            sums.billed += more.billed;
            sums.effective += more.effective;
            sums.list += more.list;
        }
        for (currency, more) in later.rejected_billed {
            let sum = self.rejected_billed.entry(currency).or_default();
            *sum = sum.checked_add(more).unwrap_or(*sum);
        }
        for (dataset, count) in later.datasets {
            *self.datasets.entry(dataset).or_default() += count;
        }
        for (month, count) in later.months {
            *self.months.entry(month).or_default() += count;
        }
        self.rows += later.rows;
        self.rejected += later.rejected;
        self.problems += later.problems;
        self.rounding_residual.add(&later.rounding_residual);
        fill(&mut self.rejects, later.rejects);
        fill(&mut self.rejected_rows, later.rejected_rows);
        fill(&mut self.findings, later.findings);
        self.notes.extend(later.notes);
    }
}
