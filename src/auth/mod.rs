//! Who somebody is and what they may do: roles × scopes, passwords, secrets of sessions and tokens.
//!
//! Nothing here reads the store: `app::access` asks these types before every use case.

mod password;
mod principal;
mod role;
mod secret;

pub use password::{MIN_PASSWORD, PasswordProblem, hash_password, spend_password_time, verify_password};
pub use principal::{Grant, Principal, Scope, ScopeError, Visible};
pub use role::{Permission, Role};
pub use secret::{Secret, secret_hash};
