//! One row while it is being read: every accessor gives the value, or notes what is wrong with it and gives nothing.

use super::{Columns, values};
use crate::decode::Record;
use crate::decode::with_point;
use crate::diagnostics::{Diagnostic, Problem};
use crate::words::shortened;
use chrono::{DateTime, NaiveDate, Utc};
use headroom_models::ledger::{Money, Month, Residual};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// What the importers need to know to judge a value.
pub(crate) struct Settings<'a> {
    pub default_currency: &'a str,
    pub month: Option<Month>,
    pub closed: &'a BTreeSet<Month>,
    pub booked: Option<&'a crate::batch::BookedAssets>,
    pub products: &'a BTreeMap<String, BTreeSet<String>>,
}

/// Which table a row is from.
pub(crate) struct Location<'a> {
    pub file: &'a str,
    pub sheet: Option<&'a str>,
    /// File and sheet in one, as the ledger keeps it.
    pub source: &'a str,
    /// True when the table writes numbers with a decimal comma.
    pub decimal_comma: bool,
}

/// One row of a table.
pub(crate) struct Row<'a> {
    pub location: &'a Location<'a>,
    pub number: u64,
    pub settings: &'a Settings<'a>,
    pub columns: &'a Columns,
    pub record: &'a Record,
    /// All cells of the record, one behind the other.
    cells: &'a str,
    /// A text that stands for an empty cell.
    pub null_word: Option<&'static str>,
    pub problems: RefCell<Vec<Diagnostic>>,
    pub problem_count: Cell<u64>,
    pub residual: RefCell<Residual>,
}

impl<'a> Row<'a> {
    pub fn new(
        location: &'a Location<'a>,
        settings: &'a Settings<'a>,
        columns: &'a Columns,
        record: &'a Record,
        number: u64,
        null_word: Option<&'static str>,
    ) -> Self {
        Row {
            location,
            number,
            settings,
            columns,
            record,
            // The decoder lets only UTF-8 through, and records are split at ASCII characters.
            cells: std::str::from_utf8(record.as_slice()).unwrap_or_default(),
            null_word,
            problems: RefCell::default(),
            problem_count: Cell::new(0),
            residual: RefCell::default(),
        }
    }

    /// True once anything is wrong with the row.
    pub fn failed(&self) -> bool {
        self.problem_count.get() > 0
    }

    /// Notes a problem of a column.
    pub fn problem(&self, column: usize, problem: Problem) {
        let value = shortened(self.cell(column).unwrap_or_default(), 200);
        self.note(self.columns.name(column).to_owned(), value, problem);
    }

    /// Notes a problem of the row as a whole.
    pub fn row_problem(&self, problem: Problem) {
        self.note(String::new(), String::new(), problem);
    }

    fn note(&self, column: String, value: String, problem: Problem) {
        self.problem_count.set(self.problem_count.get() + 1);
        self.problems.borrow_mut().push(Diagnostic {
            file: self.location.file.to_owned(),
            sheet: self.location.sheet.map(str::to_owned),
            row: self.number,
            column,
            value,
            problem,
        });
    }

