//! One's own account: password, sessions, tokens; and how things are shown.

use super::overview::Nothing;
use super::sign_in::own_path;
use crate::app::NewToken;
use crate::auth::Scope;
use crate::web::cookies;
use crate::web::form::Posted;
use crate::web::security::is_https;
use crate::web::state::Shared;
use crate::web::view::{Shell, Theme};
use crate::web::visit::Visit;
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use headroom_models::language::Language;
use serde::Deserialize;

/// Seconds that choices are kept: a year.
const VIEW_SECONDS: i64 = 365 * 24 * 60 * 60;

struct TokenLine {
    id: i64,
    name: String,
    access: String,
    scope: String,
    expires: String,
    revoked: bool,
}

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    shell: Shell,
    name: String,
    roles: Vec<String>,
    sessions: Vec<(String, String, String, bool)>,
    tokens: Vec<TokenLine>,
    new: Option<NewToken>,
}

fn build(visit: &Visit, new: Option<NewToken>) -> Result<Page, crate::app::AppError> {
    let view = visit.view;
    let sessions = visit.app.own_sessions()?;
    let tokens = visit.app.tokens()?.into_iter();
    Ok(Page {
        shell: visit.shell("settings", "web-account"),
        name: visit.user.name.clone(),
        roles: super::users::grants(&view, &visit.user.grants),
        sessions: sessions
            .iter()
            .map(|session| {
                let own = session.hash == visit.session.hash;
                (
                    view.time(&session.created_at),
                    view.time(&session.expires_at),
                    session.agent.clone(),
                    own,
                )
            })
            .collect(),
        tokens: tokens
            .filter(|(_, token)| token.user == visit.user.id)
            .map(|(_, token)| TokenLine {
                id: token.id,
                name: token.name,
                access: view.t(if token.reads_only {
                    "token-reads"
                } else {
                    "token-writes"
                }),
                scope: crate::app::scope_in_words(&token.scope, view.language),
                expires: view.time(&token.expires_at),
                revoked: token.revoked_at.is_some(),
            })
            .collect(),
        new,
    })
}

/// `GET /account`.
pub(crate) async fn page(visit: Visit) -> Response {
    visit.page(|visit| build(visit, None)).await
}

#[derive(Deserialize)]
pub(crate) struct Passwords {
    present: String,
    new: String,
}

/// `POST /account/password`. All sessions end with it, this one too.
pub(crate) async fn change_password(Posted(visit, given): Posted<Passwords>) -> Response {
    visit
        .act(move |visit| {
            visit.app.change_password(&given.present, &given.new)?;
            Ok("/sign-in".to_owned())
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct NewTokenForm {
    name: String,
    #[serde(default)]
    writes: Option<String>,
    days: i64,
}

/// `POST /account/tokens`. The page shows the secret, once.
pub(crate) async fn create_token(Posted(visit, given): Posted<NewTokenForm>) -> Response {
    visit
        .page(move |visit| {
            let reads_only = given.writes.is_none();
            let new = visit
                .app
                .create_token(&visit.user.name, &given.name, reads_only, Scope::Company, given.days)?;
            build(visit, Some(new))
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct Number {
    id: i64,
}

/// `POST /account/tokens/revoke`.
pub(crate) async fn revoke_token(Posted(visit, given): Posted<Number>) -> Response {
    visit
        .act(move |visit| {
            visit.app.revoke_token(given.id)?;
            Ok("/account?done=token-revoked".to_owned())
        })
        .await
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(Posted(visit, _): Posted<Nothing>) -> Response {
    visit
        .act(|visit| {
            visit.app.sign_out(Some(&visit.session))?;
            Ok("/sign-in".to_owned())
        })
        .await
}

/// `POST /account/sign-out-everywhere`.
pub(crate) async fn sign_out_everywhere(Posted(visit, _): Posted<Nothing>) -> Response {
    visit
        .act(|visit| {
            visit.app.sign_out(None)?;
            Ok("/sign-in".to_owned())
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct ViewForm {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    hide: String,
    #[serde(default)]
    here: String,
}

/// `POST /view`: language, theme, unit, hidden amounts. It changes a cookie of the visitor and nothing else, so it needs no
/// session; other sites' forms are refused before.
pub(crate) async fn choose_view(
    State(web): State<Shared>,
    headers: HeaderMap,
    Form(given): Form<ViewForm>,
) -> Response {
    let mut view = cookies::view(&headers);
    match given.lang.as_str() {
        "en" => view.language = Language::English,
        "zh-CN" => view.language = Language::SimplifiedChinese,
        _ => {}
    }
    match given.theme.as_str() {
        "light" => view.theme = Theme::Light,
        "dark" => view.theme = Theme::Dark,
        "system" => view.theme = Theme::System,
        _ => {}
    }
    match given.unit.as_str() {
        "whole" => view.whole = true,
        "short" => view.whole = false,
        _ => {}
    }
    match given.hide.as_str() {
        "on" => view.hide = true,
        "off" => view.hide = false,
        _ => {}
    }
    let cookie = cookies::set(cookies::VIEW, &cookies::view_value(&view), VIEW_SECONDS, is_https(&web));
    let mut response = Redirect::to(own_path(&given.here)).into_response();
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}
