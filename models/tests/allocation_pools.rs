//! Reciprocal pools, bounds of shares and tables of shares, each worked by hand.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod allocation_support;

use allocation_support::*;
use headroom_models::allocation::AllocationError;
use headroom_models::ledger::{Column, Money};
use headroom_models::organization::UNALLOCATED;
use proptest::prelude::*;

/// Rules that send the charges of each `x_CostType` to the pool of that name.
fn into_pools(pools: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (id, split) in pools {
        text += &format!(
            "[[rule]]\nid = \"{id}\"\nwhen = {{ column = \"x_CostType\", equals = \"{id}\" }}\nassign = {{ pool = \"{id}\" }}\n\
             [[pool]]\nid = \"{id}\"\nname = \"{id}\"\n{split}\n"
        );
    }
    text
}

fn cost(pool: &str, amount: &str) -> Row {
    Row::new("idc", "CNY", amount).with(Column::CostType, pool)
}

/// Horngren, Cost Accounting, chapter "Allocation of Support-Department Costs": the Robinson Company. Plant maintenance
/// (6,300,000) works 1,600, 2,400 and 4,000 hours for information systems, machining and assembly; information systems
/// (1,452,150) works 200, 1,600 and 200 hours for plant maintenance, machining and assembly. Here machining is `video`,
/// assembly `shop`.
fn robinson() -> [Row; 2] {
    [cost("maintenance", "6300000"), cost("systems", "1452150")]
}

#[test]
fn the_robinson_company_by_the_reciprocal_method() {
    // PM = 6,300,000 + 0.1 IS and IS = 1,452,150 + 0.2 PM give PM = 6,576,750 and IS = 2,767,500; machining carries
    // 0.3 × 6,576,750 + 0.8 × 2,767,500 = 4,187,025 and assembly 0.5 × 6,576,750 + 0.1 × 2,767,500 = 3,565,125.
    let rules = into_pools(&[
        (
            "maintenance",
            r#"split = { method = "reciprocal", weights = { "pool:systems" = 1600, video = 2400, shop = 4000 } }"#,
        ),
        (
            "systems",
            r#"split = { method = "reciprocal", weights = { "pool:maintenance" = 200, video = 1600, shop = 200 } }"#,
        ),
    ]);
    let result = run(&rules, &Metrics::new(), &robinson());
    assert_eq!(
        by_product(&result),
        expect(&[("shop", "3565125"), ("video", "4187025")])
    );
    // Of each unit that enters maintenance, (0.3 + 0.2 × 0.8) ÷ 0.98 = 23/49 ends at machining; of systems 83/98.
    let steps: Vec<(&str, &str, String, String)> = result
        .costs
        .iter()
        .map(|cost| {
            (
                cost.product.as_str(),
                cost.pool.as_str(),
                cost.share.to_string(),
                cost.share_total.to_string(),
            )
        })
        .collect();
    let step = |product, pool, share: &str, total: &str| (product, pool, share.to_owned(), total.to_owned());
    assert_eq!(
        steps,
        [
            step("shop", "maintenance>systems>maintenance", "26", "49"),
            step("shop", "systems>maintenance>systems", "15", "98"),
            step("video", "maintenance>systems>maintenance", "23", "49"),
            step("video", "systems>maintenance>systems", "83", "98"),
        ]
    );
}

#[test]
fn the_robinson_company_by_step_down_differs() {
    // Maintenance first: systems hold 1,452,150 + 1,260,000 = 2,712,150, of which machining carries 8/9 and assembly 1/9:
    // 1,890,000 + 2,410,800 = 4,300,800 and 3,150,000 + 301,350 = 3,451,350.
    let rules = into_pools(&[
        (
            "maintenance",
            r#"split = { method = "weights", weights = { "pool:systems" = 1600, video = 2400, shop = 4000 } }"#,
        ),
        (
            "systems",
            r#"split = { method = "weights", weights = { video = 1600, shop = 200 } }"#,
        ),
    ]);
    let result = run(&rules, &Metrics::new(), &robinson());
    assert_eq!(
        by_product(&result),
        expect(&[("shop", "3451350"), ("video", "4300800")])
    );
}

