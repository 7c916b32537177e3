//! Month by month: budget, actual, landing and their running totals, cost types, and the charts of both.

use super::formula::Live;
use super::sheet::{self, Sheet};
use super::{Context, charts};
use crate::ReportError;
use headroom_models::ledger::Money;
use rust_xlsxwriter::{Chart, Workbook};

const HEAD: u32 = 3;
const FIRST: u32 = 4;
const CUMULATIVE: [u16; 5] = [7, 8, 9, 10, 11];

/// The S-curve over this sheet.
pub(super) fn s_curve(context: &Context<'_>) -> Chart {
    let last = FIRST + context.report.months.len().max(1) as u32 - 1;
    charts::s_curve(context, &context.t("sheet-months"), HEAD, CUMULATIVE, (FIRST, last))
}

pub(super) fn write(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let (style, report) = (&context.style, context.report);
    let words = context.figures.words();
    let name = context.t("sheet-months");
    let mut sheet = Sheet::new(workbook, context, &name, &context.t("section-months"))?;
    sheet.widths(&[
        18.0, 14.0, 14.0, 14.0, 14.0, 14.0, 14.0, 15.0, 15.0, 15.0, 15.0, 15.0, 14.0, 15.0,
    ])?;
    let mut heads = [
        "column-month",
        "column-state",
        "column-budget",
        "column-actual",
        "column-landing",
        "column-landing-low",
        "column-landing-high",
        "column-cumulative-budget",
        "column-cumulative-actual",
        "column-cumulative-landing",
    ]
    .map(|key| context.t(key))
    .to_vec();
    let ends = ["column-landing-low", "column-landing-high"];
    heads.extend(ends.map(|key| format!("{} ({})", context.t(key), context.t("column-cumulative-landing"))));
    sheet.heads(HEAD, &heads, 2, context)?;
    sheet.freeze(FIRST, 1)?;

    for (index, point) in report.months.iter().enumerate() {
        let row = FIRST + index as u32;
        sheet.text((row, 0), &words.month_long(point.month), &style.text)?;
        sheet.text(
            (row, 1),
            &context.t(if point.closed { "state-closed" } else { "state-open" }),
            &style.text,
        )?;
        let plain = [
            Some(point.budget),
            point.actual,
            Some(point.landing.mid),
            Some(point.landing.low),
            Some(point.landing.high),
        ];
        for (column, amount) in (2..).zip(plain) {
            sheet.amount((row, column), amount, &style.money)?;
        }
        let landing = point.cumulative_landing;
        let running: [(u16, Option<Money>); 5] = [
            (2, Some(point.cumulative_budget)),
            (3, point.cumulative_actual.filter(|_| point.closed)),
            (4, landing.map(|landing| landing.mid)),
            (5, landing.map(|landing| landing.low)),
            (6, landing.map(|landing| landing.high)),
        ];
        for ((part, given), column) in running.into_iter().zip(CUMULATIVE) {
            let mut parts = vec![(row, part)];
            if index > 0 {
                parts.insert(0, (row - 1, column));
            }
            sheet.live((row, column), &Live::Sum(parts), given, &style.money)?;
        }
    }
    let below = FIRST + report.months.len() as u32 + 1;
    let after = cost_types(&mut sheet, context, below)?;
    let last = (report.months.len().max(1)) as u16;
    sheet.worksheet.insert_chart(after + 1, 0, &s_curve(context))?;
    let types = report.cost_types_by_month.len() as u32;
    if types > 0 {
        let stacked = charts::stacked(context, &name, below + 1, (below + 2, below + 1 + types), (1, last));
        sheet.worksheet.insert_chart(after + 1, 7, &stacked)?;
    }
    Ok(())
}

/// The table of cost types by month from `top` on; returns the row below it.
fn cost_types(sheet: &mut Sheet<'_>, context: &Context<'_>, top: u32) -> Result<u32, ReportError> {
    let (style, report) = (&context.style, context.report);
    let words = context.figures.words();
    sheet.text((top, 0), &context.t("chart-stacked"), &style.heading)?;
    let mut heads = vec![context.t("column-cost-type")];
    heads.extend(report.months.iter().map(|point| words.month_short(point.month)));
    heads.push(context.t("column-ytd"));
    sheet.heads(top + 1, &heads, 1, context)?;
    let (first, months) = (top + 2, report.months.len() as u16);
    for (index, types) in report.cost_types_by_month.iter().enumerate() {
        let row = first + index as u32;
        sheet.text((row, 0), &words.cost_type(types.cost_type), &style.text)?;
        for (column, amount) in (1..).zip(&types.amounts) {
            sheet.amount((row, column), *amount, &style.money)?;
        }
        let filled = (1..)
            .zip(&types.amounts)
            .filter(|(_, amount)| amount.is_some())
            .map(|(column, _)| (row, column));
        sheet.live(
            (row, months + 1),
            &Live::Sum(filled.collect()),
            Some(types.total),
            &style.money_bold,
        )?;
    }
    let rows: Vec<u32> = (first..first + report.cost_types_by_month.len() as u32).collect();
    let total = first + rows.len() as u32;
    sheet.text((total, 0), &context.t("total-company"), &style.bold)?;
    for (column, point) in (1..).zip(&report.months) {
        let given = point.actual.filter(|_| point.closed);
        sheet.live(
            (total, column),
            &Live::Sum(sheet::column(&rows, column)),
            given,
            &style.money_bold,
        )?;
    }
    let year = Live::Sum(sheet::column(&rows, months + 1));
    sheet.live(
        (total, months + 1),
        &year,
        Some(report.headline.ytd_actual),
        &style.money_bold,
    )?;
    Ok(total + 1)
}
