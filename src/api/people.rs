//! Accounts and their roles, stand-ins, saved views.

use super::caller::{Body, Caller, Path};
use super::problem::{ReadProblems, WriteProblems};
use crate::app::{AppError, DelegationRequest, grant_in};
use crate::auth::{Grant, Permission};
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

fn grants(texts: &[String]) -> Result<Vec<Grant>, AppError> {
    texts.iter().map(|text| grant_in(text)).collect()
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// What is typed at sign-in.
    name: String,
    /// Name for people; the name itself when missing.
    shown: Option<String>,
    /// Roles: `finance@company`, `product-owner@product:ID`.
    roles: Vec<String>,
}

/// Adds a user, who has no password yet: make an invitation next.
#[utoipa::path(post, path = "/api/v1/users", tag = "account", request_body = NewUser,
    responses((status = 200, description = "The user", body = Value), WriteProblems))]
pub(crate) async fn add(caller: Caller, Body(asked): Body<NewUser>) -> Response {
    caller
        .write(move |app| {
            app.require_company(Permission::Administer)?;
            app.add_user(&asked.name, asked.shown.as_deref(), &grants(&asked.roles)?, None)
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roles {
    /// Roles in the place of the ones there are: `finance@company`, `product-owner@product:ID`.
    roles: Vec<String>,
}

/// Gives a user these roles in the place of the ones they have.
#[utoipa::path(post, path = "/api/v1/users/{name}/roles", tag = "account", request_body = Roles, params(("name" = String, Path)),
    responses((status = 200, description = "The user", body = Value), WriteProblems))]
pub(crate) async fn roles(caller: Caller, Path(name): Path<String>, Body(asked): Body<Roles>) -> Response {
    caller
        .write(move |app| {
            app.require_company(Permission::Administer)?;
            app.set_roles(&name, &grants(&asked.roles)?)
        })
        .await
}

/// Makes a one-time link by which a user sets a (new) password. An idempotency key is not looked at: the answer is a secret, which is
/// kept nowhere; asked again, the link before does not work any more.
#[utoipa::path(post, path = "/api/v1/users/{name}/invitation", tag = "account", params(("name" = String, Path)),
    responses((status = 200, description = "The path of the link, shown once", body = Value), WriteProblems))]
pub(crate) async fn invite(caller: Caller, Path(name): Path<String>) -> Response {
    caller.json(move |app| app.invite(&name)).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// False signs them out everywhere and stops their tokens.
    active: bool,
}

/// Disables or enables an account.
#[utoipa::path(post, path = "/api/v1/users/{name}/state", tag = "account", request_body = State, params(("name" = String, Path)),
    responses((status = 200, description = "The user", body = Value), WriteProblems))]
pub(crate) async fn state(caller: Caller, Path(name): Path<String>, Body(asked): Body<State>) -> Response {
    caller
        .write(move |app| {
            app.require_company(Permission::Administer)?;
            app.set_user_active(&name, asked.active)?;
            app.user(&name)
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delegate {
    /// Who gives it on, for administrators; the caller when missing.
    from: Option<String>,
    /// Who stands in.
    to: String,
    /// `finance@company`, `product-owner@product:ID`.
    grant: String,
    /// First day, YYYY-MM-DD; today when missing.
    #[schema(value_type = Option<String>)]
    since: Option<NaiveDate>,
    /// Last day, YYYY-MM-DD.
    #[schema(value_type = String)]
    until: NaiveDate,
    /// Why.
    reason: String,
}

/// Gives a role in a part of the company on to somebody until a day. Only by a token that writes and holds in the whole company: a
/// narrower one stands for a part of its user and gives nothing on.
#[utoipa::path(post, path = "/api/v1/delegations", tag = "account", request_body = Delegate,
    responses((status = 200, description = "The delegation", body = Value), WriteProblems))]
pub(crate) async fn delegate(caller: Caller, Body(asked): Body<Delegate>) -> Response {
    caller
        .write(move |app| {
            app.delegate(&DelegationRequest {
                from: asked.from,
                to: asked.to,
                grant: grant_in(&asked.grant)?,
                since: asked.since,
                until: asked.until,
                reason: asked.reason,
            })
        })
        .await
}

/// Who stands in for whom: all for an administrator, else what one gave or received.
#[utoipa::path(get, path = "/api/v1/delegations", tag = "account",
    responses((status = 200, description = "Delegations", body = Value), ReadProblems))]
pub(crate) async fn delegations(caller: Caller) -> Response {
    caller.json(|app| Ok(json!({ "items": app.delegations()? }))).await
}

/// Takes a delegation back before its time.
#[utoipa::path(post, path = "/api/v1/delegations/{id}/end", tag = "account", params(("id" = i64, Path)),
    responses((status = 200, description = "The delegation", body = Value), WriteProblems))]
pub(crate) async fn end_delegation(caller: Caller, Path(id): Path<i64>) -> Response {
    caller.write(move |app| app.end_delegation(id)).await
}

/// The caller's own views of costs.
#[utoipa::path(get, path = "/api/v1/views", tag = "costs",
    responses((status = 200, description = "Views by name", body = Value), ReadProblems))]
pub(crate) async fn views(caller: Caller) -> Response {
    caller.json(|app| Ok(json!({ "items": app.saved_views()? }))).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaveView {
    /// Its name; one of that name is replaced.
    name: String,
    /// What stands behind `?` in the address of the costs: `by=product&months=2026-01..2026-06`.
    query: String,
}

/// Keeps a view of costs under a name.
#[utoipa::path(post, path = "/api/v1/views", tag = "costs", request_body = SaveView,
    responses((status = 200, description = "All views of the caller", body = Value), WriteProblems))]
pub(crate) async fn save_view(caller: Caller, Body(asked): Body<SaveView>) -> Response {
    caller
        .write(move |app| {
            app.save_view(&asked.name, &asked.query)?;
            Ok(json!({ "items": app.saved_views()? }))
        })
        .await
}

/// Forgets a view.
#[utoipa::path(post, path = "/api/v1/views/{name}/forget", tag = "costs", params(("name" = String, Path)),
    responses((status = 200, description = "The views that are left", body = Value), WriteProblems))]
pub(crate) async fn forget_view(caller: Caller, Path(name): Path<String>) -> Response {
    caller
        .write(move |app| {
            app.forget_view(&name)?;
            Ok(json!({ "items": app.saved_views()? }))
        })
        .await
}
