//! Splits, fallbacks, dates and conditions, each worked by hand.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod allocation_support;

use allocation_support::*;
use headroom_models::allocation::*;
use headroom_models::ledger::Column;
use headroom_models::organization::UNALLOCATED;

/// One pool that takes everything without an `x_Product`, after a rule that assigns by `x_Product`.
fn pool(split: &str) -> String {
    format!(
        r#"
        [[rule]]
        id = "direct"
        when = {{ always = true }}
        assign = {{ product_from_column = "x_Product" }}
        [[rule]]
        id = "shared"
        when = {{ always = true }}
        assign = {{ pool = "rooms" }}
        [[pool]]
        id = "rooms"
        name = "Rooms"
        {split}
        "#
    )
}

fn shared(amount: &str) -> Row {
    Row::new("idc", "CNY", amount)
}

fn direct(product: &str, currency: &str, amount: &str) -> Row {
    Row::new("aws", currency, amount).with(Column::Product, product)
}

#[test]
fn even_gives_the_odd_unit_to_the_first_in_order() {
    // 100 ÷ 3 = 33.333…; one unit of 10⁻¹⁸ is left and goes to the first product in the order of ids.
    let rules = pool(r#"split = { method = "even", products = ["video", "shop", "feed"] }"#);
    let result = run(&rules, &Metrics::new(), &[shared("100")]);
    let third = "33.333333333333333333";
    assert_eq!(
        by_product(&result),
        expect(&[("feed", "33.333333333333333334"), ("shop", third), ("video", third)])
    );
    assert!(
        result
            .costs
            .iter()
            .all(|cost| cost.pool == "rooms" && cost.rule == "shared")
    );
    assert!(result.notes.is_empty());
}

#[test]
fn a_credit_splits_as_the_mirror_image() {
    let rules = pool(r#"split = { method = "weights", weights = { video = 3, shop = 1 } }"#);
    let result = run(&rules, &Metrics::new(), &[shared("-10.000000000000000001")]);
    // 7.50000000000000000075 and 2.50000000000000000025: the odd unit goes to the larger remainder.
    assert_eq!(
        by_product(&result),
        expect(&[("shop", "-2.5"), ("video", "-7.500000000000000001")])
    );
}

#[test]
fn weights_state_their_share() {
    let rules = pool(r#"split = { method = "weights", weights = { video = "0.75", shop = "0.25", feed = 0 } }"#);
    let result = run(&rules, &Metrics::new(), &[shared("1000")]);
    assert_eq!(by_product(&result), expect(&[("shop", "250"), ("video", "750")]));
    let video = result.costs.iter().find(|cost| cost.product == "video").unwrap();
    assert_eq!((video.share, video.share_total), (money("0.75"), money("1")));
}

#[test]
fn a_pool_steps_down_into_a_later_one() {
    // Power: half to the rooms, half to video. Rooms then hold 100 + 200 = 300, split 1 : 2.
    let rules = r#"
        [[rule]]
        id = "power"
        when = { column = "x_CostType", equals = "power" }
        assign = { pool = "power" }
        [[rule]]
        id = "rooms"
        when = { column = "x_CostType", equals = "rack" }
        assign = { pool = "rooms" }
        [[pool]]
        id = "power"
        name = "Power"
        split = { method = "weights", weights = { "pool:rooms" = 1, video = 1 } }
        [[pool]]
        id = "rooms"
        name = "Rooms"
        split = { method = "weights", weights = { video = 1, shop = 2 } }
    "#;
    let rows = [
        shared("200").with(Column::CostType, "power"),
        shared("200").with(Column::CostType, "rack"),
    ];
    let result = run(rules, &Metrics::new(), &rows);
    assert_eq!(by_product(&result), expect(&[("shop", "200"), ("video", "200")]));
    let ways: Vec<&str> = result.costs.iter().map(|cost| cost.pool.as_str()).collect();
    assert_eq!(ways, ["power>rooms", "rooms", "power", "power>rooms", "rooms"]);
}

#[test]
fn direct_cost_compares_in_the_reporting_currency_and_ignores_net_credits() {
    // Direct: video 100 USD × 7.1 = 710 CNY, shop 290 CNY, feed −50 CNY (counts as zero). 71 % and 29 % of 1000.
    let rows = [
        shared("1000"),
        direct("video", "USD", "100"),
        direct("shop", "CNY", "290"),
        direct("feed", "CNY", "-50"),
    ];
    let result = run(&pool(r#"split = { method = "direct-cost" }"#), &Metrics::new(), &rows);
    let split: Vec<(&str, String)> = result
        .costs
        .iter()
        .filter(|cost| cost.pool == "rooms")
        .map(|cost| (cost.product.as_str(), cost.amounts.effective.to_string()))
        .collect();
    assert_eq!(split, [("shop", "290".to_owned()), ("video", "710".to_owned())]);
}

#[test]
fn a_usage_metric_splits_by_its_sum_and_negative_use_counts_as_none() {
    let rules = pool(r#"split = { method = "usage-metric", metric = "cores" }"#);
    let cores = metrics(&[
        ("cores", "video", "30"),
        ("cores", "视频", "10"),
        ("cores", "shop", "-5"),
        ("disks", "shop", "99"),
    ]);
    let result = run(&rules, &cores, &[shared("200")]);
    assert_eq!(by_product(&result), expect(&[("video", "150"), ("视频", "50")]));
}

#[test]
fn a_zero_basis_falls_back_as_stated_and_says_so() {
    let metric = r#"split = { method = "usage-metric", metric = "cores", products = ["video", "shop"] }"#;
    let rows = [shared("90"), direct("video", "CNY", "2"), direct("shop", "CNY", "1")];
    let without_direct = [shared("90")];
    for (fallback, rows, expected, word) in [
        ("", &rows[..], [("shop", "46"), ("video", "47")], "even"),
        (
            "fallback = \"direct-cost\"",
            &rows,
            [("shop", "31"), ("video", "62")],
            "direct-cost",
        ),
        (
            "fallback = \"direct-cost\"",
            &without_direct,
            [("shop", "45"), ("video", "45")],
            "even",
        ),
    ] {
        let result = run(&pool(&format!("{metric}\n{fallback}")), &Metrics::new(), rows);
        assert_eq!(by_product(&result), expect(&expected), "{fallback}");
        assert_eq!(
            result.notes,
            [format!(
                "2026-03: the basis of pool 'rooms' (usage-metric) is zero, split by its fallback: {word}"
            )]
        );
    }
    let rules = pool(&format!("{metric}\nfallback = \"unallocated\""));
    let result = run(&rules, &Metrics::new(), &without_direct);
    assert_eq!(by_product(&result), expect(&[(UNALLOCATED, "90")]));
    assert_eq!(
        (result.costs[0].rule.as_str(), result.costs[0].pool.as_str()),
        ("shared", "rooms")
    );
}

#[test]
fn a_tag_that_names_no_product_leaves_the_charge_to_the_next_rule() {
    let rules = r#"
        [[rule]]
        id = "tagged"
        when = { tag = "product", present = true }
        assign = { product_from_tag = "product", module_from_tag = "module" }
        [[rule]]
        id = "rest"
        when = { tag = "product", present = true }
        assign = { product = "feed" }
    "#;
    let tagged = |tags: &str| Row::new("aws", "CNY", "1").with(Column::Tags, tags);
    let rows = [
        tagged(r#"{"product":"video","module":"stream"}"#),
        tagged(r#"{"product":"video","module":"no such module"}"#),
        tagged(r#"{"product":"Video"}"#),
        tagged(r#"{"module":"stream"}"#),
    ];
    let result = run(rules, &Metrics::new(), &rows);
    let found: Vec<[&str; 3]> = result
        .costs
        .iter()
        .map(|cost| [cost.product.as_str(), cost.module.as_str(), cost.rule.as_str()])
        .collect();
    assert_eq!(
        found,
        [
            [UNALLOCATED, "", ""],
            ["feed", "", "rest"],
            ["video", "", "tagged"],
            ["video", "stream", "tagged"]
        ]
    );
}

#[test]
fn a_rule_applies_from_its_first_to_its_last_month() {
    let configuration = configuration(
        r#"
        [[rule]]
        id = "spring"
        valid_from = "2026-02"
        valid_to = "2026-03"
        when = { always = true }
        assign = { product = "video" }
        [[rule]]
        id = "later"
        valid_from = "2026-03"
        when = { always = true }
        assign = { product = "shop" }
        "#,
    );
    for (at, product) in [
        ("2026-01", UNALLOCATED),
        ("2026-02", "video"),
        ("2026-03", "video"),
        ("2026-04", "shop"),
        ("2030-01", "shop"),
    ] {
        let result = try_run(&configuration, &Metrics::new(), sources(&[shared("5")]), month(at)).unwrap();
        assert_eq!(by_product(&result), expect(&[(product, "5")]), "{at}");
    }
}

/// The numbers of the rows that a condition takes.
fn taken(condition: &str, rows: &[Row]) -> Vec<usize> {
    let rules = format!("[[rule]]\nid = \"r\"\nwhen = {condition}\nassign = {{ product = \"video\" }}");
    let configuration = configuration(&rules);
    let rules: Vec<&Rule> = configuration.rules.iter().collect();
    let products = configuration.organization.modules_by_product();
    let targets = match_rules(&frame(rows).collect().unwrap(), &rules, &products, month("2026-03")).unwrap();
    (0..rows.len()).filter(|at| targets[*at] != Target::Nobody).collect()
}

#[test]
fn conditions_on_columns_and_missing_texts() {
    let named = |name: &str| shared("1").with(Column::ResourceId, name);
    // Row 3 has no ResourceId: it passes no test but the one for absence, and so every `not` around a test.
    let rows = [named("web-1"), named("web-2"), named("db-1"), shared("1")];
    for (condition, expected) in [
        (r#"{ column = "ResourceId", equals = "web-1" }"#, vec![0]),
        (r#"{ column = "ResourceId", in = ["db-1", "web-2", "x"] }"#, vec![1, 2]),
        (r#"{ column = "ResourceId", in = [] }"#, vec![]),
        (r#"{ column = "ResourceId", starts_with = "web" }"#, vec![0, 1]),
        (r#"{ column = "ResourceId", starts_with = "" }"#, vec![0, 1, 2]),
        (r#"{ column = "ResourceId", glob = "*-1" }"#, vec![0, 2]),
        (r#"{ column = "ResourceId", glob = "web-?" }"#, vec![0, 1]),
        (r#"{ column = "ResourceId", glob = "web" }"#, vec![]),
        (r#"{ column = "ResourceId", glob = "w.b-[12]" }"#, vec![]),
        (r#"{ column = "ResourceId", glob = "*" }"#, vec![0, 1, 2]),
        (r#"{ column = "ResourceId", regex = "-1$" }"#, vec![0, 2]),
        (r#"{ column = "ResourceId", regex = "^(web|db)-1$" }"#, vec![0, 2]),
        (r#"{ column = "ResourceId", present = true }"#, vec![0, 1, 2]),
        (r#"{ column = "ResourceId", present = false }"#, vec![3]),
        (
            r#"{ not = { column = "ResourceId", equals = "web-1" } }"#,
            vec![1, 2, 3],
        ),
        (r#"{ not = { column = "ResourceId", regex = "." } }"#, vec![3]),
        (
            r#"{ all = [{ column = "ResourceId", starts_with = "web" }, { column = "ResourceId", regex = "1" }] }"#,
            vec![0],
        ),
        (
            r#"{ any = [{ column = "ResourceId", equals = "db-1" }, { column = "ResourceId", present = false }] }"#,
            vec![2, 3],
        ),
        (r#"{ all = [] }"#, vec![0, 1, 2, 3]),
        (r#"{ any = [] }"#, vec![]),
        (r#"{ always = true }"#, vec![0, 1, 2, 3]),
    ] {
        assert_eq!(taken(condition, &rows), expected, "{condition}");
    }
}

#[test]
fn tag_keys_with_points_quotes_slashes_and_chinese() {
    let keys = [
        "a.b",
        "a'b",
        "a\"b",
        "a\\b",
        "kubernetes.io/name",
        "团队",
        "a b",
        "$",
        "a]b",
        "*",
        "0",
        "",
        "@",
        "a['b']",
    ];
    let rows: Vec<Row> = keys
        .iter()
        .map(|key| shared("1").with(Column::Tags, &serde_json::json!({ *key: "yes" }).to_string()))
        .collect();
    for (at, key) in keys.iter().enumerate() {
        let key = toml::Value::from(*key).to_string();
        let condition = format!("{{ tag = {key}, equals = \"yes\" }}");
        assert_eq!(taken(&condition, &rows), [at], "{condition}");
    }
}

#[test]
fn tag_values_that_are_no_text() {
    let tags = |tags: &str| shared("1").with(Column::Tags, tags);
    // A number and a truth value are their own text; null is missing; what is no object has no tags.
    let rows = [
        tags(r#"{"k":5}"#),
        tags(r#"{"k":true}"#),
        tags(r#"{"k":null}"#),
        tags(r#"{"k":""}"#),
        tags("[1]"),
        tags("{broken"),
        shared("1"),
    ];
    assert_eq!(taken(r#"{ tag = "k", equals = "5" }"#, &rows), [0]);
    assert_eq!(taken(r#"{ tag = "k", equals = "true" }"#, &rows), [1]);
    assert_eq!(taken(r#"{ tag = "k", present = true }"#, &rows), [0, 1]);
    assert_eq!(taken(r#"{ tag = "k", present = false }"#, &rows), [2, 3, 4, 5, 6]);
    assert_eq!(taken(r#"{ tag = "k", equals = "" }"#, &rows), [3]);
}
