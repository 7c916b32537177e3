//! Tables of control: the quarter and what is available, commitments, loans, alerts, decided proposals.

use super::{Cell, Head, Row, Table, heads, number, small, word};
use crate::data::Level;
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
    let words = figures.words();
    let lines = report.control.commitments.iter();
    let mut rows: Vec<Row> = lines
        .map(|line| Row {
            cells: vec![
                word(line.id.clone()),
                word(words.name(&line.product.id, &line.product.name)),
                word(words.cost_type(line.cost_type)),
                word(words.text(if line.capex { "control-capex" } else { "control-opex" })),
                word(words.month_long(line.month)),
                word(line.reference.clone()),
                Cell {
                    class: "tag",
                    ..word(words.term("commitment", &line.state))
                },
                number(figures.money(line.amount)),
                number(figures.money(line.billed)),
                number(figures.money(line.outstanding)),
            ],
            ..Row::default()
        })
        .collect();
    let mut total = vec![word(words.text("column-total"))];
    total.resize_with(9, Cell::default);
    total.push(number(figures.money(report.control.outstanding)));
    rows.push(Row {
        class: "total",
        cells: total,
        ..Row::default()
    });
    let left = [
        "column-number",
        "column-product",
        "column-cost-type",
        "column-expenditure",
        "column-month",
        "column-reference",
        "column-state",
    ];
    Table {
        heads: heads(
            figures,
            &left,
            &["column-amount", "column-billed", "column-outstanding"],
        ),
        rows,
        ..Table::default()
    }
}

/// Loans between products.
pub fn loans(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let lines = report.control.loans.iter();
    let mut rows: Vec<Row> = lines
        .map(|line| Row {
            cells: vec![
                word(line.id.clone()),
                word(words.name(&line.from.id, &line.from.name)),
                word(words.name(&line.to.id, &line.to.name)),
                word(words.month_long(line.month)),
                Cell {
                    class: if line.overdue { "over" } else { "" },
                    ..word(if line.overdue {
                        format!("{} ▲ {}", words.month_long(line.due), words.text("loan-overdue"))
                    } else {
                        words.month_long(line.due)
                    })
                },
                number(figures.money(line.amount)),
                number(figures.money(line.repaid)),
                number(figures.money(line.outstanding)),
            ],
            ..Row::default()
        })
        .collect();
    let mut total = vec![word(words.text("column-total"))];
    total.resize_with(7, Cell::default);
    total.push(number(figures.money(report.control.owed)));
    rows.push(Row {
        class: "total",
        cells: total,
        ..Row::default()
    });
    let left = [
        "column-number",
        "column-lender",
        "column-borrower",
        "column-month",
        "column-due",
    ];
    Table {
        heads: heads(figures, &left, &["column-amount", "column-repaid", "column-owed"]),
        rows,
        ..Table::default()
    }
}

/// Thresholds that were passed.
pub fn alerts(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let rows = report.control.alerts.iter().map(|line| Row {
        cells: vec![
            word(words.month_long(line.month)),
            word(words.name(&line.subject.id, &line.subject.name)),
            word(words.text(phrases::level(line.level))),
            word(words.term("alert", &line.metric)),
            Cell {
                class: if line.severity == "critical" { "tag over" } else { "tag" },
                ..word(words.term("alert", &line.severity))
            },
            word(match line.ended {
                Some(month) => words.with("alert-over-since", &[("month", &words.month_long(month))]),
                None => words.text("alert-open"),
            }),
            number(format!("{} %", line.value.grouped(1))),
            number(format!("{} %", line.threshold.grouped(1))),
        ],
        ..Row::default()
    });
    let left = [
        "column-month",
        "column-name",
        "column-level",
        "column-measure",
        "column-severity",
        "column-state",
    ];
    Table {
        heads: heads(figures, &left, &["column-value", "column-threshold"]),
        rows: rows.collect(),
        ..Table::default()
    }
}

/// Proposals of rolling adjustments and what was decided.
pub fn decisions(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let rows = report.control.decisions.iter().map(|line| {
        let mut why = Vec::new();
        if !line.reason.is_empty() {
            why.push(line.reason.clone());
        }
        why.extend(
            line.cause
                .iter()
                .map(|cause| cause.in_language(words.language()).to_owned()),
        );
        Row {
            cells: vec![
                word(words.month_long(line.month)),
                word(words.name(&line.product.id, &line.product.name)),
                word(words.term("proposal", &line.kind)),
                Cell {
                    class: "tag",
                    ..word(words.term("decision", &line.decision))
                },
                word(line.by.clone()),
                number(figures.money(line.proposed)),
                number(figures.money_or_dash(line.amount)),
                small(why),
            ],
            ..Row::default()
        }
    });
    let left = [
        "column-month",
        "column-product",
        "column-kind",
        "column-decision",
        "column-by",
    ];
    let mut heads = heads(figures, &left, &["column-proposed", "column-accepted"]);
    heads.push(Head {
        text: words.text("column-reasons"),
        class: "",
        span: 1,
    });
    Table {
        heads,
        rows: rows.collect(),
        ..Table::default()
    }
}
