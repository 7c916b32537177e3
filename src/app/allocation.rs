//! Allocation of months, and the allocated costs that every report starts from.

use super::reference::{Metrics, Rates};
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::{DataFile, StoredRun};
use headroom_importers::Dataset;
use headroom_models::allocation::{
    AllocatedCost, Allocation, AllocationInputs, ConservationProof, SourceCharges, allocate,
};
use headroom_models::configuration::Configuration;
use headroom_models::ledger::{Money, Month, MonthRange};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// The proof of a month in one currency, over all sources.
#[derive(Clone, Debug, Serialize)]
pub struct MonthAllocation {
    /// Billing month.
    pub month: Month,
    /// True when the month is closed: the proof is that of the run it was closed with, nothing was run.
    pub closed: bool,
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

/// What a run over months did.
#[derive(Clone, Debug, Default)]
pub struct Allocated {
    /// The proof per month and currency.
    pub months: Vec<MonthAllocation>,
    /// What a reader should know: pools that fell back.
    pub notes: Vec<String>,
}

/// A product's cost by other rules, where it differs from the books.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// Billing month.
    pub month: Month,
    /// Product.
    pub product: String,
    /// ISO 4217.
    pub currency: String,
    /// Effective cost in the books.
    pub booked: Money,
    /// Effective cost by the rules compared.
    pub compared: Money,
}

impl Allocated {
    /// Adds a run.
    fn add(&mut self, allocation: &Allocation, seconds: f64) {
        self.add_proof(allocation.month, &allocation.proof, false, seconds);
        self.notes.extend(allocation.notes.iter().cloned());
    }

    fn add_proof<'a>(
        &mut self,
        month: Month,
        proofs: impl IntoIterator<Item = &'a ConservationProof>,
        closed: bool,
        seconds: f64,
    ) {
        let mut currencies: BTreeMap<&str, [Money; 3]> = BTreeMap::new();
        for proof in proofs {
            let sums = currencies.entry(&proof.currency).or_default();
            for (sum, amount) in sums.iter_mut().zip([proof.ledger, proof.allocated, proof.unallocated]) {
                *sum += amount;
            }
        }
        self.months.extend(
            currencies
                .into_iter()
                .map(|(currency, [ledger, allocated, unallocated])| MonthAllocation {
                    month,
                    closed,
                    currency: currency.to_owned(),
                    ledger,
                    allocated,
                    difference: ledger - allocated,
                    unallocated,
                    seconds,
                }),
        );
    }
}

/// The rules, and what they look at besides the ledger.
pub(super) struct RulesInForce {
    version: i64,
    pub(super) configuration: Configuration,
    rates: Rates,
    metrics: Metrics,
}

impl RulesInForce {
    pub(super) fn load(app: &App) -> Result<RulesInForce, AppError> {
        let (version, configuration) = app.configuration()?;
        Ok(RulesInForce {
            version,
            configuration,
            rates: app.rates()?,
            metrics: app.metrics(None)?,
        })
    }

    /// The rules of another configuration version, with rates and metrics as they stand.
    pub(super) fn of_version(app: &App, version: i64) -> Result<RulesInForce, AppError> {
        let documents = app.store.configuration_version(version)?;
        Ok(RulesInForce {
            version,
            configuration: Configuration::read(&documents).map_err(AppError::Configuration)?,
            rates: app.rates()?,
            metrics: app.metrics(None)?,
        })
    }
}

/// What decides an allocation besides its charges, as a fingerprint: the rules and pools, and by month the files of rates and
/// metrics (their hashes are on record, so that none has to be read).
struct Fingerprints {
    rules: String,
    files: BTreeMap<Month, Vec<String>>,
}

impl Fingerprints {
    fn load(app: &App, configuration: &Configuration) -> Result<Fingerprints, AppError> {
        let mut files: BTreeMap<Month, Vec<String>> = BTreeMap::new();
        for dataset in [Dataset::FxRates, Dataset::BusinessMetrics] {
            for file in app.store.data_files(dataset)? {
                files.entry(file.month).or_default().push(file.sha256);
            }
        }
        let products = configuration.organization.modules_by_product();
        let rules = format!("{:?} {:?} {products:?}", configuration.rules, configuration.pools);
        Ok(Fingerprints { rules, files })
    }

    fn of(&self, month: Month) -> String {
        let files = self.files.get(&month).into_iter().flatten().map(String::as_str);
        crate::store::hash_texts(std::iter::once(self.rules.as_str()).chain(files))
    }
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

