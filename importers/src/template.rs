//! Templates: the header and two example rows of every kind of file that a company fills in itself.

use crate::sources::{ALL, Importer};
use headroom_models::language::Language;

/// Other names under which templates are known: contracts of data centres were the first ones.
pub const ALIASES: [(&str, &str); 1] = [("idc-contract", "contract")];

/// The names of the templates.
pub fn template_names() -> Vec<&'static str> {
    with_template().map(Importer::name).collect()
}

fn with_template() -> impl Iterator<Item = &'static dyn Importer> {
    ALL.iter()
        .copied()
        .filter(|importer| !importer.examples(false).is_empty())
}

/// A template as CSV; nothing when there is none of that name.
///
/// The Chinese one starts with a byte order mark, without which spreadsheet programs show its headers garbled.
pub fn template(name: &str, language: Language) -> Option<String> {
    let name = ALIASES
        .iter()
        .find(|(alias, _)| *alias == name)
        .map_or(name, |(_, name)| name);
    let importer = with_template().find(|importer| importer.name() == name)?;
    let chinese = language == Language::SimplifiedChinese;
    let header: Vec<&str> = importer
        .columns()
        .iter()
        .map(|spec| match spec.chinese {
            text if chinese && !text.is_empty() => text,
            _ => spec.name,
        })
        .collect();
    let text = format!("{}\n{}", header.join(","), importer.examples(chinese));
    Some(if chinese { format!("\u{FEFF}{text}") } else { text })
}
