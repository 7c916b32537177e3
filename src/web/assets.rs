//! Styles and scripts: in the binary, each under an address that changes with its bytes.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::sync::LazyLock;

struct Asset {
    bytes: Bytes,
    kind: &'static str,
    hash: String,
}

static ASSETS: LazyLock<BTreeMap<&'static str, Asset>> = LazyLock::new(|| {
    let charts = headroom_reports::charts::stylesheet() + &headroom_reports::charts::legend_stylesheet();
    [
        (
            "headroom.css",
            "text/css; charset=utf-8",
            Bytes::from_static(include_bytes!("assets/headroom.css")),
        ),
        ("charts.css", "text/css; charset=utf-8", Bytes::from(charts)),
        (
            "headroom.js",
            "text/javascript; charset=utf-8",
            Bytes::from_static(include_bytes!("assets/headroom.js")),
        ),
        (
            "grid.js",
            "text/javascript; charset=utf-8",
            Bytes::from_static(include_bytes!("assets/grid.js")),
        ),
        (
            "htmx.min.js",
            "text/javascript; charset=utf-8",
            Bytes::from_static(include_bytes!("assets/htmx.min.js")),
        ),
        (
            "htmx.LICENSE",
            "text/plain; charset=utf-8",
            Bytes::from_static(include_bytes!("assets/htmx.LICENSE")),
        ),
        (
            "mark.svg",
            "image/svg+xml",
            Bytes::from_static(include_bytes!("assets/mark.svg")),
        ),
    ]
    .into_iter()
    .map(|(name, kind, bytes)| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let hash = crate::store::hash_texts([text.as_str()]);
        let hash = hash.get(..12).unwrap_or_default().to_owned();
        (name, Asset { bytes, kind, hash })
    })
    .collect()
});

/// The address of an asset.
pub(super) fn address(name: &str) -> String {
    let hash = ASSETS.get(name).map_or("", |asset| asset.hash.as_str());
    format!("/assets/{hash}/{name}")
}

/// `GET /assets/{hash}/{name}`.
pub(super) async fn asset(Path((hash, name)): Path<(String, String)>) -> Response {
    match ASSETS.get(name.as_str()) {
        Some(asset) => {
            let age = if asset.hash == hash {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            };
            (
                [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, age)],
                asset.bytes.clone(),
            )
                .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
