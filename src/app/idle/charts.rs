//! What findings look like: the measure that the rule looks at first, day by day.

use super::super::AppError;
use super::super::reference::texts;
use super::BandwidthShown;
use headroom_models::idle::{
    BandwidthVerdict, Evidence, IdlePolicy, IdleReport, Metric, QuantityFinding, Usages, UseOfDay, Verdict,
};
use headroom_reports::data::{EvidenceChart, EvidenceDay};
use polars::prelude::{DataType, Engine, LazyFrame, NamedFrom, Series, col, lit};
use std::collections::BTreeMap;

/// By rule and resource.
pub(super) type Charts = BTreeMap<(String, String), EvidenceChart>;

/// Rule of links, as in the findings.
pub(super) const LINKS: &str = "bandwidth-commit";

/// Charts of what a policy finds idle or cannot judge.
pub(super) fn of_usage(policy: &IdlePolicy, report: &IdleReport, usages: &Usages<'_>) -> Charts {
    let found = report
        .findings
        .iter()
        .filter(|finding| finding.verdict != Verdict::Active);
    found
        .filter_map(|finding| {
            let measured = |evidence: &&Evidence| evidence.value.is_some();
            let evidence = finding.evidence.iter().find(measured)?;
            let days = usages.days(&finding.resource_id, evidence.metric);
            let last = days.last()?.day;
            let bound = evidence.below.or(evidence.at_most);
            let chart = EvidenceChart::Days {
                measure: evidence.metric.as_str().to_owned(),
                days: drawn(&days),
                window_from: last.checked_sub_days(chrono::Days::new(u64::from(evidence.window_days.max(1)) - 1)),
                levels: bound.map(|bound| ("bound".to_owned(), bound)).into_iter().collect(),
            };
            Some(((policy.id.clone(), finding.resource_id.clone()), chart))
        })
        .collect()
}

/// Charts of seats, racks, U positions and power that are not fully used.
pub(super) fn of_quantities(findings: &[QuantityFinding], usages: &Usages<'_>) -> Charts {
    let found = findings.iter().filter(|finding| finding.verdict != Verdict::Active);
    found
        .filter_map(|finding| {
            let days = usages.days(&finding.resource_id, Metric::UsedUnits);
            let last = days.last()?.day;
            let chart = EvidenceChart::Days {
                measure: Metric::UsedUnits.as_str().to_owned(),
                days: drawn(&days),
                window_from: last.checked_sub_days(chrono::Days::new(13)),
                levels: vec![("paid".to_owned(), finding.paid.for_drawing())],
            };
            let rule = format!("unused-{}", finding.resource_kind);
            Some(((rule, finding.resource_id.clone()), chart))
        })
        .collect()
}

/// Charts of bandwidth commits: the larger direction's mean and peak of each day in Mbps.
pub(super) fn of_links(links: &[BandwidthShown], samples: LazyFrame) -> Result<Charts, AppError> {
    let mut charts = Charts::new();
    let found: Vec<&BandwidthShown> = links
        .iter()
        .filter(|link| link.finding.verdict == BandwidthVerdict::Oversized)
        .collect();
    if found.is_empty() {
        return Ok(charts);
    }
    let ids: Vec<&str> = found.iter().map(|link| link.finding.resource_id.as_str()).collect();
    let directions = ["network_in_bytes_per_second", "network_out_bytes_per_second"];
    let mut sums = Vec::new();
    for direction in directions {
        sums.push(col(direction).mean().alias(format!("{direction} mean")));
        sums.push(col(direction).max().alias(format!("{direction} max")));
    }
    let frame = samples
        .filter(col("resource_id").is_in(lit(Series::new("ids".into(), ids)).implode(true), false))
        .with_columns([(col("timestamp").cast(DataType::Int64) / lit(86_400_000_000_i64)).alias("day")])
        .group_by([col("resource_id"), col("day")])
        .agg(sums)
        .collect_with_engine(Engine::Streaming)?
        .unwrap_single();
    let resources = texts(&frame, "resource_id")?;
    let numbers = frame.column("day")?.i64()?.clone();
    let mut days: BTreeMap<&str, BTreeMap<chrono::NaiveDate, EvidenceDay>> = BTreeMap::new();
    for (row, resource) in resources.iter().enumerate() {
        let day = numbers.get(row).and_then(|day| i32::try_from(day).ok());
        let Some(day) = day.and_then(chrono::NaiveDate::from_epoch_days) else {
            continue;
        };
        let mut of_day = EvidenceDay {
            day,
            mean: 0.0,
            highest: 0.0,
        };
        for direction in directions {
            let mbps = |what: &str| -> Result<f64, AppError> {
                let bytes = frame.column(&format!("{direction} {what}"))?.f64()?.get(row);
                Ok(bytes.unwrap_or_default() * 8.0 / 1e6)
            };
            of_day.mean = of_day.mean.max(mbps("mean")?);
            of_day.highest = of_day.highest.max(mbps("max")?);
        }
        days.entry(resource).or_default().insert(day, of_day);
    }
    for link in found {
        let finding = &link.finding;
        let Some(days) = days.get(finding.resource_id.as_str()) else {
            continue;
        };
        let billed = finding.p95_mbps.map(|value| ("billed-by-rule".to_owned(), value));
        let chart = EvidenceChart::Days {
            measure: "mbps".to_owned(),
            days: days.values().copied().collect(),
            window_from: None,
            levels: [("committed".to_owned(), finding.committed_mbps)]
                .into_iter()
                .chain(billed)
                .collect(),
        };
        charts.insert((LINKS.to_owned(), finding.resource_id.clone()), chart);
    }
    Ok(charts)
}

fn drawn(days: &[UseOfDay]) -> Vec<EvidenceDay> {
    days.iter()
        .map(|day| EvidenceDay {
            day: day.day,
            mean: day.mean,
            highest: day.highest,
        })
        .collect()
}
