//! Idle: what is paid for and not used, findings on their way, exemptions, and savings that later bills show.

use super::parts::{Choice, Sheet, counts, leads, says};
use crate::app::{AppError, CaseShown, CaseStep};
use crate::auth::{Permission, Scope};
use crate::refusal::Refusal;
use crate::store::IdleCase;
use crate::web::form::Posted;
use crate::web::view::{Shell, View};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Days, NaiveDate};
use headroom_models::idle::{CaseAction, CaseState};
use headroom_models::ledger::Money;
use headroom_reports::Figures;
use headroom_reports::charts::address;
use headroom_reports::export::screen::tables::{self, Table};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Days of grace that a mark proposes.
const GRACE_DAYS: u64 = 14;

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    state: String,
}

#[derive(Template)]
#[template(path = "idle.html")]
struct Page {
    shell: Shell,
    monthly: String,
    count: usize,
    realised: String,
    states: Vec<Choice>,
    cases: Sheet,
    savings: Sheet,
    table: Table,
    may_scan: bool,
}

/// `GET /idle`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(move |visit| {
            let (view, app) = (visit.view, &visit.app);
            let report = visit.web.execution_report(app, None)?;
            let figures = view.figures(&report.currency, report.headline.year_budget);
            let state = CaseState::of_word(&asked.state);
            let cases = app.idle_cases(state)?;
            let savings = app.realised_savings()?;
            let any = Choice {
                value: String::new(),
                label: view.t("web-all-states"),
                chosen: state.is_none(),
            };
            let states = CaseState::ALL.iter().map(|one| Choice {
                value: one.as_str().to_owned(),
                label: view.t(&format!("case-{}", one.as_str())),
                chosen: state == Some(*one),
            });
            let products = app.organization()?.products.into_iter();
            let names: BTreeMap<String, String> = products
                .map(|product| (product.id, product.name.in_language(view.language).to_owned()))
                .collect();
            let name = |id: &String| names.get(id).unwrap_or(id).clone();
            let saved = savings.lines.iter().map(|line| {
                vec![
                    says(view.month(line.month.month)),
                    leads(line.finding.clone(), format!("/idle/{}", address(&line.finding))),
                    says(line.resource.clone()),
                    says(name(&line.product)),
                    says(name(&line.owner)),
                    counts(format!("{} {}", figures.money(line.baseline), line.currency)),
                    counts(figures.exact(line.month.cost)),
                    counts(figures.exact(line.saving_reported)),
                    says(view.t(&format!("proof-{}", line.month.proof.as_str()))),
                ]
            });
            let keys = [
                ("month", false),
                ("finding", false),
                ("resource", false),
                ("product", false),
                ("owner", false),
                ("baseline", true),
                ("cost", true),
                ("saving", true),
                ("proof", false),
            ];
            Ok(Page {
                monthly: figures.exact(report.idle.monthly_cost),
                count: report.idle.items.iter().filter(|item| item.verdict.is_waste()).count(),
                realised: figures.exact(savings.total),
                states: std::iter::once(any).chain(states).collect(),
                cases: cases_sheet(&view, &figures, &cases, &names),
                savings: Sheet::new(&view, "web-realised", &keys, saved),
                table: tables::idle(&report, &figures),
                may_scan: app.principal().may_somewhere(Permission::Reclaim),
                shell: visit.shell("idle", "web-nav-idle"),
            })
        })
        .await
}

fn day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// The day that counts for a case: end of exemption or grace, reclaim, or until when its owner should have acted.
fn day_of(case: &IdleCase) -> Option<NaiveDate> {
    case.exempt_until
        .or(case.grace_until)
        .or(case.reclaimed_on)
        .or(case.due_on)
}

fn cases_sheet(view: &View, figures: &Figures, cases: &[IdleCase], names: &BTreeMap<String, String>) -> Sheet {
    let name = |id: &String| names.get(id).unwrap_or(id).clone();
    let rows = cases.iter().map(|case| {
        vec![
            leads(case.id.clone(), format!("/idle/{}", address(&case.id))),
            says(case.resource.clone()),
            says(view.t(&format!("kind-{}", case.kind))),
            says(name(&case.product)),
            says(name(&case.owner)),
            says(view.t(&format!("verdict-{}", case.verdict))),
            counts(figures.exact(case.monthly_cost)),
            says(view.t(&format!("case-{}", case.state.as_str()))),
            says(day(day_of(case))),
        ]
    });
    let keys = [
        ("finding", false),
        ("resource", false),
        ("kind", false),
        ("product", false),
        ("owner", false),
        ("verdict", false),
        ("monthly-cost", true),
        ("case-state", false),
        ("case-day", false),
    ];
    Sheet::new(view, "web-findings-way", &keys, rows)
}

/// `POST /idle/scan`: looks again; long work.
pub(crate) async fn scan(Posted(visit, _): Posted<super::overview::Nothing>) -> Response {
    if let Err(error) = visit.app.require_somewhere(Permission::Reclaim) {
        return super::refused::page(&visit, &error);
    }
    let id = visit.web.jobs.start(&visit.app, |app, _| {
        app.idle_scan(None, None)?;
        Ok("/idle?done=scanned#cases".to_owned())
    });
    Redirect::to(&format!("/jobs/{id}")).into_response()
}

