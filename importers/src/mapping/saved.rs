//! Column mappings: how a sheet that no importer knows is read as one that an importer knows.

use super::{ColumnSpec, Columns};
use crate::decode::Record;
use crate::decode::Rows;
use crate::diagnostics::FileProblem;
use crate::sources::{ALL, Importer};
use crate::words::Words;
use headroom_models::language::Language;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Stands in a guessed mapping where a person has to write a value.
pub const TO_FILL_IN: &str = "?";

/// How numbers are written in a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NumberFormat {
    /// A point and nothing else.
    #[default]
    #[serde(rename = "1234.56")]
    Plain,
    /// A decimal point and commas between thousands.
    #[serde(rename = "1,234.56")]
    ThousandsComma,
    /// A decimal comma, with points or blanks between thousands.
    #[serde(rename = "1.234,56")]
    DecimalComma,
}

/// How the columns of a sheet are read: saved under a name, used for every later sheet of that vendor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    /// The importer that reads the rows.
    pub importer: String,
    /// How numbers are written.
    #[serde(default)]
    pub numbers: NumberFormat,
    /// Columns whose empty cells mean the value above, as merged cells do.
    #[serde(default)]
    pub fill_down: Vec<String>,
    /// The importer's column, and the column of the sheet.
    pub columns: BTreeMap<String, String>,
    /// The importer's column, and the value of every row, for what the sheet does not say.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// The importer's column, and for words of the sheet the words that the importer knows.
    #[serde(default)]
    pub words: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is wrong with a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MappingProblem {
    /// There is no such importer.
    UnknownImporter {
        /// The name.
        found: String,
    },
    /// The importer has no such column.
    UnknownColumn {
        /// The name.
        found: String,
        /// The columns there are.
        known: Vec<String>,
    },
    /// A column that every file needs has neither a column of the sheet nor a value.
    Missing {
        /// The column.
        column: String,
    },
    /// Both a column of the sheet and a value for all rows.
    Twice {
        /// The column.
        column: String,
    },
}

impl MappingProblem {
    /// The problem as a sentence.
    pub fn message(&self, language: Language) -> String {
        let words = Words::new(language);
        match self {
            MappingProblem::UnknownImporter { found } => words
                .with("found", found)
                .with("known", crate::words::list(&mappable(), language))
                .say("mapping-unknown-importer"),
            MappingProblem::UnknownColumn { found, known } => words
                .with("found", found)
                .with("known", crate::words::list(known, language))
                .say("mapping-unknown-column"),
            MappingProblem::Missing { column } => words.with("column", column).say("mapping-missing"),
            MappingProblem::Twice { column } => words.with("column", column).say("mapping-twice"),
        }
    }
}

fn mappable() -> Vec<String> {
    crate::template_names().into_iter().map(str::to_owned).collect()
}

impl ColumnMapping {
    /// Everything that is wrong with the mapping, whatever the sheet.
    pub fn problems(&self) -> Vec<MappingProblem> {
        let Some(importer) = self.reader() else {
            return vec![MappingProblem::UnknownImporter {
                found: self.importer.clone(),
            }];
        };
        let specs = importer.columns();
        let is_known = |name: &str| specs.iter().any(|spec| spec.name == name);
        let mut problems = Vec::new();
        let named = self.columns.keys().chain(self.values.keys());
        for name in named.chain(self.words.keys()).chain(&self.fill_down) {
            let problem = MappingProblem::UnknownColumn {
                found: name.clone(),
                known: specs.iter().map(|spec| spec.name.to_owned()).collect(),
            };
            if !is_known(name) && !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        for spec in specs {
            let value = self.values.get(spec.name).filter(|value| *value != TO_FILL_IN);
            let column = || spec.name.to_owned();
            match (self.columns.contains_key(spec.name), value) {
                (true, Some(_)) => problems.push(MappingProblem::Twice { column: column() }),
                (false, None) if spec.required || self.values.contains_key(spec.name) => {
                    problems.push(MappingProblem::Missing { column: column() });
                }
                _ => {}
            }
        }
        problems
    }

    pub(crate) fn reader(&self) -> Option<&'static dyn Importer> {
        let importer = ALL.iter().copied().find(|importer| importer.name() == self.importer)?;
        (!importer.examples(false).is_empty()).then_some(importer)
    }

