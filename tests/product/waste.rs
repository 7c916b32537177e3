//! Anomalies of allocated cost and of use, notices that leave the house, pictures of evidence, sizes with a price.

use super::optimization::HEAD;
use super::rolling::{mail_server, web_server};
use super::support::{command, demo, empty, headroom, json, list, money, text, write};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::path::Path;

const COMPANY: &str = r#"
[company]
name = "Example"
[[department]]
id = "web"
name = "Web"
[[product]]
id = "web"
name = "Web"
department = "web"
[[product]]
id = "shop"
name = "Shop"
department = "web"
[[rule]]
id = "databases"
when = { column = "ServiceName", equals = "RDS" }
assign = { pool = "shared" }
[[rule]]
id = "tagged"
when = { tag = "product", present = true }
assign = { product_from_tag = "product" }
[[pool]]
id = "shared"
name = "Shared"
split = { method = "weights", weights = { web = 3, shop = 1 } }
"#;

/// A company with bills from January to August; only rules know that the database is the web shop's.
fn company(last_database: i64) -> (tempfile::TempDir, tempfile::TempDir) {
    let (data, sheets) = (empty(), tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap());
    headroom(data.path(), &["apply", &write(sheets.path(), "company.toml", COMPANY)]).ok();
    for month in 1..=8 {
        let (start, end) = (
            format!("2026-{month:02}-01T00:00:00Z"),
            format!("2026-{:02}-01T00:00:00Z", month + 1),
        );
        let mut sheet = String::from(HEAD);
        let database = if month == 8 { last_database } else { 1_000 + month % 3 };
        for (resource, category, service, product, cost) in [
            ("db-1", "Databases", "RDS", "", database),
            ("vm-1", "Compute", "ECS", "web", 310),
            ("vm-2", "Compute", "ECS", "shop", 620),
        ] {
            let tags = match product {
                "" => String::new(),
                product => format!(r#""{{""product"":""{product}""}}""#),
            };
            sheet.push_str(&format!(
                "acct,CNY,{start},{end},{start},{end},Usage,Cloud,{category},{service},{resource},,,1,month,,,,cloud,{tags},\
                 {cost},{cost},{cost},{cost}\n"
            ));
        }
        let file = write(sheets.path(), &format!("bill-{month}.csv"), &sheet);
        headroom(data.path(), &["import", &file, "--source", "cloud"]).ok();
    }
    headroom(data.path(), &["allocate"]).ok();
    (data, sheets)
}

fn found<'a>(shown: &'a Value, part: &str) -> Vec<(&'a str, &'a str, Money)> {
    let name = if part == "usage" { "cost" } else { "at_stake" };
    list(&shown[part])
        .iter()
        .map(|line| (text(&line["dimension"]), text(&line["key"]), money(&line[name])))
        .collect()
}

#[test]
fn what_rules_give_to_a_product_is_watched_and_known_events_are_quiet() {
    let (data, sheets) = company(2_001);
    let run = |arguments: &[&str]| json(data.path(), arguments);
    let shown = run(&["anomalies", "--month", "2026-08"]);
    // 1,000 more on the database: three quarters of it are the web's, one quarter the shop's, whose own cost hides it.
    let all = found(&shown, "anomalies");
    assert!(all.contains(&("resource", "db-1", Money::whole(1_000))), "{all:?}");
    assert!(all.contains(&("service", "RDS", Money::whole(1_000))), "{all:?}");
    assert!(
        all.contains(&("allocated-product", "web", Money::whole(750))),
        "{all:?}"
    );
    assert!(
        all.contains(&("allocated-product", "shop", Money::whole(250))),
        "{all:?}"
    );
    assert_eq!(all.len(), 4, "{all:?}");
    let web = list(&shown["anomalies"])
        .iter()
        .find(|line| line["key"] == "web")
        .unwrap();
    let row = &web["rows"][0];
    assert_eq!((&row["resource"], &row["row"]), (&"db-1".into(), &2.into()));
    assert!(text(&row["file"]).ends_with("bill-8.csv"), "{row}");
    for (language, word) in [("en", "product, allocated"), ("zh-CN", "产品（分摊后）")] {
        let said = headroom(data.path(), &["anomalies", "--lang", language]).ok().out;
        assert!(said.contains(word) && said.contains("750.00"), "{said}");
    }
    // Least money.
    let large = run(&["anomalies", "--minimum", "800"]);
    assert_eq!(found(&large, "anomalies").len(), 2, "{large}");

    // A configured event of the web: its month is quiet for the web, and for nobody else.
    let event = "[[event]]\nname = \"Sale\"\nmonths = [\"2026-08\"]\nproducts = [\"web\"]\nfactor = 2.0\n";
    headroom(data.path(), &["apply", &write(sheets.path(), "event.toml", event)]).ok();
    let quiet = run(&["anomalies"]);
    assert_eq!(quiet["events"], 1);
    let left = found(&quiet, "anomalies");
    assert!(
        !left.iter().any(|(_, key, _)| *key == "web") && left.len() == 3,
        "{left:?}"
    );
    // An imported event of everybody over most of the month: all is quiet.
    let event = "event,start,end,kind,product,metric,factor\nSale,2026-08-05,2026-08-28,promotion,,,\n";
    headroom(data.path(), &["import", &write(sheets.path(), "events.csv", event)]).ok();
    assert_eq!(found(&run(&["anomalies"]), "anomalies"), []);
}

