//! `headroom user`.

use super::{Context, Failure, show};
use crate::app::scope_in_words;
use crate::auth::{Grant, Role, Scope};
use crate::store::User;
use crate::words::{say, say_with};
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
