//! One import: recognise every file, then read them all as one batch.

mod in_parts;

use crate::batch::Totals;
use crate::batch::{FileSummary, ImportOptions, Imported, Input, RejectedRow, Sink, TableHeader};
use crate::decode::Record;
use crate::decode::{self, Extent, Limits, Place, Rows, Stop, Table};
use crate::diagnostics::{FileError, FileProblem, ImportError, Note, Problem};
use crate::mapping::{Columns, Location, Row, Settings};
use crate::output::Output;
use crate::sources::{Importer, RowReader};
use crate::totals;
use headroom_models::ledger::Money;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 4096;

/// Reads files of one kind as one batch and hands its frames to `sink`.
///
/// A row that cannot be read is noted and left out, and the import goes on: whether a batch with rejects is kept is for
/// the caller to decide, who also throws away the frames of an import that ends with an error.
///
/// # Errors
/// When a file as a whole cannot be read (all such files are named), when the files are of different kinds, or when
/// the sink fails.
pub fn import(inputs: &[Input], options: &ImportOptions<'_>, sink: &mut dyn Sink) -> Result<Imported, ImportError> {
    import_with_limits(inputs, options, &Limits::default(), sink)
}

/// Like [`import`], with other limits to the size of files.
///
/// # Errors
/// Those of [`import`].
pub fn import_with_limits(
    inputs: &[Input],
    options: &ImportOptions<'_>,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<Imported, ImportError> {
    let (importer, tables) = recognize_all(inputs, limits)?;
    let settings = Settings {
        default_currency: options.default_currency,
        month: options.month,
        closed: options.closed,
        booked: options.booked,
        products: options.products,
    };
    let mut reader = importer.reader();
    if importer.always_reads_ahead() || (tables > 1 && importer.reads_ahead()) {
        read_ahead(inputs, limits, importer, &settings, reader.as_mut())?;
    }
    let mut batch = Batch {
        importer,
        reader,
        settings: &settings,
        batch: options.batch,
        progress: options.progress,
        bytes_read: 0,
        rows_read: 0,
        sums_read: 0,
        saw_sum: false,
        output: Output::new(options.batch, importer.name(), sink),
    };
    let mut errors = Vec::new();
    for input in inputs {
        match batch.read_file(input, limits) {
            Ok(()) => {}
            Err(Stop::File(error)) => errors.push(error),
            Err(Stop::Sink(error)) => return Err(ImportError::Sink(error)),
        }
    }
    errors.extend(same_files(&batch.output.imported.files));
    if !errors.is_empty() {
        return Err(ImportError::Files(errors));
    }
    batch.report(batch.bytes_read);
    batch.reader.finish(&mut batch.output);
    batch.output.finish(options.source).map_err(ImportError::Sink)
}

/// Looks at the header of every table of every file, before a single row is read.
fn recognize_all(inputs: &[Input], limits: &Limits) -> Result<(&'static dyn Importer, usize), ImportError> {
    let mut tables: Vec<(String, &'static dyn Importer)> = Vec::new();
    let mut errors = Vec::new();
    for input in inputs {
        let mut visit = |table: Table<'_>| {
            tables.push((crate::words::place(&input.name, table.sheet.as_deref()), table.importer));
            Ok(())
        };
        match decode::each_table(input, limits, &AtomicU64::new(0), Extent::Headers, &mut visit) {
            Ok(_) => {}
            Err(Stop::File(error)) => errors.push(error),
            Err(Stop::Sink(error)) => return Err(ImportError::Sink(error)),
        }
    }
    if !errors.is_empty() {
        return Err(ImportError::Files(errors));
    }
    let Some((_, first)) = tables.first() else {
        return Err(ImportError::NoInput);
    };
    if tables.iter().any(|(_, importer)| importer.name() != first.name()) {
        let files = tables
            .iter()
            .map(|(file, importer)| (file.clone(), importer.name()))
            .collect();
        return Err(ImportError::Mixed(files));
    }
    Ok((*first, tables.len()))
}

/// Shows every row to the reader before any is read. What is wrong with rows and files is said when they are read.
fn read_ahead(
    inputs: &[Input],
    limits: &Limits,
    importer: &dyn Importer,
    settings: &Settings<'_>,
    reader: &mut dyn RowReader,
) -> Result<(), ImportError> {
    for input in inputs {
        let mut visit = |table: Table<'_>| {
            let header: Vec<&str> = table.header.iter().map(String::as_str).collect();
            let (columns, _) = Columns::find(importer.columns(), &header);
            let location = Location {
                file: &input.name,
                sheet: table.sheet.as_deref(),
                source: &table.location,
                decimal_comma: table.decimal_comma,
            };
            let mut record = Record::new();
            while let Ok(Some(number)) = table.rows.next(&mut record) {
                if table.strict_width && !fits(&record, header.len()) {
                    continue;
                }
                let null_word = importer.null_word();
                reader.ahead(&Row::new(&location, settings, &columns, &record, number, null_word));
            }
            Ok(())
        };
        // A file that cannot be read is named when it is read in earnest.
        let _ = decode::each_table(input, limits, &AtomicU64::new(0), Extent::Headers, &mut visit);
    }
    match reader.disagreements() {
        errors if errors.is_empty() => Ok(()),
        errors => Err(ImportError::Files(errors)),
    }
}