/// Hours of two machines through July and August; from the 25th on one of them works hard for two days, and the other one
/// sends nothing.
fn samples(folder: &Path) -> String {
    let mut sheet = String::from("timestamp,resource_id,cpu_percent\n");
    let first = chrono::NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
    for day in first.iter_days().take(62) {
        let special = ["2026-08-25", "2026-08-26"].contains(&day.to_string().as_str());
        for hour in 0..24 {
            let usual = 20 + hour % 12;
            let busy = if special { 90 - hour % 5 } else { usual };
            sheet.push_str(&format!("{day}T{hour:02}:00:00Z,vm-1,{busy}\n"));
            if !special {
                sheet.push_str(&format!("{day}T{hour:02}:00:00Z,vm-2,{usual}\n"));
            }
        }
    }
    write(folder, "samples.csv", &sheet)
}

#[test]
fn a_jump_of_use_is_found_with_its_samples_and_silence_is_none() {
    let (data, sheets) = company(1_001);
    headroom(data.path(), &["import", &samples(sheets.path())]).ok();
    let run = |arguments: &[&str]| json(data.path(), arguments);
    let shown = run(&["anomalies", "--month", "2026-08"]);
    assert_eq!(found(&shown, "anomalies"), []);
    // Two days of thirty-one of a machine that costs 310.
    assert_eq!(
        found(&shown, "usage"),
        [("resource", "vm-1", Money::whole(20))],
        "{shown}"
    );
    let line = &shown["usage"][0];
    assert_eq!(
        (&line["from"], &line["to"]),
        (&"2026-08-25".into(), &"2026-08-26".into())
    );
    assert_eq!(line["metric"], "cpu_percent");
    assert!((line["actual"].as_f64().unwrap() - 88.1).abs() < 0.2, "{line}");
    assert!((line["expected"].as_f64().unwrap() - 25.5).abs() < 0.2, "{line}");
    let row = &line["rows"][0];
    assert_eq!((&row["at"], &row["value"]), (&"2026-08-25 00:00".into(), &90.0.into()));
    for (language, word) in [("en", "Cost of these days"), ("zh-CN", "这些天的成本")] {
        let said = headroom(data.path(), &["anomalies", "--lang", language]).ok().out;
        assert!(said.contains(word) && said.contains("vm-1"), "{said}");
    }
    let event = "event,start,end,kind,product,metric,factor\nSale,2026-08-25,2026-08-26,promotion,web,,\n";
    headroom(data.path(), &["import", &write(sheets.path(), "events.csv", event)]).ok();
    assert_eq!(found(&run(&["anomalies"]), "usage"), []);
}

