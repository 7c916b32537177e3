//! The workbook, opened again: same figures, live formulas, texts that are never formulas.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[allow(dead_code)]
mod support;

use calamine::{Data, DataType, Range, Reader, Xlsx, open_workbook_from_rs};
use headroom_models::language::{Language, Name};
use headroom_models::ledger::Money;
use headroom_reports::data::{ExecutionReport, Level};
use headroom_reports::{Words, xlsx};
use std::io::Cursor;

fn open(report: &ExecutionReport, language: Language) -> Xlsx<Cursor<Vec<u8>>> {
    open_workbook_from_rs(Cursor::new(xlsx(report, language).unwrap())).unwrap()
}

fn same(cell: Option<&Data>, amount: Money) -> bool {
    let value = match cell {
        Some(Data::Float(value)) => *value,
        Some(Data::Int(value)) => *value as f64,
        Some(Data::String(text)) => text.parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    };
    (value - amount.for_drawing()).abs() < 0.000_01
}

fn row_of(range: &Range<Data>, name: &str) -> u32 {
    let found = range.rows().position(|row| {
        row.first()
            .is_some_and(|cell| cell.as_string().as_deref() == Some(name))
    });
    range.start().unwrap().0 + found.unwrap_or_else(|| panic!("no row '{name}'")) as u32
}

#[test]
fn holds_the_sheets_and_figures_of_the_report() {
    let report = support::report();
    for language in Language::ALL {
        let words = Words::of(language);
        let mut book = open(&report, language);
        let keys = [
            "summary",
            "execution",
            "available",
            "months",
            "variance",
            "heat",
            "proposals",
            "control",
            "idle",
            "reconciliation",
        ]
        .map(|s| words.text(&format!("sheet-{s}")));
        assert_eq!(book.sheet_names(), keys);

        let summary = book.worksheet_range(&keys[0]).unwrap();
        for (key, amount) in [
            ("kpi-actual", report.headline.ytd_actual),
            ("kpi-budget", report.headline.ytd_budget),
            ("kpi-rate", report.headline.execution_rate_ytd.unwrap()),
            ("kpi-landing", report.headline.landing.mid),
            ("kpi-risk", report.headline.money_at_risk),
        ] {
            let row = row_of(&summary, &words.text(key));
            assert!(
                same(summary.get_value((row, 1)), amount),
                "{key} {:?} {amount}",
                summary.get_value((row, 1))
            );
        }
        let execution = book.worksheet_range(&keys[1]).unwrap();
        for row in report.rows.iter().filter(|row| row.level != Level::CostType) {
            let at = row_of(&execution, row.name.in_language(language));
            for (column, amount) in [
                (5, row.ytd_actual),
                (6, row.ytd_budget),
                (9, row.year_budget),
                (12, row.landing.mid),
                (14, row.difference),
            ] {
                assert!(same(execution.get_value((at, column)), amount), "{} {column}", row.id);
            }
        }
        let months = book.worksheet_range(&keys[3]).unwrap();
        for point in &report.months {
            let at = row_of(&months, &words.month_long(point.month));
            assert!(same(months.get_value((at, 7)), point.cumulative_budget));
            assert!(same(months.get_value((at, 9)), point.cumulative_landing.unwrap().mid));
        }
    }
}

#[test]
fn totals_and_rates_are_live() {
    let report = support::report();
    let mut book = open(&report, Language::English);
    let execution = book.worksheet_formula("Execution").unwrap();
    let values = book.worksheet_range("Execution").unwrap();
    let company = row_of(&values, "Galaxy Interactive");
    let at = |row, column| execution.get_value((row, column)).cloned().unwrap_or_default();
    assert_eq!(at(company, 5), "F6+F10+F13");
    assert_eq!(at(company + 1, 5), "SUM(F7:F9)");
    assert_eq!(at(company, 8), "IF(G5=0,\"\",F5/G5)");
    assert_eq!(at(company, 14), "M5-J5");
    // Available is the year's budget less actual and commitments; what is outstanding and owed adds up.
    let available = book.worksheet_formula("Quarter and available").unwrap();
    assert_eq!(available.get_value((company, 8)).unwrap(), "F5-G5-H5");
    assert_eq!(available.get_value((company, 4)).unwrap(), "IF(D5=0,\"\",C5/D5)");
    let control = book.worksheet_range("Control").unwrap();
    let sums: Vec<String> = book
        .worksheet_formula("Control")
        .unwrap()
        .used_cells()
        .map(|cell| cell.2.clone())
        .filter(|formula| !formula.is_empty())
        .collect();
    assert_eq!(sums.len(), 2, "{sums:?}");
    for (place, amount) in [(9, report.control.outstanding), (8, report.control.owed)] {
        assert!(
            control
                .used_cells()
                .any(|(_, column, cell)| column == place && same(Some(cell), amount))
        );
    }
    let count = |book: &mut Xlsx<_>, sheet: &str| {
        book.worksheet_formula(sheet)
            .unwrap()
            .used_cells()
            .filter(|c| !c.2.is_empty())
            .count()
    };
    // Every row has three rates and two differences; the four totals add six sums each, and the ends of the landing
    // where they add up.
    assert!(count(&mut book, "Execution") >= report.rows.len() * 5 + 4 * 6);
    assert_eq!(count(&mut book, "Months"), 12 * 5 - 3 + 10 + 9 + 1);
    assert!(count(&mut book, "Heat map") > 100);
    assert!(count(&mut book, "Variance") > 30 && count(&mut book, "Idle") == 1 && count(&mut book, "Summary") == 10);
}

#[test]
fn a_total_that_does_not_add_up_stays_the_given_number() {
    let mut report = support::report();
    report.rows[0].ytd_actual += Money::ONE;
    let mut book = open(&report, Language::English);
    let values = book.worksheet_range("Execution").unwrap();
    let company = row_of(&values, "Galaxy Interactive");
    assert!(same(values.get_value((company, 5)), report.rows[0].ytd_actual));
    let formulas = book.worksheet_formula("Execution").unwrap();
    assert_eq!(formulas.get_value((company, 5)).cloned().unwrap_or_default(), "");
}

#[test]
fn texts_are_never_formulas() {
    let mut report = support::report();
    let evil = "=1+1";
    report.rows[2].name = Name::Same(evil.into());
    report.idle.items[0].resource = "@SUM(A1)".into();
    report.findings[0].source = "-2+3".into();
    let mut book = open(&report, Language::English);
    let values = book.worksheet_range("Execution").unwrap();
    let at = row_of(&values, evil);
    let formulas = book.worksheet_formula("Execution").unwrap();
    assert_eq!(formulas.get_value((at, 0)).cloned().unwrap_or_default(), "");
    let idle = book.worksheet_range("Idle").unwrap();
    assert_eq!(
        idle.get_value((row_of(&idle, "@SUM(A1)"), 0)),
        Some(&Data::String("@SUM(A1)".into()))
    );
}
