//! Azure cost exports: actual and amortized, Enterprise Agreement old and new, Microsoft Customer Agreement, pay-as-you-go.
//!
//! The actual and the amortized export of a month are two views of the same money (Microsoft, "Understand cost details
//! fields"): in the actual one a reservation or savings plan is a purchase and the usage it covers costs 0; in the
//! amortized one there is no purchase and the covered usage carries its share. One view alone is read row by row:
//! purchases of commitments are billed and have no effective cost, covered and unused commitments have effective cost and
//! are not billed, all else is both. When one import holds both views of a month, BilledCost comes from the actual rows
//! only, EffectiveCost and ListCost from the amortized rows only. Both views have the same source, so that importing one
//! after the other replaces it.

use super::cloud::{self, Costs};
use super::idc_invoice::product_of;
use super::{Importer, RowReader};
use crate::diagnostics::{FileError, FileProblem, Note, Problem};
use crate::mapping::{ColumnSpec, Row, columns, optional, required};
use crate::output::Output;
use chrono::{NaiveDate, TimeDelta};
use headroom_models::ledger::{Charge, Column, Money, Month};
use std::collections::BTreeSet;

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
    SUB_CATEGORY = optional("MeterSubCategory", "");
    METER_NAME = optional("MeterName", "");
    PRODUCT = optional("ProductName", "").or(&["Product"]);
    PART = optional("PartNumber", "").or(&["ProductId"]);
    SERVICE_FAMILY = optional("ServiceFamily", "");
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Usage,
    Purchase,
    Refund,
    Adjustment,
    Tax,
    Credit,
    Unused,
}

const KINDS: &[(&str, &str, Kind)] = &[
    ("Usage", "", Kind::Usage),
    ("Purchase", "", Kind::Purchase),
    ("Refund", "", Kind::Refund),
    ("Adjustment", "", Kind::Adjustment),
    ("RoundingAdjustment", "", Kind::Adjustment),
    ("Tax", "", Kind::Tax),
    ("Credit", "", Kind::Credit),
    ("UnusedReservation", "", Kind::Unused),
    ("UnusedSavingsPlan", "", Kind::Unused),
];

/// What a row has to do with a reservation or savings plan.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    None,
    Bought,
    Covered,
}

/// Which view a table is, by what its rows show.
#[derive(Default)]
struct Table {
    source: String,
    file: String,
    sheet: Option<String>,
    bought: bool,
    shares: bool,
    free: bool,
    months: BTreeSet<(String, Month)>,
}

impl Table {
    fn is_actual(&self) -> bool {
        !self.shares && (self.bought || self.free)
    }

    fn is_amortized(&self) -> bool {
        self.shares && !self.bought
    }

    fn see(&mut self, part: Part, cost: Money) {
        self.bought |= part == Part::Bought;
        self.shares |= part == Part::Covered && !cost.is_zero();
        self.free |= part == Part::Covered && cost.is_zero();
    }
}

#[derive(Default)]
struct Reader {
    /// The tables of the batch, when they were seen ahead.
    tables: Vec<Table>,
    /// Accounts and months that the batch holds in both views.
    both: BTreeSet<(String, Month)>,
    current: usize,
    /// Everything read, as one table.
    read: Table,
    posted_both: BTreeSet<Month>,
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
        let amount = Money::parse(row.text(COST)?).ok()?.money;
        let currency = row.text(CURRENCY).unwrap_or(row.settings.default_currency);
        Some((currency.to_ascii_uppercase(), amount))
    }
}

impl RowReader for Reader {
    fn ahead(&mut self, row: &Row<'_>) {
        let source = row.location.source;
        if self.tables.last().is_none_or(|table| table.source != source) {
            self.tables.push(Table {
                source: source.to_owned(),
                file: row.location.file.to_owned(),
                sheet: row.location.sheet.map(str::to_owned),
                ..Table::default()
            });
        }
        let cost = row.decimal(COST).unwrap_or_default();
        let part = part(row, row.word(CHARGE_TYPE, KINDS).unwrap_or(Kind::Usage));
        if let (Some(table), Some((_, month))) = (self.tables.last_mut(), days(row)) {
            table.see(part, cost);
            let key = (row.text(ACCOUNT).unwrap_or_default(), month);
            if !table.months.iter().any(|(account, month)| (account.as_str(), *month) == key) {
                table.months.insert((key.0.to_owned(), month));
            }
        }
    }

