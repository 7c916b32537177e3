//! Capacity: what each module needs, has and lacks, when to order, and the arithmetic of every step.

use super::parts::{Choice, head, number, row, word};
use crate::app::PlanRequest;
use crate::refusal::Refusal;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use headroom_reports::export::screen::tables::Table;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Asked {
    year: Option<i32>,
    #[serde(default)]
    module: String,
    #[serde(default)]
    scenario: String,
}

struct ModuleLine {
    key: String,
    name: String,
    driver: String,
    unit: String,
    needed: u64,
    inventory: u64,
    shortage: u64,
    surplus: u64,
    orders: Vec<String>,
    open: bool,
}

#[derive(Template)]
#[template(path = "capacity.html")]
struct Page {
    shell: Shell,
    year: i32,
    years: Vec<Choice>,
    scenarios: Vec<Choice>,
    scenario: String,
    as_of: String,
    modules: Vec<ModuleLine>,
    steps: Option<(String, Table)>,
    problems: Vec<String>,
}

/// `GET /capacity`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(move |visit| {
            let (view, app) = (visit.view, &visit.app);
            let fiscal = app.settings().fiscal;
            let last = fiscal.year_of(app.last_reported_month()?);
            let year = asked.year.unwrap_or(last + 1);
            let shown = app.capacity_plan(&PlanRequest {
                year,
                scenario: Some(asked.scenario.clone()).filter(|scenario| !scenario.is_empty()),
                ..PlanRequest::default()
            })?;
            let (plan, as_of) = (&shown.plan, shown.as_of);
            let ids = std::iter::once(String::new()).chain(app.scenario_ids()?);
            let scenarios = ids.map(|id| Choice {
                label: if id.is_empty() {
                    view.t("web-the-plan")
                } else {
                    id.clone()
                },
                chosen: id == asked.scenario,
                value: id,
            });
            let organization = app.organization()?;
            let name = |product: &str, module: &str| {
                let known = organization.product(product).map(|product| &product.name);
                let modules = &organization.modules;
                let found = modules.iter().find(|one| one.product == product && one.id == module);
                let module = found.map_or(module, |one| one.name.in_language(view.language));
                format!("{} / {module}", view.product(product, known))
            };
            let modules: Vec<ModuleLine> = plan
                .modules
                .iter()
                .map(|module| {
                    let months = &module.months;
                    let most = |pick: fn(&headroom_models::capacity::ModuleMonth) -> u64| {
                        months.iter().map(pick).max().unwrap_or_default()
                    };
                    let key = format!("{}/{}", module.product, module.module);
                    ModuleLine {
                        name: name(&module.product, &module.module),
                        driver: module.driver.clone(),
                        unit: module.unit.clone(),
                        needed: most(|month| month.sizing.total),
                        inventory: months.first().map_or(0, |month| month.inventory),
                        shortage: most(|month| month.shortage),
                        surplus: most(|month| month.surplus),
                        orders: months
                            .iter()
                            .filter(|month| month.arriving > 0)
                            .map(|month| {
                                let order = month.order_month.map(|month| view.month(month)).unwrap_or_default();
                                format!("{} → {} (+{})", order, view.month(month.month), month.arriving)
                            })
                            .collect(),
                        open: key == asked.module,
                        key,
                    }
                })
                .collect();
            let opened = plan
                .modules
                .iter()
                .find(|module| format!("{}/{}", module.product, module.module) == asked.module);
            if opened.is_none() && !asked.module.is_empty() {
                return Err(Refusal::new("refused-no-module").with("module", &asked.module).into());
            }
            let steps = opened.map(|module| {
                let keys = [
                    ("month", false),
                    ("driver", true),
                    ("required", true),
                    ("web-bottleneck", false),
                    ("inventory", true),
                    ("shortage", true),
                    ("surplus", true),
                    ("arriving", true),
                    ("order-by", false),
                    ("in-service", true),
                ];
                let rows = module.months.iter().map(|month| {
                    row(vec![
                        word(view.month(month.month)),
                        number(format!("{:.0}", month.driver_value * month.event_factor)),
                        number(month.sizing.total.to_string()),
                        word(month.sizing.bottleneck.clone()),
                        number(month.inventory.to_string()),
                        number(month.shortage.to_string()),
                        number(month.surplus.to_string()),
                        number(month.arriving.to_string()),
                        word(
                            shown
                                .order_month(module, month)
                                .map(|month| view.month(month))
                                .unwrap_or_default(),
                        ),
                        number(month.in_service.to_string()),
                    ])
                });
                let table = Table {
                    heads: keys
                        .iter()
                        .map(|(key, is_number)| head(view.t(key), *is_number))
                        .collect(),
                    rows: rows.collect(),
                    ..Table::default()
                };
                (name(&module.product, &module.module), table)
            });
            Ok(Page {
                shell: visit.shell("capacity", "web-nav-capacity"),
                years: [last, last + 1]
                    .map(|one| Choice {
                        value: one.to_string(),
                        label: one.to_string(),
                        chosen: one == year,
                    })
                    .into(),
                year,
                scenarios: scenarios.collect(),
                scenario: asked.scenario.clone(),
                as_of: view.t1("plan-as-of", "month", &as_of.to_string()),
                modules,
                steps,
                problems: plan
                    .problems
                    .iter()
                    .map(|problem| crate::app::of_problem(problem).message(view.language))
                    .collect(),
            })
        })
        .await
}
