//! Random interleavings of a budget's commands, several processes at once. Whatever is tried in whatever order: what an
//! account has available is budget − actual − commitments, loans net to zero, nobody is given more than there is, an
//! approved version never changes, and nobody approves what they alone submitted.
//!
//! Quick as part of the suite. Longer: `HEADROOM_INTERLEAVINGS=40 cargo test -p headroom --test product interleavings`
//! plays so many companies, `HEADROOM_INTERLEAVINGS_FROM=7` begins with that seed. A failure names its seed and its commands.

use super::support::{command, demo_copy, headroom, json, list, money, query, text};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

/// Rounds of commands for one company; each round is one to four processes at once.
const ROUNDS: usize = 14;
const PEOPLE: [&str; 4] = ["anna", "bela", "carl", "dora"];
const PRODUCTS: [&str; 5] = ["video", "live", "reading", "shop", "ads"];
const STEPS: [&str; 6] = ["submit", "review", "consolidate", "approve", "return", "reject"];

/// Numbers that are the same for the same seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }

    /// Mostly small, sometimes more than anybody has, sometimes nonsense.
    fn amount(&mut self) -> String {
        match self.below(10) {
            0 => "0".to_owned(),
            1 => "-5".to_owned(),
            2 | 3 => format!("{}.37", 1_000_000 + self.below(9_000_000)),
            _ => format!("{}.{:02}", 1 + self.below(400_000), self.below(100)),
        }
    }

    fn month(&mut self) -> String {
        // September is closed.
        format!("2026-{:02}", 9 + self.below(4))
    }
}

/// What somebody tries next; mostly what could succeed as the books stand.
fn attempt(data: &Path, dice: &mut Dice) -> Vec<String> {
    let (product, month, amount) = (dice.one(&PRODUCTS), dice.month(), dice.amount());
    let line = match dice.below(14) {
        0..=2 => {
            let cost_type = dice.one(&["server", "cloud", "rack"]);
            format!("request --product {product} --cost-type {cost_type} --amount {amount} --month {month} --reason x")
        }
        3 => {
            let ids = query(
                data,
                "SELECT body FROM budget_events WHERE kind = 'request' ORDER BY id",
            );
            format!("release R-2026-{} --reason x", 1 + dice.below(ids.len() as u64 + 1))
        }
        4 | 5 => {
            let other = dice.one(&PRODUCTS);
            let due = dice.month();
            format!("loan lend --from {product} --to {other} --amount {amount} --month {month} --due {due} --reason x")
        }
        6 => {
            let ids = query(data, "SELECT body FROM budget_events WHERE kind = 'lend' ORDER BY id");
            let id = 1 + dice.below(ids.len() as u64 + 1);
            let part = if dice.below(2) == 0 {
                String::new()
            } else {
                format!(" --amount {amount}")
            };
            format!("loan repay L-2026-{id} --month {month} --reason x{part}")
        }
        7 => {
            let way = dice.one(&["supplement", "cut"]);
            format!("{way} --product {product} --amount {amount} --reason x")
        }
        8 => "revise --year 2026 --reason x".to_owned(),
        9 => {
            // Also of versions that are approved.
            let version = 1 + dice.below(4);
            format!(
                "set --year 2026 --version {version} --product {product} --cost-type other --month {month} --amount {amount} --reason x"
            )
        }
        _ => {
            let open = query(
                data,
                "SELECT state || ' ' || number FROM budget_versions WHERE year = 2026 AND state NOT IN ('approved', 'superseded', 'rejected') ORDER BY number DESC",
            );
            let next = open.first().and_then(|version| {
                let (state, number) = version.split_once(' ')?;
                let step = match state {
                    "draft" | "returned" => "submit",
                    "submitted" => "review",
                    "reviewed" => "consolidate",
                    _ => "approve",
                };
                Some((step, number.to_owned()))
            });
            let (step, number) = match next.filter(|_| dice.below(5) > 0) {
                Some(next) => next,
                None => (dice.one(&STEPS), (1 + dice.below(3)).to_string()),
            };
            let comment = if ["return", "reject"].contains(&step) {
                " --comment x"
            } else {
                ""
            };
            format!("{step} --year 2026 --version {number}{comment}")
        }
    };
    std::iter::once("budget")
        .chain(line.split(' '))
        .map(str::to_owned)
        .collect()
}

/// Every line of every version that is or was in force.
fn frozen(data: &Path) -> BTreeMap<String, Vec<String>> {
    let approved = query(
        data,
        "SELECT id || '' FROM budget_versions WHERE state IN ('approved', 'superseded')",
    );
    approved
        .into_iter()
        .map(|id| {
            let sql = format!(
                "SELECT position || '|' || month || '|' || product || '|' || amount || '|' || COALESCE(cash, '') || '|' || derivation || '|' || comment
                 FROM budget_lines WHERE version = {id} ORDER BY position"
            );
            (id, query(data, &sql))
        })
        .collect()
}

