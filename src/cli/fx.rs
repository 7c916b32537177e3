//! `headroom fx`.

use super::{Context, Failure, import, show};

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Import exchange rates (template: `headroom template fx`).
    Import(import::Arguments),
    /// All rates on record.
    List,
}

pub fn run(context: &Context, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Import(arguments) => import::run(context, arguments),
        Verb::List => {
            let rates = context.open()?.fx_rates()?;
            if context.json {
                let all: Vec<_> = rates
                    .iter()
                    .map(|(month, from, to, rate)| serde_json::json!({ "month": month, "from": from, "to": to, "rate": rate }))
                    .collect();
                return show::json(&all);
            }
            let rows = rates
                .into_iter()
                .map(|(month, from, to, rate)| vec![month.to_string(), from, to, rate.to_string()]);
            show::table(
                show::headers(context, &["month", "from", "to", "rate"]),
                rows.collect(),
                &[3],
            )
        }
    }
}
