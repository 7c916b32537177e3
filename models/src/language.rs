//! The two languages that every text of the product exists in.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A language of the user interface, the reports and the messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese, 简体中文.
    #[serde(rename = "zh-CN")]
    SimplifiedChinese,
}

impl Language {
    /// Both languages, in the order in which they are offered.
    pub const ALL: [Language; 2] = [Language::English, Language::SimplifiedChinese];

    /// The BCP 47 tag: `en` or `zh-CN`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::SimplifiedChinese => "zh-CN",
        }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}

impl std::str::FromStr for Language {
    type Err = String;

    /// Accepts any tag whose primary subtag is `en` or `zh`.
    fn from_str(text: &str) -> Result<Self, String> {
        let primary = text
            .split(['-', '_', '.'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match primary.as_str() {
            "en" => Ok(Language::English),
            "zh" => Ok(Language::SimplifiedChinese),
            _ => Err(format!("unknown language '{text}': use en or zh-CN")),
        }
    }
}

/// A name that a company gave to something of its own: one text for all languages, or one per language.
///
/// In TOML either `name = "视频"` or `name = { zh-CN = "视频", en = "Video" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Name {
    /// The same text in every language.
    Same(String),
    /// A text per language; a language that is missing falls back to any other.
    PerLanguage(BTreeMap<Language, String>),
}

impl Name {
    /// The text in `language`, or in whichever language the company gave.
    pub fn in_language(&self, language: Language) -> &str {
        match self {
            Name::Same(text) => text,
            Name::PerLanguage(texts) => texts
                .get(&language)
                .or_else(|| texts.values().next())
                .map_or("", String::as_str),
        }
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name::Same(text.to_owned())
    }
}
