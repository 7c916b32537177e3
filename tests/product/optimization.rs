//! What is paid for and not used, over all kinds, and its way until the bill has stopped.

use super::support::{demo, demo_copy, empty, headroom, json, list, money, text, write};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub const HEAD: &str = "BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,\
     ChargeCategory,ProviderName,ServiceCategory,ServiceName,ResourceId,ResourceType,SkuMeter,PricingQuantity,PricingUnit,\
     CommitmentDiscountId,CommitmentDiscountStatus,CommitmentDiscountType,x_CostType,Tags,BilledCost,EffectiveCost,ListCost,\
     ContractedCost\n";

/// Resource, service category, service, meter, quantity and unit, commitment, cost type, tags, cost.
type Line = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
);

const WEB: &str = r#""{""product"":""web"",""owner"":""lin""}""#;

const LINES: [Line; 17] = [
    ("vm-idle", "Compute", "Elastic Compute", "", "", "", "cloud", WEB, 900),
    ("vm-busy", "Compute", "Elastic Compute", "", "", "", "cloud", WEB, 900),
    (
        "vm-busy",
        "Compute",
        "Elastic Compute",
        "",
        "",
        "ri-1,Used,Reserved",
        "cloud",
        WEB,
        300,
    ),
    (
        "ri-1",
        "Compute",
        "Elastic Compute",
        "",
        "",
        "ri-1,Unused,Reserved",
        "cloud",
        "",
        100,
    ),
    ("vm-dark", "Compute", "Elastic Compute", "", "", "", "cloud", "", 500),
    (
        "vm-standby",
        "Compute",
        "Elastic Compute",
        "",
        "",
        "",
        "cloud",
        r#""{""standby"":""true""}""#,
        700,
    ),
    ("disk-free", "Storage", "Cloud disk", "", "", "", "cloud", WEB, 80),
    ("disk-used", "Storage", "Cloud disk", "", "", "", "cloud", "", 90),
    ("snap-old", "Storage", "Disk snapshot", "", "", "", "cloud", "", 30),
    ("ip-free", "Networking", "Elastic IP", "", "", "", "cloud", "", 25),
    ("lb-quiet", "Networking", "Load balancer", "", "", "", "cloud", "", 60),
    ("db-quiet", "Databases", "RDS", "", "", "", "cloud", "", 400),
    ("db-used", "Databases", "RDS", "", "", "", "cloud", "", 450),
    ("crm-seats", "Other", "CRM", "", "120,seat", "", "software", "", 1_200),
    (
        "rack-a",
        "Other",
        "Rack space",
        "u-position",
        "42,U",
        "",
        "rack",
        "",
        4_200,
    ),
    (
        "rack-b",
        "Other",
        "Rack space",
        "u-position",
        "42,U",
        "",
        "rack",
        "",
        4_200,
    ),
    ("feed-1", "Other", "Power", "power", "40,kW", "", "power", "", 8_000),
];

/// The bill of a month, with what `change` makes of each line; nothing leaves it out.
fn bill(folder: &Path, month: u32, change: impl Fn(&str, i64) -> Option<i64>) -> String {
    let (start, end) = (
        format!("2026-{month:02}-01T00:00:00Z"),
        format!("2026-{:02}-01T00:00:00Z", month + 1),
    );
    let mut sheet = String::from(HEAD);
    for (resource, category, service, meter, quantity, commitment, cost_type, tags, cost) in LINES {
        let Some(cost) = change(resource, cost) else { continue };
        let quantity = if quantity.is_empty() { "1,month" } else { quantity };
        let commitment = if commitment.is_empty() { ",," } else { commitment };
        sheet.push_str(&format!(
            "acct,CNY,{start},{end},{start},{end},Usage,Cloud,{category},{service},{resource},,{meter},{quantity},{commitment},\
             {cost_type},{tags},{cost},{cost},{cost},{cost}\n"
        ));
    }
    write(folder, &format!("bill-{month}.csv"), &sheet)
}

