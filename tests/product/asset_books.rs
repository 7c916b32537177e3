//! Assets and prepaid contracts in the books: every method, transfers, improvements, disposals, and what closed months lack.

use super::books::{Company, invoice};
use super::support::{headroom, json, list, money, text};
use headroom_models::ledger::Money;
use std::collections::BTreeMap;

const HEADER: &str = "asset_id,name,category,purchase_date,in_service_date,purchase_price,useful_life_months,residual_value,\
    method,retirement_date,product,module,event,event_date,units,proceeds\n";

fn register(company: &Company, name: &str, rows: &str) -> serde_json::Value {
    let file = company.file(name, &format!("{HEADER}{rows}"));
    json(company.path(), &["import", &file, "--source", "register"])
}

/// Effective cost of the months by month and product.
fn costs(company: &Company) -> BTreeMap<(String, String), Money> {
    headroom(company.path(), &["allocate"]).ok();
    let table = json(company.path(), &["costs", "--by", "month,product"]);
    list(&table["rows"])
        .iter()
        .map(|row| {
            let value = |at: usize| text(&row["values"][at]).to_owned();
            ((value(0), value(1)), money(&row["amount"]))
        })
        .collect()
}

fn of(costs: &BTreeMap<(String, String), Money>, month: &str, product: &str) -> String {
    let key = (month.to_owned(), product.to_owned());
    costs.get(&key).copied().unwrap_or_default().to_string()
}

/// Bills of 1.00 for shop in the months, so that these are billed months.
fn bills(company: &Company, months: &[&str]) {
    for month in months {
        let bill = invoice(month, "1.00").replace("video,stream", "shop,");
        let file = company.file(&format!("bill-{month}.csv"), &bill);
        headroom(company.path(), &["import", &file, "--source", "room"]).ok();
    }
}

#[test]
fn every_method_is_read_and_the_schedule_adds_up() {
    let company = Company::new();
    // The textbook's 800,000 over five years with 5 % residual (sum of years), and 600,000 with 3 % (double declining).
    register(
        &company,
        "assets.csv",
        "SYD,,server,2026-01-01,,800000,60,40000,年数总和法,,video,,,,,\n\
         DDB,,server,2026-01-01,,600000,60,18000,double-declining,,video,,,,,\n\
         UOP,,other,2026-01-01,,600000,60,30000,工作量法,,video,,,,500000,\n\
         UOP,,,,,,,,,,,,units,2026-02,4000,\n",
    );
    let years = |asset: &str| -> Vec<String> {
        let schedule = json(company.path(), &["assets", "schedule", "--asset", asset]);
        let months = list(&schedule["assets"][0]["months"]).to_vec();
        let year = |months: &[serde_json::Value]| {
            let sum: Money = months.iter().map(|month| money(&month["depreciation"])).sum();
            sum.to_string()
        };
        months.chunks(12).map(year).collect()
    };
    // 760,000 × 5/15, 4/15, …; 600,000 × 2/5 = 240,000, 144,000, 86,400, then (129,600 − 18,000) ÷ 2 twice.
    assert_eq!(
        years("SYD"),
        ["253333.33", "202666.67", "152000", "101333.33", "50666.67"]
    );
    assert_eq!(years("DDB"), ["240000", "144000", "86400", "55800", "55800"]);
    // 570,000 ÷ 500,000 km = 1.14 a km.
    assert_eq!(years("UOP"), ["4560"]);
    for language in ["en", "zh-CN"] {
        let shown = headroom(
            company.path(),
            &["assets", "schedule", "--asset", "DDB", "--lang", language],
        )
        .ok();
        assert!(shown.out.contains("20,000.00"), "{}", shown.out);
    }
    headroom(company.path(), &["assets", "schedule", "--asset", "NO"]).refused(&["NO"]);
}

#[test]
fn a_transfer_in_mid_month_an_improvement_and_an_early_end_reach_the_products() {
    let company = Company::new();
    bills(&company, &["2026-02", "2026-03", "2026-04", "2026-05"]);
    // 1,200 over 12 months from February: 100 a month. From 2026-03-11 with shop: 10 of 31 days in March stay with video.
    // Improved by 450 in April over the 9 months left: 900 + 450 = … from May on 150 a month. Retired in May: 1350 − 150 = 1200
    // book value, brought 200.
    register(
        &company,
        "assets.csv",
        "SRV,机器,server,2026-01-05,,1200,12,0,straight-line,2026-05-20,video,,,,,200\n\
         SRV,,,,,,,,,,shop,,transfer,2026-03-11,,\n\
         SRV,,,,,450,,,,,,,improvement,2026-04-02,,\n",
    );
    let costs = costs(&company);
    assert_eq!(of(&costs, "2026-02", "video"), "100");
    assert_eq!(
        (of(&costs, "2026-03", "video"), of(&costs, "2026-03", "shop")),
        ("32.26".into(), "68.74".into())
    );
    assert_eq!(
        (of(&costs, "2026-04", "video"), of(&costs, "2026-04", "shop")),
        ("0".into(), "101".into())
    );
    // 900 + 450 depreciated by 1,350 ÷ 9 − the months already counted: see the table.
    let schedule = json(company.path(), &["assets", "schedule", "--asset", "SRV"]);
    let asset = &schedule["assets"][0];
    let last = list(&asset["months"]).last().unwrap();
    assert_eq!((text(&last["month"]), text(&last["closing"])), ("2026-05", "0"));
    let depreciation = money(&last["depreciation"]);
    let loss = money(&asset["disposal"]["loss"]);
    // Cost and improvement less everything that it brought is what it cost.
    assert_eq!(money(&asset["depreciation"]) + loss, Money::whole(1200 + 450 - 200));
    assert_eq!(
        of(&costs, "2026-05", "shop"),
        (Money::ONE + depreciation + loss).to_string()
    );
}