/// The same bytes under two names would count every amount twice.
fn same_files(files: &[FileSummary]) -> Vec<FileError> {
    let repeated = files.iter().enumerate().filter_map(|(index, file)| {
        let earlier = files[..index].iter().find(|earlier| earlier.sha256 == file.sha256)?;
        let problem = FileProblem::SameAs {
            other: earlier.name.clone(),
        };
        Some(FileError {
            file: file.name.clone(),
            sheet: None,
            problem,
        })
    });
    repeated.collect()
}

struct Batch<'a> {
    importer: &'static dyn Importer,
    reader: Box<dyn RowReader>,
    settings: &'a Settings<'a>,
    batch: &'a str,
    progress: Option<&'a dyn Fn(u64, u64)>,
    bytes_read: u64,
    rows_read: u64,
    /// Lines with the sum of the rows above, which are no rows.
    sums_read: u64,
    /// True once a row called itself a sum: what it means depends on the rows above it.
    saw_sum: bool,
    output: Output<'a>,
}

/// What the rows of a table have in common.
struct TableLayout<'a> {
    place: Place<'a>,
    location: &'a Location<'a>,
    columns: &'a Columns,
    /// Cells of the header.
    width: usize,
    strict_width: bool,
    /// What the tables before it came to, accepted and rejected.
    totals_before: BTreeMap<String, Totals>,
    rejected_before: BTreeMap<String, Money>,
}

