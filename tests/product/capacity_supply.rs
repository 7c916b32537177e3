//! What stands month by month, how it is paid for, what the calendar does to forecasts, and the book by hand.

use super::books::Company;
use super::support::{demo, demo_copy, fixture, headroom, json, list, money, text, write};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const MODELS: &str = r#"
[[unit]]
id = "server"
name = { zh-CN = "服务器", en = "Server" }
cost_type = "server"
acquisition = "purchase"
[[price]]
unit = "server"
valid_from = "2025-01"
amount = "60000"
currency = "CNY"
useful_life_months = 60
[[unit]]
id = "hosted"
name = { zh-CN = "托管主机", en = "Hosted machine" }
cost_type = "server"
acquisition = "rent"
[[price]]
unit = "hosted"
valid_from = "2025-01"
amount = "4000"
currency = "CNY"
[[capacity]]
product = "video"
module = "stream"
driver = "users"
unit = "server"
work = { cpu = 1 }
limit = { cpu = 100 }
target_utilization = { cpu = 1 }
lead_time_months = 2
inventory = [{ month = "2025-12", count = 10 }]
[[capacity]]
product = "video"
module = "gateway"
driver = "users"
unit = "hosted"
work = { cpu = 1 }
limit = { cpu = 200 }
target_utilization = { cpu = 1 }
inventory = [{ month = "2025-12", count = 6 }]
"#;

/// The months of a module of a plan.
fn months<'a>(shown: &'a Value, product: &str, module: &str) -> &'a [Value] {
    let modules = list(&shown["plan"]["modules"]).iter();
    let mut mine = modules.filter(|row| row["product"] == product && row["module"] == module);
    list(&mine.next().unwrap()["months"])
}

