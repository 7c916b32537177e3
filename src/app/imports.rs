//! Imports: files in, one batch out, or nothing and every reason why.

use super::adjustments::add_taken_back;
use super::import_compare::{ComparedRows, Rows};
use super::preview::{Preview, Previewing};
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::{Batch, BatchInput, BatchTotal, DataFile, NewBatch, RemarkKind, StagedBatch, hash_file};
use headroom_importers::{Dataset, Diagnostic, Finding, ImportOptions, Imported, Input, Totals};
use headroom_models::language::Language;
use headroom_models::ledger::{Money, Month};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What to import, and how.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    /// The files of one batch.
    pub files: Vec<PathBuf>,
    /// Name of the saved column mapping by which the files are read.
    pub mapping: Option<String>,
    /// Name of the source; made from importer and provider when missing.
    pub source: Option<String>,
    /// The only month that the files may hold.
    pub month: Option<Month>,
    /// What the billed cost must add up to.
    pub control_total: Option<Money>,
    /// Read and check everything, keep nothing.
    pub dry_run: bool,
    /// Take the good rows although others were rejected.
    pub allow_rejects: bool,
    /// Add to what an earlier batch brought for the same source and months, instead of taking its place.
    pub append: bool,
    /// Take an earlier batch's place although it holds invoices or assets that these files do not.
    pub replace: bool,
}

/// A month of an earlier batch that a newer one has replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replaced {
    /// The earlier batch.
    pub batch: String,
    /// The month.
    pub month: Month,
    /// What it had billed and what it had on accrual basis, per currency.
    pub was: BTreeMap<String, (Money, Money)>,
}

/// Charges of a closed month that late ones took the place of: taken back in the month in whose books the late ones are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TakenBack {
    /// The batch that had brought them.
    pub batch: String,
    /// The closed month.
    pub original: Month,
    /// The month in whose books they are taken back.
    pub booked: Month,
    /// What they were, billed and on accrual basis, per currency.
    pub was: BTreeMap<String, (Money, Money)>,
}

/// The files that a batch takes the place of.
#[derive(Default)]
struct Replacement {
    /// Files of open months: they no longer count.
    replaced: Vec<DataFile>,
    /// Files of closed months: they are taken back in an open one.
    taken_back: Vec<(Month, DataFile)>,
}

/// What an import did.
#[derive(Debug, Default)]
pub struct ImportOutcome {
    /// The batch; nothing when nothing was committed.
    pub batch: Option<String>,
    /// The earlier batch of the same bytes; nothing was done then.
    pub duplicate_of: Option<String>,
    /// What was replaced.
    pub replaced: Vec<Replaced>,
    /// What was taken back of closed months.
    pub taken_back: Vec<TakenBack>,
    /// Rates and metrics of closed months, which were left out: they stay as they were.
    pub frozen_rows: u64,
    /// What was read.
    pub imported: Imported,
    /// True when rows were rejected and that stopped the batch.
    pub stopped_by_rejects: bool,
    /// The difference to the control total that stopped the batch: found less expected.
    pub control_difference: Option<Money>,
    /// The first rows as they would be booked; of a dry run only.
    pub preview: Preview,
    /// Rows of bills against those that they would take the place of; of a dry run only, and nothing when they are too many.
    pub compared: Option<ComparedRows>,
}

impl ImportOutcome {
    /// True when the import did what was asked.
    pub fn is_done(&self) -> bool {
        !self.stopped_by_rejects && self.control_difference.is_none()
    }
}

