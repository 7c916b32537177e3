//! Tables of things to decide and to check: proposals, idle resources, findings, reconciliation.

use super::{Cell, Head, Row, Table, heads, number, small, word};
use crate::export::phrases;
use crate::{ExecutionReport, Figures};

/// Proposed supplements and cuts.
pub fn proposals(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let rows = report.proposals.iter().map(|proposal| Row {
        cells: vec![
            word(words.name(&proposal.product.id, &proposal.product.name)),
            Cell {
                class: if proposal.kind.as_str() == "supplement" {
                    "tag over"
                } else {
                    "tag under"
                },
                ..word(words.term("proposal", proposal.kind.as_str()))
            },
            number(figures.money(proposal.amount)),
            number(figures.money(proposal.low)),
            number(figures.money(proposal.high)),
            number(figures.money(proposal.year_budget)),
            number(figures.money(proposal.landing)),
            small(phrases::reasons(proposal, figures)),
        ],
        ..Row::default()
    });
    let numbers = [
        "column-amount",
        "column-low",
        "column-high",
        "column-year-budget",
        "column-landing",
    ];
    let mut heads = heads(figures, &["column-product", "column-kind"], &numbers);
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

/// Idle and oversized resources.
pub fn idle(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let rows = report.idle.items.iter().map(|item| Row {
        cells: vec![
            Cell {
                class: "code",
                title: item.name.clone().unwrap_or_default(),
                ..word(item.resource.clone())
            },
            word(
                item.product
                    .as_ref()
                    .map_or("–", |name| name.in_language(words.language()))
                    .to_owned(),
            ),
            Cell {
                class: "tag",
                ..word(words.term("verdict", item.verdict.as_str()))
            },
            word(words.known_or_same("rule", item.rule.in_language(words.language()))),
            word(item.since.clone().unwrap_or_else(|| "–".to_owned())),
            small(phrases::evidence(item, figures)),
            word(words.term("confidence", item.confidence.as_str())),
            number(figures.money_or_dash(item.monthly_cost)),
        ],
        ..Row::default()
    });
    let left = [
        "column-resource",
        "column-product",
        "column-verdict",
        "column-rule",
        "column-since",
        "column-evidence",
        "column-confidence",
    ];
    Table {
        heads: heads(figures, &left, &["column-monthly-cost"]),
        rows: rows.collect(),
        ..Table::default()
    }
}

/// Where the data disagrees.
pub fn findings(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let rows = report.findings.iter().map(|finding| Row {
        cells: vec![
            word(words.term("finding", finding.kind.as_str())),
            word(finding.source.clone()),
            word(words.month_long(finding.month)),
            Cell {
                class: "code",
                ..word(finding.place.clone().unwrap_or_else(|| "–".to_owned()))
            },
            small(phrases::details(finding, figures)),
            number(figures.money_or_dash(finding.amount)),
        ],
        ..Row::default()
    });
    let left = [
        "column-kind",
        "column-source",
        "column-month",
        "column-place",
        "column-detail",
    ];
    Table {
        heads: heads(figures, &left, &["column-amount"]),
        rows: rows.collect(),
        ..Table::default()
    }
}

/// Invoice, ledger and allocated, by month and source.
pub fn reconciliation(report: &ExecutionReport, figures: &Figures) -> Table {
    let words = figures.words();
    let rows = report.reconciliation.iter().map(|line| {
        let ties = line.difference.is_zero();
        Row {
            cells: vec![
                word(words.month_long(line.month)),
                word(line.source.clone()),
                word(line.currency.clone()),
                number(figures.money_or_dash(line.invoice)),
                number(figures.money(line.ledger)),
                number(figures.money(line.allocated)),
                Cell {
                    class: if ties { "n" } else { "n over" },
                    ..number(figures.money(line.difference))
                },
                number(figures.money(line.unallocated)),
                Cell {
                    class: if ties { "tag good" } else { "tag over" },
                    ..word(words.text(if ties { "tie-yes" } else { "tie-no" }))
                },
            ],
            ..Row::default()
        }
    });
    let numbers = [
        "column-invoice",
        "column-ledger",
        "column-allocated",
        "column-difference",
        "column-unallocated",
    ];
    let mut heads = heads(figures, &["column-month", "column-source", "column-currency"], &numbers);
    heads.push(Head {
        text: words.text("column-state"),
        class: "",
        span: 1,
    });
    Table {
        heads,
        rows: rows.collect(),
        ..Table::default()
    }
}
