//! Allocation of months, and the allocated costs that every report starts from.

use super::{App, AppError};
use crate::store::{DataFile, StoredRun};
use headroom_importers::Dataset;
use headroom_models::allocation::{AllocatedCost, AllocationInputs, SourceCharges, allocate};
use headroom_models::ledger::{Money, Month, MonthRange};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// The proof of a month in one currency, over all sources.
#[derive(Clone, Debug, Serialize)]
pub struct MonthAllocation {
    /// Billing month.
    pub month: Month,
    /// ISO 4217.
    pub currency: String,
    /// Effective cost in the ledger.
    pub ledger: Money,
    /// Effective cost allocated.
    pub allocated: Money,
    /// Ledger less allocated: zero, or the run failed.
    pub difference: Money,
    /// What no rule took.
    pub unallocated: Money,
    /// How long the month took, all currencies together.
    pub seconds: f64,
}

/// One month's allocated costs.
pub struct AllocatedMonth {
    /// Billing month.
    pub month: Month,
    /// The costs.
    pub costs: Vec<AllocatedCost>,
}

impl App {
    /// Charge files by month.
    fn charges(&self) -> Result<BTreeMap<Month, Vec<DataFile>>, AppError> {
        let mut months: BTreeMap<Month, Vec<DataFile>> = BTreeMap::new();
        for file in self.store.data_files(Dataset::Charges)? {
            months.entry(file.month).or_default().push(file);
        }
        Ok(months)
    }

    /// The months that have charges.
    pub(super) fn ledger_months(&self) -> Result<BTreeSet<Month>, AppError> {
        Ok(self.charges()?.into_keys().collect())
    }

    /// The sources that have charges, by month.
    pub(super) fn ledger_sources(&self) -> Result<BTreeMap<Month, BTreeSet<String>>, AppError> {
        let charges = self.charges()?.into_iter();
        Ok(charges
            .map(|(month, files)| (month, files.into_iter().map(|file| file.source).collect()))
            .collect())
    }

    /// A month's charge files by source.
    pub(super) fn charges_of(&self, month: Month) -> Result<BTreeMap<String, Vec<DataFile>>, AppError> {
        let mut sources: BTreeMap<String, Vec<DataFile>> = BTreeMap::new();
        for file in self.charges()?.remove(&month).unwrap_or_default() {
            sources.entry(file.source.clone()).or_default().push(file);
        }
        Ok(sources)
    }

    /// Months whose newest run did not see the ledger as it stands now, or that were never run, up to the last run month.
    pub(super) fn stale_months(&self) -> Result<Vec<Month>, AppError> {
        let runs: BTreeMap<Month, StoredRun> = self
            .store
            .newest_runs()?
            .into_iter()
            .map(|run| (run.month, run))
            .collect();
        let last = runs.keys().next_back().copied();
        Ok(self
            .charges()?
            .into_iter()
            .filter(|(month, files)| match runs.get(month) {
                Some(run) => run.ledger_hash != ledger_hash(files),
                None => last.is_some_and(|last| *month <= last),
            })
            .map(|(month, _)| month)
            .collect())
    }

