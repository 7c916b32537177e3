//! What several pages show: charts with their legend and table, tables of figures, choices of months.

use crate::web::view::View;
use headroom_models::ledger::{Money, Month};
use headroom_reports::charts::{Chart, Swatch, address};
use headroom_reports::export::harmless;
use headroom_reports::export::screen::tables::{Cell, Head, Row, Table};

/// A chart as a page shows it: title, legend, picture, and the table of the same figures.
pub(crate) struct ChartView {
    /// Its id in the page.
    pub id: &'static str,
    /// Title.
    pub title: String,
    /// Unit of the figures.
    pub unit: String,
    /// The picture.
    pub svg: String,
    /// What the colours mean.
    pub legend: Vec<LegendView>,
    /// What it shows, in one sentence.
    pub sentence: String,
    /// What a reader must know to read it right.
    pub note: Option<String>,
    /// The same as a table.
    pub table: Table,
    /// The table as a file, in its address.
    pub csv: String,
}

/// One entry of a legend.
pub(crate) struct LegendView {
    /// CSS classes of its swatch.
    pub class: String,
    /// The symbol in the picture.
    pub symbol: String,
    /// What it means.
    pub label: String,
}

impl ChartView {
    /// A chart with its table.
    pub fn new(id: &'static str, title: String, unit: String, chart: Chart, table: Table) -> ChartView {
        let legend = chart.legend.into_iter().map(|item| LegendView {
            class: format!(
                "{} k-{}",
                match item.swatch {
                    Swatch::Line => "line",
                    Swatch::Dashed => "dashed",
                    Swatch::Box => "box",
                },
                item.colour
            ),
            symbol: item.symbol.unwrap_or_default(),
            label: item.label,
        });
        ChartView {
            id,
            title,
            unit,
            svg: chart.svg,
            legend: legend.collect(),
            sentence: chart.sentence,
            note: chart.note,
            csv: csv_of(&table),
            table,
        }
    }
}

/// A table as CSV in an address of its own: a link with it saves exactly what is shown, whatever happens meanwhile.
pub(crate) fn csv_of(table: &Table) -> String {
    let mut groups = Vec::new();
    for head in &table.groups {
        groups.extend(std::iter::repeat_n(head.text.as_str(), head.span));
    }
    let heads = table.heads.iter().enumerate().map(|(index, head)| {
        let group = groups.get(index).copied().unwrap_or_default();
        if group.is_empty() {
            head.text.clone()
        } else {
            format!("{group} · {}", head.text)
        }
    });
    let rows = table.rows.iter().map(|row| {
        let cells = row.cells.iter();
        cells
            .map(|cell| (cell.text.as_str(), cell.class.starts_with('n')))
            .collect()
    });
    csv_address(heads.collect(), rows)
}

/// As [`csv_of`], of cells with whether each is a number. Numbers lose their separators, so that programs read them.
pub(crate) fn csv_address<'a>(heads: Vec<String>, rows: impl Iterator<Item = Vec<(&'a str, bool)>>) -> String {
    // A byte order mark: spreadsheets read it as UTF-8 then.
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    // Writing to memory does not fail.
    let _ = writer.write_record(heads.iter().map(|head| harmless(head)));
    for row in rows {
        let _ = writer.write_record(row.into_iter().map(|(text, number)| {
            let plain = text.replace(',', "").replace('−', "-").replace(['▲', '▼', '+'], "");
            match plain.trim().parse::<Money>() {
                Ok(_) if number => plain.trim().to_owned(),
                _ => harmless(text),
            }
        }));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    format!(
        "data:text/csv;charset=utf-8,{}",
        address(&String::from_utf8_lossy(&bytes))
    )
}

/// How a cell looks that only text speaks for: days and times are not broken into lines.
fn looks_like(text: &str) -> &'static str {
    let day = text.len() <= 24 && text.len() >= 7 && text.bytes().take(4).all(|byte| byte.is_ascii_digit());
    if day { "t" } else { "" }
}

