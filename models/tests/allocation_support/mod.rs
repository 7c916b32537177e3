//! What the allocation tests share: rows of a small ledger, a configuration read from TOML, and a run of one month.

#![allow(dead_code, reason = "each test file uses its part of it")]

use headroom_models::allocation::*;
use headroom_models::configuration::Configuration;
use headroom_models::ledger::{Charge, ChargeFrame, Column, Money, Month};
use polars::prelude::{IntoLazy, LazyFrame, UnionArgs, concat};
use std::collections::BTreeMap;

/// Products of the test company; `feed` is a platform product, one name is Chinese.
pub const PRODUCTS: [&str; 4] = ["video", "shop", "视频", "feed"];

/// One charge: texts by column, and billed, effective, list and tax (missing ones are null).
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub source: String,
    pub texts: BTreeMap<Column, String>,
    pub amounts: [Option<Money>; 4],
}

impl Row {
    pub fn new(source: &str, currency: &str, effective: &str) -> Row {
        let amount = Some(money(effective));
        Row {
            source: source.to_owned(),
            texts: BTreeMap::from([(Column::BillingCurrency, currency.to_owned())]),
            amounts: [amount; 4],
        }
    }

    pub fn with(mut self, column: Column, text: &str) -> Row {
        self.texts.insert(column, text.to_owned());
        self
    }

    pub fn charge(&self) -> Charge {
        let mut charge = Charge::new();
        for (column, text) in &self.texts {
            charge.set_text(*column, text.as_str());
        }
        let columns = [
            Column::BilledCost,
            Column::EffectiveCost,
            Column::ListCost,
            Column::TaxAmount,
        ];
        for (column, amount) in columns.into_iter().zip(self.amounts) {
            if let Some(amount) = amount {
                charge.set_decimal(column, amount);
            }
        }
        charge
    }
}

pub fn money(text: &str) -> Money {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn month(text: &str) -> Month {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// The rows as one lazy frame.
pub fn frame<'a>(rows: impl IntoIterator<Item = &'a Row>) -> LazyFrame {
    let mut frame = ChargeFrame::default();
    for row in rows {
        frame.push(row.charge());
    }
    frame.take().unwrap().lazy()
}

/// The rows by source, in the order in which the sources first appear.
pub fn sources(rows: &[Row]) -> Vec<SourceCharges> {
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        if !names.contains(&row.source.as_str()) {
            names.push(&row.source);
        }
    }
    names
        .into_iter()
        .map(|name| SourceCharges {
            source: name.to_owned(),
            charges: frame(rows.iter().filter(|row| row.source == name)),
            rollup: None,
        })
        .collect()
}

/// The rows by source with the rollup that a store keeps beside them, made frame by frame of `length` rows.
pub fn rolled_up(rows: &[Row], length: usize) -> Vec<SourceCharges> {
    let mut sources = sources(rows);
    for source in &mut sources {
        let of_source: Vec<&Row> = rows.iter().filter(|row| row.source == source.source).collect();
        let mut rollup = AttributeRollup::default();
        let mut parts = Vec::new();
        for rows in of_source.chunks(length) {
            parts.extend(rollup.add(&frame(rows.iter().copied()).collect().unwrap()).unwrap());
        }
        parts.push(rollup.take().unwrap());
        let parts: Vec<LazyFrame> = parts.into_iter().map(IntoLazy::lazy).collect();
        source.rollup = Some(RolledUp {
            combinations: concat(parts, UnionArgs::default()).unwrap(),
            totals: rollup.totals().unwrap(),
        });
    }
    sources
}

const ORGANIZATION: &str = r#"
    [[department]]
    id = "all"
    name = "All"
    [[product]]
    id = "video"
    name = "Video"
    department = "all"
    [[product]]
    id = "shop"
    name = "Shop"
    department = "all"
    [[product]]
    id = "视频"
    name = "视频"
    department = "all"
    [[product]]
    id = "feed"
    name = "Feed"
    department = "all"
    [[module]]
    product = "video"
    id = "stream"
    name = "Stream"
"#;

/// What is wrong with the rules and pools, each as its message.
pub fn problems(rules: &str) -> Vec<String> {
    match read(rules) {
        Ok(_) => Vec::new(),
        Err(problems) => problems,
    }
}

fn read(rules: &str) -> Result<Configuration, Vec<String>> {
    let documents = BTreeMap::from([
        ("organization".to_owned(), ORGANIZATION.to_owned()),
        ("rules".to_owned(), rules.to_owned()),
    ]);
    Configuration::read(&documents).map_err(|problems| problems.into_iter().map(|problem| problem.message).collect())
}

/// The test company with these rules and pools.
pub fn configuration(rules: &str) -> Configuration {
    read(rules).unwrap_or_else(|problems| panic!("{problems:#?}\n{rules}"))
}

/// Metric → product → sum.
pub type Metrics = BTreeMap<String, BTreeMap<String, Money>>;

/// Metrics from text: `cores video 3`.
pub fn metrics(values: &[(&str, &str, &str)]) -> Metrics {
    let mut metrics = Metrics::new();
    for (metric, product, value) in values {
        metrics
            .entry((*metric).to_owned())
            .or_default()
            .insert((*product).to_owned(), money(value));
    }
    metrics
}

/// Rates of the test company: everything is worth something in CNY.
pub fn rate(currency: &str) -> Option<Money> {
    Some(money(match currency {
        "USD" => "7.1",
        "JPY" => "0.0468",
        _ => "1",
    }))
}

/// Allocates the rows in a month.
pub fn try_run(
    configuration: &Configuration,
    metrics: &Metrics,
    sources: Vec<SourceCharges>,
    month: Month,
) -> Result<Allocation, AllocationError> {
    allocate(AllocationInputs {
        month,
        sources,
        rules: &configuration.rules,
        pools: &configuration.pools,
        products: &configuration.organization.modules_by_product(),
        metrics,
        rate: &rate,
    })
}

/// Allocates the rows in 2026-03.
pub fn run(rules: &str, metrics: &Metrics, rows: &[Row]) -> Allocation {
    try_run(&configuration(rules), metrics, sources(rows), month("2026-03")).unwrap()
}

/// Effective cost by product as text, zero sums left out.
pub fn by_product(allocation: &Allocation) -> BTreeMap<String, String> {
    let mut sums: BTreeMap<String, Money> = BTreeMap::new();
    for cost in &allocation.costs {
        *sums.entry(cost.product.clone()).or_default() += cost.amounts.effective;
    }
    sums.into_iter()
        .filter(|(_, sum)| !sum.is_zero())
        .map(|(product, sum)| (product, sum.to_string()))
        .collect()
}

/// The expected form of [`by_product`].
pub fn expect(products: &[(&str, &str)]) -> BTreeMap<String, String> {
    products
        .iter()
        .map(|(product, amount)| ((*product).to_owned(), (*amount).to_owned()))
        .collect()
}
