//! Rules: dated, ordered, each taking some charges to a product or to a pool.

use super::condition::{Subject, subject_of};
use super::{Condition, Mapping, MappingReference, Pool};
use crate::ledger::{Column, Month};
use crate::organization::Organization;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A rule; the first one in order whose condition holds takes the charge.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Unique among rules; stands in every explanation.
    pub id: String,
    /// First month in which the rule applies.
    pub valid_from: Option<Month>,
    /// Last month in which the rule applies.
    pub valid_to: Option<Month>,
    /// Which charges it takes.
    pub when: Condition,
    /// Where they go.
    pub assign: Assignment,
}

impl Rule {
    /// True when the rule applies in that month.
    pub fn applies_in(&self, month: Month) -> bool {
        self.valid_from.is_none_or(|first| first <= month) && self.valid_to.is_none_or(|last| month <= last)
    }

    /// The ledger columns that the rule needs to see.
    pub fn columns(&self) -> BTreeSet<Column> {
        let mut columns = self.when.columns();
        match &self.assign {
            Assignment::From { product, module } => {
                columns.insert(product.column());
                columns.extend(module.iter().map(Subject::column));
            }
            Assignment::FromMapping(reference) => {
                columns.extend(reference.table.iter().map(|table| table.subject.column()));
            }
            Assignment::Direct { .. } | Assignment::Pool(_) => {}
        }
        columns
    }
}

/// Where a rule takes its charges.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Assignment {
    /// To a product, and a module of it.
    Direct {
        /// Product id.
        product: String,
        /// Module id.
        module: Option<String>,
    },
    /// To a shared pool.
    Pool(String),
    /// To the product that a tag or column names; a text that names none leaves the charge to the next rule.
    From {
        /// Where the product id stands.
        product: Subject,
        /// Where the module id stands; one that the product does not have is left out.
        module: Option<Subject>,
    },
    /// To the product that a mapping table gives in the month; what the table does not hold is left to the next rule.
    FromMapping(MappingReference),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    product: Option<String>,
    module: Option<String>,
    pool: Option<String>,
    product_from_tag: Option<String>,
    module_from_tag: Option<String>,
    product_from_column: Option<String>,
    module_from_column: Option<String>,
    product_from_mapping: Option<String>,
}

impl TryFrom<Written> for Assignment {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        if let Some(id) = &written.product_from_mapping {
            let alone = written.product.is_none()
                && written.module.is_none()
                && written.pool.is_none()
                && written.product_from_tag.is_none()
                && written.module_from_tag.is_none()
                && written.product_from_column.is_none()
                && written.module_from_column.is_none();
            return if alone {
                Ok(Assignment::FromMapping(MappingReference {
                    id: id.clone(),
                    table: None,
                }))
            } else {
                Err("product_from_mapping stands alone: the mapping's lines name product and module".to_owned())
            };
        }
        let product_from = match (written.product_from_tag, written.product_from_column) {
            (Some(key), None) => Some(Subject::Tag(key)),
            (None, Some(name)) => Some(subject_of(&name)?),
            (None, None) => None,
            (Some(_), Some(_)) => return Err("product_from_tag and product_from_column exclude each other".to_owned()),
        };
        let module_from = match (written.module_from_tag, written.module_from_column) {
            (Some(key), None) => Some(Subject::Tag(key)),
            (None, Some(name)) => Some(subject_of(&name)?),
            (None, None) => None,
            (Some(_), Some(_)) => return Err("module_from_tag and module_from_column exclude each other".to_owned()),
        };
        match (written.product, written.pool, product_from) {
            (Some(product), None, None) if module_from.is_none() => Ok(Assignment::Direct { product, module: written.module }),
            (None, Some(pool), None) if module_from.is_none() && written.module.is_none() => Ok(Assignment::Pool(pool)),
            (None, None, Some(product)) if written.module.is_none() => Ok(Assignment::From { product, module: module_from }),
            _ => Err("assign is one of: product (and module), pool, product_from_tag or product_from_column (and module_from_…), product_from_mapping".to_owned()),
        }
    }
}

/// Gives every rule that names a mapping its table; a rule whose mapping is not there keeps none.
pub fn link_mappings(rules: &mut [Rule], mappings: &[Mapping]) {
    let mappings: Vec<Arc<Mapping>> = mappings.iter().cloned().map(Arc::new).collect();
    for rule in rules {
        if let Assignment::FromMapping(reference) = &mut rule.assign {
            reference.table = mappings.iter().find(|mapping| mapping.id == reference.id).cloned();
        }
    }
}

/// Everything about rules and pools that does not hold together with the organization or each other.
pub fn rule_problems(rules: &[Rule], pools: &[Pool], organization: &Organization) -> Vec<String> {
    let products = organization.modules_by_product();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for rule in rules {
        if !seen.insert(rule.id.as_str()) {
            problems.push(format!("rule '{}' is defined twice", rule.id));
        }
        if let (Some(first), Some(last)) = (rule.valid_from, rule.valid_to)
            && last < first
        {
            problems.push(format!(
                "rule '{}' ends in {last}, before it starts in {first}",
                rule.id
            ));
        }
        match &rule.assign {
            Assignment::Direct { product, module } => match products.get(product) {
                None => problems.push(format!(
                    "rule '{}' names product '{product}', which no organization file names",
                    rule.id
                )),
                Some(modules) => {
                    problems.extend(module.iter().filter(|module| !modules.contains(*module)).map(|module| {
                        format!(
                            "rule '{}' names module '{module}', which product '{product}' does not have",
                            rule.id
                        )
                    }))
                }
            },
            Assignment::Pool(pool) if !pools.iter().any(|known| known.id == *pool) => {
                problems.push(format!("rule '{}' names pool '{pool}', which no file defines", rule.id));
            }
            Assignment::FromMapping(MappingReference { id, table: None }) => {
                problems.push(format!(
                    "rule '{}' names mapping '{id}', which no file defines",
                    rule.id
                ));
            }
            Assignment::Pool(_) | Assignment::From { .. } | Assignment::FromMapping(_) => {}
        }
    }
    problems.extend(super::pool_checks::pool_problems(pools, organization));
    problems
}
