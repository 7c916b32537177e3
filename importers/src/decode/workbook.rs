//! XLSX workbooks: the first sheet whose header is recognised, row by row.

use super::archive::zip_problem;
use super::limits::{Limited, problem_of};
use super::metered::{Metered, fingerprint};
use super::{Decoded, Extent, Limits, Place, Rows, Stop, Table, Visit};
use crate::batch::Input;
use crate::diagnostics::FileProblem;
use crate::recognize;
use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxCellReader, XlsxError};
use csv::ByteRecord;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use zip::ZipArchive;

/// How many rows may stand above the header.
const HEAD_ROWS: usize = 200;
/// Columns of the widest sheet that a spreadsheet program writes.
const MOST_COLUMNS: usize = 16_384;

/// Visits the first sheet with a recognised header.
pub(crate) fn visit(
    input: &Input,
    limits: &Limits,
    bytes_read: &Cell<u64>,
    extent: Extent,
    visit: Visit<'_>,
) -> Result<Decoded, Stop> {
    let place = Place { file: &input.name, sheet: None };
    if extent == Extent::Headers {
        check_size(input, limits).map_err(|problem| place.stop(problem))?;
    }
    let file = Metered::open(&input.path, bytes_read).map_err(|error| place.stop(problem_of(&error)))?;
    let opened = shielded(|| Xlsx::new(BufReader::new(file))).map_err(|problem| place.stop(problem))?;
    let mut workbook = opened.map_err(|error| place.stop(workbook_problem(&error)))?;
    let mut fullest: Vec<String> = Vec::new();
    let mut read = false;
    let mut other_sheets = Vec::new();
    for sheet in workbook.sheet_names() {
        let place = Place { file: &input.name, sheet: Some(&sheet) };
        let Ok(opened) = shielded(|| workbook.worksheet_cells_reader(&sheet)) else {
            return Err(place.stop(FileProblem::CorruptWorkbook));
        };
        // A chart sheet has no cells to read.
        let Ok(cells) = opened else { continue };
        let mut rows = SheetRows { cells, waiting: None, last_row: None, width: MOST_COLUMNS };
        let found = find_header(&mut rows, &mut fullest).map_err(|problem| place.stop(problem))?;
        let Some((importer, header)) = found else { continue };
        if read {
            other_sheets.push(sheet.clone());
            continue;
        }
        read = true;
        rows.width = header.len();
        visit(Table {
            sheet: Some(sheet.clone()),
            location: format!("{}#{sheet}", input.name),
            importer,
            header,
            strict_width: false,
            rows: &mut rows,
        })?;
    }
    if !read {
        let problem = if fullest.is_empty() { FileProblem::Empty } else { recognize::unknown_header(fullest) };
        return Err(place.stop(problem));
    }
    let fingerprint = match extent {
        Extent::Headers => Default::default(),
        Extent::All => fingerprint(&input.path).map_err(|error| place.stop(problem_of(&error)))?,
    };
    Ok(Decoded { other_sheets, fingerprint })
}

type Header = (&'static dyn crate::sources::Importer, Vec<String>);

fn find_header<RS: Read + Seek>(
    rows: &mut SheetRows<'_, RS>,
    fullest: &mut Vec<String>,
) -> Result<Option<Header>, FileProblem> {
    let mut record = ByteRecord::new();
    for _ in 0..HEAD_ROWS {
        if rows.next(&mut record)?.is_none() {
            break;
        }
        let header: Vec<String> =
            record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        let cells: Vec<&str> = header.iter().map(String::as_str).collect();
        if let Some(importer) = recognize::recognize(&cells)? {
            return Ok(Some((importer, header)));
        }
        let filled: Vec<String> = header.into_iter().filter(|cell| !cell.is_empty()).collect();
        if filled.len() > fullest.len() {
            *fullest = filled;
        }
    }
    Ok(None)
}

/// Decompresses every member once, so that a small file that unfolds without end never reaches the memory.
fn check_size(input: &Input, limits: &Limits) -> Result<(), FileProblem> {
    let read_error = |error: io::Error| problem_of(&error);
    let compressed = std::fs::metadata(&input.path).map_err(read_error)?.len();
    let file = BufReader::new(File::open(&input.path).map_err(read_error)?);
    let mut archive = ZipArchive::new(file).map_err(|error| zip_problem(&error))?;
    let total = Cell::new(0);
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|error| zip_problem(&error))?;
        let mut limited = Limited::new(member, limits, limits.workbook_bytes, compressed, &total);
        io::copy(&mut limited, &mut io::sink()).map_err(|error| match problem_of(&error) {
            FileProblem::CannotRead { .. } => FileProblem::CorruptWorkbook,
            problem => problem,
        })?;
    }
    Ok(())
}

