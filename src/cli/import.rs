//! `headroom import`.

use super::{Context, Failure, show};
use crate::app::{ImportOutcome, ImportRequest};
use crate::words::{say, say_with};
use headroom_models::ledger::{Money, Month};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::path::PathBuf;

/// Rejects shown to a person; all of them are in `--json` and in the file of rejects.
const MOST_SHOWN: usize = 50;

#[derive(clap::Args)]
pub struct Arguments {
    /// The files of one batch: CSV, XLSX, JSON lines or Parquet; text also as gzip or zip.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Read the files by this saved column mapping (see `mapping`).
    #[arg(long, value_name = "NAME")]
    mapping: Option<String>,
    /// Name of the source (by default made from the importer and the provider).
    #[arg(long)]
    source: Option<String>,
    /// The only month that the files may hold.
    #[arg(long)]
    month: Option<Month>,
    /// What the billed cost must add up to.
    #[arg(long, allow_hyphen_values = true, value_parser = amount)]
    control_total: Option<Money>,
    /// Read and check everything, keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// Take the good rows although others are rejected.
    #[arg(long)]
    allow_rejects: bool,
    /// Add to what an earlier batch brought for the same source and months, instead of taking its place.
    #[arg(long, conflicts_with = "replace")]
    append: bool,
    /// Take an earlier batch's place although it holds invoices or assets that these files do not.
    #[arg(long)]
    replace: bool,
    /// Write the rejected rows to this CSV file, to be corrected and imported.
    #[arg(long, value_name = "FILE")]
    rejects_file: Option<PathBuf>,
}

fn amount(text: &str) -> Result<Money, String> {
    text.parse().map_err(|error| format!("{error}"))
}

pub fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let app = context.open()?;
    let request = ImportRequest {
        files: arguments.files,
        mapping: arguments.mapping,
        source: arguments.source,
        month: arguments.month,
        control_total: arguments.control_total,
        dry_run: arguments.dry_run,
        allow_rejects: arguments.allow_rejects,
        append: arguments.append,
        replace: arguments.replace,
    };
    let total: u64 = request
        .files
        .iter()
        .filter_map(|file| std::fs::metadata(file).ok())
        .map(|file| file.len())
        .sum();
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(5));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {msg} {eta}")
    {
        bar.set_style(style);
    }
    let progress = |bytes: u64, rows: u64| {
        bar.set_position(bytes);
        bar.set_message(say_with(
            context.language,
            "progress-rows",
            &[("rows", &rows.to_string())],
        ));
    };
    let outcome = app.import(&request, Some(&progress));
    bar.finish_and_clear();
    let outcome = outcome?;
    if let Some(path) = &arguments.rejects_file
        && outcome.imported.rejected > 0
    {
        std::fs::write(path, outcome.imported.rejects_csv(context.language))?;
    }
    if context.json {
        show::json(&as_json(context, &outcome))?;
    } else {
        print(context, &outcome, request.dry_run)?;
    }
    if outcome.is_done() { Ok(()) } else { Err(Failure::Shown) }
}

fn as_json(context: &Context, outcome: &ImportOutcome) -> serde_json::Value {
    let imported = &outcome.imported;
    let totals: Vec<_> = imported
        .totals
        .iter()
        .map(|(currency, totals)| json!({ "currency": currency, "billed": totals.billed, "effective": totals.effective, "list": totals.list }))
        .collect();
    let rejects: Vec<_> = imported
        .rejects
        .iter()
        .map(|reject| {
            json!({
                "file": reject.file, "sheet": reject.sheet, "row": reject.row, "column": reject.column,
                "value": reject.value, "message": reject.message(context.language),
            })
        })
        .collect();
    json!({
        "batch": outcome.batch,
        "importer": imported.importer,
        "source": imported.source,
        "rows": imported.rows,
        "rejected": imported.rejected,
        "duplicate_of": outcome.duplicate_of,
        "replaced": outcome.replaced,
        "compared": outcome.compared,
        "taken_back": outcome.taken_back,
        "frozen_rows": outcome.frozen_rows,
        "totals": totals,
        "rounding_residual": imported.rounding_residual.to_string(),
        "months": imported.months.keys().collect::<Vec<_>>(),
        "control_difference": outcome.control_difference,
        "rejects": rejects,
        "preview": outcome.preview,
        "findings": imported.findings.iter().map(|finding| finding.message(context.language)).collect::<Vec<_>>(),
        "notes": imported.notes.iter().map(|note| note.message(context.language)).collect::<Vec<_>>(),
    })
}

