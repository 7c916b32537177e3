//! Costs by any dimension and month; the whole view is in the address, every figure leads deeper.

use super::parts::{Choice, largest, query};
use crate::app::{AppError, CostQuery, DIMENSIONS};
use crate::refusal::Refusal;
use crate::web::form::Posted;
use crate::web::view::{Shell, View};
use crate::web::visit::Visit;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use headroom_models::ledger::{CostBasis, Money, Month, MonthRange};
use headroom_models::organization::Organization;
use headroom_reports::charts::address;
use headroom_reports::export::harmless;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Dimensions that rows can be made of, in the order of drilling.
const ROWS: [&str; 11] = [
    "department",
    "product",
    "module",
    "cost-type",
    "resource-mode",
    "source",
    "provider",
    "service-category",
    "expenditure",
    "rule",
    "pool",
];

/// Months shown when none are asked for.
const SHOWN: i32 = 12;

/// The view, as it stands in the address.
#[derive(Clone, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    by: String,
    #[serde(default)]
    months: String,
    /// `product:mmo,source:aws`.
    #[serde(default, rename = "where")]
    filters: String,
    #[serde(default)]
    basis: String,
}

struct Line {
    name: String,
    href: String,
    cells: Vec<(String, String)>,
    total: String,
    share: String,
}

struct Chip {
    label: String,
    without: String,
}

#[derive(Template)]
#[template(path = "costs.html")]
struct Page {
    shell: Shell,
    by: Vec<Choice>,
    bases: Vec<Choice>,
    months: String,
    filters: String,
    chips: Vec<Chip>,
    unit: String,
    heads: Vec<String>,
    lines: Vec<Line>,
    totals: Vec<String>,
    total: String,
    csv: String,
    /// What a saved view keeps.
    query: String,
    views: Vec<(String, String)>,
}

/// What was asked for, understood, with the amounts.
struct Shown {
    by: String,
    basis: CostBasis,
    months: Vec<Month>,
    filters: Vec<(String, String)>,
    amounts: BTreeMap<String, BTreeMap<Month, Money>>,
    organization: Organization,
    currency: String,
}

fn filters(text: &str) -> Vec<(String, String)> {
    text.split(',')
        .filter_map(|part| part.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.replace("%2C", ",").replace("%3A", ":")))
        .collect()
}

fn filters_text(filters: &[(String, String)]) -> String {
    let parts: Vec<String> = filters
        .iter()
        .map(|(name, value)| format!("{name}:{}", value.replace(',', "%2C")))
        .collect();
    parts.join(",")
}

fn show(visit: &Visit, asked: &Asked) -> Result<Shown, AppError> {
    let by = if asked.by.is_empty() { "product" } else { &asked.by };
    if !DIMENSIONS.contains(&by) || by == "month" {
        return Err(Refusal::new("refused-dimension")
            .with("name", by)
            .with("known", ROWS.join(", "))
            .into());
    }
    let range = if asked.months.is_empty() {
        None
    } else {
        let range: Result<MonthRange, _> = asked.months.parse();
        Some(range.map_err(|_| Refusal::new("refused-months").with("text", &asked.months))?)
    };
    let basis = if asked.basis == "billed" {
        CostBasis::Billed
    } else {
        CostBasis::Effective
    };
    let currency = visit.app.settings().currency.clone();
    let filters = filters(&asked.filters);
    let table = visit.app.costs(&CostQuery {
        by: vec![by.to_owned(), "month".to_owned()],
        months: range,
        filters: filters.clone(),
        basis: Some(basis),
        tax: None,
        currency: Some(currency.clone()),
    })?;
    let mut amounts: BTreeMap<String, BTreeMap<Month, Money>> = BTreeMap::new();
    let mut months = BTreeSet::new();
    for row in table.rows {
        let Some(month) = row.values.get(1).and_then(|month| month.parse::<Month>().ok()) else {
            continue;
        };
        months.insert(month);
        let name = row.values.into_iter().next().unwrap_or_default();
        *amounts.entry(name).or_default().entry(month).or_default() += row.amount;
    }
    if range.is_none() {
        // A year of months fits the screen; more is asked for.
        let first = months.last().map(|last| last.plus(1 - SHOWN));
        months.retain(|month| first.is_none_or(|first| *month >= first));
        for row in amounts.values_mut() {
            row.retain(|month, _| months.contains(month));
        }
        amounts.retain(|_, row| !row.is_empty());
    }
    Ok(Shown {
        by: by.to_owned(),
        basis,
        months: months.into_iter().collect(),
        filters,
        amounts,
        organization: visit.app.organization()?,
        currency,
    })
}

