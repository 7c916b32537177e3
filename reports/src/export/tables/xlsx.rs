//! The workbook of a report of tables.

use super::{figures, heading, is_right, shown};
use crate::ReportError;
use crate::data::{ReportTable, TableCell, TableReport};
use crate::export::xlsx::{Live, Style, column, number};
use headroom_models::language::Language;
use headroom_models::ledger::Money;
use rust_xlsxwriter::{DocProperties, Formula, Workbook};
use std::collections::{BTreeMap, BTreeSet};

const HEAD: u32 = 3;
const FIRST: u32 = 4;

pub(super) fn write(book: &TableReport, language: Language) -> Result<Vec<u8>, ReportError> {
    let (figures, style) = (figures(book, language), Style::of(language));
    let words = figures.words();
    let company = book.company.in_language(language);
    let mut workbook = Workbook::new();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(words.text(&book.title))
            .set_company(company),
    );
    let mut names = BTreeSet::new();
    for table in &book.tables {
        let table = &table.filled();
        let title = heading(table, &figures);
        let sheet = workbook.add_worksheet();
        sheet.set_name(sheet_name(&title, &mut names))?;
        sheet
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0)
            .set_screen_gridlines(false);
        sheet.write_string_with_format(0, 0, format!("{company} · {title}"), &style.title)?;
        let unit = words.with("unit-note", &[("currency", &figures.currency())]);
        let mut under = vec![words.text(&book.title), book.period.clone(), unit];
        under.extend(table.note.iter().map(|key| words.text(key)));
        sheet.write_string_with_format(1, 0, under.join(" · "), &style.note)?;
        for (at, key) in table.columns.iter().enumerate() {
            let right = is_right(table, at);
            let format = if right { &style.head_right } else { &style.head };
            sheet.write_string_with_format(HEAD, at as u16, words.text(key), format)?;
            sheet.set_column_width(at as u16, if right { 16.0 } else { 24.0 })?;
        }
        sheet.set_freeze_panes(FIRST, 1)?.set_repeat_rows(HEAD, HEAD)?;
        let written = amounts(table);
        for (row, content) in (FIRST..).zip(&table.rows) {
            for (at, cell) in content.cells.iter().enumerate() {
                let place = (row, at as u16);
                let money = if content.total { &style.money_bold } else { &style.money };
                let percent = if content.total {
                    &style.percent_bold
                } else {
                    &style.percent
                };
                let text = if content.total { &style.bold } else { &style.text };
                match cell {
                    TableCell::Money(amount) if content.total => {
                        let above: Vec<u32> = (FIRST..row).collect();
                        let sum = Live::Sum(column(&above, place.1));
                        if sum.gives(Some(*amount), &written) {
                            let formula = Formula::new(sum.text()).set_result(number(*amount).to_string());
                            sheet.write_formula_with_format(place.0, place.1, formula, money)?;
                        } else {
                            sheet.write_number_with_format(place.0, place.1, number(*amount), money)?;
                        }
                    }
                    TableCell::Money(amount) | TableCell::Foreign(amount) | TableCell::Number(amount) => {
                        sheet.write_number_with_format(place.0, place.1, number(*amount), money)?;
                    }
                    TableCell::Share(Some(share)) => {
                        sheet.write_number_with_format(place.0, place.1, number(*share), percent)?;
                    }
                    other => {
                        sheet.write_string_with_format(place.0, place.1, shown(other, &figures), text)?;
                    }
                }
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// The money of the rows that are no totals.
fn amounts(table: &ReportTable) -> BTreeMap<(u32, u16), Money> {
    let mut written = BTreeMap::new();
    for (row, content) in (FIRST..).zip(&table.rows).filter(|(_, row)| !row.total) {
        for (at, cell) in content.cells.iter().enumerate() {
            if let TableCell::Money(amount) = cell {
                written.insert((row, at as u16), *amount);
            }
        }
    }
    written
}

/// A name that no sheet has yet: at most 31 characters, none that Excel forbids.
fn sheet_name(title: &str, names: &mut BTreeSet<String>) -> String {
    let allowed = title
        .chars()
        .map(|letter| if "[]:*?/\\'".contains(letter) { ' ' } else { letter });
    let base: String = allowed.take(26).collect();
    let numbered = (1..).map(|n| if n == 1 { base.clone() } else { format!("{base} {n}") });
    let name = numbered
        .into_iter()
        .find(|name| !names.contains(name))
        .unwrap_or_default();
    names.insert(name.clone());
    name
}
