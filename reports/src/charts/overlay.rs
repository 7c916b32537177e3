//! What plotters lacks: transparent marks over a chart, with a hover title and a link each.

use std::fmt::Write;

/// A rectangle over a chart, in its coordinates.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// Left, top, width, height.
    pub place: (i32, i32, i32, i32),
    /// What hovering shows.
    pub title: String,
    /// Where clicking leads.
    pub link: Option<String>,
}

impl Mark {
    /// A mark between two corners.
    pub fn between(a: (i32, i32), b: (i32, i32), title: String, link: Option<String>) -> Mark {
        let place = (
            a.0.min(b.0),
            a.1.min(b.1),
            (a.0 - b.0).abs().max(1),
            (a.1 - b.1).abs().max(1),
        );
        Mark { place, title, link }
    }
}

/// The marks as SVG.
pub(super) fn svg(marks: &[Mark]) -> String {
    let mut text = String::new();
    for Mark {
        place: (x, y, width, height),
        title,
        link,
    } in marks
    {
        let href = link
            .as_ref()
            .map_or(String::new(), |link| format!(" href=\"{}\"", escape(link)));
        let _ = writeln!(
            text,
            "<a{href}><title>{}</title>\
             <rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill-opacity=\"0\"></rect></a>",
            escape(title)
        );
    }
    text
}

/// Text as it may stand in an attribute or element.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
