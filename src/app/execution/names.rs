//! What products and departments are called.

use headroom_models::budget::Row;
use headroom_models::configuration::Configuration;
use headroom_models::language::Name;
use headroom_reports::data::Named;
use std::collections::BTreeMap;

/// Names of products and departments.
pub(in crate::app) struct Names {
    pub company: Name,
    pub products: BTreeMap<String, (Name, String)>,
    pub departments: Vec<(String, Name)>,
    pub modules: BTreeMap<(String, String), Name>,
}

impl Names {
    pub fn of(configuration: &Configuration) -> Names {
        let organization = &configuration.organization;
        Names {
            company: organization
                .company
                .as_ref()
                .map_or_else(|| Name::from("Headroom"), |company| company.name.clone()),
            products: organization
                .products
                .iter()
                .map(|p| (p.id.clone(), (p.name.clone(), p.department.clone())))
                .collect(),
            modules: organization
                .modules
                .iter()
                .map(|m| ((m.product.clone(), m.id.clone()), m.name.clone()))
                .collect(),
            departments: organization
                .departments
                .iter()
                .map(|d| (d.id.clone(), d.name.clone()))
                .collect(),
        }
    }

    /// Products in the order of their departments; what belongs to none comes last.
    pub fn in_order<'a>(&self, products: &'a [Row]) -> impl Iterator<Item = &'a Row> {
        let place = |id: &str| {
            let department = self.products.get(id).map(|(_, department)| department);
            let place = self.departments.iter().position(|(known, _)| Some(known) == department);
            place.unwrap_or(usize::MAX)
        };
        let mut ordered: Vec<&Row> = products.iter().collect();
        ordered.sort_by_key(|row| place(&row.id));
        ordered.into_iter()
    }

    /// A module's name; the id when no file names it.
    pub fn module(&self, product: &str, module: &str) -> Name {
        let known = self.modules.get(&(product.to_owned(), module.to_owned()));
        known.cloned().unwrap_or_else(|| Name::from(module))
    }

    /// A department's name; the id when no file names it.
    pub fn department(&self, id: &str) -> Name {
        let known = self.departments.iter().find(|(known, _)| known == id);
        known.map_or_else(|| Name::from(id), |(_, name)| name.clone())
    }

    pub fn product(&self, id: &str) -> Named {
        let name = self
            .products
            .get(id)
            .map_or_else(|| Name::from(id), |(name, _)| name.clone());
        Named {
            id: id.to_owned(),
            name,
        }
    }
}
