//! What is it made of: actual cost by cost type and month, stacked from rectangles.

use super::canvas::{self, Area, Frame, Painted, text};
use super::overlay::Mark;
use super::palette::{self, BUDGET, Colour, INK, MUTED, PAPER, UNDER_2_INK};
use super::{Chart, LegendItem, Links, Swatch};
use crate::data::{CostTypeMonths, ExecutionReport};
use crate::{Figures, ReportError};
use headroom_models::ledger::{CostType, Money};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

const SIZE: (u32, u32) = (1200, 340);

/// The stacked columns of the company.
///
/// # Errors
/// When the drawing library fails.
pub fn stacked(report: &ExecutionReport, figures: &Figures, links: &Links) -> Result<Chart, ReportError> {
    let words = figures.words();
    let types = &report.cost_types_by_month;
    let largest = types.iter().max_by_key(|row| row.total);
    let alternative = words.with(
        "chart-stacked-alt",
        &[
            ("types", &types.len().to_string()),
            (
                "largest",
                &largest.map_or(String::new(), |row| words.cost_type(row.cost_type)),
            ),
            (
                "amount",
                &largest.map_or(String::new(), |row| figures.amount(row.total)),
            ),
        ],
    );
    let frame = Frame {
        name: "stacked",
        alternative: alternative.clone(),
        size: SIZE,
    };
    let svg = canvas::draw(frame, |area| paint(area, report, figures, links))?;
    let mut legend: Vec<LegendItem> = types
        .iter()
        .enumerate()
        .map(|(index, row)| LegendItem {
            colour: colour(row.cost_type).name,
            swatch: Swatch::Box,
            symbol: Some((index + 1).to_string()),
            label: words.cost_type(row.cost_type),
        })
        .collect();
    let label = words.text("legend-budget");
    legend.push(LegendItem {
        colour: BUDGET.name,
        swatch: Swatch::Line,
        symbol: None,
        label,
    });
    Ok(Chart {
        svg,
        sentence: alternative,
        legend,
        note: None,
    })
}

fn colour(cost_type: CostType) -> Colour {
    let at = CostType::ALL
        .iter()
        .position(|&other| other == cost_type)
        .unwrap_or_default();
    palette::TYPES[at % palette::TYPES.len()]
}

fn paint(area: &Area<'_>, report: &ExecutionReport, figures: &Figures, links: &Links) -> Painted<Vec<Mark>> {
    let words = figures.words();
    let in_unit = |amount: Money| amount.multiply(figures.unit().factor()).for_drawing();
    let piles: Vec<Vec<Layer<'_>>> = (0..report.months.len())
        .map(|month| pile(report, month, &in_unit))
        .collect();
    let budgets = report.months.iter().map(|point| in_unit(point.budget));
    let high = piles
        .iter()
        .flatten()
        .map(|layer| layer.to.max(layer.from))
        .chain(budgets)
        .fold(0.0, f64::max);
    let low = piles
        .iter()
        .flatten()
        .map(|layer| layer.to.min(layer.from))
        .fold(0.0, f64::min);
    let top = canvas::head_room(high);
    let chart = canvas::plot(area, 10, 26, 0.0..report.months.len().max(1) as f64, low * 1.1..top)?;

    let mut marks = Vec::new();
    for (index, (point, layers)) in report.months.iter().zip(&piles).enumerate() {
        let x = index as f64;
        for layer in layers {
            let a = chart.backend_coord(&(x + 0.2, layer.from));
            let b = chart.backend_coord(&(x + 0.8, layer.to));
            let colour = colour(layer.row.cost_type);
            area.draw(&Rectangle::new([a, b], colour.rgb().filled()))?;
            let tall = (a.1 - b.1).abs();
            if tall > 2 {
                area.draw(&PathElement::new([(a.0, b.1), (b.0, b.1)], PAPER.rgb()))?;
            }
            if tall >= 14 {
                let ink = if palette::is_deep(colour) { PAPER } else { UNDER_2_INK };
                let middle = (i32::midpoint(a.0, b.0), i32::midpoint(a.1, b.1));
                let style = text(10.0, ink, HPos::Center, VPos::Center);
                area.draw(&Text::new(layer.number.to_string(), middle, style))?;
            }
            let separator = words.text("label-separator");
            let title = format!(
                "{} · {}{separator}{}",
                words.month_long(point.month),
                words.cost_type(layer.row.cost_type),
                figures.exact(layer.amount)
            );
            marks.push(Mark::between(a, b, title, links.to_month(point.month)));
        }
        let mark = [
            chart.backend_coord(&(x + 0.12, in_unit(point.budget))),
            chart.backend_coord(&(x + 0.88, in_unit(point.budget))),
        ];
        area.draw(&PathElement::new(mark, BUDGET.rgb().stroke_width(2)))?;
        let height = layers
            .iter()
            .map(|layer| layer.to)
            .fold(in_unit(point.budget), f64::max);
        let above = chart.backend_coord(&(x + 0.5, height));
        if let Some(actual) = point.actual.filter(|_| point.closed) {
            let style = text(11.0, INK, HPos::Center, VPos::Center);
            area.draw(&Text::new(figures.short(actual), (above.0, above.1 - 9), style))?;
        }
        let under = (above.0, chart.backend_coord(&(x, low * 1.1)).1 + 14);
        let style = text(11.0, MUTED, HPos::Center, VPos::Center);
        area.draw(&Text::new(words.month_short(point.month), under, style))?;
    }
    canvas::base_line(area, &chart, 0.0, report.months.len() as f64, 0.0)?;
    Ok(marks)
}

/// One cost type's piece of a column.
struct Layer<'a> {
    row: &'a CostTypeMonths,
    number: usize,
    amount: Money,
    from: f64,
    to: f64,
}

/// The pieces of one month: costs upwards from zero, credits downwards.
fn pile<'a>(report: &'a ExecutionReport, month: usize, in_unit: &dyn Fn(Money) -> f64) -> Vec<Layer<'a>> {
    let (mut up, mut down) = (0.0, 0.0);
    let mut layers = Vec::new();
    for (index, row) in report.cost_types_by_month.iter().enumerate() {
        let Some(amount) = row
            .amounts
            .get(month)
            .copied()
            .flatten()
            .filter(|amount| !amount.is_zero())
        else {
            continue;
        };
        let edge = if amount.is_negative() { &mut down } else { &mut up };
        let from = *edge;
        *edge += in_unit(amount);
        layers.push(Layer {
            row,
            number: index + 1,
            amount,
            from,
            to: *edge,
        });
    }
    layers
}
