//! The budget and reporting tree: company → department → product → module.

use crate::calendar::Calendar;
use crate::language::Name;
use crate::ledger::Month;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The id of the visible product that holds what no rule took.
pub const UNALLOCATED: &str = "(unallocated)";

/// The company at the root of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// What it is called.
    pub name: Name,
    /// Festivals and days off that its business feels: forecasts of drivers and days until a limit follow them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Calendar>,
}

/// A department (部门).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Unique among departments.
    pub id: String,
    /// What it is called.
    pub name: Name,
}

/// A product (产品) of a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Unique among products.
    pub id: String,
    /// What it is called.
    pub name: Name,
    /// The department it belongs to.
    pub department: String,
    /// Its last month, when it has ended or will: no budget is made for later ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_month: Option<Month>,
}

/// A module (模块): one tier of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// The product it is a tier of.
    pub product: String,
    /// Unique within the product.
    pub id: String,
    /// What it is called.
    pub name: Name,
}

/// The whole tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organization {
    /// The company, once a file has named it.
    pub company: Option<Company>,
    /// In the order of the files.
    pub departments: Vec<Department>,
    /// In the order of the files.
    pub products: Vec<Product>,
    /// In the order of the files.
    pub modules: Vec<Module>,
}

impl Organization {
    /// Product id → ids of its modules.
    pub fn modules_by_product(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut products: BTreeMap<String, BTreeSet<String>> = self
            .products
            .iter()
            .map(|product| (product.id.clone(), BTreeSet::new()))
            .collect();
        for module in &self.modules {
            products
                .entry(module.product.clone())
                .or_default()
                .insert(module.id.clone());
        }
        products
    }

    /// The product of that id.
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// Product id → department id.
    pub fn department_of_product(&self) -> BTreeMap<String, String> {
        self.products
            .iter()
            .map(|product| (product.id.clone(), product.department.clone()))
            .collect()
    }

    /// Everything that does not hold together: ids used twice, departments and products that nothing defines.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut departments = BTreeSet::new();
        for department in &self.departments {
            if !departments.insert(department.id.as_str()) {
                problems.push(format!("department '{}' is defined twice", department.id));
            }
        }
        let mut products = BTreeSet::new();
        for product in &self.products {
            if !products.insert(product.id.as_str()) {
                problems.push(format!("product '{}' is defined twice", product.id));
            }
            if product.id.starts_with('(') || product.id.is_empty() {
                problems.push(format!(
                    "product '{}': an id must not be empty or start with '('",
                    product.id
                ));
            }
            if !departments.contains(product.department.as_str()) {
                problems.push(format!(
                    "product '{}' belongs to department '{}', which no organization file names",
                    product.id, product.department
                ));
            }
        }
        let mut modules = BTreeSet::new();
        for module in &self.modules {
            if !modules.insert((module.product.as_str(), module.id.as_str())) {
                problems.push(format!(
                    "module '{}' of product '{}' is defined twice",
                    module.id, module.product
                ));
            }
            if !products.contains(module.product.as_str()) {
                problems.push(format!(
                    "module '{}' belongs to product '{}', which no organization file names",
                    module.id, module.product
                ));
            }
        }
        problems
    }
}
