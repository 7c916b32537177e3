//! A small company's budget, its execution and its variance, worked by hand; and what must hold for any company.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use headroom_models::assets::{Asset, Course, Method};
use headroom_models::budget::*;
use headroom_models::capacity::*;
use headroom_models::ledger::{CostType, Expenditure, Money, Month, ResourceMode};
use headroom_models::organization::UNALLOCATED;
use headroom_models::variance::{Context, Part, Variance, explain};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
struct Company {
    units: Vec<Unit>,
    prices: Vec<Price>,
    models: Vec<CapacityModel>,
    events: Vec<Event>,
    targets: Drivers,
    actual_drivers: Drivers,
    assets: Vec<Asset>,
    actuals: Vec<Actual>,
    settings: BudgetSettings,
}

#[derive(serde::Deserialize)]
struct Toml {
    unit: Vec<Unit>,
    price: Vec<Price>,
    capacity: Vec<CapacityModel>,
    event: Vec<Event>,
    budget: BudgetSettings,
}

/// One rented unit carries 100 × 0.5 = 50 users; N+1. Rent 3000 and rack 400 a month.
const CONFIGURATION: &str = r#"
    [budget]
    growth_percent = 10

    [[unit]]
    id = "rented"
    name = { zh-CN = "租用服务器", en = "Rented server" }
    cost_type = "server"
    acquisition = "rent"

    [[price]]
    unit = "rented"
    valid_from = "2025-01"
    amount = "3000.00"
    currency = "CNY"
    running = { rack = "400.00" }

    [[capacity]]
    product = "video"
    module = "stream"
    driver = "users"
    unit = "rented"
    work = { cpu = 1 }
    limit = { cpu = 100 }
    target_utilization = { cpu = 0.5 }
    redundancy = 1

    [[event]]
    name = "春节"
    months = ["2026-02"]
    products = ["video"]
    factor = 1.3
"#;

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn actual(at: &str, product: &str, module: &str, cost_type: CostType, expenditure: Expenditure, amount: i64) -> Actual {
    let amount = Money::whole(amount);
    let (product, module) = (product.to_owned(), module.to_owned());
    Actual {
        month: month(at),
        product,
        module,
        cost_type,
        expenditure,
        sourcing: Sourcing::default(),
        amount,
        amount_at_budget_rate: amount,
    }
}

fn company() -> Company {
    let toml: Toml = toml::from_str(CONFIGURATION).unwrap();
    let mut company = Company {
        units: toml.unit,
        prices: toml.price,
        models: toml.capacity,
        events: toml.event,
        targets: Drivers::default(),
        actual_drivers: Drivers::default(),
        assets: vec![Asset {
            asset_id: "DB-1".into(),
            name: "数据库".into(),
            category: "server".into(),
            model: "R750".into(),
            in_service: month("2025-12"),
            purchase_price: Money::whole(4_800),
            currency: "CNY".into(),
            life: 48,
            residual: Money::ZERO,
            retirement: None,
            product: "video".into(),
            module: "db".into(),
            method: Method::StraightLine,
            course: Course::default(),
        }],
        actuals: Vec::new(),
        settings: toml.budget,
    };
    for at in month("2026-01").since(month("2026-01"))..12 {
        company
            .targets
            .insert("video", "users", month("2026-01").plus(at), 1_000.0);
    }
    for (at, amount) in [("2025-10", 90), ("2025-11", 100), ("2025-12", 110)] {
        company
            .actuals
            .push(actual(at, "shop", "", CostType::Cloud, Expenditure::Opex, amount));
        company.actuals.push(actual(
            at,
            "video",
            "stream",
            CostType::Server,
            Expenditure::Opex,
            50_000,
        ));
    }
    company
}