impl Shown {
    /// Largest first.
    fn rows(&self) -> Vec<(&String, &BTreeMap<Month, Money>, Money)> {
        let mut rows: Vec<_> = self
            .amounts
            .iter()
            .map(|(name, row)| (name, row, row.values().copied().sum::<Money>()))
            .collect();
        rows.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(b.0)));
        rows
    }

    fn name(&self, view: &View, dimension: &str, value: &str) -> String {
        let organization = &self.organization;
        match dimension {
            _ if value.is_empty() => view.t("web-none"),
            "product" => view.product(value, organization.product(value).map(|product| &product.name)),
            "department" => organization
                .departments
                .iter()
                .find(|department| department.id == value)
                .map_or(value, |department| department.name.in_language(view.language))
                .to_owned(),
            "cost-type" => view.words().known_or_same("cost-type", value),
            _ => value.to_owned(),
        }
    }

    /// Where a row leads: the next dimension within it; a product has a page of its own.
    fn row_href(&self, value: &str, asked: &Asked) -> String {
        if self.by == "product" {
            return format!("/products/{}", address(value));
        }
        let mut inner = self.filters.clone();
        inner.push((self.by.clone(), value.to_owned()));
        let next = ROWS
            .iter()
            .find(|next| **next != self.by && !inner.iter().any(|(name, _)| name == *next))
            .unwrap_or(&"product");
        link(next, &inner, asked)
    }

    /// Where a figure leads: to its explanation when the product is known, else to the products in it.
    fn cell_href(&self, value: &str, month: Month, asked: &Asked) -> String {
        let of_filter = self.filters.iter().find(|(name, _)| name == "product");
        let product = match (self.by.as_str(), of_filter) {
            ("product", _) => Some(value),
            (_, Some((_, product))) => Some(product.as_str()),
            _ => None,
        };
        if let Some(product) = product {
            return format!("/products/{}/{month}", address(product));
        }
        let mut inner = self.filters.clone();
        inner.push((self.by.clone(), value.to_owned()));
        let asked = Asked {
            months: month.to_string(),
            ..asked.clone()
        };
        link("product", &inner, &asked)
    }
}

fn link(by: &str, filters: &[(String, String)], asked: &Asked) -> String {
    let filters = filters_text(filters);
    let pairs = [
        ("by", by),
        ("months", asked.months.as_str()),
        ("where", &filters),
        ("basis", &asked.basis),
    ];
    format!("/costs?{}", query(&pairs))
}

