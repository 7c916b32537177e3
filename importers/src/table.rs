//! Frames of the datasets that are not charges.

use chrono::{DateTime, NaiveDate, Utc};
use headroom_models::ledger::{Money, decimal_column};
use polars::prelude::*;

/// How the values of a column are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Decimal,
    Integer,
    Float,
    Timestamp,
    Date,
}

/// Names and kinds of a dataset's columns.
pub(crate) type Schema = &'static [(&'static str, Kind)];

/// One value of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Text(String),
    Decimal(Money),
    Integer(i64),
    Float(f64),
    Timestamp(DateTime<Utc>),
    Date(NaiveDate),
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Value {
        text.map_or(Value::Null, |text| Value::Text(text.to_owned()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<Money> for Value {
    fn from(amount: Money) -> Value {
        Value::Decimal(amount)
    }
}

impl From<Option<f64>> for Value {
    fn from(value: Option<f64>) -> Value {
        value.map_or(Value::Null, Value::Float)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Integer(value)
    }
}

impl From<DateTime<Utc>> for Value {
    fn from(time: DateTime<Utc>) -> Value {
        Value::Timestamp(time)
    }
}

impl From<NaiveDate> for Value {
    fn from(day: NaiveDate) -> Value {
        Value::Date(day)
    }
}

/// Records gathered until there are enough for one write.
#[derive(Debug)]
pub(crate) struct Table {
    schema: Schema,
    records: Vec<Vec<Value>>,
}

impl Table {
    pub fn new(schema: Schema) -> Self {
        Table {
            schema,
            records: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn push(&mut self, record: Vec<Value>) {
        debug_assert_eq!(record.len(), self.schema.len());
        self.records.push(record);
    }

    /// Turns the records into a frame and starts anew.
    pub fn take(&mut self) -> PolarsResult<DataFrame> {
        let records = std::mem::take(&mut self.records);
        let columns = self
            .schema
            .iter()
            .enumerate()
            .map(|(index, &(name, kind))| build(&records, index, name, kind));
        DataFrame::new(records.len(), columns.collect::<PolarsResult<Vec<_>>>()?)
    }
}

fn build(records: &[Vec<Value>], index: usize, name: &'static str, kind: Kind) -> PolarsResult<Column> {
    let name = PlSmallStr::from_static(name);
    let values = records.iter().map(move |record| record.get(index));
    Ok(match kind {
        Kind::Text => StringChunked::from_iter_options(
            name,
            values.map(|value| match value {
                Some(Value::Text(text)) => Some(text.as_str()),
                _ => None,
            }),
        )
        .into_column(),
        Kind::Decimal => decimal_column(
            name,
            values.map(|value| match value {
                Some(Value::Decimal(amount)) => Some(*amount),
                _ => None,
            }),
        )?,
        Kind::Integer => Int64Chunked::from_iter_options(
            name,
            values.map(|value| match value {
                Some(Value::Integer(integer)) => Some(*integer),
                _ => None,
            }),
        )
        .into_column(),
        Kind::Float => Float64Chunked::from_iter_options(
            name,
            values.map(|value| match value {
                Some(Value::Float(float)) => Some(*float),
                _ => None,
            }),
        )
        .into_column(),
        Kind::Timestamp => Int64Chunked::from_iter_options(
            name,
            values.map(|value| match value {
                Some(Value::Timestamp(time)) => Some(time.timestamp_micros()),
                _ => None,
            }),
        )
        .into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
        .into_column(),
        Kind::Date => Int32Chunked::from_iter_options(
            name,
            values.map(|value| match value {
                // Days since 1970, in which frames hold dates.
                Some(Value::Date(day)) => Some(day.signed_duration_since(NaiveDate::default()).num_days() as i32),
                _ => None,
            }),
        )
        .into_date()
        .into_column(),
    })
}
