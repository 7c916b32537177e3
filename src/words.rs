//! The words of the commands and of what they refuse, in both languages, from `src/locales`.

use fluent_templates::{Loader, fluent_bundle::FluentValue, static_loader};
use headroom_models::budget::Sourcing;
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

/// Mode, provider and service of where something comes from, in one text; empty when nothing is stated.
pub fn comes_from(language: Language, of: &Sourcing) -> String {
    let mode = of
        .resource_mode
        .map(|mode| say(language, &format!("resource-mode-{mode}")));
    let parts = [
        mode.unwrap_or_default(),
        of.provider.clone(),
        of.service_category.clone(),
    ];
    let stated: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    stated.join(" · ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use headroom_models::language::Language;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    /// The files below a folder of `src` with an ending.
    fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files(&path, ending));
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
        found
    }

    fn sources() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
    }

    /// Key → the names of the values in its sentence, over all files of a language.
    fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut keys = BTreeMap::new();
        for file in files(&sources().join("locales").join(language.tag()), "ftl") {
            let text = std::fs::read_to_string(file).unwrap();
            let mut last = None;
            for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                let text = match line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                    Some((key, text)) => {
                        let before = keys.insert(key.to_owned(), BTreeSet::new());
                        assert!(before.is_none(), "{key} stands twice in {language}");
                        last = Some(key);
                        text
                    }
                    // A sentence may go on in lines that are set in.
                    None => line
                        .strip_prefix("    ")
                        .unwrap_or_else(|| panic!("neither words nor a comment: {line}")),
                };
                let values = text.split("{ $").skip(1);
                keys.get_mut(last.unwrap())
                    .unwrap()
                    .extend(values.map(|rest| rest.split(' ').next().unwrap().to_owned()));
            }
        }
        keys
    }

    #[test]
    fn both_languages_have_the_same_words_with_the_same_values() {
        let (english, chinese) = (keys(Language::English), keys(Language::SimplifiedChinese));
        assert!(english.len() > 200);
        let names = |keys: &BTreeMap<String, BTreeSet<String>>| keys.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&english), names(&chinese));
        for (key, values) in &english {
            assert_eq!(values, &chinese[key], "{key}");
        }
    }

    #[test]
    fn every_word_that_is_asked_for_is_there_and_every_sentence_is_refused_by_somebody() {
        let english = keys(Language::English);
        let code: String = files(&sources(), "rs")
            .iter()
            .map(|file| std::fs::read_to_string(file).unwrap())
            .collect();
        for before in [
            "Refusal::new(",
            "StoreError::step(",
            "say(language, ",
            "say(context.language, ",
        ] {
            for asked in code.split(&format!("{before}\"")).skip(1) {
                let key = asked.split('"').next().unwrap();
                let is_key = key.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric());
                assert!(english.contains_key(key) || !is_key, "no words for '{key}'");
            }
        }
        for key in english
            .keys()
            .filter(|key| key.starts_with("refused-") || key.starts_with("step-"))
        {
            assert!(code.contains(&format!("\"{key}\"")), "nobody says '{key}'");
        }
    }
}
