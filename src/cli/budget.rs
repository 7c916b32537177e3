//! `headroom budget`.

use super::{Context, Failure, show};
use crate::app::BudgetShown;
use crate::words::{say, say_with};
use headroom_models::ledger::{Money, Month};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Derive a year's budget from targets, capacity models, prices, assets and recurring cost, as a draft.
    Derive {
        /// Fiscal year.
        #[arg(long, value_parser = clap::value_parser!(i32).range(1970..=2199))]
        year: i32,
        /// Last month whose actual cost and drivers are used.
        #[arg(long)]
        as_of: Option<Month>,
    },
    /// Show a year's budget: the approved version, else the newest.
    Show {
        /// Fiscal year.
        #[arg(long, value_parser = clap::value_parser!(i32).range(1970..=2199))]
        year: i32,
        /// Version number.
        #[arg(long)]
        version: Option<i64>,
    },
    /// Approve a draft: it becomes the year's baseline.
    Approve {
        /// Fiscal year.
        #[arg(long, value_parser = clap::value_parser!(i32).range(1970..=2199))]
        year: i32,
        /// Version number; the newest draft when missing.
        #[arg(long)]
        version: Option<i64>,
    },
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    let app = context.open()?;
    match verb {
        Verb::Derive { year, as_of } => print(context, &app.derive_budget(*year, *as_of)?),
        Verb::Show { year, version } => print(context, &app.budget(*year, *version)?),
        Verb::Approve { year, version } => {
            let version = app.approve_budget(*year, *version)?;
            if context.json {
                return show::json(&version);
            }
            let (year, number) = (version.year.to_string(), version.number.to_string());
            let values = [
                ("year", year.as_str()),
                ("version", &number),
                ("total", &show::money(version.total)),
                ("currency", &version.currency),
            ];
            show::line(&say_with(context.language, "budget-approved", &values))
        }
    }
}

fn print(context: &Context, budget: &BudgetShown) -> Result<(), Failure> {
    let version = &budget.version;
    if context.json {
        return show::json(&json!({ "version": version, "lines": budget.lines }));
    }
    let mut sums: BTreeMap<(&str, &str), (Money, BTreeSet<&str>)> = BTreeMap::new();
    for line in &budget.lines {
        let origin = match line.origin {
            headroom_models::budget::Origin::Capacity => "capacity",
            headroom_models::budget::Origin::Depreciation => "depreciation",
            headroom_models::budget::Origin::Recurring => "recurring",
            headroom_models::budget::Origin::Manual => "manual",
        };
        let (sum, origins) = sums
            .entry((line.product.as_str(), line.cost_type.as_str()))
            .or_default();
        *sum += line.amount;
        origins.insert(origin);
    }
    let word = |key: &str| say(context.language, key);
    let mut rows: Vec<Vec<String>> = sums
        .into_iter()
        .map(|((product, cost_type), (sum, origins))| {
            let origins: Vec<String> = origins
                .into_iter()
                .map(|origin| word(&format!("origin-{origin}")))
                .collect();
            vec![
                product.to_owned(),
                word(&format!("cost-type-{cost_type}")),
                show::money(sum),
                origins.join(", "),
            ]
        })
        .collect();
    rows.push(vec![
        word("total"),
        String::new(),
        show::money(version.total),
        String::new(),
    ]);
    show::table(
        show::headers(context, &["product", "cost-type", "amount", "origin"]),
        rows,
        &[2],
    )?;
    for problem in &version.problems {
        eprintln!("{problem}");
    }
    let (year, number) = (version.year.to_string(), version.number.to_string());
    let values = [
        ("year", year.as_str()),
        ("version", &number),
        ("state", &word(&format!("state-{}", version.state))),
        ("month", &version.as_of.to_string()),
        ("total", &show::money(version.total)),
        ("currency", &version.currency),
    ];
    show::line(&say_with(context.language, "budget-shown", &values))
}