/// Five weeks of hours until the end of September.
fn utilization(folder: &Path) -> String {
    let mut sheet = String::from(
        "timestamp,resource_id,cpu_percent,network_in_bytes_per_second,network_out_bytes_per_second,connections,\
         requests_per_second,attached,used_units\n",
    );
    for hour in 0..36 * 24 {
        let time = chrono::DateTime::from_timestamp(1_787_702_400 + hour * 3_600, 0)
            .unwrap()
            .format("%Y-%m-%dT%H:%M:%SZ");
        let busy = 20 + hour % 24;
        for (resource, cells) in [
            ("vm-idle", "1.2,300,200,,,,".to_owned()),
            ("vm-busy", format!("{busy},900000,900000,,,,")),
            ("vm-standby", "1.0,300,200,,,,".to_owned()),
            ("disk-free", ",,,,,0,".to_owned()),
            ("disk-used", ",,,,,1,".to_owned()),
            ("ip-free", ",,,,,0,".to_owned()),
            ("lb-quiet", ",,,,0.0005,,".to_owned()),
            ("db-quiet", ",,,0,,,".to_owned()),
            ("db-used", ",,,12,,,".to_owned()),
            ("crm-seats", format!(",,,,,,{}", 60 + hour % 12)),
            ("rack-a", ",,,,,,20".to_owned()),
            ("rack-b", ",,,,,,41".to_owned()),
            ("feed-1", ",,,,,,17.5".to_owned()),
        ] {
            sheet.push_str(&format!("{time},{resource},{cells}\n"));
        }
    }
    write(folder, "utilization.csv", &sheet)
}

/// A company with bills from June to September and utilization.
fn company() -> (tempfile::TempDir, tempfile::TempDir) {
    let (data, sheets) = (empty(), tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap());
    for month in 6..=9 {
        let file = bill(sheets.path(), month, |_, cost| Some(cost));
        headroom(data.path(), &["import", &file, "--source", "cloud"]).ok();
    }
    headroom(data.path(), &["import", &utilization(sheets.path())]).ok();
    (data, sheets)
}

fn by_resource(idle: &Value) -> BTreeMap<&str, &Value> {
    list(&idle["findings"])
        .iter()
        .map(|finding| (text(&finding["resource"]), finding))
        .collect()
}

#[test]
fn every_kind_of_waste_is_found_with_its_money_and_nothing_beside_it() {
    let (data, _sheets) = company();
    let idle = json(data.path(), &["idle"]);
    let waste: BTreeMap<&str, (&str, Money)> = by_resource(&idle)
        .into_iter()
        .filter(|(_, finding)| matches!(text(&finding["verdict"]), "idle" | "oversized"))
        .map(|(resource, finding)| (resource, (text(&finding["kind"]), money(&finding["monthly_cost"]))))
        .collect();
    let expected = BTreeMap::from([
        ("vm-idle", ("virtual-machine", Money::whole(900))),
        ("ri-1", ("reservation", Money::whole(100))),
        ("disk-free", ("disk", Money::whole(80))),
        ("snap-old", ("snapshot", Money::whole(30))),
        ("ip-free", ("ip-address", Money::whole(25))),
        ("lb-quiet", ("load-balancer", Money::whole(60))),
        ("db-quiet", ("database", Money::whole(400))),
        // At most 71 of 120 seats: 49 too many at 10 each.
        ("crm-seats", ("software-seat", Money::whole(490))),
        // 20 of 42 positions at 100 each; rack-b uses 41 and stays.
        ("rack-a", ("rack-unit", Money::whole(2_200))),
        // 18 of 40 kW at 200 each.
        ("feed-1", ("power-commit", Money::whole(4_400))),
    ]);
    assert_eq!(waste, expected);
    assert_eq!(
        money(&idle["monthly_at_stake"]),
        expected.values().map(|(_, money)| *money).sum()
    );
    let found = by_resource(&idle);
    assert_eq!(found["vm-busy"]["verdict"], "active");
    assert_eq!(found["disk-used"]["verdict"], "active");
    assert_eq!(
        (&found["vm-dark"]["verdict"], &found["vm-dark"]["rule"]),
        (&"undetermined".into(), &"no-utilization-data".into())
    );
    assert_eq!(idle["exempt"][0]["resource_id"], "vm-standby");
    // Every finding prints policy, window and values.
    let machine = found["vm-idle"];
    assert_eq!(machine["rule"], "headroom");
    assert_eq!(idle["policy"]["window_days"], 14);
    assert_eq!(machine["evidence"][0]["value"], 1.2);
    assert_eq!(machine["since"], "2026-08-27");
    for language in ["en", "zh-CN"] {
        let said = headroom(data.path(), &["idle", "--lang", language]).ok().out;
        assert!(said.contains("vm-idle") && said.contains("8,685.00"), "{said}");
    }
}

