//! What the importers write to: gathers records per month, hands them on in frames, and keeps the control totals.

use crate::batch::{Dataset, Imported, Sink, SinkError, Totals};
use crate::diagnostics::{Finding, Note, Problem};
use crate::mapping::Row;
use crate::table::{Schema, Table, Value};
use headroom_models::ledger::{Charge, ChargeFrame, Column, Money, Month};
use polars::prelude::{DataFrame, PolarsResult};
use std::collections::{BTreeMap, BTreeSet};

/// Most records of one frame: the rows of a row group of the ledger's files. A charge takes about 2 KiB while it is gathered.
const MOST_PER_FRAME: usize = 65_536;
/// Most records gathered in all: a file may hold any number of months.
const MOST_GATHERED: usize = 98_304;

/// What is gathered together: dataset, month of the books, and the closed month that the records are of, where there is one.
type Key = (Dataset, Month, Option<Month>);

enum Gathered {
    Charges(ChargeFrame),
    Records(Table),
}

impl Gathered {
    fn len(&self) -> usize {
        match self {
            Gathered::Charges(charges) => charges.len(),
            Gathered::Records(table) => table.len(),
        }
    }

    fn take(&mut self) -> PolarsResult<DataFrame> {
        match self {
            Gathered::Charges(charges) => charges.take(),
            Gathered::Records(table) => table.take(),
        }
    }
}

/// Where the records of an import go.
pub(crate) struct Output<'a> {
    batch: &'a str,
    sink: &'a mut dyn Sink,
    gathered: BTreeMap<Key, Gathered>,
    count: usize,
    failure: Option<SinkError>,
    providers: BTreeSet<String>,
    not_posted: Option<(Month, Month, u64)>,
    caught_up: BTreeMap<Month, u64>,
    adjusted: BTreeMap<(Month, Month), u64>,
    /// True once a charge was refused because the sums would leave the range of money.
    pub overflowed: bool,
    /// The largest amount of a charge, in units of money without sign.
    largest: u128,
    /// The result so far.
    pub imported: Imported,
}

/// What was written to an output of its own, to be added to another one.
#[derive(Default)]
pub(crate) struct Written {
    pub frames: Frames,
    providers: BTreeSet<String>,
    adjusted: BTreeMap<(Month, Month), u64>,
    largest: u128,
    imported: Imported,
}

/// Frames in the order in which they were handed on.
#[derive(Default)]
pub(crate) struct Frames(Vec<(Key, DataFrame)>);

impl Sink for Frames {
    fn write(&mut self, dataset: Dataset, month: Month, frame: DataFrame) -> Result<(), SinkError> {
        self.0.push(((dataset, month, None), frame));
        Ok(())
    }

    fn adjust(&mut self, month: Month, original: Month, frame: DataFrame) -> Result<(), SinkError> {
        self.0.push(((Dataset::Charges, month, Some(original)), frame));
        Ok(())
    }
}

impl<'a> Output<'a> {
    pub fn new(batch: &'a str, importer: &'static str, sink: &'a mut dyn Sink) -> Self {
        Output {
            batch,
            sink,
            gathered: BTreeMap::new(),
            count: 0,
            failure: None,
            providers: BTreeSet::new(),
            not_posted: None,
            caught_up: BTreeMap::new(),
            adjusted: BTreeMap::new(),
            overflowed: false,
            largest: 0,
            imported: Imported {
                importer,
                ..Imported::default()
            },
        }
    }

    /// Writes a charge to the ledger. Refuses it, and with it the row, when the sums leave the range of money.
    pub fn charge(&mut self, row: &Row<'_>, month: Month, mut charge: Charge) {
        self.charge_from(row, month, &mut charge);
    }

    /// Like [`Output::charge`], from a charge that the caller fills again for the next row.
    pub fn charge_from(&mut self, row: &Row<'_>, month: Month, charge: &mut Charge) {
        let currency = charge.text(Column::BillingCurrency).unwrap_or_default();
        let totals = match self.imported.totals.get_mut(currency) {
            Some(totals) => totals,
            None => self.imported.totals.entry(currency.to_owned()).or_default(),
        };
        let Some(sums) = added(*totals, charge) else {
            self.overflowed = true;
            return row.row_problem(Problem::TooLarge);
        };
        *totals = sums;
        self.keep(row, month, charge);
    }

    /// Writes the charges of one row, all or none.
    pub fn charges(&mut self, row: &Row<'_>, month: Month, mut charges: Vec<Charge>) {
        let mut sums = BTreeMap::new();
        for charge in &charges {
            let currency = charge.text(Column::BillingCurrency).unwrap_or_default();
            let before = || self.imported.totals.get(currency).copied().unwrap_or_default();
            let totals = sums.entry(currency.to_owned()).or_insert_with(before);
            match added(*totals, charge) {
                Some(sum) => *totals = sum,
                None => {
                    self.overflowed = true;
                    return row.row_problem(Problem::TooLarge);
                }
            }
        }
        self.imported.totals.append(&mut sums);
        for charge in &mut charges {
            self.keep(row, month, charge);
        }
    }

