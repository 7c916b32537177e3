//! Accruals (预提): bills that have not come, estimated from the contract or from the month before.
//!
//! An accrual is a batch of the bill's own source, its charges marked in `x_Estimate`. So the bill takes its place when it comes:
//! in an open month as any newer file does, and for a closed month by taking it back in the open one, beside the bill.

use super::{App, AppError};
use crate::auth::{Permission, Scope};
use crate::refusal::Refusal;
use crate::store::{ACCRUAL, BatchTotal, DataFile, NewBatch, StagedBatch};
use headroom_importers::{Dataset, ImportOptions, Input, Sink, SinkError, default_source};
use headroom_models::contracts::{ContractCost, contract_costs};
use headroom_models::language::Language;
use headroom_models::ledger::{Column, Money, Month, MonthRange, estimated};
use polars::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Rows in memory at once.
const SLICE: u64 = 65_536;

/// What an estimate rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccrualBasis {
    /// The lines of contracts that hold in the month.
    Contract,
    /// The recurring charges of the month before.
    LastMonth,
}

impl AccrualBasis {
    /// The word for it, as `x_Estimate` holds it.
    pub const fn as_str(self) -> &'static str {
        match self {
            AccrualBasis::Contract => "contract",
            AccrualBasis::LastMonth => "last-month",
        }
    }
}

/// A bill that was estimated.
#[derive(Clone, Debug, Serialize)]
pub struct Accrual {
    /// The batch; nothing when it was only tried.
    pub batch: Option<String>,
    /// Source of the bill.
    pub source: String,
    /// Its month.
    pub month: Month,
    /// What the estimate rests on.
    pub basis: AccrualBasis,
    /// Charges.
    pub rows: u64,
    /// Billed and effective cost per currency.
    pub totals: BTreeMap<String, (Money, Money)>,
}

/// An accrual on record, and whether it still stands.
#[derive(Clone, Debug, Serialize)]
pub struct StandingAccrual {
    /// The batch.
    pub batch: String,
    /// Source of the bill.
    pub source: String,
    /// Its month.
    pub month: Month,
    /// Effective cost per currency.
    pub effective: BTreeMap<String, Money>,
    /// The batch of the bill that took its place; nothing while it stands.
    pub reversed_by: Option<String>,
    /// The open month in which it was taken back, when its own month was closed by then.
    pub reversed_in: Option<Month>,
}

/// Marks frames as estimates on their way into a batch.
struct Estimating<'a> {
    staged: &'a mut StagedBatch,
    batch: &'a str,
    totals: BTreeMap<String, [Money; 3]>,
}

impl Estimating<'_> {
    fn add(&mut self, month: Month, basis: AccrualBasis, charges: &DataFrame) -> Result<(), AppError> {
        let frame = estimated(charges, month, basis.as_str(), self.batch)?;
        if frame.height() == 0 {
            return Ok(());
        }
        for (currency, amounts) in headroom_models::allocation::ledger_sums(frame.clone().lazy())? {
            let sums = self.totals.entry(currency).or_default();
            for (sum, amount) in sums.iter_mut().zip([amounts.billed, amounts.effective, amounts.list]) {
                *sum += amount;
            }
        }
        self.staged
            .write(Dataset::Charges, month, frame)
            .map_err(|error| AppError::Import(headroom_importers::ImportError::Sink(error)))
    }
}

impl Sink for Estimating<'_> {
    fn write(&mut self, _dataset: Dataset, month: Month, frame: DataFrame) -> Result<(), SinkError> {
        self.add(month, AccrualBasis::Contract, &frame).map_err(SinkError::from)
    }
}

