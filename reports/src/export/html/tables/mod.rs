//! The tables of the page, as rows of written cells.

mod amounts;
mod lists;
mod variances;

pub(super) use amounts::{cost_types, execution, heat, months};
pub(super) use lists::{findings, idle, proposals, reconciliation};
pub(super) use variances::{variance, variance_by_product};

use super::page::{tone, with_symbol};
use crate::Figures;
use headroom_models::ledger::Money;

/// One cell.
#[derive(Clone, Default)]
pub(super) struct Cell {
    pub text: String,
    pub class: &'static str,
    pub title: String,
}

/// One row; the first cell heads it.
#[derive(Default)]
pub(super) struct Row {
    pub id: String,
    pub class: &'static str,
    pub cells: Vec<Cell>,
}

/// A column head, over one or more columns.
pub(super) struct Head {
    pub text: String,
    pub class: &'static str,
    pub span: usize,
}

/// A table with an optional row of group heads.
#[derive(Default)]
pub(super) struct Table {
    pub groups: Vec<Head>,
    pub heads: Vec<Head>,
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
