//! `headroom imports`.

use super::{Context, Failure, show};
use crate::words::say_with;
use serde_json::json;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// All batches.
    List,
    /// One batch: files, totals, rejects, findings.
    Show {
        /// The batch.
        batch: String,
    },
    /// Take a batch out of the books again.
    Undo {
        /// The batch.
        batch: String,
    },
    /// The rows that a batch left out, and why.
    Rejects {
        /// The batch.
        batch: String,
    },
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    let app = context.open()?;
    match verb {
        Verb::List => {
            let batches = app.batches()?;
            if context.json {
                let all: Vec<_> = batches
                    .iter()
                    .map(|(batch, totals)| json!({ "batch": batch, "totals": totals }))
                    .collect();
                return show::json(&all);
            }
            let rows = batches
                .into_iter()
                .map(|(batch, totals)| {
                    let billed: Vec<String> = totals
                        .iter()
                        .map(|t| format!("{} {}", show::money(t.billed), t.currency))
                        .collect();
                    vec![
                        batch.id,
                        batch.imported_at,
                        batch.source,
                        batch.importer,
                        batch.rows.to_string(),
                        batch.rejected.to_string(),
                        batch.state,
                        billed.join("; "),
                    ]
                })
                .collect();
            let keys = [
                "batch",
                "imported-at",
                "source",
                "importer",
                "rows",
                "rejected",
                "state",
                "billed",
            ];
            show::table(show::headers(context, &keys), rows, &[4, 5, 7])
        }
        Verb::Show { batch } => show::json(&app.batch_details(batch)?),
        Verb::Rejects { batch } => show::json(&app.batch_details(batch)?["rejects"]),
        Verb::Undo { batch } => {
            app.undo_import(batch)?;
            if context.json {
                return show::json(&json!({ "undone": batch }));
            }
            show::line(&say_with(context.language, "import-undone", &[("batch", batch)]))
        }
    }
}