fn with_first_quarter(mut company: Company) -> Company {
    for (at, users) in [("2026-01", 1_100.0), ("2026-02", 1_430.0), ("2026-03", 1_100.0)] {
        company.actual_drivers.insert("video", "users", month(at), users);
    }
    use {CostType::*, Expenditure::*};
    for (at, rent, rack, shop) in [
        ("2026-01", 62_100, 9_200, 110),
        ("2026-02", 81_000, 12_000, 110),
        ("2026-03", 62_100, 9_200, 140),
    ] {
        company.actuals.push(actual(at, "video", "stream", Server, Opex, rent));
        company.actuals.push(actual(at, "video", "stream", Rack, Opex, rack));
        company.actuals.push(actual(at, "video", "db", Server, Capex, 100));
        company.actuals.push(actual(at, "shop", "", Cloud, Opex, shop));
    }
    company
        .actuals
        .push(actual("2026-03", "video", "cdn", BandwidthExternal, Opex, 300));
    company
}

/// Nothing ordered or requested.
static NOTHING_COMMITTED: BTreeMap<LineKey, BTreeMap<Sourcing, Money>> = BTreeMap::new();

fn inputs<'a>(company: &'a Company, as_of: &str) -> Inputs<'a> {
    Inputs {
        months: "2026-01..2026-12".parse().unwrap(),
        as_of: month(as_of),
        settings: company.settings,
        units: &company.units,
        prices: &company.prices,
        models: &company.models,
        events: &company.events,
        targets: &company.targets,
        actual_drivers: &company.actual_drivers,
        surroundings: Surroundings::NONE,
        assets: &company.assets,
        actuals: &company.actuals,
        commitments: &NOTHING_COMMITTED,
        reporting_currency: "CNY",
        rate: &|_, _| None,
    }
}

fn departments() -> BTreeMap<String, String> {
    [
        ("video".to_owned(), "content".to_owned()),
        ("shop".to_owned(), "commerce".to_owned()),
    ]
    .into()
}

/// Explained with the landing of the same inputs, as the report does it.
fn explained(inputs: &Inputs, lines: &[BudgetLine]) -> Variance {
    let departments = departments();
    let year_difference = execution(inputs, lines, &departments).year_differences();
    let context = Context {
        budget_as_of: month("2025-12"),
        departments: &departments,
        year_difference: &year_difference,
        groups: &[],
    };
    explain(inputs, lines, &context)
}

#[test]
fn the_budget_by_hand() {
    let company = company();
    let derived = derive(&inputs(&company, "2025-12"));
    assert_eq!(derived.problems, []);
    let sum = |cost_type, expenditure| {
        let lines = derived
            .lines
            .iter()
            .filter(|l| l.cost_type == cost_type && l.expenditure == expenditure);
        lines.map(|l| l.amount).sum::<Money>()
    };
    // 1000 ÷ 50 = 20, + 1 = 21 units; February × 1.3: 26 + 1 = 27. Rent 11 × 21 × 3000 + 27 × 3000.
    assert_eq!(sum(CostType::Server, Expenditure::Opex), Money::whole(774_000));
    // Rack 11 × 21 × 400 + 27 × 400.
    assert_eq!(sum(CostType::Rack, Expenditure::Opex), Money::whole(103_200));
    // 4800 ÷ 48 = 100 a month from January.
    assert_eq!(sum(CostType::Server, Expenditure::Capex), Money::whole(1_200));
    // (90 + 100 + 110) ÷ 3 × 1.1 = 110 a month.
    assert_eq!(sum(CostType::Cloud, Expenditure::Opex), Money::whole(1_320));
    assert_eq!(
        derived.lines.iter().map(|l| l.amount).sum::<Money>(),
        Money::whole(879_720)
    );
    let february = derived
        .lines
        .iter()
        .find(|l| l.month == month("2026-02") && l.units.is_some())
        .unwrap();
    assert_eq!((february.units, february.origin), (Some(27), Origin::Capacity));
    let json = serde_json::to_string(&derived.lines).unwrap();
    assert_eq!(serde_json::from_str::<Vec<BudgetLine>>(&json).unwrap(), derived.lines);
}

