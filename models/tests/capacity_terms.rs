//! Plans that take terms: worked by hand, and properties of any need.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use headroom_models::capacity::{CapacityPlan, Drivers, ModulePlan, PlanInputs, Problem, Term, plan};
use headroom_models::configuration::Configuration;
use headroom_models::ledger::{Money, Month, MonthRange};
use proptest::prelude::*;
use std::collections::BTreeMap;

const COMPANY: &str = r#"
    [company]
    name = "C"
    calendar = "cn"
    [[department]]
    id = "d"
    name = "D"
    [[product]]
    id = "shop"
    name = "Shop"
    department = "d"
    [[module]]
    product = "shop"
    id = "app"
    name = "App"
    [[unit]]
    id = "cloud"
    name = "Cloud"
    cost_type = "cloud"
    acquisition = "rent"
    [[price]]
    unit = "cloud"
    valid_from = "2026-01"
    amount = "1000"
    currency = "CNY"
    [[unit]]
    id = "server"
    name = "Server"
    cost_type = "server"
    acquisition = "purchase"
    [[price]]
    unit = "server"
    valid_from = "2026-01"
    amount = "60000"
    currency = "CNY"
    useful_life_months = 60
    running = { rack = "100" }
"#;

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn model(unit: &str, more: &str) -> String {
    format!(
        "[[capacity]]\nproduct = \"shop\"\nmodule = \"app\"\ndriver = \"orders\"\nunit = \"{unit}\"\nwork = {{ cpu = 1 }}\n\
         limit = {{ cpu = 100 }}\ntarget_utilization = {{ cpu = 1 }}\n{more}\n"
    )
}

fn offer(unit: &str, term: &str, amount: &str, more: &str) -> String {
    format!(
        "[[offer]]\nunit = \"{unit}\"\nterm = \"{term}\"\nvalid_from = \"2026-01\"\namount = \"{amount}\"\ncurrency = \"CNY\"\n{more}\n"
    )
}

/// The plan of 2027 for these units needed by month.
fn planned(text: &str, needs: &[u64]) -> CapacityPlan {
    let documents = BTreeMap::from([("all.toml".to_owned(), format!("{COMPANY}{text}"))]);
    let configuration = Configuration::read(&documents).unwrap();
    let first = month("2027-01");
    let mut targets = Drivers::default();
    for (at, units) in needs.iter().enumerate() {
        targets.insert("shop", "orders", first.plus(at as i32), *units as f64 * 100.0);
    }
    plan(&PlanInputs {
        units: &configuration.units,
        prices: &configuration.prices,
        models: &configuration.capacity,
        events: &[],
        targets: &targets,
        surroundings: &configuration.surroundings,
        months: year(),
        delivered_through: Some(month("2026-12")),
        reporting_currency: "CNY",
        rate: &|_, _| None,
    })
}

fn year() -> MonthRange {
    "2027-01..2027-12".parse().unwrap()
}

/// Cash, depreciation and opex of the year.
fn sums(plan: &CapacityPlan) -> [Money; 3] {
    let money = plan.money(year());
    let months = || money.values().flat_map(BTreeMap::values);
    [
        months().map(|month| month.cash).sum(),
        months().map(|month| month.depreciation).sum(),
        months().map(|month| month.opex).sum(),
    ]
}

fn terms(module: &ModulePlan, at: usize) -> Vec<(Term, u64)> {
    module.months[at]
        .terms
        .iter()
        .map(|(term, units)| (*term, *units))
        .collect()
}

#[test]
fn rented_units_are_committed_where_they_are_needed_all_year() {
    // 4 all year, 2 more from June to August. A year's commitment takes 600 at once and 700 a month: 9000 against 12000.
    let needs = [4, 4, 4, 4, 4, 6, 6, 6, 4, 4, 4, 4];
    let offers = offer("cloud", "commit-1y", "700", "upfront = \"600\"");
    let advice = planned(&[&model("cloud", ""), offers.as_str()].concat(), &needs);
    assert_eq!(sums(&advice), [Money::ZERO, Money::ZERO, Money::whole(54_000)]);
    let mix = advice.modules[0].mix.as_ref().unwrap();
    assert!(!mix.taken && mix.saving == Some(Money::whole(12_000)));
    // By the module, by [plan] for all, and by [plan] with the module keeping the price book.
    let by_module = planned(
        &[&model("cloud", "terms = \"cheapest\""), offers.as_str()].concat(),
        &needs,
    );
    let all = "[plan]\nterms = \"cheapest\"\n";
    let by_plan = planned(&[all, &model("cloud", ""), &offers].concat(), &needs);
    assert_eq!(by_module, by_plan);
    let kept = planned(
        &[all, &model("cloud", "terms = \"price-book\""), &offers].concat(),
        &needs,
    );
    assert_eq!(kept, advice);
    // 4 × 9000 + 2 × 3 × 1000; 4 × 600 of it is paid in January and costs 200 in every month.
    assert_eq!(
        sums(&by_module),
        [Money::whole(2_400), Money::ZERO, Money::whole(42_000)]
    );
    let module = &by_module.modules[0];
    assert_eq!(module.mix.as_ref().unwrap().cost, Money::whole(42_000));
    let amounts = |at: usize| {
        module.months[at]
            .costs
            .iter()
            .map(|cost| cost.amount)
            .collect::<Vec<_>>()
    };
    assert_eq!(amounts(0), [Money::whole(2_800), Money::whole(200)]);
    assert_eq!(
        amounts(5),
        [Money::whole(2_800), Money::whole(200), Money::whole(2_000)]
    );
    assert_eq!(terms(module, 5), [(Term::Rent, 2), (Term::OneYear, 4)]);
    assert_eq!(
        (module.months[0].cash, module.months[1].cash),
        (Money::whole(2_400), Money::ZERO)
    );
}

