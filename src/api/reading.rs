//! What can be read.

use super::caller::{Caller, Path, Query};
use super::problem::ProblemBody;
use crate::app::{CostQuery, PlanRequest};
use crate::refusal::Refusal;
use axum::response::Response;
use headroom_models::ledger::{CostBasis, Month};
use serde::Deserialize;
use serde_json::{Value, json};

/// Rows of one page of a list.
const PAGE: usize = 100;
/// The most that a caller may ask for.
const MOST: usize = 1000;

/// Which part of a list.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Rows to leave out.
    #[serde(default)]
    #[param(minimum = 0)]
    offset: Option<usize>,
    /// Rows at most: 1 to 1000.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

fn paged(items: Vec<Value>, page: &Page) -> Value {
    let (total, offset) = (items.len(), page.offset.unwrap_or(0));
    let limit = page.limit.unwrap_or(PAGE).clamp(1, MOST);
    let items: Vec<Value> = items.into_iter().skip(offset).take(limit).collect();
    let next = (offset.saturating_add(items.len()) < total).then(|| offset + items.len());
    json!({ "items": items, "total": total, "next_offset": next })
}

fn value(of: impl serde::Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

/// Who I am.
#[utoipa::path(get, path = "/api/v1/me", tag = "account", responses(
    (status = 200, description = "Name, roles and limits of the token", body = Value),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn me(caller: Caller) -> Response {
    caller
        .json(|app| {
            let me = app.principal();
            Ok(json!({ "name": me.name, "roles": me.grants, "reads_only": me.reads_only, "within": me.within }))
        })
        .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AsOf {
    /// Last closed month of the report, YYYY-MM.
    #[param(value_type = Option<String>, pattern = r"^\d{4}-\d{2}$")]
    month: Option<Month>,
}

/// The execution-rate report.
#[utoipa::path(get, path = "/api/v1/overview", tag = "reports", params(AsOf), responses(
    (status = 200, description = "The report that pages and files show", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "No budget for the year", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn overview(caller: Caller, Query(asked): Query<AsOf>) -> Response {
    let web = caller.web.clone();
    caller
        .json(move |app| Ok(value(&*web.execution_report(app, asked.month)?)))
        .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Costs {
    /// Dimensions, separated by commas.
    by: Option<String>,
    /// Month or range, YYYY-MM or YYYY-MM..YYYY-MM.
    months: Option<String>,
    /// `product:mmo,source:aws`.
    #[serde(rename = "where")]
    filters: Option<String>,
    /// `billed` or `effective`.
    basis: Option<String>,
    /// Convert to this currency.
    currency: Option<String>,
    /// Rows to leave out.
    #[param(minimum = 0)]
    offset: Option<usize>,
    /// Rows at most: 1 to 1000.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Allocated cost by any dimensions.
#[utoipa::path(get, path = "/api/v1/costs", tag = "costs", params(Costs), responses(
    (status = 200, description = "Rows and totals per currency", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "A rate is missing", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn costs(caller: Caller, Query(asked): Query<Costs>) -> Response {
    caller
        .json(move |app| {
            let by = asked.by.unwrap_or_else(|| "product,month".to_owned());
            let months = asked.months.filter(|months| !months.is_empty());
            let months = months.map(|text| {
                text.parse()
                    .map_err(|_| Refusal::new("refused-months").with("text", &text))
            });
            let filters = asked.filters.unwrap_or_default();
            let table = app.costs(&CostQuery {
                by: by.split(',').map(str::to_owned).collect(),
                months: months.transpose()?,
                filters: filters
                    .split(',')
                    .filter_map(|part| part.split_once(':'))
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
                basis: Some(if asked.basis.as_deref() == Some("billed") {
                    CostBasis::Billed
                } else {
                    CostBasis::Effective
                }),
                tax: None,
                currency: asked.currency.map(|currency| currency.to_uppercase()),
            })?;
            let page = Page {
                offset: asked.offset,
                limit: asked.limit,
            };
            let mut answer = paged(table.rows.iter().map(value).collect(), &page);
            answer["by"] = value(&table.by);
            answer["totals"] = value(&table.totals);
            Ok(answer)
        })
        .await
}

/// From a product's cost of a month to rules, pools, shares and rows of bills.
#[utoipa::path(get, path = "/api/v1/products/{id}/{month}", tag = "costs",
    params(("id" = String, Path), ("month" = String, Path, description = "YYYY-MM")), responses(
    (status = 200, description = "Parts that add up to the cost", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "No such cost", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn explanation(caller: Caller, Path((id, month)): Path<(String, Month)>) -> Response {
    caller.json(move |app| app.explain(&id, month)).await
}

/// Batches on record.
#[utoipa::path(get, path = "/api/v1/batches", tag = "imports", params(Page), responses(
    (status = 200, description = "A page of batches", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn batches(caller: Caller, Query(page): Query<Page>) -> Response {
    caller
        .json(move |app| {
            let batches = app.batches()?.into_iter();
            let items = batches.map(|(batch, totals)| json!({ "batch": batch, "totals": totals }));
            Ok(paged(items.collect(), &page))
        })
        .await
}

/// One batch with sums, files, rejects and findings.
#[utoipa::path(get, path = "/api/v1/batches/{id}", tag = "imports", params(("id" = String, Path)), responses(
    (status = 200, description = "The batch", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "No such batch", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn batch(caller: Caller, Path(id): Path<String>) -> Response {
    caller.json(move |app| app.batch_details(&id)).await
}

/// Billed months: open or closed, allocated or not, with proofs.
#[utoipa::path(get, path = "/api/v1/months", tag = "close", responses(
    (status = 200, description = "Months and proofs", body = Value),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn months(caller: Caller) -> Response {
    caller
        .json(|app| Ok(json!({ "months": app.billed_month_states()?, "proofs": app.allocation_proofs()? })))
        .await
}

/// Budget versions.
#[utoipa::path(get, path = "/api/v1/budgets", tag = "budgets", params(Page), responses(
    (status = 200, description = "A page of versions", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn budgets(caller: Caller, Query(page): Query<Page>) -> Response {
    caller
        .json(move |app| Ok(paged(app.budget_versions()?.iter().map(value).collect(), &page)))
        .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Version {
    /// Version number; the approved one when missing.
    version: Option<i64>,
}

/// A year's budget with its lines.
#[utoipa::path(get, path = "/api/v1/budgets/{year}", tag = "budgets", params(("year" = i32, Path), Version), responses(
    (status = 200, description = "Version and lines", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "No such budget", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn budget(caller: Caller, Path(year): Path<i32>, Query(asked): Query<Version>) -> Response {
    caller
        .json(move |app| {
            let budget = app.budget(year, asked.version)?;
            Ok(json!({ "version": budget.version, "lines": budget.lines }))
        })
        .await
}

/// The capacity plan of a fiscal year.
#[utoipa::path(get, path = "/api/v1/capacity/{year}", tag = "capacity",
    params(("year" = i32, Path, minimum = 1970, maximum = 2199)), responses(
    (status = 200, description = "Requirement, inventory, gap and orders", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "A rate is missing", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn capacity(caller: Caller, Path(year): Path<i32>) -> Response {
    caller
        .json(move |app| {
            checked_year(year)?;
            app.capacity_plan(&PlanRequest {
                year,
                ..PlanRequest::default()
            })
        })
        .await
}

/// A year that budgets can be of.
pub(super) fn checked_year(year: i32) -> Result<(), Refusal> {
    if (1970..=2199).contains(&year) {
        Ok(())
    } else {
        Err(Refusal::new("refused-year").with("year", year))
    }
}

/// Verifies everything that can be verified.
#[utoipa::path(get, path = "/api/v1/check", tag = "close", responses(
    (status = 200, description = "Every check with its failures", body = Value),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn check(caller: Caller) -> Response {
    caller.json(|app| app.check()).await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Audit {
    /// Only lines before this number: the way to the next page.
    before: Option<i64>,
    /// Only lines that hold this text.
    holds: Option<String>,
}

/// The audit trail, newest first, 200 lines at most.
#[utoipa::path(get, path = "/api/v1/audit", tag = "account", params(Audit), responses(
    (status = 200, description = "Lines", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn audit(caller: Caller, Query(asked): Query<Audit>) -> Response {
    caller
        .json(move |app| {
            let lines = app.audit_trail(asked.before, asked.holds.as_deref().unwrap_or_default())?;
            Ok(json!({ "items": lines, "next_before": lines.last().map(|line| line.id) }))
        })
        .await
}

/// The documents of the configuration in force.
#[utoipa::path(get, path = "/api/v1/configuration", tag = "configuration", responses(
    (status = 200, description = "Version and documents", body = Value),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn configuration(caller: Caller) -> Response {
    caller
        .json(|app| {
            let (version, documents) = app.documents()?;
            Ok(json!({ "version": version, "documents": documents }))
        })
        .await
}

/// Users and their roles.
#[utoipa::path(get, path = "/api/v1/users", tag = "account", params(Page), responses(
    (status = 200, description = "A page of users", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn users(caller: Caller, Query(page): Query<Page>) -> Response {
    caller
        .json(move |app| Ok(paged(app.users()?.iter().map(value).collect(), &page)))
        .await
}
