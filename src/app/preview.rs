//! The first rows of an import as they would be booked, for a look before anything is.

use super::import_compare::Rows;
use crate::store::StagedBatch;
use headroom_importers::{Dataset, Sink, SinkError};
use headroom_models::ledger::{Column, Month, decimal_values};
use polars::prelude::*;
use serde::Serialize;

/// Rows shown.
const MOST_ROWS: usize = 20;
/// Columns shown of what is no bill.
const MOST_COLUMNS: usize = 12;

/// What of a charge a person recognises it by.
const OF_CHARGES: [Column; 12] = [
    Column::InvoiceIssuerName,
    Column::InvoiceId,
    Column::ServiceName,
    Column::ResourceId,
    Column::ChargeDescription,
    Column::PricingQuantity,
    Column::BilledCost,
    Column::EffectiveCost,
    Column::BillingCurrency,
    Column::CostType,
    Column::Product,
    Column::SourceRow,
];

/// The first rows as they would be booked.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Preview {
    /// Names of the columns; the month comes first.
    pub columns: Vec<String>,
    /// Texts of the cells.
    pub rows: Vec<Vec<String>>,
}

/// Hands frames on to a batch and keeps the first rows of the first dataset.
pub(super) struct Previewing<'a> {
    staged: &'a mut StagedBatch,
    wanted: bool,
    dataset: Option<Dataset>,
    preview: Preview,
    rows: Rows,
}

impl<'a> Previewing<'a> {
    /// Keeps rows only when they are wanted.
    pub fn new(staged: &'a mut StagedBatch, wanted: bool) -> Previewing<'a> {
        Previewing {
            staged,
            wanted,
            dataset: None,
            preview: Preview::default(),
            rows: Rows::default(),
        }
    }

    /// What was kept: the first rows, and what rows of bills are compared by.
    pub fn kept(self) -> (Preview, Rows) {
        (self.preview, self.rows)
    }

    fn look(&mut self, dataset: Dataset, month: Month, frame: &DataFrame) {
        if self.wanted && dataset == Dataset::Charges {
            self.rows.add(month, frame);
        }
        let room = MOST_ROWS - self.preview.rows.len();
        if !self.wanted || room == 0 || *self.dataset.get_or_insert(dataset) != dataset {
            return;
        }
        let frame = frame.head(Some(room));
        let names: Vec<String> = match dataset {
            Dataset::Charges => OF_CHARGES.iter().map(|column| column.name().to_owned()).collect(),
            _ => {
                let names = frame.get_column_names_owned().into_iter();
                let own = names.filter(|name| !name.starts_with("x_Import") && !name.starts_with("x_SourceFile"));
                own.take(MOST_COLUMNS).map(|name| name.to_string()).collect()
            }
        };
        let columns: Vec<Vec<String>> = names.iter().map(|name| cells(&frame, name)).collect();
        if self.preview.columns.is_empty() {
            self.preview.columns = std::iter::once("month".to_owned()).chain(names).collect();
        }
        for row in 0..frame.height() {
            let cells = columns
                .iter()
                .map(|column| column.get(row).cloned().unwrap_or_default());
            self.preview
                .rows
                .push(std::iter::once(month.to_string()).chain(cells).collect());
        }
    }
}

/// A column as texts; one that the frame has not, is empty.
pub(super) fn cells(frame: &DataFrame, name: &str) -> Vec<String> {
    let Ok(column) = frame.column(name) else {
        return Vec::new();
    };
    if matches!(column.dtype(), DataType::Decimal(..))
        && let Ok(values) = decimal_values(frame, name)
    {
        let text = |value: Option<headroom_models::ledger::Money>| value.map(|value| value.to_string());
        return values
            .into_iter()
            .map(|value| text(value).unwrap_or_default())
            .collect();
    }
    let text = |row| match column.get(row) {
        Ok(AnyValue::Null) | Err(_) => String::new(),
        // Polars would ask for a table of time zones to write one.
        Ok(AnyValue::Datetime(micros, ..) | AnyValue::DatetimeOwned(micros, ..)) => {
            let at = chrono::DateTime::from_timestamp_micros(micros);
            at.map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
                .unwrap_or_default()
        }
        Ok(value) => value.str_value().into_owned(),
    };
    (0..frame.height()).map(text).collect()
}

impl Sink for Previewing<'_> {
    fn write(&mut self, dataset: Dataset, month: Month, frame: DataFrame) -> Result<(), SinkError> {
        self.look(dataset, month, &frame);
        self.staged.write(dataset, month, frame)
    }

    fn adjust(&mut self, month: Month, original: Month, frame: DataFrame) -> Result<(), SinkError> {
        self.look(Dataset::Charges, month, &frame);
        self.staged.adjust(month, original, frame)
    }
}
