//! Text in any of the encodings that bills come in, as UTF-8.

use super::limits::fault;
use crate::diagnostics::FileProblem;
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_16BE, UTF_16LE};
use std::io::{self, Read};

/// How much is looked at in one go when the encoding is decided, and handed on at once.
const CHUNK: usize = 1 << 20;

enum Mode {
    /// Nothing is read yet.
    Start,
    /// Only ASCII so far: may still turn out to be UTF-8 or GB18030.
    Ascii,
    Utf8,
    Other(Box<Decoder>),
}

/// Turns bytes of UTF-8 (with or without mark), UTF-16 or GB18030 into UTF-8, or says in which line they are neither.
pub(crate) struct Utf8Reader<R> {
    inner: R,
    mode: Mode,
    raw: Vec<u8>,
    ended: bool,
    text: Vec<u8>,
    at: usize,
    lines: u64,
}

impl<R: Read> Utf8Reader<R> {
    pub fn new(inner: R) -> Self {
        Utf8Reader {
            inner,
            mode: Mode::Start,
            raw: Vec::new(),
            ended: false,
            text: Vec::new(),
            at: 0,
            lines: 0,
        }
    }

    fn unreadable(&self, before: &[u8]) -> io::Error {
        fault(FileProblem::UnreadableText {
            line: self.lines + count_lines(before) + 1,
        })
    }

    /// Fills `raw` up to a whole chunk, so that the encoding is decided on as much text as there is.
    fn fill_raw(&mut self) -> io::Result<()> {
        let mut filled = self.raw.len();
        self.raw.resize(CHUNK.max(filled + 1), 0);
        while filled < self.raw.len() && !self.ended {
            match self.inner.read(&mut self.raw[filled..]) {
                Ok(count) => {
                    filled += count;
                    self.ended = count == 0;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.raw.truncate(filled);
        Ok(())
    }

    /// The next piece of text as a whole; empty at the end. For those who read nothing but blocks.
    pub fn next_block(&mut self) -> io::Result<Vec<u8>> {
        self.fill_text()?;
        Ok(std::mem::take(&mut self.text))
    }

    /// Makes the first `valid` bytes of `raw` the text; what is behind them stays.
    fn take_raw(&mut self, valid: usize) {
        let rest = self.raw.split_off(valid);
        self.text = std::mem::replace(&mut self.raw, rest);
    }

    /// Makes the next piece of text; leaves `text` empty only at the end.
    fn fill_text(&mut self) -> io::Result<()> {
        self.text.clear();
        self.at = 0;
        while self.text.is_empty() {
            if self.ended && self.raw.is_empty() {
                return Ok(());
            }
            if !self.ended {
                self.fill_raw()?;
            }
            if matches!(self.mode, Mode::Start) {
                self.mode = self.start();
            }
            match &mut self.mode {
                Mode::Start | Mode::Ascii => self.take_undecided()?,
                Mode::Utf8 => self.take_utf8()?,
                Mode::Other(_) => self.decode()?,
            }
        }
        if let Some(until) = memchr::memchr(0, &self.text) {
            return Err(self.unreadable(&self.text[..until]));
        }
        self.lines += count_lines(&self.text);
        Ok(())
    }

    /// Looks for a byte order mark, and without one for the zero bytes of UTF-16.
    fn start(&mut self) -> Mode {
        for (mark, encoding) in [(&[0xFF, 0xFE][..], UTF_16LE), (&[0xFE, 0xFF][..], UTF_16BE)] {
            if self.raw.starts_with(mark) {
                self.raw.drain(..mark.len());
                return other(encoding);
            }
        }
        if self.raw.starts_with(&[0xEF, 0xBB, 0xBF]) {
            self.raw.drain(..3);
            return Mode::Utf8;
        }
        let zeros = |offset: usize| {
            self.raw
                .iter()
                .skip(offset)
                .step_by(2)
                .filter(|&&byte| byte == 0)
                .count()
        };
        let (even, odd) = (zeros(0), zeros(1));
        if odd > 4 * even {
            other(UTF_16LE)
        } else if even > 4 * odd {
            other(UTF_16BE)
        } else {
            Mode::Ascii
        }
    }

    fn take_undecided(&mut self) -> io::Result<()> {
        let (valid, broken) = match std::str::from_utf8(&self.raw) {
            Ok(text) => (text.len(), false),
            Err(error) => (error.valid_up_to(), error.error_len().is_some() || self.ended),
        };
        // A little GB18030 may look like UTF-8 by chance, but not a whole line of it.
        let clearly_utf8 = || {
            let text = std::str::from_utf8(&self.raw[..valid]).unwrap_or_default();
            text.chars().filter(|letter| !letter.is_ascii()).nth(7).is_some()
        };
        if broken && !clearly_utf8() {
            self.mode = other(GB18030);
            return self.decode();
        }
        if !self.raw[..valid].is_ascii() {
            self.mode = Mode::Utf8;
        }
        self.take_raw(valid);
        Ok(())
    }

    fn take_utf8(&mut self) -> io::Result<()> {
        let valid = match std::str::from_utf8(&self.raw) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_some() || self.ended => {
                return Err(self.unreadable(&self.raw[..error.valid_up_to()]));
            }
            Err(error) => error.valid_up_to(),
        };
        self.take_raw(valid);
        Ok(())
    }

    fn decode(&mut self) -> io::Result<()> {
        let Mode::Other(decoder) = &mut self.mode else {
            return Ok(());
        };
        let room = decoder
            .max_utf8_buffer_length_without_replacement(self.raw.len())
            .unwrap_or(4 * self.raw.len());
        self.text.resize(room + 16, 0);
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(&self.raw, &mut self.text, self.ended);
        self.text.truncate(written);
        self.raw.drain(..read);
        match result {
            DecoderResult::Malformed(..) => Err(self.unreadable(&self.text)),
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Ok(()),
        }
    }
}

fn other(encoding: &'static Encoding) -> Mode {
    Mode::Other(Box::new(encoding.new_decoder_without_bom_handling()))
}

fn count_lines(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.text.len() {
            self.fill_text()?;
        }
        let count = buffer.len().min(self.text.len() - self.at);
        buffer[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
