//! One charge while it is being read, and a frame of charges ready for the ledger.

use super::{Column, ColumnKind, Money, SCALE};
use chrono::{DateTime, Utc};
use polars::prelude::*;

#[derive(Clone, Debug, Default, PartialEq)]
enum Value {
    #[default]
    Null,
    Text(String),
    Decimal(Money),
    Timestamp(DateTime<Utc>),
    Integer(i64),
}

/// One line of the ledger, column by column; what was not set is null.
#[derive(Clone, Debug, PartialEq)]
pub struct Charge {
    values: Vec<Value>,
}

impl Default for Charge {
    fn default() -> Self {
        Charge {
            values: vec![Value::Null; Column::ALL.len()],
        }
    }
}

impl Charge {
    /// An empty charge.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a text column; an empty text is null.
    pub fn set_text(&mut self, column: Column, text: impl Into<String>) -> &mut Self {
        debug_assert_eq!(column.kind(), ColumnKind::Text, "{column:?}");
        let text = text.into();
        self.values[column as usize] = if text.is_empty() {
            Value::Null
        } else {
            Value::Text(text)
        };
        self
    }

    /// Sets a decimal column.
    pub fn set_decimal(&mut self, column: Column, amount: Money) -> &mut Self {
        debug_assert_eq!(column.kind(), ColumnKind::Decimal, "{column:?}");
        self.values[column as usize] = Value::Decimal(amount);
        self
    }

    /// Sets a timestamp column.
    pub fn set_timestamp(&mut self, column: Column, at: DateTime<Utc>) -> &mut Self {
        debug_assert_eq!(column.kind(), ColumnKind::Timestamp, "{column:?}");
        self.values[column as usize] = Value::Timestamp(at);
        self
    }

    /// Sets a whole-number column.
    pub fn set_integer(&mut self, column: Column, value: i64) -> &mut Self {
        debug_assert_eq!(column.kind(), ColumnKind::Integer, "{column:?}");
        self.values[column as usize] = Value::Integer(value);
        self
    }

    /// The text of a column, if it is set and is text.
    pub fn text(&self, column: Column) -> Option<&str> {
        match &self.values[column as usize] {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The amount of a column, if it is set and is a decimal.
    pub fn decimal(&self, column: Column) -> Option<Money> {
        match &self.values[column as usize] {
            Value::Decimal(amount) => Some(*amount),
            _ => None,
        }
    }

    /// The time of a column, if it is set and is a timestamp.
    pub fn timestamp(&self, column: Column) -> Option<DateTime<Utc>> {
        match &self.values[column as usize] {
            Value::Timestamp(at) => Some(*at),
            _ => None,
        }
    }
}

/// Charges gathered column by column until there are enough for one write.
#[derive(Debug, Default)]
pub struct ChargeFrame {
    charges: Vec<Charge>,
}

impl ChargeFrame {
    /// Adds a charge.
    pub fn push(&mut self, charge: Charge) {
        self.charges.push(charge);
    }

    /// Charges gathered so far.
    pub fn len(&self) -> usize {
        self.charges.len()
    }

    /// True when nothing is gathered.
    pub fn is_empty(&self) -> bool {
        self.charges.is_empty()
    }

    /// Turns the charges into a frame of the ledger's schema and starts anew.
    ///
    /// # Errors
    /// Only when polars refuses a column, which would be a defect.
    pub fn take(&mut self) -> PolarsResult<DataFrame> {
        let charges = std::mem::take(&mut self.charges);
        let height = charges.len();
        let columns = Column::ALL
            .iter()
            .map(|&column| build(column, &charges))
            .collect::<PolarsResult<Vec<_>>>()?;
        DataFrame::new(height, columns)
    }
}

fn build(column: Column, charges: &[Charge]) -> PolarsResult<polars::prelude::Column> {
    let name = PlSmallStr::from_static(column.name());
    let at = column as usize;
    Ok(match column.kind() {
        ColumnKind::Text => {
            StringChunked::from_iter_options(name, charges.iter().map(|c| c.text(column))).into_column()
        }
        ColumnKind::Decimal => decimal_column(name, charges.iter().map(|c| c.decimal(column)))?,
        ColumnKind::Timestamp => {
            let micros = charges
                .iter()
                .map(|c| c.timestamp(column).map(|t| t.timestamp_micros()));
            Int64Chunked::from_iter_options(name, micros)
                .into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
                .into_column()
        }
        ColumnKind::Integer => {
            let values = charges.iter().map(|c| match c.values[at] {
                Value::Integer(value) => Some(value),
                _ => None,
            });
            Int64Chunked::from_iter_options(name, values).into_column()
        }
    })
}

/// A Decimal(38, 18) column from amounts.
///
/// # Errors
/// When an amount has more than 38 digits, which [`Money::parse`] does not let in.
pub fn decimal_column(
    name: PlSmallStr,
    amounts: impl Iterator<Item = Option<Money>>,
) -> PolarsResult<polars::prelude::Column> {
    let units = Int128Chunked::from_iter_options(name, amounts.map(|amount| amount.map(Money::units)));
    Ok(units.into_decimal(38, SCALE as usize)?.into_column())
}

/// The amounts of a Decimal(38, 18) column, nulls as nothing.
///
/// # Errors
/// When the frame has no such column, or it is not a decimal of that scale.
pub fn decimal_values(frame: &DataFrame, name: &str) -> PolarsResult<Vec<Option<Money>>> {
    let column = frame.column(name)?.as_materialized_series();
    polars_ensure!(
        matches!(column.dtype(), DataType::Decimal(_, scale) if *scale == SCALE as usize),
        SchemaMismatch: "column {name} is {}, not a decimal with 18 digits", column.dtype()
    );
    Ok(column
        .decimal()?
        .physical()
        .iter()
        .map(|units| units.map(Money::from_units))
        .collect())
}

/// The texts of a string column, nulls as nothing.
///
/// # Errors
/// When the frame has no such column, or it is not text.
pub fn text_values(frame: &DataFrame, name: &str) -> PolarsResult<Vec<Option<String>>> {
    Ok(frame
        .column(name)?
        .str()?
        .iter()
        .map(|text| text.map(str::to_owned))
        .collect())
}
