//! Tax, both currencies, unit costs, and the work queue of unallocated cost.

use super::books::{Company, ORGANIZATION};
use super::support::{headroom, json, list, money, text};
use headroom_models::ledger::Money;

const BILL: &str = "vendor,invoice_id,billing_month,resource_mode,charge_type,resource_id,quantity,unit_price,amount,tax_amount,currency,product\n\
    示例机房,INV-1,2026-01,idc,rack,RACK-1,1,1000,1000,60,CNY,video\n\
    示例机房,INV-1,2026-01,idc,rack,shop-rack-7,1,200,200,12,CNY,\n\
    示例机房,INV-1,2026-01,idc,rack,RACK-9,1,50,50,3,CNY,\n\
    Example Inc,INV-2,2026-01,hosting,server-rental,SRV-1,1,100,100,0,USD,video\n";

fn company(books: &str) -> Company {
    let company = Company::new();
    let path = company.path();
    headroom(
        path,
        &[
            "apply",
            &company.file("organization.toml", &format!("{ORGANIZATION}{books}")),
        ],
    )
    .ok();
    headroom(path, &["import", &company.file("bill.csv", BILL)]).ok();
    headroom(
        path,
        &[
            "fx",
            "import",
            &company.file("fx.csv", "month,from,to,rate\n2026-01,USD,CNY,7.1\n"),
        ],
    )
    .ok();
    let metrics =
        "product,metric,date,value\nvideo,dau,2026-01-01,100\nvideo,dau,2026-01-02,300\nvideo,orders,2026-01-01,171\n";
    headroom(path, &["import", &company.file("metrics.csv", metrics)]).ok();
    headroom(path, &["allocate"]).ok();
    company
}

fn amount(company: &Company, more: &[&str]) -> Money {
    let mut arguments = vec![
        "costs",
        "--by",
        "product",
        "--month",
        "2026-01",
        "--where",
        "product=video",
        "--currency",
        "CNY",
    ];
    arguments.extend(more);
    money(&json(company.path(), &arguments)["rows"][0]["amount"])
}

#[test]
fn tax_is_a_setting_and_a_question() {
    let net = company("");
    assert_eq!(amount(&net, &[]), Money::whole(1710));
    assert_eq!(amount(&net, &["--tax", "gross"]), Money::whole(1770));
    assert_eq!(amount(&net, &["--tax", "tax", "--basis", "billed"]), Money::whole(60));
    let gross = company("[books]\ntax = \"gross\"\nbasis = \"billed\"\n");
    assert_eq!(amount(&gross, &[]), Money::whole(1770));
    assert_eq!(amount(&gross, &["--tax", "net"]), Money::whole(1710));
    let wrong = gross.file("wrong.toml", &format!("{ORGANIZATION}[books]\ntax = \"brutto\"\n"));
    headroom(gross.path(), &["apply", &wrong]).refused(&["brutto", "gross"]);
}

#[test]
fn converted_costs_keep_what_they_were_billed_in() {
    let company = company("");
    let arguments = [
        "costs",
        "--by",
        "product",
        "--month",
        "2026-01",
        "--where",
        "product=video",
        "--currency",
        "CNY",
    ];
    let row = json(company.path(), &arguments)["rows"][0].clone();
    assert_eq!(money(&row["original"]["CNY"]), Money::whole(1000));
    assert_eq!(money(&row["original"]["USD"]), Money::whole(100));
}

#[test]
fn unit_costs_are_cost_over_units_and_over_their_daily_mean() {
    let company = company("");
    let rows = json(company.path(), &["unit-costs", "--metric", "dau"]);
    let row = &rows["rows"][0];
    assert_eq!((text(&row["month"]), text(&row["product"])), ("2026-01", "video"));
    assert_eq!(
        (money(&row["cost"]), money(&row["units"]), money(&row["mean"])),
        (Money::whole(1710), Money::whole(400), Money::whole(200))
    );
    assert_eq!((text(&row["per_unit"]), text(&row["per_mean"])), ("4.275", "8.55"));
    let orders = json(
        company.path(),
        &[
            "unit-costs",
            "--metric",
            "orders",
            "--product",
            "video",
            "--month",
            "2026-01",
        ],
    );
    assert_eq!(text(&orders["rows"][0]["per_unit"]), "10");
    headroom(company.path(), &["unit-costs", "--metric", "nothing"]).refused(&["nothing", "dau", "orders"]);
    assert!(
        headroom(company.path(), &["unit-costs", "--metric", "dau", "--lang", "zh-CN"])
            .ok()
            .out
            .contains("8.550000")
    );
}

#[test]
fn the_queue_suggests_a_rule_that_takes_what_it_says() {
    let company = company("");
    let path = company.path();
    let queue = json(path, &["unallocated", "--month", "2026-01"]);
    assert_eq!(
        (money(&queue["amount"]), money(&queue["suggested"])),
        (Money::whole(250), Money::whole(200))
    );
    assert_eq!(list(&queue["groups"]).len(), 1);
    let suggestion = &queue["suggestions"][0];
    assert_eq!(
        (text(&suggestion["product"]), text(&suggestion["evidence"])),
        ("shop", "word-in-text")
    );
    // Applied as it stands, the rule takes exactly that.
    let rules = headroom(path, &["unallocated", "--month", "2026-01", "--toml"])
        .ok()
        .out;
    headroom(path, &["apply", &company.file("suggested.toml", &rules)]).ok();
    headroom(path, &["allocate"]).ok();
    let after = json(path, &["unallocated", "--month", "2026-01"]);
    assert_eq!(money(&after["amount"]), Money::whole(50));
    let costs = json(
        path,
        &[
            "costs",
            "--by",
            "product",
            "--month",
            "2026-01",
            "--where",
            "product=shop",
        ],
    );
    assert_eq!(money(&costs["rows"][0]["amount"]), Money::whole(200));
    assert!(
        headroom(path, &["unallocated", "--lang", "zh-CN"])
            .ok()
            .out
            .contains("2026-01")
    );
}
