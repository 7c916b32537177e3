//! Pages written once and handed out until anything in the database changes, for readers who come often.
//!
//! A page is kept for one session, one address and one way to see things. Whether it still holds is asked of the database each
//! time: any commit, also of another process, makes the revision another one. Sessions and roles lie in the same database, so
//! signing out or taking a role away ends what was kept at the same moment as it ends the session.

use super::cookies;
use super::state::Shared;
use super::view::View;
use crate::auth::secret_hash;
use crate::store::Revision;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use flate2::Compression;
use flate2::write::GzEncoder;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Bytes of all pages that are kept.
const MOST_BYTES: u64 = 64 << 20;
/// The largest page that is kept, in bytes.
const MOST_PAGE: usize = 2 << 20;
/// Bytes that an entry takes beside page and address.
const OVERHEAD: usize = 512;

/// On an answer: a page, or the one that says why there is none, of somebody whose session ends then.
#[derive(Clone)]
pub(super) struct Until(pub String);

/// Everything that a page follows from.
type Key = (Revision, Asked);

/// What is asked for, by whom and when.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Asked {
    /// Roles are given on until a day, and some pages count days.
    day: NaiveDate,
    /// Hash of the session's secret: one visitor, with the token in their forms.
    session: String,
    view: View,
    address: String,
    partial: bool,
    gzip: bool,
}

/// A page as it is sent.
#[derive(Clone)]
struct Kept {
    until: String,
    status: StatusCode,
    body: Bytes,
}

/// Nothing for what cannot be kept: those who ask for the same need not wait for each other then.
type Place = Option<Kept>;

#[derive(Clone)]
struct BySize;

impl Weighter<Key, Place> for BySize {
    fn weight(&self, key: &Key, place: &Place) -> u64 {
        let body = place.as_ref().map_or(0, |kept| kept.body.len());
        (body + key.1.address.len() + OVERHEAD) as u64
    }
}

/// The pages that are kept, in bounded memory.
pub(super) struct Pages {
    cache: Cache<Key, Place, BySize>,
    /// What the pages are of: those before are thrown away.
    of: Mutex<Option<Revision>>,
    /// Answers that were kept, and pages that had to be written.
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Default for Pages {
    fn default() -> Pages {
        Pages::of_bytes(MOST_BYTES)
    }
}

impl Pages {
    fn of_bytes(most: u64) -> Pages {
        Pages {
            cache: Cache::with_weighter(256, most, BySize),
            of: Mutex::new(None),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// For whoever runs the server, in Prometheus text.
    pub fn metrics(&self) -> String {
        let (hits, misses) = (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed));
        let bytes = self.cache.weight();
        format!(
            "# HELP headroom_pages_total Pages answered from memory, and pages written.\n\
             # TYPE headroom_pages_total counter\n\
             headroom_pages_total{{from=\"memory\"}} {hits}\n\
             headroom_pages_total{{from=\"written\"}} {misses}\n\
             # HELP headroom_pages_bytes Memory of the pages that are kept, of at most {MOST_BYTES}.\n\
             # TYPE headroom_pages_bytes gauge\n\
             headroom_pages_bytes {bytes}\n"
        )
    }

    /// Throws away what an older revision left. Keys carry their revision: this saves memory, nothing rests on it.
    fn at(&self, revision: Revision) {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if *of != Some(revision) {
            *of = Some(revision);
            self.cache.clear();
        }
    }
}

/// Answers with the page that is kept, or has it written and keeps it. Readers of the same page wait for the one who writes it.
pub(super) async fn answer(State(web): State<Shared>, request: Request, next: Next) -> Response {
    let Some(asked) = asked(&request) else {
        return next.run(request).await;
    };
    // Read before the page is written: a page that is overtaken by a write is kept for a revision nobody asks for again.
    let Ok(revision) = web.nobody.revision().await else {
        return next.run(request).await;
    };
    let gzip = asked.gzip;
    let key = (revision, asked);
    web.pages.at(revision);
    match web.pages.cache.get_value_or_guard_async(&key).await {
        Ok(Some(kept)) if kept.until > crate::clock::now() => {
            web.pages.hits.fetch_add(1, Ordering::Relaxed);
            kept.response(gzip)
        }
        Ok(_) => next.run(request).await,
        Err(place) => {
            web.pages.misses.fetch_add(1, Ordering::Relaxed);
            let response = next.run(request).await;
            let until = response.extensions().get::<Until>().cloned();
            let size = HttpBody::size_hint(response.body()).upper();
            let (Some(Until(until)), true) = (until, size.is_some_and(|size| size <= MOST_PAGE as u64)) else {
                let _ = place.insert(None);
                return response;
            };
            let status = response.status();
            let Ok(body) = to_bytes(response.into_body(), MOST_PAGE).await else {
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            };
            let body = if gzip { compressed(&body) } else { body };
            let kept = Kept { until, status, body };
            let answer = kept.response(gzip);
            // Not kept when it was thrown away meanwhile; it is right all the same.
            let _ = place.insert(Some(kept));
            answer
        }
    }
}

/// What is asked for; nothing for whoever has no session, and for writes.
fn asked(request: &Request) -> Option<Asked> {
    if request.method() != Method::GET {
        return None;
    }
    let headers = request.headers();
    let uri = request
        .extensions()
        .get::<OriginalUri>()
        .map_or(request.uri(), |uri| &uri.0);
    Some(Asked {
        day: crate::clock::today(),
        session: secret_hash(cookies::cookie(headers, cookies::SESSION)?),
        view: cookies::view(headers),
        address: uri.path_and_query()?.as_str().to_owned(),
        partial: headers.contains_key("hx-request"),
        gzip: takes_gzip(headers),
    })
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        accepted.split(',').any(|one| {
            let one = one.trim();
            one == "gzip" || (one.starts_with("gzip;") && !one.ends_with("q=0"))
        })
    })
}

