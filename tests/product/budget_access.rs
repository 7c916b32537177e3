//! Who may do what with requests, loans, rolling adjustments, alerts and the assessment, and whose figures they see.

use super::support::{Done, demo_copy, headroom, json, list, money, query, text};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

fn act(data: &Path, user: &str, line: &str) -> Done {
    let mut all = vec!["--as", user];
    all.extend(line.split(' '));
    headroom(data, &all)
}

fn people(data: &Path) {
    for (name, role) in [
        ("owner", "product-owner@product:reading"),
        ("lead", "product-owner@department:content"),
        ("fin", "finance"),
        ("boss", "approver"),
        ("reader", "viewer"),
    ] {
        json(data, &["user", "add", name, "--role", role]);
    }
}

#[test]
fn money_is_asked_for_and_lent_by_who_answers_for_it() {
    let copy = demo_copy();
    let data = copy.path();
    people(data);
    let request = |product: &str| {
        format!("budget request --product {product} --cost-type cloud --amount 100 --month 2026-10 --reason x")
    };
    act(data, "owner", &request("reading")).ok();
    act(data, "lead", &request("video")).ok();
    let lend = |from: &str, to: &str| {
        format!("budget loan lend --from {from} --to {to} --amount 5 --month 2026-10 --due 2026-12 --reason x")
    };
    act(data, "owner", &lend("reading", "video")).ok();
    for (who, line) in [
        ("owner", request("live")),
        ("lead", request("shop")),
        ("reader", request("reading")),
        ("boss", request("reading")),
        // Nobody lends what is another's, and nobody gives back what another owes.
        ("owner", lend("video", "reading")),
        (
            "owner",
            "budget loan repay L-2026-1 --month 2026-10 --reason x".to_owned(),
        ),
        ("owner", "budget release R-2026-2 --reason x".to_owned()),
        ("owner", "budget cut --product live --amount 5 --reason x".to_owned()),
        (
            "owner",
            "budget transfer --from live --to reading --amount 5 --reason x".to_owned(),
        ),
        ("owner", "budget cap set --year 2026 --amount 5".to_owned()),
        ("fin", "budget cap set --year 2026 --amount 99000000".to_owned()),
        ("owner", "budget settle".to_owned()),
        ("owner", "budget carry-over --year 2026 --reason x".to_owned()),
    ] {
        act(data, who, &line).refused(&[&format!("{who} may not")]);
    }
    act(data, "lead", "budget loan repay L-2026-1 --month 2026-10 --reason x").ok();
    act(data, "lead", "budget release R-2026-1 --reason x").ok();

    // An owner sees their accounts, commitments and loans, and of an edit the total of their lines.
    let own = act(data, "owner", "budget available --year 2026 --json").ok().json();
    let products: BTreeSet<&str> = list(&own["accounts"]).iter().map(|row| text(&row["product"])).collect();
    assert_eq!(products, BTreeSet::from(["reading"]));
    let ids: Vec<&str> = list(&own["commitments"]).iter().map(|row| text(&row["id"])).collect();
    assert_eq!(ids, ["R-2026-1"]);
    assert_eq!(list(&own["loans"]).len(), 1);
    let edited = act(
        data,
        "owner",
        "budget supplement --product reading --amount 5 --reason x --json",
    )
    .ok()
    .json();
    let theirs = act(data, "owner", "budget show --year 2026 --version 2 --json")
        .ok()
        .json();
    let sum: Money = list(&theirs["lines"]).iter().map(|line| money(&line["amount"])).sum();
    assert_eq!(money(&edited["version"]["total"]), sum);
    let history = act(data, "owner", "budget history --year 2026 --json").ok().json();
    assert!(
        list(&history["events"])
            .iter()
            .all(|event| event["body"].is_null() && !event["version"].is_null())
    );
    headroom(data, &["check"]).ok();
}

#[test]
fn a_refusal_tells_nobody_what_a_product_has_that_they_may_not_look_at() {
    let copy = demo_copy();
    let data = copy.path();
    people(data);
    let ask = |who: &str, amount: &str| {
        let line = format!(
            "budget request --product reading --cost-type cloud --amount {amount} --month 2026-10 --reason x --json"
        );
        let outcome: Value = serde_json::from_str(&act(data, who, &line).out).unwrap();
        let ways = list(&outcome["ways_out"]).iter();
        let lenders: Vec<String> = ways
            .filter(|way| way["way"] == "loan")
            .map(|way| text(&way["from"]).to_owned())
            .collect();
        (money(&outcome["room"]), lenders)
    };
    let (room, none) = ask("owner", "99000000");
    assert!(none.is_empty());
    let over = (room + Money::ONE).to_string();
    let (_, of_lead) = ask("lead", &over);
    assert!(of_lead.contains(&"video".to_owned()), "{of_lead:?}");
    assert_eq!(ask("owner", &over).1, Vec::<String>::new());
    let lend =
        format!("budget loan lend --from reading --to live --amount {over} --month 2026-10 --due 2026-12 --reason x");
    act(data, "lead", &lend).refused(&["video ("]);
    let told = act(data, "owner", &lend);
    assert_eq!(told.status, 1);
    assert!(!told.err.contains("video") && told.err.contains("–"), "{}", told.err);
    // A loan is given back with a reason, as everything else.
    act(
        data,
        "owner",
        "budget loan lend --from reading --to live --amount 5 --month 2026-10 --due 2026-12 --reason x",
    )
    .ok();
    let mut repay: Vec<&str> = "--as lead budget loan repay L-2026-1 --month 2026-10 --reason"
        .split(' ')
        .collect();
    repay.push(" ");
    headroom(data, &repay).refused(&["reason"]);
}

