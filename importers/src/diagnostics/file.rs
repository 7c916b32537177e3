//! What is wrong with a file as a whole, and why an import ends without a result.

use crate::batch::SinkError;
use crate::words::{Words, list, place};
use headroom_models::language::Language;

/// A file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// Name of the file.
    pub file: String,
    /// Worksheet or archive member.
    pub sheet: Option<String>,
    /// What is wrong with it.
    pub problem: FileProblem,
}

/// An importer that was considered for a file, and the required columns that the header lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    /// Name of the importer.
    pub importer: &'static str,
    /// English and Chinese names of the columns; the Chinese one is empty where there is none.
    pub missing: Vec<(&'static str, &'static str)>,
}

/// What an unknown header is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The FOCUS dataset of billing periods: whether they are open, not cost.
    BillingPeriod,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileProblem {
    /// Nothing in it.
    Empty,
    /// A header and no rows.
    HeaderOnly,
    /// No importer knows the header.
    UnknownHeader {
        /// The cells of the line that looks most like a header.
        found: Vec<String>,
        /// The importers, the nearest one first.
        considered: Vec<Considered>,
        /// What the file is, where that is known.
        hint: Option<Hint>,
    },
    /// The header lacks columns that the mapping of the import names.
    MappingDoesNotFit {
        /// The cells of the line that looks most like a header.
        found: Vec<String>,
        /// The columns that are missing.
        lacking: Vec<String>,
    },
    /// The header would be known if its cells were separated in a way that is accepted.
    WrongDelimiter {
        /// What stands between the cells.
        found: char,
    },
    /// Two columns of the header mean the same.
    RepeatedColumn {
        /// The column as the file names it.
        column: String,
    },
    /// The gzip file ends too early.
    TruncatedGzip,
    /// The gzip file is damaged.
    CorruptGzip,
    /// The zip file is damaged.
    CorruptArchive,
    /// The file is protected by a password.
    EncryptedArchive,
    /// The Parquet file is damaged.
    CorruptParquet,
    /// A line of a file of JSON lines is no JSON object.
    NotJson {
        /// The line.
        line: u64,
    },
    /// A folder, pipe or device.
    NotRegular,
    /// The workbook is damaged.
    CorruptWorkbook,
    /// Neither UTF-8 nor UTF-16 nor GB18030.
    UnreadableText {
        /// The line where that shows.
        line: u64,
    },
    /// A quoted cell has no end.
    UnclosedQuote {
        /// The line where its row starts.
        line: u64,
    },
    /// A line longer than any bill has.
    LineTooLong {
        /// The line.
        line: u64,
        /// Most bytes accepted.
        limit: u64,
    },
    /// More bytes after decompression than accepted.
    TooLarge {
        /// Most bytes accepted.
        limit: u64,
    },
    /// The file unfolds to many times its size.
    ExpandsTooMuch {
        /// Most bytes accepted for a file of its size.
        limit: u64,
    },
    /// A format that is known and not read.
    UnsupportedFormat {
        /// Its name.
        format: &'static str,
    },
    /// Part of a cloud bill that may belong to either of the two views that the import holds.
    ViewUnclear,
    /// The same money as another file of the import, in finer lines.
    SameMoney {
        /// The other file.
        other: String,
    },
    /// The same bytes as another file of the import.
    SameAs {
        /// The other file.
        other: String,
    },
    /// The operating system does not let the file be read.
    CannotRead {
        /// Its reason.
        reason: String,
    },
}

