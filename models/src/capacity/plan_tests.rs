//! Plans worked by hand, and what must hold for any plan.

use super::model::tests::stream;
use super::*;
use crate::ledger::Ratio;
use crate::ledger::{CostType, Money, Month};
use proptest::prelude::*;

fn unit(acquisition: Acquisition) -> Unit {
    Unit {
        id: "server-2u".into(),
        name: "两路服务器".into(),
        cost_type: CostType::Server,
        acquisition,
        performance: Default::default(),
        footprint: None,
        resource_mode: None,
        provider: String::new(),
        service_category: String::new(),
    }
}

fn price() -> Price {
    toml::from_str(
        r#"unit = "server-2u"
        valid_from = "2025-01"
        amount = "68000.00"
        currency = "CNY"
        useful_life_months = 48
        residual_percent = 5
        running = { rack = "420.00", power = "510.00" }"#,
    )
    .unwrap()
}

fn targets(values: &[(&str, f64)]) -> Drivers {
    let mut drivers = Drivers::default();
    for (month, value) in values {
        drivers.insert("video", "peak_concurrent_users", month.parse().unwrap(), *value);
    }
    drivers
}

fn no_rate(_: &str, _: Month) -> Option<Money> {
    None
}

fn run(
    acquisition: Acquisition,
    prices: &[Price],
    model: CapacityModel,
    targets: &Drivers,
    months: &str,
) -> CapacityPlan {
    plan(&PlanInputs {
        units: &[unit(acquisition)],
        prices,
        models: &[model],
        events: &[],
        targets,
        surroundings: Surroundings::NONE,
        months: months.parse().unwrap(),
        delivered_through: None,
        reporting_currency: "CNY",
        rate: &no_rate,
    })
}

#[test]
fn a_shortage_is_ordered_paid_and_depreciated() {
    // January: 10000 users need 6 + 2 = 8 servers, 4 are there: 4 are short, ordered 2 months before.
    // February: 20000 × 0.02 ÷ 38.4 = 10.42 → 11 + 2 = 13: 5 more. March: 5000 → 3 + 2 = 5: 8 too many.
    let targets = targets(&[("2026-01", 10_000.0), ("2026-02", 20_000.0), ("2026-03", 5_000.0)]);
    let plan = run(
        Acquisition::Purchase,
        &[price()],
        stream(),
        &targets,
        "2026-01..2026-03",
    );
    assert_eq!(plan.problems, []);
    let months = &plan.modules[0].months;
    let shown: Vec<_> = months
        .iter()
        .map(|m| (m.inventory, m.shortage, m.arriving, m.in_service, m.surplus))
        .collect();
    assert_eq!(shown, [(4, 4, 4, 8, 0), (8, 5, 5, 13, 0), (13, 0, 0, 13, 8)]);
    assert_eq!(months[0].order_month.unwrap().to_string(), "2025-11");
    assert_eq!(months[0].cash, Money::whole(4 * 68_000));
    // Running in February: 13 × 420 rack and 13 × 510 power.
    let running: Vec<Money> = months[1].costs.iter().map(|c| c.amount).collect();
    assert_eq!(running, [Money::whole(5_460), Money::whole(6_630)]);
    // Depreciation: 4 × 64600 ÷ 48 = 5383.33 in February; in March 10766.67 − 5383.33 = 5383.34 of them and
    // 5 × 64600 ÷ 48 = 6729.17 of the next.
    let depreciation = plan.depreciation("2026-01..2026-12".parse().unwrap());
    assert_eq!(depreciation[0].month.to_string(), "2026-02");
    assert_eq!(depreciation[0].amount.to_string(), "5383.33");
    assert_eq!(
        (depreciation[1].units, depreciation[1].amount.to_string()),
        (9, "12112.51".to_owned())
    );
}

#[test]
fn rented_units_go_back_to_the_stated_inventory() {
    let mut rent = price();
    (rent.amount, rent.useful_life_months, rent.residual_percent) = (Money::whole(3_000), None, None);
    let mut model = stream();
    model.lot = 5;
    let targets = targets(&[("2026-01", 20_000.0), ("2026-02", 5_000.0)]);
    let plan = run(Acquisition::Rent, &[rent], model, &targets, "2026-01..2026-02");
    let shown: Vec<_> = plan.modules[0]
        .months
        .iter()
        .map(|m| (m.inventory, m.shortage, m.surplus, m.in_service))
        .collect();
    // The peak's units go back; the stated four stay, and one more is rented beside them (in lots of five).
    assert_eq!(shown, [(4, 9, 0, 15), (4, 1, 0, 5)]);
    assert_eq!(plan.modules[0].months[0].costs[0].amount, Money::whole(45_000));
    assert!(plan.orders.is_empty());
}

