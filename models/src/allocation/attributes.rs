//! The rollup kept beside a ledger file: its charges added up per distinct combination of attributes, made while they are
//! written, so that allocation reads some hundred thousand combinations instead of millions of charges.

use super::Amounts;
use super::coded::Dictionary;
use crate::ledger::{Column, ColumnKind, Money, decimal_column};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use polars::prelude::*;
use std::collections::BTreeMap;
use std::hash::BuildHasher;

/// The column of a rollup that counts its charges.
pub const CHARGES: &str = "charges";

/// Text columns that differ from line to line. Rules that look at them read the charges themselves.
const LEFT_OUT: [Column; 2] = [Column::ChargeDescription, Column::SkuPriceDetails];

/// The columns that a rollup tells charges apart by: every text column of the ledger but those that differ line by line.
pub fn attributes() -> impl Iterator<Item = Column> {
    let text = Column::ALL.iter().copied();
    text.filter(|column| column.kind() == ColumnKind::Text && !LEFT_OUT.contains(column))
}

/// The schema of a rollup: its [`attributes`], the four amounts and [`CHARGES`].
pub fn rollup_schema() -> Schema {
    attributes()
        .chain(Amounts::COLUMNS)
        .map(|column| Field::new(PlSmallStr::from_static(column.name()), column.data_type()))
        .chain(std::iter::once(Field::new(
            PlSmallStr::from_static(CHARGES),
            DataType::Int64,
        )))
        .collect()
}

/// The ledger's own sums of some charges: taken charge by charge, not from the combinations.
pub type LedgerTotals = BTreeMap<String, Amounts>;

/// Charges added up by their attributes, frame by frame as they are written.
#[derive(Default)]
pub struct AttributeRollup {
    /// The attributes that any charge so far has, with their codes; the others are null throughout.
    present: Vec<(Column, Dictionary)>,
    /// The codes of each combination, one after another.
    keys: Vec<u32>,
    places: HashTable<u32>,
    sums: Vec<([i128; 4], u64)>,
    totals: BTreeMap<String, [i128; 4]>,
    charges: u64,
    overflowed: bool,
}

impl AttributeRollup {
    /// Adds charges. When an attribute appears that no earlier charge had, what was gathered is returned first, as by
    /// [`AttributeRollup::take`].
    ///
    /// # Errors
    /// When the frame is not of the ledger's schema.
    pub fn add(&mut self, frame: &DataFrame) -> PolarsResult<Option<DataFrame>> {
        let height = frame.height();
        self.charges += height as u64;
        let mut missing = Vec::new();
        for column in attributes() {
            let known = self.present.iter().any(|(present, _)| *present == column);
            if !known && frame.column(column.name())?.null_count() < height {
                missing.push(column);
            }
        }
        let gathered = if missing.is_empty() || self.sums.is_empty() {
            None
        } else {
            Some(self.take()?)
        };
        let new = missing.into_iter().map(|column| (column, Dictionary::default()));
        self.present.extend(new);
        let mut codes = Vec::with_capacity(self.present.len());
        for (column, dictionary) in &mut self.present {
            codes.push(dictionary.codes(frame.column(column.name())?.str()?));
        }
        let amounts = Amounts::COLUMNS
            .iter()
            .map(|column| units(frame, *column))
            .collect::<PolarsResult<Vec<_>>>()?;
        self.add_totals(frame, &amounts)?;
        let hasher = FixedState::default();
        let width = codes.len();
        let mut key = vec![0; width];
        for row in 0..height {
            for (place, codes) in key.iter_mut().zip(&codes) {
                *place = codes[row];
            }
            let keys = &self.keys;
            let at = |place: u32| &keys[place as usize * width..(place as usize + 1) * width];
            let hash = hasher.hash_one(&key);
            let place = match self.places.find(hash, |place| at(*place) == key.as_slice()) {
                Some(place) => *place,
                None => {
                    let place = self.sums.len() as u32;
                    self.places
                        .insert_unique(hash, place, |place| hasher.hash_one(at(*place)));
                    self.keys.extend_from_slice(&key);
                    self.sums.push(([0; 4], 0));
                    place
                }
            };
            let (sums, count) = &mut self.sums[place as usize];
            *count += 1;
            for (sum, amounts) in sums.iter_mut().zip(&amounts) {
                self.overflowed |= !add_units(sum, amounts[row]);
            }
        }
        Ok(gathered)
    }

