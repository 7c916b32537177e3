//! What is wrong with a capacity model, and what a plan could not work out.

use crate::ledger::{Money, Month};
use serde::Serialize;

/// Why a capacity model or a price cannot be used. The texts name module and key.
#[derive(Clone, Debug, PartialEq, thiserror::Error, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum ModelError {
    #[error("capacity {product}/{module}: unit \"{unit}\" is not defined by any [[unit]]")]
    UnknownUnit {
        product: String,
        module: String,
        unit: String,
    },
    #[error("capacity {product}/{module}: unit \"{unit}\" has no [[price]]")]
    NoPrice {
        product: String,
        module: String,
        unit: String,
    },
    #[error("capacity {product}/{module}: work is empty; give the work of at least one resource per driver unit")]
    NoWork { product: String, module: String },
    #[error("capacity {product}/{module}: work.{resource} = {found}; it must be a number of zero or more")]
    BadWork {
        product: String,
        module: String,
        resource: String,
        found: f64,
    },
    #[error("capacity {product}/{module}: work names {resource} but limit.{resource} is missing")]
    NoLimit {
        product: String,
        module: String,
        resource: String,
    },
    #[error("capacity {product}/{module}: limit.{resource} = {found}; it must be a number above zero")]
    BadLimit {
        product: String,
        module: String,
        resource: String,
        found: f64,
    },
    #[error("capacity {product}/{module}: work names {resource} but target_utilization.{resource} is missing")]
    NoTarget {
        product: String,
        module: String,
        resource: String,
    },
    #[error("capacity {product}/{module}: target_utilization.{resource} = {found}; it must be above 0 and at most 1")]
    BadTarget {
        product: String,
        module: String,
        resource: String,
        found: f64,
    },
    #[error("capacity {product}/{module}: peak_factor = {found}; it must be a number above zero")]
    BadPeakFactor {
        product: String,
        module: String,
        found: f64,
    },
    #[error(
        "capacity {product}/{module}: no load test of {resource} on record meets the terms of load_test, and limit.{resource} is missing; import a load test or state the limit"
    )]
    NoTest {
        product: String,
        module: String,
        resource: String,
    },
    #[error("capacity {product}/{module}: {key} = {found}; {wanted}")]
    BadTerm {
        product: String,
        module: String,
        key: String,
        found: String,
        wanted: &'static str,
    },
    #[error("capacity {product}/{module}: no driver, and no other module calls it; name a business metric or a caller")]
    NoDriver { product: String, module: String },
    #[error("capacity {product}/{module}: calls \"{to}\", which no [[capacity]] or [[external]] describes")]
    UnknownCall {
        product: String,
        module: String,
        to: String,
    },
    #[error("capacity {product}/{module}: calls {to}, which has a driver of its own; leave out one of them")]
    FedTwice {
        product: String,
        module: String,
        to: String,
    },
    #[error("capacity: calls go in a circle: {path}; none of these modules can be planned")]
    Cycle { path: String },
    #[error("external service {external}: {key} = {found}; it must be a number above zero")]
    BadExternal {
        external: String,
        key: &'static str,
        found: f64,
    },
    #[error("[facility]: {key} = {found}; it must be a number above zero")]
    BadFacility { key: &'static str, found: f64 },
    #[error("offer {unit} {term} from {valid_from}: {key} = {found}; {wanted}")]
    BadOffer {
        unit: String,
        term: &'static str,
        valid_from: Month,
        key: &'static str,
        found: String,
        wanted: &'static str,
    },
    #[error(
        "event {event} and event {other} both touch {month} for the same product; their factors multiply to {factor}"
    )]
    EventsOverlap {
        event: String,
        other: String,
        month: Month,
        factor: f64,
    },
    #[error("capacity {product}/{module}: lot = 0; units are bought in multiples of at least 1")]
    BadLot { product: String, module: String },
    #[error("capacity {product}/{module}: inventory states {month} twice")]
    InventoryTwice {
        product: String,
        module: String,
        month: Month,
    },
    #[error("price {unit} from {valid_from}: unit \"{unit}\" is not defined by any [[unit]]")]
    PriceOfUnknownUnit { unit: String, valid_from: Month },
    #[error("price {unit} from {valid_from}: {key} = {found}; it must not be negative")]
    NegativePrice {
        unit: String,
        valid_from: Month,
        key: String,
        found: Money,
    },
    #[error("price {unit} from {valid_from}: useful_life_months is missing or zero; a purchase is depreciated over it")]
    NoLife { unit: String, valid_from: Month },
    #[error("price {unit} from {valid_from}: residual_percent = {found}; it must be from 0 to 100")]
    BadResidual {
        unit: String,
        valid_from: Month,
        found: Money,
    },
    #[error("price {unit} from {valid_from}: {key} is for purchases, but the unit is rented")]
    NotForRent {
        unit: String,
        valid_from: Month,
        key: String,
    },
    #[error("unit \"{unit}\" is defined twice")]
    UnitTwice { unit: String },
    #[error("price {unit} from {valid_from} is given twice")]
    PriceTwice { unit: String, valid_from: Month },
    #[error("event {event}: factor = {found}; it must be a number above zero")]
    BadEventFactor { event: String, found: f64 },
}

