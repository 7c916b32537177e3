//! `check`: everything that can be verified is verified.

use super::allocation::ledger_hash;
use super::reference::texts;
use super::{App, AppError};
use crate::store::{RemarkKind, hash_file};
use headroom_importers::Dataset;
use headroom_models::allocation::Amounts;
use headroom_models::configuration::Configuration;
use headroom_models::ledger::{Column, Money, Month};
use headroom_models::organization::UNALLOCATED;
use polars::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One kind of check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was verified.
    pub name: &'static str,
    /// How many things were looked at.
    pub looked_at: usize,
    /// What does not hold.
    pub failures: Vec<String>,
}

/// All checks.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReport {
    /// True when nothing failed.
    pub passed: bool,
    /// Each check.
    pub checks: Vec<Check>,
}

impl App {
    /// Verifies hashes, totals, conservation, references and budget sums.
    ///
    /// # Errors
    /// Only when the database itself cannot be read; what does not hold is in the report.
    pub fn check(&self) -> Result<CheckReport, AppError> {
        let checks = vec![
            self.check_files()?,
            self.check_left_overs()?,
            self.check_batches()?,
            self.check_counted_once()?,
            self.check_configuration()?,
            self.check_allocations()?,
            self.check_budgets()?,
        ];
        Ok(CheckReport {
            passed: checks.iter().all(|check| check.failures.is_empty()),
            checks,
        })
    }

