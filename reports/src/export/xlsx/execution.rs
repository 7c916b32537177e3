//! Execution by department, product and cost type: rates and totals are live formulas.

use super::Context;
use super::formula::Live;
use super::sheet::{self, Sheet};
use crate::ReportError;
use crate::data::{ExecutionRow, Level};
use crate::export::phrases;
use headroom_models::ledger::Money;
use rust_xlsxwriter::{ConditionalFormatCell, ConditionalFormatCellRule, Format, Workbook};

/// The row of the first entry.
pub(super) const FIRST: u32 = 4;

/// The columns of the sheet.
pub(super) mod column {
    pub const MONTH_ACTUAL: u16 = 2;
    pub const MONTH_BUDGET: u16 = 3;
    pub const MONTH_RATE: u16 = 4;
    pub const YTD_ACTUAL: u16 = 5;
    pub const YTD_BUDGET: u16 = 6;
    pub const YTD_DIFFERENCE: u16 = 7;
    pub const YTD_RATE: u16 = 8;
    pub const YEAR_BUDGET: u16 = 9;
    pub const YEAR_RATE: u16 = 10;
    pub const LOW: u16 = 11;
    pub const LANDING: u16 = 12;
    pub const HIGH: u16 = 13;
    pub const DIFFERENCE: u16 = 14;
}
use column::*;

pub(super) fn write(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let (style, rows) = (&context.style, &context.report.rows);
    let mut sheet = Sheet::new(
        workbook,
        context,
        &context.t("sheet-execution"),
        &context.t("section-execution"),
    )?;
    sheet.widths(&[
        22.0, 10.0, 14.0, 14.0, 8.0, 15.0, 15.0, 14.0, 8.0, 15.0, 8.0, 15.0, 15.0, 15.0, 14.0,
    ])?;
    for (first, last, key) in [
        (MONTH_ACTUAL, MONTH_RATE, "column-month-group"),
        (YTD_ACTUAL, YTD_RATE, "column-ytd-group"),
        (YEAR_BUDGET, DIFFERENCE, "column-year-group"),
    ] {
        let centred = style.head.clone().set_align(rust_xlsxwriter::FormatAlign::Center);
        sheet
            .worksheet
            .merge_range(FIRST - 2, first, FIRST - 2, last, &context.t(key), &centred)?;
    }
    let heads = [
        "column-name",
        "column-level",
        "column-actual",
        "column-budget",
        "column-rate",
        "column-actual",
        "column-budget",
        "column-difference",
        "column-rate",
        "column-budget",
        "column-year-rate",
        "column-landing-low",
        "column-landing",
        "column-landing-high",
        "column-landing-difference",
    ];
    sheet.heads(FIRST - 1, &heads.map(|key| context.t(key)), 2, context)?;
    sheet.freeze(FIRST, 2)?;
    sheet.worksheet.set_repeat_rows(FIRST - 2, FIRST - 1)?;

    // Parts first, then what they add up to: a formula is checked against cells that are already written.
    let order = [Level::Product, Level::CostType, Level::Department, Level::Company];
    for level in order {
        for (index, row) in rows.iter().enumerate().filter(|(_, row)| row.level == level) {
            let parts: Vec<u32> = parts_of(row, rows).map(|part| FIRST + part as u32).collect();
            write_row(&mut sheet, context, FIRST + index as u32, row, &parts)?;
        }
    }
    group_products(&mut sheet, rows)?;
    let last = FIRST + rows.len().max(1) as u32 - 1;
    for column in [YTD_DIFFERENCE, DIFFERENCE] {
        for (rule, format) in [
            (ConditionalFormatCellRule::GreaterThan(0.0), &style.over),
            (ConditionalFormatCellRule::LessThan(0.0), &style.under),
        ] {
            let condition = ConditionalFormatCell::new().set_rule(rule).set_format(format);
            sheet
                .worksheet
                .add_conditional_format(FIRST, column, last, column, &condition)?;
        }
    }
    Ok(())
}

