//! For whoever runs the server: health, readiness, metrics.

use super::state::Shared;
use super::visit::blocking;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Upper bounds of the buckets of time, in seconds.
const BUCKETS: [f64; 7] = [0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0];

#[derive(Default)]
struct Timing {
    buckets: [u64; 7],
    count: u64,
    seconds: f64,
}

/// Requests by route and status. A route is a pattern, never an address that somebody typed: there are not many.
#[derive(Default)]
pub(super) struct Metrics {
    counts: Mutex<BTreeMap<(String, u16), u64>>,
    timings: Mutex<BTreeMap<String, Timing>>,
}

/// Counts every request.
pub(super) async fn count(
    State(web): State<Shared>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let route = path.map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let started = Instant::now();
    let response = next.run(request).await;
    let seconds = started.elapsed().as_secs_f64();
    let mut counts = web.metrics.counts.lock().unwrap_or_else(PoisonError::into_inner);
    *counts.entry((route.clone(), response.status().as_u16())).or_default() += 1;
    drop(counts);
    let mut timings = web.metrics.timings.lock().unwrap_or_else(PoisonError::into_inner);
    let timing = timings.entry(route).or_default();
    timing.count += 1;
    timing.seconds += seconds;
    for (bucket, bound) in timing.buckets.iter_mut().zip(BUCKETS) {
        *bucket += u64::from(seconds <= bound);
    }
    drop(timings);
    response
}

/// `GET /healthz`: the process answers.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the books can be read.
pub(super) async fn ready(State(web): State<Shared>) -> Response {
    match blocking(move || web.nobody.state_number()).await {
        Ok(_) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the state database cannot be read\n").into_response(),
    }
}

/// `GET /metrics`: Prometheus text. Counts and times, no figure of the company.
pub(super) async fn metrics(State(web): State<Shared>) -> Response {
    let mut text = String::from(
        "# HELP headroom_http_requests_total Requests by route and status.\n# TYPE headroom_http_requests_total counter\n",
    );
    for ((route, status), count) in web.metrics.counts.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let _ = writeln!(
            text,
            "headroom_http_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}"
        );
    }
    text.push_str("# HELP headroom_http_request_seconds Time to answer, by route.\n# TYPE headroom_http_request_seconds histogram\n");
    for (route, timing) in web
        .metrics
        .timings
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
    {
        for (bound, count) in BUCKETS.iter().zip(timing.buckets) {
            let _ = writeln!(
                text,
                "headroom_http_request_seconds_bucket{{route=\"{route}\",le=\"{bound}\"}} {count}"
            );
        }
        let (count, seconds) = (timing.count, timing.seconds);
        let _ = writeln!(
            text,
            "headroom_http_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {count}\n\
             headroom_http_request_seconds_sum{{route=\"{route}\"}} {seconds}\n\
             headroom_http_request_seconds_count{{route=\"{route}\"}} {count}"
        );
    }
    text.push_str(&web.pages.metrics());
    let running = web.jobs.running();
    let _ = writeln!(
        text,
        "# HELP headroom_jobs_running Long work that is going on.\n# TYPE headroom_jobs_running gauge\nheadroom_jobs_running {running}"
    );
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response()
}
