//! What comes late for a closed month, and bills that have not come: adjustments and accruals.

use super::books::{Company, invoice};
use super::support::{headroom, json, list, money, state, text};
use headroom_models::ledger::Money;

fn effective(company: &Company, month: &str) -> Money {
    let costs = json(company.path(), &["costs", "--by", "month", "--month", month]);
    list(&costs["rows"]).iter().map(|row| money(&row["amount"])).sum()
}

#[test]
fn a_late_bill_is_an_adjustment_of_the_open_month_and_takes_back_what_it_replaces() {
    let company = Company::new();
    let path = company.path();
    let january = company.file("january.csv", &invoice("2026-01", "8400.00"));
    headroom(path, &["import", &january]).ok();
    headroom(path, &["allocate"]).ok();
    let december = effective(&company, "2025-12");
    let closed_files = |state: super::support::State| -> Vec<String> {
        let files = state.files.into_iter();
        files
            .filter(|(path, _)| path.contains("month=2025-12"))
            .map(|(path, hash)| format!("{path} {hash}"))
            .collect()
    };
    let before = closed_files(state(path));

    // The corrected invoice of the closed month: 8,100 instead of 8,400.
    let late = company.file("late.csv", &invoice("2025-12", "8100.00"));
    let taken = json(path, &["import", &late]);
    assert_eq!(taken["totals"][0]["billed"], "8100");
    assert_eq!(taken["months"], serde_json::json!(["2026-01"]));
    let back = &taken["taken_back"][0];
    assert_eq!(
        [&back["batch"], &back["original"], &back["booked"]].map(text),
        ["B000001", "2025-12", "2026-01"]
    );
    assert!(text(&taken["notes"][0]).contains("2025-12 is closed"), "{taken}");
    // January's own bill is still there, December's books are what they were, and the proof covers both sides.
    let allocated = json(path, &["allocate", "--month", "2026-01"]);
    assert_eq!(allocated["months"][0]["ledger"], "8100");
    assert_eq!(allocated["months"][0]["difference"], "0");
    assert_eq!(
        (effective(&company, "2025-12"), closed_files(state(path))),
        (december, before)
    );
    headroom(path, &["check"]).ok();

    // A still newer one takes the place of the adjustment, which is in open books.
    let newer = company.file("newer.csv", &invoice("2025-12", "8000.00"));
    let newer = json(path, &["import", &newer]);
    assert_eq!(newer["replaced"][0]["batch"], taken["batch"]);
    let allocated = json(path, &["allocate", "--month", "2026-01"]);
    assert_eq!(allocated["months"][0]["ledger"], "8000");
    // What was exported says which month each charge is of.
    let out = company.beside.path().join("january.csv").display().to_string();
    headroom(path, &["export", "focus", "--month", "2026-01", "--out", &out]).ok();
    let exported = std::fs::read_to_string(&out).unwrap();
    let mut rows = csv::Reader::from_reader(exported.as_bytes());
    let headers = rows.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let late: Vec<(String, String, String)> = rows
        .records()
        .map(|row| row.unwrap())
        .map(|row| {
            ["x_OriginalMonth", "ChargeClass", "BilledCost"]
                .map(|name| row[column(name)].to_owned())
                .into()
        })
        .collect();
    let expected = [
        ("", "", "8400"),
        ("2025-12", "Correction", "8000"),
        ("2025-12", "Correction", "-8400"),
    ];
    assert_eq!(
        late.iter()
            .map(|(month, class, cost)| (month.as_str(), class.as_str(), cost.as_str()))
            .collect::<Vec<_>>(),
        expected
    );
    headroom(path, &["imports", "undo", text(&newer["batch"])]).ok();
    headroom(path, &["imports", "undo", text(&taken["batch"])]).ok();
    let allocated = json(path, &["allocate", "--month", "2026-01"]);
    assert_eq!(allocated["months"][0]["ledger"], "8400");
    headroom(path, &["check"]).ok();
}

#[test]
fn a_forgotten_invoice_of_a_closed_month_is_added_only_when_that_is_said() {
    let company = Company::new();
    let path = company.path();
    let forgotten = invoice("2025-12", "100.00").replace("INV-2025-12", "INV-2025-12-B");
    let file = company.file("forgotten.csv", &forgotten);
    headroom(path, &["import", &file]).refused(&["INV-2025-12", "--append"]);
    let added = json(path, &["import", &file, "--append"]);
    assert!(list(&added["taken_back"]).is_empty());
    let allocated = json(path, &["allocate"]);
    let january = list(&allocated["months"])
        .iter()
        .find(|month| month["month"] == "2026-01")
        .unwrap();
    assert_eq!(january["ledger"], "100");
    headroom(path, &["check"]).ok();
}

