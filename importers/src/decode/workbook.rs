//! XLSX workbooks: the first sheet whose header is recognised, row by row.

use super::archive::zip_problem;
use super::cells::cell_text;
use super::limits::{Limited, problem_of};
use super::metered::{Metered, fingerprint};
use super::record::Record;
use super::shield::unless_panic;
use super::{Decoded, Extent, Limits, Place, Rows, Stop, Table, Visit};
use crate::batch::Input;
use crate::diagnostics::FileProblem;
use crate::mapping::ColumnMapping;
use crate::recognize;
use calamine::{Reader, Xlsx, XlsxCellReader, XlsxError};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::sync::atomic::AtomicU64;
use zip::ZipArchive;

/// How many rows may stand above the header.
const HEAD_ROWS: usize = 200;
/// Columns of the widest sheet that a spreadsheet program writes.
pub(super) const MOST_COLUMNS: usize = 16_384;

/// Visits the first sheet with a recognised header.
pub(crate) fn visit(
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
        let place = Place {
            file: &input.name,
            sheet: Some(&sheet),
        };
        let Ok(opened) = shielded(|| workbook.worksheet_cells_reader(&sheet)) else {
            return Err(place.stop(FileProblem::CorruptWorkbook));
        };
        // A chart sheet has no cells to read.
        let Ok(cells) = opened else { continue };
        let mut rows = SheetRows {
            cells,
            waiting: None,
            last_row: None,
            ended: false,
            width: MOST_COLUMNS,
        };
        let found =
            find_header(&mut rows, &mut fullest, input.mapping.as_deref()).map_err(|problem| place.stop(problem))?;
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
            decimal_comma: false,
            rows: &mut rows,
        })?;
    }
    if !read {
        let problem = if fullest.is_empty() {
            FileProblem::Empty
        } else {
            recognize::unknown(fullest, input.mapping.as_deref())
        };
        return Err(place.stop(problem));
    }
    let fingerprint = match extent {
        Extent::Headers => Default::default(),
        Extent::All => fingerprint(&input.path).map_err(|error| place.stop(problem_of(&error)))?,
    };
    Ok(Decoded {
        other_sheets,
        fingerprint,
    })
}

/// The first rows of the first sheet that has any.
pub(super) fn first_rows(input: &Input, limits: &Limits, most: usize) -> Result<Vec<Vec<String>>, FileProblem> {
    check_size(input, limits)?;
    let file = File::open(&input.path).map_err(|error| problem_of(&error))?;
    let opened = shielded(|| Xlsx::new(BufReader::new(file)))?;
    let mut workbook = opened.map_err(|error| workbook_problem(&error))?;
    for sheet in workbook.sheet_names() {
        let Ok(cells) = shielded(|| workbook.worksheet_cells_reader(&sheet))? else {
            continue;
        };
        let mut rows = SheetRows {
            cells,
            waiting: None,
            last_row: None,
            ended: false,
            width: MOST_COLUMNS,
        };
        let mut record = Record::new();
        let mut all = Vec::new();
        while all.len() < most && rows.next(&mut record)?.is_some() {
            let cells = record
                .iter()
                .map(|cell| String::from_utf8_lossy(cell).trim().to_owned());
            all.push(cells.collect());
        }
        if !all.is_empty() {
            return Ok(all);
        }
    }
    Err(FileProblem::Empty)
}

pub(super) type Header = (&'static dyn crate::sources::Importer, Vec<String>);

/// Looks for the header in the first rows of a sheet; `fullest` becomes the row that looks most like one.
pub(super) fn find_header(
    rows: &mut dyn Rows,
    fullest: &mut Vec<String>,
    mapping: Option<&ColumnMapping>,
) -> Result<Option<Header>, FileProblem> {
    let mut record = Record::new();
    for _ in 0..HEAD_ROWS {
        if rows.next(&mut record)?.is_none() {
            break;
        }
        let header: Vec<String> = record
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
            .collect();
        let cells: Vec<&str> = header.iter().map(String::as_str).collect();
        if let Some(importer) = recognize::recognize_mapped(&cells, mapping)? {
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
    let total = AtomicU64::new(0);
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
pub(super) fn shielded<T>(read: impl FnOnce() -> T) -> Result<T, FileProblem> {
    unless_panic(read).ok_or(FileProblem::CorruptWorkbook)
}

struct SheetRows<'a, RS: Read + Seek> {
    cells: XlsxCellReader<'a, RS>,
    /// The first cell of the next row, which had to be read to see that the row before is complete.
    waiting: Option<(u32, u32, String)>,
    last_row: Option<u32>,
    /// The reader fails when it is asked again after its last cell.
    ended: bool,
    width: usize,
}

impl<RS: Read + Seek> SheetRows<'_, RS> {
    fn next_cell(&mut self) -> Result<Option<(u32, u32, String)>, FileProblem> {
        while !self.ended {
            let cells = &mut self.cells;
            let read = shielded(|| {
                cells
                    .next_cell()
                    .map(|cell| cell.map(|cell| (cell.get_position(), cell_text(cell.get_value()))))
            })?;
            match read.map_err(|error| workbook_problem(&error))? {
                None => self.ended = true,
                Some(((row, column), text)) if !text.trim().is_empty() => return Ok(Some((row, column, text))),
                Some(_) => {}
            }
        }
        Ok(None)
    }
}

impl<RS: Read + Seek> Rows for SheetRows<'_, RS> {
    fn next(&mut self, record: &mut Record) -> Result<Option<u64>, FileProblem> {
        record.clear();
        let first = match self.waiting.take() {
            Some(cell) => Some(cell),
            None => self.next_cell()?,
        };
        let Some((row, column, text)) = first else {
            return Ok(None);
        };
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
