//! Depreciation by every method: textbook tables, and what must hold for any asset.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use headroom_models::assets::*;
use headroom_models::ledger::{Money, Month, Ratio};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn sum(schedule: &[(Month, Money)]) -> Money {
    schedule.iter().map(|(_, amount)| *amount).sum()
}

/// Sums of twelve months each.
fn years(schedule: &[(Month, Money)]) -> Vec<String> {
    schedule.chunks(12).map(|year| sum(year).to_string()).collect()
}

fn history(method: Method, cost: i64, residual: i64, life_months: u32) -> AssetHistory {
    AssetHistory {
        method,
        cost: Money::whole(cost),
        residual: Money::whole(residual),
        life_months,
        first: month("2026-01"),
        production: None,
        improvements: Vec::new(),
        retirement: None,
    }
}

/// The fixed-asset example of the Chinese accounting textbooks (初级会计实务, 固定资产折旧): cost 1,000,000, residual value
/// 4,000, five years.
#[test]
fn the_textbook_asset_by_the_accelerated_methods() {
    let first = month("2026-01");
    let (cost, residual) = (Money::whole(1_000_000), Money::whole(4_000));
    // 40 % of the book value: 400,000; 240,000; 144,000; then (216,000 − 4,000) ÷ 2 twice.
    let declining = double_declining(cost, residual, 60, first);
    assert_eq!(years(&declining), ["400000", "240000", "144000", "106000", "106000"]);
    assert_eq!(declining[0].1, money("33333.33"));
    assert_eq!(
        (declining[59].0.to_string(), declining[59].1),
        ("2030-12".to_owned(), money("8833.33"))
    );
    // 996,000 × 5/15, 4/15, 3/15, 2/15, 1/15.
    let digits = sum_of_years(cost, residual, 60, first);
    assert_eq!(years(&digits), ["332000", "265600", "199200", "132800", "66400"]);
    assert_eq!(digits[0].1, money("27666.67"));
    assert_eq!(years(&straight_line(cost, residual, 60, first)), ["199200"; 5]);
}

/// Cost 100,000, residual 4 %, five years, double declining (https://191i.com/i/2077718609962672828.html); and cost
/// 250,000, residual 10,000, five years (https://tspweb.com/fzltp/65552fcfe6b2d99f0a0a3ac0).
#[test]
fn two_more_double_declining_tables() {
    let first = month("2026-07");
    let years = |cost, residual| years(&double_declining(Money::whole(cost), Money::whole(residual), 60, first));
    assert_eq!(years(100_000, 4_000), ["40000", "24000", "14400", "8800", "8800"]);
    assert_eq!(years(250_000, 10_000), ["100000", "60000", "36000", "22000", "22000"]);
}

#[test]
fn declining_balance_stops_at_the_residual_value_and_short_lives_are_straight() {
    let first = month("2026-01");
    // 25 % a year of 1,000 with a residual of 600: 250, then only 150 are left.
    let high = double_declining(Money::whole(1_000), Money::whole(600), 96, first);
    assert_eq!(years(&high), ["250", "150", "0", "0", "0", "0", "0", "0"]);
    let short = double_declining(Money::whole(1_000), Money::ZERO, 24, first);
    assert_eq!(short, straight_line(Money::whole(1_000), Money::ZERO, 24, first));
    // Four and a half years: 2/4.5 of 900 for a year, 2/4.5 of 500 for a year, half a year of 2/4.5 of 277.78, then
    // straight line over the last 24 months.
    let odd = double_declining(Money::whole(900), Money::ZERO, 54, first);
    assert_eq!(years(&odd)[..2], ["400", "222.22"]);
    assert_eq!(sum(&odd[24..30]), money("61.73"));
    assert_eq!(sum(&odd[30..]), money("216.05"));
}

/// The truck of the same textbook: cost 600,000, residual 5 %, 500,000 km expected; a month of 4,000 km carries
/// 600,000 × 95 % ÷ 500,000 × 4,000 = 1.14 × 4,000 = 4,560.
#[test]
fn the_textbook_truck_by_units_of_production() {
    let mut truck = history(Method::UnitsOfProduction, 600_000, 30_000, 0);
    assert_eq!(truck.schedule(), Err(AssetProblem::NoProduction));
    let done = [
        ("2026-01", 4_000),
        ("2026-02", 0),
        ("2026-03", 490_000),
        ("2026-04", 9_000),
        ("2026-05", 1_000),
    ];
    truck.production = Some(Production {
        expected: Money::whole(500_000),
        done: done
            .iter()
            .map(|(at, units)| (month(at), Money::whole(*units)))
            .collect(),
    });
    let amounts: Vec<String> = truck
        .schedule()
        .unwrap()
        .iter()
        .map(|(_, amount)| amount.to_string())
        .collect();
    // In April only 6,000 km are left of the expectation.
    assert_eq!(amounts, ["4560", "0", "558600", "6840", "0"]);
    assert_eq!(truck.book_value(month("2026-03")).unwrap(), Money::whole(36_840));
    let broken = |expected: i64, units: i64| {
        let done = BTreeMap::from([(month("2026-01"), Money::whole(units))]);
        units_of_production(
            Money::ONE,
            Money::ZERO,
            &Production {
                expected: Money::whole(expected),
                done,
            },
        )
    };
    assert_eq!(broken(0, 1), Err(AssetProblem::NoExpectedUnits(Money::ZERO)));
    assert_eq!(
        broken(1, -1).unwrap_err().to_string(),
        "-1 units of production in 2026-01: units must not be below 0"
    );
}