#[test]
fn the_execution_by_hand() {
    let company = with_first_quarter(company());
    let lines = derive(&inputs(&company, "2025-12")).lines;
    let done = execution(&inputs(&company, "2026-03"), &lines, &departments());
    assert_eq!(done.problems, []);
    assert_eq!(
        (done.time_progress, done.time_progress_by_day),
        (money("0.25"), money("0.246575"))
    );
    assert!((done.drivers[0].ratio - 1.1).abs() < 1e-12);
    let leaf = |cost_type, expenditure| {
        done.leaves
            .iter()
            .find(|l| l.key.cost_type == cost_type && l.key.expenditure == expenditure)
            .unwrap()
    };
    // Re-derived at the measured drivers: 23, 30 and 23 units = 228000; paid 205200: run ratio 0.9.
    // Open months: 1000 × 1.1 → 23 units × 3000 × 0.9 = 62100 each, nine of them.
    let rent = leaf(CostType::Server, Expenditure::Opex);
    assert_eq!(
        (rent.run_ratio, rent.basis),
        (Some(money("0.9")), LandingBasis::Capacity)
    );
    assert_eq!(
        rent.figures.landing,
        Landing::certain(Money::whole(205_200 + 9 * 62_100))
    );
    // Rack ran as modelled: 30400 + 9 × 23 × 400.
    assert_eq!(
        leaf(CostType::Rack, Expenditure::Opex).figures.landing.mid,
        Money::whole(113_200)
    );
    let depreciation = leaf(CostType::Server, Expenditure::Capex);
    assert_eq!(
        (depreciation.basis, depreciation.figures.landing),
        (LandingBasis::Schedule, Landing::certain(money("1200")))
    );
    // Cloud: mean of 110, 110, 140 = 120; 360 + 9 × 120. Least of the last six: 90 ÷ 120 = 0.75 → 0.875.
    let cloud = leaf(CostType::Cloud, Expenditure::Opex);
    assert_eq!(
        (cloud.figures.landing.low, cloud.figures.landing.mid),
        (money("1305"), money("1440"))
    );
    assert_eq!(
        (cloud.figures.ytd_rate, cloud.figures.year_rate),
        (Some(money("1.090909")), Some(money("0.272727")))
    );
    // Nobody budgeted the bandwidth: 300 + 9 × 100, with one month to go by ± 10 %.
    let bandwidth = leaf(CostType::BandwidthExternal, Expenditure::Opex);
    assert_eq!((bandwidth.budgeted, bandwidth.figures.year_rate), (false, None));
    assert_eq!(
        bandwidth.figures.landing,
        Landing {
            low: money("1110"),
            mid: money("1200"),
            high: money("1290")
        }
    );
    assert_eq!(done.company.landing.mid, Money::whole(881_140));
    assert_eq!(done.company.year_budget, Money::whole(879_720));
    // Video lands 0.15 % over its budget, shop 9 %: only shop needs more, 120 rounded up.
    assert_eq!(done.proposals.len(), 1);
    let shop = &done.proposals[0];
    assert_eq!((shop.product.as_str(), shop.kind), ("shop", ProposalKind::Supplement));
    assert_eq!(
        (shop.low, shop.amount, shop.high),
        (Money::ZERO, Money::whole(200), Money::whole(300))
    );
    assert_eq!(
        done.departments.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(),
        ["commerce", "content"]
    );
    let last = done.curve.last().unwrap();
    assert_eq!(
        (last.budget, last.landing),
        (done.company.year_budget, Some(done.company.landing))
    );
    assert_eq!(done.curve[2].actual, Some(done.company.ytd_actual));
    serde_json::to_string(&done).unwrap();
}

