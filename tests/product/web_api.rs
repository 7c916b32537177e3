//! The description of the API is the one on record, and names exactly the routes that there are.

use headroom::web::routes;
use std::collections::BTreeSet;

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
