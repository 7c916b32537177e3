//! How far the data can be trusted: findings, reconciliation, which source delivered which month.

use crate::app::{App, AppError};
use crate::store::RemarkKind;
use headroom_importers::Dataset;
use headroom_models::allocation::ConservationProof;
use headroom_models::ledger::{Month, MonthRange};
use headroom_reports::data::{DataHealth, Delivery, Finding, FindingKind, ReconciliationLine, SourceHealth};
use std::collections::{BTreeMap, BTreeSet};

impl App {
    /// Where the data disagrees: findings of imports, and what no rule took, month by month.
    pub(in crate::app) fn findings(
        &self,
        months: MonthRange,
        as_of: Month,
        proofs: &[ConservationProof],
    ) -> Result<Vec<Finding>, AppError> {
        let mut findings = Vec::new();
        let live: BTreeSet<(String, Month)> = self
            .store
            .data_files(Dataset::Charges)?
            .into_iter()
            .map(|file| (file.batch, file.month))
            .collect();
        for remark in self.store.remarks(None, RemarkKind::Finding)? {
            let text = |key: &str| remark.body[key].as_str().unwrap_or_default().to_owned();
            let Ok(month) = text("month").parse::<Month>() else {
                continue;
            };
            // A corrected invoice takes its finding away with it.
            if !months.contains(month) || month > as_of || !live.contains(&(remark.batch.clone(), month)) {
                continue;
            }
            let facts = [
                ("expected", text("expected")),
                ("found", text("found")),
                ("invoice", text("invoice_id")),
                ("currency", text("currency")),
            ];
            findings.push(Finding {
                kind: FindingKind::InvoiceArithmetic,
                source: text("vendor"),
                month,
                place: Some(format!("{}:{}", text("file"), remark.body["row"])),
                amount: text("difference").parse().ok(),
                detail: facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
            });
        }
        for batch in self.store.batches()?.into_iter().filter(|batch| batch.rejected > 0) {
            let Some((_, month)) = live
                .iter()
                .find(|(id, month)| *id == batch.id && months.contains(*month))
            else {
                continue;
            };
            for total in self.store.batch_totals(&batch.id)? {
                findings.push(Finding {
                    kind: FindingKind::RejectedRows,
                    source: batch.source.clone(),
                    month: *month,
                    place: Some(batch.id.clone()),
                    amount: Some(total.rejected),
                    detail: BTreeMap::from([
                        ("rows".to_owned(), batch.rejected.to_string()),
                        ("currency".to_owned(), total.currency),
                    ]),
                });
            }
        }
        for proof in proofs.iter().filter(|proof| !proof.unallocated.is_zero()) {
            findings.push(Finding {
                kind: FindingKind::Untagged,
                source: proof.source.clone(),
                month: proof.month,
                place: None,
                amount: Some(proof.unallocated),
                detail: BTreeMap::from([("currency".to_owned(), proof.currency.clone())]),
            });
        }
        Ok(findings)
    }

    /// Which sources delivered which months: a source that delivered any month of the year is expected in all of them.
    pub(in crate::app) fn data_health(&self, months: MonthRange, as_of: Month) -> Result<DataHealth, AppError> {
        let delivered = self.ledger_sources()?;
        let sources: BTreeSet<&String> = delivered
            .iter()
            .filter(|(month, _)| months.contains(**month) && **month <= as_of)
            .flat_map(|(_, sources)| sources)
            .collect();
        let sources = sources.into_iter().map(|source| SourceHealth {
            source: source.clone(),
            months: months
                .months()
                .map(
                    |month| match delivered.get(&month).is_some_and(|sources| sources.contains(source)) {
                        _ if month > as_of => Delivery::NotDue,
                        true => Delivery::Present,
                        false => Delivery::Missing,
                    },
                )
                .collect(),
        });
        Ok(DataHealth {
            estimated_share: None,
            sources: sources.collect(),
        })
    }
}

pub(in crate::app) fn reconciliation_line(proof: &ConservationProof) -> ReconciliationLine {
    ReconciliationLine {
        month: proof.month,
        source: proof.source.clone(),
        currency: proof.currency.clone(),
        invoice: None,
        ledger: proof.ledger,
        allocated: proof.allocated,
        difference: proof.difference,
        unallocated: proof.unallocated,
    }
}
