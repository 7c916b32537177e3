//! Capacity of the demo company: the planted shortage and surplus, the book, choices, events, releases, scenarios.

use super::support::{answers, demo, demo_copy, fixture, headroom, json, list, money, text, write};
use headroom_models::ledger::Money;

#[test]
fn the_planted_shortage_and_surplus_are_the_severe_ones() {
    let review = json(&demo().data, &["capacity", "review", "--year", "2027"]);
    let severe: Vec<_> = list(&review["modules"])
        .iter()
        .filter(|row| row["severe"] == true)
        .map(|row| (text(&row["standing"]), text(&row["product"]), text(&row["module"])))
        .collect();
    assert_eq!(severe, [("shortage", "messaging", "gateway"), ("surplus", "pay", "db")]);
    let of = |product: &str| {
        let found = list(&review["modules"]).iter().find(|row| row["product"] == product);
        found.unwrap().clone()
    };
    // answers.toml: 36 stand against 51 (55 with the Spring Festival); 24 stand where 12 are needed (14 with Double 11).
    let (short, over) = (of("messaging"), of("pay"));
    assert_eq!(
        (short["missing_without_events"].as_u64(), short["missing"].as_u64()),
        (Some(15), Some(19))
    );
    assert_eq!(over["too_many_without_events"].as_u64(), Some(12));
    assert!((10..=11).contains(&over["too_many"].as_u64().unwrap()), "{over}");
}

#[test]
fn every_figure_of_the_plan_follows_from_the_ones_beside_it() {
    let shown = json(&demo().data, &["capacity", "plan", "--year", "2027"]);
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let mut rows = 0;
    for module in list(&shown["plan"]["modules"]) {
        for month in list(&module["months"]) {
            let sizing = &month["sizing"];
            let mut most = 0;
            for resource in list(&sizing["per_resource"]) {
                let work = number(&module["work"][text(&resource["resource"])]);
                let demand = number(&month["driver_value"])
                    * number(&month["event_factor"])
                    * number(&module["peak_factor"])
                    * work;
                assert!((demand / number(&resource["demand"]) - 1.0).abs() < 1e-9);
                let exact = demand / (number(&resource["limit"]) * number(&resource["target_utilization"]));
                let units = (exact - 1e-9 * exact.max(1.0)).ceil() as u64;
                assert_eq!(resource["units"].as_u64(), Some(units));
                most = most.max(units);
                rows += 1;
            }
            let whole = |key: &str| month[key].as_u64().unwrap();
            let (units, total) = (sizing["units"].as_u64().unwrap(), sizing["total"].as_u64().unwrap());
            assert_eq!(units, most);
            assert_eq!(total, units + sizing["redundancy"].as_u64().unwrap());
            assert_eq!(whole("shortage"), total.saturating_sub(whole("inventory")));
            assert_eq!(whole("surplus"), whole("inventory").saturating_sub(total));
            for cost in list(&month["costs"]) {
                let amount = money(&cost["unit_price"])
                    .times(cost["units"].as_i64().unwrap())
                    .multiply(money(&cost["rate"]));
                assert_eq!(money(&cost["amount"]), amount);
            }
        }
    }
    assert!(rows > 150, "{rows}");
    // The limit of the gateway is what its load test carried.
    let gateway = list(&shown["plan"]["modules"])
        .iter()
        .find(|module| module["product"] == "messaging")
        .unwrap();
    assert_eq!(gateway["limits"]["connections"]["test"], "LT-2026-06-MSG");
    assert_eq!(gateway["limits"]["connections"]["measured"], 400_000.0);
    // Cloud instances that are needed all year are cheaper under a commitment.
    let shop = list(&shown["mixes"])
        .iter()
        .find(|mix| mix["product"] == "shop")
        .unwrap();
    assert!(money(&shop["saving"]) > Money::ZERO && list(&shop["parts"])[0]["base_load"] == true);
    let parts: Money = list(&shop["parts"]).iter().map(|part| money(&part["cost"])).sum();
    assert_eq!(parts, money(&shop["cost"]));
}