impl Batch<'_> {
    fn read_file(&mut self, input: &Input, limits: &Limits) -> Result<(), Stop> {
        let (rows_before, sums_before) = (self.rows_read, self.sums_read);
        let bytes_read = AtomicU64::new(0);
        let before = self.bytes_read;
        let decoded = decode::each_table(input, limits, &bytes_read, Extent::All, &mut |table: Table<'_>| {
            self.read_table(input, table, limits.part_bytes, &|| {
                before + bytes_read.load(Ordering::Relaxed)
            })
        })?;
        self.bytes_read = before + decoded.fingerprint.bytes;
        if !decoded.other_sheets.is_empty() {
            let sheets = decoded.other_sheets;
            self.output.imported.notes.push(Note::SheetsNotRead {
                file: input.name.clone(),
                sheets,
            });
        }
        self.output.imported.files.push(FileSummary {
            name: input.name.clone(),
            sha256: decoded.fingerprint.sha256,
            bytes: decoded.fingerprint.bytes,
            rows: self.rows_read - rows_before - (self.sums_read - sums_before),
        });
        Ok(())
    }

    fn read_table(
        &mut self,
        input: &Input,
        table: Table<'_>,
        part_bytes: usize,
        bytes_read: &dyn Fn() -> u64,
    ) -> Result<(), Stop> {
        let sheet = table.sheet.as_deref();
        let place = Place {
            file: &input.name,
            sheet,
        };
        let header: Vec<&str> = table.header.iter().map(String::as_str).collect();
        let (columns, _) = Columns::find(self.importer.columns(), &header);
        let location = Location {
            file: &input.name,
            sheet,
            source: &table.location,
            decimal_comma: table.decimal_comma,
        };
        let imported = &self.output.imported;
        let layout = TableLayout {
            place,
            location: &location,
            columns: &columns,
            width: header.len(),
            strict_width: table.strict_width,
            totals_before: imported.totals.clone(),
            rejected_before: imported.rejected_billed.clone(),
        };
        let (rows_before, rejected_before) = (self.rows_read, imported.rejected);
        match table.rows.parts().filter(|_| self.importer.reads_rows_alone()) {
            Some(parts) => self.read_parts(&layout, parts, part_bytes, bytes_read)?,
            None => self.read_rows(&layout, table.rows, bytes_read)?,
        }
        if self.output.imported.rejected > rejected_before {
            self.output.imported.headers.push(TableHeader {
                file: input.name.clone(),
                sheet: table.sheet.clone(),
                cells: table.header.clone(),
            });
        }
        if self.rows_read == rows_before {
            Err(layout.place.stop(FileProblem::HeaderOnly))
        } else {
            Ok(())
        }
    }

    /// Reads rows one behind the other.
    fn read_rows(
        &mut self,
        table: &TableLayout<'_>,
        rows: &mut dyn Rows,
        bytes_read: &dyn Fn() -> u64,
    ) -> Result<(), Stop> {
        let mut record = Record::new();
        while let Some(number) = rows.next(&mut record).map_err(|problem| table.place.stop(problem))? {
            self.rows_read += 1;
            let row = Row::new(
                table.location,
                self.settings,
                table.columns,
                &record,
                number,
                self.importer.null_word(),
            );
            if table.strict_width && !fits(&record, table.width) {
                row.row_problem(Problem::WrongWidth {
                    expected: table.width,
                    found: record.len(),
                });
            } else {
                match self.sum_above(&row, table) {
                    Some((shown, sum)) if totals::agrees(shown, sum) => {
                        let (file, row, amount) = (table.location.file.to_owned(), number, shown);
                        self.output.note(Note::SumAgrees { file, row, amount });
                        self.sums_read += 1;
                        continue;
                    }
                    Some((found, expected)) => row.row_problem(Problem::SumDiffers { expected, found }),
                    None => self.reader.read(&row, &mut self.output),
                }
            }
            self.settle(row);
            if let Some(error) = self.output.failure() {
                return Err(Stop::Sink(error));
            }
            if self.rows_read.is_multiple_of(PROGRESS_ROWS) {
                self.report(bytes_read());
            }
        }
        Ok(())
    }

    /// Books a row as accepted, or keeps it with all its problems.
    fn settle(&mut self, row: Row<'_>) {
        let imported = &mut self.output.imported;
        if !row.failed() {
            imported.rows += 1;
            imported.rounding_residual.add(&row.residual.borrow());
            return;
        }
        imported.rejected += 1;
        imported.problems += row.problem_count.get();
        let is_sum = row
            .problems
            .borrow()
            .iter()
            .any(|note| matches!(note.problem, Problem::SumDiffers { .. }));
        if let Some((currency, amount)) = self.importer.billed(&row).filter(|_| !is_sum) {
            self.output.summed(amount);
            let imported = &mut self.output.imported;
            let sum = imported.rejected_billed.get(&currency).copied().unwrap_or_default();
            // A sum that leaves the range of money says nothing any more, and the rows are listed anyway.
            imported
                .rejected_billed
                .insert(currency, sum.checked_add(amount).unwrap_or(sum));
        }
        let imported = &mut self.output.imported;
        if imported.rejected_rows.len() < Imported::MOST_KEPT {
            imported.rejected_rows.push(RejectedRow {
                file: row.location.file.to_owned(),
                sheet: row.location.sheet.map(str::to_owned),
                row: row.number,
                cells: row
                    .record
                    .iter()
                    .map(|cell| String::from_utf8_lossy(cell).into_owned())
                    .collect(),
            });
        }
        let room = Imported::MOST_KEPT.saturating_sub(imported.rejects.len());
        imported
            .rejects
            .extend(row.problems.into_inner().into_iter().take(room));
    }

    /// The amount that a row shows as the sum of those above it, and what they add up to; nothing of other rows.
    fn sum_above(&mut self, row: &Row<'_>, table: &TableLayout<'_>) -> Option<(Money, Money)> {
        if !totals::is_totals(row.record) {
            return None;
        }
        let (_, shown) = self.importer.billed(row)?;
        self.saw_sum = true;
        let sum = self.sum_since(&table.totals_before, &table.rejected_before)?;
        Some((shown, sum))
    }

    /// What the rows of a table add up to so far, rejected ones included, when they are of one currency.
    fn sum_since(&self, totals: &BTreeMap<String, Totals>, rejected: &BTreeMap<String, Money>) -> Option<Money> {
        let imported = &self.output.imported;
        let mut sums: BTreeMap<&String, Money> = BTreeMap::new();
        for (currency, now) in &imported.totals {
            let before = totals.get(currency).copied().unwrap_or_default().billed;
            *sums.entry(currency).or_default() = now.billed.checked_add(-before)?;
        }
        for (currency, now) in &imported.rejected_billed {
            let before = rejected.get(currency).copied().unwrap_or_default();
            let sum = sums.entry(currency).or_default();
            *sum = sum.checked_add(now.checked_add(-before)?)?;
        }
        // A currency of an earlier table whose rows of this one add up to nothing does not matter.
        sums.retain(|_, sum| !sum.is_zero());
        match sums.len() {
            0 => Some(Money::ZERO),
            1 => sums.values().next().copied(),
            _ => None,
        }
    }

    fn report(&self, bytes_read: u64) {
        if let Some(progress) = self.progress {
            progress(bytes_read, self.rows_read);
        }
    }
}

/// True when a row has the cells of the header, or more that are empty, as spreadsheets write them.
fn fits(record: &Record, width: usize) -> bool {
    record.len() >= width && record.iter().skip(width).all(|cell| cell.trim_ascii().is_empty())
}
