//! The idle report as HTML, XLSX, CSV and JSON: the same tables in each.

mod html;
mod xlsx;

use crate::data::OptimizationReport;
use crate::export::harmless;
use crate::{Figures, ReportError, Words};
use headroom_models::language::Language;
use headroom_models::ledger::Money;

/// A cell: how it is written depends on the format, what it says does not.
pub(super) enum Cell {
    Text(String),
    Amount(Option<Money>),
}

/// A table of the report.
pub(super) struct Sheet {
    pub name: String,
    pub heads: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
    /// Column of the amounts that are summed, the rows that count, and the sum as it was given.
    pub total: Option<(usize, Vec<usize>, Money)>,
    pub empty: String,
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

/// The tables in the reader's language.
pub(super) fn sheets(report: &OptimizationReport, words: Words) -> Vec<Sheet> {
    let heads = |keys: &[&str]| keys.iter().map(|key| words.text(key)).collect::<Vec<_>>();
    let findings = Sheet {
        name: words.text("optimization-findings"),
        heads: heads(&[
            "column-resource",
            "column-name",
            "column-kind",
            "column-product",
            "column-owner",
            "column-verdict",
            "column-rule",
            "column-since",
            "column-confidence",
            "column-action",
            "column-evidence",
            "column-monthly-cost",
        ]),
        rows: report
            .findings
            .iter()
            .map(|finding| {
                let evidence = finding
                    .evidence
                    .iter()
                    .map(|(word, value)| format!("{} {value}", words.known_or_same("evidence", word)));
                vec![
                    text(&finding.resource),
                    text(&finding.name),
                    text(words.term("resource-kind", &finding.kind)),
                    text(&finding.product),
                    text(&finding.owner),
                    text(words.term("verdict", &finding.verdict)),
                    text(words.known_or_same("rule", finding.rule.in_language(words.language()))),
                    text(finding.since.clone().unwrap_or_default()),
                    text(words.term("confidence", &finding.confidence)),
                    text(words.term("waste-action", &finding.action)),
                    text(evidence.collect::<Vec<_>>().join(" · ")),
                    Cell::Amount(finding.monthly_cost),
                ]
            })
            .collect(),
        total: Some((
            11,
            (0..report.findings.len())
                .filter(|row| report.findings[*row].is_waste())
                .collect(),
            report.at_stake,
        )),
        empty: words.text("empty-idle"),
    };
    let cases = Sheet {
        name: words.text("optimization-cases"),
        heads: heads(&[
            "column-finding",
            "column-resource",
            "column-product",
            "column-owner",
            "column-state",
            "column-day",
            "column-monthly-cost",
        ]),
        rows: report
            .cases
            .iter()
            .map(|case| {
                vec![
                    text(&case.id),
                    text(&case.resource),
                    text(&case.product),
                    text(&case.owner),
                    text(words.term("case", &case.state)),
                    text(case.day.clone().unwrap_or_default()),
                    Cell::Amount(Some(case.monthly_cost)),
                ]
            })
            .collect(),
        total: None,
        empty: words.text("empty-cases"),
    };
    let savings = Sheet {
        name: words.text("optimization-savings"),
        heads: heads(&[
            "column-month",
            "column-finding",
            "column-resource",
            "column-product",
            "column-owner",
            "column-proof",
            "column-saving",
        ]),
        rows: report
            .savings
            .iter()
            .map(|saving| {
                vec![
                    text(words.month_long(saving.month)),
                    text(&saving.finding),
                    text(&saving.resource),
                    text(&saving.product),
                    text(&saving.owner),
                    text(words.term("proof", &saving.proof)),
                    Cell::Amount(Some(saving.saving)),
                ]
            })
            .collect(),
        total: Some((6, (0..report.savings.len()).collect(), report.realised)),
        empty: words.text("empty-savings"),
    };
    let proposals = Sheet {
        name: words.text("optimization-proposals"),
        heads: heads(&[
            "column-kind",
            "column-subject",
            "column-change",
            "column-basis-of",
            "column-risk",
            "column-saving",
        ]),
        rows: report
            .proposals
            .iter()
            .map(|proposal| {
                let risk = if proposal.risk.is_empty() {
                    String::new()
                } else {
                    words.term("sizing-risk", &proposal.risk)
                };
                vec![
                    text(words.term("optimization", &proposal.kind)),
                    text(&proposal.subject),
                    text(&proposal.change),
                    text(&proposal.basis),
                    text(risk),
                    Cell::Amount(proposal.saving),
                ]
            })
            .collect(),
        total: None,
        empty: words.text("empty-optimization-proposals"),
    };
    vec![findings, cases, savings, proposals]
}

/// The sentences above the tables.
pub(super) fn sentences(report: &OptimizationReport, figures: &Figures) -> Vec<String> {
    let words = figures.words();
    let month = report
        .cost_month
        .map(|month| words.month_long(month))
        .unwrap_or_default();
    let count = report.findings.iter().filter(|finding| finding.is_waste()).count();
    let policy = &report.policy;
    let mut said = vec![words.counted(
        "optimization-at-stake",
        count,
        &[("amount", &figures.exact(report.at_stake)), ("month", &month)],
    )];
    said.push(words.with("optimization-realised", &[("amount", &figures.exact(report.realised))]));
    if report.unmeasured.0 > 0 {
        said.push(words.counted(
            "optimization-unmeasured",
            report.unmeasured.0,
            &[("amount", &figures.exact(report.unmeasured.1))],
        ));
    }
    said.push(words.with(
        "optimization-policy",
        &[
            ("policy", policy.name.in_language(words.language())),
            ("id", &policy.id),
            ("source", &policy.source),
            ("days", &policy.window_days.to_string()),
            ("conditions", &policy.conditions.join(", ")),
        ],
    ));
    said
}

/// The report as a self-contained HTML page.
///
/// # Errors
/// When the page cannot be written.
pub fn optimization_html(report: &OptimizationReport, language: Language) -> Result<String, ReportError> {
    html::page(report, Words::of(language))
}

/// The report as a workbook: one sheet per table, sums as live formulas with the given number as their result.
///
/// # Errors
/// When the workbook cannot be written.
pub fn optimization_xlsx(report: &OptimizationReport, language: Language) -> Result<Vec<u8>, ReportError> {
    xlsx::workbook(report, language)
}

/// The findings as CSV with CRLF line ends and a byte order mark; amounts are exact.
///
/// # Errors
/// When memory runs out.
pub fn optimization_csv(report: &OptimizationReport, language: Language) -> Result<Vec<u8>, ReportError> {
    let words = Words::of(language);
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    if let Some(findings) = sheets(report, words).into_iter().next() {
        out.write_record(&findings.heads)?;
        for row in &findings.rows {
            out.write_record(row.iter().map(|cell| match cell {
                Cell::Text(text) => harmless(text),
                Cell::Amount(amount) => amount.map(|amount| amount.to_string()).unwrap_or_default(),
            }))?;
        }
    }
    out.into_inner()
        .map_err(|error| csv::Error::from(error.into_error()).into())
}

/// The value itself as indented JSON.
///
/// # Errors
/// When it cannot be written, which would be a defect.
pub fn optimization_json(report: &OptimizationReport) -> Result<String, ReportError> {
    Ok(serde_json::to_string_pretty(report)?)
}
