//! What cannot be taken is refused with a message that says where and what would be accepted, and changes nothing.

use super::books::{Company, ORGANIZATION};
use super::support::{fixture, headroom, json, list, state};
use serde_json::json;

/// Each line of "Bad input" that is a file: what the message must say.
const CASES: [(&str, &[&str]); 10] = [
    ("empty.csv", &["empty.csv", "empty", "a header and at least one row"]),
    ("header-only.csv", &["header-only.csv", "no rows"]),
    (
        "header-unknown.csv",
        &[
            "header-unknown.csv",
            "姓名, 部门, 工号",
            "focus: BilledCost",
            "idc-invoice: vendor",
            "fx: month, from, to, rate",
        ],
    ),
    (
        "header-nearly-known.csv",
        &["header-nearly-known.csv", "idc-invoice: charge_type, amount\n"],
    ),
    (
        "delimiter-wrong.csv",
        &["delimiter-wrong.csv", "\"|\"", "comma, semicolon and tab"],
    ),
    (
        "gzip-truncated.csv.gz",
        &["gzip-truncated.csv.gz", "ends too early", "again"],
    ),
    (
        "amount-with-thousands-separator.csv",
        &["row 3, column amount", "\"1,234.5\"", "write 1234.5"],
    ),
    (
        "amount-with-decimal-comma.csv",
        &["row 3, column amount", "\"12,5\"", "write 1234.5"],
    ),
    (
        "date-that-does-not-exist.csv",
        &["row 3, column purchase_date", "\"2026-02-30\"", "YYYY-MM-DD"],
    ),
    (
        "product-unknown.csv",
        &["row 3, column product", "\"vidoe\"", "shop, video"],
    ),
];

#[test]
fn each_bad_file_is_refused_with_its_place_and_what_would_be_accepted() {
    let company = Company::new();
    let before = state(company.path());
    for (name, words) in CASES {
        let refused = headroom(company.path(), &["import", &fixture(&format!("not-ok/{name}"))]);
        assert_eq!(refused.out, "", "{name}");
        refused.refused(words);
        assert!(state(company.path()) == before, "{name} changed the data directory");
    }
}

#[test]
fn no_file_that_cannot_be_imported_leaves_a_trace() {
    let company = Company::new();
    let before = state(company.path());
    let mut names: Vec<String> = std::fs::read_dir(fixture("not-ok"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".expected.txt") && !name.ends_with(".md"))
        .collect();
    names.sort();
    assert!(names.len() > 40);
    for name in names {
        let path = fixture(&format!("not-ok/{name}"));
        // The first line that was written down for the file, in each language, is among those the command says.
        let expected = std::fs::read_to_string(format!("{path}.expected.txt")).unwrap();
        let refused = headroom(company.path(), &["import", &path]).refused(&[&name, expected.lines().next().unwrap()]);
        assert!(!refused.err.contains("panicked"), "{name}: {}", refused.err);
        let chinese = headroom(company.path(), &["import", &path, "--lang", "zh-CN"])
            .refused(&[&name])
            .err;
        let first = chinese.lines().next().unwrap();
        assert!(expected.lines().any(|line| line == first), "{name}: {first}");
        assert!(state(company.path()) == before, "{name} changed the data directory");
    }
}

#[test]
fn all_problems_of_all_rows_are_listed_at_once() {
    let company = Company::new();
    let file = fixture("not-ok/several-problems.csv");
    let refused = headroom(company.path(), &["import", &file])
        .refused(&["row 2, column billing_month", "row 2, column charge_type"]);
    assert!(refused.err.contains("row 4, column invoice_id") && refused.err.contains("row 4, column product"));
    let refused = headroom(company.path(), &["import", &file, "--json"]).json();
    let places: Vec<_> = list(&refused["rejects"])
        .iter()
        .map(|reject| (&reject["row"], &reject["column"]))
        .collect();
    let columns = [
        (2, "billing_month"),
        (2, "charge_type"),
        (2, "amount"),
        (4, "invoice_id"),
        (4, "product"),
    ];
    assert_eq!(places.len(), columns.len());
    for ((row, column), expected) in places.iter().zip(columns) {
        assert_eq!((*row, *column), (&json!(expected.0), &json!(expected.1)));
    }
}

#[test]
fn one_bad_file_stops_the_good_ones_of_its_batch() {
    let company = Company::new();
    let before = state(company.path());
    let (good, bad) = (
        fixture("ok/focus/focus_1.0_sample.csv"),
        fixture("not-ok/focus-category-unknown.csv"),
    );
    headroom(company.path(), &["import", &good, &bad]).refused(&[
        "focus-category-unknown.csv, row 3",
        "Refund",
        "Usage, Purchase",
    ]);
    headroom(company.path(), &["import", &good, &company.file("gone.csv", "")]).refused(&["gone.csv"]);
    headroom(company.path(), &["import", &good, "no-such.csv"]).refused(&["no-such.csv"]);
    assert!(state(company.path()) == before);
    assert_eq!(json(company.path(), &["import", &good])["rows"], 1000);
}

/// Configuration that is refused: what is added to the organization, and what the message must say.
const CONFIGURATIONS: [(&str, &[&str]); 7] = [
    (
        "[[pool]]\nid = \"shared\"\nname = \"公共\"\nsplit = { method = \"weights\", weights = { video = 0, shop = 0 } }",
        &["bad.toml", "shared", "weight"],
    ),
    (
        "[[rule]]\nid = \"lost\"\nwhen = { always = true }\nassign = { product = \"vidoe\" }",
        &["bad.toml", "lost", "vidoe"],
    ),
    (
        "[[rule]]\nid = \"lost\"\nwhen = { always = true }\nassign = { pool = \"nowhere\" }",
        &["bad.toml", "lost", "nowhere"],
    ),
    (
        "[[rule]]\nid = \"lost\"\nwhen = { column = \"ResourceId\", regex = \"(\" }\nassign = { product = \"video\" }",
        &["bad.toml", "line 3", "regex \"(\" cannot be read"],
    ),
    (
        "[[product]]\nid = \"video\"\nname = \"又一个\"\ndepartment = \"web\"",
        &["bad.toml", "video"],
    ),
    (
        "[[product]]\nid = \"new\"\nname = \"新\"\ndepartment = \"nobody\"",
        &["bad.toml", "new", "nobody"],
    ),
    ("[[rule\n", &["bad.toml"]),
];

#[test]
fn rules_that_make_no_sense_are_refused_and_the_old_ones_stay() {
    let company = Company::new();
    let before = state(company.path());
    for (added, words) in CONFIGURATIONS {
        let bad = company.file("bad.toml", added);
        headroom(company.path(), &["apply", &bad]).refused(words);
        headroom(company.path(), &["apply", &bad, "--dry-run"]).refused(words);
        assert!(state(company.path()) == before, "{added} changed the data directory");
    }
    let same = company.file("organization.toml", ORGANIZATION);
    let applied = headroom(company.path(), &["apply", &same]).ok();
    assert!(applied.out.contains("Nothing changed"), "{}", applied.out);
    assert!(state(company.path()) == before);
}
