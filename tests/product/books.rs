//! Closing and reopening months, and what a command's exit status says.

use super::support::{empty, fixture, headroom, json, list, state, text, write};
use std::path::Path;
use tempfile::TempDir;

/// A small company; what the files below `fixtures/not-ok` name and misname.
pub const ORGANIZATION: &str = r#"
[company]
name = "示例公司"
[[department]]
id = "web"
name = "互联网"
[[product]]
id = "video"
name = "视频"
department = "web"
[[product]]
id = "shop"
name = "商城"
department = "web"
[[module]]
product = "video"
id = "gateway"
name = "接入"
[[module]]
product = "video"
id = "stream"
name = "转码"
[[rule]]
id = "named"
when = { column = "x_Product", present = true }
assign = { product_from_column = "x_Product", module_from_column = "x_Module" }
"#;

pub fn invoice(month: &str, amount: &str) -> String {
    format!(
        "vendor,invoice_id,billing_month,resource_mode,charge_type,quantity,unit_price,amount,product,module\n\
         示例机房,INV-{month},{month},idc,rack,1,{amount},{amount},video,stream\n"
    )
}

/// A data directory with an organization and the closed month 2025-12; `beside` is for files to import.
pub struct Company {
    pub data: TempDir,
    pub beside: TempDir,
}

impl Company {
    pub fn new() -> Company {
        let company = Company {
            data: empty(),
            beside: tempfile::tempdir().unwrap(),
        };
        headroom(
            company.path(),
            &["apply", &company.file("organization.toml", ORGANIZATION)],
        )
        .ok();
        headroom(
            company.path(),
            &["import", &company.file("december.csv", &invoice("2025-12", "8400.00"))],
        )
        .ok();
        headroom(company.path(), &["close", "2025-12"]).refused(&["2025-12", "headroom allocate --month 2025-12"]);
        headroom(company.path(), &["allocate"]).ok();
        headroom(company.path(), &["close", "2025-12"]).ok();
        company
    }

    pub fn path(&self) -> &Path {
        self.data.path()
    }

    pub fn file(&self, name: &str, content: &str) -> String {
        write(self.beside.path(), name, content)
    }
}

#[test]
fn a_month_is_closed_only_as_it_is_allocated() {
    let company = Company::new();
    let path = company.path();
    headroom(path, &["close", "2025-12"]).refused(&["2025-12", "closed already"]);
    headroom(path, &["close", "2025-11"]).refused(&["2025-11", "no charges"]);
    headroom(
        path,
        &["import", &company.file("january.csv", &invoice("2026-01", "8400.00"))],
    )
    .ok();
    headroom(path, &["allocate", "--month", "2026-01"]).ok();
    let late = company.file("late.csv", &invoice("2026-01", "100.00"));
    headroom(path, &["import", &late, "--source", "late"]).ok();
    headroom(path, &["close", "2026-01"]).refused(&["2026-01", "headroom allocate --month 2026-01"]);
    headroom(path, &["allocate", "--month", "2026-01"]).ok();
    assert_eq!(json(path, &["close", "2026-01"])["state"], "closed");
}