    /// The importer, when the header has every column that the mapping names.
    pub(crate) fn recognize(&self, header: &[&str]) -> Option<&'static dyn Importer> {
        let is_there = |wanted: &String| header.iter().any(|cell| same(cell, wanted));
        (!self.columns.is_empty() && self.columns.values().all(is_there)).then(|| self.reader())?
    }

    /// The columns of the sheet that a header lacks.
    pub(crate) fn lacking(&self, header: &[&str]) -> Vec<String> {
        let is_there = |wanted: &&String| !header.iter().any(|cell| same(cell, wanted));
        self.columns.values().filter(is_there).cloned().collect()
    }
}

/// The same column name, whatever the blanks and the case.
fn same(cell: &str, wanted: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    plain(cell) == plain(wanted)
}

/// What stands behind the columns of the sheet.
enum Added {
    Value(String),
    Copy(usize),
}

/// A table as the importer wants it: names behind the sheet's own, words and numbers translated.
pub(crate) struct Mapped<'a> {
    rows: &'a mut dyn Rows,
    width: usize,
    header: Vec<String>,
    added: Vec<Added>,
    words: Vec<(usize, BTreeMap<String, String>)>,
    fill_down: Vec<(usize, Vec<u8>)>,
    numbers: NumberFormat,
    mapped: Vec<bool>,
    raw: Record,
}

impl<'a> Mapped<'a> {
    /// The header as the importer finds its columns in it: `乙方 (vendor)`.
    pub fn new(
        mapping: &ColumnMapping,
        specs: &'static [ColumnSpec],
        sheet: &[String],
        rows: &'a mut dyn Rows,
    ) -> Mapped<'a> {
        let mut header: Vec<Option<String>> = vec![None; sheet.len()];
        let mut added = Vec::new();
        let mut behind = Vec::new();
        let mut place = BTreeMap::new();
        for (column, wanted) in &mapping.columns {
            let Some(index) = sheet.iter().position(|cell| same(cell, wanted)) else {
                continue;
            };
            let name = format!("{} ({column})", sheet[index].trim());
            if header[index].is_none() {
                header[index] = Some(name);
                place.insert(column, index);
            } else {
                place.insert(column, sheet.len() + behind.len());
                behind.push(name);
                added.push(Added::Copy(index));
            }
        }
        for (column, value) in &mapping.values {
            behind.push(column.clone());
            added.push(Added::Value(value.clone()));
        }
        let mapped = header.iter().map(Option::is_some).collect();
        let named = header.into_iter().zip(sheet).map(|(name, own)| match name {
            Some(name) => name,
            // What the mapping leaves out stays out, even when the importer knows a column of that name.
            None if Columns::find(specs, &[own]).0.any() => format!("{own} (–)"),
            None => own.clone(),
        });
        let header = named.chain(behind).collect();
        let at = |column: &String| place.get(column).copied();
        Mapped {
            rows,
            width: sheet.len(),
            header,
            added,
            words: mapping
                .words
                .iter()
                .filter_map(|(column, words)| Some((at(column)?, words.clone())))
                .collect(),
            fill_down: mapping
                .fill_down
                .iter()
                .filter_map(|column| Some((at(column)?, Vec::new())))
                .collect(),
            numbers: mapping.numbers,
            mapped,
            raw: Record::new(),
        }
    }

    pub fn header(&self) -> Vec<String> {
        self.header.clone()
    }

    fn cell(&self, index: usize, text: &str) -> String {
        let words = self.words.iter().find(|(column, _)| *column == index);
        if let Some((_, words)) = words
            && let Some(word) = words.iter().find(|(word, _)| same(word, text)).map(|(_, word)| word)
        {
            return word.clone();
        }
        number(text, self.numbers).unwrap_or_else(|| text.to_owned())
    }
}

