//! The pictures: drawn with plotters as SVG with real text, coloured through CSS, with hover titles and links.
//!
//! An SVG carries the light palette in its attributes, so it stands alone; a page that includes [`stylesheet`] once
//! gets dark mode too. Legends are returned as data, because plotters guesses the width of text by its bytes.

mod canvas;
mod evidence;
mod heat_map;
mod overlay;
mod palette;
mod s_curve;
mod stacked;
mod waterfall;

pub use evidence::evidence;
pub use heat_map::{heat_map, rate_class};
pub use palette::{legend_stylesheet, stylesheet};
pub use s_curve::s_curve;
pub use stacked::stacked;
pub use waterfall::waterfall;

use headroom_models::ledger::Month;

/// Where the marks of a chart lead; `{}` stands for the month or the product's id.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// For example `#month-{}`.
    pub month: Option<String>,
    /// For example `/products/{}`.
    pub product: Option<String>,
}

impl Links {
    fn to_month(&self, month: Month) -> Option<String> {
        self.month
            .as_ref()
            .map(|pattern| pattern.replace("{}", &month.to_string()))
    }

    fn to_product(&self, id: &str) -> Option<String> {
        self.product.as_ref().map(|pattern| pattern.replace("{}", &address(id)))
    }
}

/// An id as a part of an address: everything but ASCII letters, digits, `-`, `_` and `.` is percent-encoded.
pub fn address(id: &str) -> String {
    let mut text = String::new();
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => text.push(byte as char),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// How much room a chart has: texts keep their size, the plot takes what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// A report, a page long.
    Report,
    /// Half the width of a screen whose charts stand one beside the other.
    Screen,
}

impl Room {
    fn size(self) -> (u32, u32) {
        match self {
            Room::Report => (690, 330),
            Room::Screen => (570, 174),
        }
    }
}

/// How a legend shows its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swatch {
    /// A line.
    Line,
    /// A dashed line.
    Dashed,
    /// A filled box.
    Box,
}

/// One entry of a legend.
#[derive(Clone, Debug)]
pub struct LegendItem {
    /// Name of the colour; its CSS variable is `--chart-NAME`.
    pub colour: &'static str,
    /// How to show it.
    pub swatch: Swatch,
    /// The number or symbol that stands for it in the picture, so that colour never stands alone.
    pub symbol: Option<String>,
    /// What it means.
    pub label: String,
}

/// A drawn chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The SVG element, ready to stand in a page.
    pub svg: String,
    /// What it shows, in one sentence.
    pub sentence: String,
    /// What the colours mean.
    pub legend: Vec<LegendItem>,
    /// What a reader must know to read it right, when there is something.
    pub note: Option<String>,
}
