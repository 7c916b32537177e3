//! Where will the year end: cumulative budget, actual and landing with its likely range.

use super::canvas::{self, Area, Frame, Painted, Plot, text};
use super::overlay::Mark;
use super::palette::{ACTUAL, AXIS, BUDGET, CLOSED, CONE, Colour, LANDING, MUTED};
use super::{Chart, LegendItem, Links, Room, Swatch};
use crate::data::{ExecutionReport, MonthPoint};
use crate::{Figures, ReportError};
use headroom_models::ledger::Money;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// The cumulative S-curve of the company.
///
/// # Errors
/// When the drawing library fails.
pub fn s_curve(report: &ExecutionReport, figures: &Figures, links: &Links, room: Room) -> Result<Chart, ReportError> {
    let words = figures.words();
    let headline = &report.headline;
    let alternative = words.with(
        "chart-s-curve-alt",
        &[
            ("month", &words.month_long(report.as_of)),
            ("actual", &figures.amount(headline.ytd_actual)),
            ("budget", &figures.amount(headline.ytd_budget)),
            ("landing", &figures.amount(headline.landing.mid)),
            ("low", &figures.amount(headline.landing.low)),
            ("high", &figures.amount(headline.landing.high)),
            ("year_budget", &figures.amount(headline.year_budget)),
        ],
    );
    let frame = Frame {
        name: "s-curve",
        alternative: alternative.clone(),
        size: room.size(),
    };
    let svg = canvas::draw(frame, |area| paint(area, report, figures, links))?;
    let item = |colour: Colour, swatch, key| LegendItem {
        colour: colour.name,
        swatch,
        symbol: None,
        label: words.text(key),
    };
    let legend = vec![
        item(BUDGET, Swatch::Line, "legend-budget"),
        item(ACTUAL, Swatch::Line, "legend-actual"),
        item(LANDING, Swatch::Dashed, "legend-landing"),
        item(CONE, Swatch::Box, "legend-range"),
        item(CLOSED, Swatch::Box, "legend-closed"),
    ];
    Ok(Chart {
        svg,
        sentence: alternative,
        legend,
        note: None,
    })
}

fn paint(area: &Area<'_>, report: &ExecutionReport, figures: &Figures, links: &Links) -> Painted<Vec<Mark>> {
    let months = &report.months;
    let in_unit = |amount: Money| amount.multiply(figures.unit().factor()).for_drawing();
    let highest = months.iter().flat_map(|point| {
        [
            Some(point.cumulative_budget),
            point.cumulative_actual,
            point.cumulative_landing.map(|landing| landing.high),
        ]
    });
    let high = highest.flatten().map(in_unit).fold(0.0, f64::max);
    let count = months.len() as f64;
    let chart = canvas::plot(area, 84, 26, 0.0..count.max(1.0), 0.0..canvas::head_room(high))?;
    let top = canvas::head_room(high);

    let closed = months.iter().take_while(|point| point.closed).count();
    let plane = chart.plotting_area();
    plane.draw(&Rectangle::new(
        [(0.0, 0.0), (closed as f64, top)],
        CLOSED.rgb().mix(0.45).filled(),
    ))?;
    let points = |pick: &dyn Fn(&MonthPoint) -> Option<Money>| -> Vec<(f64, f64)> {
        let of_months = months
            .iter()
            .enumerate()
            .filter_map(|(index, point)| Some((index as f64 + 1.0, in_unit(pick(point)?))));
        std::iter::once((0.0, 0.0)).chain(of_months).collect()
    };
    let actual = points(&|point| if point.closed { point.cumulative_actual } else { None });
    let from_here = |pick: &dyn Fn(&MonthPoint) -> Option<Money>| -> Vec<(f64, f64)> {
        let last = actual.last().copied().unwrap_or((0.0, 0.0));
        std::iter::once(last)
            .chain(points(pick).into_iter().filter(|point| point.0 > closed as f64))
            .collect()
    };
    let landing = from_here(&|point| point.cumulative_landing.map(|landing| landing.mid));
    let mut cone = from_here(&|point| point.cumulative_landing.map(|landing| landing.high));
    cone.extend(
        from_here(&|point| point.cumulative_landing.map(|landing| landing.low))
            .into_iter()
            .rev(),
    );
    plane.draw(&Polygon::new(cone, CONE.rgb().filled()))?;

    let budget = points(&|point| Some(point.cumulative_budget));
    plane.draw(&PathElement::new(budget.clone(), BUDGET.rgb().stroke_width(2)))?;
    plane.draw(&PathElement::new(landing.clone(), LANDING.rgb().stroke_width(2)))?;
    plane.draw(&PathElement::new(actual.clone(), ACTUAL.rgb().stroke_width(3)))?;
    for &point in actual.iter().skip(1) {
        plane.draw(&Circle::new(point, 3, ACTUAL.rgb().filled()))?;
    }
    canvas::base_line(area, &chart, 0.0, count, 0.0)?;
    write_labels(area, &chart, report, figures, (&budget, &landing, &actual))?;

    let words = figures.words();
    let bottom = chart.backend_coord(&(0.0, 0.0)).1 + 14;
    let mut marks = Vec::new();
    for (index, point) in months.iter().enumerate() {
        let middle = chart.backend_coord(&(index as f64 + 0.5, 0.0)).0;
        let style = text(11.0, MUTED, HPos::Center, VPos::Center);
        area.draw(&Text::new(words.month_short(point.month), (middle, bottom), style))?;
        let corners = (
            chart.backend_coord(&(index as f64, top)),
            chart.backend_coord(&(index as f64 + 1.0, 0.0)),
        );
        marks.push(Mark::between(
            corners.0,
            corners.1,
            hover(point, figures),
            links.to_month(point.month),
        ));
    }
    Ok(marks)
}

