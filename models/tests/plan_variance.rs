//! Parts of a variance one by one, each worked out by hand; alerts, accuracy and spread of proposals.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use headroom_models::budget::*;
use headroom_models::capacity::*;
use headroom_models::ledger::{CostType, Expenditure, Money, Month};
use headroom_models::variance::Standing;
use headroom_models::variance::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

#[derive(serde::Deserialize, Clone)]
struct Book {
    unit: Vec<Unit>,
    price: Vec<Price>,
    capacity: Vec<CapacityModel>,
}

/// Two kinds of machines; each carries 100 users of its module. 1000 and 2000 a month.
const BOOK: &str = r#"
    unit = [
        { id = "small", name = "小", cost_type = "server", acquisition = "rent" },
        { id = "large", name = "大", cost_type = "server", acquisition = "rent" },
    ]
    price = [
        { unit = "small", valid_from = "2025-01", amount = "1000", currency = "CNY" },
        { unit = "large", valid_from = "2025-01", amount = "2000", currency = "CNY" },
    ]
    capacity = [
        { product = "shop", module = "web", driver = "users", unit = "small", work = { cpu = 1 }, limit = { cpu = 100 }, target_utilization = { cpu = 1 } },
        { product = "shop", module = "app", driver = "users", unit = "large", work = { cpu = 1 }, limit = { cpu = 100 }, target_utilization = { cpu = 1 } },
    ]
"#;

struct Company {
    book: Book,
    targets: Drivers,
    measured: Drivers,
    actuals: Vec<Actual>,
    lines: Vec<BudgetLine>,
}

fn spend(at: &str, module: &str, amount: &str, at_budget_rate: &str) -> Actual {
    Actual {
        month: month(at),
        product: "shop".into(),
        module: module.into(),
        cost_type: CostType::Server,
        expenditure: Expenditure::Opex,
        sourcing: Sourcing::default(),
        amount: money(amount),
        amount_at_budget_rate: money(at_budget_rate),
    }
}

/// Target 1000 users in every month of 2026: 10 small and 10 large machines.
fn company() -> Company {
    let mut targets = Drivers::default();
    for at in 0..12 {
        targets.insert("shop", "users", month("2026-01").plus(at), 1_000.0);
    }
    let mut company = Company {
        book: toml::from_str(BOOK).unwrap(),
        targets,
        measured: Drivers::default(),
        actuals: vec![spend("2025-12", "web", "1", "1")],
        lines: Vec::new(),
    };
    company.lines = derive(&inputs(&company, "2025-12")).lines;
    company.lines.retain(|line| line.origin == Origin::Capacity);
    company
}

/// Nothing ordered or requested.
static NOTHING_COMMITTED: BTreeMap<LineKey, BTreeMap<Sourcing, Money>> = BTreeMap::new();

fn inputs<'a>(company: &'a Company, as_of: &str) -> Inputs<'a> {
    Inputs {
        months: "2026-01..2026-12".parse().unwrap(),
        as_of: month(as_of),
        settings: BudgetSettings::default(),
        units: &company.book.unit,
        prices: &company.book.price,
        models: &company.book.capacity,
        events: &[],
        targets: &company.targets,
        actual_drivers: &company.measured,
        surroundings: Surroundings::NONE,
        assets: &[],
        actuals: &company.actuals,
        commitments: &NOTHING_COMMITTED,
        reporting_currency: "CNY",
        rate: &|_, _| None,
    }
}

fn explained(company: &Company, as_of: &str, groups: &[UnitGroup]) -> Variance {
    let inputs = inputs(company, as_of);
    let departments = BTreeMap::new();
    let year_difference = execution(&inputs, &company.lines, &departments).year_differences();
    let context = Context {
        budget_as_of: month("2025-12"),
        departments: &departments,
        year_difference: &year_difference,
        groups,
    };
    explain(&inputs, &company.lines, &context)
}

fn of(variance: &Variance) -> BTreeMap<&'static str, String> {
    let parts = variance
        .total
        .parts
        .parts
        .iter()
        .filter(|(_, amount)| !amount.is_zero());
    parts
        .map(|(part, amount)| (part.as_str(), amount.to_string()))
        .collect()
}

fn is(parts: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    parts
        .iter()
        .map(|(part, amount)| (*part, (*amount).to_owned()))
        .collect()
}