/// `GET /costs`.
pub(crate) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(move |visit| {
            let view = visit.view;
            let shown = show(visit, &asked)?;
            let rows = shown.rows();
            let total: Money = rows.iter().map(|row| row.2).sum();
            let figures = view.figures(&shown.currency, largest(rows.iter().map(|row| row.2)));
            let largest = rows.first().map(|row| row.2).unwrap_or_default();
            let lines = rows
                .iter()
                .map(|(value, row, sum)| Line {
                    name: shown.name(&view, &shown.by, value),
                    href: shown.row_href(value, &asked),
                    cells: shown
                        .months
                        .iter()
                        .map(|month| match row.get(month) {
                            Some(amount) => (figures.short(*amount), shown.cell_href(value, *month, &asked)),
                            None => ("–".to_owned(), String::new()),
                        })
                        .collect(),
                    total: figures.short(*sum),
                    share: share(*sum, largest),
                })
                .collect();
            let month_total = |month: &Month| rows.iter().filter_map(|row| row.1.get(month)).copied().sum::<Money>();
            let chips = shown.filters.iter().enumerate().map(|(index, (name, value))| {
                let mut others = shown.filters.clone();
                others.remove(index);
                Chip {
                    label: format!(
                        "{}: {}",
                        view.t(&format!("web-by-{name}")),
                        shown.name(&view, name, value)
                    ),
                    without: link(&shown.by, &others, &asked),
                }
            });
            let filters = filters_text(&shown.filters);
            let basis = if shown.basis == CostBasis::Billed {
                "billed"
            } else {
                "effective"
            };
            let csv = query(&[
                ("by", shown.by.as_str()),
                ("months", &asked.months),
                ("where", &filters),
                ("basis", basis),
            ]);
            let views = visit.app.saved_views()?;
            Ok(Page {
                views: views
                    .into_iter()
                    .map(|view| (format!("/costs?{}", view.query), view.name))
                    .collect(),
                query: csv.clone(),
                shell: visit.shell("costs", "web-nav-costs"),
                by: Choice::words(&view, "web-by-", &ROWS, &shown.by),
                bases: Choice::words(&view, "web-basis-", &["effective", "billed"], basis),
                months: asked.months.clone(),
                chips: chips.collect(),
                unit: figures.unit_label(),
                heads: shown.months.iter().map(|month| view.month(*month)).collect(),
                totals: shown
                    .months
                    .iter()
                    .map(|month| figures.short(month_total(month)))
                    .collect(),
                total: figures.short(total),
                csv: format!("/costs.csv?{csv}"),
                lines,
                filters,
            })
        })
        .await
}

/// A share of the largest, 0 to 100, for a bar.
pub(super) fn share(amount: Money, largest: Money) -> String {
    headroom_models::ledger::Ratio::checked(amount, largest)
        .map(|ratio| ratio.to_money().times(100).round(1))
        .filter(|percent| !percent.is_negative())
        .unwrap_or_default()
        .to_string()
}

/// `GET /costs.csv`: exactly what is shown, to the last digit.
pub(crate) async fn csv(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .file(move |visit| {
            let shown = show(visit, &asked)?;
            let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
            let mut records = vec![
                std::iter::once(shown.by.clone())
                    .chain(shown.months.iter().map(ToString::to_string))
                    .chain(["total".to_owned(), "currency".to_owned()])
                    .collect::<Vec<String>>(),
            ];
            for (value, row, sum) in shown.rows() {
                let amounts = shown
                    .months
                    .iter()
                    .map(|month| row.get(month).copied().unwrap_or_default());
                let name = harmless(&shown.name(&visit.view, &shown.by, value));
                records.push(
                    std::iter::once(name)
                        .chain(amounts.map(|amount| amount.to_string()))
                        .chain([sum.to_string(), shown.currency.clone()])
                        .collect(),
                );
            }
            for record in records {
                // Writing to memory does not fail.
                let _ = writer.write_record(record);
            }
            let bytes = writer.into_inner().unwrap_or_default();
            Ok(("costs.csv".to_owned(), "text/csv; charset=utf-8", bytes))
        })
        .await
}

/// A view to keep.
#[derive(Deserialize)]
pub(crate) struct ViewForm {
    name: String,
    query: String,
}

/// `POST /costs/views`: keeps the view under a name.
pub(crate) async fn save_view(Posted(visit, given): Posted<ViewForm>) -> Response {
    visit
        .act(move |visit| {
            visit.app.save_view(&given.name, &given.query)?;
            Ok(format!("/costs?{}&done=view", given.query))
        })
        .await
}

/// A view to forget.
#[derive(Deserialize)]
pub(crate) struct ForgetForm {
    name: String,
}

/// `POST /costs/views/forget`.
pub(crate) async fn forget_view(Posted(visit, given): Posted<ForgetForm>) -> Response {
    visit
        .act(move |visit| {
            visit.app.forget_view(&given.name)?;
            Ok("/costs?done=view-forgotten".to_owned())
        })
        .await
}