#[test]
fn the_book_is_written_in_every_format_and_both_languages() {
    let folder = super::support::empty();
    for (language, title) in [("en", "Capacity plan book"), ("zh-CN", "容量计划书")] {
        for format in ["html", "xlsx", "csv", "json"] {
            let path = folder.path().join(format!("plan-{language}.{format}"));
            let file = path.display().to_string();
            headroom(
                &demo().data,
                &[
                    "--lang",
                    language,
                    "capacity",
                    "plan",
                    "--year",
                    "2027",
                    "--percentile",
                    "80",
                    "--out",
                    &file,
                ],
            )
            .ok();
            let bytes = std::fs::read(&path).unwrap();
            assert!(bytes.len() > 10_000, "{file}: {}", bytes.len());
            if format == "html" {
                let page = String::from_utf8(bytes).unwrap();
                assert!(
                    page.contains(title) && !page.contains("book-"),
                    "a word is missing in {language}"
                );
            }
        }
    }
    // The same seed gives the same bytes.
    let args = [
        "capacity",
        "plan",
        "--year",
        "2027",
        "--percentile",
        "80",
        "--samples",
        "200",
        "--seed",
        "5",
    ];
    assert_eq!(json(&demo().data, &args), json(&demo().data, &args));
}

#[test]
fn a_choice_is_kept_with_its_reason_and_moves_the_plan() {
    let copy = demo_copy();
    let data = copy.path();
    let choose = |more: &[&str]| {
        let base = [
            "capacity",
            "choose",
            "--product",
            "messaging",
            "--metric",
            "peak_connections",
            "--month",
            "2027-01..2027-12",
        ];
        headroom(data, &[&base[..], more].concat())
    };
    choose(&["--use", "manual", "--reason", "x"]).refused(&["value"]);
    choose(&["--use", "forecast", "--reason", " "]).refused(&["reason"]);
    headroom(
        data,
        &[
            "capacity",
            "choose",
            "--product",
            "video",
            "--metric",
            "nothing",
            "--month",
            "2027-01",
            "--use",
            "target",
            "--reason",
            "x",
        ],
    )
    .refused(&["video/nothing", "video/peak_concurrent_users"]);
    choose(&["--use", "forecast", "--reason", "the target is a wish"]).ok();
    let drivers = json(data, &["capacity", "drivers", "--year", "2027"]);
    let row = list(&drivers["drivers"])
        .iter()
        .find(|row| row["product"] == "messaging")
        .unwrap();
    assert_eq!(
        (text(&row["chosen"]), text(&row["choice"]["reason"])),
        ("forecast", "the target is a wish")
    );
    assert!(row["target"].as_f64().unwrap() > row["forecast"]["value"].as_f64().unwrap());
    // With the forecast there is no shortage of a quarter any more.
    let review = json(data, &["capacity", "review", "--year", "2027"]);
    let gateway = list(&review["modules"])
        .iter()
        .find(|row| row["product"] == "messaging")
        .unwrap();
    assert_eq!(gateway["severe"], false);
}

#[test]
fn an_event_is_reviewed_and_its_factor_adopted() {
    let copy = demo_copy();
    let data = copy.path();
    headroom(data, &["capacity", "event", "Nothing"]).refused(&["Nothing", "Double 11"]);
    let before = json(data, &["capacity", "event", "双11"]);
    let past: Vec<&str> = list(&before["past"])
        .iter()
        .filter(|row| row["product"] == "shop")
        .map(|row| text(&row["start"]))
        .collect();
    assert_eq!(past, ["2024-11-01", "2025-11-01"]);
    assert_eq!(before["planned_factor"], 1.1);
    assert!(
        list(&before["coming"])
            .iter()
            .any(|row| row["product"] == "shop" && row["month"] == "2027-11")
    );
    json(data, &["capacity", "event", "双11", "--adopt", "1.25"]);
    let after = json(data, &["capacity", "plan", "--year", "2027"]);
    let shop = list(&after["plan"]["modules"])
        .iter()
        .find(|module| module["product"] == "shop")
        .unwrap();
    assert_eq!(list(&shop["months"])[10]["event_factor"], 1.25);
}

