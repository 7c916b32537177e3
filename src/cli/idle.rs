//! `headroom idle`.

use super::{Context, Failure, show};
use crate::app::IdleShown;
use crate::words::{say, say_with};
use headroom_models::idle::{BandwidthVerdict, Verdict};
use headroom_models::ledger::Money;
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Arguments {
    /// Utilization file to judge instead of what was imported.
    #[arg(long)]
    input: Option<PathBuf>,
    /// Policy; the first applied one, else the built-in default.
    #[arg(long)]
    policy: Option<String>,
    /// Show active resources too.
    #[arg(long)]
    all: bool,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let shown = context
        .open()?
        .idle(arguments.input.as_deref(), arguments.policy.as_deref(), None)?;
    if context.json {
        show::json(&as_json(&shown))
    } else {
        print(context, &shown, arguments.all)
    }
}

fn as_json(shown: &IdleShown) -> serde_json::Value {
    let machines = shown.report.findings.iter().map(|finding| {
        json!({
            "resource": finding.resource_id,
            "verdict": finding.verdict,
            "rule": shown.policy.id,
            "since": finding.since.map(|day| day.to_string()),
            "monthly_cost": finding.monthly_cost,
            "confidence": finding.confidence,
            "coverage": finding.coverage,
            "reasons": finding.reasons,
            "evidence": finding.evidence,
        })
    });
    let links = shown.bandwidth.iter().map(|link| {
        json!({
            "resource": link.finding.resource_id,
            "verdict": link.finding.verdict,
            "rule": "bandwidth-commit",
            "since": link.finding.month.map(|month| month.first_day().to_string()),
            "monthly_cost": link.finding.unused_cost,
            "commit_cost": link.monthly_cost,
            "confidence": if link.finding.coverage >= 0.95 { "high" } else { "medium" },
            "evidence": link.finding,
        })
    });
    json!({
        "policy": shown.policy,
        "window": { "start": shown.report.window_start, "end": shown.report.window_end },
        "cost_month": shown.cost_month,
        "currency": shown.currency,
        "findings": machines.chain(links).collect::<Vec<_>>(),
        "exempt": shown.report.exempt,
    })
}

fn print(context: &Context, shown: &IdleShown, all: bool) -> Result<(), Failure> {
    let language = context.language;
    let cost = |amount: Option<Money>| amount.map(show::money).unwrap_or_default();
    let mut rows = Vec::new();
    let mut total = Money::ZERO;
    for finding in &shown.report.findings {
        if finding.verdict == Verdict::Active && !all {
            continue;
        }
        let verdict = match finding.verdict {
            Verdict::Idle => "verdict-idle",
            Verdict::Active => "verdict-active",
            Verdict::Undetermined => "verdict-undetermined",
        };
        if finding.verdict == Verdict::Idle {
            total += finding.monthly_cost.unwrap_or_default();
        }
        let facts = shown.about.get(&finding.resource_id);
        let evidence: Vec<String> = finding
            .evidence
            .iter()
            .map(|e| match e.value {
                Some(value) => format!("{} {} {:.2}", e.metric.as_str(), e.statistic.as_str(), value),
                None => format!("{} –", e.metric.as_str()),
            })
            .chain([format!(
                "{} {:.0} %",
                say(language, "coverage"),
                finding.coverage * 100.0
            )])
            .collect();
        rows.push(vec![
            finding.resource_id.clone(),
            facts.map(|facts| facts.product.clone()).unwrap_or_default(),
            say(language, verdict),
            finding.since.map(|day| day.to_string()).unwrap_or_default(),
            cost(finding.monthly_cost),
            evidence.join("; "),
        ]);
    }
    for link in &shown.bandwidth {
        let finding = &link.finding;
        if finding.verdict != BandwidthVerdict::Oversized && !all {
            continue;
        }
        let verdict = match finding.verdict {
            BandwidthVerdict::Oversized => "verdict-oversized",
            BandwidthVerdict::Used => "verdict-active",
            BandwidthVerdict::Undetermined => "verdict-undetermined",
        };
        total += if finding.verdict == BandwidthVerdict::Oversized {
            finding.unused_cost.unwrap_or_default()
        } else {
            Money::ZERO
        };
        rows.push(vec![
            finding.resource_id.clone(),
            shown
                .about
                .get(&finding.resource_id)
                .map(|facts| facts.product.clone())
                .unwrap_or_default(),
            say(language, verdict),
            String::new(),
            cost(finding.unused_cost),
            format!(
                "{:.0} Mbps {}, p95 {:.1} Mbps",
                finding.committed_mbps,
                say(language, "committed"),
                finding.p95_mbps.unwrap_or_default()
            ),
        ]);
    }
    let conditions: Vec<String> = shown
        .policy
        .conditions
        .iter()
        .map(|c| format!("{} {} < {}", c.metric.as_str(), c.statistic.as_str(), c.below))
        .collect();
    let days = shown.policy.window_days.to_string();
    let values = [
        ("policy", shown.policy.id.as_str()),
        ("source", &shown.policy.source),
        ("days", &days),
        ("conditions", &conditions.join(", ")),
    ];
    show::line(&say_with(language, "idle-policy", &values))?;
    show::table(
        show::headers(
            context,
            &["resource", "product", "verdict", "since", "monthly-cost", "evidence"],
        ),
        rows,
        &[4],
    )?;
    let month = shown.cost_month.map(|month| month.to_string()).unwrap_or_default();
    show::line(&say_with(
        language,
        "idle-total",
        &[
            ("total", &show::money(total)),
            ("currency", &shown.currency),
            ("month", &month),
        ],
    ))
}
