//! The first sheet: headline figures, the three sentences, the two charts of the first page.

use super::sheet::Sheet;
use super::{Context, execution, months, variance};
use crate::ReportError;
use crate::data::Level;
use crate::export::phrases;
use headroom_models::ledger::Money;
use rust_xlsxwriter::utility::{quote_sheet_name, row_col_to_cell};
use rust_xlsxwriter::{Format, Workbook};

pub(super) fn write(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let (style, report, figures) = (&context.style, context.report, &context.figures);
    let mut sheet = Sheet::new(
        workbook,
        context,
        &context.t("sheet-summary"),
        &context.t("report-title"),
    )?;
    sheet.widths(&[34.0, 20.0, 4.0, 27.0, 27.0, 27.0, 27.0])?;

    let headline = &report.headline;
    let company = report.rows.iter().position(|row| row.level == Level::Company);
    let execution = quote_sheet_name(&context.t("sheet-execution"));
    // A figure that the execution sheet holds is a reference to it.
    let mut row = 3;
    let mut put = |key: &str, given: Option<Money>, format: &Format, column: Option<(u16, Option<Money>)>| {
        sheet.text((row, 0), &context.t(key), &style.text)?;
        match (company, column) {
            (Some(at), Some((column, there))) if there == given => {
                let cell = row_col_to_cell(execution::FIRST + at as u32, column);
                sheet.formula((row, 1), &format!("={execution}!{cell}"), given, format)?;
            }
            _ => sheet.amount((row, 1), given, format)?,
        }
        row += 1;
        Ok::<(), ReportError>(())
    };
    let there = company.map(|at| &report.rows[at]);
    let column =
        |column: u16, pick: &dyn Fn(&crate::data::ExecutionRow) -> Option<Money>| there.map(|row| (column, pick(row)));
    use execution::column as at;
    put(
        "kpi-actual",
        Some(headline.ytd_actual),
        &style.money_bold,
        column(at::YTD_ACTUAL, &|r| Some(r.ytd_actual)),
    )?;
    put(
        "kpi-budget",
        Some(headline.ytd_budget),
        &style.money,
        column(at::YTD_BUDGET, &|r| Some(r.ytd_budget)),
    )?;
    let off = column(at::YTD_DIFFERENCE, &|r| Some(r.ytd_difference));
    put(
        "summary-difference",
        Some(headline.ytd_difference),
        &style.difference,
        off,
    )?;
    put(
        "kpi-rate",
        headline.execution_rate_ytd,
        &style.percent_bold,
        column(at::YTD_RATE, &|r| r.ytd_rate),
    )?;
    put(
        "column-year-rate",
        headline.execution_rate_year,
        &style.percent,
        column(at::YEAR_RATE, &|r| r.year_rate),
    )?;
    put("kpi-time", Some(report.time_progress), &style.percent, None)?;
    put(
        "kpi-year-budget",
        Some(headline.year_budget),
        &style.money,
        column(at::YEAR_BUDGET, &|r| Some(r.year_budget)),
    )?;
    put(
        "kpi-landing",
        Some(headline.landing.mid),
        &style.money_bold,
        column(at::LANDING, &|r| Some(r.landing.mid)),
    )?;
    put(
        "column-landing-low",
        Some(headline.landing.low),
        &style.money,
        column(at::LOW, &|r| Some(r.landing.low)),
    )?;
    put(
        "column-landing-high",
        Some(headline.landing.high),
        &style.money,
        column(at::HIGH, &|r| Some(r.landing.high)),
    )?;
    let off = column(at::DIFFERENCE, &|r| Some(r.difference));
    put(
        "column-landing-difference",
        Some(headline.landing_difference),
        &style.difference,
        off,
    )?;
    put("kpi-risk", Some(headline.money_at_risk), &style.money_bold, None)?;
    put("column-unallocated", Some(report.unallocated_ytd), &style.money, None)?;

    let words = figures.words();
    for (index, sentence) in phrases::sentences(report, figures).iter().enumerate() {
        let top = 3 + 4 * index as u32;
        sheet.text(
            (top, 3),
            &words.text(&format!("sentence-{}", index + 1)),
            &style.heading,
        )?;
        sheet
            .worksheet
            .merge_range(top + 1, 3, top + 2, 6, sentence, &style.sentence)?;
    }
    sheet
        .worksheet
        .insert_chart(17, 0, months::s_curve(context).set_width(605).set_height(330))?;
    sheet
        .worksheet
        .insert_chart(17, 4, variance::waterfall(context).set_width(560).set_height(330))?;
    Ok(())
}
