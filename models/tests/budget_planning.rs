//! Caps, contracts, savings and the end of a year: known answers worked out by hand.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use headroom_models::budget::{
    Assumption, BudgetLine, CapScope, Caps, Derivation, LineKey, Origin, PlannedSaving, cells, compare, reconcile,
    to_caps, with_contracts, with_savings,
};
use headroom_models::contracts::ContractCost;
use headroom_models::ledger::{CostType, Expenditure, Money, Month, ResourceMode};
use std::collections::BTreeMap;

fn month(number: u32) -> Month {
    Month::new(2027, number).unwrap()
}

fn key(product: &str, cost_type: CostType) -> LineKey {
    LineKey {
        product: product.to_owned(),
        module: String::new(),
        cost_type,
        expenditure: Expenditure::Opex,
    }
}

fn line(number: u32, product: &str, cost_type: CostType, amount: i64, origin: Origin) -> BudgetLine {
    let mut line = BudgetLine::manual(month(number), key(product, cost_type), Money::whole(amount), "");
    line.origin = origin;
    line
}

fn total(lines: &[BudgetLine]) -> Money {
    lines.iter().map(|line| line.amount).sum()
}

#[test]
fn caps_and_lines_meet_in_one_view() {
    let lines = [
        line(1, "video", CostType::Server, 300, Origin::Capacity),
        line(2, "video", CostType::Power, 100, Origin::Recurring),
        line(1, "pay", CostType::Server, 70, Origin::Recurring),
    ];
    let departments: BTreeMap<String, String> = [("video", "content"), ("live", "content"), ("pay", "commerce")]
        .map(|(product, department)| (product.to_owned(), department.to_owned()))
        .into();
    let caps: Caps = [
        (CapScope::Company, 500),
        (CapScope::Department("content".to_owned()), 380),
        (CapScope::Product("video".to_owned()), 360),
        (CapScope::Product("live".to_owned()), 20),
    ]
    .map(|(scope, amount)| (scope, Money::whole(amount)))
    .into();
    let rows = reconcile(&lines, &caps, &departments);
    let row = |scope: &CapScope| rows.iter().find(|row| row.scope == *scope).unwrap();
    let company = row(&CapScope::Company);
    assert_eq!(
        (company.bottom_up, company.over),
        (Money::whole(470), Some(Money::whole(-30)))
    );
    // Commerce has no cap, so what the departments have together is not said.
    assert_eq!(company.distributed, None);
    let content = row(&CapScope::Department("content".to_owned()));
    assert_eq!(
        (content.over, content.distributed),
        (Some(Money::whole(20)), Some(Money::whole(380)))
    );
    assert_eq!(row(&CapScope::Product("video".to_owned())).over, Some(Money::whole(40)));
    assert_eq!(row(&CapScope::Product("pay".to_owned())).cap, None);

    // 40 less for video, 300 : 100 over its cells, as lines that say so; live has no line to put its cap on.
    let met = to_caps(&lines, &caps, &departments, "agreed");
    let by_cell = cells(&met);
    assert_eq!(
        by_cell[&(key("video", CostType::Server), month(1))].amount,
        Money::whole(270)
    );
    assert_eq!(
        by_cell[&(key("video", CostType::Power), month(2))].amount,
        Money::whole(90)
    );
    assert_eq!(met.iter().filter(|line| line.origin == Origin::TopDown).count(), 2);
    assert_eq!(total(&met), Money::whole(430));
    assert_eq!(to_caps(&met, &caps, &departments, "again"), met);
    // Every line from below is still there as it was.
    assert!(lines.iter().all(|line| met.contains(line)));
    // A department over its cap is cut in its products without one of their own; below it nothing is done.
    let sum = |lines: &[BudgetLine], product: &str| -> Money {
        let of = lines.iter().filter(|line| line.product == product);
        of.map(|line| line.amount).sum()
    };
    let pay = sum(&lines, "pay");
    let caps: Caps = [
        (CapScope::Department("content".to_owned()), Money::whole(350)),
        (CapScope::Company, Money::whole(419)),
    ]
    .into();
    let cut = to_caps(&lines, &caps, &departments, "from above");
    assert_eq!(total(&lines) - pay, Money::whole(400));
    assert_eq!(total(&cut), Money::whole(419));
    assert_eq!(sum(&cut, "pay"), pay - Money::ONE);
    let caps: Caps = [(CapScope::Company, Money::whole(9_000))].into();
    assert_eq!(to_caps(&lines, &caps, &departments, "x").len(), lines.len());
}

