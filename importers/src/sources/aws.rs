//! AWS Cost and Usage Reports: the legacy CSV (`lineItem/UnblendedCost`) and CUR 2.0 of Data Exports
//! (`line_item_unblended_cost`).
//!
//! BilledCost is the unblended cost. EffectiveCost follows the line item types as AWS describes them in its Cost and Usage
//! Report guide ("Reservation details", "Savings Plans details") and sums them in its CUR query library: discounted usage
//! takes `reservation/EffectiveCost`, covered usage `savingsPlan/SavingsPlanEffectiveCost`, the monthly fee lines only what
//! was not used, and upfront fees and negations nothing. Where a file lacks these columns, it is the billed cost.

use super::cloud::{self, Costs};
use super::{Importer, RowReader};
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use headroom_models::ledger::{Charge, Column, Money, Month};
use std::collections::BTreeMap;

/// Reads Cost and Usage Reports.
pub(crate) struct Aws;

columns! {
    INTERVAL = optional("identity/TimeInterval", "").or(&["identity_time_interval"]);
    INVOICE = optional("bill/InvoiceId", "").or(&["bill_invoice_id"]);
    ISSUER = optional("bill/InvoicingEntity", "").or(&["bill_invoicing_entity"]);
    SELLER = optional("lineItem/LegalEntity", "").or(&["line_item_legal_entity"]);
    PAYER = required("bill/PayerAccountId", "").or(&["bill_payer_account_id"]);
    PAYER_NAME = optional("bill/PayerAccountName", "").or(&["bill_payer_account_name"]);
    PERIOD_START = required("bill/BillingPeriodStartDate", "").or(&["bill_billing_period_start_date"]);
    ACCOUNT = optional("lineItem/UsageAccountId", "").or(&["line_item_usage_account_id"]);
    ACCOUNT_NAME = optional("lineItem/UsageAccountName", "").or(&["line_item_usage_account_name"]);
    TYPE = required("lineItem/LineItemType", "").or(&["line_item_line_item_type"]);
    START = optional("lineItem/UsageStartDate", "").or(&["line_item_usage_start_date"]);
    END = optional("lineItem/UsageEndDate", "").or(&["line_item_usage_end_date"]);
    CODE = required("lineItem/ProductCode", "").or(&["line_item_product_code"]);
    USAGE_TYPE = optional("lineItem/UsageType", "").or(&["line_item_usage_type"]);
    ZONE = optional("lineItem/AvailabilityZone", "").or(&["line_item_availability_zone"]);
    RESOURCE = optional("lineItem/ResourceId", "").or(&["line_item_resource_id"]);
    AMOUNT = optional("lineItem/UsageAmount", "").or(&["line_item_usage_amount"]);
    CURRENCY = required("lineItem/CurrencyCode", "").or(&["line_item_currency_code"]);
    UNBLENDED_RATE = optional("lineItem/UnblendedRate", "").or(&["line_item_unblended_rate"]);
    COST = required("lineItem/UnblendedCost", "").or(&["line_item_unblended_cost"]);
    DESCRIPTION = optional("lineItem/LineItemDescription", "").or(&["line_item_line_item_description"]);
    PRODUCT_NAME = optional("product/ProductName", "").or(&["product_product_name"]);
    PRODUCT_MAP = optional("product", "");
    REGION = optional("product/regionCode", "").or(&["product_region_code", "product/region", "product_region"]);
    INSTANCE_TYPE = optional("product/instanceType", "").or(&["product_instance_type"]);
    SKU = optional("product/sku", "").or(&["product_sku"]);
    RATE = optional("pricing/RateCode", "").or(&["pricing_rate_code"]);
    LIST = optional("pricing/publicOnDemandCost", "").or(&["pricing_public_on_demand_cost"]);
    LIST_PRICE = optional("pricing/publicOnDemandRate", "").or(&["pricing_public_on_demand_rate"]);
    UNIT = optional("pricing/unit", "").or(&["pricing_unit"]);
    TAG_MAP = optional("resource_tags", "");
    RI_COST = optional("reservation/EffectiveCost", "").or(&["reservation_effective_cost"]);
    RI_ARN = optional("reservation/ReservationARN", "").or(&["reservation_reservation_a_r_n"]);
    RI_UNUSED_UPFRONT = optional("reservation/UnusedAmortizedUpfrontFeeForBillingPeriod", "").or(&["reservation_unused_amortized_upfront_fee_for_billing_period"]);
    RI_UNUSED_FEE = optional("reservation/UnusedRecurringFee", "").or(&["reservation_unused_recurring_fee"]);
    SP_COST = optional("savingsPlan/SavingsPlanEffectiveCost", "").or(&["savings_plan_savings_plan_effective_cost"]);
    SP_ARN = optional("savingsPlan/SavingsPlanARN", "").or(&["savings_plan_savings_plan_a_r_n"]);
    SP_COMMITTED = optional("savingsPlan/TotalCommitmentToDate", "").or(&["savings_plan_total_commitment_to_date"]);
    SP_USED = optional("savingsPlan/UsedCommitment", "").or(&["savings_plan_used_commitment"]);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Usage,
    DiscountedUsage,
    CoveredUsage,
    Negation,
    Fee,
    ReservationFee,
    PlanFee,
    PlanUpfront,
    Tax,
    Credit,
    Refund,
    Discount,
}

