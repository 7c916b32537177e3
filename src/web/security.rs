//! Headers that every answer carries, and where a request comes from.

use super::state::{Shared, Web};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};

/// No script, style, frame or request but our own; nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// Refuses writes that another site's page has caused, and adds the headers.
pub(super) async fn headers(State(web): State<Shared>, request: Request, next: Next) -> Response {
    if changes_something(request.method()) && comes_from_elsewhere(request.headers(), &web) {
        return (StatusCode::FORBIDDEN, "cross-site request refused\n").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Figures of a company do not belong into any cache; assets say otherwise themselves.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if is_https(&web) {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

fn changes_something(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Browsers say where a request comes from; what does not say it is no browser, and has no cookie either.
fn comes_from_elsewhere(headers: &HeaderMap, web: &Web) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return false };
    if let Some(public) = &web.options.public_url {
        return origin != public.trim_end_matches('/');
    }
    let host = text("host").unwrap_or_default();
    origin.split_once("://").is_none_or(|(_, from)| from != host)
}

/// True when browsers reach the server by https: cookies are then marked so.
pub(super) fn is_https(web: &Web) -> bool {
    web.options
        .public_url
        .as_ref()
        .is_some_and(|url| url.starts_with("https://"))
}

/// Where a request comes from. Forwarded headers count only behind a proxy: the last entry is the one that it added.
pub(super) fn address(headers: &HeaderMap, peer: Option<SocketAddr>, web: &Web) -> String {
    let forwarded = || {
        let value = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let address = if web.options.behind_proxy { forwarded() } else { None };
    let address = address.or_else(|| peer.map(|peer| peer.ip()));
    address.map_or_else(|| "unknown".to_owned(), |address| address.to_string())
}
