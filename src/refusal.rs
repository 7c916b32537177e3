//! Why something was not done, in both languages: a key of `src/locales` and the values in its sentence.

use crate::words::say_with;
use headroom_models::language::Language;
use serde::{Serialize, Serializer};

/// What was found and the way out, as a value; the words for it are in `src/locales/*/refusals.ftl`.
///
/// Programs get it in English (`Display`, `Serialize`), people in their language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Language::English))]
pub struct Refusal {
    key: &'static str,
    values: Vec<(&'static str, Value)>,
}

/// A value of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    /// Names, months, amounts.
    Same(String),
    /// Words: one text for each of [`Language::ALL`].
    PerLanguage([String; 2]),
}

impl Refusal {
    /// A refusal by the key of its sentence.
    pub fn new(key: &'static str) -> Refusal {
        Refusal {
            key,
            values: Vec::new(),
        }
    }

    /// With a value that is the same in every language.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Refusal {
        self.values.push((name, Value::Same(value.to_string())));
        self
    }

    /// With a value that is words itself.
    pub fn with_words(mut self, name: &'static str, words: impl Fn(Language) -> String) -> Refusal {
        self.values.push((name, Value::PerLanguage(Language::ALL.map(words))));
        self
    }

    /// Which refusal it is: the key of its sentence.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The sentence in a language.
    pub fn message(&self, language: Language) -> String {
        let text = |value: &Value| match value {
            Value::Same(text) => text.clone(),
            Value::PerLanguage([english, chinese]) => match language {
                Language::English => english.clone(),
                Language::SimplifiedChinese => chinese.clone(),
            },
        };
        let values: Vec<(&'static str, String)> =
            self.values.iter().map(|(name, value)| (*name, text(value))).collect();
        let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
        say_with(language, self.key, &values)
    }
}

impl Serialize for Refusal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;
    use crate::words::say;
    use headroom_models::language::Language;

    #[test]
    fn a_refusal_speaks_both_languages_and_programs_get_english() {
        let refusal = Refusal::new("refused-not-closed").with("month", "2026-09");
        assert_eq!(
            refusal.message(Language::English),
            "2026-09 is not closed: nothing to reopen"
        );
        assert_eq!(
            refusal.message(Language::SimplifiedChinese),
            "2026-09 尚未关账，无需反关账"
        );
        assert_eq!(refusal.to_string(), "2026-09 is not closed: nothing to reopen");
        assert_eq!(
            serde_json::to_value(&refusal).ok(),
            Some("2026-09 is not closed: nothing to reopen".into())
        );
    }

    #[test]
    fn values_that_are_words_follow_the_language() {
        let refusal = Refusal::new("refused-budget-step")
            .with("version", 2)
            .with("year", 2026)
            .with_words("state", |language| say(language, "state-approved"))
            .with("who", "anna")
            .with("when", "2026-09-01")
            .with("step", "…")
            .with("way", "…");
        let english = refusal.message(Language::English);
        assert!(english.starts_with("version 2 of 2026 is approved ("), "{english}");
        let chinese = refusal.message(Language::SimplifiedChinese);
        assert!(chinese.starts_with("2026 年预算第 2 版已批准（"), "{chinese}");
    }
}