    /// Gathers a charge. One of a closed month is an adjustment of the first month after the closed ones: that month's books
    /// stay as they are, and the charge says which month it is of.
    fn keep(&mut self, row: &Row<'_>, month: Month, charge: &mut Charge) {
        let closed = row.settings.closed;
        let (booked, original) = match closed.last() {
            Some(last) if closed.contains(&month) => (last.plus(1), Some(month)),
            _ => (month, None),
        };
        if original.is_some() {
            adjust(charge, month, booked);
            *self.adjusted.entry((month, booked)).or_default() += 1;
        }
        for column in [Column::BilledCost, Column::EffectiveCost, Column::ListCost] {
            self.summed(charge.decimal(column).unwrap_or(Money::ZERO));
        }
        charge
            .set_text(Column::ImportId, self.batch)
            .set_text(Column::SourceFile, row.location.source)
            .set_integer(Column::SourceRow, row.number as i64);
        let key = (Dataset::Charges, booked, original);
        let gathered = self.gathered.entry(key);
        match gathered.or_insert_with(|| Gathered::Charges(ChargeFrame::default())) {
            Gathered::Charges(frame) => frame.push(&*charge),
            Gathered::Records(_) => unreachable!("charges are gathered as charges"),
        }
        self.written(key);
    }

    /// Notes an amount that is part of a sum.
    pub fn summed(&mut self, amount: Money) {
        self.largest = self.largest.max(amount.units().unsigned_abs());
    }

    /// Writes a record of another dataset.
    pub fn record(&mut self, dataset: Dataset, schema: Schema, month: Month, record: Vec<Value>) {
        let gathered = self.gathered.entry((dataset, month, None));
        match gathered.or_insert_with(|| Gathered::Records(Table::new(schema))) {
            Gathered::Records(table) => table.push(record),
            Gathered::Charges(_) => unreachable!("only charges are gathered as charges"),
        }
        self.written((dataset, month, None));
    }

    fn written(&mut self, key: Key) {
        self.count += 1;
        *self.imported.datasets.entry(key.0).or_default() += 1;
        *self.imported.months.entry(key.1).or_default() += 1;
        if self
            .gathered
            .get(&key)
            .is_some_and(|gathered| gathered.len() >= MOST_PER_FRAME)
        {
            self.hand_on(key);
        }
        while self.count >= MOST_GATHERED && self.failure.is_none() {
            let largest = self
                .gathered
                .iter()
                .max_by_key(|(_, gathered)| gathered.len())
                .map(|(key, _)| *key);
            let Some(key) = largest else { break };
            self.hand_on(key);
        }
    }

    fn hand_on(&mut self, key: Key) {
        let Some(mut gathered) = self.gathered.remove(&key) else {
            return;
        };
        self.count -= gathered.len();
        if gathered.len() == 0 || self.failure.is_some() {
            return;
        }
        let frame = gathered.take().map_err(SinkError::from);
        self.failure = frame.and_then(|frame| self.send(key, frame)).err();
    }

    fn send(&mut self, (dataset, month, original): Key, frame: DataFrame) -> Result<(), SinkError> {
        match original {
            None => self.sink.write(dataset, month, frame),
            Some(original) => self.sink.adjust(month, original, frame),
        }
    }

    fn hand_on_all(&mut self) {
        let keys: Vec<_> = self.gathered.keys().copied().collect();
        keys.into_iter().for_each(|key| self.hand_on(key));
    }

    /// Ends an output whose sink keeps the frames, for adding it to another one.
    pub fn into_written(mut self) -> Written {
        self.hand_on_all();
        Written {
            frames: Frames::default(),
            providers: self.providers,
            adjusted: self.adjusted,
            largest: self.largest,
            imported: self.imported,
        }
    }

