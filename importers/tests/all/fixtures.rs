//! No importer without fixtures: each has a file that it reads whole and one in which it rejects rows.

use super::support::{fixtures, input, run_with};
use headroom_importers::importer_names;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy();
        if path.is_dir() {
            files_below(&path, files);
        } else if ![".md", ".py", ".expected.txt"].iter().any(|end| name.ends_with(end)) {
            files.push(path);
        }
    }
}

/// The importers that read the files of a folder: without rejects, or with some.
fn importers_of(folder: &str, rejects: bool) -> BTreeSet<&'static str> {
    let mut files = Vec::new();
    files_below(&fixtures().join(folder), &mut files);
    let mut names = BTreeSet::new();
    for file in files {
        let golden = PathBuf::from(format!("{}.expected.txt", file.display()));
        // Many shapes of one invoice share one answer in the tests themselves.
        if !golden.exists() {
            continue;
        }
        if let Ok(imported) = run_with(&[input(&file)], |_| {}).0 {
            assert_eq!(imported.rejected > 0, rejects, "{}", file.display());
            names.insert(imported.importer);
        }
    }
    names
}

#[test]
fn every_importer_has_a_file_it_reads_and_one_it_rejects_with_what_it_says_beside_them() {
    let (read, rejected) = (importers_of("ok", false), importers_of("not-ok", true));
    for name in importer_names() {
        assert!(
            read.contains(name),
            "{name}: no file in fixtures/ok with its expected.txt"
        );
        assert!(
            rejected.contains(name),
            "{name}: no file in fixtures/not-ok with rejected rows"
        );
    }
}
