//! Reports of plain tables as HTML, XLSX and CSV.

mod csv;
mod html;
mod xlsx;

use crate::data::{TableCell, TableReport};
use crate::{Figures, ReportError, Words};
use headroom_models::language::Language;
use headroom_models::ledger::Money;

/// A report of tables as a self-contained page.
///
/// # Errors
/// When the page cannot be written.
pub fn tables_html(book: &TableReport, language: Language) -> Result<String, ReportError> {
    html::write(book, language)
}

/// A report of tables as a workbook, a sheet per table; sums are live formulas.
///
/// # Errors
/// When the workbook cannot be written.
pub fn tables_xlsx(book: &TableReport, language: Language) -> Result<Vec<u8>, ReportError> {
    xlsx::write(book, language)
}

/// A report of tables as CSV: the tables one below the other, each row led by the heading of its table.
///
/// # Errors
/// When memory runs out.
pub fn tables_csv(book: &TableReport, language: Language) -> Result<Vec<u8>, ReportError> {
    csv::write(book, language)
}

fn figures(book: &TableReport, language: Language) -> Figures {
    Figures::new(Words::of(language), &book.currency, Money::ZERO)
}

/// A cell as people read it.
fn shown(cell: &TableCell, figures: &Figures) -> String {
    let words = figures.words();
    match cell {
        TableCell::Empty => String::new(),
        TableCell::Text(text) => text.clone(),
        TableCell::Name(name) => name.in_language(words.language()).to_owned(),
        TableCell::Word(key) => words.text(key),
        TableCell::Money(amount) | TableCell::Foreign(amount) => figures.money(*amount),
        TableCell::Share(share) => figures.percent_or_dash(*share),
        TableCell::Number(number) => {
            let whole = number.round(0) == *number;
            number.grouped(if whole { 0 } else { 2 })
        }
        TableCell::Month(month) => words.month_long(*month),
    }
}

/// True for cells that are numbers.
fn is_number(cell: &TableCell) -> bool {
    matches!(
        cell,
        TableCell::Money(_) | TableCell::Foreign(_) | TableCell::Share(_) | TableCell::Number(_)
    )
}

/// True for columns of numbers; some of their cells may be empty.
fn is_right(table: &crate::data::ReportTable, column: usize) -> bool {
    let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
    let filled = cells.filter(|cell| !matches!(cell, TableCell::Empty));
    filled.map(is_number).next().unwrap_or_default()
}

/// The heading of a table.
fn heading(table: &crate::data::ReportTable, figures: &Figures) -> String {
    let words = figures.words();
    match &table.subject {
        Some(subject) => format!(
            "{} · {}",
            words.text(&table.title),
            subject.in_language(words.language())
        ),
        None => words.text(&table.title),
    }
}
