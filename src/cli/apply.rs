//! `headroom apply`.

use super::{Context, Failure, show};
use crate::app::DocumentChange;
use crate::words::{say, say_with};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Arguments {
    /// TOML files, or folders of them.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Check everything, apply nothing.
    #[arg(long)]
    dry_run: bool,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let applied = context.open()?.apply(&arguments.paths, arguments.dry_run)?;
    if context.json {
        return show::json(&applied);
    }
    for (name, change) in &applied.documents {
        let key = match change {
            DocumentChange::Added => "apply-added",
            DocumentChange::Changed => "apply-changed",
            DocumentChange::Unchanged => "apply-unchanged",
        };
        show::line(&format!("{name}: {}", say(context.language, key)))?;
    }
    let rows = applied.counts.iter().filter(|(_, before, now)| before + now > 0);
    let rows = rows.map(|(kind, before, now)| {
        vec![
            say(context.language, &kind.replace(' ', "-")),
            before.to_string(),
            now.to_string(),
        ]
    });
    show::table(
        show::headers(context, &["kind", "before", "now"]),
        rows.collect(),
        &[1, 2],
    )?;
    let version = applied.version.to_string();
    let key = if applied.new_version {
        "apply-done"
    } else {
        "apply-nothing"
    };
    show::line(&say_with(context.language, key, &[("version", &version)]))
}
