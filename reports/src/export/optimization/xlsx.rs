//! The idle report as a workbook.

use super::{Cell, sentences, sheets};
use crate::data::OptimizationReport;
use crate::{Figures, ReportError, Words};
use headroom_models::language::Language;
use headroom_models::ledger::Money;
use rust_xlsxwriter::{Color, Format, FormatBorder, Formula, Workbook, utility::row_col_to_cell};

const HEAD: u32 = 8;

pub(super) fn workbook(report: &OptimizationReport, language: Language) -> Result<Vec<u8>, ReportError> {
    let words = Words::of(language);
    let figures = Figures::new(words, &report.currency, report.at_stake);
    let font = match language {
        Language::English => "Arial",
        Language::SimplifiedChinese => "Microsoft YaHei",
    };
    let base = Format::new().set_font_name(font).set_font_size(9);
    let title = base.clone().set_bold().set_font_size(15);
    let head = base
        .clone()
        .set_bold()
        .set_border_bottom(FormatBorder::Medium)
        .set_border_bottom_color(Color::RGB(0x5B6673))
        .set_text_wrap();
    let cell = base
        .clone()
        .set_border_bottom(FormatBorder::Thin)
        .set_border_bottom_color(Color::RGB(0xDFE3E8));
    let wrapped = cell.clone().set_text_wrap();
    let amount = cell.clone().set_num_format("#,##0.00;-#,##0.00");
    let sum = amount.clone().set_bold().set_background_color(Color::RGB(0xEEF1F4));
    let bold = cell.clone().set_bold().set_background_color(Color::RGB(0xEEF1F4));
    let mut workbook = Workbook::new();
    for (index, sheet) in sheets(report, words).into_iter().enumerate() {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&sheet.name)?;
        worksheet
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0)
            .set_screen_gridlines(false)
            .set_footer(format!(
                "&L{}&R{}",
                words.text("optimization-title"),
                words.text("page-of")
            ));
        let company = report.company.in_language(language);
        worksheet.write_string_with_format(0, 0, format!("{company} · {}", sheet.name), &title)?;
        worksheet.set_row_height(0, 24)?;
        if index == 0 {
            for (row, sentence) in (1..HEAD - 1).zip(sentences(report, &figures)) {
                worksheet.write_string_with_format(row, 0, sentence, &base)?;
            }
        }
        let last = sheet.heads.len() - 1;
        for (column, text) in sheet.heads.iter().enumerate() {
            worksheet.write_string_with_format(HEAD, column as u16, text, &head)?;
            let longest = sheet.rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
            worksheet.set_column_width(column as u16, (longest.clamp(8, 46) + 2) as f64)?;
        }
        worksheet.set_freeze_panes(HEAD + 1, 1)?.set_repeat_rows(HEAD, HEAD)?;
        for (row, cells) in (HEAD + 1..).zip(&sheet.rows) {
            let mut lines = 1;
            for (column, value) in (0..).zip(cells) {
                match value {
                    Cell::Text(text) => {
                        lines = lines.max(width(value).div_ceil(46));
                        worksheet.write_string_with_format(row, column, text, &wrapped)?;
                    }
                    Cell::Amount(Some(money)) => {
                        worksheet.write_number_with_format(row, column, number(*money), &amount)?;
                    }
                    Cell::Amount(None) => {
                        worksheet.write_blank(row, column, &amount)?;
                    }
                }
            }
            worksheet.set_row_height(row, 13.0 * lines.clamp(1, 20) as f64)?;
        }
        let end = HEAD + 1 + sheet.rows.len() as u32;
        if sheet.rows.is_empty() {
            worksheet.write_string_with_format(end, 0, &sheet.empty, &base)?;
        } else if let Some((column, rows, given)) = &sheet.total {
            for blank in 0..last {
                worksheet.write_blank(end, blank as u16, &bold)?;
            }
            worksheet.write_string_with_format(end, 0, words.text("column-total"), &bold)?;
            let added: Money = rows
                .iter()
                .filter_map(|row| match sheet.rows[*row][*column] {
                    Cell::Amount(amount) => amount,
                    Cell::Text(_) => None,
                })
                .sum();
            let ranges = ranges(rows, *column as u16);
            // A sum that the rows do not give is written as the number it is.
            if added == *given && !ranges.is_empty() && ranges.len() < 200 {
                let formula =
                    Formula::new(format!("=SUM({})", ranges.join(","))).set_result(number(*given).to_string());
                worksheet.write_formula_with_format(end, *column as u16, formula, &sum)?;
            } else {
                worksheet.write_number_with_format(end, *column as u16, number(*given), &sum)?;
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// Runs of rows as ranges of a column.
fn ranges(rows: &[usize], column: u16) -> Vec<String> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for row in rows {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == *row => *end = *row,
            _ => runs.push((*row, *row)),
        }
    }
    let place = |row: usize| row_col_to_cell(HEAD + 1 + row as u32, column);
    runs.into_iter()
        .map(|(from, to)| format!("{}:{}", place(from), place(to)))
        .collect()
}

fn number(amount: Money) -> f64 {
    amount.round(6).for_drawing()
}

/// A Chinese character is as wide as two digits.
fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum(),
        Cell::Amount(amount) => amount.map_or(0, |amount| amount.grouped(2).len()),
    }
}
