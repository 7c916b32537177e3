//! Export of the ledger as a FOCUS file.

use super::reference::texts;
use super::{App, AppError};
use crate::refusal::Refusal;
use crate::store::StoreError;
use headroom_importers::Dataset;
use headroom_models::ledger::{Column, ColumnKind, MonthRange, decimal_values};
use polars::prelude::*;
use std::fs::File;
use std::path::Path;

/// The format of a ledger export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerFormat {
    /// Parquet, decimals with 18 digits.
    Parquet,
    /// Comma-separated values, exact decimals, times in UTC.
    Csv,
}

impl App {
    /// Writes the charges of some months, FOCUS columns and Headroom's own `x_` columns, and returns the number of rows.
    ///
    /// The file appears under its name only when it is complete.
    ///
    /// # Errors
    /// When the months have no charges, or a file cannot be read or written.
    pub fn export_focus(&self, months: MonthRange, path: &Path, format: LedgerFormat) -> Result<u64, AppError> {
        let mut files = self.store.data_files(Dataset::Charges)?;
        files.retain(|file| months.contains(file.month));
        if files.is_empty() {
            return Err(Refusal::new("refused-export-empty").with("months", months).into());
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or_else(|| Path::new("."));
        let failed = || StoreError::file(path.display().to_string());
        let partial = tempfile::NamedTempFile::new_in(folder).map_err(failed())?;
        let out = partial.as_file().try_clone().map_err(failed())?;
        let frames = files.iter().filter_map(|file| {
            let frame = self.store.scan(std::slice::from_ref(file)).transpose()?;
            Some(frame.map_err(AppError::from).and_then(|frame| Ok(frame.collect()?)))
        });
        let rows = match format {
            LedgerFormat::Parquet => write_parquet(frames, out)?,
            LedgerFormat::Csv => write_csv(frames, out)?,
        };
        partial.persist(path).map_err(|error| failed()(error.error))?;
        Ok(rows)
    }
}

fn write_parquet(frames: impl Iterator<Item = Result<DataFrame, AppError>>, out: File) -> Result<u64, AppError> {
    let mut writer = ParquetWriter::new(out)
        .with_compression(ParquetCompression::Zstd(None))
        .batched(&Column::schema())?;
    let mut rows = 0;
    for frame in frames {
        let frame = frame?;
        rows += frame.height() as u64;
        writer.write_batch(&frame)?;
    }
    writer.finish()?;
    Ok(rows)
}

fn write_csv(frames: impl Iterator<Item = Result<DataFrame, AppError>>, out: File) -> Result<u64, AppError> {
    let failed = |error: csv::Error| Refusal::new("refused-export-failed").with("reason", error);
    let mut writer = csv::Writer::from_writer(out);
    writer
        .write_record(Column::ALL.iter().map(|column| column.name()))
        .map_err(failed)?;
    let mut rows = 0;
    for frame in frames {
        let frame = frame?;
        rows += frame.height() as u64;
        let columns = Column::ALL
            .iter()
            .map(|column| cells(&frame, *column))
            .collect::<PolarsResult<Vec<_>>>()?;
        for row in 0..frame.height() {
            writer
                .write_record(columns.iter().map(|column| column[row].as_str()))
                .map_err(failed)?;
        }
    }
    writer.flush().map_err(|error| failed(error.into()))?;
    Ok(rows)
}

/// A column as FOCUS writes it in text: decimals with a point, times as ISO 8601 in UTC, nulls empty.
fn cells(frame: &DataFrame, column: Column) -> PolarsResult<Vec<String>> {
    let name = column.name();
    Ok(match column.kind() {
        ColumnKind::Text => texts(frame, name)?,
        ColumnKind::Decimal => {
            let amounts = decimal_values(frame, name)?;
            amounts
                .into_iter()
                .map(|amount| amount.map(|amount| amount.to_string()).unwrap_or_default())
                .collect()
        }
        ColumnKind::Timestamp => {
            let micros = frame.column(name)?.datetime()?.physical().clone();
            let time = |micros| chrono::DateTime::from_timestamp_micros(micros);
            let shown = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
            micros
                .iter()
                .map(|micros| micros.and_then(time).map(shown).unwrap_or_default())
                .collect()
        }
        ColumnKind::Integer => frame
            .column(name)?
            .i64()?
            .iter()
            .map(|value| value.map(|value| value.to_string()).unwrap_or_default())
            .collect(),
    })
}
