//! `headroom check` passes on sound books, and names what is wrong with others.

use super::support::{demo, demo_copy, headroom, json, list, query, text};
use serde_json::Value;
use std::path::Path;

/// All failures, each with the name of its check.
fn failures(data: &Path) -> Vec<(String, String)> {
    failures_of(data, &[])
}

fn failures_of(data: &Path, part: &[&str]) -> Vec<(String, String)> {
    let done = headroom(data, &[&["check", "--json"], part].concat());
    let report = done.json();
    assert_eq!(report["passed"], done.status == 0);
    let failures = |check: &Value| -> Vec<(String, String)> {
        let name = text(&check["name"]).to_owned();
        list(&check["failures"])
            .iter()
            .map(|failure| (name.clone(), text(failure).to_owned()))
            .collect()
    };
    list(&report["checks"]).iter().flat_map(failures).collect()
}

#[test]
fn the_demo_passes_and_everything_was_looked_at() {
    let report = json(&demo().data, &["check"]);
    assert_eq!(report["passed"], true);
    let looked_at = |at: usize| report["checks"][at]["looked_at"].as_u64().unwrap();
    assert!(looked_at(0) > 400, "files");
    assert!(looked_at(2) > 200, "batches");
    let of = |name: &str| {
        let mut checks = list(&report["checks"]).iter();
        let found = checks.find(|check| text(&check["name"]).starts_with(name));
        found.unwrap()["looked_at"].as_u64().unwrap()
    };
    assert_eq!(of("budget lines"), 2);
    assert!(of("alerts") > 5);
    let people = headroom(&demo().data, &["check"]).ok();
    assert_eq!(people.out.lines().count(), list(&report["checks"]).len());
}

/// Changes one byte in the middle of the first file below a folder, and gives its name.
fn flip(data: &Path, folder: &str) -> String {
    let mut path = data.join(folder);
    while path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(&path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        path = entries.remove(0);
    }
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    path.strip_prefix(data).unwrap().display().to_string()
}

#[test]
fn one_changed_byte_is_found_and_its_file_is_named() {
    let copy = demo_copy();
    for folder in ["ledger/month=2026-05", "reference/fx-rates", "allocated/month=2026-09"] {
        let name = flip(copy.path(), folder);
        let failures = failures(copy.path());
        let bytes = failures
            .iter()
            .filter(|(check, _)| check.starts_with("files have the bytes"));
        let named: Vec<&str> = bytes.map(|(_, failure)| failure.as_str()).collect();
        assert_eq!(named, [format!("{name}: its bytes have changed")]);
        headroom(copy.path(), &["check"]).refused(&[]);
        // Back, so that the next one is alone again.
        assert_eq!(flip(copy.path(), folder), name);
    }
    assert_eq!(failures(copy.path()), []);
}

#[test]
fn a_missing_file_and_a_file_too_many_are_found() {
    let copy = demo_copy();
    let name = flip(copy.path(), "ledger/month=2026-05");
    let path = copy.path().join(&name);
    std::fs::rename(&path, path.with_file_name("Z.parquet")).unwrap();
    let failures = failures(copy.path());
    assert!(
        failures
            .iter()
            .any(|(_, failure)| failure.starts_with(&format!("{name}: "))),
        "{failures:?}"
    );
    assert!(
        failures
            .iter()
            .any(|(check, failure)| check == "no file without a batch" && failure.contains("Z.parquet"))
    );
}

#[test]
fn edited_records_are_found() {
    let edits = [
        (
            "UPDATE batch_totals SET billed = billed || '1' WHERE batch = 'B000020'",
            "batch B000020 in CNY",
        ),
        (
            "UPDATE data_files SET rows = rows + 1 WHERE batch = 'B000003' AND month = '2026-03'",
            "business-metrics/month=2026-03",
        ),
        (
            "UPDATE allocation_proofs SET ledger = '1' WHERE run = 3",
            "recorded proof does not match",
        ),
        (
            "DROP TRIGGER budget_lines_are_frozen_for_updates; UPDATE budget_lines SET amount = '1' WHERE version = 1 AND position = 7",
            "budget 2026 version 1: lines add up to",
        ),
        (
            "DROP TRIGGER budget_versions_stay_approved; UPDATE budget_versions SET state = 'approved' WHERE id = 2; UPDATE budget_versions SET year = 2026, number = 9 WHERE id = 2",
            "2026 has 2 approved budgets",
        ),
        ("UPDATE alerts SET value = '100.01' WHERE id = 1", "is another share"),
        (
            "INSERT INTO alerts SELECT 99, year, rule, metric, severity, level, subject, '2026-09', value, threshold, budget, amount, raised_at FROM alerts WHERE id = 1",
            "was open already",
        ),
        (
            "UPDATE roll_forecasts SET mid = '1' WHERE roll = 1 AND product = 'live' AND month = '2026-11'",
            "its forecasts add up to",
        ),
        (
            "INSERT INTO roll_decisions VALUES (1, 'declined', '5', 'x', '[]', '2026-10-01T00:00:00Z', 'x')",
            "proposal 1: 5 was decided",
        ),
        (
            "UPDATE configuration_documents SET body = replace(body, 'department = \"content\"', 'department = \"gone\"')",
            "gone",
        ),
    ];
    for (sql, expected) in edits {
        let copy = demo_copy();
        // Records of the year after the budget have a part of the check to themselves.
        let of_the_year = sql.contains("roll_") || sql.contains("alerts");
        let part: &[&str] = if of_the_year { &["--only", "budgets"] } else { &[] };
        if sql.contains("roll_") {
            headroom(copy.path(), &["budget", "roll"]).ok();
            assert_eq!(failures_of(copy.path(), part), []);
        }
        query(copy.path(), sql);
        let failures = failures_of(copy.path(), part);
        assert!(
            failures.iter().any(|(_, failure)| failure.contains(expected)),
            "{sql}: {failures:?}"
        );
    }
}

#[test]
fn one_part_can_be_checked_alone() {
    let copy = demo_copy();
    query(copy.path(), "UPDATE allocation_proofs SET ledger = '1' WHERE run = 3");
    headroom(copy.path(), &["check", "--only", "budgets"]).ok();
    assert_eq!(headroom(copy.path(), &["check", "--only", "ledger"]).status, 1);
    query(copy.path(), "UPDATE alerts SET value = '100.01' WHERE id = 1");
    assert_eq!(headroom(copy.path(), &["check", "--only", "budgets"]).status, 1);
    assert_eq!(headroom(copy.path(), &["check", "--only", "nothing"]).status, 2);
}

#[test]
fn a_ledger_that_changed_after_its_allocation_is_found() {
    let copy = demo_copy();
    let beside = tempfile::tempdir().unwrap();
    headroom(copy.path(), &["reopen", "2026-09", "--reason", "late invoice"]).ok();
    let late = super::support::write(
        beside.path(),
        "late.csv",
        &super::books::invoice("2026-09", "100.00").replace("stream", "transcode"),
    );
    headroom(copy.path(), &["import", &late, "--source", "late"]).ok();
    let stale = failures(copy.path());
    assert_eq!(stale.len(), 1, "{stale:?}");
    assert!(stale[0].1.contains("2026-09") && stale[0].1.contains("headroom allocate --month 2026-09"));
    headroom(copy.path(), &["report", "execution", "--month", "2026-09"]).refused(&["2026-09"]);
    headroom(copy.path(), &["allocate", "--month", "2026-09"]).ok();
    assert_eq!(failures(copy.path()), []);
}