#[test]
fn volume_efficiency_price_and_fx_by_hand() {
    let mut company = company();
    // 1200 users need 12 machines; 15 run. They cost 1100 since January, 10 of it is the rate of exchange.
    company.measured.insert("shop", "users", month("2026-01"), 1_200.0);
    let mut dearer = company.book.price[0].clone();
    (dearer.valid_from, dearer.amount) = (month("2026-01"), money("1100"));
    company.book.price.push(dearer);
    company.actuals.push(spend("2026-01", "web", "16650", "16500"));
    company.actuals.push(spend("2026-01", "app", "24000", "24000"));
    let variance = explained(&company, "2026-01", &[]);
    // web: volume (12 − 10) × 1000, efficiency (15 − 12) × 1000, price 15 × 100, FX 150; app: volume 2 × 2000.
    let expected = is(&[
        ("volume", "6000"),
        ("efficiency", "3000"),
        ("price", "1500"),
        ("fx", "150"),
    ]);
    assert_eq!(of(&variance), expected);
    let web = variance.keys.iter().find(|key| key.key.module == "web").unwrap();
    let units = &web.quantities[0];
    assert_eq!(
        (units.planned, units.needed, units.actual),
        (Money::whole(10), Money::whole(12), Money::whole(15))
    );
    // The cause of the whole is volume, largest in the application: users 20 % above target.
    let cause = variance.total.cause.unwrap();
    assert_eq!((cause.part, cause.module.as_str()), (Part::Volume, "app"));
    let driver = "users".to_owned();
    assert_eq!(
        cause.detail,
        Detail::Driver {
            driver,
            ratio: money("1.2")
        }
    );
}

#[test]
fn stock_counted_after_the_budget_was_made_is_no_plan() {
    let mut company = company();
    company.measured.insert("shop", "users", month("2026-01"), 1_500.0);
    // The machines that the users asked for were counted later: that must not hide the volume.
    company.book.capacity[0].inventory = vec![InventoryCount {
        month: month("2026-01"),
        count: 15,
    }];
    company.actuals.push(spend("2026-01", "web", "15000", "15000"));
    company.actuals.push(spend("2026-01", "app", "30000", "30000"));
    assert_eq!(of(&explained(&company, "2026-01", &[])), is(&[("volume", "15000")]));
}

#[test]
fn mix_by_hand() {
    let mut company = company();
    company.measured.insert("shop", "users", month("2026-01"), 1_000.0);
    // 24 machines instead of 20: 6 small and 18 large instead of 12 and 12 for the same number.
    company.actuals.push(spend("2026-01", "web", "6000", "6000"));
    company.actuals.push(spend("2026-01", "app", "36000", "36000"));
    let without = explained(&company, "2026-01", &[]);
    assert_eq!(of(&without), is(&[("efficiency", "12000")]));
    let groups = [UnitGroup {
        id: "machines".into(),
        units: vec!["small".into(), "large".into()],
    }];
    // Quantity (24 − 20) × 1500 = 6000; mix (6 − 12) × 1000 + (18 − 12) × 2000 = 6000.
    let with = explained(&company, "2026-01", &groups);
    assert_eq!(of(&with), is(&[("efficiency", "6000"), ("mix", "6000")]));
}

fn decided(at: &str, module: &str, amount: &str) -> BudgetLine {
    let mut line = company().lines[0].clone();
    (line.month, line.module, line.amount) = (month(at), module.into(), money(amount));
    line.origin = Origin::Manual;
    line.units = None;
    line.derivation = Derivation::Manual { note: "项目".into() };
    line
}

#[test]
fn lines_that_stand_on_their_own() {
    let mut company = company();
    company.lines.clear();
    for at in 0..12 {
        company
            .lines
            .push(decided(&month("2026-01").plus(at).to_string(), "old", "100"));
        company
            .lines
            .push(decided(&month("2026-01").plus(at).to_string(), "never", "10"));
    }
    for at in ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"] {
        company.actuals.push(spend(at, "old", "100", "100"));
    }
    company.actuals.push(spend("2025-11", "forgotten", "5", "5"));
    company.actuals.push(spend("2026-05", "forgotten", "7", "7"));
    company.actuals.push(spend("2026-05", "fresh", "9", "9"));
    // Through June the old line has cost in five of six months: it comes monthly.
    let variance = explained(&company, "2026-07", &[]);
    let standing: BTreeMap<&str, Standing> = variance
        .keys
        .iter()
        .map(|key| (key.key.module.as_str(), key.standing))
        .collect();
    let expected = [
        ("forgotten", Standing::Unplanned),
        ("fresh", Standing::New),
        ("never", Standing::Unused),
    ];
    for (module, expected) in expected {
        assert_eq!(standing[module], expected, "{module}");
    }
    let parts = of(&variance);
    assert_eq!((parts["new"].as_str(), parts["unplanned"].as_str()), ("9", "7"));
    // June and July without cost: of 7 months 5 have some, less than three of four, so the line comes in lumps and what it
    // lacks may still come; from a monthly line it is gone.
    assert!(parts.contains_key("timing"));
    company.actuals.push(spend("2026-06", "old", "100", "100"));
    let monthly = explained(&company, "2026-08", &[]);
    assert_eq!(standing_of(&monthly, "old"), Standing::Ended);
    assert_eq!(of(&monthly)["ended"], "-200");
}

fn standing_of(variance: &Variance, module: &str) -> Standing {
    variance
        .keys
        .iter()
        .find(|key| key.key.module == module)
        .unwrap()
        .standing
}

