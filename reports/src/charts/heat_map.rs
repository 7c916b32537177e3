//! Which product, which month: execution rates as coloured cells with the figure printed in each.

use super::canvas::{self, Area, Frame, Painted, text};
use super::overlay::Mark;
use super::palette::*;
use super::{Chart, LegendItem, Links, Swatch};
use crate::data::{ExecutionReport, HeatCell, HeatTotal};
use crate::{Figures, ReportError};
use headroom_models::ledger::Money;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

const WIDTH: i32 = 1200;
const NAMES: i32 = 170;
const HEAD: i32 = 26;
const ROW: i32 = 30;
const GAP: i32 = 6;

/// The bands of the execution rate, from far below to far above budget: whole percent that it ends before, cell, figure, legend.
const BANDS: [(i64, Colour, Colour, &str); 7] = [
    (70, UNDER_3, UNDER_3_INK, "< 70%"),
    (85, UNDER_2, UNDER_2_INK, "70–84%"),
    (95, UNDER_1, UNDER_1_INK, "85–94%"),
    (106, NEUTRAL, NEUTRAL_INK, "95–105%"),
    (116, OVER_1, OVER_1_INK, "106–115%"),
    (131, OVER_2, OVER_2_INK, "116–130%"),
    (i64::MAX, OVER_3, OVER_3_INK, "> 130%"),
];

/// What one cell shows.
struct Cell {
    place: (i32, i32),
    width: i32,
    shown: String,
    fill: Colour,
    ink: Colour,
    title: String,
    link: Option<String>,
}

/// The heat map of execution rates.
///
/// # Errors
/// When the drawing library fails.
pub fn heat_map(report: &ExecutionReport, figures: &Figures, links: &Links) -> Result<Chart, ReportError> {
    let words = figures.words();
    let heat = &report.heat;
    let alternative = words.with(
        "chart-heat-alt",
        &[
            ("products", &heat.rows.len().to_string()),
            ("rate", &figures.percent_or_dash(heat.total.rate)),
        ],
    );
    let height = HEAD + ROW * (heat.rows.len() as i32 + 1) + GAP + 4;
    let frame = Frame {
        name: "heat-map",
        alternative: alternative.clone(),
        size: (WIDTH as u32, height as u32),
    };
    let svg = canvas::draw(frame, |area| paint(area, report, figures, links))?;
    let mut legend: Vec<LegendItem> = BANDS
        .iter()
        .map(|(_, colour, _, label)| LegendItem {
            colour: colour.name,
            swatch: Swatch::Box,
            symbol: None,
            label: (*label).to_owned(),
        })
        .collect();
    let no_budget = heat
        .rows
        .iter()
        .flat_map(|row| &row.cells)
        .any(|cell| without_budget(cell.actual, cell.rate));
    if no_budget {
        let label = words.text("legend-no-budget");
        legend.push(LegendItem {
            colour: OVER_3.name,
            swatch: Swatch::Box,
            symbol: Some("!".to_owned()),
            label,
        });
    }
    Ok(Chart {
        svg,
        sentence: alternative,
        legend,
        note: None,
    })
}

