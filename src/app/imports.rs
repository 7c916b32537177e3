//! Imports: files in, one batch out, or nothing and every reason why.

use super::{App, AppError};
use crate::store::{Batch, BatchInput, BatchTotal, NewBatch, RemarkKind, hash_file};
use headroom_importers::{Diagnostic, Finding, ImportOptions, Imported, Input};
use headroom_models::language::Language;
use headroom_models::ledger::{Money, Month};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What to import, and how.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    /// The files of one batch.
    pub files: Vec<PathBuf>,
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
}

/// What an import did.
#[derive(Debug, Default)]
pub struct ImportOutcome {
    /// The batch; nothing when nothing was committed.
    pub batch: Option<String>,
    /// The earlier batch of the same bytes; nothing was done then.
    pub duplicate_of: Option<String>,
    /// Earlier batches of which months were replaced.
    pub replaced: Vec<String>,
    /// What was read.
    pub imported: Imported,
    /// True when rows were rejected and that stopped the batch.
    pub stopped_by_rejects: bool,
    /// The difference to the control total that stopped the batch: found less expected.
    pub control_difference: Option<Money>,
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
        let inputs: Vec<Input> = request
            .files
            .iter()
            .map(|path| Input {
                name: path
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                path: path.clone(),
            })
            .collect();
        let lock = self.store.lock()?;
        let mut hashes = Vec::new();
        for input in &inputs {
            // A file that cannot be opened is the importer's to report, with all the others.
            hashes.extend(hash_file(&input.path));
        }
        if hashes.len() == inputs.len()
            && let Some(earlier) = self.store.batch_of_same_content(&hashes)?
        {
            return Ok(self.duplicate(earlier, &inputs)?);
        }
        let (_, configuration) = self.configuration()?;
        let id = self.store.next_batch_id(&lock)?;
        let closed = self.store.closed_months()?;
        let products = configuration.organization.modules_by_product();
        let options = ImportOptions {
            batch: &id,
            source: request.source.as_deref(),
            month: request.month,
            default_currency: &self.settings().currency,
            closed: &closed,
            products: &products,
            progress,
        };
        let mut staged = self.store.stage(&id)?;
        let imported = match headroom_importers::import(&inputs, &options, &mut staged) {
            Ok(imported) => imported,
            Err(error) => {
                self.store.discard(&lock, staged)?;
                return Err(AppError::Import(error));
            }
        };
        let control_difference = request.control_total.and_then(|expected| {
            let billed: Money = imported.totals.values().map(|totals| totals.billed).sum();
            (billed != expected).then(|| billed - expected)
        });
        let stopped_by_rejects = imported.rejected > 0 && !request.allow_rejects;
        if stopped_by_rejects || control_difference.is_some() || request.dry_run || imported.rows == 0 {
            self.store.discard(&lock, staged)?;
            return Ok(ImportOutcome {
                imported,
                stopped_by_rejects,
                control_difference,
                ..ImportOutcome::default()
            });
        }
        let replaced = self
            .store
            .commit(&lock, staged, &new_batch(&id, &imported), &closed, &self.actor)?;
        Ok(ImportOutcome {
            batch: Some(id),
            replaced,
            imported,
            ..ImportOutcome::default()
        })
    }

    fn duplicate(&self, earlier: String, inputs: &[Input]) -> Result<ImportOutcome, AppError> {
        let batch = self.batch(&earlier)?;
        let mut imported = Imported {
            source: batch.source.clone(),
            rows: batch.rows,
            ..Imported::default()
        };
        imported.importer = headroom_importers::importer_names()
            .into_iter()
            .find(|name| *name == batch.importer)
            .unwrap_or_default();
        for total in self.store.batch_totals(&earlier)? {
            let totals = headroom_importers::Totals {
                billed: total.billed,
                effective: total.effective,
                list: total.list,
            };
            imported.totals.insert(total.currency, totals);
        }
        tracing::debug!(files = inputs.len(), earlier, "same bytes as an earlier batch");
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
        let found = self.store.batches()?.into_iter().find(|batch| batch.id == id);
        found.ok_or_else(|| AppError::refused(format!("there is no batch '{id}': `headroom imports list` shows them")))
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
        let lock = self.store.lock()?;
        let closed = self.store.closed_months()?;
        let locked: Vec<String> = self
            .store
            .charge_months_of_batch(id)?
            .intersection(&closed)
            .map(ToString::to_string)
            .collect();
        if !locked.is_empty() {
            return Err(AppError::refused(format!(
                "batch {id} has charges in closed months ({}): reopen them first with `headroom reopen MONTH --reason TEXT`",
                locked.join(", ")
            )));
        }
        Ok(self.store.undo(&lock, id, &self.actor)?)
    }
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
        totals: imported
            .totals
            .iter()
            .map(|(currency, totals)| BatchTotal {
                currency: currency.clone(),
                billed: totals.billed,
                effective: totals.effective,
                list: totals.list,
            })
            .collect(),
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