#[derive(Template)]
#[template(path = "idle_case.html")]
struct CasePage {
    shell: Shell,
    id: String,
    state: String,
    about: Vec<(String, String)>,
    events: Sheet,
    actions: Vec<Choice>,
    owner: String,
    due: String,
    later: String,
    may_act: bool,
}

/// `GET /idle/{id}`: one finding with its history, and what can be done now.
pub(crate) async fn case(visit: Visit, Path(id): Path<String>) -> Response {
    visit
        .page(move |visit| {
            let (view, app) = (visit.view, &visit.app);
            let shown = app.idle_case(&id)?;
            let figures = view.figures(&app.settings().currency, Money::ZERO);
            let scope = match shown.case.product.as_str() {
                "" => Scope::Company,
                product => Scope::Product(product.to_owned()),
            };
            let word = |state: &str| view.t(&format!("case-{state}"));
            let events = shown.events.iter().map(|event| {
                vec![
                    says(view.time(&event.at)),
                    says(event.actor.clone()),
                    says(view.t(&format!("case-action-{}", event.action))),
                    says(format!("{} → {}", word(&event.from_state), word(&event.to_state))),
                    says(event.note.clone()),
                ]
            });
            let keys = [
                ("budget-when", false),
                ("budget-who", false),
                ("budget-event", false),
                ("state", false),
                ("budget-why", false),
            ];
            let mut shell = visit.shell("idle", "web-nav-idle");
            shell.title = format!("{} · {}", shown.case.id, shown.case.resource);
            let case = &shown.case;
            let later = crate::clock::today() + Days::new(GRACE_DAYS);
            Ok(CasePage {
                state: word(case.state.as_str()),
                about: about(&view, &figures, &shown),
                events: Sheet::new(&view, "web-history", &keys, events),
                actions: shown
                    .possible()
                    .into_iter()
                    .map(|action| Choice {
                        value: action.to_owned(),
                        label: view.t(&format!("case-action-{action}")),
                        chosen: false,
                    })
                    .collect(),
                owner: case.owner.clone(),
                due: day(case.due_on),
                later: later.to_string(),
                may_act: app.may(Permission::Reclaim, &scope)?,
                id: case.id.clone(),
                shell,
            })
        })
        .await
}

fn about(view: &View, figures: &Figures, shown: &CaseShown) -> Vec<(String, String)> {
    let case = &shown.case;
    let facts = [
        ("kind", view.t(&format!("kind-{}", case.kind))),
        ("verdict", view.t(&format!("verdict-{}", case.verdict))),
        ("web-rule-of", case.rule.clone()),
        ("product", case.product.clone()),
        ("module", case.module.clone()),
        ("owner", case.owner.clone()),
        ("since", day(case.since)),
        ("monthly-cost", figures.exact(case.monthly_cost)),
        (
            "baseline",
            format!("{} {}", figures.money(case.baseline), case.baseline_currency),
        ),
        ("web-opened-on", case.opened_on.to_string()),
        ("case-day", day(day_of(case))),
    ];
    let facts = facts.into_iter().filter(|(_, text)| !text.is_empty());
    facts.map(|(key, text)| (view.t(key), text)).collect()
}

/// What somebody does with a finding.
#[derive(Deserialize)]
pub(crate) struct StepForm {
    action: String,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    due: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    reason: String,
}

fn read_day(text: &str) -> Result<Option<NaiveDate>, AppError> {
    let given = Some(text.trim()).filter(|text| !text.is_empty());
    let day = given.map(|text| text.parse().map_err(|_| Refusal::new("refused-day").with("text", text)));
    Ok(day.transpose()?)
}

/// `POST /idle/{id}`: confirm, mark, reclaim, exempt, take back, or name an owner.
pub(crate) async fn step(Path(id): Path<String>, Posted(visit, given): Posted<StepForm>) -> Response {
    visit
        .act(move |visit| {
            visit.app.require_somewhere(Permission::Reclaim)?;
            let today = crate::clock::today();
            let until = read_day(&given.until)?;
            let later = until.unwrap_or(today + Days::new(GRACE_DAYS));
            let action = match given.action.as_str() {
                "assign" => None,
                "confirm" => Some(CaseAction::Confirm),
                "mark" => Some(CaseAction::Mark { grace_until: later }),
                "unmark" => Some(CaseAction::Unmark),
                "reclaim" => Some(CaseAction::Reclaim { on: today }),
                "exempt" => Some(CaseAction::Exempt { until: later }),
                "reopen" => Some(CaseAction::Reopen),
                _ => return Err(Refusal::new("refused-changes").into()),
            };
            let assigns = action.is_none();
            let owner = given.owner.trim().to_owned();
            let shown = visit.app.idle_step(
                &id,
                &CaseStep {
                    action,
                    owner: Some(owner).filter(|owner| assigns && !owner.is_empty()),
                    due: read_day(&given.due)?.filter(|_| assigns),
                    reason: given.reason,
                    on: None,
                },
            )?;
            Ok(format!("/idle/{}?done=case", address(&shown.case.id)))
        })
        .await
}
