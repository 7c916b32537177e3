//! Rolling adjustment: the newest run with its proposals, each accepted, changed or declined; what was accepted becomes a revision.

use crate::app::{AppError, ProposalShown, RollShown, Verdict};
use crate::auth::{Permission, Scope};
use crate::refusal::Refusal;
use crate::web::form::{Posted, amount};
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use headroom_models::ledger::Money;
use headroom_reports::charts::address;
use serde::Deserialize;

struct Line {
    id: i64,
    href: String,
    product: String,
    kind: String,
    amount: String,
    range: String,
    year_budget: String,
    after: String,
    bias: String,
    decision: String,
    by: String,
    sentence: String,
    plain: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "budget_rolling.html")]
struct Page {
    shell: Shell,
    about: String,
    year: i32,
    lines: Vec<Line>,
    may_run: bool,
    may_decide: bool,
    accepted: bool,
}

/// `GET /budget/rolling`.
pub(crate) async fn page(visit: Visit) -> Response {
    visit
        .page(|visit| {
            let (view, app) = (visit.view, &visit.app);
            let shown = match app.roll(None) {
                Ok(shown) => Some(shown),
                Err(AppError::Refused(refusal)) if refusal.key() == "refused-no-roll" => None,
                Err(error) => return Err(error),
            };
            let figures = view.figures(&app.settings().currency, Money::ZERO);
            let line = |shown: &ProposalShown| {
                let proposal = &shown.proposal;
                let decision = proposal.decision.as_ref();
                let bias = shown.forecast.as_ref().and_then(|accuracy| accuracy.bias);
                Line {
                    id: proposal.id,
                    href: format!("/products/{}", address(&proposal.product)),
                    product: view.product(&proposal.product, Some(&shown.name)),
                    kind: view.t(&format!("proposal-{}", proposal.kind)),
                    amount: figures.money(decision.map_or(proposal.amount, |decision| decision.amount)),
                    range: format!("{} – {}", figures.money(proposal.low), figures.money(proposal.high)),
                    year_budget: figures.money(proposal.year_budget),
                    after: figures.money(shown.year_budget_after),
                    bias: figures.percent_or_dash(bias),
                    decision: view.t(&format!(
                        "decision-{}",
                        decision.map_or("open", |decision| decision.decision.as_str())
                    )),
                    by: decision.map_or_else(String::new, |decision| {
                        let reason = match decision.reason.as_str() {
                            "" => String::new(),
                            reason => format!(": {reason}"),
                        };
                        format!("{} {}{reason}", decision.decided_by, view.time(&decision.decided_at))
                    }),
                    sentence: proposal.reason["sentence"][view.tag()]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                    plain: proposal.amount.round(2).to_string(),
                    open: decision.is_none(),
                }
            };
            let about = |shown: &RollShown| {
                let values = [
                    ("month", view.month(shown.roll.as_of)),
                    ("run", shown.roll.id.to_string()),
                    ("budget", figures.money(shown.roll.year_budget)),
                    ("landing", figures.money(shown.roll.landing)),
                    ("after", figures.money(shown.year_budget_after)),
                ];
                view.tn(
                    "web-rolling-about",
                    &values.each_ref().map(|(name, text)| (*name, text.as_str())),
                )
            };
            let taken = |shown: &RollShown| {
                shown.proposals.iter().any(|one| {
                    let decided = one.proposal.decision.as_ref();
                    one.proposal.revision.is_none() && decided.is_some_and(|decision| decision.decision != "declined")
                })
            };
            Ok(Page {
                about: shown.as_ref().map_or_else(|| view.t("web-rolling-none"), about),
                year: shown.as_ref().map_or(0, |shown| shown.roll.year),
                accepted: shown.as_ref().is_some_and(taken),
                lines: shown.iter().flat_map(|shown| &shown.proposals).map(line).collect(),
                may_run: app.may(Permission::Draft, &Scope::Company)?,
                may_decide: app.may(Permission::Review, &Scope::Company)? && !view.hide,
                shell: visit.shell("budget", "web-rolling"),
            })
        })
        .await
}

/// `POST /budget/rolling/run`: freezes what is closed, derives what is open again, proposes. Long work.
pub(crate) async fn run(Posted(visit, _): Posted<super::overview::Nothing>) -> Response {
    if let Err(error) = visit.app.require_company(Permission::Draft) {
        return super::refused::page(&visit, &error);
    }
    let id = visit.web.jobs.start(&visit.app, |app, _| {
        let shown = app.roll_budget(None)?;
        let done = if shown.unchanged { "roll-unchanged" } else { "rolled" };
        Ok(format!("/budget/rolling?done={done}"))
    });
    Redirect::to(&format!("/jobs/{id}")).into_response()
}

#[derive(Deserialize)]
pub(crate) struct Decision {
    verdict: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    reason: String,
}

/// `POST /budget/rolling/proposals/{id}`: accept as it is or with another amount, or decline.
pub(crate) async fn decide(Path(id): Path<i64>, Posted(visit, given): Posted<Decision>) -> Response {
    visit
        .act(move |visit| {
            visit.app.require_company(Permission::Review)?;
            let other = Some(given.amount.trim()).filter(|text| !text.is_empty());
            let verdict = match given.verdict.as_str() {
                "accept" => Verdict::Accept(other.map(amount).transpose()?),
                "decline" => Verdict::Decline,
                _ => return Err(Refusal::new("refused-changes").into()),
            };
            visit.app.decide_proposal(id, &verdict, &given.reason)?;
            Ok("/budget/rolling?done=decided".to_owned())
        })
        .await
}

/// `POST /budget/rolling/revise`: what was accepted as a draft that takes the way of every budget.
pub(crate) async fn revise(Posted(visit, given): Posted<super::budget::YearForm>) -> Response {
    visit
        .act(move |visit| {
            let draft = visit.app.revise_from_rolls(given.year)?.version;
            Ok(format!(
                "/budget?year={}&version={}&done=derived",
                draft.year, draft.number
            ))
        })
        .await
}
