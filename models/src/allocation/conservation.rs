//! The proof that allocation lost and made nothing: per source and currency, Σ allocated = Σ ledger to the last digit.

use super::{AllocatedCost, Amounts};
use crate::ledger::{Money, Month};
use crate::organization::UNALLOCATED;
use serde::Serialize;
use std::collections::BTreeMap;

/// One line of the proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConservationProof {
    /// Billing month.
    pub month: Month,
    /// Source of the charges.
    pub source: String,
    /// ISO 4217.
    pub currency: String,
    /// Sum of the ledger's effective cost.
    pub ledger: Money,
    /// Sum of the allocated effective cost.
    pub allocated: Money,
    /// Ledger less allocated: zero, or the run has failed.
    pub difference: Money,
    /// What of the allocated cost no rule took.
    pub unallocated: Money,
    /// The ledger's billed cost, likewise proved.
    pub ledger_billed: Money,
}

/// Allocated and ledger differ: a defect that stops the run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "allocation of {month} does not add up for source '{source_name}' in {currency}: {what} is {ledger} in the ledger and {allocated} allocated"
)]
pub struct NotConserved {
    /// Billing month.
    pub month: Month,
    /// Source of the charges.
    pub source_name: String,
    /// ISO 4217.
    pub currency: String,
    /// Which of the amounts.
    pub what: &'static str,
    /// The ledger's sum.
    pub ledger: Money,
    /// The allocated sum.
    pub allocated: Money,
}

/// Compares what was allocated with the ledger's own sums, all four amounts of every source and currency.
pub(super) fn prove(
    month: Month,
    ledger: &BTreeMap<(String, String), Amounts>,
    allocated: &[AllocatedCost],
) -> Result<Vec<ConservationProof>, NotConserved> {
    let mut sums: BTreeMap<(String, String), (Amounts, Money)> = BTreeMap::new();
    for cost in allocated {
        let (sum, unallocated) = sums
            .entry((cost.dimensions.source.clone(), cost.dimensions.currency.clone()))
            .or_default();
        *sum += cost.amounts;
        if cost.product == UNALLOCATED {
            *unallocated += cost.amounts.effective;
        }
    }
    let keys: std::collections::BTreeSet<_> = ledger.keys().chain(sums.keys()).cloned().collect();
    keys.into_iter()
        .map(|key| {
            let booked = ledger.get(&key).copied().unwrap_or_default();
            let (sum, unallocated) = sums.get(&key).copied().unwrap_or_default();
            let (source, currency) = key;
            let names = ["billed cost", "effective cost", "list cost", "tax"];
            for ((what, ledger), allocated) in names.into_iter().zip(booked.to_array()).zip(sum.to_array()) {
                if ledger != allocated {
                    return Err(NotConserved {
                        month,
                        source_name: source,
                        currency,
                        what,
                        ledger,
                        allocated,
                    });
                }
            }
            Ok(ConservationProof {
                month,
                source,
                currency,
                ledger: booked.effective,
                allocated: sum.effective,
                difference: booked.effective - sum.effective,
                unallocated,
                ledger_billed: booked.billed,
            })
        })
        .collect()
}