    fn disagreements(&self) -> Vec<FileError> {
        let both = both_views(&self.tables);
        let unclear = self.tables.iter().filter(|table| {
            let plain = !table.is_actual() && !table.is_amortized();
            plain && !table.months.is_disjoint(&both)
        });
        unclear
            .map(|table| FileError {
                file: table.file.clone(),
                sheet: table.sheet.clone(),
                problem: FileProblem::ViewUnclear,
            })
            .collect()
    }

    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        row.required_text(DATE);
        row.required_text(METER_CATEGORY);
        let days = days(row);
        let cost = row.required_decimal(COST);
        let currency = row.currency(CURRENCY);
        let kind = row.word(CHARGE_TYPE, KINDS);
        if let Some((_, month)) = days {
            row.check_open(if row.text(PERIOD_START).is_some() { PERIOD_START } else { DATE }, month);
        }
        let (Some((date, month)), Some(cost), Some(currency)) = (days, cost, currency) else {
            return;
        };
        let kind = kind.unwrap_or(Kind::Usage);
        let part = part(row, kind);
        let mut charge = cloud::charge("Microsoft", month, &currency);
        let costs = Costs {
            list: list_cost(row, cost, &currency),
            ..self.costs(row, part, cost, month)
        };
        let costs = match self.view(row, month) {
            Some(true) => Costs { list: Money::ZERO, ..costs },
            _ => costs,
        };
        costs.set(&mut charge);
        fill(row, &mut charge, date, kind, part);
        if row.failed() {
            return;
        }
        self.read.see(part, cost);
        if let Some(account) = row.text(ACCOUNT) {
            output.provider(account);
        }
        output.charge(row, month, charge);
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        if !self.posted_both.is_empty() {
            let months = std::mem::take(&mut self.posted_both).into_iter().collect();
            output.note(Note::BothViews { months });
        } else if self.read.is_actual() {
            output.note(Note::ActualViewOnly);
        } else if self.read.is_amortized() {
            output.note(Note::AmortizedViewOnly);
        }
    }
}

impl Reader {
    /// True for a row of the actual view of a month that is there in both, false for the amortized one.
    fn view(&mut self, row: &Row<'_>, month: Month) -> Option<bool> {
        if self.tables.is_empty() {
            return None;
        }
        if self.both.is_empty() {
            self.both = both_views(&self.tables);
        }
        let account = row.text(ACCOUNT).unwrap_or_default();
        let is_both = self.both.iter().any(|(other, at)| (other.as_str(), *at) == (account, month));
        if !is_both {
            return None;
        }
        let is_here = |table: &Table| table.source == row.location.source;
        if !self.tables.get(self.current).is_some_and(is_here) {
            self.current = self.tables.iter().position(is_here)?;
        }
        self.posted_both.insert(month);
        Some(self.tables[self.current].is_actual())
    }

    fn costs(&mut self, row: &Row<'_>, part: Part, cost: Money, month: Month) -> Costs {
        let (billed, effective) = match (self.view(row, month), part) {
            (Some(true), _) | (None, Part::Bought) => (cost, Money::ZERO),
            (Some(false), _) | (None, Part::Covered) => (Money::ZERO, cost),
            (None, Part::None) => (cost, cost),
        };
        Costs {
            billed,
            effective,
            ..Costs::of(cost)
        }
    }
}

/// Accounts and months of which there is a table of either view.
fn both_views(tables: &[Table]) -> BTreeSet<(String, Month)> {
    let months = |wanted: fn(&Table) -> bool| -> BTreeSet<(String, Month)> {
        let tables = tables.iter().filter(|table| wanted(table));
        tables.flat_map(|table| table.months.iter().cloned()).collect()
    };
    let amortized = months(Table::is_amortized);
    months(Table::is_actual).intersection(&amortized).cloned().collect()
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
        || ["Reservation", "SavingsPlan"].iter().any(|word| word.eq_ignore_ascii_case(model));
    match kind {
        Kind::Unused => Part::Covered,
        Kind::Usage if committed => Part::Covered,
        Kind::Purchase | Kind::Refund if committed => Part::Bought,
        _ => Part::None,
    }
}