    fn cell(&self, column: usize) -> Option<&'a str> {
        self.cell_at(self.columns.position(column)?)
    }

    fn cell_at(&self, position: usize) -> Option<&'a str> {
        let cell = self.cells.get(self.record.range(position)?).unwrap_or_default();
        // Looking at both ends is quicker than trimming, and most cells have nothing to trim.
        let bare = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
        let bytes = cell.as_bytes();
        Some(match bare(bytes.first()) && bare(bytes.last()) {
            true => cell,
            false => cell.trim(),
        })
    }

    /// The text of a cell, nothing when it is empty.
    pub fn text(&self, column: usize) -> Option<&'a str> {
        self.cell(column)
            .filter(|text| !text.is_empty() && Some(*text) != self.null_word)
    }

    /// True when the file has the column at all.
    pub fn has(&self, column: usize) -> bool {
        self.columns.position(column).is_some()
    }

    /// The columns whose names start with `prefix`, each as the rest of its name and its text; empty ones stay out.
    pub fn named(&self, prefix: &'static str) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        self.columns.header().filter_map(move |(index, name)| {
            let rest = name.strip_prefix(prefix)?;
            let text = self.cell_at(index)?;
            (!text.is_empty()).then_some((rest, text))
        })
    }

    /// The text of a cell that must not be empty.
    pub fn required_text(&self, column: usize) -> Option<&'a str> {
        let text = self.text(column);
        if text.is_none() {
            self.problem(column, Problem::Missing);
        }
        text
    }

    fn parsed<T>(&self, column: usize, text: Option<&str>, parse: impl Fn(&str) -> Result<T, Problem>) -> Option<T> {
        match parse(text?) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problem(column, problem);
                None
            }
        }
    }

    /// A decimal number; what rounding takes from it is summed up.
    pub fn decimal(&self, column: usize) -> Option<Money> {
        self.decimal_of(column, self.text(column)?)
    }

    /// A number as the table writes it, with a point.
    fn with_point<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let rewritten = self.location.decimal_comma.then(|| with_point(text)).flatten();
        rewritten.map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// A decimal number, nothing when it cannot be read.
    pub fn quiet_decimal(&self, column: usize) -> Option<Money> {
        Some(Money::parse(&self.with_point(self.text(column)?)).ok()?.money)
    }

    /// Like [`Row::decimal`], of the text that the column holds.
    pub fn decimal_of(&self, column: usize, text: &str) -> Option<Money> {
        let parsed = self.parsed(column, Some(text), |text| values::decimal(&self.with_point(text)))?;
        if !parsed.residual.is_zero() {
            self.residual.borrow_mut().add(&parsed.residual);
        }
        Some(parsed.money)
    }

    /// A quantity or price, exact as money; control totals are of money alone, so what rounding takes here is not summed up.
    pub fn measure(&self, column: usize) -> Option<Money> {
        let parsed = self.parsed(column, self.text(column), |text| {
            values::decimal(&self.with_point(text))
        })?;
        Some(parsed.money)
    }

    /// A decimal number that must not be missing.
    pub fn required_decimal(&self, column: usize) -> Option<Money> {
        self.required_text(column)?;
        self.decimal(column)
    }

    /// A physical quantity of zero or more; an empty cell is a missing sample.
    pub fn quantity(&self, column: usize) -> Option<f64> {
        let value = self.parsed(column, self.text(column), |text| values::float(&self.with_point(text)))?;
        if value < 0.0 {
            self.problem(column, Problem::Negative);
        }
        Some(value)
    }

    /// A whole number from 1 to `most`.
    pub fn required_count(&self, column: usize, most: u32) -> Option<u32> {
        let count = |text: &str| match text.strip_suffix(".0").unwrap_or(text).parse::<u32>() {
            Ok(count) if (1..=most).contains(&count) => Ok(count),
            _ => Err(Problem::NotACount { most }),
        };
        self.parsed(column, self.required_text(column), count)
    }

    /// A whole number from 0 to `most`; 0 when the cell is empty.
    pub fn count(&self, column: usize, most: u32) -> Option<u32> {
        match self.text(column) {
            None | Some("0") => Some(0),
            Some(_) => self.required_count(column, most),
        }
    }

    /// A date.
    pub fn date(&self, column: usize) -> Option<NaiveDate> {
        self.parsed(column, self.text(column), values::date)
    }

    /// A date that must not be missing.
    pub fn required_date(&self, column: usize) -> Option<NaiveDate> {
        self.parsed(column, self.required_text(column), values::date)
    }

    /// A date, also with the month in front (`9/30/2023`), which only sources that never put the day in front may use.
    pub fn month_first_date(&self, column: usize) -> Option<NaiveDate> {
        self.parsed(column, self.text(column), values::month_first_date)
    }

    /// Two times with a slash between them.
    pub fn interval(&self, column: usize) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        self.parsed(column, self.text(column), |text| {
            let (start, end) = text.split_once('/').ok_or(Problem::NotATime)?;
            Ok((values::time(start)?.0, values::time(end)?.0))
        })
    }

    /// A day or a month; a month stands for its first day.
    pub fn required_date_or_month(&self, column: usize) -> Option<NaiveDate> {
        self.parsed(column, self.required_text(column), |text| match values::date(text) {
            Err(Problem::NotADate) => values::month(text)
                .map(Month::first_day)
                .map_err(|problem| match problem {
                    Problem::NotAMonth => Problem::NotADate,
                    other => other,
                }),
            result => result,
        })
    }

    /// A month that must not be missing.
    pub fn required_month(&self, column: usize) -> Option<Month> {
        self.parsed(column, self.required_text(column), values::month)
    }

    /// A time in any zone.
    pub fn required_time(&self, column: usize) -> Option<DateTime<Utc>> {
        self.parsed(column, self.required_text(column), values::time)
            .map(|(time, _)| time)
    }

    /// A time in any zone, which may be missing.
    pub fn time(&self, column: usize) -> Option<DateTime<Utc>> {
        self.parsed(column, self.text(column), values::time)
            .map(|(time, _)| time)
    }

    /// A time that must be in UTC, of the text that the column holds.
    pub fn utc_time_of(&self, column: usize, text: &str) -> Option<DateTime<Utc>> {
        self.parsed(column, Some(text), |text| match values::time(text)? {
            (time, 0) => Ok(time),
            _ => Err(Problem::NotUtc),
        })
    }

    /// A word of a closed list, in English or Chinese; gives the meaning.
    pub fn word<T: Copy>(&self, column: usize, words: &[(&'static str, &'static str, T)]) -> Option<T> {
        let text = self.text(column)?;
        let found = words
            .iter()
            .find(|(english, chinese, _)| english.eq_ignore_ascii_case(text) || *chinese == text);
        if found.is_none() {
            let accepted = words.iter().map(|(english, chinese, _)| match chinese.is_empty() {
                true => (*english).to_owned(),
                false => format!("{english} {chinese}"),
            });
            self.problem(
                column,
                Problem::UnknownWord {
                    accepted: accepted.collect(),
                },
            );
        }
        found.map(|(_, _, meaning)| *meaning)
    }

    /// A word of a closed list that must not be missing.
    pub fn required_word<T: Copy>(&self, column: usize, words: &[(&'static str, &'static str, T)]) -> Option<T> {
        self.required_text(column)?;
        self.word(column, words)
    }

    /// A currency code, by default the company's.
    pub fn currency(&self, column: usize) -> Option<String> {
        self.parsed(
            column,
            Some(self.text(column).unwrap_or(self.settings.default_currency)),
            |text| {
                let code = text.to_ascii_uppercase();
                let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
                if is_code && code != "RMB" {
                    Ok(code)
                } else {
                    Err(Problem::NotACurrency)
                }
            },
        )
    }

    /// Checks that the organization has the product and the product has the module.
    pub fn product_and_module(&self, product: usize, module: usize) -> (Option<&'a str>, Option<&'a str>) {
        let (product_id, module_id) = (self.text(product), self.text(module));
        match (product_id, module_id) {
            (None, Some(_)) => self.problem(module, Problem::ModuleWithoutProduct),
            (None, None) => {}
            (Some(id), _) => match self.settings.products.get(id) {
                None => {
                    let known = self.settings.products.keys().take(31).cloned().collect();
                    self.problem(product, Problem::UnknownProduct { known });
                }
                Some(modules) if module_id.is_some_and(|module_id| !modules.contains(module_id)) => {
                    let known = modules.iter().take(31).cloned().collect();
                    self.problem(
                        module,
                        Problem::UnknownModule {
                            product: id.to_owned(),
                            known,
                        },
                    );
                }
                Some(_) => {}
            },
        }
        (product_id, module_id)
    }

    /// Checks that a month is the one that the import is limited to.
    pub fn check_month(&self, column: usize, month: Month) {
        if let Some(expected) = self.settings.month
            && expected != month
        {
            self.problem(column, Problem::OtherMonth { expected, found: month });
        }
    }
}
