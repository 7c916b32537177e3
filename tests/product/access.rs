//! Roles × scopes, as the commands enforce them: every use case refuses in the same words, whoever calls it.

use crate::support::{Done, command, demo_copy, empty, headroom, json, list, money, query, text};
use headroom_models::ledger::Money;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

/// A command as some user.
fn act(data: &Path, user: &str, arguments: &[&str]) -> Done {
    let mut all = vec!["--as", user];
    all.extend(arguments);
    headroom(data, &all)
}

/// A command as the holder of a token.
fn with_token(data: &Path, token: &str, arguments: &[&str]) -> Done {
    let output = command(data, arguments).env("HEADROOM_TOKEN", token).output().unwrap();
    Done {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn add(data: &Path, name: &str, role: &str) {
    let invitation = json(data, &["user", "add", name, "--role", role]);
    assert!(text(&invitation["path"]).starts_with("/invitation/hri_"));
}

#[test]
fn a_product_owner_sees_their_product_and_nothing_of_the_others() {
    let data = demo_copy();
    let data = data.path();
    let all = json(data, &["costs", "--by", "product", "--currency", "CNY"]);
    let product = list(&all["rows"])
        .iter()
        .map(|row| text(&row["values"][0]))
        .find(|product| !product.starts_with('('))
        .unwrap()
        .to_owned();
    let other = list(&all["rows"])
        .iter()
        .map(|row| text(&row["values"][0]))
        .find(|other| !other.starts_with('(') && **other != product)
        .unwrap()
        .to_owned();
    add(data, "owner", &format!("product-owner@product:{product}"));

    let own: serde_json::Value = act(
        data,
        "owner",
        &["costs", "--by", "product", "--currency", "CNY", "--json"],
    )
    .ok()
    .json();
    let rows = list(&own["rows"]);
    assert_eq!(rows.len(), 1);
    let theirs = list(&all["rows"])
        .iter()
        .find(|row| text(&row["values"][0]) == product)
        .unwrap();
    assert_eq!(rows[0]["amount"], theirs["amount"]);
    assert!(money(&own["totals"]["CNY"]) < money(&all["totals"]["CNY"]));

    let report = act(data, "owner", &["report", "execution", "--json"]).ok().json();
    let products: Vec<&str> = list(&report["heat"]["rows"])
        .iter()
        .map(|row| text(&row["product"]["id"]))
        .collect();
    assert_eq!(products, [product.as_str()]);
    assert!(list(&report["reconciliation"]).is_empty() && list(&report["findings"]).is_empty());
    let row = list(&report["rows"])
        .iter()
        .find(|row| row["level"] == "company")
        .unwrap();
    assert_eq!(row["ytd_actual"], report["headline"]["ytd_actual"]);

    let budget = act(data, "owner", &["budget", "show", "--year", "2026", "--json"])
        .ok()
        .json();
    let lines: Vec<Money> = list(&budget["lines"])
        .iter()
        .map(|line| money(&line["amount"]))
        .collect();
    assert!(
        list(&budget["lines"])
            .iter()
            .all(|line| line["product"] == product.as_str())
    );
    assert_eq!(money(&budget["version"]["total"]), lines.into_iter().sum());

    let month = text(&report["as_of"]).to_owned();
    act(
        data,
        "owner",
        &["explain", "--product", &product, "--month", &month, "--json"],
    )
    .ok();
    act(data, "owner", &["explain", "--product", &other, "--month", &month])
        .refused(&["owner may not see figures in product", &other]);
    for refused in [
        vec!["imports", "list"],
        vec!["check"],
        vec!["close", "2026-10"],
        vec!["allocate"],
        vec!["budget", "approve", "--year", "2027"],
        vec!["user", "list"],
        vec!["audit"],
    ] {
        act(data, "owner", &refused).refused(&["owner may not"]);
    }
}

#[test]
fn roles_are_kept_apart_and_the_audit_trail_names_who_did_what() {
    let data = demo_copy();
    let data = data.path();
    for (name, role) in [
        ("fin", "finance"),
        ("ops", "operations"),
        ("boss", "approver"),
        ("reader", "viewer"),
    ] {
        add(data, name, role);
    }
    act(data, "fin", &["budget", "approve", "--year", "2027"]).refused(&["approver or administrator"]);
    act(data, "reader", &["budget", "derive", "--year", "2028"]).refused(&["may not draft budgets"]);
    for step in ["submit", "review", "consolidate"] {
        act(data, "fin", &["budget", step, "--year", "2027"]).ok();
    }
    act(data, "boss", &["budget", "approve", "--year", "2027"]).ok();
    let trail = json(data, &["audit", "--holds", "budget approve"]);
    assert_eq!(text(&list(&trail)[0]["actor"]), "boss");

    // Operations change capacity, not who is charged what.
    let folder = tempfile::tempdir().unwrap();
    let events = crate::support::write(
        folder.path(),
        "sale.toml",
        "[[event]]\nname = \"Sale\"\nmonths = [\"2027-11\"]\nfactor = 1.5\n",
    );
    let rules = crate::support::write(
        folder.path(),
        "more.toml",
        "[[department]]\nid = \"new\"\nname = \"New\"\n",
    );
    act(data, "ops", &["apply", &events]).ok();
    act(data, "ops", &["apply", &rules]).refused(&["ops may not change organization, rules"]);
    act(data, "fin", &["apply", &rules]).ok();
    act(data, "reader", &["apply", &events]).refused(&["reader may not"]);

    let chinese = act(data, "reader", &["--lang", "zh-CN", "allocate"]);
    chinese.refused(&["reader 无权在全公司分摊、调整与关账", "财务、管理员"]);
}

#[test]
fn accounts_are_added_disabled_and_never_lose_the_last_administrator() {
    let data = empty();
    let data = data.path();
    let mut child = command(
        data,
        &[
            "user",
            "add",
            "Root",
            "--role",
            "administrator",
            "--password-stdin",
            "--json",
        ],
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse 9\n").unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    headroom(data, &["user", "add", "root", "--role", "viewer"]).refused(&["a user \"root\" already"]);
    headroom(data, &["user", "add", "x", "--role", "viewer@product:nowhere"]).refused(&["no product \"nowhere\""]);
    headroom(data, &["user", "disable", "root"]).refused(&["last administrator"]);
    headroom(data, &["user", "role", "root", "viewer"]).refused(&["last administrator"]);
    add(data, "mei", "administrator");
    headroom(data, &["user", "disable", "root"]).ok();
    act(data, "root", &["imports", "list"]).refused(&["\"root\" is disabled"]);

    // Neither passwords nor secrets are in the database.
    let hash = query(data, "SELECT password_hash FROM users WHERE name = 'root'");
    assert!(hash[0].starts_with("$argon2id$"), "{hash:?}");
    let status = command(data, &["user", "add", "y", "--role", "nobody"])
        .output()
        .unwrap()
        .status;
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_token_has_its_users_roles_narrowed_until_it_is_revoked() {
    let data = demo_copy();
    let data = data.path();
    add(data, "fin", "finance");
    let new = json(
        data,
        &[
            "token",
            "create",
            "nightly",
            "--user",
            "fin",
            "--reads-only",
            "--days",
            "7",
        ],
    );
    let secret = text(&new["secret"]);
    assert!(secret.starts_with("hrt_"));
    assert!(
        query(data, "SELECT hash FROM api_tokens")
            .iter()
            .all(|hash| !secret.contains(hash.as_str()))
    );
    with_token(data, secret, &["imports", "list"]).ok();
    with_token(data, secret, &["allocate"]).refused(&["fin may not"]);
    with_token(data, secret, &["token", "create", "x", "--user", "fin"]).refused(&["A token makes no tokens"]);
    headroom(data, &["token", "revoke", "1"]).ok();
    with_token(data, secret, &["imports", "list"]).refused(&["not valid"]);
    with_token(data, "hrt_00", &["imports", "list"]).refused(&["not valid"]);
}

#[test]
fn views_of_costs_are_each_persons_own() {
    let company = empty();
    let data = company.path();
    add(data, "first", "viewer");
    add(data, "second", "viewer");
    let names = |user: &str| -> Vec<String> {
        let views = act(data, user, &["views", "list", "--json"]).ok().json();
        list(&views)
            .iter()
            .map(|view| format!("{}: {}", text(&view["name"]), text(&view["query"])))
            .collect()
    };
    act(data, "first", &["views", "save", "cloud", "by=product"]).ok();
    act(
        data,
        "first",
        &["views", "save", "cloud", "by=product&months=2026-01..2026-03"],
    )
    .ok();
    act(data, "second", &["views", "save", "mine", "by=service"]).ok();
    assert_eq!(names("first"), ["cloud: by=product&months=2026-01..2026-03"]);
    assert_eq!(names("second"), ["mine: by=service"]);
    act(data, "first", &["views", "save", " ", "by=product"]).refused(&["name"]);
    act(data, "first", &["views", "save", "markup", "\"><script>"]).refused(&["cannot be a view"]);
    act(data, "first", &["views", "forget", "mine"]).refused(&["mine"]);
    act(data, "second", &["views", "forget", "mine"]).ok();
    assert_eq!((names("first").len(), names("second").len()), (1, 0));
}
