//! Parquet files, a slice of a row group at a time; columns that hold columns are read as `column.field`.

use super::limits::problem_of;
use super::metered::fingerprint;
use super::nested::{self, Name};
use super::record::Record;
use super::shield::unless_panic;
use super::{Decoded, Extent, Limits, Place, Rows, Stop, Table, Visit};
use crate::batch::Input;
use crate::diagnostics::FileProblem;
use polars::io::SerReader;
use polars::prelude::{AnyValue, DataFrame, DataType, ParquetReader, PolarsResult, Series, TimeUnit};
use serde_json::{Map, Value};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Most rows in memory at once.
const SLICE: usize = 32_768;

/// Visits the one table of a Parquet file.
pub(super) fn visit(
    input: &Input,
    limits: &Limits,
    bytes_read: &AtomicU64,
    extent: Extent,
    visit: Visit<'_>,
) -> Result<Decoded, Stop> {
    let place = Place {
        file: &input.name,
        sheet: None,
    };
    let bytes = std::fs::metadata(&input.path)
        .map_err(|error| place.stop(problem_of(&error)))?
        .len();
    let slices = slices(&input.path, limits).map_err(|problem| place.stop(problem))?;
    let empty = frame(&input.path, (0, 0), None).map_err(|problem| place.stop(problem))?;
    let mut names = Vec::new();
    for column in empty.columns() {
        collect(column.name(), column.dtype(), &[], &mut names);
    }
    let (importer, names) = nested::recognized(names).map_err(|problem| place.stop(problem))?;
    let mut outer: Vec<String> = Vec::new();
    for name in &names {
        if let Some(first) = name.path.first().filter(|first| !outer.contains(first)) {
            outer.push(first.clone());
        }
    }
    let header = names.iter().map(Name::dotted).collect();
    let mut rows = ParquetRows {
        path: input.path.clone(),
        outer,
        names,
        all: slices.iter().map(|slice| slice.1 as u64).sum(),
        slices: slices.into_iter(),
        columns: Vec::new(),
        height: 0,
        next: 0,
        row: 0,
        bytes,
        bytes_read,
    };
    visit(Table {
        sheet: None,
        location: input.name.clone(),
        importer,
        header,
        strict_width: true,
        decimal_comma: false,
        rows: &mut rows,
    })?;
    let fingerprint = match extent {
        Extent::Headers => Default::default(),
        Extent::All => fingerprint(&input.path).map_err(|error| place.stop(problem_of(&error)))?,
    };
    Ok(Decoded {
        other_sheets: Vec::new(),
        fingerprint,
    })
}

/// The reader is not ours: what makes it fail or panic is a damaged file, and no reason to end the program.
fn shielded<T>(read: impl FnOnce() -> PolarsResult<T>) -> Result<T, FileProblem> {
    match unless_panic(read) {
        Some(Ok(value)) => Ok(value),
        Some(Err(_)) | None => Err(FileProblem::CorruptParquet),
    }
}

/// Row ranges that are read one after the other, none of which spans two row groups.
fn slices(path: &Path, limits: &Limits) -> Result<Vec<(usize, usize)>, FileProblem> {
    let file = File::open(path).map_err(|error| problem_of(&error))?;
    let groups: Vec<(usize, usize)> = shielded(|| {
        let mut reader = ParquetReader::new(file);
        let groups = reader.get_metadata()?.row_groups.iter();
        Ok(groups
            .map(|group| (group.num_rows(), group.total_byte_size()))
            .collect())
    })?;
    let mut slices = Vec::new();
    let mut start = 0_usize;
    for (rows, bytes) in groups {
        if bytes as u64 > limits.workbook_bytes {
            return Err(FileProblem::TooLarge {
                limit: limits.workbook_bytes,
            });
        }
        let mut offset = 0;
        while offset < rows {
            let count = (rows - offset).min(SLICE);
            slices.push((start + offset, count));
            offset += count;
        }
        start = start.checked_add(rows).ok_or(FileProblem::CorruptParquet)?;
    }
    Ok(slices)
}

fn frame(path: &Path, slice: (usize, usize), columns: Option<Vec<String>>) -> Result<DataFrame, FileProblem> {
    let file = File::open(path).map_err(|error| problem_of(&error))?;
    shielded(|| {
        ParquetReader::new(file)
            .with_slice(Some(slice))
            .with_columns(columns)
            .finish()
    })
}

fn collect(name: &str, dtype: &DataType, above: &[String], names: &mut Vec<Name>) {
    let path = [above, &[name.to_owned()]].concat();
    let fields = match dtype {
        DataType::Struct(fields) if path.len() < 4 => fields.as_slice(),
        _ => &[],
    };
    names.push(Name {
        path: path.clone(),
        parent: !fields.is_empty(),
    });
    for field in fields {
        collect(field.name(), field.dtype(), &path, names);
    }
}

