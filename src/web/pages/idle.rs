//! Idle: what is paid for and not used, with what it rests on.

use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::response::Response;
use headroom_reports::export::screen::tables::{self, Table};

#[derive(Template)]
#[template(path = "idle.html")]
struct Page {
    shell: Shell,
    monthly: String,
    count: usize,
    table: Table,
}

/// `GET /idle`.
pub(crate) async fn page(visit: Visit) -> Response {
    visit
        .page(|visit| {
            let report = visit.web.execution_report(&visit.app, None)?;
            let figures = visit.view.figures(&report.currency, report.headline.year_budget);
            Ok(Page {
                shell: visit.shell("idle", "web-nav-idle"),
                monthly: figures.exact(report.idle.monthly_cost),
                count: report.idle.items.iter().filter(|item| item.verdict.is_waste()).count(),
                table: tables::idle(&report, &figures),
            })
        })
        .await
}