fn compressed(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::default());
    // Writing into memory does not fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default().into()
}

impl Kept {
    fn response(&self, gzip: bool) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Kept, Pages, compressed, takes_gzip};
    use crate::web::view::View;
    use axum::body::Bytes;
    use axum::http::StatusCode;
    use axum::http::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};

    #[tokio::test]
    async fn memory_is_bounded_however_many_pages_are_asked_for() {
        let directory = tempfile::tempdir().unwrap();
        let settings = crate::store::Settings {
            currency: "CNY".to_owned(),
            fiscal: headroom_models::ledger::FiscalCalendar { start: 1 },
        };
        let root = directory.path().join("data");
        let app = std::thread::spawn(move || crate::app::App::init(&root, &settings, "t").unwrap())
            .join()
            .unwrap();
        let revision = app.revision().await.unwrap();
        assert_eq!(app.revision().await.unwrap(), revision, "reading is no change");
        let most = 4 << 20;
        let pages = Pages::of_bytes(most);
        pages.at(revision);
        for index in 0..2_000 {
            let asked = Asked {
                day: crate::clock::today(),
                session: "s".to_owned(),
                view: View::default(),
                address: format!("/?x={index}"),
                partial: false,
                gzip: false,
            };
            let kept = Kept {
                until: String::new(),
                status: StatusCode::OK,
                body: Bytes::from(vec![0; 10_000]),
            };
            pages.cache.insert((revision, asked), Some(kept));
            assert!(pages.cache.weight() <= most);
        }
        assert!(pages.cache.weight() > most / 2, "and it is used");
        // Dropped outside: the store has a runtime of its own.
        std::thread::spawn(move || drop(app)).join().unwrap();
    }

    #[test]
    fn what_is_kept_for_a_browser_that_takes_gzip_is_gzip() {
        use std::io::Read;
        let mut text = String::new();
        flate2::read::GzDecoder::new(&compressed("页面".as_bytes())[..])
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "页面");
        let takes = |value| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
            takes_gzip(&headers)
        };
        assert!(takes("gzip, deflate, br") && takes("br;q=1.0, gzip;q=0.8"));
        assert!(!takes("identity") && !takes("gzip;q=0") && !takes("x-gzip-like"));
    }
}
