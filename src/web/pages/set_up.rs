//! The one-time link of a server that nobody has an account on: it makes the first administrator.

use super::refused;
use super::sign_in::with_session;
use crate::web::cookies;
use crate::web::state::Shared;
use crate::web::view::View;
use crate::web::visit::blocking;
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "password.html")]
pub(super) struct Page {
    pub view: View,
    pub heading: &'static str,
    pub note: &'static str,
    /// The name as typed; for an invitation, the account's.
    pub name: String,
    pub name_is_fixed: bool,
    pub problem: Option<String>,
}

impl Page {
    fn asset(&self, name: &str) -> String {
        crate::web::assets::address(name)
    }
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

fn is_the_link(web: &Shared, secret: &str) -> bool {
    crate::auth::secret_hash(secret) == web.set_up.hash()
}

pub(super) fn show(page: &Page, status: StatusCode) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => refused::failure(&page.view, StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn form(view: View, name: &str, problem: Option<String>) -> Page {
    Page {
        view,
        heading: "web-set-up",
        note: "web-set-up-note",
        name: name.to_owned(),
        name_is_fixed: false,
        problem,
    }
}

/// `GET /set-up/{secret}`.
pub(crate) async fn page(State(web): State<Shared>, headers: HeaderMap, Path(secret): Path<String>) -> Response {
    let view = cookies::view(&headers);
    let nobody = web.nobody.clone();
    let waits = blocking(move || nobody.nobody_has_an_account()).await.unwrap_or(false);
    if !waits || !is_the_link(&web, &secret) {
        return refused::turned_away(&view, StatusCode::NOT_FOUND, "web-set-up-used");
    }
    show(&form(view, "", None), StatusCode::OK)
}

/// `POST /set-up/{secret}`.
pub(crate) async fn set_up(
    State(web): State<Shared>,
    headers: HeaderMap,
    Path(secret): Path<String>,
    Form(given): Form<Credentials>,
) -> Response {
    let view = cookies::view(&headers);
    if !is_the_link(&web, &secret) {
        return refused::turned_away(&view, StatusCode::NOT_FOUND, "web-set-up-used");
    }
    let (nobody, name, password) = (web.nobody.clone(), given.name.clone(), given.password);
    let done = blocking(move || {
        nobody.make_first_administrator(&name, &password)?;
        nobody.sign_in(&name, &password, "")
    });
    match done.await {
        Ok(begun) => with_session(&web, begun.secret.expose(), "/"),
        Err(error) => {
            let status = crate::web::visit::status_of(&error);
            show(&form(view, &given.name, Some(error.message(view.language))), status)
        }
    }
}
