//! Errors as `application/problem+json` (RFC 9457).

use crate::app::AppError;
use crate::web::status_of;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use headroom_models::language::Language;
use serde::Serialize;

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