#[test]
fn a_saving_appears_when_the_bill_stops_and_not_before() {
    let (data, sheets) = company();
    let run = |arguments: &[&str]| json(data.path(), arguments);
    let scanned = run(&["idle", "scan", "--on", "2026-10-01"]);
    assert_eq!(list(&scanned["opened"]).len(), 10);
    let cases = run(&["idle", "cases"]);
    let id = |resource: &str| {
        let case = list(&cases).iter().find(|case| case["resource"] == resource).unwrap();
        text(&case["id"]).to_owned()
    };
    let machine = id("vm-idle");
    headroom(data.path(), &["idle", "reclaim", &machine, "--on", "2026-10-02"]).refused(&[&machine, "confirmed"]);
    let confirmed = run(&["idle", "confirm", &machine, "--owner", "wang", "--due", "2026-10-05"]);
    assert_eq!(
        (&confirmed["state"], &confirmed["owner"]),
        (&"confirmed".into(), &"wang".into())
    );
    run(&["idle", "mark", &machine, "--grace-days", "7", "--on", "2026-10-01"]);
    headroom(data.path(), &["idle", "reclaim", &machine, "--on", "2026-10-08"]).refused(&["2026-10-08"]);
    let reclaimed = run(&["idle", "reclaim", &machine, "--on", "2026-10-09", "--reason", "stopped"]);
    assert_eq!(list(&reclaimed["events"]).len(), 4);
    // The disk is said to be deleted, but somebody forgot.
    run(&["idle", "confirm", &id("disk-free"), "--on", "2026-10-01"]);
    run(&["idle", "reclaim", &id("disk-free"), "--on", "2026-10-09"]);
    headroom(
        data.path(),
        &["idle", "exempt", &id("ip-free"), "--until", "2026-12-31"],
    )
    .refused(&["--reason"]);
    run(&[
        "idle",
        "exempt",
        &id("ip-free"),
        "--until",
        "2026-12-31",
        "--reason",
        "reserved for the launch",
        "--on",
        "2026-10-01",
    ]);
    let before = run(&["idle", "savings"]);
    assert_eq!(
        (list(&before["lines"]).len(), money(&before["total"])),
        (0, Money::ZERO)
    );

    for month in [10, 11] {
        let file = bill(sheets.path(), month, |resource, cost| match (resource, month) {
            ("vm-idle", 10) => Some(250),
            ("vm-idle", _) => None,
            _ => Some(cost),
        });
        headroom(data.path(), &["import", &file, "--source", "cloud"]).ok();
    }
    let savings = run(&["idle", "savings"]);
    let shown: BTreeSet<(&str, &str, &str, Money)> = list(&savings["lines"])
        .iter()
        .map(|line| {
            (
                text(&line["resource"]),
                text(&line["month"]),
                text(&line["proof"]),
                money(&line["saving_reported"]),
            )
        })
        .collect();
    let expected = BTreeSet::from([
        ("vm-idle", "2026-10", "billed-less", Money::whole(650)),
        ("vm-idle", "2026-11", "bill-stopped", Money::whole(900)),
        ("disk-free", "2026-10", "still-billed", Money::ZERO),
        ("disk-free", "2026-11", "still-billed", Money::ZERO),
    ]);
    assert_eq!(shown, expected);
    assert_eq!(money(&savings["total"]), Money::whole(1_550));
    assert_eq!(money(&savings["by_product"]["web"]), Money::whole(1_550));
    assert_eq!(money(&savings["by_owner"]["wang"]), Money::whole(1_550));

    // The database is used again: its finding is withdrawn; what sent no samples stays as it was.
    let mut sheet = String::from("timestamp,resource_id,connections\n");
    for hour in 0..31 * 24 {
        let time = chrono::DateTime::from_timestamp(1_790_812_800 + hour * 3_600, 0)
            .unwrap()
            .format("%Y-%m-%dT%H:%M:%SZ");
        sheet.push_str(&format!("{time},db-quiet,{}\n", hour % 3));
    }
    headroom(data.path(), &["import", &write(sheets.path(), "october.csv", &sheet)]).ok();
    let again = run(&["idle", "scan", "--on", "2026-11-01"]);
    let withdrawn: Vec<&str> = list(&again["withdrawn"])
        .iter()
        .map(|case| text(&case["resource"]))
        .collect();
    assert_eq!(withdrawn, ["db-quiet"]);
    assert_eq!(list(&again["opened"]).len(), 0);
    let notices = run(&["idle", "notices"]);
    let occasions: BTreeSet<&str> = list(&notices).iter().map(|notice| text(&notice["occasion"])).collect();
    assert_eq!(occasions, BTreeSet::from(["opened", "assigned", "marked", "withdrawn"]));
    headroom(data.path(), &["check"]).ok();
}

