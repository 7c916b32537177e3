//! Configuration: the TOML documents of a company, read together and checked against each other.

mod channel;

pub use channel::{Channel, ChannelKind, MailSecurity};

use crate::allocation::{Mapping, Pool, Rule, link_mappings, mapping_problems, rule_problems};
use crate::budget::{AlertRule, AssessmentSettings, BudgetSettings};
use crate::capacity::{
    CapacityModel, Event, External, Facility, Offer, Price, Risk, Scenario, Surroundings, TermsChoice, Unit, validate,
    validate_surroundings,
};
use crate::forecast::Lifecycle;
use crate::idle::{IdlePolicy, MachineShape};
use crate::ledger::BookSettings;
use crate::organization::{Company, Department, Module, Organization, Product};
use crate::variance::UnitGroup;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Everything that `headroom apply` has been told, in the order of the documents' names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configuration {
    /// Company, departments, products, modules.
    pub organization: Organization,
    /// Allocation rules in order.
    pub rules: Vec<Rule>,
    /// Shared pools in order.
    pub pools: Vec<Pool>,
    /// Mapping tables that rules look products up in.
    pub mappings: Vec<Mapping>,
    /// What capacity is bought in.
    pub units: Vec<Unit>,
    /// The price book.
    pub prices: Vec<Price>,
    /// Capacity models of modules.
    pub capacity: Vec<CapacityModel>,
    /// Events that lift drivers.
    pub events: Vec<Event>,
    /// External services, room, terms and risk of capacity plans.
    pub surroundings: Surroundings,
    /// Other assumptions under a name.
    pub scenarios: Vec<Scenario>,
    /// Stages of life of drivers.
    pub lifecycles: Vec<Lifecycle>,
    /// Budget settings.
    pub budget: BudgetSettings,
    /// How the books are kept.
    pub books: BookSettings,
    /// Idle policies.
    pub idle_policies: Vec<IdlePolicy>,
    /// Units that can be summed.
    pub unit_groups: Vec<UnitGroup>,
    /// Thresholds that warn; the default ones hold when there are none.
    pub alerts: Vec<AlertRule>,
    /// Where alerts are sent.
    pub channels: Vec<Channel>,
    /// Bands of the assessment.
    pub assessment: AssessmentSettings,
    /// What units of the price book are made of.
    pub shapes: Vec<MachineShape>,
}

/// One thing that is wrong with the documents.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{document}: {message}")]
pub struct ConfigurationProblem {
    /// Name of the document, or of all when they disagree with each other.
    pub document: String,
    /// What was found and what would be accepted.
    pub message: String,
}

/// What holds for every capacity plan. `[plan]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanSettings {
    /// How units are paid for where a module does not say.
    #[serde(default)]
    terms: TermsChoice,
}

/// The sections that any one document may hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    company: Option<Company>,
    #[serde(default)]
    department: Vec<Department>,
    #[serde(default)]
    product: Vec<Product>,
    #[serde(default)]
    module: Vec<Module>,
    #[serde(default)]
    rule: Vec<Rule>,
    #[serde(default)]
    pool: Vec<Pool>,
    #[serde(default)]
    mapping: Vec<Mapping>,
    #[serde(default)]
    unit: Vec<Unit>,
    #[serde(default)]
    price: Vec<Price>,
    #[serde(default)]
    capacity: Vec<CapacityModel>,
    #[serde(default)]
    event: Vec<Event>,
    #[serde(default)]
    external: Vec<External>,
    #[serde(default)]
    offer: Vec<Offer>,
    facility: Option<Facility>,
    plan: Option<PlanSettings>,
    risk: Option<Risk>,
    #[serde(default)]
    scenario: Vec<Scenario>,
    #[serde(default)]
    lifecycle: Vec<Lifecycle>,
    budget: Option<BudgetSettings>,
    books: Option<BookSettings>,
    #[serde(default)]
    idle_policy: Vec<IdlePolicy>,
    #[serde(default)]
    unit_group: Vec<UnitGroup>,
    #[serde(default)]
    alert: Vec<AlertRule>,
    #[serde(default)]
    channel: Vec<Channel>,
    assessment: Option<AssessmentSettings>,
    #[serde(default)]
    shape: Vec<MachineShape>,
}

impl Configuration {
    /// Reads documents (name → TOML text) together.
    ///
    /// # Errors
    /// Every problem of every document at once: what cannot be read, with its line, and what does not hold together.
    pub fn read(documents: &BTreeMap<String, String>) -> Result<Configuration, Vec<ConfigurationProblem>> {
        let mut configuration = Configuration::default();
        let mut problems = Vec::new();
        for (name, text) in documents {
            match toml::from_str::<Document>(text) {
                Ok(document) => configuration.add(name, document, &mut problems),
                Err(error) => problems.push(ConfigurationProblem {
                    document: name.clone(),
                    message: error.to_string().trim_end().to_owned(),
                }),
            }
        }
        link_mappings(&mut configuration.rules, &configuration.mappings);
        // Cross references are only worth checking once every document could be read.
        if problems.is_empty() {
            let document = documents.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            problems.extend(
                configuration
                    .cross_problems()
                    .into_iter()
                    .map(|message| ConfigurationProblem {
                        document: document.clone(),
                        message,
                    }),
            );
        }
        if problems.is_empty() {
            Ok(configuration)
        } else {
            Err(problems)
        }
    }