#[test]
fn reciprocal_pools_feed_on_into_a_later_pool_and_may_use_themselves() {
    // A keeps half for itself: of what leaves it, 1/4 goes to video and 3/4 to the pool `late`, which gives all to feed.
    let rules = into_pools(&[
        ("late", r#"split = { method = "weights", weights = { feed = 1 } }"#),
        (
            "a",
            r#"split = { method = "reciprocal", weights = { "pool:a" = 4, video = 1, "pool:late" = 3 } }"#,
        ),
    ]);
    let result = run(&rules, &Metrics::new(), &[cost("a", "100")]);
    assert_eq!(by_product(&result), expect(&[("feed", "75"), ("video", "25")]));
    let ways: Vec<&str> = result.costs.iter().map(|cost| cost.pool.as_str()).collect();
    assert_eq!(ways, ["a>a>late", "a>a"]);
}

#[test]
fn circles_that_cannot_be_solved_or_do_not_say_so_are_named() {
    let weights =
        |method: &str, weights: &str| format!("split = {{ method = \"{method}\", weights = {{ {weights} }} }}");
    let closed = into_pools(&[
        ("a", &weights("reciprocal", "\"pool:b\" = 1")),
        ("b", &weights("reciprocal", "\"pool:c\" = 1, video = 0")),
        ("c", &weights("reciprocal", "\"pool:a\" = 1")),
    ]);
    assert_eq!(
        problems(&closed),
        [
            "the pools a → b → c → a feed only each other, so their cost never reaches a product: give one of them a weight to a product"
        ]
    );
    let itself = into_pools(&[("a", &weights("reciprocal", "\"pool:a\" = 1"))]);
    assert!(problems(&itself)[0].starts_with("the pools a → a feed only each other"));
    let backwards = into_pools(&[
        ("a", &weights("weights", "video = 1")),
        ("b", &weights("weights", "video = 1, \"pool:a\" = 1")),
    ]);
    assert_eq!(
        problems(&backwards),
        [
            "pool 'b' feeds pool 'a', which does not stand after it (step-down goes one way): pools that feed each other need method = \"reciprocal\""
        ]
    );
    let half = into_pools(&[
        ("a", &weights("weights", "video = 1, \"pool:b\" = 1")),
        ("b", &weights("reciprocal", "video = 1, \"pool:a\" = 1")),
    ]);
    assert_eq!(
        problems(&half),
        ["pool 'a' is part of the circle a → b → a: give it method = \"reciprocal\" too"]
    );
    let unknown = into_pools(&[("a", &weights("reciprocal", "video = 1, \"pool:x\" = 1"))]);
    assert_eq!(problems(&unknown), ["pool 'a' feeds pool 'x', which no file defines"]);
}

fn one_pool(split: &str) -> String {
    into_pools(&[("rooms", split)])
}

fn rooms(split: &str) -> Vec<(String, String)> {
    by_product(&run(&one_pool(split), &Metrics::new(), &[cost("rooms", "1000")]))
        .into_iter()
        .collect()
}

fn pairs(products: &[(&str, &str)]) -> Vec<(String, String)> {
    expect(products).into_iter().collect()
}

#[test]
fn bounds_keep_shares_within_reach_and_the_rest_in_proportion() {
    let weights = r#"split = { method = "weights", weights = { video = 90, shop = 6, feed = 4 } }"#;
    // Shop and feed get at least a tenth each: video carries what is left.
    let split = format!("{weights}\nminimum_share = {{ shop = \"0.1\", feed = \"0.1\" }}");
    assert_eq!(
        rooms(&split),
        pairs(&[("feed", "100"), ("shop", "100"), ("video", "800")])
    );
    // Video carries at most half; the other half goes 6 : 4.
    let split = format!("{weights}\nmaximum_share = {{ video = \"0.5\" }}");
    assert_eq!(
        rooms(&split),
        pairs(&[("feed", "200"), ("shop", "300"), ("video", "500")])
    );
    // Video at most half, shop at most 0.2: feed carries the rest.
    let split = format!("{weights}\nmaximum_share = {{ video = \"0.5\", shop = \"0.2\" }}");
    assert_eq!(
        rooms(&split),
        pairs(&[("feed", "300"), ("shop", "200"), ("video", "500")])
    );
    // A minimum lifts a product without any basis, and bounds that do not bind change nothing.
    let split = r#"split = { method = "weights", weights = { video = 3, shop = 1, feed = 0 } }
        minimum_share = { feed = "0.2", video = "0.1" }"#;
    assert_eq!(
        rooms(split),
        pairs(&[("feed", "200"), ("shop", "200"), ("video", "600")])
    );
    // The maxima of those with a basis leave a fifth that nobody may carry: it stays visible.
    let split = r#"split = { method = "weights", weights = { video = 3, shop = 1, feed = 0 } }
        maximum_share = { video = "0.5", shop = "0.3" }"#;
    assert_eq!(
        rooms(split),
        pairs(&[(UNALLOCATED, "200"), ("shop", "300"), ("video", "500")])
    );
}

#[test]
fn bounds_that_contradict_are_refused() {
    let weights = r#"split = { method = "weights", weights = { video = 1, shop = 1 } }"#;
    for (bounds, problem) in [
        (
            "minimum_share = { feed = \"0.1\" }",
            "pool 'rooms' has a minimum share for 'feed', which is not among those it is split to",
        ),
        (
            "minimum_share = { video = \"0.6\", shop = \"0.6\" }",
            "the minimum shares of pool 'rooms' add up to 1.2, more than 1",
        ),
        (
            "maximum_share = { video = \"0.6\", shop = \"0.3\" }",
            "the maximum shares of pool 'rooms' add up to 0.9: the rest would have nobody to go to",
        ),
        (
            "minimum_share = { video = \"0.3\" }\nmaximum_share = { video = \"0.2\" }",
            "pool 'rooms': the minimum share 0.3 of 'video' is above its maximum share 0.2",
        ),
        (
            "maximum_share = { video = 2 }",
            "pool 'rooms' has the maximum share 2 for 'video': shares lie between 0 and 1",
        ),
    ] {
        assert_eq!(problems(&one_pool(&format!("{weights}\n{bounds}"))), [problem]);
    }
}

#[test]
fn a_table_states_the_shares_by_month() {
    let rules = one_pool(
        r#"split = { method = "table", table = [
            { month = "2026-04", shares = { video = 30, shop = 70 } },
            { month = "2026-01", shares = { video = "0.6", shop = "0.4" } },
        ] }"#,
    );
    let configuration = configuration(&rules);
    let run = |at: &str| {
        try_run(
            &configuration,
            &Metrics::new(),
            sources(&[cost("rooms", "1000")]),
            month(at),
        )
    };
    for (at, video, shop) in [
        ("2026-01", "600", "400"),
        ("2026-03", "600", "400"),
        ("2026-04", "300", "700"),
        ("2027-01", "300", "700"),
    ] {
        assert_eq!(
            by_product(&run(at).unwrap()),
            expect(&[("shop", shop), ("video", video)]),
            "{at}"
        );
    }
    let error = run("2025-12").unwrap_err();
    assert!(matches!(error, AllocationError::NoShares { .. }));
    assert_eq!(
        error.to_string(),
        "pool 'rooms' holds cost in 2025-12, but its table of shares starts in 2026-01: add an entry for 2025-12 or an earlier month"
    );
}

