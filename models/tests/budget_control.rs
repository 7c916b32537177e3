//! Control of a budget under random interleavings: whatever is done in whatever order, the figures of every account are those
//! that a second, much simpler set of books gives.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use headroom_models::budget::{
    Account, Books, BudgetLine, CarryRule, CarryRules, Control, ControlAct, Lending, LineKey, Reference, Request, Spent,
};
use headroom_models::ledger::{CostType, Expenditure, Money, Month, MonthRange};
use proptest::prelude::*;
use std::collections::BTreeMap;

const PRODUCTS: [&str; 3] = ["video", "live", "pay"];

fn month(number: u32) -> Month {
    Month::new(2026, number).unwrap()
}

fn months() -> MonthRange {
    MonthRange {
        first: month(1),
        last: month(12),
    }
}

fn key(product: &str) -> LineKey {
    LineKey {
        product: product.to_owned(),
        module: String::new(),
        cost_type: CostType::Server,
        expenditure: Expenditure::Opex,
    }
}

fn account(product: &str) -> Account {
    Account {
        product: product.to_owned(),
        expenditure: Expenditure::Opex,
    }
}

/// 100 a month for each product.
fn lines() -> Vec<BudgetLine> {
    let line = |number, product: &&str| BudgetLine::manual(month(number), key(product), Money::whole(100), "");
    (1..=12)
        .flat_map(|number| PRODUCTS.iter().map(move |product| line(number, product)))
        .collect()
}

/// What somebody tries. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Try {
    Spend(usize, u32, i64),
    Request(usize, u32, i64),
    Order(usize, i64),
    Bill(usize, u32, i64),
    Release(usize),
    Lend(usize, usize, u32, u32, i64),
    Repay(usize, u32, i64),
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let number = 1_u32..=12;
    let one = prop_oneof![
        (0_usize..3, number.clone(), -20_i64..90).prop_map(|(p, m, a)| Try::Spend(p, m, a)),
        (0_usize..3, number.clone(), 1_i64..400).prop_map(|(p, m, a)| Try::Request(p, m, a)),
        (0_usize..9, 0_i64..300).prop_map(|(c, a)| Try::Order(c, a)),
        (0_usize..9, number.clone(), 0_i64..200).prop_map(|(c, m, a)| Try::Bill(c, m, a)),
        (0_usize..9).prop_map(Try::Release),
        (0_usize..3, 0_usize..3, 1_u32..=11, 1_u32..=11, 1_i64..300)
            .prop_map(|(f, t, m, d, a)| Try::Lend(f, t, m, d, a)),
        (0_usize..5, number, 1_i64..200).prop_map(|(l, m, a)| Try::Repay(l, m, a)),
    ];
    proptest::collection::vec(one, 1..40)
}

/// Product, month, amount, bills by month, given up.
type Promise = (usize, usize, i64, BTreeMap<u32, i64>, bool);

/// The second books: whole numbers in arrays.
#[derive(Default)]
struct Plain {
    moved: [[i64; 13]; 3],
    spent: [[i64; 13]; 3],
    promises: Vec<Promise>,
    // from, to, owed
    loans: Vec<(usize, usize, i64)>,
}

