//! Reports: the execution-rate report with all its tables, and as a file in every format.

use super::parts::Choice;
use crate::app::{
    App, AppError, BookFormat, PlanRequest, ReportFormat, capacity_book, render_book, render_execution,
    render_optimization, render_tables,
};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::web::state::Web;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use headroom_models::language::Language;
use headroom_models::ledger::{Month, MonthRange};
use headroom_reports::export::screen::tables::{self, Table};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct AsOf {
    month: Option<Month>,
}

#[derive(Template)]
#[template(path = "reports.html")]
struct Page {
    shell: Shell,
    month: Month,
    months: Vec<Choice>,
    subtitle: String,
    tables: Vec<(&'static str, String, Table)>,
    /// Other reports: their words and their files.
    files: Vec<(String, Vec<(String, String)>)>,
}

/// `GET /reports`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<AsOf>) -> Response {
    visit
        .page(move |visit| {
            let report = visit.web.execution_report(&visit.app, asked.month)?;
            let figures = visit.view.figures(&report.currency, report.headline.year_budget);
            let words = figures.words();
            let year = visit.app.settings().fiscal.months_of(report.fiscal_year);
            let last = visit.app.last_reported_month()?;
            let closed = MonthRange {
                first: year.first,
                last: last.min(year.last),
            };
            let fiscal_year = report.fiscal_year.to_string();
            let table = |id, key: &str, table| (id, words.text(key), table);
            let files = FILES.iter().map(|kind| {
                let formats = FORMATS
                    .iter()
                    .filter(|(ending, ..)| *kind != "capacity" || *ending != "pdf");
                let links = formats.map(|(ending, ..)| {
                    let href = format!("/reports/{kind}/{}.{ending}", report.as_of);
                    (href, ending.to_uppercase())
                });
                (visit.view.t(&format!("web-report-{kind}")), links.collect())
            });
            Ok(Page {
                files: files.collect(),
                month: report.as_of,
                months: Choice::months(
                    &visit.view,
                    closed.months().collect::<Vec<_>>().into_iter(),
                    Some(report.as_of),
                ),
                subtitle: words.with(
                    "report-subtitle",
                    &[("year", &fiscal_year), ("month", &words.month_long(report.as_of))],
                ),
                tables: vec![
                    table("execution", "section-execution", tables::execution(&report, &figures)),
                    table("months", "section-months", tables::months(&report, &figures)),
                    table("variance", "section-variance", tables::variance(&report, &figures)),
                    (
                        "variance-by-product",
                        visit.view.t("web-variance-by-product"),
                        tables::variance_by_product(&report, &figures),
                    ),
                    table(
                        "cost-types",
                        "section-cost-types",
                        tables::cost_types(&report, &figures),
                    ),
                    table("proposals", "section-proposals", tables::proposals(&report, &figures)),
                    table("idle", "section-idle", tables::idle(&report, &figures)),
                    table("findings", "section-findings", tables::findings(&report, &figures)),
                    table(
                        "reconciliation",
                        "section-reconciliation",
                        tables::reconciliation(&report, &figures),
                    ),
                ],
                shell: visit.shell("reports", "web-nav-reports"),
            })
        })
        .await
}

/// Reports that are files of plain tables or pictures, with their words; the execution report stands before them.
const FILES: [&str; 7] = [
    "chargeback",
    "reconciliation",
    "accuracy",
    "health",
    "assessment",
    "idle",
    "capacity",
];

/// Every format that a report comes in.
const FORMATS: [(&str, ReportFormat, &str); 5] = [
    (
        "xlsx",
        ReportFormat::Xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("html", ReportFormat::Html, "text/html; charset=utf-8"),
    ("csv", ReportFormat::Csv, "text/csv; charset=utf-8"),
    ("json", ReportFormat::Json, "application/json"),
    ("pdf", ReportFormat::Pdf, "application/pdf"),
];

/// `GET /reports/{kind}/{month}.{format}`: the same values as a file. The capacity book is of the fiscal year after the month.
pub(crate) async fn file(visit: Visit, Path((kind, file)): Path<(String, String)>) -> Response {
    visit
        .file(move |visit| {
            let language = visit.view.language;
            report_file(&visit.web, &visit.app, language, &kind, &file)
        })
        .await
}

/// A report as a file, as pages and the API hand it out: its name, media type and bytes. `file` is `YYYY-MM.xlsx` and the like.
///
/// # Errors
/// When there is no such report, or the principal may not see it.
pub(crate) fn report_file(
    web: &Web,
    app: &App,
    language: Language,
    kind: &str,
    file: &str,
) -> Result<(String, &'static str, Vec<u8>), AppError> {
    app.require_somewhere(Permission::Read)?;
    let unknown = || Refusal::new("refused-no-report").with("name", format!("{kind}/{file}"));
    let (month, ending) = file.split_once('.').ok_or_else(unknown)?;
    let month: Month = month.parse().map_err(|_| unknown())?;
    let known = FORMATS.iter().find(|(known, ..)| *known == ending);
    let (_, format, media) = *known.ok_or_else(unknown)?;
    let bytes = bytes(web, app, language, kind, month, format)?.ok_or_else(unknown)?;
    Ok((format!("{kind}-{month}.{ending}"), media, bytes))
}

/// A report in a format; nothing when there is none of that kind.
fn bytes(
    web: &Web,
    app: &App,
    language: Language,
    kind: &str,
    month: Month,
    format: ReportFormat,
) -> Result<Option<Vec<u8>>, AppError> {
    let year = app.settings().fiscal.year_of(month);
    let book = match kind {
        "execution" => {
            let report = web.execution_report(app, Some(month))?;
            return Ok(Some(render_execution(&report, format, language)?));
        }
        "idle" => {
            return Ok(Some(render_optimization(
                &app.optimization_report(None)?,
                format,
                language,
            )?));
        }
        "capacity" => {
            let format = match format {
                ReportFormat::Html => BookFormat::Html,
                ReportFormat::Xlsx => BookFormat::Xlsx,
                ReportFormat::Csv => BookFormat::Csv,
                ReportFormat::Json => BookFormat::Json,
                ReportFormat::Pdf => return Ok(None),
            };
            let shown = app.capacity_plan(&PlanRequest {
                year: year + 1,
                ..PlanRequest::default()
            })?;
            return Ok(Some(render_book(&capacity_book(&shown, language), format, language)?));
        }
        "chargeback" => app.chargeback(Some(month), None)?.book(),
        "reconciliation" => app.reconciliation(Some(month.into()))?.book(),
        "accuracy" => app.accuracy_report(Some(year))?.book(),
        "health" => app.health_report(Some(month))?.book(),
        "assessment" => app.assessment(Some(month))?.book(),
        _ => return Ok(None),
    };
    Ok(Some(render_tables(&book, format, language)?))
}
