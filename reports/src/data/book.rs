//! A book: tables of typed cells with their notes, for plans whose every figure can be followed by hand.
//!
//! The same value becomes a page, a workbook, a CSV and JSON. Cells that follow from other cells of their row carry the formula,
//! so that the workbook is live and a reader sees how the figure comes about.

use headroom_models::language::Name;
use headroom_models::ledger::{Money, Month};
use serde::Serialize;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Text or a word.
    Text,
    /// A count or a quantity.
    Number,
    /// An amount of money.
    Money,
    /// A share.
    Percent,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text as it is: names, ids.
    Text(String),
    /// Something that has an id and a name: people read the name, CSV keeps the id.
    Named(String, Name),
    /// A word of the reports, by its key.
    Word(String),
    /// A sentence of the reports, by its key, with values.
    Sentence(String, Vec<(&'static str, String)>),
    /// Several, one after the other.
    Joined(Vec<Cell>),
    /// A month.
    Month(Month),
    /// A whole number.
    Count(i64),
    /// A quantity.
    Number(f64),
    /// An amount.
    Money(Money),
    /// A share; 1 is 100 %.
    Percent(f64),
    /// A figure that follows from others: `{r}` in the formula stands for the row, columns are letters. The workbook keeps the
    /// formula, the others show the figure.
    Formula(String, Box<Cell>),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// Something by its id, under its name where that is known.
    pub fn named(id: &str, name: Option<&Name>) -> Cell {
        name.map_or_else(|| Cell::text(id), |name| Cell::Named(id.to_owned(), name.clone()))
    }

    /// A word by its key.
    pub fn word(key: impl Into<String>) -> Cell {
        Cell::Word(key.into())
    }

    /// A whole number.
    pub fn count(count: u64) -> Cell {
        Cell::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A quantity, or nothing.
    pub fn maybe(number: Option<f64>) -> Cell {
        number.map_or(Cell::Empty, Cell::Number)
    }

    /// A month, or nothing.
    pub fn maybe_month(month: Option<Month>) -> Cell {
        month.map_or(Cell::Empty, Cell::Month)
    }

    /// An amount, or nothing.
    pub fn maybe_money(amount: Option<Money>) -> Cell {
        amount.map_or(Cell::Empty, Cell::Money)
    }

    /// A figure with the formula that gives it.
    pub fn by(self, formula: impl Into<String>) -> Cell {
        Cell::Formula(formula.into(), Box::new(self))
    }
}

/// A column: the key of its head and what it holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// Key of the head in the words of the reports.
    pub head: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// A table of a book.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BookTable {
    /// Id: `book-{id}` is the key of its name, `book-{id}-note` of its note.
    pub id: &'static str,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, as long as the columns.
    pub rows: Vec<Vec<Cell>>,
    /// Rows at the end that are totals.
    pub totals: usize,
}

impl BookTable {
    /// An empty table.
    pub fn new(id: &'static str, columns: &[(&'static str, Kind)]) -> BookTable {
        BookTable {
            id,
            columns: columns.iter().map(|&(head, kind)| Column { head, kind }).collect(),
            rows: Vec::new(),
            totals: 0,
        }
    }
}

/// A book.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Book {
    /// Key of its title.
    pub title: &'static str,
    /// The company.
    pub company: Name,
    /// Fiscal year.
    pub year: i32,
    /// Last month whose figures are used.
    pub as_of: Month,
    /// Currency of the amounts.
    pub currency: String,
    /// Name of the scenario; empty for the plan itself.
    pub scenario: String,
    /// The most important figures: key of the name, and the figure.
    pub key_figures: Vec<(&'static str, Cell)>,
    /// The tables.
    pub tables: Vec<BookTable>,
}
