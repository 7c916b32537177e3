//! Rows that are read by themselves, mapped by several threads; what comes out is the same as by one.

use super::{Batch, TableLayout};
use crate::decode::{Part, Parts, Rest, Stop};
use crate::diagnostics::FileProblem;
use crate::mapping::Settings;
use crate::output::{Frames, Output, Written};
use crate::sources::Importer;
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

/// What a thread has to know to map a part.
struct Alone<'a> {
    importer: &'static dyn Importer,
    settings: &'a Settings<'a>,
    batch: &'a str,
}

/// A part after a thread has mapped it as if it stood alone.
struct Mapped {
    part: Part,
    written: Written,
    rows: u64,
    result: Result<(), Stop>,
    /// The beginning of a record that goes on in the next part.
    rest: Option<Rest>,
    /// True when what the rows mean depends on the sums of the parts before.
    needs_sums: bool,
}

impl Batch<'_> {
    /// Reads the rows of a table in parts of about `part_bytes`. Parts are put together in their order. One that does not
    /// stand alone is read again when its turn has come: below a record that goes across its start, when it holds
    /// the sum of the rows above, or when the sums leave the range of money.
    pub(super) fn read_parts(
        &mut self,
        table: &TableLayout<'_>,
        parts: &mut dyn Parts,
        part_bytes: usize,
        bytes_read: &dyn Fn() -> u64,
    ) -> Result<(), Stop> {
        let threads = available_parallelism().map_or(2, usize::from);
        let (sender, waiting) = channel::<(Part, Sender<Mapped>)>();
        let waiting = Mutex::new(waiting);
        let alone = Alone {
            importer: self.importer,
            settings: self.settings,
            batch: self.batch,
        };
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    // Whoever is free takes the next part.
                    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    while let Ok((part, done)) = next() {
                        // Nobody wants it any more after an error in an earlier part.
                        let _ = done.send(map(&alone, table, part));
                    }
                });
            }
            let read = self.put_together(table, parts, part_bytes, bytes_read, &sender, threads);
            drop(sender);
            read
        })
    }

    fn put_together(
        &mut self,
        table: &TableLayout<'_>,
        parts: &mut dyn Parts,
        part_bytes: usize,
        bytes_read: &dyn Fn() -> u64,
        sender: &Sender<(Part, Sender<Mapped>)>,
        threads: usize,
    ) -> Result<(), Stop> {
        let mut under_way: VecDeque<Receiver<Mapped>> = VecDeque::new();
        let mut rest = None;
        let mut ended = None;
        loop {
            // One part waits while each thread has one: more would only take memory.
            while ended.is_none() && under_way.len() <= threads {
                match parts.next_part(part_bytes) {
                    Ok(Some(part)) => {
                        let (done, mapped) = channel();
                        if sender.send((part, done)).is_err() {
                            break;
                        }
                        under_way.push_back(mapped);
                    }
                    Ok(None) => ended = Some(Ok(())),
                    Err(problem) => ended = Some(Err(table.place.stop(problem))),
                }
            }
            // A thread that hands nothing over has panicked, and the scope passes that on.
            let Some(Ok(mapped)) = under_way.pop_front().map(|mapped| mapped.recv()) else {
                break;
            };
            rest = self.add_part(table, mapped, rest, bytes_read)?;
            self.report(bytes_read());
        }
        match (ended, rest) {
            (Some(Err(stop)), _) => Err(stop),
            (_, Some(Rest { lines, .. })) => Err(table.place.stop(FileProblem::UnclosedQuote { line: lines + 1 })),
            _ => Ok(()),
        }
    }

    /// Adds a part to those before it; `rest` is the beginning of its first record, where that stands in them.
    fn add_part(
        &mut self,
        table: &TableLayout<'_>,
        mapped: Mapped,
        rest: Option<Rest>,
        bytes_read: &dyn Fn() -> u64,
    ) -> Result<Option<Rest>, Stop> {
        let mut part = mapped.part;
        let stands_alone = rest.is_none() && !mapped.needs_sums;
        if stands_alone {
            mapped.result?;
            if self.output.add(mapped.written).map_err(Stop::Sink)? {
                self.rows_read += mapped.rows;
                return Ok(mapped.rest);
            }
        }
        if let Some(rest) = rest {
            part.begin_with(rest);
        }
        let mut rows = part.rows();
        let read = self.read_rows(table, &mut rows, bytes_read);
        let unfinished = rows.unfinished();
        rest_of(&part, unfinished, read)
    }
}

/// Maps a part as if it stood alone.
fn map(alone: &Alone<'_>, table: &TableLayout<'_>, part: Part) -> Mapped {
    let name = alone.importer.name();
    let mut frames = Frames::default();
    let mut batch = Batch {
        importer: alone.importer,
        reader: alone.importer.reader(),
        settings: alone.settings,
        batch: alone.batch,
        progress: None,
        bytes_read: 0,
        rows_read: 0,
        sums_read: 0,
        saw_sum: false,
        output: Output::new(alone.batch, name, &mut frames),
    };
    let mut records = part.rows();
    let result = batch.read_rows(table, &mut records, &|| 0);
    let needs_sums = batch.saw_sum || batch.output.overflowed;
    let (rows, unfinished) = (batch.rows_read, records.unfinished());
    let mut written = batch.output.into_written();
    written.frames = frames;
    let (result, rest) = match rest_of(&part, unfinished, result) {
        Ok(rest) => (Ok(()), rest),
        Err(stop) => (Err(stop), None),
    };
    Mapped {
        part,
        written,
        rows,
        result,
        rest,
        needs_sums,
    }
}

/// What is left of a part: an error that only says that its last record goes on behind its end is none.
fn rest_of(part: &Part, unfinished: Option<(usize, u64)>, read: Result<(), Stop>) -> Result<Option<Rest>, Stop> {
    match unfinished {
        None => read.map(|()| None),
        Some((offset, lines)) => Ok(Some(Rest {
            text: part.text_from(offset),
            lines,
        })),
    }
}
