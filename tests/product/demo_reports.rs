//! The demo's reports: complete, the same figures in every format, and sums that add up.

use super::support::{demo, headroom, json, list, money, text};
use super::workbook;
use headroom_models::ledger::Money;
use serde_json::Value;
use std::path::Path;

fn read(data: &Path, name: &str) -> String {
    std::fs::read_to_string(data.join("reports").join(name)).unwrap()
}

fn saved_report(data: &Path) -> Value {
    serde_json::from_str(&read(data, "execution-2026-09.json")).unwrap()
}

fn rows<'a>(report: &'a Value, level: &str) -> Vec<&'a Value> {
    list(&report["rows"])
        .iter()
        .filter(|row| row["level"] == level)
        .collect()
}

#[test]
fn the_demo_prints_its_key_figures_and_leaves_seven_reports() {
    let (demo, report) = (demo(), saved_report(&demo().data));
    let head = &report["headline"];
    let figures = [
        "ytd_actual",
        "ytd_budget",
        "year_budget",
        "landing_difference",
        "money_at_risk",
    ];
    for figure in figures
        .map(|name| &head[name])
        .into_iter()
        .chain([&head["landing"]["mid"]])
    {
        assert!(
            demo.said.out.contains(&money(figure).grouped(2)),
            "{figure} is not in\n{}",
            demo.said.out
        );
    }
    for row in rows(&report, "product") {
        assert!(
            demo.said.out.contains(&money(&row["landing"]["mid"]).grouped(2)),
            "{row}"
        );
    }
    let mut files: Vec<String> = std::fs::read_dir(demo.data.join("reports"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let expected = [
        "en.csv",
        "en.html",
        "en.xlsx",
        "json",
        "zh-CN.csv",
        "zh-CN.html",
        "zh-CN.xlsx",
    ];
    assert_eq!(files, expected.map(|ending| format!("execution-2026-09.{ending}")));
    for file in &files {
        let path = demo.data.join("reports").join(file);
        assert!(demo.said.out.contains(&path.display().to_string()));
        assert!(std::fs::metadata(path).unwrap().len() > 10_000, "{file}");
    }
}

#[test]
fn the_command_gives_the_report_that_the_demo_saved() {
    let report = json(&demo().data, &["report", "execution"]);
    assert_eq!(report, saved_report(&demo().data));
    assert_eq!(report["as_of"], "2026-09");
    assert_eq!(report["time_progress"], "0.75");
}

#[test]
fn the_actual_of_the_report_is_the_cost_in_the_books() {
    let report = saved_report(&demo().data);
    let costs = json(
        &demo().data,
        &[
            "costs",
            "--by",
            "product",
            "--month",
            "2026-01..2026-09",
            "--currency",
            "CNY",
        ],
    );
    assert_eq!(money(&costs["totals"]["CNY"]), money(&report["headline"]["ytd_actual"]));
    for row in list(&costs["rows"]) {
        let product = rows(&report, "product")
            .into_iter()
            .find(|product| product["id"] == row["values"][0])
            .unwrap();
        assert_eq!(money(&row["amount"]), money(&product["ytd_actual"]), "{row}");
    }
    for line in list(&report["reconciliation"]) {
        assert_eq!(
            (text(&line["difference"]), &line["ledger"]),
            ("0", &line["allocated"]),
            "{line}"
        );
    }
}

#[test]
fn the_parts_of_the_variance_add_up_exactly() {
    let report = saved_report(&demo().data);
    let end_of = |variance: &Value| {
        let parts: Money = list(&variance["parts"]).iter().map(|part| money(&part["amount"])).sum();
        (money(&variance["start"]) + parts, money(&variance["end"]))
    };
    let (added, end) = end_of(&report["variance"]);
    assert_eq!(added, end);
    assert_eq!(
        money(&report["variance"]["start"]),
        money(&report["headline"]["ytd_budget"])
    );
    assert_eq!(end, money(&report["headline"]["ytd_actual"]));
    assert_ne!(money(&report["variance"]["start"]), end);
    let (mut starts, mut ends) = (Money::ZERO, Money::ZERO);
    for product in list(&report["variance_by_product"]) {
        let (added, end) = end_of(&product["variance"]);
        assert_eq!(added, end, "{product}");
        starts += money(&product["variance"]["start"]);
        ends += end;
    }
    assert_eq!((starts, ends), (money(&report["variance"]["start"]), end));
}

#[test]
fn products_add_up_to_departments_months_and_the_company() {
    let report = saved_report(&demo().data);
    let company = rows(&report, "company")[0];
    for figure in ["month_actual", "ytd_actual", "ytd_budget", "year_budget", "difference"] {
        let total = |rows: Vec<&Value>| -> Money { rows.into_iter().map(|row| money(&row[figure])).sum() };
        assert_eq!(total(rows(&report, "product")), money(&company[figure]), "{figure}");
        for department in rows(&report, "department")
            .into_iter()
            .filter(|row| row["id"] != "(unallocated)")
        {
            let mut own = rows(&report, "product");
            own.retain(|product| product["parent"] == department["id"]);
            assert!(own.len() > 1);
            assert_eq!(
                total(own),
                money(&department[figure]),
                "{figure} of {}",
                department["id"]
            );
        }
    }
    let months = list(&report["months"]);
    assert_eq!(months.len(), 12);
    let sum = |name: &str| -> Money {
        months
            .iter()
            .filter_map(|m| m[name].as_str())
            .map(|a| a.parse::<Money>().unwrap())
            .sum()
    };
    assert_eq!(sum("actual"), money(&report["headline"]["ytd_actual"]));
    assert_eq!(sum("budget"), money(&report["headline"]["year_budget"]));
}

#[test]
fn all_formats_hold_the_same_headline() {
    let data = &demo().data;
    let report = saved_report(data);
    let head = &report["headline"];
    let exact = [
        &head["ytd_actual"],
        &head["ytd_budget"],
        &head["year_budget"],
        &head["landing"]["mid"],
    ];
    for language in ["en", "zh-CN"] {
        let csv = read(data, &format!("execution-2026-09.{language}.csv"));
        let html = read(data, &format!("execution-2026-09.{language}.html"));
        let summary = workbook::summary(&data.join(format!("reports/execution-2026-09.{language}.xlsx")));
        for figure in exact.iter().chain([&&head["landing_difference"]]) {
            assert!(csv.contains(text(figure)), "{language} CSV lacks {figure}");
            let near = |value: &&f64| (**value - money(figure).for_drawing()).abs() < 0.000_01;
            assert!(
                summary.values().find(near).is_some(),
                "{language} XLSX lacks {figure}: {summary:?}"
            );
        }
        for figure in exact {
            assert!(
                html.contains(&money(figure).grouped(2)),
                "{language} HTML lacks {figure}"
            );
        }
    }
    let english = workbook::summary(&data.join("reports/execution-2026-09.en.xlsx"));
    assert!((english["Actual to date"] - money(&head["ytd_actual"]).for_drawing()).abs() < 0.000_01);
    assert!(read(data, "execution-2026-09.zh-CN.html").contains("云帆互动"));
}

#[test]
fn the_report_of_an_earlier_month_stops_there() {
    let folder = tempfile::tempdir().unwrap();
    let report = json(&demo().data, &["report", "execution", "--month", "2026-06"]);
    assert_eq!(
        (text(&report["as_of"]), text(&report["time_progress"])),
        ("2026-06", "0.5")
    );
    let until_june: Money = list(&saved_report(&demo().data)["months"])[..6]
        .iter()
        .map(|m| money(&m["actual"]))
        .sum();
    assert_eq!(money(&report["headline"]["ytd_actual"]), until_june);
    for month in &list(&report["months"])[6..] {
        assert!(month["actual"].is_null(), "{month}");
    }
    for ending in ["html", "xlsx", "csv", "json"] {
        let path = folder.path().join(format!("june.{ending}"));
        let shown = path.display().to_string();
        let written = json(
            &demo().data,
            &["report", "execution", "--month", "2026-06", "--out", &shown],
        );
        assert_eq!(written["written"], shown.as_str());
        assert!(std::fs::metadata(path).unwrap().len() > 10_000);
    }
    let other = headroom(&demo().data, &["report", "execution", "--out", "x.docx"]);
    assert!(
        other.status == 2 && other.err.contains(".html, .xlsx, .csv, .json or .pdf"),
        "{}",
        other.err
    );
}

#[test]
fn a_second_demo_gives_the_same_reports() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("again");
    let printed = json(&data, &["demo"]);
    assert_eq!(list(&printed["reports"]).len(), 7);
    assert_eq!(printed["headline"], saved_report(&demo().data)["headline"]);
    // The day on which the budget was approved is the only thing that may differ.
    let without_day = |data: &Path, name: &str| {
        let day = saved_report(data)["budget_version"]["approved_at"].clone();
        read(data, name).replace(text(&day), "DAY")
    };
    for ending in ["json", "en.csv", "zh-CN.csv", "en.html", "zh-CN.html"] {
        let name = format!("execution-2026-09.{ending}");
        assert!(
            without_day(&data, &name) == without_day(&demo().data, &name),
            "{name} differs"
        );
    }
    headroom(&data, &["demo"]).refused(&["already"]);
}