impl App {
    /// Imports files as one batch.
    ///
    /// # Errors
    /// When files cannot be read as a whole. Rejected rows and a control total that does not agree are no errors of the
    /// use case: the outcome names them, and the batch is not committed.
    pub fn import(
        &self,
        request: &ImportRequest,
        progress: Option<&dyn Fn(u64, u64)>,
    ) -> Result<ImportOutcome, AppError> {
        self.require_company(Permission::Import)?;
        let mapping = match &request.mapping {
            Some(name) => Some(std::sync::Arc::new(self.mapping(name)?)),
            None => None,
        };
        let input = |path: &PathBuf| Input {
            mapping: mapping.clone(),
            ..Input::new(path)
        };
        let inputs: Vec<Input> = request.files.iter().map(input).collect();
        if let Some(source) = &request.source {
            check_source(source)?;
        }
        let lock = self.store.lock()?;
        if let Some(earlier) = self.earlier_import(&inputs)? {
            return self.duplicate(earlier);
        }
        let (_, configuration) = self.configuration()?;
        let id = self.store.next_batch_id(&lock)?;
        let closed = self.store.closed_months()?;
        let products = configuration.organization.modules_by_product();
        let booked = self.booked_assets(&closed)?;
        let options = ImportOptions {
            batch: &id,
            source: request.source.as_deref(),
            month: request.month,
            default_currency: &self.settings().currency,
            closed: &closed,
            products: &products,
            booked: Some(&booked),
            progress,
        };
        let mut staged = self.store.stage(&id, &closed)?;
        let mut sink = Previewing::new(&mut staged, request.dry_run);
        let read = headroom_importers::import(&inputs, &options, &mut sink).map_err(AppError::Import);
        let (preview, rows) = sink.kept();
        let checked = read.and_then(|imported| {
            let outcome = check_outcome(request, imported, staged.frozen_rows())?;
            let replacement = if outcome.is_done() && !request.append {
                self.checked_replacement(request, &outcome.imported, &staged)?
            } else {
                Replacement::default()
            };
            let taken_back = self.take_back(&mut staged, &id, &replacement.taken_back)?;
            Ok((outcome, replacement.replaced, taken_back))
        });
        let (mut outcome, replaced, taken_back) = match checked {
            Ok(checked) => checked,
            Err(error) => {
                self.store.discard(&lock, staged)?;
                return Err(error);
            }
        };
        if !outcome.is_done() || request.dry_run || staged.rows() == 0 {
            self.store.discard(&lock, staged)?;
            if request.dry_run && outcome.is_done() {
                outcome.replaced = self.replaced_months(&replaced)?;
                outcome.compared = rows.compared_with(&self.rows_of(&replaced)?);
            }
            outcome.preview = preview;
            return Ok(outcome);
        }
        outcome.replaced = self.replaced_months(&replaced)?;
        let mut batch = new_batch(&id, &outcome.imported);
        add_taken_back(&mut batch.totals, taken_back.sums);
        outcome.taken_back = taken_back.files;
        self.store.commit(&lock, staged, &batch, &replaced, &self.actor)?;
        outcome.batch = Some(id);
        Ok(outcome)
    }

    /// The batch that exactly these bytes were imported as before.
    fn earlier_import(&self, inputs: &[Input]) -> Result<Option<String>, AppError> {
        // A file that cannot be opened is the importer's to report, with all the others.
        let sizes = self.store.input_sizes()?;
        let hashes: Vec<(&str, String)> = inputs
            .iter()
            // A pipe would be waited for without end, and a file of a size that was never read need not be hashed.
            .filter(|input| {
                std::fs::metadata(&input.path).is_ok_and(|file| file.is_file() && sizes.contains(&file.len()))
            })
            .filter_map(|input| Some((input.name.as_str(), hash_file(&input.path).ok()?)))
            .collect();
        let all: Vec<String> = hashes.iter().map(|(_, hash)| hash.clone()).collect();
        let same = match all.len() == inputs.len() {
            true => self.store.batches_of_same_content(&all)?.pop(),
            false => None,
        };
        if let Some(earlier) = same {
            let replaced_by = self.store.replaced_by(&earlier)?;
            if !replaced_by.is_empty() {
                let newer = replaced_by.join(", ");
                return Err(Refusal::new("refused-replaced-before")
                    .with("batch", earlier)
                    .with("newer", newer)
                    .into());
            }
            // A batch that left rows out may be read again: the organization may know their products by now.
            return Ok((self.batch(&earlier)?.rejected == 0).then_some(earlier));
        }
        for (name, hash) in hashes {
            if let Some(earlier) = self.store.live_batch_of_file(&hash)? {
                return Err(Refusal::new("refused-part-of-batch")
                    .with("name", name)
                    .with("batch", earlier)
                    .into());
            }
        }
        Ok(None)
    }