    /// Adds what rows that are read alone wrote to an output of their own; false, with nothing changed, when a sum might leave the range of
    /// money on the way.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn add(&mut self, written: Written) -> Result<bool, SinkError> {
        // However the rows stand, no sum on the way is further from the one before them than this.
        let rows = written.imported.datasets.values().sum::<u64>() + written.imported.rejected;
        let furthest = i128::try_from(written.largest.saturating_mul(rows.into())).ok();
        let Some(furthest) = furthest.map(Money::from_units) else {
            return Ok(false);
        };
        let accepted = self.imported.totals.values();
        let accepted = accepted.flat_map(|sums| [sums.billed, sums.effective, sums.list]);
        let mut sums = accepted.chain(self.imported.rejected_billed.values().copied());
        let fits = |sum: Money| sum.checked_add(furthest).and(sum.checked_add(-furthest)).is_some();
        if !sums.all(fits) {
            return Ok(false);
        }
        self.imported.add(written.imported);
        written.providers.iter().for_each(|name| self.provider(name));
        for (months, charges) in written.adjusted {
            *self.adjusted.entry(months).or_default() += charges;
        }
        for (key, frame) in written.frames.0 {
            self.send(key, frame)?;
        }
        Ok(true)
    }

    /// Keeps a disagreement.
    pub fn finding(&mut self, finding: Finding) {
        if self.imported.findings.len() < Imported::MOST_KEPT {
            self.imported.findings.push(finding);
        }
    }

    /// Keeps what the person who imports has to be told.
    pub fn note(&mut self, note: Note) {
        self.imported.notes.push(note);
    }

    /// Keeps who issued the rows, for the default name of the source.
    pub fn provider(&mut self, name: &str) {
        // Two are enough to know that there is more than one.
        if self.providers.len() < 2 && !self.providers.contains(name) {
            self.providers.insert(name.to_owned());
        }
    }

    /// Counts a depreciation charge that may not be posted.
    pub fn not_posted(&mut self, month: Month) {
        let (first, last, charges) = self.not_posted.unwrap_or((month, month, 0));
        self.not_posted = Some((first.min(month), last.max(month), charges + 1));
    }

    /// Counts a charge in `month` for what closed months lack.
    pub fn caught_up(&mut self, month: Month) {
        *self.caught_up.entry(month).or_default() += 1;
    }

    /// The failure of the sink, if there was one.
    pub fn failure(&mut self) -> Option<SinkError> {
        self.failure.take()
    }

    /// Hands on what is still gathered and names the source.
    pub fn finish(mut self, source: Option<&str>) -> Result<Imported, SinkError> {
        self.hand_on_all();
        if let Some(error) = self.failure {
            return Err(error);
        }
        if let Some((first, last, charges)) = self.not_posted {
            self.imported
                .notes
                .push(Note::DepreciationNotPosted { first, last, charges });
        }
        let caught_up = std::mem::take(&mut self.caught_up).into_iter();
        let notes = caught_up.map(|(month, charges)| Note::CaughtUp { month, charges });
        self.imported.notes.extend(notes);
        let adjusted = self.adjusted.iter();
        self.imported
            .notes
            .extend(adjusted.map(|(&(original, booked), &charges)| Note::Adjusted {
                original,
                booked,
                charges,
            }));
        self.imported.adjusted = self.adjusted.keys().copied().collect();
        let provider = match self.providers.len() {
            1 => self.providers.first().map(String::as_str).unwrap_or_default(),
            _ => "",
        };
        self.imported.source = match source {
            Some(source) => source.to_owned(),
            None => default_source(self.imported.importer, provider),
        };
        Ok(self.imported)
    }
}

/// The sums with a charge added; nothing when they leave the range of money.
fn added(totals: Totals, charge: &Charge) -> Option<Totals> {
    let add = |sum: Money, column| sum.checked_add(charge.decimal(column).unwrap_or(Money::ZERO));
    Some(Totals {
        billed: add(totals.billed, Column::BilledCost)?,
        effective: add(totals.effective, Column::EffectiveCost)?,
        list: add(totals.list, Column::ListCost)?,
    })
}

/// Moves a charge of a closed month into the books of another one: FOCUS calls it a correction, and when it was incurred
/// stays as it was.
fn adjust(charge: &mut Charge, original: Month, booked: Month) {
    let midnight = |month: Month| month.first_day().and_time(chrono::NaiveTime::MIN).and_utc();
    charge
        .set_timestamp(Column::BillingPeriodStart, midnight(booked))
        .set_timestamp(Column::BillingPeriodEnd, midnight(booked.plus(1)))
        .set_text(Column::ChargeClass, "Correction")
        .set_text(Column::OriginalMonth, original.to_string());
}

/// The name that a source gets when nobody names it: the importer's, and the provider's where there is one.
pub fn default_source(importer: &str, provider: &str) -> String {
    match slug(provider) {
        slug if slug.is_empty() => importer.to_owned(),
        slug => format!("{importer}-{slug}"),
    }
}

/// A name in lower case, with a hyphen for whatever is neither letter nor digit; Chinese letters stay.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let end = slug.char_indices().nth(60).map_or(slug.len(), |(end, _)| end);
    slug[..end].trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs_keep_letters_of_any_language() {
        assert_eq!(slug("Amazon Web Services, Inc."), "amazon-web-services-inc");
        assert_eq!(slug("北京光环（IDC）有限公司"), "北京光环-idc-有限公司");
        assert_eq!(slug("../.."), "");
    }
}
