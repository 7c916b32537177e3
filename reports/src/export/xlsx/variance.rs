//! From budget to actual: the steps with the helper columns of a native waterfall, and the same per product.

use super::Context;
use super::charts::{self, Cells};
use super::formula::Live;
use super::sheet::{self, Sheet};
use crate::ReportError;
use crate::data::{Variance, VarianceKind};
use headroom_models::ledger::Money;
use rust_xlsxwriter::{Chart, Workbook};

const HEAD: u32 = 3;
const FIRST: u32 = 4;
const AMOUNT: u16 = 1;
const BASE: u16 = 2;

/// The waterfall over this sheet.
pub(super) fn waterfall(context: &Context<'_>) -> Chart {
    let variance = &context.report.variance;
    let last = FIRST + variance.parts.len() as u32 + 1;
    let rows = Cells {
        column: 0,
        first: FIRST,
        last,
    };
    charts::waterfall(
        context,
        &context.t("sheet-variance"),
        HEAD,
        [BASE, 3, 4, 5, 6, 7],
        rows,
        floor(variance),
    )
}

/// Where the axis starts so that thin steps can be seen.
fn floor(variance: &Variance) -> f64 {
    let heights = heights(variance);
    let (low, high) = (
        heights.iter().copied().fold(f64::MAX, f64::min),
        heights.iter().copied().fold(f64::MIN, f64::max),
    );
    if low <= 0.0 || high - low > 0.35 * high {
        return 0.0;
    }
    let span = (high - low).max(high * 0.01);
    let step = 10_f64.powf(span.log10().floor());
    (((low - span) / step).floor() * step).max(0.0)
}

fn heights(variance: &Variance) -> Vec<f64> {
    let mut height = variance.start.for_drawing();
    let mut heights = vec![height, variance.end.for_drawing()];
    for part in &variance.parts {
        height += part.amount.for_drawing();
        heights.push(height);
    }
    heights
}

pub(super) fn write(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let (style, variance) = (&context.style, &context.report.variance);
    let words = context.figures.words();
    let mut sheet = Sheet::new(
        workbook,
        context,
        &context.t("sheet-variance"),
        &context.t("section-variance"),
    )?;
    sheet.widths(&[24.0, 17.0, 17.0, 17.0, 17.0, 17.0, 17.0, 17.0, 17.0])?;
    let heads = [
        "column-part",
        "column-amount",
        "column-chart-base",
        "column-chart-total",
        "column-chart-up",
        "column-chart-down",
        "column-chart-up-below",
        "column-chart-down-below",
    ];
    sheet.heads(HEAD, &heads.map(|key| context.t(key)), 1, context)?;
    sheet.freeze(FIRST, 1)?;

    sheet.text((FIRST, 0), &context.t("kpi-budget"), &style.bold)?;
    sheet.amount((FIRST, AMOUNT), Some(variance.start), &style.money_bold)?;
    sheet.formula(
        (FIRST, 3),
        &format!("=B{}", FIRST + 1),
        Some(variance.start),
        &style.money,
    )?;
    // The running height is where a bar of the chart starts; it is geometry and shown as such.
    let mut before = variance.start;
    for (index, part) in variance.parts.iter().enumerate() {
        let row = FIRST + 1 + index as u32;
        let after = before + part.amount;
        sheet.text((row, 0), &words.term("variance", part.kind.as_str()), &style.text)?;
        sheet.amount((row, AMOUNT), Some(part.amount), &style.difference)?;
        let bar = Bar::between(before, after);
        let (first, here, above) = (FIRST + 1, row + 1, row);
        let (was, is) = (format!("SUM(B${first}:B{above})"), format!("SUM(B${first}:B{here})"));
        // Stacked columns grow from zero to both sides: what lies above zero and what lies below are series of their own,
        // and the invisible base stands on the side on which the bar does.
        let base = format!("=MAX(0,MIN({was},{is}))+MIN(0,MAX({was},{is}))");
        let above_zero = format!("MAX(0,MAX({was},{is}))-MAX(0,MIN({was},{is}))");
        let below_zero = format!("MIN(0,MIN({was},{is}))-MIN(0,MAX({was},{is}))");
        let up = |amount: Money| if part.amount.is_negative() { Money::ZERO } else { amount };
        let down = |amount: Money| if part.amount.is_negative() { amount } else { Money::ZERO };
        for (column, formula, given) in [
            (BASE, base, bar.base),
            (4, format!("=IF(B{here}>0,{above_zero},0)"), up(bar.above)),
            (5, format!("=IF(B{here}<0,{above_zero},0)"), down(bar.above)),
            (6, format!("=IF(B{here}>0,{below_zero},0)"), up(bar.below)),
            (7, format!("=IF(B{here}<0,{below_zero},0)"), down(bar.below)),
        ] {
            sheet.formula((row, column), &formula, Some(given), &style.money)?;
        }
        before = after;
    }
    let last = FIRST + variance.parts.len() as u32 + 1;
    sheet.text((last, 0), &context.t("kpi-actual"), &style.bold)?;
    let rows: Vec<u32> = (FIRST..last).collect();
    let total = Live::Sum(sheet::column(&rows, AMOUNT));
    sheet.live((last, AMOUNT), &total, Some(variance.end), &style.money_bold)?;
    sheet.formula((last, 3), &format!("=B{}", last + 1), Some(variance.end), &style.money)?;
    by_product(&mut sheet, context, last + 2)?;
    let below = last + 5 + context.report.variance_by_product.len() as u32;
    sheet.worksheet.insert_chart(below + 1, 0, &waterfall(context))?;
    Ok(())
}

