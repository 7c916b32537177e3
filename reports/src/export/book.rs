//! A book as a page, a workbook, CSV and JSON.

use super::harmless;
use super::xlsx::Style;
use crate::data::{Book, BookTable, Cell, Kind};
use crate::{ReportError, Words};
use askama::Template;
use headroom_models::language::Language;
use headroom_models::ledger::Money;
use rust_xlsxwriter::{Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError};
use std::borrow::Borrow;

/// The rows that a page shows of a table; the workbook has all of them.
const MOST_ON_PAGE: usize = 2000;

/// A cell in words.
fn shown(cell: &Cell, words: Words) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Named(_, name) => name.in_language(words.language()).to_owned(),
        Cell::Word(key) => words.text(key),
        Cell::Sentence(key, values) => {
            let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
            words.with(key, &values)
        }
        Cell::Joined(cells) => cells
            .iter()
            .map(|cell| shown(cell, words))
            .collect::<Vec<_>>()
            .join(" "),
        Cell::Month(month) => month.to_string(),
        Cell::Count(count) => Money::whole(*count).grouped(0),
        Cell::Number(number) => figure(*number),
        Cell::Money(amount) => amount.grouped(2),
        Cell::Percent(share) if share.is_finite() => format!("{:.1} %", share * 100.0),
        Cell::Percent(_) => "–".to_owned(),
        Cell::Formula(_, cell) => shown(cell, words),
    }
}

/// A quantity with the digits that say something, thousands in groups.
fn figure(number: f64) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    let digits = match number.abs() {
        size if size >= 10_000.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 1.0 => 3,
        _ => 6,
    };
    let text = format!("{number:.digits$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() {
        format!("{sign}{grouped}")
    } else {
        format!("{sign}{grouped}.{rest}")
    }
}

#[derive(Template)]
#[template(path = "book.html")]
struct Page<'a> {
    book: &'a Book,
    words: Words,
}

impl Page<'_> {
    fn t(&self, key: &str) -> String {
        self.words.text(key)
    }

    fn language(&self) -> &'static str {
        self.words.language().tag()
    }

    fn company(&self) -> String {
        self.book.company.in_language(self.words.language()).to_owned()
    }

    fn subtitle(&self) -> String {
        subtitle(self.book, self.words)
    }

    fn name(&self, table: &BookTable) -> String {
        self.t(&format!("book-{}", table.id))
    }

    fn note(&self, table: &BookTable) -> String {
        self.t(&format!("book-{}-note", table.id))
    }

    fn show(&self, cell: &Cell) -> String {
        shown(cell, self.words)
    }

    fn class(&self, table: &BookTable, column: impl Borrow<usize>) -> &'static str {
        match table.columns.get(*column.borrow()).map(|column| column.kind) {
            Some(Kind::Text) | None => "",
            Some(_) => "n",
        }
    }

    fn tone(&self, table: &BookTable, row: impl Borrow<usize>) -> &'static str {
        if *row.borrow() + table.totals >= table.rows.len() {
            "total"
        } else {
            ""
        }
    }

    fn rows<'t>(&self, table: &'t BookTable) -> &'t [Vec<Cell>] {
        &table.rows[..table.rows.len().min(MOST_ON_PAGE)]
    }

    fn left_out(&self, table: &BookTable) -> String {
        let more = table.rows.len().saturating_sub(MOST_ON_PAGE);
        if more == 0 {
            String::new()
        } else {
            self.words.with("book-more-rows", &[("count", &more.to_string())])
        }
    }
}

fn subtitle(book: &Book, words: Words) -> String {
    let (year, month) = (book.year.to_string(), words.month_long(book.as_of));
    let mut parts = vec![
        words.with("book-subtitle", &[("year", &year), ("month", &month)]),
        words.with("unit-note", &[("currency", &book.currency)]),
    ];
    if !book.scenario.is_empty() {
        parts.push(words.with("book-scenario", &[("scenario", &book.scenario)]));
    }
    parts.join(" · ")
}

/// The book as a self-contained page.
///
/// # Errors
/// When the page cannot be written.
pub fn book_html(book: &Book, language: Language) -> Result<String, ReportError> {
    let words = Words::of(language);
    Ok(Page { book, words }.render()?)
}

/// The book as JSON.
///
/// # Errors
/// When the value cannot be written.
pub fn book_json(book: &Book) -> Result<String, ReportError> {
    Ok(serde_json::to_string_pretty(book)?)
}

/// One table of the book as CSV with CRLF line ends and a byte order mark: exact and plain figures.
///
/// # Errors
/// When memory runs out.
pub fn book_csv(book: &Book, table: &str, language: Language) -> Result<Vec<u8>, ReportError> {
    let words = Words::of(language);
    let mut out = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(&mut out);
    if let Some(table) = book.tables.iter().find(|known| known.id == table) {
        writer.write_record(table.columns.iter().map(|column| words.text(column.head)))?;
        for row in &table.rows {
            writer.write_record(row.iter().map(|cell| plain(cell, words)))?;
        }
    }
    writer.flush().map_err(csv::Error::from)?;
    drop(writer);
    Ok(out)
}

