//! Findings on their way, bills that have not come, the closing checklist, the unallocated queue, unit costs, days left, events.

use super::caller::{Body, Caller, Path, Query};
use super::problem::{ReadProblems, WriteProblems};
use crate::app::{AccrualBasis, CaseStep, UnitCostQuery};
use crate::auth::Permission;
use crate::refusal::Refusal;
use axum::response::Response;
use chrono::NaiveDate;
use headroom_models::idle::{CaseAction, CaseState};
use headroom_models::ledger::Month;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfState {
    /// `open`, `confirmed`, `marked`, `reclaimed`, `exempt` or `withdrawn`; all when missing.
    state: Option<String>,
}

/// Findings of idle resources on their way.
#[utoipa::path(get, path = "/api/v1/idle/findings", tag = "idle", params(OfState),
    responses((status = 200, description = "Findings in the order in which they were opened", body = Value), ReadProblems))]
pub(crate) async fn findings(caller: Caller, Query(asked): Query<OfState>) -> Response {
    caller
        .json(move |app| {
            app.require_somewhere(Permission::Read)?;
            let state = asked.state.map(|word| {
                CaseState::of_word(&word).ok_or_else(|| Refusal::new("refused-finding-state").with("state", word))
            });
            Ok(json!({ "items": app.idle_cases(state.transpose()?)? }))
        })
        .await
}

/// One finding with its history.
#[utoipa::path(get, path = "/api/v1/idle/findings/{id}", tag = "idle", params(("id" = String, Path)),
    responses((status = 200, description = "The finding", body = Value), ReadProblems))]
pub(crate) async fn finding(caller: Caller, Path(id): Path<String>) -> Response {
    caller.json(move |app| app.idle_case(&id)).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindingStep {
    /// `confirm`, `mark`, `unmark`, `reclaim`, `exempt`, `reopen`, or `assign` for a new owner or due date.
    action: String,
    /// Last day of grace or exemption, YYYY-MM-DD; needed to mark and exempt.
    #[schema(value_type = Option<String>)]
    until: Option<NaiveDate>,
    /// New owner.
    owner: Option<String>,
    /// Day until which the owner should have acted.
    #[schema(value_type = Option<String>)]
    due: Option<NaiveDate>,
    /// Why; needed to exempt.
    #[serde(default)]
    reason: String,
}

/// Takes a finding one step on its way.
#[utoipa::path(post, path = "/api/v1/idle/findings/{id}", tag = "idle", request_body = FindingStep, params(("id" = String, Path)),
    responses((status = 200, description = "The finding as it is now", body = Value), WriteProblems))]
pub(crate) async fn finding_step(caller: Caller, Path(id): Path<String>, Body(asked): Body<FindingStep>) -> Response {
    caller
        .write(move |app| {
            app.require_somewhere(Permission::Reclaim)?;
            let until = || asked.until.ok_or_else(|| Refusal::new("refused-finding-until"));
            let action = match asked.action.as_str() {
                "assign" => None,
                "confirm" => Some(CaseAction::Confirm),
                "mark" => Some(CaseAction::Mark { grace_until: until()? }),
                "unmark" => Some(CaseAction::Unmark),
                "reclaim" => Some(CaseAction::Reclaim {
                    on: crate::clock::today(),
                }),
                "exempt" => Some(CaseAction::Exempt { until: until()? }),
                "reopen" => Some(CaseAction::Reopen),
                other => return Err(Refusal::new("refused-finding-action").with("action", other).into()),
            };
            app.idle_step(
                &id,
                &CaseStep {
                    action,
                    owner: asked.owner,
                    due: asked.due,
                    reason: asked.reason,
                    on: None,
                },
            )
        })
        .await
}

/// Looks at all resources again: opens, withdraws and reopens findings.
#[utoipa::path(post, path = "/api/v1/idle/scans", tag = "idle",
    responses((status = 200, description = "What changed", body = Value), WriteProblems))]
pub(crate) async fn scan(caller: Caller) -> Response {
    caller.write(|app| app.idle_scan(None, None)).await
}

/// Savings of reclaimed resources as later bills show them.
#[utoipa::path(get, path = "/api/v1/idle/savings", tag = "idle",
    responses((status = 200, description = "By month, product and owner", body = Value), ReadProblems))]
pub(crate) async fn savings(caller: Caller) -> Response {
    caller.json(|app| app.realised_savings()).await
}

/// What has to hold before a month closes, and how it stands.
#[utoipa::path(get, path = "/api/v1/months/{month}/checklist", tag = "close",
    params(("month" = String, Path, description = "YYYY-MM")),
    responses((status = 200, description = "The checklist", body = Value), ReadProblems))]