/// A bar of the chart from one running height to the next: geometry of a picture, not a figure of the report.
struct Bar {
    base: Money,
    above: Money,
    below: Money,
}

impl Bar {
    fn between(before: Money, after: Money) -> Bar {
        let (low, high) = (before.min(after), before.max(after));
        Bar {
            base: low.max(Money::ZERO) + high.min(Money::ZERO),
            above: high.max(Money::ZERO) - low.max(Money::ZERO),
            below: low.min(Money::ZERO) - high.min(Money::ZERO),
        }
    }
}

fn by_product(sheet: &mut Sheet<'_>, context: &Context<'_>, top: u32) -> Result<(), ReportError> {
    let (style, report) = (&context.style, context.report);
    let words = context.figures.words();
    let all = || {
        report
            .variance_by_product
            .iter()
            .map(|product| &product.variance)
            .chain([&report.variance])
    };
    let occurs = |kind: &VarianceKind| all().any(|variance| variance.parts.iter().any(|part| part.kind == *kind));
    let kinds: Vec<VarianceKind> = VarianceKind::ALL.iter().copied().filter(occurs).collect();
    let mut heads = vec![context.t("column-product"), context.t("kpi-budget")];
    heads.extend(kinds.iter().map(|kind| words.term("variance", kind.as_str())));
    heads.push(context.t("kpi-actual"));
    sheet.heads(top, &heads, 1, context)?;
    let amount_of = |variance: &Variance, kind: VarianceKind| {
        variance
            .parts
            .iter()
            .find(|part| part.kind == kind)
            .map(|part| part.amount)
    };
    let end = 2 + kinds.len() as u16;
    let mut rows = Vec::new();
    for (row, product) in (top + 1..).zip(&report.variance_by_product) {
        sheet.text(
            (row, 0),
            &words.name(&product.product.id, &product.product.name),
            &style.text,
        )?;
        sheet.amount((row, 1), Some(product.variance.start), &style.money)?;
        let mut parts = vec![(row, 1)];
        for (column, kind) in (2..).zip(&kinds) {
            let amount = amount_of(&product.variance, *kind);
            sheet.amount((row, column), amount, &style.difference)?;
            parts.extend(amount.map(|_| (row, column)));
        }
        sheet.live((row, end), &Live::Sum(parts), Some(product.variance.end), &style.money)?;
        rows.push(row);
    }
    let row = top + 1 + rows.len() as u32;
    sheet.text((row, 0), &context.t("total-all"), &style.bold)?;
    let sum = |column| Live::Sum(sheet::column(&rows, column));
    sheet.live((row, 1), &sum(1), Some(report.variance.start), &style.money_bold)?;
    for (column, kind) in (2..).zip(&kinds) {
        sheet.live(
            (row, column),
            &sum(column),
            amount_of(&report.variance, *kind),
            &style.difference_bold,
        )?;
    }
    sheet.live((row, end), &sum(end), Some(report.variance.end), &style.money_bold)?;
    Ok(())
}
