//! The report as a workbook: live formulas with the given numbers as their results, native charts, printable sheets.

mod charts;
mod control;
mod execution;
mod formula;
mod heat;
mod lists;
mod months;
mod sheet;
mod style;
mod summary;
mod variance;
mod variance_tree;

pub(super) use formula::Live;
pub(super) use sheet::{column, number};
pub(super) use style::Style;

use crate::{ExecutionReport, Figures, ReportError, Words};
use headroom_models::language::Language;
use rust_xlsxwriter::{DocProperties, Workbook};

/// What every sheet needs.
struct Context<'a> {
    report: &'a ExecutionReport,
    figures: Figures,
    style: Style,
}

impl Context<'_> {
    fn t(&self, key: &str) -> String {
        self.figures.words().text(key)
    }

    /// The line under the title of every sheet.
    fn subtitle(&self) -> String {
        let words = self.figures.words();
        let (year, month) = (self.report.fiscal_year.to_string(), words.month_long(self.report.as_of));
        let parts = [
            words.with("report-subtitle", &[("year", &year), ("month", &month)]),
            super::phrases::basis(self.report, &self.figures),
            super::phrases::budget_version(self.report, &self.figures),
            words.with("unit-note", &[("currency", &self.figures.currency())]),
        ];
        parts.join(" · ")
    }
}

/// The report as an XLSX workbook.
///
/// Amounts are written to six digits and shown with two, so that live totals agree with the given ones. A total that
/// its parts do not add up to is written as the given number, never as a formula with another result.
///
/// # Errors
/// When the workbook cannot be written.
pub fn xlsx(report: &ExecutionReport, language: Language) -> Result<Vec<u8>, ReportError> {
    let figures = Figures::new(Words::of(language), &report.currency, report.headline.year_budget);
    let context = Context {
        report,
        figures,
        style: Style::of(language),
    };
    let mut workbook = Workbook::new();
    let company = report.company.in_language(language);
    workbook.set_properties(
        &DocProperties::new()
            .set_title(context.t("report-title"))
            .set_company(company),
    );
    summary::write(&mut workbook, &context)?;
    execution::write(&mut workbook, &context)?;
    control::available(&mut workbook, &context)?;
    months::write(&mut workbook, &context)?;
    variance::write(&mut workbook, &context)?;
    variance_tree::write(&mut workbook, &context)?;
    heat::write(&mut workbook, &context)?;
    lists::proposals(&mut workbook, &context)?;
    control::lists(&mut workbook, &context)?;
    lists::idle(&mut workbook, &context)?;
    lists::reconciliation(&mut workbook, &context)?;
    Ok(workbook.save_to_buffer()?)
}