#[test]
fn the_variance_by_hand() {
    let mut company = with_first_quarter(company());
    let lines = derive(&inputs(&company, "2025-12")).lines;
    // January's rent was 62000 at the budget's rate: 100 of it is the rate.
    let rent = company
        .actuals
        .iter_mut()
        .find(|a| a.month == month("2026-01") && a.amount == Money::whole(62_100))
        .unwrap();
    rent.amount_at_budget_rate = Money::whole(62_000);
    let variance = explained(&inputs(&company, "2026-03"), &lines);
    let part = |part| variance.total.parts.parts[&part];
    // Rent 228000 − 207000 and rack 30400 − 27600.
    assert_eq!(part(Part::Volume), Money::whole(21_000 + 2_800));
    assert_eq!(part(Part::Fx), Money::whole(100));
    // The content delivery network was not there when the budget was made.
    assert_eq!(
        (part(Part::New), part(Part::Unplanned)),
        (Money::whole(300), Money::ZERO)
    );
    assert_eq!(part(Part::Unused), Money::ZERO);
    // Rent 205100 − 207000 − 21000 = −22900, cloud 360 − 330 = 30.
    assert_eq!(part(Part::Efficiency), Money::whole(-22_870));
    assert_eq!(variance.total.parts.difference(), Money::whole(1_330));
    let words = serde_json::to_value(&variance.total).unwrap();
    assert_eq!(words["parts"]["efficiency"], "-22870");
}

#[test]
fn what_is_missing_is_a_problem_and_not_a_zero() {
    let mut company = company();
    company.targets.insert("video", "users", month("2026-05"), f64::NAN);
    company.assets[0].currency = "USD".into();
    company.actuals.clear();
    let derived = derive(&inputs(&company, "2025-12"));
    let texts: Vec<String> = derived.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "video/stream 2026-05: no value of users; the module is not planned in that month",
            "asset DB-1: no rate from USD for 2025-12; its depreciation is not in the plan",
            "no actual cost in the three months up to 2025-12; nothing is budgeted from recurring cost",
        ]
    );
    assert_eq!(derived.lines.iter().filter(|l| l.month == month("2026-05")).count(), 0);
}

#[test]
fn shared_assets_follow_recent_depreciation() {
    let mut company = company();
    company.assets[0].product.clear();
    company.assets[0].module.clear();
    let unallocated = derive(&inputs(&company, "2025-12"));
    let capex = |lines: &[BudgetLine]| {
        let first = lines
            .iter()
            .filter(|l| l.expenditure == Expenditure::Capex && l.month == month("2026-01"));
        first.map(|l| (l.product.clone(), l.amount)).collect::<Vec<_>>()
    };
    assert_eq!(capex(&unallocated.lines), [(UNALLOCATED.to_owned(), Money::whole(100))]);
    // Split by what the products bore in December: 3 to 1.
    for (product, amount) in [("video", 75), ("shop", 25)] {
        company.actuals.push(actual(
            "2025-12",
            product,
            "",
            CostType::Server,
            Expenditure::Capex,
            amount,
        ));
    }
    let shared = derive(&inputs(&company, "2025-12"));
    assert_eq!(
        capex(&shared.lines),
        [
            ("shop".to_owned(), Money::whole(25)),
            ("video".to_owned(), Money::whole(75))
        ]
    );
}

