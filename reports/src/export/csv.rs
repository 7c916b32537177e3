//! One tidy table: a row per level, id and period, exact amounts, for pivot tables and programs.

use super::phrases;
use crate::data::{Basis, ExecutionReport, HeatCell, Interval, Level};
use crate::{Figures, ReportError, Words};
use headroom_models::language::Language;
use headroom_models::ledger::{Money, Month};

const COLUMNS: [&str; 19] = [
    "column-fiscal-year",
    "column-basis",
    "column-currency",
    "column-level",
    "column-id",
    "column-name",
    "column-parent",
    "column-period-kind",
    "column-period",
    "column-budget",
    "column-actual",
    "column-difference",
    "column-rate",
    "column-landing-low",
    "column-landing",
    "column-landing-high",
    "column-landing-difference",
    "column-commitments",
    "column-available",
];

/// The measures of one row; what does not apply is empty.
#[derive(Default)]
struct Measures {
    budget: Option<Money>,
    actual: Option<Money>,
    difference: Option<Money>,
    rate: Option<Money>,
    landing: Option<Interval>,
    landing_difference: Option<Money>,
    commitments: Option<Money>,
    available: Option<Money>,
}

/// Whose row it is.
struct Subject {
    level: Level,
    id: String,
    name: String,
    parent: String,
}

/// The report as CSV with CRLF line ends; `bom` makes Excel read it as UTF-8.
///
/// Amounts are exact and plain (no separators), rates are ratios. Texts that a spreadsheet would take for a formula
/// get a leading apostrophe.
///
/// # Errors
/// When memory runs out.
pub fn csv(report: &ExecutionReport, language: Language, bom: bool) -> Result<Vec<u8>, ReportError> {
    let words = Words::of(language);
    let figures = Figures::new(words, &report.currency, report.headline.year_budget);
    let mut out = Vec::new();
    if bom {
        out.extend_from_slice("\u{feff}".as_bytes());
    }
    let mut table = Table {
        report,
        words,
        writer: csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(out),
    };
    table.writer.write_record(COLUMNS.map(|key| words.text(key)))?;

    let company = report.rows.iter().find(|row| row.level == Level::Company);
    for row in &report.rows {
        let subject = Subject {
            level: row.level,
            id: row.id.clone(),
            name: phrases::row_name(row, &figures),
            parent: row.parent.clone().unwrap_or_default(),
        };
        let is_company = company.is_some_and(|company| std::ptr::eq(company, row));
        let heat = report
            .heat
            .rows
            .iter()
            .find(|heat| row.level == Level::Product && heat.product.id == row.id);
        let types = report
            .cost_types_by_month
            .iter()
            .find(|m| row.level == Level::CostType && m.cost_type.as_str() == row.id);
        if is_company {
            for point in &report.months {
                let measures = Measures {
                    budget: Some(point.budget),
                    actual: point.actual,
                    rate: rate_of(&report.heat.totals, point.month),
                    landing: Some(point.landing),
                    ..Measures::default()
                };
                table.month(&subject, point.month, &measures)?;
            }
        } else if let Some(heat) = heat {
            for cell in &heat.cells {
                let measures = Measures {
                    budget: Some(cell.budget),
                    actual: cell.actual,
                    rate: cell.rate,
                    ..Measures::default()
                };
                table.month(&subject, cell.month, &measures)?;
            }
        } else if let Some(types) = types {
            for (point, amount) in report.months.iter().zip(&types.amounts) {
                table.month(
                    &subject,
                    point.month,
                    &Measures {
                        actual: *amount,
                        ..Measures::default()
                    },
                )?;
            }
        } else {
            let measures = Measures {
                budget: Some(row.month_budget),
                actual: Some(row.month_actual),
                rate: row.month_rate,
                ..Measures::default()
            };
            table.month(&subject, report.as_of, &measures)?;
        }
        let quarter = Measures {
            budget: Some(row.quarter_budget),
            actual: Some(row.quarter_actual),
            rate: row.quarter_rate,
            ..Measures::default()
        };
        table.row(&subject, "period-quarter", &report.as_of.to_string(), &quarter)?;
        let to_date = Measures {
            budget: Some(row.ytd_budget),
            actual: Some(row.ytd_actual),
            difference: Some(row.ytd_difference),
            rate: row.ytd_rate,
            ..Measures::default()
        };
        table.row(&subject, "period-ytd", &report.as_of.to_string(), &to_date)?;
        let year = Measures {
            budget: Some(row.year_budget),
            actual: Some(row.ytd_actual),
            rate: row.year_rate,
            landing: Some(row.landing),
            landing_difference: Some(row.difference),
            commitments: Some(row.commitments),
            available: Some(row.available),
            ..Measures::default()
        };
        table.row(&subject, "period-year", &report.fiscal_year.to_string(), &year)?;
    }
    table
        .writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()).into())
}

fn rate_of(cells: &[HeatCell], month: Month) -> Option<Money> {
    cells.iter().find(|cell| cell.month == month).and_then(|cell| cell.rate)
}

struct Table<'a> {
    report: &'a ExecutionReport,
    words: Words,
    writer: csv::Writer<Vec<u8>>,
}

impl Table<'_> {
    fn month(&mut self, subject: &Subject, month: Month, measures: &Measures) -> Result<(), ReportError> {
        self.row(subject, "period-month", &month.to_string(), measures)
    }

    fn row(&mut self, subject: &Subject, kind: &str, period: &str, measures: &Measures) -> Result<(), ReportError> {
        let basis = match self.report.basis {
            Basis::Effective => "basis-effective",
            Basis::Billed => "basis-billed",
        };
        let exact = |amount: Option<Money>| amount.map_or_else(String::new, |amount| amount.to_string());
        self.writer.write_record([
            self.report.fiscal_year.to_string(),
            self.words.text(basis),
            harmless(&self.report.currency),
            self.words.text(phrases::level(subject.level)),
            harmless(&subject.id),
            harmless(&subject.name),
            harmless(&subject.parent),
            self.words.text(kind),
            period.to_owned(),
            exact(measures.budget),
            exact(measures.actual),
            exact(measures.difference),
            exact(measures.rate),
            exact(measures.landing.map(|landing| landing.low)),
            exact(measures.landing.map(|landing| landing.mid)),
            exact(measures.landing.map(|landing| landing.high)),
            exact(measures.landing_difference),
            exact(measures.commitments),
            exact(measures.available),
        ])?;
        Ok(())
    }
}

/// A text that no spreadsheet takes for a formula.
pub fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
