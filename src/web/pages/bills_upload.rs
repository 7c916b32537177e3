//! An upload on its way into the books: kept, looked at, mapped where no importer knows it, checked, committed.

use super::bills::mappings;
use super::parts::{Choice, head, number, query, row, word};
use super::refused;
use crate::app::{AppError, ImportOutcome, ImportRequest, Preview, guess_mapping, mapping_text};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::StoreError;
use crate::web::form::{Posted, is_token};
use crate::web::uploads::{Upload, name_of};
use crate::web::view::Shell;
use crate::web::visit::{Visit, blocking};
use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::response::{Html, IntoResponse, Redirect, Response};
use headroom_importers::ImportError;
use headroom_models::ledger::Money;
use headroom_reports::export::screen::tables::Table;
use serde::Deserialize;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

/// Rejects shown on the page; the download has all.
const MOST_SHOWN: usize = 200;

/// `POST /bills/upload`: the files as they come, streamed to disk, never into memory.
pub(crate) async fn upload(
    State(web): State<crate::web::state::Shared>,
    visit: Visit,
    headers: HeaderMap,
    mut form: Multipart,
) -> Response {
    let app = visit.app.clone();
    // Asked before the first byte is kept.
    let begun = blocking(move || {
        app.require_company(Permission::Import)?;
        Upload::new(&app)
    });
    let mut upload = match begun.await {
        Ok(upload) => upload,
        Err(error) => return refused::page(&visit, &error),
    };
    let header = headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
    let mut trusted = header.is_some_and(|token| is_token(&visit, token));
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => return (StatusCode::BAD_REQUEST, error.body_text()).into_response(),
        };
        if field.name() == Some("csrf") {
            let token = field.text().await.unwrap_or_default();
            trusted |= is_token(&visit, &token);
            continue;
        }
        if !trusted {
            return refused::stale_form(&visit.view);
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            continue;
        }
        if let Err(error) = keep(&mut upload, &name, field, web.options.most_upload).await {
            return refused::page(&visit, &error);
        }
    }
    if !trusted {
        return refused::stale_form(&visit.view);
    }
    if upload.files.is_empty() {
        return refused::page(&visit, &Refusal::new("refused-upload-empty").into());
    }
    let id = web.uploads.keep(upload);
    Redirect::to(&format!("/bills/uploads/{id}")).into_response()
}

/// Writes one file, as long as the whole upload stays below the limit.
async fn keep(
    upload: &mut Upload,
    name: &str,
    mut field: axum::extract::multipart::Field<'_>,
    most: u64,
) -> Result<(), AppError> {
    let failed = || StoreError::step("step-writing-file");
    let path = upload.place(name)?;
    let mut file = tokio::fs::File::create(&path).await.map_err(failed())?;
    loop {
        let chunk = field.chunk().await;
        let Some(chunk) = chunk.map_err(|_| Refusal::new("refused-upload-broken"))? else {
            break;
        };
        upload.bytes += chunk.len() as u64;
        if upload.bytes > most {
            return Err(Refusal::new("refused-upload-size").with("most", most >> 20).into());
        }
        file.write_all(&chunk).await.map_err(failed())?;
    }
    Ok(file.flush().await.map_err(failed())?)
}

/// How the files are to be read.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Choices {
    #[serde(default)]
    source: String,
    #[serde(default)]
    month: String,
    #[serde(default)]
    control: String,
    #[serde(default)]
    mapping: String,
    #[serde(default)]
    allow_rejects: Option<String>,
    #[serde(default)]
    append: Option<String>,
    #[serde(default)]
    replace: Option<String>,
}

impl Choices {
    /// What decides how the files are read, for an address.
    fn query(&self) -> String {
        query(&[
            ("source", &self.source),
            ("month", &self.month),
            ("mapping", &self.mapping),
        ])
    }

    fn request(&self, upload: &Upload, dry_run: bool) -> Result<ImportRequest, AppError> {
        let given = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let month = given(&self.month).map(|text| text.parse());
        let control = given(&self.control).map(|text| text.replace([',', '，', ' '], "").parse::<Money>());
        Ok(ImportRequest {
            files: upload.files.clone(),
            mapping: given(&self.mapping),
            source: given(&self.source),
            month: month
                .transpose()
                .map_err(|_| Refusal::new("refused-months").with("text", &self.month))?,
            control_total: control
                .transpose()
                .map_err(|_| Refusal::new("refused-amount").with("text", &self.control))?,
            dry_run,
            allow_rejects: self.allow_rejects.is_some(),
            append: self.append.is_some(),
            replace: self.replace.is_some(),
        })
    }
}

struct Reject {
    place: String,
    column: String,
    value: String,
    message: String,
}

/// What a dry run found.
struct Checked {
    importer: String,
    source: String,
    rows: u64,
    rejected: u64,
    duplicate_of: Option<String>,
    totals: Vec<[String; 4]>,
    control_difference: Option<String>,
    replaced: Vec<String>,
    /// New, changed, the same, gone: words and counts.
    compared: Vec<(String, u64)>,
    frozen: u64,
    rejects: Vec<Reject>,
    /// What was chosen, for the address of the file of all rejected rows.
    rejects_csv: String,
    findings: Vec<String>,
    preview: Option<Table>,
    may_commit: bool,
}

