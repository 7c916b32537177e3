//! Who calls: the holder of an API token. And the parts of a request, each with a problem document when it cannot be read.

use super::problem::Problem;
use crate::app::{App, AppError};
use crate::refusal::Refusal;
use crate::web::{Shared, blocking};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The holder of a token.
pub(crate) struct Caller {
    /// What all requests share.
    pub web: Shared,
    /// The data directory, for them.
    pub app: App,
    /// The key under which a write that is sent again is not done twice.
    pub idempotency: Option<String>,
    /// Method and path.
    pub target: String,
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (kind, token) = value.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Caller, Problem> {
        let token = bearer(&parts.headers);
        let app = web.for_nobody();
        let app = blocking(move || match token {
            Some(token) => app.for_token(&token),
            None => Err(AppError::NotSignedIn(Refusal::new("refused-token"))),
        });
        let idempotency = parts.headers.get("idempotency-key");
        let idempotency = idempotency.and_then(|key| key.to_str().ok()).map(str::to_owned);
        if idempotency
            .as_ref()
            .is_some_and(|key| key.is_empty() || key.len() > 200)
        {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "idempotency-key",
                "an idempotency key has 1 to 200 characters",
            ));
        }
        Ok(Caller {
            app: app.await?,
            web: web.clone(),
            idempotency,
            target: format!("{} {}", parts.method, parts.uri.path()),
        })
    }
}

impl Caller {
    /// Works on a blocking thread and answers with JSON.
    pub async fn json<T: Serialize + Send + 'static>(
        self,
        work: impl FnOnce(&App) -> Result<T, AppError> + Send + 'static,
    ) -> Response {
        let app = self.app.clone();
        match blocking(move || work(&app)).await {
            Ok(value) => axum::Json(value).into_response(),
            Err(error) => Problem::from(error).into_response(),
        }
    }

    /// Like [`Caller::json`], once per idempotency key.
    pub async fn write<T: Serialize + Send + 'static>(
        self,
        work: impl FnOnce(&App) -> Result<T, AppError> + Send + 'static,
    ) -> Response {
        let web = self.web.clone();
        let key = self
            .idempotency
            .clone()
            .map(|key| format!("{} {} {key}", self.app.principal().name, self.target));
        let Some(key) = key else {
            return self.json(work).await;
        };
        match web.answers().begin(&key) {
            super::answers::Begin::Answered(status, body) => again(status, body),
            super::answers::Begin::GoingOn => Problem::new(
                StatusCode::CONFLICT,
                "going-on",
                "a request with this idempotency key is still being worked on",
            )
            .into_response(),
            super::answers::Begin::New => {
                // A server that was started again knows it from the database.
                let (app, asked) = (self.app.clone(), key.clone());
                if let Ok(Some((status, body))) = blocking(move || app.answered(&asked)).await
                    && let Some(status) = u16::try_from(status)
                        .ok()
                        .and_then(|status| StatusCode::from_u16(status).ok())
                {
                    let body = Bytes::from(body);
                    web.answers().done(&key, status, body.clone());
                    return again(status, body);
                }
                let app = self.app.clone();
                let response = self.json(work).await;
                let status = response.status();
                let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
                    .await
                    .unwrap_or_default();
                web.answers().done(&key, status, bytes.clone());
                if !status.is_server_error() {
                    let (kept, body) = (key, bytes.clone());
                    let kept = blocking(move || {
                        app.keep_answer(&kept, i64::from(status.as_u16()), &String::from_utf8_lossy(&body))
                    });
                    if let Err(error) = kept.await {
                        tracing::error!("idempotency key not kept: {error}");
                    }
                }
                again(status, bytes)
            }
        }
    }
}

/// An answer as it was given the first time.
fn again(status: StatusCode, body: Bytes) -> Response {
    let kind = if status.is_success() {
        "application/json"
    } else {
        "application/problem+json"
    };
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// Parts of the address.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(crate) struct Path<T>(pub T);

/// What stands behind `?`.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(crate) struct Query<T>(pub T);

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub(crate) struct Body<T>(pub T);
