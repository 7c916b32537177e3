//! `headroom mapping`: how the sheets of a vendor are read.

use super::{Context, Failure, show};
use crate::app::{guess_mapping, mapping_text};
use crate::words::{say, say_with};
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Guess how a sheet is to be read, from its column names and values; the TOML is to be corrected and saved.
    Guess {
        /// The sheet: CSV or XLSX.
        file: PathBuf,
        /// The kind of file it is to be read as (by default the one that fits best).
        #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(headroom_importers::template_names()))]
        importer: Option<String>,
        /// Write the TOML to this file instead of showing it.
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Save a mapping under a name, for `import --mapping NAME`.
    Save {
        /// The name.
        name: String,
        /// The TOML, as guessed and corrected.
        file: PathBuf,
    },
    /// The saved mappings.
    List,
    /// A saved mapping as TOML.
    Show {
        /// The name.
        name: String,
    },
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    match verb {
        Verb::Guess { file, importer, output } => guess(context, file, importer.as_deref(), output.as_deref()),
        Verb::Save { name, file } => {
            let text = std::fs::read_to_string(file)?;
            let version = context.open()?.save_mapping(name, &text)?;
            if context.json {
                return show::json(&json!({ "name": name, "version": version }));
            }
            let version = version.to_string();
            show::line(&say_with(
                context.language,
                "mapping-saved",
                &[("name", name), ("version", &version)],
            ))
        }
        Verb::List => {
            let mappings = context.open()?.mappings()?;
            if context.json {
                return show::json(&mappings);
            }
            let rows = mappings
                .into_iter()
                .map(|saved| vec![saved.name, saved.version.to_string(), saved.saved_at, saved.saved_by]);
            show::table(
                show::headers(
                    context,
                    &[
                        "mapping-name",
                        "mapping-version",
                        "mapping-saved-at",
                        "mapping-saved-by",
                    ],
                ),
                rows.collect(),
                &[1],
            )
        }
        Verb::Show { name } => {
            let saved = context.open()?.mapping_of(name)?;
            if context.json {
                return show::json(&saved);
            }
            show::line(saved.body.trim_end())
        }
    }
}

fn guess(
    context: &Context,
    file: &std::path::Path,
    importer: Option<&str>,
    output: Option<&std::path::Path>,
) -> Result<(), Failure> {
    let guessed = guess_mapping(file, importer)?;
    let text = mapping_text(&guessed.mapping);
    if let Some(output) = output {
        std::fs::write(output, &text)?;
    }
    if context.json {
        let problems = guessed.mapping.problems();
        let problems: Vec<String> = problems
            .iter()
            .map(|problem| problem.message(context.language))
            .collect();
        return show::json(&json!({ "guess": guessed, "toml": text, "problems": problems }));
    }
    let rows = guessed.columns.iter().map(|column| {
        let value = guessed.mapping.values.get(&column.column);
        let from = guessed.mapping.columns.get(&column.column).or(column.from.as_ref());
        let why = match (from, value) {
            (_, Some(value)) if value == "?" => say(context.language, "mapping-to-fill-in"),
            (_, Some(value)) => say_with(context.language, "mapping-fixed", &[("value", value)]),
            (Some(_), None) if column.by_name => say(context.language, "mapping-by-name"),
            (Some(_), None) => say(context.language, "mapping-by-values"),
            (None, None) => "–".to_owned(),
        };
        vec![
            format!("{}{}", column.column, if column.required { " *" } else { "" }),
            from.filter(|_| value.is_none()).cloned().unwrap_or_default(),
            why,
            column.samples.join(" | "),
        ]
    });
    show::table(
        show::headers(
            context,
            &["mapping-column", "mapping-from", "mapping-why", "mapping-samples"],
        ),
        rows.collect(),
        &[],
    )?;
    if !guessed.unread.is_empty() {
        show::line(&say_with(
            context.language,
            "mapping-unread",
            &[("columns", &guessed.unread.join(", "))],
        ))?;
    }
    for problem in guessed.mapping.problems() {
        eprintln!("{}", problem.message(context.language));
    }
    if output.is_none() {
        show::line(&text)?;
    }
    show::line(&say(context.language, "mapping-next"))
}