fn workbook_problem(error: &XlsxError) -> FileProblem {
    match error {
        XlsxError::Password => FileProblem::EncryptedArchive,
        _ => FileProblem::CorruptWorkbook,
    }
}

/// The workbook reader is not ours: what makes it panic is a damaged file, and no reason to end the program.
fn shielded<T>(read: impl FnOnce() -> T) -> Result<T, FileProblem> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| FileProblem::CorruptWorkbook)
}

struct SheetRows<'a, RS: Read + Seek> {
    cells: XlsxCellReader<'a, RS>,
    /// The first cell of the next row, which had to be read to see that the row before is complete.
    waiting: Option<(u32, u32, String)>,
    last_row: Option<u32>,
    width: usize,
}

impl<RS: Read + Seek> SheetRows<'_, RS> {
    fn next_cell(&mut self) -> Result<Option<(u32, u32, String)>, FileProblem> {
        loop {
            let cells = &mut self.cells;
            let read = shielded(|| {
                cells.next_cell().map(|cell| cell.map(|cell| (cell.get_position(), cell_text(cell.get_value()))))
            })?;
            match read.map_err(|error| workbook_problem(&error))? {
                None => return Ok(None),
                Some(((row, column), text)) if !text.trim().is_empty() => return Ok(Some((row, column, text))),
                Some(_) => {}
            }
        }
    }
}

impl<RS: Read + Seek> Rows for SheetRows<'_, RS> {
    fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, FileProblem> {
        record.clear();
        let first = match self.waiting.take() {
            Some(cell) => Some(cell),
            None => self.next_cell()?,
        };
        let Some((row, column, text)) = first else { return Ok(None) };
        if self.last_row.is_some_and(|last| last >= row) {
            return Err(FileProblem::CorruptWorkbook);
        }
        self.last_row = Some(row);
        let mut texts: Vec<String> = Vec::new();
        let mut put = |column: u32, text: String| -> Result<(), FileProblem> {
            let column = column as usize;
            if column >= MOST_COLUMNS {
                return Err(FileProblem::CorruptWorkbook);
            }
            if column >= texts.len() {
                texts.resize(column + 1, String::new());
            }
            texts[column] = text;
            Ok(())
        };
        put(column, text)?;
        while let Some((next_row, column, text)) = self.next_cell()? {
            if next_row != row {
                self.waiting = Some((next_row, column, text));
                break;
            }
            put(column, text)?;
        }
        if self.width < MOST_COLUMNS {
            texts.resize(self.width, String::new());
        }
        texts.iter().for_each(|text| record.push_field(text.as_bytes()));
        Ok(Some(u64::from(row) + 1))
    }
}

fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(value) => value.to_string(),
        DataRef::Float(value) => number_text(*value),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(value) => time_text(value),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A number as the spreadsheet shows it: the file holds binary floats, of which spreadsheets show 15 digits.
///
/// So a sum that the program stored as 3.3000000000000003 is read as the 3.3 that the person sees.
fn number_text(value: f64) -> String {
    let scientific = format!("{value:.14e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return "0".to_owned();
    }
    match exponent.parse::<i32>() {
        Ok(exponent @ 0..=20) => {
            let whole = exponent as usize + 1;
            match digits.len() > whole {
                true => format!("{sign}{}.{}", &digits[..whole], &digits[whole..]),
                false => format!("{sign}{digits}{}", "0".repeat(whole - digits.len())),
            }
        }
        Ok(exponent @ -18..=-1) => format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize)),
        _ => format!("{sign}{}.{}E{exponent}", &digits[..1], &digits[1..]),
    }
}

fn time_text(value: &ExcelDateTime) -> String {
    if !value.is_datetime() {
        return number_text(value.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    match (hour, minute, second) {
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::number_text;

    #[test]
    fn numbers_read_as_the_spreadsheet_shows_them() {
        for (value, text) in [
            (0.1 + 0.2, "0.3"),
            (3.0 * 1.1, "3.3"),
            (-1234.56, "-1234.56"),
            (202603.0, "202603"),
            (1e15, "1000000000000000"),
            (0.000012, "0.000012"),
            (1.5e-30, "1.5E-30"),
            (1e22, "1.E22"),
            (0.0, "0"),
            (999999999999999.9, "1000000000000000"),
        ] {
            assert_eq!(number_text(value), text);
        }
    }
}