    /// The newest run of each month that has charges, within the billed months: what actual cost is read from.
    pub(super) fn runs(&self) -> Result<Vec<StoredRun>, AppError> {
        let charges = self.charges()?;
        let billed = self.billed_months()?;
        let mut runs = self.store.newest_runs()?;
        runs.retain(|run| charges.contains_key(&run.month) && billed.is_some_and(|billed| billed.contains(run.month)));
        Ok(runs)
    }

    /// Billed months whose newest run did not see the ledger, or the rules, rates and metrics, as they
    /// stand now, or that were never run. A closed month keeps the rules that it was closed with.
    pub(super) fn stale_months(&self) -> Result<Vec<Month>, AppError> {
        let runs: BTreeMap<Month, StoredRun> = self.runs()?.into_iter().map(|run| (run.month, run)).collect();
        let (closed, billed) = (self.store.closed_months()?, self.billed_months()?);
        let fingerprints = Fingerprints::load(self, &self.configuration()?.1)?;
        Ok(self
            .charges()?
            .into_iter()
            .filter(|(month, _)| billed.is_some_and(|billed| billed.contains(*month)))
            .filter(|(month, files)| {
                runs.get(month).is_none_or(|run| {
                    run.ledger_hash != ledger_hash(files)
                        || (!closed.contains(month) && run.rules_hash != fingerprints.of(*month))
                })
            })
            .map(|(month, _)| month)
            .collect())
    }

    /// Refuses when a month of a range is not allocated as the books stand.
    pub(super) fn require_fresh(&self, range: MonthRange) -> Result<(), AppError> {
        match self.stale_months()?.into_iter().find(|month| range.contains(*month)) {
            None => Ok(()),
            Some(stale) => Err(Refusal::new("refused-stale").with("month", stale).into()),
        }
    }

    /// Allocates the open months of a range, or all open ones, within the billed months; of closed ones it gives the proof
    /// that they were closed with.
    ///
    /// # Errors
    /// When there is nothing to allocate, a rate is missing, or a sum does not tie out.
    pub fn allocate(&self, range: Option<MonthRange>) -> Result<Allocated, AppError> {
        self.require_company(Permission::Close)?;
        let lock = self.store.lock()?;
        let rules = RulesInForce::load(self)?;
        if rules.version == 0 {
            return Err(Refusal::new("refused-nothing-applied").into());
        }
        let fingerprints = Fingerprints::load(self, &rules.configuration)?;
        let closed = self.store.closed_months()?;
        let proofs: Vec<ConservationProof> = self
            .store
            .newest_proofs()?
            .into_iter()
            .map(|stored| stored.proof)
            .collect();
        let mut allocated = Allocated::default();
        for (month, files) in self.months_to_allocate(range)? {
            if closed.contains(&month) {
                allocated.add_proof(month, proofs.iter().filter(|proof| proof.month == month), true, 0.0);
                continue;
            }
            let started = Instant::now();
            let allocation = self.run_rules(month, &files, &rules)?;
            let hashes = (ledger_hash(&files), fingerprints.of(month));
            self.store
                .add_run(&lock, &allocation, rules.version, (&hashes.0, &hashes.1), &self.actor)?;
            allocated.add(&allocation, started.elapsed().as_secs_f64());
        }
        Ok(allocated)
    }

    /// What other rules would charge each product, compared with the books; nothing is changed.
    ///
    /// # Errors
    /// When there is no such version, or a month of the range is not allocated.
    pub fn compare_rules(&self, range: Option<MonthRange>, version: i64) -> Result<(Allocated, Vec<Moved>), AppError> {
        self.require_company(Permission::Read)?;
        let rules = RulesInForce::of_version(self, version)?;
        self.compare_with_books(range, &rules)
    }

    /// What products would be charged with these documents in the place of those of the same name, where it differs from the
    /// books; nothing is changed.
    ///
    /// # Errors
    /// When the documents are wrong, or a month of the range is not allocated.
    pub fn try_documents(
        &self,
        documents: &BTreeMap<String, String>,
        range: Option<MonthRange>,
    ) -> Result<Vec<Moved>, AppError> {
        self.require_company(Permission::Read)?;
        let mut rules = RulesInForce::load(self)?;
        let mut all = self.store.configuration()?.1;
        all.extend(documents.clone());
        rules.configuration = Configuration::read(&all).map_err(AppError::Configuration)?;
        Ok(self.compare_with_books(range, &rules)?.1)
    }

