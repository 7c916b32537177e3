//! Phrases that HTML and XLSX share: the sentences of the first page, reasons, evidence, details.

use crate::Figures;
use crate::data::{
    Cause, Decision, ExecutionReport, ExecutionRow, Finding, IdleItem, Landing, Level, Proposal, Sentence,
};
use headroom_models::ledger::CostType;

/// The budget version with its approval.
pub fn budget_version(report: &ExecutionReport, figures: &Figures) -> String {
    let (words, version) = (figures.words(), &report.budget_version);
    match (&version.approved_at, &version.approved_by) {
        (Some(day), Some(person)) => words.with(
            "budget-approved",
            &[("label", &version.label), ("day", day), ("person", person)],
        ),
        (Some(day), None) => words.with("budget-approved-no-name", &[("label", &version.label), ("day", day)]),
        (None, _) => words.with("budget-not-approved", &[("label", &version.label)]),
    }
}

/// `basis-effective` or `basis-billed` in words.
pub fn basis(report: &ExecutionReport, figures: &Figures) -> String {
    figures.words().text(match report.basis {
        crate::data::Basis::Effective => "basis-effective",
        crate::data::Basis::Billed => "basis-billed",
    })
}

/// The name of a row; cost types have translated words.
pub(super) fn row_name(row: &ExecutionRow, figures: &Figures) -> String {
    let words = figures.words();
    match (row.level, row.id.parse::<CostType>()) {
        (Level::CostType, Ok(cost_type)) => words.cost_type(cost_type),
        (Level::Module, _) if row.name.in_language(words.language()).is_empty() => words.text("cause-no-module"),
        _ => words.name(&row.id, &row.name),
    }
}

/// The key of a level.
pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Company => "level-company",
        Level::Department => "level-department",
        Level::Product => "level-product",
        Level::Module => "level-module",
        Level::CostType => "level-cost-type",
    }
}

/// The three sentences, worded.
pub fn sentences(report: &ExecutionReport, figures: &Figures) -> [String; 3] {
    report.sentences().map(|sentence| match sentence {
        Sentence::WhereItEnds {
            landing,
            interval,
            year_budget,
            difference,
        } => {
            let key = match landing {
                Landing::Over => "landing-over",
                Landing::ProbablyOver => "landing-probably-over",
                Landing::On => "landing-on",
                Landing::ProbablyUnder => "landing-probably-under",
                Landing::Under => "landing-under",
            };
            let values = [
                ("landing", figures.amount(interval.mid)),
                ("low", figures.short(interval.low)),
                ("high", figures.short(interval.high)),
                ("budget", figures.amount(year_budget)),
                ("difference", figures.amount(difference.abs())),
            ];
            filled(figures, key, &values)
        }
        Sentence::Why { difference, cause } => why(figures, difference, cause),
        Sentence::Decide {
            decision,
            idle_monthly,
            idle_count,
        } => {
            let mut text = decide(figures, decision);
            if idle_count > 0 && !idle_monthly.is_zero() {
                let idle =
                    figures
                        .words()
                        .counted("decide-idle", idle_count, &[("amount", &figures.amount(idle_monthly))]);
                // Chinese sentences follow each other without a space.
                text += if words_are_spaced(figures) { " " } else { "" };
                text += &idle;
            }
            text
        }
    })
}

fn filled(figures: &Figures, key: &str, values: &[(&'static str, String)]) -> String {
    let values: Vec<(&'static str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    figures.words().with(key, &values)
}

fn why(figures: &Figures, difference: headroom_models::ledger::Money, cause: Option<Cause>) -> String {
    let words = figures.words();
    if difference.is_zero() {
        return words.text("why-even");
    }
    let way = if difference.is_negative() { "under" } else { "over" };
    let difference = ("difference", figures.amount(difference.abs()));
    let Some(Cause { product, part }) = cause else {
        return filled(figures, &format!("why-{way}-unknown"), &[difference]);
    };
    let direction = if part.amount.is_negative() { "down" } else { "up" };
    let cause = words.text(&format!("cause-{}-{direction}", part.kind.as_str()));
    let mut values = vec![
        difference,
        ("cause", cause),
        ("amount", figures.amount_signed(part.amount)),
    ];
    match product {
        Some(product) => {
            values.push(("product", words.name(&product.id, &product.name)));
            filled(figures, &format!("why-{way}"), &values)
        }
        None => filled(figures, &format!("why-{way}-company"), &values),
    }
}

fn decide(figures: &Figures, decision: Decision) -> String {
    let words = figures.words();
    let values = |proposal: &Proposal| {
        vec![
            ("product", words.name(&proposal.product.id, &proposal.product.name)),
            ("amount", figures.amount(proposal.amount)),
            ("low", figures.short(proposal.low)),
            ("high", figures.short(proposal.high)),
        ]
    };
    match decision {
        Decision::Supplement { proposal, cut: None } => filled(figures, "decide-supplement", &values(&proposal)),
        Decision::Supplement {
            proposal,
            cut: Some(cut),
        } => {
            let mut values = values(&proposal);
            values.push(("cut_product", words.name(&cut.product.id, &cut.product.name)));
            values.push(("cut_amount", figures.amount(cut.amount)));
            filled(figures, "decide-supplement-and-cut", &values)
        }
        Decision::Cut(cut) => filled(figures, "decide-cut", &values(&cut)),
        Decision::None => words.text("decide-none"),
    }
}

/// The reasons of a proposal.
pub(super) fn reasons(proposal: &Proposal, figures: &Figures) -> Vec<String> {
    let words = figures.words();
    let drivers = proposal.drivers.iter().map(|driver| {
        let change = figures.change(driver.actual_to_target);
        words.with("reason-driver", &[("metric", &driver.metric), ("change", &change)])
    });
    let run = proposal
        .run_ratio
        .map(|ratio| words.with("reason-run", &[("percent", &figures.percent(ratio))]));
    drivers.chain(run).collect()
}

/// What a verdict on a resource rests on.
pub(super) fn evidence(item: &IdleItem, figures: &Figures) -> Vec<String> {
    let words = figures.words();
    let pairs = item.evidence.iter().map(|evidence| {
        format!(
            "{}{}{}",
            words.known_or_same("metric", &evidence.metric),
            words.text("label-separator"),
            evidence.value
        )
    });
    pairs.collect()
}

/// The facts of a finding.
pub(super) fn details(finding: &Finding, figures: &Figures) -> Vec<String> {
    let words = figures.words();
    let facts = finding.detail.iter().map(|(name, value)| {
        format!(
            "{}{}{value}",
            words.known_or_same("detail", name),
            words.text("label-separator")
        )
    });
    facts.collect()
}

fn words_are_spaced(figures: &Figures) -> bool {
    figures.words().language() == headroom_models::language::Language::English
}
