//! The colours, each with a name, a light and a dark value; told apart by colour-blind readers and in grey print.

use plotters::style::RGBColor;
use std::fmt::Write;

/// A named colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour {
    pub name: &'static str,
    light: u32,
    dark: u32,
}

impl Colour {
    /// The light value, by which the drawn SVG is found and dressed.
    pub fn rgb(self) -> RGBColor {
        RGBColor((self.light >> 16) as u8, (self.light >> 8) as u8, self.light as u8)
    }

    /// The light value as plotters writes it.
    pub fn hex(self) -> String {
        format!("#{:06X}", self.light)
    }
}

macro_rules! colours {
    ($($name:ident = $text:literal, $light:literal, $dark:literal;)*) => {
        $(pub(super) const $name: Colour = Colour { name: $text, light: $light, dark: $dark };)*
        /// All colours.
        pub(super) const ALL: &[Colour] = &[$($name,)*];
    };
}

colours! {
    INK = "ink", 0x1C2530, 0xE4E8ED;
    MUTED = "muted", 0x5B6673, 0x9AA5B1;
    GRID = "grid", 0xE3E7EB, 0x333B45;
    AXIS = "axis", 0x9AA3AD, 0x5C6671;
    CLOSED = "closed", 0xDDE4EB, 0x39434F;
    BUDGET = "budget", 0x6B7580, 0xA3ADB8;
    ACTUAL = "actual", 0x0B4F8A, 0x6FB5EE;
    LANDING = "landing", 0x1A73B8, 0x8CC8F7;
    CONE = "cone", 0xCFE3F4, 0x26435C;
    OVER = "over", 0xC4500A, 0xF29A4A;
    UNDER = "under", 0x0E72B2, 0x5FB0EA;
    PAPER = "paper", 0xFFFFFE, 0x1A2027;
    UNDER_3 = "under-3", 0x2C6FAE, 0x5AA2E0;
    UNDER_2 = "under-2", 0x7FB2DB, 0x2F6EA6;
    UNDER_1 = "under-1", 0xD3E5F4, 0x23415C;
    NEUTRAL = "neutral", 0xF2F3F1, 0x2B3038;
    OVER_1 = "over-1", 0xFBDFBC, 0x59401F;
    OVER_2 = "over-2", 0xF2A65A, 0xA05A14;
    OVER_3 = "over-3", 0xB94F08, 0xF0973C;
    EMPTY = "empty", 0xFAFBFC, 0x1E242B;
    UNDER_3_INK = "under-3-ink", 0xFFFFFD, 0x08131F;
    UNDER_2_INK = "under-2-ink", 0x10243A, 0xFFFFFF;
    UNDER_1_INK = "under-1-ink", 0x12263C, 0xDBE7F3;
    NEUTRAL_INK = "neutral-ink", 0x23292F, 0xD5D9DF;
    OVER_1_INK = "over-1-ink", 0x3A2206, 0xF7E3C8;
    OVER_2_INK = "over-2-ink", 0x321C04, 0xFFFFFF;
    OVER_3_INK = "over-3-ink", 0xFFFFFC, 0x1C0F02;
    TYPE_1 = "type-1", 0x332288, 0x8F83E0;
    TYPE_2 = "type-2", 0xDDCC77, 0xD8C66C;
    TYPE_3 = "type-3", 0x117733, 0x3FA866;
    TYPE_4 = "type-4", 0x88CCEE, 0x8ACDEF;
    TYPE_5 = "type-5", 0x882255, 0xC25B92;
    TYPE_6 = "type-6", 0x44AA99, 0x4DB5A4;
    TYPE_7 = "type-7", 0x999933, 0xA8A845;
    TYPE_8 = "type-8", 0xCC6677, 0xD87686;
    TYPE_9 = "type-9", 0xAA4499, 0xC467B4;
    TYPE_10 = "type-10", 0xC3C9CF, 0x77818C;
}

