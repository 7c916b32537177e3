//! Budgets: a year's versions on their way, one of them as a grid that is edited cell by cell, and what was changed by whom.

use super::parts::{Choice, head, number, query, row, word};
use crate::app::{AppError, StepRequest};
use crate::auth::{Permission, Scope, Visible};
use crate::refusal::Refusal;
use crate::web::form::{Posted, amount};
use crate::web::view::Shell;
use crate::web::visit::{Visit, blocking};
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use headroom_models::budget::{BudgetStep, CellEdit, LineKey};
use headroom_models::ledger::{Money, Month};
use headroom_reports::export::harmless;
use headroom_reports::export::screen::tables::Table;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Steps that a page offers, in the order of the way.
const STEPS: [(BudgetStep, &str, Permission); 6] = [
    (BudgetStep::Submit, "submit", Permission::Draft),
    (BudgetStep::Review, "review", Permission::Review),
    (BudgetStep::Consolidate, "consolidate", Permission::Review),
    (BudgetStep::Approve, "approve", Permission::Approve),
    (BudgetStep::Return, "return", Permission::Review),
    (BudgetStep::Reject, "reject", Permission::Approve),
];

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Asked {
    year: Option<i32>,
    version: Option<i64>,
}

/// One cell of the grid: as it is, and as the visitor wants it.
struct Cell {
    name: String,
    was: String,
    value: String,
    class: &'static str,
}

struct Line {
    /// Where it is opened.
    href: String,
    product: String,
    module: String,
    cost_type: String,
    cells: Vec<Cell>,
    total: String,
    editable: bool,
}

struct VersionTab {
    number: i64,
    state: String,
    total: String,
    open: bool,
}

struct Event {
    at: String,
    who: String,
    what: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "budget.html")]
struct Page {
    shell: Shell,
    year: i32,
    years: Vec<Choice>,
    versions: Vec<VersionTab>,
    version: i64,
    revision: i64,
    about: String,
    steps: Vec<(&'static str, String, &'static str)>,
    heads: Vec<String>,
    lines: Vec<Line>,
    totals: Vec<String>,
    total: String,
    editing: bool,
    problem: Option<String>,
    comment: String,
    problems: Vec<String>,
    events: Vec<Event>,
}

/// One change of the grid, as the page sends it.
#[derive(Clone, Deserialize)]
struct Change {
    /// `product|module|cost type|expenditure|month`.
    cell: String,
    /// What the visitor saw.
    was: String,
    /// What the visitor wants.
    now: String,
}

/// What was typed and not kept.
#[derive(Default)]
struct Unsaved {
    changes: BTreeMap<String, Change>,
    problem: Option<String>,
    comment: String,
}

fn cell_name(key: &LineKey, month: Month) -> String {
    format!("{}|{month}", line_name(key))
}

/// A line as addresses and forms name it.
pub(super) fn line_name(key: &LineKey) -> String {
    let (cost_type, expenditure) = (key.cost_type.as_str(), key.expenditure.as_str());
    format!("{}|{}|{cost_type}|{expenditure}", key.product, key.module)
}

pub(super) fn read_line(name: &str) -> Option<LineKey> {
    let mut parts = name.split('|');
    let mut next = || parts.next();
    Some(LineKey {
        product: next()?.to_owned(),
        module: next()?.to_owned(),
        cost_type: next()?.parse().ok()?,
        expenditure: next()?.parse().ok()?,
    })
}

fn read_cell(name: &str) -> Option<(LineKey, Month)> {
    let (line, month) = name.rsplit_once('|')?;
    Some((read_line(line)?, month.parse().ok()?))
}

/// An amount as it stands in a cell that is edited: digits, two places.
fn plain(amount: Money) -> String {
    amount.grouped(2).replace(',', "")
}

/// `GET /budget`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit.page(move |visit| build(visit, &asked, Unsaved::default())).await
}

