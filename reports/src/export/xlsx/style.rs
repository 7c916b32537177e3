//! The cell formats of the workbook.

use headroom_models::language::Language;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// The cell formats, in a font that has the language's characters.
pub(in crate::export) struct Style {
    pub font: &'static str,
    pub title: Format,
    pub heading: Format,
    pub note: Format,
    pub head: Format,
    pub head_right: Format,
    pub head_indented: Format,
    pub text: Format,
    pub wrapped: Format,
    pub sentence: Format,
    pub indented: Format,
    pub bold: Format,
    pub money: Format,
    pub money_bold: Format,
    pub difference: Format,
    pub difference_bold: Format,
    pub percent: Format,
    pub percent_bold: Format,
    pub over: Format,
    pub under: Format,
}

const MONEY: &str = "#,##0.00;-#,##0.00";
const DIFFERENCE: &str = "+#,##0.00;-#,##0.00;0.00";
const PERCENT: &str = "0.0%";

impl Style {
    pub fn of(language: Language) -> Style {
        let font = match language {
            Language::English => "Arial",
            Language::SimplifiedChinese => "Microsoft YaHei",
        };
        let line = Color::RGB(0xDFE3E8);
        let base = Format::new().set_font_name(font).set_font_size(9);
        let cell = base
            .clone()
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(line);
        let bold = cell.clone().set_bold().set_background_color(Color::RGB(0xEEF1F4));
        let head = base
            .clone()
            .set_bold()
            .set_font_color(Color::RGB(0x3C4650))
            .set_border_bottom(FormatBorder::Medium)
            .set_border_bottom_color(Color::RGB(0x5B6673))
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter);
        Style {
            font,
            title: base.clone().set_bold().set_font_size(15),
            heading: base.clone().set_bold().set_font_size(11),
            sentence: base.clone().set_text_wrap().set_align(FormatAlign::Top),
            note: base.clone().set_font_color(Color::RGB(0x5B6673)),
            head_indented: head.clone().set_indent(1),
            head_right: head.clone().set_align(FormatAlign::Right),
            head,
            wrapped: cell
                .clone()
                .set_text_wrap()
                .set_indent(1)
                .set_align(FormatAlign::VerticalCenter),
            indented: cell.clone().set_indent(2),
            money: cell.clone().set_num_format(MONEY),
            money_bold: bold.clone().set_num_format(MONEY),
            difference: cell.clone().set_num_format(DIFFERENCE),
            difference_bold: bold.clone().set_num_format(DIFFERENCE),
            percent: cell.clone().set_num_format(PERCENT),
            percent_bold: bold.clone().set_num_format(PERCENT),
            over: Format::new().set_font_color(Color::RGB(0xB04406)),
            under: Format::new().set_font_color(Color::RGB(0x0C66A0)),
            text: cell,
            bold,
        }
    }
}
