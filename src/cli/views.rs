//! `headroom views`.

use super::{Context, Failure, show};
use crate::words::say_with;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// The views of costs that you keep.
    List,
    /// Keep a view under a name.
    Save {
        /// Name.
        name: String,
        /// What stands behind `?` in the address of the costs: by=product&months=2026-01..2026-06
        query: String,
    },
    /// Forget a view.
    Forget {
        /// Name.
        name: String,
    },
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    let app = context.open()?;
    match verb {
        Verb::List => {
            let views = app.saved_views()?;
            if context.json {
                return show::json(&views);
            }
            let rows = views.into_iter().map(|view| vec![view.name, view.query, view.saved_at]);
            show::table(
                show::headers(context, &["view-name", "view-query", "view-saved"]),
                rows.collect(),
                &[],
            )
        }
        Verb::Save { name, query } => {
            app.save_view(name, query)?;
            done(context, "view-kept", name)
        }
        Verb::Forget { name } => {
            app.forget_view(name)?;
            done(context, "view-forgotten", name)
        }
    }
}

fn done(context: &Context, key: &str, name: &str) -> Result<(), Failure> {
    if context.json {
        return show::json(&serde_json::json!({ "view": name }));
    }
    show::line(&say_with(context.language, key, &[("name", name)]))
}
