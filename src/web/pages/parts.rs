//! What several pages show: charts with their legend and table, tables of figures, choices of months.

use crate::web::view::View;
use headroom_models::ledger::{Money, Month};
use headroom_reports::charts::{Chart, Swatch};
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
    /// What a reader must know to read it right.
    pub note: Option<String>,
    /// The same as a table.
    pub table: Table,
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
            note: chart.note,
            table,
        }
    }
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
    Cell {
        text: text.into(),
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
        .map(|(name, value)| format!("{name}={}", headroom_reports::charts::address(value)))
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

/// A cell of text.
pub(crate) fn says(text: impl Into<String>) -> SheetCell {
    SheetCell {
        text: text.into(),
        class: "",
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
