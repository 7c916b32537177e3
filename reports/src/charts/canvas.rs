//! What all charts share: the SVG frame, axes, text and the room that text needs.

use super::overlay::{self, Mark};
use super::palette::{self, AXIS, Colour, GRID, MUTED};
use crate::ReportError;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;

/// The fonts of a chart: what the page uses, with Chinese ones on every system.
const FONTS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Hiragino Sans GB', \
                     'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif";

/// The name by which plotters' texts are found and given [`FONTS`].
const FONT: &str = "sans-serif";

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Plot<'a, 'b> = ChartContext<'b, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
pub(super) type Painted<T> = Result<T, DrawingAreaErrorKind<std::io::Error>>;

/// Name, text alternative and size of a chart.
pub(super) struct Frame {
    pub name: &'static str,
    pub alternative: String,
    pub size: (u32, u32),
}

/// Lets `paint` draw, then dresses the SVG: size of the page, fonts, colours by class, text alternative, marks.
pub(super) fn draw(frame: Frame, paint: impl FnOnce(&Area<'_>) -> Painted<Vec<Mark>>) -> Result<String, ReportError> {
    let mut drawn = String::new();
    let marks = {
        let area = SVGBackend::with_string(&mut drawn, frame.size).into_drawing_area();
        let marks = paint(&area);
        marks.and_then(|marks| area.present().map(|()| marks))
    };
    let marks = marks.map_err(|error| ReportError::Chart {
        chart: frame.name,
        reason: error.to_string(),
    })?;
    let inside = drawn
        .split_once('>')
        .and_then(|(_, rest)| rest.rsplit_once("</svg>"))
        .map_or("", |(inside, _)| inside);
    let inside = palette::dress(inside).replace(&format!(" font-family=\"{FONT}\""), "");
    let (width, height) = frame.size;
    let alternative = overlay::escape(&frame.alternative);
    // What stands in an image is no link for a screen reader.
    let role = if marks.iter().any(|mark| mark.link.is_some()) {
        "group"
    } else {
        "img"
    };
    Ok(format!(
        "<svg class=\"chart chart-{}\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"100%\" \
         role=\"{role}\" aria-label=\"{alternative}\" font-family=\"{FONTS}\">{inside}{}</svg>",
        frame.name,
        overlay::svg(&marks)
    ))
}

/// A text style of `size` pixels. plotters divides sizes by 1.24, so they are multiplied first.
pub(super) fn text(size: f64, colour: Colour, across: HPos, down: VPos) -> TextStyle<'static> {
    TextStyle {
        font: (FONT, size * 1.24).into_font(),
        color: colour.rgb().to_backend_color(),
        pos: Pos::new(across, down),
    }
}

/// Axes with light horizontal lines; the x axis stays bare, [`below_axis`] writes under it.
pub(super) fn plot<'a, 'b>(
    area: &'b Area<'a>,
    right: u32,
    bottom: u32,
    x: Range<f64>,
    y: Range<f64>,
) -> Painted<Plot<'a, 'b>> {
    let (low, high) = (y.start, y.end);
    let mut chart = ChartBuilder::on(area)
        .margin_top(12)
        .margin_right(right)
        .margin_left(2)
        .x_label_area_size(bottom)
        .y_label_area_size(58)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_labels(8)
        .y_label_style(text(11.0, MUTED, HPos::Right, VPos::Center))
        .y_label_formatter(&|value| tick(*value, high - low))
        .bold_line_style(GRID.rgb())
        .light_line_style(TRANSPARENT)
        .axis_style(TRANSPARENT)
        .draw()?;
    Ok(chart)
}

/// The base line of a chart.
pub(super) fn base_line(area: &Area<'_>, chart: &Plot<'_, '_>, from: f64, to: f64, y: f64) -> Painted<()> {
    let ends = [chart.backend_coord(&(from, y)), chart.backend_coord(&(to, y))];
    area.draw(&PathElement::new(ends, AXIS.rgb()))
}

/// A tick of an axis: thousands separators, and digits after the point only when the axis is short.
pub(super) fn tick(value: f64, span: f64) -> String {
    let digits = if span >= 8.0 {
        0
    } else if span >= 0.8 {
        1
    } else {
        2
    };
    let text = format!("{:.digits$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        "−"
    } else {
        ""
    };
    if fraction.is_empty() {
        format!("{sign}{grouped}")
    } else {
        format!("{sign}{grouped}.{fraction}")
    }
}

/// About how wide a text is, in pixels: Chinese characters are square, others a little over half of that.
pub(super) fn width_of(label: &str, size: f64) -> f64 {
    label
        .chars()
        .map(|c| if c as u32 >= 0x2E80 { size } else { size * 0.56 })
        .sum()
}

/// The text, cut with `…` when it is wider than `room` pixels.
pub(super) fn fit(label: &str, size: f64, room: f64) -> String {
    if width_of(label, size) <= room {
        return label.to_owned();
    }
    let mut cut = String::new();
    for character in label.chars() {
        if width_of(&cut, size) + 2.0 * size > room {
            break;
        }
        cut.push(character);
    }
    format!("{}…", cut.trim_end())
}

/// The text in at most two lines of `room` pixels.
pub(super) fn wrap(label: &str, size: f64, room: f64) -> Vec<String> {
    if width_of(label, size) <= room {
        return vec![label.to_owned()];
    }
    let spaces = label.char_indices().filter(|(_, c)| *c == ' ').map(|(at, _)| at);
    match spaces.min_by_key(|&at| (at * 2).abs_diff(label.len())) {
        Some(at) => vec![fit(&label[..at], size, room), fit(&label[at + 1..], size, room)],
        None => vec![fit(label, size, room)],
    }
}

/// Room above the highest value of a chart, so that labels fit; never an empty range.
pub(super) fn head_room(high: f64) -> f64 {
    if high > 0.0 { high * 1.1 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_read_like_money() {
        assert_eq!(tick(12345.0, 20000.0), "12,345");
        assert_eq!(tick(-0.0, 10.0), "0");
        assert_eq!(tick(-1500.0, 5000.0), "−1,500");
        assert_eq!(tick(1.25, 0.5), "1.25");
    }

    #[test]
    fn long_labels_are_wrapped_or_cut() {
        assert_eq!(wrap("Efficiency and price", 11.0, 80.0), ["Efficiency", "and price"]);
        assert_eq!(fit("很长很长很长的名称", 10.0, 60.0), "很长很长很…");
        assert_eq!(fit("短", 10.0, 60.0), "短");
    }
}
