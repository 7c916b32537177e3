//! One product: budget, actual and landing by month, what it is made of; and one month of it down to rows of bills.

use super::costs::share;
use super::parts::{head, largest, number, row, word};
use crate::app::{CostQuery, ExplainedPart};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::web::view::{Shell, View};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use headroom_models::ledger::{CostBasis, Money, Month, MonthRange};
use headroom_models::organization::UNALLOCATED;
use headroom_reports::charts::address;
use headroom_reports::export::screen::tables::Table;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "product.html")]
struct Page {
    view: View,
    title: String,
    id: String,
    department: String,
    figures: Vec<(String, String)>,
    unit: String,
    months: Vec<MonthLine>,
    variance: Table,
    makeup: Vec<Makeup>,
}

struct MonthLine {
    href: String,
    month: String,
    budget: String,
    actual: String,
    rate: String,
    class: String,
    billed: bool,
}

struct Makeup {
    name: String,
    href: String,
    amount: String,
    share: String,
}

/// `GET /products/{id}`.
pub(crate) async fn page(visit: Visit, Path(id): Path<String>) -> Response {
    let of = id.clone();
    let read = move |visit: &Visit| visit.app.require_product(Permission::Read, &of);
    visit
        .shared_page("costs", read, move |visit| {
            let view = visit.view;
            let organization = visit.app.organization()?;
            let product = organization.product(&id);
            if product.is_none() && id != UNALLOCATED {
                return Err(Refusal::new("refused-no-product").with("product", &id).into());
            }
            let report = visit.web.execution_report(&visit.app, None)?;
            let line = report
                .rows
                .iter()
                .find(|line| line.level == headroom_reports::data::Level::Product && line.id == id);
            let heat = report.heat.rows.iter().find(|line| line.product.id == id);
            let size = line
                .map(|line| line.year_budget.max(line.landing.high))
                .unwrap_or_default();
            let figures = view.figures(&report.currency, size);
            let words = figures.words();
            let mut figure_list = Vec::new();
            if let Some(line) = line {
                let mut add = |key: &str, text: String| figure_list.push((words.text(key), text));
                add("kpi-actual", figures.short(line.ytd_actual));
                add("kpi-budget", figures.short(line.ytd_budget));
                add("kpi-rate", figures.percent_or_dash(line.ytd_rate));
                add("kpi-landing", figures.short(line.landing.mid));
                add("column-year-budget", figures.short(line.year_budget));
                add("column-difference", figures.short_signed(line.difference));
            }
            let months = heat
                .map(|heat| heat.cells.as_slice())
                .unwrap_or_default()
                .iter()
                .map(|cell| MonthLine {
                    href: format!("/products/{}/{}", address(&id), cell.month),
                    month: view.month(cell.month),
                    budget: figures.money(cell.budget),
                    actual: figures.money_or_dash(cell.actual),
                    rate: figures.percent_or_dash(cell.rate.filter(|_| cell.actual.is_some())),
                    class: cell
                        .rate
                        .filter(|_| cell.actual.is_some())
                        .map(headroom_reports::charts::rate_class)
                        .unwrap_or_default(),
                    billed: cell.actual.is_some(),
                });
            let variance = report.variance_by_product.iter().find(|part| part.product.id == id);
            let variance = Table {
                heads: vec![
                    head(words.text("column-part"), false),
                    head(words.text("column-amount"), true),
                ],
                rows: variance
                    .iter()
                    .flat_map(|part| {
                        let variance = &part.variance;
                        let ends = |key: &str, amount| row(vec![word(words.text(key)), number(figures.money(amount))]);
                        let steps = variance.parts.iter().map(|step| {
                            row(vec![
                                word(words.term("variance", step.kind.as_str())),
                                number(figures.signed(step.amount)),
                            ])
                        });
                        std::iter::once(ends("kpi-budget", variance.start))
                            .chain(steps)
                            .chain([ends("kpi-actual", variance.end)])
                            .collect::<Vec<_>>()
                    })
                    .collect(),
                ..Table::default()
            };
            let year = visit.app.settings().fiscal.months_of(report.fiscal_year);
            let table = visit.app.costs(&CostQuery {
                by: vec!["cost-type".to_owned()],
                months: Some(MonthRange {
                    first: year.first,
                    last: report.as_of,
                }),
                filters: vec![("product".to_owned(), id.clone())],
                basis: Some(CostBasis::Effective),
                tax: None,
                currency: Some(report.currency.clone()),
            })?;
            let most = largest(table.rows.iter().map(|row| row.amount));
            let mut rows = table.rows;
            rows.sort_by_key(|row| std::cmp::Reverse(row.amount));
            let makeup = rows.iter().map(|line| {
                let kind = line.values.first().map(String::as_str).unwrap_or_default();
                Makeup {
                    name: words.known_or_same("cost-type", kind),
                    href: format!("/costs?by=source&where=product:{},cost-type:{kind}", address(&id)),
                    amount: figures.money(line.amount),
                    share: share(line.amount, most),
                }
            });
            let title = view.product(&id, product.map(|product| &product.name));
            let department = product.and_then(|product| {
                let found = organization
                    .departments
                    .iter()
                    .find(|one| one.id == product.department)?;
                Some(found.name.in_language(view.language).to_owned())
            });
            let page = Page {
                department: department.unwrap_or_default(),
                unit: figures.unit_label(),
                figures: figure_list,
                months: months.collect(),
                variance,
                makeup: makeup.collect(),
                title: title.clone(),
                view,
                id,
            };
            Ok((title, page))
        })
        .await
}

