//! What can be changed. Every write may carry an `Idempotency-Key`.

use super::caller::{Body, Caller, Path, Query};
use super::problem::{ProblemBody, WriteProblems};
use super::reading::checked_year;
use crate::app::StepRequest;
use crate::refusal::Refusal;
use axum::response::Response;
use headroom_models::ledger::{Month, MonthRange};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Takes a batch out of the books again.
#[utoipa::path(post, path = "/api/v1/batches/{id}/undo", tag = "imports", params(("id" = String, Path)), responses(
    (status = 200, description = "Undone", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "No such batch", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "The same key is being worked on", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn undo(caller: Caller, Path(id): Path<String>) -> Response {
    caller
        .write(move |app| {
            app.undo_import(&id)?;
            Ok(json!({ "undone": id }))
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Allocate {
    /// Month or range, YYYY-MM or YYYY-MM..YYYY-MM; all open billed months when missing.
    months: Option<String>,
}

/// Allocates months, with the proof that nothing was lost.
#[utoipa::path(post, path = "/api/v1/allocations", tag = "close", request_body = Allocate, responses(
    (status = 200, description = "The proof per month and currency", body = Value),
    (status = 400, description = "The body cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "Nothing to allocate", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "The same key is being worked on", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "The body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn allocate(caller: Caller, Body(asked): Body<Allocate>) -> Response {
    caller
        .write(move |app| {
            let range: Option<MonthRange> = asked
                .months
                .map(|text| {
                    text.parse()
                        .map_err(|_| Refusal::new("refused-months").with("text", &text))
                })
                .transpose()?;
            let allocated = app.allocate(range)?;
            Ok(json!({ "months": allocated.months, "notes": allocated.notes }))
        })
        .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Accept {
    /// Why the month closes although its checklist has open items; sums that do not tie out are not accepted.
    accept: Option<String>,
}

/// Closes a month.
#[utoipa::path(post, path = "/api/v1/months/{month}/close", tag = "close",
    params(("month" = String, Path, description = "YYYY-MM"), Accept), responses(
    (status = 200, description = "Closed", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "No such month", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "The same key is being worked on", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn close(caller: Caller, Path(month): Path<Month>, Query(asked): Query<Accept>) -> Response {
    caller
        .write(move |app| {
            let reason = asked
                .accept
                .as_deref()
                .map(str::trim)
                .filter(|reason| !reason.is_empty());
            app.close(month, reason)?;
            Ok(json!({ "month": month, "state": "closed" }))
        })
        .await
}

/// Starts closing: the checklist as it stands is put on record. Closing follows when what is open is done or accepted.
#[utoipa::path(post, path = "/api/v1/months/{month}/closing", tag = "close",
    params(("month" = String, Path, description = "YYYY-MM")),
    responses((status = 200, description = "The checklist", body = Value), WriteProblems))]
pub(crate) async fn start_closing(caller: Caller, Path(month): Path<Month>) -> Response {
    caller.write(move |app| app.start_closing(month)).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reopen {
    /// Why; kept in the audit trail.
    reason: String,
}

/// Reopens a closed month.
#[utoipa::path(post, path = "/api/v1/months/{month}/reopen", tag = "close", request_body = Reopen,
    params(("month" = String, Path, description = "YYYY-MM")), responses(
    (status = 200, description = "Open again", body = Value),
    (status = 400, description = "A parameter or the body cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "No such month", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "The same key is being worked on", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "The body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn reopen(caller: Caller, Path(month): Path<Month>, Body(asked): Body<Reopen>) -> Response {
    caller
        .write(move |app| {
            app.reopen(month, &asked.reason)?;
            Ok(json!({ "month": month, "state": "open" }))
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Derive {
    /// Last month whose actual cost and drivers are used, YYYY-MM.
    #[schema(value_type = Option<String>, pattern = r"^\d{4}-\d{2}$")]
    as_of: Option<Month>,
}

/// Derives a year's budget as a draft.
#[utoipa::path(post, path = "/api/v1/budgets/{year}/derive", tag = "budgets", request_body = Derive,
    params(("year" = i32, Path, minimum = 1970, maximum = 2199)), responses(
    (status = 200, description = "The draft", body = Value),
    (status = 400, description = "A parameter or the body cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "Something it rests on is missing", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "The same key is being worked on", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "The body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn derive_budget(caller: Caller, Path(year): Path<i32>, Body(asked): Body<Derive>) -> Response {
    caller
        .write(move |app| {
            checked_year(year)?;
            let budget = app.derive_budget(year, asked.as_of)?;
            Ok(json!({ "version": budget.version }))
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approve {
    /// Version number; the newest consolidated one when missing.
    version: Option<i64>,
}

/// Approves a consolidated version: it becomes the year's baseline.
#[utoipa::path(post, path = "/api/v1/budgets/{year}/approve", tag = "budgets", request_body = Approve,
    params(("year" = i32, Path)), responses(
    (status = 200, description = "The approved version", body = Value),
    (status = 400, description = "A parameter or the body cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "No such draft", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "The same key is being worked on", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "The body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn approve_budget(caller: Caller, Path(year): Path<i32>, Body(asked): Body<Approve>) -> Response {
    caller
        .write(move |app| {
            let request = StepRequest {
                year,
                version: asked.version,
                ..StepRequest::default()
            };
            Ok(json!({ "version": app.approve_budget(&request)? }))
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configure {
    /// Name → TOML text.
    documents: BTreeMap<String, String>,
    /// Check everything, apply nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Applies documents: all of them or none.
#[utoipa::path(post, path = "/api/v1/configuration", tag = "configuration", request_body = Configure, responses(
    (status = 200, description = "What changed", body = Value),
    (status = 400, description = "The body cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "The same key is being worked on", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "The body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Every problem of every document", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn configure(caller: Caller, Body(asked): Body<Configure>) -> Response {
    caller
        .write(move |app| app.apply_documents(asked.documents, asked.dry_run))
        .await
}
