//! Data health: which bills came, what does not tie out, and a check of everything that can be checked.

use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::response::Response;
use headroom_reports::export::screen::{HealthRow, health, tables};

struct CheckLine {
    name: String,
    looked_at: String,
    failures: Vec<String>,
}

#[derive(Template)]
#[template(path = "health.html")]
struct Page {
    shell: Shell,
    heads: Vec<String>,
    rows: Vec<HealthRow>,
    findings: tables::Table,
    stale: Vec<String>,
    checks: Vec<CheckLine>,
}

/// `GET /health`.
pub(crate) async fn page(visit: Visit) -> Response {
    visit
        .page(|visit| {
            let view = visit.view;
            let report = visit.web.execution_report(&visit.app, None)?;
            let figures = view.figures(&report.currency, report.headline.year_budget);
            let whole = visit.app.visible()?.is_everything();
            let states = if whole {
                visit.app.billed_month_states()?
            } else {
                Vec::new()
            };
            let stale = states
                .into_iter()
                .filter(|state| state.stale)
                .map(|state| view.month(state.month));
            let checks = if whole { visit.app.check()?.checks } else { Vec::new() };
            Ok(Page {
                shell: visit.shell("health", "web-nav-health"),
                heads: report
                    .months
                    .iter()
                    .map(|point| figures.words().month_short(point.month))
                    .collect(),
                rows: health(&report, &figures),
                findings: tables::findings(&report, &figures),
                stale: stale.collect(),
                checks: checks
                    .into_iter()
                    .map(|check| CheckLine {
                        name: view.t(check.name),
                        looked_at: check.looked_at.to_string(),
                        failures: check
                            .failures
                            .iter()
                            .map(|failure| failure.message(view.language))
                            .collect(),
                    })
                    .collect(),
            })
        })
        .await
}