/// What is true at all times.
fn holds(data: &Path, through: &str, so_far: &[String]) -> Value {
    let standing = json(data, &["budget", "available", "--year", "2026", "--through", through]);
    let said = || so_far.join("\n");
    let mut lent: BTreeMap<&str, Money> = BTreeMap::new();
    for account in list(&standing["accounts"]) {
        let of = |key: &str| money(&account[key]);
        assert_eq!(
            of("budget"),
            of("approved") + of("lent") + of("carried"),
            "{account}\n{}",
            said()
        );
        assert_eq!(
            of("available"),
            of("budget") - of("actual") - of("commitments"),
            "{account}\n{}",
            said()
        );
        *lent.entry(text(&account["expenditure"])).or_default() += of("lent");
        // The same figures once more from the lists.
        let (product, expenditure) = (&account["product"], &account["expenditure"]);
        let is_of = |row: &&Value, key: &str| row[key] == *product && row["expenditure"] == *expenditure;
        let outstanding: Money = list(&standing["commitments"])
            .iter()
            .filter(|row| is_of(row, "product") && text(&row["month"]) <= through)
            .map(|row| money(&row["outstanding"]))
            .sum();
        assert_eq!(of("commitments"), outstanding, "{account}\n{}", said());
        let moved: Money = list(&standing["loans"])
            .iter()
            .filter(|loan| text(&loan["month"]) <= through)
            .map(|loan| {
                let back: Money = loan["repaid"]
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(month, _)| month.as_str() <= through)
                    .map(|(_, amount)| money(amount))
                    .sum();
                let left = money(&loan["amount"]) - back;
                let to = if is_of(&loan, "to") { left } else { Money::ZERO };
                let from = if is_of(&loan, "from") { left } else { Money::ZERO };
                to - from
            })
            .sum();
        assert_eq!(of("lent"), moved, "{account}\n{}", said());
        if *expenditure == "opex" {
            let sql = format!(
                "SELECT l.amount FROM budget_lines l JOIN budget_versions v ON v.id = l.version
                 WHERE v.year = 2026 AND v.state = 'approved' AND l.product = '{}' AND l.expenditure = 'opex' AND l.month <= '{through}'",
                text(product)
            );
            let approved: Money = query(data, &sql)
                .iter()
                .map(|amount| amount.parse::<Money>().unwrap())
                .sum();
            assert_eq!(of("approved"), approved, "{account}\n{}", said());
        }
    }
    assert!(lent.values().all(|sum| sum.is_zero()), "{lent:?}\n{}", said());
    standing
}

/// Nobody approved what they alone had submitted.
fn four_eyes(data: &Path, so_far: &[String]) -> usize {
    let history = json(data, &["budget", "history", "--year", "2026"]);
    let events = list(&history["events"]);
    let mut approvals = 0;
    for (at, approval) in events.iter().enumerate() {
        if approval["kind"] != "approve" || !approval["body"]["override"].is_null() {
            continue;
        }
        approvals += 1;
        let before = events[..at]
            .iter()
            .filter(|event| event["version"] == approval["version"]);
        let since_return: Vec<&Value> = before.rev().take_while(|event| event["kind"] != "return").collect();
        let other = since_return
            .iter()
            .any(|event| event["kind"] == "submit" && event["actor"] != approval["actor"]);
        assert!(other, "{approval}\n{}", so_far.join("\n"));
    }
    approvals
}

/// Plays one company; gives how many commands did something, and how many were refused.
fn play(seed: u64) -> (usize, usize, usize) {
    let copy = demo_copy();
    let data = copy.path();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ (seed + 1).wrapping_mul(0xD134_2543_DE82_EF95));
    let mut so_far = vec![format!("seed {seed}")];
    let mut known = frozen(data);
    let (mut done, mut refused) = (0, 0);
    for _ in 0..ROUNDS {
        let at_once = [1, 1, 2, 4][dice.below(4) as usize];
        let mut running = Vec::new();
        for _ in 0..at_once {
            let arguments = attempt(data, &mut dice);
            let person = dice.one(&PEOPLE);
            so_far.push(format!("{at_once} at once, {person}: {}", arguments.join(" ")));
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let mut started = command(data, &arguments);
            started.env("USER", person).stdout(Stdio::null()).stderr(Stdio::piped());
            running.push(started.spawn().unwrap());
        }
        for child in running {
            let output = child.wait_with_output().unwrap();
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            match output.status.code() {
                Some(0) => done += 1,
                Some(1) => refused += 1,
                other => panic!("{other:?} {error}\n{}", so_far.join("\n")),
            }
            assert!(!error.contains("panicked"), "{error}\n{}", so_far.join("\n"));
        }
        let through = dice.one(&["2026-10", "2026-11", "2026-12"]);
        holds(data, through, &so_far);
        let now = frozen(data);
        for (version, lines) in &known {
            assert_eq!(
                now.get(version),
                Some(lines),
                "version {version} changed\n{}",
                so_far.join("\n")
            );
        }
        known = now;
    }
    let approvals = four_eyes(data, &so_far);
    let check = headroom(data, &["check"]);
    assert_eq!(check.status, 0, "{}{}\n{}", check.out, check.err, so_far.join("\n"));
    (done, refused, approvals)
}

#[test]
fn interleavings_of_several_processes_keep_the_books() {
    let number = |name: &str, otherwise: u64| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    };
    let (first, companies) = (
        number("HEADROOM_INTERLEAVINGS_FROM", 0),
        number("HEADROOM_INTERLEAVINGS", 1),
    );
    let (mut done, mut refused, mut approvals) = (0, 0, 0);
    for seed in first..first + companies {
        let (did, not, approved) = play(seed);
        done += did;
        refused += not;
        approvals += approved;
    }
    // Otherwise nothing was shown.
    assert!(done >= 5 && refused >= 5, "{done} done, {refused} refused");
    assert!(companies < 10 || approvals > 0, "no version was ever approved");
}
