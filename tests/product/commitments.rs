//! Commitments are released by what comes for them: bills that name their order, their contract or their vendor, and
//! purchases that have arrived.

use super::books::Company;
use super::support::{Done, headroom, json, list, money, text};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::collections::BTreeMap;

fn run(company: &Company, line: &str) -> Done {
    headroom(company.path(), &line.split(' ').collect::<Vec<_>>()).ok()
}

/// A company with an approved budget of 12,000 a year for racks, 6,000 for power and cloud, and 100,000 for a purchase.
fn company() -> Company {
    let company = Company::new();
    run(&company, "budget derive --year 2026");
    for (cost_type, amount) in [("rack", 12_000), ("power", 6_000), ("cloud", 6_000)] {
        run(
            &company,
            &format!(
                "budget set --year 2026 --product video --module stream --cost-type {cost_type} --amount {amount} --phasing even --reason x"
            ),
        );
    }
    run(
        &company,
        "budget set --year 2026 --product video --module stream --cost-type server --expenditure capex --amount 100000 --month 2026-02 --reason x",
    );
    run(&company, "budget approve --year 2026 --override test");
    company
}

fn invoice(rows: &[(&str, &str, &str, &str)]) -> String {
    let mut text = "vendor,contract_id,invoice_id,billing_month,resource_mode,charge_type,quantity,unit_price,amount,product,module\n".to_owned();
    for (number, (vendor, contract, cost_type, amount)) in rows.iter().enumerate() {
        text += &format!("{vendor},{contract},INV-{number},2026-01,idc,{cost_type},1,{amount},{amount},video,stream\n");
    }
    text
}

/// Outstanding, state and what it was recognised by, of each commitment.
fn commitments(company: &Company) -> BTreeMap<String, (Money, String)> {
    let standing = json(company.path(), &["budget", "available", "--year", "2026"]);
    let all = list(&standing["commitments"]).iter();
    all.map(|one| {
        (
            text(&one["id"]).to_owned(),
            (money(&one["outstanding"]), text(&one["state"]).to_owned()),
        )
    })
    .collect()
}

fn is(amount: i64, state: &str) -> (Money, String) {
    (Money::whole(amount), state.to_owned())
}

fn account(company: &Company, expenditure: &str) -> Value {
    let standing = json(company.path(), &["budget", "available", "--year", "2026"]);
    let mut accounts = list(&standing["accounts"]).iter();
    let found = accounts.find(|account| account["product"] == "video" && account["expenditure"] == expenditure);
    found.unwrap().clone()
}

#[test]
fn bills_release_by_contract_vendor_and_order_up_to_what_they_bill() {
    let company = company();
    for line in [
        "--cost-type rack --amount 1000 --contract HT-1",
        "--cost-type power --amount 400 --vendor Cooling",
        "--cost-type cloud --amount 500 --order PO-7",
        "--cost-type cloud --amount 50",
    ] {
        run(
            &company,
            &format!("budget request --product video --module stream {line} --month 2026-01 --reason x"),
        );
    }
    let bills = company.file(
        "january.csv",
        &invoice(&[
            ("示例机房", "", "rack", "800.00"),
            ("示例机房", "HT-1", "rack", "700.00"),
            ("Cooling", "", "power", "450.00"),
        ]),
    );
    let cloud = company.file(
        "cloud.csv",
        "ProviderName,PublisherName,InvoiceIssuerName,BillingAccountId,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ChargeDescription,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ServiceName,ServiceCategory,ResourceId,Tags\n\
         X,X,X,1,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,Usage,vm,300,300,300,300,CNY,VM,Compute,i-1,\"{\"\"po\"\":\"\"PO-7\"\"}\"\n\
         X,X,X,1,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,Usage,vm,55,55,55,55,CNY,VM,Compute,i-2,\"{\"\"po\"\":\"\"PO-8\"\"}\"\n",
    );
    headroom(company.path(), &["import", &bills]).ok();
    let imported = json(company.path(), &["import", &cloud]);
    run(&company, "allocate");
    // Closing recognises the bills. What names no reference stays reserved until somebody releases it.
    run(&company, "close 2026-01");
    let expected: BTreeMap<String, (Money, String)> = [
        ("R-2026-1", is(300, "reserved")),
        ("R-2026-2", is(0, "billed")),
        ("R-2026-3", is(200, "reserved")),
        ("R-2026-4", is(50, "reserved")),
    ]
    .map(|(id, state)| (id.to_owned(), state))
    .into();
    assert_eq!(commitments(&company), expected);
    let history = json(company.path(), &["budget", "history", "--year", "2026"]);
    let by: Vec<&str> = list(&history["events"])
        .iter()
        .filter(|event| event["kind"] == "bill")
        .map(|event| text(&event["body"]["by"]))
        .collect();
    assert_eq!(by, ["contract", "vendor", "order"]);
    headroom(company.path(), &["check"]).ok();

    // A bill that is undone gives the money back to the commitment.
    run(&company, "reopen 2026-01 --reason wrong");
    headroom(company.path(), &["imports", "undo", text(&imported["batch"])]).ok();
    run(&company, "allocate");
    run(&company, "budget settle");
    assert_eq!(commitments(&company)["R-2026-3"], is(500, "reserved"));
    headroom(company.path(), &["check"]).ok();
}

#[test]
fn a_purchase_that_has_arrived_is_spent_and_no_longer_promised() {
    let company = company();
    run(
        &company,
        "budget request --product video --module stream --cost-type server --expenditure capex --amount 70000 --month 2026-02 --reason x",
    );
    let order = |ending: &str| {
        let head = "order_id,line,order_date,vendor,product,module,cost_type,expenditure,unit,quantity,amount,currency,expected_date,received_date,request_id,status\n";
        let row = "PO-9,1,2026-01-12,Servers,video,stream,server,capex,,1,66000.00,CNY,2026-02-15";
        let file = company.file("order.csv", &format!("{head}{row},{ending}\n"));
        headroom(company.path(), &["import", &file, "--source", "orders"]).ok();
        run(&company, "budget settle");
    };
    // Ordered for less than was requested: the difference is free.
    order(",R-2026-1,ordered");
    assert_eq!(commitments(&company)["R-2026-1"], is(66_000, "ordered"));
    assert_eq!(money(&account(&company, "capex")["available"]), Money::whole(34_000));
    let asset = company.file(
        "assets.csv",
        "asset_id,name,category,model,purchase_date,in_service_date,purchase_price,currency,useful_life_months,residual_value,method,retirement_date,product,module,location,resource_mode\n\
         SRV-1,T1,server,2U,2026-02-10,2026-02-10,66000.00,CNY,48,0,straight-line,,video,stream,B,owned\n",
    );
    headroom(company.path(), &["import", &asset]).ok();
    for month in ["2026-01", "2026-02"] {
        let bill = company.file(&format!("{month}.csv"), &super::books::invoice(month, "800.00"));
        headroom(company.path(), &["import", &bill, "--source", month]).ok();
    }
    run(&company, "allocate");
    order("2026-02-10,R-2026-1,received");
    assert_eq!(commitments(&company)["R-2026-1"], is(0, "billed"));
    let capex = account(&company, "capex");
    assert_eq!(
        (
            money(&capex["actual"]),
            money(&capex["commitments"]),
            money(&capex["available"])
        ),
        (Money::whole(66_000), Money::ZERO, Money::whole(34_000))
    );
    headroom(company.path(), &["check"]).ok();
}
