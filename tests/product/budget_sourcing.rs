//! Where the resources behind a budget come from: stated by derivations and by hand, looked at in execution, taken out and back
//! in as a sheet.

use super::support::{demo, demo_copy, headroom, json, list, money, query, text};
use headroom_models::ledger::Money;
use serde_json::Value;
use std::collections::BTreeMap;

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// Sum of one figure over the rows right below the company.
fn below(tree: &Value, figure: &str) -> Money {
    let rows = list(&tree["rows"]).iter();
    rows.filter(|row| list(&row["path"]).len() == 1)
        .map(|row| money(&row[figure]))
        .sum()
}

#[test]
fn execution_by_mode_provider_and_service_ties_out_to_the_company() {
    let data = &demo().data;
    let figures = [
        "month_actual",
        "quarter_budget",
        "ytd_actual",
        "ytd_budget",
        "year_budget",
        "commitments",
        "available",
    ];
    for by in [
        "resource-mode",
        "provider",
        "service-category",
        "provider,product,resource-mode",
    ] {
        let tree = json(data, &["report", "execution", "--by", by]);
        for figure in figures {
            let company = money(&list(&tree["rows"])[0][figure]);
            assert_eq!(below(&tree, figure), company, "{by} {figure}");
        }
    }
    // The actual of each mode is the cost that the ledger has of it.
    let tree = json(data, &["report", "execution", "--by", "resource-mode"]);
    let month = text(&tree["as_of"]);
    let months = format!("2026-01..{month}");
    let costs = words("costs --by resource-mode --currency CNY --month");
    let costs = json(data, &[costs, vec![&months]].concat());
    let modes = list(&costs["rows"]);
    assert!(modes.len() >= 4, "{costs}");
    for row in modes {
        let mode = text(&list(&row["values"])[0]);
        let of = list(&tree["rows"])
            .iter()
            .find(|row| row["path"] == serde_json::json!([mode]));
        assert_eq!(money(&of.unwrap()["ytd_actual"]), money(&row["amount"]), "{mode}");
    }
    // Most of the budget says where it comes from; what does not has words of its own in both languages.
    let open = list(&tree["rows"])
        .iter()
        .find(|row| row["path"] == serde_json::json!([""]));
    let open = open.map_or(Money::ZERO, |row| money(&row["year_budget"]));
    let whole = money(&list(&tree["rows"])[0]["year_budget"]);
    assert!(open.times(5) < whole, "{open} of {whole}");
    let folder = tempfile::tempdir().unwrap();
    for ending in ["csv", "html", "xlsx", "json"] {
        let file = folder.path().join(format!("by.{ending}")).display().to_string();
        let line = words("report execution --by provider,resource-mode --lang zh-CN --out");
        headroom(data, &[line, vec![&file]].concat()).ok();
    }
    let table = std::fs::read_to_string(folder.path().join("by.csv")).unwrap();
    assert!(table.contains("托管服务") && table.contains("资源模式"), "{table}");
}

