//! The configuration guide's own examples are read by the reader that `headroom apply` uses.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use headroom_models::budget::BudgetSettings;
use headroom_models::configuration::Configuration;
use std::collections::BTreeMap;

#[test]
fn the_guide_is_read_as_it_stands() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/configuration.md");
    let guide = std::fs::read_to_string(path).unwrap();
    let documents: BTreeMap<String, String> = guide
        .split("```toml")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .enumerate()
        .map(|(number, block)| (format!("{number:02}.toml"), block.to_owned()))
        .collect();
    let configuration = Configuration::read(&documents).unwrap();
    assert!(!configuration.units.is_empty() && !configuration.prices.is_empty());
    assert!(!configuration.capacity.is_empty() && !configuration.events.is_empty());
    assert_eq!(configuration.budget, BudgetSettings::default());
    assert!(
        configuration
            .idle_policies
            .iter()
            .all(|policy| policy.check().is_empty())
    );
    assert!(!configuration.idle_policies.is_empty());
}