/// Quantity at the pay-as-you-go price where the file gives one in the billing currency, else the cost.
fn list_cost(row: &Row<'_>, cost: Money, currency: &str) -> Money {
    let same = row.text(PRICING_CURRENCY).is_none_or(|other| other.eq_ignore_ascii_case(currency));
    let price = row.measure(LIST_PRICE).filter(|price| !price.is_zero() && same);
    let (Some(price), Some(quantity)) = (price, row.measure(QUANTITY)) else {
        return cost;
    };
    product_of(quantity, price).unwrap_or_else(|| {
        row.problem(LIST_PRICE, Problem::TooLarge);
        cost
    })
}

fn fill(row: &Row<'_>, charge: &mut Charge, date: NaiveDate, kind: Kind, part: Part) {
    cloud::copy(
        row,
        charge,
        &[
            (Column::BillingAccountName, ACCOUNT_NAME),
            (Column::SubAccountId, SUBSCRIPTION),
            (Column::SubAccountName, SUBSCRIPTION_NAME),
            (Column::InvoiceId, INVOICE),
            (Column::PublisherName, PUBLISHER),
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
            (Column::ContractedUnitPrice, UNIT_PRICE),
            (Column::CommitmentDiscountId, RESERVATION),
            (Column::CommitmentDiscountName, RESERVATION_NAME),
            (Column::CommitmentDiscountId, BENEFIT),
            (Column::CommitmentDiscountName, BENEFIT_NAME),
        ],
    );
    let account = row.text(ACCOUNT).or(row.text(SUBSCRIPTION)).unwrap_or_default();
    let kind_of_resource = row.text(RESOURCE_TYPE).or(row.text(CONSUMED_SERVICE)).unwrap_or_default();
    charge
        .set_text(Column::BillingAccountId, account)
        .set_text(Column::ResourceType, kind_of_resource);
    cloud::set_service(
        charge,
        row.text(METER_CATEGORY).unwrap_or_default(),
        row.text(SUB_CATEGORY).or(row.text(SERVICE_FAMILY)).unwrap_or_default(),
    );
    let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc();
    charge
        .set_timestamp(Column::ChargePeriodStart, midnight)
        .set_timestamp(Column::ChargePeriodEnd, midnight + TimeDelta::days(1));
    let category = match kind {
        Kind::Usage | Kind::Unused => "Usage",
        Kind::Purchase => "Purchase",
        Kind::Refund | Kind::Adjustment => "Adjustment",
        Kind::Tax => "Tax",
        Kind::Credit => "Credit",
    };
    let frequency = match row.text(FREQUENCY).map(str::to_ascii_lowercase).as_deref() {
        Some("onetime" | "one-time") => "One-Time",
        Some("recurring") => "Recurring",
        _ => "Usage-Based",
    };
    let model = row.text(PRICING_MODEL).map(str::to_ascii_lowercase).unwrap_or_default();
    let pricing = match model.as_str() {
        "reservation" | "savingsplan" => "Committed",
        "spot" => "Dynamic",
        "ondemand" => "Standard",
        _ => "",
    };
    charge
        .set_text(Column::ChargeCategory, category)
        .set_text(Column::ChargeClass, if kind == Kind::Refund { "Correction" } else { "" })
        .set_text(Column::ChargeFrequency, frequency)
        .set_text(Column::PricingCategory, pricing);
    if part != Part::None {
        let plan = model == "savingsplan" || row.text(BENEFIT).is_some_and(|id| id.contains("BillingBenefits"));
        let (category, name) = if plan { ("Spend", "Savings Plan") } else { ("Usage", "Reservation") };
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
    if let Some(text) = row.text(TAGS) {
        // Enterprise exports write the members of the object without its braces.
        let braced = if text.starts_with('{') { text.to_owned() } else { format!("{{{text}}}") };
        if let Some(tags) = cloud::tags_text(&cloud::json_object(row, TAGS, &braced)) {
            charge.set_text(Column::Tags, tags);
        }
    }
}