impl Rows for Mapped<'_> {
    fn next(&mut self, record: &mut Record) -> Result<Option<u64>, FileProblem> {
        let mut raw = std::mem::take(&mut self.raw);
        let read = self.rows.next(&mut raw);
        record.clear();
        if let Ok(Some(_)) = read {
            let is_sum = crate::totals::is_totals(&raw);
            let mut cells: Vec<String> = Vec::with_capacity(raw.len() + self.added.len());
            for (index, cell) in raw.iter().enumerate().take(raw.len().max(self.width)) {
                let empty = cell.trim_ascii().is_empty();
                if index >= self.width && empty {
                    continue;
                }
                let mut bytes = cell.to_vec();
                if let Some((_, above)) = self.fill_down.iter_mut().find(|(column, _)| *column == index) {
                    match empty {
                        false => above.clone_from(&bytes),
                        true if !is_sum => bytes.clone_from(above),
                        true => {}
                    }
                }
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let mapped = self.mapped.get(index).copied().unwrap_or(false);
                cells.push(if mapped { self.cell(index, text.trim()) } else { text });
            }
            for (offset, added) in self.added.iter().enumerate() {
                cells.push(match added {
                    // A sum has no product and no vendor.
                    Added::Value(_) if is_sum => String::new(),
                    Added::Value(value) => value.clone(),
                    Added::Copy(index) => {
                        let text = raw.get(*index).map(String::from_utf8_lossy).unwrap_or_default();
                        self.cell(self.width + offset, text.trim())
                    }
                });
            }
            cells.iter().for_each(|cell| record.push_field(cell.as_bytes()));
        }
        self.raw = raw;
        read
    }
}

/// A number with separators, currency sign or 元 as plain digits; nothing when it is none.
fn number(text: &str, format: NumberFormat) -> Option<String> {
    let bare = text
        .trim_start_matches(['¥', '￥', '$', '€'])
        .trim_end_matches('元')
        .trim();
    let (sign, digits) = match bare.strip_prefix('-') {
        Some(rest) => ("-", rest.trim_start_matches(['¥', '￥', '$', '€'])),
        None => match bare.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(rest) => ("-", rest),
            None => ("", bare),
        },
    };
    let (thousands, point) = match format {
        NumberFormat::Plain => ('\0', '.'),
        NumberFormat::ThousandsComma => (',', '.'),
        NumberFormat::DecimalComma => ('.', ','),
    };
    let (whole, fraction) = match digits.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut groups = whole.split([thousands, ' ', '\u{a0}']);
    let first = groups.next()?;
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let rest: Vec<&str> = groups.collect();
    let fits = !first.is_empty()
        && is_digits(first)
        && rest.iter().all(|group| group.len() == 3 && is_digits(group))
        && (rest.is_empty() || first.len() <= 3)
        && fraction.is_none_or(|fraction| !fraction.is_empty() && is_digits(fraction));
    // Plain digits are left alone, whatever they are: identifiers look like numbers too.
    if !fits || (bare == text && sign.is_empty() && rest.is_empty() && !(point == ',' && fraction.is_some())) {
        return None;
    }
    let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
    Some(format!("{sign}{first}{}{fraction}", rest.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_each_format() {
        use NumberFormat::{DecimalComma, Plain, ThousandsComma};
        for (text, format, plain) in [
            ("¥12,345.60", ThousandsComma, Some("12345.60")),
            ("1.234.567,89", DecimalComma, Some("1234567.89")),
            ("18,5", DecimalComma, Some("18.5")),
            ("18,5", ThousandsComma, None),
            ("8400元", Plain, Some("8400")),
            ("(1,200.00)", ThousandsComma, Some("-1200.00")),
            ("0012", ThousandsComma, None),
            ("2026-03", ThousandsComma, None),
            ("机柜", Plain, None),
        ] {
            assert_eq!(number(text, format).as_deref(), plain, "{text}");
        }
    }
}
