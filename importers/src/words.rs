//! Sentences from `locales/` in either language.

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{Loader, static_loader};
use headroom_models::language::Language;
use std::borrow::Cow;
use std::collections::HashMap;
use unic_langid::LanguageIdentifier;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // The marks would stand in CSV files and terminals as invisible characters.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The values for one sentence.
pub(crate) struct Words {
    language: Language,
    values: HashMap<Cow<'static, str>, FluentValue<'static>>,
}

impl Words {
    pub fn new(language: Language) -> Self {
        Words {
            language,
            values: HashMap::new(),
        }
    }

    /// Adds a value; always as text, since numbers here are line numbers and amounts that must be shown as they are.
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.values
            .insert(Cow::Borrowed(name), FluentValue::String(Cow::Owned(value.to_string())));
        self
    }

    /// The sentence.
    pub fn say(&self, key: &str) -> String {
        let language: LanguageIdentifier = self.language.tag().parse().unwrap_or_default();
        LOCALES.lookup_with_args(&language, key, &self.values)
    }
}

/// Words in a row, the first thirty of them.
pub(crate) fn list(words: &[String], language: Language) -> String {
    let (comma, more) = match language {
        Language::English => (", ", ", …"),
        Language::SimplifiedChinese => ("、", "……"),
    };
    let mut text = words
        .iter()
        .take(30)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(comma);
    if words.len() > 30 {
        text.push_str(more);
    }
    text
}

/// The file, and inside it the sheet or member.
pub(crate) fn place(file: &str, sheet: Option<&str>) -> String {
    match sheet {
        Some(sheet) => format!("{file} [{sheet}]"),
        None => file.to_owned(),
    }
}

/// A text cut off after `most` characters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
