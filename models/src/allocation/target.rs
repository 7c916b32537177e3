//! Which rule takes a charge, and where it sends it.

use super::{Assignment, MappingEntry, MappingReference, Rule};
use crate::ledger::{Month, text_values};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Where the first rule that takes a charge sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a product.
    Product {
        /// The rule.
        rule: String,
        /// Product id.
        product: String,
        /// Module id, or empty.
        module: String,
    },
    /// To a shared pool.
    Pool {
        /// The rule.
        rule: String,
        /// Pool id.
        pool: String,
    },
    /// No rule takes it.
    Nobody,
}

/// What one rule does with the rows that its condition holds for.
enum Sending<'a> {
    /// All of them to one place.
    Fixed(Target),
    /// Each to the product that its text names, with the text of the module.
    Named(Vec<Option<String>>, Vec<Option<String>>),
    /// Each to where the mapping's line of its text says.
    Mapped(Vec<Option<String>>, BTreeMap<&'a str, &'a MappingEntry>),
    /// Nowhere: its mapping is not there.
    Nowhere,
}

/// Where the rules, tried in order, send each row of a frame that has the columns they look at; mapping tables are read
/// as they hold in `month`.
///
/// # Errors
/// When a column is missing from the frame.
pub fn match_rules(
    frame: &DataFrame,
    rules: &[&Rule],
    products: &BTreeMap<String, BTreeSet<String>>,
    month: Month,
) -> PolarsResult<Vec<Target>> {
    let mut wanted = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        wanted.push(rule.when.expression().alias(format!("matches {at}")));
        let (product, module) = match &rule.assign {
            Assignment::From { product, module } => (Some(product), module.as_ref()),
            Assignment::FromMapping(reference) => (reference.table.as_ref().map(|table| &table.subject), None),
            Assignment::Direct { .. } | Assignment::Pool(_) => (None, None),
        };
        wanted.extend(product.map(|product| product.expression().alias(format!("product {at}"))));
        wanted.extend(module.map(|module| module.expression().alias(format!("module {at}"))));
    }
    let answers = frame.clone().lazy().with_columns(wanted).collect()?;
    let mut targets: Vec<Target> = (0..frame.height()).map(|_| Target::Nobody).collect();
    for (at, rule) in rules.iter().enumerate() {
        let matches = answers.column(&format!("matches {at}"))?.bool()?.clone();
        let sending = sending(rule, &answers, at, month)?;
        for (row, target) in targets.iter_mut().enumerate() {
            if matches!(target, Target::Nobody) && matches.get(row) == Some(true) {
                *target = sending.of_row(row, rule, products);
            }
        }
    }
    Ok(targets)
}

fn sending<'a>(rule: &'a Rule, answers: &DataFrame, at: usize, month: Month) -> PolarsResult<Sending<'a>> {
    let id = rule.id.clone();
    Ok(match &rule.assign {
        Assignment::Direct { product, module } => Sending::Fixed(Target::Product {
            rule: id,
            product: product.clone(),
            module: module.clone().unwrap_or_default(),
        }),
        Assignment::Pool(pool) => Sending::Fixed(Target::Pool {
            rule: id,
            pool: pool.clone(),
        }),
        Assignment::From { module, .. } => {
            let modules = match module {
                Some(_) => text_values(answers, &format!("module {at}"))?,
                None => vec![None; answers.height()],
            };
            Sending::Named(text_values(answers, &format!("product {at}"))?, modules)
        }
        Assignment::FromMapping(MappingReference { table: Some(table), .. }) => {
            Sending::Mapped(text_values(answers, &format!("product {at}"))?, table.lines_in(month))
        }
        Assignment::FromMapping(_) => Sending::Nowhere,
    })
}

impl Sending<'_> {
    /// Where a row goes; a text that names no product of the company leaves it to the next rule.
    fn of_row(&self, row: usize, rule: &Rule, products: &BTreeMap<String, BTreeSet<String>>) -> Target {
        let (product, module) = match self {
            Sending::Fixed(target) => return target.clone(),
            Sending::Nowhere => return Target::Nobody,
            Sending::Named(names, modules) => (names[row].as_deref(), modules[row].as_deref()),
            Sending::Mapped(texts, lines) => {
                let line = texts[row].as_deref().and_then(|text| lines.get(text));
                (
                    line.map(|line| line.product.as_str()),
                    line.and_then(|line| line.module.as_deref()),
                )
            }
        };
        let Some((product, known)) = product.and_then(|product| products.get_key_value(product)) else {
            return Target::Nobody;
        };
        Target::Product {
            rule: rule.id.clone(),
            product: product.clone(),
            module: module
                .filter(|module| known.contains(*module))
                .unwrap_or_default()
                .to_owned(),
        }
    }
}
