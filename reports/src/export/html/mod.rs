//! The report as one HTML file: no script, no request to anywhere, made for screen, phone and paper.

mod page;
pub mod tables;

use crate::charts::{self, Links};
use crate::{ExecutionReport, Figures, ReportError, Words};
use askama::Template;
use headroom_models::language::Language;
use page::Page;
pub use page::{Bar, Card, HealthCell, HealthRow, cards, health, swatch};

/// The report as a self-contained HTML page.
///
/// # Errors
/// When a chart or the page cannot be written.
pub fn html(report: &ExecutionReport, language: Language) -> Result<String, ReportError> {
    let figures = Figures::new(Words::of(language), &report.currency, report.headline.year_budget);
    let links = Links {
        month: Some("#month-{}".to_owned()),
        product: Some("#product-{}".to_owned()),
    };
    let page = Page::new(
        report,
        figures.clone(),
        page::Charts {
            s_curve: charts::s_curve(report, &figures, &links, charts::Room::Report)?,
            waterfall: charts::waterfall(&report.variance, &figures, Some("#variance"), charts::Room::Report)?,
            heat_map: charts::heat_map(report, &figures, &links)?,
            stacked: charts::stacked(report, &figures, &links)?,
        },
    );
    Ok(page.render()?)
}
