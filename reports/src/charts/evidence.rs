//! What a finding rests on: a measure day by day against the level that it is held to, or used beside unused.

use super::canvas::{self, Area, Frame, Painted, text};
use super::overlay::Mark;
use super::palette::{ACTUAL, AXIS, CONE, INK, MUTED, OVER};
use crate::data::{EvidenceChart, EvidenceDay};
use crate::{Figures, ReportError, Words};
use headroom_models::ledger::Money;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

const SIZE: (u32, u32) = (560, 170);

/// The picture of one finding.
///
/// # Errors
/// When the drawing library fails.
pub fn evidence(resource: &str, chart: &EvidenceChart, figures: &Figures) -> Result<String, ReportError> {
    let words = figures.words();
    match chart {
        EvidenceChart::Days {
            measure, days, levels, ..
        } => {
            let highest = days.iter().map(|day| day.highest).fold(0.0, f64::max);
            let level = levels.first().map_or(String::new(), |(_, value)| quantity(*value));
            let alternative = words.with(
                "chart-evidence-alt",
                &[
                    ("resource", resource),
                    ("measure", &measure_name(words, measure)),
                    ("days", &days.len().to_string()),
                    ("highest", &quantity(highest)),
                    ("level", &level),
                ],
            );
            let frame = Frame {
                name: "evidence",
                alternative,
                size: SIZE,
            };
            canvas::draw(frame, |area| paint_days(area, chart, figures))
        }
        EvidenceChart::Parts { used, unused } => {
            let alternative = words.with(
                "chart-evidence-parts-alt",
                &[
                    ("resource", resource),
                    ("used", &figures.exact(*used)),
                    ("unused", &figures.exact(*unused)),
                ],
            );
            let frame = Frame {
                name: "evidence",
                alternative,
                size: (SIZE.0, 70),
            };
            canvas::draw(frame, |area| paint_parts(area, *used, *unused, figures))
        }
    }
}

/// A measure's name for people; keys of words have hyphens.
fn measure_name(words: Words, measure: &str) -> String {
    words.known_or_same("measure", &measure.replace('_', "-"))
}

/// A quantity with the digits that say something.
fn quantity(value: f64) -> String {
    let span = match value.abs() {
        large if large >= 100.0 => 10.0,
        middle if middle >= 1.0 => 1.0,
        _ => 0.1,
    };
    let text = canvas::tick(value, span);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn paint_days(area: &Area<'_>, chart: &EvidenceChart, figures: &Figures) -> Painted<Vec<Mark>> {
    let EvidenceChart::Days {
        measure,
        days,
        window_from,
        levels,
    } = chart
    else {
        return Ok(Vec::new());
    };
    let words = figures.words();
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Ok(Vec::new());
    };
    let span = ((last.day - first.day).num_days() + 1) as f64;
    let tallest = days.iter().map(|day| day.highest);
    let high = tallest
        .chain(levels.iter().map(|(_, value)| *value))
        .fold(0.0, f64::max);
    let top = canvas::head_room(high);
    let plot = canvas::plot(area, 8, 22, 0.0..span, 0.0..top)?;
    let at = |day: &EvidenceDay| (day.day - first.day).num_days() as f64;
    if let Some(from) = window_from.filter(|from| *from > first.day && *from <= last.day) {
        let x = (from - first.day).num_days() as f64;
        let corners = [plot.backend_coord(&(x, 0.0)), plot.backend_coord(&(span, top))];
        area.draw(&Rectangle::new(corners, CONE.rgb().filled()))?;
    }
    let measure = measure_name(words, measure);
    let mut marks = Vec::new();
    for day in days {
        let x = at(day);
        let bar = |value: f64, colour: RGBColor| {
            let corners = [
                plot.backend_coord(&(x + 0.15, 0.0)),
                plot.backend_coord(&(x + 0.85, value)),
            ];
            Rectangle::new(corners, colour.filled())
        };
        area.draw(&bar(day.highest, AXIS.rgb()))?;
        area.draw(&bar(day.mean, ACTUAL.rgb()))?;
        let title = words.with(
            "chart-evidence-day",
            &[
                ("day", &day.day.to_string()),
                ("measure", &measure),
                ("mean", &quantity(day.mean)),
                ("highest", &quantity(day.highest)),
            ],
        );
        let (a, b) = (plot.backend_coord(&(x, 0.0)), plot.backend_coord(&(x + 1.0, top)));
        marks.push(Mark::between(a, b, title, None));
    }
    for (word, value) in levels {
        let ends = [plot.backend_coord(&(0.0, *value)), plot.backend_coord(&(span, *value))];
        area.draw(&PathElement::new(ends, OVER.rgb().stroke_width(2)))?;
        let label = format!("{} {}", words.known_or_same("evidence", word), quantity(*value));
        let style = text(11.0, INK, HPos::Right, VPos::Bottom);
        // A label at the very top would be cut.
        let y = (ends[1].1 - 2).max(14);
        area.draw(&Text::new(label, (ends[1].0 - 2, y), style))?;
    }
    canvas::base_line(area, &plot, 0.0, span, 0.0)?;
    let bottom = plot.backend_coord(&(0.0, 0.0)).1 + 13;
    for (day, across) in [(first, HPos::Left), (last, HPos::Right)] {
        let x = if day.day == first.day { 0.0 } else { span };
        let place = (plot.backend_coord(&(x, 0.0)).0, bottom);
        area.draw(&Text::new(
            day.day.to_string(),
            place,
            text(11.0, MUTED, across, VPos::Center),
        ))?;
    }
    Ok(marks)
}

fn paint_parts(area: &Area<'_>, used: Money, unused: Money, figures: &Figures) -> Painted<Vec<Mark>> {
    let words = figures.words();
    let (one, other) = (used.for_drawing().max(0.0), unused.for_drawing().max(0.0));
    let whole = (one + other).max(f64::MIN_POSITIVE);
    let width = f64::from(SIZE.0 - 4);
    let middle = 2 + (one / whole * width) as i32;
    let end = SIZE.0 as i32 - 2;
    area.draw(&Rectangle::new([(2, 8), (middle, 36)], ACTUAL.rgb().filled()))?;
    area.draw(&Rectangle::new([(middle, 8), (end, 36)], OVER.rgb().filled()))?;
    let said =
        |word: &str, amount: Money| format!("{} {}", words.known_or_same("evidence", word), figures.exact(amount));
    let (left, right) = (said("commitment-used", used), said("commitment-unused", unused));
    area.draw(&Text::new(
        left.clone(),
        (2, 52),
        text(11.0, INK, HPos::Left, VPos::Center),
    ))?;
    area.draw(&Text::new(
        right.clone(),
        (end, 52),
        text(11.0, INK, HPos::Right, VPos::Center),
    ))?;
    Ok(vec![
        Mark::between((2, 8), (middle, 36), left, None),
        Mark::between((middle, 8), (end, 36), right, None),
    ])
}

#[cfg(test)]
mod tests {
    use super::quantity;

    #[test]
    fn quantities_have_the_digits_that_say_something() {
        assert_eq!(quantity(1_234.6), "1,235");
        assert_eq!(quantity(5.0), "5");
        assert_eq!(quantity(3.44), "3.4");
        assert_eq!(quantity(0.25), "0.25");
    }
}
