//! Texts as small numbers: what is decided by text is decided once per distinct text and looked up per row.

use super::{Condition, Subject};
use crate::ledger::{Column, text_values};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use polars::prelude::*;
use std::collections::BTreeMap;
use std::hash::BuildHasher;

/// Distinct texts numbered in the order of their appearance; code 0 is a missing text.
#[derive(Default)]
pub(super) struct Dictionary {
    texts: Vec<String>,
    places: HashTable<u32>,
}

impl Dictionary {
    /// The codes of a column's texts; new texts get the next codes.
    pub fn codes(&mut self, column: &StringChunked) -> Vec<u32> {
        if column.null_count() == column.len() {
            return vec![0; column.len()];
        }
        let hasher = FixedState::default();
        let mut before: (Option<&str>, u32) = (None, 0);
        let codes = column.iter().map(|text| {
            // Lines of one resource stand together in most bills.
            if !same(text, before.0) {
                before = (text, text.map_or(0, |text| self.code(text, &hasher)));
            }
            before.1
        });
        codes.collect()
    }

    fn code(&mut self, text: &str, hasher: &FixedState) -> u32 {
        let hash = hasher.hash_one(text);
        let texts = &self.texts;
        if let Some(place) = self.places.find(hash, |place| texts[*place as usize] == text) {
            return place + 1;
        }
        let place = self.texts.len() as u32;
        self.places
            .insert_unique(hash, place, |place| hasher.hash_one(texts[*place as usize].as_str()));
        self.texts.push(text.to_owned());
        place + 1
    }

    /// How many codes there are, the missing text included.
    pub fn len(&self) -> usize {
        self.texts.len() + 1
    }

    /// The texts in the order of their codes.
    pub fn texts(&self) -> impl Iterator<Item = Option<&str>> {
        std::iter::once(None).chain(self.texts.iter().map(|text| Some(text.as_str())))
    }
}

/// True for equal texts; a text that repeats the one above is often the same bytes, which need not be compared.
fn same(text: Option<&str>, other: Option<&str>) -> bool {
    match (text, other) {
        (Some(text), Some(other)) => std::ptr::eq(text, other) || text == other,
        (text, other) => text.is_none() && other.is_none(),
    }
}

/// A text column: a code per row, and the distinct texts as a frame of one column, one row per code.
struct CodedColumn {
    codes: Vec<u32>,
    distinct: DataFrame,
}

/// The text columns of a frame that rules look at, each coded once.
#[derive(Default)]
pub(super) struct CodedFrame {
    columns: BTreeMap<Column, CodedColumn>,
}

impl CodedFrame {
    /// Codes columns of a frame.
    pub fn of(frame: &DataFrame, columns: impl IntoIterator<Item = Column>) -> PolarsResult<CodedFrame> {
        let mut coded = CodedFrame::default();
        for column in columns {
            if coded.columns.contains_key(&column) {
                continue;
            }
            let mut dictionary = Dictionary::default();
            let codes = dictionary.codes(frame.column(column.name())?.str()?);
            let name = PlSmallStr::from_static(column.name());
            let distinct = StringChunked::from_iter_options(name, dictionary.texts()).into_column();
            let distinct = DataFrame::new(distinct.len(), vec![distinct])?;
            coded.columns.insert(column, CodedColumn { codes, distinct });
        }
        Ok(coded)
    }

    fn column(&self, column: Column) -> PolarsResult<&CodedColumn> {
        let found = self.columns.get(&column);
        found.ok_or_else(|| polars_err!(ColumnNotFound: "{} was not coded", column.name()))
    }

    /// The code of each row in a column.
    pub fn codes(&self, column: Column) -> PolarsResult<&[u32]> {
        Ok(&self.column(column)?.codes)
    }

    /// The text that a column has per code.
    pub fn texts(&self, subject: &Subject) -> PolarsResult<Vec<Option<String>>> {
        let distinct = self.column(subject.column())?.distinct.clone();
        let answer = distinct
            .lazy()
            .with_columns([subject.expression().alias("text")])
            .collect()?;
        text_values(&answer, "text")
    }

    /// A condition, ready to be asked row by row: each test is made once per distinct text, by its polars expression.
    pub fn compile(&self, condition: &Condition) -> PolarsResult<Compiled<'_>> {
        let all = |parts: &[Condition]| parts.iter().map(|part| self.compile(part)).collect::<PolarsResult<_>>();
        Ok(match condition {
            Condition::Always => Compiled::Always,
            Condition::Test(subject, _) => {
                let column = self.column(subject.column())?;
                let asked = column
                    .distinct
                    .clone()
                    .lazy()
                    .with_columns([condition.expression().alias("holds")]);
                let holds = asked.collect()?;
                let holds = holds
                    .column("holds")?
                    .bool()?
                    .iter()
                    .map(|holds| holds == Some(true))
                    .collect();
                Compiled::Test(&column.codes, holds)
            }
            Condition::All(parts) => Compiled::All(all(parts)?),
            Condition::Any(parts) => Compiled::Any(all(parts)?),
            Condition::Not(part) => Compiled::Not(Box::new(self.compile(part)?)),
        })
    }
}

/// A condition over a coded frame.
pub(super) enum Compiled<'a> {
    Always,
    /// The rows' codes, and what the test says of each code.
    Test(&'a [u32], Vec<bool>),
    All(Vec<Compiled<'a>>),
    Any(Vec<Compiled<'a>>),
    Not(Box<Compiled<'a>>),
}

impl Compiled<'_> {
    pub fn holds(&self, row: usize) -> bool {
        match self {
            Compiled::Always => true,
            Compiled::Test(codes, holds) => holds[codes[row] as usize],
            Compiled::All(parts) => parts.iter().all(|part| part.holds(row)),
            Compiled::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Compiled::Not(part) => !part.holds(row),
        }
    }
}