    fn add_totals(&mut self, frame: &DataFrame, amounts: &[Vec<i128>]) -> PolarsResult<()> {
        let mut dictionary = Dictionary::default();
        let codes = dictionary.codes(frame.column(Column::BillingCurrency.name())?.str()?);
        let mut sums = vec![[0_i128; 4]; dictionary.len()];
        for (row, code) in codes.iter().enumerate() {
            for (sum, amounts) in sums[*code as usize].iter_mut().zip(amounts) {
                self.overflowed |= !add_units(sum, amounts[row]);
            }
        }
        for (currency, sums) in dictionary.texts().zip(sums).skip(usize::from(!codes.contains(&0))) {
            let totals = self.totals.entry(currency.unwrap_or_default().to_owned()).or_default();
            for (total, sum) in totals.iter_mut().zip(sums) {
                self.overflowed |= !add_units(total, sum);
            }
        }
        Ok(())
    }

    /// Combinations gathered since the last [`AttributeRollup::take`].
    pub fn combinations(&self) -> usize {
        self.sums.len()
    }

    /// Charges added in all.
    pub fn charges(&self) -> u64 {
        self.charges
    }

    /// The ledger's own sums per currency; nothing when a sum left the range of money, and the rollup is of no use.
    pub fn totals(&self) -> Option<LedgerTotals> {
        let amounts = |sums: &[i128; 4]| Amounts::from_array(sums.map(Money::from_units));
        let totals = self.totals.iter();
        (!self.overflowed).then(|| {
            totals
                .map(|(currency, sums)| (currency.clone(), amounts(sums)))
                .collect()
        })
    }

    /// The combinations gathered, as a frame of [`attributes`], the four amounts and [`CHARGES`]; starts anew. A
    /// combination may come in several frames: their sums add up.
    ///
    /// # Errors
    /// Only when polars refuses a column, which would be a defect.
    pub fn take(&mut self) -> PolarsResult<DataFrame> {
        let (present, keys, sums) = (
            std::mem::take(&mut self.present),
            std::mem::take(&mut self.keys),
            std::mem::take(&mut self.sums),
        );
        self.places.clear();
        let (height, width) = (sums.len(), present.len());
        let mut columns = Vec::new();
        for column in attributes() {
            let name = PlSmallStr::from_static(column.name());
            columns.push(match present.iter().position(|(present, _)| *present == column) {
                None => polars::prelude::Column::full_null(name, height, &DataType::String),
                Some(at) => {
                    let texts: Vec<Option<&str>> = present[at].1.texts().collect();
                    let codes = (0..height).map(|row| keys[row * width + at]);
                    StringChunked::from_iter_options(name, codes.map(|code| texts[code as usize])).into_column()
                }
            });
        }
        for (at, column) in Amounts::COLUMNS.iter().enumerate() {
            let amounts = sums.iter().map(|(sums, _)| Some(Money::from_units(sums[at])));
            columns.push(decimal_column(PlSmallStr::from_static(column.name()), amounts)?);
        }
        let counts = sums.iter().map(|(_, count)| *count as i64);
        columns.push(Int64Chunked::from_iter_values(PlSmallStr::from_static(CHARGES), counts).into_column());
        // The attributes that were seen stay known, with dictionaries that start anew.
        self.present = present
            .into_iter()
            .map(|(column, _)| (column, Dictionary::default()))
            .collect();
        DataFrame::new(height, columns)
    }
}

/// Adds units to a sum, unless the sum left the range of money.
fn add_units(sum: &mut i128, units: i128) -> bool {
    let more = sum
        .checked_add(units)
        .filter(|more| more.unsigned_abs() < 10_u128.pow(38));
    *sum = more.unwrap_or(*sum);
    more.is_some()
}

