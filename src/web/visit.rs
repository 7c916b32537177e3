//! One request of somebody who is signed in: who they are, how they want to see things, and work on blocking threads.

use super::cookies;
use super::state::Shared;
use super::view::{Shell, View};
use crate::app::{App, AppError};
use crate::store::{Session, StoreError, User};
use askama::Template;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Redirect, Response};
use std::sync::Arc;

/// A request of somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Visit {
    /// What all requests share.
    pub web: Shared,
    /// The data directory, for this person.
    pub app: App,
    /// Their account.
    pub user: Arc<User>,
    /// Their session.
    pub session: Arc<Session>,
    /// How they want to see things.
    pub view: View,
    /// Path and query as asked for.
    pub here: String,
    /// True when htmx asks for a part of a page.
    pub partial: bool,
}

impl FromRequestParts<Shared> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Visit, Response> {
        let view = cookies::view(&parts.headers);
        let secret = cookies::cookie(&parts.headers, cookies::SESSION).map(str::to_owned);
        let here = OriginalUri::from_request_parts(parts, web).await.map_or_else(
            |_| "/".to_owned(),
            |uri| uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        );
        let found = match secret {
            None => None,
            Some(secret) => {
                let nobody = web.nobody.clone();
                blocking(move || nobody.session(&secret))
                    .await
                    .map_err(|error| failed(&view, &error))?
            }
        };
        let partial = parts.headers.contains_key("hx-request");
        let Some((session, user, app)) = found else {
            return Err(to_sign_in(&here, partial));
        };
        Ok(Visit {
            web: web.clone(),
            app,
            user: Arc::new(user),
            session: Arc::new(session),
            view,
            here,
            partial,
        })
    }
}

/// To the sign-in page, and afterwards back to where somebody wanted to go.
fn to_sign_in(here: &str, partial: bool) -> Response {
    let target = if here == "/" {
        "/sign-in".to_owned()
    } else {
        format!("/sign-in?next={}", headroom_reports::charts::address(here))
    };
    if partial {
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        if let Ok(value) = HeaderValue::from_str(&target) {
            response.headers_mut().insert("hx-redirect", value);
        }
        return response;
    }
    Redirect::to(&target).into_response()
}

/// Runs blocking work (every use case is) off the threads that serve requests.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // A panic in a use case is a defect; the others are served on.
        Err(error) => Err(AppError::Store(StoreError::Corrupt(error.to_string()))),
    }
}

/// The inside of a page, for all who see the same.
pub(super) struct Written {
    /// Title of the page.
    title: String,
    /// HTML.
    inside: String,
}

#[derive(Template)]
#[template(path = "shared.html")]
struct SharedPage {
    shell: Shell,
    written: Arc<Written>,
}

impl Visit {
    /// The frame of a page: its entry of the menu, and the key of its title.
    pub fn shell(&self, active: &'static str, title: &str) -> Shell {
        Shell {
            view: self.view,
            title: self.view.t(title),
            active,
            user: self.user.shown.clone(),
            csrf: self.session.csrf.clone(),
            here: self.here.clone(),
            notice: self.notice(),
        }
    }

