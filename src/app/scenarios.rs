//! Scenarios as forms give them: other assumptions under a name, kept in the documents of the configuration like any other.

use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::capacity::Scenario;
use headroom_models::language::{Language, Name};
use headroom_models::ledger::Month;
use std::collections::BTreeMap;
use toml::Value;

/// The document of scenarios that a form has written.
const DOCUMENT: &str = "scenarios.toml";
const HEAD: &str = "[[scenario]]";

/// What a form can choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScenarioChoices {
    /// Product and the metric that drives its modules.
    pub drivers: Vec<(String, String)>,
    /// Product and module.
    pub modules: Vec<(String, String)>,
    /// Events by name.
    pub events: Vec<Name>,
}

impl App {
    /// The scenarios in force, and what a new one can be made of.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn scenarios(&self) -> Result<(Vec<Scenario>, ScenarioChoices), AppError> {
        self.require_somewhere(Permission::Read)?;
        let configuration = self.with_registers(self.configuration()?.1)?;
        let mut choices = ScenarioChoices {
            drivers: configuration
                .capacity
                .iter()
                .map(|model| (model.product.clone(), model.driver.clone()))
                .filter(|(_, driver)| !driver.is_empty())
                .collect(),
            modules: configuration
                .capacity
                .iter()
                .map(|model| (model.product.clone(), model.module.clone()))
                .collect(),
            events: configuration.events.iter().map(|event| event.name.clone()).collect(),
        };
        for pairs in [&mut choices.drivers, &mut choices.modules] {
            pairs.sort();
            pairs.dedup();
        }
        let english = |name: &Name| name.in_language(Language::English).to_owned();
        choices.events.sort_by_key(english);
        choices.events.dedup_by_key(|name| english(name));
        Ok((configuration.scenarios, choices))
    }

    /// Keeps a scenario under its id, in the place of an older one of that id, as a new version of the configuration.
    ///
    /// # Errors
    /// When its id is none, or it speaks of what the configuration does not know.
    pub fn save_scenario(&self, scenario: &Scenario) -> Result<(), AppError> {
        self.require_company(Permission::Plan)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if scenario.id.is_empty() || scenario.id.len() > 60 || !scenario.id.chars().all(plain) {
            return Err(Refusal::new("refused-scenario-id").with("id", &scenario.id).into());
        }
        self.put_scenario(&scenario.id, Some(scenario))
    }

    /// Takes a scenario out of the configuration.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn forget_scenario(&self, id: &str) -> Result<(), AppError> {
        self.require_company(Permission::Plan)?;
        self.put_scenario(id, None)
    }

    fn put_scenario(&self, id: &str, new: Option<&Scenario>) -> Result<(), AppError> {
        let (_, documents) = self.documents()?;
        let mut changed = BTreeMap::new();
        let mut found = false;
        for (name, text) in &documents {
            let (rest, taken) = without(text, id);
            // One that was written by hand stays in its document; only its text is another.
            let now = match (taken, new) {
                (false, _) => continue,
                (true, Some(scenario)) if !found => format!("{}\n\n{}", rest.trim_end(), written(scenario)),
                (true, _) => format!("{}\n", rest.trim_end()),
            };
            found = true;
            changed.insert(name.clone(), now.trim_start().to_owned());
        }
        match new {
            Some(scenario) if !found => {
                let before = documents.get(DOCUMENT).map_or("", String::as_str);
                let now = format!("{}\n\n{}", before.trim_end(), written(scenario));
                changed.insert(DOCUMENT.to_owned(), now.trim_start().to_owned());
            }
            None if !found => {
                let known: Vec<String> = self.scenario_ids()?;
                return Err(Refusal::new("refused-no-scenario")
                    .with("id", id)
                    .with("known", known.join(", "))
                    .into());
            }
            _ => {}
        }
        self.apply_documents(changed, false).map(|_| ())
    }
}

