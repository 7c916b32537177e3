//! Proposals, idle resources, reconciliation and findings.

use super::Context;
use super::formula::Live;
use super::sheet::{self, Sheet};
use crate::ReportError;
use crate::export::phrases;
use headroom_models::ledger::Money;
use rust_xlsxwriter::Workbook;

const HEAD: u32 = 3;
const FIRST: u32 = 4;
/// Widths of the columns whose texts may take several lines.
const REASONS: f64 = 60.0;
const EVIDENCE: f64 = 60.0;

pub(super) fn proposals(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let (style, figures) = (&context.style, &context.figures);
    let words = figures.words();
    let mut sheet = Sheet::new(
        workbook,
        context,
        &context.t("sheet-proposals"),
        &context.t("section-proposals"),
    )?;
    sheet.widths(&[22.0, 12.0, 16.0, 16.0, 16.0, 16.0, 16.0, REASONS])?;
    let mut heads = [
        "column-product",
        "column-kind",
        "column-amount",
        "column-low",
        "column-high",
    ]
    .map(|k| context.t(k))
    .to_vec();
    heads.extend(["column-year-budget", "column-landing", "column-reasons"].map(|key| context.t(key)));
    sheet.heads(HEAD, &heads, 2, context)?;
    sheet.text((HEAD, 7), &heads[7], &style.head_indented)?;
    sheet.freeze(FIRST, 1)?;
    for (row, proposal) in (FIRST..).zip(&context.report.proposals) {
        sheet.text(
            (row, 0),
            &words.name(&proposal.product.id, &proposal.product.name),
            &style.text,
        )?;
        sheet.text((row, 1), &words.term("proposal", proposal.kind.as_str()), &style.text)?;
        let amounts = [
            proposal.amount,
            proposal.low,
            proposal.high,
            proposal.year_budget,
            proposal.landing,
        ];
        for (column, amount) in (2..).zip(amounts) {
            sheet.amount((row, column), Some(amount), &style.money)?;
        }
        let reasons = phrases::reasons(proposal, figures).join(" · ");
        sheet.wrapped((row, 7), &reasons, REASONS, &style.wrapped)?;
    }
    if context.report.proposals.is_empty() {
        sheet.text((FIRST, 0), &context.t("empty-proposals"), &style.note)?;
    }
    Ok(())
}

pub(super) fn idle(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let (style, figures) = (&context.style, &context.figures);
    let words = figures.words();
    let list = &context.report.idle;
    let mut sheet = Sheet::new(workbook, context, &context.t("sheet-idle"), &context.t("section-idle"))?;
    sheet.widths(&[26.0, 18.0, 14.0, 28.0, 12.0, EVIDENCE, 10.0, 16.0])?;
    let heads = [
        "column-resource",
        "column-product",
        "column-verdict",
        "column-rule",
        "column-since",
        "column-evidence",
        "column-confidence",
        "column-monthly-cost",
    ];
    sheet.heads(HEAD, &heads.map(|key| context.t(key)), 7, context)?;
    sheet.freeze(FIRST, 1)?;
    let mut waste = Vec::new();
    for (row, item) in (FIRST..).zip(&list.items) {
        let product = item
            .product
            .as_ref()
            .map_or("", |name| name.in_language(words.language()));
        let texts = [
            item.resource.clone(),
            product.to_owned(),
            words.term("verdict", item.verdict.as_str()),
            words.known_or_same("rule", item.rule.in_language(words.language())),
            item.since.clone().unwrap_or_default(),
            phrases::evidence(item, figures).join(" · "),
            words.term("confidence", item.confidence.as_str()),
        ];
        for (column, text) in (0..).zip(&texts) {
            if column == 5 {
                sheet.wrapped((row, column), text, EVIDENCE, &style.wrapped)?;
            } else {
                sheet.text((row, column), text, &style.text)?;
            }
        }
        sheet.amount((row, 7), item.monthly_cost, &style.money)?;
        if item.verdict.is_waste() && item.monthly_cost.is_some() {
            waste.push(row);
        }
    }
    let total = FIRST + list.items.len() as u32;
    if list.items.is_empty() {
        sheet.text((total, 0), &context.t("empty-idle"), &style.note)?;
    } else {
        let label = format!(
            "{} ({}{}{})",
            context.t("column-total"),
            words.text("verdict-idle"),
            context.t("list-separator"),
            words.text("verdict-oversized")
        );
        sheet.text((total, 0), &label, &style.bold)?;
        let sum = Live::Sum(sheet::column(&waste, 7));
        sheet.live((total, 7), &sum, Some(list.monthly_cost), &style.money_bold)?;
    }
    Ok(())
}