fn paint(area: &Area<'_>, report: &ExecutionReport, figures: &Figures, links: &Links) -> Painted<Vec<Mark>> {
    let words = figures.words();
    let heat = &report.heat;
    let columns = report.months.len() as i32;
    let step = (WIDTH - NAMES - GAP) / (columns + 1);
    let left = |column: i32| NAMES + step * column + if column == columns { GAP } else { 0 };
    let head = |column: i32, label: String| {
        let style = text(11.0, MUTED, HPos::Center, VPos::Center);
        area.draw(&Text::new(label, (left(column) + step / 2, HEAD / 2), style))
    };
    for (column, point) in report.months.iter().enumerate() {
        head(column as i32, words.month_short(point.month))?;
    }
    head(columns, words.text("column-ytd"))?;

    let mut marks = Vec::new();
    let mut row =
        |top: i32, name: String, cells: &[HeatCell], total: &HeatTotal, link: Option<String>| -> Painted<()> {
            let style = text(12.0, INK, HPos::Right, VPos::Center);
            area.draw(&Text::new(
                canvas::fit(&name, 12.0, f64::from(NAMES - 14)),
                (NAMES - 10, top + ROW / 2),
                style,
            ))?;
            for (column, cell) in cells.iter().enumerate() {
                let head = format!("{name} · {}", words.month_long(cell.month));
                let title = hover(&head, cell.actual, cell.budget, cell.rate, figures);
                let (shown, fill, ink) = look(cell.actual, cell.rate);
                let link = link.clone().or_else(|| links.to_month(cell.month));
                let cell = Cell {
                    place: (left(column as i32), top),
                    width: step - 2,
                    shown,
                    fill,
                    ink,
                    title,
                    link,
                };
                marks.push(paint_cell(area, cell)?);
            }
            let head = format!("{name} · {}", words.text("column-ytd"));
            let title = hover(&head, Some(total.actual), total.budget, total.rate, figures);
            let (shown, fill, ink) = look(Some(total.actual), total.rate);
            let cell = Cell {
                place: (left(columns), top),
                width: step - 2,
                shown,
                fill,
                ink,
                title,
                link,
            };
            marks.push(paint_cell(area, cell)?);
            Ok(())
        };
    for (index, line) in heat.rows.iter().enumerate() {
        let name = words.name(&line.product.id, &line.product.name);
        row(
            HEAD + ROW * index as i32,
            name,
            &line.cells,
            &line.total,
            links.to_product(&line.product.id),
        )?;
    }
    let top = HEAD + ROW * heat.rows.len() as i32 + GAP;
    row(top, words.text("total-all"), &heat.totals, &heat.total, None)?;
    Ok(marks)
}

fn paint_cell(area: &Area<'_>, cell: Cell) -> Painted<Mark> {
    let (x, y) = cell.place;
    let corners = [(x, y), (x + cell.width, y + ROW - 2)];
    area.draw(&Rectangle::new(corners, cell.fill.rgb().filled()))?;
    let middle = (x + cell.width / 2, y + ROW / 2 - 1);
    area.draw(&Text::new(
        cell.shown,
        middle,
        text(12.0, cell.ink, HPos::Center, VPos::Center),
    ))?;
    Ok(Mark::between(corners[0], corners[1], cell.title, cell.link))
}

/// The band of an execution rate as a CSS class: `h-under-3` … `h-neutral` … `h-over-3`, the colours of this map.
pub fn rate_class(rate: Money) -> String {
    let percent = rate.times(100).round(0);
    let band = BANDS.iter().find(|(bound, ..)| percent < Money::whole(*bound));
    format!("h-{}", band.unwrap_or(&BANDS[6]).1.name)
}

fn without_budget(actual: Option<Money>, rate: Option<Money>) -> bool {
    rate.is_none() && actual.is_some_and(|actual| !actual.is_zero())
}

/// The figure of a cell in whole percent, and its colours.
fn look(actual: Option<Money>, rate: Option<Money>) -> (String, Colour, Colour) {
    match rate {
        Some(rate) => {
            let percent = rate.times(100).round(0);
            let band = BANDS
                .iter()
                .find(|(bound, ..)| percent < Money::whole(*bound))
                .unwrap_or(&BANDS[6]);
            (format!("{}%", percent.grouped(0).replace('-', "−")), band.1, band.2)
        }
        None if without_budget(actual, rate) => ("!".to_owned(), OVER_3, OVER_3_INK),
        None if actual.is_some() => ("–".to_owned(), EMPTY, MUTED),
        None => (String::new(), EMPTY, MUTED),
    }
}

fn hover(head: &str, actual: Option<Money>, budget: Money, rate: Option<Money>, figures: &Figures) -> String {
    let words = figures.words();
    let line = |key: &str, value: String| format!("\n{}{}{value}", words.text(key), words.text("label-separator"));
    let mut title = head.to_owned();
    match actual {
        Some(actual) => title += &line("column-actual", figures.exact(actual)),
        None => title += &format!("\n{}", words.text("legend-open")),
    }
    title += &line("column-budget", figures.exact(budget));
    match rate {
        Some(rate) => title += &line("column-rate", figures.percent(rate)),
        None if without_budget(actual, rate) => title += &format!("\n{}", words.text("legend-no-budget")),
        None => {}
    }
    title
}