    /// The files that the batch takes the place of.
    fn checked_replacement(
        &self,
        request: &ImportRequest,
        imported: &Imported,
        staged: &StagedBatch,
    ) -> Result<Replacement, AppError> {
        let register = headroom_importers::is_register(imported.importer);
        if register && request.month.is_some() {
            return Err(Refusal::new("refused-register-month").into());
        }
        let replaced = self.store.replaceable(imported.importer, &imported.source, staged)?;
        let taken_back = self.store.reversible(imported.importer, &imported.source, staged)?;
        if !request.replace {
            let all = replaced.iter().chain(taken_back.iter().map(|(_, file)| file));
            let all: Vec<DataFile> = all.cloned().collect();
            let held = self.store.identities_in(&all)?;
            let missing: Vec<&String> = held.difference(staged.identities()).collect();
            if !missing.is_empty() {
                let batches: BTreeSet<&str> = all.iter().map(|file| file.batch.as_str()).collect();
                let batches = batches.into_iter().collect::<Vec<_>>().join(", ");
                let key = if register {
                    "refused-lacks-assets"
                } else {
                    "refused-lacks-invoices"
                };
                let shown = missing
                    .iter()
                    .take(5)
                    .map(|id| id.as_str())
                    .collect::<Vec<_>>()
                    .join(", ");
                let more =
                    (missing.len() > 5).then(|| Refusal::new("refused-and-more").with("count", missing.len() - 5));
                return Err(Refusal::new(key)
                    .with("source", &imported.source)
                    .with("batches", batches)
                    .with("shown", shown)
                    .with_words("more", |language| {
                        more.as_ref().map(|more| more.message(language)).unwrap_or_default()
                    })
                    .into());
            }
        }
        Ok(Replacement { replaced, taken_back })
    }

    /// What files that are about to be replaced hold, by batch and month.
    fn replaced_months(&self, files: &[DataFile]) -> Result<Vec<Replaced>, AppError> {
        let mut months: BTreeMap<(String, Month), BTreeMap<String, (Money, Money)>> = BTreeMap::new();
        for file in files.iter().filter(|file| file.dataset == Dataset::Charges.as_str()) {
            let was = months.entry((file.batch.clone(), file.month)).or_default();
            let Some(charges) = self.store.scan(std::slice::from_ref(file))? else {
                continue;
            };
            for (currency, amounts) in headroom_models::allocation::ledger_sums(charges)? {
                let sum = was.entry(currency).or_default();
                sum.0 += amounts.billed;
                sum.1 += amounts.effective;
            }
        }
        Ok(months
            .into_iter()
            .map(|((batch, month), was)| Replaced { batch, month, was })
            .collect())
    }

    /// Rows of bills on record, to compare others with.
    fn rows_of(&self, files: &[DataFile]) -> Result<Rows, AppError> {
        let mut rows = Rows::default();
        for file in files.iter().filter(|file| file.dataset == Dataset::Charges.as_str()) {
            if let Some(charges) = self.store.scan(std::slice::from_ref(file))? {
                rows.add(file.month, &charges.collect()?);
            }
        }
        Ok(rows)
    }

    fn duplicate(&self, earlier: String) -> Result<ImportOutcome, AppError> {
        let batch = self.batch(&earlier)?;
        let mut imported = Imported {
            source: batch.source.clone(),
            rows: batch.rows,
            ..Imported::default()
        };
        let names = headroom_importers::importer_names();
        imported.importer = names
            .into_iter()
            .find(|name| *name == batch.importer)
            .unwrap_or_default();
        for total in self.store.batch_totals(&earlier)? {
            let totals = Totals {
                billed: total.billed,
                effective: total.effective,
                list: total.list,
            };
            imported.totals.insert(total.currency, totals);
        }
        Ok(ImportOutcome {
            duplicate_of: Some(earlier),
            imported,
            ..ImportOutcome::default()
        })
    }

    /// All batches on record.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn batches(&self) -> Result<Vec<(Batch, Vec<BatchTotal>)>, AppError> {
        self.require_company(Permission::Read)?;
        let batches = self.store.batches()?;
        batches
            .into_iter()
            .map(|batch| Ok((batch.clone(), self.store.batch_totals(&batch.id)?)))
            .collect()
    }

    /// One batch on record.
    ///
    /// # Errors
    /// When there is no such batch.
    pub fn batch(&self, id: &str) -> Result<Batch, AppError> {
        self.require_company(Permission::Read)?;
        let found = self.store.batches()?.into_iter().find(|batch| batch.id == id);
        Ok(found.ok_or_else(|| Refusal::new("refused-no-batch").with("batch", id))?)
    }

    /// Sums, files, rejects and findings of a batch.
    ///
    /// # Errors
    /// When there is no such batch.
    pub fn batch_details(&self, id: &str) -> Result<Value, AppError> {
        let batch = self.batch(id)?;
        let bodies = |kind| -> Result<Vec<Value>, AppError> {
            Ok(self
                .store
                .remarks(Some(id), kind)?
                .into_iter()
                .map(|remark| remark.body)
                .collect())
        };
        let months: Vec<String> = self
            .store
            .files_of_batch(id)?
            .iter()
            .map(|file| format!("{}/{}", file.dataset, file.month))
            .collect();
        Ok(json!({
            "batch": batch,
            "totals": self.store.batch_totals(id)?,
            "files": self.store.batch_inputs(id)?,
            "months": months,
            "rejects": bodies(RemarkKind::Reject)?,
            "findings": bodies(RemarkKind::Finding)?,
        }))
    }

    /// Undoes a batch.
    ///
    /// # Errors
    /// When there is no such batch, a month of it is closed, or a newer batch replaced part of it.
    pub fn undo_import(&self, id: &str) -> Result<(), AppError> {
        self.require_company(Permission::Import)?;
        let lock = self.store.lock()?;
        let closed = self.store.closed_months()?;
        let locked: Vec<String> = self
            .store
            .months_touched_by_undo(id)?
            .intersection(&closed)
            .map(ToString::to_string)
            .collect();
        if !locked.is_empty() {
            return Err(Refusal::new("refused-undo-closed")
                .with("batch", id)
                .with("months", locked.join(", "))
                .into());
        }
        Ok(self.store.undo(&lock, id, &self.actor)?)
    }
}

