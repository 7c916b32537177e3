//! Where alerts are sent: mail and webhooks. Secrets are named by environment variable and never stand in a document.

use crate::budget::Severity;
use crate::language::Language;
use serde::{Deserialize, Serialize};

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailSecurity {
    /// Upgraded to TLS before anything is said.
    #[default]
    Starttls,
    /// TLS from the start.
    Tls,
    /// None: for a server on the same machine.
    None,
}

/// The way of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChannelKind {
    /// One mail per alert over SMTP.
    Mail {
        /// Host of the mail server.
        server: String,
        /// Port; 587, 465 or 25 by `security` when missing.
        port: Option<u16>,
        /// How the connection is protected.
        #[serde(default)]
        security: MailSecurity,
        /// Account at the server; none when it asks for none.
        user: Option<String>,
        /// Environment variable that holds the account's password.
        password_env: Option<String>,
        /// Sender.
        from: String,
        /// Receivers.
        to: Vec<String>,
    },
    /// One POST with a JSON document per alert.
    Webhook {
        /// Address; one with a secret in it belongs into `url_env`.
        url: Option<String>,
        /// Environment variable that holds the address.
        url_env: Option<String>,
        /// Environment variable that holds a bearer token.
        token_env: Option<String>,
    },
}

/// A way to be told of alerts. `[[channel]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Name, unique.
    pub id: String,
    /// The way.
    #[serde(flatten)]
    pub kind: ChannelKind,
    /// Language of the message.
    #[serde(default = "chinese")]
    pub language: Language,
    /// Least severity that is sent.
    #[serde(default = "warning")]
    pub least: Severity,
    /// True when the end of an alert is sent too.
    #[serde(default)]
    pub tell_end: bool,
    /// True when the notices of idle findings are sent too.
    #[serde(default)]
    pub idle: bool,
}

fn chinese() -> Language {
    Language::SimplifiedChinese
}

fn warning() -> Severity {
    Severity::Warning
}

impl Channel {
    /// What is wrong with it, if anything.
    pub fn problem(&self) -> Option<String> {
        match &self.kind {
            ChannelKind::Mail { to, .. } if to.is_empty() => {
                Some(format!("channel '{}': name a receiver in 'to'", self.id))
            }
            ChannelKind::Mail { user, password_env, .. } if user.is_some() != password_env.is_some() => {
                Some(format!("channel '{}': 'user' and 'password_env' go together", self.id))
            }
            ChannelKind::Webhook { url, url_env, .. } if url.is_some() == url_env.is_some() => Some(format!(
                "channel '{}': give either 'url' or 'url_env' (a variable that holds the address)",
                self.id
            )),
            _ => None,
        }
    }
}
