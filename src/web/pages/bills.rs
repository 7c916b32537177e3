//! Bills: the place to drop files, what was imported, one batch with its sums, rejects and undo.

use super::parts::Choice;
use crate::auth::{Permission, Scope};
use crate::refusal::Refusal;
use crate::web::form::Posted;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use headroom_models::language::Language;
use headroom_models::ledger::Money;
use headroom_reports::export::harmless;
use serde::Deserialize;
use serde_json::Value;

/// Batches shown unless all are asked for.
const SHOWN: usize = 40;

#[derive(Deserialize)]
pub(crate) struct Asked {
    all: Option<String>,
}

struct BatchLine {
    id: String,
    at: String,
    by: String,
    source: String,
    importer: String,
    rows: u64,
    rejected: u64,
    billed: Vec<String>,
    undone: bool,
}

#[derive(Template)]
#[template(path = "bills.html")]
struct Page {
    shell: Shell,
    may_import: bool,
    most_upload: u64,
    batches: Vec<BatchLine>,
    more: bool,
    templates: Vec<&'static str>,
}

/// `GET /bills`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(move |visit| {
            let view = visit.view;
            let figures = view.figures(&visit.app.settings().currency, Money::ZERO);
            let batches = visit.app.batches()?;
            let most = if asked.all.is_some() { usize::MAX } else { SHOWN };
            Ok(Page {
                shell: visit.shell("bills", "web-nav-bills"),
                may_import: visit.app.may(Permission::Import, &Scope::Company)?,
                most_upload: visit.web.options.most_upload >> 20,
                more: batches.len() > most,
                batches: batches
                    .into_iter()
                    .rev()
                    .take(most)
                    .map(|(batch, totals)| BatchLine {
                        at: view.time(&batch.imported_at),
                        by: batch.imported_by,
                        source: batch.source,
                        importer: batch.importer,
                        rows: batch.rows,
                        rejected: batch.rejected,
                        billed: totals
                            .iter()
                            .map(|total| format!("{} {}", figures.money(total.billed), total.currency))
                            .collect(),
                        undone: batch.state == "undone",
                        id: batch.id,
                    })
                    .collect(),
                templates: headroom_importers::template_names(),
            })
        })
        .await
}

struct Remark {
    place: String,
    column: String,
    value: String,
    message: String,
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage {
    shell: Shell,
    id: String,
    about: Vec<(String, String)>,
    undone: bool,
    totals: Vec<[String; 5]>,
    files: Vec<(String, String, String, String)>,
    months: Vec<String>,
    rejects: Vec<Remark>,
    findings: Vec<Remark>,
    may_import: bool,
}

fn text(value: &Value, key: &str) -> String {
    match &value[key] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn remarks(details: &Value, key: &str, language: Language) -> Vec<Remark> {
    let message = match language {
        Language::English => "message",
        Language::SimplifiedChinese => "message_zh",
    };
    let remarks = details[key].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    remarks
        .map(|body| Remark {
            place: format!("{}:{}", text(body, "file"), text(body, "row")),
            column: text(body, "column"),
            value: text(body, "value"),
            message: text(body, message),
        })
        .collect()
}

/// `GET /bills/batches/{id}`.
pub(crate) async fn batch(visit: Visit, Path(id): Path<String>) -> Response {
    visit
        .page(move |visit| {
            let view = visit.view;
            let details = visit.app.batch_details(&id)?;
            let figures = view.figures(&visit.app.settings().currency, Money::ZERO);
            let batch = &details["batch"];
            let list = |key: &str| details[key].as_array().cloned().unwrap_or_default();
            let money = |value: &Value, key: &str| {
                let amount = text(value, key).parse::<Money>();
                amount.map_or_else(|_| text(value, key), |amount| figures.money(amount))
            };
            let mut shell = visit.shell("bills", "web-nav-bills");
            shell.title = format!("{} {id}", view.t("batch"));
            Ok(BatchPage {
                shell,
                about: [
                    ("source", text(batch, "source")),
                    ("importer", text(batch, "importer")),
                    ("imported-at", view.time(&text(batch, "imported_at"))),
                    ("user", text(batch, "imported_by")),
                    ("rows", text(batch, "rows")),
                    ("rejected", text(batch, "rejected")),
                ]
                .map(|(key, value)| (view.t(key), value))
                .into(),
                undone: batch["state"] == "undone",
                totals: list("totals")
                    .iter()
                    .map(|total| {
                        [
                            text(total, "currency"),
                            money(total, "billed"),
                            money(total, "effective"),
                            money(total, "list"),
                            money(total, "rejected"),
                        ]
                    })
                    .collect(),
                files: list("files")
                    .iter()
                    .map(|file| {
                        let hash = text(file, "sha256");
                        (text(file, "name"), text(file, "bytes"), text(file, "rows"), hash)
                    })
                    .collect(),
                months: list("months")
                    .iter()
                    .filter_map(|month| month.as_str().map(str::to_owned))
                    .collect(),
                rejects: remarks(&details, "rejects", view.language),
                findings: remarks(&details, "findings", view.language),
                may_import: visit.app.may(Permission::Import, &Scope::Company)?,
                id,
            })
        })
        .await
}

/// `POST /bills/batches/{id}/undo`.
pub(crate) async fn undo(Path(id): Path<String>, Posted(visit, _): Posted<super::overview::Nothing>) -> Response {
    visit
        .act(move |visit| {
            visit.app.undo_import(&id)?;
            Ok("/bills?done=undone".to_owned())
        })
        .await
}

/// `GET /bills/batches/{id}/rejects.csv`: what was left out, and why.
pub(crate) async fn rejects(visit: Visit, Path(id): Path<String>) -> Response {
    visit
        .file(move |visit| {
            let details = visit.app.batch_details(&id)?;
            let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
            // Writing to memory does not fail.
            let _ = writer.write_record(["file_and_row", "column", "value", "reason"]);
            for reject in remarks(&details, "rejects", visit.view.language) {
                let cells = [reject.place, reject.column, reject.value, reject.message];
                let _ = writer.write_record(cells.map(|cell| harmless(&cell)));
            }
            let bytes = writer.into_inner().unwrap_or_default();
            Ok((format!("rejects-{id}.csv"), "text/csv; charset=utf-8", bytes))
        })
        .await
}

/// `GET /bills/templates/{name}`.
pub(crate) async fn template(visit: Visit, Path(name): Path<String>) -> Response {
    visit
        .file(move |visit| {
            visit.app.require_somewhere(Permission::Read)?;
            let text = headroom_importers::template(&name, visit.view.language)
                .ok_or_else(|| Refusal::new("refused-no-template").with("name", &name))?;
            // With a byte order mark: spreadsheet programs read Chinese wrongly without it.
            let bytes = [b"\xEF\xBB\xBF", text.trim_start_matches('\u{FEFF}').as_bytes()].concat();
            Ok((format!("{name}.csv"), "text/csv; charset=utf-8", bytes))
        })
        .await
}

/// Saved mappings to choose from, with none first.
pub(super) fn mappings(visit: &Visit, chosen: &str) -> Result<Vec<Choice>, crate::app::AppError> {
    let none = Choice {
        value: String::new(),
        label: visit.view.t("web-mapping-none"),
        chosen: chosen.is_empty(),
    };
    let saved = visit.app.mappings()?.into_iter().map(|mapping| Choice {
        chosen: mapping.name == chosen,
        label: mapping.name.clone(),
        value: mapping.name,
    });
    Ok(std::iter::once(none).chain(saved).collect())
}
