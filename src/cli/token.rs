//! `headroom token`.

use super::{Context, Failure, show};
use crate::app::{MOST_TOKEN_DAYS, scope_in_words};
use crate::auth::Scope;
use crate::words::{say, say_with};
use serde_json::json;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Make an API token with a user's roles. The secret is shown once.
    Create {
        /// What the token is for.
        name: String,
        /// The user whose roles it has.
        #[arg(long)]
        user: String,
        /// Days until it stops working.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=MOST_TOKEN_DAYS))]
        days: i64,
        /// Only this part of the company: company, department:ID or product:ID.
        #[arg(long, default_value = "company")]
        scope: Scope,
        /// It may change nothing.
        #[arg(long)]
        reads_only: bool,
    },
    /// All tokens.
    List,
    /// Revoke a token for good.
    Revoke {
        /// Its number.
        id: i64,
    },
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    let app = context.open()?;
    let language = context.language;
    match verb {
        Verb::Create {
            name,
            user,
            days,
            scope,
            reads_only,
        } => {
            let new = app.create_token(user, name, *reads_only, scope.clone(), *days)?;
            if context.json {
                return show::json(&new);
            }
            let values = [("secret", new.secret.as_str()), ("expires", &new.token.expires_at)];
            show::line(&say_with(language, "token-created", &values))
        }
        Verb::List => {
            let tokens = app.tokens()?;
            if context.json {
                let all: Vec<_> = tokens
                    .iter()
                    .map(|(user, token)| json!({ "user": user, "token": token }))
                    .collect();
                return show::json(&all);
            }
            let rows = tokens.into_iter().map(|(user, token)| {
                let access = if token.reads_only {
                    "token-reads"
                } else {
                    "token-writes"
                };
                vec![
                    token.id.to_string(),
                    token.name,
                    user,
                    say(language, access),
                    scope_in_words(&token.scope, language),
                    token.expires_at,
                    token.revoked_at.unwrap_or_default(),
                ]
            });
            let keys = ["number", "name", "user", "access", "scope", "expires-at", "revoked-at"];
            show::table(show::headers(context, &keys), rows.collect(), &[0])
        }
        Verb::Revoke { id } => {
            app.revoke_token(*id)?;
            if context.json {
                return show::json(&json!({ "revoked": id }));
            }
            show::line(&say_with(language, "token-revoked", &[("id", &id.to_string())]))
        }
    }
}
