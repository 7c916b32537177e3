//! Roles, and which permissions each of them carries. This table is the only one.

use serde::{Deserialize, Serialize};

/// A closed list of kebab-case words: serde, the database and the keys of the locales all use the same text.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// All values.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The word as it stands in commands and files.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let known = || Self::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
                Self::ALL
                    .iter()
                    .copied()
                    .find(|one| one.as_str() == text)
                    .ok_or_else(|| format!("'{text}' is none of {}", known()))
            }
        }
    };
}

words! {
    /// What somebody is in the company.
    Role {
        /// 查看者: reads.
        Viewer = "viewer",
        /// 产品负责人: plans and explains the budget of products.
        ProductOwner = "product-owner",
        /// 运维: measurements, capacity, idle resources.
        Operations = "operations",
        /// 财务: bills, rules, closing, consolidation.
        Finance = "finance",
        /// 审批人: reviews and approves.
        Approver = "approver",
        /// 管理员: everything, and users.
        Administrator = "administrator",
    }
}

words! {
    /// What a use case asks for.
    Permission {
        /// To see figures of the scope.
        Read = "read",
        /// To import and undo files.
        Import = "import",
        /// To change organization, rules, pools, mappings, policies.
        Configure = "configure",
        /// To allocate, adjust, accrue, close and reopen months.
        Close = "close",
        /// To change capacity models, prices, events, scenarios.
        Plan = "plan",
        /// To derive, edit and submit budgets, and to request money.
        Draft = "draft",
        /// To review and return budgets.
        Review = "review",
        /// To approve or reject budgets and requests.
        Approve = "approve",
        /// To confirm, exempt and reclaim idle resources.
        Reclaim = "reclaim",
        /// To read the audit trail.
        Audit = "audit",
        /// To manage users and the tokens of others.
        Administer = "administer",
    }
}

impl Role {
    /// True when the role carries the permission.
    pub fn carries(self, permission: Permission) -> bool {
        use Permission::{Approve, Audit, Close, Configure, Draft, Import, Plan, Read, Reclaim, Review};
        match self {
            Role::Viewer => permission == Read,
            Role::ProductOwner => matches!(permission, Read | Draft | Reclaim),
            Role::Operations => matches!(permission, Read | Import | Plan | Draft | Reclaim),
            Role::Finance => matches!(
                permission,
                Read | Import | Configure | Close | Plan | Draft | Review | Reclaim | Audit
            ),
            Role::Approver => matches!(permission, Read | Review | Approve | Audit),
            Role::Administrator => true,
        }
    }
}

impl Permission {
    /// True for what changes nothing.
    pub fn is_reading(self) -> bool {
        matches!(self, Permission::Read | Permission::Audit)
    }

    /// The roles that carry it.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| role.carries(self))
    }
}
