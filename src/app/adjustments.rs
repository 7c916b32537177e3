//! Late charges of closed months: what they take the place of is taken back in the same open month, line by line.
//!
//! The closed books stay as they were. The open month gets the late charges and the reversal of what was booked, so its sum
//! changes by the difference alone, and both sides can be followed to a file and row.

use super::imports::TakenBack;
use super::{App, AppError};
use crate::store::{BatchTotal, DataFile, StagedBatch};
use headroom_models::ledger::{Column, Money, Month, reversed};
use polars::prelude::*;
use std::collections::BTreeMap;

/// Rows in memory at once.
const SLICE: u64 = 65_536;

/// What was taken back, and its sums as they stand in the books: with the opposite sign.
#[derive(Default)]
pub(super) struct Reversal {
    pub files: Vec<TakenBack>,
    /// Billed, effective and list cost per currency.
    pub sums: BTreeMap<String, [Money; 3]>,
}

impl App {
    /// Adds the reversal of the files' charges to a batch.
    pub(super) fn take_back(
        &self,
        staged: &mut StagedBatch,
        batch: &str,
        files: &[(Month, DataFile)],
    ) -> Result<Reversal, AppError> {
        let mut reversal = Reversal::default();
        let booked = staged.adjusted();
        for (original, file) in files {
            let (original, Some(&month)) = (*original, booked.get(original)) else {
                continue;
            };
            let mut was: BTreeMap<String, (Money, Money)> = BTreeMap::new();
            let columns: Vec<Expr> = Column::ALL.iter().map(|column| col(column.name())).collect();
            for offset in (0..file.rows).step_by(SLICE as usize) {
                let Some(charges) = self.store.scan(std::slice::from_ref(file))? else {
                    continue;
                };
                let charges = charges
                    .slice(offset as i64, SLICE as IdxSize)
                    .select(columns.clone())
                    .collect()?;
                let back = reversed(&charges, original, month, batch)?;
                for (currency, amounts) in headroom_models::allocation::ledger_sums(charges.lazy())? {
                    let sums = reversal.sums.entry(currency.clone()).or_default();
                    for (sum, amount) in sums.iter_mut().zip([amounts.billed, amounts.effective, amounts.list]) {
                        *sum -= amount;
                    }
                    let was = was.entry(currency).or_default();
                    was.0 += amounts.billed;
                    was.1 += amounts.effective;
                }
                staged.reverse(month, original, back)?;
            }
            reversal.files.push(TakenBack {
                batch: file.batch.clone(),
                original,
                booked: month,
                was,
            });
        }
        Ok(reversal)
    }
}

/// Notes what a batch takes back beside the sums of its own rows.
pub(super) fn add_taken_back(totals: &mut Vec<BatchTotal>, sums: BTreeMap<String, [Money; 3]>) {
    for (currency, [billed, effective, list]) in sums {
        let known = totals.iter().position(|total| total.currency == currency);
        let index = known.unwrap_or_else(|| {
            totals.push(BatchTotal {
                currency,
                ..BatchTotal::default()
            });
            totals.len() - 1
        });
        let total = &mut totals[index];
        total.reversed_billed += billed;
        total.reversed_effective += effective;
        total.reversed_list += list;
    }
}
