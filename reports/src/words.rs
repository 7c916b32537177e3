//! The words of the reports, in both languages, from `locales/`.

use fluent_templates::{Loader, fluent_bundle::FluentValue};
use headroom_models::language::{Language, Name};
use headroom_models::ledger::{CostType, Month};
use std::borrow::Cow;
use std::collections::HashMap;
use unic_langid::{LanguageIdentifier, langid};

fluent_templates::static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const ENGLISH: LanguageIdentifier = langid!("en");
const CHINESE: LanguageIdentifier = langid!("zh-CN");

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    language: Language,
}

impl Words {
    /// The words of `language`.
    pub fn of(language: Language) -> Words {
        Words { language }
    }

    /// The language.
    pub fn language(self) -> Language {
        self.language
    }

    /// The text of a key.
    pub fn text(self, key: &str) -> String {
        self.find(key, None).unwrap_or_else(|| missing(key))
    }

    /// The text of a key with values put in.
    pub fn with(self, key: &str, values: &[(&'static str, &str)]) -> String {
        self.filled(key, values, None)
    }

    /// The text of a key with values and a `$count` put in, by which English chooses singular or plural.
    pub fn counted(self, key: &str, count: usize, values: &[(&'static str, &str)]) -> String {
        self.filled(key, values, Some(count))
    }

    /// The word of a closed list (`prefix-value`).
    pub fn term(self, prefix: &str, value: &str) -> String {
        self.text(&format!("{prefix}-{value}"))
    }

    /// The translated word of an open list, or the value itself when it is no well-known word.
    pub fn known_or_same(self, prefix: &str, value: &str) -> String {
        let is_key = !value.is_empty()
            && value
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        is_key
            .then(|| self.find(&format!("{prefix}-{value}"), None))
            .flatten()
            .unwrap_or_else(|| value.to_owned())
    }

    /// The word of a cost type.
    pub fn cost_type(self, cost_type: CostType) -> String {
        self.term("cost-type", cost_type.as_str())
    }

    /// A name in this language; the product of unallocated cost has a translated word.
    pub fn name(self, id: &str, name: &Name) -> String {
        if id == crate::data::UNALLOCATED {
            self.text("unallocated")
        } else {
            name.in_language(self.language).to_owned()
        }
    }

    /// A month as a column head: `Sep` or `9月`.
    pub fn month_short(self, month: Month) -> String {
        self.text(&format!("month-{}", month.number()))
    }

    /// A month in a sentence: `Sep 2026` or `2026年9月`.
    pub fn month_long(self, month: Month) -> String {
        self.with(
            "month-of-year",
            &[("year", &month.year().to_string()), ("month", &self.month_short(month))],
        )
    }

    fn filled(self, key: &str, values: &[(&'static str, &str)], count: Option<usize>) -> String {
        let mut filled: HashMap<Cow<'static, str>, FluentValue<'_>> = HashMap::new();
        for (name, value) in values {
            filled.insert(Cow::Borrowed(*name), FluentValue::from(*value));
        }
        if let Some(count) = count {
            filled.insert(Cow::Borrowed("count"), FluentValue::from(count));
        }
        self.find(key, Some(&filled)).unwrap_or_else(|| missing(key))
    }

    fn find(self, key: &str, values: Option<&HashMap<Cow<'static, str>, FluentValue<'_>>>) -> Option<String> {
        let language = match self.language {
            Language::English => &ENGLISH,
            Language::SimplifiedChinese => &CHINESE,
        };
        match values {
            None => LOCALES.try_lookup(language, key),
            Some(values) => LOCALES.try_lookup_with_args(language, key, values),
        }
    }
}

/// A key without a text is a defect that the tests find; a reader still gets the key rather than a crash.
fn missing(key: &str) -> String {
    debug_assert!(false, "no text for the key '{key}'");
    key.to_owned()
}
