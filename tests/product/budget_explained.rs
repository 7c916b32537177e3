//! Lines of a budget opened: whatever a line comes from, a person can follow how it came about, in both languages.

use super::support::{demo_copy, headroom, json, list, money, text, write};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::collections::BTreeMap;

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// The first opened line of each kind of derivation.
fn by_kind(data: &std::path::Path, month: &str) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for product in ["live", "video", "ads", "pay", "data"] {
        let line = format!("budget explain --year 2027 --version 2 --product {product} --month {month}");
        for line in list(&json(data, &words(&line))["lines"]) {
            found
                .entry(text(&line["derivation"]["kind"]).to_owned())
                .or_insert_with(|| line.clone());
        }
    }
    found
}

#[test]
fn every_kind_of_line_can_be_opened_and_followed() {
    let copy = demo_copy();
    let data = copy.path();
    let beside = tempfile::tempdir().unwrap();
    let contract = write(
        beside.path(),
        "contract.csv",
        "contract_id,vendor,charge_type,quantity,unit_price,start_date,end_date,product,module\n\
         HT-1,示例机房,rack,2,4150.00,2026-01-01,2027-12-31,data,\n",
    );
    headroom(data, &["import", &contract]).ok();
    json(data, &words("budget draft --year 2027 --saving video:120000:fewer"));
    json(
        data,
        &words(
            "budget set --year 2027 --product pay --cost-type labour --month 2027-02 --amount 900 --owner carl --comment night --reason shift",
        ),
    );
    json(
        data,
        &words("budget cap set --year 2027 --product ads --amount 6000000 --reason frugal"),
    );
    json(data, &words("budget cap apply --year 2027"));

    let found = by_kind(data, "2027-02");
    let kinds: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        kinds,
        [
            "assets",
            "contract",
            "manual",
            "planned-purchases",
            "recurring",
            "saving",
            "top-down",
            "units"
        ]
    );
    for (kind, line) in &found {
        let (english, chinese) = (text(&line["how"]["en"]), text(&line["how"]["zh-CN"]));
        assert!(
            english != chinese && english.len() > 10 && !chinese.is_empty(),
            "{kind}: {english} {chinese}"
        );
    }
    // The figures of the sentence are those of the line, worked out once more here.
    let recurring = &found["recurring"];
    let months = list(&recurring["derivation"]["months"]);
    let sum: Money = months.iter().map(|of| money(&of[1])).sum();
    let mean = sum.split(&vec![Money::ONE; months.len()]).unwrap()[0];
    assert_eq!(mean.grouped(2), money(&recurring["amount"]).grouped(2));
    assert!(
        text(&recurring["how"]["en"]).ends_with(&format!("= {}", mean.grouped(2))),
        "{recurring}"
    );
    let units = &found["units"]["derivation"];
    let cost = money(&units["unit_price"]).times(units["units_in_service"].as_i64().unwrap());
    assert_eq!(cost, money(&found["units"]["amount"]));
    assert!(text(&found["units"]["how"]["en"]).contains(text(&units["driver"])));
    assert!(
        text(&found["contract"]["how"]["zh-CN"]).contains("HT-1")
            && text(&found["contract"]["how"]["en"]).contains("4,150")
    );
    assert_eq!(money(&found["contract"]["amount"]), Money::whole(8_300));
    assert!(text(&found["manual"]["how"]["en"]).contains("shift"));
    assert_eq!(
        (&found["manual"]["owner"], &found["manual"]["comment"]),
        (&"carl".into(), &"night".into())
    );
    assert!(text(&found["top-down"]["how"]["en"]).contains("6,000,000.00"));

    // Depreciation of a product's own assets is the sum of what the register says of each.
    let line =
        "budget explain --year 2027 --version 2 --product video --module transcode --cost-type server --month 2027-02";
    let own = json(data, &words(line));
    let own = list(&own["lines"])
        .iter()
        .find(|line| line["derivation"]["kind"] == "assets")
        .unwrap();
    let parts: Money = list(&own["assets"]).iter().map(|part| money(&part["amount"])).sum();
    assert_eq!(parts, money(&own["amount"]));
    assert_eq!(
        list(&own["assets"]).len() as u64,
        own["derivation"]["assets"].as_u64().unwrap()
    );

    // On the screen months that came about in the same way are one row; the sum is that of the product.
    for (language, says) in [("en", "mean of"), ("zh-CN", "的平均")] {
        let line = format!("--lang {language} budget explain --year 2027 --version 2 --product infra");
        let printed = headroom(data, &words(&line)).ok().out;
        assert!(
            printed.contains(says) && printed.contains("2027-01 … 2027-12"),
            "{printed}"
        );
    }
    headroom(data, &words("budget explain --year 2027 --product nothing")).refused(&["no such line", "video"]);
    headroom(
        data,
        &words("--lang zh-CN budget explain --year 2027 --product nothing"),
    )
    .refused(&["没有产品 'nothing'", "video"]);

    // The book has the same lines three times: by quarter, by month, with their derivation; each adds up to the version.
    let out = beside.path().join("book.csv").display().to_string();
    headroom(
        data,
        &[words("report budget --year 2027 --version 2 --out"), vec![&out]].concat(),
    )
    .ok();
    let book = std::fs::read_to_string(&out).unwrap();
    let total = money(&json(data, &words("budget show --year 2027 --version 2"))["version"]["total"]).to_string();
    assert!(
        book.matches(&total).count() >= 5,
        "{total} in the book: {}",
        book.matches(&total).count()
    );
}
