//! `/`: products, batches and pages by a few letters of their name.

use crate::auth::Permission;
use crate::web::view::{MENU, Shell};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use headroom_reports::charts::address;
use serde::Deserialize;

/// Hits shown of each kind.
const MOST: usize = 20;

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
            visit.app.require_somewhere(Permission::Read)?;
            let (view, app) = (visit.view, &visit.app);
            let wanted = asked.q.trim().to_lowercase();
            let fits = |text: &str| !wanted.is_empty() && text.to_lowercase().contains(&wanted);
            let visible = app.visible()?;
            let mut hits = Vec::new();
            for product in app.organization()?.products {
                let name = product.name.in_language(view.language).to_owned();
                if visible.sees(&product.id) && (fits(&name) || fits(&product.id)) {
                    hits.push((format!("/products/{}", address(&product.id)), name, view.t("product")));
                }
            }
            if visible.is_everything() {
                let batches = app.batches()?.into_iter().rev();
                let found = batches.filter(|(batch, _)| fits(&batch.id) || fits(&batch.source));
                hits.extend(found.take(MOST).map(|(batch, _)| {
                    let name = format!("{} · {}", batch.id, batch.source);
                    (format!("/bills/batches/{}", batch.id), name, view.t("batch"))
                }));
            }
            for item in &MENU {
                let name = view.t(&format!("web-nav-{}", item.key));
                if fits(&name) {
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