#[test]
fn early_retirement_leaves_a_loss() {
    // 60,000 over 60 months: after 18 months 42,000 are on the books; sold for 30,000.
    let mut server = history(Method::StraightLine, 60_000, 0, 60);
    assert_eq!(server.disposal(), Ok(None));
    server.retirement = Some(Retirement {
        month: month("2027-06"),
        proceeds: Money::whole(30_000),
    });
    assert_eq!(sum(&server.schedule().unwrap()), Money::whole(18_000));
    assert_eq!(
        server.disposal().unwrap().unwrap(),
        Disposal {
            month: month("2027-06"),
            book_value: Money::whole(42_000),
            proceeds: Money::whole(30_000),
            loss: Money::whole(12_000),
        }
    );
    server.retirement.as_mut().unwrap().proceeds = Money::whole(50_000);
    assert_eq!(server.disposal().unwrap().unwrap().loss, Money::whole(-8_000), "a gain");
}

#[test]
fn an_improvement_is_depreciated_over_what_is_left_and_added() {
    // 60,000 over 60 months; after 24 months 36,000 are left; 12,000 more and 12 months more: 48,000 over 48 months.
    let mut server = history(Method::StraightLine, 60_000, 0, 60);
    server.improvements = vec![Improvement {
        month: month("2027-12"),
        amount: Money::whole(12_000),
        residual: None,
        months_added: 12,
        units_added: Money::ZERO,
    }];
    let schedule = server.schedule().unwrap();
    assert_eq!(years(&schedule), ["12000"; 6]);
    assert_eq!(server.book_value(month("2027-12")).unwrap(), Money::whole(48_000));
    assert_eq!(server.book_value(month("2031-12")).unwrap(), Money::ZERO);
    // Before it depreciates, or after it retired, there is nothing to improve.
    server.improvements[0].month = month("2025-12");
    assert!(matches!(server.schedule(), Err(AssetProblem::ImprovementOrder { .. })));
    // Units of production: half of the work is done, the other half and 500 units more carry 500 + 250.
    let mut press = history(Method::UnitsOfProduction, 1_000, 0, 0);
    press.production = Some(Production {
        expected: Money::whole(1_000),
        done: [("2026-01", 500), ("2026-02", 400), ("2026-03", 600)]
            .iter()
            .map(|(at, units)| (month(at), Money::whole(*units)))
            .collect(),
    });
    press.improvements = vec![Improvement {
        month: month("2026-01"),
        amount: Money::whole(250),
        residual: None,
        months_added: 0,
        units_added: Money::whole(500),
    }];
    let amounts: Vec<String> = press
        .schedule()
        .unwrap()
        .iter()
        .map(|(_, amount)| amount.to_string())
        .collect();
    assert_eq!(amounts, ["500", "300", "450"]);
}

#[test]
fn a_transfer_in_the_middle_of_a_month_splits_it_by_days() {
    let holder = |product: &str| Holder {
        product: product.into(),
        module: String::new(),
    };
    let day = |text: &str| text.parse().unwrap();
    let schedule = [
        (month("2026-03"), Money::whole(310)),
        (month("2026-04"), money("100.01")),
    ];
    let transfers = [
        Transfer {
            day: day("2026-04-11"),
            to: holder("feed"),
        },
        Transfer {
            day: day("2026-03-11"),
            to: holder("shop"),
        },
        Transfer {
            day: day("2026-04-21"),
            to: holder("shop"),
        },
    ];
    let lines: Vec<(String, String, u32, String)> = by_holder(&schedule, &holder("video"), &transfers)
        .into_iter()
        .map(|cost| {
            (
                cost.month.to_string(),
                cost.holder.product,
                cost.days,
                cost.amount.to_string(),
            )
        })
        .collect();
    let line =
        |at: &str, product: &str, days, amount: &str| (at.to_owned(), product.to_owned(), days, amount.to_owned());
    assert_eq!(
        lines,
        [
            line("2026-03", "video", 10, "100"),
            line("2026-03", "shop", 21, "210"),
            // 20 of 30 days with shop (before and after feed): 66.6733…
            line("2026-04", "shop", 20, "66.67"),
            line("2026-04", "feed", 10, "33.34"),
        ]
    );
}

