//! The several exports in which a Chinese cloud shows the same money: bill lines, the same split over attached resources or
//! components, and the same spread over the months that it is for.

use super::Domestic;
use crate::diagnostics::{FileError, FileProblem, Note};
use crate::mapping::Row;
use headroom_models::ledger::Month;
use std::collections::{BTreeMap, BTreeSet};

/// What an export shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sources) enum ViewKind {
    /// What was billed, by order or resource.
    Bill,
    /// The same, each line split further: 分账账单, L3 明细账单.
    Split,
    /// The same, each order spread over the days or months it is for: 摊销账单.
    Amortized,
}

/// An export told by a column that only it has, and where its money stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::sources) struct View {
    pub kind: ViewKind,
    /// The column that only this export has.
    pub marker: usize,
    pub month: usize,
    pub amount: usize,
    pub list: usize,
    pub tax: usize,
}

impl Domestic {
    /// Which export the rows of a table are of.
    pub(super) fn view(&self, row: &Row<'_>) -> View {
        let marked = self.views.iter().find(|view| row.has(view.marker));
        marked.copied().unwrap_or(View {
            kind: ViewKind::Bill,
            marker: super::NONE,
            month: self.month,
            amount: self.billed,
            list: self.list,
            tax: self.tax,
        })
    }
}

/// The exports of one payer and month: of each, the file or sheet in which it was seen first.
type Exports = BTreeMap<ViewKind, (String, Option<String>)>;

/// The exports of a batch, by payer and month.
#[derive(Default)]
pub(super) struct Views {
    seen: BTreeMap<(String, Month), Exports>,
    both: BTreeSet<Month>,
    amortized_alone: bool,
}

impl Views {
    /// Notes a row before any is read.
    pub fn see_ahead(&mut self, row: &Row<'_>, payer: &str, month: Month, kind: ViewKind) {
        let kinds = self.seen.entry((payer.to_owned(), month)).or_default();
        kinds
            .entry(kind)
            .or_insert_with(|| (row.location.file.to_owned(), row.location.sheet.map(str::to_owned)));
    }

    /// A bill and the same bill split further cannot both be read: neither is the other's complement.
    pub fn disagreements(&self) -> Vec<FileError> {
        let mut errors: Vec<FileError> = Vec::new();
        for kinds in self.seen.values() {
            let (Some(bill), Some(split)) = (kinds.get(&ViewKind::Bill), kinds.get(&ViewKind::Split)) else {
                continue;
            };
            let error = FileError {
                file: split.0.clone(),
                sheet: split.1.clone(),
                problem: FileProblem::SameMoney {
                    other: crate::words::place(&bill.0, bill.1.as_deref()),
                },
            };
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        errors
    }

    /// True when the batch holds the month's bill and the same amortized, so that each says what it knows.
    pub fn both(&mut self, payer: &str, month: Month, kind: ViewKind) -> bool {
        let kinds = self.seen.get(&(payer.to_owned(), month));
        let amortized = kinds.is_some_and(|kinds| kinds.contains_key(&ViewKind::Amortized));
        let both = amortized && kinds.is_some_and(|kinds| kinds.len() > 1);
        if both {
            self.both.insert(month);
        } else if kind == ViewKind::Amortized {
            self.amortized_alone = true;
        }
        both
    }

    /// What the person who imports has to know about the views.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if !self.both.is_empty() {
            let months = self.both.iter().copied().collect();
            notes.push(Note::BothBills { months });
        }
        if self.amortized_alone {
            notes.push(Note::AmortizedBillOnly);
        }
        notes
    }
}