#[test]
fn what_is_missing_is_named_and_the_rest_goes_on() {
    let mut late = price();
    late.valid_from = "2026-03".parse().unwrap();
    late.currency = "USD".into();
    let targets = targets(&[("2026-02", 100.0), ("2026-03", 100.0)]);
    let plan = run(Acquisition::Purchase, &[late], stream(), &targets, "2026-01..2026-03");
    let texts: Vec<String> = plan.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "video/stream 2026-01: no value of peak_concurrent_users; the module is not planned in that month",
            "video/stream 2026-02: no price of unit \"server-2u\" holds; its cost is not in the plan of that month",
            "video/stream 2026-03: no rate from USD; the cost of unit \"server-2u\" is not in the plan of that month",
        ]
    );
    assert_eq!(plan.modules[0].months.len(), 2);
}

#[test]
fn counts_correct_the_stock_and_known_changes_move_it() {
    let mut model = stream();
    model.inventory = vec![
        InventoryCount {
            month: "2025-12".parse().unwrap(),
            count: 4,
        },
        InventoryCount {
            month: "2026-02".parse().unwrap(),
            count: 9,
        },
        InventoryCount {
            month: "2026-04".parse().unwrap(),
            count: 7,
        },
    ];
    let targets = targets(&["2026-01", "2026-02", "2026-03", "2026-04"].map(|month| (month, 10_000.0)));
    let prices = [price()];
    let mut inputs = PlanInputs {
        units: &[unit(Acquisition::Purchase)],
        prices: &prices,
        models: &[model],
        events: &[],
        targets: &targets,
        surroundings: Surroundings::NONE,
        months: "2026-01..2026-04".parse().unwrap(),
        delivered_through: Some("2026-02".parse().unwrap()),
        reporting_currency: "CNY",
        rate: &no_rate,
    };
    // 8 are needed. January's 4 were delivered: no order. February is counted: 9. April: two retire, 7, one is short.
    let done = plan(&inputs);
    let stock = |plan: &CapacityPlan| {
        plan.modules[0]
            .months
            .iter()
            .map(|m| (m.inventory, m.arriving))
            .collect::<Vec<_>>()
    };
    assert_eq!(stock(&done), [(4, 4), (9, 0), (9, 0), (7, 1)]);
    assert_eq!(
        done.orders.iter().map(|o| o.arrival.to_string()).collect::<Vec<_>>(),
        ["2026-04"]
    );
    // As a plan made before the year: January's four are ordered and part of February's nine.
    inputs.delivered_through = None;
    assert_eq!(stock(&plan(&inputs)), [(4, 4), (9, 0), (9, 0), (7, 1)]);
}

#[test]
fn prices_in_another_currency_are_converted() {
    let mut dollars = price();
    (dollars.currency, dollars.amount) = ("USD".into(), Money::whole(10_000));
    let rate = Money::ONE.scale_by(&Ratio::new(Money::whole(725), Money::whole(100)));
    let targets = targets(&[("2026-01", 10_000.0)]);
    let plan = plan(&PlanInputs {
        units: &[unit(Acquisition::Purchase)],
        prices: &[dollars],
        models: &[stream()],
        events: &[],
        targets: &targets,
        surroundings: Surroundings::NONE,
        months: "2026-01".parse().unwrap(),
        delivered_through: None,
        reporting_currency: "CNY",
        rate: &|currency, _| (currency == "USD").then_some(rate),
    });
    // 4 × 10000 USD × 7.25.
    assert_eq!(plan.orders[0].cost, Money::whole(290_000));
}

proptest! {
    #[test]
    fn every_month_has_at_least_what_it_needs(values in prop::collection::vec(0.0..1e6_f64, 1..12), lot in 1_u32..20) {
        let first: Month = "2026-01".parse().unwrap();
        let mut drivers = Drivers::default();
        for (at, value) in values.iter().enumerate() {
            drivers.insert("video", "peak_concurrent_users", first.plus(at as i32), *value);
        }
        let mut model = stream();
        model.lot = lot;
        let range = format!("{first}..{}", first.plus(values.len() as i32 - 1));
        for acquisition in [Acquisition::Purchase, Acquisition::Rent] {
            let plan = run(acquisition, &[price()], model.clone(), &drivers, &range);
            for month in &plan.modules[0].months {
                prop_assert!(month.in_service >= month.sizing.total);
                prop_assert!(month.arriving % u64::from(lot) == 0);
            }
        }
    }
}