#[test]
fn methods_are_read_in_both_languages() {
    for (text, method) in [
        ("straight-line", Method::StraightLine),
        ("直线法", Method::StraightLine),
        ("年限平均法", Method::StraightLine),
        (" Double-Declining ", Method::DoubleDeclining),
        ("双倍余额递减法", Method::DoubleDeclining),
        ("年数总和法", Method::SumOfYears),
        ("工作量法", Method::UnitsOfProduction),
    ] {
        assert_eq!(text.parse(), Ok(method));
        assert_eq!(serde_json::from_value::<Method>(text.into()).unwrap(), method);
    }
    assert_eq!(serde_json::to_string(&Method::SumOfYears).unwrap(), "\"sum-of-years\"");
    assert_eq!(
        "declining".parse::<Method>(),
        Err("'declining' is no method of depreciation: use one of straight-line (直线法), double-declining (双倍余额递减法), \
             sum-of-years (年数总和法), units-of-production (工作量法)"
            .to_owned())
    );
}

fn cents(amount: i64) -> Money {
    Money::from_units(i128::from(amount) * 10_i128.pow(16))
}

proptest! {
    #[test]
    fn every_schedule_adds_up_in_whole_cents_and_never_rises(
        cost in 0_i64..100_000_000_000,
        percent in 0_i64..=100,
        life in 0_u32..200,
    ) {
        let cost = cents(cost);
        let residual = cost.scale_by(&Ratio::new(Money::whole(percent), Money::whole(100))).round(2);
        let first = month("2026-01");
        for (method, schedule) in [
            ("double declining", double_declining(cost, residual, life, first)),
            ("sum of years", sum_of_years(cost, residual, life, first)),
        ] {
            prop_assert_eq!(schedule.len(), life.max(1) as usize, "{}", method);
            prop_assert_eq!(sum(&schedule), cost - residual, "{}", method);
            let mut book = cost;
            for (_, amount) in &schedule {
                prop_assert!(!amount.is_negative());
                prop_assert_eq!(amount.round(2), *amount);
                book -= *amount;
                prop_assert!(book >= residual);
            }
            // A later month never carries more than an earlier one, but for the rounding of a cent; within the last two
            // years of a declining balance straight line may carry more than before.
            let steady = if method == "sum of years" { schedule.len() } else { schedule.len().saturating_sub(24) };
            prop_assert!(schedule[..steady].windows(2).all(|pair| pair[1].1 <= pair[0].1 + cents(1)), "{}", method);
        }
    }

    #[test]
    fn any_history_conserves_its_money(
        method in prop::sample::select(Method::ALL.to_vec()),
        cost in 1_i64..1_000_000_000,
        residual in 0_i64..1_000,
        life in 1_u32..100,
        units in prop::collection::vec(0_i64..500, 1..60),
        improved in prop::option::of((0_i32..40, 0_i64..1_000_000, 0_u32..30)),
        retired in prop::option::of((40_i32..120, 0_i64..1_000_000)),
    ) {
        let first = month("2026-01");
        let done = units.iter().enumerate().map(|(at, units)| (first.plus(at as i32), Money::whole(*units)));
        let asset = AssetHistory {
            method,
            cost: cents(cost),
            residual: cents(residual.min(cost)),
            life_months: life,
            first,
            production: Some(Production { expected: Money::whole(6_000), done: done.collect() }),
            improvements: improved.iter().map(|(at, amount, months)| Improvement {
                month: first.plus(*at),
                amount: cents(*amount),
                residual: None,
                months_added: *months,
                units_added: Money::whole(10),
            }).collect(),
            retirement: retired.map(|(at, proceeds)| Retirement { month: first.plus(at), proceeds: cents(proceeds) }),
        };
        let schedule = asset.schedule().unwrap();
        let spent = asset.cost + asset.improvements.iter().map(|improvement| improvement.amount).sum::<Money>();
        let depreciated = sum(&schedule);
        prop_assert!(schedule.windows(2).all(|pair| pair[0].0 < pair[1].0), "each month once, in order");
        if let Some(disposal) = asset.disposal().unwrap() {
            prop_assert_eq!(depreciated + disposal.loss + disposal.proceeds, spent);
        } else if method != Method::UnitsOfProduction {
            prop_assert_eq!(depreciated, spent - asset.residual);
        }
        // Holders carry exactly what the schedule says.
        let holder = |product: &str| Holder { product: product.into(), module: String::new() };
        let transfers = [Transfer { day: "2026-02-14".parse().unwrap(), to: holder("b") }, Transfer { day: "2026-02-20".parse().unwrap(), to: holder("c") }];
        let held: Money = by_holder(&schedule, &holder("a"), &transfers).iter().map(|cost| cost.amount).sum();
        prop_assert_eq!(held, depreciated);
    }
}