/// A link in a list, marked when it is the one shown.
pub(crate) struct Choice {
    /// The value.
    pub value: String,
    /// As people read it.
    pub label: String,
    /// True for the one shown.
    pub chosen: bool,
}

impl Choice {
    /// Months, the newest first.
    pub fn months(view: &View, months: impl DoubleEndedIterator<Item = Month>, chosen: Option<Month>) -> Vec<Choice> {
        months
            .rev()
            .map(|month| Choice {
                value: month.to_string(),
                label: view.month(month),
                chosen: Some(month) == chosen,
            })
            .collect()
    }

    /// Keys with words.
    pub fn words(view: &View, prefix: &str, keys: &[&str], chosen: &str) -> Vec<Choice> {
        keys.iter()
            .map(|key| Choice {
                value: (*key).to_owned(),
                label: view.t(&format!("{prefix}{key}")),
                chosen: *key == chosen,
            })
            .collect()
    }
}

/// A column head over words or numbers.
pub(crate) fn head(text: String, number: bool) -> Head {
    Head {
        text,
        class: if number { "n" } else { "" },
        span: 1,
    }
}

/// A cell of words.
pub(crate) fn word(text: impl Into<String>) -> Cell {
    let text = text.into();
    Cell {
        class: looks_like(&text),
        text,
        ..Cell::default()
    }
}

/// A cell of a number.
pub(crate) fn number(text: impl Into<String>) -> Cell {
    Cell {
        text: text.into(),
        class: "n",
        ..Cell::default()
    }
}

/// A row of cells.
pub(crate) fn row(cells: Vec<Cell>) -> Row {
    Row {
        cells,
        ..Row::default()
    }
}

/// The largest of some amounts by size: decides in which unit all of them are shown.
pub(crate) fn largest(amounts: impl Iterator<Item = Money>) -> Money {
    amounts.map(Money::abs).max().unwrap_or_default()
}

/// Parts of an address after `?`, percent-encoded.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", address(value)))
        .collect();
    pairs.join("&")
}

/// A table whose cells may lead on.
pub(crate) struct Sheet {
    /// What a screen reader calls it.
    pub label: String,
    /// Heads.
    pub heads: Vec<Head>,
    /// Rows of cells; the first cell of each is its head.
    pub rows: Vec<Vec<SheetCell>>,
}

/// A cell of a [`Sheet`].
pub(crate) struct SheetCell {
    /// What it says.
    pub text: String,
    /// How it looks.
    pub class: &'static str,
    /// Where it leads; nowhere when empty.
    pub href: String,
}

impl Sheet {
    /// A table with heads by their keys, each with whether it stands over numbers.
    pub fn new(view: &View, label: &str, keys: &[(&str, bool)], rows: impl Iterator<Item = Vec<SheetCell>>) -> Sheet {
        Sheet {
            label: view.t(label),
            heads: keys.iter().map(|(key, number)| head(view.t(key), *number)).collect(),
            rows: rows.collect(),
        }
    }
}

impl Sheet {
    /// The table as a file, in its address: see [`csv_of`].
    pub fn csv(&self) -> String {
        let heads = self.heads.iter().map(|head| head.text.clone()).collect();
        let rows = self.rows.iter();
        csv_address(
            heads,
            rows.map(|row| {
                row.iter()
                    .map(|cell| (cell.text.as_str(), cell.class.starts_with('n')))
                    .collect()
            }),
        )
    }
}

/// A cell of text.
pub(crate) fn says(text: impl Into<String>) -> SheetCell {
    let text = text.into();
    SheetCell {
        class: looks_like(&text),
        text,
        href: String::new(),
    }
}

/// A cell of a number.
pub(crate) fn counts(text: impl Into<String>) -> SheetCell {
    SheetCell {
        class: "n",
        ..says(text)
    }
}

/// A cell that leads on.
pub(crate) fn leads(text: impl Into<String>, href: String) -> SheetCell {
    SheetCell { href, ..says(text) }
}
