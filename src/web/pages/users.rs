//! Users and their roles, for administrators.

use super::overview::Nothing;
use crate::app::{AppError, Invitation, grant_in, scope_in_words};
use crate::auth::{Grant, Role};
use crate::store::User;
use crate::web::form::Posted;
use crate::web::view::{Shell, View};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;

struct Line {
    user: User,
    roles: Vec<String>,
    roles_text: String,
    created: String,
}

#[derive(Template)]
#[template(path = "users.html")]
struct Page {
    shell: Shell,
    lines: Vec<Line>,
    roles: Vec<(String, String)>,
    scopes: Vec<(String, String)>,
    invitation: Option<Invitation>,
}

/// Roles with their scopes as people say them.
pub(super) fn grants(view: &View, grants: &[Grant]) -> Vec<String> {
    let grants = grants.iter().map(|grant| {
        let role = view.t(&format!("role-{}", grant.role));
        let scope = scope_in_words(&grant.scope, view.language);
        view.tn("grant", &[("role", &role), ("scope", &scope)])
    });
    grants.collect()
}

fn build(visit: &Visit, invitation: Option<Invitation>) -> Result<Page, AppError> {
    let view = visit.view;
    let scopes = visit.app.scopes()?;
    let users = visit.app.users()?.into_iter();
    Ok(Page {
        shell: visit.shell("settings", "web-users"),
        lines: users
            .map(|user| Line {
                roles: grants(&view, &user.grants),
                roles_text: user
                    .grants
                    .iter()
                    .map(|grant| format!("{}@{}", grant.role, grant.scope))
                    .collect::<Vec<_>>()
                    .join(" "),
                created: view.time(&user.created_at),
                user,
            })
            .collect(),
        roles: Role::ALL
            .iter()
            .map(|role| (role.to_string(), view.t(&format!("role-{role}"))))
            .collect(),
        scopes: scopes
            .iter()
            .map(|scope| (scope.to_string(), scope_in_words(scope, view.language)))
            .collect(),
        invitation,
    })
}

/// `GET /settings/users`.
pub(crate) async fn page(visit: Visit) -> Response {
    visit.page(|visit| build(visit, None)).await
}

#[derive(Deserialize)]
pub(crate) struct NewUser {
    name: String,
    #[serde(default)]
    shown: String,
    role: String,
    scope: String,
}

/// `POST /settings/users/add`: the page shows the invitation's link, once.
pub(crate) async fn add(Posted(visit, given): Posted<NewUser>) -> Response {
    visit
        .page(move |visit| {
            let grants = [grant_in(&format!("{}@{}", given.role, given.scope))?];
            let user = visit.app.add_user(&given.name, Some(&given.shown), &grants, None)?;
            let invitation = visit.app.invite(&user.name)?;
            build(visit, Some(invitation))
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct Roles {
    roles: String,
}

/// `POST /settings/users/{name}/roles`: `finance@company product-owner@product:mmo`.
pub(crate) async fn roles(Path(name): Path<String>, Posted(visit, given): Posted<Roles>) -> Response {
    visit
        .act(move |visit| {
            let grants = given
                .roles
                .split_whitespace()
                .map(grant_in)
                .collect::<Result<Vec<_>, _>>()?;
            visit.app.set_roles(&name, &grants)?;
            Ok("/settings/users?done=roles".to_owned())
        })
        .await
}

/// `POST /settings/users/{name}/invite`.
pub(crate) async fn invite(Path(name): Path<String>, Posted(visit, _): Posted<Nothing>) -> Response {
    visit
        .page(move |visit| {
            let invitation = visit.app.invite(&name)?;
            build(visit, Some(invitation))
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct State {
    state: String,
}

/// `POST /settings/users/{name}/state`.
pub(crate) async fn state(Path(name): Path<String>, Posted(visit, given): Posted<State>) -> Response {
    visit
        .act(move |visit| {
            visit.app.set_user_active(&name, given.state == "active")?;
            Ok("/settings/users?done=user-state".to_owned())
        })
        .await
}
