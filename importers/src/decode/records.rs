//! Records of delimited text with their real line numbers.
//!
//! The `csv` crate's reader is not used for reading: it takes a record of any size into memory, and its line numbers
//! drift with blank lines and CRLF, while every message of an import names a line that a person will go and look at.

use super::limits::problem_of;
use super::part::{Blocks, Part};
use super::record::Record;
use super::{Parts, Rows};
use crate::diagnostics::FileProblem;
use memchr::{memchr, memchr_iter, memrchr};
use std::io::{BufRead, Read};

/// How a table of delimited text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Between cells.
    pub delimiter: u8,
    /// At the end of a line: a line feed, or a carriage return in files of old spreadsheet programs.
    pub terminator: u8,
}

/// Reads records one at a time; one record at most is in memory.
pub(crate) struct Records<R> {
    reader: R,
    layout: Layout,
    most_bytes: u64,
    /// Lines read so far, those above the header included.
    lines: u64,
    line: Vec<u8>,
    /// Bytes read so far.
    bytes: usize,
    /// Where the record that is being read begins, in bytes and in lines above it.
    begins: (usize, u64),
    /// True when the text ended inside quotes.
    unfinished: bool,
    /// What is left of the last block behind the end of a part.
    tail: Vec<u8>,
}

impl<R: BufRead> Records<R> {
    /// Reads on from where `reader` stands, `lines` lines into the file.
    pub fn new(reader: R, layout: Layout, lines: u64, most_bytes: u64) -> Self {
        Records {
            reader,
            layout,
            most_bytes,
            lines,
            line: Vec::new(),
            bytes: 0,
            begins: (0, lines),
            unfinished: false,
            tail: Vec::new(),
        }
    }

    /// Where the last record begins when the text ended inside its quotes: bytes of the text and lines of the file before it.
    pub fn unfinished(&self) -> Option<(usize, u64)> {
        self.unfinished.then_some(self.begins)
    }

    /// Lines read so far, those above the first record included.
    pub fn lines_read(&self) -> u64 {
        self.lines
    }

