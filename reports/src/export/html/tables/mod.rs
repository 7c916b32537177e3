//! The tables of a report as rows of written cells; the page and the web app show the same ones.

mod amounts;
mod control;
mod lists;
mod variances;

pub use amounts::{cost_types, execution, heat, modules, months};
pub use control::{alerts, commitments, decisions, loans, quarters};
pub use lists::{findings, idle, proposals, reconciliation};
pub use variances::{apart, variance, variance_by_product, variance_tree};

use super::page::{tone, with_symbol};
use crate::Figures;
use headroom_models::ledger::Money;

/// One cell.
#[derive(Clone, Default)]
pub struct Cell {
    /// As it is shown.
    pub text: String,
    /// CSS classes: `n` for a number, `over` and `under` for the direction of a difference.
    pub class: &'static str,
    /// What hovering shows.
    pub title: String,
}

/// One row; the first cell heads it.
#[derive(Default)]
pub struct Row {
    /// What links lead to: `product-ID`, `month-YYYY-MM`.
    pub id: String,
    /// CSS class.
    pub class: &'static str,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// A column head, over one or more columns.
pub struct Head {
    /// As it is shown.
    pub text: String,
    /// `n` over numbers.
    pub class: &'static str,
    /// Columns below it.
    pub span: usize,
}

/// A table with an optional row of group heads.
#[derive(Default)]
pub struct Table {
    /// Heads of groups of columns.
    pub groups: Vec<Head>,
    /// Heads of columns.
    pub heads: Vec<Head>,
    /// The rows.
    pub rows: Vec<Row>,
}

fn word(text: String) -> Cell {
    Cell {
        text,
        ..Cell::default()
    }
}

fn number(text: String) -> Cell {
    Cell {
        text,
        class: "n",
        ..Cell::default()
    }
}

fn small(lines: Vec<String>) -> Cell {
    Cell {
        text: lines.join(" · "),
        class: "small",
        ..Cell::default()
    }
}

/// A difference: sign, symbol and colour.
fn difference(figures: &Figures, amount: Money) -> Cell {
    let class = match tone(amount) {
        "over" => "n over",
        "under" => "n under",
        _ => "n",
    };
    Cell {
        text: with_symbol(amount, figures.signed(amount)),
        class,
        ..Cell::default()
    }
}

/// Column heads: words to the left, then numbers to the right.
fn heads(figures: &Figures, words: &[&str], numbers: &[&str]) -> Vec<Head> {
    let head = |key: &&str, class| Head {
        text: figures.words().text(key),
        class,
        span: 1,
    };
    words
        .iter()
        .map(|key| head(key, ""))
        .chain(numbers.iter().map(|key| head(key, "n")))
        .collect()
}