type Lines<'a> = (&'a [(f64, f64)], &'a [(f64, f64)], &'a [(f64, f64)]);

/// Names and end values at the ends of the lines, pushed apart where they would touch.
fn write_labels(
    area: &Area<'_>,
    chart: &Plot<'_, '_>,
    report: &ExecutionReport,
    figures: &Figures,
    lines: Lines<'_>,
) -> Painted<()> {
    let words = figures.words();
    let (budget, landing, actual) = lines;
    let at = |line: &[(f64, f64)]| line.last().map(|point| chart.backend_coord(point));
    let ends = [
        (at(landing), "legend-landing", report.headline.landing.mid, LANDING),
        (at(budget), "legend-budget", report.headline.year_budget, BUDGET),
    ];
    let mut ends: Vec<_> = ends
        .into_iter()
        .filter_map(|(at, key, amount, colour)| Some((at?, key, amount, colour)))
        .collect();
    ends.sort_by_key(|(at, ..)| at.1);
    if let [first, second] = ends.as_mut_slice() {
        let missing = 34 - (second.0.1 - first.0.1);
        if missing > 0 {
            first.0.1 = (first.0.1 - missing / 2).max(16);
            second.0.1 = first.0.1 + 34;
        }
    }
    for ((x, y), key, amount, colour) in ends {
        let place = |offset: i32| (x + 8, y + offset);
        area.draw(&Text::new(
            words.text(key),
            place(-7),
            text(11.0, colour, HPos::Left, VPos::Center),
        ))?;
        area.draw(&Text::new(
            figures.short(amount),
            place(7),
            text(12.0, colour, HPos::Left, VPos::Center),
        ))?;
    }
    let Some((x, y)) = at(actual).filter(|_| actual.len() > 1) else {
        return Ok(());
    };
    let bottom = chart.backend_coord(&(0.0, 0.0)).1;
    let top = chart.plotting_area().get_pixel_range().1.start;
    let edge = PathElement::new([(x, top), (x, bottom)], AXIS.rgb());
    area.draw(&edge)?;
    let above = !report.headline.ytd_difference.is_negative();
    let label = format!(
        "{} {}",
        words.text("legend-actual"),
        figures.short(report.headline.ytd_actual)
    );
    let (place, across) = if above {
        ((x - 8, y - 12), HPos::Right)
    } else {
        ((x + 8, y + 14), HPos::Left)
    };
    area.draw(&Text::new(label, place, text(12.0, ACTUAL, across, VPos::Center)))
}

fn hover(point: &MonthPoint, figures: &Figures) -> String {
    let words = figures.words();
    let line = |key: &str, value: String| format!("\n{}{}{value}", words.text(key), words.text("label-separator"));
    let mut text = words.month_long(point.month);
    text += &line("column-cumulative-budget", figures.exact(point.cumulative_budget));
    if let Some(actual) = point.cumulative_actual.filter(|_| point.closed) {
        text += &line("column-cumulative-actual", figures.exact(actual));
    } else if let Some(landing) = point.cumulative_landing {
        text += &line("column-cumulative-landing", figures.exact(landing.mid));
        text += &format!(" ({} – {})", figures.money(landing.low), figures.money(landing.high));
    }
    text
}