#[test]
fn notices_leave_once_to_the_owner_and_the_channel() {
    let (data, sheets) = company(1_001);
    let mut sheet =
        String::from("timestamp,resource_id,cpu_percent,network_in_bytes_per_second,network_out_bytes_per_second\n");
    let first = chrono::NaiveDate::from_ymd_opt(2026, 7, 20).unwrap();
    for day in first.iter_days().take(42) {
        for hour in 0..24 {
            sheet.push_str(&format!("{day}T{hour:02}:00:00Z,vm-1,1,200,200\n"));
        }
    }
    headroom(data.path(), &["import", &write(sheets.path(), "idle.csv", &sheet)]).ok();
    let (address, hook) = web_server(&[503]);
    let (port, mails) = mail_server();
    let channels = format!(
        "[[channel]]\nid = \"chat\"\nkind = \"webhook\"\nurl_env = \"TEST_HOOK\"\nlanguage = \"en\"\nidle = true\n\
         [[channel]]\nid = \"post\"\nkind = \"mail\"\nserver = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n\
         from = \"Headroom <headroom@example.com>\"\nto = [\"operations@example.com\"]\nidle = true\n\
         [[channel]]\nid = \"budget-only\"\nkind = \"webhook\"\nurl = \"http://127.0.0.1:1/nobody\"\n"
    );
    headroom(
        data.path(),
        &["apply", &write(sheets.path(), "channels.toml", &channels)],
    )
    .ok();
    let deliver = || -> Value {
        let done = command(data.path(), &["alerts", "deliver", "--json"])
            .env("TEST_HOOK", &address)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        serde_json::from_slice(&done.stdout).unwrap()
    };
    let states = |delivered: &Value, channel: &str| -> Vec<String> {
        let of = list(&delivered["notices"]).iter().filter(|of| of["channel"] == channel);
        of.map(|of| text(&of["state"]).to_owned()).collect()
    };
    let scanned = json(data.path(), &["idle", "scan", "--on", "2026-09-01"]);
    assert_eq!(list(&scanned["opened"]).len(), 1, "{scanned}");
    let first = deliver();
    assert_eq!(
        (states(&first, "chat"), states(&first, "post")),
        (vec!["pending".to_owned()], vec!["sent".to_owned()])
    );
    assert!(states(&first, "budget-only").is_empty());
    // Somebody with an address of their own is told at that address, and nobody twice.
    headroom(
        data.path(),
        &[
            "idle",
            "confirm",
            "W-1",
            "--owner",
            "lin@example.com",
            "--due",
            "2026-09-20",
            "--on",
            "2026-09-02",
        ],
    )
    .ok();
    let second = deliver();
    assert_eq!(states(&second, "chat"), ["pending", "sent"]);
    assert_eq!(states(&second, "post"), ["sent", "sent"]);
    deliver();
    let mails = mails.lock().unwrap();
    assert_eq!(mails.len(), 2);
    assert!(mails[0].contains("To: operations@example.com") && mails[1].contains("To: lin@example.com"));
    let got = hook.lock().unwrap().got.clone();
    assert_eq!(got.len(), 2, "{got:?}");
    assert!(got[0].contains("vm-1") && got[0].contains("310"), "{}", got[0]);
    let shown = json(data.path(), &["idle", "notices"]);
    assert_eq!(shown[1]["deliveries"][1]["state"], "sent", "{shown}");
    headroom(data.path(), &["check"]).ok();
}

#[test]
fn each_finding_of_the_demo_carries_its_evidence_as_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    for (language, word) in [("en", "Evidence"), ("zh-CN", "证据")] {
        let path = folder
            .path()
            .join(format!("idle.{language}.html"))
            .display()
            .to_string();
        headroom(&demo().data, &["--lang", language, "report", "idle", "--out", &path]).ok();
        let page = std::fs::read_to_string(&path).unwrap();
        // Six machines, the link, and two that cannot be judged but have samples.
        assert_eq!(page.matches("class=\"chart chart-evidence\"").count(), 9);
        assert!(page.contains(&format!("<h2>{word}</h2>")) && page.contains("BC-LINK-203:") || language == "zh-CN");
        assert!(
            !page.contains("measure-") && !page.contains("chart-evidence-alt"),
            "a word is missing"
        );
    }
    let path = folder.path().join("idle.json").display().to_string();
    headroom(&demo().data, &["report", "idle", "--out", &path]).ok();
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let link = list(&report["findings"])
        .iter()
        .find(|finding| finding["resource"] == "BC-LINK-203")
        .unwrap();
    assert_eq!(list(&link["chart"]["days"]["days"]).len(), 30);
    assert_eq!(link["chart"]["days"]["levels"][0][1], 1_000.0);
}

