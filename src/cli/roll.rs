//! `headroom budget roll`.

use super::{Context, Failure, show};
use crate::app::{ProposalShown, RollShown, Verdict};
use crate::words::{say, say_with};
use headroom_models::ledger::{Money, Month};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Closed month; the last one when missing.
    #[arg(long)]
    month: Option<Month>,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Show a run; the newest when none is named.
    Show {
        /// Number of the run.
        run: Option<i64>,
    },
    /// What a month's run forecast, by product and month.
    Forecasts {
        /// Closed month of the run.
        #[arg(long)]
        month: Month,
    },
    /// Accept a proposal as it is, or with another amount and the reason for it.
    Accept {
        /// Number of the proposal.
        proposal: i64,
        /// Another amount, positive.
        #[arg(long)]
        amount: Option<Money>,
        /// Why.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// What was accepted becomes a revision of the year's budget: a draft that takes the way of every budget.
    Revise {
        /// Fiscal year.
        #[arg(long)]
        year: i32,
    },
    /// Decline a proposal.
    Decline {
        /// Number of the proposal.
        proposal: i64,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let app = context.open()?;
    match &arguments.verb {
        None => print(context, &app.roll_budget(arguments.month)?),
        Some(Verb::Show { run }) => print(context, &app.roll(*run)?),
        Some(Verb::Forecasts { month }) => {
            let forecasts = app.roll_forecasts(*month)?;
            if context.json {
                return show::json(&serde_json::json!({ "forecasts": forecasts }));
            }
            let rows = forecasts.iter().map(|forecast| {
                vec![
                    forecast.product.clone(),
                    forecast.month.to_string(),
                    show::money(forecast.low),
                    show::money(forecast.mid),
                    show::money(forecast.high),
                ]
            });
            show::table(
                show::headers(context, &["product", "month", "low", "amount", "high"]),
                rows.collect(),
                &[2, 3, 4],
            )
        }
        Some(Verb::Accept {
            proposal,
            amount,
            reason,
        }) => decided(
            context,
            &app.decide_proposal(*proposal, &Verdict::Accept(*amount), reason)?,
        ),
        Some(Verb::Revise { year }) => {
            let version = app.revise_from_rolls(*year)?.version;
            if context.json {
                return show::json(&version);
            }
            let values = [
                ("year", version.year.to_string()),
                ("version", version.number.to_string()),
                ("total", show::money(version.total)),
            ];
            let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
            show::line(&say_with(context.language, "roll-revised", &values))
        }
        Some(Verb::Decline { proposal, reason }) => {
            decided(context, &app.decide_proposal(*proposal, &Verdict::Decline, reason)?)
        }
    }
}

fn print(context: &Context, shown: &RollShown) -> Result<(), Failure> {
    if context.json {
        return show::json(shown);
    }
    let word = |key: &str| say(context.language, key);
    let rows = shown.proposals.iter().map(|shown| {
        let proposal = &shown.proposal;
        let decision = proposal.decision.as_ref();
        vec![
            proposal.id.to_string(),
            shown.name.in_language(context.language).to_owned(),
            word(&format!("proposal-{}", proposal.kind)),
            show::money(proposal.amount),
            show::money(proposal.low),
            show::money(proposal.high),
            show::money(proposal.year_budget),
            show::money(shown.year_budget_after),
            show::percent(shown.forecast.as_ref().and_then(|accuracy| accuracy.bias)),
            word(&format!(
                "decision-{}",
                decision.map_or("open", |decision| &decision.decision)
            )),
        ]
    });
    let heads = [
        "proposal",
        "product",
        "kind",
        "amount",
        "low",
        "high",
        "year-budget",
        "year-budget-after",
        "forecast-bias",
        "state",
    ];
    show::table(show::headers(context, &heads), rows.collect(), &[3, 4, 5, 6, 7, 8])?;
    for proposal in &shown.proposals {
        let name = context.language.tag();
        if let Some(sentence) = proposal.proposal.reason["sentence"][name].as_str() {
            show::line(sentence)?;
        }
    }
    let values = [
        ("month", shown.roll.as_of.to_string()),
        ("run", shown.roll.id.to_string()),
        ("budget", show::money(shown.roll.year_budget)),
        ("landing", show::money(shown.roll.landing)),
        ("after", show::money(shown.year_budget_after)),
    ];
    let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let key = if shown.unchanged { "roll-unchanged" } else { "roll-done" };
    show::line(&say_with(context.language, key, &values))
}

fn decided(context: &Context, shown: &ProposalShown) -> Result<(), Failure> {
    if context.json {
        return show::json(shown);
    }
    let proposal = &shown.proposal;
    let decision = proposal.decision.as_ref();
    let amount = decision
        .map(|decision| decision.amount)
        .filter(|amount| !amount.is_zero());
    let decision = decision.map_or("open", |decision| decision.decision.as_str());
    let values = [
        ("proposal", proposal.id.to_string()),
        ("product", shown.name.in_language(context.language).to_owned()),
        ("kind", say(context.language, &format!("proposal-{}", proposal.kind))),
        ("decision", say(context.language, &format!("decision-{decision}"))),
        // What was declined changes nothing: the amount is what was proposed.
        ("amount", show::money(amount.unwrap_or(proposal.amount))),
    ];
    let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
    show::line(&say_with(context.language, "proposal-decided", &values))
}
