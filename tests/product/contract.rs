//! What programs and people read after an import: keys, digits, words.

use super::books::Company;
use super::imports::{sample, totals};
use super::support::{Done, empty, fixture, headroom, json, list, text, write};
use serde_json::json;

#[test]
fn the_json_has_the_keys_of_the_contract() {
    let Company { data, .. } = Company::new();
    let imported = json(data.path(), &["import", &sample(0)]);
    let keys = [
        "batch",
        "importer",
        "rows",
        "rejected",
        "duplicate_of",
        "totals",
        "rounding_residual",
        "rejects",
    ];
    for key in keys {
        assert!(imported.get(key).is_some(), "{key} is missing in {imported}");
    }
    for amount in ["billed", "effective", "list"] {
        let amount = text(&imported["totals"][0][amount]);
        assert!(
            amount.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'),
            "{amount}"
        );
    }
    assert!(imported["duplicate_of"].is_null() && list(&imported["rejects"]).is_empty());
    let refused = headroom(
        data.path(),
        &["import", &fixture("not-ok/amount-with-decimal-comma.csv"), "--json"],
    );
    assert_eq!(refused.status, 1);
    let refused = refused.json();
    assert!(refused["batch"].is_null());
    assert_eq!(refused["rejected"], 1);
    let reject = &refused["rejects"][0];
    assert_eq!(
        (&reject["file"], &reject["row"]),
        (&json!("amount-with-decimal-comma.csv"), &json!(3))
    );
    assert_eq!((text(&reject["column"]), text(&reject["value"])), ("amount", "12,5"));
    assert!(text(&reject["message"]).contains("1234.5"));
}

#[test]
fn what_rounding_takes_is_kept() {
    let data = empty();
    let header = "ProviderName,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,\
                  ChargePeriodEnd,ChargeCategory,ServiceName,BilledCost,EffectiveCost,ListCost";
    let row = "P,1,USD,2026-05-01T00:00:00Z,2026-06-01T00:00:00Z,2026-05-03T00:00:00Z,2026-05-04T00:00:00Z,Usage,S";
    let lines = format!("{header}\n{row},1.2E-7,0.1234567890123456785,2\n{row},0.0000000000000000000004,0,1\n");
    let imported = json(data.path(), &["import", &write(data.path(), "long.csv", &lines)]);
    assert_eq!(totals(&imported), ["0.00000012", "0.123456789012345678", "3"]);
    // 5 beyond the 18th digit goes to the even neighbour, 4 at the 22nd is lost: both are in the residual.
    assert_eq!(imported["rounding_residual"], "0.0000000000000000005004");
}

#[test]
fn messages_speak_chinese_when_asked() {
    let data = empty();
    let chinese = |arguments: &[&str]| -> Done { headroom(data.path(), &[&["--lang", "zh-CN"], arguments].concat()) };
    let done = chinese(&["import", &sample(0)]).ok();
    assert!(
        done.out.contains("批次 B000001") && done.out.contains("1000 行"),
        "{}",
        done.out
    );
    let again = chinese(&["import", &sample(0)]).ok();
    assert!(again.out.contains("未做任何改动"), "{}", again.out);
    let file = fixture("not-ok/amount-with-decimal-comma.csv");
    chinese(&["import", &file]).refused(&["第 3 行", "“amount”列", "12,5", "不用千位分隔符"]);
    chinese(&["import", &fixture("not-ok/empty.csv")]).refused(&["empty.csv", "文件为空"]);
}
