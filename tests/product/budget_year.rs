//! A year of the demo company's budget, played through by commands alone: drafted from the plan, returned twice, approved by
//! another person, twelve months closed, a loan and its repayment, a refused request, a supplement, the end of the year.
//! After each step the books are checked.

use super::demo::{tables, word};
use super::support::{Done, answers, command, headroom, list, money, text};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

struct Company {
    root: tempfile::TempDir,
    steps: usize,
}

impl Company {
    fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    fn sheet(&self, path: &str) -> String {
        self.root.path().join("sheets").join(path).display().to_string()
    }

    fn run(&self, who: &str, arguments: &[&str]) -> Done {
        let output = command(&self.data(), arguments).env("USER", who).output().unwrap();
        Done {
            status: output.status.code().expect("ended by a signal"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// A step of the year: it succeeds, and the books hold together afterwards.
    #[track_caller]
    fn step(&mut self, who: &str, line: &str) -> Value {
        let mut arguments: Vec<&str> = line.split(' ').collect();
        arguments.push("--json");
        let done = self.run(who, &arguments).ok();
        self.checked(line);
        self.steps += 1;
        serde_json::from_str(&done.out).unwrap_or(Value::Null)
    }

    /// What somebody reads; it changes nothing.
    #[track_caller]
    fn read(&self, line: &str) -> Value {
        let mut arguments: Vec<&str> = line.split(' ').collect();
        arguments.push("--json");
        self.run("dora", &arguments).ok().json()
    }

    /// Everything is checked after every step.
    #[track_caller]
    fn checked(&self, after: &str) {
        let check = headroom(&self.data(), &["check"]);
        assert_eq!(check.status, 0, "after '{after}': {}{}", check.out, check.err);
    }

    #[track_caller]
    fn refused(&self, who: &str, line: &str, words: &[&str]) {
        let arguments: Vec<&str> = line.split(' ').collect();
        self.run(who, &arguments).refused(words);
    }

    /// The bills of some months from every source, imported. The demo's bills end in September: later months are
    /// billed like September.
    fn bills(&self, months: &[String]) {
        for source in SOURCES {
            let mut arguments = vec!["import".to_owned()];
            for month in months {
                let ending = if ["alibaba", "aws"].contains(&source) {
                    "-focus"
                } else {
                    ""
                };
                arguments.push(self.sheet(&format!("bills/{source}/{month}{ending}.csv")));
            }
            arguments.extend(["--source".to_owned(), source.to_owned()]);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            headroom(&self.data(), &arguments).ok();
        }
    }
}

const SOURCES: [&str; 6] = ["alibaba", "aws", "北辰数据", "南屏互联", "启明托管", "园区电力"];

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            result.extend_from_slice(to);
            at += from.len();
        } else {
            result.push(bytes[at]);
            at += 1;
        }
    }
    result
}

/// A sheet of September 2026 as one of a later month: dates, and the numbers of invoices.
fn later(bytes: &[u8], month: u32) -> Vec<u8> {
    let next = if month == 12 {
        "2027-01".to_owned()
    } else {
        format!("2026-{}", month + 1)
    };
    // The end of September's bills is the beginning of October: it moves first.
    let mut result = replaced(bytes, b"2026-10-01", b"@@@@");
    result = replaced(&result, b"2026-09", format!("2026-{month}").as_bytes());
    result = replaced(&result, b"202609", format!("2026{month}").as_bytes());
    // 2026年9月 in UTF-8 and in GBK.
    result = replaced(&result, "2026年9月".as_bytes(), format!("2026年{month}月").as_bytes());
    let gbk = |number: &str| [b"2026\xC4\xEA".as_slice(), number.as_bytes(), b"\xD4\xC2"].concat();
    result = replaced(&result, &gbk("9"), &gbk(&month.to_string()));
    replaced(&result, b"@@@@", format!("{next}-01").as_bytes())
}

fn company() -> Company {
    let root = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let sheets = root.path().join("sheets");
    for file in headroom_fixtures::demo_company(headroom_fixtures::DEMO_SEED) {
        let path = sheets.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        if file.path.contains("2026-09") && file.path.starts_with("bills/") {
            for month in 10..=12 {
                let name = file.path.replace("2026-09", &format!("2026-{month}"));
                std::fs::write(sheets.join(name), later(&file.bytes, month)).unwrap();
            }
        }
        if file.path == "metrics/business-metrics.csv" {
            metrics(&sheets, &file.bytes);
        }
        // A product that ended in the year.
        if file.path == "organization.toml" {
            let mut text = String::from_utf8(file.bytes.clone()).unwrap();
            text.push_str(
                "\n[[product]]\nid = \"radio\"\nname = \"Radio\"\ndepartment = \"content\"\nlast_month = \"2026-03\"\n",
            );
            std::fs::write(path, text).unwrap();
        } else {
            std::fs::write(path, &file.bytes).unwrap();
        }
    }
    Company { root, steps: 0 }
}

