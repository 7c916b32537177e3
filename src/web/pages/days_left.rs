//! How many days each module's capacity lasts, and what past and coming events ask of it.

use super::parts::{Sheet, counts, leads, says};
use crate::app::{AppError, EventReview};
use crate::auth::{Permission, Scope};
use crate::web::form::Posted;
use crate::web::view::{Shell, View};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use headroom_models::ledger::Money;
use headroom_models::organization::Organization;
use headroom_reports::charts::address;
use serde::Deserialize;

/// A figure as people read it: no more digits than it can carry.
fn figure(value: f64) -> String {
    let (digits, places) = if value.abs() >= 100.0 { (0, 0) } else { (2, 2) };
    let text = format!("{value:.digits$}");
    text.parse::<Money>().map_or(text, |figure| figure.grouped(places))
}

fn factor(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("× {value:.2}"))
}

fn name(view: &View, organization: &Organization, product: &str, module: &str) -> String {
    let known = organization.product(product).map(|one| &one.name);
    let modules = &organization.modules;
    let found = modules.iter().find(|one| one.product == product && one.id == module);
    let module = found.map_or(module, |one| one.name.in_language(view.language));
    format!("{} / {module}", view.product(product, known))
}

#[derive(Template)]
#[template(path = "days_left.html")]
struct Page {
    shell: Shell,
    as_of: String,
    modules: Sheet,
    events: Vec<(String, String)>,
}

/// `GET /capacity/days-left`.
pub(crate) async fn page(visit: Visit) -> Response {
    visit
        .page(|visit| {
            let (view, app) = (visit.view, &visit.app);
            let (rows, as_of) = app.days_left(None)?;
            let organization = app.organization()?;
            let more = view.t("days-more");
            let days = |days: Option<u64>| days.map_or_else(|| more.clone(), |days| days.to_string());
            let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            let modules = rows.iter().map(|row| {
                vec![
                    leads(
                        name(&view, &organization, &row.product, &row.module),
                        format!(
                            "/capacity?module={}#steps",
                            address(&format!("{}/{}", row.product, row.module))
                        ),
                    ),
                    counts(row.standing.to_string()),
                    says(row.driver.clone()),
                    counts(figure(row.now)),
                    counts(row.limit.map(figure).unwrap_or_default()),
                    counts(days(row.days)),
                    counts(days(row.earliest_days)),
                    says(day(row.date)),
                    says(day(row.order_by)),
                    says(match (row.late, row.provisional) {
                        (true, _) => view.t("order-day-passed"),
                        (false, true) => view.t("forecast-by-rule"),
                        (false, false) => String::new(),
                    }),
                ]
            });
            let keys = [
                ("module", false),
                ("days-standing", true),
                ("driver", false),
                ("days-now", true),
                ("days-limit", true),
                ("days-left", true),
                ("days-earliest", true),
                ("days-date", false),
                ("order-day", false),
                ("remark", false),
            ];
            Ok(Page {
                as_of: view.t1("plan-as-of", "month", &as_of.to_string()),
                modules: Sheet::new(&view, "web-days-left", &keys, modules),
                events: app
                    .event_names()?
                    .into_iter()
                    .map(|event| (format!("/capacity/events/{}", address(&event)), event))
                    .collect(),
                shell: visit.shell("capacity", "web-days-left"),
            })
        })
        .await
}

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    shell: Shell,
    event: String,
    past: Sheet,
    coming: Sheet,
    suggested: String,
    by_calendar: bool,
    factor: String,
    may_adopt: bool,
}

/// `GET /capacity/events/{name}`.
pub(crate) async fn event(visit: Visit, Path(event): Path<String>) -> Response {
    visit
        .page(move |visit| {
            let review = visit.app.event_review(&event, None)?;
            let organization = visit.app.organization()?;
            event_page(visit, &organization, &review)
        })
        .await
}

fn event_page(visit: &Visit, organization: &Organization, review: &EventReview) -> Result<EventPage, AppError> {
    let view = visit.view;
    let past = review.past.iter().map(|row| {
        vec![
            says(format!("{} / {}", row.product, row.metric)),
            says(format!("{} – {}", row.start, row.end)),
            says(row.peak_day.to_string()),
            counts(figure(row.peak)),
            counts(figure(row.usual)),
            counts(factor(Some(row.lift))),
            counts(factor(row.factor)),
            counts(factor(row.planned_factor)),
        ]
    });
    let past_keys = [
        ("driver", false),
        ("event-days", false),
        ("event-peak-day", false),
        ("event-peak", true),
        ("event-usual", true),
        ("event-lift", true),
        ("event-factor", true),
        ("event-planned", true),
    ];
    let coming = review.coming.iter().map(|row| {
        vec![
            says(name(&view, organization, &row.product, &row.module)),
            says(view.month(row.month)),
            counts(factor(Some(row.factor))),
            counts(row.needed.to_string()),
            counts(row.needed_without.to_string()),
            counts(row.standing.to_string()),
            counts(row.missing.to_string()),
            says(view.month(row.order_month)),
            says(row.late_until.map_or_else(String::new, |month| {
                view.t1("order-month-passed", "month", &view.month(month))
            })),
        ]
    });
    let coming_keys = [
        ("module", false),
        ("month", false),
        ("event-factor", true),
        ("review-needed", true),
        ("event-needed-without", true),
        ("days-standing", true),
        ("review-missing", true),
        ("order-by", false),
        ("remark", false),
    ];
    let mut shell = visit.shell("capacity", "web-events");
    shell.title.clone_from(&review.event);
    Ok(EventPage {
        past: Sheet::new(&view, "event-past", &past_keys, past),
        coming: Sheet::new(&view, "event-coming", &coming_keys, coming),
        suggested: view.tn(
            "event-suggested",
            &[
                ("planned", &factor(review.planned_factor)),
                ("suggested", &factor(review.suggested_factor)),
            ],
        ),
        by_calendar: review.windows_by_calendar && !review.past.is_empty(),
        factor: review
            .suggested_factor
            .map(|factor| format!("{factor:.3}"))
            .unwrap_or_default(),
        may_adopt: visit.app.may(Permission::Plan, &Scope::Company)?,
        event: review.event.clone(),
        shell,
    })
}

#[derive(Deserialize)]
pub(crate) struct Adoption {
    #[serde(default)]
    factor: String,
}

/// `POST /capacity/events/{name}`: the plan uses this factor from the next occurrence on.
pub(crate) async fn adopt(Path(event): Path<String>, Posted(visit, given): Posted<Adoption>) -> Response {
    visit
        .act(move |visit| {
            visit.app.require_company(Permission::Plan)?;
            let text = given.factor.trim();
            let factor = match text {
                "" => None,
                text => Some(
                    text.parse()
                        .map_err(|_| crate::refusal::Refusal::new("refused-amount").with("text", text))?,
                ),
            };
            visit.app.event_review(&event, Some(factor))?;
            Ok(format!("/capacity/events/{}?done=adopted", address(&event)))
        })
        .await
}
