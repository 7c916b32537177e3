//! The rollup beside a large ledger file: allocation from it and from the charges come to the same, to the last digit.

use super::books::{Company, ORGANIZATION};
use super::support::{headroom, json};
use std::fmt::Write;

/// More charges than a rollup is worth keeping for, of 300 racks; every line its own description and amount.
fn bill() -> String {
    let mut text = String::from(
        "vendor,invoice_id,billing_month,resource_mode,charge_type,resource_id,description,quantity,unit_price,amount,product\n",
    );
    for row in 0..21_000_u64 {
        let cents = row * 7_919 % 99_991 + 1;
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        let product = ["video", "shop", ""][row as usize % 3];
        let rack = row % 300;
        writeln!(
            text,
            "机房,INV-9,2026-01,idc,rack,RACK-{rack},line {row},1,{amount},{amount},{product}"
        )
        .unwrap();
    }
    text
}

#[test]
fn allocation_from_the_rollup_is_allocation_from_the_charges() {
    let company = Company::new();
    let path = company.path();
    let pooled = format!(
        "{ORGANIZATION}[[rule]]\nid = \"ones\"\nwhen = {{ column = \"ResourceId\", glob = \"RACK-1*\" }}\nassign = {{ pool = \"rooms\" }}\n\
         [[pool]]\nid = \"rooms\"\nname = \"Rooms\"\nsplit = {{ method = \"direct-cost\" }}\n"
    );
    // A rule that looks at a column that rollups leave out, and takes nothing.
    let by_charge = format!(
        "{pooled}[[rule]]\nid = \"never\"\nwhen = {{ column = \"ChargeDescription\", equals = \"no line\" }}\nassign = {{ product = \"shop\" }}\n"
    );
    headroom(path, &["apply", &company.file("organization.toml", &pooled)]).ok();
    headroom(
        path,
        &["import", &company.file("bill.csv", &bill()), "--source", "rooms"],
    )
    .ok();
    let rollup = path.join("rollups/month=2026-01/source=rooms/B000002.parquet");
    assert!(rollup.is_file());
    let costs = || {
        headroom(path, &["allocate", "--month", "2026-01"]).ok();
        json(
            path,
            &["costs", "--by", "product,module,rule,pool", "--month", "2026-01"],
        )
    };
    let from_rollup = costs();
    let queue = json(path, &["unallocated", "--month", "2026-01"]);
    headroom(path, &["apply", &company.file("organization.toml", &by_charge)]).ok();
    assert_eq!(costs(), from_rollup);
    assert_eq!(
        json(path, &["unallocated", "--month", "2026-01"])["amount"],
        queue["amount"]
    );
    assert_eq!(json(path, &["check"])["passed"], true);
    std::fs::write(&rollup, "damaged").unwrap();
    let check = headroom(path, &["check"]);
    assert!(
        check.status == 1 && check.out.contains("rollups/month=2026-01"),
        "{}{}",
        check.out,
        check.err
    );
}