#[test]
fn adjustments_and_alerts_are_run_and_decided_by_their_organs() {
    let copy = demo_copy();
    let data = copy.path();
    people(data);
    for (who, line) in [
        ("owner", "budget roll"),
        ("reader", "budget roll"),
        ("boss", "budget roll"),
        ("owner", "budget roll show"),
        ("owner", "budget roll accept 1"),
        ("reader", "budget roll decline 1 --reason x"),
        ("owner", "budget roll revise --year 2026"),
        ("boss", "budget roll revise --year 2026"),
        ("reader", "alerts evaluate --month 2026-09"),
        ("owner", "alerts deliver"),
        ("boss", "alerts deliver"),
    ] {
        act(data, who, line).refused(&[&format!("{who} may not")]);
    }
    act(data, "fin", "budget roll").ok();
    act(data, "reader", "budget roll show").ok();
    act(data, "boss", "budget roll decline 1 --reason x").ok();
    act(data, "fin", "alerts evaluate --month 2026-09").ok();

    // The lists, the scores and the report of an owner are about their product alone.
    let alerts = act(data, "owner", "alerts list --json").ok().json();
    assert!(
        list(&alerts["alerts"])
            .iter()
            .all(|alert| alert["subject"] == "reading")
    );
    let everybody = act(data, "reader", "alerts list --json").ok().json();
    assert!(
        list(&everybody["alerts"])
            .iter()
            .any(|alert| alert["subject"] == "live")
    );
    for line in ["report assessment --json", "report accuracy --json"] {
        let of = |who: &str| act(data, who, line).ok().out;
        assert!(
            of("reader").contains("\"live\"") && !of("owner").contains("\"live\""),
            "{line}"
        );
    }
    let report = act(data, "owner", "report execution --json").ok().json();
    let control = &report["control"];
    assert!(
        list(&control["alerts"])
            .iter()
            .chain(list(&control["decisions"]))
            .all(|row| row["subject"]["id"] == "reading" || row["product"]["id"] == "reading"),
        "{control}"
    );
}

#[test]
fn an_approval_is_given_on_by_role_and_scope_until_a_day() {
    let copy = demo_copy();
    let data = copy.path();
    people(data);
    let day = |days: i64| query(data, &format!("SELECT date('now', '+{days} days')")).remove(0);
    for (who, step) in [("fin", "submit"), ("fin", "review"), ("fin", "consolidate")] {
        act(data, who, &format!("budget {step} --year 2027")).ok();
    }
    let approve = "budget approve --year 2027";
    act(data, "reader", approve).refused(&["reader may not"]);
    let give = |role: &str, to: &str, until: String| {
        format!("user delegate --to {to} --role {role} --until {until} --reason holiday")
    };
    // Only what is one's own, to somebody else, for a time that makes sense.
    act(data, "boss", &give("finance", "reader", day(3))).refused(&["boss has not the role finance"]);
    act(data, "lead", &give("product-owner", "reader", day(3)))
        .refused(&["lead has not the role product owner in the company"]);
    act(data, "lead", &give("product-owner@product:video", "reader", day(3))).ok();
    act(data, "boss", &give("approver", "boss", day(3))).refused(&["cannot stand in for themselves"]);
    act(data, "boss", &give("approver", "reader", "2020-01-01".to_owned())).refused(&["2020-01-01", "366 days"]);
    act(data, "boss", &give("approver", "nobody", day(3))).refused(&["nobody"]);
    act(
        data,
        "fin",
        &format!("{} --from boss", give("approver", "reader", day(3))),
    )
    .refused(&["fin may not"]);
    headroom(data, &give("approver", "reader", day(3)).split(' ').collect::<Vec<_>>()).refused(&["--from"]);
    act(data, "boss", &give("administrator", "reader", day(3))).refused(&["administrator is not given on"]);

    let given = act(data, "boss", &format!("{} --json", give("approver", "reader", day(3))))
        .ok()
        .json();
    assert_eq!(
        (&given["role"], text(&given["until"])),
        (&"approver".into(), day(3).as_str())
    );
    // What was received is not given on.
    act(data, "reader", &give("approver", "lead", day(2))).refused(&["reader has not the role approver"]);
    // It ends with its day, when it is taken back, and with the giver's own role.
    let until = |day: &str| {
        query(
            data,
            &format!("UPDATE delegations SET until_day = '{day}' WHERE id = 2 RETURNING 'x'"),
        )
    };
    until("2020-01-01");
    act(data, "reader", approve).refused(&["reader may not"]);
    until(&day(3));
    json(data, &["user", "role", "boss", "viewer"]);
    act(data, "reader", approve).refused(&["reader may not"]);
    json(data, &["user", "role", "boss", "approver"]);
    act(data, "boss", "user undelegate 2").ok();
    act(data, "reader", approve).refused(&["reader may not"]);
    act(data, "boss", "user undelegate 2").refused(&["no delegation 2"]);
    act(data, "boss", &give("approver", "reader", day(3))).ok();
    act(data, "reader", approve).ok();
    let trail = json(data, &["audit", "--holds", "budget approve"]);
    assert_eq!(text(&list(&trail)[0]["actor"]), "reader");
    let chinese = act(data, "reader", "--lang zh-CN user delegations").ok().out;
    assert!(
        chinese.contains("审批人") && chinese.contains("已收回") && chinese.contains("有效"),
        "{chinese}"
    );
    let own = act(data, "fin", "user delegations --json").ok().json();
    assert!(list(&own["delegations"]).is_empty());
    // The product that lead gave on.
    let request = "budget request --product video --cost-type cloud --amount 1 --month 2026-10 --reason x";
    act(data, "reader", request).ok();
}
