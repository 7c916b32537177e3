//! Why are we off: from budget through the parts of the variance to actual.

use super::canvas::{self, Area, Frame, Painted, text};
use super::overlay::Mark;
use super::palette::{ACTUAL, AXIS, BUDGET, Colour, INK, MUTED, OVER, PAPER, UNDER};
use super::{Chart, LegendItem, Room, Swatch};
use crate::data::Variance;
use crate::{Figures, ReportError};
use headroom_models::ledger::Money;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// One bar: from one height to another, both in the unit of the report.
struct Bar {
    label: String,
    from: f64,
    to: f64,
    amount: Money,
    colour: Colour,
    total: bool,
}

/// The waterfall of a variance.
///
/// # Errors
/// When the drawing library fails.
pub fn waterfall(variance: &Variance, figures: &Figures, link: Option<&str>, room: Room) -> Result<Chart, ReportError> {
    let words = figures.words();
    let parts = variance.parts.iter().map(|part| {
        let kind = words.term("variance", part.kind.as_str());
        format!("{kind} {}", figures.amount_signed(part.amount))
    });
    let parts = parts.collect::<Vec<_>>().join(&words.text("list-separator"));
    let alternative = words.with(
        "chart-waterfall-alt",
        &[
            ("start", &figures.amount(variance.start)),
            ("end", &figures.amount(variance.end)),
            ("parts", &parts),
        ],
    );
    let bars = bars(variance, figures);
    let base = base(&bars);
    let frame = Frame {
        name: "waterfall",
        alternative: alternative.clone(),
        size: room.size(),
    };
    let svg = canvas::draw(frame, |area| paint(area, &bars, base, figures, link))?;
    let item = |colour: Colour, symbol: &str, key| LegendItem {
        colour: colour.name,
        swatch: Swatch::Box,
        symbol: Some(symbol.to_owned()),
        label: words.text(key),
    };
    let legend = vec![item(OVER, "▲", "legend-over"), item(UNDER, "▼", "legend-under")];
    let note = (base > 0.0).then(|| words.text("chart-waterfall-cut"));
    Ok(Chart {
        svg,
        sentence: alternative,
        legend,
        note,
    })
}

/// The bars in running order. The running height is geometry: it is rounded for drawing and shown nowhere.
fn bars(variance: &Variance, figures: &Figures) -> Vec<Bar> {
    let words = figures.words();
    let in_unit = |amount: Money| amount.multiply(figures.unit().factor()).for_drawing();
    let total = |key: &str, amount: Money, colour| Bar {
        label: words.text(key),
        from: 0.0,
        to: in_unit(amount),
        amount,
        colour,
        total: true,
    };
    let mut bars = vec![total("kpi-budget", variance.start, BUDGET)];
    let mut height = in_unit(variance.start);
    for part in &variance.parts {
        let next = height + in_unit(part.amount);
        bars.push(Bar {
            label: words.term("variance", part.kind.as_str()),
            from: height,
            to: next,
            amount: part.amount,
            colour: if part.amount.is_negative() { UNDER } else { OVER },
            total: false,
        });
        height = next;
    }
    bars.push(total("kpi-actual", variance.end, ACTUAL));
    bars
}

/// Where the axis starts: at zero, unless the steps would be too thin to see.
fn base(bars: &[Bar]) -> f64 {
    let heights = || {
        bars.iter().flat_map(|bar| {
            if bar.total {
                [bar.to, bar.to]
            } else {
                [bar.from, bar.to]
            }
        })
    };
    let (low, high) = (heights().fold(f64::MAX, f64::min), heights().fold(f64::MIN, f64::max));
    if low <= 0.0 || high - low > 0.35 * high || bars.len() < 3 {
        return 0.0;
    }
    let wished = low - (high - low).max(high * 0.01) * 0.8;
    let step = 10_f64.powf((high - low).max(high * 0.01).log10().floor());
    ((wished / step).floor() * step).max(0.0)
}