/// A guessed mapping, to be corrected and saved.
struct Guessed {
    columns: Vec<(String, String, String)>,
    unread: String,
    toml: String,
    name: String,
}

#[derive(Template)]
#[template(path = "upload.html")]
struct Page {
    shell: Shell,
    id: String,
    files: Vec<(String, u64)>,
    choices: Choices,
    mappings: Vec<Choice>,
    problem: Option<String>,
    checked: Option<Checked>,
    guessed: Option<Guessed>,
}

fn build(visit: &Visit, id: &str, choices: Choices, check: bool) -> Result<Page, AppError> {
    visit.app.require_company(Permission::Import)?;
    let upload = visit.web.uploads.of(&visit.app, id)?;
    let (mut problem, mut checked, mut guessed) = (None, None, None);
    if check {
        match visit.app.import(&choices.request(&upload, true)?, None) {
            Ok(outcome) => checked = Some(describe(visit, &outcome, &choices)),
            Err(AppError::NotAllowed(refusal)) => return Err(AppError::NotAllowed(refusal)),
            Err(error) => {
                if matches!(error, AppError::Import(ImportError::Files(_) | ImportError::NoInput))
                    && choices.mapping.is_empty()
                {
                    guessed = guess(&upload);
                }
                problem = Some(error.message(visit.view.language));
            }
        }
    }
    let mut shell = visit.shell("bills", "web-upload");
    shell.here = format!("/bills/uploads/{id}");
    Ok(Page {
        shell,
        id: id.to_owned(),
        files: upload
            .files
            .iter()
            .map(|path| (name_of(path), std::fs::metadata(path).map_or(0, |file| file.len())))
            .collect(),
        mappings: mappings(visit, &choices.mapping)?,
        choices,
        problem,
        checked,
        guessed,
    })
}

/// A mapping for files that no importer knows.
fn guess(upload: &Upload) -> Option<Guessed> {
    let path = upload.files.first()?;
    let guessed = guess_mapping(path, None).ok()?;
    let columns = guessed
        .columns
        .iter()
        .filter(|column| column.required || column.from.is_some());
    Some(Guessed {
        columns: columns
            .map(|column| {
                (
                    column.column.clone(),
                    column.from.clone().unwrap_or_default(),
                    column.samples.join(" · "),
                )
            })
            .collect(),
        unread: guessed.unread.join(", "),
        toml: mapping_text(&guessed.mapping),
        name: name_of(path).split('.').next().unwrap_or_default().to_owned(),
    })
}

fn describe(visit: &Visit, outcome: &ImportOutcome, choices: &Choices) -> Checked {
    let language = visit.view.language;
    let imported = &outcome.imported;
    let figures = visit.view.figures(&visit.app.settings().currency, Money::ZERO);
    Checked {
        importer: imported.importer.to_owned(),
        source: imported.source.clone(),
        rows: imported.rows,
        rejected: imported.rejected,
        duplicate_of: outcome.duplicate_of.clone(),
        totals: imported
            .totals
            .iter()
            .map(|(currency, totals)| {
                [
                    currency.clone(),
                    figures.money(totals.billed),
                    figures.money(totals.effective),
                    figures.money(totals.list),
                ]
            })
            .collect(),
        control_difference: outcome.control_difference.map(|difference| figures.signed(difference)),
        replaced: outcome
            .replaced
            .iter()
            .map(|replaced| format!("{} {}", replaced.batch, replaced.month))
            .collect(),
        compared: outcome.compared.map_or_else(Vec::new, |rows| {
            let counts = [
                ("web-rows-new", rows.new),
                ("web-rows-changed", rows.changed),
                ("web-rows-same", rows.same),
                ("web-rows-gone", rows.gone),
            ];
            counts.map(|(key, count)| (visit.view.t(key), count)).into()
        }),
        rejects_csv: choices.query(),
        frozen: outcome.frozen_rows,
        rejects: imported
            .rejects
            .iter()
            .take(MOST_SHOWN)
            .map(|reject| Reject {
                place: format!("{}:{}", reject.file, reject.row),
                column: reject.column.clone(),
                value: reject.value.clone(),
                message: reject.message(language),
            })
            .collect(),
        findings: imported
            .findings
            .iter()
            .take(MOST_SHOWN)
            .map(|finding| format!("{}:{} {}", finding.file, finding.row, finding.message(language)))
            .collect(),
        preview: (!outcome.preview.rows.is_empty()).then(|| first_rows(visit, &outcome.preview)),
        may_commit: outcome.duplicate_of.is_none()
            && outcome.control_difference.is_none()
            && imported.rows > 0
            && (imported.rejected == 0 || choices.allow_rejects.is_some()),
    }
}

