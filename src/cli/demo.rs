//! `headroom demo`, and the key figures that it shares with `headroom report`.

use super::{Context, Failure, show};
use crate::app::DemoStep;
use crate::words::{say, say_with};
use headroom_models::organization::UNALLOCATED;
use headroom_reports::ExecutionReport;
use headroom_reports::data::{Level, ProposalKind, Verdict};
use serde_json::json;

pub fn run(context: &Context) -> Result<(), Failure> {
    let result = crate::app::demo(&context.data, "demo", &|step| eprintln!("{}", sentence(context, &step)))?;
    if context.json {
        let reports: Vec<String> = result.reports.iter().map(|path| path.display().to_string()).collect();
        return show::json(&json!({
            "data": context.data.display().to_string(),
            "files": result.imported.0,
            "rows": result.imported.1,
            "budget": result.budget_total,
            "reports": reports,
            "headline": result.report.headline,
        }));
    }
    key_figures(context, &result.report)?;
    let (year, total) = (result.next_year.0.to_string(), show::money(result.next_year.1));
    show::line(&say_with(
        context.language,
        "demo-next-year",
        &[
            ("year", &year),
            ("total", &total),
            ("currency", &result.report.currency),
        ],
    ))?;
    show::line(&say(context.language, "demo-reports"))?;
    for path in &result.reports {
        show::line(&format!("  {}", path.display()))?;
    }
    show::line(&say_with(
        context.language,
        "demo-next-steps",
        &[("directory", &context.data.display().to_string())],
    ))
}

/// A step as a sentence.
fn sentence(context: &Context, step: &DemoStep) -> String {
    let say = |key, values: &[(&'static str, &str)]| say_with(context.language, key, values);
    match step {
        DemoStep::Written { files, folder } => say(
            "demo-written",
            &[("files", &files.to_string()), ("folder", &folder.display().to_string())],
        ),
        DemoStep::Imported { files, rows } => say(
            "demo-imported",
            &[("files", &files.to_string()), ("rows", &rows.to_string())],
        ),
        DemoStep::Allocated { proofs } => say("demo-allocated", &[("proofs", &proofs.to_string())]),
        DemoStep::Approved { year, as_of, closed } => say(
            "demo-approved",
            &[
                ("year", &year.to_string()),
                ("month", &as_of.to_string()),
                ("closed", &closed.to_string()),
            ],
        ),
        DemoStep::NextYear { year } => say("demo-derived", &[("year", &year.to_string())]),
    }
}

/// The first page of the execution report as text.
pub fn key_figures(context: &Context, report: &ExecutionReport) -> Result<(), Failure> {
    let language = context.language;
    let word = |key: &str| say(language, key);
    let head = &report.headline;
    let version = match &report.budget_version.approved_at {
        Some(_) => report.budget_version.label.clone(),
        None => format!("{}, {}", report.budget_version.label, word("state-draft")),
    };
    let title = [
        ("company", report.company.in_language(language)),
        ("month", &report.as_of.to_string()),
        ("currency", &report.currency),
        ("version", &version),
    ];
    show::line("")?;
    show::line(&say_with(language, "figures-title", &title))?;
    let range = format!("{} … {}", show::money(head.landing.low), show::money(head.landing.high));
    let figures = vec![
        vec![word("ytd-actual"), show::money(head.ytd_actual), String::new()],
        vec![word("ytd-budget"), show::money(head.ytd_budget), String::new()],
        vec![
            word("execution-rate-ytd"),
            show::percent(head.execution_rate_ytd),
            String::new(),
        ],
        vec![
            word("execution-rate-year"),
            show::percent(head.execution_rate_year),
            format!(
                "{} {}",
                word("time-progress"),
                show::percent(Some(report.time_progress))
            ),
        ],
        vec![word("year-budget"), show::money(head.year_budget), String::new()],
        vec![word("landing"), show::money(head.landing.mid), range],
        vec![
            word("landing-difference"),
            show::money(head.landing_difference),
            show::percent(head.landing_rate),
        ],
        vec![word("money-at-risk"), show::money(head.money_at_risk), String::new()],
        vec![
            word("idle-money"),
            show::money(report.idle.monthly_cost),
            word("per-month"),
        ],
    ];
    show::table(show::headers(context, &["figure", "amount", "remark"]), figures, &[1])?;
    let rows = report
        .rows
        .iter()
        .filter(|row| matches!(row.level, Level::Department | Level::Product))
        .map(|row| {
            let name = if row.id == UNALLOCATED {
                word("unallocated")
            } else {
                row.name.in_language(language).to_owned()
            };
            let indent = if row.parent.is_some() { "  " } else { "" };
            let proposal = report
                .proposals
                .iter()
                .find(|proposal| row.level == Level::Product && proposal.product.id == row.id);
            vec![
                format!("{indent}{name}"),
                show::money(row.ytd_actual),
                show::money(row.ytd_budget),
                show::percent(row.ytd_rate),
                show::money(row.year_budget),
                show::money(row.landing.mid),
                show::money(row.difference),
                proposal
                    .map(|p| {
                        format!(
                            "{} {}",
                            word(if p.kind == ProposalKind::Supplement {
                                "supplement"
                            } else {
                                "cut"
                            }),
                            show::money(p.amount)
                        )
                    })
                    .unwrap_or_default(),
            ]
        });
    let keys = [
        "product",
        "ytd-actual",
        "ytd-budget",
        "rate",
        "year-budget",
        "landing",
        "landing-difference",
        "proposal",
    ];
    show::table(show::headers(context, &keys), rows.collect(), &[1, 2, 3, 4, 5, 6])?;
    let count = |verdict: Verdict| {
        report
            .idle
            .items
            .iter()
            .filter(|item| item.verdict == verdict)
            .count()
            .to_string()
    };
    let (idle, oversized, undetermined) = (
        count(Verdict::Idle),
        count(Verdict::Oversized),
        count(Verdict::Undetermined),
    );
    let values = [
        ("idle", idle.as_str()),
        ("oversized", &oversized),
        ("undetermined", &undetermined),
    ];
    show::line(&say_with(language, "figures-idle", &values))?;
    let tied = report
        .reconciliation
        .iter()
        .filter(|line| line.difference.is_zero())
        .count();
    let (tied, all) = (tied.to_string(), report.reconciliation.len().to_string());
    let findings = report.findings.len().to_string();
    show::line(&say_with(
        language,
        "figures-reconciliation",
        &[("tied", &tied), ("all", &all), ("findings", &findings)],
    ))
}
