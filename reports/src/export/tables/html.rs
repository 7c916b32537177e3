//! The page of a report of tables.

use super::{figures, heading, is_number, is_right, shown};
use crate::data::TableReport;
use crate::{Figures, ReportError};
use askama::Template;
use headroom_models::language::Language;

/// Letters from which a text is a sentence, which runs over several lines.
const LONG: usize = 45;

struct Section {
    heading: String,
    note: Option<String>,
    /// More columns than fit in letters of the usual size.
    dense: &'static str,
    heads: Vec<(String, bool)>,
    rows: Vec<(bool, Vec<(String, &'static str)>)>,
}

#[derive(Template)]
#[template(path = "tables.html")]
struct Page {
    language: &'static str,
    title: String,
    company: String,
    period: String,
    unit: String,
    empty: String,
    style: String,
    sentences: Vec<String>,
    sections: Vec<Section>,
}

pub(super) fn write(book: &TableReport, language: Language) -> Result<String, ReportError> {
    let figures = figures(book, language);
    let words = figures.words();
    let page = Page {
        language: language.tag(),
        title: words.text(&book.title),
        company: book.company.in_language(language).to_owned(),
        period: book.period.clone(),
        unit: words.with("unit-note", &[("currency", &figures.currency())]),
        empty: words.text("tables-empty"),
        style: crate::charts::stylesheet(),
        sentences: book
            .sentences
            .iter()
            .map(|sentence| sentence.in_language(language).to_owned())
            .collect(),
        sections: sections(book, &figures),
    };
    Ok(page.render()?)
}

fn sections(book: &TableReport, figures: &Figures) -> Vec<Section> {
    let words = figures.words();
    let section = |table: &crate::data::ReportTable| {
        let table = &table.filled();
        let right = |column| is_right(table, column);
        Section {
            heading: heading(table, figures),
            dense: match table.columns.len() {
                0..=11 => "",
                12..=15 => " dense",
                _ => " dense denser",
            },
            note: table.note.as_ref().map(|key| words.text(key)),
            heads: table
                .columns
                .iter()
                .enumerate()
                .map(|(column, key)| (words.text(key), right(column)))
                .collect(),
            rows: table
                .rows
                .iter()
                .map(|row| {
                    let cells = row.cells.iter();
                    (row.total, cells.map(|cell| of_cell(cell, figures)).collect())
                })
                .collect(),
        }
    };
    book.tables.iter().map(section).collect()
}

/// A cell with its class: figures to the right, sentences over several lines.
fn of_cell(cell: &crate::data::TableCell, figures: &Figures) -> (String, &'static str) {
    let text = shown(cell, figures);
    let class = match text.chars().count() {
        _ if is_number(cell) => "n",
        LONG.. => "long",
        _ => "",
    };
    (text, class)
}