#[test]
fn retirements_and_lease_ends_leave_the_inventory_in_their_months() {
    let company = Company::new();
    let path = company.path();
    headroom(path, &["apply", &company.file("capacity.toml", MODELS)]).ok();
    let targets: String = (1..=12)
        .map(|month| format!("2026-{month:02},video,users,1000\n"))
        .collect();
    let targets = company.file("targets.csv", &format!("month,product,metric,target\n{targets}"));
    headroom(path, &["import", &targets]).ok();
    // Two servers serve through May, one through September; four hosted machines go back at the end of August, two stay.
    let asset = |id: &str, retires: &str| {
        format!(
            "{id},S,server,2U,2022-01-12,2022-02-01,60000,CNY,60,0,straight-line,{retires},video,stream,Beijing-1,owned\n"
        )
    };
    let assets = [
        "asset_id,name,category,model,purchase_date,in_service_date,purchase_price,currency,useful_life_months,residual_value,method,retirement_date,product,module,location,resource_mode\n".to_owned(),
        asset("S-1", "2026-05-20"),
        asset("S-2", "2026-05-31"),
        asset("S-3", "2026-09-15"),
        asset("S-4", ""),
    ];
    headroom(path, &["import", &company.file("assets.csv", &assets.concat())]).ok();
    let line = |contract: &str, count: u32, end: &str, renewal: &str| {
        format!(
            "{contract},示例机房,hosting,server-rental,{contract},托管主机,{count},unit,4000,CNY,6,2025-01-01,{end},{renewal},30,video,gateway\n"
        )
    };
    let contracts = [
        "contract_id,vendor,resource_mode,charge_type,resource_id,description,quantity,unit,unit_price,currency,tax_percent,start_date,end_date,renewal,notice_days,product,module\n".to_owned(),
        line("HT-1", 4, "2026-08-31", "ends"),
        line("HT-2", 2, "2026-06-30", "automatic"),
    ];
    headroom(path, &["import", &company.file("contracts.csv", &contracts.concat())]).ok();
    headroom(path, &["allocate"]).ok();
    let shown = json(path, &["capacity", "plan", "--year", "2026", "--as-of", "2025-12"]);
    let of = |module: &str| -> Vec<(u64, u64, u64, u64)> {
        let whole = |value: &Value| value.as_u64().unwrap();
        let rows = months(&shown, "video", module).iter();
        rows.map(|month| {
            let change = &month["change"];
            (
                whole(&month["inventory"]),
                whole(&change["retired"]),
                whole(&change["lease_ended"]),
                whole(&month["arriving"]),
            )
        })
        .collect()
    };
    let stream = of("stream");
    assert_eq!(
        (stream[4], stream[5], stream[6]),
        ((10, 0, 0, 0), (8, 2, 0, 2), (10, 0, 0, 0))
    );
    assert_eq!(
        (stream[8], stream[9], stream[10]),
        ((10, 0, 0, 0), (9, 1, 0, 1), (10, 0, 0, 0))
    );
    let orders: Vec<_> = list(&shown["plan"]["orders"])
        .iter()
        .map(|order| {
            (
                text(&order["order_month"]),
                text(&order["arrival"]),
                order["units"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(orders, [("2026-04", "2026-06", 2), ("2026-08", "2026-10", 1)]);
    // Rented: five are needed all year, six are paid until four go back.
    let gateway = of("gateway");
    assert_eq!(
        (gateway[7], gateway[8], gateway[9]),
        ((6, 0, 0, 0), (2, 0, 4, 0), (2, 0, 0, 0))
    );
    let paid: Vec<u64> = months(&shown, "video", "gateway")
        .iter()
        .map(|m| m["paid_units"].as_u64().unwrap())
        .collect();
    assert_eq!(paid, [6, 6, 6, 6, 6, 6, 6, 6, 5, 5, 5, 5]);
    // The plan of the whole year in both languages says what is short.
    for (language, words) in [("en", ["Shortage", "2026-04"]), ("zh-CN", ["缺口", "2026-04"])] {
        let said = headroom(
            path,
            &[
                "--lang", language, "capacity", "plan", "--year", "2026", "--as-of", "2025-12",
            ],
        )
        .ok();
        assert!(said.out.contains(words[1]), "{}", said.out);
    }
}

/// What the derived budget has of the capacity plan for a product and cost type, by month.
fn budgeted(data: &Path, product: &str, cost_type: &str) -> BTreeMap<String, Money> {
    let shown = json(data, &["budget", "derive", "--year", "2027"]);
    let mut sums: BTreeMap<String, Money> = BTreeMap::new();
    for line in list(&shown["lines"]) {
        if line["product"] == product && line["cost_type"] == cost_type && line["origin"] == "capacity" {
            *sums.entry(text(&line["month"]).to_owned()).or_default() += money(&line["amount"]);
        }
    }
    sums
}

#[test]
fn a_plan_and_its_budget_take_the_terms_that_are_agreed() {
    let copy = demo_copy();
    let data = copy.path();
    let plan = |more: &[&str]| json(data, &[&["capacity", "plan", "--year", "2027"], more].concat());
    let opex = |shown: &Value, product: &str| -> BTreeMap<String, Money> {
        let rows = months(shown, product, "app").iter();
        rows.map(|month| {
            let costs = list(&month["costs"]).iter().map(|cost| money(&cost["amount"]));
            (text(&month["month"]).to_owned(), costs.sum())
        })
        .collect()
    };
    let mix = |shown: &Value, product: &str| {
        let found = list(&shown["mixes"]).iter().find(|mix| mix["product"] == product);
        found.unwrap().clone()
    };
    let year = |sums: &BTreeMap<String, Money>| sums.values().copied().sum::<Money>();
    let before = plan(&[]);
    assert_eq!(mix(&before, "shop")["taken"], false);
    assert_eq!(budgeted(data, "shop", "cloud"), opex(&before, "shop"));
    // For one look, and for all modules.
    let asked = plan(&["--terms", "cheapest"]);
    for product in ["shop", "ads"] {
        let (was, is, of) = (
            year(&opex(&before, product)),
            year(&opex(&asked, product)),
            mix(&asked, product),
        );
        assert_eq!(of["taken"], true);
        assert_eq!(was - is, money(&of["saving"]), "{product}");
        // What stands and is not needed is paid by the price book as before.
        let costs = months(&asked, product, "app")
            .iter()
            .flat_map(|month| list(&month["costs"]));
        let under_terms = costs
            .filter(|cost| cost["term"].is_string())
            .map(|cost| money(&cost["amount"]));
        assert_eq!(under_terms.sum::<Money>(), money(&of["cost"]), "{product}");
    }
    // Kept by configuration for one module: plan and budget follow, the other module stays with the price book.
    let folder = tempfile::tempdir().unwrap();
    let models = std::fs::read_to_string(fixture("demo/capacity.toml")).unwrap();
    let shop = "product = \"shop\"\nmodule = \"app\"\n";
    assert!(models.contains(shop));
    let models = models.replace(shop, &format!("{shop}terms = \"cheapest\"\n"));
    headroom(data, &["apply", &write(folder.path(), "capacity.toml", &models)]).ok();
    let kept = plan(&[]);
    assert_eq!(
        (opex(&kept, "shop"), opex(&kept, "ads")),
        (opex(&asked, "shop"), opex(&before, "ads"))
    );
    assert_eq!(budgeted(data, "shop", "cloud"), opex(&asked, "shop"));
    assert_eq!(budgeted(data, "ads", "cloud"), opex(&before, "ads"));
    for (language, taken, advice) in [
        ("en", "taken, in the money", "advice, not in"),
        ("zh-CN", "已采用", "参考"),
    ] {
        let said = headroom(data, &["--lang", language, "capacity", "plan", "--year", "2027"])
            .ok()
            .out;
        assert!(said.contains(taken) && said.contains(advice), "{said}");
    }
    // A term without a price is named, and the price book stays.
    let said = headroom(data, &["capacity", "plan", "--year", "2027", "--terms", "purchase"]).ok();
    assert!(
        said.err.contains("shop/app") && said.err.contains("purchase"),
        "{}",
        said.err
    );
    assert_eq!(
        headroom(data, &["capacity", "plan", "--year", "2027", "--terms", "barter"]).status,
        2
    );
}

#[test]
fn answers_that_lean_on_days_off_not_published_yet_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let first = chrono::NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
    let mut series = String::from("unique_id,ds,y\n");
    for (at, day) in first.iter_days().take(1080).enumerate() {
        series.push_str(&format!("a,{day},{}\n", 100 + at % 7));
    }
    let input = write(folder.path(), "series.csv", &series);
    let out = folder.path().join("out.csv").display().to_string();
    let base = ["forecast", "--input", &input, "--horizon", "60"];
    let data = &demo().data;
    let with = json(data, &[&base[..], &["--calendar", "cn"]].concat());
    let answer = &list(&with)[0];
    assert_eq!(answer["calendar"]["published_through"], 2026);
    let marked: Vec<&str> = list(&answer["steps"])
        .iter()
        .filter(|step| step["provisional"] == true)
        .map(|step| text(&step["ds"]))
        .collect();
    // 元旦 of 2027 is a Friday, and 春节 is on 6 February: its window begins a week before.
    assert_eq!(
        (marked[0], marked[1], marked.len()),
        ("2027-01-01", "2027-01-30", 16),
        "{marked:?}"
    );
    assert!(list(&json(data, &base))[0]["calendar"].is_null());
    headroom(data, &[&base[..], &["--calendar", "cn", "--output", &out]].concat()).ok();
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(written.lines().next().unwrap().ends_with(",model,provisional"));
    assert_eq!(written.lines().filter(|line| line.ends_with(",true")).count(), 16);
    for (language, words) in [
        ("en", ["provisional days off", "16 steps rest on days off after 2026"]),
        (
            "zh-CN",
            ["放假安排未公布", "16 步预测涉及 2026 年之后尚未公布的放假安排"],
        ),
    ] {
        let said = headroom(
            data,
            &[&["--lang", language], &base[..], &["--calendar", "cn"]].concat(),
        )
        .ok()
        .out;
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    }
    // The company lives by that calendar: its drivers and days left follow it, and without it they do not.
    let provisional = |data: &Path| {
        let drivers = json(data, &["capacity", "drivers", "--year", "2027"]);
        let left = json(data, &["capacity", "days-left"]);
        let marked = |rows: &Value, of: &dyn Fn(&Value) -> bool| list(rows).iter().filter(|row| of(row)).count();
        (
            marked(&drivers["drivers"], &|row| row["forecast"]["provisional"] == true),
            marked(&left["modules"], &|row| row["provisional"] == true),
        )
    };
    let (_, left) = provisional(data);
    assert!(left > 0);
    let copy = demo_copy();
    let organization = std::fs::read_to_string(fixture("demo/organization.toml")).unwrap();
    let plain = organization.replace("calendar = \"cn\"\n", "");
    assert_ne!(plain, organization);
    headroom(
        copy.path(),
        &["apply", &write(folder.path(), "organization.toml", &plain)],
    )
    .ok();
    assert_eq!(provisional(copy.path()), (0, 0));
}

/// The rows of a table of the book as numbers and texts, figures by the heads of the book's JSON.
fn rows(book: &Value, id: &str) -> Vec<BTreeMap<String, Value>> {
    let table = list(&book["tables"]).iter().find(|table| table["id"] == id).unwrap();
    let heads: Vec<&str> = list(&table["columns"])
        .iter()
        .map(|column| text(&column["head"]))
        .collect();
    let plain = |cell: &Value| -> Value {
        let mut cell = cell.clone();
        while let Some(formula) = cell.get("formula") {
            cell = list(formula)[1].clone();
        }
        match cell.as_object().and_then(|cell| cell.iter().next()) {
            Some((kind, inner)) if kind == "named" => list(inner)[0].clone(),
            Some((_, inner)) => inner.clone(),
            None => cell,
        }
    };
    let rows = list(&table["rows"]).iter();
    rows.map(|row| {
        heads
            .iter()
            .map(|head| (*head).to_owned())
            .zip(list(row).iter().map(plain))
            .collect()
    })
    .collect()
}

#[test]
fn modules_of_the_book_are_worked_out_again_from_the_book_alone() {
    // A purchase with its orders and depreciation, a rental with the lost gateway, one in foreign currency, one under terms.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.json").display().to_string();
    headroom(
        &demo().data,
        &[
            "capacity", "plan", "--year", "2027", "--terms", "cheapest", "--out", &path,
        ],
    )
    .ok();
    let book: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let number = |row: &BTreeMap<String, Value>, key: &str| row[key].as_f64().unwrap();
    let mine = |table: &str, module: &(&str, &str)| -> Vec<BTreeMap<String, Value>> {
        let of = |row: &BTreeMap<String, Value>| row["column-product"] == module.0 && row["book-module"] == module.1;
        rows(&book, table).into_iter().filter(of).collect()
    };
    for module in [
        ("video", "transcode"),
        ("messaging", "gateway"),
        ("reading", "app"),
        ("shop", "app"),
    ] {
        let (needs, derived) = (mine("requirement", &module), mine("derivation", &module));
        let (orders, costs, sums) = (mine("orders", &module), mine("costs", &module), mine("money", &module));
        assert_eq!(needs.len(), 12, "{module:?}");
        let mut stock = None;
        for need in &needs {
            let month = text(&need["book-month"]).to_owned();
            // Demand and units of every resource; the largest is the need.
            let resources = derived.iter().filter(|row| row["book-month"] == need["book-month"]);
            let units = resources.map(|row| {
                let demand = [
                    "book-driver-value",
                    "book-event-factor",
                    "book-peak-factor",
                    "book-work",
                ];
                let demand: f64 = demand.iter().map(|key| number(row, key)).product();
                (demand / (number(row, "book-limit") * number(row, "book-target")) - 1e-9).ceil()
            });
            let units = units.fold(0.0, f64::max);
            assert_eq!(units, number(need, "book-units"), "{module:?} {month}");
            let total = units + number(need, "book-on-top");
            let opening = stock.unwrap_or(number(need, "book-opening"));
            assert_eq!(opening, number(need, "book-opening"), "{module:?} {month}");
            let inventory = opening + number(need, "book-change");
            assert_eq!(
                total - inventory,
                number(need, "book-shortage") - number(need, "book-surplus")
            );
            // What arrives is what was ordered for the month, and it is paid then.
            let arrivals = orders
                .iter()
                .filter(|order| order["book-arrival"] == need["book-month"]);
            let (mut arriving, mut cash) = (0.0, Money::ZERO);
            for order in arrivals {
                arriving += number(order, "book-quantity");
                cash += money(&order["book-cost"]);
            }
            assert_eq!(arriving, number(need, "book-arriving"));
            let rented = costs.iter().any(|cost| cost["book-cost-kind"] == "book-kind-rent");
            stock = Some(if rented { inventory } else { inventory + arriving });
            // Money: cash of arrivals, depreciation of what arrived before, and every price of the month.
            let shown = sums.iter().find(|row| row["book-month"] == need["book-month"]).unwrap();
            assert_eq!(money(&shown["book-cash"]), cash);
            let at = |month: &str| {
                let (year, month) = month.split_once('-').unwrap();
                year.parse::<i64>().unwrap() * 12 + month.parse::<i64>().unwrap()
            };
            let cents = |amount: Money| amount.for_drawing() * 100.0;
            let depreciation: f64 = orders
                .iter()
                .map(|order| {
                    let base = cents(money(&order["book-cost"])) - cents(money(&order["book-residual"]));
                    let (life, age) = (
                        number(order, "book-life"),
                        at(&month) - at(text(&order["book-arrival"])),
                    );
                    let through = |months: i64| (base * months.max(0) as f64 / life).round();
                    through(age) - through(age - 1)
                })
                .sum();
            assert!(
                (cents(money(&shown["book-depreciation"])) - depreciation).abs() < 0.5,
                "{module:?} {month}"
            );
            let opex: f64 = costs
                .iter()
                .filter(|cost| cost["book-month"] == need["book-month"])
                .map(|cost| {
                    number(cost, "book-quantity")
                        * money(&cost["book-unit-price"]).for_drawing()
                        * number(cost, "book-rate")
                })
                .sum();
            assert!(
                (money(&shown["book-opex"]).for_drawing() - opex).abs() < 0.005,
                "{module:?} {month}"
            );
        }
    }
    // Racks of each month from the room of the units in service, which are those of the requirement.
    let (rooms, racks) = (rows(&book, "footprints"), rows(&book, "facilities"));
    assert_eq!(racks.len(), 12);
    for month in &racks {
        let (mut u, mut kw) = (0.0, 0.0);
        for room in rooms.iter().filter(|room| room["book-month"] == month["book-month"]) {
            let need = rows(&book, "requirement").into_iter().find(|need| {
                ["column-product", "book-module", "book-month"]
                    .iter()
                    .all(|key| need[*key] == room[*key])
            });
            assert_eq!(need.unwrap()["book-in-service"], room["book-in-service"]);
            u += number(room, "book-in-service") * number(room, "book-one-u");
            kw += number(room, "book-in-service") * number(room, "book-one-kw");
        }
        let needed = (u / number(month, "book-rack-u")).max(kw / number(month, "book-rack-kw"));
        assert_eq!((needed - 1e-9).ceil(), number(month, "book-racks"));
    }
    // Totals of the book are the sums of its modules.
    let money_rows = rows(&book, "money");
    let (totals, parts): (Vec<_>, Vec<_>) = money_rows
        .iter()
        .partition(|row| row["column-product"] == "book-all-modules");
    for total in totals {
        for key in ["book-cash", "book-depreciation", "book-opex", "book-accrual"] {
            let of_month = parts.iter().filter(|row| row["book-month"] == total["book-month"]);
            assert_eq!(of_month.map(|row| money(&row[key])).sum::<Money>(), money(&total[key]));
        }
    }
}