/// A document without the scenario of an id, and whether it had one. A section ends where the next one begins; everything else stays
/// to the letter.
fn without(text: &str, id: &str) -> (String, bool) {
    let mut sections = vec![String::new()];
    for line in text.split_inclusive('\n') {
        let begins = line.trim_start();
        // Sub-tables of a scenario belong to it.
        if begins.starts_with('[') && !begins.starts_with("[scenario.") && !begins.starts_with("[[scenario.") {
            sections.push(String::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push_str(line);
        }
    }
    let is_it = |section: &String| {
        let table = section
            .trim_start()
            .starts_with(HEAD)
            .then(|| section.parse::<toml::Table>().ok());
        let first = table
            .flatten()
            .and_then(|table| table.get("scenario")?.as_array()?.first().cloned());
        first.is_some_and(|one| one.get("id").and_then(Value::as_str) == Some(id))
    };
    let before = sections.len();
    sections.retain(|section| !is_it(section));
    let taken = sections.len() < before;
    (sections.concat(), taken)
}

/// A scenario as one would write it by hand.
fn written(scenario: &Scenario) -> String {
    let text = |text: &str| Value::from(text).to_string();
    let mut lines = vec![HEAD.to_owned(), format!("id = {}", text(&scenario.id))];
    lines.push(match &scenario.name {
        Name::Same(name) => format!("name = {}", text(name)),
        Name::PerLanguage(names) => {
            let names = names
                .iter()
                .map(|(language, name)| format!("{} = {}", language.tag(), text(name)));
            format!("name = {{ {} }}", names.collect::<Vec<_>>().join(", "))
        }
    });
    let list = |name: &str, items: Vec<String>| {
        (!items.is_empty()).then(|| {
            format!(
                "{name} = [\n{}]",
                items.iter().map(|item| format!("    {item},\n")).collect::<String>()
            )
        })
    };
    let of = |pairs: Vec<(&str, Option<String>)>| {
        let pairs = pairs
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name} = {}", value?)));
        format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
    };
    let given = |value: &str| (!value.is_empty()).then(|| text(value));
    let month = |month: Option<Month>| month.map(|month| text(&month.to_string()));
    let number = |value: f64| Value::from(value).to_string();
    lines.extend(list(
        "driver",
        scenario
            .driver
            .iter()
            .map(|change| {
                of(vec![
                    ("product", given(&change.product)),
                    ("metric", given(&change.metric)),
                    ("factor", Some(number(change.factor))),
                    ("from", month(change.from)),
                    ("to", month(change.to)),
                ])
            })
            .collect(),
    ));
    lines.extend(list(
        "module",
        scenario
            .module
            .iter()
            .map(|change| {
                of(vec![
                    ("product", given(&change.product)),
                    ("module", given(&change.module)),
                    (
                        "work_factor",
                        (change.work_factor != 1.0).then(|| number(change.work_factor)),
                    ),
                    ("redundancy", change.redundancy.map(|value| value.to_string())),
                    (
                        "lead_time_months",
                        change.lead_time_months.map(|value| value.to_string()),
                    ),
                ])
            })
            .collect(),
    ));
    if !scenario.events.is_empty() {
        let events = scenario
            .events
            .iter()
            .map(|(name, factor)| format!("{} = {}", text(name), number(*factor)));
        lines.push(format!("events = {{ {} }}", events.collect::<Vec<_>>().join(", ")));
    }
    lines.extend(
        scenario
            .percentile
            .map(|percentile| format!("percentile = {percentile}")),
    );
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::{without, written};
    use headroom_models::capacity::Scenario;

    #[derive(serde::Deserialize)]
    struct Document {
        scenario: Vec<Scenario>,
    }

    const TEXT: &str = "# by hand\n[company]\nname = \"A\"\n\n[[scenario]]\nid = \"growth\"\nname = { zh-CN = \"增长 \\\"快\\\"\", en = \"Growth\" }\n\
        driver = [{ product = \"video\", factor = 1.2, from = \"2027-06\" }]\nmodule = [{ product = \"video\", module = \"db\", redundancy = 2 }]\n\
        events = { \"Double 11\" = 1.0 }\npercentile = 90\n\n[[scenario]]\nid = \"other\"\nname = \"B\"\n\n[risk]\nseed = 1\n";

    #[test]
    fn a_scenario_is_written_as_it_was_read_and_nothing_else_moves() {
        let document: Document = toml::from_str(
            &TEXT
                .replace("[company]\nname = \"A\"", "")
                .replace("[risk]\nseed = 1", ""),
        )
        .unwrap();
        for scenario in &document.scenario {
            let again: Document = toml::from_str(&written(scenario)).unwrap();
            assert_eq!(again.scenario, std::slice::from_ref(scenario));
        }
        let (rest, taken) = without(TEXT, "growth");
        assert!(taken);
        assert!(rest.starts_with("# by hand\n[company]\nname = \"A\"\n") && rest.ends_with("[risk]\nseed = 1\n"));
        assert!(rest.contains("id = \"other\"") && !rest.contains("growth"), "{rest}");
        assert_eq!(without(TEXT, "missing"), (TEXT.to_owned(), false));
    }
}
