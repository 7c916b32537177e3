//! Execution rate by product and month as a coloured grid, with the actuals and budgets that it divides.

use super::Context;
use super::formula::Live;
use super::sheet::{self, Sheet};
use crate::ReportError;
use crate::data::{HeatCell, HeatTotal};
use headroom_models::ledger::Money;
use rust_xlsxwriter::{ConditionalFormat3ColorScale, ConditionalFormatType, Workbook};

const FIRST: u32 = 4;

/// One line of the three blocks.
struct Line<'a> {
    name: String,
    cells: &'a [HeatCell],
    total: &'a HeatTotal,
}

pub(super) fn write(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let (style, report) = (&context.style, context.report);
    let words = context.figures.words();
    let mut sheet = Sheet::new(workbook, context, &context.t("sheet-heat"), &context.t("section-heat"))?;
    let months = report.months.len() as u16;
    let mut widths = vec![22.0];
    widths.extend(std::iter::repeat_n(14.0, usize::from(months)));
    widths.push(16.0);
    sheet.widths(&widths)?;
    let mut lines: Vec<Line<'_>> = report
        .heat
        .rows
        .iter()
        .map(|row| Line {
            name: words.name(&row.product.id, &row.product.name),
            cells: &row.cells,
            total: &row.total,
        })
        .collect();
    lines.push(Line {
        name: context.t("total-all"),
        cells: &report.heat.totals,
        total: &report.heat.total,
    });

    let count = lines.len() as u32;
    let (actuals, budgets) = (FIRST + count + 3, FIRST + 2 * count + 6);
    let actual = |cell: &HeatCell| cell.actual;
    let budget = |cell: &HeatCell| Some(cell.budget);
    block(
        &mut sheet,
        context,
        actuals,
        "column-actual",
        &lines,
        &actual,
        &|total| total.actual,
    )?;
    block(
        &mut sheet,
        context,
        budgets,
        "column-budget",
        &lines,
        &budget,
        &|total| total.budget,
    )?;

    head(&mut sheet, context, FIRST - 1, "column-rate")?;
    sheet.freeze(FIRST, 1)?;
    for (index, line) in lines.iter().enumerate() {
        let index = index as u32;
        let last = index + 1 == count;
        let percent = if last { &style.percent_bold } else { &style.percent };
        sheet.text(
            (FIRST + index, 0),
            &line.name,
            if last { &style.bold } else { &style.text },
        )?;
        let live = |column: u16| Live::Quotient((actuals + index, column), (budgets + index, column));
        for (column, cell) in (1..).zip(line.cells) {
            match cell.actual {
                Some(_) => sheet.live((FIRST + index, column), &live(column), cell.rate, percent)?,
                None => sheet.amount((FIRST + index, column), None, percent)?,
            }
        }
        sheet.live((FIRST + index, months + 1), &live(months + 1), line.total.rate, percent)?;
    }
    let scale = ConditionalFormat3ColorScale::new()
        .set_minimum(ConditionalFormatType::Number, 0.7)
        .set_midpoint(ConditionalFormatType::Number, 1)
        .set_maximum(ConditionalFormatType::Number, 1.3)
        .set_minimum_color(0x7FB2DB)
        .set_midpoint_color(0xF7F8F7)
        .set_maximum_color(0xF2A65A);
    sheet
        .worksheet
        .add_conditional_format(FIRST, 1, FIRST + count - 1, months + 1, &scale)?;
    Ok(())
}

fn head(sheet: &mut Sheet<'_>, context: &Context<'_>, row: u32, key: &str) -> Result<(), ReportError> {
    let words = context.figures.words();
    let mut heads = vec![context.t(key)];
    heads.extend(context.report.months.iter().map(|point| words.month_short(point.month)));
    heads.push(context.t("column-ytd"));
    sheet.heads(row, &heads, 1, context)?;
    Ok(())
}

/// A block of amounts: products, then their live total.
fn block(
    sheet: &mut Sheet<'_>,
    context: &Context<'_>,
    first: u32,
    key: &str,
    lines: &[Line<'_>],
    pick: &dyn Fn(&HeatCell) -> Option<Money>,
    pick_total: &dyn Fn(&HeatTotal) -> Money,
) -> Result<(), ReportError> {
    let style = &context.style;
    head(sheet, context, first - 1, key)?;
    let above: Vec<u32> = (first..first + lines.len() as u32 - 1).collect();
    for (index, line) in lines.iter().enumerate() {
        let row = first + index as u32;
        let last = index + 1 == lines.len();
        let (text, money) = if last {
            (&style.bold, &style.money_bold)
        } else {
            (&style.text, &style.money)
        };
        sheet.text((row, 0), &line.name, text)?;
        let parts = |column| {
            if last {
                sheet::column(&above, column)
            } else {
                Vec::new()
            }
        };
        for (column, cell) in (1..).zip(line.cells) {
            sheet.live((row, column), &Live::Sum(parts(column)), pick(cell), money)?;
        }
        let closed = (1..)
            .zip(line.cells)
            .filter(|(_, cell)| cell.actual.is_some())
            .map(|(column, _)| (row, column));
        let year = context.report.months.len() as u16 + 1;
        sheet.live(
            (row, year),
            &Live::Sum(closed.collect()),
            Some(pick_total(line.total)),
            money,
        )?;
    }
    Ok(())
}
