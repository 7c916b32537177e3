//! Starting and stopping the server.

use super::routes;
use super::security;
use super::state::{Shared, Web};
use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use std::net::SocketAddr;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// How the server is started.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Address and port.
    pub listen: SocketAddr,
    /// The address by which browsers reach the server, when a proxy stands before it: `https://headroom.example.com`.
    pub public_url: Option<String>,
    /// Believe `X-Forwarded-For` and `X-Forwarded-Proto`: only behind a proxy that sets both.
    pub behind_proxy: bool,
    /// The largest upload, in bytes.
    pub most_upload: u64,
}

impl Default for ServeOptions {
    fn default() -> ServeOptions {
        ServeOptions {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            behind_proxy: false,
            most_upload: 512 << 20,
        }
    }
}

/// Why the server did not start or ended.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ServeError(#[from] std::io::Error);

/// The largest body of anything but an upload.
const MOST_BODY: usize = 4 << 20;

/// The whole service over a state: also what tests call without a socket.
pub fn router(web: Shared) -> Router {
    let keeping = axum::middleware::from_fn_with_state(web.clone(), super::kept::answer);
    let router = routes::all().into_iter().fold(Router::new(), |router, route| {
        let handler = match route.kept {
            true => route.handler.layer(keeping.clone()),
            false => route.handler,
        };
        router.route(route.path, handler)
    });
    router
        .fallback(super::pages::not_found)
        .layer(axum::middleware::from_fn_with_state(
            web.clone(),
            super::operations::count,
        ))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(axum::middleware::from_fn_with_state(web.clone(), security::headers))
        .layer(CompressionLayer::new().gzip(true))
        .with_state(web)
}

/// Serves a data directory until the process is asked to end. `started` is told the address, and the path of the set-up
/// link while nobody has an account.
///
/// # Errors
/// When the address cannot be listened on.
pub fn serve(app: &App, options: ServeOptions, started: impl FnOnce(&str, Option<&str>)) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let web = Arc::new(Web::new(app, options));
    let set_up = app.nobody_has_an_account().unwrap_or(false).then(|| web.set_up_path());
    let service = router(web.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let done = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(web.options.listen).await?;
        let address = listener.local_addr()?;
        let url = web
            .options
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://{address}"));
        started(url.trim_end_matches('/'), set_up.as_deref());
        axum::serve(listener, service)
            .with_graceful_shutdown(asked_to_end())
            .await
    });
    // Blocking work that is still running (an import) is finished by the process's end, or not at all: the store is built for it.
    runtime.shutdown_timeout(std::time::Duration::from_secs(20));
    Ok(done?)
}

async fn asked_to_end() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