#[test]
fn a_closed_month_takes_nothing_and_gives_nothing_until_it_is_reopened() {
    let company = Company::new();
    let path = company.path();
    let late = company.file("late.csv", &invoice("2025-12", "100.00"));
    let before = state(path);
    headroom(path, &["imports", "undo", "B000001"]).refused(&["B000001", "2025-12", "headroom reopen"]);
    headroom(path, &["reopen", "2025-12", "--reason", " "]).refused(&["reason"]);
    assert_eq!(headroom(path, &["reopen", "2025-12"]).status, 2);
    headroom(path, &["reopen", "2025-11", "--reason", "x"]).refused(&["2025-11 is not closed"]);
    assert_eq!(state(path), before);

    let reopened = json(path, &["reopen", "2025-12", "--reason", "late invoice of 示例机房"]);
    assert_eq!(
        (text(&reopened["month"]), text(&reopened["state"])),
        ("2025-12", "open")
    );
    let audit = state(path).tables.remove("audit").unwrap();
    assert!(
        audit
            .iter()
            .any(|line| line.contains("late invoice of 示例机房") && line.contains("tester")),
        "{audit:?}"
    );
    let taken = json(path, &["import", &late, "--source", "late"]);
    assert_eq!(taken["totals"][0]["billed"], "100");
    let allocated = json(path, &["allocate", "--month", "2025-12"]);
    assert_eq!(allocated["months"][0]["ledger"], "8500");
    headroom(path, &["imports", "undo", text(&taken["batch"])]).ok();
    headroom(path, &["allocate"]).ok();
    headroom(path, &["check"]).ok();
}

#[test]
fn the_exit_status_tells_done_refused_and_wrong_usage_apart() {
    let company = Company::new();
    let path = company.path();
    for done in [
        &["imports", "list"][..],
        &["template", "idc-invoice"],
        &["--help"],
        &["costs"],
        &["check"],
    ] {
        assert_eq!(headroom(path, done).status, 0, "{done:?}");
    }
    for refused in [
        &["init"][..],
        &["import", "no-such-file.csv"],
        &["imports", "show", "B000009"],
        &["allocate", "--month", "2031-01"],
        &["report", "execution"],
    ] {
        let done = headroom(path, refused);
        assert_eq!((done.status, done.out.as_str()), (1, ""), "{refused:?} {}", done.err);
        assert!(!done.err.trim().is_empty(), "{refused:?}");
    }
    for usage in [
        &[][..],
        &["no-such-command"],
        &["template", "no-such"],
        &["import"],
        &["import", "x.csv", "--no-such-flag"],
        &["import", "x.csv", "--month", "2026-13"],
        &["import", "x.csv", "--control-total", "1,234.5"],
        &["costs", "--basis", "gross"],
        &["costs", "--by", "colour"],
        &["close", "December"],
        &["--lang", "fr", "check"],
    ] {
        let done = headroom(path, usage);
        assert_eq!((done.status, done.out.as_str()), (2, ""), "{usage:?} {}", done.err);
    }
}

#[test]
fn a_directory_that_is_not_a_data_directory_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    write(&other, "notes.txt", "not ours");
    for arguments in [
        &["check"][..],
        &["imports", "list"],
        &["allocate"],
        &["idle"],
        &["import", &fixture("ok/invoice/utf-8.csv")],
    ] {
        for path in [&other, &folder.path().join("missing")] {
            headroom(path, arguments).refused(&[&path.display().to_string(), "headroom init"]);
        }
    }
    headroom(&other, &["init"]).refused(&["not empty"]);
    headroom(&other, &["demo"]).refused(&["not empty"]);
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1);
    assert!(!folder.path().join("missing").exists());
}

#[test]
fn a_template_can_be_imported_as_it_is() {
    let company = Company::new();
    let names = headroom(company.path(), &["template"]).ok().out;
    assert!(names.lines().count() >= 6, "{names}");
    // The name of the command line's contract.
    let by_alias = headroom(company.path(), &["template", "idc-contract"]).ok().out;
    assert_eq!(by_alias, headroom(company.path(), &["template", "contract"]).ok().out);
    for name in names.lines() {
        for language in ["en", "zh-CN"] {
            let sheet = headroom(company.path(), &["template", name, "--lang", language])
                .ok()
                .out;
            let file = company.file(&format!("{name}.{language}.csv"), &sheet);
            let imported = json(
                company.path(),
                &["import", &file, "--source", &format!("{name}-{language}")],
            );
            assert_eq!(
                (text(&imported["importer"]), imported["rows"].as_u64()),
                (name, Some(2)),
                "{imported}"
            );
            assert!(list(&imported["rejects"]).is_empty());
        }
    }
}
