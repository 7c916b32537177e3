//! The one place that decides what somebody may do. Every use case begins with one of these calls.

use super::{App, AppError};
use crate::auth::{Permission, Principal, Scope, Visible};
use crate::refusal::Refusal;
use crate::words::say;
use headroom_models::language::Language;
use headroom_models::organization::Organization;
use std::collections::BTreeMap;

impl App {
    /// The same data directory for somebody else. Costs nothing.
    pub fn for_principal(&self, principal: Principal) -> App {
        App {
            store: self.store.clone(),
            actor: principal.name.clone(),
            principal,
        }
    }

    /// Who asks.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Refuses unless the principal has a permission in all of a part of the company.
    ///
    /// # Errors
    /// When they have not: the refusal names the roles that do.
    pub fn require(&self, permission: Permission, scope: &Scope) -> Result<(), AppError> {
        if self.may(permission, scope)? {
            return Ok(());
        }
        Err(AppError::NotAllowed(
            Refusal::new("refused-permission")
                .with("who", &self.principal.name)
                .with_words("what", |language| say(language, &format!("permission-{permission}")))
                .with_words("scope", |language| scope_in_words(scope, language))
                .with_words("roles", |language| roles_in_words(permission, language)),
        ))
    }

    /// [`App::require`] for the whole company.
    ///
    /// # Errors
    /// When they have it nowhere, or only in parts.
    pub fn require_company(&self, permission: Permission) -> Result<(), AppError> {
        self.require(permission, &Scope::Company)
    }

    /// [`App::require`] for one product.
    ///
    /// # Errors
    /// When they have it not there.
    pub fn require_product(&self, permission: Permission, product: &str) -> Result<(), AppError> {
        self.require(permission, &Scope::Product(product.to_owned()))
    }

    /// Refuses when the principal has a permission nowhere: for use cases that show only what [`App::visible`] lets through.
    ///
    /// # Errors
    /// When they have it nowhere.
    pub fn require_somewhere(&self, permission: Permission) -> Result<(), AppError> {
        if self.principal.may_somewhere(permission) {
            Ok(())
        } else {
            self.require(permission, &Scope::Company)
        }
    }

    /// True when the principal has a permission in all of a part of the company; pages hide what would be refused.
    ///
    /// # Errors
    /// When the organization cannot be read.
    pub fn may(&self, permission: Permission, scope: &Scope) -> Result<bool, AppError> {
        // Only the tree of the organization knows in which department a product lies; most questions do not need it.
        let none = BTreeMap::new();
        if self.principal.may(permission, scope, &none) {
            return Ok(true);
        }
        if *scope == Scope::Company || !self.principal.may_somewhere(permission) {
            return Ok(false);
        }
        let departments = self.organization()?.department_of_product();
        Ok(self.principal.may(permission, scope, &departments))
    }

    /// The products whose figures the principal sees. Lists, tables and sums leave out all others.
    ///
    /// # Errors
    /// When the organization cannot be read.
    pub fn visible(&self) -> Result<Visible, AppError> {
        self.products_with(Permission::Read)
    }

    /// The products in which the principal has a permission.
    ///
    /// # Errors
    /// When the organization cannot be read.
    pub fn products_with(&self, permission: Permission) -> Result<Visible, AppError> {
        if self.principal.may(permission, &Scope::Company, &BTreeMap::new()) {
            return Ok(Visible::Everything);
        }
        let departments = self.organization()?.department_of_product();
        let has = |product: &&String| {
            self.principal
                .may(permission, &Scope::Product((*product).clone()), &departments)
        };
        Ok(Visible::Products(departments.keys().filter(has).cloned().collect()))
    }

    /// A number that is another after every change of the books: what was worked out at one holds until it is another.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn state_number(&self) -> Result<i64, AppError> {
        Ok(self.store.state_number()?)
    }

    /// The database as it stands, with sessions and roles: see [`Revision`](crate::store::Revision).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn revision(&self) -> Result<crate::store::Revision, AppError> {
        Ok(self.store.revision().await?)
    }

    /// The company's tree as it is configured; empty before anything was applied.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn organization(&self) -> Result<Organization, AppError> {
        Ok(self.configuration()?.1.organization)
    }
}

/// A scope as people say it.
pub fn scope_in_words(scope: &Scope, language: Language) -> String {
    match scope {
        Scope::Company => say(language, "scope-company"),
        Scope::Department(id) => Refusal::new("scope-department").with("id", id).message(language),
        Scope::Product(id) => Refusal::new("scope-product").with("id", id).message(language),
    }
}

fn roles_in_words(permission: Permission, language: Language) -> String {
    let roles: Vec<String> = permission
        .roles()
        .map(|role| say(language, &format!("role-{role}")))
        .collect();
    roles.join(&say(language, "list-or"))
}