fn plain(cell: &Cell, words: Words) -> String {
    match cell {
        Cell::Money(amount) => amount.to_string(),
        Cell::Count(count) => count.to_string(),
        Cell::Number(number) | Cell::Percent(number) => number.to_string(),
        Cell::Formula(_, cell) => plain(cell, words),
        Cell::Named(id, _) => harmless(id),
        Cell::Empty | Cell::Text(_) | Cell::Word(_) | Cell::Sentence(..) | Cell::Joined(_) | Cell::Month(_) => {
            harmless(&shown(cell, words))
        }
    }
}

/// The book as a workbook: a sheet per table, formulas where a figure follows from others of its row.
///
/// # Errors
/// When the workbook cannot be written.
pub fn book_xlsx(book: &Book, language: Language) -> Result<Vec<u8>, ReportError> {
    let words = Words::of(language);
    let formats = Formats::of(Style::of(language));
    let mut workbook = Workbook::new();
    let company = book.company.in_language(language);
    let sheet = workbook.add_worksheet();
    sheet.set_name(words.text("book-summary"))?;
    opening(sheet, book, words, &formats, company)?;
    for table in &book.tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(words.text(&format!("book-{}", table.id)))?;
        write_table(
            sheet,
            table,
            words,
            &formats,
            &format!("{company} · {}", words.text(book.title)),
        )?;
    }
    Ok(workbook.save_to_buffer()?)
}

struct Formats {
    style: Style,
    /// Texts stand a little off the figures before them.
    text: Format,
    text_bold: Format,
    head: Format,
    note: Format,
    /// Quantities with as many digits after the point, plain and bold.
    quantities: Vec<[Format; 2]>,
}

impl Formats {
    fn of(style: Style) -> Formats {
        let quantities = (0..=6).map(|digits| {
            let code = match digits {
                0 => "#,##0".to_owned(),
                digits => format!("#,##0.{}", "0".repeat(digits)),
            };
            [&style.money, &style.money_bold].map(|format| format.clone().set_num_format(&code))
        });
        Formats {
            quantities: quantities.collect(),
            text: style.text.clone().set_indent(1),
            text_bold: style.bold.clone().set_indent(1),
            head: style.head.clone().set_indent(1),
            note: style
                .note
                .clone()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                // Without a side of its own the indent of a cell set to the top is lost.
                .set_align(FormatAlign::Left)
                .set_indent(1),
            style,
        }
    }

    fn quantity(&self, digits: usize, bold: bool) -> &Format {
        &self.quantities[digits.min(6)][usize::from(bold)]
    }
}

/// Digits after the point that a quantity shows.
fn digits(number: f64) -> usize {
    let shown = figure(number);
    shown.split_once('.').map_or(0, |(_, rest)| rest.len())
}

fn page_setup(sheet: &mut Worksheet) {
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_screen_gridlines(false);
}

fn opening(
    sheet: &mut Worksheet,
    book: &Book,
    words: Words,
    formats: &Formats,
    company: &str,
) -> Result<(), XlsxError> {
    page_setup(sheet);
    let style = &formats.style;
    sheet.write_string_with_format(0, 0, format!("{company} · {}", words.text(book.title)), &style.title)?;
    sheet.write_string_with_format(1, 0, subtitle(book, words), &style.note)?;
    sheet
        .set_column_width(0, 36)?
        .set_column_width(1, 20)?
        .set_column_width(2, 92)?;
    let mut row = 3;
    for (key, cell) in &book.key_figures {
        sheet.write_string_with_format(row, 0, words.text(key), &formats.text)?;
        write_cell(sheet, (row, 1), cell, Kind::Money, false, words, formats)?;
        row += 1;
    }
    row += 1;
    sheet.write_string_with_format(row, 0, words.text("book-sheet"), &formats.head)?;
    sheet.write_string_with_format(row, 1, words.text("book-rows"), &style.head_right)?;
    sheet.write_string_with_format(row, 2, words.text("book-shows"), &formats.head)?;
    row += 1;
    // A note may take several lines; its name and number stand beside the first.
    let name = formats
        .text
        .clone()
        .set_align(FormatAlign::Top)
        .set_align(FormatAlign::Left);
    let count = formats.quantity(0, false).clone().set_align(FormatAlign::Top);
    for table in &book.tables {
        let note = words.text(&format!("book-{}-note", table.id));
        // A line of the column takes about 100 letters; nobody else sets the height of a wrapped row.
        sheet.set_row_height(row, 15.0 * (width(&note) / 100 + 1) as f64)?;
        sheet.write_string_with_format(row, 0, words.text(&format!("book-{}", table.id)), &name)?;
        sheet.write_number_with_format(row, 1, table.rows.len() as f64, &count)?;
        sheet.write_string_with_format(row, 2, note, &formats.note)?;
        row += 1;
    }
    Ok(())
}

