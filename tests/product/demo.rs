//! What is hidden in the sheets of the demo company is found by the commands, and nothing beside it.

use super::support::{answers, demo, json, list, money, text};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub fn tables<'a>(answers: &'a toml::Table, name: &str) -> Vec<&'a toml::Table> {
    let tables = answers[name].as_array().unwrap().iter();
    tables.map(|table| table.as_table().unwrap()).collect()
}

pub fn word<'a>(table: &'a toml::Table, key: &str) -> &'a str {
    table[key].as_str().unwrap()
}

pub fn amount(table: &toml::Table, key: &str) -> Money {
    word(table, key).parse().unwrap()
}

pub fn counts(value: &toml::Value) -> Vec<i64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|count| count.as_integer().unwrap())
        .collect()
}

fn report() -> Value {
    json(&demo().data, &["report", "execution", "--month", "2026-09"])
}

fn is_product(row: &&Value) -> bool {
    row["level"] == "product" && row["id"] != "(unallocated)"
}

#[test]
fn idle_machines_are_found_with_their_cost_and_nothing_beside_them() {
    let (answers, idle) = (answers(), json(&demo().data, &["idle"]));
    let machines = || {
        list(&idle["findings"])
            .iter()
            .filter(|finding| finding["rule"] == "compute-idle")
    };
    let found = |verdict: &str| -> BTreeMap<&str, Option<Money>> {
        let found = machines().filter(|finding| finding["verdict"] == verdict);
        found
            .map(|f| {
                (
                    text(&f["resource"]),
                    f["monthly_cost"].as_str().map(|cost| cost.parse().unwrap()),
                )
            })
            .collect()
    };
    let planted: BTreeMap<&str, Option<Money>> = tables(&answers, "idle")
        .into_iter()
        .map(|table| (word(table, "resource"), Some(amount(table, "monthly_cost_cny"))))
        .collect();
    assert_eq!(planted.len(), 6);
    assert_eq!(found("idle"), planted);
    assert_eq!(idle["currency"], "CNY");

    let undetermined: BTreeSet<&str> = tables(&answers, "undetermined")
        .into_iter()
        .map(|table| word(table, "resource"))
        .collect();
    assert_eq!(found("undetermined").into_keys().collect::<BTreeSet<_>>(), undetermined);
    assert!(found("active").contains_key(word(answers["month_end_batch"].as_table().unwrap(), "resource")));
    assert_eq!(
        machines().count(),
        found("idle").len() + found("undetermined").len() + found("active").len()
    );
}

#[test]
fn the_unused_bandwidth_commit_is_found_and_the_used_one_is_not() {
    let (answers, idle) = (answers(), json(&demo().data, &["idle"]));
    let links: Vec<&Value> = list(&idle["findings"])
        .iter()
        .filter(|finding| finding["rule"] == "bandwidth-commit")
        .collect();
    let planted = tables(&answers, "commit");
    assert_eq!(planted.len(), 2);
    for table in &planted {
        let link = links
            .iter()
            .find(|link| link["resource"] == word(table, "link"))
            .unwrap();
        let verdict = if word(table, "verdict") == "under-used" {
            "oversized"
        } else {
            "used"
        };
        assert_eq!(link["verdict"], verdict, "{link}");
        let measured = link["evidence"]["p95_mbps"].as_f64().unwrap();
        let expected: f64 = word(table, "p95_mbps").parse().unwrap();
        assert!((measured - expected).abs() < 1e-9, "{measured}");
        assert_eq!(
            link["evidence"]["committed_mbps"].as_f64(),
            table["commit_mbps"].as_integer().map(|c| c as f64)
        );
        assert_eq!(money(&link["commit_cost"]), amount(table, "monthly_cost"));
    }
    // Links without samples are neither.
    let judged = links.iter().filter(|link| link["verdict"] != "undetermined").count();
    assert_eq!(judged, planted.len());
}

#[test]
fn exactly_the_planted_products_leave_the_band() {
    let (answers, report) = (answers(), report());
    let planted: BTreeMap<&str, &str> = tables(&answers, "budget")
        .into_iter()
        .map(|t| (word(t, "product"), word(t, "proposal")))
        .collect();
    let proposed: BTreeMap<&str, &str> = list(&report["proposals"])
        .iter()
        .map(|p| (text(&p["product"]["id"]), text(&p["kind"])))
        .collect();
    assert_eq!(proposed, planted);
    let mut products = BTreeSet::new();
    for row in list(&report["rows"]).iter().filter(is_product) {
        products.insert(text(&row["id"]).to_owned());
        let (landing, budget) = (money(&row["landing"]["mid"]), money(&row["year_budget"]));
        let (off, band) = ((landing - budget).times(100), budget.times(5));
        let expected = match planted.get(text(&row["id"])).copied() {
            Some("supplement") => off > band,
            Some("cut") => off < -band,
            _ => off <= band && off >= -band,
        };
        assert!(expected, "{}: landing {landing}, budget {budget}", row["id"]);
    }
    let all = answers["products"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().to_owned());
    assert_eq!(products, all.collect());
}

#[test]
fn the_wrong_invoice_is_the_only_one() {
    let (answers, report) = (answers(), report());
    let planted = answers["wrong_invoice"].as_table().unwrap();
    let wrong: Vec<&Value> = list(&report["findings"])
        .iter()
        .filter(|f| f["kind"] == "invoice-arithmetic")
        .collect();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    let place = format!(
        "{}:{}",
        word(planted, "file").rsplit('/').next().unwrap(),
        planted["row"]
    );
    assert_eq!(
        (text(&wrong[0]["source"]), text(&wrong[0]["place"])),
        ("南屏互联", place.as_str())
    );
    assert_eq!(money(&wrong[0]["amount"]), amount(planted, "difference"));
    assert_eq!(money(&wrong[0]["detail"]["expected"]), amount(planted, "expected"));
    assert_eq!(money(&wrong[0]["detail"]["found"]), amount(planted, "billed"));
}
