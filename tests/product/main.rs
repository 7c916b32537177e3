//! The whole product, seen from outside: the one binary, a data directory, and what stands in it afterwards.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(clippy::print_stdout, reason = "how often each phase was hit is worth reading")]

mod access;
mod adjustments;
mod asset_books;
mod bad_input;
mod books;
mod budget_access;
mod budget_explained;
mod budget_sourcing;
mod budget_year;
mod budgets;
mod capacity;
mod capacity_supply;
mod capacity_terms;
mod check;
mod commitments;
mod contract;
mod contracts;
mod cost_views;
mod crash;
mod demo;
mod demo_books;
mod demo_reports;
mod imports;
mod interleavings;
mod mappings;
mod optimization;
mod period_close;
mod prometheus;
mod rolling;
mod rollups;
mod support;
mod waste;
mod web_api;
mod web_coverage;
mod web_exports;
mod web_kept;
mod web_matrix;
mod web_pages;
mod web_support;
mod workbook;