    fn compare_with_books(
        &self,
        range: Option<MonthRange>,
        rules: &RulesInForce,
    ) -> Result<(Allocated, Vec<Moved>), AppError> {
        let (mut allocated, mut moved) = (Allocated::default(), Vec::new());
        for (month, files) in self.months_to_allocate(range)? {
            let started = Instant::now();
            let allocation = self.run_rules(month, &files, rules)?;
            allocated.add(&allocation, started.elapsed().as_secs_f64());
            let mut sums: BTreeMap<(String, String), (Money, Money)> = BTreeMap::new();
            let key = |cost: &AllocatedCost| (cost.product.clone(), cost.dimensions.currency.clone());
            for booked in self.allocated_months(Some(month.into()))? {
                for cost in &booked.costs {
                    sums.entry(key(cost)).or_default().0 += cost.amounts.effective;
                }
            }
            for cost in &allocation.costs {
                sums.entry(key(cost)).or_default().1 += cost.amounts.effective;
            }
            moved.extend(
                sums.into_iter()
                    .filter(|(_, (booked, compared))| booked != compared)
                    .map(|((product, currency), (booked, compared))| Moved {
                        month,
                        product,
                        currency,
                        booked,
                        compared,
                    }),
            );
        }
        Ok((allocated, moved))
    }

    fn months_to_allocate(&self, range: Option<MonthRange>) -> Result<Vec<(Month, Vec<DataFile>)>, AppError> {
        let billed = self.billed_months()?;
        let charges = self.charges()?;
        let has_charges = !charges.is_empty();
        let months: Vec<_> = charges
            .into_iter()
            .filter(|(month, _)| billed.is_some_and(|billed| billed.contains(*month)))
            .filter(|(month, _)| range.is_none_or(|range| range.contains(*month)))
            .collect();
        if !months.is_empty() {
            return Ok(months);
        }
        let refusal = match (range, billed) {
            (Some(range), Some(billed)) => Refusal::new("refused-no-bills-in-range")
                .with("range", range)
                .with("billed", billed),
            _ if has_charges => Refusal::new("refused-only-depreciation"),
            _ => Refusal::new("refused-no-charges"),
        };
        Err(refusal.into())
    }

    /// One month by some rules; nothing is stored.
    pub(super) fn run_rules(
        &self,
        month: Month,
        files: &[DataFile],
        rules: &RulesInForce,
    ) -> Result<Allocation, AppError> {
        let mut by_source: BTreeMap<&str, Vec<DataFile>> = BTreeMap::new();
        for file in files {
            by_source.entry(&file.source).or_default().push(file.clone());
        }
        let rollups = self.store.rollups()?;
        let mut sources = Vec::new();
        for (source, files) in by_source {
            let Some(charges) = self.store.scan(&files)? else {
                continue;
            };
            let beside: Option<Vec<_>> = files.iter().map(|file| rollups.get(&file.path)).collect();
            let rollup = self.store.scan_rollups(&beside.unwrap_or_default())?;
            sources.push(SourceCharges {
                source: source.to_owned(),
                charges,
                rollup,
            });
        }
        let none = BTreeMap::new();
        Ok(allocate(AllocationInputs {
            month,
            sources,
            rules: &rules.configuration.rules,
            pools: &rules.configuration.pools,
            products: &rules.configuration.organization.modules_by_product(),
            metrics: rules.metrics.sums.get(&month).unwrap_or(&none),
            rate: &|currency| rules.rates.rate(currency, month),
        })?)
    }

    /// The first to the last month with charges of a bill. Depreciation schedules alone reach years back and ahead; outside
    /// these months they are not the books.
    pub(super) fn billed_months(&self) -> Result<Option<MonthRange>, AppError> {
        let registers = self.asset_register_batches()?;
        let charges = self.store.data_files(Dataset::Charges)?.into_iter();
        let months: BTreeSet<Month> = charges
            .filter(|file| !registers.contains(&file.batch))
            .map(|file| file.month)
            .collect();
        Ok(months.first().zip(months.last()).map(|(first, last)| MonthRange {
            first: *first,
            last: *last,
        }))
    }

    /// Batches that are registers of assets or prepaid contracts: their charges are depreciation and amortisation.
    pub(super) fn asset_register_batches(&self) -> Result<BTreeSet<String>, AppError> {
        let batches = self.store.batches()?.into_iter();
        Ok(batches
            .filter(|batch| headroom_importers::is_register(&batch.importer))
            .map(|batch| batch.id)
            .collect())
    }

    /// The allocated costs of every month that was run, newest run each.
    pub(super) fn allocated_months(&self, range: Option<MonthRange>) -> Result<Vec<AllocatedMonth>, AppError> {
        let runs = self.runs()?.into_iter();
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
    let sorted: BTreeSet<&str> = files.iter().map(|file| file.sha256.as_str()).collect();
    crate::store::hash_texts(sorted)
}
