//! Native charts over the cells of the workbook.

use super::Context;
use crate::Unit;
use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFormat, ChartLegendPosition, ChartLine, ChartLineDashType, ChartSolidFill, ChartType,
    Color,
};

/// The cells of a series: column, first and last row.
#[derive(Clone, Copy)]
pub(super) struct Cells {
    pub column: u16,
    pub first: u32,
    pub last: u32,
}

const TYPES: [u32; 10] = [
    0x332288, 0xDDCC77, 0x117733, 0x88CCEE, 0x882255, 0x44AA99, 0x999933, 0xCC6677, 0xAA4499, 0xC3C9CF,
];

fn dress(chart: &mut Chart, context: &Context<'_>, title: &str, size: (u32, u32)) {
    chart
        .title()
        .set_name(&format!("{} ({})", context.t(title), context.figures.currency()));
    chart.title().set_font(font(context).set_bold().set_size(11));
    chart
        .legend()
        .set_position(ChartLegendPosition::Bottom)
        .set_font(&font(context));
    chart.x_axis().set_font(&font(context));
    chart.y_axis().set_font(&font(context)).set_num_format("#,##0");
    let grid = ChartLine::new().set_color(Color::RGB(0xE3E7EB)).clone();
    chart.y_axis().set_major_gridlines_line(&grid);
    chart
        .set_width(size.0)
        .set_height(size.1)
        .set_alt_text(context.t(title));
}

fn font(context: &Context<'_>) -> rust_xlsxwriter::ChartFont {
    rust_xlsxwriter::ChartFont::new()
        .set_name(context.style.font)
        .set_size(9)
        .clone()
}

fn fill(colour: u32) -> ChartFormat {
    ChartFormat::new()
        .set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(colour)))
        .clone()
}

fn line(colour: u32, width: f64, dash: Option<ChartLineDashType>) -> ChartFormat {
    let mut line = ChartLine::new().set_color(Color::RGB(colour)).set_width(width).clone();
    if let Some(dash) = dash {
        line.set_dash_type(dash);
    }
    ChartFormat::new().set_line(&line).clone()
}

/// How Excel shows an amount in the unit of headline figures. `\.` is a literal point: Excel scales by thousands only.
fn short_number(unit: Unit) -> &'static str {
    match unit {
        Unit::Million => "#,##0.00,,",
        Unit::TenThousand => "0\\.0,\"万\"",
        Unit::Thousand => "#,##0.0,",
        Unit::One => "#,##0",
    }
}

/// Cumulative budget, actual and landing of the months sheet.
pub(super) fn s_curve(context: &Context<'_>, sheet: &str, head: u32, columns: [u16; 5], rows: (u32, u32)) -> Chart {
    let mut chart = Chart::new(ChartType::Line);
    let [budget, actual, landing, low, high] = columns;
    let styles = [
        (low, line(0x8FB8DB, 0.75, None)),
        (high, line(0x8FB8DB, 0.75, None)),
        (landing, line(0x1A73B8, 1.75, Some(ChartLineDashType::Dash))),
        (budget, line(0x6B7580, 1.75, None)),
        (actual, line(0x0B4F8A, 2.75, None)),
    ];
    for (column, mut format) in styles {
        chart
            .add_series()
            .set_name((sheet, head, column))
            .set_categories((sheet, rows.0, 0, rows.1, 0))
            .set_values((sheet, rows.0, column, rows.1, column))
            .set_format(&mut format);
    }
    dress(&mut chart, context, "chart-s-curve", (720, 330));
    chart
}

/// Cost types stacked by month; a series per row.
pub(super) fn stacked(context: &Context<'_>, sheet: &str, head: u32, rows: (u32, u32), columns: (u16, u16)) -> Chart {
    let mut chart = Chart::new(ChartType::ColumnStacked);
    for (index, row) in (rows.0..=rows.1).enumerate() {
        chart
            .add_series()
            .set_name((sheet, row, 0))
            .set_categories((sheet, head, columns.0, head, columns.1))
            .set_values((sheet, row, columns.0, row, columns.1))
            .set_format(&mut fill(TYPES[index % TYPES.len()]))
            .set_gap(60);
    }
    dress(&mut chart, context, "chart-stacked", (720, 330));
    chart
}

/// The waterfall of the variance sheet: an invisible base, totals, increases and decreases above and below zero, stacked.
pub(super) fn waterfall(
    context: &Context<'_>,
    sheet: &str,
    head: u32,
    columns: [u16; 6],
    rows: Cells,
    floor: f64,
) -> Chart {
    let mut chart = Chart::new(ChartType::ColumnStacked);
    let [base, total, up, down, up_below, down_below] = columns;
    let number = short_number(context.figures.unit());
    let none = ChartFormat::new().set_no_fill().set_no_line().clone();
    for (column, mut format) in [
        (base, none),
        (total, fill(0x0B4F8A)),
        (up, fill(0xC4500A)),
        (down, fill(0x0E72B2)),
        (up_below, fill(0xC4500A)),
        (down_below, fill(0x0E72B2)),
    ] {
        let series = chart
            .add_series()
            .set_name((sheet, head, column))
            .set_categories((sheet, rows.first, rows.column, rows.last, rows.column))
            .set_values((sheet, rows.first, column, rows.last, column))
            .set_format(&mut format)
            .set_gap(40);
        if column != base {
            let mut ink = font(context);
            if column == total {
                ink.set_color(Color::White);
            }
            series.set_data_label(
                ChartDataLabel::new()
                    .show_value()
                    .set_num_format(format!("{number};-{number};"))
                    .set_font(&ink),
            );
        }
    }
    dress(&mut chart, context, "chart-waterfall", (720, 330));
    chart.legend().delete_entries(&[0, 4, 5]);
    if floor > 0.0 {
        chart.y_axis().set_min(floor);
    }
    chart
}
