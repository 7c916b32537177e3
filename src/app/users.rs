//! Users: added with roles, invited to set a password, disabled; never deleted, because the audit trail names them.

use super::{App, AppError};
use crate::auth::{Grant, Permission, Principal, Role, Scope, Secret, hash_password, secret_hash};
use crate::refusal::Refusal;
use crate::store::{ApiToken, AuditLine, User};
use serde::Serialize;

/// Days that an invitation can be used.
const INVITATION_DAYS: i64 = 3;
/// The longest life of a token, in days.
pub const MOST_TOKEN_DAYS: i64 = 366;
/// Lines of one page of the audit trail.
const AUDIT_PAGE: u32 = 200;

const DAY: i64 = 24 * 60 * 60;

/// A one-time link by which a user sets a password.
#[derive(Clone, Debug, Serialize)]
pub struct Invitation {
    /// The user's name.
    pub user: String,
    /// The path on the server: `/invitation/…`. Shown once.
    pub path: String,
    /// When it stops working.
    pub expires_at: String,
}

/// A token with its secret, which is shown once.
#[derive(Clone, Debug, Serialize)]
pub struct NewToken {
    /// The token.
    pub token: ApiToken,
    /// The secret.
    pub secret: String,
}

/// A role with its part of the company as it is written: `finance`, `finance@company`, `product-owner@product:mmo`.
///
/// # Errors
/// When there is no such role or it is no part of a company.
pub fn grant_in(text: &str) -> Result<Grant, AppError> {
    let (role, scope) = text.split_once('@').unwrap_or((text, "company"));
    let refused = || Refusal::new("refused-grant").with("text", text);
    Ok(Grant {
        role: role.parse().map_err(|_| refused())?,
        scope: scope.parse().map_err(|_| refused())?,
    })
}

impl App {
    /// Adds a user. Without a password they set one themselves, by an invitation.
    ///
    /// # Errors
    /// When the name is taken or makes no sense, no role or an unknown scope is given, or the password is too weak.
    pub fn add_user(
        &self,
        name: &str,
        shown: Option<&str>,
        grants: &[Grant],
        password: Option<&str>,
    ) -> Result<User, AppError> {
        self.require_company(Permission::Administer)?;
        let name = checked_name(name)?;
        self.check_grants(grants)?;
        let hash = password.map(|password| checked_password(&name, password)).transpose()?;
        let shown = shown.map(str::trim).filter(|shown| !shown.is_empty()).unwrap_or(&name);
        let lock = self.store.lock()?;
        if self.store.users()?.iter().any(|user| user.name == name) {
            return Err(Refusal::new("refused-user-exists").with("name", name).into());
        }
        self.store
            .add_user(&lock, &name, shown, hash.as_deref(), grants, &self.actor)?;
        self.found_user(&name)
    }

    /// All users.
    ///
    /// # Errors
    /// When the principal is no administrator.
    pub fn users(&self) -> Result<Vec<User>, AppError> {
        self.require_company(Permission::Administer)?;
        Ok(self.store.users()?)
    }

