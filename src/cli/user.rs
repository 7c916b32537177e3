//! `headroom user`.

use super::{Context, Failure, show};
use crate::app::{DelegationRequest, scope_in_words};
use crate::auth::{Grant, Role, Scope};
use crate::store::{Delegation, User};
use crate::words::{say, say_with};
use chrono::NaiveDate;
use std::io::Read;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Add a user. Without --password-stdin an invitation is made: a one-time link by which they set a password.
    Add {
        /// What is typed at sign-in.
        name: String,
        /// What people call them.
        #[arg(long)]
        shown: Option<String>,
        /// ROLE, ROLE@department:ID or ROLE@product:ID; may be given several times. Roles: viewer, product-owner,
        /// operations, finance, approver, administrator.
        #[arg(long = "role", value_name = "ROLE[@SCOPE]", required = true, value_parser = grant)]
        roles: Vec<Grant>,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// All users with their roles.
    List,
    /// Give a user these roles in the place of the ones they have.
    Role {
        /// The user.
        name: String,
        /// ROLE, ROLE@department:ID or ROLE@product:ID.
        #[arg(required = true, value_parser = grant)]
        roles: Vec<Grant>,
    },
    /// Make a one-time link by which a user sets a (new) password.
    Invite {
        /// The user.
        name: String,
    },
    /// Disable an account: it is signed out everywhere, its tokens stop working.
    Disable {
        /// The user.
        name: String,
    },
    /// Give a role on to somebody who stands in, until a day. It counts while the giver has the role themselves.
    Delegate {
        /// Who stands in.
        #[arg(long)]
        to: String,
        /// ROLE, ROLE@department:ID or ROLE@product:ID; not wider than the giver's own.
        #[arg(long, value_name = "ROLE[@SCOPE]", value_parser = grant)]
        role: Grant,
        /// First day (YYYY-MM-DD); today when missing.
        #[arg(long)]
        since: Option<NaiveDate>,
        /// Last day (YYYY-MM-DD).
        #[arg(long)]
        until: NaiveDate,
        /// Who gives it on; you when missing. For others it takes an administrator.
        #[arg(long)]
        from: Option<String>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Who stands in for whom.
    Delegations,
    /// Take a delegation back before its time.
    Undelegate {
        /// Number of the delegation.
        id: i64,
    },
    /// Enable a disabled account.
    Enable {
        /// The user.
        name: String,
    },
}

/// `finance`, `product-owner@product:mmo`.
pub fn grant(text: &str) -> Result<Grant, String> {
    let (role, scope) = text.split_once('@').unwrap_or((text, "company"));
    Ok(Grant {
        role: role.parse::<Role>()?,
        scope: scope.parse::<Scope>().map_err(|error| error.to_string())?,
    })
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    let app = context.open()?;
    let user = match verb {
        Verb::List => {
            let users = app.users()?;
            return if context.json {
                show::json(&users)
            } else {
                table(context, &users)
            };
        }
        Verb::Invite { name } => return invitation(context, name),
        Verb::Delegate {
            to,
            role,
            since,
            until,
            from,
            reason,
        } => {
            let done = app.delegate(&DelegationRequest {
                from: from.clone(),
                to: to.clone(),
                grant: role.clone(),
                since: *since,
                until: *until,
                reason: reason.clone(),
            })?;
            return delegated(context, &done, "delegated");
        }
        Verb::Delegations => return delegations(context, &app.delegations()?),
        Verb::Undelegate { id } => return delegated(context, &app.end_delegation(*id)?, "delegation-ended"),
        Verb::Add {
            name,
            shown,
            roles,
            password_stdin,
        } => {
            let password = if *password_stdin { Some(password()?) } else { None };
            let user = app.add_user(name, shown.as_deref(), roles, password.as_deref())?;
            if password.is_none() {
                return invitation(context, &user.name);
            }
            user
        }
        Verb::Role { name, roles } => app.set_roles(name, roles)?,
        Verb::Disable { name } => app.set_user_active(name, false)?,
        Verb::Enable { name } => app.set_user_active(name, true)?,
    };
    if context.json {
        return show::json(&user);
    }
    table(context, &[user])
}

/// The first line of standard input.
fn password() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn invitation(context: &Context, name: &str) -> Result<(), Failure> {
    let invitation = context.open()?.invite(name)?;
    if context.json {
        return show::json(&invitation);
    }
    let values = [
        ("name", invitation.user.as_str()),
        ("path", &invitation.path),
        ("expires", &invitation.expires_at),
    ];
    show::line(&say_with(context.language, "user-invited", &values))
}

fn delegated(context: &Context, done: &Delegation, key: &str) -> Result<(), Failure> {
    if context.json {
        return show::json(done);
    }
    let language = context.language;
    let values = [
        ("id", done.id.to_string()),
        ("from", done.from.clone()),
        ("to", done.to.clone()),
        ("role", say(language, &format!("role-{}", done.grant.role))),
        ("scope", scope_in_words(&done.grant.scope, language)),
        ("since", done.since.to_string()),
        ("until", done.until.to_string()),
    ];
    let values: Vec<(&'static str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    show::line(&say_with(language, key, &values))
}

fn delegations(context: &Context, all: &[Delegation]) -> Result<(), Failure> {
    if context.json {
        return show::json(&serde_json::json!({ "delegations": all }));
    }
    let (language, today) = (context.language, crate::clock::today());
    let rows = all.iter().map(|one| {
        let role = say(language, &format!("role-{}", one.grant.role));
        let scope = scope_in_words(&one.grant.scope, language);
        let state = match (&one.ended_at, one.holds_on(today)) {
            (Some(_), _) => "delegation-state-ended",
            (None, true) => "delegation-state-holds",
            (None, false) => "delegation-state-out",
        };
        vec![
            one.id.to_string(),
            one.from.clone(),
            one.to.clone(),
            say_with(language, "grant", &[("role", &role), ("scope", &scope)]),
            one.since.to_string(),
            one.until.to_string(),
            say(language, state),
            one.reason.clone(),
        ]
    });
    let keys = [
        "delegation",
        "delegation-from",
        "delegation-to",
        "delegation-role",
        "delegation-since",
        "delegation-until",
        "delegation-state",
        "delegation-reason",
    ];
    show::table(show::headers(context, &keys), rows.collect(), &[0])
}

fn table(context: &Context, users: &[User]) -> Result<(), Failure> {
    let language = context.language;
    let rows = users.iter().map(|user| {
        let roles: Vec<String> = user
            .grants
            .iter()
            .map(|grant| {
                let role = say(language, &format!("role-{}", grant.role));
                let scope = scope_in_words(&grant.scope, language);
                say_with(language, "grant", &[("role", &role), ("scope", &scope)])
            })
            .collect();
        vec![
            user.name.clone(),
            user.shown.clone(),
            roles.join("\n"),
            say(language, &format!("user-{}", user.state)),
            user.created_at.clone(),
        ]
    });
    let keys = ["user", "shown-name", "roles", "state", "created-at"];
    show::table(show::headers(context, &keys), rows.collect(), &[])
}
