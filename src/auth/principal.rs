//! Who asks for a use case, and where they may have it.

use super::{Permission, Role};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// A part of the company's tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// All of it.
    Company,
    /// A department with its products, by id.
    Department(String),
    /// A product, by id.
    Product(String),
}

/// A text that names no scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no scope: write company, department:ID or product:ID")]
pub struct ScopeError(String);

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Company => f.write_str("company"),
            Scope::Department(id) => write!(f, "department:{id}"),
            Scope::Product(id) => write!(f, "product:{id}"),
        }
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Scope, ScopeError> {
        match text.split_once(':') {
            None if text == "company" => Ok(Scope::Company),
            Some(("department", id)) if !id.is_empty() => Ok(Scope::Department(id.to_owned())),
            Some(("product", id)) if !id.is_empty() => Ok(Scope::Product(id.to_owned())),
            _ => Err(ScopeError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Scope, ScopeError> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> String {
        scope.to_string()
    }
}

impl Scope {
    /// True when `other` lies in this part of the tree; `departments` is product id → department id.
    pub fn covers(&self, other: &Scope, departments: &BTreeMap<String, String>) -> bool {
        match (self, other) {
            (Scope::Company, _) => true,
            (Scope::Department(own), Scope::Department(other)) | (Scope::Product(own), Scope::Product(other)) => {
                own == other
            }
            (Scope::Department(own), Scope::Product(product)) => departments.get(product) == Some(own),
            _ => false,
        }
    }
}

/// A role that somebody has in a part of the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

/// Who asks: a user, the holder of a token, or the owner of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The name that the audit trail keeps.
    pub name: String,
    /// The user's id; nothing for the owner of the machine, who needs no account.
    pub user: Option<i64>,
    /// Roles and where they hold.
    pub grants: Vec<Grant>,
    /// A token may be narrower than its user: reads only.
    pub reads_only: bool,
    /// A token may be narrower than its user: only this part of the tree.
    pub within: Option<Scope>,
}

impl Principal {
    /// Whoever owns the data directory on this machine: an administrator.
    pub fn owner(name: &str) -> Principal {
        Principal {
            name: name.to_owned(),
            user: None,
            grants: vec![Grant {
                role: Role::Administrator,
                scope: Scope::Company,
            }],
            reads_only: false,
            within: None,
        }
    }

    /// Nobody: may do nothing.
    pub fn nobody() -> Principal {
        Principal {
            grants: Vec::new(),
            ..Principal::owner("nobody")
        }
    }

    /// True when they have a permission in all of a part of the tree.
    pub fn may(&self, permission: Permission, scope: &Scope, departments: &BTreeMap<String, String>) -> bool {
        (permission.is_reading() || !self.reads_only)
            && self
                .within
                .as_ref()
                .is_none_or(|within| within.covers(scope, departments))
            && self
                .grants
                .iter()
                .any(|grant| grant.role.carries(permission) && grant.scope.covers(scope, departments))
    }

    /// True when they have a permission anywhere.
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        (permission.is_reading() || !self.reads_only) && self.grants.iter().any(|grant| grant.role.carries(permission))
    }
}

/// Which products' figures somebody sees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Visible {
    /// All, with what belongs to no product.
    Everything,
    /// Only these.
    Products(BTreeSet<String>),
}

impl Visible {
    /// True when figures of the product are shown.
    pub fn sees(&self, product: &str) -> bool {
        match self {
            Visible::Everything => true,
            Visible::Products(products) => products.contains(product),
        }
    }

    /// True when nothing is left out.
    pub fn is_everything(&self) -> bool {
        *self == Visible::Everything
    }
}

#[cfg(test)]
mod tests {
    use super::{Grant, Principal, Scope};
    use crate::auth::{Permission, Role};
    use std::collections::BTreeMap;

    fn departments() -> BTreeMap<String, String> {
        [("mmo", "games"), ("chess", "games"), ("wiki", "web")]
            .map(|(product, department)| (product.to_owned(), department.to_owned()))
            .into()
    }

    fn somebody(role: Role, scope: &str) -> Principal {
        Principal {
            grants: vec![Grant {
                role,
                scope: scope.parse().unwrap(),
            }],
            ..Principal::owner("somebody")
        }
    }

    #[test]
    fn a_department_holds_its_products_and_nothing_above_or_beside() {
        let owner = somebody(Role::ProductOwner, "department:games");
        let may = |scope: &str| owner.may(Permission::Draft, &scope.parse().unwrap(), &departments());
        assert_eq!(
            [
                "product:mmo",
                "product:chess",
                "department:games",
                "product:wiki",
                "department:web",
                "company"
            ]
            .map(may),
            [true, true, true, false, false, false]
        );
        assert!(!owner.may(Permission::Approve, &Scope::Product("mmo".to_owned()), &departments()));
    }

    #[test]
    fn a_token_is_never_wider_than_its_user_nor_than_itself() {
        let token = Principal {
            reads_only: true,
            within: Some(Scope::Product("mmo".to_owned())),
            ..somebody(Role::Administrator, "company")
        };
        let mmo = Scope::Product("mmo".to_owned());
        assert!(token.may(Permission::Read, &mmo, &departments()));
        assert!(!token.may(Permission::Draft, &mmo, &departments()));
        assert!(!token.may(Permission::Read, &Scope::Company, &departments()));
    }

    #[test]
    fn scopes_are_read_as_they_are_written_and_nothing_else_is() {
        for text in ["company", "department:games", "product:a:b"] {
            assert_eq!(text.parse::<Scope>().unwrap().to_string(), text);
        }
        for text in ["", "company:x", "product:", "team:games"] {
            assert!(text.parse::<Scope>().is_err(), "{text}");
        }
    }
}