pub(super) fn reconciliation(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let (style, lines) = (&context.style, &context.report.reconciliation);
    let words = context.figures.words();
    let mut sheet = Sheet::new(
        workbook,
        context,
        &context.t("sheet-reconciliation"),
        &context.t("section-reconciliation"),
    )?;
    sheet.widths(&[36.0, 18.0, 12.0, 26.0, 18.0, 18.0, 16.0, 16.0, 16.0])?;
    let heads = [
        "column-month",
        "column-source",
        "column-currency",
        "column-invoice",
        "column-ledger",
        "column-allocated",
        "column-difference",
        "column-unallocated",
        "column-state",
    ];
    sheet.heads(HEAD, &heads.map(|key| context.t(key)), 3, context)?;
    sheet.text((HEAD, 8), &context.t("column-state"), &style.head_indented)?;
    sheet.freeze(FIRST, 2)?;
    for (row, line) in (FIRST..).zip(lines) {
        sheet.text((row, 0), &words.month_long(line.month), &style.text)?;
        sheet.text((row, 1), &line.source, &style.text)?;
        sheet.text((row, 2), &line.currency, &style.text)?;
        let amounts = [line.invoice, Some(line.ledger), Some(line.allocated)];
        for (column, amount) in (3..).zip(amounts) {
            sheet.amount((row, column), amount, &style.money)?;
        }
        let difference = Live::Difference((row, 4), (row, 5));
        sheet.live((row, 6), &difference, Some(line.difference), &style.money)?;
        sheet.amount((row, 7), Some(line.unallocated), &style.money)?;
        let ties = if line.difference == Money::ZERO {
            "tie-yes"
        } else {
            "tie-no"
        };
        sheet.text((row, 8), &context.t(ties), &style.wrapped)?;
    }
    if lines.is_empty() {
        sheet.text((FIRST, 0), &context.t("empty-reconciliation"), &style.note)?;
    }
    findings(&mut sheet, context, FIRST + lines.len().max(1) as u32 + 1)
}

fn findings(sheet: &mut Sheet<'_>, context: &Context<'_>, top: u32) -> Result<(), ReportError> {
    let (style, figures) = (&context.style, &context.figures);
    let words = figures.words();
    sheet.text((top, 0), &context.t("section-findings"), &style.heading)?;
    if context.report.findings.is_empty() {
        sheet.text((top + 1, 0), &context.t("empty-findings"), &style.note)?;
        return Ok(());
    }
    let heads = [
        "column-kind",
        "column-source",
        "column-month",
        "column-place",
        "column-amount",
        "column-detail",
    ];
    for (column, key) in (0..).zip(heads) {
        let format = match column {
            4 => &style.head_right,
            5 => &style.head_indented,
            _ => &style.head,
        };
        sheet.text((top + 1, column), &context.t(key), format)?;
    }
    for (row, finding) in (top + 2..).zip(&context.report.findings) {
        sheet.text((row, 0), &words.term("finding", finding.kind.as_str()), &style.text)?;
        sheet.text((row, 1), &finding.source, &style.text)?;
        sheet.text((row, 2), &words.month_long(finding.month), &style.text)?;
        sheet.text((row, 3), finding.place.as_deref().unwrap_or_default(), &style.text)?;
        sheet.amount((row, 4), finding.amount, &style.money)?;
        let details = phrases::details(finding, figures).join(" · ");
        sheet.worksheet.merge_range(row, 5, row, 8, "", &style.wrapped)?;
        sheet.text((row, 5), &details, &style.wrapped)?;
    }
    Ok(())
}
