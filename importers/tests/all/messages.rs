//! One file per message, and beside it what an import of it says in both languages.

use super::support::{fixtures, input, run_with};
use headroom_models::language::Language;
use std::fmt::Write;
use std::path::PathBuf;

const CATALOGUE_HEAD: &str = "# What imports say, message by message

Made from `fixtures/not-ok` by `UPDATE_EXPECTED=1 cargo test -p headroom-importers --test all messages`; do not edit. Each file there
holds one mistake; below it stands what `headroom import` says of it, in English and in Chinese.
";

/// Everything that an import of the file says.
fn said(path: PathBuf) -> String {
    let (result, _) = run_with(&[input(path)], |_| {});
    let mut text = String::new();
    match result {
        Ok(imported) => {
            assert!(imported.rejected > 0, "the file was imported without rejects");
            for language in Language::ALL {
                for reject in &imported.rejects {
                    writeln!(text, "{}", reject.line(language)).unwrap();
                }
            }
            let first = serde_json::to_string(&imported.rejects[0].shown(Language::English)).unwrap();
            writeln!(text, "{first}").unwrap();
        }
        Err(error) => {
            for language in Language::ALL {
                writeln!(text, "{}", error.message(language)).unwrap();
            }
        }
    }
    text
}

#[test]
fn every_message_is_the_expected_one() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(fixtures().join("not-ok"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| !path.to_string_lossy().ends_with(".expected.txt") && path.extension().unwrap() != "md");
    files.sort();
    assert!(files.len() > 40);
    let mut wrong = Vec::new();
    let mut catalogue = String::from(CATALOGUE_HEAD);
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let expected_path = path.with_file_name(format!("{name}.expected.txt"));
        let found = said(path);
        // The last line of a rejected row is its JSON, which says the same again.
        let sentences: Vec<&str> = found.lines().filter(|line| !line.starts_with("{\"")).collect();
        write!(catalogue, "\n## {name}\n\n```text\n{}\n```\n", sentences.join("\n")).unwrap();
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&expected_path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
        if found != expected {
            wrong.push(format!("--- {name}\nexpected:\n{expected}found:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let page = fixtures().join("../docs/ERRORS.md");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&page, &catalogue).unwrap();
    }
    assert!(
        std::fs::read_to_string(page).unwrap_or_default() == catalogue,
        "docs/ERRORS.md does not list the messages as they are: UPDATE_EXPECTED=1 writes it anew"
    );
}

#[test]
fn both_languages_have_the_same_messages() {
    let keys = |language: &str| {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("locales/{language}/importers.ftl"));
        let text = std::fs::read_to_string(path).unwrap();
        let keys = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(" = "));
        let mut keys: Vec<String> = keys.map(|(key, _)| key.to_owned()).collect();
        keys.sort();
        keys
    };
    assert_eq!(keys("en"), keys("zh-CN"));
}