const KINDS: &[(&str, &str, Kind)] = &[
    ("Usage", "", Kind::Usage),
    ("DiscountedUsage", "", Kind::DiscountedUsage),
    ("SavingsPlanCoveredUsage", "", Kind::CoveredUsage),
    ("SavingsPlanNegation", "", Kind::Negation),
    ("Fee", "", Kind::Fee),
    ("RIFee", "", Kind::ReservationFee),
    ("SavingsPlanRecurringFee", "", Kind::PlanFee),
    ("SavingsPlanUpfrontFee", "", Kind::PlanUpfront),
    ("Tax", "", Kind::Tax),
    ("Credit", "", Kind::Credit),
    ("Refund", "", Kind::Refund),
    ("BundledDiscount", "", Kind::Discount),
    ("Discount", "", Kind::Discount),
    ("EdpDiscount", "", Kind::Discount),
    ("PrivateRateDiscount", "", Kind::Discount),
    ("RiVolumeDiscount", "", Kind::Discount),
    ("SppDiscount", "", Kind::Discount),
];

impl Importer for Aws {
    fn name(&self) -> &'static str {
        "aws-cur"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        COLUMNS
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Aws)
    }

    fn billed(&self, row: &Row<'_>) -> Option<(String, Money)> {
        let amount = row.quiet_decimal(COST)?;
        Some((row.text(CURRENCY)?.to_ascii_uppercase(), amount))
    }
}

impl RowReader for Aws {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let payer = row.required_text(PAYER);
        row.required_text(PERIOD_START);
        let month = row.time(PERIOD_START).map(|start| Month::of(start.date_naive()));
        let kind = row.required_word(TYPE, KINDS);
        let code = row.required_text(CODE);
        let cost = row.required_decimal(COST);
        row.required_text(CURRENCY);
        let currency = row.currency(CURRENCY);
        if let Some(month) = month {
            row.check_month(PERIOD_START, month);
        }
        // What is missing is noted, and the row goes on so that all its problems are named at once.
        let (kind, code, cost) = (
            kind.unwrap_or(Kind::Usage),
            code.unwrap_or_default(),
            cost.unwrap_or_default(),
        );
        let mut charge = cloud::charge("AWS", month, currency);
        costs(row, kind, cost).set(&mut charge);
        set_kind(row, &mut charge, kind);
        cloud::copy(
            row,
            &mut charge,
            &[
                (Column::InvoiceId, INVOICE),
                (Column::PublisherName, SELLER),
                (Column::BillingAccountName, PAYER_NAME),
                (Column::SubAccountId, ACCOUNT),
                (Column::SubAccountName, ACCOUNT_NAME),
                (Column::AvailabilityZone, ZONE),
                (Column::ResourceId, RESOURCE),
                (Column::ChargeDescription, DESCRIPTION),
                (Column::RegionId, REGION),
                (Column::RegionName, REGION),
                (Column::ResourceType, INSTANCE_TYPE),
                (Column::SkuId, SKU),
                (Column::SkuMeter, USAGE_TYPE),
                (Column::SkuPriceId, RATE),
                (Column::ListUnitPrice, LIST_PRICE),
                (Column::ContractedUnitPrice, UNBLENDED_RATE),
                (Column::PricingUnit, UNIT),
                (Column::PricingQuantity, AMOUNT),
            ],
        );
        // A company of AWS itself issues as AWS: FOCUS takes another name than the provider's for a third party, which bills
        // nothing here. Its legal name stays as the publisher.
        if let Some(issuer) = row.text(ISSUER).filter(|issuer| !is_aws(issuer)) {
            charge.set_text(Column::InvoiceIssuerName, issuer);
        }
        charge.set_text(Column::BillingAccountId, payer.unwrap_or_default());
        let map = row
            .text(PRODUCT_MAP)
            .map(|text| cloud::json_object(row, PRODUCT_MAP, text));
        let name = row
            .text(PRODUCT_NAME)
            .or_else(|| map.as_ref()?.get("product_name").map(String::as_str));
        cloud::set_service(&mut charge, name.unwrap_or(code), code);
        match row.text(START) {
            Some(_) => cloud::set_charge_period(row, &mut charge, START, END),
            None => {
                if let Some((start, end)) = row.interval(INTERVAL) {
                    charge
                        .set_timestamp(Column::ChargePeriodStart, start)
                        .set_timestamp(Column::ChargePeriodEnd, end);
                }
            }
        }
        if let Some(tags) = cloud::tags_text(&tags(row)) {
            charge.set_text(Column::Tags, tags);
        }
        cloud::keep_to_focus(&mut charge);
        if let (Some(payer), Some(month), false) = (payer, month, row.failed()) {
            output.provider(payer);
            output.charge(row, month, charge);
        }
    }
}

