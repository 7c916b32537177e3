//! Files in, batches on record: whole or not at all, once, undone and replaced.

use super::books::{Company, ORGANIZATION};
use super::support::{State, empty, fixture, headroom, json, list, state, text, write};
use serde_json::{Value, json};
use std::path::Path;

/// Rows and sums of the sample files, added up by Python's `decimal` over `csv.DictReader`.
const SAMPLES: [(&str, u64, [&str; 3]); 3] = [
    (
        "focus_1.0_sample.csv",
        1000,
        ["20.52022672899", "14.97651418586", "20.39090575119"],
    ),
    (
        "focus_1_2_cost_and_usage_aws.csv",
        2000,
        ["40293.06455513489625", "40293.06455513489625", "57661.488525689682064"],
    ),
    (
        "focus_1_3_cost_and_usage_aws.csv",
        2000,
        [
            "43488.235659305734756",
            "43488.235659305734756",
            "55883.372060648540069",
        ],
    ),
];

pub fn sample(at: usize) -> String {
    fixture(&format!("ok/focus/{}", SAMPLES[at].0))
}

fn batches(data: &Path) -> Vec<(String, String)> {
    let batches = json(data, &["imports", "list"]);
    let id_and_state = |one: &Value| {
        (
            text(&one["batch"]["id"]).to_owned(),
            text(&one["batch"]["state"]).to_owned(),
        )
    };
    list(&batches).iter().map(id_and_state).collect()
}

pub fn totals(imported: &Value) -> [&str; 3] {
    assert_eq!(list(&imported["totals"]).len(), 1);
    let totals = &imported["totals"][0];
    assert_eq!(totals["currency"], "USD");
    ["billed", "effective", "list"].map(|name| text(&totals[name]))
}

/// Nothing of the data directory has changed.
#[track_caller]
fn unchanged(data: &Path, before: &State) {
    assert_eq!(&state(data), before);
}

#[test]
fn the_focus_files_are_imported_with_every_row_and_every_digit() {
    let data = empty();
    for (at, (name, rows, sums)) in SAMPLES.into_iter().enumerate() {
        let imported = json(data.path(), &["import", &sample(at)]);
        assert_eq!(
            (&imported["rows"], &imported["rejected"]),
            (&json!(rows), &json!(0)),
            "{name}"
        );
        assert_eq!(totals(&imported), sums, "{name}");
        assert_eq!(
            (text(&imported["importer"]), text(&imported["rounding_residual"])),
            ("focus", "0")
        );
        let shown = json(data.path(), &["imports", "show", text(&imported["batch"])]);
        assert_eq!(
            (&shown["files"][0]["name"], &shown["files"][0]["rows"]),
            (&json!(name), &json!(rows))
        );
        assert_eq!(totals(&shown), sums);
    }
    headroom(data.path(), &["check"]).ok();
}

#[test]
fn the_same_bytes_twice_change_nothing() {
    let data = empty();
    let first = json(data.path(), &["import", &sample(1)]);
    let before = state(data.path());
    let again = json(data.path(), &["import", &sample(1)]);
    assert_eq!(again["duplicate_of"], first["batch"]);
    assert!(again["batch"].is_null());
    assert_eq!((totals(&again), &again["rows"]), (totals(&first), &first["rows"]));
    let beside = tempfile::tempdir().unwrap();
    let renamed = beside.path().join("renamed.csv");
    std::fs::copy(sample(1), &renamed).unwrap();
    let renamed = renamed.display().to_string();
    assert_eq!(
        json(data.path(), &["import", &renamed, "--source", "other"])["duplicate_of"],
        first["batch"]
    );
    unchanged(data.path(), &before);
}

