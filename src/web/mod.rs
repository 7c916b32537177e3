//! The web app: server-rendered pages over the use cases of `app`. One file per page in `pages/`, its template of the same
//! name in `templates/`, scripts and styles in `assets/`, the words in `src/locales/*/web.ftl`.
//!
//! A page never asks what is allowed and never touches the store: it calls a use case on the visitor's [`App`](crate::app::App) and
//! shows what comes back. [`routes`] lists every route once; the matrix test calls each of them as every role.

mod assets;
mod cache;
mod cookies;
mod form;
mod jobs;
mod kept;
mod limiter;
mod operations;
mod pages;
pub mod routes;
mod security;
mod server;
mod state;
mod uploads;
mod view;
mod visit;
mod ways;

pub(crate) use jobs::{Job, Outcome};
pub(crate) use pages::reports::report_file;
pub use server::{ServeError, ServeOptions, router, serve};
pub use state::{Shared, Web};
pub(crate) use uploads::Upload;
pub(crate) use visit::{blocking, status_of};
