//! Dated mapping tables: which product a resource belongs to in which month.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod allocation_support;

use allocation_support::*;
use headroom_models::ledger::Column;
use headroom_models::organization::UNALLOCATED;

const RULES: &str = r#"
    [[mapping]]
    id = "cmdb"
    column = "ResourceId"
    entries = [
        { value = "SRV-1", product = "video", module = "stream", valid_to = "2026-03" },
        { value = "SRV-1", product = "shop", valid_from = "2026-04" },
        { value = "SRV-2", product = "视频", valid_from = "2026-02", valid_to = "2026-02" },
    ]
    [[mapping]]
    id = "teams"
    tag = "团队"
    entries = [{ value = "增长", product = "feed" }]
    [[rule]]
    id = "machines"
    when = { column = "ResourceId", glob = "SRV-*" }
    assign = { product_from_mapping = "cmdb" }
    [[rule]]
    id = "teams"
    when = { always = true }
    assign = { product_from_mapping = "teams" }
"#;

#[test]
fn lines_hold_in_their_months_and_the_rest_goes_on() {
    let configuration = configuration(RULES);
    let machine = |name: &str, amount: &str| Row::new("idc", "CNY", amount).with(Column::ResourceId, name);
    let rows = [
        machine("SRV-1", "1"),
        machine("SRV-2", "10"),
        machine("srv-1", "100"),
        machine("SRV-9", "1000").with(Column::Tags, r#"{"团队":"增长"}"#),
    ];
    for (at, expected) in [
        (
            "2026-02",
            vec![(UNALLOCATED, "100"), ("feed", "1000"), ("video", "1"), ("视频", "10")],
        ),
        ("2026-03", vec![(UNALLOCATED, "110"), ("feed", "1000"), ("video", "1")]),
        ("2026-04", vec![(UNALLOCATED, "110"), ("feed", "1000"), ("shop", "1")]),
    ] {
        let result = try_run(&configuration, &Metrics::new(), sources(&rows), month(at)).unwrap();
        assert_eq!(by_product(&result), expect(&expected), "{at}");
        let modules: Vec<&str> = result
            .costs
            .iter()
            .map(|cost| cost.module.as_str())
            .filter(|m| !m.is_empty())
            .collect();
        assert_eq!(modules, if at < "2026-04" { vec!["stream"] } else { vec![] });
    }
}

#[test]
fn tables_that_do_not_hold_together_are_refused() {
    let mapping = |entries: &str| format!("[[mapping]]\nid = \"m\"\ncolumn = \"ResourceId\"\nentries = [{entries}]");
    for (entries, problem) in [
        (
            r#"{ value = "a", product = "nobody" }"#,
            "mapping 'm' takes 'a' to product 'nobody', which no organization file names",
        ),
        (
            r#"{ value = "a", product = "shop", module = "stream" }"#,
            "mapping 'm' takes 'a' to module 'stream', which product 'shop' does not have",
        ),
        (
            r#"{ value = "a", product = "shop", valid_to = "2026-03" }, { value = "a", product = "video", valid_from = "2026-03" }"#,
            "mapping 'm' takes 'a' to two lines in one month: end the earlier line (valid_to) before the later starts",
        ),
        (
            r#"{ value = "a", product = "shop", valid_from = "2026-03", valid_to = "2026-02" }"#,
            "mapping 'm': the line of 'a' ends in 2026-02, before it starts in 2026-03",
        ),
    ] {
        assert_eq!(problems(&mapping(entries)), [problem]);
    }
    let rule = "[[rule]]\nid = \"r\"\nwhen = { always = true }\nassign = { product_from_mapping = \"x\" }";
    assert_eq!(problems(rule), ["rule 'r' names mapping 'x', which no file defines"]);
    let column = problems("[[mapping]]\nid = \"m\"\ncolumn = \"BilledCost\"\nentries = []");
    assert!(column[0].contains("column BilledCost holds no text"), "{column:?}");
    let both =
        "[[rule]]\nid = \"r\"\nwhen = { always = true }\nassign = { product_from_mapping = \"x\", product = \"shop\" }";
    assert!(problems(both)[0].contains("product_from_mapping stands alone"));
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    #[serde(default)]
    rule: Vec<headroom_models::allocation::Rule>,
    #[serde(default)]
    mapping: Vec<headroom_models::allocation::Mapping>,
    #[serde(default)]
    pool: Vec<headroom_models::allocation::Pool>,
}

#[test]
fn the_guides_examples_are_read_as_they_stand() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/configuration.md");
    let guide = std::fs::read_to_string(path).unwrap();
    let block = |of: &str| {
        let mut blocks = guide
            .split("```toml")
            .skip(1)
            .filter_map(|rest| rest.split("```").next());
        blocks
            .find(|block| block.trim_start().starts_with(of))
            .unwrap()
            .to_owned()
    };
    let sections = |text: &str| toml::from_str::<Sections>(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(sections(&block("[[rule]]")).rule.len(), 2);
    assert_eq!(sections(&block("[[mapping]]")).mapping[0].entries.len(), 2);
    let pools = block("[[pool]]");
    assert_eq!(sections(&pools).pool.len(), 1);
    // What stands behind "# " is an alternative: each split is read in place of the one in use, the rest beside it.
    let mut alternatives: Vec<String> = Vec::new();
    for line in pools.lines().filter_map(|line| line.strip_prefix("# ")) {
        match alternatives.last_mut() {
            Some(open) if line.starts_with([' ', ']']) => *open += &format!("\n{line}"),
            _ => alternatives.push(line.to_owned()),
        }
    }
    let (splits, others): (Vec<_>, Vec<_>) = alternatives.into_iter().partition(|line| line.starts_with("split"));
    assert_eq!((splits.len(), others.len()), (5, 3));
    for split in splits {
        let pool = format!("[[pool]]\nid = \"p\"\nname = \"P\"\n{split}\n{}", others.join("\n"));
        assert_eq!(sections(&pool).pool.len(), 1);
    }
}