/// One colour per cost type, in the order of the cost types.
pub(super) const TYPES: [Colour; 10] = [
    TYPE_1, TYPE_2, TYPE_3, TYPE_4, TYPE_5, TYPE_6, TYPE_7, TYPE_8, TYPE_9, TYPE_10,
];

/// Cost-type colours on which white figures are legible in the light palette.
pub(super) fn is_deep(colour: Colour) -> bool {
    let [_, red, green, blue] = colour.light.to_be_bytes();
    299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue) < 128_000
}

/// The CSS that gives inlined charts their colours, light and dark. A page may force one with `data-theme`.
pub fn stylesheet() -> String {
    let values = |pick: fn(&Colour) -> u32| {
        ALL.iter().fold(String::new(), |mut css, colour| {
            let _ = write!(css, "--chart-{}:#{:06x};", colour.name, pick(colour));
            css
        })
    };
    let (light, dark) = (values(|colour| colour.light), values(|colour| colour.dark));
    let mut css = format!(
        ":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n\
         @media screen{{:root[data-theme=dark]{{{dark}}}:root[data-theme=light]{{{light}}}}}\n"
    );
    for Colour { name, .. } in ALL {
        let _ = writeln!(
            css,
            ".chart .f-{name}{{fill:var(--chart-{name})}}.chart .s-{name}{{stroke:var(--chart-{name})}}"
        );
    }
    css.push_str(".chart a rect{fill:transparent}.chart a:hover rect,.chart a:focus rect{fill:var(--chart-ink);fill-opacity:.07}\n");
    css
}

/// The CSS that gives the swatches of legends their colours, for pages that allow no inline style: class `k-NAME`.
pub fn legend_stylesheet() -> String {
    ALL.iter().fold(String::new(), |mut css, Colour { name, .. }| {
        let _ = writeln!(css, ".k-{name}{{--colour:var(--chart-{name})}}");
        css
    })
}

/// Turns the colours that plotters wrote into classes, keeping the light value for a picture that stands alone.
pub(super) fn dress(svg: &str) -> String {
    let mut svg = svg.to_owned();
    for colour in ALL {
        let (hex, name) = (colour.hex(), colour.name);
        svg = svg.replace(
            &format!(" fill=\"{hex}\""),
            &format!(" class=\"f-{name}\" fill=\"{hex}\""),
        );
        svg = svg.replace(
            &format!(" stroke=\"{hex}\""),
            &format!(" class=\"s-{name}\" stroke=\"{hex}\""),
        );
    }
    let landing = LANDING.hex();
    svg.replace(
        &format!(" stroke=\"{landing}\""),
        &format!(" stroke-dasharray=\"7 4\" stroke=\"{landing}\""),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_is_its_own() {
        for (index, colour) in ALL.iter().enumerate() {
            for other in &ALL[index + 1..] {
                assert_ne!(colour.light, other.light, "{} and {}", colour.name, other.name);
                assert_ne!(colour.name, other.name);
            }
        }
    }

    /// Relative luminance contrast of WCAG 2.
    fn contrast(a: u32, b: u32) -> f64 {
        let luminance = |rgb: u32| {
            let part = |shift: u32| {
                let c = f64::from((rgb >> shift) & 255) / 255.0;
                if c <= 0.03928 {
                    c / 12.92
                } else {
                    ((c + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn figures_in_heat_cells_are_legible_light_and_dark() {
        for (cell, ink) in [
            (UNDER_3, UNDER_3_INK),
            (UNDER_2, UNDER_2_INK),
            (UNDER_1, UNDER_1_INK),
            (NEUTRAL, NEUTRAL_INK),
            (OVER_1, OVER_1_INK),
            (OVER_2, OVER_2_INK),
            (OVER_3, OVER_3_INK),
        ] {
            for (cell_value, ink_value) in [(cell.light, ink.light), (cell.dark, ink.dark)] {
                let contrast = contrast(cell_value, ink_value);
                assert!(contrast >= 4.5, "{} {cell_value:06x} {contrast:.1}", cell.name);
            }
        }
    }
}
