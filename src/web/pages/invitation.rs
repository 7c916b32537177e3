//! A one-time link by which a user sets a password.

use super::refused;
use super::set_up::{Page, show};
use super::sign_in::with_session;
use crate::app::AppError;
use crate::web::cookies;
use crate::web::state::Shared;
use crate::web::view::View;
use crate::web::visit::{blocking, status_of};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Password {
    password: String,
}

fn form(view: View, name: &str, problem: Option<String>) -> Page {
    Page {
        view,
        heading: "web-invitation",
        note: "web-invitation-note",
        name: name.to_owned(),
        name_is_fixed: true,
        problem,
    }
}

/// `GET /invitation/{secret}`.
pub(crate) async fn page(State(web): State<Shared>, headers: HeaderMap, Path(secret): Path<String>) -> Response {
    let view = cookies::view(&headers);
    let nobody = web.nobody.clone();
    match blocking(move || nobody.invitation(&secret)).await {
        Ok(user) => show(&form(view, &user.name, None), StatusCode::OK),
        Err(_) => refused::turned_away(&view, StatusCode::NOT_FOUND, "refused-invitation"),
    }
}

/// `POST /invitation/{secret}`.
pub(crate) async fn accept(
    State(web): State<Shared>,
    headers: HeaderMap,
    Path(secret): Path<String>,
    Form(given): Form<Password>,
) -> Response {
    let view = cookies::view(&headers);
    let nobody = web.nobody.clone();
    let done = blocking(move || {
        let name = nobody.invitation(&secret)?.name;
        Ok(match nobody.accept_invitation(&secret, &given.password) {
            Ok(user) => Ok(nobody.sign_in(&user.name, &given.password, "")?),
            Err(error) => Err((name, error)),
        })
    });
    match done.await {
        Ok(Ok(begun)) => with_session(&web, begun.secret.expose(), "/"),
        Ok(Err((name, error))) if !matches!(error, AppError::NotSignedIn(_)) => {
            let problem = Some(error.message(view.language));
            show(&form(view, &name, problem), status_of(&error))
        }
        _ => refused::turned_away(&view, StatusCode::NOT_FOUND, "refused-invitation"),
    }
}