#[test]
fn releases_days_left_and_scenarios_answer() {
    let data = &demo().data;
    let release = json(data, &["capacity", "release", "8.4.0", "--window", "7"]);
    let effect = &list(&release)[0]["effects"][0];
    assert_eq!(effect["resource"], "cpu");
    assert!(effect["days_before"].as_u64().unwrap() >= 6 && effect["change"].is_number());
    headroom(data, &["capacity", "release", "0.0"]).refused(&["8.4.0"]);

    let left = json(data, &["capacity", "days-left"]);
    let of = |product: &str| {
        list(&left["modules"])
            .iter()
            .find(|row| row["product"] == product)
            .unwrap()
            .clone()
    };
    // Twice the database servers that are needed: a year does not fill them.
    assert!(of("pay")["days"].is_null() && of("pay")["limit"].as_f64().unwrap() > of("pay")["now"].as_f64().unwrap());

    // Bandwidth runs out the day after the last measured one, its lead time is a month: too late to order.
    assert_eq!(of("pay")["late"], false);
    assert_eq!(of("video")["late"], true);
    let words = [("en", "day to order has passed"), ("zh-CN", "下单日已过")];
    for (language, word) in words {
        let shown = headroom(data, &["--lang", language, "capacity", "days-left"]).ok();
        assert!(shown.out.contains(word), "{}", shown.out);
    }

    let compared = json(
        data,
        &["capacity", "compare", "--year", "2027", "growth", "quiet-november"],
    );
    let plans = list(&compared["plans"]);
    let peak = |at: usize| plans[at]["peak_units"].as_u64().unwrap();
    assert!(peak(1) > peak(0) && peak(2) < peak(0));
    assert!(money(&plans[1]["cash"]) > money(&plans[0]["cash"]));
    headroom(data, &["capacity", "plan", "--year", "2027", "--scenario", "nowhere"]).refused(&["growth"]);
}

#[test]
fn days_off_are_published_or_marked_provisional_and_feasts_lift_a_forecast() {
    let known = json(&demo().data, &["calendar", "--year", "2026"]);
    assert!(list(&known).iter().all(|day| day["provisional"] == false) && list(&known).len() == 39);
    let ahead = json(&demo().data, &["calendar", "--year", "2027"]);
    assert!(list(&ahead).iter().all(|day| day["provisional"] == true) && list(&ahead).len() == 13);
    // Three years of 100 a day, 200 in the window of the Spring Festival: the coming window is forecast where the moon puts it.
    let folder = super::support::empty();
    let (first, windows) = (
        chrono::NaiveDate::from_ymd_opt(2024, 1, 1).unwrap(),
        [
            ("2024-02-03", "2024-02-23"),
            ("2025-01-22", "2025-02-11"),
            ("2026-02-10", "2026-03-02"),
        ],
    );
    let mut text = String::from("unique_id,ds,y\n");
    for day in first.iter_days().take(1100) {
        let shown = day.to_string();
        let lifted = windows
            .iter()
            .any(|(from, to)| *from <= shown.as_str() && shown.as_str() <= *to);
        text.push_str(&format!(
            "a,{shown},{}\n",
            if lifted {
                200.0
            } else {
                100.0 + f64::from(day.to_string().len() as u32 % 3)
            }
        ));
    }
    let input = write(folder.path(), "series.csv", &text);
    let answer = json(
        &demo().data,
        &["forecast", "--input", &input, "--horizon", "60", "--calendar", "cn"],
    );
    let steps = list(&list(&answer)[0]["steps"]);
    let value = |day: &str| {
        steps
            .iter()
            .find(|step| step["ds"] == day)
            .map(|step| step["yhat"].as_f64().unwrap())
    };
    assert!(
        value("2027-02-06").unwrap() > 170.0 && value("2027-01-20").unwrap() < 120.0,
        "{:?}",
        value("2027-02-06")
    );
}