    /// `?done=KEY` says what was just done; only keys that have words.
    fn notice(&self) -> Option<String> {
        let (_, query) = self.here.split_once('?')?;
        let key = query.split('&').find_map(|pair| pair.strip_prefix("done="))?;
        let known = key.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase());
        let key = format!("web-done-{key}");
        let words = self.view.t(&key);
        (known && !words.contains(&key)).then_some(words)
    }

    /// Says that an answer holds until something is written, or the session ends.
    pub fn may_be_kept(&self, response: &mut Response) {
        let until = super::kept::Until(self.session.expires_at.clone());
        response.extensions_mut().insert(until);
    }

    /// Builds and writes a page on a blocking thread; a refusal becomes the page that says why.
    pub async fn page<T: Template + Send + 'static>(
        self,
        build: impl FnOnce(&Visit) -> Result<T, AppError> + Send + 'static,
    ) -> Response {
        let visit = self.clone();
        let done = blocking(move || {
            let page = build(&visit)?;
            Ok(page.render())
        })
        .await;
        match done {
            Ok(Ok(html)) => {
                let mut response = Html(html).into_response();
                self.may_be_kept(&mut response);
                response
            }
            Ok(Err(error)) => {
                tracing::error!("page {}: {error}", self.here);
                super::pages::refused::failure(&self.view, StatusCode::INTERNAL_SERVER_ERROR)
            }
            Err(error) => super::pages::refused::page(&self, &error),
        }
    }

    /// Like [`Visit::page`], of a page whose inside follows from the books, the day, and what is seen of them in which way: it is
    /// written once for all who see the same. It holds no form, and nothing of whoever asks.
    pub async fn shared_page<T: Template>(
        self,
        active: &'static str,
        allowed: impl FnOnce(&Visit) -> Result<(), AppError> + Send + 'static,
        write: impl FnOnce(&Visit) -> Result<(String, T), AppError> + Send + 'static,
    ) -> Response {
        self.page(move |visit| {
            allowed(visit)?;
            let view = visit.view;
            let way = format!(
                "{} {} {} {} {}",
                view.tag(),
                view.whole,
                view.hide,
                crate::clock::today(),
                visit.here
            );
            let key = (visit.app.visible()?, way);
            let written = visit.web.written.get(key, visit.app.state_number()?, || {
                let (title, inside) = write(visit)?;
                let failed = |error: askama::Error| {
                    StoreError::step("step-writing-file")(std::io::Error::other(error.to_string()))
                };
                let inside = inside.render().map_err(failed)?;
                Ok::<_, AppError>(Written { title, inside })
            })?;
            let mut shell = visit.shell(active, "web-nav-overview");
            shell.title.clone_from(&written.title);
            Ok(SharedPage { shell, written })
        })
        .await
    }

    /// Does something on a blocking thread and goes on to another page; a refusal becomes the page that says why.
    pub async fn act(self, work: impl FnOnce(&Visit) -> Result<String, AppError> + Send + 'static) -> Response {
        let visit = self.clone();
        match blocking(move || work(&visit)).await {
            Ok(target) => Redirect::to(&target).into_response(),
            Err(error) => super::pages::refused::page(&self, &error),
        }
    }

    /// Makes a file on a blocking thread.
    pub async fn file(
        self,
        work: impl FnOnce(&Visit) -> Result<(String, &'static str, Vec<u8>), AppError> + Send + 'static,
    ) -> Response {
        let visit = self.clone();
        match blocking(move || work(&visit)).await {
            Ok((name, kind, bytes)) => download(&name, kind, bytes),
            Err(error) => super::pages::refused::page(&self, &error),
        }
    }
}

/// A file for the visitor's disk. Names are ours: ASCII, without quotes.
fn download(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let safe: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let disposition = format!("attachment; filename=\"{safe}\"");
    (
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response()
}

fn failed(view: &View, error: &AppError) -> Response {
    tracing::error!("session: {error}");
    super::pages::refused::failure(view, StatusCode::INTERNAL_SERVER_ERROR)
}

/// Refusals that say: what the address names is not there.
const NOT_THERE: [&str; 26] = [
    "refused-no-batch",
    "refused-no-budget",
    "refused-no-budget-version",
    "refused-no-commitment",
    "refused-no-cost-of-product",
    "refused-no-delegation",
    "refused-no-event",
    "refused-no-help",
    "refused-no-idle-case",
    "refused-no-job",
    "refused-no-loan",
    "refused-no-mapping",
    "refused-no-metric",
    "refused-no-module",
    "refused-no-product",
    "refused-no-proposal",
    "refused-no-report",
    "refused-no-roll",
    "refused-no-scenario",
    "refused-no-such-roll",
    "refused-no-template",
    "refused-no-token",
    "refused-no-unit-costs",
    "refused-no-upload",
    "refused-no-user",
    "refused-no-view",
];

/// The status by which an error is told over HTTP.
pub(crate) fn status_of(error: &AppError) -> StatusCode {
    match error {
        AppError::NotAllowed(_) => StatusCode::FORBIDDEN,
        AppError::NotSignedIn(_) => StatusCode::UNAUTHORIZED,
        AppError::Refused(refusal) if NOT_THERE.contains(&refusal.key()) => StatusCode::NOT_FOUND,
        AppError::Store(StoreError::Refused(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::Store(_) | AppError::Report(_) | AppError::Frame(_) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
