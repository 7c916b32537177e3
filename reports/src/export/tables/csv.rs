//! The CSV of a report of tables.

use super::{figures, heading, shown};
use crate::ReportError;
use crate::data::{TableCell, TableReport};
use crate::export::harmless;
use headroom_models::language::Language;

pub(super) fn write(book: &TableReport, language: Language) -> Result<Vec<u8>, ReportError> {
    let figures = figures(book, language);
    let words = figures.words();
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for table in &book.tables {
        let title = heading(table, &figures);
        let mut heads = vec![title.clone()];
        heads.extend(table.columns.iter().map(|key| words.text(key)));
        writer.write_record(&heads)?;
        for row in &table.rows {
            let mut cells = vec![harmless(&title)];
            // Amounts and shares are exact and plain, so that programs can read them.
            cells.extend(row.cells.iter().map(|cell| match cell {
                TableCell::Money(amount) | TableCell::Foreign(amount) | TableCell::Number(amount) => amount.to_string(),
                TableCell::Share(share) => share.map_or_else(String::new, |share| share.to_string()),
                TableCell::Month(month) => month.to_string(),
                other => harmless(&shown(other, &figures)),
            }));
            writer.write_record(&cells)?;
        }
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()).into())
}
