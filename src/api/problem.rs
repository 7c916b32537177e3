//! Errors as `application/problem+json` (RFC 9457).

use crate::app::AppError;
use crate::web::status_of;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use headroom_models::language::Language;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};

/// What is wrong, as a program reads it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProblemBody {
    /// Always `about:blank`: the status says of which kind it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What was found and what would be accepted.
    detail: String,
    /// Which refusal it is: a stable word.
    code: String,
}

fn described(kinds: &[(&str, &str)]) -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
    let response = |description: &str| {
        let content = Content::new(Some(Ref::from_schema_name("ProblemBody")));
        ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content)
            .build()
    };
    let described = kinds.iter();
    described
        .map(|(status, description)| ((*status).to_owned(), RefOr::T(response(description))))
        .collect()
}

/// How a reading may end when it does not end well.
pub(crate) enum ReadProblems {}

impl utoipa::IntoResponses for ReadProblems {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        described(&[
            ("400", "A parameter cannot be read"),
            ("401", "No valid token"),
            ("403", "Not allowed"),
            ("404", "What the address names is not there"),
            ("422", "Refused, with the reason"),
        ])
    }
}

/// How a change may end when it does not end well.
pub(crate) enum WriteProblems {}

impl utoipa::IntoResponses for WriteProblems {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        described(&[
            ("400", "A parameter or the body cannot be read"),
            ("401", "No valid token"),
            ("403", "Not allowed"),
            ("404", "What the address or the body names is not there"),
            ("409", "The same idempotency key is being worked on"),
            ("413", "The body is too large"),
            ("415", "The body is not JSON"),
            ("422", "Refused, with the reason; nothing was changed"),
        ])
    }
}

/// An error on its way out.
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    code: String,
}

impl Problem {
    /// A problem of ours.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Problem {
        Problem {
            status,
            code: code.to_owned(),
            detail: detail.into(),
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Problem {
        let status = status_of(&error);
        let code = match &error {
            AppError::Refused(refusal) | AppError::NotAllowed(refusal) | AppError::NotSignedIn(refusal) => {
                refusal.key().to_owned()
            }
            _ => "refused".to_owned(),
        };
        if status.is_server_error() {
            tracing::error!("api: {error}");
            return Problem::new(status, "failed", "Something failed inside; the server's log says what.");
        }
        Problem::new(status, &code, error.message(Language::English))
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Problem {
        // 400, 413, 415 and 422 are all about the body; one status for what cannot be read keeps clients simple.
        let status = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            _ => StatusCode::BAD_REQUEST,
        };
        Problem::new(status, "body", rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "query", rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "path", rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            detail: self.detail,
            code: self.code,
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}
