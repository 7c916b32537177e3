//! Export of the ledger as a FOCUS file, as it was billed or as it was allocated.

mod allocated;

use super::reference::texts;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::StoreError;
use headroom_importers::Dataset;
use headroom_models::ledger::{Column as LedgerColumn, MonthRange, decimal_values};
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

/// What a row of a ledger export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerRows {
    /// A charge as it was billed.
    Charges,
    /// What a charge gives to one product, with the allocation columns of FOCUS 1.3.
    Allocated,
}

impl App {
    /// Writes the charges of some months, FOCUS columns and Headroom's own `x_` columns, and returns the number of rows.
    ///
    /// Allocated rows are proved before the file appears: the parts of each charge add up to it, and the parts of each
    /// product to its books. The file appears under its name only when it is complete.
    ///
    /// # Errors
    /// When the months have no charges or are not allocated as the books stand, or a file cannot be read or written.
    pub fn export_focus(
        &self,
        months: MonthRange,
        rows: LedgerRows,
        path: &Path,
        format: LedgerFormat,
    ) -> Result<u64, AppError> {
        self.require_company(Permission::Read)?;
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
        let schema = match rows {
            LedgerRows::Charges => LedgerColumn::schema(),
            LedgerRows::Allocated => allocated::schema(),
        };
        let mut writer = Writer::new(out, schema, format)?;
        match rows {
            LedgerRows::Charges => {
                for file in files {
                    if let Some(frame) = self.store.scan(std::slice::from_ref(&file))? {
                        writer.write(&frame.collect()?)?;
                    }
                }
            }
            LedgerRows::Allocated => {
                self.require_fresh(months)?;
                for run in self.runs()?.into_iter().filter(|run| months.contains(run.month)) {
                    self.allocated_lines(&run, |frame| writer.write(&frame))?;
                }
            }
        }
        let rows = writer.finish()?;
        partial.persist(path).map_err(|error| failed()(error.error))?;
        Ok(rows)
    }
}

/// A file being written, frame by frame.
struct Writer {
    schema: Schema,
    rows: u64,
    out: Out,
}

enum Out {
    Parquet(Box<polars::io::parquet::write::BatchedWriter<File>>),
    Csv(Box<csv::Writer<File>>),
}

fn failed(error: csv::Error) -> Refusal {
    Refusal::new("refused-export-failed").with("reason", error)
}

impl Writer {
    fn new(out: File, schema: Schema, format: LedgerFormat) -> Result<Writer, AppError> {
        let out = match format {
            LedgerFormat::Parquet => Out::Parquet(Box::new(
                ParquetWriter::new(out)
                    .with_compression(ParquetCompression::Zstd(None))
                    .batched(&schema)?,
            )),
            LedgerFormat::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer
                    .write_record(schema.iter_names().map(|name| name.as_str()))
                    .map_err(failed)?;
                Out::Csv(Box::new(writer))
            }
        };
        Ok(Writer { schema, rows: 0, out })
    }

    fn write(&mut self, frame: &DataFrame) -> Result<(), AppError> {
        self.rows += frame.height() as u64;
        match &mut self.out {
            Out::Parquet(writer) => writer.write_batch(frame)?,
            Out::Csv(writer) => {
                let columns = self
                    .schema
                    .iter()
                    .map(|(name, kind)| cells(frame, name, kind))
                    .collect::<PolarsResult<Vec<_>>>()?;
                for row in 0..frame.height() {
                    writer
                        .write_record(columns.iter().map(|column| column[row].as_str()))
                        .map_err(failed)?;
                }
            }
        }
        Ok(())
    }

    /// Ends the file; the number of rows.
    fn finish(self) -> Result<u64, AppError> {
        match self.out {
            Out::Parquet(writer) => {
                writer.finish()?;
            }
            Out::Csv(mut writer) => writer.flush().map_err(|error| failed(error.into()))?,
        }
        Ok(self.rows)
    }
}

/// A column as FOCUS writes it in text: decimals with a point, times as ISO 8601 in UTC, nulls empty.
fn cells(frame: &DataFrame, name: &str, kind: &DataType) -> PolarsResult<Vec<String>> {
    Ok(match kind {
        DataType::Decimal(..) => {
            let amounts = decimal_values(frame, name)?;
            amounts
                .into_iter()
                .map(|amount| amount.map(|amount| amount.to_string()).unwrap_or_default())
                .collect()
        }
        DataType::Datetime(..) => {
            let micros = frame.column(name)?.datetime()?.physical().clone();
            let time = |micros| chrono::DateTime::from_timestamp_micros(micros);
            let shown = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
            micros
                .iter()
                .map(|micros| micros.and_then(time).map(shown).unwrap_or_default())
                .collect()
        }
        DataType::Int64 => frame
            .column(name)?
            .i64()?
            .iter()
            .map(|value| value.map(|value| value.to_string()).unwrap_or_default())
            .collect(),
        _ => texts(frame, name)?,
    })
}
