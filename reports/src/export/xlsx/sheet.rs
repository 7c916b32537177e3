//! One sheet: texts are always texts, amounts are remembered so that formulas over them can be checked.

use super::Context;
use super::formula::{Live, Place};
use headroom_models::ledger::Money;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;

/// A sheet being written.
pub(super) struct Sheet<'a> {
    pub worksheet: &'a mut Worksheet,
    written: BTreeMap<Place, Money>,
}

impl<'a> Sheet<'a> {
    /// A new sheet with its title in the first rows, printed on landscape A4 as wide as the page.
    pub fn new(
        workbook: &'a mut Workbook,
        context: &Context<'_>,
        name: &str,
        title: &str,
    ) -> Result<Sheet<'a>, XlsxError> {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(name)?;
        worksheet
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0)
            .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
        worksheet.set_footer(format!("&L{}&R{}", context.t("report-title"), context.t("page-of")));
        worksheet.set_screen_gridlines(false);
        let company = context.report.company.in_language(context.figures.words().language());
        worksheet.write_string_with_format(0, 0, format!("{company} · {title}"), &context.style.title)?;
        worksheet.set_row_height(0, 24)?;
        worksheet.write_string_with_format(1, 0, context.subtitle(), &context.style.note)?;
        Ok(Sheet {
            worksheet,
            written: BTreeMap::new(),
        })
    }

    /// Writes a text as a text, whatever it starts with.
    pub fn text(&mut self, place: Place, text: &str, format: &Format) -> Result<(), XlsxError> {
        self.worksheet
            .write_string_with_format(place.0, place.1, text, format)
            .map(|_| ())
    }

    /// Writes an amount; an empty cell for nothing.
    pub fn amount(&mut self, place: Place, amount: Option<Money>, format: &Format) -> Result<(), XlsxError> {
        match amount {
            Some(amount) => {
                self.written.insert(place, amount);
                self.worksheet
                    .write_number_with_format(place.0, place.1, number(amount), format)
                    .map(|_| ())
            }
            None => self.worksheet.write_blank(place.0, place.1, format).map(|_| ()),
        }
    }

    /// Writes a formula with the given number as its result, or only the number when the formula gives another one.
    pub fn live(&mut self, place: Place, live: &Live, given: Option<Money>, format: &Format) -> Result<(), XlsxError> {
        if !live.gives(given, &self.written) {
            return self.amount(place, given, format);
        }
        self.formula(place, &live.text(), given, format)
    }

    /// Writes a formula whose result is known to be the given number.
    pub fn formula(
        &mut self,
        place: Place,
        text: &str,
        given: Option<Money>,
        format: &Format,
    ) -> Result<(), XlsxError> {
        let result = given.map_or_else(String::new, plain);
        if let Some(given) = given {
            self.written.insert(place, given);
        }
        let formula = Formula::new(text).set_result(result);
        self.worksheet
            .write_formula_with_format(place.0, place.1, formula, format)
            .map(|_| ())
    }

    /// Writes column heads, the first `words` of them to the left, and keeps them in view and on every printed page.
    pub fn heads(&mut self, row: u32, heads: &[String], words: usize, context: &Context<'_>) -> Result<(), XlsxError> {
        for (index, head) in heads.iter().enumerate() {
            let format = if index < words {
                &context.style.head
            } else {
                &context.style.head_right
            };
            self.text((row, index as u16), head, format)?;
        }
        self.worksheet.set_row_height(row, 28)?;
        Ok(())
    }

    /// Writes a text that may take several lines, in a row high enough for them: no program does that for a written file.
    pub fn wrapped(&mut self, at: (u32, u16), text: &str, width: f64, format: &Format) -> Result<(), XlsxError> {
        // A Chinese character is as wide as two digits, the measure of column widths; the cells are set smaller than that.
        let digits: u32 = text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum();
        let lines = (f64::from(digits) / (width * 1.2)).ceil().clamp(1.0, 20.0);
        if lines > 1.0 {
            self.worksheet.set_row_height(at.0, 15.0 * lines)?;
        }
        self.text(at, text, format)
    }

    /// Keeps everything above `row` and left of `column` in view, and repeats the row above on every printed page.
    pub fn freeze(&mut self, row: u32, column: u16) -> Result<(), XlsxError> {
        self.worksheet
            .set_freeze_panes(row, column)?
            .set_repeat_rows(row - 1, row - 1)?;
        Ok(())
    }

    /// Widths of columns, from the first on.
    pub fn widths(&mut self, widths: &[f64]) -> Result<(), XlsxError> {
        for (index, width) in widths.iter().enumerate() {
            self.worksheet.set_column_width(index as u16, *width)?;
        }
        Ok(())
    }
}

/// An amount as a spreadsheet stores numbers: money to six digits after the point, small figures and rates to twelve.
pub(in crate::export) fn number(amount: Money) -> f64 {
    let digits = if amount.abs() < Money::whole(1000) { 12 } else { 6 };
    amount.round(digits).for_drawing()
}

fn plain(amount: Money) -> String {
    number(amount).to_string()
}

/// The cells of one column in the given rows.
pub(in crate::export) fn column(rows: &[u32], column: u16) -> Vec<Place> {
    rows.iter().map(|&row| (row, column)).collect()
}