#[test]
fn purchases_of_open_months_land_by_their_schedule() {
    let mut company = with_first_quarter(company());
    company.units[0].acquisition = Acquisition::Purchase;
    company.prices[0].amount = Money::whole(4_800);
    company.prices[0].useful_life_months = Some(48);
    company.models[0].inventory = vec![InventoryCount {
        month: month("2025-12"),
        count: 21,
    }];
    let lines = derive(&inputs(&company, "2025-12")).lines;
    let capex = |lines: &[BudgetLine]| -> Money {
        lines
            .iter()
            .filter(|l| l.module == "stream" && l.expenditure == Expenditure::Capex)
            .map(|l| l.amount)
            .sum()
    };
    // February needs 27, 6 are bought: 6 × 100 a month from March, ten months.
    assert_eq!(capex(&lines), Money::whole(6_000));
    // Closed months needed 30 and got them; the open ones need 23: nothing is bought any more.
    let done = execution(&inputs(&company, "2026-03"), &lines, &departments());
    let leaf = done
        .leaves
        .iter()
        .find(|l| l.key.module == "stream" && l.key.expenditure == Expenditure::Capex)
        .unwrap();
    assert_eq!(leaf.figures.year_budget, Money::whole(6_000));
    assert_eq!(leaf.figures.landing, Landing::certain(Money::ZERO));
}

fn arbitrary_actual() -> impl Strategy<Value = Actual> {
    let place = prop::sample::select(vec![
        ("video", "stream", CostType::Server, Expenditure::Opex),
        ("video", "stream", CostType::Rack, Expenditure::Opex),
        ("video", "db", CostType::Server, Expenditure::Capex),
        ("video", "", CostType::Software, Expenditure::Capex),
        ("shop", "", CostType::Cloud, Expenditure::Opex),
        ("shop", "app", CostType::Other, Expenditure::Opex),
    ]);
    let amount = -(10_i128.pow(21))..10_i128.pow(25);
    (place, 0..15_i32, amount, 0..10_i128.pow(22), 0..4_usize).prop_map(|(place, at, amount, rate, source)| Actual {
        month: month("2025-10").plus(at),
        product: place.0.into(),
        module: place.1.into(),
        cost_type: place.2,
        expenditure: place.3,
        sourcing: sources()[source].clone(),
        amount: Money::from_units(amount),
        amount_at_budget_rate: Money::from_units(amount - rate),
    })
}

fn any_company() -> impl Strategy<Value = Company> {
    let values = prop::collection::vec(prop::option::weighted(0.9, 0.0..1e5_f64), 30);
    (prop::collection::vec(arbitrary_actual(), 0..60), values, any::<bool>()).prop_map(|(actuals, values, bought)| {
        let mut company = company();
        company.actuals.extend(actuals);
        for (at, value) in values.iter().enumerate() {
            let to = if at < 15 {
                &mut company.targets
            } else {
                &mut company.actual_drivers
            };
            to.insert(
                "video",
                "users",
                month("2025-10").plus(at as i32 % 15),
                value.unwrap_or(f64::NAN),
            );
        }
        if bought {
            company.units[0].acquisition = Acquisition::Purchase;
            company.prices[0].useful_life_months = Some(36);
        }
        let mut second = company.models[0].clone();
        second.unit = "other".into();
        let mut unit = company.units[0].clone();
        unit.id = "other".into();
        let mut price = company.prices[0].clone();
        price.unit = "other".into();
        company.models.push(second);
        company.units.push(unit);
        company.prices.push(price);
        let mut asset = company.assets[0].clone();
        asset.asset_id = "DB-0".into();
        asset.product.clear();
        company.assets.push(asset);
        company
    })
}