/// The amounts of a column in units, nulls as zero.
fn units(frame: &DataFrame, column: Column) -> PolarsResult<Vec<i128>> {
    let values = crate::ledger::decimal_values(frame, column.name())?;
    Ok(values
        .into_iter()
        .map(|amount| amount.unwrap_or_default().units())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::ledger_sums;
    use crate::ledger::{Charge, ChargeFrame, text_values};
    use proptest::prelude::*;

    fn charges(rows: &[(u8, u8, i64)]) -> DataFrame {
        let mut frame = ChargeFrame::default();
        for (tag, currency, amount) in rows {
            let mut charge = Charge::new();
            let currency = ["CNY", "USD", ""][usize::from(*currency)];
            charge
                .set_text(Column::BillingCurrency, currency)
                .set_decimal(Column::EffectiveCost, Money::whole(*amount));
            charge.set_text(Column::ChargeDescription, format!("line {amount}"));
            if *tag > 0 {
                charge.set_text(Column::Tags, format!("{{\"product\":\"p{tag}\"}}"));
            }
            frame.push(charge);
        }
        frame.take().unwrap()
    }

    /// Sums by tags and currency, straight.
    fn straight(rows: &[(u8, u8, i64)]) -> BTreeMap<(u8, u8), (Money, u64)> {
        let mut sums: BTreeMap<(u8, u8), (Money, u64)> = BTreeMap::new();
        for (tag, currency, amount) in rows {
            let sum = sums.entry((*tag, *currency)).or_default();
            *sum = (sum.0 + Money::whole(*amount), sum.1 + 1);
        }
        sums
    }

    proptest! {
        #[test]
        fn combinations_add_up_to_the_charges(
            frames in proptest::collection::vec(proptest::collection::vec((0_u8..4, 0_u8..3, -1000_i64..1000), 1..30), 1..6),
        ) {
            let mut rollup = AttributeRollup::default();
            let mut parts = Vec::new();
            for rows in &frames {
                parts.extend(rollup.add(&charges(rows)).unwrap());
            }
            parts.push(rollup.take().unwrap());
            let all: Vec<_> = frames.concat();
            let mut found: BTreeMap<(u8, u8), (Money, u64)> = BTreeMap::new();
            for part in &parts {
                let (tags, currencies) = (text_values(part, "Tags").unwrap(), text_values(part, "BillingCurrency").unwrap());
                let sums = crate::ledger::decimal_values(part, "EffectiveCost").unwrap();
                let counts = part.column(CHARGES).unwrap().i64().unwrap().clone();
                for row in 0..part.height() {
                    let tag = tags[row].as_ref().map_or(0, |tags| tags.as_bytes()[tags.len() - 3] - b'0');
                    let currency = ["CNY", "USD"].iter().position(|known| Some(*known) == currencies[row].as_deref());
                    let sum = found.entry((tag, currency.unwrap_or(2) as u8)).or_default();
                    *sum = (sum.0 + sums[row].unwrap(), sum.1 + counts.get(row).unwrap() as u64);
                }
            }
            prop_assert_eq!(found, straight(&all));
            prop_assert_eq!(rollup.charges(), all.len() as u64);
            prop_assert_eq!(rollup.totals().unwrap(), ledger_sums(charges(&all).lazy()).unwrap());
        }
    }

    #[test]
    fn a_sum_out_of_range_leaves_no_rollup() {
        let mut frame = ChargeFrame::default();
        for _ in 0..2 {
            let mut charge = Charge::new();
            charge.set_decimal(Column::EffectiveCost, Money::from_units(6 * 10_i128.pow(37)));
            frame.push(charge);
        }
        let mut rollup = AttributeRollup::default();
        rollup.add(&frame.take().unwrap()).unwrap();
        assert_eq!(rollup.totals(), None);
        assert_eq!(rollup.take().unwrap().height(), 1);
    }
}
