//! What is shown when a use case refuses: one of the empty states when there is nothing to show yet, else the sentence.

use crate::app::AppError;
use crate::auth::{Permission, Scope};
use crate::web::cookies;
use crate::web::view::{Shell, View};
use crate::web::visit::{Visit, status_of};
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};

/// Why there is nothing to show. Each has words of its own; the sixth, a filter that matches nothing, stands in its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Empty {
    /// Nothing has been imported yet: sample data in one click.
    Nothing,
    /// Not for this person.
    NotAllowed,
    /// Something comes first: a budget, a closed month, rules.
    NotYet,
    /// The books have changed and are not allocated again.
    Stale,
    /// It failed.
    Failed,
}

impl Empty {
    /// The key of its words, without `web-empty-`.
    pub fn key(self) -> &'static str {
        match self {
            Empty::Nothing => "nothing",
            Empty::NotAllowed => "not-allowed",
            Empty::NotYet => "not-yet",
            Empty::Stale => "stale",
            Empty::Failed => "failed",
        }
    }

    /// Which one an error is, when it is one.
    pub fn of(error: &AppError) -> Option<Empty> {
        match error {
            AppError::NotAllowed(_) => Some(Empty::NotAllowed),
            AppError::Store(crate::store::StoreError::Refused(_)) => None,
            AppError::Store(_) | AppError::Frame(_) | AppError::Report(_) => Some(Empty::Failed),
            AppError::Refused(refusal) => match refusal.key() {
                "refused-nothing-applied"
                | "refused-nothing-allocated"
                | "refused-nothing-allocated-then"
                | "refused-no-charges" => Some(Empty::Nothing),
                "refused-stale" | "refused-ledger-changed" => Some(Empty::Stale),
                "refused-no-budget" | "refused-month-not-allocated" => Some(Empty::NotYet),
                _ => None,
            },
            _ => None,
        }
    }
}

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused {
    shell: Shell,
    empty: Option<Empty>,
    message: String,
    may_load_sample: bool,
    may_allocate: bool,
}

#[derive(Template)]
#[template(path = "plain.html")]
struct Plain {
    view: View,
    heading: String,
    message: String,
    asset: String,
}

/// The page of a refusal. With htmx only its inside, which takes the place of the part that was asked for.
pub(crate) fn page(visit: &Visit, error: &AppError) -> Response {
    let empty = Empty::of(error);
    let status = match empty {
        // An empty page is a page like any other.
        Some(Empty::Nothing | Empty::Stale | Empty::NotYet) => StatusCode::OK,
        _ => status_of(error),
    };
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!("{}: {error}", visit.here);
    }
    let message = match empty {
        // What failed inside says paths and statements: for the log, not for the page.
        Some(Empty::Failed) => visit.view.t("web-failed-inside"),
        _ => error.message(visit.view.language),
    };
    let may = |permission| visit.app.may(permission, &Scope::Company).unwrap_or(false);
    let page = Refused {
        shell: visit.shell("", empty.map_or("web-refused", |_| "web-nothing-to-show")),
        may_load_sample: empty == Some(Empty::Nothing) && may(Permission::Administer),
        may_allocate: empty == Some(Empty::Stale) && may(Permission::Close),
        empty,
        message,
    };
    match page.render() {
        Ok(html) => {
            let mut response = (status, Html(html)).into_response();
            // What a use case refuses, it refuses until something is written; what failed may work the next time.
            if !status.is_server_error() {
                visit.may_be_kept(&mut response);
            }
            response
        }
        Err(_) => status.into_response(),
    }
}

/// A page without a frame, for somebody who may not be known.
fn plain(view: &View, status: StatusCode, heading: &str, message: &str) -> Response {
    let page = Plain {
        view: *view,
        heading: view.t(heading),
        message: view.t(message),
        asset: crate::web::assets::address("headroom.css"),
    };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => status.into_response(),
    }
}

/// Something of ours has failed.
pub(crate) fn failure(view: &View, status: StatusCode) -> Response {
    plain(view, status, "web-empty-failed", "web-failed-inside")
}

/// A form without the session's token: an old page, or another site's.
pub(crate) fn stale_form(view: &View) -> Response {
    plain(view, StatusCode::FORBIDDEN, "web-stale-form", "web-stale-form-note")
}

/// Too many failed sign-ins, a used link, and the like.
pub(crate) fn turned_away(view: &View, status: StatusCode, message: &str) -> Response {
    plain(view, status, "web-refused", message)
}

/// There is nothing at this address.
pub(crate) async fn not_found(headers: HeaderMap) -> Response {
    plain(
        &cookies::view(&headers),
        StatusCode::NOT_FOUND,
        "web-not-found",
        "web-not-found-note",
    )
}
