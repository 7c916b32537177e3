//! Savings as later bills show them: what a reclaimed resource cost before, less what it costs now.

use crate::ledger::{Money, Month};
use chrono::NaiveDate;
use serde::Serialize;

/// A resource that was given up.
#[derive(Clone, Debug, PartialEq)]
pub struct Reclaimed {
    /// Day on which it was.
    pub on: NaiveDate,
    /// What it cost in a month before, in its billing currency.
    pub baseline: Money,
}

/// What the bills of a month say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthBill {
    /// Billing month.
    pub month: Month,
    /// True when the bills of the month are there: without them nothing is known.
    pub arrived: bool,
    /// What was charged for the resource, in the currency of the baseline.
    pub cost: Money,
    /// True when the resource sent samples of real use after it was reclaimed.
    pub used: bool,
}

/// What a month proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SavingProof {
    /// The bill is there and has no charge for it.
    BillStopped,
    /// It is still charged for, by less than before.
    BilledLess,
    /// It is charged for as before: nothing is saved.
    StillBilled,
    /// The month's bills are not there.
    BillMissing,
}

impl SavingProof {
    /// The word of JSON and of the keys of words.
    pub const fn as_str(self) -> &'static str {
        match self {
            SavingProof::BillStopped => "bill-stopped",
            SavingProof::BilledLess => "billed-less",
            SavingProof::StillBilled => "still-billed",
            SavingProof::BillMissing => "bill-missing",
        }
    }
}

/// The saving of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MonthSaving {
    /// Billing month.
    pub month: Month,
    /// What was charged.
    pub cost: Money,
    /// Baseline less cost, never below zero; zero without a bill.
    pub saving: Money,
    /// What the month proves.
    pub proof: SavingProof,
    /// True when the resource was used after it was reclaimed.
    pub used: bool,
}

/// The savings of a reclaimed resource in the months from its reclaim on.
pub fn realised(reclaimed: &Reclaimed, bills: &[MonthBill]) -> Vec<MonthSaving> {
    let first = Month::of(reclaimed.on);
    bills
        .iter()
        .filter(|bill| bill.month >= first)
        .map(|bill| {
            let saved = (reclaimed.baseline - bill.cost).max(Money::ZERO);
            let (saving, proof) = if !bill.arrived {
                (Money::ZERO, SavingProof::BillMissing)
            } else if bill.cost.is_zero() {
                (saved, SavingProof::BillStopped)
            } else if saved.is_zero() {
                (saved, SavingProof::StillBilled)
            } else {
                (saved, SavingProof::BilledLess)
            };
            MonthSaving {
                month: bill.month,
                cost: bill.cost,
                saving,
                proof,
                used: bill.used,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saving_appears_in_the_month_its_bill_stops() {
        let reclaimed = Reclaimed {
            on: NaiveDate::from_ymd_opt(2026, 10, 12).unwrap(),
            baseline: Money::whole(900),
        };
        let bill = |month: &str, arrived, cost| MonthBill {
            month: month.parse().unwrap(),
            arrived,
            cost: Money::whole(cost),
            used: false,
        };
        let bills = [
            bill("2026-09", true, 900),
            bill("2026-10", true, 900),
            bill("2026-11", true, 300),
            bill("2026-12", true, 0),
            bill("2027-01", false, 0),
        ];
        let shown: Vec<_> = realised(&reclaimed, &bills)
            .iter()
            .map(|saving| (saving.month.to_string(), saving.saving, saving.proof))
            .collect();
        assert_eq!(
            shown,
            [
                ("2026-10".to_owned(), Money::ZERO, SavingProof::StillBilled),
                ("2026-11".to_owned(), Money::whole(600), SavingProof::BilledLess),
                ("2026-12".to_owned(), Money::whole(900), SavingProof::BillStopped),
                ("2027-01".to_owned(), Money::ZERO, SavingProof::BillMissing),
            ]
        );
    }
}
