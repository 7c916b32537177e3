//! Budgets by commands: what makes no sense is refused with the reason and the way out, and several people at once get in
//! nobody's way.

use super::support::{Done, command, demo_copy, headroom, json, list, money, query, text};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::path::Path;
use std::process::Child;

fn run(data: &Path, who: &str, line: &str) -> Done {
    let arguments: Vec<&str> = line.split(' ').collect();
    let output = command(data, &arguments).env("USER", who).output().unwrap();
    Done {
        status: output.status.code().expect("ended by a signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn start(data: &Path, who: &str, line: &str) -> Child {
    let arguments: Vec<&str> = line.split(' ').collect();
    let mut command = command(data, &arguments);
    command.env("USER", who).stdout(std::process::Stdio::null());
    command.stderr(std::process::Stdio::null()).spawn().unwrap()
}

fn room(data: &Path, product: &str, through: &str) -> Money {
    let standing = json(data, &["budget", "available", "--year", "2026", "--through", through]);
    let accounts = list(&standing["accounts"]).iter();
    let account = accounts
        .filter(|account| account["product"] == product && account["expenditure"] == "opex")
        .map(|account| money(&account["room"]));
    account.into_iter().next().unwrap()
}

/// Refused in both languages, with the reason and the way out in each.
#[track_caller]
fn refused_in_both(data: &Path, who: &str, line: &str, english: &[&str], chinese: &[&str]) {
    run(data, who, line).refused(english);
    run(data, who, &format!("--lang zh-CN {line}")).refused(chinese);
}

/// The demo's baseline rests on 2025; in 2026 nine months are closed.
#[test]
fn what_makes_no_sense_is_refused_with_the_way_out() {
    let copy = demo_copy();
    let data = copy.path();
    run(data, "anna", "budget submit --year 2027").ok();
    refused_in_both(
        data,
        "anna",
        "budget submit --year 2027",
        &["is submitted (anna", "budget return --year 2027"],
        &["已提交（anna", "budget return --year 2027"],
    );
    run(
        data,
        "anna",
        "budget set --year 2027 --product video --cost-type server --month 2027-01 --amount 1",
    )
    .refused(&["cannot be edited", "budget return"]);
    run(data, "boss", "budget return --year 2027").refused(&["without a comment"]);
    let mut back = command(
        data,
        &["budget", "return", "--year", "2027", "--comment", "explain January"],
    );
    assert!(back.env("USER", "boss").status().unwrap().success());
    // A budget below zero, an unknown product, a month outside the year: all at once, by row.
    let beside = tempfile::tempdir().unwrap();
    let sheet = super::support::write(
        beside.path(),
        "lines.csv",
        "产品,成本科目,月份,金额\nvideo,服务器,2027-01,-5\nnothing,电力,2027-02,5\nvideo,power,2026-02,5\nvideo,power,2027-03,7\n",
    );
    let pasted = headroom(data, &["budget", "set", "--year", "2027", "--input", &sheet, "--json"]);
    assert_eq!(pasted.status, 1);
    let rows: Vec<i64> = list(&pasted.json()["problems"])
        .iter()
        .map(|problem| problem["row"].as_i64().unwrap())
        .collect();
    assert_eq!(rows, [2, 2, 3, 4]);
    headroom(data, &["budget", "set", "--year", "2027", "--input", &sheet]).refused(&[
        "nothing was changed",
        "below zero",
        "'nothing' is not known",
        "not in fiscal year 2027",
    ]);
    // Two revisions from one baseline: the second one to be approved is stale.
    run(data, "anna", "budget revise --year 2026 --reason first").ok();
    run(data, "anna", "budget revise --year 2026 --reason second").ok();
    run(data, "boss", "budget approve --year 2026 --version 2 --override quick").ok();
    refused_in_both(
        data,
        "boss",
        "budget approve --year 2026 --version 3 --override quick",
        &["rests on baseline 1", "the baseline is 2 now", "budget revise"],
        &["依据基线 1", "现行基线为 2", "budget revise"],
    );
    refused_in_both(
        data,
        "anna",
        "budget request --product reading --cost-type cloud --amount 5 --month 2026-09 --reason late",
        &["2026-09 is closed", "2026-10, the first open month"],
        &["2026-09 已关账", "未关账月份 2026-10"],
    );
    refused_in_both(
        data,
        "anna",
        "budget loan lend --from reading --to shop --amount 5 --month 2026-10 --due 2026-12 --reason x",
        &["within a department only", "budget transfer --from reading --to shop"],
        &["同一部门", "budget transfer --from reading --to shop"],
    );
    refused_in_both(
        data,
        "anna",
        "budget set --year 2026 --version 3 --product reading --cost-type cloud --month 2026-10 --amount -5",
        &["-5 is below zero", "budget cut"],
        &["-5 小于零", "budget cut"],
    );
    run(
        data,
        "anna",
        "budget request --product reading --cost-type cloud --amount 100 --month 2026-10 --reason x",
    )
    .ok();
    refused_in_both(
        data,
        "boss",
        "budget cap set --year 2026 --product reading --amount 1000",
        &["spent and 100.00 committed", "at least"],
        &["与占用 100.00", "至少"],
    );
    run(data, "boss", "budget cap set --year 2026 --product reading --amount -1").refused(&["below zero"]);
    run(
        data,
        "anna",
        "budget cut --product reading --amount 99999999 --reason x",
    )
    .refused(&["cannot be taken"]);
    // A product that ends.
    let config = std::fs::read_to_string(data.join("demo-company/organization.toml")).unwrap();
    let ended = config.replacen("id = \"reading\"", "id = \"reading\"\nlast_month = \"2026-11\"", 1);
    std::fs::write(beside.path().join("organization.toml"), ended).unwrap();
    headroom(
        data,
        &["apply", &beside.path().join("organization.toml").display().to_string()],
    )
    .ok();
    for line in [
        "budget request --product reading --cost-type cloud --amount 5 --month 2026-12 --reason x",
        "budget set --year 2027 --product reading --cost-type cloud --month 2027-01 --amount 5",
    ] {
        refused_in_both(
            data,
            "anna",
            line,
            &["ends with 2026-11", "the product that takes over"],
            &["于 2026-11 结束", "承接它的产品"],
        );
    }
    headroom(data, &["check"]).ok();
}

#[test]
fn the_second_editor_sees_a_conflict() {
    let copy = demo_copy();
    let data = copy.path();
    let set = "budget set --year 2027 --product video --cost-type power --month 2027-01 --expect 1 --amount";
    let children: Vec<Child> = (0..4).map(|at| start(data, "anna", &format!("{set} 10{at}"))).collect();
    let done = children
        .into_iter()
        .filter_map(|mut child| child.wait().unwrap().code());
    assert_eq!(done.filter(|code| *code == 0).count(), 1);
    run(data, "bela", &format!("{set} 7")).refused(&["at revision 2, changed by anna", "you saw revision 1"]);
    let shown = json(data, &["budget", "show", "--year", "2027"]);
    let cell = list(&shown["lines"]).iter().filter(|line| {
        line["product"] == "video" && line["cost_type"] == "power" && line["module"] == "" && line["month"] == "2027-01"
    });
    let sum: Money = cell.map(|line| money(&line["amount"])).sum();
    assert!((100..104).map(Money::whole).any(|amount| amount == sum), "{sum}");
}

#[test]
fn several_people_at_once_never_get_more_than_there_is() {
    let copy = demo_copy();
    let data = copy.path();
    let approved = |data: &Path| {
        query(
            data,
            "SELECT version || position || month || product || amount || derivation FROM budget_lines WHERE version = 1 ORDER BY position",
        )
    };
    let before = approved(data);
    let all = room(data, "reading", "2026-10");
    let part = (all.round(0) - Money::ONE).times(3).to_string();
    // Ten requests of three tenths each: three fit, whoever comes first.
    let part: Money = part.parse().unwrap();
    let part = part.split(&[Money::ONE; 10]).unwrap()[0].round(2);
    let request =
        format!("budget request --product reading --cost-type cloud --amount {part} --month 2026-10 --reason race");
    let mut children: Vec<Child> = (0..10).map(|at| start(data, &format!("p{at}"), &request)).collect();
    // Others lend, revise and approve meanwhile.
    children.push(start(data, "q1", "budget revise --year 2026 --reason meanwhile"));
    children.push(start(
        data,
        "q2",
        "budget loan lend --from video --to live --amount 500 --month 2026-10 --due 2026-12 --reason x",
    ));
    children.push(start(
        data,
        "q3",
        "budget supplement --product ads --amount 1000 --reason x",
    ));
    for child in &mut children {
        child.wait().unwrap();
    }
    let standing = json(data, &["budget", "available", "--year", "2026", "--through", "2026-10"]);
    assert_eq!(list(&standing["commitments"]).len(), 3);
    let mut lent = Money::ZERO;
    for account in list(&standing["accounts"]) {
        let of = |key: &str| money(&account[key]);
        assert_eq!(
            of("available"),
            of("budget") - of("actual") - of("commitments"),
            "{account}"
        );
        lent += of("lent");
    }
    assert_eq!(lent, Money::ZERO);
    let left = room(data, "reading", "2026-10");
    assert!(!left.is_negative() && left < part, "{left}");
    // One is given up: its money is free again, and the refused ones are on record.
    let id = text(&standing["commitments"][0]["id"]).to_owned();
    run(data, "p1", &format!("budget release {id} --reason enough")).ok();
    assert_eq!(room(data, "reading", "2026-10"), left + part);
    run(data, "p1", &format!("budget release {id} --reason again")).refused(&["nothing of"]);
    let history = json(data, &["budget", "history", "--year", "2026"]);
    let refused = list(&history["events"])
        .iter()
        .filter(|event: &&Value| event["kind"] == "refuse");
    assert_eq!(refused.count(), 7);
    assert_eq!(approved(data), before);
    headroom(data, &["check"]).ok();
}

#[test]
fn orders_take_the_place_of_requests_and_bills_release_them() {
    let copy = demo_copy();
    let data = copy.path();
    let beside = tempfile::tempdir().unwrap();
    let rooms = || room(data, "reading", "2026-12");
    let before = rooms();
    run(
        data,
        "anna",
        "budget request --product reading --cost-type cloud --amount 5000 --month 2026-11 --reason x",
    )
    .ok();
    run(
        data,
        "anna",
        "budget request --product reading --cost-type cloud --amount 300 --month 2026-12 --reason y --contract C-9",
    )
    .ok();
    assert_eq!(rooms(), before - Money::whole(5_300));
    // The order is cheaper; another one nobody requested.
    let sheet = |status: &str| {
        super::support::write(
            beside.path(),
            "orders.csv",
            &format!(
                "order_id,line,order_date,vendor,product,module,cost_type,expenditure,unit,quantity,amount,currency,expected_date,received_date,request_id,status\n\
                 PO-1,1,2026-10-02,Example,reading,,cloud,opex,,1,4000.00,CNY,2026-11-15,,R-2026-1,{status}\n\
                 PO-2,1,2026-10-03,Example,reading,,cloud,opex,,1,700.00,CNY,2026-12-15,,,{status}\n"
            ),
        )
    };
    headroom(data, &["import", &sheet("ordered"), "--source", "orders"]).ok();
    let settled = json(data, &["budget", "settle"]);
    assert_eq!(list(&settled["orders"]).len(), 3);
    assert_eq!(rooms(), before - Money::whole(4_000 + 300 + 700));
    assert_eq!(
        list(&json(data, &["budget", "settle"])["orders"]).len(),
        0,
        "again changes nothing"
    );
    headroom(data, &["import", &sheet("cancelled"), "--source", "orders"]).ok();
    headroom(data, &["budget", "settle"]).ok();
    assert_eq!(rooms(), before - Money::whole(300));
    headroom(data, &["check"]).ok();
}
