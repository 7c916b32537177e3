//! `check`: everything that can be verified is verified.

use super::allocation::ledger_hash;
use super::reference::texts;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::hash_file;
use crate::words::say;
use headroom_importers::Dataset;
use headroom_models::allocation::Amounts;
use headroom_models::budget::BudgetState;
use headroom_models::configuration::Configuration;
use headroom_models::language::Language;
use headroom_models::ledger::{Column, Money, Month};
use headroom_models::organization::UNALLOCATED;
use polars::prelude::*;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// One kind of check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was verified: the key of its words. Programs get it in English.
    #[serde(serialize_with = "in_english")]
    pub name: &'static str,
    /// How many things were looked at.
    pub looked_at: usize,
    /// What does not hold.
    pub failures: Vec<Refusal>,
}

/// All checks.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReport {
    /// True when nothing failed.
    pub passed: bool,
    /// Each check.
    pub checks: Vec<Check>,
}

/// What is verified; the ledger of a large company takes long, its budgets do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckPart {
    /// Files, batches, configuration, allocations.
    Ledger,
    /// Budgets, their control, alerts, rolling adjustments.
    Budgets,
}

impl App {
    /// Verifies hashes, totals, conservation, references and budget sums.
    ///
    /// # Errors
    /// Only when the database itself cannot be read; what does not hold is in the report.
    pub fn check(&self) -> Result<CheckReport, AppError> {
        self.check_only(None)
    }

    /// [`App::check`], or one part of it.
    ///
    /// # Errors
    /// Those of [`App::check`].
    pub fn check_only(&self, part: Option<CheckPart>) -> Result<CheckReport, AppError> {
        self.require_company(Permission::Read)?;
        let mut checks = Vec::new();
        if part != Some(CheckPart::Budgets) {
            checks.extend([
                self.check_files()?,
                self.check_left_overs()?,
                self.check_batches()?,
                self.check_counted_once()?,
                self.check_configuration()?,
                self.check_allocations()?,
            ]);
        }
        if part != Some(CheckPart::Ledger) {
            checks.extend([
                self.check_control()?,
                self.check_budgets()?,
                self.check_alerts()?,
                self.check_rolls()?,
            ]);
        }
        Ok(CheckReport {
            passed: checks.iter().all(|check| check.failures.is_empty()),
            checks,
        })
    }

    /// Every listed file is there with the bytes it was committed with.
    fn check_files(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "check-name-files",
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
        let rollups = self.store.rollups()?.into_values();
        files.extend(rollups.map(|rollup| (rollup.path, rollup.sha256)));
        files.extend(self.store.newest_runs()?.into_iter().map(|run| (run.path, run.sha256)));
        for (path, sha256) in files {
            check.looked_at += 1;
            match hash_file(&self.store.root().join(&path)) {
                Ok(found) if found == sha256 => {}
                Ok(_) => check
                    .failures
                    .push(Refusal::new("check-bytes-changed").with("path", path)),
                Err(error) => check.failures.push(
                    Refusal::new("check-file-unreadable")
                        .with("path", path)
                        .with("reason", error),
                ),
            }
        }
        Ok(check)
    }

    fn check_left_overs(&self) -> Result<Check, AppError> {
        let unlisted = self.store.unlisted_files()?;
        let failures = unlisted
            .iter()
            .map(|path| Refusal::new("check-left-over").with("path", path));
        Ok(Check {
            name: "check-name-left-overs",
            looked_at: unlisted.len(),
            failures: failures.collect(),
        })
    }

