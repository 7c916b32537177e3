//! Budgets: a year's versions, and one of them by product and month with the derivation of every line.

use super::parts::{Choice, head, number, row, word};
use crate::app::AppError;
use crate::web::view::Shell;
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use headroom_models::ledger::{Money, Month};
use headroom_reports::export::screen::tables::Table;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
pub(crate) struct Asked {
    year: Option<i32>,
    version: Option<i64>,
}

#[derive(Template)]
#[template(path = "budget.html")]
struct Page {
    shell: Shell,
    year: i32,
    years: Vec<Choice>,
    versions: Vec<(i64, String, String, String, bool)>,
    about: String,
    unit: String,
    grid: Table,
    problems: Vec<String>,
}

/// `GET /budget`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit.page(move |visit| build(visit, &asked)).await
}

fn build(visit: &Visit, asked: &Asked) -> Result<Page, AppError> {
    let (view, app) = (visit.view, &visit.app);
    let all = app.budget_versions()?;
    let years: BTreeSet<i32> = all.iter().map(|version| version.year).collect();
    let year = asked.year.or(years.last().copied()).unwrap_or_default();
    let shown = app.budget(year, asked.version)?;
    let organization = app.organization()?;
    let figures = view.figures(&shown.version.currency, shown.version.total);
    let words = figures.words();
    let months: Vec<Month> = app.settings().fiscal.months_of(year).months().collect();
    let mut sums: BTreeMap<(String, &str), BTreeMap<Month, Money>> = BTreeMap::new();
    for line in &shown.lines {
        let key = (line.product.clone(), line.cost_type.as_str());
        *sums.entry(key).or_default().entry(line.month).or_default() += line.amount;
    }
    let mut heads = vec![head(view.t("product"), false), head(view.t("web-by-cost-type"), false)];
    heads.extend(months.iter().map(|month| head(words.month_short(*month), true)));
    heads.push(head(view.t("total"), true));
    let mut rows: Vec<_> = sums
        .iter()
        .map(|((product, cost_type), amounts)| {
            let name = view.product(product, organization.product(product).map(|one| &one.name));
            let mut cells = vec![word(name), word(words.known_or_same("cost-type", cost_type))];
            cells.extend(
                months
                    .iter()
                    .map(|month| number(figures.short(amounts.get(month).copied().unwrap_or_default()))),
            );
            cells.push(number(figures.short(amounts.values().copied().sum())));
            row(cells)
        })
        .collect();
    let mut totals = vec![word(view.t("total")), word("")];
    for month in &months {
        totals.push(number(
            figures.short(sums.values().filter_map(|row| row.get(month)).copied().sum()),
        ));
    }
    totals.push(number(figures.short(shown.version.total)));
    let mut total = row(totals);
    total.class = "total";
    rows.push(total);
    let version = &shown.version;
    Ok(Page {
        shell: visit.shell("budget", "web-nav-budget"),
        year,
        years: years
            .iter()
            .rev()
            .map(|one| Choice {
                value: one.to_string(),
                label: one.to_string(),
                chosen: *one == year,
            })
            .collect(),
        versions: all
            .iter()
            .rev()
            .filter(|one| one.year == year)
            .map(|one| {
                let total = figures.amount(one.total);
                (
                    one.number,
                    view.t(&format!("state-{}", one.state)),
                    total,
                    view.time(&one.created_at),
                    one.id == version.id,
                )
            })
            .collect(),
        about: view.tn(
            "budget-shown",
            &[
                ("year", &year.to_string()),
                ("version", &version.number.to_string()),
                ("state", &view.t(&format!("state-{}", version.state))),
                ("month", &version.as_of.to_string()),
                ("total", &figures.short(version.total)),
                ("currency", &figures.unit_label()),
            ],
        ),
        unit: figures.unit_label(),
        grid: Table {
            heads,
            rows,
            ..Table::default()
        },
        problems: version.problems.clone(),
    })
}
