//! Reading, hashing and decoding a file in a thread of its own, while its rows are being mapped.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Bytes handed over at once.
const BLOCK: usize = 1 << 20;
/// Blocks that wait at most: what a fast reader may be ahead of a slow mapper.
const WAITING: usize = 4;

/// What the other thread has read: blocks of text, and at last an error if there was one.
pub(super) struct Ahead {
    blocks: Receiver<io::Result<Vec<u8>>>,
    block: Vec<u8>,
    at: usize,
}

/// The two ends of a connection: the one that reads a file, the one that reads its text.
pub(super) fn connected() -> (SyncSender<io::Result<Vec<u8>>>, Ahead) {
    let (sender, blocks) = sync_channel(WAITING);
    let (block, at) = (Vec::new(), 0);
    (sender, Ahead { blocks, block, at })
}

/// Reads `stream` to its end, unless nobody wants the rest.
pub(super) fn pump(stream: &mut impl Read, sender: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut block = Vec::with_capacity(BLOCK);
        let read = stream.take(BLOCK as u64).read_to_end(&mut block);
        let ended = block.len() < BLOCK || read.is_err();
        // What was read before an error comes first: rows above a damaged place are looked at too.
        if !block.is_empty() && sender.send(Ok(block)).is_err() {
            return;
        }
        if let Err(error) = read {
            let _ = sender.send(Err(error));
        }
        if ended {
            return;
        }
    }
}

impl BufRead for Ahead {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.block.len() {
            self.block = match self.blocks.recv() {
                Ok(block) => block?,
                // The other end is gone: the text is complete.
                Err(_) => Vec::new(),
            };
            self.at = 0;
        }
        Ok(&self.block[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.block.len());
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let text = self.fill_buf()?;
        let count = text.len().min(buffer.len());
        buffer[..count].copy_from_slice(&text[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails after its bytes.
    struct Failing(usize);

    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = buffer.len().min(self.0);
            self.0 -= count;
            match count {
                0 => Err(io::Error::other("damaged")),
                _ => Ok(count),
            }
        }
    }

    #[test]
    fn text_comes_through_in_order_and_errors_come_last() {
        let text: Vec<u8> = (0..3 * BLOCK + 17).map(|index| (index % 251) as u8).collect();
        let (sender, mut ahead) = connected();
        let read = std::thread::scope(|scope| {
            scope.spawn(move || pump(&mut text.as_slice(), &sender));
            let mut read = Vec::new();
            ahead.read_to_end(&mut read).unwrap();
            read
        });
        assert_eq!(read.len(), 3 * BLOCK + 17);
        assert!(
            read.iter()
                .enumerate()
                .all(|(index, byte)| *byte == (index % 251) as u8)
        );
        let (sender, mut ahead) = connected();
        std::thread::scope(|scope| {
            scope.spawn(move || pump(&mut Failing(BLOCK + 3), &sender));
            let mut read = Vec::new();
            let error = ahead.read_to_end(&mut read).unwrap_err();
            assert_eq!((error.to_string().as_str(), read.len()), ("damaged", BLOCK + 3));
        });
    }

    #[test]
    fn a_reader_that_nobody_wants_ends() {
        let (sender, ahead) = connected();
        std::thread::scope(|scope| {
            scope.spawn(move || pump(&mut io::repeat(b'x'), &sender));
            drop(ahead);
        });
    }
}
