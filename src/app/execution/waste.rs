//! What is paid for and not used, in the words of the report.

use super::names::Names;
use crate::app::IdleShown;
use crate::app::idle::by_money;
use headroom_models::idle::{BandwidthVerdict, Confidence, IdleReason, Metric, Statistic, Verdict};
use headroom_models::language::Name;
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
    for link in shown
        .bandwidth
        .iter()
        .filter(|link| link.finding.verdict == BandwidthVerdict::Oversized)
    {
        let finding = &link.finding;
        let facts = shown.about.get(&finding.resource_id).cloned().unwrap_or_default();
        let mbps = |metric: &str, value: Option<f64>| {
            value.map(|v| Evidence {
                metric: metric.to_owned(),
                value: format!("{v:.1} Mbps"),
            })
        };
        items.push(IdleItem {
            resource: finding.resource_id.clone(),
            name: (!facts.name.is_empty()).then(|| facts.name.clone()),
            product: (!facts.product.is_empty()).then(|| names.product(&facts.product).name),
            verdict: headroom_reports::data::Verdict::Oversized,
            rule: Name::from("bandwidth-commit"),
            since: finding.month.map(|month| month.first_day().to_string()),
            monthly_cost: finding.unused_cost,
            evidence: [
                mbps("committed", Some(finding.committed_mbps)),
                mbps("p95", finding.p95_mbps),
                mbps("peak", finding.peak_mbps),
            ]
            .into_iter()
            .flatten()
            .collect(),
            confidence: if finding.coverage >= 0.95 {
                headroom_reports::data::Confidence::High
            } else {
                headroom_reports::data::Confidence::Medium
            },
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

/// A measured value in the words and units of the report.
fn measured(evidence: &headroom_models::idle::Evidence) -> Option<Evidence> {
    let (value, below) = (evidence.value?, evidence.below);
    let statistic = if evidence.statistic == Statistic::Avg {
        "mean"
    } else {
        evidence.statistic.as_str()
    };
    let (metric, value) = match evidence.metric {
        Metric::CpuPercent => (format!("cpu-{statistic}"), format!("{value:.2} % (< {below} %)")),
        Metric::MemoryPercent => (format!("memory-{statistic}"), format!("{value:.2} % (< {below} %)")),
        Metric::NetworkBytesPerDay => (
            "network-day".to_owned(),
            format!("{:.2} MB (< {} MB)", value / 1e6, below / 1e6),
        ),
        other => (
            format!("{}-{statistic}", other.as_str()),
            format!("{value:.2} (< {below})"),
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