fn build(visit: &Visit, asked: &Asked, unsaved: Unsaved) -> Result<Page, AppError> {
    let (view, app) = (visit.view, &visit.app);
    let all = app.budget_versions()?;
    let years: BTreeSet<i32> = all.iter().map(|version| version.year).collect();
    let year = asked.year.or(years.last().copied()).unwrap_or_default();
    let shown = app.budget(year, asked.version)?;
    let version = &shown.version;
    let organization = app.organization()?;
    let figures = view.figures(&version.currency, version.total);
    let words = figures.words();
    let months: Vec<Month> = app.settings().fiscal.months_of(year).months().collect();
    let mut sums: BTreeMap<LineKey, BTreeMap<Month, Money>> = BTreeMap::new();
    for line in &shown.lines {
        *sums.entry(line.key()).or_default().entry(line.month).or_default() += line.amount;
    }
    let open = version.state.after(BudgetStep::Edit).is_some() && !view.hide;
    let editable = if open {
        app.products_with(Permission::Draft)?
    } else {
        Visible::Products(BTreeSet::new())
    };
    let lines: Vec<Line> = sums
        .iter()
        .map(|(key, amounts)| {
            // What belongs to no product is shown and cannot be planned by hand.
            let editable = editable.sees(&key.product) && organization.product(&key.product).is_some();
            let cells = months.iter().map(|month| {
                let amount = amounts.get(month).copied().unwrap_or_default();
                let (name, was) = (cell_name(key, *month), plain(amount));
                let (value, class) = match unsaved.changes.get(&name) {
                    Some(change) if change.was != was && change.now != was => (change.now.clone(), "conflict changed"),
                    Some(change) => (change.now.clone(), "changed"),
                    None if editable => (was.clone(), ""),
                    None => (figures.money(amount), ""),
                };
                Cell {
                    name,
                    was,
                    value,
                    class,
                }
            });
            let module = organization
                .modules
                .iter()
                .find(|one| one.product == key.product && one.id == key.module);
            let (of, number) = (year.to_string(), version.number.to_string());
            let line = line_name(key);
            Line {
                href: format!(
                    "/budget/line?{}",
                    query(&[("year", of.as_str()), ("version", &number), ("line", &line)])
                ),
                product: view.product(&key.product, organization.product(&key.product).map(|one| &one.name)),
                module: module
                    .map_or(key.module.as_str(), |one| one.name.in_language(view.language))
                    .to_owned(),
                cost_type: words.cost_type(key.cost_type),
                total: figures.money(amounts.values().copied().sum()),
                cells: cells.collect(),
                editable,
            }
        })
        .collect();
    let may = |permission| app.may(permission, &Scope::Company);
    let mut steps = Vec::new();
    for (step, key, permission) in STEPS {
        if version.state.after(step).is_some() && may(permission)? {
            let class = if step == BudgetStep::Reject { "danger" } else { "" };
            steps.push((key, view.t(&format!("web-step-{key}")), class));
        }
    }
    let month_total = |month: &Month| sums.values().filter_map(|row| row.get(month)).copied().sum::<Money>();
    let events = app.budget_history(year, Some(version.number))?;
    Ok(Page {
        shell: visit.shell("budget", "web-nav-budget"),
        year,
        years: years
            .iter()
            .rev()
            .map(|one| Choice {
                value: one.to_string(),
                label: one.to_string(),
                chosen: *one == year,
            })
            .collect(),
        versions: all
            .iter()
            .rev()
            .filter(|one| one.year == year)
            .map(|one| VersionTab {
                number: one.number,
                state: view.t(&format!("state-{}", one.state.as_str())),
                total: figures.amount(one.total),
                open: one.id == version.id,
            })
            .collect(),
        version: version.number,
        revision: version.revision,
        about: view.tn(
            "budget-shown",
            &[
                ("year", &year.to_string()),
                ("version", &version.number.to_string()),
                ("state", &view.t(&format!("state-{}", version.state.as_str()))),
                ("month", &version.as_of.to_string()),
                ("total", &figures.money(version.total)),
                ("currency", &figures.currency()),
            ],
        ),
        steps,
        heads: months.iter().map(|month| words.month_short(*month)).collect(),
        editing: lines.iter().any(|line| line.editable),
        totals: months.iter().map(|month| figures.money(month_total(month))).collect(),
        total: figures.money(version.total),
        lines,
        problem: unsaved.problem,
        comment: unsaved.comment,
        problems: version.problems.clone(),
        events: events
            .into_iter()
            .rev()
            .map(|event| Event {
                at: view.time(&event.at),
                who: event.actor,
                what: view.t(&format!("event-{}", event.kind)),
                reason: event.reason,
            })
            .collect(),
    })
}