fn costs(row: &Row<'_>, kind: Kind, cost: Money) -> Costs {
    let reservations = row.has(RI_COST) && row.has(RI_UNUSED_UPFRONT) && row.has(RI_UNUSED_FEE);
    let plans = row.has(SP_COST) && row.has(SP_COMMITTED) && row.has(SP_USED);
    let effective = match kind {
        Kind::DiscountedUsage if reservations => row.decimal(RI_COST),
        Kind::ReservationFee if reservations => sum(
            row,
            RI_UNUSED_UPFRONT,
            row.decimal(RI_UNUSED_UPFRONT),
            row.decimal(RI_UNUSED_FEE),
        ),
        Kind::Fee if reservations && row.text(RI_ARN).is_some() => Some(Money::ZERO),
        Kind::CoveredUsage if plans => row.decimal(SP_COST),
        Kind::PlanFee if plans => sum(
            row,
            SP_COMMITTED,
            row.decimal(SP_COMMITTED),
            row.decimal(SP_USED).map(|used| -used),
        ),
        Kind::PlanUpfront | Kind::Negation if plans => Some(Money::ZERO),
        _ => None,
    };
    let list = match row.decimal(LIST) {
        None if kind == Kind::Negation && plans => Money::ZERO,
        list => list.unwrap_or(cost),
    };
    Costs {
        billed: cost,
        effective: effective.unwrap_or(cost),
        list,
        contracted: cost,
    }
}

/// Whether a company is AWS itself, by the names under which it issues invoices.
fn is_aws(company: &str) -> bool {
    ["Amazon", "AWS"].iter().any(|start| company.starts_with(start))
}

/// The sum of two cells, nothing when both are empty.
fn sum(row: &Row<'_>, column: usize, left: Option<Money>, right: Option<Money>) -> Option<Money> {
    if left.is_none() && right.is_none() {
        return None;
    }
    let sum = left.unwrap_or_default().checked_add(right.unwrap_or_default());
    if sum.is_none() {
        row.problem(column, Problem::TooLarge);
    }
    sum
}

fn set_kind(row: &Row<'_>, charge: &mut Charge, kind: Kind) {
    let category = match kind {
        Kind::Usage | Kind::DiscountedUsage | Kind::CoveredUsage => "Usage",
        Kind::Fee | Kind::ReservationFee | Kind::PlanFee | Kind::PlanUpfront => "Purchase",
        Kind::Tax => "Tax",
        Kind::Credit => "Credit",
        Kind::Refund | Kind::Negation | Kind::Discount => "Adjustment",
    };
    let frequency = match kind {
        Kind::ReservationFee | Kind::PlanFee => "Recurring",
        Kind::Fee | Kind::PlanUpfront | Kind::Tax | Kind::Credit | Kind::Refund => "One-Time",
        _ => "Usage-Based",
    };
    charge
        .set_text(Column::ChargeCategory, category)
        .set_text(Column::ChargeFrequency, frequency)
        .set_text(
            Column::ChargeClass,
            if kind == Kind::Refund { "Correction" } else { "" },
        );
    let used = matches!(kind, Kind::DiscountedUsage | Kind::CoveredUsage);
    let commitment = match (row.text(RI_ARN), row.text(SP_ARN)) {
        (Some(id), _) => Some((id, "Usage", "Reserved Instance")),
        (None, Some(id)) => Some((id, "Spend", "Savings Plan")),
        (None, None) => None,
    };
    if let Some((id, category, name)) = commitment {
        charge
            .set_text(Column::CommitmentDiscountId, id)
            .set_text(Column::CommitmentDiscountCategory, category)
            .set_text(Column::CommitmentDiscountType, name)
            .set_text(Column::CommitmentDiscountStatus, if used { "Used" } else { "" });
    }
    let pricing = match kind {
        Kind::DiscountedUsage | Kind::CoveredUsage => "Committed",
        Kind::Usage => "Standard",
        _ => "",
    };
    charge.set_text(Column::PricingCategory, pricing);
}

/// The user's own tags without the prefix that marks them, those of AWS with theirs.
fn tags(row: &Row<'_>) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    for (name, value) in row.named("resourceTags/") {
        tags.insert(name.strip_prefix("user:").unwrap_or(name).to_owned(), value.to_owned());
    }
    for (name, value) in row.named("resource_tags_user_") {
        tags.insert(name.to_owned(), value.to_owned());
    }
    if let Some(text) = row.text(TAG_MAP) {
        for (name, value) in cloud::json_object(row, TAG_MAP, text) {
            let own = name.strip_prefix("user:").or_else(|| name.strip_prefix("user_"));
            tags.insert(own.unwrap_or(&name).to_owned(), value);
        }
    }
    tags
}
