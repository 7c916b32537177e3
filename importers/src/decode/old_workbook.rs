//! XLS workbooks, as spreadsheet programs wrote them before 2007: the first sheet whose header is recognised.
//!
//! The reader holds every sheet in memory as a full rectangle up to its last cell, so what it would take is estimated before it
//! is let at the file.

use super::cells::data_text;
use super::limits::problem_of;
use super::metered::fingerprint;
use super::record::Record;
use super::workbook::{MOST_COLUMNS, find_header, shielded};
use super::{Decoded, Extent, Limits, Place, Rows, Stop, Table, Visit};
use crate::batch::Input;
use crate::diagnostics::FileProblem;
use crate::recognize;
use calamine::{Data, Range, Reader, Xls, XlsError};
use std::io::Cursor;
use std::path::Path;

/// Bytes that a cell takes in memory.
const CELL: u64 = 32;

/// Visits the first sheet with a recognised header.
pub(crate) fn visit(input: &Input, limits: &Limits, extent: Extent, visit: Visit<'_>) -> Result<Decoded, Stop> {
    let place = Place {
        file: &input.name,
        sheet: None,
    };
    let sheets = sheets(&input.path, limits).map_err(|problem| place.stop(problem))?;
    let (mut fullest, mut other_sheets, mut read) = (Vec::new(), Vec::new(), false);
    for (sheet, mut rows) in sheets {
        let place = Place {
            file: &input.name,
            sheet: Some(&sheet),
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
        let problem = match fullest.is_empty() {
            true => FileProblem::Empty,
            false => recognize::unknown(fullest, input.mapping.as_deref()),
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
pub(super) fn first_rows(path: &Path, limits: &Limits, most: usize) -> Result<Vec<Vec<String>>, FileProblem> {
    for (_, mut rows) in sheets(path, limits)? {
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

fn sheets(path: &Path, limits: &Limits) -> Result<Vec<(String, RangeRows)>, FileProblem> {
    let size = std::fs::metadata(path).map_err(|error| problem_of(&error))?.len();
    let limit = limits.workbook_bytes;
    if size > limit / 4 {
        return Err(FileProblem::TooLarge { limit: limit / 4 });
    }
    let bytes = std::fs::read(path).map_err(|error| problem_of(&error))?;
    // A workbook of today that is protected by a password comes in the envelope of an old one.
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if memchr::memmem::find(&bytes, &encrypted).is_some() {
        return Err(FileProblem::EncryptedArchive);
    }
    if most_cells(&bytes) * CELL > limit {
        return Err(FileProblem::TooLarge { limit });
    }
    let opened = shielded(|| Xls::new(Cursor::new(bytes)))?;
    let mut workbook = opened.map_err(|error| workbook_problem(&error))?;
    let mut sheets = Vec::new();
    for sheet in workbook.sheet_names() {
        // A chart sheet has no cells.
        if let Ok(range) = shielded(|| workbook.worksheet_range(&sheet))? {
            let rows = RangeRows {
                first: range.start().map_or(0, |(row, _)| row),
                left: range.start().map_or(0, |(_, column)| column as usize),
                range,
                next: 0,
                width: MOST_COLUMNS,
            };
            sheets.push((sheet, rows));
        }
    }
    Ok(sheets)
}

fn workbook_problem(error: &XlsError) -> FileProblem {
    match error {
        XlsError::Password => FileProblem::EncryptedArchive,
        _ => FileProblem::CorruptWorkbook,
    }
}

/// Cells of the rectangles that the sheets fill, at most: by the places that cell records name, wherever they stand.
fn most_cells(bytes: &[u8]) -> u64 {
    let (mut rows, mut columns, mut sheets) = (0_u64, 0_u64, 1_u64);
    for record in bytes.windows(8) {
        let [kind, length, row, column] =
            [0, 2, 4, 6].map(|at| u64::from(u16::from_le_bytes([record[at], record[at + 1]])));
        let is_cell = match kind {
            0x0203 => length == 14,                         // number
            0x027E | 0x00FD => length == 10,                // short number, shared text
            0x0205 => length == 8,                          // truth value or error
            0x0006 => (22..4096).contains(&length),         // formula
            0x0204 | 0x00D6 => (8..8192).contains(&length), // text
            0x00BD | 0x00BE => (8..1600).contains(&length), // several numbers or blanks
            0x0085 => {
                sheets += 1;
                false
            }
            _ => false,
        };
        if is_cell && column < 256 {
            let width = match kind {
                0x00BD | 0x00BE => length / 2,
                _ => 1,
            };
            rows = rows.max(row + 1);
            columns = columns.max((column + width).min(256));
        }
    }
    rows * columns * sheets.min(256)
}

struct RangeRows {
    range: Range<Data>,
    /// Row and column of the sheet at which the rectangle of its cells starts.
    first: u32,
    left: usize,
    next: usize,
    width: usize,
}

impl Rows for RangeRows {
    fn next(&mut self, record: &mut Record) -> Result<Option<u64>, FileProblem> {
        loop {
            if self.next >= self.range.height() {
                return Ok(None);
            }
            let row = self.next;
            self.next += 1;
            let width = self.range.width();
            let cells = (0..width).map(|column| self.range.get((row, column)).map(data_text).unwrap_or_default());
            let mut texts: Vec<String> = vec![String::new(); self.left];
            texts.extend(cells);
            if texts.iter().all(|text| text.trim().is_empty()) {
                continue;
            }
            if self.width < MOST_COLUMNS {
                texts.resize(self.width, String::new());
            } else {
                while texts.last().is_some_and(String::is_empty) {
                    texts.pop();
                }
            }
            record.clear();
            texts.iter().for_each(|text| record.push_field(text.as_bytes()));
            return Ok(Some(u64::from(self.first) + row as u64 + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::most_cells;

    #[test]
    fn the_last_cell_of_a_sheet_tells_its_size() {
        // A number in row 65,536 and column 256, and two sheets.
        let mut bytes = vec![0x85, 0, 1, 0, 0, 0, 0, 0, 0x85, 0, 1, 0, 0, 0, 0, 0];
        bytes.extend([0x03, 0x02, 14, 0, 0xFF, 0xFF, 0xFF, 0]);
        assert_eq!(most_cells(&bytes), 65_536 * 256 * 3);
        assert_eq!(most_cells(b"PK\x03\x04"), 0);
    }
}
