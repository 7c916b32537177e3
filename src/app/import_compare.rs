//! Which rows of bills are new, changed, or as they were, before anything is booked.

use super::preview::cells;
use headroom_models::ledger::{Column, Month};
use polars::prelude::DataFrame;
use serde::Serialize;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Rows that are compared at most: a look before booking has to stay quick.
const MOST_ROWS: usize = 200_000;

/// What a charge is recognised by, beside its month.
const WHAT: [Column; 7] = [
    Column::InvoiceIssuerName,
    Column::InvoiceId,
    Column::ServiceName,
    Column::ResourceId,
    Column::ChargeDescription,
    Column::CostType,
    Column::BillingCurrency,
];

/// What may change of it.
const HOW_MUCH: [Column; 4] = [
    Column::PricingQuantity,
    Column::BilledCost,
    Column::EffectiveCost,
    Column::ListCost,
];

/// How rows stand to those that they would take the place of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ComparedRows {
    /// There was none for this invoice, resource and charge.
    pub new: u64,
    /// There was one with another quantity or amount.
    pub changed: u64,
    /// There is the same one already.
    pub same: u64,
    /// Rows on record that are in these files no more.
    pub gone: u64,
}

/// Rows of bills as they are read, each as two numbers: what it is, and how much.
#[derive(Default)]
pub(super) struct Rows {
    rows: Vec<(u64, u64)>,
    too_many: bool,
}

impl Rows {
    /// Takes rows of a month.
    pub fn add(&mut self, month: Month, frame: &DataFrame) {
        if self.too_many || self.rows.len() + frame.height() > MOST_ROWS {
            self.too_many = true;
            self.rows = Vec::new();
            return;
        }
        let what = hashes(month, frame, &WHAT);
        let how_much = hashes(month, frame, &HOW_MUCH);
        self.rows.extend(what.into_iter().zip(how_much));
    }

    /// How these rows stand to those before; nothing when either are too many to compare.
    pub fn compared_with(&self, before: &Rows) -> Option<ComparedRows> {
        if self.too_many || before.too_many {
            return None;
        }
        let mut there: HashMap<u64, Vec<u64>> = HashMap::new();
        for (what, how_much) in &before.rows {
            there.entry(*what).or_default().push(*how_much);
        }
        let mut counts = ComparedRows::default();
        let mut others = Vec::new();
        // The same ones first, so that a changed one never takes the place of an unchanged one.
        for (what, how_much) in &self.rows {
            let found = there.get_mut(what).and_then(|amounts| {
                let at = amounts.iter().position(|amount| amount == how_much)?;
                Some(amounts.swap_remove(at))
            });
            match found {
                Some(_) => counts.same += 1,
                None => others.push(*what),
            }
        }
        for what in others {
            match there.get_mut(&what).and_then(Vec::pop) {
                Some(_) => counts.changed += 1,
                None => counts.new += 1,
            }
        }
        counts.gone = there.values().map(|amounts| amounts.len() as u64).sum();
        Some(counts)
    }
}

fn hashes(month: Month, frame: &DataFrame, columns: &[Column]) -> Vec<u64> {
    let columns: Vec<Vec<String>> = columns.iter().map(|column| cells(frame, column.name())).collect();
    let of_row = |row: usize| {
        let mut hasher = DefaultHasher::new();
        month.hash(&mut hasher);
        for column in &columns {
            column.get(row).map_or("", String::as_str).hash(&mut hasher);
        }
        hasher.finish()
    };
    (0..frame.height()).map(of_row).collect()
}

#[cfg(test)]
mod tests {
    use super::{ComparedRows, Rows};
    use proptest::prelude::*;

    fn rows(rows: &[(u64, u64)]) -> Rows {
        Rows {
            rows: rows.to_vec(),
            too_many: false,
        }
    }

    #[test]
    fn rows_are_new_changed_the_same_or_gone() {
        let before = rows(&[(1, 10), (1, 10), (2, 20), (3, 30), (4, 40)]);
        // One of two equal rows is left, 2 has another amount, 3 is as it was, 4 is gone, 5 is new.
        let now = rows(&[(1, 10), (2, 21), (3, 30), (5, 50)]);
        let expected = ComparedRows {
            new: 1,
            changed: 1,
            same: 2,
            gone: 2,
        };
        assert_eq!(now.compared_with(&before), Some(expected));
        let mut many = rows(&[]);
        many.too_many = true;
        assert_eq!(many.compared_with(&before), None);
    }

    proptest! {
        #[test]
        fn every_row_is_counted_once(
            now in prop::collection::vec((0_u64..6, 0_u64..4), 0..30),
            before in prop::collection::vec((0_u64..6, 0_u64..4), 0..30),
        ) {
            let counts = rows(&now).compared_with(&rows(&before)).unwrap();
            prop_assert_eq!(counts.new + counts.changed + counts.same, now.len() as u64);
            prop_assert_eq!(counts.changed + counts.same + counts.gone, before.len() as u64);
            let back = rows(&before).compared_with(&rows(&now)).unwrap();
            prop_assert_eq!((back.new, back.same, back.gone), (counts.gone, counts.same, counts.new));
        }
    }
}
