//! Both languages have the same words, with the same values in them, and one for every value of every closed list.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use headroom_models::language::Language;
use headroom_models::ledger::CostType;
use headroom_reports::Words;
use headroom_reports::data::{Confidence, Delivery, FindingKind, ProposalKind, VarianceKind, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Key (and attribute) → names of the values put in.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("locales")
        .join(language.tag());
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let mut last = String::new();
        for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            if let Some((key, _)) = line.split_once(" =").filter(|(key, _)| !key.starts_with(' ')) {
                last = key.to_owned();
                assert!(
                    keys.insert(last.clone(), BTreeSet::new()).is_none(),
                    "{last} stands twice"
                );
            } else if let Some((attribute, _)) = line.trim().strip_prefix('.').and_then(|rest| rest.split_once(" =")) {
                keys.insert(format!("{last}.{attribute}"), BTreeSet::new());
            }
            let values = line
                .split("{ $")
                .skip(1)
                .map(|rest| rest.split([' ', '}']).next().unwrap().to_owned());
            keys.entry(last.clone()).or_default().extend(values);
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_words() {
    let (english, chinese) = (keys(Language::English), keys(Language::SimplifiedChinese));
    let names = |keys: &BTreeMap<String, BTreeSet<String>>| keys.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&english), names(&chinese));
    for (key, values) in english {
        assert_eq!(values, chinese[&key], "{key}");
    }
}

#[test]
fn every_value_of_every_list_has_a_word() {
    for words in Language::ALL.map(Words::of) {
        for kind in VarianceKind::ALL {
            words.term("variance", kind.as_str());
            for direction in ["up", "down"] {
                words.text(&format!("cause-{}-{direction}", kind.as_str()));
            }
        }
        CostType::ALL.iter().for_each(|kind| drop(words.cost_type(*kind)));
        ProposalKind::ALL
            .iter()
            .for_each(|kind| drop(words.term("proposal", kind.as_str())));
        Verdict::ALL
            .iter()
            .for_each(|kind| drop(words.term("verdict", kind.as_str())));
        Confidence::ALL
            .iter()
            .for_each(|kind| drop(words.term("confidence", kind.as_str())));
        FindingKind::ALL
            .iter()
            .for_each(|kind| drop(words.term("finding", kind.as_str())));
        Delivery::ALL
            .iter()
            .for_each(|kind| drop(words.term("delivery", kind.as_str())));
    }
}

#[test]
fn open_lists_show_unknown_words_as_they_are() {
    let words = Words::of(Language::SimplifiedChinese);
    assert_eq!(words.known_or_same("metric", "cpu-p95"), "处理器 95 分位");
    assert_eq!(words.known_or_same("metric", "queue length"), "queue length");
    assert_eq!(words.known_or_same("metric", "x-y-z"), "x-y-z");
}
