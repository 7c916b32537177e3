//! `/`: products, batches and pages by a few letters of their name.

use crate::web::view::{MENU, Shell};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use headroom_reports::charts::address;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct Page {
    shell: Shell,
    asked: String,
    hits: Vec<(String, String, String)>,
}

/// `GET /search`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(move |visit| {
            let view = visit.view;
            let found = visit.app.search(&asked.q, view.language)?.into_iter();
            let mut hits: Vec<(String, String, String)> = found
                .map(|found| {
                    let href = match found.kind {
                        "product" => format!("/products/{}", address(&found.id)),
                        _ => format!("/bills/batches/{}", address(&found.id)),
                    };
                    (href, found.name, view.t(found.kind))
                })
                .collect();
            let wanted = asked.q.trim().to_lowercase();
            for item in &MENU {
                let name = view.t(&format!("web-nav-{}", item.key));
                if !wanted.is_empty() && name.to_lowercase().contains(&wanted) {
                    hits.push((item.href.to_owned(), name, view.t("web-page")));
                }
            }
            Ok(Page {
                shell: visit.shell("", "web-search"),
                asked: asked.q,
                hits,
            })
        })
        .await
}
