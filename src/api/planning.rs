//! Scenarios, factors of events, budgets compared, rules tried out, what one machine does by hour.

use super::caller::{Body, Caller, Path, Query};
use super::problem::{ReadProblems, WriteProblems};
use super::reading::checked_year;
use crate::auth::Permission;
use crate::refusal::Refusal;
use axum::response::Response;
use headroom_models::capacity::Scenario;
use headroom_models::ledger::MonthRange;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The scenarios in force.
#[utoipa::path(get, path = "/api/v1/scenarios", tag = "capacity",
    responses((status = 200, description = "Scenarios", body = Value), ReadProblems))]
pub(crate) async fn scenarios(caller: Caller) -> Response {
    caller.json(|app| Ok(json!({ "items": app.scenarios()?.0 }))).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaveScenario {
    /// The scenario as the guide describes it: id, name, driver, module, events, percentile.
    #[schema(value_type = Object)]
    scenario: Value,
}

/// Keeps a scenario under its id, in the place of an older one of that id.
#[utoipa::path(post, path = "/api/v1/scenarios", tag = "capacity", request_body = SaveScenario,
    responses((status = 200, description = "All scenarios", body = Value), WriteProblems))]
pub(crate) async fn save_scenario(caller: Caller, Body(asked): Body<SaveScenario>) -> Response {
    caller
        .write(move |app| {
            app.require_company(Permission::Plan)?;
            let scenario: Scenario = serde_json::from_value(asked.scenario)
                .map_err(|error| Refusal::new("refused-scenario").with("reason", error))?;
            app.save_scenario(&scenario)?;
            Ok(json!({ "items": app.scenarios()?.0 }))
        })
        .await
}

/// Takes a scenario out.
#[utoipa::path(post, path = "/api/v1/scenarios/{id}/forget", tag = "capacity", params(("id" = String, Path)),
    responses((status = 200, description = "The scenarios that are left", body = Value), WriteProblems))]
pub(crate) async fn forget_scenario(caller: Caller, Path(id): Path<String>) -> Response {
    caller
        .write(move |app| {
            app.forget_scenario(&id)?;
            Ok(json!({ "items": app.scenarios()?.0 }))
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Adopt {
    /// The factor; the suggested one when missing.
    factor: Option<f64>,
}

/// Plans use this factor from the event's next occurrence on.
#[utoipa::path(post, path = "/api/v1/events/{name}", tag = "capacity", request_body = Adopt, params(("name" = String, Path)),
    responses((status = 200, description = "The review with what was adopted", body = Value), WriteProblems))]
pub(crate) async fn adopt(caller: Caller, Path(name): Path<String>, Body(asked): Body<Adopt>) -> Response {
    caller
        .write(move |app| {
            app.require_company(Permission::Plan)?;
            app.event_review(&name, Some(asked.factor))
        })
        .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Versions {
    /// Version before; the approved one when missing.
    from: Option<i64>,
    /// Version after; the newest when missing.
    to: Option<i64>,
}

/// Two versions of a year's budget side by side.
#[utoipa::path(get, path = "/api/v1/budgets/{year}/compare", tag = "budget",
    params(("year" = i32, Path, minimum = 1970, maximum = 2199), Versions),
    responses((status = 200, description = "Cells that differ, before and after", body = Value), ReadProblems))]
pub(crate) async fn compare(caller: Caller, Path(year): Path<i32>, Query(asked): Query<Versions>) -> Response {
    caller
        .json(move |app| {
            app.require_somewhere(Permission::Read)?;
            checked_year(year)?;
            app.compare_budgets(year, asked.from, asked.to)
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Try {
    /// Documents in the place of those of the same name: name → TOML.
    documents: BTreeMap<String, String>,
    /// Month or range, YYYY-MM or YYYY-MM..YYYY-MM; all billed months when missing.
    months: Option<String>,
}

/// What would move between products by other rules. The books are not touched.
#[utoipa::path(post, path = "/api/v1/configuration/try", tag = "configuration", request_body = Try,
    responses((status = 200, description = "Products whose cost differs", body = Value), WriteProblems))]
pub(crate) async fn try_out(caller: Caller, Body(asked): Body<Try>) -> Response {
    caller
        .json(move |app| {
            app.require_company(Permission::Configure)?;
            let months = asked.months.filter(|months| !months.is_empty()).map(|text| {
                text.parse::<MonthRange>()
                    .map_err(|_| Refusal::new("refused-months").with("text", &text))
            });
            Ok(json!({ "items": app.try_documents(&asked.documents, months.transpose()?)? }))
        })
        .await
}

/// What the machine of a finding does by hour of the day and day of the week.
#[utoipa::path(get, path = "/api/v1/idle/findings/{id}/profile", tag = "idle", params(("id" = String, Path)),
    responses((status = 200, description = "The profile; null when it was never measured", body = Value), ReadProblems))]
pub(crate) async fn profile(caller: Caller, Path(id): Path<String>) -> Response {
    caller.json(move |app| app.idle_profile(&id)).await
}
