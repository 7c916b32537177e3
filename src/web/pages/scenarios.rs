//! Scenarios as a form: which drivers, modules and events go another way, from when to when.

use super::parts::Choice;
use crate::app::{AppError, ScenarioChoices};
use crate::auth::{Permission, Scope};
use crate::refusal::Refusal;
use crate::web::form::Posted;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use headroom_models::capacity::{Scenario, ScenarioDriver, ScenarioModule};
use headroom_models::language::{Language, Name};
use headroom_models::ledger::Month;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Empty rows below those that are filled.
const EMPTY_ROWS: usize = 2;

/// One row of the form: what is chosen, and the fields beside it.
struct Line {
    choices: Vec<Choice>,
    fields: Vec<String>,
}

#[derive(Template)]
#[template(path = "scenarios.html")]
struct Page {
    shell: Shell,
    scenarios: Vec<(String, String, bool)>,
    id: String,
    name: String,
    known: bool,
    percentile: String,
    drivers: Vec<Line>,
    modules: Vec<Line>,
    events: Vec<Line>,
    may_plan: bool,
    whole: bool,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    id: String,
}

/// `GET /capacity/scenarios`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(move |visit| {
            let (scenarios, choices) = visit.app.scenarios()?;
            let opened = scenarios.iter().find(|one| one.id == asked.id).cloned();
            let known = opened.is_some();
            let opened = opened.unwrap_or_else(|| empty(&asked.id));
            build(visit, &scenarios, &choices, &opened, known)
        })
        .await
}

fn empty(id: &str) -> Scenario {
    Scenario {
        id: id.to_owned(),
        name: Name::Same(String::new()),
        driver: Vec::new(),
        module: Vec::new(),
        events: BTreeMap::new(),
        percentile: None,
    }
}

fn build(
    visit: &Visit,
    scenarios: &[Scenario],
    choices: &ScenarioChoices,
    opened: &Scenario,
    known: bool,
) -> Result<Page, AppError> {
    let view = visit.view;
    let organization = visit.app.organization()?;
    let product = |id: &str| view.product(id, organization.product(id).map(|product| &product.name));
    // `product/part`; a product alone stands for everything of it.
    let of_pairs = |pairs: &[(String, String)]| {
        let mut all: Vec<(String, String)> = Vec::new();
        for (id, part) in pairs {
            let whole = format!("{id}/");
            if !all.iter().any(|(value, _)| *value == whole) {
                all.push((whole, view.t1("web-scenario-whole-product", "product", &product(id))));
            }
            let module = organization
                .modules
                .iter()
                .find(|one| one.product == *id && one.id == *part);
            let part_name = module.map_or(part.as_str(), |module| module.name.in_language(view.language));
            all.push((format!("{id}/{part}"), format!("{} / {part_name}", product(id))));
        }
        all
    };
    let row = |all: &[(String, String)], chosen: &str, fields: Vec<String>| {
        let mut choices = vec![Choice {
            value: String::new(),
            label: "—".to_owned(),
            chosen: chosen.is_empty(),
        }];
        // What was written by hand and is no choice of ours is kept.
        let unknown = !chosen.is_empty() && !all.iter().any(|(value, _)| value == chosen);
        let own = unknown.then(|| (chosen.to_owned(), chosen.to_owned()));
        choices.extend(all.iter().cloned().chain(own).map(|(value, label)| Choice {
            chosen: value == chosen,
            value,
            label,
        }));
        Line { choices, fields }
    };
    let month = |month: Option<Month>| month.map(|month| month.to_string()).unwrap_or_default();
    let number = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
    let drivers = of_pairs(&choices.drivers);
    let modules = of_pairs(&choices.modules);
    let events: Vec<(String, String)> = choices
        .events
        .iter()
        .map(|name| {
            let shown = name.in_language(view.language).to_owned();
            (name.in_language(Language::English).to_owned(), shown)
        })
        .collect();
    let filled = opened.driver.iter().map(|change| {
        let fields = vec![change.factor.to_string(), month(change.from), month(change.to)];
        row(&drivers, &format!("{}/{}", change.product, change.metric), fields)
    });
    let driver_rows = filled.chain((0..EMPTY_ROWS).map(|_| row(&drivers, "", vec![String::new(); 3])));
    let filled = opened.module.iter().map(|change| {
        let fields = vec![
            change.work_factor.to_string(),
            number(change.redundancy),
            number(change.lead_time_months),
        ];
        row(&modules, &format!("{}/{}", change.product, change.module), fields)
    });
    let module_rows = filled.chain((0..EMPTY_ROWS).map(|_| row(&modules, "", vec![String::new(); 3])));
    let filled = opened
        .events
        .iter()
        .map(|(name, factor)| row(&events, name, vec![factor.to_string()]));
    let event_rows = filled.chain([row(&events, "", vec![String::new()])]);
    Ok(Page {
        scenarios: scenarios
            .iter()
            .map(|one| {
                let name = one.name.in_language(view.language).to_owned();
                (one.id.clone(), name, known && one.id == opened.id)
            })
            .collect(),
        id: opened.id.clone(),
        name: opened.name.in_language(view.language).to_owned(),
        known,
        percentile: number(opened.percentile),
        drivers: driver_rows.collect(),
        modules: module_rows.collect(),
        events: event_rows.collect(),
        may_plan: visit.app.may(Permission::Plan, &Scope::Company)?,
        whole: visit.app.visible()?.is_everything(),
        shell: visit.shell("capacity", "web-scenarios"),
    })
}