#[test]
fn what_closed_months_lack_is_booked_once_in_the_open_month() {
    let company = Company::new();
    bills(&company, &["2026-01", "2026-02", "2026-03"]);
    headroom(company.path(), &["allocate"]).ok();
    headroom(company.path(), &["close", "2026-01"]).ok();
    headroom(company.path(), &["close", "2026-02"]).ok();
    // In service since November: December to February are closed, 3 × 100 are lacking.
    let rows = "SRV,,server,2025-11-05,,1200,12,0,,,video,,,,,\n";
    let imported = register(&company, "assets.csv", rows);
    assert!(imported.to_string().contains("2026-03"), "{imported}");
    let first = costs(&company);
    assert_eq!(of(&first, "2026-03", "video"), "400");
    assert_eq!(of(&first, "2026-02", "video"), "0");
    // The register comes again, with one more asset, and again once March is closed: nothing is made up for twice.
    let more = format!("{rows}SRV-2,,server,2026-02-05,,1200,12,0,,,shop,,,,,\n");
    register(&company, "assets-2.csv", &more);
    let second = costs(&company);
    assert_eq!(
        (of(&second, "2026-03", "video"), of(&second, "2026-03", "shop")),
        ("400".into(), "101".into())
    );
    headroom(company.path(), &["close", "2026-03"]).ok();
    bills(&company, &["2026-04"]);
    register(
        &company,
        "assets-3.csv",
        &format!("{more}SRV-3,,server,2026-04-05,,1200,12,0,,,shop,,,,,\n"),
    );
    let third = costs(&company);
    assert_eq!(
        (of(&third, "2026-04", "video"), of(&third, "2026-04", "shop")),
        ("100".into(), "101".into())
    );
    assert_eq!(of(&third, "2026-03", "video"), "400");
    // It turns out that the asset was shop's from February on: the closed months stay, April moves what they hold.
    let moved =
        format!("{more}SRV-3,,server,2026-04-05,,1200,12,0,,,shop,,,,,\nSRV,,,,,,,,,,shop,,transfer,2026-02-01,,\n");
    register(&company, "assets-4.csv", &moved);
    let fourth = costs(&company);
    assert_eq!(
        (of(&fourth, "2026-04", "video"), of(&fourth, "2026-04", "shop")),
        ("-200".into(), "401".into())
    );
    let check = json(company.path(), &["check"]);
    assert_eq!(check["passed"], true, "{check}");
}

#[test]
fn a_prepaid_contract_is_paid_once_and_costs_every_month_the_same() {
    let company = Company::new();
    bills(&company, &["2026-01", "2026-02", "2026-03", "2026-04"]);
    let prepaid = "contract_id,vendor,payment_date,prepaid_amount,tax_amount,start_month,months,charge_type,product,imported_invoice\n\
        PP-1,维保公司,2026-01-15,1000.00,60.00,2026-02,3,software,video,\n\
        PP-2,示例机房,2026-01-15,1.00,,2026-02,3,rack,shop,INV-2026-01\n";
    let file = company.file("prepaid.csv", prepaid);
    headroom(company.path(), &["import", &file]).ok();
    let effective = costs(&company);
    let parts: Vec<String> = ["2026-02", "2026-03", "2026-04"]
        .iter()
        .map(|month| of(&effective, month, "video"))
        .collect();
    assert_eq!(parts, ["333.33", "333.34", "333.33"]);
    assert_eq!(of(&effective, "2026-01", "video"), "0");
    // The bill of January is on record with its cost: that moves to the months it was paid for.
    assert_eq!(
        (of(&effective, "2026-01", "shop"), of(&effective, "2026-02", "shop")),
        ("0".into(), "1.33".into())
    );
    let billed = json(
        company.path(),
        &["costs", "--by", "month,product", "--basis", "billed", "--tax", "gross"],
    );
    let january = list(&billed["rows"])
        .iter()
        .find(|row| text(&row["values"][0]) == "2026-01" && text(&row["values"][1]) == "video");
    assert_eq!(money(&january.unwrap()["amount"]), Money::whole(1060));
}

#[test]
fn events_that_make_no_sense_are_refused_with_their_rows() {
    let company = Company::new();
    let rows = "SRV,,server,2026-01-05,,1200,12,0,工作量法,,video,,,,,\n\
        NO,,,,,,,,,,shop,,transfer,2026-03-11,,\n\
        SW,,switch,2026-01-05,,1200,12,0,,,video,,,,,\n\
        SW,,,,,100,,,,,,,improvement,2025-12-01,,\n\
        SW,,,,,,,,,,shop,,sold,2026-12-01,,\n";
    let file = company.file("assets.csv", &format!("{HEADER}{rows}"));
    headroom(company.path(), &["import", &file])
        .refused(&["row 2", "row 3", "\"NO\"", "row 4", "2025-12", "row 6", "sold"]);
}
