//! Whole plans worked by hand, and what must hold for any plan.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use headroom_models::capacity::*;
use headroom_models::ledger::{Money, Month, MonthRange};
use proptest::prelude::*;

#[derive(serde::Deserialize)]
struct Document {
    unit: Vec<Unit>,
    #[serde(default)]
    price: Vec<Price>,
    capacity: Vec<CapacityModel>,
    #[serde(default)]
    external: Vec<External>,
    #[serde(default)]
    offer: Vec<Offer>,
    facility: Option<Facility>,
    risk: Option<Risk>,
}

struct Company {
    document: Document,
    surroundings: Surroundings,
    targets: Drivers,
    months: MonthRange,
}

const UNITS: &str = r#"
    [[unit]]
    id = "server"
    name = "Server"
    cost_type = "server"
    acquisition = "purchase"
    performance = { cpu = 2.0 }
    footprint = { u = 2, kw = 0.5, ports = 2 }

    [[unit]]
    id = "old-server"
    name = "Old server"
    cost_type = "server"
    acquisition = "purchase"
    performance = { cpu = 1.0 }

    [[unit]]
    id = "cloud"
    name = "Instance"
    cost_type = "cloud"
    acquisition = "rent"

    [[price]]
    unit = "server"
    valid_from = "2026-01"
    amount = "48000.00"
    currency = "CNY"
    useful_life_months = 48
    running = { rack = "500.00" }

    [[price]]
    unit = "cloud"
    valid_from = "2026-01"
    amount = "1000.00"
    currency = "CNY"
"#;

/// A company whose `orders` driver has these values from January 2027 on.
fn company(text: &str, orders: &[f64]) -> Company {
    let document: Document = toml::from_str(&format!("{UNITS}\n{text}")).unwrap();
    let first: Month = "2027-01".parse().unwrap();
    let mut targets = Drivers::default();
    for (at, value) in orders.iter().enumerate() {
        targets.insert("shop", "orders", first.plus(at as i32), *value);
    }
    let surroundings = Surroundings {
        externals: document.external.clone(),
        facility: document.facility,
        offers: document.offer.clone(),
        risk: document.risk,
        ..Surroundings::default()
    };
    Company {
        document,
        surroundings,
        targets,
        months: MonthRange {
            first,
            last: first.plus(orders.len() as i32 - 1),
        },
    }
}

impl Company {
    fn plan(&self) -> CapacityPlan {
        plan(&PlanInputs {
            units: &self.document.unit,
            prices: &self.document.price,
            models: &self.document.capacity,
            events: &[],
            targets: &self.targets,
            surroundings: &self.surroundings,
            months: self.months,
            delivered_through: Some("2026-12".parse().unwrap()),
            reporting_currency: "CNY",
            rate: &|currency, _| (currency == "CNY").then_some(Money::ONE),
        })
    }
}

fn model(module: &str, more: &str) -> String {
    format!(
        "[[capacity]]\nproduct = \"shop\"\nmodule = \"{module}\"\nunit = \"server\"\nwork = {{ cpu = 1.0 }}\n\
         limit = {{ cpu = 100 }}\ntarget_utilization = {{ cpu = 0.5 }}\n{more}\n"
    )
}

#[test]
fn one_driver_feeds_a_chain_up_to_a_service_of_others() {
    // 1000 orders: gateway 1000 ÷ 50 = 20; app 1000 × 1.5 = 1500 ÷ 50 = 30; db 1500 × 2 + 1000 × 0.5 = 3500 ÷ 50 = 70.
    // The payment service takes 300 × 0.9 = 270 and is asked 1000 × 0.3 = 300.
    let text = [
        model(
            "gateway",
            "driver = \"orders\"\ncalls = [{ to = \"app\", fan_out = 1.5 }, { to = \"db\", fan_out = 0.5 }, { external = \"pay\", fan_out = 0.3 }]",
        ),
        model("app", "calls = [{ to = \"shop/db\", fan_out = 2.0 }]"),
        model("db", ""),
        "[[external]]\nid = \"pay\"\nname = \"支付\"\nlimit = 300\ntarget_utilization = 0.9\n".to_owned(),
    ];
    let plan = company(&text.concat(), &[1000.0]).plan();
    let needs: Vec<(&str, u64)> = plan
        .modules
        .iter()
        .map(|m| (m.module.as_str(), m.months[0].sizing.units))
        .collect();
    assert_eq!(needs, [("app", 30), ("db", 70), ("gateway", 20)]);
    assert_eq!(plan.modules[1].driver, "shop/app × 2 + shop/gateway × 0.5");
    assert!(plan.externals[0].over && plan.externals[0].usable == 270.0);
    let said: Vec<String> = plan.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        ["external service pay 2027-01: 300 asked of 270; the plan cannot be carried out beyond it"]
    );
}

