//! Standing in for somebody: a role in a part of the company, given on until a day. It counts only while whoever gave it has
//! the role themselves, and what was received is never given on.

use super::{App, AppError};
use crate::auth::{Grant, Permission, Role, Scope};
use crate::refusal::Refusal;
use crate::store::{Delegation, User};
use crate::words::say;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The longest time that a role is given on, in days.
const MOST_DAYS: i64 = 366;

/// A delegation that somebody wants to make.
#[derive(Clone, Debug)]
pub struct DelegationRequest {
    /// Who gives it on; whoever asks when missing.
    pub from: Option<String>,
    /// Who stands in.
    pub to: String,
    /// Role and where.
    pub grant: Grant,
    /// First day; today when missing.
    pub since: Option<NaiveDate>,
    /// Last day.
    pub until: NaiveDate,
    /// Why.
    pub reason: String,
}

impl App {
    /// Gives a role in a part of the company on to another user until a day. Everybody gives on what is their own; an
    /// administrator does it for others.
    ///
    /// # Errors
    /// When the giver has not so much themselves, the days make no sense, or no reason is given.
    pub fn delegate(&self, wish: &DelegationRequest) -> Result<Delegation, AppError> {
        let own = self.principal.user.is_some().then(|| self.principal.name.clone());
        let from = match (&wish.from, own) {
            (Some(from), Some(own)) if *from == own => own,
            (Some(from), _) => {
                self.require_company(Permission::Administer)?;
                from.clone()
            }
            (None, Some(own)) => own,
            (None, None) => return Err(Refusal::new("refused-delegate-from").into()),
        };
        // A token that stands for a part of what its user may do gives nothing on: what it gave would be more than itself.
        let narrow = |within: &Scope| self.principal.reads_only || *within != Scope::Company;
        if self.principal.within.as_ref().is_some_and(narrow) {
            return Err(AppError::NotAllowed(Refusal::new("refused-delegate-token")));
        }
        if wish.reason.trim().is_empty() {
            return Err(Refusal::new("refused-reason").into());
        }
        let today = crate::clock::today();
        let since = wish.since.unwrap_or(today);
        let days = (wish.until - today).num_days();
        if since > wish.until || !(0..=MOST_DAYS).contains(&days) {
            return Err(Refusal::new("refused-delegate-days")
                .with("since", since)
                .with("until", wish.until)
                .with("today", today)
                .with("most", MOST_DAYS)
                .into());
        }
        let lock = self.store.lock()?;
        let users = self.store.users()?;
        let (giver, receiver) = (active(&users, &from)?, active(&users, &wish.to)?);
        if giver.id == receiver.id {
            return Err(Refusal::new("refused-delegate-self").with("name", &giver.name).into());
        }
        if wish.grant.role == Role::Administrator {
            return Err(Refusal::new("refused-delegate-administrator").into());
        }
        let departments = self.organization()?.department_of_product();
        if !has(giver, &wish.grant, &departments) {
            return Err(Refusal::new("refused-delegate-not-own")
                .with("name", &giver.name)
                .with_words("role", |language| say(language, &format!("role-{}", wish.grant.role)))
                .with_words("scope", |language| super::scope_in_words(&wish.grant.scope, language))
                .into());
        }
        let new = Delegation {
            id: 0,
            from_user: giver.id,
            to_user: receiver.id,
            from: giver.name.clone(),
            to: receiver.name.clone(),
            grant: wish.grant.clone(),
            since,
            until: wish.until,
            reason: wish.reason.trim().to_owned(),
            created_at: String::new(),
            created_by: String::new(),
            ended_at: None,
            ended_by: None,
        };
        let id = self.store.add_delegation(&lock, &new, &self.actor)?;
        let found = self.store.delegations()?.into_iter().find(|one| one.id == id);
        Ok(found.ok_or_else(|| Refusal::new("refused-no-delegation").with("id", id))?)
    }

    /// Delegations: all for an administrator, else those that one gave or received.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn delegations(&self) -> Result<Vec<Delegation>, AppError> {
        let all = self.may(Permission::Administer, &Scope::Company)?;
        let mut delegations = self.store.delegations()?;
        delegations.retain(|one| all || [one.from_user, one.to_user].map(Some).contains(&self.principal.user));
        Ok(delegations)
    }

    /// Takes a delegation back before its time.
    ///
    /// # Errors
    /// When there is none of that number among those that one gave, or it has ended.
    pub fn end_delegation(&self, id: i64) -> Result<Delegation, AppError> {
        let all = self.may(Permission::Administer, &Scope::Company)?;
        let lock = self.store.lock()?;
        let find = || -> Result<Delegation, AppError> {
            let found = self.store.delegations()?.into_iter().find(|one| one.id == id);
            let found = found.filter(|one| all || Some(one.from_user) == self.principal.user);
            Ok(found.ok_or_else(|| Refusal::new("refused-no-delegation").with("id", id))?)
        };
        let found = find()?;
        if found.ended_at.is_some() {
            return Err(Refusal::new("refused-no-delegation").with("id", id).into());
        }
        self.store.end_delegation(&lock, &found, &self.actor)?;
        find()
    }

    /// What a user has today: their own roles, and those they stand in for while the givers have them.
    pub(super) fn grants_today(&self, user: &User) -> Result<Vec<Grant>, AppError> {
        let mut grants = user.grants.clone();
        let today = crate::clock::today();
        let mut delegations = self.store.delegations()?;
        delegations.retain(|one| one.to_user == user.id && one.holds_on(today));
        if delegations.is_empty() {
            return Ok(grants);
        }
        let users = self.store.users()?;
        let departments = self.organization()?.department_of_product();
        for delegation in delegations {
            let giver = users.iter().find(|one| one.id == delegation.from_user);
            if giver.is_some_and(|giver| giver.state == "active" && has(giver, &delegation.grant, &departments)) {
                grants.push(delegation.grant);
            }
        }
        Ok(grants)
    }
}

/// True when somebody has a role themselves in all of a part of the company; an administrator has every role.
fn has(user: &User, wanted: &Grant, departments: &BTreeMap<String, String>) -> bool {
    user.grants.iter().any(|grant| {
        (grant.role == wanted.role || grant.role == Role::Administrator)
            && grant.scope.covers(&wanted.scope, departments)
    })
}

fn active<'a>(users: &'a [User], name: &str) -> Result<&'a User, AppError> {
    let name = name.trim().to_lowercase();
    let found = users.iter().find(|user| user.name == name);
    let found = found.ok_or_else(|| Refusal::new("refused-no-user").with("name", &name))?;
    if found.state != "active" {
        return Err(Refusal::new("refused-user-disabled").with("name", &name).into());
    }
    Ok(found)
}
