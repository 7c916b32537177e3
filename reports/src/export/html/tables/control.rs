//! Tables of control: the quarter and what is available, commitments, loans, alerts, decided proposals.

use super::{Cell, Head, Row, Table, heads, number, small, word};
use crate::data::Level;
use crate::export::control::{self, Kind, List, Value};
use crate::export::phrases;
use crate::{ExecutionReport, Figures};

/// The quarter so far, and what of the year is available.
pub fn quarters(report: &ExecutionReport, figures: &Figures) -> Table {
    let numbers = [
        "column-quarter-actual",
        "column-quarter-budget",
        "column-rate",
        "column-year-budget",
        "column-ytd-actual",
        "column-commitments",
        "column-available",
    ];
    let rows = report.rows.iter().filter(|row| row.level != Level::CostType);
    let rows = rows.map(|row| Row {
        class: match row.level {
            Level::Company => "total",
            Level::Department => "department",
            Level::Product if row.parent.is_none() => "department",
            _ => "product",
        },
        cells: vec![
            word(phrases::row_name(row, figures)),
            number(figures.money(row.quarter_actual)),
            number(figures.money(row.quarter_budget)),
            number(figures.percent_or_dash(row.quarter_rate)),
            number(figures.money(row.year_budget)),
            number(figures.money(row.ytd_actual)),
            number(figures.money(row.commitments)),
            Cell {
                class: if row.available.is_negative() { "n over" } else { "n" },
                ..number(figures.money(row.available))
            },
        ],
        ..Row::default()
    });
    Table {
        rows: rows.collect(),
        heads: heads(figures, &["column-name"], &numbers),
        ..Table::default()
    }
}

/// Requests and orders.
pub fn commitments(report: &ExecutionReport, figures: &Figures) -> Table {
    table(&control::commitments(report, figures.words()), figures)
}

/// Loans between products.
pub fn loans(report: &ExecutionReport, figures: &Figures) -> Table {
    table(&control::loans(report, figures.words()), figures)
}

/// Thresholds that were passed.
pub fn alerts(report: &ExecutionReport, figures: &Figures) -> Table {
    table(&control::alerts(report, figures.words()), figures)
}

/// Proposals of rolling adjustments and what was decided.
pub fn decisions(report: &ExecutionReport, figures: &Figures) -> Table {
    table(&control::decisions(report, figures.words()), figures)
}

fn table(list: &List, figures: &Figures) -> Table {
    let words = figures.words();
    let head = |(key, kind): &(&'static str, Kind)| Head {
        text: words.text(key),
        class: match kind {
            Kind::Money | Kind::Percent => "n",
            Kind::Text | Kind::Reasons => "",
        },
        span: 1,
    };
    let cell = |(value, (_, kind)): (&Value, &(&'static str, Kind))| match value {
        Value::Text(text) if *kind == Kind::Reasons => small(vec![text.clone()]),
        Value::Text(text) => word(text.clone()),
        Value::Tag(text, over) => Cell {
            class: if *over { "tag over" } else { "tag" },
            ..word(text.clone())
        },
        Value::Money(amount) => number(figures.money_or_dash(*amount)),
        Value::Percent(percent) => number(format!("{} %", percent.grouped(1))),
    };
    let mut rows: Vec<Row> = list
        .lines
        .iter()
        .map(|line| Row {
            cells: line.iter().zip(&list.columns).map(cell).collect(),
            ..Row::default()
        })
        .collect();
    if let Some((column, sum)) = list.total {
        let mut cells = vec![word(words.text("column-total"))];
        cells.resize_with(column, Cell::default);
        cells.push(number(figures.money(sum)));
        cells.resize_with(list.columns.len(), Cell::default);
        rows.push(Row {
            class: "total",
            cells,
            ..Row::default()
        });
    }
    Table {
        heads: list.columns.iter().map(head).collect(),
        rows,
        ..Table::default()
    }
}
