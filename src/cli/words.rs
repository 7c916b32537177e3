//! The words of the command line in both languages.

use fluent_templates::{Loader, fluent_bundle::FluentValue, static_loader};
use headroom_models::language::Language;
use std::borrow::Cow;
use std::collections::HashMap;
use unic_langid::{LanguageIdentifier, langid};

static_loader! {
    static WORDS = {
        locales: "src/locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

fn identifier(language: Language) -> LanguageIdentifier {
    match language {
        Language::English => langid!("en"),
        Language::SimplifiedChinese => langid!("zh-CN"),
    }
}

/// A word or sentence.
pub fn say(language: Language, key: &str) -> String {
    WORDS.lookup(&identifier(language), key)
}

/// A sentence with values.
pub fn say_with(language: Language, key: &str, values: &[(&'static str, &str)]) -> String {
    let values: HashMap<Cow<'static, str>, FluentValue<'_>> = values
        .iter()
        .map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(*value)))
        .collect();
    WORDS.lookup_with_args(&identifier(language), key, &values)
}
