//! A report of plain tables: chargeback statement, reconciliation, forecast accuracy, assessment, data health.
//!
//! Every figure arrives computed; the tables say which columns add up, and the formats prove it.

use headroom_models::language::Name;
use headroom_models::ledger::{Money, Month};
use serde::{Deserialize, Serialize};

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableCell {
    /// Nothing.
    Empty,
    /// A text of the data.
    Text(String),
    /// A name of the company's own.
    Name(Name),
    /// A word of the reports, by its key.
    Word(String),
    /// Money in the currency of the table.
    Money(Money),
    /// Money in a currency of its own, which stands in another cell.
    Foreign(Money),
    /// A share: 1 is 100 %.
    Share(Option<Money>),
    /// A quantity or count.
    Number(Money),
    /// A month.
    Month(Month),
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// As many cells as the table has columns.
    pub cells: Vec<TableCell>,
    /// True for a sum of rows above it.
    pub total: bool,
}

/// A table with its heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTable {
    /// Key of the heading; also the name of the sheet.
    pub title: String,
    /// What the table is about, beside the heading: a product, a department.
    pub subject: Option<Name>,
    /// Key of the line under the heading.
    pub note: Option<String>,
    /// Keys of the column heads.
    pub columns: Vec<String>,
    /// The rows; a last one that is a total is the sum of the money of those above.
    pub rows: Vec<TableRow>,
}

impl ReportTable {
    /// The table without columns in which no row has anything: for people. Programs get all columns.
    #[must_use]
    pub fn filled(&self) -> ReportTable {
        let is_blank = |cell: Option<&TableCell>| match cell {
            None | Some(TableCell::Empty) => true,
            Some(TableCell::Text(text)) => text.is_empty(),
            Some(_) => false,
        };
        let kept: Vec<usize> = (0..self.columns.len())
            .filter(|at| self.rows.is_empty() || !self.rows.iter().all(|row| is_blank(row.cells.get(*at))))
            .collect();
        let row = |row: &TableRow| TableRow {
            cells: kept.iter().filter_map(|at| row.cells.get(*at)).cloned().collect(),
            total: row.total,
        };
        ReportTable {
            columns: kept.iter().filter_map(|at| self.columns.get(*at)).cloned().collect(),
            rows: self.rows.iter().map(row).collect(),
            ..self.clone()
        }
    }

    /// A table without rows.
    pub fn new(title: &str, columns: &[&str]) -> ReportTable {
        ReportTable {
            title: title.to_owned(),
            subject: None,
            note: None,
            columns: columns.iter().map(|key| (*key).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<TableCell>) {
        self.rows.push(TableRow { cells, total: false });
    }

    /// Adds the row of sums.
    pub fn total(&mut self, cells: Vec<TableCell>) {
        self.rows.push(TableRow { cells, total: true });
    }
}

/// A report of tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    /// Key of the title.
    pub title: String,
    /// The company.
    pub company: Name,
    /// Reporting currency.
    pub currency: String,
    /// Period: a month, a range of months, a year.
    pub period: String,
    /// Sentences that lead in, in each language.
    pub sentences: Vec<Name>,
    /// The tables.
    pub tables: Vec<ReportTable>,
}
