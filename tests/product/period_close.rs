//! The way of a month: open, closing with its checklist, closed; and what cannot be closed.

use super::books::{Company, ORGANIZATION, invoice};
use super::support::{headroom, json, list, state, text};

fn import(company: &Company, name: &str, content: &str, source: &str) {
    let file = company.file(name, content);
    headroom(company.path(), &["import", &file, "--source", source]).ok();
}

#[test]
fn a_month_goes_from_open_through_closing_to_closed_with_its_checklist_on_record() {
    let company = Company::new();
    let path = company.path();
    import(&company, "january.csv", &invoice("2026-01", "8400.00"), "machine-room");
    headroom(path, &["allocate", "--month", "2026-01"]).ok();
    let started = json(path, &["close", "2026-01", "--start"]);
    assert_eq!(text(&started["state"]), "closing");
    let items: Vec<&str> = list(&started["checklist"])
        .iter()
        .map(|item| text(&item["item"]))
        .collect();
    assert_eq!(items, ["sources", "accruals", "left-out", "ties-out", "unallocated"]);
    let months = json(path, &["months"]);
    let states: Vec<(&str, &str)> = list(&months["months"])
        .iter()
        .map(|month| (text(&month["month"]), text(&month["state"])))
        .collect();
    assert_eq!(states, [("2025-12", "closed"), ("2026-01", "closing")]);

    // A month that is being closed still takes charges, and then is not as allocated.
    import(&company, "late.csv", &invoice("2026-01", "100.00"), "late");
    headroom(path, &["close", "2026-01"]).refused(&["headroom allocate --month 2026-01"]);
    headroom(path, &["allocate", "--month", "2026-01"]).ok();
    assert_eq!(text(&json(path, &["close", "2026-01"])["state"]), "closed");
    let steps = json(path, &["months"]);
    let way: Vec<&str> = list(&steps["steps"])
        .iter()
        .filter(|step| text(&step["month"]) == "2026-01")
        .map(|step| text(&step["state"]))
        .collect();
    assert_eq!(way, ["closing", "closed"]);
    headroom(path, &["reopen", "2026-01", "--reason", "one more bill"]).ok();
    let months = json(path, &["months"]);
    assert_eq!(text(&months["months"][1]["state"]), "open");
    for language in ["en", "zh-CN"] {
        assert!(
            headroom(path, &["months", "--lang", language])
                .ok()
                .out
                .contains("2026-01")
        );
    }
}

#[test]
fn missing_bills_and_too_much_unallocated_keep_a_month_open_unless_accepted() {
    let company = Company::new();
    let path = company.path();
    let strict = format!(
        "{ORGANIZATION}\n[books]\nmost_unallocated_percent = 5\n\
         expected_sources = [{{ source = \"power-company\", valid_from = \"2026-01\" }}]\n"
    );
    headroom(path, &["apply", &company.file("organization.toml", &strict)]).ok();
    let nobody = invoice("2026-01", "1000.00").replace("video,stream", ",");
    import(&company, "january.csv", &nobody, "machine-room");
    headroom(path, &["allocate", "--month", "2026-01"]).ok();
    let before = state(path);
    headroom(path, &["close", "2026-01"]).refused(&["power-company", "100 %", "at most 5 %", "--accept"]);
    headroom(path, &["close", "2026-01", "--accept", " "]).refused(&["reason"]);
    assert_eq!(state(path), before);
    let closed = json(path, &["close", "2026-01", "--accept", "the power bill comes in March"]);
    assert_eq!(text(&closed["state"]), "closed");
    let steps = json(path, &["months"]);
    let last = list(&steps["steps"]).last().unwrap();
    assert_eq!(text(&last["reason"]), "the power bill comes in March");
    assert_eq!(text(&last["checklist"][0]["state"]), "open");
}

#[test]
fn a_closed_month_run_by_other_rules_gives_a_difference_and_touches_nothing() {
    let company = Company::new();
    let path = company.path();
    let other = ORGANIZATION.replace(
        "assign = { product_from_column = \"x_Product\", module_from_column = \"x_Module\" }",
        "assign = { product = \"shop\" }",
    );
    headroom(path, &["apply", &company.file("organization.toml", &other)]).ok();
    let before = state(path);
    let compared = json(path, &["allocate", "--month", "2025-12", "--rules", "2"]);
    let moved: Vec<(&str, &str, &str)> = list(&compared["moved"])
        .iter()
        .map(|line| (text(&line["product"]), text(&line["booked"]), text(&line["compared"])))
        .collect();
    assert_eq!(moved, [("shop", "0", "8400"), ("video", "8400", "0")]);
    assert_eq!(state(path), before);
    // The month itself stays as it was closed, also when all months are run.
    let run = json(path, &["allocate"]);
    assert_eq!(run["months"][0]["closed"], true);
    let costs = json(path, &["costs", "--by", "product", "--month", "2025-12"]);
    assert_eq!(text(&costs["rows"][0]["values"][0]), "video");
}

#[test]
fn running_one_month_touches_one_month() {
    let company = Company::new();
    let path = company.path();
    for month in ["2026-01", "2026-02"] {
        import(
            &company,
            &format!("{month}.csv"),
            &invoice(month, "10.00"),
            "machine-room",
        );
    }
    headroom(path, &["allocate"]).ok();
    let runs = |state: &super::support::State, month: &str| {
        let of_month = state
            .files
            .keys()
            .filter(|path| path.starts_with(&format!("allocated/month={month}/run")));
        of_month.count()
    };
    let before = state(path);
    headroom(path, &["allocate", "--month", "2026-02"]).ok();
    let after = state(path);
    assert_eq!((runs(&before, "2026-02"), runs(&after, "2026-02")), (1, 2));
    assert_eq!((runs(&before, "2026-01"), runs(&after, "2026-01")), (1, 1));
    assert_eq!((runs(&before, "2025-12"), runs(&after, "2025-12")), (1, 1));
    // Twice the same, to the byte.
    let hashes: Vec<&String> = after
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("allocated/month=2026-02/run"))
        .map(|(_, hash)| hash)
        .collect();
    assert_eq!(hashes[0], hashes[1]);
}
