//! `headroom template`.

use super::{Context, Failure, show};
use clap::builder::PossibleValue;

#[derive(clap::Args)]
pub struct Arguments {
    /// Which template; without it, their names.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(known()))]
    name: Option<String>,
}

/// The names, and the other ones that each answers to.
fn known() -> Vec<PossibleValue> {
    let names = headroom_importers::template_names().into_iter();
    names
        .map(|name| {
            let others = headroom_importers::ALIASES.into_iter().filter(|(_, of)| *of == name);
            PossibleValue::new(name).aliases(others.map(|(other, _)| other))
        })
        .collect()
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let Some(name) = &arguments.name else {
        return show::line(&headroom_importers::template_names().join("\n"));
    };
    let text = headroom_importers::template(name, context.language).unwrap_or_default();
    use std::io::Write;
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