#[test]
fn what_stands_is_not_bought_again_and_a_peak_is_hired() {
    // 10 stand. 12 are needed from March on, 16 in November: 2 are bought for March, 4 are on demand for a month.
    let needs = [9, 10, 12, 12, 12, 12, 12, 12, 12, 12, 16, 12];
    let own = "lead_time_months = 2\ninventory = [{ month = \"2026-12\", count = 10 }]\nterms = \"cheapest\"";
    let text = [model("server", own), offer("server", "on-demand", "3000", "")].concat();
    let plan = planned(&text, &needs);
    let module = &plan.modules[0];
    let orders: Vec<_> = plan
        .orders
        .iter()
        .map(|o| (o.order_month, o.arrival, o.units, o.cost))
        .collect();
    assert_eq!(orders, [(month("2027-01"), month("2027-03"), 2, Money::whole(120_000))]);
    assert_eq!(terms(module, 10), [(Term::OnDemand, 4), (Term::Purchase, 2)]);
    let of = |at: usize| {
        let month = &module.months[at];
        (
            month.inventory,
            month.shortage,
            month.surplus,
            month.arriving,
            month.in_service,
        )
    };
    assert_eq!((of(0), of(2)), ((10, 0, 1, 0, 10), (10, 2, 0, 2, 12)));
    assert_eq!(
        (of(3), of(10), of(11)),
        ((12, 0, 0, 0, 12), (12, 4, 0, 0, 16), (12, 0, 0, 0, 12))
    );
    // Depreciation 2 × 1000 from April; racks 10 × 100 a month and 2 × 100 from March; the peak 4 × 3000.
    let opex = Money::whole(12 * 1_000 + 10 * 200 + 12_000);
    assert_eq!(sums(&plan), [Money::whole(120_000), Money::whole(9 * 2_000), opex]);
    // Under the price book all six are bought.
    let bought = planned(&text.replace("cheapest", "price-book"), &needs);
    assert_eq!(bought.orders.iter().map(|order| order.units).sum::<u64>(), 6);
}

#[test]
fn terms_that_have_no_price_are_a_problem_and_the_price_book_stays() {
    let asked = model("cloud", "terms = \"commit-3y\"");
    let plan = planned(
        &[&asked, offer("cloud", "commit-1y", "700", "").as_str()].concat(),
        &[4; 12],
    );
    assert!(matches!(
        &plan.problems[..],
        [Problem::NoTerms { terms: "commit-3y", .. }]
    ));
    assert_eq!(sums(&plan)[2], Money::whole(48_000));
    // A price for 5 and more only is not earned by 4, and must not keep the other terms from being taken.
    let many = "from_units = 5";
    let cheap = model("cloud", "terms = \"cheapest\"");
    let plan = planned(
        &[&cheap, offer("cloud", "commit-1y", "100", many).as_str()].concat(),
        &[4; 12],
    );
    assert_eq!((sums(&plan)[2], plan.problems.len()), (Money::whole(48_000), 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_need_is_met_and_the_money_is_that_of_the_mix(
        needs in prop::collection::vec(0_u64..40, 12),
        inventory in 0_u64..20,
        lot in 1_u64..5,
        bought in any::<bool>(),
        prices in prop::collection::vec(300_i64..2_000, 4),
    ) {
        let unit = if bought { "server" } else { "cloud" };
        let more = format!("lot = {lot}\nterms = \"cheapest\"\ninventory = [{{ month = \"2026-12\", count = {inventory} }}]");
        let term = |name: &str, at: usize| offer(unit, name, &prices[at].to_string(), "");
        let offers = [term("on-demand", 0), term("commit-1y", 1), term("commit-3y", 2), offer(unit, "rent", &prices[3].to_string(), "from_units = 8")];
        let text = [model(unit, &more), offers.concat()].concat();
        let plan = planned(&text, &needs);
        let module = &plan.modules[0];
        for month in &module.months {
            prop_assert!(month.in_service >= month.sizing.total, "{month:?}");
            prop_assert_eq!(month.shortage, month.sizing.total.saturating_sub(month.inventory));
            let all: Money = month.costs.iter().map(|cost| cost.unit_price.times(cost.units as i64)).sum();
            prop_assert_eq!(all, month.costs.iter().map(|cost| cost.amount).sum::<Money>());
        }
        // Cash is what is ordered, nothing is paid at once here.
        let [cash, _, opex] = sums(&plan);
        prop_assert_eq!(cash, plan.orders.iter().map(|order| order.cost).sum::<Money>());
        if let Some(mix) = &module.mix {
            prop_assert!(mix.taken && mix.saving.is_none_or(|saving| !saving.is_negative()));
            // What is on a term by the month, and base load on commitments, costs inside the year what the mix says.
            let inside = |part: &&headroom_models::capacity::MixPart| {
                part.base_load || matches!(part.term, Term::OnDemand | Term::Rent)
            };
            if !bought && mix.parts.iter().all(|part| inside(&part)) {
                let own = module.months.iter().flat_map(|month| &month.costs).filter(|cost| cost.term.is_none());
                prop_assert_eq!(opex - own.map(|cost| cost.amount).sum::<Money>(), mix.cost);
            }
        }
    }
}
