//! Does it tie out? Invoice = ledger = allocated, month by month; allocating, closing and reopening months.

use super::overview::Nothing;
use crate::auth::{Permission, Scope};
use crate::refusal::Refusal;
use crate::web::form::Posted;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use headroom_models::ledger::{Money, Month};
use serde::Deserialize;

struct Line {
    month: Month,
    month_name: String,
    source: String,
    currency: String,
    ledger: String,
    allocated: String,
    difference: String,
    unallocated: String,
    ties: bool,
    has_unallocated: bool,
}

struct MonthLine {
    month: Month,
    name: String,
    closed: bool,
    stale: bool,
}

#[derive(Template)]
#[template(path = "reconciliation.html")]
struct Page {
    shell: Shell,
    months: Vec<MonthLine>,
    lines: Vec<Line>,
    may_close: bool,
}

/// `GET /reconciliation`.
pub(crate) async fn page(visit: Visit) -> Response {
    visit
        .page(|visit| {
            let view = visit.view;
            let figures = view.figures(&visit.app.settings().currency, Money::ZERO);
            let months = visit.app.billed_month_states()?;
            let proofs = visit.app.allocation_proofs()?;
            Ok(Page {
                shell: visit.shell("bills", "web-reconciliation"),
                months: months
                    .into_iter()
                    .rev()
                    .map(|state| MonthLine {
                        name: view.month(state.month),
                        month: state.month,
                        closed: state.closed,
                        stale: state.stale,
                    })
                    .collect(),
                lines: proofs
                    .into_iter()
                    .rev()
                    .map(|proof| Line {
                        month: proof.month,
                        month_name: view.month(proof.month),
                        ledger: figures.money(proof.ledger),
                        allocated: figures.money(proof.allocated),
                        difference: proof.difference.to_string(),
                        unallocated: figures.money(proof.unallocated),
                        ties: proof.difference.is_zero(),
                        has_unallocated: !proof.unallocated.is_zero(),
                        source: proof.source,
                        currency: proof.currency,
                    })
                    .collect(),
                may_close: visit.app.may(Permission::Close, &Scope::Company)?,
            })
        })
        .await
}

/// `POST /months/{month}/allocate`; `all` are all open months.
pub(crate) async fn allocate(Path(month): Path<String>, Posted(visit, _): Posted<Nothing>) -> Response {
    let range = if month == "all" {
        None
    } else {
        match month.parse::<Month>() {
            Ok(month) => Some(month.into()),
            Err(_) => {
                let refusal = Refusal::new("refused-months").with("text", month);
                return super::refused::page(&visit, &refusal.into());
            }
        }
    };
    if let Err(error) = visit.app.require_company(Permission::Close) {
        return super::refused::page(&visit, &error);
    }
    let id = visit.web.jobs.start(&visit.app, move |app, _| {
        app.allocate(range)?;
        Ok("/reconciliation?done=allocated".to_owned())
    });
    Redirect::to(&format!("/jobs/{id}")).into_response()
}

/// How a month is closed.
#[derive(Deserialize)]
pub(crate) struct Closing {
    /// Why open items of the checklist are accepted; empty when they are not.
    #[serde(default)]
    accept: String,
    /// Present when closing only starts.
    start: Option<String>,
}

/// `POST /months/{month}/close`: closes it, or puts its checklist on record as the start of closing.
pub(crate) async fn close(Path(month): Path<Month>, Posted(visit, given): Posted<Closing>) -> Response {
    visit
        .act(move |visit| {
            if given.start.is_some() {
                visit.app.start_closing(month)?;
                return Ok(format!("/months/{month}?done=closing"));
            }
            let accept = Some(given.accept.trim()).filter(|reason| !reason.is_empty());
            visit.app.close(month, accept)?;
            Ok(format!("/months/{month}?done=closed"))
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct Reason {
    reason: String,
}

/// `POST /months/{month}/reopen`, with the reason on record.
pub(crate) async fn reopen(Path(month): Path<Month>, Posted(visit, given): Posted<Reason>) -> Response {
    visit
        .act(move |visit| {
            visit.app.reopen(month, &given.reason)?;
            Ok("/reconciliation?done=reopened".to_owned())
        })
        .await
}