/// First row of a table's own rows in its sheet, counted from 1 as formulas do.
pub(crate) const FIRST_ROW: u32 = 5;

fn write_table(
    sheet: &mut Worksheet,
    table: &BookTable,
    words: Words,
    formats: &Formats,
    title: &str,
) -> Result<(), XlsxError> {
    page_setup(sheet);
    let style = &formats.style;
    sheet.write_string_with_format(
        0,
        0,
        format!("{title} · {}", words.text(&format!("book-{}", table.id))),
        &style.title,
    )?;
    sheet.write_string_with_format(1, 0, words.text(&format!("book-{}-note", table.id)), &style.note)?;
    let head_row = FIRST_ROW - 2;
    for (at, column) in table.columns.iter().enumerate() {
        let format = if column.kind == Kind::Text {
            &formats.head
        } else {
            &style.head_right
        };
        sheet.write_string_with_format(head_row, at as u16, words.text(column.head), format)?;
        let widest = table
            .rows
            .iter()
            .take(300)
            .filter_map(|row| row.get(at))
            .map(|cell| width(&shown(cell, words)));
        let width = widest.max().unwrap_or(0).max(width(&words.text(column.head)) / 2 + 2);
        sheet.set_column_width(at as u16, (width as f64 + 3.0).clamp(8.0, 48.0))?;
    }
    sheet.set_row_height(head_row, 30)?;
    sheet.set_freeze_panes(FIRST_ROW - 1, 2)?;
    sheet.set_repeat_rows(head_row, head_row)?;
    for (index, row) in table.rows.iter().enumerate() {
        let bold = index + table.totals >= table.rows.len();
        let at = FIRST_ROW - 1 + index as u32;
        for (column, cell) in row.iter().enumerate() {
            let kind = table.columns.get(column).map_or(Kind::Text, |column| column.kind);
            write_cell(sheet, (at, column as u16), cell, kind, bold, words, formats)?;
        }
    }
    if !table.rows.is_empty() && !table.columns.is_empty() {
        let last = FIRST_ROW + table.rows.len() as u32 - 2 - table.totals as u32;
        sheet.autofilter(head_row, 0, last.max(head_row), table.columns.len() as u16 - 1)?;
    }
    Ok(())
}

fn width(text: &str) -> usize {
    text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum()
}

fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    kind: Kind,
    bold: bool,
    words: Words,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let style = &formats.style;
    let number = |cell: &Cell| match cell {
        Cell::Count(count) => Some((*count as f64, formats.quantity(0, bold))),
        Cell::Number(number) => Some((*number, formats.quantity(digits(*number), bold))),
        Cell::Money(amount) => Some((
            amount.round(6).for_drawing(),
            if bold { &style.money_bold } else { &style.money },
        )),
        Cell::Percent(share) => Some((*share, if bold { &style.percent_bold } else { &style.percent })),
        Cell::Empty
        | Cell::Text(_)
        | Cell::Named(..)
        | Cell::Word(_)
        | Cell::Sentence(..)
        | Cell::Joined(_)
        | Cell::Month(_)
        | Cell::Formula(..) => None,
    };
    let text = if bold { &formats.text_bold } else { &formats.text };
    match cell {
        Cell::Formula(formula, cell) => {
            let Some((value, format)) = number(cell).filter(|(value, _)| value.is_finite()) else {
                return write_cell(sheet, (row, column), cell, kind, bold, words, formats);
            };
            let formula = formula.replace("{r}", &(row + 1).to_string());
            let formula = Formula::new(format!("={formula}")).set_result(value.to_string());
            sheet.write_formula_with_format(row, column, formula, format)?;
        }
        cell => match number(cell) {
            Some((value, format)) if value.is_finite() => {
                sheet.write_number_with_format(row, column, value, format)?;
            }
            Some(_) => {
                sheet.write_string_with_format(row, column, "–", text)?;
            }
            None if matches!(cell, Cell::Empty) => {
                let format = if kind == Kind::Text { text } else { &style.money };
                sheet.write_blank(row, column, format)?;
            }
            None => {
                sheet.write_string_with_format(row, column, shown(cell, words), text)?;
            }
        },
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn quantities_show_what_says_something() {
        assert_eq!(figure(1_234_567.8), "1,234,568");
        assert_eq!(figure(0.0046), "0.0046");
        assert_eq!(figure(-1234.5), "-1,234.5");
        assert_eq!(figure(8.0), "8");
        assert_eq!(figure(f64::INFINITY), "–");
    }
}