    /// Reads one line into `line` without its end; false when there is none.
    fn read_line(&mut self, bytes_before: u64) -> Result<bool, FileProblem> {
        self.line.clear();
        let most = (self.most_bytes + 1).saturating_sub(bytes_before);
        let read = (&mut self.reader)
            .take(most)
            .read_until(self.layout.terminator, &mut self.line);
        let count = read.map_err(|error| problem_of(&error))? as u64;
        if count == 0 {
            return Ok(false);
        }
        self.lines += 1;
        self.bytes += count as usize;
        if count + bytes_before > self.most_bytes {
            return Err(FileProblem::LineTooLong {
                line: self.lines,
                limit: self.most_bytes,
            });
        }
        if self.line.last() == Some(&self.layout.terminator) {
            self.line.pop();
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        Ok(true)
    }

    /// Reads one record, blank or not, and gives the number of its first line.
    fn read_record(&mut self, record: &mut Record) -> Result<Option<u64>, FileProblem> {
        record.clear();
        self.begins = (self.bytes, self.lines);
        let Layout { delimiter, terminator } = self.layout;
        // Most lines stand whole in the reader's buffer: then nothing is copied but their text.
        let buffer = self.reader.fill_buf().map_err(|error| problem_of(&error))?;
        let (mut open, mut bytes) = match memchr(terminator, buffer) {
            Some(end) if (end as u64) < self.most_bytes => {
                let open = record.add_line(without_return(&buffer[..end]), delimiter, None);
                self.reader.consume(end + 1);
                self.bytes += end + 1;
                self.lines += 1;
                (open, end as u64 + 1)
            }
            _ => {
                if !self.read_line(0)? {
                    return Ok(None);
                }
                let open = record.add_line(&self.line, delimiter, None);
                (open, self.line.len() as u64 + 1)
            }
        };
        let first = self.lines;
        while open.is_some() {
            match self.read_line(bytes) {
                Ok(true) => {}
                // Either way the cause is the quote: nothing after it is where it seems to be.
                read @ (Ok(false) | Err(FileProblem::LineTooLong { .. })) => {
                    self.unfinished = read.is_ok();
                    return Err(FileProblem::UnclosedQuote { line: first });
                }
                Err(problem) => return Err(problem),
            }
            open = record.add_line(&self.line, delimiter, open);
            bytes += self.line.len() as u64 + 1;
        }
        Ok(Some(first))
    }
}

/// A line without the carriage return that some systems end lines with.
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl<R: Blocks> Rows for Records<R> {
    fn next(&mut self, record: &mut Record) -> Result<Option<u64>, FileProblem> {
        while let Some(line) = self.read_record(record)? {
            if record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    fn parts(&mut self) -> Option<&mut dyn Parts> {
        // Lines are counted by line feeds, as the decoder counts them.
        (self.layout.terminator == b'\n').then_some(self)
    }
}

impl<R: Blocks> Parts for Records<R> {
    fn next_part(&mut self, bytes: usize) -> Result<Option<Part>, FileProblem> {
        let (mut blocks, lines) = (Vec::new(), self.lines);
        let (mut size, mut unbroken) = (0, 0);
        loop {
            let mut block = match std::mem::take(&mut self.tail) {
                tail if tail.is_empty() => self.reader.block().map_err(|error| problem_of(&error))?,
                tail => tail,
            };
            if block.is_empty() {
                break;
            }
            let wanted = bytes.saturating_sub(size);
            let end = block.get(wanted..).and_then(|rest| memchr(b'\n', rest));
            if let Some(end) = end {
                self.tail = block.split_off(wanted + end + 1);
            }
            size += block.len();
            self.lines += memchr_iter(b'\n', &block).count() as u64;
            unbroken = match memrchr(b'\n', &block) {
                Some(last) => block.len() - last - 1,
                None => unbroken + block.len(),
            };
            blocks.push(block);
            // A line without end is said by whoever reads the part.
            if end.is_some() || unbroken as u64 > self.most_bytes {
                break;
            }
        }
        let part = Part {
            blocks,
            layout: self.layout,
            lines,
            most_bytes: self.most_bytes,
        };
        Ok((size > 0).then_some(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, Vec<String>)> {
        let layout = Layout {
            delimiter: b',',
            terminator: b'\n',
        };
        let mut records = Records::new(text.as_bytes(), layout, 0, 64);
        let mut record = Record::new();
        let mut all = Vec::new();
        while let Some(line) = records.next(&mut record).unwrap() {
            all.push((
                line,
                record
                    .iter()
                    .map(|cell| String::from_utf8_lossy(cell).into_owned())
                    .collect(),
            ));
        }
        all
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let rows = read("a,b\r\n\r\n\"x\n\"\"y\"\"\",2\r\n,\r\n3,\"4\"\n5,");
        let lines: Vec<u64> = rows.iter().map(|row| row.0).collect();
        assert_eq!(lines, [1, 3, 6, 7]);
        assert_eq!(rows[1].1, ["x\n\"y\"", "2"]);
        assert_eq!(rows[3].1, ["5", ""]);
    }

    #[test]
    fn refuses_records_without_end() {
        let layout = Layout {
            delimiter: b',',
            terminator: b'\n',
        };
        let mut record = Record::new();
        let long = "x".repeat(65);
        let mut records = Records::new(long.as_bytes(), layout, 0, 64);
        assert_eq!(
            records.next(&mut record),
            Err(FileProblem::LineTooLong { line: 1, limit: 64 })
        );
        let open = "a\n\"x\n\n\n";
        let mut records = Records::new(open.as_bytes(), layout, 0, 64);
        assert_eq!(records.next(&mut record), Ok(Some(1)));
        assert_eq!(records.next(&mut record), Err(FileProblem::UnclosedQuote { line: 2 }));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

        /// The cells are those that the `csv` crate finds, and the text that they are ranges of stays UTF-8.
        #[test]
        fn cells_are_those_of_the_csv_crate(text in "[a,\"\"\n中]{0,40}") {
            let layout = Layout { delimiter: b',', terminator: b'\n' };
            let mut records = Records::new(text.as_bytes(), layout, 0, 1024);
            let (mut record, mut ours) = (Record::new(), Vec::new());
            let mut unclosed = false;
            loop {
                match records.next(&mut record) {
                    Ok(Some(_)) => {
                        proptest::prop_assert!(std::str::from_utf8(record.as_slice()).is_ok());
                        ours.push(record.iter().map(<[u8]>::to_vec).collect::<Vec<_>>());
                    }
                    Ok(None) => break,
                    Err(_) => {
                        unclosed = true;
                        break;
                    }
                }
            }
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .terminator(csv::Terminator::Any(b'\n'))
                .from_reader(text.as_bytes());
            let theirs = reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect::<Vec<_>>());
            let mut theirs: Vec<_> = theirs.filter(|cells| cells.iter().any(|cell| !cell.trim_ascii().is_empty())).collect();
            if unclosed {
                // That crate takes everything up to the end of the text for a cell.
                theirs.truncate(ours.len());
            }
            proptest::prop_assert_eq!(ours, theirs);
        }
    }
}
