//! How messages leave the house: mail over SMTP, webhooks over HTTP. Addresses with secrets and passwords come from
//! environment variables and appear in no message, record or log.

use headroom_models::configuration::{Channel, ChannelKind, MailSecurity};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{SmtpTransport, Transport};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// One message.
#[derive(Clone, Debug)]
pub struct Message {
    /// The same for every try of the message.
    pub id: String,
    /// Subject of a mail.
    pub title: String,
    /// The sentence.
    pub text: String,
    /// The same for programs.
    pub document: serde_json::Value,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The other side has it.
    Taken(String),
    /// The other side has it not: it may be tried again.
    Refused(String),
    /// Nobody knows: the connection broke after the message had left.
    Unknown(String),
}

/// Sends a message through a channel.
pub trait Sender {
    /// One try.
    fn send(&self, channel: &Channel, message: &Message) -> Answer;
}

/// The real one.
pub struct Network;

impl Sender for Network {
    fn send(&self, channel: &Channel, message: &Message) -> Answer {
        match &channel.kind {
            ChannelKind::Webhook {
                url,
                url_env,
                token_env,
            } => {
                let address = match (url, url_env) {
                    (Some(url), _) => Ok(url.clone()),
                    (None, Some(name)) => secret(name),
                    (None, None) => Err("no address".to_owned()),
                };
                let token = token_env.as_deref().map(secret).transpose();
                match (address, token) {
                    (Ok(address), Ok(token)) => post(&address, token.as_deref(), message),
                    (Err(missing), _) | (_, Err(missing)) => Answer::Refused(missing),
                }
            }
            ChannelKind::Mail { .. } => mail(&channel.kind, message),
        }
    }
}

fn secret(name: &str) -> Result<String, String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    value.ok_or_else(|| format!("the environment variable {name} is not set"))
}

fn post(address: &str, token: Option<&str>, message: &Message) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(5)))
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into();
    let mut request = agent.post(address).header("Idempotency-Key", &message.id);
    if let Some(token) = token {
        request = request.header("Authorization", &format!("Bearer {token}"));
    }
    match request.send_json(&message.document) {
        Ok(answer) if answer.status().is_success() => Answer::Taken(format!("HTTP {}", answer.status().as_u16())),
        Ok(answer) => Answer::Refused(format!("HTTP {}", answer.status().as_u16())),
        // What ureq says may hold the address, and the address a secret: only the kind of failure is told.
        Err(ureq::Error::HostNotFound) => Answer::Refused("the host is not known".to_owned()),
        Err(ureq::Error::ConnectionFailed) => Answer::Refused("no connection".to_owned()),
        Err(ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve)) => {
            Answer::Refused("no connection in time".to_owned())
        }
        Err(ureq::Error::BadUri(_)) => Answer::Refused("the address is not one".to_owned()),
        Err(ureq::Error::Tls(_)) => Answer::Refused("TLS failed".to_owned()),
        Err(ureq::Error::Io(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            Answer::Refused("connection refused".to_owned())
        }
        Err(ureq::Error::Timeout(_)) => Answer::Unknown("no answer in time".to_owned()),
        Err(_) => Answer::Unknown("the connection broke before an answer".to_owned()),
    }
}

fn mail(kind: &ChannelKind, message: &Message) -> Answer {
    let ChannelKind::Mail {
        server,
        port,
        security,
        user,
        password_env,
        from,
        to,
    } = kind
    else {
        return Answer::Refused("not a mail channel".to_owned());
    };
    let domain = from.rsplit('@').next().unwrap_or("headroom").trim_end_matches('>');
    let mut mail = lettre::Message::builder()
        .message_id(Some(format!("<{}@{domain}>", message.id)))
        .subject(&message.title);
    match from.parse() {
        Ok(from) => mail = mail.from(from),
        Err(_) => return Answer::Refused(format!("the sender '{from}' is no mail address")),
    }
    for receiver in to {
        match receiver.parse() {
            Ok(receiver) => mail = mail.to(receiver),
            Err(_) => return Answer::Refused(format!("the receiver '{receiver}' is no mail address")),
        }
    }
    mail = mail.raw_header(HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    ));
    let mail = match mail.header(ContentType::TEXT_PLAIN).body(message.text.clone()) {
        Ok(mail) => mail,
        Err(_) => return Answer::Refused("the mail could not be written".to_owned()),
    };
    let (default_port, tls) = match security {
        MailSecurity::None => (25, Ok(Tls::None)),
        MailSecurity::Tls => (465, TlsParameters::new(server.clone()).map(Tls::Wrapper)),
        MailSecurity::Starttls => (587, TlsParameters::new(server.clone()).map(Tls::Required)),
    };
    let Ok(tls) = tls else {
        return Answer::Refused("TLS is not possible with this server name".to_owned());
    };
    let mut transport = SmtpTransport::builder_dangerous(server)
        .port(port.unwrap_or(default_port))
        .tls(tls)
        .timeout(Some(PATIENCE));
    if let (Some(user), Some(password_env)) = (user, password_env) {
        match secret(password_env) {
            Ok(password) => transport = transport.credentials(Credentials::new(user.clone(), password)),
            Err(missing) => return Answer::Refused(missing),
        }
    }
    match transport.build().send(&mail) {
        Ok(answer) => Answer::Taken(format!("SMTP {}", answer.code())),
        Err(error) if error.is_permanent() || error.is_transient() => Answer::Refused(match error.status() {
            Some(code) => format!("SMTP {code}"),
            None => "refused by the mail server".to_owned(),
        }),
        Err(error) if error.is_client() || error.is_tls() => {
            Answer::Refused("the mail server speaks otherwise".to_owned())
        }
        Err(error) if refused(&error) => Answer::Refused("no connection to the mail server".to_owned()),
        Err(_) => Answer::Unknown("the connection broke before an answer".to_owned()),
    }
}

/// True when no connection came about at all.
fn refused(error: &lettre::transport::smtp::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return matches!(
                io.kind(),
                std::io::ErrorKind::ConnectionRefused
                    | std::io::ErrorKind::NotFound
                    | std::io::ErrorKind::HostUnreachable
            );
        }
        source = inner.source();
    }
    false
}