#[test]
fn a_circle_a_missing_driver_and_a_limit_of_zero_are_named_and_the_others_go_on() {
    let text = [
        model("a", "calls = [{ to = \"b\", fan_out = 1 }]"),
        model("b", "calls = [{ to = \"a\", fan_out = 1 }]"),
        model("lost", ""),
        model("quiet", "driver = \"visits\""),
        model("right", "driver = \"orders\""),
        model("zero", "driver = \"orders\"").replace("cpu = 100", "cpu = 0"),
        model("untested", "driver = \"orders\"\nload_test = { max_latency = 20 }").replace("cpu = 100", ""),
    ];
    let plan = company(&text.concat(), &[1000.0]).plan();
    let said = plan
        .problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n");
    for part in [
        "shop/a → shop/b → shop/a",
        "shop/lost: no driver",
        "no value of visits",
        "limit.cpu = 0",
        "no load test of cpu",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let planned: Vec<&str> = plan
        .modules
        .iter()
        .filter(|m| !m.months.is_empty())
        .map(|m| m.module.as_str())
        .collect();
    assert_eq!(planned, ["right"]);
}

#[test]
fn supply_by_hand() {
    // Needs 20, 20, 24 of 22 counted: 2 leave with their lease in February, 3 arrive in March, 1 retires in March: 22, 20, 22.
    let text = model(
        "app",
        "driver = \"orders\"\nlead_time_months = 2\ninventory = [{ month = \"2026-12\", count = 22 }]\n\
         leases = [{ count = 2, ends = \"2027-01\" }]\nretirements = [{ count = 1, month = \"2027-03\" }]",
    );
    let mut company = company(&text, &[1000.0, 1000.0, 1200.0]);
    company.surroundings.on_order = vec![OnOrder {
        order: "PO-1".into(),
        product: "shop".into(),
        module: "app".into(),
        unit: "server".into(),
        expected: "2027-03".parse().unwrap(),
        units: 3,
        amount: Money::whole(150_000),
        currency: "CNY".into(),
    }];
    let plan = company.plan();
    let months = &plan.modules[0].months;
    let shown: Vec<_> = months
        .iter()
        .map(|m| (m.opening, m.inventory, m.shortage, m.arriving, m.in_service))
        .collect();
    assert_eq!(shown, [(22, 22, 0, 0, 22), (22, 20, 0, 0, 20), (20, 22, 2, 2, 24)]);
    let orders: Vec<_> = plan
        .orders
        .iter()
        .map(|o| (o.on_order.clone(), o.units, o.cost))
        .collect();
    assert_eq!(
        orders,
        [
            (Some("PO-1".to_owned()), 3, Money::whole(150_000)),
            (None, 2, Money::whole(96_000))
        ]
    );
    // Ordered in January for March: in time. The money of March: both purchases, and 24 × 500 of rack.
    assert_eq!(
        (
            plan.orders[1].order_month.to_string().as_str(),
            plan.orders[1].late_until
        ),
        ("2027-01", None)
    );
    let money = plan.money(company.months);
    let march = money[&("shop".to_owned(), "app".to_owned())][&"2027-03".parse().unwrap()];
    assert_eq!((march.cash, march.opex), (Money::whole(246_000), Money::whole(12_000)));
}

#[test]
fn what_should_have_been_ordered_already_is_late() {
    let text = model("app", "driver = \"orders\"\nlead_time_months = 3");
    let plan = company(&text, &[1000.0]).plan();
    assert_eq!(plan.orders[0].order_month.to_string(), "2026-10");
    assert_eq!(plan.orders[0].late_until.unwrap().to_string(), "2027-04");
}

#[test]
fn a_surplus_is_handed_over_before_anything_is_bought() {
    // idle has 30 and needs 10, later 12: 18 are spare all year. busy needs 20, then 40 of 5.
    let text = [
        model(
            "busy",
            "driver = \"orders\"\ninventory = [{ month = \"2026-12\", count = 5 }]",
        ),
        model(
            "idle",
            "driver = \"orders\"\npeak_factor = 0.3\ninventory = [{ month = \"2026-12\", count = 30 }]",
        ),
    ];
    let plan = company(&text.concat(), &[1000.0, 2000.0]).plan();
    let moved: Vec<_> = plan
        .transfers
        .iter()
        .map(|t| (t.month.to_string(), t.from.as_str(), t.to.as_str(), t.units))
        .collect();
    assert_eq!(
        moved,
        [
            ("2027-01".to_owned(), "shop/idle", "shop/busy", 15),
            ("2027-02".to_owned(), "shop/idle", "shop/busy", 3)
        ]
    );
    assert_eq!(plan.orders.iter().map(|order| order.units).sum::<u64>(), 17);
    let kept = text
        .concat()
        .replace("peak_factor = 0.3", "peak_factor = 0.3\ntransferable = false");
    let alone = company(&kept, &[1000.0, 2000.0]).plan();
    assert!(alone.transfers.is_empty() && alone.orders.iter().map(|order| order.units).sum::<u64>() == 35);
}

#[test]
fn limits_measured_on_another_server_follow_its_performance() {
    // 100 on the old server is 200 on one twice as fast: 1000 ÷ (200 × 0.5) = 10.
    let plan = company(
        &model("app", "driver = \"orders\"\nmeasured_on = \"old-server\""),
        &[1000.0],
    )
    .plan();
    assert_eq!(plan.modules[0].months[0].sizing.units, 10);
    assert_eq!(plan.modules[0].limits["cpu"].factor, Some(2.0));
}

#[test]
fn a_load_test_sets_the_limit_and_says_how_far_it_is_off() {
    let mut company = company(
        &model(
            "app",
            "driver = \"orders\"\nload_test = { max_latency = 50, share_of_peak = 1.0 }",
        ),
        &[1000.0],
    );
    let points = [
        (1.0, 10.0, 5.0),
        (2.0, 20.0, 6.0),
        (4.0, 40.0, 9.0),
        (6.0, 60.0, 20.0),
        (8.0, 66.0, 90.0),
        (10.0, 67.0, 300.0),
    ];
    let test = LoadTest {
        test: "LT-1".into(),
        date: "2026-11-02".parse().unwrap(),
        product: "shop".into(),
        module: "app".into(),
        unit: "server".into(),
        resource: "cpu".into(),
        points: points
            .iter()
            .map(|&(load, throughput, latency)| LoadPoint {
                load,
                throughput,
                latency: Some(latency),
                errors: None,
                cpu: None,
            })
            .collect(),
    };
    apply_load_tests(&mut company.document.capacity, &[test]);
    let plan = company.plan();
    // 60 × 0.5 = 30 a unit: 1000 ÷ 30 = 33.3 → 34. The model had stated 100: 40 % off.
    let limit = &plan.modules[0].limits["cpu"];
    assert_eq!(
        (limit.measured, limit.stated, limit.test.as_deref()),
        (Some(60.0), Some(100.0), Some("LT-1"))
    );
    assert!((limit.disagreement.unwrap() - 0.4).abs() < 1e-9);
    assert_eq!(plan.modules[0].months[0].sizing.units, 34);
}

#[test]
fn traffic_is_sized_on_its_peak_and_paid_on_its_95th_percentile() {
    let text = "[[capacity]]\nproduct = \"shop\"\nmodule = \"edge\"\ndriver = \"orders\"\nunit = \"cloud\"\n\
                limit = { network = 100 }\ntarget_utilization = { network = 0.8 }\n\
                bandwidth = { bitrate_mbps = 4, cdn_offload = 0.5, p95_of_peak = 0.7 }\n\
                inventory = [{ month = \"2026-12\", count = 10 }]";
    // 1000 × 4 × 0.5 = 2000 Mbps: 25 units at 80 %; 1400 Mbps are paid: 14 units of 100 Mbps.
    let plan = company(text, &[1000.0]).plan();
    let month = &plan.modules[0].months[0];
    assert_eq!(
        (month.in_service, month.p95_mbps, month.paid_units),
        (25, Some(1400.0), 14)
    );
    assert_eq!(month.costs[0].amount, Money::whole(14_000));
    // The commit is paid at least.
    let little = company(text, &[100.0]).plan();
    assert_eq!(little.modules[0].months[0].paid_units, 10);
}

#[test]
fn racks_power_and_ports_follow_from_the_servers() {
    let text = format!(
        "{}[facility]\nrack_u = 40\nrack_kw = 6\nswitch_ports = 40\n",
        model("app", "driver = \"orders\"")
    );
    let plan = company(&text, &[1000.0]).plan();
    // 20 servers: 40 U in one rack, 10 kW in two, 40 ports in one switch.
    let room = plan.facilities[0];
    assert_eq!(
        (
            room.u,
            room.kw,
            room.racks_by_u,
            room.racks_by_kw,
            room.racks,
            room.switches
        ),
        (40.0, 10.0, 1, 2, 2, 1)
    );
}

#[test]
fn the_cheapest_terms_by_hand() {
    // 4 instances all year, 2 more from June to August. On demand 1000 a month, a year's commitment 700, from 5 units 600.
    let text = "[[capacity]]\nproduct = \"shop\"\nmodule = \"app\"\ndriver = \"orders\"\nunit = \"cloud\"\nwork = { cpu = 1 }\n\
                limit = { cpu = 100 }\ntarget_utilization = { cpu = 1 }\n\
                [[offer]]\nunit = \"cloud\"\nterm = \"commit-1y\"\nvalid_from = \"2026-01\"\namount = \"700\"\ncurrency = \"CNY\"\n";
    let orders: Vec<f64> = (1..=12)
        .map(|month| if (6..=8).contains(&month) { 600.0 } else { 400.0 })
        .collect();
    let mixed = |text: &str| {
        let company = company(text, &orders);
        let plan = company.plan();
        plan.modules[0].mix.clone().unwrap()
    };
    let mix = mixed(text);
    let parts: Vec<_> = mix
        .parts
        .iter()
        .map(|part| (part.term, part.units, part.cost_of_one))
        .collect();
    assert_eq!(
        parts,
        [
            (Term::OneYear, 4, Money::whole(8_400)),
            (Term::Rent, 2, Money::whole(3_000))
        ]
    );
    assert_eq!(
        (mix.cost, mix.as_planned, mix.saving),
        (
            Money::whole(39_600),
            Some(Money::whole(54_000)),
            Some(Money::whole(14_400))
        )
    );
    assert_eq!(mix.parts[0].others[0].cost_of_one, Money::whole(12_000));
    // A price for 4 or more at 400: the base load takes it.
    let tier = |from: u32| {
        format!(
            "{text}[[offer]]\nunit = \"cloud\"\nterm = \"commit-1y\"\nvalid_from = \"2026-01\"\namount = \"400\"\ncurrency = \"CNY\"\nfrom_units = {from}\n"
        )
    };
    assert_eq!(mixed(&tier(4)).cost, Money::whole(4 * 4_800 + 2 * 3_000));
    // For 5 or more it is earned when the peak takes it too: 6 × 4800. For 7 or more it is not.
    assert_eq!(mixed(&tier(5)).cost, Money::whole(6 * 4_800));
    assert_eq!(mixed(&tier(7)).cost, Money::whole(39_600));
}

#[test]
fn the_guide_is_read_as_it_stands() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/capacity.md");
    let guide = std::fs::read_to_string(path).unwrap();
    let block = guide
        .split("```toml")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let organization = "[[department]]\nid = \"d\"\nname = \"D\"\n[[product]]\nid = \"shop\"\nname = \"Shop\"\ndepartment = \"d\"\n\
        [[module]]\nid = \"gateway\"\nproduct = \"shop\"\nname = \"G\"\n[[module]]\nid = \"db\"\nproduct = \"shop\"\nname = \"D\"\n\
        [[module]]\nid = \"edge\"\nproduct = \"shop\"\nname = \"E\"\n";
    let documents = [
        ("a.toml".to_owned(), organization.to_owned()),
        ("b.toml".to_owned(), block.to_owned()),
    ]
    .into();
    let configuration = headroom_models::configuration::Configuration::read(&documents)
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(
        (
            configuration.capacity.len(),
            configuration.scenarios.len(),
            configuration.lifecycles.len()
        ),
        (3, 1, 1)
    );
}

