//! What the importers write to: gathers records per month, hands them on in frames, and keeps the control totals.

use crate::batch::{Dataset, Imported, Sink, SinkError};
use crate::diagnostics::{Finding, Note, Problem};
use crate::mapping::Row;
use crate::table::{Schema, Table, Value};
use headroom_models::ledger::{Charge, ChargeFrame, Column, Money, Month};
use polars::prelude::{DataFrame, PolarsResult};
use std::collections::{BTreeMap, BTreeSet};

/// Most records of one frame. A charge takes about 4 KiB while it is gathered.
const MOST_PER_FRAME: usize = 16_384;
/// Most records gathered in all: a file may hold any number of months.
const MOST_GATHERED: usize = 32_768;

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
    gathered: BTreeMap<(Dataset, Month), Gathered>,
    count: usize,
    failure: Option<SinkError>,
    providers: BTreeSet<String>,
    not_posted: Option<(Month, Month, u64)>,
    caught_up: BTreeMap<Month, u64>,
    /// The result so far.
    pub imported: Imported,
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
            imported: Imported {
                importer,
                ..Imported::default()
            },
        }
    }

    /// Writes a charge to the ledger. Refuses it, and with it the row, when the sums leave the range of money.
    pub fn charge(&mut self, row: &Row<'_>, month: Month, charge: Charge) {
        self.charges(row, month, vec![charge]);
    }

    /// Writes the charges of one row, all or none.
    pub fn charges(&mut self, row: &Row<'_>, month: Month, charges: Vec<Charge>) {
        let mut sums = BTreeMap::new();
        for charge in &charges {
            let currency = charge.text(Column::BillingCurrency).unwrap_or_default();
            let before = || self.imported.totals.get(currency).copied().unwrap_or_default();
            let totals = sums.entry(currency.to_owned()).or_insert_with(before);
            for (sum, column) in [
                (&mut totals.billed, Column::BilledCost),
                (&mut totals.effective, Column::EffectiveCost),
                (&mut totals.list, Column::ListCost),
            ] {
                match sum.checked_add(charge.decimal(column).unwrap_or(Money::ZERO)) {
                    Some(total) => *sum = total,
                    None => return row.row_problem(Problem::TooLarge),
                }
            }
        }
        self.imported.totals.append(&mut sums);
        for mut charge in charges {
            charge
                .set_text(Column::ImportId, self.batch)
                .set_text(Column::SourceFile, row.location.source)
                .set_integer(Column::SourceRow, row.number as i64);
            let gathered = self.gathered.entry((Dataset::Charges, month));
            match gathered.or_insert_with(|| Gathered::Charges(ChargeFrame::default())) {
                Gathered::Charges(frame) => frame.push(charge),
                Gathered::Records(_) => unreachable!("charges are gathered as charges"),
            }
            self.written(Dataset::Charges, month);
        }
    }

    /// Writes a record of another dataset.
    pub fn record(&mut self, dataset: Dataset, schema: Schema, month: Month, record: Vec<Value>) {
        let gathered = self.gathered.entry((dataset, month));
        match gathered.or_insert_with(|| Gathered::Records(Table::new(schema))) {
            Gathered::Records(table) => table.push(record),
            Gathered::Charges(_) => unreachable!("only charges are gathered as charges"),
        }
        self.written(dataset, month);
    }

    fn written(&mut self, dataset: Dataset, month: Month) {
        self.count += 1;
        *self.imported.datasets.entry(dataset).or_default() += 1;
        *self.imported.months.entry(month).or_default() += 1;
        let key = (dataset, month);
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

    fn hand_on(&mut self, key: (Dataset, Month)) {
        let Some(mut gathered) = self.gathered.remove(&key) else {
            return;
        };
        self.count -= gathered.len();
        if gathered.len() == 0 || self.failure.is_some() {
            return;
        }
        let written = gathered
            .take()
            .map_err(SinkError::from)
            .and_then(|frame| self.sink.write(key.0, key.1, frame));
        self.failure = written.err();
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
        let keys: Vec<_> = self.gathered.keys().copied().collect();
        keys.into_iter().for_each(|key| self.hand_on(key));
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
        let slug = match self.providers.len() {
            1 => self.providers.first().map(|name| slug(name)).unwrap_or_default(),
            _ => String::new(),
        };
        self.imported.source = match source {
            Some(source) => source.to_owned(),
            None if slug.is_empty() => self.imported.importer.to_owned(),
            None => format!("{}-{slug}", self.imported.importer),
        };
        Ok(self.imported)
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