#[test]
fn contracts_take_the_place_of_recurring_cost_where_nothing_else_derives() {
    let lines = [
        line(1, "video", CostType::Rack, 100, Origin::Recurring),
        line(2, "video", CostType::Rack, 100, Origin::Recurring),
        line(1, "video", CostType::Power, 50, Origin::Capacity),
        line(1, "pay", CostType::Rack, 9, Origin::Recurring),
    ];
    let cost = |number: u32, cost_type: CostType, currency: &str, amount: i64| ContractCost {
        month: month(number),
        contract: "C-1".to_owned(),
        vendor: "Example".to_owned(),
        charge_type: "rack".to_owned(),
        cost_type,
        mode: ResourceMode::Idc,
        resource: String::new(),
        product: "video".to_owned(),
        module: String::new(),
        quantity: Money::whole(2),
        unit_price: Money::whole(amount / 2),
        amount: Money::whole(amount),
        currency: currency.to_owned(),
        estimated: false,
    };
    let mut nobodys = cost(1, CostType::Rack, "CNY", 1000);
    nobodys.product = String::new();
    let costs = [
        cost(1, CostType::Rack, "CNY", 120),
        cost(1, CostType::Rack, "CNY", 10),
        cost(2, CostType::Rack, "CNY", 120),
        // The capacity plan has the power already, and nobody knows the rate of the other.
        cost(1, CostType::Power, "CNY", 77),
        cost(1, CostType::Switch, "XXX", 5),
        nobodys,
    ];
    let rate = |currency: &str, _: Month| (currency == "CNY").then_some(Money::ONE);
    let (with, assumptions) = with_contracts(&lines, &costs, &rate);
    let by_cell = cells(&with);
    assert_eq!(
        by_cell[&(key("video", CostType::Rack), month(1))].amount,
        Money::whole(130)
    );
    assert_eq!(
        by_cell[&(key("video", CostType::Rack), month(2))].amount,
        Money::whole(120)
    );
    assert_eq!(
        by_cell[&(key("video", CostType::Power), month(1))].amount,
        Money::whole(50)
    );
    assert_eq!(by_cell[&(key("pay", CostType::Rack), month(1))].amount, Money::whole(9));
    assert_eq!(total(&with), Money::whole(130 + 120 + 50 + 9));
    let opened = with.iter().find(|line| line.origin == Origin::Contract).unwrap();
    let Derivation::Contract { contract, lines, .. } = &opened.derivation else {
        panic!("{opened:?}");
    };
    assert_eq!((contract.as_str(), lines.len()), ("C-1", 2));
    assert_eq!(
        lines.iter().map(|(_, _, _, amount)| *amount).sum::<Money>(),
        opened.amount
    );
    assert_eq!(
        assumptions["video"],
        [Assumption::Contract {
            contract: "C-1".to_owned(),
            vendor: "Example".to_owned(),
            amount: Money::whole(250),
            last: month(2),
            instead_of: Money::whole(200),
        }]
    );
}

#[test]
fn planned_savings_are_lines_of_their_own() {
    let lines = [
        line(1, "video", CostType::Server, 300, Origin::Capacity),
        line(2, "video", CostType::Server, 100, Origin::Capacity),
    ];
    let saving = |product: &str, amount: i64| PlannedSaving {
        product: product.to_owned(),
        amount: Money::whole(amount),
        measure: "fewer".to_owned(),
    };
    let (with, left) = with_savings(&lines, &[saving("video", 40), saving("video", 1000), saving("pay", 1)]);
    assert_eq!(left, [saving("video", 1000), saving("pay", 1)]);
    assert_eq!(total(&with), Money::whole(360));
    let compared = compare(&lines, &with);
    let differences: Vec<Money> = compared.cells.iter().map(|cell| cell.difference).collect();
    assert_eq!(differences, [Money::whole(-30), Money::whole(-10)]);
    assert_eq!(compared.difference, differences.iter().copied().sum());
    let said = with
        .iter()
        .filter(|line| matches!(&line.derivation, Derivation::Saving { measure, .. } if measure == "fewer"));
    assert_eq!(said.count(), 2);
}
