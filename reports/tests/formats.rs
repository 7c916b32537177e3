//! Every format of one report holds the same figures, in both languages, whatever the names are.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[allow(dead_code)]
mod support;

use headroom_models::language::{Language, Name};
use headroom_models::ledger::Money;
use headroom_reports::data::*;
use headroom_reports::{Figures, Words, csv, html, json, xlsx};
use support::money;

fn csv_text(report: &ExecutionReport, language: Language) -> String {
    String::from_utf8(csv(report, language, false).unwrap()).unwrap()
}

#[test]
fn the_sample_adds_up() {
    let report = support::report();
    let company = &report.rows[0];
    let departments = report.rows.iter().filter(|row| row.level == Level::Department);
    assert_eq!(departments.map(|row| row.ytd_actual).sum::<Money>(), company.ytd_actual);
    let types = report.rows.iter().filter(|row| row.level == Level::CostType);
    assert_eq!(types.map(|row| row.landing.mid).sum::<Money>(), company.landing.mid);
    for variance in report
        .variance_by_product
        .iter()
        .map(|product| &product.variance)
        .chain([&report.variance])
    {
        assert_eq!(
            variance.start + variance.parts.iter().map(|part| part.amount).sum::<Money>(),
            variance.end
        );
    }
}

#[test]
fn json_is_the_value_itself() {
    let report = support::report();
    let text = json(&report).unwrap();
    assert_eq!(serde_json::from_str::<ExecutionReport>(&text).unwrap(), report);
    assert!(text.contains(&format!("\"ytd_actual\": \"{}\"", report.headline.ytd_actual)));
}

#[test]
fn html_and_csv_hold_the_headline() {
    let report = support::report();
    let headline = &report.headline;
    for language in Language::ALL {
        let figures = Figures::new(Words::of(language), &report.currency, headline.year_budget);
        let page = html(&report, language).unwrap();
        let amounts = [
            headline.ytd_actual,
            headline.ytd_budget,
            headline.landing.mid,
            headline.money_at_risk,
        ];
        for amount in amounts {
            assert!(page.contains(&figures.exact(amount)), "{language} {amount}");
            assert!(
                page.contains(&format!(">{}<", figures.short(amount))),
                "{language} {amount}"
            );
        }
        assert!(page.contains(&figures.percent(headline.execution_rate_ytd.unwrap())));

        // What people act on stands on the page, each amount to the cent.
        let control = &report.control;
        for text in ["R-2026-2", "L-2026-1", "BC-2023-0117", "OA-512", "106.4 %"] {
            assert!(page.contains(text), "{language} {text}");
        }
        for amount in [control.outstanding, control.owed, control.decisions[0].proposed] {
            assert!(page.contains(&figures.money(amount)), "{language} {amount}");
        }
        assert!(page.contains(&Words::of(language).text("loan-overdue")));

        let table = csv_text(&report, language);
        let mut reader = ::csv::Reader::from_reader(table.as_bytes());
        let records: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let to_date = records
            .iter()
            .find(|r| &r[4] == "company" && &r[8] == "2026-09" && !r[11].is_empty())
            .unwrap();
        assert_eq!(&to_date[10], headline.ytd_actual.to_string());
        let year = records.iter().find(|r| &r[4] == "company" && &r[8] == "2026").unwrap();
        assert_eq!(&year[14], headline.landing.mid.to_string());
        assert_eq!(&year[18], report.rows[0].available.to_string());
        let quarter = Words::of(language).text("period-quarter");
        let quarter = records.iter().find(|r| &r[4] == "company" && r[7] == quarter).unwrap();
        assert_eq!(&quarter[10], report.rows[0].quarter_actual.to_string());
    }
}

#[test]
fn csv_has_a_bom_only_when_asked() {
    let report = support::report();
    assert!(
        csv(&report, Language::English, true)
            .unwrap()
            .starts_with(&[0xEF, 0xBB, 0xBF])
    );
    assert!(
        csv(&report, Language::English, false)
            .unwrap()
            .starts_with(b"Fiscal year,")
    );
    assert!(csv_text(&report, Language::SimplifiedChinese).starts_with("财年,口径,币种,"));
}

