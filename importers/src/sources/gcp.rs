//! Google Cloud billing exports of BigQuery as CSV, JSON lines or Parquet, standard and detailed.
//!
//! `cost` is before credits. A row becomes one charge with its cost and one charge for each of its credits, so that the sum is
//! what the invoice says and no credit is hidden in a net amount. `invoice.month` decides the billing month, not the
//! time of use.

use super::cloud::{self, Costs};
use super::{Importer, RowReader};
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use headroom_models::ledger::{Charge, Column, Money};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Reads billing exports.
pub(crate) struct Gcp;

columns! {
    ACCOUNT = required("billing_account_id", "");
    MONTH = required("invoice.month", "").or(&["invoice_month"]);
    SERVICE_ID = optional("service.id", "").or(&["service_id"]);
    SERVICE = required("service.description", "").or(&["service_description"]);
    SKU = required("sku.id", "").or(&["sku_id"]);
    SKU_NAME = optional("sku.description", "").or(&["sku_description"]);
    START = required("usage_start_time", "");
    END = optional("usage_end_time", "");
    PROJECT = optional("project.id", "").or(&["project_id"]);
    PROJECT_NAME = optional("project.name", "").or(&["project_name"]);
    PROJECT_LABELS = optional("project.labels", "").or(&["project_labels"]);
    LABELS = optional("labels", "");
    LOCATION = optional("location.location", "").or(&["location_location"]);
    REGION = optional("location.region", "").or(&["location_region"]);
    ZONE = optional("location.zone", "").or(&["location_zone"]);
    COST = required("cost", "");
    LIST = optional("cost_at_list", "");
    CURRENCY = required("currency", "");
    AMOUNT = optional("usage.amount_in_pricing_units", "").or(&["usage_amount_in_pricing_units"]);
    UNIT = optional("usage.pricing_unit", "").or(&["usage_pricing_unit"]);
    USED = optional("usage.amount", "").or(&["usage_amount"]);
    USED_UNIT = optional("usage.unit", "").or(&["usage_unit"]);
    CREDITS = optional("credits", "");
    COST_TYPE = optional("cost_type", "");
    RESOURCE = optional("resource.global_name", "").or(&["resource_global_name", "resource.name", "resource_name"]);
    RESOURCE_NAME = optional("resource.name", "").or(&["resource_name"]);
}

const COST_TYPES: &[(&str, &str, &str)] = &[
    ("regular", "", "Usage"),
    ("tax", "", "Tax"),
    ("adjustment", "", "Adjustment"),
    ("rounding_error", "", "Adjustment"),
    ("rounding error", "", "Adjustment"),
];

/// One entry of `credits`; amounts as texts, since numbers are read digit for digit.
#[derive(Deserialize)]
struct Credit {
    name: Option<String>,
    full_name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<String>,
    amount: String,
}

#[derive(Deserialize)]
struct Label {
    key: String,
    value: Option<String>,
}

impl Importer for Gcp {
    fn name(&self) -> &'static str {
        "gcp"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn leaves_out_nulls(&self) -> bool {
        true
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Gcp)
    }

    fn billed(&self, row: &Row<'_>) -> Option<(String, Money)> {
        let mut amount = row.quiet_decimal(COST)?;
        let credits: Vec<Credit> = row.text(CREDITS).map_or_else(|| Some(Vec::new()), list)?;
        for credit in credits {
            amount = amount.checked_add(Money::parse(&credit.amount).ok()?.money)?;
        }
        Some((row.text(CURRENCY)?.to_ascii_uppercase(), amount))
    }
}

impl RowReader for Gcp {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let account = row.required_text(ACCOUNT);
        let month = row.required_month(MONTH);
        let service = row.required_text(SERVICE);
        row.required_text(START);
        let cost = row.required_decimal(COST);
        let list_cost = row.decimal(LIST);
        row.required_text(CURRENCY);
        let currency = row.currency(CURRENCY);
        let category = row.word(COST_TYPE, COST_TYPES).unwrap_or("Usage");
        let credits = credits(row);
        if let Some(month) = month {
            row.check_month(MONTH, month);
        }
        // What is missing is noted, and the row goes on so that all its problems are named at once.
        let cost = cost.unwrap_or_default();
        let mut charge = cloud::charge("Google Cloud", month, currency);
        Costs {
            list: list_cost.unwrap_or(cost),
            ..Costs::of(cost)
        }
        .set(&mut charge);
        fill(row, &mut charge, service.unwrap_or_default());
        charge
            .set_text(Column::BillingAccountId, account.unwrap_or_default())
            .set_text(Column::ChargeCategory, category);
        let (Some(month), Some(account), false) = (month, account, row.failed()) else {
            return;
        };
        let mut charges = Vec::with_capacity(1 + credits.len());
        for (credit, amount) in credits {
            let mut line = charge.clone();
            Costs {
                list: Money::ZERO,
                ..Costs::of(amount)
            }
            .set(&mut line);
            let description = credit.full_name.or(credit.name).unwrap_or_default();
            let meter = credit.kind.or(credit.id).unwrap_or_default();
            line.set_text(Column::ChargeCategory, "Credit")
                .set_text(Column::ChargeDescription, description)
                .set_text(Column::SkuMeter, meter)
                // The quantities stand in the charge itself, once.
                .set_decimal(Column::PricingQuantity, Money::ZERO);
            charges.push(line);
        }
        charges.insert(0, charge);
        charges.iter_mut().for_each(cloud::keep_to_focus);
        output.provider(account);
        output.charges(row, month, charges);
    }
}