fn print(context: &Context, outcome: &ImportOutcome, dry_run: bool) -> Result<(), Failure> {
    let (language, imported) = (context.language, &outcome.imported);
    if let Some(earlier) = &outcome.duplicate_of {
        return show::line(&say_with(language, "import-duplicate", &[("batch", earlier)]));
    }
    for reject in imported.rejects.iter().take(MOST_SHOWN) {
        eprintln!("{}", reject.line(language));
    }
    if imported.problems > MOST_SHOWN as u64 {
        let more = (imported.problems - MOST_SHOWN as u64).to_string();
        eprintln!("{}", say_with(language, "import-more-rejects", &[("count", &more)]));
    }
    let (rows, rejected) = (imported.rows.to_string(), imported.rejected.to_string());
    if outcome.stopped_by_rejects {
        eprintln!(
            "{}",
            say_with(language, "import-stopped", &[("rejected", &rejected), ("rows", &rows)])
        );
        return Ok(());
    }
    if let Some(difference) = outcome.control_difference {
        eprintln!(
            "{}",
            say_with(
                language,
                "import-control-total",
                &[("difference", &difference.to_string())]
            )
        );
        return Ok(());
    }
    for finding in &imported.findings {
        eprintln!("{}", finding.message(language));
    }
    for note in &imported.notes {
        eprintln!("{}", note.message(language));
    }
    let months: Vec<String> = imported.months.keys().map(ToString::to_string).collect();
    let span = match (months.first(), months.last()) {
        (Some(first), Some(last)) if first != last => format!("{first}..{last}"),
        (Some(first), _) => first.clone(),
        _ => String::new(),
    };
    let values = [
        ("batch", outcome.batch.as_deref().unwrap_or("-")),
        ("importer", imported.importer),
        ("source", imported.source.as_str()),
        ("rows", rows.as_str()),
        ("rejected", rejected.as_str()),
        ("months", span.as_str()),
    ];
    let key = match &outcome.batch {
        Some(_) => "import-done",
        None if dry_run => "import-dry-run",
        None => "import-nothing",
    };
    show::line(&say_with(language, key, &values))?;
    for replaced in &outcome.replaced {
        let was: Vec<String> = replaced
            .was
            .iter()
            .map(|(currency, (_, effective))| format!("{} {currency}", show::money(*effective)))
            .collect();
        let (month, was) = (replaced.month.to_string(), was.join(", "));
        let values = [("batch", replaced.batch.as_str()), ("month", &month), ("was", &was)];
        show::line(&say_with(language, "import-replaced", &values))?;
    }
    if let Some(rows) = outcome.compared {
        let counts = [rows.new, rows.changed, rows.same, rows.gone].map(|count| count.to_string());
        let values = [
            ("new", counts[0].as_str()),
            ("changed", &counts[1]),
            ("same", &counts[2]),
            ("gone", &counts[3]),
        ];
        show::line(&say_with(language, "import-compared", &values))?;
    }
    for taken in &outcome.taken_back {
        let was: Vec<String> = taken
            .was
            .iter()
            .map(|(currency, (_, effective))| format!("{} {currency}", show::money(*effective)))
            .collect();
        let (month, booked, was) = (taken.original.to_string(), taken.booked.to_string(), was.join(", "));
        let values = [
            ("batch", taken.batch.as_str()),
            ("month", &month),
            ("booked", &booked),
            ("was", &was),
        ];
        show::line(&say_with(language, "import-taken-back", &values))?;
    }
    if outcome.frozen_rows > 0 {
        eprintln!(
            "{}",
            say_with(language, "import-frozen", &[("rows", &outcome.frozen_rows.to_string())])
        );
    }
    if imported.rejected > 0 {
        show::line(&say(language, "import-append-hint"))?;
    }
    if !imported.totals.is_empty() {
        let totals = imported.totals.iter();
        let rows = totals.map(|(currency, t)| {
            vec![
                currency.clone(),
                t.billed.to_string(),
                t.effective.to_string(),
                t.list.to_string(),
            ]
        });
        show::table(
            show::headers(context, &["currency", "billed", "effective", "list"]),
            rows.collect(),
            &[1, 2, 3],
        )?;
    }
    if !imported.rounding_residual.is_zero() {
        show::line(&format!(
            "{}: {}",
            say(language, "rounding-residual"),
            imported.rounding_residual
        ))?;
    }
    Ok(())
}