/// The changes of a grid with the revision that was seen.
#[derive(Deserialize)]
pub(crate) struct Edits {
    year: i32,
    version: i64,
    seen: i64,
    #[serde(default)]
    comment: String,
    changes: String,
}

/// `POST /budget/edit`: all changes or none. Who was overtaken sees both values, and nothing is overwritten.
pub(crate) async fn edit(Posted(visit, given): Posted<Edits>) -> Response {
    let page = visit.clone();
    let asked = Asked {
        year: Some(given.year),
        version: Some(given.version),
    };
    let target = format!("/budget?year={}&version={}&done=edited", given.year, given.version);
    let work = blocking(move || {
        visit.app.require_somewhere(Permission::Draft)?;
        let changes: Vec<Change> = serde_json::from_str(&given.changes).map_err(|_| Refusal::new("refused-changes"))?;
        let done = read_edits(&changes, &given.comment).and_then(|edits| {
            let request = StepRequest {
                year: given.year,
                version: Some(given.version),
                seen: Some(given.seen),
                comment: given.comment.clone(),
                over: None,
            };
            visit.app.edit_budget(&request, &edits)
        });
        match done {
            Ok(_) => Ok(None),
            Err(error @ AppError::NotAllowed(_)) => Err(error),
            Err(error) => {
                let unsaved = Unsaved {
                    problem: Some(error.message(visit.view.language)),
                    comment: given.comment,
                    changes: changes
                        .into_iter()
                        .map(|change| (change.cell.clone(), change))
                        .collect(),
                };
                Ok(Some(build(&visit, &asked, unsaved)?.render()))
            }
        }
    });
    match work.await {
        Ok(None) => Redirect::to(&target).into_response(),
        Ok(Some(Ok(html))) => (StatusCode::CONFLICT, Html(html)).into_response(),
        Ok(Some(Err(_))) => super::refused::failure(&page.view, StatusCode::INTERNAL_SERVER_ERROR),
        Err(error) => super::refused::page(&page, &error),
    }
}

fn read_edits(changes: &[Change], note: &str) -> Result<Vec<(usize, CellEdit)>, AppError> {
    let edits = changes.iter().enumerate().map(|(index, change)| {
        let (key, month) = read_cell(&change.cell).ok_or_else(|| Refusal::new("refused-changes"))?;
        // An emptied cell is nought.
        let amount = match change.now.trim() {
            "" => Money::ZERO,
            typed => amount(typed)?,
        };
        let edit = CellEdit {
            amount: Some(amount),
            ..CellEdit::of(month, key, note)
        };
        Ok((index + 1, edit))
    });
    edits.collect()
}

/// A step of the way with the revision that was seen.
#[derive(Deserialize)]
pub(crate) struct StepForm {
    year: i32,
    version: i64,
    seen: i64,
    step: String,
    #[serde(default)]
    comment: String,
    /// Present when a rule of the way is set aside.
    over: Option<String>,
}

/// `POST /budget/step`: submit, review, consolidate, approve, return, reject.
pub(crate) async fn step(Posted(visit, given): Posted<StepForm>) -> Response {
    visit
        .act(move |visit| {
            let request = StepRequest {
                year: given.year,
                version: Some(given.version),
                seen: Some(given.seen),
                // Who sets a rule of the way aside says so, and why, in the comment.
                over: given.over.is_some().then(|| given.comment.clone()),
                comment: given.comment,
            };
            let app = &visit.app;
            match given.step.as_str() {
                "submit" => app.submit_budget(&request)?,
                "review" => app.review_budget(&request, None)?,
                "consolidate" => app.consolidate_budget(&request)?,
                "approve" => app.approve_budget(&request)?,
                "return" => app.return_budget(&request)?,
                "reject" => app.reject_budget(&request)?,
                other => return Err(Refusal::new("refused-step").with("step", other).into()),
            };
            Ok(format!(
                "/budget?year={}&version={}&done=step",
                given.year, given.version
            ))
        })
        .await
}