fn fill(row: &Row<'_>, charge: &mut Charge, service: &str) {
    cloud::copy(
        row,
        charge,
        &[
            (Column::SubAccountId, PROJECT),
            (Column::SubAccountName, PROJECT_NAME),
            (Column::ChargeDescription, SKU_NAME),
            (Column::SkuId, SKU),
            (Column::RegionId, LOCATION),
            (Column::RegionId, REGION),
            (Column::RegionName, REGION),
            (Column::AvailabilityZone, ZONE),
            (Column::PricingQuantity, AMOUNT),
            (Column::PricingUnit, UNIT),
            (Column::ConsumedQuantity, USED),
            (Column::ConsumedUnit, USED_UNIT),
            (Column::ResourceId, RESOURCE),
            (Column::ResourceName, RESOURCE_NAME),
        ],
    );
    cloud::set_service(charge, service, row.text(SERVICE_ID).unwrap_or_default());
    cloud::set_charge_period(row, charge, START, END);
    let mut tags = labels(row, PROJECT_LABELS);
    tags.extend(labels(row, LABELS));
    if let Some(tags) = cloud::tags_text(&tags) {
        charge.set_text(Column::Tags, tags);
    }
}

/// A cell with a JSON array, nothing when it is none. Python tools, koku-nise among them, write it in Python's notation.
fn list<T: serde::de::DeserializeOwned>(text: &str) -> Option<Vec<T>> {
    let parse = |text: &str| serde_json::from_str(&cloud::exact_numbers(text)).ok();
    parse(text).or_else(|| parse(&from_python(text)))
}

/// Lists and dictionaries in Python's notation as JSON: texts in double quotes, `null` for `None`.
fn from_python(text: &str) -> String {
    let mut json = String::with_capacity(text.len());
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, '\'' | '"') => {
                quote = Some(letter);
                json.push('"');
            }
            (Some(open), _) if letter == open => {
                quote = None;
                json.push('"');
            }
            (Some(_), '\\') => match letters.next() {
                Some('\'') => json.push('\''),
                Some(other) => json.extend(['\\', other]),
                None => {}
            },
            (Some(_), '"') => json.push_str("\\\""),
            (None, 'N') if letters.as_str().starts_with("one") => {
                letters = letters.as_str()[3..].chars();
                json.push_str("null");
            }
            _ => json.push(letter),
        }
    }
    json
}

fn credits(row: &Row<'_>) -> Vec<(Credit, Money)> {
    let Some(text) = row.text(CREDITS) else {
        return Vec::new();
    };
    let Some(credits) = list::<Credit>(text) else {
        row.problem(CREDITS, Problem::NotAList);
        return Vec::new();
    };
    let amounts = credits
        .into_iter()
        .filter_map(|credit| match Money::parse(&credit.amount) {
            Ok(parsed) => {
                row.residual.borrow_mut().add(&parsed.residual);
                Some((credit, parsed.money))
            }
            Err(_) => {
                row.problem(CREDITS, Problem::NotAList);
                None
            }
        });
    amounts.collect()
}

fn labels(row: &Row<'_>, column: usize) -> BTreeMap<String, String> {
    let Some(text) = row.text(column) else {
        return BTreeMap::new();
    };
    match list::<Label>(text) {
        Some(labels) => labels
            .into_iter()
            .map(|label| (label.key, label.value.unwrap_or_default()))
            .collect(),
        None => {
            row.problem(column, Problem::NotAList);
            BTreeMap::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_python_are_read() {
        let labels: Vec<Label> = list(r#"[{'key': 'it\'s', 'value': "a'b"}, {'key': '"', 'value': None}]"#).unwrap();
        let read: Vec<_> = labels
            .iter()
            .map(|label| (label.key.as_str(), label.value.as_deref()))
            .collect();
        assert_eq!(read, [("it's", Some("a'b")), ("\"", None)]);
        assert!(list::<Label>("{'key': 'a'}").is_none());
    }
}
