//! One charge while it is being read, and a frame of charges ready for the ledger.

use super::{Column, ColumnKind, Money, SCALE};
use chrono::{DateTime, Utc};
use polars::prelude::*;
use polars_arrow::array::MutablePlString;
use std::borrow::Borrow;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Value {
    #[default]
    Null,
    /// From where to where in the charge's texts.
    Text(u32, u32),
    Decimal(Money),
    Timestamp(DateTime<Utc>),
    Integer(i64),
}

/// One line of the ledger, column by column; what was not set is null.
///
/// All texts stand one behind the other in one string, so that a charge that is cleared and filled again takes no memory anew.
#[derive(Clone, Debug)]
pub struct Charge {
    values: [Value; Column::ALL.len()],
    texts: String,
}

impl Default for Charge {
    fn default() -> Self {
        Charge {
            values: [Value::Null; Column::ALL.len()],
            texts: String::new(),
        }
    }
}

impl PartialEq for Charge {
    fn eq(&self, other: &Self) -> bool {
        Column::ALL.iter().all(|&column| match self.text(column) {
            Some(text) => other.text(column) == Some(text),
            None => other.text(column).is_none() && self.values[column as usize] == other.values[column as usize],
        })
    }
}

impl Charge {
    /// An empty charge.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes every column null again.
    #[inline]
    pub fn clear(&mut self) {
        self.values = [Value::Null; Column::ALL.len()];
        self.texts.clear();
    }

    /// Sets a text column; an empty text is null.
    #[inline]
    pub fn set_text(&mut self, column: Column, text: impl AsRef<str>) -> &mut Self {
        debug_assert_eq!(column.kind(), ColumnKind::Text, "{column:?}");
        let text = text.as_ref();
        self.values[column as usize] = if text.is_empty() {
            Value::Null
        } else {
            let start = self.texts.len();
            self.texts.push_str(text);
            // A record of a file is at most 16 MiB, so its texts are far from 4 GiB.
            Value::Text(start as u32, self.texts.len() as u32)
        };
        self
    }

    /// Sets a decimal column.
    #[inline]
    pub fn set_decimal(&mut self, column: Column, amount: Money) -> &mut Self {
        debug_assert_eq!(column.kind(), ColumnKind::Decimal, "{column:?}");
        self.values[column as usize] = Value::Decimal(amount);
        self
    }

    /// Sets a timestamp column.
    #[inline]
    pub fn set_timestamp(&mut self, column: Column, at: DateTime<Utc>) -> &mut Self {
        debug_assert_eq!(column.kind(), ColumnKind::Timestamp, "{column:?}");
        self.values[column as usize] = Value::Timestamp(at);
        self
    }

    /// Sets a whole-number column.
    #[inline]
    pub fn set_integer(&mut self, column: Column, value: i64) -> &mut Self {
        debug_assert_eq!(column.kind(), ColumnKind::Integer, "{column:?}");
        self.values[column as usize] = Value::Integer(value);
        self
    }

    /// Makes some columns null.
    pub fn unset(&mut self, columns: &[Column]) {
        for &column in columns {
            self.values[column as usize] = Value::Null;
        }
    }

    /// The text of a column, if it is set and is text.
    #[inline]
    pub fn text(&self, column: Column) -> Option<&str> {
        match self.values[column as usize] {
            Value::Text(start, end) => self.texts.get(start as usize..end as usize),
            _ => None,
        }
    }

    /// The amount of a column, if it is set and is a decimal.
    #[inline]
    pub fn decimal(&self, column: Column) -> Option<Money> {
        match self.values[column as usize] {
            Value::Decimal(amount) => Some(amount),
            _ => None,
        }
    }

    /// The time of a column, if it is set and is a timestamp.
    #[inline]
    pub fn timestamp(&self, column: Column) -> Option<DateTime<Utc>> {
        match self.values[column as usize] {
            Value::Timestamp(at) => Some(at),
            _ => None,
        }
    }
}

/// Texts of one column gathered so far. Lines of one resource stand together in most bills: what repeats the line above is
/// counted, and its bytes are kept once.
struct TextBuilder {
    name: PlSmallStr,
    array: MutablePlString,
    /// The text of the last rows, which are not in the array yet; nothing where they are null.
    last: Option<String>,
    /// Memory for the next text.
    spare: String,
    repeated: usize,
}

impl TextBuilder {
    fn new(name: PlSmallStr, rows: usize) -> TextBuilder {
        let array = MutablePlString::with_capacity(rows);
        let (last, spare, repeated) = (None, String::new(), 0);
        TextBuilder {
            name,
            array,
            last,
            spare,
            repeated,
        }
    }

