//! Data health: which bills came, what does not tie out, and a check of everything that can be checked.

use super::overview::Nothing;
use crate::auth::Permission;
use crate::web::form::Posted;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use headroom_reports::export::screen::{HealthRow, health, tables};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a check of everything is running: one at a time is enough for everybody.
#[derive(Default)]
pub(in crate::web) struct LastCheck {
    running: AtomicBool,
}

/// Says that no check is running any more, however it ended.
struct Running<'a>(&'a AtomicBool);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

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
    may_check: bool,
    checked_at: Option<String>,
    outdated: bool,
    running: bool,
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
            let last = &visit.web.last_check;
            let kept = if whole { visit.app.last_check()? } else { None };
            let outdated = kept.as_ref().is_some_and(|kept| kept.outdated);
            let checked_at = kept.as_ref().map(|kept| view.time(&kept.at));
            let checks = kept.map(|kept| kept.checks).unwrap_or_default();
            Ok(Page {
                may_check: whole,
                checked_at,
                outdated,
                running: last.running.load(Ordering::Acquire),
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
                        name: view.t(&check.name),
                        looked_at: check.looked_at.to_string(),
                        failures: check
                            .failures
                            .iter()
                            .map(|failure| failure.message(view.language).to_owned())
                            .collect(),
                    })
                    .collect(),
            })
        })
        .await
}

/// `POST /health/check`: checks everything, as long work. One check at a time is enough for everybody.
pub(crate) async fn check(Posted(visit, _): Posted<Nothing>) -> Response {
    if let Err(error) = visit.app.require_company(Permission::Read) {
        return super::refused::page(&visit, &error);
    }
    if visit.web.last_check.running.swap(true, Ordering::AcqRel) {
        return Redirect::to("/health?done=check-runs#checks").into_response();
    }
    let web = visit.web.clone();
    let id = visit.web.jobs.start(&visit.app, move |app, _| {
        let last = &web.last_check;
        let _running = Running(&last.running);
        app.check_and_keep()?;
        Ok("/health?done=checked#checks".to_owned())
    });
    Redirect::to(&format!("/jobs/{id}")).into_response()
}
