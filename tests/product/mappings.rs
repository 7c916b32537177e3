//! A vendor's own sheet through the commands: guessed, corrected, saved, imported, and used again next month.

use super::support::{empty, headroom, json, write};
use serde_json::json;

const SHEET: &str = "对账单,,,,,\n合同号,费用月份,收费项目,计费数量,单价（元）,费用（元）\nBC-7,2026年3月,机柜租用费,2,\"4,200.00\",\"8,400.00\"\n\
    BC-7,2026年3月,带宽费,1000,18.5,\"18,500.00\"\n合计,,,,,\"26,900.00\"\n";

#[test]
fn a_sheet_of_a_vendor_is_mapped_once_and_imported_every_month() {
    let data = empty();
    let sheet = write(data.path(), "march.csv", SHEET);
    let toml = data.path().join("beichen.toml");
    let toml = toml.to_str().unwrap();
    headroom(data.path(), &["import", &sheet]).refused(&["the header is not recognised"]);
    let guessed = headroom(data.path(), &["mapping", "guess", &sheet, "--output", toml]).ok();
    assert!(guessed.out.contains("收费项目"), "{}", guessed.out);
    assert!(
        guessed.err.contains("vendor") && guessed.err.contains("invoice_id"),
        "{}",
        guessed.err
    );
    // Saved only when nothing is missing any more.
    headroom(data.path(), &["mapping", "save", "北辰", toml]).refused(&["vendor", "invoice_id"]);
    let corrected = std::fs::read_to_string(toml).unwrap();
    let corrected = corrected.replace("invoice_id = \"?\"", "invoice_id = \"BC-7\"");
    std::fs::write(toml, corrected.replace("vendor = \"?\"", "vendor = \"北辰数据\"")).unwrap();
    let saved = json(data.path(), &["mapping", "save", "北辰", toml]);
    assert_eq!(saved, json!({ "name": "北辰", "version": 1 }));
    headroom(data.path(), &["import", "--mapping", "south", &sheet]).refused(&["south", "北辰"]);
    let imported = json(data.path(), &["import", "--mapping", "北辰", &sheet]);
    assert_eq!(
        (&imported["rows"], &imported["totals"][0]["billed"]),
        (&json!(2), &json!("26900"))
    );
    let april = SHEET.replace("2026年3月", "2026年4月");
    let april = write(data.path(), "april.csv", &april);
    let imported = json(
        data.path(),
        &["import", "--mapping", "北辰", &april, "--control-total", "26900.00"],
    );
    assert_eq!(imported["months"], json!(["2026-04"]));
    let shown = headroom(data.path(), &["mapping", "show", "北辰"]).ok();
    assert!(shown.out.contains("北辰数据"));
    assert_eq!(json(data.path(), &["mapping", "list"])[0]["version"], json!(1));
}

#[test]
fn a_pipe_is_refused_by_name() {
    let data = empty();
    let pipe = data.path().join("bill.csv");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    headroom(data.path(), &["import", pipe.to_str().unwrap()]).refused(&["bill.csv", "a pipe"]);
}

#[test]
fn a_sum_that_does_not_agree_stops_the_batch_unless_it_is_told() {
    let data = empty();
    let rows = "供应商,账单号,账期,资源模式,费用类型,数量,单价,金额\n北辰,I-1,2026-03,托管,机柜,2,4200,8400\n合计,,,,,,,8500\n";
    let sheet = write(data.path(), "sum.csv", rows);
    headroom(data.path(), &["import", &sheet]).refused(&["8500", "8400"]);
    let rejects = data.path().join("rejects.csv");
    let rejects = rejects.to_str().unwrap();
    let imported = json(
        data.path(),
        &["import", "--allow-rejects", "--rejects-file", rejects, &sheet],
    );
    assert_eq!((&imported["rows"], &imported["rejected"]), (&json!(1), &json!(1)));
    let rejects = std::fs::read_to_string(rejects).unwrap();
    assert!(
        rejects.contains("供应商,账单号") && rejects.contains("reject_reason"),
        "{rejects}"
    );
    assert!(rejects.contains("合计") && rejects.contains("8400"), "{rejects}");
}
