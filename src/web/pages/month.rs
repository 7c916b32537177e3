//! One month on its way to being closed: the checklist, what was accepted, and every step it took; bills that have not come.

use super::parts::{Sheet, counts, leads, says};
use crate::app::{AccrualBasis, AppError, ItemState};
use crate::auth::{Permission, Scope};
use crate::web::form::Posted;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use headroom_models::ledger::{Money, Month};
use serde::Deserialize;

struct Item {
    class: &'static str,
    word: String,
    message: String,
}

#[derive(Template)]
#[template(path = "month.html")]
struct Page {
    shell: Shell,
    month: Month,
    state: String,
    closed: bool,
    items: Vec<Item>,
    /// True when items are open that a reason may accept.
    open: bool,
    /// True when something is wrong that no reason helps.
    wrong: bool,
    steps: Sheet,
    missing: Vec<String>,
    accruals: Sheet,
    tried: Option<Sheet>,
    may_close: bool,
    may_import: bool,
}

/// `GET /months/{month}`.
pub(crate) async fn page(visit: Visit, Path(month): Path<Month>) -> Response {
    visit.page(move |visit| build(visit, month, None)).await
}

fn build(visit: &Visit, month: Month, tried: Option<Sheet>) -> Result<Page, AppError> {
    let (view, app) = (visit.view, &visit.app);
    let checklist = app.checklist(month)?;
    let (states, steps) = app.month_states()?;
    let state = states.get(&month).map_or("open", |state| state.as_str());
    let figures = view.figures(&app.settings().currency, Money::ZERO);
    let word = |state: &str| view.t(&format!("month-state-{state}"));
    let taken = steps.iter().filter(|step| step.month == month).map(|step| {
        let accepted: Vec<&str> = step
            .checklist
            .as_array()
            .into_iter()
            .flatten()
            .filter(|item| item["state"] == "open")
            .filter_map(|item| item["item"].as_str())
            .collect();
        vec![
            says(view.time(&step.at)),
            says(word(&step.state)),
            says(step.by.clone()),
            says(step.reason.clone()),
            says(accepted.join(", ")),
        ]
    });
    let keys = [
        ("month-since", false),
        ("month-state", false),
        ("month-by", false),
        ("month-reason", false),
        ("web-accepted", false),
    ];
    let accruals = app.accruals()?;
    let accrued = accruals.iter().filter(|accrual| accrual.month == month);
    let figures = &figures;
    let accrued = accrued.flat_map(|accrual| {
        let stands = match (&accrual.reversed_by, accrual.reversed_in) {
            (None, _) => view.t("accrual-stands"),
            (Some(batch), None) => view.t1("accrual-replaced", "batch", batch),
            (Some(batch), Some(later)) => {
                view.tn("accrual-taken-back", &[("batch", batch), ("month", &view.month(later))])
            }
        };
        accrual.effective.iter().map(move |(currency, amount)| {
            vec![
                leads(accrual.batch.clone(), format!("/bills/batches/{}", accrual.batch)),
                says(accrual.source.clone()),
                counts(format!("{} {currency}", figures.money(*amount))),
                says(stands.clone()),
            ]
        })
    });
    let accrual_keys = [
        ("batch", false),
        ("source", false),
        ("effective", true),
        ("state", false),
    ];
    let mut shell = visit.shell("bills", "web-closing");
    shell.title = view.t1("web-closing", "month", &view.month(month));
    shell.here = format!("/months/{month}");
    Ok(Page {
        shell,
        month,
        state: word(state),
        closed: state == "closed",
        open: checklist.items.iter().any(|item| item.state == ItemState::Open),
        wrong: checklist.items.iter().any(|item| item.state == ItemState::Wrong),
        items: checklist
            .items
            .iter()
            .map(|item| {
                let (class, key) = match item.state {
                    ItemState::Done => ("good", "web-item-done"),
                    ItemState::Look => ("warn", "web-item-look"),
                    ItemState::Open => ("bad", "web-item-open"),
                    ItemState::Wrong => ("bad", "web-item-wrong"),
                };
                Item {
                    class,
                    word: view.t(key),
                    message: item.message.message(view.language),
                }
            })
            .collect(),
        steps: Sheet::new(&view, "web-history", &keys, taken),
        missing: app.missing_bills(month)?,
        accruals: Sheet::new(&view, "web-accruals", &accrual_keys, accrued),
        tried,
        may_close: app.may(Permission::Close, &Scope::Company)?,
        may_import: app.may(Permission::Import, &Scope::Company)?,
    })
}

/// Which bills are estimated, and from what.
#[derive(Deserialize)]
pub(crate) struct AccrualForm {
    #[serde(default)]
    source: String,
    #[serde(default)]
    basis: String,
    /// Present when the estimates are booked and not only shown.
    book: Option<String>,
}

/// `POST /months/{month}/accrue`: estimates of bills that have not come, shown first, booked when asked.
pub(crate) async fn accrue(Path(month): Path<Month>, Posted(visit, given): Posted<AccrualForm>) -> Response {
    let source = Some(given.source.trim().to_owned()).filter(|source| !source.is_empty());
    let basis = match given.basis.as_str() {
        "contract" => Some(AccrualBasis::Contract),
        "last-month" => Some(AccrualBasis::LastMonth),
        _ => None,
    };
    if given.book.is_some() {
        return visit
            .act(move |visit| {
                visit.app.accrue(month, source.as_deref(), basis, false)?;
                Ok(format!("/months/{month}?done=accrued#accruals"))
            })
            .await;
    }
    visit
        .page(move |visit| {
            let view = visit.view;
            let accruals = visit.app.accrue(month, source.as_deref(), basis, true)?;
            let figures = view.figures(&visit.app.settings().currency, Money::ZERO);
            let rows = accruals.iter().flat_map(|accrual| {
                accrual.totals.iter().map(|(currency, (billed, effective))| {
                    let basis = match accrual.basis {
                        AccrualBasis::Contract => "accrual-basis-contract",
                        AccrualBasis::LastMonth => "accrual-basis-last-month",
                    };
                    vec![
                        says(accrual.source.clone()),
                        says(view.t(basis)),
                        counts(accrual.rows.to_string()),
                        counts(format!("{} {currency}", figures.money(*billed))),
                        counts(format!("{} {currency}", figures.money(*effective))),
                    ]
                })
            });
            let keys = [
                ("source", false),
                ("accrual-basis", false),
                ("rows", true),
                ("billed", true),
                ("effective", true),
            ];
            let tried = Sheet::new(&view, "web-estimates", &keys, rows);
            build(visit, month, Some(tried))
        })
        .await
}
