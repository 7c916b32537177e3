//! `headroom template`.

use super::{Context, Failure, show};
use crate::app::AppError;

#[derive(clap::Args)]
pub struct Arguments {
    /// Which template; without it, their names.
    name: Option<String>,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let names = headroom_importers::template_names();
    let Some(name) = &arguments.name else {
        return show::line(&names.join("\n"));
    };
    let text = headroom_importers::template(name, context.language).ok_or_else(|| {
        AppError::Refused(format!(
            "there is no template '{name}': choose from {}",
            names.join(", ")
        ))
    })?;
    use std::io::Write;
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
