//! Azure cost exports: actual and amortized, Enterprise Agreement old and new, Microsoft Customer Agreement, pay-as-you-go.
//!
//! The actual and the amortized export of a month are two views of the same money (Microsoft, "Understand cost details
//! fields"): in the actual one a reservation or savings plan is a purchase and the usage it covers costs 0; in the
//! amortized one there is no purchase and the covered usage carries its share. One view alone is read row by row:
//! purchases of commitments are billed and have no effective cost, covered and unused commitments have effective cost and
//! are not billed, all else is both. When one import holds both views of a month, BilledCost comes from the actual rows
//! only, EffectiveCost and ListCost from the amortized rows only. Both views have the same source, so that importing one
//! after the other replaces it.

mod kinds;
mod views;

use super::cloud::{self, Costs};
use super::idc_invoice::product_of;
use super::{Importer, RowReader};
use crate::diagnostics::{FileError, Problem};
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use chrono::{NaiveDate, TimeDelta};
use headroom_models::ledger::{Charge, Column, Money, Month};
use kinds::{KINDS, Kind};
use views::{Part, View, Views};

/// Reads cost exports.
pub(crate) struct Azure;

columns! {
    DATE = required("Date", "").or(&["UsageDateTime", "UsageDate"]);
    COST = required("CostInBillingCurrency", "").or(&["Cost", "PreTaxCost"]);
    SUBSCRIPTION = required("SubscriptionId", "").or(&["SubscriptionGuid"]);
    METER_CATEGORY = required("MeterCategory", "");
    METER_ID = required("MeterId", "");
    PERIOD_START = optional("BillingPeriodStartDate", "").or(&["BillingPeriodStart"]);
    CURRENCY = optional("BillingCurrency", "").or(&["BillingCurrencyCode", "Currency"]);
    PRICING_CURRENCY = optional("PricingCurrency", "").or(&["PricingCurrencyCode"]);
    ACCOUNT = optional("BillingAccountId", "");
    ACCOUNT_NAME = optional("BillingAccountName", "");
    SUBSCRIPTION_NAME = optional("SubscriptionName", "");
    INVOICE = optional("InvoiceId", "");
    METER_NAME = optional("MeterName", "");
    PRODUCT = optional("ProductName", "").or(&["Product"]);
    PART = optional("PartNumber", "").or(&["ProductId"]);
    CONSUMED_SERVICE = optional("ConsumedService", "");
    RESOURCE = optional("ResourceId", "").or(&["InstanceId", "InstanceName"]);
    RESOURCE_NAME = optional("ResourceName", "");
    RESOURCE_TYPE = optional("ResourceType", "");
    LOCATION = optional("ResourceLocation", "").or(&["ResourceLocationNormalized", "Location"]);
    ZONE = optional("AvailabilityZone", "");
    QUANTITY = optional("Quantity", "").or(&["UsageQuantity"]);
    UNIT = optional("UnitOfMeasure", "");
    UNIT_PRICE = optional("UnitPrice", "").or(&["ResourceRate"]);
    LIST_PRICE = optional("PayGPrice", "");
    TAGS = optional("Tags", "");
    CHARGE_TYPE = optional("ChargeType", "");
    FREQUENCY = optional("Frequency", "");
    PRICING_MODEL = optional("PricingModel", "");
    RESERVATION = optional("ReservationId", "");
    RESERVATION_NAME = optional("ReservationName", "");
    BENEFIT = optional("BenefitId", "");
    BENEFIT_NAME = optional("BenefitName", "");
    PUBLISHER = optional("PublisherName", "");
}

#[derive(Default)]
struct Reader {
    views: Views,
}

impl Importer for Azure {
    fn name(&self) -> &'static str {
        "azure"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reads_ahead(&self) -> bool {
        true
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Reader::default())
    }

    fn billed(&self, row: &Row<'_>) -> Option<(String, Money)> {
        let amount = row.quiet_decimal(COST)?;
        let currency = row.text(CURRENCY).unwrap_or(row.settings.default_currency);
        Some((currency.to_ascii_uppercase(), amount))
    }
}