/// The first rows; a column that none of them fills is left out. Amounts are hidden with all others.
fn first_rows(visit: &Visit, preview: &Preview) -> Table {
    let filled: Vec<usize> = (0..preview.columns.len())
        .filter(|index| {
            preview
                .rows
                .iter()
                .any(|row| row.get(*index).is_some_and(|cell| !cell.is_empty()))
        })
        .collect();
    let is_amount = |name: &str| name.ends_with("Cost") || name.ends_with("Price") || name == "amount";
    let heads = filled.iter().map(|index| {
        let name = &preview.columns[*index];
        let text = if *index == 0 {
            visit.view.t("month")
        } else {
            name.clone()
        };
        head(text, is_amount(name))
    });
    let rows = preview.rows.iter().map(|cells| {
        let cells = filled.iter().map(|index| {
            let (name, cell) = (&preview.columns[*index], cells[*index].clone());
            match is_amount(name) {
                true if visit.view.hide => number("•••"),
                true => number(cell),
                false => word(cell),
            }
        });
        row(cells.collect())
    });
    Table {
        heads: heads.collect(),
        rows: rows.collect(),
        ..Table::default()
    }
}

/// `GET /bills/uploads/{id}`: recognised and checked at once, with nothing chosen yet.
pub(crate) async fn preview(visit: Visit, Path(id): Path<String>) -> Response {
    visit
        .page(move |visit| build(visit, &id, Choices::default(), true))
        .await
}

/// `POST /bills/uploads/{id}/check`: a dry run with what was chosen.
pub(crate) async fn check(Path(id): Path<String>, Posted(visit, choices): Posted<Choices>) -> Response {
    visit.page(move |visit| build(visit, &id, choices, true)).await
}

/// `GET /bills/uploads/{id}/rejects.csv`: the rejected rows as they came, each with what is wrong with it, to correct and upload again.
pub(crate) async fn rejects(visit: Visit, Path(id): Path<String>, Query(choices): Query<Choices>) -> Response {
    visit
        .file(move |visit| {
            visit.app.require_company(Permission::Import)?;
            let upload = visit.web.uploads.of(&visit.app, &id)?;
            let outcome = visit.app.import(&choices.request(&upload, true)?, None)?;
            let file = outcome.imported.rejects_csv(visit.view.language);
            Ok(("rejects.csv".to_owned(), "text/csv; charset=utf-8", file.into_bytes()))
        })
        .await
}

/// `POST /bills/uploads/{id}/commit`: long work with a page that shows how far it is.
pub(crate) async fn commit(Path(id): Path<String>, Posted(visit, choices): Posted<Choices>) -> Response {
    let begun = {
        let (visit, id, choices) = (visit.clone(), id.clone(), choices);
        blocking(move || {
            visit.app.require_company(Permission::Import)?;
            let upload = visit.web.uploads.of(&visit.app, &id)?;
            let request = choices.request(&upload, false)?;
            Ok((upload, request))
        })
    };
    let (upload, request): (Arc<Upload>, ImportRequest) = match begun.await {
        Ok(begun) => begun,
        Err(error) => return refused::page(&visit, &error),
    };
    let total = upload.bytes;
    let web = visit.web.clone();
    let job = visit.web.jobs.start(&visit.app, move |app, job| {
        let outcome = app.import(&request, Some(&|bytes, _| job.progress(bytes.min(total), total)))?;
        drop(upload);
        match (&outcome.batch, &outcome.duplicate_of) {
            (Some(batch), _) | (None, Some(batch)) => {
                web.uploads.forget(&id);
                Ok(format!("/bills/batches/{batch}?done=imported"))
            }
            (None, None) => Err(Refusal::new("refused-import-stopped").into()),
        }
    });
    Redirect::to(&format!("/jobs/{job}")).into_response()
}

/// A corrected mapping with its name.
#[derive(Deserialize)]
pub(crate) struct MappingForm {
    name: String,
    toml: String,
}

/// `POST /bills/uploads/{id}/mapping`: saves the mapping and checks the upload with it.
pub(crate) async fn mapping(Path(id): Path<String>, Posted(visit, given): Posted<MappingForm>) -> Response {
    let page = visit.clone();
    let work = blocking(move || {
        visit.app.require_company(Permission::Import)?;
        let toml = given.toml.replace("\r\n", "\n");
        match visit.app.save_mapping(&given.name, &toml) {
            Ok(_) => {
                let choices = Choices {
                    mapping: given.name,
                    ..Choices::default()
                };
                Ok(build(&visit, &id, choices, true)?.render())
            }
            Err(error @ AppError::NotAllowed(_)) => Err(error),
            Err(error) => {
                let mut page = build(&visit, &id, Choices::default(), false)?;
                page.problem = Some(error.message(visit.view.language));
                page.guessed = guess(&*visit.web.uploads.of(&visit.app, &id)?).map(|guessed| Guessed {
                    toml,
                    name: given.name,
                    ..guessed
                });
                Ok(page.render())
            }
        }
    });
    match work.await {
        Ok(Ok(html)) => Html(html).into_response(),
        Ok(Err(_)) => refused::failure(&page.view, StatusCode::INTERNAL_SERVER_ERROR),
        Err(error) => refused::page(&page, &error),
    }
}