#[test]
fn an_accrual_stands_for_a_bill_until_it_comes() {
    let company = Company::new();
    let path = company.path();
    let source = "idc-invoice-示例机房";
    let tried = json(path, &["accrue", "--month", "2026-01", "--dry-run"]);
    assert_eq!(tried["accruals"][0]["totals"]["CNY"][1], "8400");
    assert!(tried["accruals"][0]["batch"].is_null());
    let booked = json(path, &["accrue", "--month", "2026-01"]);
    let accrual = &booked["accruals"][0];
    assert_eq!(
        (text(&accrual["source"]), text(&accrual["basis"])),
        (source, "last-month")
    );
    headroom(path, &["accrue", "--month", "2026-01", "--source", source]).refused(&["B000002", "2026-01"]);
    headroom(path, &["accrue", "--month", "2025-12"]).refused(&["closed"]);
    let allocated = json(path, &["allocate", "--month", "2026-01"]);
    assert_eq!(allocated["estimates"][0]["batch"], accrual["batch"]);
    let shown = headroom(path, &["costs", "--month", "2026-01"]).ok();
    assert!(
        shown.err.contains("estimate") && shown.err.contains("8,400.00"),
        "{}",
        shown.err
    );

    let explained = json(path, &["explain", "--product", "video", "--month", "2026-01"]);
    assert_eq!(explained["parts"][0]["rows"][0]["estimate"], "last-month");
    let shown = headroom(
        path,
        &["explain", "--product", "video", "--month", "2026-01", "--lang", "zh-CN"],
    )
    .ok();
    assert!(shown.out.contains("预提"), "{}", shown.out);

    // In an open month the bill takes its place.
    let bill = company.file("january.csv", &invoice("2026-01", "8500.00"));
    let imported = json(path, &["import", &bill]);
    assert_eq!(imported["replaced"][0]["batch"], accrual["batch"]);
    assert_eq!(json(path, &["accruals"])[0]["reversed_by"], imported["batch"]);
    assert!(list(&json(path, &["allocate", "--month", "2026-01"])["estimates"]).is_empty());

    // In a closed month it is taken back in the open one, beside the bill.
    headroom(path, &["close", "2026-01"]).ok();
    let booked = json(path, &["accrue", "--month", "2026-02", "--basis", "last-month"]);
    headroom(path, &["allocate", "--month", "2026-02"]).ok();
    let started = json(path, &["close", "2026-02", "--start"]);
    let item = list(&started["checklist"])
        .iter()
        .find(|item| item["item"] == "accruals");
    assert_eq!(text(&item.unwrap()["state"]), "look");
    assert!(text(&item.unwrap()["message"]).contains("8,500.00"), "{item:?}");
    headroom(path, &["close", "2026-02"]).ok();
    let bill = company.file("february.csv", &invoice("2026-02", "8200.00"));
    let late = json(path, &["import", &bill]);
    assert_eq!(late["taken_back"][0]["batch"], booked["accruals"][0]["batch"]);
    let allocated = json(path, &["allocate", "--month", "2026-03"]);
    assert_eq!(allocated["months"][0]["ledger"], "-300");
    let accruals = json(path, &["accruals"]);
    assert_eq!(text(&accruals[1]["reversed_in"]), "2026-03");
    headroom(path, &["check"]).ok();
}

#[test]
fn an_accrual_rests_on_the_contract_where_there_is_one() {
    let company = Company::new();
    let path = company.path();
    let contract = "contract_id,vendor,charge_type,quantity,unit_price,start_date,end_date,product,module\n\
                    HT-1,示例机房,rack,2,4150.00,2025-01-01,2026-12-31,video,stream\n";
    headroom(path, &["import", &company.file("contract.csv", contract)]).ok();
    let booked = json(path, &["accrue", "--month", "2026-01"]);
    assert_eq!(booked["accruals"][0]["basis"], "contract");
    assert_eq!(
        booked["accruals"][0]["totals"]["CNY"],
        serde_json::json!(["8300", "8300"])
    );
    assert_eq!(
        json(path, &["allocate", "--month", "2026-01"])["months"][0]["ledger"],
        "8300"
    );
}
