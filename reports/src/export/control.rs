//! What people act on beside the figures, as lists of columns with kinds: page and workbook write the same ones.

use super::phrases;
use crate::data::ExecutionReport;
use crate::{Figures, Words};
use headroom_models::ledger::Money;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words.
    Text,
    /// Money of the report.
    Money,
    /// Percent, 100 is all.
    Percent,
    /// Reasons: as long as they are.
    Reasons,
}

/// One value.
pub(super) enum Value {
    /// Words.
    Text(String),
    /// A word in a frame; true when it says that something is over.
    Tag(String, bool),
    /// Money; a dash when there is none.
    Money(Option<Money>),
    /// Percent.
    Percent(Money),
}

/// One list: its heading, its columns, its lines, and which column is summed.
pub(super) struct List {
    pub title: &'static str,
    pub empty: &'static str,
    pub columns: Vec<(&'static str, Kind)>,
    pub lines: Vec<Vec<Value>>,
    /// The column of money that is summed, and what it comes to.
    pub total: Option<(usize, Money)>,
}

const TEXT: Kind = Kind::Text;
const MONEY: Kind = Kind::Money;

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

/// All of them, in the order in which a report has them.
pub(super) fn lists(report: &ExecutionReport, figures: &Figures) -> [List; 4] {
    let words = figures.words();
    [
        commitments(report, words),
        loans(report, words),
        alerts(report, words),
        decisions(report, words),
    ]
}

/// Requests and orders.
pub(super) fn commitments(report: &ExecutionReport, words: Words) -> List {
    let control = &report.control;
    let line = |line: &crate::data::CommitmentLine| {
        vec![
            text(&line.id),
            text(words.name(&line.product.id, &line.product.name)),
            text(words.cost_type(line.cost_type)),
            text(words.text(if line.capex { "control-capex" } else { "control-opex" })),
            text(words.month_long(line.month)),
            text(&line.reference),
            Value::Tag(words.term("commitment", &line.state), false),
            Value::Money(Some(line.amount)),
            Value::Money(Some(line.billed)),
            Value::Money(Some(line.outstanding)),
        ]
    };
    List {
        title: "section-commitments",
        empty: "empty-commitments",
        columns: vec![
            ("column-number", TEXT),
            ("column-product", TEXT),
            ("column-cost-type", TEXT),
            ("column-expenditure", TEXT),
            ("column-month", TEXT),
            ("column-reference", TEXT),
            ("column-state", TEXT),
            ("column-amount", MONEY),
            ("column-billed", MONEY),
            ("column-outstanding", MONEY),
        ],
        lines: control.commitments.iter().map(line).collect(),
        total: Some((9, control.outstanding)),
    }
}

/// Loans between products.
pub(super) fn loans(report: &ExecutionReport, words: Words) -> List {
    let control = &report.control;
    let line = |line: &crate::data::LoanLine| {
        let state = match (line.overdue, line.outstanding.is_zero()) {
            (true, _) => "loan-overdue",
            (false, true) => "loan-back",
            (false, false) => "loan-open",
        };
        vec![
            text(&line.id),
            text(words.name(&line.from.id, &line.from.name)),
            text(words.name(&line.to.id, &line.to.name)),
            text(words.month_long(line.month)),
            text(words.month_long(line.due)),
            Value::Tag(words.text(state), line.overdue),
            Value::Money(Some(line.amount)),
            Value::Money(Some(line.repaid)),
            Value::Money(Some(line.outstanding)),
        ]
    };
    List {
        title: "section-loans",
        empty: "empty-loans",
        columns: vec![
            ("column-number", TEXT),
            ("column-lender", TEXT),
            ("column-borrower", TEXT),
            ("column-month", TEXT),
            ("column-due", TEXT),
            ("column-state", TEXT),
            ("column-amount", MONEY),
            ("column-repaid", MONEY),
            ("column-owed", MONEY),
        ],
        lines: control.loans.iter().map(line).collect(),
        total: Some((8, control.owed)),
    }
}

/// Thresholds that were passed.
pub(super) fn alerts(report: &ExecutionReport, words: Words) -> List {
    let line = |line: &crate::data::AlertLine| {
        vec![
            text(words.month_long(line.month)),
            text(words.name(&line.subject.id, &line.subject.name)),
            text(words.text(phrases::level(line.level))),
            text(words.term("alert", &line.metric)),
            Value::Tag(words.term("alert", &line.severity), line.severity == "critical"),
            text(match line.ended {
                Some(month) => words.with("alert-over-since", &[("month", &words.month_long(month))]),
                None => words.text("alert-open"),
            }),
            Value::Percent(line.value),
            Value::Percent(line.threshold),
        ]
    };
    List {
        title: "section-alerts",
        empty: "empty-alerts",
        columns: vec![
            ("column-month", TEXT),
            ("column-name", TEXT),
            ("column-level", TEXT),
            ("column-measure", TEXT),
            ("column-severity", TEXT),
            ("column-state", TEXT),
            ("column-value", Kind::Percent),
            ("column-threshold", Kind::Percent),
        ],
        lines: report.control.alerts.iter().map(line).collect(),
        total: None,
    }
}

/// Proposals of rolling adjustments and what was decided.
pub(super) fn decisions(report: &ExecutionReport, words: Words) -> List {
    let line = |line: &crate::data::DecisionLine| {
        let cause = line.cause.iter().map(|cause| cause.in_language(words.language()));
        let why: Vec<&str> = std::iter::once(line.reason.as_str())
            .chain(cause)
            .filter(|text| !text.is_empty())
            .collect();
        vec![
            text(words.month_long(line.month)),
            text(words.name(&line.product.id, &line.product.name)),
            text(words.term("proposal", &line.kind)),
            Value::Tag(words.term("decision", &line.decision), false),
            text(&line.by),
            Value::Money(Some(line.proposed)),
            Value::Money(line.amount),
            text(why.join(" · ")),
        ]
    };
    List {
        title: "section-decisions",
        empty: "empty-decisions",
        columns: vec![
            ("column-month", TEXT),
            ("column-product", TEXT),
            ("column-kind", TEXT),
            ("column-decision", TEXT),
            ("column-by", TEXT),
            ("column-proposed", MONEY),
            ("column-accepted", MONEY),
            ("column-reasons", Kind::Reasons),
        ],
        lines: report.control.decisions.iter().map(line).collect(),
        total: None,
    }
}