#[test]
fn the_report_says_the_same_in_every_format() {
    let (data, sheets) = company();
    headroom(data.path(), &["idle", "scan", "--on", "2026-10-01"]).ok();
    for (language, word) in [("en", "Idle and optimization report"), ("zh-CN", "闲置与优化报告")] {
        for ending in ["html", "csv", "json", "xlsx"] {
            let path = sheets
                .path()
                .join(format!("idle-{language}.{ending}"))
                .display()
                .to_string();
            headroom(data.path(), &["--lang", language, "report", "idle", "--out", &path]).ok();
            let bytes = std::fs::read(&path).unwrap();
            let said = String::from_utf8_lossy(&bytes);
            match ending {
                "html" => assert!(said.contains(word) && said.contains("8,685.00"), "{said}"),
                "csv" => assert!(said.contains("vm-idle") && said.lines().count() > 10),
                "json" => assert_eq!(
                    money(&serde_json::from_str::<Value>(&said).unwrap()["at_stake"]),
                    Money::whole(8_685)
                ),
                _ => assert!(bytes.starts_with(b"PK")),
            }
        }
    }
}

#[test]
fn the_demo_company_by_our_own_rule() {
    // The six planted machines, and no other, by the rule of Headroom as by that of AWS.
    let verdicts = |policy: &str| -> BTreeMap<String, String> {
        let idle = json(&demo().data, &["idle", "--policy", policy]);
        let findings = list(&idle["findings"])
            .iter()
            .filter(|finding| finding["rule"] == policy);
        findings
            .map(|finding| {
                (
                    text(&finding["resource"]).to_owned(),
                    text(&finding["verdict"]).to_owned(),
                )
            })
            .collect()
    };
    let (ours, theirs) = (verdicts("headroom"), verdicts("compute-idle"));
    assert_eq!(ours.values().filter(|verdict| *verdict == "idle").count(), 6);
    let idle = |verdicts: &BTreeMap<String, String>| -> BTreeSet<String> {
        let idle = verdicts.iter().filter(|(_, verdict)| *verdict == "idle");
        idle.map(|(resource, _)| resource.clone()).collect()
    };
    assert_eq!(idle(&ours), idle(&theirs));
    headroom(&demo().data, &["idle", "--policy", "nobody"]).refused(&["nobody", "aws-compute-optimizer"]);
}

#[test]
fn savings_are_planned_into_the_open_draft_and_brought_up_to_date() {
    let data = demo_copy();
    let run = |arguments: &[&str]| json(data.path(), arguments);
    let scanned = run(&["idle", "scan", "--on", "2026-10-01"]);
    let rented = list(&scanned["opened"])
        .iter()
        .find(|case| case["resource"] == "i-bp11g0bsocjohnabjrzo")
        .unwrap();
    let id = text(&rented["id"]);
    assert_eq!(money(&rented["monthly_cost"]), Money::whole(12_600));
    run(&["idle", "confirm", id, "--due", "2027-02-10", "--on", "2026-10-01"]);
    // March to December of 2027: ten months.
    let planned = run(&["idle", "plan", "--year", "2027", "--dry-run"]);
    assert_eq!(
        (list(&planned["lines"]).len(), money(&planned["total"])),
        (10, Money::whole(-126_000))
    );
    let total = || -> Money {
        let lines = run(&["budget", "show", "--year", "2027"]);
        list(&lines["lines"]).iter().map(|line| money(&line["amount"])).sum()
    };
    let before = total();
    run(&["idle", "plan", "--year", "2027"]);
    assert_eq!(total() - before, Money::whole(-126_000));
    // Later than was said: two months less, and no line twice.
    run(&["idle", "assign", id, "--due", "2027-04-10"]);
    run(&["idle", "plan", "--year", "2027"]);
    assert_eq!(total() - before, Money::whole(-100_800));
    // The lines are planned savings, and each names its finding.
    let shown = run(&["budget", "show", "--year", "2027"]);
    let saving: Vec<_> = list(&shown["lines"])
        .iter()
        .filter(|line| line["origin"] == "optimization")
        .collect();
    assert_eq!(saving.len(), 8);
    for line in saving {
        assert_eq!(
            (text(&line["derivation"]["kind"]), text(&line["derivation"]["measure"])),
            ("saving", id)
        );
    }
}