/// Fields of a form in their order: a row has each of its fields once.
type Fields = Vec<(String, String)>;

fn all<'a>(fields: &'a Fields, name: &str) -> Vec<&'a str> {
    let named = fields.iter().filter(|(found, _)| found == name);
    named.map(|(_, value)| value.trim()).collect()
}

fn number<T: FromStr>(text: &str) -> Result<T, AppError> {
    Ok(text
        .parse()
        .map_err(|_| Refusal::new("refused-number").with("text", text))?)
}

fn maybe<T: FromStr>(text: &str) -> Result<Option<T>, AppError> {
    match text {
        "" => Ok(None),
        text => number(text).map(Some),
    }
}

fn month(text: &str) -> Result<Option<Month>, AppError> {
    match text {
        "" => Ok(None),
        text => super::budget_control::month(text).map(Some),
    }
}

/// The scenario that a form describes; `before` keeps its name in the other language.
fn read(fields: &Fields, before: Option<&Scenario>, visit: &Visit) -> Result<Scenario, AppError> {
    let one = |name: &str| all(fields, name).first().copied().unwrap_or_default().to_owned();
    let mut scenario = empty(&one("id"));
    scenario.name = match before.map(|before| &before.name) {
        Some(Name::PerLanguage(names)) => {
            let mut names = names.clone();
            names.insert(visit.view.language, one("name"));
            Name::PerLanguage(names)
        }
        _ => Name::Same(one("name")),
    };
    scenario.percentile = maybe(&one("percentile"))?;
    let at = |name: &str, index: usize| all(fields, name).get(index).copied().unwrap_or_default().to_owned();
    for (index, chosen) in all(fields, "driver").into_iter().enumerate() {
        let Some((product, metric)) = chosen.split_once('/') else {
            continue;
        };
        scenario.driver.push(ScenarioDriver {
            product: product.to_owned(),
            metric: metric.to_owned(),
            factor: number(&at("driver-factor", index))?,
            from: month(&at("driver-from", index))?,
            to: month(&at("driver-to", index))?,
        });
    }
    for (index, chosen) in all(fields, "module").into_iter().enumerate() {
        let Some((product, module)) = chosen.split_once('/') else {
            continue;
        };
        scenario.module.push(ScenarioModule {
            product: product.to_owned(),
            module: module.to_owned(),
            work_factor: maybe(&at("module-factor", index))?.unwrap_or(1.0),
            redundancy: maybe(&at("module-redundancy", index))?,
            lead_time_months: maybe(&at("module-lead", index))?,
        });
    }
    for (index, name) in all(fields, "event")
        .into_iter()
        .enumerate()
        .filter(|(_, name)| !name.is_empty())
    {
        let factor = number(&at("event-factor", index))?;
        scenario.events.insert(name.to_owned(), factor);
    }
    Ok(scenario)
}

/// `POST /capacity/scenarios`.
pub(crate) async fn save(Posted(visit, fields): Posted<Fields>) -> Response {
    visit
        .act(move |visit| {
            visit.app.require_company(Permission::Plan)?;
            let id = all(&fields, "id").first().copied().unwrap_or_default().to_owned();
            let (scenarios, _) = visit.app.scenarios()?;
            let scenario = read(&fields, scenarios.iter().find(|one| one.id == id), visit)?;
            visit.app.save_scenario(&scenario)?;
            Ok(format!("/capacity/scenarios?id={}&done=scenario", scenario.id))
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct Named {
    id: String,
}

/// `POST /capacity/scenarios/forget`.
pub(crate) async fn forget(Posted(visit, named): Posted<Named>) -> Response {
    visit
        .act(move |visit| {
            visit.app.forget_scenario(&named.id)?;
            Ok("/capacity/scenarios?done=scenario-forgotten".to_owned())
        })
        .await
}
