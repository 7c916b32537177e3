//! Signing in and out: what the pages do before anybody is known.

use super::users::checked_password;
use super::{App, AppError};
use crate::auth::{Grant, Principal, Role, Scope, Secret, secret_hash, spend_password_time, verify_password};
use crate::refusal::Refusal;
use crate::store::{Session, User};

/// Hours that a session lasts.
const SESSION_HOURS: i64 = 12;

/// Seconds for which answers of the API are kept.
const ANSWER_SECONDS: i64 = 24 * 60 * 60;
/// Longest answer that is kept over a restart, in bytes.
const MOST_ANSWER: usize = 1 << 20;

/// A session that has just begun.
pub struct Begun {
    /// The secret, for the cookie.
    pub secret: Secret,
    /// Who it is.
    pub principal: Principal,
}

impl App {
    /// True while nobody has an account: then the set-up link is the way in.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn nobody_has_an_account(&self) -> Result<bool, AppError> {
        Ok(self.store.users()?.is_empty())
    }

    /// Makes the first administrator. Whoever calls this has checked the one-time link of the server's start.
    ///
    /// # Errors
    /// When somebody has an account already, or name or password make no sense.
    pub fn make_first_administrator(&self, name: &str, password: &str) -> Result<User, AppError> {
        if !self.nobody_has_an_account()? {
            return Err(Refusal::new("refused-set-up-already").into());
        }
        let grants = [Grant {
            role: Role::Administrator,
            scope: Scope::Company,
        }];
        self.for_principal(Principal::owner("set-up"))
            .add_user(name, None, &grants, Some(password))
    }

    /// Begins a session for a name and password.
    ///
    /// # Errors
    /// When they do not fit; the message says no more than that.
    pub fn sign_in(&self, name: &str, password: &str, agent: &str) -> Result<Begun, AppError> {
        let name = name.trim().to_lowercase();
        let refused = || AppError::NotSignedIn(Refusal::new("refused-sign-in"));
        let user = self.store.users()?.into_iter().find(|user| user.name == name);
        let hash = match &user {
            Some(user) => self.store.password_hash(user.id)?,
            None => None,
        };
        let (Some(user), Some(hash)) = (user, hash) else {
            spend_password_time(password);
            return Err(refused());
        };
        if !verify_password(password, &hash) {
            self.store.audit(&user.name, "failed sign in", &shortened(agent))?;
            return Err(refused());
        }
        let principal = self.principal_of(&user).map_err(|_| refused())?;
        let secret = Secret::new("hrs");
        let session = Session {
            hash: secret.hash(),
            user: user.id,
            csrf: Secret::new("csrf").expose().to_owned(),
            created_at: crate::clock::now(),
            expires_at: crate::clock::after_seconds(SESSION_HOURS * 60 * 60),
            agent: shortened(agent),
        };
        self.store.begin_session(&session, &user.name)?;
        Ok(Begun { secret, principal })
    }

    /// The session of a cookie, with who it is.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn session(&self, secret: &str) -> Result<Option<(Session, User, App)>, AppError> {
        let Some(session) = self.store.session(&secret_hash(secret))? else {
            return Ok(None);
        };
        let user = self.store.users()?.into_iter().find(|user| user.id == session.user);
        let Some(user) = user.filter(|user| user.state == "active") else {
            return Ok(None);
        };
        let app = self.for_principal(self.principal_of(&user)?);
        Ok(Some((session, user, app)))
    }

    /// The principal's own sessions.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn own_sessions(&self) -> Result<Vec<Session>, AppError> {
        Ok(match self.principal.user {
            Some(user) => self.store.sessions_of(user)?,
            None => Vec::new(),
        })
    }

    /// Ends one of the principal's sessions, or all of them.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn sign_out(&self, only: Option<&Session>) -> Result<(), AppError> {
        match self.principal.user {
            Some(user) => Ok(self
                .store
                .end_sessions(user, only.map(|session| session.hash.as_str()), &self.actor)?),
            None => Ok(()),
        }
    }

    /// The name of the user whom an invitation is for.
    ///
    /// # Errors
    /// When it was used, has expired, or never was one.
    pub fn invitation(&self, secret: &str) -> Result<User, AppError> {
        let refused = || AppError::NotSignedIn(Refusal::new("refused-invitation"));
        let id = self.store.invited(&secret_hash(secret))?.ok_or_else(refused)?;
        let users = self.store.users()?;
        users
            .into_iter()
            .find(|user| user.id == id && user.state == "active")
            .ok_or_else(refused)
    }

    /// Uses an invitation: sets the password.
    ///
    /// # Errors
    /// When the invitation cannot be used, or the password is too weak.
    pub fn accept_invitation(&self, secret: &str, password: &str) -> Result<User, AppError> {
        let user = self.invitation(secret)?;
        let hash = checked_password(&user.name, password)?;
        let lock = self.store.lock()?;
        // Two tabs, one link: the second finds it used.
        let user = self.invitation(secret).map(|_| user)?;
        self.store.set_password(&lock, &user, &hash, &user.name)?;
        Ok(user)
    }
}

/// What a browser calls itself, short and on one line.
fn shortened(agent: &str) -> String {
    agent.chars().filter(|c| !c.is_control()).take(120).collect()
}

impl App {
    /// The answer that a write of this caller got under an idempotency key: HTTP status and body.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) fn answered(&self, key: &str) -> Result<Option<(i64, String)>, AppError> {
        Ok(self.store.api_answer(&secret_hash(key))?)
    }

    /// Keeps the answer of a write for a day.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub(crate) fn keep_answer(&self, key: &str, status: i64, body: &str) -> Result<(), AppError> {
        if body.len() > MOST_ANSWER {
            return Ok(());
        }
        Ok(self
            .store
            .keep_api_answer(&secret_hash(key), status, body, ANSWER_SECONDS)?)
    }
}