fn uncertain(percentile: &str) -> String {
    format!(
        "[risk]\nsamples = 400\nseed = 7\n{percentile}\n{}",
        model(
            "app",
            "driver = \"orders\"\nshortage_cost = \"9000\"\nuncertain = { driver = { low = 0.8, high = 1.4 }, \"work.cpu\" = { low = 0.9, high = 1.1 } }"
        )
    )
}

#[test]
fn uncertain_inputs_give_the_same_bytes_and_the_widest_matters_most() {
    let plan = company(&uncertain(""), &[1000.0, 1100.0]).plan();
    let again = company(&uncertain(""), &[1000.0, 1100.0]).plan();
    assert_eq!(
        serde_json::to_string(&plan).unwrap(),
        serde_json::to_string(&again).unwrap()
    );
    let spread = plan.modules[0].months[0].spread.unwrap();
    // The middle needs 20; the driver's ends 16 and 28.
    assert!(
        (19..=21).contains(&spread.p50) && (15..=17).contains(&spread.p5) && (27..=30).contains(&spread.p95),
        "{spread:?}"
    );
    let risk = plan.modules[0].risk.as_ref().unwrap();
    let bars: Vec<_> = risk
        .tornado
        .iter()
        .map(|bar| (bar.input.as_str(), bar.unit_months_low, bar.unit_months_high))
        .collect();
    // 800 and 880 ÷ 50: 16 + 18; 1400 and 1540: 28 + 31. Work 0.9: 18 + 20; 1.1: 22 + 25.
    assert_eq!(bars, [("driver", 34, 59), ("work.cpu", 38, 47)]);
    // A unit too few costs 9000 and one too many 1500: the critical ratio 9000 ÷ 10500 = 86 %, so p80 or p90 is the cheapest.
    assert_eq!(risk.unit_month_cost, Some(Money::whole(1_500)));
    assert!([80, 90].contains(&risk.cheapest.unwrap()), "{:?}", risk.cheapest);
    let bought = company(&uncertain("percentile = 95"), &[1000.0, 1100.0]).plan();
    assert_eq!(bought.modules[0].months[0].sizing.total, spread.p95);
}