impl RowReader for Reader {
    fn ahead(&mut self, row: &Row<'_>) {
        let part = part(row, row.word(CHARGE_TYPE, KINDS).unwrap_or(Kind::Usage));
        if let Some((_, month)) = days(row) {
            let cost = row.measure(COST).unwrap_or_default();
            self.views.see_ahead(row.location, account(row), month, part, cost);
        }
    }

    fn disagreements(&self) -> Vec<FileError> {
        self.views.unclear()
    }

    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        row.required_text(DATE);
        row.required_text(METER_CATEGORY);
        let days = days(row);
        let cost = row.required_decimal(COST);
        let currency = row.currency(CURRENCY);
        let kind = row.word(CHARGE_TYPE, KINDS).unwrap_or(Kind::Usage);
        let (date, month) = (days.map(|days| days.0), days.map(|days| days.1));
        if let Some(month) = month {
            let column = if row.text(PERIOD_START).is_some() {
                PERIOD_START
            } else {
                DATE
            };
            row.check_month(column, month);
        }
        // What is missing is noted, and the row goes on so that all its problems are named at once.
        let cost = cost.unwrap_or_default();
        let part = part(row, kind);
        let priced_in = |column| priced_in(row, column, currency.as_deref());
        let list = priced_in(LIST_PRICE);
        let contracted = priced_in(UNIT_PRICE);
        let mut charge = cloud::charge("Microsoft", month, currency.clone());
        fill(row, &mut charge, kind, part);
        for (column, priced) in [(Column::ListUnitPrice, list), (Column::ContractedUnitPrice, contracted)] {
            if let Some((price, _)) = priced {
                charge.set_decimal(column, price);
            }
        }
        let (Some(date), Some(month), false) = (date, month, row.failed()) else {
            return;
        };
        let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc();
        charge
            .set_timestamp(Column::ChargePeriodStart, midnight)
            .set_timestamp(Column::ChargePeriodEnd, midnight + TimeDelta::days(1));
        let view = self.views.of(row.location, account(row), month);
        let at = |priced: Option<(Money, Money)>| priced.map_or(cost, |(_, amount)| amount);
        costs(view, part, cost, at(list), at(contracted)).set(&mut charge);
        if view == Some(View::Actual) && charge.decimal(Column::PricingQuantity).is_some() {
            // The quantities stand in the rows of the amortized view, once.
            charge.set_decimal(Column::PricingQuantity, Money::ZERO);
        }
        cloud::keep_to_focus(&mut charge);
        self.views.see(part, cost);
        if let Some(account) = row.text(ACCOUNT) {
            output.provider(account);
        }
        output.charge(row, month, charge);
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        if let Some(note) = self.views.note() {
            output.note(note);
        }
    }
}

/// The account of a row, by which bills are told apart.
fn account<'a>(row: &Row<'a>) -> &'a str {
    row.text(ACCOUNT).unwrap_or_default()
}

/// The amounts of a row: by its view where both are there, else by what it has to do with a commitment.
fn costs(view: Option<View>, part: Part, cost: Money, list: Money, contracted: Money) -> Costs {
    let (billed, effective, list, contracted) = match (view, part) {
        (Some(View::Actual), _) => (cost, Money::ZERO, Money::ZERO, Money::ZERO),
        (Some(View::Amortized), _) => (Money::ZERO, cost, list, contracted),
        (None, Part::Bought) => (cost, Money::ZERO, list, contracted),
        (None, Part::Covered) => (Money::ZERO, cost, list, contracted),
        (None, Part::None) => (cost, cost, list, contracted),
    };
    Costs {
        billed,
        effective,
        list,
        contracted,
    }
}

/// The day of the charge and the month that bills it.
fn days(row: &Row<'_>) -> Option<(NaiveDate, Month)> {
    let date = row.month_first_date(DATE)?;
    let start = match row.text(PERIOD_START) {
        Some(_) => row.month_first_date(PERIOD_START)?,
        None => date,
    };
    Some((date, Month::of(start)))
}

fn part(row: &Row<'_>, kind: Kind) -> Part {
    let model = row.text(PRICING_MODEL).unwrap_or_default();
    let committed = row.text(RESERVATION).or(row.text(BENEFIT)).is_some()
        || ["Reservation", "SavingsPlan"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(model));
    match kind {
        Kind::Unused => Part::Covered,
        Kind::Usage if committed => Part::Covered,
        Kind::Purchase | Kind::Refund if committed => Part::Bought,
        _ => Part::None,
    }
}

