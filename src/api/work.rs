//! Long work: an import with its progress, asked for or sent by the server as it goes on.

use super::caller::{Caller, Path, Query};
use super::problem::{Problem, ProblemBody};
use crate::app::ImportRequest;
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::StoreError;
use crate::web::{Job, Outcome, Upload, blocking};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use headroom_models::language::Language;
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Import {
    /// Name of the file, for messages.
    name: String,
    /// Name of the source.
    source: Option<String>,
    /// The only month that the file may hold, YYYY-MM.
    month: Option<String>,
    /// What the billed cost must add up to.
    control_total: Option<String>,
    /// Name of a saved column mapping.
    mapping: Option<String>,
    /// Take the good rows although others are rejected.
    #[serde(default)]
    allow_rejects: bool,
    /// Check everything, keep nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Imports one file: its bytes are the body. The work goes on after the answer; look at the job.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports", params(Import),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses(
    (status = 202, description = "Begun: the id of the job", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "Refused", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn import(caller: Caller, Query(asked): Query<Import>, body: Body) -> Response {
    match begin(caller, asked, body).await {
        Ok(job) => (StatusCode::ACCEPTED, axum::Json(json!({ "job": job }))).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn begin(caller: Caller, asked: Import, body: Body) -> Result<String, Problem> {
    let app = caller.app.clone();
    let mut upload = blocking(move || {
        app.require_company(Permission::Import)?;
        Upload::new(&app)
    })
    .await?;
    let failed = || StoreError::step("step-writing-file");
    let path = upload.place(&asked.name)?;
    let write = |error: std::io::Error| Problem::from(crate::app::AppError::from(failed()(error)));
    let mut file = tokio::fs::File::create(&path).await.map_err(write)?;
    let most = caller.web.most_upload();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| crate::app::AppError::from(Refusal::new("refused-upload-broken")))?;
        upload.bytes += chunk.len() as u64;
        if upload.bytes > most {
            let refusal = Refusal::new("refused-upload-size").with("most", most >> 20);
            return Err(crate::app::AppError::from(refusal).into());
        }
        file.write_all(&chunk).await.map_err(write)?;
    }
    file.flush().await.map_err(write)?;
    let months = |text: &String| Refusal::new("refused-months").with("text", text);
    let month = asked.month.as_ref().map(|text| text.parse().map_err(|_| months(text)));
    let amount = |text: &String| Refusal::new("refused-amount").with("text", text);
    let control = asked
        .control_total
        .as_ref()
        .map(|text| text.parse().map_err(|_| amount(text)));
    let request = ImportRequest {
        files: upload.files.clone(),
        mapping: asked.mapping,
        source: asked.source,
        month: month.transpose().map_err(crate::app::AppError::from)?,
        control_total: control.transpose().map_err(crate::app::AppError::from)?,
        dry_run: asked.dry_run,
        allow_rejects: asked.allow_rejects,
        ..ImportRequest::default()
    };
    let total = upload.bytes;
    Ok(caller.web.start_job(&caller.app, move |app, job| {
        let outcome = app.import(&request, Some(&|bytes, _| job.progress(bytes.min(total), total)))?;
        drop(upload);
        match (&outcome.batch, &outcome.duplicate_of) {
            (Some(batch), _) | (None, Some(batch)) => Ok(format!("/api/v1/batches/{batch}")),
            (None, None) if outcome.is_done() => Ok(String::new()),
            (None, None) => {
                let rejects = outcome
                    .imported
                    .rejects
                    .iter()
                    .take(20)
                    .map(|reject| reject.line(Language::English));
                let rejects: Vec<String> = rejects.collect();
                Err(Refusal::new("refused-import-rejects")
                    .with("rejected", outcome.imported.rejected)
                    .with("rejects", rejects.join("\n"))
                    .into())
            }
        }
    }))
}

fn state(job: &Job) -> Value {
    let (done, total) = job.so_far();
    let mut state = json!({ "done": done, "total": total });
    job.outcome(|outcome| match outcome {
        Outcome::Running => state["state"] = "running".into(),
        Outcome::Done(result) => {
            state["state"] = "done".into();
            state["result"] = result.as_str().into();
        }
        Outcome::Refused(error) => {
            state["state"] = "refused".into();
            state["detail"] = error.message(Language::English).into();
        }
    });
    state
}

/// How far work is.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "imports", params(("id" = String, Path)), responses(
    (status = 200, description = "running, done with where the result is, or refused with the reason", body = Value),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "No such job of the caller", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn job(caller: Caller, Path(id): Path<String>) -> Response {
    match caller.web.job(&caller.app, &id) {
        Ok(job) => axum::Json(state(&job)).into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}

/// How far work is, as server-sent events until it ends.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/events", tag = "imports", params(("id" = String, Path)), responses(
    (status = 200, description = "Events with the job's state", body = String, content_type = "text/event-stream"),
    (status = 400, description = "A parameter cannot be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "No such job of the caller", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn events(caller: Caller, Path(id): Path<String>) -> Response {
    let job = match caller.web.job(&caller.app, &id) {
        Ok(job) => job,
        Err(error) => return Problem::from(error).into_response(),
    };
    let stream = futures_util::stream::unfold(Some(job), |job: Option<Arc<Job>>| async {
        let job = job?;
        let now = state(&job);
        let event = Event::default().event("progress").data(now.to_string());
        if now["state"] != "running" {
            return Some((Ok::<Event, Infallible>(event), None));
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
        Some((Ok(event), Some(job)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}