/// A source's name is a folder's name and stands in every report.
fn check_source(source: &str) -> Result<(), AppError> {
    let fits = !source.trim().is_empty() && source.len() <= 100 && !source.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(Refusal::new("refused-source-name").into())
    }
}

/// What is known once the files are read: whether rejects or the control total stop the batch.
fn check_outcome(request: &ImportRequest, imported: Imported, frozen_rows: u64) -> Result<ImportOutcome, AppError> {
    let mut outcome = ImportOutcome {
        frozen_rows,
        ..ImportOutcome::default()
    };
    if let Some(expected) = request.control_total {
        if imported.totals.len() > 1 {
            let currencies = imported.totals.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(Refusal::new("refused-control-currencies")
                .with("currencies", currencies)
                .into());
        }
        let billed: Money = imported.totals.values().map(|totals| totals.billed).sum();
        outcome.control_difference = (billed != expected).then(|| billed - expected);
    }
    outcome.stopped_by_rejects = imported.rejected > 0 && !request.allow_rejects;
    outcome.imported = imported;
    Ok(outcome)
}

fn new_batch(id: &str, imported: &Imported) -> NewBatch {
    let rejects = imported
        .rejects
        .iter()
        .map(|reject| (RemarkKind::Reject, reject_json(reject)));
    let findings = imported
        .findings
        .iter()
        .map(|finding| (RemarkKind::Finding, finding_json(finding)));
    NewBatch {
        id: id.to_owned(),
        importer: imported.importer.to_owned(),
        source: imported.source.clone(),
        rows: imported.rows,
        rejected: imported.rejected,
        rounding_residual: imported.rounding_residual.to_string(),
        totals: batch_totals(imported),
        inputs: imported
            .files
            .iter()
            .map(|file| BatchInput {
                name: file.name.clone(),
                sha256: file.sha256.clone(),
                bytes: file.bytes,
                rows: file.rows,
            })
            .collect(),
        remarks: rejects.chain(findings).collect(),
    }
}

fn batch_totals(imported: &Imported) -> Vec<BatchTotal> {
    let currencies: BTreeSet<&String> = imported.totals.keys().chain(imported.rejected_billed.keys()).collect();
    let total = |currency: &String| {
        let totals = imported.totals.get(currency).copied().unwrap_or_default();
        BatchTotal {
            currency: currency.clone(),
            billed: totals.billed,
            effective: totals.effective,
            list: totals.list,
            rejected: imported.rejected_billed.get(currency).copied().unwrap_or_default(),
            ..BatchTotal::default()
        }
    };
    currencies.into_iter().map(total).collect()
}

fn reject_json(reject: &Diagnostic) -> Value {
    json!({
        "file": reject.file,
        "sheet": reject.sheet,
        "row": reject.row,
        "column": reject.column,
        "value": reject.value,
        "message": reject.message(Language::English),
        "message_zh": reject.message(Language::SimplifiedChinese),
    })
}

/// A finding as it is kept and shown.
fn finding_json(finding: &Finding) -> Value {
    json!({
        "file": finding.file,
        "sheet": finding.sheet,
        "row": finding.row,
        "invoice_id": finding.invoice_id,
        "vendor": finding.vendor,
        "month": finding.month,
        "currency": finding.currency,
        "expected": finding.expected,
        "found": finding.found,
        "difference": finding.difference,
        "message": finding.message(Language::English),
        "message_zh": finding.message(Language::SimplifiedChinese),
    })
}