/// What a plan could not work out; the rest of the plan stands.
#[derive(Clone, Debug, PartialEq, thiserror::Error, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum Problem {
    /// The model itself is wrong; the module is not planned at all.
    #[error("{error}")]
    Model { error: ModelError },
    #[error("{product}/{module} {month}: no value of {driver}; the module is not planned in that month")]
    MissingDriver {
        product: String,
        module: String,
        driver: String,
        month: Month,
    },
    #[error("{product}/{module} {month}: no price of unit \"{unit}\" holds; its cost is not in the plan of that month")]
    MissingPrice {
        product: String,
        module: String,
        unit: String,
        month: Month,
    },
    #[error(
        "{product}/{module} {month}: no rate from {currency}; the cost of unit \"{unit}\" is not in the plan of that month"
    )]
    MissingRate {
        product: String,
        module: String,
        unit: String,
        currency: String,
        month: Month,
    },
    #[error(
        "{product}/{module}: terms are to be {terms}, but none of them has a price for one unit of \"{unit}\" in every month; the plan keeps the price book"
    )]
    NoTerms {
        product: String,
        module: String,
        unit: String,
        terms: &'static str,
    },
    #[error("{product}/{module} {month}: the plan asks for more than {most} units; check work and limit")]
    TooMany {
        product: String,
        module: String,
        month: Month,
        most: u64,
    },
    #[error("{product}/{module} {month}: {needed} units are needed, and at most {maximum} can be had")]
    Maximum {
        product: String,
        module: String,
        month: Month,
        needed: u64,
        maximum: u64,
    },
    #[error("external service {external} {month}: {load} asked of {usable}; the plan cannot be carried out beyond it")]
    ExternalLimit {
        external: String,
        month: Month,
        load: f64,
        usable: f64,
    },
    #[error(
        "order {order} names unit \"{unit}\" for {product}, which no capacity model of it plans with; it is not counted"
    )]
    OrderOfNobody {
        order: String,
        unit: String,
        product: String,
    },
    #[error("asset {asset_id}: no rate from {currency} for {month}; its depreciation is not in the plan")]
    MissingAssetRate {
        asset_id: String,
        currency: String,
        month: Month,
    },
    #[error("no actual cost in the three months up to {as_of}; nothing is budgeted from recurring cost")]
    NoActuals { as_of: Month },
}

impl From<ModelError> for Problem {
    fn from(error: ModelError) -> Self {
        Problem::Model { error }
    }
}

impl Problem {
    /// The month that the problem is about, if it is about one.
    pub fn month(&self) -> Option<Month> {
        match self {
            Problem::MissingDriver { month, .. }
            | Problem::MissingPrice { month, .. }
            | Problem::MissingRate { month, .. }
            | Problem::Maximum { month, .. }
            | Problem::ExternalLimit { month, .. }
            | Problem::TooMany { month, .. } => Some(*month),
            Problem::Model { .. }
            | Problem::OrderOfNobody { .. }
            | Problem::NoTerms { .. }
            | Problem::MissingAssetRate { .. }
            | Problem::NoActuals { .. } => None,
        }
    }
}