/// A year to derive a draft of.
#[derive(Deserialize)]
pub(crate) struct YearForm {
    pub(super) year: i32,
}

/// `POST /budget/derive`.
pub(crate) async fn derive(Posted(visit, given): Posted<YearForm>) -> Response {
    visit
        .act(move |visit| {
            let draft = visit.app.derive_budget(given.year, None)?.version;
            Ok(format!(
                "/budget?year={}&version={}&done=derived",
                draft.year, draft.number
            ))
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct Pair {
    year: i32,
    from: Option<i64>,
    to: Option<i64>,
}

#[derive(Template)]
#[template(path = "budget_compare.html")]
struct ComparePage {
    shell: Shell,
    year: i32,
    from: i64,
    to: i64,
    difference: String,
    cells: Table,
}

/// `GET /budget/compare`.
pub(crate) async fn compare(visit: Visit, Query(asked): Query<Pair>) -> Response {
    visit
        .page(move |visit| {
            let (view, app) = (visit.view, &visit.app);
            let compared = app.compare_budgets(asked.year, asked.from, asked.to)?;
            let organization = app.organization()?;
            let figures = view.figures(&compared.to.currency, Money::ZERO);
            let rows = compared.cells.iter().map(|cell| {
                let key = &cell.change.key;
                let name = organization.product(&key.product).map(|one| &one.name);
                row(vec![
                    word(view.product(&key.product, name)),
                    word(key.module.clone()),
                    word(figures.words().cost_type(key.cost_type)),
                    word(view.month(cell.change.month)),
                    number(figures.money(cell.change.before)),
                    number(figures.money(cell.change.after)),
                    number(figures.signed(cell.change.after - cell.change.before)),
                    word(cell.by.clone().unwrap_or_default()),
                    word(cell.reason.clone().unwrap_or_default()),
                ])
            });
            let keys = [
                ("product", false),
                ("module", false),
                ("web-by-cost-type", false),
                ("month", false),
                ("web-before", true),
                ("web-after", true),
                ("difference", true),
                ("user", false),
                ("web-reason", false),
            ];
            Ok(ComparePage {
                shell: visit.shell("budget", "web-compare"),
                year: asked.year,
                from: compared.from.number,
                to: compared.to.number,
                difference: figures.signed(compared.difference),
                cells: Table {
                    heads: keys
                        .iter()
                        .map(|(key, is_number)| head(view.t(key), *is_number))
                        .collect(),
                    rows: rows.collect(),
                    ..Table::default()
                },
            })
        })
        .await
}

/// `GET /budget.csv`: the lines of a version, to the last digit.
pub(crate) async fn csv(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .file(move |visit| {
            let years = visit.app.budget_versions()?;
            let year = asked
                .year
                .or(years.last().map(|version| version.year))
                .unwrap_or_default();
            let shown = visit.app.budget(year, asked.version)?;
            let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
            // Writing to memory does not fail.
            let _ = writer.write_record([
                "month",
                "product",
                "module",
                "cost_type",
                "expenditure",
                "amount",
                "currency",
            ]);
            for line in &shown.lines {
                let _ = writer.write_record([
                    line.month.to_string(),
                    harmless(&line.product),
                    harmless(&line.module),
                    line.cost_type.as_str().to_owned(),
                    line.expenditure.as_str().to_owned(),
                    line.amount.to_string(),
                    shown.version.currency.clone(),
                ]);
            }
            let bytes = writer.into_inner().unwrap_or_default();
            Ok((
                format!("budget-{year}-v{}.csv", shown.version.number),
                "text/csv; charset=utf-8",
                bytes,
            ))
        })
        .await
}
