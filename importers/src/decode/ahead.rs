//! Reading, hashing and decoding a file in a thread of its own, while its rows are being mapped.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

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

/// Hands over what `next` gives until that is empty or an error, unless nobody wants the rest.
pub(super) fn pump(mut next: impl FnMut() -> io::Result<Vec<u8>>, sender: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let block = next();
        let ended = block.as_ref().map_or(true, Vec::is_empty);
        if sender.send(block).is_err() || ended {
            return;
        }
    }
}

impl Ahead {
    /// The rest of the block that is being read, or the next one; empty at the end.
    pub(super) fn block(&mut self) -> io::Result<Vec<u8>> {
        self.fill_buf()?;
        let mut block = std::mem::take(&mut self.block);
        block.drain(..std::mem::take(&mut self.at));
        Ok(block)
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

    #[test]
    fn text_comes_through_in_order_and_errors_come_last() {
        let text: Vec<u8> = (0..300_017).map(|index| (index % 251) as u8).collect();
        let mut blocks = text.chunks(1000).map(<[u8]>::to_vec);
        let (sender, mut ahead) = connected();
        let read = std::thread::scope(|scope| {
            scope.spawn(move || pump(|| Ok(blocks.next().unwrap_or_default()), &sender));
            let mut read = Vec::new();
            ahead.read_to_end(&mut read).unwrap();
            read
        });
        assert_eq!(read, text);
        let mut blocks = vec![Err(io::Error::other("damaged")), Ok(vec![b'x'; 77])];
        let (sender, mut ahead) = connected();
        std::thread::scope(|scope| {
            scope.spawn(move || pump(|| blocks.pop().unwrap(), &sender));
            let mut read = Vec::new();
            let error = ahead.read_to_end(&mut read).unwrap_err();
            assert_eq!((error.to_string().as_str(), read.len()), ("damaged", 77));
        });
    }

    #[test]
    fn a_reader_that_nobody_wants_ends() {
        let (sender, ahead) = connected();
        std::thread::scope(|scope| {
            scope.spawn(move || pump(|| Ok(vec![b'x']), &sender));
            drop(ahead);
        });
    }
}