/// The rows that a total is made of: the company's departments and products without one, a department's products.
pub(super) fn parts_of<'a>(total: &'a ExecutionRow, rows: &'a [ExecutionRow]) -> impl Iterator<Item = usize> + 'a {
    let belongs = move |row: &ExecutionRow| match total.level {
        Level::Company => {
            let departments = rows.iter().filter(|other| other.level == Level::Department);
            let has_department = row
                .parent
                .iter()
                .any(|parent| departments.clone().any(|other| other.id == *parent));
            row.level == Level::Department || row.level == Level::Product && !has_department
        }
        Level::Department => row.level == Level::Product && row.parent.as_deref() == Some(&total.id),
        Level::Product | Level::Module | Level::CostType => false,
    };
    rows.iter()
        .enumerate()
        .filter(move |(_, row)| belongs(row))
        .map(|(index, _)| index)
}

fn write_row(
    sheet: &mut Sheet<'_>,
    context: &Context<'_>,
    at: u32,
    row: &ExecutionRow,
    parts: &[u32],
) -> Result<(), ReportError> {
    let style = &context.style;
    let total = matches!(row.level, Level::Company | Level::Department);
    let (name, text, money, difference, percent): (&Format, &Format, &Format, &Format, &Format) = if total {
        (
            &style.bold,
            &style.bold,
            &style.money_bold,
            &style.difference_bold,
            &style.percent_bold,
        )
    } else {
        (
            &style.indented,
            &style.text,
            &style.money,
            &style.difference,
            &style.percent,
        )
    };
    sheet.text((at, 0), &phrases::row_name(row, &context.figures), name)?;
    sheet.text((at, 1), &context.t(phrases::level(row.level)), text)?;
    let sums: [(u16, Money); 8] = [
        (MONTH_ACTUAL, row.month_actual),
        (MONTH_BUDGET, row.month_budget),
        (YTD_ACTUAL, row.ytd_actual),
        (YTD_BUDGET, row.ytd_budget),
        (YEAR_BUDGET, row.year_budget),
        (LOW, row.landing.low),
        (LANDING, row.landing.mid),
        (HIGH, row.landing.high),
    ];
    for (column, amount) in sums {
        sheet.live(
            (at, column),
            &Live::Sum(sheet::column(parts, column)),
            Some(amount),
            money,
        )?;
    }
    let cell = |column: u16| (at, column);
    let quotient = |a: u16, b: u16| Live::Quotient(cell(a), cell(b));
    sheet.live(
        cell(MONTH_RATE),
        &quotient(MONTH_ACTUAL, MONTH_BUDGET),
        row.month_rate,
        percent,
    )?;
    sheet.live(cell(YTD_RATE), &quotient(YTD_ACTUAL, YTD_BUDGET), row.ytd_rate, percent)?;
    sheet.live(
        cell(YEAR_RATE),
        &quotient(YTD_ACTUAL, YEAR_BUDGET),
        row.year_rate,
        percent,
    )?;
    let off = Live::Difference(cell(YTD_ACTUAL), cell(YTD_BUDGET));
    sheet.live(cell(YTD_DIFFERENCE), &off, Some(row.ytd_difference), difference)?;
    let off = Live::Difference(cell(LANDING), cell(YEAR_BUDGET));
    sheet.live(cell(DIFFERENCE), &off, Some(row.difference), difference)?;
    Ok(())
}

/// Products fold away under their department.
fn group_products(sheet: &mut Sheet<'_>, rows: &[ExecutionRow]) -> Result<(), ReportError> {
    sheet.worksheet.group_symbols_above(true);
    let mut start = None;
    for index in 0..=rows.len() {
        let product = rows.get(index).is_some_and(|row| row.level == Level::Product);
        match (product, start) {
            (true, None) => start = Some(index),
            (false, Some(first)) => {
                sheet
                    .worksheet
                    .group_rows(FIRST + first as u32, FIRST + index as u32 - 1)?;
                start = None;
            }
            _ => {}
        }
    }
    Ok(())
}