    /// Allocates the months of a range, or all months up to the one that metrics and bills reach.
    ///
    /// # Errors
    /// When there is nothing to allocate, a rate is missing, or a sum does not tie out.
    pub fn allocate(
        &self,
        range: Option<MonthRange>,
        version: Option<i64>,
    ) -> Result<(Vec<MonthAllocation>, Vec<String>), AppError> {
        let lock = self.store.lock()?;
        let (version, configuration) = match version {
            None => self.configuration()?,
            Some(version) => {
                let documents = self.store.configuration_version(version)?;
                (
                    version,
                    headroom_models::configuration::Configuration::read(&documents).map_err(AppError::Configuration)?,
                )
            }
        };
        if version == 0 {
            return Err(AppError::refused(
                "no organization and rules are applied yet: `headroom apply PATH`",
            ));
        }
        let last_billed = self.last_billed_month()?;
        let months: Vec<(Month, Vec<DataFile>)> = self
            .charges()?
            .into_iter()
            .filter(|(month, _)| match range {
                Some(range) => range.contains(*month),
                None => last_billed.is_some_and(|last| *month <= last),
            })
            .collect();
        if months.is_empty() {
            return Err(AppError::refused(match range {
                Some(range) => format!("{range} has no charges to allocate"),
                None => "the ledger has no charges yet: `headroom import FILE`".to_owned(),
            }));
        }
        let products = configuration.organization.modules_by_product();
        let rates = self.rates()?;
        let metrics = self.metrics(None)?;
        let none = BTreeMap::new();
        let (mut proofs, mut notes) = (Vec::new(), Vec::new());
        for (month, files) in months {
            let started = Instant::now();
            let mut by_source: BTreeMap<&str, Vec<DataFile>> = BTreeMap::new();
            for file in &files {
                by_source.entry(&file.source).or_default().push(file.clone());
            }
            let mut sources = Vec::new();
            for (source, files) in by_source {
                sources.extend(self.store.scan(&files)?.map(|charges| SourceCharges {
                    source: source.to_owned(),
                    charges,
                }));
            }
            let allocation = allocate(AllocationInputs {
                month,
                sources,
                rules: &configuration.rules,
                pools: &configuration.pools,
                products: &products,
                metrics: metrics.sums.get(&month).unwrap_or(&none),
                rate: &|currency| rates.rate(currency, month),
            })?;
            self.store
                .add_run(&lock, &allocation, version, &ledger_hash(&files), &self.actor)?;
            notes.extend(allocation.notes);
            let mut currencies: BTreeMap<String, [Money; 3]> = BTreeMap::new();
            for proof in &allocation.proof {
                let sums = currencies.entry(proof.currency.clone()).or_default();
                sums[0] += proof.ledger;
                sums[1] += proof.allocated;
                sums[2] += proof.unallocated;
            }
            let seconds = started.elapsed().as_secs_f64();
            proofs.extend(
                currencies
                    .into_iter()
                    .map(|(currency, [ledger, allocated, unallocated])| MonthAllocation {
                        month,
                        currency,
                        ledger,
                        allocated,
                        difference: ledger - allocated,
                        unallocated,
                        seconds,
                    }),
            );
        }
        Ok((proofs, notes))
    }

    /// The last month with charges of a bill: depreciation schedules alone reach years ahead and are not actual cost yet.
    pub(super) fn last_billed_month(&self) -> Result<Option<Month>, AppError> {
        let registers = self.asset_register_batches()?;
        let charges = self.store.data_files(Dataset::Charges)?;
        Ok(charges
            .into_iter()
            .filter(|file| !registers.contains(&file.batch))
            .map(|file| file.month)
            .max())
    }

    /// Batches that are asset registers: their charges are depreciation.
    pub(super) fn asset_register_batches(&self) -> Result<BTreeSet<String>, AppError> {
        let batches = self.store.batches()?.into_iter();
        Ok(batches
            .filter(|batch| batch.importer == headroom_importers::ASSET_IMPORTER)
            .map(|batch| batch.id)
            .collect())
    }

    /// The allocated costs of every month that was run, newest run each.
    pub(super) fn allocated_months(&self, range: Option<MonthRange>) -> Result<Vec<AllocatedMonth>, AppError> {
        let runs = self.store.newest_runs()?.into_iter();
        runs.filter(|run| range.is_none_or(|range| range.contains(run.month)))
            .map(|run| {
                Ok(AllocatedMonth {
                    month: run.month,
                    costs: self.store.allocated_costs(&run)?,
                })
            })
            .collect()
    }
}

/// Fingerprint of the charge files that a run reads.
pub(super) fn ledger_hash(files: &[DataFile]) -> String {
    crate::store::hash_texts(files.iter().map(|file| file.sha256.as_str()))
}