impl Plain {
    fn available(&self, product: usize, through: u32) -> i64 {
        let through = through as usize;
        let mut sum = 100 * through as i64;
        for at in 1..=through {
            sum += self.moved[product][at] - self.spent[product][at];
        }
        for (of, at, amount, billed, released) in &self.promises {
            if *of == product && *at <= through && !released {
                sum -= (amount - billed.values().sum::<i64>()).max(0);
            }
        }
        sum
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn available_is_budget_less_actual_less_commitments_and_loans_net_to_zero(tries in tries()) {
        let lines = lines();
        let frozen = lines.clone();
        let mut control = Control::default();
        let mut acts: Vec<ControlAct> = Vec::new();
        let mut spent = Spent::new();
        let mut plain = Plain::default();
        for attempt in tries {
            let act = match attempt {
                Try::Spend(product, number, amount) => {
                    *spent.entry((account(PRODUCTS[product]), month(number))).or_default() += Money::whole(amount);
                    plain.spent[product][number as usize] += amount;
                    None
                }
                Try::Request(product, number, amount) => {
                    let books = Books::new(months(), &lines, &spent, &control);
                    let room = books.room(&account(PRODUCTS[product]), month(number));
                    prop_assert!(room <= books.standing(&account(PRODUCTS[product]), month(number)).available);
                    (Money::whole(amount) <= room).then(|| {
                        plain.promises.push((product, number as usize, amount, BTreeMap::new(), false));
                        ControlAct::Request(Request {
                            id: control.next_id("R", 2026),
                            month: month(number),
                            key: key(PRODUCTS[product]),
                            amount: Money::whole(amount),
                            reference: Reference::default(),
                        })
                    })
                }
                Try::Order(at, amount) if at < plain.promises.len() => {
                    plain.promises[at].2 = amount;
                    Some(ControlAct::Order { id: format!("R-2026-{}", at + 1), order: "PO-1/1".to_owned(), amount: Money::whole(amount) })
                }
                Try::Bill(at, number, amount) if at < plain.promises.len() => {
                    plain.promises[at].3.insert(number, amount);
                    let id = format!("R-2026-{}", at + 1);
                    Some(ControlAct::Bill { id, month: month(number), amount: Money::whole(amount), by: "order".to_owned() })
                }
                Try::Release(at) if at < plain.promises.len() => {
                    plain.promises[at].4 = true;
                    Some(ControlAct::Release { id: format!("R-2026-{}", at + 1) })
                }
                Try::Lend(from, to, number, later, amount) if from != to => {
                    let books = Books::new(months(), &lines, &spent, &control);
                    let due = (number + later).min(12);
                    (due > number && Money::whole(amount) <= books.room(&account(PRODUCTS[from]), month(number))).then(|| {
                        plain.moved[from][number as usize] -= amount;
                        plain.moved[to][number as usize] += amount;
                        plain.loans.push((from, to, amount));
                        ControlAct::Lend(Lending {
                            id: control.next_id("L", 2026),
                            from: PRODUCTS[from].to_owned(),
                            to: PRODUCTS[to].to_owned(),
                            expenditure: Expenditure::Opex,
                            amount: Money::whole(amount),
                            month: month(number),
                            due: month(due),
                        })
                    })
                }
                Try::Repay(at, number, amount) if at < plain.loans.len() => {
                    let act = ControlAct::Repay { id: format!("L-2026-{}", at + 1), month: month(number), amount: Money::whole(amount) };
                    let lent = control.loans[&format!("L-2026-{}", at + 1)].lending.month;
                    let too_much = amount > plain.loans[at].2;
                    prop_assert_eq!(control.clone().add(&act).is_err(), too_much);
                    (!too_much && month(number) >= lent).then(|| {
                        let (from, to, owed) = &mut plain.loans[at];
                        *owed -= amount;
                        plain.moved[*from][number as usize] += amount;
                        plain.moved[*to][number as usize] -= amount;
                        act
                    })
                }
                _ => None,
            };
            if let Some(act) = act {
                control.add(&act).unwrap();
                acts.push(act);
            }
            let books = Books::new(months(), &lines, &spent, &control);
            for number in 1..=12 {
                let mut lent = Money::ZERO;
                for (at, product) in PRODUCTS.iter().enumerate() {
                    let standing = books.standing(&account(product), month(number));
                    prop_assert_eq!(standing.available, standing.budget - standing.actual - standing.commitments);
                    prop_assert_eq!(standing.available, Money::whole(plain.available(at, number)), "{} in {}", product, number);
                    lent += standing.lent;
                }
                prop_assert_eq!(lent, Money::ZERO);
            }
        }
        // What is on record gives the same again, and no act has touched the approved lines.
        prop_assert_eq!(&Control::replay(&acts).unwrap(), &control);
        prop_assert_eq!(&lines, &frozen);
        let owed: Money = control.loans.values().map(|loan| loan.outstanding()).sum();
        prop_assert_eq!(owed, plain.loans.iter().map(|(_, _, owed)| Money::whole(*owed)).sum::<Money>());

        // The end of the year: nothing is lost, and nothing of the old year is left to spend.
        let books = Books::new(months(), &lines, &spent, &control);
        let into = month(12).plus(1);
        for rule in [CarryRule::None, CarryRule::Committed, CarryRule::Unspent] {
            let rules = CarryRules { opex: rule, capex: rule, most_percent: Money::whole(10) };
            let mut after = control.clone();
            for carry in books.carry_overs(rules, into) {
                prop_assert_eq!(carry.carried + carry.lapsed, carry.unspent.max(Money::ZERO));
                after.add(&ControlAct::CarryOver(carry)).unwrap();
            }
            let next = MonthRange { first: into, last: into.plus(11) };
            for product in PRODUCTS {
                let of = account(product);
                let old = Books::new(months(), &lines, &spent, &after).standing(&of, month(12));
                prop_assert!(old.available <= Money::ZERO, "{:?}", old);
                prop_assert_eq!(old.commitments, Money::ZERO);
                let new = Books::new(next, &[], &spent, &after).standing(&of, into);
                let before = books.standing(&of, month(12));
                prop_assert_eq!(new.commitments, before.commitments);
                if rule == CarryRule::Committed && !before.available.is_negative() {
                    prop_assert_eq!(new.available, Money::ZERO);
                }
            }
        }
    }
}

#[test]
fn a_request_over_the_room_is_told_its_ways_out_in_money() {
    let (lines, mut spent, mut control) = (lines(), Spent::new(), Control::default());
    spent.insert((account("video"), month(1)), Money::whole(80));
    let lend = ControlAct::Lend(Lending {
        id: "L-2026-1".to_owned(),
        from: "live".to_owned(),
        to: "video".to_owned(),
        expenditure: Expenditure::Opex,
        amount: Money::whole(50),
        month: month(1),
        due: month(3),
    });
    control.add(&lend).unwrap();
    let books = Books::new(months(), &lines, &spent, &control);
    // 100 budget + 50 borrowed − 80 spent.
    assert_eq!(books.room(&account("video"), month(1)), Money::whole(70));
    let departments: BTreeMap<String, String> = [("video", "content"), ("live", "content"), ("pay", "commerce")]
        .map(|(product, department)| (product.to_owned(), department.to_owned()))
        .into();
    let ways = books.ways_out(&account("video"), month(1), Money::whole(100), &departments, &|_| true);
    let json = serde_json::to_value(&ways).unwrap();
    // 30 are missing; the year has 1200 + 50.
    assert_eq!(json[0]["way"], "supplement");
    assert_eq!(
        (&json[0]["amount"], &json[0]["year_budget"]),
        (&"30".into(), &"1250".into())
    );
    assert_eq!(json[0]["growth"], "0.024");
    assert_eq!((&json[1]["way"], &json[1]["from"]), (&"loan".into(), &"live".into()));
    assert_eq!((&json[1]["room"], &json[1]["room_after"]), (&"50".into(), &"20".into()));
    // Pay is of another department. In February another 100 have come.
    assert_eq!(
        (&json[2]["way"], &json[2]["month"]),
        (&"defer".into(), &"2026-02".into())
    );
    assert_eq!(ways.len(), 3);
}
