//! Reports: the execution-rate report with all its tables, and as a file in every format.

use super::parts::Choice;
use crate::app::{ReportFormat, render_execution};
use crate::refusal::Refusal;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
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
            Ok(Page {
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

/// `GET /reports/execution/{month}.{format}`: the same value as a file.
pub(crate) async fn execution(visit: Visit, Path(file): Path<String>) -> Response {
    visit
        .file(move |visit| {
            let unknown = || Refusal::new("refused-no-report").with("name", &file);
            let (month, ending) = file.split_once('.').ok_or_else(unknown)?;
            let month: Month = month.parse().map_err(|_| unknown())?;
            let (format, kind) = match ending {
                "xlsx" => (
                    ReportFormat::Xlsx,
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                "html" => (ReportFormat::Html, "text/html; charset=utf-8"),
                "csv" => (ReportFormat::Csv, "text/csv; charset=utf-8"),
                "json" => (ReportFormat::Json, "application/json"),
                _ => return Err(unknown().into()),
            };
            let report = visit.web.execution_report(&visit.app, Some(month))?;
            let bytes = render_execution(&report, format, visit.view.language)?;
            Ok((format!("execution-{month}.{ending}"), kind, bytes))
        })
        .await
}
