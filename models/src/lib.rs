//! The domain of Headroom and all of its arithmetic: same input, same output, to the byte.
//!
//! One folder per station of the flow `bills → ledger → allocation → capacity → budget → execution`.
//! Nothing in this crate reads a file, a network, a database, a clock or a locale.

pub mod allocation;
pub mod anomalies;
pub mod assets;
pub mod budget;
pub mod calendar;
pub mod capacity;
pub mod configuration;
pub mod contracts;
pub mod forecast;
pub mod idle;
pub mod language;
pub mod ledger;
pub mod organization;
pub mod variance;
