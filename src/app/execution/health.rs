//! How far the data can be trusted: findings, reconciliation, which source delivered which month.

use crate::app::{App, AppError};
use crate::store::RemarkKind;
use headroom_importers::Dataset;
use headroom_models::allocation::ConservationProof;
use headroom_models::ledger::{Money, Month, MonthRange, Ratio};
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

    /// Which sources delivered which months: a source that delivered any month of the year is expected in all of them. An accrual
    /// stands for a bill that has not come, and a bill that came after the close is late.
    pub(in crate::app) fn data_health(&self, months: MonthRange, as_of: Month) -> Result<DataHealth, AppError> {
        let files = self.store.data_files(Dataset::Charges)?;
        let accruals: BTreeSet<String> = self
            .accruals_on_record()?
            .into_iter()
            .map(|accrual| accrual.batch)
            .collect();
        let mut delivered: BTreeMap<(&str, Month), Delivery> = BTreeMap::new();
        for file in &files {
            let (month, delivery) = match file.adjusts {
                Some(original) => (original, Delivery::Late),
                None if accruals.contains(&file.batch) => (file.month, Delivery::Estimated),
                None => (file.month, Delivery::Present),
            };
            let known = delivered.entry((file.source.as_str(), month)).or_insert(delivery);
            if delivery == Delivery::Late {
                *known = delivery;
            }
        }
        let sources: BTreeSet<&str> = delivered
            .keys()
            .filter(|(_, month)| months.contains(*month) && *month <= as_of)
            .map(|(source, _)| *source)
            .collect();
        let sources = sources.into_iter().map(|source| SourceHealth {
            source: source.to_owned(),
            months: months
                .months()
                .map(|month| match delivered.get(&(source, month)) {
                    _ if month > as_of => Delivery::NotDue,
                    Some(delivery) => *delivery,
                    None => Delivery::Missing,
                })
                .collect(),
        });
        let sources = sources.collect();
        Ok(DataHealth {
            estimated_share: self.estimated_share(months, as_of)?,
            sources,
        })
    }

    /// What of the cost of the year so far is estimated and not yet known from a bill; nothing when nothing is.
    fn estimated_share(&self, months: MonthRange, as_of: Month) -> Result<Option<Money>, AppError> {
        let mut standing = self.accruals_that_stand(Some(months))?;
        standing.retain(|accrual| accrual.month <= as_of);
        if standing.is_empty() {
            return Ok(None);
        }
        let rates = self.rates()?;
        let converted = |currency: &str, month: Month, amount: Money| {
            rates
                .rate(currency, month)
                .map(|rate| amount.multiply(rate))
                .unwrap_or_default()
        };
        let estimated = standing.iter().flat_map(|accrual| {
            let amounts = accrual.effective.iter();
            amounts.map(|(currency, amount)| converted(currency, accrual.month, *amount))
        });
        let estimated: Money = estimated.sum();
        let proofs = self.store.newest_proofs()?.into_iter().map(|stored| stored.proof);
        let actual: Money = proofs
            .filter(|proof| months.contains(proof.month) && proof.month <= as_of)
            .map(|proof| converted(&proof.currency, proof.month, proof.ledger))
            .sum();
        Ok(Ratio::checked(estimated, actual).map(|share| share.to_money()))
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