    /// Every listed file is there with the bytes it was committed with.
    fn check_files(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "files have the bytes they were committed with",
            looked_at: 0,
            failures: Vec::new(),
        };
        let mut files: Vec<(String, String)> = Vec::new();
        for batch in self.store.batches()? {
            files.extend(
                self.store
                    .files_of_batch(&batch.id)?
                    .into_iter()
                    .map(|file| (file.path, file.sha256)),
            );
        }
        files.extend(self.store.newest_runs()?.into_iter().map(|run| (run.path, run.sha256)));
        for (path, sha256) in files {
            check.looked_at += 1;
            match hash_file(&self.store.root().join(&path)) {
                Ok(found) if found == sha256 => {}
                Ok(_) => check.failures.push(format!("{path}: its bytes have changed")),
                Err(error) => check.failures.push(format!("{path}: {error}")),
            }
        }
        Ok(check)
    }

    fn check_left_overs(&self) -> Result<Check, AppError> {
        let unlisted = self.store.unlisted_files()?;
        let failures = unlisted
            .iter()
            .map(|path| format!("{path}: belongs to no batch (left by an interrupted import, or put there by hand)"));
        Ok(Check {
            name: "no file without a batch",
            looked_at: unlisted.len(),
            failures: failures.collect(),
        })
    }

    /// The rows and sums of each batch are those on record.
    fn check_batches(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "batches add up to their recorded totals",
            looked_at: 0,
            failures: Vec::new(),
        };
        for batch in self.store.batches()? {
            check.looked_at += 1;
            let id = &batch.id;
            let files = self.store.files_of_batch(id)?;
            let mut sums: BTreeMap<String, [Money; 3]> = BTreeMap::new();
            for file in &files {
                let rows = match self.store.row_count(file) {
                    Ok(rows) => rows,
                    Err(error) => {
                        check.failures.push(format!(
                            "{}: cannot be read: {}",
                            file.path,
                            first_line(&error.to_string())
                        ));
                        continue;
                    }
                };
                if rows != file.rows {
                    check
                        .failures
                        .push(format!("{}: has {rows} rows, {} are on record", file.path, file.rows));
                }
                if file.dataset != Dataset::Charges.as_str() {
                    continue;
                }
                let Some(charges) = self.store.scan(std::slice::from_ref(file))? else {
                    continue;
                };
                match headroom_models::allocation::ledger_sums(charges) {
                    Ok(found) => {
                        for (currency, amounts) in found {
                            let sum = sums.entry(currency).or_default();
                            for (sum, amount) in sum.iter_mut().zip([amounts.billed, amounts.effective, amounts.list]) {
                                *sum += amount;
                            }
                        }
                    }
                    Err(error) => {
                        check.failures.push(format!(
                            "{}: cannot be read: {}",
                            file.path,
                            first_line(&error.to_string())
                        ));
                    }
                }
            }
            let recorded: BTreeMap<String, [Money; 3]> = self
                .store
                .batch_totals(id)?
                .into_iter()
                .map(|t| (t.currency, [t.billed, t.effective, t.list]))
                .collect();
            for currency in sums.keys().chain(recorded.keys()).collect::<BTreeSet<_>>() {
                let (found, expected) = (
                    sums.get(currency).copied().unwrap_or_default(),
                    recorded.get(currency).copied().unwrap_or_default(),
                );
                if found != expected {
                    check.failures.push(format!(
                        "batch {id} in {currency}: files hold billed {}, effective {}, list {}; on record are {}, {}, {}",
                        found[0], found[1], found[2], expected[0], expected[1], expected[2]
                    ));
                }
            }
            self.store.remarks(Some(id), RemarkKind::Finding)?;
        }
        Ok(check)
    }

    /// No invoice of a vendor and no asset counts in two sources.
    fn check_counted_once(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "no invoice and no asset is counted in two sources",
            looked_at: 0,
            failures: Vec::new(),
        };
        let registers = self.asset_register_batches()?;
        let mut sources: BTreeMap<(Month, String, String), BTreeSet<String>> = BTreeMap::new();
        for file in self.store.data_files(Dataset::Charges)? {
            let id = if registers.contains(&file.batch) {
                Column::ResourceId
            } else {
                Column::InvoiceId
            };
            let Some(charges) = self.store.scan(std::slice::from_ref(&file))? else {
                continue;
            };
            let keys = [col(Column::InvoiceIssuerName.name()), col(id.name())];
            let Ok(frame) = charges.select(keys).unique(None, UniqueKeepStrategy::Any).collect() else {
                continue; // a file that cannot be read is another check's failure
            };
            let issuers = texts(&frame, Column::InvoiceIssuerName.name())?;
            for (issuer, id) in issuers
                .into_iter()
                .zip(texts(&frame, id.name())?)
                .filter(|(_, id)| !id.is_empty())
            {
                sources
                    .entry((file.month, issuer, id))
                    .or_default()
                    .insert(file.source.clone());
            }
        }
        check.looked_at = sources.len();
        for ((month, issuer, id), sources) in sources.into_iter().filter(|(_, sources)| sources.len() > 1) {
            let sources = sources.into_iter().collect::<Vec<_>>().join(", ");
            check.failures.push(format!(
                "{month}: {id} of {issuer} counts in each of the sources {sources}"
            ));
        }
        Ok(check)
    }

    fn check_configuration(&self) -> Result<Check, AppError> {
        let (_, documents) = self.store.configuration()?;
        let failures = match Configuration::read(&documents) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        };
        Ok(Check {
            name: "the configuration holds together",
            looked_at: documents.len(),
            failures,
        })
    }

    /// Each month's newest run still matches the ledger, and adds up to it.
    fn check_allocations(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "what products are charged equals the ledger",
            looked_at: 0,
            failures: Vec::new(),
        };
        let (_, configuration) = self.configuration().unwrap_or_default();
        let products = configuration.organization.modules_by_product();
        let proofs = self.store.newest_proofs()?;
        for run in self.runs()? {
            check.looked_at += 1;
            let month = run.month;
            let sources = self.charges_of(month)?;
            let files: Vec<_> = sources.values().flatten().cloned().collect();
            if ledger_hash(&files) != run.ledger_hash {
                check.failures.push(format!(
                    "{month}: the ledger has changed since it was allocated: run `headroom allocate --month {month}`"
                ));
                continue;
            }
            let costs = match self.store.allocated_costs(&run) {
                Ok(costs) => costs,
                Err(error) => {
                    check.failures.push(format!("{month}: {error}"));
                    continue;
                }
            };
            let mut allocated: BTreeMap<(String, String), Amounts> = BTreeMap::new();
            for cost in &costs {
                *allocated
                    .entry((cost.dimensions.source.clone(), cost.dimensions.currency.clone()))
                    .or_default() += cost.amounts;
                if cost.product != UNALLOCATED && !products.contains_key(&cost.product) {
                    check.failures.push(format!(
                        "{month}: product '{}' is charged and no organization file names it",
                        cost.product
                    ));
                }
            }
            let ledger = match self.ledger_sums(month) {
                Ok(ledger) => ledger,
                Err(error) => {
                    check
                        .failures
                        .push(format!("{month}: {}", first_line(&error.to_string())));
                    continue;
                }
            };
            for key in ledger.keys().chain(allocated.keys()).collect::<BTreeSet<_>>() {
                let (booked, charged) = (
                    ledger.get(key).copied().unwrap_or_default(),
                    allocated.get(key).copied().unwrap_or_default(),
                );
                if booked != charged {
                    check.failures.push(format!(
                        "{month} {} {}: ledger {} and allocated {} differ",
                        key.0, key.1, booked.effective, charged.effective
                    ));
                }
                let proof = proofs.iter().find(|stored| {
                    stored.run == run.run && stored.proof.source == key.0 && stored.proof.currency == key.1
                });
                if proof
                    .is_none_or(|stored| stored.proof.ledger != booked.effective || !stored.proof.difference.is_zero())
                {
                    check.failures.push(format!(
                        "{month} {} {}: the recorded proof does not match the ledger",
                        key.0, key.1
                    ));
                }
            }
        }
        Ok(check)
    }

    /// Sums of a month's charges by source and currency, straight from the files.
    fn ledger_sums(&self, month: Month) -> Result<BTreeMap<(String, String), Amounts>, AppError> {
        let mut sums = BTreeMap::new();
        for (source, files) in self.charges_of(month)? {
            let Some(charges) = self.store.scan(&files)? else {
                continue;
            };
            for (currency, amounts) in headroom_models::allocation::ledger_sums(charges)? {
                sums.insert((source.clone(), currency), amounts);
            }
        }
        Ok(sums)
    }

    /// Budget lines add up to their version's total, and one version of a year is in force at most.
    fn check_budgets(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "budget lines add up to their versions",
            looked_at: 0,
            failures: Vec::new(),
        };
        let mut approved: BTreeMap<i32, usize> = BTreeMap::new();
        for version in self.store.budgets()? {
            check.looked_at += 1;
            let label = format!("budget {} version {}", version.year, version.number);
            let lines = match self.store.budget_lines(version.id) {
                Ok(lines) => lines,
                Err(error) => {
                    check.failures.push(format!("{label}: {error}"));
                    continue;
                }
            };
            let total: Money = lines.iter().map(|line| line.amount).sum();
            if total != version.total {
                check.failures.push(format!(
                    "{label}: lines add up to {total}, {} is on record",
                    version.total
                ));
            }
            let months = self.settings().fiscal.months_of(version.year);
            if let Some(line) = lines.iter().find(|line| !months.contains(line.month)) {
                check.failures.push(format!(
                    "{label}: a line lies in {}, outside the fiscal year",
                    line.month
                ));
            }
            if version.state == "approved" {
                *approved.entry(version.year).or_default() += 1;
            }
        }
        check.failures.extend(
            approved
                .into_iter()
                .filter(|(_, count)| *count > 1)
                .map(|(year, count)| format!("{year} has {count} approved budgets")),
        );
        Ok(check)
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
