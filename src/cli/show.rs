//! How results are shown: tables for people, one JSON document for programs.

use super::{Context, Failure};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets::UTF8_BORDERS_ONLY};
use headroom_models::ledger::Money;
use std::io::Write;

/// Writes a line to standard output.
pub fn line(text: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// Writes the one JSON document.
pub fn json(value: &impl serde::Serialize) -> Result<(), Failure> {
    line(&serde_json::to_string_pretty(value)?)
}

/// A table with headers as given; columns from `numbers_from` on are right-aligned.
pub fn table(headers: Vec<String>, rows: Vec<Vec<String>>, numbers: &[usize]) -> Result<(), Failure> {
    let mut table = Table::new();
    table
        .load_style(UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(headers)
        .add_rows(rows);
    for &column in numbers {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    line(&table.to_string())
}

/// Words for the headers of a table.
pub fn headers(context: &Context, keys: &[&str]) -> Vec<String> {
    keys.iter()
        .map(|key| crate::words::say(context.language, key))
        .collect()
}

/// Money with two digits and thousands separators.
pub fn money(amount: Money) -> String {
    amount.grouped(2)
}

/// A share as a percentage with one digit; a dash when there is none.
pub fn percent(share: Option<Money>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{} %", share.times(100).grouped(1)))
}