pub(crate) async fn checklist(caller: Caller, Path(month): Path<Month>) -> Response {
    caller.json(move |app| app.checklist(month)).await
}

/// Estimates of bills that had not come, and what became of them.
#[utoipa::path(get, path = "/api/v1/accruals", tag = "close",
    responses((status = 200, description = "Accruals on record", body = Value), ReadProblems))]
pub(crate) async fn accruals(caller: Caller) -> Response {
    caller.json(|app| Ok(json!({ "items": app.accruals()? }))).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accrue {
    /// The month whose bills have not come, YYYY-MM.
    #[schema(value_type = String, pattern = r"^\d{4}-\d{2}$")]
    month: Month,
    /// One source; all that are missing when not given.
    source: Option<String>,
    /// `contract` or `last-month`; by contract where there is one when not given.
    basis: Option<String>,
    /// Show the estimates, book nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Estimates bills that have not come.
#[utoipa::path(post, path = "/api/v1/accruals", tag = "close", request_body = Accrue,
    responses((status = 200, description = "The estimates", body = Value), WriteProblems))]
pub(crate) async fn accrue(caller: Caller, Body(asked): Body<Accrue>) -> Response {
    caller
        .write(move |app| {
            app.require_company(Permission::Import)?;
            let basis = match asked.basis.as_deref() {
                None => None,
                Some("contract") => Some(AccrualBasis::Contract),
                Some("last-month") => Some(AccrualBasis::LastMonth),
                Some(other) => return Err(Refusal::new("refused-accrual-basis").with("basis", other).into()),
            };
            let accruals = app.accrue(asked.month, asked.source.as_deref(), basis, asked.dry_run)?;
            Ok(json!({ "month": asked.month, "accruals": accruals }))
        })
        .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfMonth {
    /// YYYY-MM; the last allocated month when missing.
    #[param(value_type = Option<String>, pattern = r"^\d{4}-\d{2}$")]
    month: Option<Month>,
}

/// What no rule takes, the largest first, with rules that would take it.
#[utoipa::path(get, path = "/api/v1/unallocated", tag = "costs", params(OfMonth),
    responses((status = 200, description = "Groups of charges and suggested rules", body = Value), ReadProblems))]
pub(crate) async fn unallocated(caller: Caller, Query(asked): Query<OfMonth>) -> Response {
    caller.json(move |app| app.unallocated(asked.month)).await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnitCosts {
    /// Business metric: `dau`, `orders`.
    metric: String,
    /// One product; all with the metric when missing.
    product: Option<String>,
    /// Month or range, YYYY-MM or YYYY-MM..YYYY-MM.
    months: Option<String>,
    /// Currency; the reporting currency when missing.
    currency: Option<String>,
}

/// What one unit of a business metric costs, by month and product.
#[utoipa::path(get, path = "/api/v1/unit-costs", tag = "costs", params(UnitCosts),
    responses((status = 200, description = "Rows", body = Value), ReadProblems))]
pub(crate) async fn unit_costs(caller: Caller, Query(asked): Query<UnitCosts>) -> Response {
    caller
        .json(move |app| {
            let months = asked.months.filter(|months| !months.is_empty()).map(|text| {
                text.parse()
                    .map_err(|_| Refusal::new("refused-months").with("text", &text))
            });
            let rows = app.unit_costs(&UnitCostQuery {
                months: months.transpose()?,
                product: asked.product,
                currency: asked.currency.map(|currency| currency.to_uppercase()),
                metric: asked.metric,
                ..UnitCostQuery::default()
            })?;
            Ok(json!({ "items": rows }))
        })
        .await
}

/// Days until each module's driver passes what stands.
#[utoipa::path(get, path = "/api/v1/days-left", tag = "capacity",
    responses((status = 200, description = "Modules, the most urgent first", body = Value), ReadProblems))]
pub(crate) async fn days_left(caller: Caller) -> Response {
    caller
        .json(|app| {
            let (modules, as_of) = app.days_left(None)?;
            Ok(json!({ "as_of": as_of, "modules": modules }))
        })
        .await
}

/// The events that can be reviewed by name.
#[utoipa::path(get, path = "/api/v1/events", tag = "capacity",
    responses((status = 200, description = "Names", body = Value), ReadProblems))]
pub(crate) async fn events(caller: Caller) -> Response {
    caller.json(|app| Ok(json!({ "items": app.event_names()? }))).await
}

/// An event: what past occurrences did, what the coming one asks of each module.
#[utoipa::path(get, path = "/api/v1/events/{name}", tag = "capacity", params(("name" = String, Path)),
    responses((status = 200, description = "The review", body = Value), ReadProblems))]
pub(crate) async fn event(caller: Caller, Path(name): Path<String>) -> Response {
    caller.json(move |app| app.event_review(&name, None)).await
}
