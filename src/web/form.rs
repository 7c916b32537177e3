//! Forms of somebody who is signed in: taken only with the session's own token.

use super::state::Shared;
use super::visit::Visit;
use crate::app::AppError;
use crate::refusal::Refusal;
use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use headroom_models::ledger::Money;
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

/// An amount as people type it in any form or cell: with or without thousands separators, also those of a Chinese keyboard. A comma
/// that separates no thousands is refused: somebody means decimals by it.
pub(crate) fn amount(text: &str) -> Result<Money, AppError> {
    let refused = || Refusal::new("refused-amount").with("text", text);
    let plain = text.trim().replace('，', ",").replace([' ', '\u{a0}'], "");
    let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default().trim_start_matches(['-', '+']);
    let grouped = whole.contains(',');
    let in_thousands = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    if decimals.contains(',') || (grouped && !in_thousands) {
        return Err(refused().into());
    }
    Ok(plain.replace(',', "").parse().map_err(|_| refused())?)
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

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn an_amount_is_read_as_it_is_typed_and_never_as_another_one() {
        for (typed, meant) in [
            ("1234.5", "1234.5"),
            (" 1,234,567.89 ", "1234567.89"),
            ("12，345", "12345"),
            ("-1,000", "-1000"),
            ("1 000", "1000"),
            ("0", "0"),
        ] {
            assert_eq!(amount(typed).unwrap(), meant.parse().unwrap(), "{typed}");
        }
        for typed in [
            "",
            "1,5",
            "1,23",
            "1234,567",
            "1.234,56",
            "12,34,567",
            "1e3x",
            "twelve",
            ",5",
            "1,,000",
        ] {
            assert!(amount(typed).is_err(), "{typed}");
        }
    }
}
