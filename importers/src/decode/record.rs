//! The cells of one row.

use memchr::{memchr, memchr_iter};
use std::ops::Range;

/// One row while it is being read. A line of delimited text is copied once as it stands, and its cells are ranges of it: most lines have
/// dozens of cells of a few letters, which cost more to copy one by one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    text: Vec<u8>,
    cells: Vec<Range<usize>>,
}

impl Record {
    pub fn new() -> Record {
        Record::default()
    }

    /// Removes all cells.
    pub fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    /// Adds a cell at the end.
    pub fn push_field(&mut self, cell: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(cell);
        self.cells.push(start..self.text.len());
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// The bytes of a cell.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        self.text.get(self.range(index)?)
    }

    /// Where a cell stands in [`Record::as_slice`].
    pub fn range(&self, index: usize) -> Option<Range<usize>> {
        self.cells.get(index).cloned()
    }

    /// All cells in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.cells.iter().map(|range| &self.text[range.clone()])
    }

    /// What the cells are ranges of; UTF-8 when the lines were.
    pub fn as_slice(&self) -> &[u8] {
        &self.text
    }

    /// Adds the cells of a line. `open` is where a quoted cell starts that the lines before did not end; given back is where one starts
    /// that this line does not end.
    pub fn add_line(&mut self, line: &[u8], delimiter: u8, open: Option<usize>) -> Option<usize> {
        if open.is_some() {
            self.text.push(b'\n');
        }
        let base = self.text.len();
        self.text.extend_from_slice(line);
        let mut at = 0;
        let mut quoted = open;
        if open.is_none() {
            // Up to the cell with the first quote all cells are plain.
            let quote = memchr(b'"', line);
            for end in memchr_iter(delimiter, &line[..quote.unwrap_or(line.len())]) {
                self.cells.push(base + at..base + end);
                at = end + 1;
            }
            if quote.is_none() {
                self.cells.push(base + at..base + line.len());
                return None;
            }
        }
        loop {
            let start = match quoted.take() {
                Some(start) => start,
                None if line.get(at) == Some(&b'"') => {
                    at += 1;
                    base + at
                }
                None => {
                    // Most cells are short: a loop finds their end as soon as a search.
                    let end = line[at..].iter().position(|&byte| byte == delimiter);
                    self.cells
                        .push(base + at..end.map_or(base + line.len(), |end| base + at + end));
                    at += end? + 1;
                    continue;
                }
            };
            // Within the cell the text moves up over its quotes: `filled` is how far the cell reaches.
            let mut filled = base + at;
            let end = loop {
                let Some(quote) = memchr(b'"', &line[at..]) else {
                    self.move_up(base + at..base + line.len(), &mut filled);
                    self.text.truncate(filled);
                    return Some(start);
                };
                self.move_up(base + at..base + at + quote, &mut filled);
                at += quote + 1;
                if line.get(at) == Some(&b'"') {
                    // The first of two stands for one.
                    self.move_up(base + at..base + at + 1, &mut filled);
                    at += 1;
                } else {
                    // What stands behind the last quote belongs to the cell as it is.
                    let end = memchr(delimiter, &line[at..]).map_or(line.len(), |end| at + end);
                    self.move_up(base + at..base + end, &mut filled);
                    break end;
                }
            };
            self.cells.push(start..filled);
            // No half letter may be left behind: the text as a whole stays UTF-8.
            self.text[filled..base + end].fill(b' ');
            if end == line.len() {
                return None;
            }
            at = end + 1;
        }
    }

    /// Moves a piece of the text to `to`, which does not lie behind it, and `to` to its end.
    fn move_up(&mut self, piece: Range<usize>, to: &mut usize) {
        let length = piece.len();
        if piece.start != *to {
            self.text.copy_within(piece, *to);
        }
        *to += length;
    }
}
