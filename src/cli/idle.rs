//! `headroom idle`.

use super::{Context, Failure, show};
use crate::app::{IdleShown, Waste};
use crate::words::{say, say_with};
use headroom_models::idle::{PRESETS, Verdict};
use headroom_models::ledger::Money;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(flatten)]
    find: Find,
    #[command(subcommand)]
    verb: Option<super::idle_cases::Verb>,
}

#[derive(clap::Args)]
struct Find {
    /// Utilization file to judge instead of what was imported: CSV or Parquet.
    #[arg(long)]
    input: Option<PathBuf>,
    /// Policy; the first applied one, else the built-in default. `headroom idle policies` lists them.
    #[arg(long)]
    policy: Option<String>,
    /// Show active resources too, and each resource that nobody measures.
    #[arg(long)]
    all: bool,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    if let Some(verb) = &arguments.verb {
        return super::idle_cases::run(context, verb);
    }
    let find = &arguments.find;
    let shown = context
        .open()?
        .idle(find.input.as_deref(), find.policy.as_deref(), None)?;
    if context.json {
        show::json(&as_json(&shown))
    } else {
        print(context, &shown, find.all)
    }
}

/// `headroom idle policies`: what can be named, or the TOML of the shipped ones.
pub fn policies(context: &Context, toml: bool) -> Result<(), Failure> {
    if toml {
        for (_, text) in PRESETS {
            show::line(text)?;
        }
        return Ok(());
    }
    let policies = context.open()?.idle_policies()?;
    if context.json {
        return show::json(&policies);
    }
    let rows = policies.iter().map(|policy| {
        let conditions: Vec<String> = policy
            .conditions
            .iter()
            .map(|c| format!("{} {} {}", c.metric.as_str(), c.statistic, c.bound().shown()))
            .collect();
        vec![
            policy.id.clone(),
            policy.name.in_language(context.language).to_owned(),
            policy.window_days.to_string(),
            conditions.join("\n"),
            policy.source.clone(),
        ]
    });
    show::table(
        show::headers(context, &["policy", "name", "days", "conditions", "source"]),
        rows.collect(),
        &[2],
    )
}

fn as_json(shown: &IdleShown) -> serde_json::Value {
    let wastes = shown.wastes();
    json!({
        "policy": shown.policy,
        "policies": shown.kinds.iter().map(|(policy, _)| policy).collect::<Vec<_>>(),
        "window": { "start": shown.report.window_start, "end": shown.report.window_end },
        "percentiles": if shown.approximate { "within 0.8 %" } else { "exact" },
        "left_out": shown.report.left_out,
        "cost_month": shown.cost_month,
        "currency": shown.currency,
        "monthly_at_stake": shown.at_stake(),
        "findings": wastes.into_iter().map(|waste| waste.json).collect::<Vec<_>>(),
        "exempt": shown.report.exempt,
    })
}

fn print(context: &Context, shown: &IdleShown, all: bool) -> Result<(), Failure> {
    let language = context.language;
    let cost = |amount: Option<Money>| amount.map(show::money).unwrap_or_default();
    let mut wastes = shown.wastes();
    wastes.sort_by(|a, b| (a.verdict, b.at_stake, &a.resource).cmp(&(b.verdict, a.at_stake, &b.resource)));
    let (dark, measured): (Vec<Waste>, Vec<Waste>) = wastes.into_iter().partition(|waste| waste.is_unmeasured());
    let rows = measured
        .iter()
        .chain(dark.iter().filter(|_| all))
        .filter(|waste| all || waste.verdict != Verdict::Active)
        .map(|waste| {
            let evidence = waste
                .evidence
                .iter()
                .map(|(word, value)| format!("{} {value}", evidence_word(context, word)));
            vec![
                waste.resource.clone(),
                say(language, &format!("kind-{}", waste.kind)),
                waste.product.clone(),
                say(language, &format!("verdict-{}", waste.verdict.as_str())),
                waste.since.map(|day| day.to_string()).unwrap_or_default(),
                cost(waste.at_stake),
                say(language, &format!("confidence-{}", waste.confidence.as_str())),
                say(language, &format!("waste-action-{}", waste.action.as_str())),
                evidence.collect::<Vec<_>>().join("\n"),
            ]
        })
        .collect();
    let conditions: Vec<String> = shown
        .policy
        .conditions
        .iter()
        .map(|c| format!("{} {} {}", c.metric.as_str(), c.statistic, c.bound().shown()))
        .collect();
    let days = shown.policy.window_days.to_string();
    let values = [
        ("policy", shown.policy.id.as_str()),
        ("source", &shown.policy.source),
        ("days", &days),
        ("conditions", &conditions.join(", ")),
    ];
    show::line(&say_with(language, "idle-policy", &values))?;
    let headers = [
        "resource",
        "kind",
        "product",
        "verdict",
        "since",
        "monthly-cost",
        "confidence",
        "waste-action",
        "evidence",
    ];
    show::table(show::headers(context, &headers), rows, &[5])?;
    let month = shown.cost_month.map(|month| month.to_string()).unwrap_or_default();
    let total = shown.at_stake();
    let values = [
        ("total", show::money(total)),
        ("currency", shown.currency.clone()),
        ("month", month.clone()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    show::line(&say_with(language, "idle-total", &values))?;
    if !dark.is_empty() {
        let sum: Money = dark.iter().filter_map(|waste| waste.at_stake).sum();
        let (count, sum) = (dark.len().to_string(), show::money(sum));
        let values = [
            ("count", count.as_str()),
            ("total", &sum),
            ("currency", &shown.currency),
            ("month", &month),
        ];
        show::line(&say_with(language, "idle-dark", &values))?;
    }
    let mut exempt: BTreeMap<&str, usize> = BTreeMap::new();
    for item in &shown.report.exempt {
        *exempt.entry(&item.reason).or_default() += 1;
    }
    for (reason, count) in exempt {
        show::line(&say_with(
            language,
            "idle-exempt",
            &[("count", &count.to_string()), ("reason", reason)],
        ))?;
    }
    if shown.approximate {
        show::line(&say(language, "idle-approximate"))?;
    }
    Ok(())
}

/// The word of a measure in the reader's language; metrics keep the names of their columns.
fn evidence_word(context: &Context, word: &str) -> String {
    match word {
        "coverage" | "committed" | "billed-by-rule" | "peak" | "paid" | "used-at-most" | "commitment-used"
        | "commitment-unused" | "charged-since" | "left-out" | "not-measured" | "batch" | "age" | "history" => {
            say(context.language, &format!("evidence-{word}"))
        }
        metric => metric.to_owned(),
    }
}
