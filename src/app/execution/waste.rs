//! What is paid for and not used, in the words of the report.

use super::names::Names;
use crate::app::idle::by_money;
use crate::app::{IdleShown, Waste};
use headroom_models::idle::{Confidence, IdleReason, Metric, Statistic, Verdict};
use headroom_reports::data::{Evidence, IdleItem, IdleList};

pub(super) fn idle_list(shown: &IdleShown, names: &Names) -> IdleList {
    let mut items = Vec::new();
    for finding in by_money(&shown.report)
        .into_iter()
        .filter(|finding| finding.verdict != Verdict::Active)
    {
        let facts = shown.about.get(&finding.resource_id).cloned().unwrap_or_default();
        let mut evidence: Vec<Evidence> = finding.evidence.iter().filter_map(measured).collect();
        evidence.extend(finding.reasons.iter().filter_map(|reason| match reason {
            IdleReason::LowCoverage { coverage, .. } => Some(Evidence {
                metric: "coverage".to_owned(),
                value: format!("{:.0} %", coverage * 100.0),
            }),
            IdleReason::MetricMissing { metric } => Some(Evidence {
                metric: "not-measured".to_owned(),
                value: metric.as_str().to_owned(),
            }),
            _ => None,
        }));
        items.push(IdleItem {
            resource: finding.resource_id.clone(),
            name: (!facts.name.is_empty()).then(|| facts.name.clone()),
            product: (!facts.product.is_empty()).then(|| names.product(&facts.product).name),
            verdict: if finding.verdict == Verdict::Idle {
                headroom_reports::data::Verdict::Idle
            } else {
                headroom_reports::data::Verdict::Undetermined
            },
            rule: shown.policy.name.clone(),
            since: finding.since.map(|day| day.to_string()),
            monthly_cost: finding.monthly_cost,
            evidence,
            confidence: confidence(finding.confidence),
        });
    }
    for waste in shown
        .wastes()
        .into_iter()
        .filter(|waste| waste.verdict.is_waste() && !is_machine(shown, waste))
    {
        let evidence = waste
            .evidence
            .iter()
            .filter(|(word, _)| word != "coverage")
            .map(|(word, value)| Evidence {
                metric: if word == "billed-by-rule" {
                    "p95".to_owned()
                } else {
                    word.clone()
                },
                value: value.clone(),
            });
        items.push(IdleItem {
            resource: waste.resource.clone(),
            name: (!waste.name.is_empty()).then(|| waste.name.clone()),
            product: (!waste.product.is_empty()).then(|| names.product(&waste.product).name),
            verdict: if waste.verdict == Verdict::Oversized {
                headroom_reports::data::Verdict::Oversized
            } else {
                headroom_reports::data::Verdict::Idle
            },
            rule: waste.rule_name.clone(),
            since: waste.since.map(|day| day.to_string()),
            monthly_cost: waste.at_stake,
            evidence: evidence.collect(),
            confidence: confidence(waste.confidence),
        });
    }
    let wasted = |item: &&IdleItem| item.verdict != headroom_reports::data::Verdict::Undetermined;
    let monthly_cost = items.iter().filter(wasted).filter_map(|item| item.monthly_cost).sum();
    items.sort_by_key(|item| {
        (
            item.verdict == headroom_reports::data::Verdict::Undetermined,
            std::cmp::Reverse(item.monthly_cost),
        )
    });
    IdleList { items, monthly_cost }
}

/// True for what the machines' own findings have told already.
fn is_machine(shown: &IdleShown, waste: &Waste) -> bool {
    waste.rule == shown.policy.id
}

/// A measured value in the words and units of the report.
fn measured(evidence: &headroom_models::idle::Evidence) -> Option<Evidence> {
    let (value, below) = (evidence.value?, evidence.below.or(evidence.at_most)?);
    let sign = if evidence.below.is_some() { "<" } else { "≤" };
    let statistic = if evidence.statistic == Statistic::Avg {
        "mean".to_owned()
    } else {
        evidence.statistic.as_str()
    };
    let (metric, value) = match evidence.metric {
        Metric::CpuPercent => (format!("cpu-{statistic}"), format!("{value:.2} % ({sign} {below} %)")),
        Metric::MemoryPercent => (
            format!("memory-{statistic}"),
            format!("{value:.2} % ({sign} {below} %)"),
        ),
        Metric::NetworkBytesPerDay => (
            "network-day".to_owned(),
            format!("{:.2} MB ({sign} {} MB)", value / 1e6, below / 1e6),
        ),
        other => (
            format!("{}-{statistic}", other.as_str()),
            format!("{value:.2} ({sign} {below})"),
        ),
    };
    Some(Evidence { metric, value })
}

fn confidence(confidence: Confidence) -> headroom_reports::data::Confidence {
    match confidence {
        Confidence::High => headroom_reports::data::Confidence::High,
        Confidence::Medium => headroom_reports::data::Confidence::Medium,
        Confidence::Low => headroom_reports::data::Confidence::Low,
    }
}