impl FileError {
    /// File and problem in one sentence or two.
    pub fn message(&self, language: Language) -> String {
        let words = Words::new(language).with("file", place(&self.file, self.sheet.as_deref()));
        let (key, words) = match &self.problem {
            FileProblem::Empty => ("file-empty", words),
            FileProblem::HeaderOnly => ("file-header-only", words),
            FileProblem::ViewUnclear => ("file-view-unclear", words),
            FileProblem::UnknownHeader {
                found,
                considered,
                hint,
            } => {
                return unknown_header(words, found, considered, *hint, language);
            }
            FileProblem::MappingDoesNotFit { found, lacking } => (
                "file-mapping-does-not-fit",
                words
                    .with("found", list(found, language))
                    .with("lacking", list(lacking, language)),
            ),
            FileProblem::WrongDelimiter { found } => {
                ("file-wrong-delimiter", words.with("found", found.escape_debug()))
            }
            FileProblem::RepeatedColumn { column } => ("file-repeated-column", words.with("column", column)),
            FileProblem::TruncatedGzip => ("file-truncated-gzip", words),
            FileProblem::CorruptGzip => ("file-corrupt-gzip", words),
            FileProblem::CorruptArchive => ("file-corrupt-archive", words),
            FileProblem::EncryptedArchive => ("file-encrypted-archive", words),
            FileProblem::CorruptParquet => ("file-corrupt-parquet", words),
            FileProblem::NotJson { line } => ("file-not-json", words.with("line", line)),
            FileProblem::NotRegular => ("file-not-regular", words),
            FileProblem::CorruptWorkbook => ("file-corrupt-workbook", words),
            FileProblem::UnreadableText { line } => ("file-unreadable-text", words.with("line", line)),
            FileProblem::UnclosedQuote { line } => ("file-unclosed-quote", words.with("line", line)),
            FileProblem::LineTooLong { line, limit } => (
                "file-line-too-long",
                words.with("line", line).with("limit", size(*limit)),
            ),
            FileProblem::TooLarge { limit } => ("file-too-large", words.with("limit", size(*limit))),
            FileProblem::ExpandsTooMuch { limit } => ("file-expands-too-much", words.with("limit", size(*limit))),
            FileProblem::UnsupportedFormat { format } => ("file-unsupported-format", words.with("format", format)),
            FileProblem::SameMoney { other } => ("file-same-money", words.with("other", other)),
            FileProblem::SameAs { other } => ("file-same-as", words.with("other", other)),
            FileProblem::CannotRead { reason } => ("file-cannot-read", words.with("reason", reason)),
        };
        words.say(key)
    }
}

/// One line for what was found, and one for each importer with the columns it missed.
fn unknown_header(
    words: Words,
    found: &[String],
    considered: &[Considered],
    hint: Option<Hint>,
    language: Language,
) -> String {
    let found: Vec<String> = found.iter().map(|cell| crate::words::shortened(cell, 40)).collect();
    let mut lines = vec![words.with("found", list(&found, language)).say("file-unknown-header")];
    lines.extend(hint.map(|hint| match hint {
        Hint::BillingPeriod => Words::new(language).say("hint-billing-period"),
    }));
    lines.push(Words::new(language).say("considered"));
    for importer in considered {
        let missing = importer.missing.iter().map(|&(english, chinese)| match language {
            Language::SimplifiedChinese if !chinese.is_empty() => format!("{chinese} ({english})"),
            _ => english.to_owned(),
        });
        let missing: Vec<String> = missing.collect();
        let words = Words::new(language)
            .with("importer", importer.importer)
            .with("missing", list(&missing, language));
        lines.push(format!("  {}", words.say("considered-importer")));
    }
    lines.join("\n")
}

fn size(bytes: u64) -> String {
    let steps = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    match steps.into_iter().find(|&(_, shift)| bytes >= 1 << shift) {
        Some((unit, shift)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} B"),
    }
}

/// Why an import ended without a result.
#[derive(Debug)]
pub enum ImportError {
    /// No file was given.
    NoInput,
    /// Files that cannot be read, all of them.
    Files(Vec<FileError>),
    /// The files are of several kinds: each file or member with the importer that reads it.
    Mixed(Vec<(String, &'static str)>),
    /// The frames could not be stored.
    Sink(SinkError),
}

impl ImportError {
    /// Every problem, one line or paragraph each.
    pub fn message(&self, language: Language) -> String {
        match self {
            ImportError::NoInput => Words::new(language).say("import-no-input"),
            ImportError::Files(errors) => errors
                .iter()
                .map(|error| error.message(language))
                .collect::<Vec<_>>()
                .join("\n"),
            ImportError::Mixed(files) => {
                let mut lines = vec![Words::new(language).say("import-mixed")];
                lines.extend(files.iter().map(|(file, importer)| {
                    let words = Words::new(language).with("file", file).with("importer", importer);
                    format!("  {}", words.say("import-mixed-file"))
                }));
                lines.join("\n")
            }
            ImportError::Sink(error) => Words::new(language).with("reason", error).say("import-sink"),
        }
    }
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for ImportError {}
