//! `headroom template`.

use super::{Context, Failure, show};

#[derive(clap::Args)]
pub struct Arguments {
    /// Which template; without it, their names.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(headroom_importers::template_names()))]
    name: Option<String>,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let Some(name) = &arguments.name else {
        return show::line(&headroom_importers::template_names().join("\n"));
    };
    let text = headroom_importers::template(name, context.language).unwrap_or_default();
    use std::io::Write;
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
