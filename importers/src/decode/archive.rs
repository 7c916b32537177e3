//! Gzip and zip, and telling from its first bytes what a file is.

use super::encoding::Utf8Reader;
use super::limits::{Limited, fault, is_fault, problem_of};
use super::metered::{Metered, fingerprint};
use super::{Decoded, Extent, Limits, Place, Stop, Visit, text};
use crate::batch::Input;
use crate::diagnostics::FileProblem;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::atomic::AtomicU64;
use zip::ZipArchive;
use zip::result::ZipError;

/// What a file is by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Gzip,
    Parquet,
    Zip,
    Workbook,
    OldWorkbook,
}

/// First bytes of files that are no tables, with the name that a person would call them.
const OTHER_FORMATS: [(&[u8], &str); 7] = [
    (&[0x28, 0xB5, 0x2F, 0xFD], "Zstandard"),
    (b"BZh", "bzip2"),
    (&[0xFD, b'7', b'z', b'X', b'Z'], "xz"),
    (b"7z\xBC\xAF", "7z"),
    (b"Rar!", "RAR"),
    (b"%PDF", "PDF"),
    (b"SQLite format 3", "SQLite"),
];

/// Looks at the first bytes, and in a zip at the names of its members.
pub(crate) fn detect(path: &Path) -> Result<Kind, FileProblem> {
    let read_error = |error: io::Error| problem_of(&error);
    // A pipe would never end, and a device is no bill.
    if !std::fs::metadata(path).map_err(read_error)?.is_file() {
        return Err(FileProblem::NotRegular);
    }
    let mut first = Vec::new();
    File::open(path)
        .map_err(read_error)?
        .take(16)
        .read_to_end(&mut first)
        .map_err(read_error)?;
    if first.is_empty() {
        return Err(FileProblem::Empty);
    }
    if let Some((_, format)) = OTHER_FORMATS.into_iter().find(|(magic, _)| first.starts_with(magic)) {
        return Err(FileProblem::UnsupportedFormat { format });
    }
    if first.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Ok(Kind::OldWorkbook);
    }
    if first.starts_with(b"PAR1") {
        return Ok(Kind::Parquet);
    }
    if first.starts_with(&[0x1F, 0x8B]) {
        return Ok(Kind::Gzip);
    }
    if !first.starts_with(b"PK\x03\x04") && !first.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Plain);
    }
    let file = File::open(path).map_err(read_error)?;
    let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| zip_problem(&error))?;
    let workbook = archive
        .file_names_raw()
        .any(|name| name.eq_ignore_ascii_case(b"xl/workbook.xml"));
    Ok(if workbook { Kind::Workbook } else { Kind::Zip })
}

/// Visits the table of each member of a zip archive.
pub(crate) fn visit_members(
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
    let read_error = |error: io::Error| place.stop(problem_of(&error));
    let compressed = std::fs::metadata(&input.path).map_err(read_error)?.len();
    let file = BufReader::new(Metered::open(&input.path, bytes_read).map_err(read_error)?);
    let mut archive = ZipArchive::new(file).map_err(|error| place.stop(zip_problem(&error)))?;
    let total = AtomicU64::new(0);
    let mut members = 0;
    for index in 0..archive.len() {
        let member = archive
            .by_index(index)
            .map_err(|error| place.stop(zip_problem(&error)))?;
        let name = member_name(member.name_raw());
        if member.is_dir() || is_system_file(&name) {
            continue;
        }
        members += 1;
        let place = Place {
            file: &input.name,
            sheet: Some(&name),
        };
        let location = format!("{}/{name}", input.name);
        let faults = ArchiveFaults { inner: member };
        let limited = Limited::new(faults, limits, limits.decompressed_bytes, compressed, &total);
        let text = BufReader::with_capacity(256 << 10, Utf8Reader::new(limited));
        text::visit_text(text, &place, &location, limits, input.mapping.as_deref(), visit)?;
    }
    if members == 0 {
        return Err(place.stop(FileProblem::Empty));
    }
    let fingerprint = match extent {
        Extent::Headers => Default::default(),
        Extent::All => fingerprint(&input.path).map_err(read_error)?,
    };
    Ok(Decoded {
        other_sheets: Vec::new(),
        fingerprint,
    })
}

/// The name of a member; archives made on Chinese Windows hold them in GBK.
fn member_name(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// Files that operating systems leave in archives.
fn is_system_file(name: &str) -> bool {
    name.starts_with("__MACOSX/") || name.rsplit('/').next() == Some(".DS_Store")
}

/// The problem that an error of the zip reader stands for.
pub(crate) fn zip_problem(error: &ZipError) -> FileProblem {
    match error {
        ZipError::Io(error) if is_fault(error) => problem_of(error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            FileProblem::EncryptedArchive
        }
        ZipError::CompressionMethodNotSupported(_) => FileProblem::UnsupportedFormat {
            format: "zip (not deflate)",
        },
        _ => FileProblem::CorruptArchive,
    }
}

/// A member of an archive whose read errors mean damage.
struct ArchiveFaults<R> {
    inner: R,
}

impl<R: Read> Read for ArchiveFaults<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ if is_fault(&error) => error,
            _ => fault(FileProblem::CorruptArchive),
        })
    }
}

/// Decompresses gzip, telling a file that was cut off from one that is damaged.
pub(crate) struct GzipFaults<R> {
    inner: MultiGzDecoder<R>,
}

impl<R: Read> GzipFaults<R> {
    pub fn new(stream: R) -> Self {
        GzipFaults {
            inner: MultiGzDecoder::new(stream),
        }
    }
}

impl<R: Read> Read for GzipFaults<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => fault(FileProblem::TruncatedGzip),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => fault(FileProblem::CorruptGzip),
            _ => error,
        })
    }
}
