//! Signing in.

use super::refused;
use crate::app::AppError;
use crate::web::cookies;
use crate::web::security;
use crate::web::state::Shared;
use crate::web::view::View;
use crate::web::visit::blocking;
use askama::Template;
use axum::Form;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::header::{HeaderMap, RETRY_AFTER, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::net::SocketAddr;
use std::time::Instant;

/// Seconds that the session's cookie lives; the session itself ends on the server.
const COOKIE_SECONDS: i64 = 12 * 60 * 60;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page {
    view: View,
    next: String,
    name: String,
    problem: Option<String>,
    set_up_waits: bool,
}

impl Page {
    fn asset(&self, name: &str) -> String {
        crate::web::assets::address(name)
    }
}

#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Only addresses of our own: a path, not `//host` and not `/\host`.
pub(crate) fn own_path(next: &str) -> &str {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if own { next } else { "/" }
}

/// `GET /sign-in`.
pub(crate) async fn page(State(web): State<Shared>, headers: HeaderMap, Query(next): Query<Next>) -> Response {
    let nobody = web.nobody.clone();
    let set_up_waits = blocking(move || nobody.nobody_has_an_account()).await.unwrap_or(false);
    show(
        cookies::view(&headers),
        &next.next,
        "",
        None,
        set_up_waits,
        StatusCode::OK,
    )
}

fn show(view: View, next: &str, name: &str, problem: Option<String>, waits: bool, status: StatusCode) -> Response {
    let page = Page {
        view,
        next: own_path(next).to_owned(),
        name: name.to_owned(),
        problem,
        set_up_waits: waits,
    };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => refused::failure(&view, StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// `POST /sign-in`.
pub(crate) async fn sign_in(
    State(web): State<Shared>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Response {
    let view = cookies::view(&headers);
    let peer = peer.map(|axum::Extension(ConnectInfo(peer))| peer);
    let address = security::address(&headers, peer, &web);
    if let Some(wait) = web.limiter.wait(&given.name, &address, Instant::now()) {
        let minutes = wait.as_secs().div_ceil(60).to_string();
        let problem = view.t1("web-sign-in-wait", "minutes", &minutes);
        let mut response = show(
            view,
            &given.next,
            &given.name,
            Some(problem),
            false,
            StatusCode::TOO_MANY_REQUESTS,
        );
        if let Ok(seconds) = HeaderValue::from_str(&wait.as_secs().max(1).to_string()) {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        return response;
    }
    let agent = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let (nobody, name, password) = (web.nobody.clone(), given.name.clone(), given.password);
    match blocking(move || nobody.sign_in(&name, &password, &agent)).await {
        Ok(begun) => {
            web.limiter.succeeded(&given.name);
            with_session(&web, begun.secret.expose(), own_path(&given.next))
        }
        Err(error) => {
            let status = crate::web::visit::status_of(&error);
            if !matches!(error, AppError::NotSignedIn(_)) {
                return refused::failure(&view, status);
            }
            web.limiter.failed(&given.name, &address, Instant::now());
            show(
                view,
                &given.next,
                &given.name,
                Some(error.message(view.language)),
                false,
                status,
            )
        }
    }
}

/// Goes on with the session's cookie.
pub(crate) fn with_session(web: &Shared, secret: &str, target: &str) -> Response {
    let cookie = cookies::set(cookies::SESSION, secret, COOKIE_SECONDS, security::is_https(web));
    let mut response = Redirect::to(target).into_response();
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_to_another_site_after_signing_in() {
        assert_eq!(own_path("/costs?by=product"), "/costs?by=product");
        for elsewhere in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:1",
            "",
        ] {
            assert_eq!(own_path(elsewhere), "/");
        }
    }
}
