//! Execution along any dimensions, as a tree: every row is the exact sum of the rows below it.

use super::{Execution, Figures, LineKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an execution can be looked at by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// Department of the product; empty when none.
    Department,
    /// Product.
    Product,
    /// Module; empty when none.
    Module,
    /// Cost type.
    CostType,
    /// Capex or opex.
    Expenditure,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Dimension; 5] = [
        Dimension::Department,
        Dimension::Product,
        Dimension::Module,
        Dimension::CostType,
        Dimension::Expenditure,
    ];

    /// The word for commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Dimension::Department => "department",
            Dimension::Product => "product",
            Dimension::Module => "module",
            Dimension::CostType => "cost-type",
            Dimension::Expenditure => "expenditure",
        }
    }

    fn value(self, key: &LineKey, departments: &BTreeMap<String, String>) -> String {
        match self {
            Dimension::Department => departments.get(&key.product).cloned().unwrap_or_default(),
            Dimension::Product => key.product.clone(),
            Dimension::Module => key.module.clone(),
            Dimension::CostType => key.cost_type.as_str().to_owned(),
            Dimension::Expenditure => key.expenditure.as_str().to_owned(),
        }
    }
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TreeRow {
    /// Values of the first dimensions; none for the company.
    pub path: Vec<String>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The company, then every combination of the first one, two, … dimensions, each above what it is made of.
pub fn execution_tree(
    executed: &Execution,
    departments: &BTreeMap<String, String>,
    dimensions: &[Dimension],
) -> Vec<TreeRow> {
    let mut rows: BTreeMap<Vec<String>, Figures> = BTreeMap::new();
    rows.entry(Vec::new()).or_default();
    for leaf in &executed.leaves {
        let path: Vec<String> = dimensions
            .iter()
            .map(|dimension| dimension.value(&leaf.key, departments))
            .collect();
        for depth in 0..=path.len() {
            rows.entry(path[..depth].to_vec()).or_default().add(&leaf.figures);
        }
    }
    rows.into_iter()
        .map(|(path, figures)| TreeRow {
            path,
            figures: figures.with_rates(),
        })
        .collect()
}