    fn add(&mut self, name: &str, document: Document, problems: &mut Vec<ConfigurationProblem>) {
        let mut twice = |section: &str| {
            problems.push(ConfigurationProblem {
                document: name.to_owned(),
                message: format!("[{section}] stands in another document already: keep one of them"),
            });
        };
        if let Some(company) = document.company
            && self.organization.company.replace(company).is_some()
        {
            twice("company");
        }
        if let Some(budget) = document.budget {
            if self.budget != BudgetSettings::default() {
                twice("budget");
            }
            self.budget = budget;
        }
        if let Some(facility) = document.facility
            && self.surroundings.facility.replace(facility).is_some()
        {
            twice("facility");
        }
        if let Some(plan) = document.plan {
            if self.surroundings.terms != TermsChoice::default() {
                twice("plan");
            }
            self.surroundings.terms = plan.terms;
        }
        if let Some(risk) = document.risk
            && self.surroundings.risk.replace(risk).is_some()
        {
            twice("risk");
        }
        self.surroundings.externals.extend(document.external);
        self.surroundings.offers.extend(document.offer);
        self.scenarios.extend(document.scenario);
        self.lifecycles.extend(document.lifecycle);
        if let Some(books) = document.books {
            if self.books != BookSettings::default() {
                twice("books");
            }
            self.books = books;
        }
        self.organization.departments.extend(document.department);
        self.organization.products.extend(document.product);
        self.organization.modules.extend(document.module);
        self.rules.extend(document.rule);
        self.pools.extend(document.pool);
        self.mappings.extend(document.mapping);
        self.units.extend(document.unit);
        self.prices.extend(document.price);
        self.capacity.extend(document.capacity);
        self.events.extend(document.event);
        self.idle_policies.extend(document.idle_policy);
        self.unit_groups.extend(document.unit_group);
        self.alerts.extend(document.alert);
        self.channels.extend(document.channel);
        if let Some(assessment) = document.assessment {
            self.assessment = assessment;
        }
        self.shapes.extend(document.shape);
    }

    fn cross_problems(&self) -> Vec<String> {
        let mut problems = self.organization.problems();
        problems.extend(self.books.problems());
        problems.extend(mapping_problems(&self.mappings, &self.organization));
        problems.extend(rule_problems(&self.rules, &self.pools, &self.organization));
        problems.extend(
            validate(&self.units, &self.prices, &self.capacity, &self.events)
                .iter()
                .map(ToString::to_string),
        );
        problems.extend(
            validate_surroundings(&self.units, &self.capacity, &self.surroundings)
                .iter()
                .map(ToString::to_string),
        );
        if let Some(risk) = self.surroundings.risk
            && (!(1..=100_000).contains(&risk.samples) || risk.percentile.is_some_and(|p| !(1..=100).contains(&p)))
        {
            problems.push("[risk]: samples must be from 1 to 100000 and percentile from 1 to 100".to_owned());
        }
        for (at, scenario) in self.scenarios.iter().enumerate() {
            problems.extend(scenario.problems(&self.capacity, &self.events));
            if self.scenarios[..at].iter().any(|other| other.id == scenario.id) {
                problems.push(format!("scenario {} is defined twice", scenario.id));
            }
        }
        problems.extend(self.lifecycles.iter().flat_map(Lifecycle::problems));
        for group in &self.unit_groups {
            let known = |unit: &&String| self.units.iter().any(|known| known.id == **unit);
            for unit in group.units.iter().filter(|unit| !known(unit)) {
                problems.push(format!(
                    "unit group '{}' names unit '{unit}', which no [[unit]] describes",
                    group.id
                ));
            }
        }
        problems.extend(self.alerts.iter().filter_map(AlertRule::problem));
        problems.extend(self.channels.iter().filter_map(Channel::problem));
        problems.extend(self.assessment.problems());
        problems.extend(twice("alert", self.alerts.iter().map(|alert| &alert.id)));
        problems.extend(twice("channel", self.channels.iter().map(|channel| &channel.id)));
        for policy in &self.idle_policies {
            problems.extend(policy.check().iter().map(ToString::to_string));
        }
        for shape in &self.shapes {
            if !self.units.iter().any(|unit| unit.id == shape.unit) {
                problems.push(format!(
                    "a [[shape]] is of unit '{}', which no [[unit]] names",
                    shape.unit
                ));
            }
            if shape.vcpus <= 0.0 || shape.memory_gib <= 0.0 {
                problems.push(format!(
                    "the [[shape]] of '{}' has {} vcpus and {} memory_gib: both must be above zero",
                    shape.unit, shape.vcpus, shape.memory_gib
                ));
            }
        }
        let modules = self.organization.modules_by_product();
        for model in &self.capacity {
            if !modules
                .get(&model.product)
                .is_some_and(|modules| modules.contains(&model.module))
            {
                problems.push(format!(
                    "the capacity model of {}/{} is for a module that no organization file names",
                    model.product, model.module
                ));
            }
        }
        for event in &self.events {
            for product in event.products.iter().filter(|product| !modules.contains_key(*product)) {
                problems.push(format!(
                    "an event names product '{product}', which no organization file names"
                ));
            }
        }
        problems
    }

    /// How many there are of each kind of thing, for saying what an apply changed.
    pub fn counts(&self) -> [(&'static str, usize); 10] {
        [
            ("departments", self.organization.departments.len()),
            ("products", self.organization.products.len()),
            ("modules", self.organization.modules.len()),
            ("rules", self.rules.len()),
            ("pools", self.pools.len()),
            ("units", self.units.len()),
            ("prices", self.prices.len()),
            ("capacity models", self.capacity.len()),
            ("events", self.events.len()),
            ("idle policies", self.idle_policies.len()),
        ]
    }
}

/// Names that stand twice in a list.
fn twice<'a>(kind: &str, names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    names
        .filter(|name| !seen.insert(*name))
        .map(|name| format!("{kind} '{name}' stands twice: give each its own id"))
        .collect()
}
