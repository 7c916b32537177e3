//! Scenarios: the same plan under other assumptions.

use super::{CapacityModel, Drivers, Event, Surroundings};
use crate::language::{Language, Name};
use crate::ledger::Month;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A driver that goes another way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioDriver {
    /// Product; every one when empty.
    #[serde(default)]
    pub product: String,
    /// Metric; every one when empty.
    #[serde(default)]
    pub metric: String,
    /// Factor on the planned value.
    pub factor: f64,
    /// First month.
    #[serde(default)]
    pub from: Option<Month>,
    /// Last month.
    #[serde(default)]
    pub to: Option<Month>,
}

/// A module that works another way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioModule {
    /// Product.
    pub product: String,
    /// Module; all of the product's when empty.
    #[serde(default)]
    pub module: String,
    /// Factor on the work per driver unit.
    #[serde(default = "one")]
    pub work_factor: f64,
    /// Redundancy instead of the model's.
    #[serde(default)]
    pub redundancy: Option<u32>,
    /// Lead time instead of the model's.
    #[serde(default)]
    pub lead_time_months: Option<u32>,
}

fn one() -> f64 {
    1.0
}

/// Other assumptions under a name. `[[scenario]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name for commands.
    pub id: String,
    /// Name for people.
    pub name: Name,
    /// Drivers that go another way.
    #[serde(default)]
    pub driver: Vec<ScenarioDriver>,
    /// Modules that work another way.
    #[serde(default)]
    pub module: Vec<ScenarioModule>,
    /// Factors of events by name; 1 takes an event out.
    #[serde(default)]
    pub events: BTreeMap<String, f64>,
    /// Percentile of the need that is bought.
    #[serde(default)]
    pub percentile: Option<u32>,
}

impl Scenario {
    /// What is wrong with it, given what the configuration knows.
    pub fn problems(&self, models: &[CapacityModel], events: &[Event]) -> Vec<String> {
        let mut problems = Vec::new();
        let mut say = |text: String| problems.push(format!("scenario {}: {text}", self.id));
        for change in &self.driver {
            let known = models.iter().any(|model| {
                (change.product.is_empty() || model.product == change.product)
                    && (change.metric.is_empty() || model.driver == change.metric)
            });
            if !known {
                say(format!(
                    "no capacity model is driven by {}/{}",
                    change.product, change.metric
                ));
            }
            if !(change.factor.is_finite() && change.factor >= 0.0) {
                say(format!("factor = {}; it must be zero or more", change.factor));
            }
        }
        for change in &self.module {
            let known = models.iter().any(|model| {
                model.product == change.product && (change.module.is_empty() || model.module == change.module)
            });
            if !known {
                say(format!("no capacity model of {}/{}", change.product, change.module));
            }
            if !(change.work_factor.is_finite() && change.work_factor >= 0.0) {
                say(format!("work_factor = {}; it must be zero or more", change.work_factor));
            }
        }
        for (name, factor) in &self.events {
            if !events.iter().any(|event| event.is_named(name)) {
                say(format!("no event is named '{name}'"));
            }
            if !(factor.is_finite() && *factor > 0.0) {
                say(format!("the factor of event {name} = {factor}; it must be above zero"));
            }
        }
        if self
            .percentile
            .is_some_and(|percentile| !(1..=100).contains(&percentile))
        {
            say("percentile must be from 1 to 100".to_owned());
        }
        problems
    }

    /// Changes what a plan is made from.
    pub fn apply(
        &self,
        models: &mut [CapacityModel],
        events: &mut [Event],
        targets: &mut Drivers,
        surroundings: &mut Surroundings,
    ) {
        for change in &self.driver {
            targets.scale(
                |product, metric, month| {
                    (change.product.is_empty() || change.product == product)
                        && (change.metric.is_empty() || change.metric == metric)
                        && change.from.is_none_or(|from| month >= from)
                        && change.to.is_none_or(|to| month <= to)
                },
                change.factor,
            );
        }
        for change in &self.module {
            for model in models.iter_mut().filter(|model| {
                model.product == change.product && (change.module.is_empty() || model.module == change.module)
            }) {
                model.work.values_mut().for_each(|work| *work *= change.work_factor);
                model.redundancy = change.redundancy.unwrap_or(model.redundancy);
                model.lead_time_months = change.lead_time_months.unwrap_or(model.lead_time_months);
            }
        }
        for event in events {
            if let Some((_, factor)) = self.events.iter().find(|(name, _)| event.is_named(name)) {
                event.factor = *factor;
            }
        }
        if let Some(percentile) = self.percentile {
            surroundings.risk.get_or_insert_default().percentile = Some(percentile);
        }
    }
}

impl Event {
    /// True when the event has that name in any language.
    pub fn is_named(&self, name: &str) -> bool {
        Language::ALL
            .iter()
            .any(|language| self.name.in_language(*language) == name)
    }
}
