//! The rows that were not imported, as a file to correct and import again.

use crate::batch::Imported;
use headroom_models::language::Language;
use std::collections::HashMap;

impl Imported {
    /// The rejected rows as CSV in the shape of their source, with the reason and the place behind the columns.
    ///
    /// The columns added are unknown to every importer, so the corrected file is read as it is.
    pub fn rejects_csv(&self, language: Language) -> String {
        let mut columns: Vec<&str> = Vec::new();
        for cell in self.headers.iter().flat_map(|header| &header.cells) {
            if !columns.contains(&cell.as_str()) {
                columns.push(cell);
            }
        }
        let mut reasons: HashMap<(&str, Option<&str>, u64), Vec<String>> = HashMap::new();
        for reject in &self.rejects {
            let message = match reject.column.as_str() {
                "" => reject.message(language),
                column => format!("{column}: {}", reject.message(language)),
            };
            reasons
                .entry((&reject.file, reject.sheet.as_deref(), reject.row))
                .or_default()
                .push(message);
        }
        let positions: HashMap<&str, usize> = columns
            .iter()
            .enumerate()
            .map(|(index, column)| (*column, index))
            .collect();
        let mut writer = csv::Writer::from_writer(Vec::new());
        let added = ["reject_file", "reject_row", "reject_reason"];
        // Writing to memory cannot fail; a defect would show as a missing line, never as a lost import.
        let _ = writer.write_record(columns.iter().chain(&added));
        for row in &self.rejected_rows {
            let header = self
                .headers
                .iter()
                .find(|header| header.file == row.file && header.sheet == row.sheet);
            let mut cells = vec![String::new(); columns.len() + added.len()];
            for (cell, column) in row.cells.iter().zip(header.map_or(&[][..], |header| &header.cells)) {
                if let Some(&index) = positions.get(column.as_str()) {
                    cells[index] = harmless(cell);
                }
            }
            let key = (row.file.as_str(), row.sheet.as_deref(), row.row);
            cells[columns.len()] = harmless(&crate::words::place(&row.file, row.sheet.as_deref()));
            cells[columns.len() + 1] = row.row.to_string();
            cells[columns.len() + 2] = reasons.get(&key).map(|reasons| reasons.join(" ")).unwrap_or_default();
            let _ = writer.write_record(&cells);
        }
        let bytes = writer.into_inner().unwrap_or_default();
        // The mark lets spreadsheet programs read the Chinese in it.
        format!("\u{FEFF}{}", String::from_utf8_lossy(&bytes))
    }
}

/// A text that no spreadsheet program takes for a formula; numbers below zero stay as they are.
fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '@', '\t', '\r'])
        || (text.starts_with(['+', '-']) && text.trim().parse::<headroom_models::ledger::Money>().is_err());
    if formula { format!("'{text}") } else { text.to_owned() }
}
