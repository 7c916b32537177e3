//! Files and what they are read by: reports, templates, column mappings; search, rates and the sample company.

use super::caller::{Body, Caller, Path, Query};
use super::problem::{Problem, ReadProblems, WriteProblems};
use crate::app::AppError;
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::web::{blocking, report_file};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use headroom_models::language::Language;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Spoken {
    /// `en` or `zh-CN`; English when missing.
    language: Option<String>,
}

fn language(asked: Option<&String>) -> Result<Language, AppError> {
    let wrong = |text: &String| Refusal::new("refused-language").with("text", text);
    Ok(asked.map_or(Ok(Language::English), |text| text.parse().map_err(|_| wrong(text)))?)
}

/// A file, or why there is none.
fn sent(file: Result<(String, &'static str, Vec<u8>), AppError>) -> Response {
    match file {
        Ok((name, media, bytes)) => {
            let disposition = format!("attachment; filename=\"{name}\"");
            let headers = [
                (header::CONTENT_TYPE, media.to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// A report as a file. Kinds: `execution`, `chargeback`, `reconciliation`, `accuracy`, `health`, `assessment`, `idle`, and `capacity` (of
/// the fiscal year after the month); files: `YYYY-MM.xlsx`, `.html`, `.csv`, `.json`, and `.pdf` where a browser is installed beside the server.
#[utoipa::path(get, path = "/api/v1/reports/{kind}/{file}", tag = "reports",
    params(("kind" = String, Path), ("file" = String, Path, description = "YYYY-MM.xlsx and the like"), Spoken),
    responses((status = 200, description = "The file", content(
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/html"), (String = "text/csv"),
        (Value = "application/json"), (Vec<u8> = "application/pdf"))), ReadProblems))]
pub(crate) async fn report(
    caller: Caller,
    Path((kind, file)): Path<(String, String)>,
    Query(asked): Query<Spoken>,
) -> Response {
    let work = move || {
        let language = language(asked.language.as_ref())?;
        report_file(&caller.web, &caller.app, language, &kind, &file)
    };
    sent(blocking(work).await)
}

/// Names of the templates that can be filled in and imported.
#[utoipa::path(get, path = "/api/v1/templates", tag = "imports",
    responses((status = 200, description = "Names", body = Value), ReadProblems))]
pub(crate) async fn templates(caller: Caller) -> Response {
    caller
        .json(|app| {
            app.require_somewhere(Permission::Read)?;
            Ok(json!({ "items": headroom_importers::template_names() }))
        })
        .await
}

/// A template with two example rows.
#[utoipa::path(get, path = "/api/v1/templates/{name}", tag = "imports", params(("name" = String, Path), Spoken),
    responses((status = 200, description = "The template", body = String, content_type = "text/csv"), ReadProblems))]
pub(crate) async fn template(caller: Caller, Path(name): Path<String>, Query(asked): Query<Spoken>) -> Response {
    let work = move || {
        caller.app.require_somewhere(Permission::Read)?;
        let text = headroom_importers::template(&name, language(asked.language.as_ref())?)
            .ok_or_else(|| Refusal::new("refused-no-template").with("name", &name))?;
        Ok((format!("{name}.csv"), "text/csv; charset=utf-8", text.into_bytes()))
    };
    sent(blocking(work).await)
}

/// Saved column mappings, the newest version of each, with their text.
#[utoipa::path(get, path = "/api/v1/mappings", tag = "imports",
    responses((status = 200, description = "Mappings", body = Value), ReadProblems))]
pub(crate) async fn mappings(caller: Caller) -> Response {
    caller
        .json(|app| {
            let mappings = app.mappings()?.into_iter().map(|mapping| {
                json!({ "name": mapping.name, "version": mapping.version, "toml": mapping.body, "saved_at": mapping.saved_at,
                    "saved_by": mapping.saved_by })
            });
            Ok(json!({ "items": mappings.collect::<Vec<_>>() }))
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mapping {
    /// Its name; a mapping of that name gets another version.
    name: String,
    /// The mapping as TOML, as the guide describes it.
    toml: String,
}

/// Saves a column mapping; an import names it afterwards.
#[utoipa::path(post, path = "/api/v1/mappings", tag = "imports", request_body = Mapping,
    responses((status = 200, description = "Its name and version", body = Value), WriteProblems))]
pub(crate) async fn save_mapping(caller: Caller, Body(asked): Body<Mapping>) -> Response {
    caller
        .write(move |app| {
            let version = app.save_mapping(&asked.name, &asked.toml)?;
            Ok(json!({ "name": asked.name, "version": version }))
        })
        .await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// A few letters of an id or a name.
    q: String,
    /// `en` or `zh-CN`: the language of the names; English when missing.
    language: Option<String>,
}

/// Products and batches by a few letters.
#[utoipa::path(get, path = "/api/v1/search", tag = "overview", params(Search),
    responses((status = 200, description = "What was found", body = Value), ReadProblems))]
pub(crate) async fn search(caller: Caller, Query(asked): Query<Search>) -> Response {
    caller
        .json(move |app| Ok(json!({ "items": app.search(&asked.q, language(asked.language.as_ref())?)? })))
        .await
}

/// Exchange rates on record, the oldest first.
#[utoipa::path(get, path = "/api/v1/rates", tag = "configuration",
    responses((status = 200, description = "Rates by month", body = Value), ReadProblems))]
pub(crate) async fn rates(caller: Caller) -> Response {
    caller
        .json(|app| {
            app.require_somewhere(Permission::Read)?;
            let rates = app.fx_rates()?.into_iter();
            let rates =
                rates.map(|(month, from, to, rate)| json!({ "month": month, "from": from, "to": to, "rate": rate }));
            Ok(json!({ "items": rates.collect::<Vec<_>>() }))
        })
        .await
}

/// Fills an empty data directory with the sample company. The work goes on after the answer; look at the job.
#[utoipa::path(post, path = "/api/v1/sample-data", tag = "imports",
    responses((status = 202, description = "Begun: the id of the job", body = Value), ReadProblems))]
pub(crate) async fn sample_data(caller: Caller) -> Response {
    let app = caller.app.clone();
    if let Err(error) = blocking(move || app.require_company(Permission::Administer)).await {
        return Problem::from(error).into_response();
    }
    let job = caller.web.start_job(&caller.app, |app, job| {
        app.load_sample_data(&|done, total| job.progress(done, total))?;
        Ok("/api/v1/overview".to_owned())
    });
    (StatusCode::ACCEPTED, axum::Json(json!({ "job": job }))).into_response()
}
