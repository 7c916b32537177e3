//! Overview: where the year ends, why it is off, what to decide; one screen, every mark leads deeper.

use super::parts::{ChartView, csv_of};
use crate::app::{ReportFormat, render_execution};
use crate::auth::Permission;
use crate::web::form::Posted;
use crate::web::view::View;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use headroom_models::ledger::{Money, Month};
use headroom_reports::ExecutionReport;
use headroom_reports::Figures;
use headroom_reports::charts::{self, Links, Room, address, rate_class};
use headroom_reports::data::{HeatCell, HeatTotal};
use headroom_reports::export::screen::{self, Card, tables};
use serde::Deserialize;

/// Which month the report is as of.
#[derive(Deserialize)]
pub(crate) struct AsOf {
    month: Option<Month>,
}

/// One cell of the heat map.
struct Heat {
    class: String,
    shown: String,
    title: String,
    href: String,
}

/// One line of the heat map.
struct HeatLine {
    name: String,
    href: String,
    cells: Vec<Heat>,
    total: bool,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    view: View,
    company: String,
    subtitle: String,
    facts: Vec<String>,
    month: Month,
    cards: Vec<(Card, &'static str)>,
    s_curve: ChartView,
    waterfall: ChartView,
    heat_title: String,
    heat_csv: String,
    heat_heads: Vec<String>,
    heat: Vec<HeatLine>,
    sentences: Vec<(String, String, &'static str)>,
}

/// `GET /`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<AsOf>) -> Response {
    let read = |visit: &Visit| visit.app.require_somewhere(Permission::Read);
    visit
        .shared_page("overview", read, move |visit| {
            let report = visit.web.execution_report(&visit.app, asked.month)?;
            let figures = visit.view.figures(&report.currency, report.headline.year_budget);
            let words = figures.words();
            let links = Links {
                month: Some("/costs?by=product&months={}".to_owned()),
                product: Some("/products/{}".to_owned()),
            };
            let year = report.fiscal_year.to_string();
            let unit = figures.unit_label();
            let chart = |id, key, chart, table| ChartView::new(id, words.text(key), unit.clone(), chart, table);
            let deeper = [
                "/costs",
                "/budget",
                "/reports#execution",
                "/reports#months",
                "/reports#proposals",
            ];
            let why = ["/reports#months", "/reports#variance", "/reports#proposals"];
            let sentences = screen::sentences(&report, &figures).into_iter().enumerate();
            let page = Page {
                company: report.company.in_language(visit.view.language).to_owned(),
                subtitle: words.with(
                    "report-subtitle",
                    &[("year", &year), ("month", &words.month_long(report.as_of))],
                ),
                facts: facts(&report, &figures),
                month: report.as_of,
                cards: screen::cards(&report, &figures).into_iter().zip(deeper).collect(),
                s_curve: chart(
                    "s-curve",
                    "chart-s-curve",
                    charts::s_curve(&report, &figures, &links, Room::Screen)?,
                    tables::months(&report, &figures),
                ),
                waterfall: chart(
                    "waterfall",
                    "chart-waterfall",
                    charts::waterfall(&report.variance, &figures, Some("/reports#variance"), Room::Screen)?,
                    tables::variance(&report, &figures),
                ),
                heat_title: words.text("section-heat"),
                heat_csv: csv_of(&tables::heat(&report, &figures)),
                heat_heads: report
                    .months
                    .iter()
                    .map(|point| words.month_short(point.month))
                    .chain([words.text("column-ytd")])
                    .collect(),
                heat: heat(&report, &figures),
                sentences: sentences
                    .map(|(index, text)| (words.text(&format!("sentence-{}", index + 1)), text, why[index]))
                    .collect(),
                view: visit.view,
            };
            Ok((visit.view.t("web-nav-overview"), page))
        })
        .await
}

/// What the figures rest on.
fn facts(report: &ExecutionReport, figures: &Figures) -> Vec<String> {
    let words = figures.words();
    let health = match report.data_health.estimated_share.filter(|share| !share.is_zero()) {
        Some(share) => words.with("estimated-note", &[("percent", &figures.percent(share))]),
        None => words.text("complete-note"),
    };
    vec![
        screen::basis(report, figures),
        screen::budget_version(report, figures),
        health,
    ]
}

fn heat(report: &ExecutionReport, figures: &Figures) -> Vec<HeatLine> {
    let words = figures.words();
    let mut lines: Vec<HeatLine> = report
        .heat
        .rows
        .iter()
        .map(|row| {
            let name = words.name(&row.product.id, &row.product.name);
            let href = format!("/products/{}", address(&row.product.id));
            let cells = row
                .cells
                .iter()
                .map(|cell| heat_cell(cell, &name, format!("{href}/{}", cell.month), figures))
                .chain([heat_total(&row.total, &name, href.clone(), figures)])
                .collect();
            HeatLine {
                name,
                href,
                cells,
                total: false,
            }
        })
        .collect();
    let name = words.text("total-all");
    let of_month = |cell: &HeatCell| {
        let href = format!("/costs?by=product&months={}", cell.month);
        heat_cell(cell, &name, href, figures)
    };
    lines.push(HeatLine {
        cells: report
            .heat
            .totals
            .iter()
            .map(of_month)
            .chain([heat_total(&report.heat.total, &name, "/costs".to_owned(), figures)])
            .collect(),
        href: "/costs".to_owned(),
        total: true,
        name,
    });
    lines
}

fn heat_cell(cell: &HeatCell, name: &str, href: String, figures: &Figures) -> Heat {
    let month = figures.words().month_long(cell.month);
    looks(
        &format!("{name} · {month}"),
        cell.actual,
        cell.budget,
        cell.rate,
        href,
        figures,
    )
}

fn heat_total(total: &HeatTotal, name: &str, href: String, figures: &Figures) -> Heat {
    let ytd = figures.words().text("column-ytd");
    looks(
        &format!("{name} · {ytd}"),
        Some(total.actual),
        total.budget,
        total.rate,
        href,
        figures,
    )
}

fn looks(
    head: &str,
    actual: Option<Money>,
    budget: Money,
    rate: Option<Money>,
    href: String,
    figures: &Figures,
) -> Heat {
    let words = figures.words();
    let spent = actual.filter(|actual| !actual.is_zero());
    let (class, shown) = match (rate, spent) {
        (Some(rate), _) if actual.is_some() => (rate_class(rate), figures.percent(rate).replace(".0%", "%")),
        (None, Some(_)) => ("h-over-3".to_owned(), "!".to_owned()),
        _ => ("h-empty".to_owned(), String::new()),
    };
    // Whole percents: a cell is small.
    let shown = match rate {
        Some(rate) if actual.is_some() => format!("{}%", rate.times(100).round(0).grouped(0).replace('-', "−")),
        _ => shown,
    };
    Heat {
        title: format!(
            "{head}\n{} {}\n{} {}\n{} {}",
            words.text("column-actual"),
            figures.money_or_dash(actual),
            words.text("column-budget"),
            figures.money(budget),
            words.text("column-rate"),
            figures.percent_or_dash(rate.filter(|_| actual.is_some())),
        ),
        class,
        shown,
        href: if actual.is_some() { href } else { String::new() },
    }
}

/// `GET /overview.csv`: exactly what is shown.
pub(crate) async fn csv(visit: Visit, Query(asked): Query<AsOf>) -> Response {
    visit
        .file(move |visit| {
            let report = visit.web.execution_report(&visit.app, asked.month)?;
            let bytes = render_execution(&report, ReportFormat::Csv, visit.view.language)?;
            Ok((
                format!("execution-{}.csv", report.as_of),
                "text/csv; charset=utf-8",
                bytes,
            ))
        })
        .await
}

/// Nothing but the session's token.
#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// `POST /sample-data`: the demo company in one click, as long as nothing was imported.
pub(crate) async fn load_sample_data(Posted(visit, _): Posted<Nothing>) -> Response {
    if let Err(error) = visit.app.require_company(Permission::Administer) {
        return super::refused::page(&visit, &error);
    }
    let jobs = visit.web.jobs.clone();
    let id = jobs.start(&visit.app, |app, job| {
        app.load_sample_data(&|done, total| job.progress(done, total))?;
        Ok("/?done=sample-data".to_owned())
    });
    Redirect::to(&format!("/jobs/{id}")).into_response()
}
