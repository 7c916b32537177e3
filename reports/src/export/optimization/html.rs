//! The idle report as one HTML file: no script, no request to anywhere.

use super::{Cell, sentences, sheets};
use crate::data::OptimizationReport;
use crate::{Figures, ReportError, Words, charts};
use askama::Template;

struct Table {
    name: String,
    heads: Vec<(String, bool)>,
    rows: Vec<Vec<(String, bool)>>,
    total: Option<String>,
    empty: String,
}

/// Money at stake of one kind of resource, as a bar.
struct Bar {
    name: String,
    amount: String,
    percent: String,
}

/// Pictures of evidence on a page, the most money first; more would only make it slow.
const MOST_PICTURES: usize = 60;

/// The evidence of one finding.
struct Picture {
    name: String,
    said: String,
    svg: String,
}

#[derive(Template)]
#[template(path = "optimization.html")]
struct Page {
    language: &'static str,
    company: String,
    title: String,
    unit_note: String,
    chart_title: String,
    total_word: String,
    sentences: Vec<String>,
    bars: Vec<Bar>,
    tables: Vec<Table>,
    stylesheet: String,
    evidence_title: String,
    evidence_note: String,
    pictures: Vec<Picture>,
}

pub(super) fn page(report: &OptimizationReport, words: Words) -> Result<String, ReportError> {
    let figures = Figures::new(words, &report.currency, report.at_stake);
    let money = |amount: headroom_models::ledger::Money| figures.money(amount);
    let tables = sheets(report, words)
        .into_iter()
        .map(|sheet| Table {
            total: sheet
                .total
                .as_ref()
                .filter(|_| !sheet.rows.is_empty())
                .map(|(.., sum)| money(*sum)),
            heads: sheet
                .heads
                .iter()
                .enumerate()
                .map(|(column, head)| (head.clone(), column + 1 == sheet.heads.len()))
                .collect(),
            rows: sheet
                .rows
                .iter()
                .map(|row| {
                    row.iter()
                        .map(|cell| match cell {
                            Cell::Text(text) => (text.clone(), false),
                            Cell::Amount(amount) => (figures.money_or_dash(*amount), true),
                        })
                        .collect()
                })
                .collect(),
            name: sheet.name,
            empty: sheet.empty,
        })
        .collect();
    let company = report.company.in_language(words.language()).to_owned();
    let page = Page {
        language: words.language().tag(),
        company,
        title: words.text("optimization-title"),
        unit_note: words.with("unit-note", &[("currency", &figures.currency())]),
        chart_title: words.text("optimization-chart"),
        total_word: words.text("column-total"),
        sentences: sentences(report, &figures),
        bars: bars(report, words, &figures),
        tables,
        stylesheet: charts::stylesheet(),
        evidence_title: words.text("optimization-evidence"),
        evidence_note: words.text("optimization-evidence-note"),
        pictures: pictures(report, words, &figures)?,
    };
    Ok(page.render()?)
}

/// The evidence of findings, drawn.
fn pictures(report: &OptimizationReport, words: Words, figures: &Figures) -> Result<Vec<Picture>, ReportError> {
    let drawn = report
        .findings
        .iter()
        .filter_map(|finding| Some((finding, finding.chart.as_ref()?)));
    drawn
        .take(MOST_PICTURES)
        .map(|(finding, chart)| {
            let separator = words.text("label-separator");
            let cost = finding.monthly_cost.map(|cost| {
                let cost = figures.exact(cost);
                format!("{}{separator}{cost}", words.text("column-monthly-cost"))
            });
            let parts = [
                Some(words.term("verdict", &finding.verdict)),
                Some(words.known_or_same("rule", finding.rule.in_language(words.language()))),
                cost,
            ];
            Ok(Picture {
                name: [finding.resource.as_str(), &finding.name]
                    .join(" ")
                    .trim_end()
                    .to_owned(),
                said: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
                svg: charts::evidence(&finding.resource, chart, figures)?,
            })
        })
        .collect()
}

/// Kinds by money, the largest as wide as the page.
fn bars(report: &OptimizationReport, words: Words, figures: &Figures) -> Vec<Bar> {
    let mut kinds: std::collections::BTreeMap<&str, headroom_models::ledger::Money> = std::collections::BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.is_waste()) {
        *kinds.entry(&finding.kind).or_default() += finding.monthly_cost.unwrap_or_default();
    }
    let mut kinds: Vec<_> = kinds.into_iter().filter(|(_, amount)| !amount.is_zero()).collect();
    kinds.sort_by_key(|(_, amount)| std::cmp::Reverse(*amount));
    let largest = kinds.first().map_or(1.0, |(_, amount)| amount.for_drawing());
    kinds
        .into_iter()
        .map(|(kind, amount)| Bar {
            name: words.term("resource-kind", kind),
            amount: figures.money(amount),
            percent: format!("{:.1}", amount.for_drawing() / largest * 100.0),
        })
        .collect()
}