#[test]
fn load_test_and_history_agree_but_where_the_demo_is_off() {
    let answers = answers();
    let planted: std::collections::BTreeSet<(String, bool)> = answers["disagreement"]
        .as_array()
        .unwrap()
        .iter()
        .map(|off| {
            let word = |key: &str| off[key].as_str().unwrap().to_owned();
            let name = format!("{}/{} {}", word("product"), word("module"), word("resource"));
            (name, off["history_is"].as_str() == Some("above"))
        })
        .collect();
    let shown = json(&demo().data, &["capacity", "plan", "--year", "2027"]);
    let (mut flagged, mut agreeing) = (std::collections::BTreeSet::new(), 0);
    for track in list(&shown["tracks"]) {
        let difference = track["difference"].as_f64().unwrap();
        if track["flagged"] == true {
            let of = |key: &str| text(&track[key]);
            let name = format!("{}/{} {}", of("product"), of("module"), of("resource"));
            flagged.insert((name, difference > 0.0));
        } else {
            assert!(difference.abs() <= 0.2, "{track}");
            agreeing += 1;
        }
    }
    assert_eq!(flagged, planted);
    assert!(agreeing >= 6, "{agreeing}");
    let said = headroom(&demo().data, &["--lang", "zh-CN", "capacity", "plan", "--year", "2027"]).ok();
    assert!(said.out.contains("messaging/gateway cpu"), "{}", said.out);
}

#[test]
fn a_called_module_has_days_left_and_events_that_meet_are_named_in_both_languages() {
    let data = demo_copy();
    let folder = tempfile::tempdir().unwrap();
    let models = std::fs::read_to_string(fixture("demo/capacity.toml")).unwrap();
    let shop = "product = \"shop\"\nmodule = \"app\"\ndriver = \"orders_per_second\"\n";
    let models = models.replace(shop, &format!("{shop}calls = [{{ to = \"cache\", fan_out = 2.0 }}]\n"))
        + "\n[[capacity]]\nproduct = \"shop\"\nmodule = \"cache\"\nunit = \"ecs-96c\"\nwork = { memory = 1.0 }\n\
           limit = { memory = 384 }\ntarget_utilization = { memory = 0.7 }\nlead_time_months = 1\n\
           inventory = [{ month = \"2026-09\", count = 7 }]\n\
           [[event]]\nname = { zh-CN = \"年会\", en = \"Party\" }\nmonths = [\"2027-06\"]\nproducts = [\"shop\"]\nfactor = 1.2\n";
    headroom(data.path(), &["apply", &write(folder.path(), "capacity.toml", &models)]).ok();
    let left = json(data.path(), &["capacity", "days-left"]);
    let rows = list(&left["modules"]);
    let of = |module: &str| {
        rows.iter()
            .find(|row| row["product"] == "shop" && row["module"] == module)
            .unwrap()
    };
    let (app, cache) = (of("app"), of("cache"));
    assert_eq!(cache["driver"], "shop/app × 2");
    let now = |row: &serde_json::Value| row["now"].as_f64().unwrap();
    assert!((now(cache) / now(app) - 2.0).abs() < 1e-9, "{cache}");
    // 7 × 384 × 0.7 of memory for 1 a call.
    assert!((cache["limit"].as_f64().unwrap() - 1_881.6).abs() < 0.1, "{cache}");
    for (language, words) in [
        ("en", ["618 shopping festival", "Party", "multiply to 1.26"]),
        ("zh-CN", ["618", "Party", "系数相乘为 1.26"]),
    ] {
        let said = headroom(data.path(), &["--lang", language, "capacity", "plan", "--year", "2027"])
            .ok()
            .err;
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
}
