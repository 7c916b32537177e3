//! FOCUS cost and usage, versions 1.0 to 1.3, and what Headroom itself exports.

use super::{Importer, RowReader};
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, optional};
use crate::output::Output;
use headroom_models::ledger::{Charge, Column, ColumnKind, CostType, Expenditure, Money, Month, ResourceMode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Reads FOCUS files.
pub(crate) struct Focus;

/// Columns without which a file is not cost and usage.
const REQUIRED: &[Column] = &[
    Column::BilledCost,
    Column::EffectiveCost,
    Column::ListCost,
    Column::BillingAccountId,
    Column::BillingCurrency,
    Column::BillingPeriodStart,
    Column::BillingPeriodEnd,
    Column::ChargePeriodStart,
    Column::ChargePeriodEnd,
    Column::ChargeCategory,
    Column::ServiceName,
    Column::ProviderName,
];

/// Columns that the import itself sets, or that follow from the organization.
const NOT_READ: &[Column] = &[
    Column::Department,
    Column::ImportId,
    Column::SourceFile,
    Column::SourceRow,
];

/// FOCUS 1.3 has these two in place of ProviderName and PublisherName, which 1.4 drops.
const SERVICE_PROVIDER: usize = Column::ALL.len();
const HOST_PROVIDER: usize = Column::ALL.len() + 1;

/// The number of a ledger column here is its place in the ledger, the successors of two of them follow.
static COLUMNS: LazyLock<Vec<ColumnSpec>> = LazyLock::new(|| {
    let ledger = Column::ALL.iter().map(|&column| ColumnSpec {
        name: if NOT_READ.contains(&column) { "" } else { column.name() },
        chinese: "",
        also: &[],
        required: REQUIRED.contains(&column),
    });
    ledger
        .chain([optional("ServiceProviderName", ""), optional("HostProviderName", "")])
        .collect()
});

type Words = &'static [(&'static str, &'static str, &'static str)];

const CATEGORIES: Words = &[
    ("Usage", "", "Usage"),
    ("Purchase", "", "Purchase"),
    ("Tax", "", "Tax"),
    ("Credit", "", "Credit"),
    ("Adjustment", "", "Adjustment"),
];

impl Importer for Focus {
    fn name(&self) -> &'static str {
        "focus"
    }

    fn columns(&self) -> &'static [ColumnSpec] {
        &COLUMNS
    }

    fn substitute(&self, column: usize) -> Option<usize> {
        (column == Column::ProviderName as usize).then_some(SERVICE_PROVIDER)
    }

    fn leaves_out_nulls(&self) -> bool {
        true
    }

    fn null_word(&self) -> Option<&'static str> {
        // Database exports write it, the official sample file among them.
        Some("NULL")
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Focus)
    }

    fn billed(&self, row: &Row<'_>) -> Option<(String, Money)> {
        let amount = Money::parse(row.text(Column::BilledCost as usize)?).ok()?.money;
        Some((row.text(Column::BillingCurrency as usize)?.to_ascii_uppercase(), amount))
    }
}

impl RowReader for Focus {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        let mut charge = Charge::new();
        for &column in Column::ALL {
            read_column(row, column, &mut charge);
        }
        row.product_and_module(Column::Product as usize, Column::Module as usize);
        if charge.text(Column::ProviderName).is_none() {
            let provider = row.text(SERVICE_PROVIDER);
            if provider.is_none() {
                row.problem(Column::ProviderName as usize, Problem::Missing);
            }
            charge.set_text(Column::ProviderName, provider.unwrap_or_default());
        }
        if charge.text(Column::PublisherName).is_none() {
            charge.set_text(Column::PublisherName, row.text(HOST_PROVIDER).unwrap_or_default());
        }
        let start = charge.timestamp(Column::BillingPeriodStart);
        if let Some(month) = start.map(|start| Month::of(start.date_naive())) {
            row.check_open(Column::BillingPeriodStart as usize, month);
            if !row.failed() {
                output.provider(charge.text(Column::ProviderName).unwrap_or_default());
                output.charge(row, month, charge);
            }
        }
    }
}

fn read_column(row: &Row<'_>, column: Column, charge: &mut Charge) {
    let index = column as usize;
    let default = match column {
        Column::ResourceMode => Some(ResourceMode::Cloud.as_str()),
        Column::CostType => Some(CostType::Cloud.as_str()),
        Column::Expenditure => Some(Expenditure::Opex.as_str()),
        _ => None,
    };
    if row.text(index).is_none() {
        // The provider may stand in its successor's column, and providers leave service names of taxes empty.
        if REQUIRED.contains(&column) && !matches!(column, Column::ProviderName | Column::ServiceName) {
            row.problem(index, Problem::Missing);
        }
        if let Some(default) = default {
            charge.set_text(column, default);
        }
        return;
    }
    match (column, column.kind()) {
        (Column::ChargeCategory, _) => set(charge, column, row.word(index, CATEGORIES)),
        (Column::BillingCurrency, _) => set(charge, column, row.currency(index)),
        (Column::Tags, _) => set(charge, column, tags(row, index)),
        (Column::ResourceMode, _) => set(
            charge,
            column,
            term(row, index, ResourceMode::ALL, ResourceMode::as_str),
        ),
        (Column::CostType, _) => set(charge, column, term(row, index, CostType::ALL, CostType::as_str)),
        (Column::Expenditure, _) => set(charge, column, term(row, index, Expenditure::ALL, Expenditure::as_str)),
        (Column::BillingPeriodEnd | Column::ChargePeriodEnd, _) => {
            let start = match column {
                Column::BillingPeriodEnd => Column::BillingPeriodStart,
                _ => Column::ChargePeriodStart,
            };
            let Some(end) = row.utc_time(index) else { return };
            charge.set_timestamp(column, end);
            // Columns are read in the order of their names, so the start may not be known yet; a broken one is noted then.
            if row.quiet_time(start as usize).is_some_and(|start| end < start) {
                row.problem(index, Problem::EndsBeforeStart);
            }
        }
        (_, ColumnKind::Text) => set(charge, column, row.text(index)),
        (_, ColumnKind::Decimal) => {
            if let Some(amount) = row.decimal(index) {
                charge.set_decimal(column, amount);
            }
        }
        (_, ColumnKind::Timestamp) => {
            if let Some(time) = row.utc_time(index) {
                charge.set_timestamp(column, time);
            }
        }
        (_, ColumnKind::Integer) => {}
    }
}

fn set(charge: &mut Charge, column: Column, text: Option<impl Into<String>>) {
    if let Some(text) = text {
        charge.set_text(column, text);
    }
}

/// A word of one of the company's own closed lists.
fn term<T: Copy>(row: &Row<'_>, index: usize, all: &[T], word: fn(T) -> &'static str) -> Option<&'static str> {
    let words: Vec<_> = all.iter().map(|&term| (word(term), "", word(term))).collect();
    row.word(index, &words)
}

/// Tags as the text of a JSON object with sorted keys, so that equal tags are equal texts.
fn tags(row: &Row<'_>, index: usize) -> Option<String> {
    let text = row.text(index)?;
    let object = serde_json::from_str::<BTreeMap<String, Value>>(text).ok();
    let sorted = object
        .or_else(|| super::cloud::pair_list(text))
        .and_then(|tags| serde_json::to_string(&tags).ok());
    if sorted.is_none() {
        row.problem(index, Problem::NotAnObject);
    }
    sorted
}
