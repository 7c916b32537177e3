//! The variance of every row of the tree and of every line: parts, and actual as their live sum.

use super::Context;
use super::formula::Live;
use super::sheet::Sheet;
use crate::ReportError;
use crate::data::{Standing, Variance, VarianceKind};
use rust_xlsxwriter::Workbook;

const HEAD: u32 = 3;
const FIRST: u32 = 4;
const BUDGET: u16 = 4;

pub(super) fn write(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let (style, report) = (&context.style, context.report);
    if report.variance_tree.is_empty() {
        return Ok(());
    }
    let words = context.figures.words();
    let kinds: Vec<VarianceKind> = report.variance.parts.iter().map(|part| part.kind).collect();
    let mut sheet = Sheet::new(
        workbook,
        context,
        &context.t("sheet-variance-tree"),
        &context.t("section-variance-tree"),
    )?;
    sheet.widths(&[11.0, 22.0, 20.0, 12.0])?;
    let end = BUDGET + 1 + kinds.len() as u16;
    for column in BUDGET..=end {
        sheet.worksheet.set_column_width(column, 15.0)?;
    }
    sheet.worksheet.set_column_width(end + 1, 110.0)?;
    let mut heads: Vec<String> = [
        "column-level",
        "column-name",
        "column-cost-type",
        "column-state",
        "kpi-budget",
    ]
    .map(|key| context.t(key))
    .to_vec();
    heads.extend(kinds.iter().map(|kind| words.term("variance", kind.as_str())));
    heads.extend([context.t("kpi-actual"), context.t("column-cause")]);
    sheet.heads(HEAD, &heads, 4, context)?;
    sheet.freeze(FIRST, 2)?;
    let mut row = FIRST;
    for of in &report.variance_tree {
        let name = if of.name.in_language(words.language()).is_empty() {
            words.text("cause-no-module")
        } else {
            words.name(&of.id, &of.name)
        };
        sheet.text(
            (row, 0),
            &context.t(crate::export::phrases::level(of.level)),
            &style.text,
        )?;
        sheet.text((row, 1), &name, &style.bold)?;
        amounts(&mut sheet, context, row, &of.variance, &kinds)?;
        sheet.text((row, end + 1), of.sentence.in_language(words.language()), &style.text)?;
        row += 1;
    }
    for line in &report.variance_lines {
        sheet.text((row, 0), &context.t("column-line"), &style.text)?;
        let product = words.name(&line.product.id, &line.product.name);
        let name = if line.module.is_empty() {
            product
        } else {
            format!("{product} / {}", line.module)
        };
        sheet.text((row, 1), &name, &style.indented)?;
        sheet.text((row, 2), &words.cost_type(line.cost_type), &style.text)?;
        let standing = match line.standing {
            Standing::Planned => None,
            Standing::New => Some("variance-new"),
            Standing::Unplanned => Some("variance-unplanned"),
            Standing::Ended => Some("variance-ended"),
            Standing::Unused => Some("variance-unused"),
        };
        sheet.text(
            (row, 3),
            &standing.map_or_else(String::new, |key| context.t(key)),
            &style.text,
        )?;
        amounts(&mut sheet, context, row, &line.variance, &kinds)?;
        row += 1;
    }
    Ok(())
}

/// Budget, parts, and actual as the sum of both.
fn amounts(
    sheet: &mut Sheet<'_>,
    context: &Context<'_>,
    row: u32,
    variance: &Variance,
    kinds: &[VarianceKind],
) -> Result<(), ReportError> {
    let style = &context.style;
    sheet.amount((row, BUDGET), Some(variance.start), &style.money)?;
    let mut places = vec![(row, BUDGET)];
    for (column, kind) in (BUDGET + 1..).zip(kinds) {
        let part = variance.parts.iter().find(|part| part.kind == *kind);
        sheet.amount((row, column), part.map(|part| part.amount), &style.difference)?;
        places.extend(part.map(|_| (row, column)));
    }
    let end = BUDGET + 1 + kinds.len() as u16;
    Ok(sheet.live((row, end), &Live::Sum(places), Some(variance.end), &style.money)?)
}