#[test]
fn lines_are_taken_out_edited_and_taken_back() {
    let copy = demo_copy();
    let data = copy.path();
    let frozen =
        "SELECT count(*) || ' ' || group_concat(version || provider || amount) FROM budget_lines WHERE version = 1";
    let before = query(data, frozen);
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("lines.csv");
    let file = sheet.display().to_string();
    let out = words("budget export --year 2027 --out");
    let written = json(data, &[out, vec![&file]].concat());
    let set = [words("budget set --year 2027 --input"), vec![&file]].concat();
    let same = json(data, &set);
    assert_eq!(list(&same["changes"]["cells"]).len(), 0, "{same}");
    assert_eq!(same["version"]["total"], written["version"]["total"]);

    // A row of the sheet is what of a cell comes from one place.
    let content = std::fs::read_to_string(&sheet).unwrap();
    let mut lines: Vec<String> = content.lines().map(str::to_owned).collect();
    let at = lines
        .iter()
        .position(|line| line.contains(",live,") && line.contains(",cloud,opex,cloud,"))
        .unwrap();
    let fields: Vec<&str> = lines[at].split(',').collect();
    let (provider, amount): (String, Money) = (fields[6].to_owned(), fields[8].parse().unwrap());
    let changed = lines[at].replace(&amount.to_string(), &(amount + Money::whole(7)).to_string());
    lines[at] = changed;
    std::fs::write(&sheet, lines.join("\n")).unwrap();
    let edited = json(data, &set);
    let cells = list(&edited["changes"]["cells"]);
    assert_eq!(cells.len(), 1, "{edited}");
    assert_eq!(
        (text(&cells[0]["provider"]), money(&cells[0]["difference"])),
        (provider.as_str(), Money::whole(7))
    );

    // A bad mode is named with its row.
    lines[at] = lines[at].replace(",cloud,opex,cloud,", ",cloud,opex,clouds,");
    std::fs::write(&sheet, lines.join("\n")).unwrap();
    headroom(data, &set).refused(&["clouds", "hosting", &format!("{}", at + 1)]);

    // With an amount a part is set; without one the cell's lines are said to come from there.
    let cell = "budget set --year 2027 --product pay --cost-type labour --month 2027-02 --reason x";
    json(data, &words(&format!("{cell} --amount 100")));
    json(
        data,
        &words(&format!("{cell} --provider Ruian --resource-mode hosting")),
    );
    json(data, &words(&format!("{cell} --provider Beihai --amount 40")));
    let shown = json(data, &words("budget show --year 2027 --product pay"));
    let mut stated: BTreeMap<&str, Money> = BTreeMap::new();
    let lines = list(&shown["lines"]).iter();
    for line in lines.filter(|line| line["cost_type"] == "labour" && line["month"] == "2027-02") {
        *stated.entry(text(&line["provider"])).or_default() += money(&line["amount"]);
    }
    let expected = BTreeMap::from([("Ruian", Money::whole(100)), ("Beihai", Money::whole(40))]);
    assert_eq!(stated, expected);
    for (language, word) in [("zh-CN", "托管服务 · Ruian"), ("en", "Managed hosting · Ruian")] {
        let line = format!("--lang {language} budget show --year 2027 --product pay --lines");
        let printed = headroom(data, &words(&line)).ok().out;
        assert!(printed.contains(word), "{printed}");
    }

    // A supplement and a cut keep to where the lines come from.
    json(
        data,
        &words("budget supplement --year 2026 --product live --amount 1000 --month 2026-11 --reason x"),
    );
    let compared = json(data, &words("budget compare --year 2026"));
    let cells = list(&compared["cells"]);
    assert!(cells.iter().any(|cell| cell["provider"].is_string()), "{compared}");
    let sum: Money = cells.iter().map(|cell| money(&cell["difference"])).sum();
    assert_eq!(sum, Money::whole(1_000));
    // Nothing of this touched the approved version.
    assert_eq!(query(data, frozen), before);
    headroom(data, &["check", "--only", "budgets"]).ok();
}

#[test]
fn lines_of_before_stay_as_they_are_and_say_what_their_derivation_says() {
    let copy = demo_copy();
    let data = copy.path();
    // As an earlier version left them: nothing stated. The triggers keep anybody else from it.
    query(
        data,
        "DROP TRIGGER budget_lines_are_frozen_for_updates;
         UPDATE budget_lines SET resource_mode = NULL, provider = NULL, service_category = NULL WHERE version = 1 RETURNING 'x'",
    );
    let tree = json(data, &["report", "execution", "--by", "resource-mode"]);
    let rows = list(&tree["rows"]);
    let open = rows.iter().find(|row| row["path"] == serde_json::json!([""])).unwrap();
    assert_eq!(money(&open["year_budget"]), money(&rows[0]["year_budget"]));
    assert_eq!(money(&open["ytd_actual"]), Money::ZERO);
    for (language, word) in [("zh-CN", "（未注明）"), ("en", "(not stated)")] {
        let line = format!("--lang {language} report execution --by resource-mode");
        let printed = headroom(data, &words(&line)).ok().out;
        assert!(printed.contains(word), "{printed}");
    }
    // A revision can state what the approved version does not.
    json(data, &words("budget revise --year 2026 --reason sources"));
    let cell = "budget set --year 2026 --product live --cost-type cloud --month 2026-11 --provider Aliyun";
    let cell = format!("{cell} --resource-mode cloud --module app --reason x");
    let edited = json(data, &words(&cell));
    assert_eq!(money(&edited["changes"]["difference"]), Money::ZERO);
}
