//! What no rule took, and the documents that decide: changed as text, tried out first, applied as a new version.

use super::parts::largest;
use crate::app::{App, AppError, CostQuery, Moved};
use crate::auth::{Permission, Scope};
use crate::refusal::Refusal;
use crate::web::form::Posted;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use headroom_models::ledger::{CostBasis, Money, MonthRange};
use headroom_models::organization::UNALLOCATED;
use headroom_reports::charts::address;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    document: String,
}

struct QueueLine {
    cells: [String; 3],
    month_href: String,
    amount: String,
}

struct MovedLine {
    product: String,
    month: String,
    booked: String,
    compared: String,
    difference: String,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct Page {
    shell: Shell,
    queue: Vec<QueueLine>,
    documents: Vec<(String, bool)>,
    document: String,
    body: String,
    version: i64,
    may_change: bool,
    problem: Option<String>,
    moved: Option<Vec<MovedLine>>,
    months: String,
}

/// The page with a document opened.
struct Editing {
    document: String,
    body: String,
    months: String,
    problem: Option<String>,
    moved: Option<Vec<Moved>>,
}

fn build(visit: &Visit, editing: Option<Editing>, document: &str) -> Result<Page, AppError> {
    let (view, app) = (visit.view, &visit.app);
    let (version, documents) = app.documents()?;
    let editing = editing.unwrap_or_else(|| {
        let wanted = documents.get_key_value(document);
        let rules = || documents.iter().find(|(_, body)| body.contains("[[rule]]"));
        let (name, body) = wanted
            .or_else(rules)
            .map_or(("", ""), |(name, body)| (name.as_str(), body.as_str()));
        Editing {
            document: name.to_owned(),
            body: body.to_owned(),
            months: String::new(),
            problem: None,
            moved: None,
        }
    });
    let queue = queue(visit);
    let organization = app.organization()?;
    let figures = view.figures(&app.settings().currency, Money::ZERO);
    let moved = editing.moved.map(|moved| {
        moved
            .into_iter()
            .map(|moved| {
                let difference = moved.compared - moved.booked;
                MovedLine {
                    product: view.product(
                        &moved.product,
                        organization.product(&moved.product).map(|product| &product.name),
                    ),
                    month: view.month(moved.month),
                    booked: format!("{} {}", figures.money(moved.booked), moved.currency),
                    compared: figures.money(moved.compared),
                    class: if difference.is_negative() { "n under" } else { "n over" },
                    difference: figures.signed(difference),
                }
            })
            .collect()
    });
    Ok(Page {
        shell: visit.shell("rules", "web-nav-rules"),
        queue: queue?,
        documents: documents
            .keys()
            .map(|name| (name.clone(), *name == editing.document))
            .collect(),
        document: editing.document,
        body: editing.body,
        version,
        // Operations change the documents of plans; which those are, the use case knows.
        may_change: app.may(Permission::Configure, &Scope::Company)? || app.may(Permission::Plan, &Scope::Company)?,
        problem: editing.problem,
        moved,
        months: editing.months,
    })
}

/// What no rule took, by month, source and kind of cost, the largest first. Nothing while nothing is allocated.
fn queue(visit: &Visit) -> Result<Vec<QueueLine>, AppError> {
    let currency = visit.app.settings().currency.clone();
    let table = visit.app.costs(&CostQuery {
        by: ["month", "source", "service-category"].map(str::to_owned).into(),
        months: None,
        filters: vec![("product".to_owned(), UNALLOCATED.to_owned())],
        basis: Some(CostBasis::Effective),
        tax: None,
        currency: Some(currency.clone()),
    });
    let mut rows = match table {
        Ok(table) => table.rows,
        Err(error) if super::refused::Empty::of(&error).is_some() && !matches!(error, AppError::NotAllowed(_)) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    rows.sort_by_key(|row| std::cmp::Reverse(row.amount.abs()));
    let figures = visit
        .view
        .figures(&currency, largest(rows.iter().map(|row| row.amount)));
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut values = row.values.into_iter();
            let mut next = || values.next().unwrap_or_default();
            let (month, source, category) = (next(), next(), next());
            QueueLine {
                month_href: format!("/products/{}/{month}", address(UNALLOCATED)),
                cells: [month, source, category],
                amount: figures.money(row.amount),
            }
        })
        .collect())
}

/// `GET /rules`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit.page(move |visit| build(visit, None, &asked.document)).await
}

#[derive(Deserialize)]
pub(crate) struct Changed {
    document: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    months: String,
    /// A suggested rule to be put at the end of the document as it is in force.
    #[serde(default)]
    add: String,
}

impl Changed {
    /// With the suggested rule in its place.
    fn with_addition(mut self, app: &App) -> Result<Changed, AppError> {
        if !self.add.is_empty() {
            let (_, documents) = app.documents()?;
            let body = documents.get(self.document.trim()).map_or("", String::as_str);
            self.body = format!("{}\n\n{}\n", body.trim_end(), self.add.trim());
        }
        Ok(self)
    }

    fn documents(&self) -> BTreeMap<String, String> {
        [(self.document.trim().to_owned(), self.body.replace("\r\n", "\n"))].into()
    }

    fn editing(self, problem: Option<String>, moved: Option<Vec<Moved>>) -> Editing {
        Editing {
            document: self.document,
            body: self.body,
            months: self.months,
            problem,
            moved,
        }
    }
}

/// `POST /rules/try`: what would move, without touching the books.
pub(crate) async fn try_out(Posted(visit, changed): Posted<Changed>) -> Response {
    visit
        .page(move |visit| {
            visit.app.require_company(Permission::Configure)?;
            let changed = changed.with_addition(&visit.app)?;
            let range: Option<MonthRange> = match changed.months.trim() {
                "" => None,
                text => Some(
                    text.parse()
                        .map_err(|_| Refusal::new("refused-months").with("text", text))?,
                ),
            };
            let (problem, moved) = match visit.app.try_documents(&changed.documents(), range) {
                Ok(moved) => (None, Some(moved)),
                Err(error @ AppError::NotAllowed(_)) => return Err(error),
                Err(error) => (Some(error.message(visit.view.language)), None),
            };
            build(visit, Some(changed.editing(problem, moved)), "")
        })
        .await
}

/// `POST /rules/apply`: a new version of the configuration.
pub(crate) async fn apply(Posted(visit, changed): Posted<Changed>) -> Response {
    let document = address(changed.document.trim());
    let page = visit.clone();
    let work = {
        let documents = changed.documents();
        let app = visit.app.clone();
        crate::web::visit::blocking(move || app.apply_documents(documents, false))
    };
    match work.await {
        Ok(_) => axum::response::IntoResponse::into_response(axum::response::Redirect::to(&format!(
            "/rules?document={document}&done=applied"
        ))),
        Err(error @ AppError::NotAllowed(_)) => super::refused::page(&page, &error),
        Err(error) => {
            let problem = error.message(page.view.language);
            page.page(move |visit| build(visit, Some(changed.editing(Some(problem), None)), ""))
                .await
        }
    }
}
