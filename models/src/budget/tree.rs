//! Execution along any dimensions, as a tree: every row is the exact sum of the rows below it.

use super::{Execution, Figures, LineKey, Sourcing};
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
    /// How the resources are had; empty when not stated.
    ResourceMode,
    /// Who bills them; empty when not stated.
    Provider,
    /// Kind of service; empty when not stated.
    ServiceCategory,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Dimension; 8] = [
        Dimension::Department,
        Dimension::Product,
        Dimension::Module,
        Dimension::CostType,
        Dimension::Expenditure,
        Dimension::ResourceMode,
        Dimension::Provider,
        Dimension::ServiceCategory,
    ];

    /// The word for commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Dimension::Department => "department",
            Dimension::Product => "product",
            Dimension::Module => "module",
            Dimension::CostType => "cost-type",
            Dimension::Expenditure => "expenditure",
            Dimension::ResourceMode => "resource-mode",
            Dimension::Provider => "provider",
            Dimension::ServiceCategory => "service-category",
        }
    }

    /// True for what lines state beside their key, or leave open.
    pub const fn is_source(self) -> bool {
        matches!(
            self,
            Dimension::ResourceMode | Dimension::Provider | Dimension::ServiceCategory
        )
    }

    fn value(self, key: &LineKey, source: &Sourcing, departments: &BTreeMap<String, String>) -> String {
        match self {
            Dimension::Department => departments.get(&key.product).cloned().unwrap_or_default(),
            Dimension::Product => key.product.clone(),
            Dimension::Module => key.module.clone(),
            Dimension::CostType => key.cost_type.as_str().to_owned(),
            Dimension::Expenditure => key.expenditure.as_str().to_owned(),
            Dimension::ResourceMode => source
                .resource_mode
                .map_or_else(String::new, |mode| mode.as_str().to_owned()),
            Dimension::Provider => source.provider.clone(),
            Dimension::ServiceCategory => source.service_category.clone(),
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
    let by_source = dimensions.iter().any(|dimension| dimension.is_source());
    let nowhere = Sourcing::default();
    for leaf in &executed.leaves {
        let whole = [(&nowhere, &leaf.figures)];
        let parts: Vec<(&Sourcing, &Figures)> = match by_source {
            true => leaf.sources.iter().collect(),
            false => whole.to_vec(),
        };
        for (source, figures) in parts {
            let path: Vec<String> = dimensions
                .iter()
                .map(|dimension| dimension.value(&leaf.key, source, departments))
                .collect();
            for depth in 0..=path.len() {
                rows.entry(path[..depth].to_vec()).or_default().add(figures);
            }
        }
    }
    rows.into_iter()
        .map(|(path, figures)| TreeRow {
            path,
            figures: figures.with_rates(),
        })
        .collect()
}
