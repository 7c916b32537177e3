//! What is wrong with a capacity model, in the reader's language.

use crate::refusal::Refusal;
use crate::words::{say, say_with};
use headroom_models::capacity::ModelError;

/// The fields that errors of models have.
const FIELDS: [&str; 16] = [
    "product",
    "module",
    "unit",
    "resource",
    "found",
    "key",
    "to",
    "path",
    "external",
    "term",
    "valid_from",
    "event",
    "other",
    "month",
    "factor",
    "wanted",
];

/// A model's error with words in both languages: `model-error-KIND`, values by the names of its fields.
pub fn of_model_error(error: &ModelError) -> Refusal {
    let error = serde_json::to_value(error).unwrap_or_default();
    let sentence = move |language| {
        let text = |field: &str| match &error[field] {
            serde_json::Value::String(text) if field == "wanted" => say(language, &format!("wanted-{}", slug(text))),
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) => number.as_f64().unwrap_or_default().to_string(),
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        };
        let values = FIELDS.map(|field| (field, text(field)));
        let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
        say_with(language, &format!("model-error-{}", text("kind")), &values)
    };
    Refusal::new("model-error").with_words("sentence", sentence)
}

/// The key of a phrase of the models: its words, joined by hyphens.
fn slug(text: &str) -> String {
    let parts = text
        .to_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;
    use headroom_models::language::Language;

    #[test]
    fn errors_of_models_are_said_in_both_languages() {
        let error = ModelError::BadLimit {
            product: "shop".into(),
            module: "app".into(),
            resource: "cpu".into(),
            found: 0.0,
        };
        let said = of_model_error(&error);
        assert_eq!(said.message(Language::English), error.to_string());
        let chinese = said.message(Language::SimplifiedChinese);
        assert_eq!(chinese, "容量模型 shop/app：limit.cpu = 0，必须是大于零的数");
        let term = ModelError::BadTerm {
            product: "shop".into(),
            module: "app".into(),
            key: "zones".into(),
            found: "3 of 3".into(),
            wanted: "fewer zones may be lost than there are",
        };
        let chinese = of_model_error(&term).message(Language::SimplifiedChinese);
        assert!(chinese.contains("允许失效的可用区须少于总数"), "{chinese}");
    }

    /// Every kind of error and every phrase that the models know has words: the sources are read, so that none is forgotten.
    #[test]
    fn every_error_has_words() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let known = std::fs::read_to_string(folder.join("src/locales/zh-CN/model-errors.ftl")).unwrap();
        let has = |key: &str| known.lines().any(|line| line.starts_with(&format!("{key} = ")));
        let problem = std::fs::read_to_string(folder.join("models/src/capacity/problem.rs")).unwrap();
        let (_, of_models) = problem.split_once("pub enum ModelError {").unwrap();
        let of_models = of_models.split_once("pub enum Problem").unwrap().0;
        let variants = of_models.lines().filter_map(|line| {
            let name = line.strip_prefix("    ")?.split(" {").next()?;
            let first = name.chars().next()?;
            (first.is_ascii_uppercase() && line.contains('{')).then(|| name.to_owned())
        });
        let mut count = 0;
        for name in variants {
            let mut kind = String::new();
            for letter in name.chars() {
                if letter.is_ascii_uppercase() && !kind.is_empty() {
                    kind.push('-');
                }
                kind.push(letter.to_ascii_lowercase());
            }
            assert!(has(&format!("model-error-{kind}")), "{kind}");
            count += 1;
        }
        assert!(count >= 28, "{count}");
    }
}
