//! Headroom: a self-hosted cost, budget and capacity planner.
//!
//! `app` holds the use cases, `auth` who may have them, `store` what they keep, `cli` the commands. Business arithmetic is in `headroom-models`.

pub mod api;
pub mod app;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod refusal;
pub mod store;
pub mod web;
mod words;