    /// A user by name; everybody may look at their own account.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn user(&self, name: &str) -> Result<User, AppError> {
        if name != self.principal.name || self.principal.user.is_none() {
            self.require_company(Permission::Administer)?;
        }
        self.found_user(name)
    }

    fn found_user(&self, name: &str) -> Result<User, AppError> {
        let users = self.store.users()?;
        let found = users.into_iter().find(|user| user.name == name);
        Ok(found.ok_or_else(|| Refusal::new("refused-no-user").with("name", name))?)
    }

    /// Gives a user these roles in the place of the ones they have.
    ///
    /// # Errors
    /// When there is no such user, or nobody would be left who can administer.
    pub fn set_roles(&self, name: &str, grants: &[Grant]) -> Result<User, AppError> {
        self.require_company(Permission::Administer)?;
        self.check_grants(grants)?;
        let lock = self.store.lock()?;
        let user = self.found_user(name)?;
        if !administers(grants) {
            self.keep_an_administrator(&user)?;
        }
        self.store.set_grants(&lock, &user, grants, &self.actor)?;
        self.found_user(name)
    }

    /// Disables or enables an account; a disabled one is signed out everywhere at once.
    ///
    /// # Errors
    /// When there is no such user, or nobody would be left who can administer.
    pub fn set_user_active(&self, name: &str, active: bool) -> Result<User, AppError> {
        self.require_company(Permission::Administer)?;
        let lock = self.store.lock()?;
        let user = self.found_user(name)?;
        if !active {
            self.keep_an_administrator(&user)?;
        }
        self.store.set_user_state(&lock, &user, active, &self.actor)?;
        self.found_user(name)
    }

    /// Makes a one-time link by which a user sets a password; the way back after a forgotten one, too.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn invite(&self, name: &str) -> Result<Invitation, AppError> {
        self.require_company(Permission::Administer)?;
        let lock = self.store.lock()?;
        let user = self.found_user(name)?;
        let secret = Secret::new("hri");
        let expires_at = crate::clock::after_seconds(INVITATION_DAYS * DAY);
        self.store
            .invite(&lock, user.id, &user.name, &secret.hash(), &expires_at, &self.actor)?;
        Ok(Invitation {
            user: user.name,
            path: format!("/invitation/{}", secret.expose()),
            expires_at,
        })
    }

    /// Sets the principal's own password; needs the present one.
    ///
    /// # Errors
    /// When the present password is another, or the new one too weak.
    pub fn change_password(&self, present: &str, new: &str) -> Result<(), AppError> {
        let user = self.found_user(&self.principal.name)?;
        let known = self.store.password_hash(user.id)?;
        if !known.is_some_and(|hash| crate::auth::verify_password(present, &hash)) {
            return Err(Refusal::new("refused-present-password").into());
        }
        let hash = checked_password(&user.name, new)?;
        let lock = self.store.lock()?;
        Ok(self.store.set_password(&lock, &user, &hash, &self.actor)?)
    }

    /// Makes an API token with a user's roles, narrowed by `reads_only` and `scope`.
    ///
    /// # Errors
    /// When the user does not exist or is somebody else's, or the life makes no sense.
    pub fn create_token(
        &self,
        user: &str,
        name: &str,
        reads_only: bool,
        scope: Scope,
        days: i64,
    ) -> Result<NewToken, AppError> {
        let user = self.user(user)?;
        let name = name.trim();
        if name.is_empty() || name.len() > 100 || name.chars().any(char::is_control) {
            return Err(Refusal::new("refused-token-name").into());
        }
        if !(1..=MOST_TOKEN_DAYS).contains(&days) {
            return Err(Refusal::new("refused-token-days").with("most", MOST_TOKEN_DAYS).into());
        }
        if self.principal.within.is_some() {
            return Err(AppError::NotAllowed(Refusal::new("refused-token-of-token")));
        }
        self.check_scope(&scope)?;
        let lock = self.store.lock()?;
        let secret = Secret::new("hrt");
        let mut token = ApiToken {
            id: 0,
            user: user.id,
            name: name.to_owned(),
            reads_only,
            scope,
            created_at: crate::clock::now(),
            expires_at: crate::clock::after_seconds(days * DAY),
            revoked_at: None,
        };
        token.id = self.store.add_token(&lock, &token, &secret.hash(), &self.actor)?;
        Ok(NewToken {
            token,
            secret: secret.expose().to_owned(),
        })
    }

    /// API tokens with their users' names: all for an administrator, else the principal's own.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn tokens(&self) -> Result<Vec<(String, ApiToken)>, AppError> {
        let all = self.may(Permission::Administer, &Scope::Company)?;
        let users = self.store.users()?;
        let name = |id: i64| users.iter().find(|user| user.id == id).map(|user| user.name.clone());
        let tokens = self.store.tokens()?.into_iter();
        Ok(tokens
            .filter(|token| all || Some(token.user) == self.principal.user)
            .map(|token| (name(token.user).unwrap_or_default(), token))
            .collect())
    }

    /// Revokes a token.
    ///
    /// # Errors
    /// When there is no such token among those that the principal sees.
    pub fn revoke_token(&self, id: i64) -> Result<(), AppError> {
        let found = self.tokens()?.into_iter().find(|(_, token)| token.id == id);
        let (_, token) = found.ok_or_else(|| Refusal::new("refused-no-token").with("id", id))?;
        let lock = self.store.lock()?;
        Ok(self.store.revoke_token(&lock, &token, &self.actor)?)
    }

    /// The audit trail, newest first, before a line's number; only lines that hold a text, when one is given.
    ///
    /// # Errors
    /// When the principal may not read it.
    pub fn audit_trail(&self, before: Option<i64>, holds: &str) -> Result<Vec<AuditLine>, AppError> {
        self.require_company(Permission::Audit)?;
        Ok(self.store.audit_lines(before, holds, AUDIT_PAGE)?)
    }

    /// The same data directory for a user; for whoever has the right to speak for all (the machine's owner, a session).
    ///
    /// # Errors
    /// When there is no such active user.
    pub fn for_user(&self, name: &str) -> Result<App, AppError> {
        let user = self.found_user(name)?;
        Ok(self.for_principal(self.principal_of(&user)?))
    }

    /// The same data directory for the holder of an API token.
    ///
    /// # Errors
    /// When nobody holds it, or it has expired or was revoked, or its user is disabled.
    pub fn for_token(&self, secret: &str) -> Result<App, AppError> {
        let refused = || AppError::NotSignedIn(Refusal::new("refused-token"));
        let token = self.store.token(&secret_hash(secret))?.ok_or_else(refused)?;
        let users = self.store.users()?;
        let user = users.iter().find(|user| user.id == token.user).ok_or_else(refused)?;
        let principal = self.principal_of(user).map_err(|_| refused())?;
        Ok(self.for_principal(Principal {
            reads_only: token.reads_only,
            within: Some(token.scope),
            ..principal
        }))
    }

    /// Every part of the company in which a role may hold: the whole first, then departments and products.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn scopes(&self) -> Result<Vec<Scope>, AppError> {
        let organization = self.organization()?;
        let departments = organization.departments.into_iter();
        let products = organization.products.into_iter();
        Ok(std::iter::once(Scope::Company)
            .chain(departments.map(|one| Scope::Department(one.id)))
            .chain(products.map(|one| Scope::Product(one.id)))
            .collect())
    }

    fn check_grants(&self, grants: &[Grant]) -> Result<(), AppError> {
        if grants.is_empty() {
            return Err(Refusal::new("refused-no-role").into());
        }
        grants.iter().try_for_each(|grant| {
            if grant.role == Role::Administrator && grant.scope != Scope::Company {
                return Err(Refusal::new("refused-administrator-scope").into());
            }
            self.check_scope(&grant.scope)
        })
    }

    /// A scope has to name something that the organization has.
    fn check_scope(&self, scope: &Scope) -> Result<(), AppError> {
        let organization = self.organization()?;
        let (key, id, known): (_, _, Vec<&str>) = match scope {
            Scope::Company => return Ok(()),
            Scope::Department(id) => {
                let known = organization.departments.iter().map(|one| one.id.as_str());
                ("refused-scope-department", id, known.collect())
            }
            Scope::Product(id) => {
                let known = organization.products.iter().map(|one| one.id.as_str());
                ("refused-scope-product", id, known.collect())
            }
        };
        if known.contains(&id.as_str()) {
            return Ok(());
        }
        let known = if known.is_empty() {
            "–".to_owned()
        } else {
            known.join(", ")
        };
        Err(Refusal::new(key).with("id", id).with("known", known).into())
    }

    /// Refuses when a user is the last active one who can administer.
    fn keep_an_administrator(&self, user: &User) -> Result<(), AppError> {
        let others = self.store.users()?;
        let another = others
            .iter()
            .any(|other| other.id != user.id && other.state == "active" && administers(&other.grants));
        if administers(&user.grants) && user.state == "active" && !another {
            return Err(Refusal::new("refused-last-administrator")
                .with("name", &user.name)
                .into());
        }
        Ok(())
    }
}

impl App {
    /// The principal that an active user is today, with what they stand in for.
    pub(super) fn principal_of(&self, user: &User) -> Result<Principal, AppError> {
        if user.state != "active" {
            return Err(AppError::NotSignedIn(
                Refusal::new("refused-user-disabled").with("name", &user.name),
            ));
        }
        Ok(Principal {
            name: user.name.clone(),
            user: Some(user.id),
            grants: self.grants_today(user)?,
            reads_only: false,
            within: None,
        })
    }
}

fn administers(grants: &[Grant]) -> bool {
    grants.iter().any(|grant| grant.role == Role::Administrator)
}

/// A name as it is kept: lower case, so that nobody signs up as another's look-alike by case.
fn checked_name(name: &str) -> Result<String, AppError> {
    let name = name.trim().to_lowercase();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    if name.is_empty() || name.len() > 100 || !name.chars().all(fits) {
        return Err(Refusal::new("refused-user-name").into());
    }
    Ok(name)
}

pub(super) fn checked_password(user: &str, password: &str) -> Result<String, AppError> {
    hash_password(user, password).map_err(|_| {
        Refusal::new("refused-password")
            .with("least", crate::auth::MIN_PASSWORD)
            .into()
    })
}
