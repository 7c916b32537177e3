//! What is hidden in the sheets of the demo company is found by the commands, and nothing beside it.

use super::support::{answers, demo, demo_copy, json, list, money, text};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn tables<'a>(answers: &'a toml::Table, name: &str) -> Vec<&'a toml::Table> {
    let tables = answers[name].as_array().unwrap().iter();
    tables.map(|table| table.as_table().unwrap()).collect()
}

fn word<'a>(table: &'a toml::Table, key: &str) -> &'a str {
    table[key].as_str().unwrap()
}

fn amount(table: &toml::Table, key: &str) -> Money {
    word(table, key).parse().unwrap()
}

fn counts(value: &toml::Value) -> Vec<i64> {
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

#[test]
fn every_month_is_allocated_to_the_last_digit_and_what_is_nobodys_is_known() {
    let copy = demo_copy();
    let (answers, allocated) = (answers(), json(copy.path(), &["allocate"]));
    let months = list(&allocated["months"]);
    assert!(months.len() >= 2 * 33, "{}", months.len());
    let mut unallocated = BTreeMap::new();
    for month in months {
        assert_eq!(month["difference"], "0", "{month}");
        assert_eq!(month["ledger"], month["allocated"]);
        assert!(month["seconds"].is_number());
        unallocated.insert(
            (text(&month["month"]), text(&month["currency"])),
            money(&month["unallocated"]),
        );
    }
    let planted = tables(&answers, "unallocated");
    assert_eq!(planted.len(), 9);
    for table in planted {
        for currency in ["CNY", "USD"] {
            assert_eq!(
                unallocated[&(word(table, "month"), currency)],
                amount(table, currency),
                "{table}"
            );
        }
    }
    // The same money by another way.
    let costs = json(
        copy.path(),
        &[
            "costs",
            "--by",
            "product",
            "--where",
            "product=(unallocated)",
            "--month",
            "2026-01",
        ],
    );
    for row in list(&costs["rows"]) {
        assert_eq!(money(&row["amount"]), unallocated[&("2026-01", text(&row["currency"]))]);
    }
}

#[test]
fn each_source_adds_up_to_its_control_total() {
    let answers = answers();
    for table in tables(&answers, "total") {
        let months = match word(table, "period") {
            year if year.len() == 4 => format!("{year}-01..{year}-12"),
            month => month.to_owned(),
        };
        let source = if word(table, "source") == "assets" {
            "asset"
        } else {
            word(table, "source")
        };
        for basis in ["billed", "effective"] {
            let by = ["costs", "--by", "source", "--month", &months, "--basis", basis];
            let costs = json(&demo().data, &by);
            let rows: Vec<&Value> = list(&costs["rows"])
                .iter()
                .filter(|row| row["values"][0] == source)
                .collect();
            assert_eq!(rows.len(), 1, "{months} {source}");
            assert_eq!(rows[0]["currency"], word(table, "currency"));
            assert_eq!(
                money(&rows[0]["amount"]),
                amount(table, basis),
                "{months} {source} {basis}"
            );
        }
    }
    let batches = json(&demo().data, &["imports", "list"]);
    for table in tables(&answers, "charges")
        .into_iter()
        .filter(|table| word(table, "source") != "assets")
    {
        let own = list(&batches)
            .iter()
            .filter(|batch| batch["batch"]["source"] == word(table, "source"));
        let rows: i64 = own.map(|batch| batch["batch"]["rows"].as_i64().unwrap()).sum();
        assert_eq!(Some(rows), table["count"].as_integer(), "{table}");
    }
}

#[test]
fn next_year_needs_what_the_models_give_and_one_module_falls_short() {
    let (answers, plan) = (answers(), json(&demo().data, &["capacity", "plan", "--year", "2027"]));
    assert_eq!(plan["as_of"], "2026-09");
    let capacity: toml::Table = std::fs::read_to_string(super::support::fixture("demo/capacity.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let modules: BTreeMap<(&str, &str), &Value> = list(&plan["plan"]["modules"])
        .iter()
        .map(|m| ((text(&m["product"]), text(&m["module"])), m))
        .collect();
    let planted = tables(&answers, "module");
    assert_eq!(modules.len(), planted.len());
    let numbers = |module: &Value, name: &str| -> Vec<i64> {
        list(&module["months"])
            .iter()
            .map(|month| month[name].as_i64().unwrap())
            .collect()
    };
    for table in planted {
        let key = (word(table, "product"), word(table, "module"));
        let model = tables(&capacity, "capacity")
            .into_iter()
            .find(|m| (word(m, "product"), word(m, "module")) == key);
        let lot = model.unwrap()["lot"].as_integer().unwrap();
        let months = list(&modules[&key]["months"]);
        let needed: Vec<i64> = months
            .iter()
            .map(|m| m["sizing"]["total"].as_i64().unwrap())
            .map(|n| (n + lot - 1) / lot * lot)
            .collect();
        assert_eq!(needed, counts(&table["needed_2027_with_events"]), "{key:?}");
        let (stock, busiest) = (
            numbers(modules[&key], "inventory")[0],
            counts(&table["needed_2027"]).into_iter().max(),
        );
        let rented_cloud = ["shop", "ads", "reading"].contains(&key.0);
        assert!(
            rented_cloud || key == ("messaging", "gateway") || busiest.unwrap() * 4 <= stock * 5,
            "{key:?} lacks more than a quarter: {busiest:?} of {stock}"
        );
    }
    let shortage = answers["shortage"].as_table().unwrap();
    let short = modules[&(word(shortage, "product"), word(shortage, "module"))];
    let stock = numbers(short, "inventory")[0];
    let normal = list(&short["months"])
        .iter()
        .filter(|month| month["event_factor"] == 1.0);
    let needed = normal
        .map(|month| month["sizing"]["total"].as_i64().unwrap())
        .max()
        .unwrap();
    assert_eq!(Some(stock), shortage["in_service"].as_integer());
    assert_eq!(Some(needed - stock), shortage["missing"].as_integer());
    assert_eq!(numbers(short, "shortage").iter().sum::<i64>(), 55 - stock);

    let surplus = answers["surplus"].as_table().unwrap();
    let ample = modules[&(word(surplus, "product"), word(surplus, "module"))];
    assert!(numbers(ample, "shortage").iter().all(|missing| *missing == 0));
    assert!(
        numbers(ample, "inventory")
            .iter()
            .all(|stock| Some(*stock) == surplus["in_service"].as_integer())
    );
    // June is the busiest month without a one-off: 12 are needed.
    assert_eq!(Some(numbers(ample, "surplus")[5]), surplus["too_many"].as_integer());
}