fn paint(area: &Area<'_>, bars: &[Bar], base: f64, figures: &Figures, link: Option<&str>) -> Painted<Vec<Mark>> {
    let high = bars.iter().map(|bar| bar.to.max(bar.from)).fold(0.0, f64::max);
    let low = bars.iter().map(|bar| bar.to.min(bar.from)).fold(0.0, f64::min);
    let floor = if base > 0.0 { base } else { low * 1.1 };
    let top = if base > 0.0 {
        high + (high - base) * 0.16
    } else {
        (high + (high - low) * 0.12).max(1e-6)
    };
    let chart = canvas::plot(area, 10, 40, 0.0..bars.len() as f64, floor..top)?;
    let ground = base.max(0.0);
    let words = figures.words();
    let mut marks = Vec::new();
    for (index, bar) in bars.iter().enumerate() {
        let x = index as f64;
        let from = if bar.total { ground } else { bar.from };
        let (left, right) = (
            chart.backend_coord(&(x + 0.16, from)),
            chart.backend_coord(&(x + 0.84, bar.to)),
        );
        let mut corners = [left, right];
        if left.1 == right.1 {
            corners[1].1 -= 1;
        }
        area.draw(&Rectangle::new(corners, bar.colour.rgb().filled()))?;
        if index + 1 < bars.len() {
            let next = chart.backend_coord(&(x + 1.16, bar.to));
            area.draw(&PathElement::new([(right.0, right.1), (next.0, right.1)], AXIS.rgb()))?;
        }
        let middle = i32::midpoint(left.0, right.0);
        let (shown, colour) = if bar.total {
            (figures.short(bar.amount), INK)
        } else {
            let symbol = match bar.amount.cmp(&Money::ZERO) {
                std::cmp::Ordering::Less => "▼ ",
                std::cmp::Ordering::Equal => "",
                std::cmp::Ordering::Greater => "▲ ",
            };
            (format!("{symbol}{}", figures.short_signed(bar.amount)), bar.colour)
        };
        let above = left.1.min(right.1) - 9;
        area.draw(&Text::new(
            shown,
            (middle, above),
            text(12.0, colour, HPos::Center, VPos::Center),
        ))?;
        if bar.total && base > 0.0 {
            cut(area, left.0, right.0, left.1)?;
        }
        let under = chart.backend_coord(&(x, floor)).1 + 13;
        let room = f64::from(chart.backend_coord(&(x + 1.0, floor)).0 - chart.backend_coord(&(x, floor)).0) - 4.0;
        for (line, label) in canvas::wrap(&bar.label, 11.0, room).into_iter().enumerate() {
            let place = (middle, under + 13 * line as i32);
            area.draw(&Text::new(label, place, text(11.0, MUTED, HPos::Center, VPos::Center)))?;
        }
        let exact = if bar.total {
            figures.exact(bar.amount)
        } else {
            figures.signed(bar.amount)
        };
        let title = format!("{}{}{exact}", bar.label, words.text("label-separator"));
        let (a, b) = (
            chart.backend_coord(&(x + 0.02, top)),
            chart.backend_coord(&(x + 0.98, floor)),
        );
        marks.push(Mark::between(a, b, title, link.map(str::to_owned)));
    }
    canvas::base_line(area, &chart, 0.0, bars.len() as f64, ground)?;
    Ok(marks)
}

/// A band across the foot of a bar: the axis does not start at zero.
fn cut(area: &Area<'_>, left: i32, right: i32, foot: i32) -> Painted<()> {
    let at = foot - 14;
    let zigzag = |offset: i32| {
        let steps = 6;
        (0..=steps).map(move |step| {
            (
                left - 3 + (right - left + 6) * step / steps,
                at + offset + if step % 2 == 0 { 3 } else { -3 },
            )
        })
    };
    let band: Vec<_> = zigzag(0)
        .chain(zigzag(5).collect::<Vec<_>>().into_iter().rev())
        .collect();
    area.draw(&Polygon::new(band, PAPER.rgb().filled()))
}