struct ParquetRows<'a> {
    path: PathBuf,
    /// The columns of the file that are read.
    outer: Vec<String>,
    names: Vec<Name>,
    slices: std::vec::IntoIter<(usize, usize)>,
    /// The slice at hand, a column for each name.
    columns: Vec<Series>,
    height: usize,
    next: usize,
    row: u64,
    all: u64,
    bytes: u64,
    bytes_read: &'a AtomicU64,
}

impl ParquetRows<'_> {
    /// Reads the next slice; false when there is none.
    fn read_slice(&mut self) -> Result<bool, FileProblem> {
        let Some(slice) = self.slices.next() else {
            return Ok(false);
        };
        self.columns.clear();
        let frame = frame(&self.path, slice, Some(self.outer.clone()))?;
        for name in &self.names {
            let column = shielded(|| leaf(&frame, &name.path))?;
            self.columns.push(column);
        }
        if frame.height() != slice.1 {
            return Err(FileProblem::CorruptParquet);
        }
        (self.height, self.next) = (slice.1, 0);
        Ok(true)
    }
}

impl Rows for ParquetRows<'_> {
    fn next(&mut self, record: &mut Record) -> Result<Option<u64>, FileProblem> {
        record.clear();
        while self.next >= self.height {
            if !self.read_slice()? {
                return Ok(None);
            }
        }
        for column in &self.columns {
            let value = column.get(self.next).map_err(|_| FileProblem::CorruptParquet)?;
            match value.get_str() {
                Some(text) => record.push_field(text.as_bytes()),
                None => record.push_field(cell(&value).as_bytes()),
            }
        }
        self.next += 1;
        self.row += 1;
        let share = u128::from(self.bytes) * u128::from(self.row) / u128::from(self.all.max(1));
        self.bytes_read.store(share as u64, Ordering::Relaxed);
        Ok(Some(self.row))
    }
}

fn leaf(frame: &DataFrame, path: &[String]) -> PolarsResult<Series> {
    let mut series = frame.column(&path[0])?.as_materialized_series().clone();
    for step in &path[1..] {
        series = series.struct_()?.field_by_name(step)?;
    }
    Ok(series.rechunk())
}

/// The text of a value, exact; nothing for null.
fn cell(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::List(_) | AnyValue::Struct(..) | AnyValue::StructOwned(_) => json(value).to_string(),
        other => scalar(other).unwrap_or_default(),
    }
}

fn scalar(value: &AnyValue<'_>) -> Option<String> {
    if let Some(text) = value.get_str() {
        return Some(text.to_owned());
    }
    Some(match value {
        AnyValue::Null => return None,
        // The shortest digits that mean this number, without an exponent: what the sender's database shows.
        AnyValue::Float64(number) => format!("{number}"),
        AnyValue::Float32(number) => format!("{number}"),
        AnyValue::Decimal(units, _, scale) => decimal(*units, *scale),
        AnyValue::Date(days) => chrono::DateTime::from_timestamp(i64::from(*days) * 86_400, 0)?
            .date_naive()
            .to_string(),
        AnyValue::Datetime(ticks, unit, _) => time(*ticks, *unit)?,
        AnyValue::DatetimeOwned(ticks, unit, _) => time(*ticks, *unit)?,
        AnyValue::Binary(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        AnyValue::BinaryOwned(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => other.to_string(),
    })
}

fn time(ticks: i64, unit: TimeUnit) -> Option<String> {
    let per_second = match unit {
        TimeUnit::Milliseconds => 1_000,
        TimeUnit::Microseconds => 1_000_000,
        TimeUnit::Nanoseconds => 1_000_000_000,
    };
    let nanos = ticks.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let time = chrono::DateTime::from_timestamp(ticks.div_euclid(per_second), nanos as u32)?;
    Some(time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

/// `units` × 10⁻ˢᶜᵃˡᵉ in digits.
fn decimal(units: i128, scale: usize) -> String {
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    let sign = if units < 0 { "-" } else { "" };
    if rest.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest}")
    }
}

fn json(value: &AnyValue<'_>) -> Value {
    match value {
        AnyValue::List(series) => Value::Array(series.iter().map(|value| json(&value)).collect()),
        AnyValue::Struct(_, _, fields) => {
            let values: Vec<AnyValue<'_>> = value._iter_struct_av().collect();
            let pairs = fields.iter().zip(&values);
            Value::Object(
                pairs
                    .map(|(field, value)| (field.name().to_string(), json(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        AnyValue::StructOwned(owned) => {
            let pairs = owned.1.iter().zip(&owned.0);
            Value::Object(
                pairs
                    .map(|(field, value)| (field.name().to_string(), json(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        other => scalar(other).map_or(Value::Null, Value::String),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_exact() {
        assert_eq!(decimal(-15, 1), "-1.5");
        assert_eq!(decimal(5, 3), "0.005");
        assert_eq!(decimal(7, 0), "7");
        assert_eq!(time(-1, TimeUnit::Milliseconds).unwrap(), "1969-12-31T23:59:59.999Z");
        assert_eq!(cell(&AnyValue::Float64(1.2e-7)), "0.00000012");
        assert_eq!(cell(&AnyValue::Null), "");
    }
}
