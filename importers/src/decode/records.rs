//! Records of delimited text with their real line numbers.
//!
//! The `csv` crate's reader is not used for reading: it takes a record of any size into memory, and its line numbers
//! drift with blank lines and CRLF, while every message of an import names a line that a person will go and look at.

use super::limits::problem_of;
use super::part::{Blocks, Part};
use super::{Parts, Rows};
use crate::diagnostics::FileProblem;
use csv::ByteRecord;
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
    cell: Vec<u8>,
    /// Bytes read so far.
    bytes: usize,
    /// Where the record that is being read begins, in bytes and in lines above it.
    begins: (usize, u64),
    /// True when the text ended inside quotes.
    unfinished: bool,
    /// What is left of the last block behind the end of a part.
    tail: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: its end, or the first of two that stand for one.
    QuoteInQuoted,
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
            cell: Vec::new(),
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
    fn read_record(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, FileProblem> {
        record.clear();
        self.cell.clear();
        self.begins = (self.bytes, self.lines);
        let Layout { delimiter, terminator } = self.layout;
        // Most lines stand whole in the reader's buffer: then nothing is copied but their cells.
        let buffer = self.reader.fill_buf().map_err(|error| problem_of(&error))?;
        let (mut state, mut bytes) = match memchr(terminator, buffer) {
            Some(end) if (end as u64) < self.most_bytes => {
                let line = &buffer[..end];
                let state = take_line(
                    without_return(line),
                    delimiter,
                    State::CellStart,
                    &mut self.cell,
                    record,
                );
                self.reader.consume(end + 1);
                self.bytes += end + 1;
                self.lines += 1;
                (state, end as u64 + 1)
            }
            _ => {
                if !self.read_line(0)? {
                    return Ok(None);
                }
                let state = take_line(&self.line, delimiter, State::CellStart, &mut self.cell, record);
                (state, self.line.len() as u64 + 1)
            }
        };
        let first = self.lines;
        while state == State::Quoted {
            self.cell.push(b'\n');
            match self.read_line(bytes) {
                Ok(true) => {}
                // Either way the cause is the quote: nothing after it is where it seems to be.
                read @ (Ok(false) | Err(FileProblem::LineTooLong { .. })) => {
                    self.unfinished = read.is_ok();
                    return Err(FileProblem::UnclosedQuote { line: first });
                }
                Err(problem) => return Err(problem),
            }
            state = take_line(&self.line, delimiter, state, &mut self.cell, record);
            bytes += self.line.len() as u64 + 1;
        }
        record.push_field(&self.cell);
        Ok(Some(first))
    }
}

/// A line without the carriage return that some systems end lines with.
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Goes through a line; its last cell stays in `cell`.
fn take_line(line: &[u8], delimiter: u8, mut state: State, cell: &mut Vec<u8>, record: &mut ByteRecord) -> State {
    let mut rest = line;
    if state == State::CellStart {
        // Up to the cell with the first quote all cells are plain.
        let quote = memchr(b'"', line);
        let plain = &line[..quote.unwrap_or(line.len())];
        let mut start = 0;
        for end in memchr_iter(delimiter, plain) {
            record.push_field(&line[start..end]);
            start = end + 1;
        }
        rest = &line[start..];
        if quote.is_none() {
            cell.extend_from_slice(rest);
            return State::Plain;
        }
    }
    loop {
        match (state, rest.first()) {
            (State::CellStart, Some(b'"')) => {
                rest = &rest[1..];
                state = State::Quoted;
            }
            (State::Quoted, _) => {
                let Some(end) = memchr(b'"', rest) else {
                    cell.extend_from_slice(rest);
                    return state;
                };
                cell.extend_from_slice(&rest[..end]);
                rest = &rest[end + 1..];
                state = State::QuoteInQuoted;
            }
            (State::QuoteInQuoted, Some(b'"')) => {
                cell.push(b'"');
                rest = &rest[1..];
                state = State::Quoted;
            }
            (State::QuoteInQuoted, None) => return state,
            (State::CellStart, _) => {
                // A plain cell goes into the record as it stands. Most are short: a loop finds their end as soon as a search.
                let Some(end) = rest.iter().position(|&byte| byte == delimiter) else {
                    cell.extend_from_slice(rest);
                    return if rest.is_empty() { state } else { State::Plain };
                };
                record.push_field(&rest[..end]);
                rest = &rest[end + 1..];
            }
            (State::Plain | State::QuoteInQuoted, _) => {
                let Some(end) = memchr(delimiter, rest) else {
                    cell.extend_from_slice(rest);
                    return if rest.is_empty() { state } else { State::Plain };
                };
                cell.extend_from_slice(&rest[..end]);
                record.push_field(cell);
                cell.clear();
                rest = &rest[end + 1..];
                state = State::CellStart;
            }
        }
    }
}

impl<R: Blocks> Rows for Records<R> {
    fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, FileProblem> {
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
        let mut record = ByteRecord::new();
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
        let mut record = ByteRecord::new();
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
}