#[test]
fn trial_machines_of_the_demo_fit_a_smaller_shape() {
    let shown = json(&demo().data, &["idle", "rightsize"]);
    let resized: Vec<(&str, &str, Money)> = list(&shown["resizes"])
        .iter()
        .map(|resize| {
            (
                text(&resize["from"]),
                text(&resize["to"]),
                money(&resize["monthly_saving"]),
            )
        })
        .collect();
    // Four trial machines, the idle one among them: 12,600 less 4,200 a month each.
    assert_eq!(resized, [("ecs-96c", "ecs-32c", Money::whole(8_400)); 4], "{shown}");
}

#[test]
fn savings_plans_and_whole_racks_are_found_with_their_money() {
    let (data, sheets) = (empty(), tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap());
    let mut sheet = String::from(HEAD);
    let period = "2026-08-01T00:00:00Z,2026-09-01T00:00:00Z";
    for (resource, category, service, meter, quantity, commitment, cost_type, cost) in [
        (
            "vm-1",
            "Compute",
            "EC2",
            "",
            "1,month",
            "sp-1,Used,Savings Plan",
            "cloud",
            700,
        ),
        (
            "sp-1",
            "Compute",
            "EC2",
            "",
            "1,month",
            "sp-1,Unused,Savings Plan",
            "cloud",
            300,
        ),
        // Almost all of it is used: less than a twentieth is nobody's finding.
        (
            "vm-2",
            "Compute",
            "EC2",
            "",
            "1,month",
            "sp-2,Used,Savings Plan",
            "cloud",
            980,
        ),
        (
            "sp-2",
            "Compute",
            "EC2",
            "",
            "1,month",
            "sp-2,Unused,Savings Plan",
            "cloud",
            20,
        ),
        ("room-1", "Other", "Colocation", "rack", "10,rack", ",,", "rack", 58_000),
        ("room-2", "Other", "Colocation", "rack", "4,rack", ",,", "rack", 23_200),
    ] {
        sheet.push_str(&format!(
            "acct,CNY,{period},{period},Usage,Cloud,{category},{service},{resource},,{meter},{quantity},{commitment},{cost_type},,\
             {cost},{cost},{cost},{cost}\n"
        ));
    }
    headroom(
        data.path(),
        &["import", &write(sheets.path(), "bill.csv", &sheet), "--source", "rooms"],
    )
    .ok();
    let mut samples = String::from("timestamp,resource_id,used_units\n");
    let first = chrono::NaiveDate::from_ymd_opt(2026, 8, 10).unwrap();
    for day in first.iter_days().take(22) {
        for hour in 0..24 {
            samples.push_str(&format!(
                "{day}T{hour:02}:00:00Z,room-1,6\n{day}T{hour:02}:00:00Z,room-2,4\n"
            ));
        }
    }
    headroom(data.path(), &["import", &write(sheets.path(), "racks.csv", &samples)]).ok();
    let idle = json(data.path(), &["idle"]);
    let found: Vec<(&str, &str, &str, Money)> = list(&idle["findings"])
        .iter()
        .filter(|finding| matches!(text(&finding["verdict"]), "idle" | "oversized"))
        .map(|of| {
            (
                text(&of["resource"]),
                text(&of["kind"]),
                text(&of["rule"]),
                money(&of["monthly_cost"]),
            )
        })
        .collect();
    // Four of ten racks are empty, at 5,800 each.
    let expected = [
        ("room-1", "rack", "unused-rack", Money::whole(23_200)),
        ("sp-1", "savings-plan", "unused-commitment", Money::whole(300)),
    ];
    assert_eq!(
        found.iter().copied().collect::<std::collections::BTreeSet<_>>(),
        expected.into(),
        "{idle}"
    );
    let path = sheets.path().join("idle.html").display().to_string();
    headroom(data.path(), &["report", "idle", "--out", &path]).ok();
    let page = std::fs::read_to_string(&path).unwrap();
    assert_eq!(page.matches("class=\"chart chart-evidence\"").count(), 2);
}
