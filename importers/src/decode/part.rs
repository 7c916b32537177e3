//! A table's text in parts, so that several threads can read its rows at once.

use super::ahead::Ahead;
use super::encoding::Utf8Reader;
use super::records::{Layout, Records};
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

/// Text that comes in blocks.
pub(crate) trait Blocks: BufRead {
    /// The next block as a whole; empty at the end.
    fn block(&mut self) -> io::Result<Vec<u8>> {
        let block = self.fill_buf()?.to_vec();
        self.consume(block.len());
        Ok(block)
    }
}

impl Blocks for &mut &[u8] {}
impl Blocks for &[u8] {}
impl<R: Read> Blocks for BufReader<Utf8Reader<R>> {}

impl<T: Blocks> Blocks for Chain<Cursor<Vec<u8>>, T> {
    fn block(&mut self) -> io::Result<Vec<u8>> {
        let (head, rest) = self.get_mut();
        match head.fill_buf()? {
            [] => rest.block(),
            text => {
                let block = text.to_vec();
                head.consume(block.len());
                Ok(block)
            }
        }
    }
}

impl Blocks for Ahead {
    fn block(&mut self) -> io::Result<Vec<u8>> {
        Ahead::block(self)
    }
}

/// What a part has of a record that goes on behind its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rest {
    /// The text of the record as far as it is there.
    pub text: Vec<u8>,
    /// Lines of the file above it.
    pub lines: u64,
}

/// Lines of delimited text. It begins where a record begins, unless a quoted cell with line breaks goes across its start:
/// whoever reads the part before finds out, and hands on the [`Rest`].
#[derive(Debug)]
pub(crate) struct Part {
    pub(super) blocks: Vec<Vec<u8>>,
    pub(super) layout: Layout,
    /// Lines of the file above it.
    pub(super) lines: u64,
    pub(super) most_bytes: u64,
}

impl Part {
    /// The rows of the part.
    pub fn rows(&self) -> Records<PartText<'_>> {
        let text = PartText {
            blocks: &self.blocks,
            at: 0,
        };
        Records::new(text, self.layout, self.lines, self.most_bytes)
    }

    /// Puts the beginning of the first record in front.
    pub fn begin_with(&mut self, rest: Rest) {
        self.blocks.insert(0, rest.text);
        self.lines = rest.lines;
    }

    /// The text from `offset` to the end.
    pub fn text_from(&self, mut offset: usize) -> Vec<u8> {
        let mut text = Vec::new();
        for block in &self.blocks {
            text.extend_from_slice(block.get(offset..).unwrap_or_default());
            offset = offset.saturating_sub(block.len());
        }
        text
    }
}

/// Reads the text of a part.
pub(crate) struct PartText<'a> {
    blocks: &'a [Vec<u8>],
    at: usize,
}

impl Blocks for PartText<'_> {}

impl BufRead for PartText<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while let Some((first, others)) = self.blocks.split_first() {
            if self.at < first.len() {
                return Ok(&first[self.at..]);
            }
            (self.blocks, self.at) = (others, 0);
        }
        Ok(&[])
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

impl Read for PartText<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let text = self.fill_buf()?;
        let count = text.len().min(buffer.len());
        buffer[..count].copy_from_slice(&text[..count]);
        self.consume(count);
        Ok(count)
    }
}
