use headroom_models::capacity::*;
use headroom_models::ledger::*;
use std::collections::BTreeMap;
#[derive(serde::Deserialize)]
struct T { unit: Vec<Unit>, price: Vec<Price>, capacity: Vec<CapacityModel>, #[serde(default)] event: Vec<Event> }
#[test]
fn zz() {
    let t: T = toml::from_str(&std::fs::read_to_string("/tmp/plan-demo/capacity.toml").unwrap()).unwrap();
    eprintln!("validate {:?}", validate(&t.unit, &t.price, &t.capacity, &t.event));
    let a: toml::Table = toml::from_str(&std::fs::read_to_string("../fixtures/demo/answers.toml").unwrap()).unwrap();
    let mut targets = Drivers::default();
    for l in std::fs::read_to_string("/tmp/plan-demo/metrics/kpi-targets.csv").unwrap().lines().skip(1) {
        let f: Vec<&str> = l.split(',').collect();
        targets.insert(f[1], f[2], f[0].parse().unwrap(), f[3].parse().unwrap());
    }
    let mut daily: BTreeMap<(String, String, Month), Vec<f64>> = BTreeMap::new();
    for l in std::fs::read_to_string("/tmp/plan-demo/metrics/business-metrics.csv").unwrap().lines().skip(1) {
        let f: Vec<&str> = l.split(',').collect();
        daily.entry((f[1].into(), f[2].into(), f[0][..7].parse().unwrap())).or_default().push(f[3].parse().unwrap());
    }
    let mut actual = Drivers::default();
    for ((p, m, month), v) in &daily { for s in [DriverStatistic::Max, DriverStatistic::Mean, DriverStatistic::P95] { actual.insert_statistic(p, m, *month, s, s.of(v).unwrap()); } }
    let rate = |_: &str, _: Month| Some(Money::whole(7));
    let none: [Event; 0] = [];
    for (name, drivers, events, range) in [("needed_2026", &actual, &none[..], "2026-01..2026-09"), ("needed_2027", &targets, &none[..], "2027-01..2027-12"), ("needed_2027_with_events", &targets, &t.event[..], "2027-01..2027-12")] {
        let plan = plan(&PlanInputs { units: &t.unit, prices: &t.price, models: &t.capacity, events, targets: drivers, months: range.parse().unwrap(), delivered_through: None, reporting_currency: "CNY", rate: &rate });
        eprintln!("{name} problems {:?}", plan.problems);
        for m in &plan.modules {
            let lot = u64::from(t.capacity.iter().find(|c| c.product == m.product && c.module == m.module).unwrap().lot);
            let got: Vec<i64> = m.months.iter().map(|x| x.sizing.total.next_multiple_of(lot) as i64).collect();
            let want: Vec<i64> = a["module"].as_array().unwrap().iter().find(|x| x["product"].as_str() == Some(&m.product) && x["module"].as_str() == Some(&m.module)).unwrap()[name].as_array().unwrap().iter().map(|x| x.as_integer().unwrap()).collect();
            if got != want { eprintln!("{name} {}/{} got {got:?} want {want:?}", m.product, m.module); }
        }
        if name == "needed_2027_with_events" { for o in &plan.orders { eprintln!("order {}/{} {} arr {} ord {} cost {}", o.product, o.module, o.units, o.arrival, o.order_month, o.cost); } }
    }

    use headroom_models::budget::*;
    let mut actuals = vec![];
    for m in a["module"].as_array().unwrap() {
        let model = t.capacity.iter().find(|c| Some(c.product.as_str()) == m["product"].as_str() && Some(c.module.as_str()) == m["module"].as_str()).unwrap();
        let unit = t.unit.iter().find(|u| u.id == model.unit).unwrap();
        if unit.acquisition != Acquisition::Rent { continue; }
        for (i, n) in m["in_service_2026"].as_array().unwrap().iter().enumerate() {
            let month = "2026-01".parse::<Month>().unwrap().plus(i as i32);
            let p = price_at(&t.price, &unit.id, month).unwrap();
            let f = if p.currency == "CNY" { Money::ONE } else { Money::whole(7) };
            let amount = p.amount.times(n.as_integer().unwrap()).multiply(f);
            actuals.push(Actual { month, product: model.product.clone(), module: model.module.clone(), cost_type: unit.cost_type, expenditure: Expenditure::Opex, amount, amount_at_budget_rate: amount });
        }
    }
    let mut base = Inputs { months: "2026-01..2026-12".parse().unwrap(), as_of: "2025-12".parse().unwrap(), settings: BudgetSettings::default(), units: &t.unit, prices: &t.price, models: &t.capacity, events: &none, targets: &targets, actual_drivers: &actual, assets: &[], actuals: &actuals, reporting_currency: "CNY", rate: &rate };
    let lines = derive(&base).lines;
    base.as_of = "2026-09".parse().unwrap();
    let e = execution(&base, &lines, &BTreeMap::new());
    for r in &e.products { eprintln!("{} budget {} landing {}..{}..{} diff {}", r.id, r.figures.year_budget, r.figures.landing.low.round(0), r.figures.landing.mid.round(0), r.figures.landing.high.round(0), r.figures.difference.round(0)); }
    for p in &e.proposals { eprintln!("PROPOSE {} {:?} {} {} {} run {:?} drivers {:?}", p.product, p.kind, p.low, p.amount, p.high, p.reason.run_ratio.map(|m| m.to_string()), p.reason.drivers.iter().map(|d| d.ratio).collect::<Vec<_>>()); }
    for v in headroom_models::variance::explain(&base, &lines).products { eprintln!("VAR {} {} {:?}", v.product, v.actual - v.budget, v.parts.iter().filter(|x| !x.1.is_zero()).map(|(k, x)| format!("{k:?} {x}")).collect::<Vec<_>>()); }
}