impl App {
    /// Sources with charges in the month before and none in `month`: their bills have not come.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn missing_bills(&self, month: Month) -> Result<Vec<String>, AppError> {
        self.require_company(Permission::Read)?;
        let registers = self.asset_register_batches()?;
        let mut files = self.store.data_files(Dataset::Charges)?;
        files.retain(|file| file.adjusts.is_none() && !registers.contains(&file.batch));
        let of = |month: Month| -> BTreeSet<String> {
            let files = files.iter().filter(|file| file.month == month);
            files.map(|file| file.source.clone()).collect()
        };
        Ok(of(month.plus(-1)).difference(&of(month)).cloned().collect())
    }

    /// Estimates the bills of a month that have not come, or that of one source: by contract where its vendor has one, by
    /// the month before otherwise, unless `basis` says which.
    ///
    /// # Errors
    /// When the month is closed, the source has its bill already, or there is nothing that an estimate could rest on.
    pub fn accrue(
        &self,
        month: Month,
        source: Option<&str>,
        basis: Option<AccrualBasis>,
        dry_run: bool,
    ) -> Result<Vec<Accrual>, AppError> {
        self.require_company(Permission::Import)?;
        if self.store.closed_months()?.contains(&month) {
            return Err(Refusal::new("refused-accrue-closed").with("month", month).into());
        }
        let sources = match source {
            Some(source) => {
                let mut files = self.store.data_files(Dataset::Charges)?;
                files.retain(|file| file.month == month && file.source == source && file.adjusts.is_none());
                if let Some(file) = files.first() {
                    return Err(Refusal::new("refused-accrue-there")
                        .with("month", month)
                        .with("source", source)
                        .with("batch", &file.batch)
                        .into());
                }
                vec![source.to_owned()]
            }
            None => self.missing_bills(month)?,
        };
        let costs = self.contract_months(month)?;
        let mut accruals = Vec::new();
        for source in sources {
            let before = self.charges_before(month, &source)?;
            let agreed = self.agreed(&source, &before, &costs)?;
            let basis = match basis {
                Some(basis) => basis,
                None if agreed.is_empty() => AccrualBasis::LastMonth,
                None => AccrualBasis::Contract,
            };
            let known = match basis {
                AccrualBasis::Contract => !agreed.is_empty(),
                AccrualBasis::LastMonth => !before.is_empty(),
            };
            if !known {
                return Err(Refusal::new("refused-accrue-nothing")
                    .with("month", month)
                    .with("source", &source)
                    .into());
            }
            accruals.push(self.accrue_one(month, &source, basis, (&before, &agreed), dry_run)?);
        }
        Ok(accruals)
    }

    fn accrue_one(
        &self,
        month: Month,
        source: &str,
        basis: AccrualBasis,
        (before, agreed): (&[DataFile], &[&ContractCost]),
        dry_run: bool,
    ) -> Result<Accrual, AppError> {
        let lock = self.store.lock()?;
        let id = self.store.next_batch_id(&lock)?;
        let mut staged = self.store.stage(&id, &self.store.closed_months()?)?;
        let mut estimating = Estimating {
            staged: &mut staged,
            batch: &id,
            totals: BTreeMap::new(),
        };
        let added = match basis {
            AccrualBasis::LastMonth => self.add_before(month, before, &mut estimating),
            AccrualBasis::Contract => self.add_agreed(&id, agreed, &mut estimating),
        };
        let totals = std::mem::take(&mut estimating.totals);
        let rows = staged.rows();
        let accrual = Accrual {
            batch: (!dry_run && rows > 0).then(|| id.clone()),
            source: source.to_owned(),
            month,
            basis,
            rows,
            totals: totals
                .iter()
                .map(|(currency, [billed, effective, _])| (currency.clone(), (*billed, *effective)))
                .collect(),
        };
        if let (Ok(()), Some(_)) = (&added, &accrual.batch) {
            let total = |(currency, [billed, effective, list]): (String, [Money; 3])| BatchTotal {
                currency,
                billed,
                effective,
                list,
                ..BatchTotal::default()
            };
            let batch = NewBatch {
                id,
                importer: ACCRUAL.to_owned(),
                source: source.to_owned(),
                rows,
                rejected: 0,
                rounding_residual: "0".to_owned(),
                totals: totals.into_iter().map(total).collect(),
                inputs: Vec::new(),
                remarks: Vec::new(),
            };
            self.store.commit(&lock, staged, &batch, &[], &self.actor)?;
            return Ok(accrual);
        }
        self.store.discard(&lock, staged)?;
        added.map(|()| accrual)
    }

    /// The recurring charges of the month before, as they were.
    fn add_before(&self, month: Month, before: &[DataFile], estimating: &mut Estimating<'_>) -> Result<(), AppError> {
        for file in before {
            for offset in (0..file.rows).step_by(SLICE as usize) {
                if let Some(charges) = self.store.scan(std::slice::from_ref(file))? {
                    let charges = charges.slice(offset as i64, SLICE as IdxSize).collect()?;
                    estimating.add(month, AccrualBasis::LastMonth, &charges)?;
                }
            }
        }
        Ok(())
    }

    /// The agreed lines as the invoice that should come, read as one.
    fn add_agreed(&self, id: &str, agreed: &[&ContractCost], estimating: &mut Estimating<'_>) -> Result<(), AppError> {
        let failed = |error: &dyn std::fmt::Display| Refusal::new("refused-export-failed").with("reason", error);
        let header = headroom_importers::template("idc-invoice", Language::English).unwrap_or_default();
        let header: Vec<&str> = header.lines().next().unwrap_or_default().split(',').collect();
        let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
        let path = folder.path().join("contract");
        let mut writer = csv::Writer::from_path(&path).map_err(|error| failed(&error))?;
        writer.write_record(&header).map_err(|error| failed(&error))?;
        for cost in agreed {
            let cells = header.iter().map(|column| match *column {
                "vendor" => cost.vendor.clone(),
                "contract_id" => cost.contract.clone(),
                // An invoice has a number; an estimate loses it again.
                "invoice_id" => "-".to_owned(),
                "billing_month" => cost.month.to_string(),
                "resource_mode" => cost.mode.as_str().to_owned(),
                "charge_type" => cost.charge_type.clone(),
                "resource_id" => cost.resource.clone(),
                "quantity" => cost.quantity.to_string(),
                "unit_price" => cost.unit_price.to_string(),
                "amount" => cost.amount.to_string(),
                "currency" => cost.currency.clone(),
                "product" => cost.product.clone(),
                "module" => cost.module.clone(),
                _ => String::new(),
            });
            writer.write_record(cells).map_err(|error| failed(&error))?;
        }
        writer.flush().map_err(|error| failed(&error))?;
        let (_, configuration) = self.configuration()?;
        let products = configuration.organization.modules_by_product();
        let options = ImportOptions {
            batch: id,
            source: None,
            month: None,
            default_currency: &self.settings().currency,
            closed: &BTreeSet::new(),
            products: &products,
            booked: None,
            progress: None,
        };
        let imported =
            headroom_importers::import(&[Input::new(&path)], &options, estimating).map_err(AppError::Import)?;
        match imported.rejects.into_iter().next() {
            None => Ok(()),
            Some(reject) => Err(Refusal::new("refused-accrue-contract")
                .with_words("reason", |language| reject.message(language))
                .into()),
        }
    }

    /// What all contracts come to in a month, metered lines as far as they were measured.
    fn contract_months(&self, month: Month) -> Result<Vec<ContractCost>, AppError> {
        let lines = self.contract_lines()?;
        let measured = self.measured(month, &lines)?;
        let months = MonthRange {
            first: month,
            last: month,
        };
        Ok(contract_costs(&lines, months, &|line, _| measured.of(line)))
    }

    /// The agreed lines of the vendors that a source's bills are of.
    fn agreed<'a>(
        &self,
        source: &str,
        before: &[DataFile],
        costs: &'a [ContractCost],
    ) -> Result<Vec<&'a ContractCost>, AppError> {
        let mut vendors = BTreeSet::new();
        if let Some(charges) = self.store.scan(before)? {
            let vendor = Column::ProviderName.name();
            let frame = charges
                .select([col(vendor)])
                .unique(None, UniqueKeepStrategy::Any)
                .collect()?;
            vendors.extend(super::reference::texts(&frame, vendor)?);
        }
        let of_source = |cost: &&ContractCost| {
            vendors.contains(&cost.vendor) || default_source("idc-invoice", &cost.vendor) == source
        };
        Ok(costs.iter().filter(of_source).collect())
    }

    /// A source's own charges of the month before.
    fn charges_before(&self, month: Month, source: &str) -> Result<Vec<DataFile>, AppError> {
        let mut files = self.store.data_files(Dataset::Charges)?;
        files.retain(|file| file.month == month.plus(-1) && file.source == source && file.adjusts.is_none());
        Ok(files)
    }

    /// Every accrual that was booked and not undone, with what became of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn accruals(&self) -> Result<Vec<StandingAccrual>, AppError> {
        self.require_company(Permission::Read)?;
        self.accruals_on_record()
    }

    /// [`App::accruals`], for use cases that have asked already.
    pub(super) fn accruals_on_record(&self) -> Result<Vec<StandingAccrual>, AppError> {
        let live = self.store.data_files(Dataset::Charges)?;
        let mut accruals = Vec::new();
        for batch in self.store.batches()? {
            if batch.importer != ACCRUAL || batch.state != "committed" {
                continue;
            }
            let Some(file) = self.store.files_of_batch(&batch.id)?.into_iter().next() else {
                continue;
            };
            let replaced = self.store.replaced_by(&batch.id)?.pop();
            // In a closed month it stays in the books, and a later file of the source takes it back in an open month.
            let late = live
                .iter()
                .find(|late| late.adjusts == Some(file.month) && late.source == file.source);
            let totals = self.store.batch_totals(&batch.id)?.into_iter();
            accruals.push(StandingAccrual {
                source: file.source,
                month: file.month,
                effective: totals.map(|total| (total.currency, total.effective)).collect(),
                reversed_by: replaced.or_else(|| late.map(|late| late.batch.clone())),
                reversed_in: late.map(|late| late.month),
                batch: batch.id,
            });
        }
        Ok(accruals)
    }

    /// The accruals of a range of months that still stand for bills; nothing for those who do not see the whole company, whose
    /// tables leave out what they would not know about either.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn standing_accruals(&self, months: Option<MonthRange>) -> Result<Vec<StandingAccrual>, AppError> {
        if !self.may(Permission::Read, &Scope::Company)? {
            return Ok(Vec::new());
        }
        self.accruals_that_stand(months)
    }

    /// [`App::standing_accruals`], for use cases that have asked already.
    pub(super) fn accruals_that_stand(&self, months: Option<MonthRange>) -> Result<Vec<StandingAccrual>, AppError> {
        let mut accruals = self.accruals_on_record()?;
        accruals.retain(|accrual| {
            accrual.reversed_by.is_none() && months.is_none_or(|months| months.contains(accrual.month))
        });
        Ok(accruals)
    }
}
