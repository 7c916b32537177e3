//! The demo's books: every month allocated, every source on its control total, next year's need as the models give it.

use super::demo::{amount, counts, tables, word};
use super::support::{answers, demo, demo_copy, fixture, json, list, money, text};
use serde_json::Value;
use std::collections::BTreeMap;

#[test]
fn every_month_is_allocated_to_the_last_digit_and_what_is_nobodys_is_known() {
    let copy = demo_copy();
    let (answers, allocated) = (answers(), json(copy.path(), &["allocate"]));
    // Every month is closed: the proof is the stored one, and a run of the same rules beside the books agrees with it.
    let again = json(copy.path(), &["allocate", "--rules", "1"]);
    assert_eq!(list(&again["moved"]).len(), 0);
    for (booked, compared) in list(&allocated["months"]).iter().zip(list(&again["months"])) {
        assert_eq!(booked["closed"], true);
        assert_eq!(
            [&booked["ledger"], &booked["difference"]],
            [&compared["ledger"], &compared["difference"]]
        );
    }
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
    let capacity: toml::Table = std::fs::read_to_string(fixture("demo/capacity.toml"))
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
    assert_eq!(numbers(short, "shortage").into_iter().max(), Some(55 - stock));

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
