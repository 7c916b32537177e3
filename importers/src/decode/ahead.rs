//! Reading, hashing and decoding a file in a thread of its own, and splitting it into records in another, while its rows are
//! being mapped.

use super::Rows;
use crate::diagnostics::FileProblem;
use csv::ByteRecord;
use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

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

/// Bytes of the records that are handed over at once.
const BATCH: usize = 256 << 10;
/// A record with more bytes is not kept to be filled again.
const LARGE: usize = 64 << 10;

/// Records with the lines they stand in; those of a batch that is done are filled again.
type Batch = Vec<(u64, ByteRecord)>;

/// Rows that another thread splits.
struct SplitAhead {
    batches: Receiver<Result<Batch, FileProblem>>,
    done: Sender<Batch>,
    batch: Batch,
    at: usize,
}

impl Rows for SplitAhead {
    fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, FileProblem> {
        if self.at == self.batch.len() {
            let Ok(batch) = self.batches.recv() else {
                return Ok(None);
            };
            let used = std::mem::replace(&mut self.batch, batch?);
            // When nobody splits any more, nobody needs the memory.
            let _ = self.done.send(used);
            self.at = 0;
        }
        let (line, split) = &mut self.batch[self.at];
        std::mem::swap(record, split);
        self.at += 1;
        Ok(Some(*line))
    }
}

/// Splits `rows` in another thread while `visit` goes through them here.
pub(super) fn split_ahead<T>(mut rows: impl Rows + Send, visit: impl FnOnce(&mut dyn Rows) -> T) -> T {
    let (sender, batches) = sync_channel(WAITING);
    let (done, used) = channel::<Batch>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            loop {
                let spare = used.try_recv().unwrap_or_default();
                let (batch, end) = next_batch(&mut rows, spare);
                let ended = end.is_err() || batch.is_empty();
                // Rows above a damaged place are looked at too.
                if !batch.is_empty() && sender.send(Ok(batch)).is_err() || ended {
                    if let Err(problem) = end {
                        let _ = sender.send(Err(problem));
                    }
                    return;
                }
            }
        });
        let (batch, at) = (Batch::new(), 0);
        visit(&mut SplitAhead {
            batches,
            done,
            batch,
            at,
        })
    })
}

/// The next records, in the memory of used ones; none at the end, and a problem behind those above it.
fn next_batch(rows: &mut impl Rows, mut used: Batch) -> (Batch, Result<(), FileProblem>) {
    used.retain(|(_, record)| record.as_slice().len() <= LARGE);
    let mut spare = used.into_iter();
    let (mut batch, mut bytes) = (Batch::new(), 0);
    while bytes < BATCH {
        let mut record = spare.next().map(|(_, record)| record).unwrap_or_default();
        match rows.next(&mut record) {
            Ok(Some(line)) => {
                // Cells take some bytes each beside their text.
                bytes += record.as_slice().len() + 8 * record.len();
                batch.push((line, record));
            }
            Ok(None) => break,
            Err(problem) => return (batch, Err(problem)),
        }
    }
    (batch, Ok(()))
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

    /// Gives the numbers up to a problem.
    struct Numbers(u64, u64);

    impl Rows for Numbers {
        fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, FileProblem> {
            if self.0 == self.1 {
                return Err(FileProblem::UnclosedQuote { line: self.1 });
            }
            self.0 += 1;
            record.clear();
            record.push_field(self.0.to_string().as_bytes());
            record.push_field(&[b'x'; 100]);
            Ok(Some(self.0))
        }
    }

    #[test]
    fn records_come_in_order_and_a_problem_behind_them() {
        let found = split_ahead(Numbers(0, 20_000), |rows| {
            let mut record = ByteRecord::new();
            for number in 1..=20_000_u64 {
                assert_eq!(rows.next(&mut record), Ok(Some(number)));
                assert_eq!((&record[0], record.len()), (number.to_string().as_bytes(), 2));
            }
            rows.next(&mut record)
        });
        assert_eq!(found, Err(FileProblem::UnclosedQuote { line: 20_000 }));
        let first = split_ahead(Numbers(0, u64::MAX), |rows| rows.next(&mut ByteRecord::new()));
        assert_eq!(first, Ok(Some(1)));
    }
}