#[test]
fn names_cannot_become_formulas_or_markup() {
    let mut report = support::report();
    let evil = "=HYPERLINK(\"a\",\"b\")<script>alert(1)</script>";
    let product = report.rows.iter_mut().find(|row| row.level == Level::Product).unwrap();
    product.name = Name::Same(evil.into());
    product.id = "@id\"><b>".into();
    report.heat.rows[0].product.name = Name::Same(evil.into());
    report.proposals[0].drivers[0].metric = evil.into();
    report.findings[0].source = "+cmd".into();
    report.findings[0].detail.insert("<i>".into(), "<u>".into());
    for language in Language::ALL {
        let page = html(&report, language).unwrap();
        for tag in ["<script", "<i>", "<u>", "\"><b>"] {
            assert!(!page.contains(tag), "{tag}");
        }
        let table = csv_text(&report, language);
        let mut reader = ::csv::Reader::from_reader(table.as_bytes());
        let texts: Vec<String> = reader
            .records()
            .flat_map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        assert!(texts.contains(&format!("'{evil}")) && texts.contains(&"'@id\"><b>".to_owned()));
        assert!(!texts.iter().any(|text| text.starts_with(['=', '@'])));
        xlsx(&report, language).unwrap();
    }
}

#[test]
fn a_report_with_nothing_in_it_is_still_a_report() {
    let mut report = support::report();
    report.rows.clear();
    report.heat = HeatMap {
        rows: vec![],
        totals: vec![],
        total: HeatTotal {
            actual: Money::ZERO,
            budget: Money::ZERO,
            rate: None,
        },
    };
    report.cost_types_by_month.clear();
    report.variance = Variance {
        start: Money::ZERO,
        parts: vec![],
        end: Money::ZERO,
    };
    report.variance_by_product.clear();
    report.proposals.clear();
    report.idle = IdleList {
        items: vec![],
        monthly_cost: Money::ZERO,
    };
    report.findings.clear();
    report.reconciliation.clear();
    report.data_health = DataHealth::default();
    let zero = Interval {
        low: Money::ZERO,
        mid: Money::ZERO,
        high: Money::ZERO,
    };
    report.headline = Headline {
        ytd_actual: Money::ZERO,
        ytd_budget: Money::ZERO,
        ytd_difference: Money::ZERO,
        execution_rate_ytd: None,
        year_budget: Money::ZERO,
        execution_rate_year: None,
        landing: zero,
        landing_difference: Money::ZERO,
        landing_rate: None,
        money_at_risk: Money::ZERO,
    };
    for months in [report.months.clone(), vec![]] {
        report.months = months;
        for language in Language::ALL {
            assert!(html(&report, language).unwrap().contains("</html>"));
            xlsx(&report, language).unwrap();
            csv(&report, language, true).unwrap();
        }
    }
}

#[test]
fn credits_open_months_and_missing_budgets_are_drawn() {
    let mut report = support::report();
    report.cost_types_by_month[0].amounts[2] = Some(money("-350000"));
    report.heat.rows[0].cells[3].rate = None;
    for point in &mut report.months {
        point.closed = false;
        point.cumulative_actual = None;
        point.actual = None;
    }
    for language in Language::ALL {
        let words = Words::of(language);
        assert!(
            html(&report, language)
                .unwrap()
                .contains(&words.text("legend-no-budget"))
        );
        xlsx(&report, language).unwrap();
    }
}

#[test]
fn sentences_follow_the_data() {
    let mut report = support::report();
    let [ends, why, decide] = report.sentences();
    assert!(matches!(
        ends,
        Sentence::WhereItEnds {
            landing: Landing::Over,
            ..
        }
    ));
    let Sentence::Why {
        cause: Some(Cause {
            product: Some(product),
            part,
        }),
        ..
    } = why
    else {
        panic!("{why:?}")
    };
    assert_eq!((product.id.as_str(), part.kind), ("video", VarianceKind::Volume));
    let Sentence::Decide {
        decision: Decision::Supplement {
            proposal,
            cut: Some(cut),
        },
        idle_count,
        ..
    } = decide
    else {
        panic!("{decide:?}")
    };
    assert_eq!(
        (proposal.product.id.as_str(), cut.product.id.as_str(), idle_count),
        ("video", "search", 4)
    );

    report.headline.landing = Interval {
        low: money("1"),
        mid: money("2"),
        high: money("3"),
    };
    report.proposals.clear();
    report.headline.ytd_difference = Money::ZERO;
    let [ends, _, decide] = report.sentences();
    assert!(matches!(
        ends,
        Sentence::WhereItEnds {
            landing: Landing::Under,
            ..
        }
    ));
    assert!(matches!(
        decide,
        Sentence::Decide {
            decision: Decision::None,
            ..
        }
    ));
    let page = html(&report, Language::English).unwrap();
    assert!(page.contains("The year to date is on budget.") && page.contains("No change of the budget is proposed."));
}
