//! What the template shows: every figure already written in the reader's language.

use super::tables::{self, Table};
use crate::charts::{Chart, Swatch};
use crate::data::Delivery;
use crate::export::phrases;
use crate::{ExecutionReport, Figures};
use askama::Template;
use headroom_models::ledger::Money;

/// The four pictures.
pub(super) struct Charts {
    pub s_curve: Chart,
    pub waterfall: Chart,
    pub heat_map: Chart,
    pub stacked: Chart,
}

/// One figure of the first screen.
pub struct Card {
    /// What it is.
    pub name: String,
    /// The figure.
    pub value: String,
    /// Its unit; empty for a ratio.
    pub unit: String,
    /// To the cent.
    pub exact: String,
    /// `over`, `under` or `even`.
    pub tone: &'static str,
    /// What stands below.
    pub notes: Vec<String>,
    /// The difference that matters.
    pub difference: Option<String>,
    /// The execution rate against time progress.
    pub bar: Option<Bar>,
}

/// The execution rate drawn against time progress, both in percent of the bar.
pub struct Bar {
    /// Rate, 0 to 100.
    pub rate: String,
    /// Time progress, 0 to 100.
    pub time: String,
    /// Both in words.
    pub label: String,
}

/// What one source delivered for one month.
pub struct HealthCell {
    /// CSS class.
    pub delivery: &'static str,
    /// The symbol.
    pub symbol: &'static str,
    /// What it means.
    pub word: String,
}

/// What one source delivered.
pub struct HealthRow {
    /// The source.
    pub source: String,
    /// Twelve months.
    pub cells: Vec<HealthCell>,
}

pub(super) struct Term {
    pub name: String,
    pub meaning: String,
}

#[derive(Template)]
#[template(path = "execution.html")]
pub(super) struct Page<'a> {
    report: &'a ExecutionReport,
    figures: Figures,
    charts: Charts,
    style: String,
    cards: Vec<Card>,
    sentences: Vec<(String, String)>,
    months: Table,
    heat: Table,
    execution: Table,
    cost_types: Table,
    variance: Table,
    variance_by_product: Table,
    variance_tree: Table,
    apart: Table,
    causes: Vec<String>,
    modules: Table,
    quarters: Table,
    proposals: Table,
    commitments: Table,
    loans: Table,
    alerts: Table,
    decisions: Table,
    idle: Table,
    findings: Table,
    reconciliation: Table,
    health: Vec<HealthRow>,
    terms: Vec<Term>,
}

const TERMS: [&str; 23] = [
    "execution-rate",
    "time-progress",
    "phased",
    "landing",
    "risk",
    "effective",
    "billed",
    "commitments",
    "available",
    "loan",
    "supplement",
    "cut",
    "volume",
    "efficiency",
    "price",
    "mix",
    "timing",
    "new",
    "unplanned",
    "ended",
    "unused",
    "unallocated",
    "idle",
];

impl<'a> Page<'a> {
    pub fn new(report: &'a ExecutionReport, figures: Figures, charts: Charts) -> Page<'a> {
        let words = figures.words();
        let sentences = phrases::sentences(report, &figures).into_iter().enumerate();
        let sentences = sentences
            .map(|(index, text)| (words.text(&format!("sentence-{}", index + 1)), text))
            .collect();
        let term = |key: &str| Term {
            name: words.text(&format!("glossary-{key}")),
            meaning: words.text(&format!("glossary-{key}.meaning")),
        };
        Page {
            report,
            charts,
            style: crate::charts::stylesheet(),
            cards: cards(report, &figures),
            sentences,
            months: tables::months(report, &figures),
            heat: tables::heat(report, &figures),
            execution: tables::execution(report, &figures),
            cost_types: tables::cost_types(report, &figures),
            variance: tables::variance(report, &figures),
            variance_by_product: tables::variance_by_product(report, &figures),
            variance_tree: tables::variance_tree(report, &figures),
            apart: tables::apart(report, &figures),
            causes: report
                .variance_by_product
                .iter()
                .map(|product| product.sentence.in_language(words.language()).to_owned())
                .collect(),
            modules: tables::modules(report, &figures),
            quarters: tables::quarters(report, &figures),
            proposals: tables::proposals(report, &figures),
            commitments: tables::commitments(report, &figures),
            loans: tables::loans(report, &figures),
            alerts: tables::alerts(report, &figures),
            decisions: tables::decisions(report, &figures),
            idle: tables::idle(report, &figures),
            findings: tables::findings(report, &figures),
            reconciliation: tables::reconciliation(report, &figures),
            health: health(report, &figures),
            terms: TERMS.iter().map(|key| term(key)).collect(),
            figures,
        }
    }

    fn t(&self, key: &str) -> String {
        self.figures.words().text(key)
    }

    fn language(&self) -> &'static str {
        self.figures.words().language().tag()
    }

    fn company(&self) -> &str {
        self.report.company.in_language(self.figures.words().language())
    }

    fn subtitle(&self) -> String {
        let words = self.figures.words();
        let year = self.report.fiscal_year.to_string();
        words.with(
            "report-subtitle",
            &[("year", &year), ("month", &words.month_long(self.report.as_of))],
        )
    }

    fn basis(&self) -> String {
        phrases::basis(self.report, &self.figures)
    }

    fn budget_version(&self) -> String {
        phrases::budget_version(self.report, &self.figures)
    }

    fn unit_note(&self) -> String {
        self.figures
            .words()
            .with("unit-note", &[("currency", &self.figures.currency())])
    }

