//! FOCUS cost and usage, versions 1.0 to 1.4, and what Headroom itself exports.

use super::{Importer, RowReader};
use crate::diagnostics::Problem;
use crate::mapping::{ColumnSpec, Row, optional};
use crate::output::Output;
use chrono::{DateTime, Utc};
use headroom_models::ledger::{Charge, Column, ColumnKind, CostType, Expenditure, Money, Month, ResourceMode};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
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

/// The subcategory of what has none, by its category: FOCUS 1.0 does not have the column, later versions want it filled.
fn other_subcategory(category: &str) -> Option<&'static str> {
    let others = [
        "Other (AI and Machine Learning)",
        "Other (Analytics)",
        "Other (Business Applications)",
        "Other (Compute)",
        "Other (Databases)",
        "Other (Developer Tools)",
        "Other (Identity)",
        "Other (Integration)",
        "Other (Internet of Things)",
        "Other (Management and Governance)",
        "Other (Media)",
        "Other (Migration)",
        "Other (Mobile)",
        "Other (Multicloud)",
        "Other (Networking)",
        "Other (Other)",
        "Other (Security)",
        "Other (Storage)",
        "Other (Web)",
    ];
    let is_of = |other: &&str| other.strip_prefix("Other (").and_then(|rest| rest.strip_suffix(')')) == Some(category);
    others.into_iter().find(is_of)
}

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

    fn reads_rows_alone(&self) -> bool {
        true
    }

    fn reader(&'static self) -> Box<dyn RowReader> {
        Box::new(Reader::default())
    }

    fn billed(&self, row: &Row<'_>) -> Option<(String, Money)> {
        let amount = row.quiet_decimal(Column::BilledCost as usize)?;
        Some((row.text(Column::BillingCurrency as usize)?.to_ascii_uppercase(), amount))
    }
}

/// Different tags whose canonical text is remembered: bills repeat a few thousand of them.
const MOST_TAGS: usize = 4096;

/// Reads row after row into the same charge, and remembers what it made of texts that stand in many rows.
#[derive(Default)]
struct Reader {
    charge: Charge,
    times: [Option<(String, DateTime<Utc>)>; 4],
    tags: HashMap<String, String>,
}

impl RowReader for Reader {
    fn read(&mut self, row: &Row<'_>, output: &mut Output<'_>) {
        self.charge.clear();
        for &column in Column::ALL {
            match row.text(column as usize) {
                Some(text) => self.set(row, column, text),
                None => self.set_missing(row, column),
            }
        }
        row.product_and_module(Column::Product as usize, Column::Module as usize);
        let charge = &mut self.charge;
        for (start, end) in [
            (Column::BillingPeriodStart, Column::BillingPeriodEnd),
            (Column::ChargePeriodStart, Column::ChargePeriodEnd),
        ] {
            if charge
                .timestamp(start)
                .zip(charge.timestamp(end))
                .is_some_and(|(start, end)| end < start)
            {
                row.problem(end as usize, Problem::EndsBeforeStart);
            }
        }
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
        if charge.text(Column::ServiceSubcategory).is_none()
            && let Some(other) = charge.text(Column::ServiceCategory).and_then(other_subcategory)
        {
            charge.set_text(Column::ServiceSubcategory, other);
        }
        let start = charge.timestamp(Column::BillingPeriodStart);
        if let Some(month) = start.map(|start| Month::of(start.date_naive())) {
            row.check_month(Column::BillingPeriodStart as usize, month);
            if !row.failed() {
                output.provider(charge.text(Column::ProviderName).unwrap_or_default());
                output.charge_from(row, month, charge);
            }
        }
    }
}

impl Reader {
    fn set_missing(&mut self, row: &Row<'_>, column: Column) {
        let default = match column {
            Column::ResourceMode => ResourceMode::Cloud.as_str(),
            Column::CostType => CostType::Cloud.as_str(),
            Column::Expenditure => Expenditure::Opex.as_str(),
            _ => "",
        };
        if !default.is_empty() {
            self.charge.set_text(column, default);
        } else if REQUIRED.contains(&column) && !matches!(column, Column::ProviderName | Column::ServiceName) {
            // The provider may stand in its successor's column, and providers leave service names of taxes empty.
            row.problem(column as usize, Problem::Missing);
        }
    }

    fn set(&mut self, row: &Row<'_>, column: Column, text: &str) {
        let index = column as usize;
        let charge = &mut self.charge;
        match (column, column.kind()) {
            (Column::ChargeCategory, _) => set(charge, column, row.word(index, CATEGORIES)),
            (Column::BillingCurrency, _) if is_code(text) => set(charge, column, Some(text)),
            (Column::BillingCurrency, _) => set(charge, column, row.currency(index)),
            (Column::Tags, _) => self.set_tags(row, text),
            (Column::ResourceMode, _) => set(
                charge,
                column,
                term(row, index, ResourceMode::ALL, ResourceMode::as_str),
            ),
            (Column::CostType, _) => set(charge, column, term(row, index, CostType::ALL, CostType::as_str)),
            (Column::Expenditure, _) => set(charge, column, term(row, index, Expenditure::ALL, Expenditure::as_str)),
            (_, ColumnKind::Text) => set(charge, column, Some(text)),
            (_, ColumnKind::Decimal) => {
                if let Some(amount) = row.decimal_of(index, text) {
                    charge.set_decimal(column, amount);
                }
            }
            (_, ColumnKind::Timestamp) => self.set_time(row, column, text),
            (_, ColumnKind::Integer) => {}
        }
    }

    /// A time; the periods of a bill stand in row after row.
    fn set_time(&mut self, row: &Row<'_>, column: Column, text: &str) {
        let slot = match column {
            Column::BillingPeriodStart => 0,
            Column::BillingPeriodEnd => 1,
            Column::ChargePeriodStart => 2,
            _ => 3,
        };
        let known = &mut self.times[slot];
        let time = match known {
            Some((known, time)) if known.as_str() == text => Some(*time),
            _ => {
                let time = row.utc_time_of(column as usize, text);
                if let Some(time) = time {
                    let (known, kept) = known.get_or_insert_with(|| (String::new(), time));
                    known.clear();
                    known.push_str(text);
                    *kept = time;
                }
                time
            }
        };
        if let Some(time) = time {
            self.charge.set_timestamp(column, time);
        }
    }

    fn set_tags(&mut self, row: &Row<'_>, text: &str) {
        if let Some(known) = self.tags.get(text) {
            self.charge.set_text(Column::Tags, known);
            return;
        }
        let Some(tags) = tags(text) else {
            return row.problem(Column::Tags as usize, Problem::NotAnObject);
        };
        self.charge.set_text(Column::Tags, &tags);
        if self.tags.len() >= MOST_TAGS {
            self.tags.clear();
        }
        self.tags.insert(text.to_owned(), tags);
    }
}

/// A currency as it must be written in the end.
fn is_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) && text != "RMB"
}

fn set(charge: &mut Charge, column: Column, text: Option<impl AsRef<str>>) {
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
fn tags(text: &str) -> Option<String> {
    let object = serde_json::from_str::<BTreeMap<String, Value>>(text).ok();
    object
        .or_else(|| super::cloud::pair_list(text))
        .and_then(|tags| serde_json::to_string(&tags).ok())
}