/// Which part of a month is opened.
#[derive(Deserialize)]
pub(crate) struct Opened {
    part: Option<usize>,
}

struct PartLine {
    index: usize,
    rule: String,
    pool: String,
    share: String,
    source: String,
    cost_type: String,
    amount: String,
    rows: usize,
    open: bool,
}

struct RowLine {
    place: String,
    batch: String,
    resource: String,
    description: String,
    billed: String,
    effective: String,
}

#[derive(Template)]
#[template(path = "product_month.html")]
struct MonthPage {
    shell: Shell,
    id: String,
    product: String,
    month: Month,
    month_name: String,
    version: i64,
    total: Vec<String>,
    parts: Vec<PartLine>,
    rows: Vec<RowLine>,
    more: usize,
    may_see_batches: bool,
}

/// `GET /products/{id}/{month}`: rule → pool → share → rows of bills.
pub(crate) async fn month(
    visit: Visit,
    Path((id, month)): Path<(String, Month)>,
    Query(opened): Query<Opened>,
) -> Response {
    visit
        .page(move |visit| {
            let view = visit.view;
            let explanation = visit.app.explain(&id, month)?;
            let organization = visit.app.organization()?;
            let product = view.product(&id, organization.product(&id).map(|product| &product.name));
            let figures = view.figures(&visit.app.settings().currency, Money::ZERO);
            let words = figures.words();
            let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
            for part in &explanation.parts {
                *sums.entry(&part.currency).or_default() += part.effective;
            }
            let opened = opened.part.unwrap_or(0);
            let line = |(index, part): (usize, &ExplainedPart)| PartLine {
                index,
                rule: if part.rule.is_empty() {
                    view.t("web-no-rule")
                } else {
                    part.rule.clone()
                },
                pool: part.pool.clone(),
                share: if part.pool.is_empty() {
                    String::new()
                } else {
                    format!("{} / {} ({})", part.share, part.share_total, part.method)
                },
                source: part.source.clone(),
                cost_type: words.known_or_same("cost-type", &part.cost_type),
                amount: format!("{} {}", figures.money(part.effective), part.currency),
                rows: part.rows_total,
                open: index == opened,
            };
            let part = explanation.parts.get(opened);
            let rows = part
                .map(|part| part.rows.as_slice())
                .unwrap_or_default()
                .iter()
                .map(|row| RowLine {
                    place: format!("{}:{}", row.file, row.row),
                    batch: row.batch.clone(),
                    resource: row.resource.clone(),
                    description: match row.estimate.is_empty() {
                        true => row.description.clone(),
                        false => format!("{} [{}]", row.description, view.t("explain-estimate")),
                    },
                    billed: figures.money(row.billed),
                    effective: figures.money(row.effective),
                });
            let mut shell = visit.shell("costs", "web-nav-costs");
            shell.title = format!("{product} · {}", view.month(month));
            Ok(MonthPage {
                month_name: view.month(month),
                version: explanation.configuration_version,
                total: sums
                    .iter()
                    .map(|(currency, sum)| format!("{} {currency}", figures.money(*sum)))
                    .collect(),
                parts: explanation.parts.iter().enumerate().map(line).collect(),
                more: part.map_or(0, |part| part.rows_total - part.rows.len()),
                rows: rows.collect(),
                may_see_batches: visit.app.may(Permission::Read, &crate::auth::Scope::Company)?,
                shell,
                id,
                product,
                month,
            })
        })
        .await
}