fn ordered(landing: &Landing) -> bool {
    landing.low <= landing.mid && landing.mid <= landing.high
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn totals_are_sums_and_ranges_are_ordered(company in any_company(), closed in -1..12_i32) {
        let lines = derive(&inputs(&company, "2025-12")).lines;
        let as_of = month("2026-01").plus(closed).to_string();
        let done = execution(&inputs(&company, &as_of), &lines, &departments());
        for leaf in &done.leaves {
            prop_assert!(ordered(&leaf.figures.landing), "{:?}", leaf);
        }
        let mut whole = Landing::default();
        done.leaves.iter().for_each(|leaf| whole += leaf.figures.landing);
        prop_assert_eq!(whole, done.company.landing);
        for rows in [&done.products, &done.departments, &done.cost_types] {
            prop_assert_eq!(rows.iter().map(|r| r.figures.year_budget).sum::<Money>(), done.company.year_budget);
            prop_assert_eq!(rows.iter().map(|r| r.figures.ytd_actual).sum::<Money>(), done.company.ytd_actual);
            prop_assert_eq!(rows.iter().map(|r| r.figures.landing.high).sum::<Money>(), done.company.landing.high);
        }
        prop_assert_eq!(done.company.year_budget, lines.iter().map(|l| l.amount).sum::<Money>());
        prop_assert_eq!(done.curve.len(), 12);
        for point in done.curve.iter().filter_map(|p| p.landing.as_ref()) {
            prop_assert!(ordered(point));
        }
        for proposal in &done.proposals {
            prop_assert!(proposal.low <= proposal.amount && proposal.amount <= proposal.high);
        }
    }

    #[test]
    fn parts_of_a_variance_add_up(company in any_company(), closed in -1..12_i32) {
        let lines = derive(&inputs(&company, "2025-12")).lines;
        let as_of = month("2026-01").plus(closed).to_string();
        let variance = explained(&inputs(&company, &as_of), &lines);
        let levels = [&variance.departments, &variance.products, &variance.modules];
        let keys = variance.keys.iter().map(|key| &key.parts);
        for row in levels.into_iter().flatten().chain([&variance.total]).map(|row| &row.parts).chain(keys.clone()) {
            prop_assert_eq!(row.parts.values().copied().sum::<Money>(), row.actual - row.budget);
        }
        for part in Part::ALL {
            let total = variance.total.parts.parts[&part];
            for rows in levels {
                prop_assert_eq!(rows.iter().map(|row| row.parts.parts[&part]).sum::<Money>(), total);
            }
            prop_assert_eq!(keys.clone().map(|parts| parts.parts[&part]).sum::<Money>(), total);
        }
        let actual = company.actuals.iter().filter(|a| a.month >= month("2026-01") && a.month <= month(&as_of));
        prop_assert_eq!(variance.total.parts.actual, actual.map(|a| a.amount).sum::<Money>());
    }

    #[test]
    fn the_order_of_the_inputs_does_not_matter(company in any_company(), turn in 0..60_usize) {
        let mut other = company.clone();
        other.units.reverse();
        other.prices.reverse();
        other.models.reverse();
        other.events.reverse();
        other.assets.reverse();
        let turn = turn % other.actuals.len();
        other.actuals.rotate_left(turn);
        prop_assert_eq!(derive(&inputs(&company, "2025-12")), derive(&inputs(&other, "2025-12")));
        let (a, b) = (inputs(&company, "2026-06"), inputs(&other, "2026-06"));
        let lines = derive(&a).lines;
        prop_assert_eq!(execution(&a, &lines, &departments()), execution(&b, &lines, &departments()));
    }
}