#[test]
fn what_comes_earlier_within_the_year_is_timing() {
    let mut company = company();
    company.lines = vec![decided("2026-10", "project", "1200")];
    company.actuals.push(spend("2026-05", "project", "1000", "1000"));
    // Spent in May instead of October; 200 are still to come: the year ends on its budget.
    assert_eq!(of(&explained(&company, "2026-06", &[])), is(&[("timing", "1000")]));
    // 300 too much is no timing: the year ends at 1500.
    company.actuals.push(spend("2026-06", "project", "500", "500"));
    let parts = of(&explained(&company, "2026-06", &[]));
    assert_eq!(parts, is(&[("timing", "1200"), ("efficiency", "300")]));
}

#[test]
fn an_alert_fires_once_and_ends_below_its_hysteresis() {
    let mut company = company();
    company.lines = (0..12)
        .map(|at| decided(&month("2026-01").plus(at).to_string(), "web", "100"))
        .collect();
    let rules = [AlertRule {
        id: "pace".into(),
        metric: AlertMetric::Pace,
        severity: Severity::Warning,
        above: Money::whole(110),
        clears_below: Some(Money::whole(105)),
        levels: vec![AlertLevel::Product],
    }];
    let mut open: BTreeSet<(String, Subject)> = BTreeSet::new();
    let mut history = Vec::new();
    // To date 120, 110, 106.7, 110, 104 %: one alert from January to May, and none in between.
    for (at, amount) in [
        ("2026-01", "120"),
        ("2026-02", "100"),
        ("2026-03", "100"),
        ("2026-04", "120"),
        ("2026-05", "80"),
    ] {
        company.actuals.push(spend(at, "web", amount, amount));
        let executed = execution(&inputs(&company, at), &company.lines, &BTreeMap::new());
        for change in alert_changes(&rules, &executed, &open) {
            let key = (change.rule.id.clone(), change.subject.clone());
            assert!(if change.raised {
                open.insert(key)
            } else {
                open.remove(&key)
            });
            history.push((change.month.to_string(), change.raised, change.value.to_string()));
        }
    }
    let text = |month: &str, raised, value: &str| (month.to_owned(), raised, value.to_owned());
    assert_eq!(history, [text("2026-01", true, "120"), text("2026-05", false, "104")]);
    assert_eq!(default_rules().iter().find_map(AlertRule::problem), None);
}

#[test]
fn forecast_error_and_bias_by_lag() {
    let forecast = |made: &str, at: &str, product: &str, mid: &str| ProductForecast {
        made_in: month(made),
        month: month(at),
        product: product.into(),
        low: money("90"),
        mid: money(mid),
        high: money("110"),
    };
    let forecasts = [
        forecast("2026-01", "2026-02", "a", "110"),
        forecast("2026-01", "2026-02", "b", "90"),
        forecast("2026-02", "2026-03", "a", "130"),
        forecast("2026-01", "2026-04", "a", "80"),
        forecast("2026-01", "2026-09", "a", "1"), // no actual yet
        forecast("2026-03", "2026-03", "a", "1"), // frozen, not a forecast
    ];
    let actuals = [("a", "2026-02"), ("b", "2026-02"), ("a", "2026-03"), ("a", "2026-04")]
        .map(|(product, at)| ((product.to_owned(), month(at)), money("100")));
    let accuracy = forecast_accuracy(&forecasts, &actuals.into());
    let company = &accuracy[0];
    assert_eq!(company.product, "");
    // One ahead: off by 10, 10 and 30 of 300, and 30 too high on the whole; over and under do not cancel in the error.
    let one = &company.lags[0];
    assert_eq!((one.lag, one.months), (1, 2));
    assert_eq!((one.error, one.bias), (Some(money("0.166667")), Some(money("0.1"))));
    let three = &company.lags[1];
    assert_eq!((three.error, three.bias), (Some(money("0.2")), Some(money("-0.2"))));
    assert_eq!(company.lags[3].months, 0);
    assert_eq!(accuracy[1].product, "a");
    assert_eq!(accuracy[1].all.inside, Some(money("1")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_proposal_is_spread_to_the_last_digit(amount in -10_i128.pow(24)..10_i128.pow(24), spent in 0..5_000_i64) {
        let mut company = company();
        company.actuals.push(spend("2026-01", "web", &spent.to_string(), &spent.to_string()));
        let executed = execution(&inputs(&company, "2026-03"), &company.lines, &BTreeMap::new());
        let amount = Money::from_units(amount);
        let changes = spread_proposal(&executed.leaves, "shop", amount).unwrap();
        prop_assert_eq!(changes.iter().map(|change| change.amount).sum::<Money>(), amount);
        prop_assert!(changes.iter().all(|change| change.month > month("2026-03")));
        prop_assert_eq!(spread_proposal(&executed.leaves, "other", Money::ONE), None);
    }
}
