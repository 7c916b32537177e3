//! Unit economics of a product: what one unit of each of its business metrics costs, month by month.

use super::parts::{Choice, Sheet, counts, says};
use crate::app::UnitCostQuery;
use crate::auth::Permission;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use headroom_models::ledger::Money;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    metric: String,
}

#[derive(Template)]
#[template(path = "unit_costs.html")]
struct Page {
    shell: Shell,
    id: String,
    product: String,
    metrics: Vec<Choice>,
    currency: String,
    rows: Option<Sheet>,
}

/// `GET /products/{id}/unit-costs`.
pub(crate) async fn page(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    visit
        .page(move |visit| {
            visit.app.require_product(Permission::Read, &id)?;
            let (view, app) = (visit.view, &visit.app);
            let metrics = app.metrics_of(&id)?;
            let wanted = metrics
                .iter()
                .find(|metric| **metric == asked.metric)
                .or(metrics.first());
            let wanted = wanted.cloned();
            let currency = app.settings().currency.clone();
            let figures = view.figures(&currency, Money::ZERO);
            // Cost of one unit is small; two digits would say nothing.
            let small = |amount: Option<Money>| match amount {
                None => "–".to_owned(),
                Some(_) if view.hide => figures.money(Money::ZERO),
                Some(amount) => amount.grouped(6),
            };
            let rows = match &wanted {
                None => None,
                Some(metric) => Some(app.unit_costs(&UnitCostQuery {
                    metric: metric.clone(),
                    product: Some(id.clone()),
                    ..UnitCostQuery::default()
                })?),
            };
            let keys = [
                ("month", false),
                ("unit-cost", true),
                ("unit-units", true),
                ("unit-mean", true),
                ("unit-per-unit", true),
                ("unit-per-mean", true),
            ];
            let rows = rows.map(|rows| {
                let rows = rows.into_iter().map(|of| {
                    vec![
                        says(view.month(of.month)),
                        counts(figures.money(of.cost)),
                        counts(of.units.grouped(0)),
                        counts(of.mean.map_or_else(|| "–".to_owned(), |mean| mean.grouped(0))),
                        counts(small(of.per_unit)),
                        counts(small(of.per_mean)),
                    ]
                });
                Sheet::new(&view, "web-unit-costs", &keys, rows)
            });
            let organization = app.organization()?;
            let product = view.product(&id, organization.product(&id).map(|product| &product.name));
            let mut shell = visit.shell("costs", "web-unit-costs");
            shell.title = format!("{product} · {}", shell.title);
            Ok(Page {
                metrics: metrics
                    .into_iter()
                    .map(|metric| Choice {
                        chosen: Some(&metric) == wanted.as_ref(),
                        label: metric.clone(),
                        value: metric,
                    })
                    .collect(),
                currency: figures.currency(),
                rows,
                product,
                id,
                shell,
            })
        })
        .await
}
