//! What an import accepted and still has to tell.

use crate::words::{Words, list, place};
use headroom_models::language::Language;
use headroom_models::ledger::{Money, Month};

/// What does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// Quantity × unit price is not the amount billed.
    PriceTimesQuantity,
}

/// A disagreement inside a row that was imported as billed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// What does not agree.
    pub kind: FindingKind,
    /// Name of the file.
    pub file: String,
    /// Worksheet or archive member.
    pub sheet: Option<String>,
    /// Line of the file or row of the sheet, counted from 1.
    pub row: u64,
    /// Number of the invoice.
    pub invoice_id: String,
    /// Who issued it.
    pub vendor: String,
    /// Billing month.
    pub month: Month,
    /// Currency of the amounts.
    pub currency: String,
    /// What the amount should be by the row's own figures.
    pub expected: Money,
    /// The amount billed.
    pub found: Money,
    /// Billed minus expected: positive when too much was billed.
    pub difference: Money,
}

impl Finding {
    /// Place, figures and difference in one sentence.
    pub fn message(&self, language: Language) -> String {
        let words = Words::new(language)
            .with("file", place(&self.file, self.sheet.as_deref()))
            .with("row", self.row)
            .with("invoice", &self.invoice_id)
            .with("vendor", &self.vendor)
            .with("month", self.month)
            .with("currency", &self.currency)
            .with("expected", self.expected)
            .with("found", self.found)
            .with("difference", self.difference);
        match self.kind {
            FindingKind::PriceTimesQuantity => words.say("finding-price-times-quantity"),
        }
    }
}

/// What was left out on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Depreciation of months that are closed, or other than the one the import is limited to.
    DepreciationNotPosted {
        /// First such month.
        first: Month,
        /// Last such month.
        last: Month,
        /// How many charges.
        charges: u64,
    },
    /// What closed months lack of assets, booked in the first open month.
    CaughtUp {
        /// The open month.
        month: Month,
        /// How many charges.
        charges: u64,
    },
    /// Charges of a closed month, booked as adjustments of an open one.
    Adjusted {
        /// The closed month.
        original: Month,
        /// The month in whose books they are.
        booked: Month,
        /// How many charges.
        charges: u64,
    },
    /// Sheets with a recognised header that were not read.
    SheetsNotRead {
        /// Name of the workbook.
        file: String,
        /// The sheets.
        sheets: Vec<String>,
    },
    /// A line with the sum of the rows above, which agrees with them.
    SumAgrees {
        /// Name of the file.
        file: String,
        /// Line of the file or row of the sheet.
        row: u64,
        /// The sum.
        amount: Money,
    },
    /// An actual cost export without the amortized one of the same months.
    ActualViewOnly,
    /// An amortized cost export without the actual one of the same months.
    AmortizedViewOnly,
    /// An amortized bill of a Chinese cloud without the bill of the same months.
    AmortizedBillOnly,
    /// A bill of a Chinese cloud and the same bill amortized.
    BothBills {
        /// The months.
        months: Vec<Month>,
    },
    /// Both exports of a month, each read for what it knows.
    BothViews {
        /// The months.
        months: Vec<Month>,
    },
}

impl Note {
    /// The note as a sentence.
    pub fn message(&self, language: Language) -> String {
        match self {
            Note::DepreciationNotPosted { first, last, charges } => Words::new(language)
                .with("first", first)
                .with("last", last)
                .with("charges", charges)
                .say("note-depreciation-not-posted"),
            Note::CaughtUp { month, charges } => Words::new(language)
                .with("month", month)
                .with("charges", charges)
                .say("note-caught-up"),
            Note::Adjusted {
                original,
                booked,
                charges,
            } => Words::new(language)
                .with("original", original)
                .with("booked", booked)
                .with("charges", charges)
                .say("note-adjusted"),
            Note::SheetsNotRead { file, sheets } => Words::new(language)
                .with("file", file)
                .with("sheets", list(sheets, language))
                .say("note-sheets-not-read"),
            Note::SumAgrees { file, row, amount } => Words::new(language)
                .with("file", file)
                .with("row", row)
                .with("amount", amount)
                .say("note-sum-agrees"),
            Note::ActualViewOnly => Words::new(language).say("note-actual-view-only"),
            Note::AmortizedViewOnly => Words::new(language).say("note-amortized-view-only"),
            Note::AmortizedBillOnly => Words::new(language).say("note-amortized-bill-only"),
            Note::BothBills { months } => {
                let months: Vec<String> = months.iter().map(Month::to_string).collect();
                Words::new(language)
                    .with("months", list(&months, language))
                    .say("note-both-bills")
            }
            Note::BothViews { months } => {
                let months: Vec<String> = months.iter().map(Month::to_string).collect();
                Words::new(language)
                    .with("months", list(&months, language))
                    .say("note-both-views")
            }
        }
    }
}