#[test]
fn what_was_undone_can_be_imported_again() {
    let data = empty();
    json(data.path(), &["import", &sample(0)]);
    assert_eq!(json(data.path(), &["imports", "undo", "B000001"])["undone"], "B000001");
    assert_eq!(batches(data.path()), [("B000001".to_owned(), "undone".to_owned())]);
    headroom(data.path(), &["imports", "undo", "B000001"]).refused(&["B000001", "undone already"]);
    headroom(data.path(), &["imports", "undo", "B000009"]).refused(&["B000009", "imports list"]);
    let again = json(data.path(), &["import", &sample(0)]);
    assert_eq!((text(&again["batch"]), totals(&again)), ("B000002", SAMPLES[0].2));
    headroom(data.path(), &["check"]).ok();
}

/// Effective cost in the books of a month, by the proof of an allocation.
fn booked(data: &Path) -> String {
    let allocated = json(data, &["allocate", "--month", "2026-05"]);
    let months = list(&allocated["months"]);
    assert_eq!((months.len(), &months[0]["difference"]), (1, &json!("0")));
    text(&months[0]["ledger"]).to_owned()
}

#[test]
fn a_newer_file_replaces_its_month_and_its_undo_brings_the_older_back() {
    let data = empty();
    let rules = write(data.path(), "organization.toml", ORGANIZATION);
    headroom(data.path(), &["apply", &rules]).ok();
    let rates = "month,from,to,rate\n2026-05,USD,CNY,7\n";
    headroom(data.path(), &["fx", "import", &write(data.path(), "rates.csv", rates)]).ok();
    let older = json(data.path(), &["import", &sample(1)]);
    assert_eq!(booked(data.path()), SAMPLES[1].2[1]);
    let newer = json(data.path(), &["import", &sample(2)]);
    assert_eq!(older["source"], newer["source"]);
    assert_eq!(
        (list(&newer["replaced"]).len(), &newer["replaced"][0]["batch"]),
        (1, &older["batch"])
    );
    assert_eq!(booked(data.path()), SAMPLES[2].2[1]);
    let kept: Vec<String> = batches(data.path()).into_iter().map(|(_, state)| state).collect();
    assert_eq!(kept, ["committed"; 3]);
    headroom(data.path(), &["imports", "undo", text(&older["batch"])]).refused(&[text(&newer["batch"]), "first"]);
    headroom(data.path(), &["imports", "undo", text(&newer["batch"])]).ok();
    assert_eq!(booked(data.path()), SAMPLES[1].2[1]);
    headroom(data.path(), &["check"]).ok();
    // Under a name of its own nothing is replaced, both count.
    let other = json(data.path(), &["import", &sample(2), "--source", "second-account"]);
    assert_eq!(other["replaced"], json!([]));
    assert_eq!(booked(data.path()), "83781.300214440631006");
}

#[test]
fn a_wrong_control_total_and_a_dry_run_keep_nothing() {
    let data = empty();
    json(data.path(), &["import", &sample(0)]);
    let before = state(data.path());
    let wrong = ["import", &sample(1), "--control-total", "40293.06"];
    headroom(data.path(), &wrong).refused(&["control total", "0.00455513489625"]);
    let wrong = headroom(data.path(), &[&wrong[..], &["--json"]].concat());
    assert_eq!(
        (wrong.status, &wrong.json()["control_difference"]),
        (1, &json!("0.00455513489625"))
    );
    unchanged(data.path(), &before);
    let dry = json(data.path(), &["import", &sample(1), "--dry-run"]);
    assert_eq!((totals(&dry), &dry["rows"]), (SAMPLES[1].2, &json!(2000)));
    assert!(dry["batch"].is_null());
    unchanged(data.path(), &before);
    headroom(data.path(), &["import", &sample(1), "--month", "2026-04"]).refused(&["2026-05", "2026-04"]);
    unchanged(data.path(), &before);
    let right = [
        "import",
        &sample(1),
        "--control-total",
        "40293.06455513489625",
        "--month",
        "2026-05",
    ];
    assert_eq!(json(data.path(), &right)["batch"], "B000002");
}

