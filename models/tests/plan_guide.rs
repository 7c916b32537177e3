//! The configuration guide's own examples are read by the types of the plan.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use headroom_models::budget::BudgetSettings;
use headroom_models::capacity::{CapacityModel, Event, Price, Unit, validate};
use headroom_models::idle::IdlePolicy;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    #[serde(default)]
    unit: Vec<Unit>,
    #[serde(default)]
    price: Vec<Price>,
    #[serde(default)]
    capacity: Vec<CapacityModel>,
    #[serde(default)]
    event: Vec<Event>,
    #[serde(default)]
    budget: BudgetSettings,
    #[serde(default)]
    idle_policy: Vec<IdlePolicy>,
}

#[test]
fn the_guide_is_read_as_it_stands() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/configuration.md");
    let guide = std::fs::read_to_string(path).unwrap();
    let block = |of: &str| {
        let block = guide
            .split("```toml")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .find(|b| b.contains(of));
        toml::from_str::<Sections>(block.unwrap()).unwrap()
    };
    let plan = block("[[capacity]]");
    assert_eq!(
        (plan.unit.len(), plan.price.len(), plan.capacity.len(), plan.event.len()),
        (1, 1, 1, 1)
    );
    assert_eq!(validate(&plan.unit, &plan.price, &plan.capacity, &plan.event), []);
    let rest = block("[[idle_policy]]");
    assert_eq!(rest.budget, BudgetSettings::default());
    assert_eq!(rest.idle_policy[0].check(), []);
}