/// Places that cost may come from, one of them unknown.
fn sources() -> [Sourcing; 4] {
    let of = |mode, provider: &str, service: &str| Sourcing {
        resource_mode: Some(mode),
        provider: provider.to_owned(),
        service_category: service.to_owned(),
    };
    [
        Sourcing::default(),
        of(ResourceMode::Cloud, "Aliyun", "Compute"),
        of(ResourceMode::Cloud, "Aliyun", "Storage"),
        of(ResourceMode::Hosting, "Beihai", "Compute"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn places_add_up_to_their_key_in_every_figure(
        company in any_company(),
        closed in -1..12_i32,
        committed in prop::collection::vec((0..60_usize, 0..4_usize, 0..9_000_i64), 0..6),
    ) {
        let as_of = month("2026-01").plus(closed).to_string();
        let lines = derive(&inputs(&company, "2025-12")).lines;
        let mut commitments: BTreeMap<LineKey, BTreeMap<Sourcing, Money>> = BTreeMap::new();
        for (line, source, amount) in committed {
            let Some(line) = lines.get(line) else { continue };
            *commitments.entry(line.key()).or_default().entry(sources()[source].clone()).or_default() += Money::whole(amount);
        }
        let inputs = Inputs { commitments: &commitments, ..inputs(&company, &as_of) };
        let done = execution(&inputs, &lines, &departments());
        for leaf in &done.leaves {
            let mut sum = Figures::default();
            for part in leaf.sources.values() {
                prop_assert!(ordered(&part.landing), "{:?}", part);
                sum.month_actual += part.month_actual;
                sum.month_budget += part.month_budget;
                sum.quarter_actual += part.quarter_actual;
                sum.quarter_budget += part.quarter_budget;
                sum.ytd_actual += part.ytd_actual;
                sum.ytd_budget += part.ytd_budget;
                sum.year_budget += part.year_budget;
                sum.commitments += part.commitments;
                sum.landing += part.landing;
            }
            let of = &leaf.figures;
            prop_assert_eq!(
                (sum.month_actual, sum.month_budget, sum.quarter_actual, sum.quarter_budget, sum.ytd_actual),
                (of.month_actual, of.month_budget, of.quarter_actual, of.quarter_budget, of.ytd_actual)
            );
            prop_assert_eq!(
                (sum.ytd_budget, sum.year_budget, sum.commitments, sum.landing),
                (of.ytd_budget, of.year_budget, of.commitments, of.landing)
            );
        }
        // Along any dimensions the first row is the company, and every level adds up to it.
        let by = [Dimension::ResourceMode, Dimension::Department, Dimension::Provider, Dimension::ServiceCategory];
        let rows = execution_tree(&done, &departments(), &by);
        prop_assert_eq!(&rows[0].figures, &done.company);
        for depth in 1..=by.len() {
            let level = rows.iter().filter(|row| row.path.len() == depth);
            let (budget, available) = level.fold((Money::ZERO, Money::ZERO), |(budget, available), row| {
                (budget + row.figures.year_budget, available + row.figures.available)
            });
            prop_assert_eq!((budget, available), (done.company.year_budget, done.company.available));
        }
    }
}

#[test]
fn recurring_cost_is_one_line_per_place_and_a_plan_says_what_its_unit_says() {
    let mut company = company();
    company.units[0].resource_mode = Some(ResourceMode::Hosting);
    company.units[0].provider = "Beihai".to_owned();
    let mut actuals = Vec::new();
    for (at, source, amount) in [
        ("2025-10", 1, 30),
        ("2025-11", 1, 30),
        ("2025-12", 1, 30),
        ("2025-12", 2, 9),
    ] {
        let mut cost = actual(at, "shop", "web", CostType::Cloud, Expenditure::Opex, amount);
        cost.sourcing = sources()[source].clone();
        actuals.push(cost);
    }
    company.actuals.extend(actuals);
    let lines = derive(&inputs(&company, "2025-12")).lines;
    let january = |product: &str, module: &str, cost_type| {
        let mut of: Vec<_> = lines
            .iter()
            .filter(|line| line.month == month("2026-01") && line.product == product && line.module == module)
            .filter(|line| line.cost_type == cost_type && line.expenditure == Expenditure::Opex)
            .map(|line| (line.sourcing.clone(), line.amount))
            .collect();
        of.sort();
        of
    };
    assert_eq!(
        january("shop", "web", CostType::Cloud),
        [
            // The mean of three months and ten percent of growth.
            (sources()[1].clone(), Money::whole(33)),
            (sources()[2].clone(), "3.3".parse().unwrap()),
        ]
    );
    let model = &company.models[0];
    let planned = january(&model.product, &model.module, company.units[0].cost_type);
    assert!(!planned.is_empty());
    for (source, _) in planned {
        assert_eq!(source.resource_mode, Some(ResourceMode::Hosting));
        assert_eq!(source.provider, "Beihai");
    }
}
