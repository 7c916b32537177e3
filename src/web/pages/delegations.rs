//! Who stands in for whom: everybody gives on what is their own until a day, and takes it back.

use crate::app::{AppError, DelegationRequest, grant_in};
use crate::auth::{Grant, Permission, Role, Scope};
use crate::refusal::Refusal;
use crate::web::form::Posted;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;

struct Line {
    id: i64,
    from: String,
    to: String,
    grant: String,
    since: String,
    until: String,
    reason: String,
    state: String,
    may_end: bool,
    over: bool,
}

#[derive(Template)]
#[template(path = "delegations.html")]
struct Page {
    shell: Shell,
    lines: Vec<Line>,
    /// What can be given on: `role@scope` with its words.
    grants: Vec<(String, String)>,
    /// Names to choose from; only an administrator sees who has an account.
    people: Vec<String>,
    administers: bool,
    me: String,
    today: NaiveDate,
}

/// `GET /settings/delegations`.
pub(crate) async fn page(visit: Visit) -> Response {
    visit.page(build).await
}

fn build(visit: &Visit) -> Result<Page, AppError> {
    let view = visit.view;
    let administers = visit.app.may(Permission::Administer, &Scope::Company)?;
    let today = crate::clock::today();
    let lines = visit.app.delegations()?.into_iter().rev().map(|one| {
        let holds = one.holds_on(today);
        let over = one.ended_at.is_some() || one.until < today;
        let state = match (&one.ended_at, holds) {
            (Some(_), _) => "delegation-state-ended",
            (None, true) => "delegation-state-holds",
            (None, false) => "delegation-state-out",
        };
        Line {
            id: one.id,
            grant: super::users::grants(&view, std::slice::from_ref(&one.grant)).join(""),
            since: one.since.to_string(),
            until: one.until.to_string(),
            state: view.t(state),
            may_end: !over && (administers || one.from_user == visit.user.id),
            over,
            from: one.from,
            to: one.to,
            reason: one.reason,
        }
    });
    let people = match administers {
        true => visit.app.users()?.into_iter().map(|user| user.name).collect(),
        false => Vec::new(),
    };
    Ok(Page {
        lines: lines.collect(),
        grants: to_give(visit)?
            .into_iter()
            .map(|grant| {
                let words = super::users::grants(&view, std::slice::from_ref(&grant)).join("");
                (format!("{}@{}", grant.role, grant.scope), words)
            })
            .collect(),
        people,
        administers,
        me: visit.user.name.clone(),
        today,
        shell: visit.shell("settings", "web-delegations"),
    })
}

/// What somebody can give on: their own roles where they have them and in the parts of that; an administrator every other role.
fn to_give(visit: &Visit) -> Result<Vec<Grant>, AppError> {
    let organization = visit.app.organization()?;
    let departments = organization.department_of_product();
    let scopes = visit.app.scopes()?;
    let own = &visit.user.grants;
    let has = |role: Role, scope: &Scope| {
        own.iter().any(|grant| {
            (grant.role == role || grant.role == Role::Administrator) && grant.scope.covers(scope, &departments)
        })
    };
    let mut grants = Vec::new();
    for role in Role::ALL.iter().filter(|role| **role != Role::Administrator) {
        for scope in scopes.iter().filter(|scope| has(*role, scope)) {
            grants.push(Grant {
                role: *role,
                scope: scope.clone(),
            });
        }
    }
    Ok(grants)
}

#[derive(Deserialize)]
pub(crate) struct Given {
    #[serde(default)]
    from: String,
    to: String,
    grant: String,
    #[serde(default)]
    since: String,
    until: String,
    reason: String,
}

/// A day as the field gives it.
fn day(text: &str) -> Result<NaiveDate, AppError> {
    Ok(text
        .trim()
        .parse()
        .map_err(|_| Refusal::new("refused-day").with("text", text))?)
}

/// `POST /settings/delegations`.
pub(crate) async fn give(Posted(visit, given): Posted<Given>) -> Response {
    visit
        .act(move |visit| {
            let wish = DelegationRequest {
                from: Some(given.from.trim().to_lowercase()).filter(|from| !from.is_empty()),
                to: given.to,
                grant: grant_in(&given.grant)?,
                since: match given.since.is_empty() {
                    true => None,
                    false => Some(day(&given.since)?),
                },
                until: day(&given.until)?,
                reason: given.reason,
            };
            visit.app.delegate(&wish)?;
            Ok("/settings/delegations?done=delegated".to_owned())
        })
        .await
}

/// `POST /settings/delegations/{id}/end`.
pub(crate) async fn end(Path(id): Path<i64>, Posted(visit, _): Posted<super::overview::Nothing>) -> Response {
    visit
        .act(move |visit| {
            visit.app.end_delegation(id)?;
            Ok("/settings/delegations?done=delegation-ended".to_owned())
        })
        .await
}