/// The metrics of September once more for the later months.
fn metrics(sheets: &Path, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut lines = vec![text.lines().next().unwrap().to_owned()];
    for month in 10..=12 {
        let of_september = text.lines().filter(|line| line.starts_with("2026-09"));
        lines.extend(of_september.map(|line| line.replacen("2026-09", &format!("2026-{month}"), 1)));
    }
    std::fs::write(sheets.join("metrics-later.csv"), lines.join("\n")).unwrap();
}

fn account<'a>(standing: &'a Value, product: &str) -> &'a Value {
    let accounts = list(&standing["accounts"]).iter();
    let mut found = accounts.filter(|a| a["product"] == product && a["expenditure"] == "opex");
    found.next().unwrap()
}

#[test]
fn a_year_by_commands_alone() {
    let mut company = company();
    let data = company.data();
    headroom(&data, &["init"]).ok();
    let toml: Vec<String> = ["organization", "rules", "settings", "capacity", "planning"]
        .iter()
        .map(|name| company.sheet(&format!("{name}.toml")))
        .collect();
    let mut apply = vec!["apply"];
    apply.extend(toml.iter().map(String::as_str));
    headroom(&data, &apply).ok();
    for sheet in [
        "fx.csv",
        "metrics/business-metrics.csv",
        "metrics-later.csv",
        "metrics/kpi-targets.csv",
        "assets.csv",
    ] {
        headroom(&data, &["import", &company.sheet(sheet)]).ok();
    }
    let months: Vec<String> = (10..=12).map(|month| format!("2025-{month:02}")).collect();
    company.bills(&months);
    headroom(&data, &["allocate"]).ok();
    company.checked("history");

    // Drafted from the plan, with what it rests on for each product.
    let draft = company.step("anna", "budget draft --year 2026");
    let products: BTreeSet<&str> = list(&draft["lines"])
        .iter()
        .map(|line| text(&line["product"]))
        .collect();
    for product in &products {
        assert!(!list(&draft["assumptions"][product]).is_empty(), "{product}");
    }
    company.refused(
        "anna",
        "budget set --year 2026 --product radio --cost-type cloud --month 2026-05 --amount 10",
        &["ends with 2026-03"],
    );
    company.refused(
        "boss",
        "budget approve --year 2026",
        &["cannot be approved", "budget submit"],
    );
    company.step("anna", "budget submit --year 2026");
    company.refused("anna", "budget submit --year 2026", &["is submitted"]);
    // Returned by a department, then by the decision; each time something is done about it.
    let comment = |step: &str, words: &str| {
        vec![
            "budget".to_owned(),
            step.to_owned(),
            "--year".to_owned(),
            "2026".to_owned(),
            "--comment".to_owned(),
            words.to_owned(),
        ]
    };
    let give_back = |company: &Company, who: &str, words: &str| {
        let arguments = comment("return", words);
        company
            .run(who, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
            .ok();
        company.checked(words);
    };
    give_back(&company, "carl", "December is too low for the year-end shows");
    let edited = company.step(
        "anna",
        "budget set --year 2026 --product live --cost-type bandwidth-external --module edge --month 2026-12 --amount 2500000 --owner carl --reason shows",
    );
    assert_eq!(list(&edited["changes"]["cells"]).len(), 1);
    company.step("anna", "budget submit --year 2026");
    company.step("carl", "budget review --year 2026 --department content");
    company.refused(
        "dora",
        "budget consolidate --year 2026",
        &["cannot be consolidated", "budget review"],
    );
    company.step("carl", "budget review --year 2026");
    give_back(&company, "boss", "spread the training evenly");
    company.step(
        "anna",
        "budget set --year 2026 --product pay --cost-type labour --amount 120000 --phasing even --reason training",
    );
    company.step("anna", "budget submit --year 2026");
    company.step("carl", "budget review --year 2026");
    // From above there is less than from below: they meet.
    company.step("boss", "budget cap set --year 2026 --amount 1000000 --reason frugal");
    company.refused("dora", "budget consolidate --year 2026", &["is over caps", "company"]);
    company.step("boss", "budget cap set --year 2026 --amount 90000000 --reason agreed");
    company.step("dora", "budget consolidate --year 2026");
    company.refused("anna", "budget approve --year 2026", &["submitted by anna alone"]);
    let approved = company.step("boss", "budget approve --year 2026");
    assert_eq!(
        (&approved["state"], &approved["number"]),
        (&"approved".into(), &1.into())
    );
    let baseline = headroom(&data, &["budget", "show", "--year", "2026", "--version", "1", "--json"]).ok();
    let baseline = baseline.json()["lines"].clone();

    for month in 1..=12_u32 {
        let name = format!("2026-{month:02}");
        if month % 3 == 1 {
            // The bills of a quarter come together; each month is allocated when its turn has come.
            let quarter: Vec<String> = (month..month + 3).map(|month| format!("2026-{month:02}")).collect();
            company.bills(&quarter);
        }
        headroom(&data, &["allocate", "--month", &name]).ok();
        company.step("dora", &format!("close {name}"));
        match month {
            2 => {
                // More than there is: refused, with what each way out means.
                let arguments = "budget request --product live --cost-type server --amount 3000000 --month 2026-03 --reason event --json";
                let refused = company.run("carl", &arguments.split(' ').collect::<Vec<_>>());
                assert_eq!(refused.status, 1);
                let refused = refused.json();
                assert_eq!(refused["granted"], false);
                let ways: BTreeSet<&str> = list(&refused["ways_out"]).iter().map(|way| text(&way["way"])).collect();
                assert!(ways.contains("supplement"), "{ways:?}");
                company.checked("a refused request");
                company.refused(
                    "carl",
                    "budget request --product live --cost-type server --amount 1 --month 2026-02 --reason late",
                    &["2026-02 is closed", "2026-03"],
                );
            }
            3 => {
                company.refused(
                    "carl",
                    "budget loan lend --from video --to shop --amount 10000 --month 2026-04 --due 2026-10 --reason x",
                    &["within a department only"],
                );
                company.step(
                    "carl",
                    "budget loan lend --from reading --to live --amount 50000 --month 2026-04 --due 2026-10 --reason guests",
                );
                company.step(
                    "carl",
                    "budget request --product video --cost-type rack --amount 400000 --month 2026-06 --contract BC-2023-0117 --reason racks",
                );
            }
            6 => {
                // The contract's bills of June have come: nothing is reserved for it any more.
                let standing = company.read("budget available --year 2026");
                let racks = list(&standing["commitments"])
                    .iter()
                    .find(|c| c["id"] == "R-2026-1")
                    .unwrap();
                assert_eq!(
                    (&racks["state"], money(&racks["outstanding"])),
                    (&"billed".into(), Money::ZERO)
                );
                // The supplement is a revision and takes the same way.
                company.step(
                    "carl",
                    "budget supplement --product live --amount 6000000 --reason concurrency",
                );
                for (who, step) in [
                    ("anna", "submit"),
                    ("carl", "review"),
                    ("dora", "consolidate"),
                    ("boss", "approve"),
                ] {
                    company.step(who, &format!("budget {step} --year 2026"));
                }
                let compared = company.read("budget compare --year 2026 --from 1 --to 2");
                assert_eq!(money(&compared["difference"]), Money::whole(6_000_000));
                assert!(list(&compared["cells"]).iter().all(|cell| cell["by"] == "carl"));
            }
            9 => {
                company.step("carl", "budget loan repay L-2026-1 --month 2026-10 --reason agreed");
                let standing = company.read("budget available --year 2026 --through 2026-10");
                assert!(
                    list(&standing["accounts"])
                        .iter()
                        .all(|account| money(&account["lent"]).is_zero())
                );
                company.step(
                    "carl",
                    "budget request --product reading --cost-type software --amount 20000 --month 2026-12 --reason licences",
                );
                company.refused(
                    "dora",
                    "budget carry-over --year 2026",
                    &["2026-10, 2026-11, 2026-12 are not closed"],
                );
            }
            _ => {}
        }
    }
    // Closing looked at the thresholds: the landing alert fires first in the month that the answers say. (The budget of live
    // was raised in December, before its approval.)
    let alerts = company.read("alerts list");
    let mut landing = list(&alerts["alerts"])
        .iter()
        .filter(|alert| alert["metric"] == "landing" && alert["level"] == "product" && alert["subject"] == "ads");
    let expected = tables(&answers(), "alert")
        .into_iter()
        .find(|table| word(table, "product") == "ads")
        .map(|table| word(table, "month").to_owned());
    assert_eq!(
        landing.next().map(|alert| text(&alert["month"]).to_owned()),
        expected,
        "{alerts}"
    );

    // The end of the year: what is promised goes on with its money, nothing is left of the rest.
    let end = company.step("dora", "budget carry-over --year 2026 --reason year-end");
    let (carried, lapsed) = (money(&end["carried"]), money(&end["lapsed"]));
    assert!(carried >= Money::whole(20_000) && !lapsed.is_negative());
    company.refused("dora", "budget carry-over --year 2026", &["has ended already"]);
    let standing = company.read("budget available --year 2026");
    assert!(
        list(&standing["accounts"])
            .iter()
            .all(|a| money(&a["available"]) <= Money::ZERO)
    );
    assert_eq!(money(&account(&standing, "reading")["available"]), Money::ZERO);
    // The next year begins with it.
    company.step("anna", "budget draft --year 2027");
    headroom(
        &data,
        &["budget", "approve", "--year", "2027", "--override", "in a test"],
    )
    .ok();
    let next = company.read("budget available --year 2027 --through 2027-01");
    let reading = account(&next, "reading");
    assert_eq!(money(&reading["commitments"]), Money::whole(20_000));
    assert_eq!(money(&reading["carried"]), Money::whole(20_000));
    // The first approved version is what it was.
    let shown = headroom(&data, &["budget", "show", "--year", "2026", "--version", "1", "--json"]).ok();
    assert_eq!(shown.json()["lines"], baseline);
    assert!(company.steps > 30, "{}", company.steps);
}
