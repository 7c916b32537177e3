//! The pages, one file each, in the order of the menu. `refused` is the page of everything that was refused.

pub(crate) mod account;
pub(crate) mod bills;
pub(crate) mod bills_upload;
pub(crate) mod budget;
pub(crate) mod budget_control;
pub(crate) mod budget_line;
pub(crate) mod budget_rolling;
pub(crate) mod capacity;
pub(crate) mod costs;
pub(crate) mod days_left;
pub(crate) mod delegations;
pub(crate) mod health;
pub(crate) mod help;
pub(crate) mod idle;
pub(crate) mod idle_profile;
pub(crate) mod invitation;
pub(crate) mod jobs;
pub(crate) mod month;
pub(crate) mod overview;
pub(crate) mod parts;
pub(crate) mod product;
pub(crate) mod reconciliation;
pub(crate) mod refused;
pub(crate) mod reports;
pub(crate) mod rules;
pub(crate) mod scenarios;
pub(crate) mod search;
pub(crate) mod set_up;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod unallocated;
pub(crate) mod unit_costs;
pub(crate) mod users;

pub(crate) use refused::not_found;
