//! The description of the API is the one on record, and names exactly the routes that there are.

use crate::support::empty;
use crate::web_support::{call, text};
use axum::body::Body;
use axum::http::Request;
use headroom::app::App;
use headroom::auth::{Grant, Role, Scope};
use headroom::web::{ServeOptions, Web, router, routes};
use std::collections::BTreeSet;
use std::sync::Arc;

#[test]
fn the_description_is_the_one_on_record() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let now = headroom::api::description();
    if std::env::var_os("HEADROOM_UPDATE").is_some() {
        std::fs::write(path, format!("{now}\n")).unwrap();
    }
    let recorded = std::fs::read_to_string(path).unwrap();
    assert!(
        recorded.trim_end() == now,
        "the API has changed: look at it, then HEADROOM_UPDATE=1 cargo test --test product web_api"
    );
}

#[test]
fn every_route_of_the_api_is_described_and_nothing_else_is() {
    let document: serde_json::Value = serde_json::from_str(&headroom::api::description()).unwrap();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| (method.to_uppercase(), path.clone()))
        })
        .collect();
    let there: BTreeSet<(String, String)> = routes::all()
        .iter()
        .filter(|route| route.path.starts_with("/api/") && !route.path.ends_with("openapi.json"))
        .flat_map(|route| {
            route
                .methods
                .iter()
                .map(|method| ((*method).to_owned(), route.path.to_owned()))
        })
        .collect();
    assert_eq!(described, there);
}

#[test]
fn a_write_with_an_idempotency_key_is_not_done_again_after_a_restart() {
    let data = empty();
    let app = App::open(data.path(), "tester").unwrap();
    let grant = Grant {
        role: Role::Administrator,
        scope: Scope::Company,
    };
    app.add_user("robot", None, &[grant], Some("correct horse 9")).unwrap();
    let token = app.create_token("robot", "t", false, Scope::Company, 1).unwrap().secret;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let send = |key: &str| {
        // Each call has a server of its own, with nothing in its memory.
        let router = router(Arc::new(Web::new(&app, ServeOptions::default())));
        let body = r#"{"documents":{"company.toml":"[company]\nname = \"Once\"\n"}}"#;
        let request = Request::post("/api/v1/configuration")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body))
            .unwrap();
        runtime.block_on(async { text(call(&router, request).await).await })
    };
    let first = send("a");
    assert!(first.contains("\"new_version\":true"), "{first}");
    assert_eq!(send("a"), first, "the same key gets the same answer");
    let other = send("b");
    assert!(
        other.contains("\"new_version\":false"),
        "another key is worked on: {other}"
    );
}
