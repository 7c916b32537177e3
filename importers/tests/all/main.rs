//! Tests through the public surface of the crate, in one binary: each binary links polars anew.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail like the tests themselves")]

mod assets;
mod azure;
mod clouds;
mod fixtures;
mod focus;
mod invoice;
mod limits;
mod mappings;
mod messages;
mod mutations;
mod parts;
mod records;
mod registers;
mod shapes;
mod support;
mod templates;