#[test]
fn tables_that_do_not_add_up_are_refused() {
    let table = |entries: &str| one_pool(&format!("split = {{ method = \"table\", table = [{entries}] }}"));
    assert_eq!(problems(&table("")), ["the table of pool 'rooms' has no month"]);
    assert_eq!(
        problems(&table(
            r#"{ month = "2026-01", shares = { video = "0.6", shop = "0.3" } }"#
        )),
        ["the shares of pool 'rooms' in 2026-01 add up to 0.9: they must add up to 1 or to 100"]
    );
    let twice = r#"{ month = "2026-01", shares = { video = 1 } }, { month = "2026-01", shares = { shop = 1 } }"#;
    assert_eq!(
        problems(&table(twice)),
        ["the table of pool 'rooms' states 2026-01 twice"]
    );
    let method = problems(&one_pool(r#"split = { method = "table", metric = "x" }"#));
    assert!(
        method[0].contains("method \"table\" needs table = [{ month"),
        "{method:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Passing the money round and round, as often as it takes, comes to the solved shares.
    #[test]
    fn solving_is_where_passing_round_ends(
        weights in prop::collection::vec(prop::collection::vec(0_i64..9, 6), 4),
        amounts in prop::collection::vec(-1_000_000_i64..1_000_000, 4),
        digits in any::<bool>(),
    ) {
        const TARGETS: [&str; 6] = ["pool:a", "pool:b", "pool:c", "pool:d", "shop", "video"];
        // With all 18 digits in every weight the determinants outgrow the ledger's decimals.
        let weight = |at: usize, weight: i64| {
            let weight = if at == 5 { 3 + weight } else { weight };
            let digits = if digits { money("0.000000000123456789") } else { Money::ZERO };
            Money::whole(weight) + digits.times(7 * weight + at as i64)
        };
        let weights: Vec<Vec<Money>> = weights
            .iter()
            .map(|row| row.iter().enumerate().map(|(at, units)| weight(at, *units)).collect())
            .collect();
        let splits: Vec<String> = weights
            .iter()
            .map(|row| {
                let row = TARGETS.iter().zip(row).map(|(target, weight)| format!("\"{target}\" = \"{weight}\""));
                format!("split = {{ method = \"reciprocal\", weights = {{ {} }} }}", row.collect::<Vec<_>>().join(", "))
            })
            .collect();
        let pools: Vec<(&str, &str)> = ["a", "b", "c", "d"].into_iter().zip(splits.iter().map(String::as_str)).collect();
        let rows: Vec<Row> = pools.iter().zip(&amounts).map(|((id, _), amount)| cost(id, &amount.to_string())).collect();
        let result = run(&into_pools(&pools), &Metrics::new(), &rows);

        let mut waiting: Vec<Money> = amounts.iter().copied().map(Money::whole).collect();
        let mut products = [Money::ZERO; 2];
        for _ in 0..600 {
            let mut next = vec![Money::ZERO; 4];
            for (amount, weights) in waiting.iter().zip(&weights) {
                for (at, part) in amount.split(weights).unwrap().into_iter().enumerate() {
                    if at < 4 { next[at] += part } else { products[at - 4] += part }
                }
            }
            waiting = next;
        }
        for (product, expected) in ["shop", "video"].into_iter().zip(products) {
            let found: Money = result.costs.iter().filter(|cost| cost.product == product).map(|cost| cost.amounts.effective).sum();
            prop_assert!((found - expected).abs() < money("0.000000001"), "{product}: {found} and {expected}");
        }
        // The stated shares of a circle of all four pools make up the whole.
        for entered in ["a", "b", "c", "d"] {
            let steps: Vec<_> = result.costs.iter().filter(|cost| cost.pool.starts_with(entered) && cost.pool.ends_with(entered) && cost.pool.len() == 9).collect();
            let total: Money = steps.iter().map(|cost| cost.share).sum();
            prop_assert!(steps.iter().all(|cost| cost.share_total == total), "{entered}");
        }
    }
}