    fn append(&mut self, text: Option<&str>) {
        if text == self.last.as_deref() {
            self.repeated += 1;
            return;
        }
        self.settle();
        self.repeated = 1;
        if let Some(last) = self.last.take() {
            self.spare = last;
        }
        if let Some(text) = text {
            let mut kept = std::mem::take(&mut self.spare);
            kept.clear();
            kept.push_str(text);
            self.last = Some(kept);
        }
    }

    fn settle(&mut self) {
        match &self.last {
            None => self.array.extend_null(self.repeated),
            Some(last) if self.repeated == 1 => self.array.push_value(last),
            Some(last) => self.array.extend_constant(self.repeated, Some(last)),
        }
        self.repeated = 0;
    }

    fn finish(mut self) -> StringChunked {
        self.settle();
        StringChunked::with_chunk(self.name, self.array.freeze())
    }
}

/// Values of one column gathered so far.
enum Builder {
    Text(TextBuilder),
    Decimal(PrimitiveChunkedBuilder<Int128Type>),
    Whole(PrimitiveChunkedBuilder<Int64Type>),
}

impl Builder {
    fn new(column: Column, rows: usize) -> Builder {
        let name = PlSmallStr::from_static(column.name());
        match column.kind() {
            ColumnKind::Text => Builder::Text(TextBuilder::new(name, rows)),
            ColumnKind::Decimal => Builder::Decimal(PrimitiveChunkedBuilder::new(name, rows)),
            ColumnKind::Timestamp | ColumnKind::Integer => Builder::Whole(PrimitiveChunkedBuilder::new(name, rows)),
        }
    }

    fn append_null(&mut self) {
        match self {
            Builder::Text(builder) => builder.append(None),
            Builder::Decimal(builder) => builder.append_null(),
            Builder::Whole(builder) => builder.append_null(),
        }
    }

    fn append(&mut self, value: &Value, texts: &str) {
        match (self, value) {
            (Builder::Text(builder), &Value::Text(start, end)) => {
                builder.append(texts.get(start as usize..end as usize));
            }
            (Builder::Decimal(builder), Value::Decimal(amount)) => builder.append_value(amount.units()),
            (Builder::Whole(builder), Value::Timestamp(at)) => builder.append_value(at.timestamp_micros()),
            (Builder::Whole(builder), Value::Integer(value)) => builder.append_value(*value),
            // The setters see to it that a value is of its column's kind.
            (builder, _) => builder.append_null(),
        }
    }

    fn finish(self, column: Column) -> PolarsResult<polars::prelude::Column> {
        Ok(match self {
            Builder::Text(builder) => builder.finish().into_column(),
            Builder::Decimal(builder) => builder.finish().into_decimal(38, SCALE as usize)?.into_column(),
            Builder::Whole(builder) if column.kind() == ColumnKind::Timestamp => builder
                .finish()
                .into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
                .into_column(),
            Builder::Whole(builder) => builder.finish().into_column(),
        })
    }
}

/// Charges gathered column by column until there are enough for one write. A column without a value costs nothing.
#[derive(Default)]
pub struct ChargeFrame {
    builders: Vec<Option<Builder>>,
    rows: usize,
}

impl std::fmt::Debug for ChargeFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChargeFrame").field("rows", &self.rows).finish()
    }
}

impl ChargeFrame {
    /// Adds a charge.
    pub fn push(&mut self, charge: impl Borrow<Charge>) {
        let charge = charge.borrow();
        if self.builders.is_empty() {
            self.builders.resize_with(Column::ALL.len(), || None);
        }
        for ((builder, value), &column) in self.builders.iter_mut().zip(&charge.values).zip(Column::ALL) {
            if builder.is_none() && !matches!(value, Value::Null) {
                let mut started = Builder::new(column, self.rows + 1024);
                for _ in 0..self.rows {
                    started.append_null();
                }
                *builder = Some(started);
            }
            match (builder, value) {
                (None, _) => {}
                (Some(builder), Value::Null) => builder.append_null(),
                (Some(builder), value) => builder.append(value, &charge.texts),
            }
        }
        self.rows += 1;
    }

    /// Charges gathered so far.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// True when nothing is gathered.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Turns the charges into a frame of the ledger's schema and starts anew.
    ///
    /// # Errors
    /// Only when polars refuses a column, which would be a defect.
    pub fn take(&mut self) -> PolarsResult<DataFrame> {
        let rows = std::mem::take(&mut self.rows);
        let mut builders = std::mem::take(&mut self.builders);
        builders.resize_with(Column::ALL.len(), || None);
        let columns = Column::ALL
            .iter()
            .zip(builders)
            .map(|(&column, builder)| match builder {
                Some(builder) => builder.finish(column),
                None => Ok(polars::prelude::Column::full_null(
                    PlSmallStr::from_static(column.name()),
                    rows,
                    &column.data_type(),
                )),
            });
        DataFrame::new(rows, columns.collect::<PolarsResult<Vec<_>>>()?)
    }
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