    /// The rows and sums of each batch are those on record.
    fn check_batches(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "check-name-batches",
            looked_at: 0,
            failures: Vec::new(),
        };
        let rollups = self.store.rollups()?;
        for batch in self.store.batches()? {
            check.looked_at += 1;
            let id = &batch.id;
            let files = self.store.files_of_batch(id)?;
            let mut sums: BTreeMap<String, [Money; 3]> = BTreeMap::new();
            for file in &files {
                let rows = match self.store.row_count(file) {
                    Ok(rows) => rows,
                    Err(error) => {
                        check.failures.push(cannot_be_read(&file.path, &error.into()));
                        continue;
                    }
                };
                if rows != file.rows {
                    check.failures.push(
                        Refusal::new("check-rows-differ")
                            .with("path", &file.path)
                            .with("rows", rows)
                            .with("recorded", file.rows),
                    );
                }
                if file.dataset != Dataset::Charges.as_str() {
                    continue;
                }
                let Some(charges) = self.store.scan(std::slice::from_ref(file))? else {
                    continue;
                };
                match headroom_models::allocation::ledger_sums(charges) {
                    Ok(found) => {
                        let rollup = rollups.get(&file.path);
                        if rollup.is_some_and(|rollup| rollup.totals != found) {
                            let failure = Refusal::new("check-rollup-differs").with("path", &file.path);
                            check.failures.push(failure);
                        }
                        for (currency, amounts) in found {
                            let sum = sums.entry(currency).or_default();
                            for (sum, amount) in sum.iter_mut().zip([amounts.billed, amounts.effective, amounts.list]) {
                                *sum += amount;
                            }
                        }
                    }
                    Err(error) => check.failures.push(cannot_be_read(&file.path, &error.into())),
                }
            }
            let recorded: BTreeMap<String, [Money; 3]> = self
                .store
                .batch_totals(id)?
                .into_iter()
                .map(|t| {
                    let sums = [
                        t.billed + t.reversed_billed,
                        t.effective + t.reversed_effective,
                        t.list + t.reversed_list,
                    ];
                    (t.currency, sums)
                })
                .collect();
            for currency in sums.keys().chain(recorded.keys()).collect::<BTreeSet<_>>() {
                let (found, expected) = (
                    sums.get(currency).copied().unwrap_or_default(),
                    recorded.get(currency).copied().unwrap_or_default(),
                );
                if found != expected {
                    let recorded = expected.map(|amount| amount.to_string()).join(", ");
                    check.failures.push(
                        Refusal::new("check-totals-differ")
                            .with("batch", id)
                            .with("currency", currency)
                            .with("billed", found[0])
                            .with("effective", found[1])
                            .with("list", found[2])
                            .with("recorded", recorded),
                    );
                }
            }
        }
        Ok(check)
    }

    /// No invoice of a vendor and no asset counts in two sources.
    fn check_counted_once(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "check-name-counted-once",
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
            check.failures.push(
                Refusal::new("check-counted-twice")
                    .with("month", month)
                    .with("id", id)
                    .with("issuer", issuer)
                    .with("sources", sources),
            );
        }
        Ok(check)
    }

    fn check_configuration(&self) -> Result<Check, AppError> {
        let (_, documents) = self.store.configuration()?;
        let failures = match Configuration::read(&documents) {
            Ok(_) => Vec::new(),
            Err(problems) => problems
                .iter()
                .map(|problem| Refusal::new("check-problem").with("problem", problem))
                .collect(),
        };
        Ok(Check {
            name: "check-name-configuration",
            looked_at: documents.len(),
            failures,
        })
    }

    /// Each month's newest run still matches the ledger, and adds up to it.
    fn check_allocations(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "check-name-allocations",
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
                check
                    .failures
                    .push(Refusal::new("check-ledger-changed").with("month", month));
                continue;
            }
            let costs = match self.store.allocated_costs(&run) {
                Ok(costs) => costs,
                Err(error) => {
                    check.failures.push(month_unreadable(month, &error.into()));
                    continue;
                }
            };
            let mut allocated: BTreeMap<(String, String), Amounts> = BTreeMap::new();
            for cost in &costs {
                *allocated
                    .entry((cost.dimensions.source.clone(), cost.dimensions.currency.clone()))
                    .or_default() += cost.amounts;
                if cost.product != UNALLOCATED && !products.contains_key(&cost.product) {
                    check.failures.push(
                        Refusal::new("check-product-unknown")
                            .with("month", month)
                            .with("product", &cost.product),
                    );
                }
            }
            let ledger = match self.ledger_sums(month) {
                Ok(ledger) => ledger,
                Err(error) => {
                    check.failures.push(month_unreadable(month, &error));
                    continue;
                }
            };
            for key in ledger.keys().chain(allocated.keys()).collect::<BTreeSet<_>>() {
                let (booked, charged) = (
                    ledger.get(key).copied().unwrap_or_default(),
                    allocated.get(key).copied().unwrap_or_default(),
                );
                let of_month = |name| {
                    Refusal::new(name)
                        .with("month", month)
                        .with("source", &key.0)
                        .with("currency", &key.1)
                };
                if booked != charged {
                    check.failures.push(
                        of_month("check-allocated-differs")
                            .with("ledger", booked.effective)
                            .with("allocated", charged.effective),
                    );
                }
                let proof = proofs.iter().find(|stored| {
                    stored.run == run.run && stored.proof.source == key.0 && stored.proof.currency == key.1
                });
                if proof
                    .is_none_or(|stored| stored.proof.ledger != booked.effective || !stored.proof.difference.is_zero())
                {
                    check.failures.push(of_month("check-proof-differs"));
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

    /// Requests, orders, bills, loans and carry-over hold together, and what is available is what a second sum says.
    fn check_control(&self) -> Result<Check, AppError> {
        let (looked_at, failures) = self.verify_control()?;
        Ok(Check {
            name: "check-name-control",
            looked_at,
            failures,
        })
    }

    /// Budget lines add up to their version's total, and one version of a year is in force at most.
    fn check_budgets(&self) -> Result<Check, AppError> {
        let mut check = Check {
            name: "check-name-budgets",
            looked_at: 0,
            failures: Vec::new(),
        };
        let mut approved: BTreeMap<i32, usize> = BTreeMap::new();
        for version in self.store.budgets()? {
            check.looked_at += 1;
            let of_version = |name| {
                Refusal::new(name)
                    .with("year", version.year)
                    .with("version", version.number)
            };
            let lines = match self.store.budget_lines(version.id) {
                Ok(lines) => lines,
                Err(error) => {
                    let reason = |language| error.message(language);
                    check
                        .failures
                        .push(of_version("check-budget-unreadable").with_words("reason", reason));
                    continue;
                }
            };
            let total: Money = lines.iter().map(|line| line.amount).sum();
            if total != version.total {
                check.failures.push(
                    of_version("check-budget-differs")
                        .with("total", total)
                        .with("recorded", version.total),
                );
            }
            let months = self.settings().fiscal.months_of(version.year);
            if let Some(line) = lines.iter().find(|line| !months.contains(line.month)) {
                check
                    .failures
                    .push(of_version("check-budget-outside").with("month", line.month));
            }
            if version.state == BudgetState::Approved {
                *approved.entry(version.year).or_default() += 1;
            }
        }
        check.failures.extend(
            approved
                .into_iter()
                .filter(|(_, count)| *count > 1)
                .map(|(year, count)| {
                    Refusal::new("check-budgets-approved")
                        .with("year", year)
                        .with("count", count)
                }),
        );
        Ok(check)
    }
}

fn in_english<S: Serializer>(key: &&'static str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&say(Language::English, key))
}

fn cannot_be_read(path: &str, error: &AppError) -> Refusal {
    Refusal::new("check-cannot-be-read")
        .with("path", path)
        .with_words("reason", |language| first_line(&error.message(language)))
}

fn month_unreadable(month: Month, error: &AppError) -> Refusal {
    Refusal::new("check-month-unreadable")
        .with("month", month)
        .with_words("reason", |language| first_line(&error.message(language)))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