/// A price that the file gives in the billing currency, and what the quantity comes to at that price.
fn priced_in(row: &Row<'_>, column: usize, currency: Option<&str>) -> Option<(Money, Money)> {
    let other = row.text(PRICING_CURRENCY);
    let same = other.is_none_or(|other| currency.is_some_and(|currency| other.eq_ignore_ascii_case(currency)));
    let price = row.measure(column).filter(|price| !price.is_zero() && same)?;
    let amount = product_of(row.measure(QUANTITY)?, price);
    if amount.is_none() {
        row.problem(column, Problem::TooLarge);
    }
    Some((price, amount?))
}

fn fill(row: &Row<'_>, charge: &mut Charge, kind: Kind, part: Part) {
    cloud::copy(
        row,
        charge,
        &[
            (Column::BillingAccountName, ACCOUNT_NAME),
            (Column::SubAccountId, SUBSCRIPTION),
            (Column::SubAccountName, SUBSCRIPTION_NAME),
            (Column::InvoiceId, INVOICE),
            (Column::PublisherName, PUBLISHER),
            (Column::ChargeDescription, METER_CATEGORY),
            (Column::ChargeDescription, METER_NAME),
            (Column::ChargeDescription, PRODUCT),
            (Column::SkuId, PART),
            (Column::SkuMeter, METER_NAME),
            (Column::SkuPriceId, METER_ID),
            (Column::ResourceId, RESOURCE),
            (Column::ResourceName, RESOURCE_NAME),
            (Column::RegionId, LOCATION),
            (Column::RegionName, LOCATION),
            (Column::AvailabilityZone, ZONE),
            (Column::PricingUnit, UNIT),
            (Column::PricingQuantity, QUANTITY),
            (Column::CommitmentDiscountId, RESERVATION),
            (Column::CommitmentDiscountName, RESERVATION_NAME),
            (Column::CommitmentDiscountId, BENEFIT),
            (Column::CommitmentDiscountName, BENEFIT_NAME),
        ],
    );
    let account = row.text(ACCOUNT).or(row.text(SUBSCRIPTION)).unwrap_or_default();
    let kind_of_resource = row
        .text(RESOURCE_TYPE)
        .or(row.text(CONSUMED_SERVICE))
        .unwrap_or_default();
    charge
        .set_text(Column::BillingAccountId, account)
        .set_text(Column::ResourceType, kind_of_resource);
    cloud::set_service(charge, row.text(METER_CATEGORY).unwrap_or_default(), "");
    let model = row.text(PRICING_MODEL).unwrap_or_default();
    charge
        .set_text(Column::ChargeCategory, kind.category())
        .set_text(
            Column::ChargeClass,
            if kind == Kind::Refund { "Correction" } else { "" },
        )
        .set_text(
            Column::ChargeFrequency,
            kinds::frequency(row.text(FREQUENCY).unwrap_or_default()),
        )
        .set_text(Column::PricingCategory, kinds::pricing(model));
    if part != Part::None {
        let plan = model.eq_ignore_ascii_case("SavingsPlan")
            || row.text(BENEFIT).is_some_and(|id| id.contains("BillingBenefits"));
        let (category, name) = if plan {
            ("Spend", "Savings Plan")
        } else {
            ("Usage", "Reservation")
        };
        let status = match (part, kind) {
            (Part::Covered, Kind::Unused) => "Unused",
            (Part::Covered, _) => "Used",
            _ => "",
        };
        charge
            .set_text(Column::CommitmentDiscountCategory, category)
            .set_text(Column::CommitmentDiscountType, name)
            .set_text(Column::CommitmentDiscountStatus, status);
    }
    set_tags(row, charge);
}

fn set_tags(row: &Row<'_>, charge: &mut Charge) {
    let Some(text) = row.text(TAGS) else {
        return;
    };
    // Enterprise exports write the members of the object without its braces.
    let braced = match text.starts_with('{') {
        true => text.to_owned(),
        false => format!("{{{text}}}"),
    };
    if let Some(tags) = cloud::tags_text(&cloud::json_object(row, TAGS, &braced)) {
        charge.set_text(Column::Tags, tags);
    }
}
