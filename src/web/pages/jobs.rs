//! How far long work is; the page asks again by itself and goes on when the work is done.

use crate::web::jobs::Outcome;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::response::{Html, IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "jobs.html")]
struct Page {
    shell: Shell,
    id: String,
    percent: Option<u64>,
}

/// `GET /jobs/{id}`.
pub(crate) async fn page(visit: Visit, Path(id): Path<String>) -> Response {
    let job = match visit.web.jobs.of(&visit.app, &id) {
        Ok(job) => job,
        Err(error) => return super::refused::page(&visit, &error),
    };
    let target = job.outcome(|outcome| match outcome {
        Outcome::Running => None,
        Outcome::Done(target) => Some(Ok(target.clone())),
        Outcome::Refused(error) => Some(Err(super::refused::page(&visit, error))),
    });
    match target {
        // htmx follows this header by loading the whole page.
        Some(Ok(target)) if visit.partial => goes_to(&target),
        Some(Err(_)) if visit.partial => goes_to(&format!("/jobs/{id}")),
        Some(Ok(target)) => Redirect::to(&target).into_response(),
        Some(Err(refused)) => refused,
        None => {
            let (done, total) = job.so_far();
            let page = Page {
                shell: visit.shell("", "web-working"),
                id,
                percent: done
                    .saturating_mul(100)
                    .checked_div(total)
                    .map(|percent| percent.min(100)),
            };
            match page.render() {
                Ok(html) => Html(html).into_response(),
                Err(_) => Redirect::to("/").into_response(),
            }
        }
    }
}

fn goes_to(target: &str) -> Response {
    let mut response = Html("").into_response();
    if let Ok(value) = HeaderValue::from_str(target) {
        response.headers_mut().insert("hx-redirect", value);
    }
    response
}
