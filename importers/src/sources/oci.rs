//! Cost reports of Oracle Cloud Infrastructure.

use super::cloud::{self, Costs};
use super::{Importer, RowReader};
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use headroom_models::ledger::{Column, Money, Month};
use std::collections::BTreeMap;

/// Reads cost reports.
pub(crate) struct Oci;

columns! {
    TENANT = required("lineItem/tenantId", "");
    START = required("lineItem/intervalUsageStart", "");
    END = required("lineItem/intervalUsageEnd", "");
    SERVICE = required("product/service", "");
    COMPARTMENT = optional("product/compartmentId", "");
    COMPARTMENT_NAME = optional("product/compartmentName", "");
    REGION = optional("product/region", "");
    DOMAIN = optional("product/availabilityDomain", "");
    RESOURCE = optional("product/resourceId", "");
    QUANTITY = optional("usage/billedQuantity", "");
    SKU = optional("cost/productSku", "");
    DESCRIPTION = optional("product/Description", "");
    UNIT_PRICE = optional("cost/unitPrice", "");
    COST = required("cost/myCost", "");
    CURRENCY = required("cost/currencyCode", "");
    UNIT = optional("cost/skuUnitDescription", "");
    CORRECTION = optional("lineItem/isCorrection", "");
}

const YES_OR_NO: &[(&str, &str, bool)] = &[("true", "", true), ("false", "", false)];

impl Importer for Oci {
    fn name(&self) -> &'static str {
        "oci"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Oci)
    }

    fn billed(&self, row: &Row<'_>) -> Option<(String, Money)> {
        let amount = row.quiet_decimal(COST)?;
        Some((row.text(CURRENCY)?.to_ascii_uppercase(), amount))
    }
}

impl RowReader for Oci {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let tenant = row.required_text(TENANT);
        row.required_text(END);
        // The report names no billing period: a charge belongs to the month in which its interval starts, in UTC.
        let start = row.required_time(START);
        let service = row.required_text(SERVICE);
        let cost = row.required_decimal(COST);
        row.required_text(CURRENCY);
        let currency = row.currency(CURRENCY);
        let correction = row.word(CORRECTION, YES_OR_NO).unwrap_or(false);
        let month = start.map(|start| Month::of(start.date_naive()));
        if let Some(month) = month {
            row.check_month(START, month);
        }
        // What is missing is noted, and the row goes on so that all its problems are named at once.
        let mut charge = cloud::charge("Oracle", month, currency);
        Costs::of(cost.unwrap_or_default()).set(&mut charge);
        cloud::copy(
            row,
            &mut charge,
            &[
                (Column::SubAccountId, COMPARTMENT),
                (Column::SubAccountName, COMPARTMENT_NAME),
                (Column::RegionId, REGION),
                (Column::RegionName, REGION),
                (Column::AvailabilityZone, DOMAIN),
                (Column::ResourceId, RESOURCE),
                (Column::PricingQuantity, QUANTITY),
                (Column::PricingUnit, UNIT),
                (Column::ContractedUnitPrice, UNIT_PRICE),
                (Column::SkuId, SKU),
                (Column::ChargeDescription, DESCRIPTION),
            ],
        );
        charge
            .set_text(Column::BillingAccountId, tenant.unwrap_or_default())
            .set_text(Column::ChargeClass, if correction { "Correction" } else { "" });
        cloud::set_service(&mut charge, service.unwrap_or_default(), "");
        cloud::set_charge_period(row, &mut charge, START, END);
        let tags: BTreeMap<String, String> = row
            .named("tags/")
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        if let Some(tags) = cloud::tags_text(&tags) {
            charge.set_text(Column::Tags, tags);
        }
        cloud::keep_to_focus(&mut charge);
        if let (Some(month), false) = (month, row.failed()) {
            output.charge(row, month, charge);
        }
    }
}
