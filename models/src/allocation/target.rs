//! Which rule takes a charge, and where it sends it.

use super::{Assignment, Rule};
use crate::ledger::text_values;
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

/// Where the rules, tried in order, send each row of a frame that has the columns they look at.
///
/// # Errors
/// When a column is missing from the frame.
pub fn match_rules(
    frame: &DataFrame,
    rules: &[&Rule],
    products: &BTreeMap<String, BTreeSet<String>>,
) -> PolarsResult<Vec<Target>> {
    let mut wanted = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        wanted.push(rule.when.expression().alias(format!("matches {at}")));
        if let Assignment::From { product, module } = &rule.assign {
            wanted.push(product.expression().alias(format!("product {at}")));
            wanted.extend(
                module
                    .iter()
                    .map(|module| module.expression().alias(format!("module {at}"))),
            );
        }
    }
    let answers = frame.clone().lazy().with_columns(wanted).collect()?;
    let mut targets: Vec<Target> = (0..frame.height()).map(|_| Target::Nobody).collect();
    for (at, rule) in rules.iter().enumerate() {
        let matches = answers.column(&format!("matches {at}"))?.bool()?.clone();
        let named = match &rule.assign {
            Assignment::From { module, .. } => Some((
                text_values(&answers, &format!("product {at}"))?,
                if module.is_some() {
                    text_values(&answers, &format!("module {at}"))?
                } else {
                    vec![None; frame.height()]
                },
            )),
            Assignment::Direct { .. } | Assignment::Pool(_) => None,
        };
        for (row, target) in targets.iter_mut().enumerate() {
            if !matches!(target, Target::Nobody) || matches.get(row) != Some(true) {
                continue;
            }
            let rule_id = rule.id.clone();
            match &rule.assign {
                Assignment::Direct { product, module } => {
                    *target = Target::Product {
                        rule: rule_id,
                        product: product.clone(),
                        module: module.clone().unwrap_or_default(),
                    };
                }
                Assignment::Pool(pool) => {
                    *target = Target::Pool {
                        rule: rule_id,
                        pool: pool.clone(),
                    }
                }
                Assignment::From { .. } => {
                    let Some((names, modules)) = &named else { continue };
                    let Some(product) = names[row].as_ref() else { continue };
                    let Some(known) = products.get(product) else { continue };
                    let module = modules[row]
                        .clone()
                        .filter(|module| known.contains(module))
                        .unwrap_or_default();
                    *target = Target::Product {
                        rule: rule_id,
                        product: product.clone(),
                        module,
                    };
                }
            }
        }
    }
    Ok(targets)
}
