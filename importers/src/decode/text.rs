//! Delimited text: where its header is, and the rows below it.

use super::ahead;
use super::archive::GzipFaults;
use super::encoding::Utf8Reader;
use super::json_lines;
use super::limits::{Limited, problem_of};
use super::locale;
use super::metered::{Hashed, Metered};
use super::part::Blocks;
use super::record::Record;
use super::records::{Layout, Records};
use super::{Decoded, Extent, Limits, Place, Rows, Stop, Table, Visit};
use crate::batch::Input;
use crate::diagnostics::FileProblem;
use crate::mapping::ColumnMapping;
use crate::recognize;
use crate::sources::Importer;
use std::io::{Cursor, Read};
use std::sync::atomic::AtomicU64;

/// How much of a file is searched for the header.
const HEAD_BYTES: u64 = 256 << 10;
/// How many lines may stand above the header.
const HEAD_LINES: usize = 200;
/// What may stand between cells.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// What some files have between cells, and must be told apart from an unknown header.
const WRONG_DELIMITERS: [char; 8] = ['|', '^', '~', ':', '，', '；', '、', '\u{1}'];

/// Visits the one table of a plain or gzip file; another thread reads, hashes, unpacks and decodes it.
pub(crate) fn visit_file(
    input: &Input,
    limits: &Limits,
    bytes_read: &AtomicU64,
    extent: Extent,
    gzip: bool,
    visit: Visit<'_>,
) -> Result<Decoded, Stop> {
    let place = Place {
        file: &input.name,
        sheet: None,
    };
    let read_error = |error: std::io::Error| place.stop(problem_of(&error));
    // Where nothing is expanded, only the size counts.
    let compressed = match gzip {
        true => std::fs::metadata(&input.path).map_err(read_error)?.len(),
        false => u64::MAX,
    };
    let mut hashed = Hashed::new(Metered::open(&input.path, bytes_read).map_err(read_error)?);
    let total = AtomicU64::new(0);
    let (sender, text) = ahead::connected();
    let (visited, hashed) = std::thread::scope(|scope| {
        let total = &total;
        let worker = scope.spawn(move || {
            let unpacked: Box<dyn Read + '_> = match gzip {
                true => Box::new(GzipFaults::new(&mut hashed)),
                false => Box::new(&mut hashed),
            };
            let limited = Limited::new(unpacked, limits, limits.decompressed_bytes, compressed, total);
            let mut text = Utf8Reader::new(limited);
            ahead::pump(|| text.next_block(), &sender);
            drop(text);
            hashed
        });
        let visited = visit_text(text, &place, &input.name, limits, input.mapping.as_deref(), visit);
        match worker.join() {
            Ok(hashed) => (visited, hashed),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    });
    visited?;
    let fingerprint = match extent {
        Extent::Headers => Default::default(),
        Extent::All => hashed.finish().map_err(read_error)?,
    };
    Ok(Decoded {
        other_sheets: Vec::new(),
        fingerprint,
    })
}

/// Visits the one table of a stream of delimited text.
pub(crate) fn visit_text(
    mut text: impl Blocks,
    place: &Place<'_>,
    location: &str,
    limits: &Limits,
    mapping: Option<&ColumnMapping>,
    visit: Visit<'_>,
) -> Result<(), Stop> {
    let mut head = Vec::new();
    (&mut text)
        .take(HEAD_BYTES)
        .read_to_end(&mut head)
        .map_err(|error| place.stop(problem_of(&error)))?;
    if json_lines::is_json(&head) {
        let whole = Cursor::new(head.clone()).chain(text);
        return json_lines::visit(&head, whole, place, location, limits, visit);
    }
    let found = find_header(&head, mapping).map_err(|problem| place.stop(problem))?;
    let decimal_comma = locale::decimal_comma(&head[found.below..], found.layout.delimiter);
    let mut head = Cursor::new(head);
    head.set_position(found.below as u64);
    let reader = head.chain(text);
    let mut rows = Records::new(reader, found.layout, found.lines, limits.record_bytes);
    visit(Table {
        sheet: place.sheet.map(str::to_owned),
        location: location.to_owned(),
        importer: found.importer,
        header: found.header,
        strict_width: true,
        decimal_comma,
        rows: &mut rows,
    })
}

struct FoundHeader {
    importer: &'static dyn Importer,
    header: Vec<String>,
    layout: Layout,
    /// Bytes of the head up to the end of the header.
    below: usize,
    /// Lines up to the end of the header.
    lines: u64,
}

/// Tries every line of the head as the header with every delimiter.
fn find_header(head: &[u8], mapping: Option<&ColumnMapping>) -> Result<FoundHeader, FileProblem> {
    let head = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end inside a character.
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    if head.trim().is_empty() {
        return Err(FileProblem::Empty);
    }
    let terminator = if head.contains('\r') && !head.contains('\n') {
        b'\r'
    } else {
        b'\n'
    };
    let mut start = 0;
    let mut fullest: Vec<String> = Vec::new();
    for line in 0..HEAD_LINES {
        if start >= head.len() {
            break;
        }
        for delimiter in DELIMITERS {
            let layout = Layout { delimiter, terminator };
            let rest = &head.as_bytes()[start..];
            let mut left = rest;
            let mut records = Records::new(&mut left, layout, line as u64, HEAD_BYTES);
            let mut record = Record::new();
            let Ok(Some(_)) = records.next(&mut record) else {
                continue;
            };
            let lines = records.lines_read();
            let header = trimmed(&record);
            let cells: Vec<&str> = header.iter().map(String::as_str).collect();
            if let Some(importer) = recognize::recognize_mapped(&cells, mapping)? {
                let below = start + rest.len() - left.len();
                return Ok(FoundHeader {
                    importer,
                    header,
                    layout,
                    below,
                    lines,
                });
            }
            if header.iter().filter(|cell| !cell.is_empty()).count() > fullest.len() {
                fullest = header.into_iter().filter(|cell| !cell.is_empty()).collect();
            }
        }
        start = match head.as_bytes()[start..].iter().position(|&byte| byte == terminator) {
            Some(end) => start + end + 1,
            None => break,
        };
    }
    Err(wrong_delimiter(head)
        .filter(|_| mapping.is_none())
        .unwrap_or_else(|| recognize::unknown(fullest, mapping)))
}

/// Tells a file whose header would be recognised, were its cells separated by something that is accepted.
fn wrong_delimiter(head: &str) -> Option<FileProblem> {
    head.lines().take(HEAD_LINES).find_map(|line| {
        let found = WRONG_DELIMITERS.into_iter().find(|&delimiter| {
            let cells: Vec<&str> = line
                .split(delimiter)
                .map(|cell| cell.trim().trim_matches('"'))
                .collect();
            matches!(recognize::recognize(&cells), Ok(Some(_)))
        })?;
        Some(FileProblem::WrongDelimiter { found })
    })
}

fn trimmed(record: &Record) -> Vec<String> {
    let mut cells: Vec<String> = record
        .iter()
        .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
        .collect();
    // Spreadsheets write delimiters up to the widest row; the rows may have them or not.
    while cells.len() > 1 && cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    cells
}