#[test]
fn the_middle_of_the_simulation_is_the_plan() {
    let certain = uncertain("")
        .replace("low = 0.8, high = 1.4", "low = 1, high = 1")
        .replace("low = 0.9, high = 1.1", "low = 1, high = 1");
    let plan = company(&certain, &[1234.0, 4321.0]).plan();
    for month in &plan.modules[0].months {
        let spread = month.spread.unwrap();
        assert_eq!((spread.p5, spread.p99), (month.sizing.total, month.sizing.total));
    }
}

/// A model of `resources` with everything that may change the count.
fn any_model(module: &str, work: f64, redundancy: u32, zones: u64) -> String {
    model(module, &format!("driver = \"orders\"\nredundancy = {redundancy}\nzones = {{ count = {zones}, survive = 1 }}\nstep = 2\nminimum = 3"))
        .replace("cpu = 1.0", &format!("cpu = {work}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn more_demand_or_headroom_never_needs_fewer(
        orders in 0.0..1e6_f64, more in 0.0..1e5_f64, work in 0.001..10.0_f64, k in 0_u32..6, zones in 2_u64..6, target in 0.05..1.0_f64,
    ) {
        let total = |orders: f64, target: f64| {
            let text = any_model("app", work, k, zones).replace("target_utilization = { cpu = 0.5 }", &format!("target_utilization = {{ cpu = {target} }}"));
            company(&text, &[orders]).plan().modules[0].months[0].sizing.total
        };
        prop_assert!(total(orders + more, target) >= total(orders, target));
        prop_assert!(total(orders, target * 0.9) >= total(orders, target));
        prop_assert!(total(orders, target) % zones == 0);
    }

    #[test]
    fn the_order_of_modules_changes_nothing(orders in 1.0..1e5_f64, seed in 0_u64..1000) {
        let parts = [any_model("a", 1.0, 1, 2), uncertain("").replace("seed = 7", &format!("seed = {seed}")).replace("[risk]", "").split("[[capacity]]").nth(1).map(|rest| format!("[[capacity]]{rest}")).unwrap(), any_model("c", 0.3, 0, 3)];
        let risk = format!("[risk]\nsamples = 50\nseed = {seed}\n");
        let text = |order: [usize; 3]| format!("{risk}{}", order.map(|at| parts[at].clone()).concat());
        let one = company(&text([0, 1, 2]), &[orders]).plan();
        let other = company(&text([2, 1, 0]), &[orders]).plan();
        prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
    }

    #[test]
    fn the_money_of_months_is_the_money_of_orders_and_costs(orders in prop::collection::vec(1.0..1e5_f64, 1..8)) {
        let company = company(&any_model("app", 1.0, 1, 2), &orders);
        let plan = company.plan();
        let months: Vec<PlanMoney> = plan.money(company.months).into_values().flat_map(|months| months.into_values()).collect();
        prop_assert_eq!(months.iter().map(|m| m.cash).sum::<Money>(), plan.orders.iter().map(|o| o.cost).sum::<Money>());
        let opex: Money = plan.modules[0].months.iter().flat_map(|m| &m.costs).map(|c| c.amount).sum();
        prop_assert_eq!(months.iter().map(|m| m.opex).sum::<Money>(), opex);
        for month in &plan.modules[0].months {
            prop_assert!(month.in_service >= month.sizing.total);
            prop_assert_eq!(month.change.counted, if month.month == company.months.first { 0 } else { month.change.counted });
        }
    }
}
