//! The quarter and what is available, with live formulas; commitments, loans, alerts and decided proposals below each other.

use super::Context;
use super::execution::parts_of;
use super::formula::Live;
use super::sheet::{self, Sheet};
use crate::ReportError;
use crate::data::Level;
use crate::export::phrases;
use headroom_models::ledger::Money;
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

/// What one list of the sheet needs: its heading, its column heads (the words before the amounts), and its lines.
struct List {
    title: &'static str,
    empty: &'static str,
    words: Vec<&'static str>,
    amounts: Vec<&'static str>,
    after: Vec<&'static str>,
    lines: Vec<Line>,
    /// The column of amounts that is summed, and what it comes to.
    total: Option<(usize, Money)>,
}

struct Line {
    words: Vec<String>,
    amounts: Vec<Option<Money>>,
    after: Vec<String>,
}

pub(super) fn lists(workbook: &mut Workbook, context: &Context<'_>) -> Result<(), ReportError> {
    let lists = [
        commitments(context),
        loans(context),
        alerts(context),
        decisions(context),
    ];
    let mut sheet = Sheet::new(
        workbook,
        context,
        &context.t("sheet-control"),
        &context.t("section-control"),
    )?;
    sheet.widths(&[16.0, 20.0, 20.0, 16.0, 18.0, 20.0, 14.0, 16.0, 16.0, 16.0, 60.0])?;
    let mut row = HEAD - 1;
    for list in &lists {
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
    // Amounts of every list stand in the same columns, so that they lie below each other.
    const AMOUNTS: u16 = 7;
    const AFTER: u16 = 10;
    let columns = list.words.iter().zip(0_u16..).map(|(key, at)| (key, at, &style.head));
    let amounts = list
        .amounts
        .iter()
        .zip(AMOUNTS..)
        .map(|(key, at)| (key, at, &style.head_right));
    let after = list
        .after
        .iter()
        .zip(AFTER..)
        .map(|(key, at)| (key, at, &style.head_indented));
    for (key, at, format) in columns.chain(amounts).chain(after) {
        sheet.text((top + 1, at), &context.t(key), format)?;
    }
    let first = top + 2;
    for (row, line) in (first..).zip(&list.lines) {
        for (text, at) in line.words.iter().zip(0_u16..) {
            sheet.text((row, at), text, &style.text)?;
        }
        for (amount, at) in line.amounts.iter().zip(AMOUNTS..) {
            sheet.amount((row, at), *amount, &style.money)?;
        }
        for (text, at) in line.after.iter().zip(AFTER..) {
            sheet.wrapped((row, at), text, 60.0, &style.wrapped)?;
        }
    }
    let end = first + list.lines.len() as u32;
    if let Some((column, sum)) = list.total {
        let rows: Vec<u32> = (first..end).collect();
        let column = AMOUNTS + column as u16;
        sheet.text((end, 0), &context.t("column-total"), &style.bold)?;
        sheet.live(
            (end, column),
            &Live::Sum(sheet::column(&rows, column)),
            Some(sum),
            &style.money_bold,
        )?;
        return Ok(end + 1);
    }
    Ok(end)
}

fn commitments(context: &Context<'_>) -> List {
    let words = context.figures.words();
    let control = &context.report.control;
    List {
        title: "section-commitments",
        empty: "empty-commitments",
        words: vec![
            "column-number",
            "column-product",
            "column-cost-type",
            "column-expenditure",
            "column-month",
            "column-reference",
            "column-state",
        ],
        amounts: vec!["column-amount", "column-billed", "column-outstanding"],
        after: Vec::new(),
        lines: control
            .commitments
            .iter()
            .map(|line| Line {
                words: vec![
                    line.id.clone(),
                    words.name(&line.product.id, &line.product.name),
                    words.cost_type(line.cost_type),
                    words.text(if line.capex { "control-capex" } else { "control-opex" }),
                    words.month_long(line.month),
                    line.reference.clone(),
                    words.term("commitment", &line.state),
                ],
                amounts: [line.amount, line.billed, line.outstanding].map(Some).to_vec(),
                after: Vec::new(),
            })
            .collect(),
        total: Some((2, control.outstanding)),
    }
}

fn loans(context: &Context<'_>) -> List {
    let words = context.figures.words();
    let control = &context.report.control;
    List {
        title: "section-loans",
        empty: "empty-loans",
        words: vec![
            "column-number",
            "column-lender",
            "column-borrower",
            "column-month",
            "column-due",
            "column-state",
        ],
        amounts: vec!["column-amount", "column-repaid", "column-owed"],
        after: Vec::new(),
        lines: control
            .loans
            .iter()
            .map(|line| Line {
                words: vec![
                    line.id.clone(),
                    words.name(&line.from.id, &line.from.name),
                    words.name(&line.to.id, &line.to.name),
                    words.month_long(line.month),
                    words.month_long(line.due),
                    if line.overdue {
                        words.text("loan-overdue")
                    } else {
                        String::new()
                    },
                ],
                amounts: [line.amount, line.repaid, line.outstanding].map(Some).to_vec(),
                after: Vec::new(),
            })
            .collect(),
        total: Some((2, control.owed)),
    }
}

fn alerts(context: &Context<'_>) -> List {
    let words = context.figures.words();
    List {
        title: "section-alerts",
        empty: "empty-alerts",
        words: vec![
            "column-month",
            "column-name",
            "column-level",
            "column-measure",
            "column-severity",
            "column-state",
        ],
        amounts: vec!["column-value-percent", "column-threshold-percent"],
        after: Vec::new(),
        lines: context
            .report
            .control
            .alerts
            .iter()
            .map(|line| Line {
                words: vec![
                    words.month_long(line.month),
                    words.name(&line.subject.id, &line.subject.name),
                    words.text(phrases::level(line.level)),
                    words.term("alert", &line.metric),
                    words.term("alert", &line.severity),
                    match line.ended {
                        Some(month) => words.with("alert-over-since", &[("month", &words.month_long(month))]),
                        None => words.text("alert-open"),
                    },
                ],
                amounts: vec![Some(line.value), Some(line.threshold)],
                after: Vec::new(),
            })
            .collect(),
        total: None,
    }
}

fn decisions(context: &Context<'_>) -> List {
    let words = context.figures.words();
    List {
        title: "section-decisions",
        empty: "empty-decisions",
        words: vec![
            "column-month",
            "column-product",
            "column-kind",
            "column-decision",
            "column-by",
        ],
        amounts: vec!["column-proposed", "column-accepted"],
        after: vec!["column-reasons"],
        lines: context
            .report
            .control
            .decisions
            .iter()
            .map(|line| {
                let cause = line.cause.iter().map(|cause| cause.in_language(words.language()));
                let why: Vec<&str> = std::iter::once(line.reason.as_str())
                    .chain(cause)
                    .filter(|text| !text.is_empty())
                    .collect();
                Line {
                    words: vec![
                        words.month_long(line.month),
                        words.name(&line.product.id, &line.product.name),
                        words.term("proposal", &line.kind),
                        words.term("decision", &line.decision),
                        line.by.clone(),
                    ],
                    amounts: vec![Some(line.proposed), line.amount],
                    after: vec![why.join(" · ")],
                }
            })
            .collect(),
        total: None,
    }
}