    fn estimated(&self) -> String {
        let words = self.figures.words();
        match self.report.data_health.estimated_share.filter(|share| !share.is_zero()) {
            Some(share) => words.with("estimated-note", &[("percent", &self.figures.percent(share))]),
            None => words.text("complete-note"),
        }
    }

    fn note_execution(&self) -> String {
        let words = self.figures.words();
        words.with("note-execution", &[("month", &words.month_long(self.report.as_of))])
    }

    fn note_reconciliation(&self) -> String {
        let amount = self.figures.exact(self.report.unallocated_ytd);
        self.figures.words().with("note-reconciliation", &[("amount", &amount)])
    }

    fn note_idle(&self) -> String {
        self.figures.words().with(
            "note-idle",
            &[("amount", &self.figures.exact(self.report.idle.monthly_cost))],
        )
    }

    /// The symbols of the table of bills, explained.
    fn health_legend(&self) -> Vec<HealthCell> {
        Delivery::ALL
            .iter()
            .map(|&delivery| health_cell(delivery, &self.figures))
            .collect()
    }

    fn month_heads(&self) -> Vec<String> {
        self.report
            .months
            .iter()
            .map(|point| self.figures.words().month_short(point.month))
            .collect()
    }
}

/// `over` or `under`, by the sign of a difference as it is shown: less than half a cent is neither.
pub(super) fn tone(difference: Money) -> &'static str {
    let shown = difference.round(2);
    match (shown.is_zero(), shown.is_negative()) {
        (true, _) => "even",
        (_, true) => "under",
        (_, false) => "over",
    }
}

/// A difference with the symbol of its direction.
pub(super) fn with_symbol(difference: Money, text: String) -> String {
    match tone(difference) {
        "over" => format!("▲ {text}"),
        "under" => format!("▼ {text}"),
        _ => text,
    }
}

/// The five figures of the first screen.
pub fn cards(report: &ExecutionReport, figures: &Figures) -> Vec<Card> {
    let (words, headline) = (figures.words(), &report.headline);
    let card = |key: &str, amount: Money| Card {
        name: words.text(key),
        value: figures.short(amount),
        unit: figures.unit_label(),
        exact: figures.exact(amount),
        tone: "even",
        notes: Vec::new(),
        difference: None,
        bar: None,
    };
    let difference = |amount: Money| with_symbol(amount, figures.short_signed(amount));
    let noted = |key: &str, text: String| format!("{text} {}", words.text(key));
    let rate = headline.execution_rate_ytd;
    let year_rate = headline.execution_rate_year;
    let short_of = |ratio: Money| ratio.times(100).round(1).for_drawing().clamp(0.0, 100.0).to_string();
    vec![
        Card {
            tone: tone(headline.ytd_difference),
            difference: Some(noted("kpi-against-budget", difference(headline.ytd_difference))),
            ..card("kpi-actual", headline.ytd_actual)
        },
        Card {
            notes: vec![format!(
                "{} {}",
                words.text("kpi-year-budget"),
                figures.short(headline.year_budget)
            )],
            ..card("kpi-budget", headline.ytd_budget)
        },
        Card {
            value: figures.percent_or_dash(rate),
            unit: String::new(),
            exact: rate.map_or_else(String::new, |rate| rate.round(6).to_string()),
            tone: rate.map_or("even", |rate| tone(rate - Money::ONE)),
            bar: Some(Bar {
                rate: year_rate.map_or_else(|| "0".to_owned(), short_of),
                time: short_of(report.time_progress),
                label: words.with(
                    "kpi-rate-bar",
                    &[
                        ("rate", &figures.percent_or_dash(year_rate)),
                        ("time", &figures.percent(report.time_progress)),
                    ],
                ),
            }),
            ..card("kpi-rate", Money::ZERO)
        },
        Card {
            tone: tone(headline.landing_difference),
            notes: vec![words.with(
                "kpi-range",
                &[
                    ("low", &figures.short(headline.landing.low)),
                    ("high", &figures.short(headline.landing.high)),
                ],
            )],
            difference: Some(noted("kpi-against-year", difference(headline.landing_difference))),
            ..card("kpi-landing", headline.landing.mid)
        },
        Card {
            tone: tone(headline.money_at_risk),
            notes: vec![words.text("kpi-risk-note")],
            ..card("kpi-risk", headline.money_at_risk)
        },
    ]
}

/// Which source delivered which month.
pub fn health(report: &ExecutionReport, figures: &Figures) -> Vec<HealthRow> {
    let rows = report.data_health.sources.iter();
    rows.map(|row| HealthRow {
        source: row.source.clone(),
        cells: row
            .months
            .iter()
            .map(|&delivery| health_cell(delivery, figures))
            .collect(),
    })
    .collect()
}

fn health_cell(delivery: Delivery, figures: &Figures) -> HealthCell {
    HealthCell {
        delivery: delivery.as_str(),
        symbol: match delivery {
            Delivery::Present => "●",
            Delivery::Estimated => "◐",
            Delivery::Late => "◆",
            Delivery::Missing => "✕",
            Delivery::NotDue => "·",
        },
        word: figures.words().term("delivery", delivery.as_str()),
    }
}

/// The CSS class of a legend's swatch.
pub fn swatch(swatch: &Swatch) -> &'static str {
    match swatch {
        Swatch::Line => "line",
        Swatch::Dashed => "dashed",
        Swatch::Box => "box",
    }
}
