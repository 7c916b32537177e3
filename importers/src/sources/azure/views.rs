//! Actual or amortized: which of the two views of a bill each table of a batch is.

use crate::diagnostics::{FileError, FileProblem, Note};
use crate::mapping::Location;
use headroom_models::ledger::{Money, Month};
use std::collections::BTreeSet;

/// What a row has to do with a reservation or savings plan.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    None,
    Bought,
    Covered,
}

/// One of the two views of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Actual,
    Amortized,
}

/// What the rows of a table show of commitments: purchases, shares of their cost, usage that costs nothing.
#[derive(Default)]
struct Table {
    source: String,
    file: String,
    sheet: Option<String>,
    bought: bool,
    shares: bool,
    free: bool,
    months: BTreeSet<(String, Month)>,
}

impl Table {
    fn is_actual(&self) -> bool {
        !self.shares && (self.bought || self.free)
    }

    fn is_amortized(&self) -> bool {
        self.shares && !self.bought
    }

    fn view(&self) -> Option<View> {
        match (self.is_actual(), self.is_amortized()) {
            (true, _) => Some(View::Actual),
            (_, true) => Some(View::Amortized),
            _ => None,
        }
    }

    fn see(&mut self, part: Part, cost: Money) {
        self.bought |= part == Part::Bought;
        self.shares |= part == Part::Covered && !cost.is_zero();
        self.free |= part == Part::Covered && cost.is_zero();
    }
}

/// The tables of a batch and what they are to each other.
#[derive(Default)]
pub(super) struct Views {
    /// The tables of the batch, when they were seen ahead.
    tables: Vec<Table>,
    /// Accounts and months that the batch holds in both views, once they were asked for.
    both: Option<BTreeSet<(String, Month)>>,
    current: usize,
    /// Everything read, as one table.
    read: Table,
    posted_both: BTreeSet<Month>,
}

impl Views {
    /// Notes a row before any is read.
    pub fn see_ahead(&mut self, location: &Location<'_>, account: &str, month: Month, part: Part, cost: Money) {
        if self.tables.last().is_none_or(|table| table.source != location.source) {
            self.tables.push(Table {
                source: location.source.to_owned(),
                file: location.file.to_owned(),
                sheet: location.sheet.map(str::to_owned),
                ..Table::default()
            });
        }
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        table.see(part, cost);
        if !contains(&table.months, account, month) {
            table.months.insert((account.to_owned(), month));
        }
    }

    /// Tables that may belong to either view of a month that is there in both.
    pub fn unclear(&self) -> Vec<FileError> {
        let both = both_views(&self.tables);
        let unclear = self
            .tables
            .iter()
            .filter(|table| table.view().is_none() && !table.months.is_disjoint(&both));
        unclear
            .map(|table| FileError {
                file: table.file.clone(),
                sheet: table.sheet.clone(),
                problem: FileProblem::ViewUnclear,
            })
            .collect()
    }

    /// The view that a row is of, when its month is there in both.
    pub fn of(&mut self, location: &Location<'_>, account: &str, month: Month) -> Option<View> {
        let tables = &self.tables;
        let both = self.both.get_or_insert_with(|| both_views(tables));
        if !contains(both, account, month) {
            return None;
        }
        let is_here = |table: &Table| table.source == location.source;
        if !tables.get(self.current).is_some_and(is_here) {
            self.current = tables.iter().position(is_here)?;
        }
        self.posted_both.insert(month);
        tables[self.current].view()
    }

    /// Notes a row that was read.
    pub fn see(&mut self, part: Part, cost: Money) {
        self.read.see(part, cost);
    }

    /// What the person who imports has to know about the views.
    pub fn note(&self) -> Option<Note> {
        if !self.posted_both.is_empty() {
            let months = self.posted_both.iter().copied().collect();
            return Some(Note::BothViews { months });
        }
        self.read.view().map(|view| match view {
            View::Actual => Note::ActualViewOnly,
            View::Amortized => Note::AmortizedViewOnly,
        })
    }
}

fn contains(months: &BTreeSet<(String, Month)>, account: &str, month: Month) -> bool {
    months.iter().any(|(other, at)| other == account && *at == month)
}

/// Accounts and months of which there is a table of either view.
fn both_views(tables: &[Table]) -> BTreeSet<(String, Month)> {
    let months = |wanted: fn(&Table) -> bool| -> BTreeSet<(String, Month)> {
        let tables = tables.iter().filter(|table| wanted(table));
        tables.flat_map(|table| table.months.iter().cloned()).collect()
    };
    let amortized = months(Table::is_amortized);
    months(Table::is_actual).intersection(&amortized).cloned().collect()
}
