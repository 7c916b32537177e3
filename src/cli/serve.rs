//! `headroom serve`.

use super::{Context, Failure, show};
use crate::web::{ServeOptions, serve};
use crate::words::say_with;
use std::net::SocketAddr;

#[derive(clap::Args)]
pub struct Arguments {
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address by which browsers reach the server when a proxy with TLS stands before it: https://headroom.example.com
    #[arg(long, value_name = "URL", value_parser = url)]
    public_url: Option<String>,
    /// Believe the last entry of X-Forwarded-For: only behind a proxy that sets it.
    #[arg(long)]
    behind_proxy: bool,
    /// Largest upload, in MiB.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    max_upload: u64,
}

fn url(text: &str) -> Result<String, String> {
    let known = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    match known {
        Some(host) if !host.is_empty() && !host.trim_end_matches('/').contains('/') => Ok(text.to_owned()),
        _ => Err("write https://HOST, without a path".to_owned()),
    }
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let app = context.open()?;
    let options = ServeOptions {
        listen: arguments.listen,
        public_url: arguments.public_url.clone(),
        behind_proxy: arguments.behind_proxy,
        most_upload: arguments.max_upload << 20,
    };
    let language = context.language;
    let started = |url: &str, set_up: Option<&str>| {
        let said = say_with(language, "serve-started", &[("url", url)]);
        let _ = show::line(&said);
        if let Some(path) = set_up {
            let link = format!("{url}{path}");
            let _ = show::line(&say_with(language, "serve-set-up", &[("link", &link)]));
        }
    };
    serve(&app, options, started).map_err(|error| Failure::Output(error.to_string()))
}