#[test]
fn every_register_can_be_looked_at_before_it_is_imported() {
    let company = Company::new();
    let folder = std::fs::read_dir(fixture("ok/registers")).unwrap();
    let mut seen = 0;
    for entry in folder {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".csv") {
            continue;
        }
        let tried = headroom(
            company.path(),
            &[
                "import",
                &path.to_string_lossy(),
                "--dry-run",
                "--allow-rejects",
                "--json",
            ],
        );
        let preview = &tried.ok().json()["preview"];
        let columns = list(&preview["columns"]).len();
        let rows = list(&preview["rows"]);
        assert!(columns > 2 && !rows.is_empty(), "{name}: {preview}");
        assert!(rows.iter().all(|row| list(row).len() == columns), "{name}: {preview}");
        if name == "utilization.csv" {
            assert!(rows[0].to_string().contains("2026-03-01T00:00:00Z"), "{preview}");
        }
        seen += 1;
    }
    assert!(seen > 10);
    assert_eq!(batches(company.path()), batches(Company::new().path()));
}

#[test]
fn rejects_stop_a_batch_unless_they_are_allowed() {
    let Company { data, beside } = Company::new();
    let file = fixture("not-ok/amount-with-thousands-separator.csv");
    let before = state(data.path());
    headroom(data.path(), &["import", &file]).refused(&["row 3", "amount", "1,234.5", "--allow-rejects"]);
    unchanged(data.path(), &before);
    let rejects = beside.path().join("rejects.csv");
    let shown = rejects.display().to_string();
    let taken = json(
        data.path(),
        &["import", &file, "--allow-rejects", "--rejects-file", &shown],
    );
    assert_eq!((&taken["rows"], &taken["rejected"]), (&json!(1), &json!(1)));
    assert_eq!(taken["totals"][0]["billed"], "8400");
    let kept = json(data.path(), &["imports", "rejects", text(&taken["batch"])]);
    assert_eq!(
        (list(&kept).len(), &kept[0]["row"], &kept[0]["value"]),
        (1, &json!(3), &json!("1,234.5"))
    );
    // The file of rejects, corrected, is what was missing.
    let corrected = std::fs::read_to_string(&rejects).unwrap().replace("1,234.5", "1234.5");
    let corrected = write(beside.path(), "corrected.csv", &corrected);
    let rest = json(data.path(), &["import", &corrected, "--source", "corrected"]);
    assert_eq!(
        (&rest["rows"], &rest["totals"][0]["billed"]),
        (&json!(1), &json!("1234.5"))
    );
}

#[test]
fn a_dry_run_says_which_rows_are_new_changed_as_they_were_or_gone() {
    let data = empty();
    let place = tempfile::tempdir().unwrap();
    let head = "vendor,invoice_id,billing_month,resource_mode,charge_type,resource_id,quantity,unit_price,amount\n";
    let row = |id: &str, amount: u32| format!("Rack Co,R-1,2026-01,idc,rack,{id},1,{amount},{amount}\n");
    let bill = |name: &str, rows: &[(&str, u32)]| {
        let rows: String = rows.iter().map(|(id, amount)| row(id, *amount)).collect();
        write(place.path(), name, &format!("{head}{rows}"))
    };
    let counts = |file: &str| json(data.path(), &["import", file, "--dry-run"])["compared"].clone();
    let first = bill("first.csv", &[("r-1", 100), ("r-2", 200), ("r-3", 300)]);
    assert_eq!(counts(&first), json!({ "new": 3, "changed": 0, "same": 0, "gone": 0 }));
    headroom(data.path(), &["import", &first]).ok();
    let second = bill("second.csv", &[("r-1", 100), ("r-2", 250), ("r-4", 400), ("r-5", 500)]);
    assert_eq!(counts(&second), json!({ "new": 2, "changed": 1, "same": 1, "gone": 1 }));
    let said = headroom(data.path(), &["import", &second, "--dry-run"]).ok();
    assert!(
        said.out
            .contains("2 new, 1 changed, 1 as they were, 1 not there any more"),
        "{}",
        said.out
    );
}
