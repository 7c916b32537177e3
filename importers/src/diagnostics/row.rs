//! What is wrong with one cell of one row.

use crate::words::{Words, list};
use headroom_models::language::Language;
use headroom_models::ledger::{Money, Month};

/// One problem of one row: where it is, what was found there, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Name of the file.
    pub file: String,
    /// Worksheet or archive member.
    pub sheet: Option<String>,
    /// Line of the file or row of the sheet, counted from 1.
    pub row: u64,
    /// The column as the file names it; empty when the row as a whole is meant.
    pub column: String,
    /// What the cell holds, cut off when it is very long.
    pub value: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a value, and with it what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A required value is empty.
    Missing,
    /// No decimal number.
    NotADecimal,
    /// A thousands separator or decimal comma.
    CommaInNumber,
    /// More digits before the point than the ledger holds.
    TooLarge,
    /// Below zero where that has no meaning.
    Negative,
    /// Zero or below where only more has a meaning.
    NotPositive,
    /// No number.
    NotANumber,
    /// No whole number from 1 to `most`.
    NotACount {
        /// The largest count accepted.
        most: u32,
    },
    /// Not written like a date.
    NotADate,
    /// Written like a date, but the calendar has no such day.
    NoSuchDay,
    /// A year that is surely a slip.
    YearOutOfRange,
    /// Not written like a point in time.
    NotATime,
    /// A time of another zone than UTC, which would move money into another month.
    NotUtc,
    /// Not written like a month.
    NotAMonth,
    /// The end lies before the start.
    EndsBeforeStart,
    /// None of the words of a closed list.
    UnknownWord {
        /// The words that are accepted.
        accepted: Vec<String>,
    },
    /// No ISO 4217 code.
    NotACurrency,
    /// The organization has no such product.
    UnknownProduct {
        /// The products there are.
        known: Vec<String>,
    },
    /// The product has no such module.
    UnknownModule {
        /// The product.
        product: String,
        /// Its modules.
        known: Vec<String>,
    },
    /// A module without the product that it belongs to.
    ModuleWithoutProduct,
    /// The import was limited to another month.
    OtherMonth {
        /// The month it is limited to.
        expected: Month,
        /// The month of the row.
        found: Month,
    },
    /// Amount and tax do not add up to the total.
    TotalDiffers {
        /// Amount plus tax.
        expected: Money,
    },
    /// A line with the sum of the rows above that is not their sum.
    SumDiffers {
        /// What the rows add up to.
        expected: Money,
        /// What the line says.
        found: Money,
    },
    /// Units of production without the units that a life is expected to do.
    NoExpectedUnits,
    /// An improvement that lies before the first month of depreciation, or after the asset left service.
    ImprovementOrder {
        /// Month of the improvement.
        month: Month,
        /// First month in which it could be.
        first: Month,
    },
    /// Something happened to an asset that the register does not have.
    UnknownAsset,
    /// Residual value above the purchase price.
    ResidualAbovePrice,
    /// The same identifier stands in an earlier row.
    Repeated {
        /// Where it stands.
        row: u64,
    },
    /// No JSON object.
    NotAnObject,
    /// No JSON list of the entries that belong there.
    NotAList,
    /// Another number of cells than the header has.
    WrongWidth {
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
}

/// A diagnostic in the words of one language, for `--json` and pages.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Shown<'a> {
    /// Name of the file.
    pub file: &'a str,
    /// Worksheet or archive member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<&'a str>,
    /// Line of the file or row of the sheet, counted from 1.
    pub row: u64,
    /// The column as the file names it.
    pub column: &'a str,
    /// What the cell holds.
    pub value: &'a str,
    /// What was found and what would be accepted.
    pub message: String,
}

impl Diagnostic {
    /// What was found and what would be accepted, without the place.
    pub fn message(&self, language: Language) -> String {
        let words = Words::new(language).with("value", self.value.replace(['\n', '\r'], " "));
        let (key, words) = match &self.problem {
            Problem::Missing => ("row-missing", words),
            Problem::NotADecimal => ("row-not-a-decimal", words),
            Problem::CommaInNumber => ("row-comma-in-number", words),
            Problem::TooLarge => ("row-too-large", words),
            Problem::Negative => ("row-negative", words),
            Problem::NotPositive => ("row-not-positive", words),
            Problem::NotANumber => ("row-not-a-number", words),
            Problem::NotACount { most } => ("row-not-a-count", words.with("most", most)),
            Problem::NotADate => ("row-not-a-date", words),
            Problem::NoSuchDay => ("row-no-such-day", words),
            Problem::YearOutOfRange => ("row-year-out-of-range", words),
            Problem::NotATime => ("row-not-a-time", words),
            Problem::NotUtc => ("row-not-utc", words),
            Problem::NotAMonth => ("row-not-a-month", words),
            Problem::EndsBeforeStart => ("row-ends-before-start", words),
            Problem::UnknownWord { accepted } => ("row-unknown-word", words.with("accepted", list(accepted, language))),
            Problem::NotACurrency => ("row-not-a-currency", words),
            Problem::UnknownProduct { known } if known.is_empty() => ("row-no-products", words),
            Problem::UnknownProduct { known } => ("row-unknown-product", words.with("known", list(known, language))),
            Problem::UnknownModule { product, known } if known.is_empty() => {
                ("row-no-modules", words.with("product", product))
            }
            Problem::UnknownModule { product, known } => (
                "row-unknown-module",
                words.with("product", product).with("known", list(known, language)),
            ),
            Problem::ModuleWithoutProduct => ("row-module-without-product", words),
            Problem::OtherMonth { expected, found } => {
                ("row-other-month", words.with("expected", expected).with("found", found))
            }
            Problem::TotalDiffers { expected } => ("row-total-differs", words.with("expected", expected)),
            Problem::SumDiffers { expected, found } => {
                ("row-sum-differs", words.with("expected", expected).with("found", found))
            }
            Problem::NoExpectedUnits => ("row-no-expected-units", words),
            Problem::ImprovementOrder { month, first } => {
                ("row-improvement-order", words.with("month", month).with("first", first))
            }
            Problem::UnknownAsset => ("row-unknown-asset", words),
            Problem::ResidualAbovePrice => ("row-residual-above-price", words),
            Problem::Repeated { row } => ("row-repeated", words.with("row", row)),
            Problem::NotAnObject => ("row-not-an-object", words),
            Problem::NotAList => ("row-not-a-list", words),
            Problem::WrongWidth { expected, found } => {
                ("row-wrong-width", words.with("expected", expected).with("found", found))
            }
        };
        words.say(key)
    }

    /// The diagnostic in the words of one language.
    pub fn shown(&self, language: Language) -> Shown<'_> {
        Shown {
            file: &self.file,
            sheet: self.sheet.as_deref(),
            row: self.row,
            column: &self.column,
            value: &self.value,
            message: self.message(language),
        }
    }

    /// Place and message in one line.
    pub fn line(&self, language: Language) -> String {
        let words = Words::new(language)
            .with("file", crate::words::place(&self.file, self.sheet.as_deref()))
            .with("row", self.row)
            .with("column", &self.column)
            .with("message", self.message(language));
        words.say(if self.column.is_empty() {
            "line-row"
        } else {
            "line-cell"
        })
    }
}
