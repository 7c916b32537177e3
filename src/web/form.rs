//! Forms of somebody who is signed in: taken only with the session's own token.

use super::state::Shared;
use super::visit::Visit;
use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A form with who sent it.
pub(crate) struct Posted<T>(pub Visit, pub T);

#[derive(Deserialize)]
struct Csrf {
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<Shared> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Shared) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, web).await?;
        let header = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        let header = header.map(str::to_owned);
        let bytes = Bytes::from_request(Request::from_parts(parts, body), web)
            .await
            .map_err(IntoResponse::into_response)?;
        let given = match header {
            Some(given) => given,
            None => read::<Csrf>(bytes.clone())
                .await
                .map(|form| form.csrf)
                .unwrap_or_default(),
        };
        if !is_token(&visit, &given) {
            return Err(super::pages::refused::stale_form(&visit.view));
        }
        let form = read::<T>(bytes).await?;
        Ok(Posted(visit, form))
    }
}

/// True when a text is the session's token.
pub(crate) fn is_token(visit: &Visit, given: &str) -> bool {
    // Compared by their hashes, so that the time taken says nothing about the token.
    crate::auth::secret_hash(given) == crate::auth::secret_hash(&visit.session.csrf)
}

async fn read<T: DeserializeOwned>(bytes: Bytes) -> Result<T, Response> {
    let request = Request::builder()
        .method("POST")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(bytes))
        .map_err(|_| StatusCode::BAD_REQUEST.into_response())?;
    let Form(form) = Form::<T>::from_request(request, &())
        .await
        .map_err(IntoResponse::into_response)?;
    Ok(form)
}
