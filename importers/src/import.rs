//! One import: recognise every file, then read them all as one batch.

use crate::batch::Totals;
use crate::batch::{FileSummary, ImportOptions, Imported, Input, RejectedRow, Sink, TableHeader};
use crate::decode::{self, Extent, Limits, Place, Stop, Table};
use crate::diagnostics::{FileError, FileProblem, ImportError, Note, Problem};
use crate::mapping::{Columns, Location, Row, Settings};
use crate::output::Output;
use crate::sources::{Importer, RowReader};
use crate::totals;
use csv::ByteRecord;
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
        options,
        bytes_read: 0,
        rows_read: 0,
        sums_read: 0,
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
    batch.report_progress();
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
            let mut record = ByteRecord::new();
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
    options: &'a ImportOptions<'a>,
    bytes_read: u64,
    rows_read: u64,
    /// Lines with the sum of the rows above, which are no rows.
    sums_read: u64,
    output: Output<'a>,
}

impl Batch<'_> {
    fn read_file(&mut self, input: &Input, limits: &Limits) -> Result<(), Stop> {
        let (rows_before, sums_before) = (self.rows_read, self.sums_read);
        let bytes_read = AtomicU64::new(0);
        let before = self.bytes_read;
        let decoded = decode::each_table(input, limits, &bytes_read, Extent::All, &mut |table: Table<'_>| {
            self.read_table(input, table, &|| before + bytes_read.load(Ordering::Relaxed))
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

    fn read_table(&mut self, input: &Input, table: Table<'_>, bytes_read: &dyn Fn() -> u64) -> Result<(), Stop> {
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
        let mut record = ByteRecord::new();
        let rows_before = self.rows_read;
        let rejected_before = self.output.imported.rejected;
        let mut header_kept = false;
        let (totals_before, rejected_before_by_currency) = (
            self.output.imported.totals.clone(),
            self.output.imported.rejected_billed.clone(),
        );
        while let Some(number) = table.rows.next(&mut record).map_err(|problem| place.stop(problem))? {
            self.rows_read += 1;
            let row = Row::new(
                &location,
                self.settings,
                &columns,
                &record,
                number,
                self.importer.null_word(),
            );
            if table.strict_width && !fits(&record, header.len()) {
                row.row_problem(Problem::WrongWidth {
                    expected: header.len(),
                    found: record.len(),
                });
            } else {
                if totals::is_totals(&record)
                    && let Some((_, shown)) = self.importer.billed(&row)
                    && let Some(sum) = self.sum_since(&totals_before, &rejected_before_by_currency)
                {
                    if totals::agrees(shown, sum) {
                        let (file, row, amount) = (input.name.clone(), number, shown);
                        self.output.note(Note::SumAgrees { file, row, amount });
                        self.sums_read += 1;
                        continue;
                    }
                    row.row_problem(Problem::SumDiffers {
                        expected: sum,
                        found: shown,
                    });
                } else {
                    self.reader.read(&row, &mut self.output);
                }
            }
            self.settle(row);
            if !header_kept && self.output.imported.rejected > rejected_before {
                header_kept = true;
                self.output.imported.headers.push(TableHeader {
                    file: input.name.clone(),
                    sheet: table.sheet.clone(),
                    cells: table.header.clone(),
                });
            }
            if let Some(error) = self.output.failure() {
                return Err(Stop::Sink(error));
            }
            if self.rows_read.is_multiple_of(PROGRESS_ROWS)
                && let Some(progress) = self.options.progress
            {
                progress(bytes_read(), self.rows_read);
            }
        }
        if self.rows_read == rows_before {
            Err(place.stop(FileProblem::HeaderOnly))
        } else {
            Ok(())
        }
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
            let sum = imported.rejected_billed.get(&currency).copied().unwrap_or_default();
            // A sum that leaves the range of money says nothing any more, and the rows are listed anyway.
            imported
                .rejected_billed
                .insert(currency, sum.checked_add(amount).unwrap_or(sum));
        }
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

    fn report_progress(&self) {
        if let Some(progress) = self.options.progress {
            progress(self.bytes_read, self.rows_read);
        }
    }
}

/// True when a row has the cells of the header, or more that are empty, as spreadsheets write them.
fn fits(record: &ByteRecord, width: usize) -> bool {
    record.len() >= width && record.iter().skip(width).all(|cell| cell.trim_ascii().is_empty())
}
