//! The quarter and what is available, with live formulas; commitments, loans, alerts and decided proposals below each other.

use super::Context;
use super::execution::parts_of;
use super::formula::Live;
use super::sheet::{self, Sheet};
use crate::ReportError;
use crate::data::Level;
use crate::export::control::{self, Kind, List, Value};
use crate::export::phrases;
use headroom_models::ledger::{Money, Ratio};
use rust_xlsxwriter::Workbook;

const HEAD: u32 = 3;
const FIRST: u32 = 4;

pub(super) fn available(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let (style, rows) = (&context.style, &context.report.rows);
    let mut sheet = Sheet::new(
        workbook,
        context,
        &context.t("sheet-available"),
        &context.t("section-available"),
    )?;
    sheet.widths(&[22.0, 10.0, 15.0, 15.0, 9.0, 16.0, 16.0, 16.0, 16.0])?;
    let heads = [
        "column-name",
        "column-level",
        "column-quarter-actual",
        "column-quarter-budget",
        "column-rate",
        "column-year-budget",
        "column-ytd-actual",
        "column-commitments",
        "column-available",
    ];
    sheet.heads(HEAD, &heads.map(|key| context.t(key)), 2, context)?;
    sheet.freeze(FIRST, 2)?;
    // Parts first, then what they add up to: a formula is checked against cells that are already written.
    for level in [Level::Product, Level::CostType, Level::Department, Level::Company] {
        for (index, row) in rows.iter().enumerate().filter(|(_, row)| row.level == level) {
            let at = FIRST + index as u32;
            let parts: Vec<u32> = parts_of(row, rows).map(|part| FIRST + part as u32).collect();
            let total = matches!(level, Level::Company | Level::Department);
            let (name, money, percent) = if total {
                (&style.bold, &style.money_bold, &style.percent_bold)
            } else {
                (&style.indented, &style.money, &style.percent)
            };
            sheet.text((at, 0), &phrases::row_name(row, &context.figures), name)?;
            sheet.text((at, 1), &context.t(phrases::level(row.level)), &style.text)?;
            for (column, amount) in [
                (2, row.quarter_actual),
                (3, row.quarter_budget),
                (5, row.year_budget),
                (6, row.ytd_actual),
                (7, row.commitments),
            ] {
                let sum = Live::Sum(sheet::column(&parts, column));
                sheet.live((at, column), &sum, Some(amount), money)?;
            }
            sheet.live((at, 4), &Live::Quotient((at, 2), (at, 3)), row.quarter_rate, percent)?;
            let left = Live::Less((at, 5), vec![(at, 6), (at, 7)]);
            sheet.live((at, 8), &left, Some(row.available), money)?;
        }
    }
    let note = FIRST + rows.len() as u32 + 1;
    sheet.text((note, 0), &context.t("note-available"), &style.note)?;
    Ok(())
}

pub(super) fn lists(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let mut sheet = Sheet::new(
        workbook,
        context,
        &context.t("sheet-control"),
        &context.t("section-control"),
    )?;
    // The lists lie below each other, each from the first column on.
    sheet.widths(&[14.0, 18.0, 18.0, 16.0, 16.0, 20.0, 16.0, 18.0, 16.0, 16.0])?;
    let mut row = HEAD - 1;
    for list in &control::lists(context.report, &context.figures) {
        row = write(&mut sheet, context, list, row)? + 2;
    }
    Ok(())
}

/// Writes a list and returns the row after it.
fn write(sheet: &mut Sheet<'_>, context: &Context<'_>, list: &List, top: u32) -> Result<u32, ReportError> {
    let style = &context.style;
    sheet.text((top, 0), &context.t(list.title), &style.heading)?;
    if list.lines.is_empty() {
        sheet.text((top + 1, 0), &context.t(list.empty), &style.note)?;
        return Ok(top + 2);
    }
    for ((key, kind), at) in list.columns.iter().zip(0_u16..) {
        let format = match kind {
            Kind::Money | Kind::Percent => &style.head_right,
            Kind::Reasons => &style.head_indented,
            Kind::Text => &style.head,
        };
        sheet.text((top + 1, at), &context.t(key), format)?;
    }
    let first = top + 2;
    let hundredth = Ratio::new(Money::ONE, Money::whole(100));
    for (row, line) in (first..).zip(&list.lines) {
        for ((value, (_, kind)), at) in line.iter().zip(&list.columns).zip(0_u16..) {
            match value {
                // The last column: what is long runs on to the right of the sheet.
                Value::Text(text) if *kind == Kind::Reasons => sheet.text((row, at), text, &style.indented)?,
                Value::Text(text) | Value::Tag(text, _) => sheet.text((row, at), text, &style.text)?,
                Value::Money(amount) => sheet.amount((row, at), *amount, &style.money)?,
                Value::Percent(percent) => {
                    sheet.amount((row, at), Some(percent.scale_by(&hundredth)), &style.percent)?;
                }
            }
        }
    }
    let end = first + list.lines.len() as u32;
    let Some((column, sum)) = list.total else {
        return Ok(end);
    };
    let (rows, column): (Vec<u32>, u16) = ((first..end).collect(), column as u16);
    sheet.text((end, 0), &context.t("column-total"), &style.bold)?;
    sheet.live(
        (end, column),
        &Live::Sum(sheet::column(&rows, column)),
        Some(sum),
        &style.money_bold,
    )?;
    Ok(end + 1)
}
