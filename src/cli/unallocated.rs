//! `headroom unallocated`: what no rule takes, and rules that would take it.

use super::{Context, Failure, show};
use crate::words::{say, say_with};
use headroom_models::ledger::Month;

/// Groups shown; `--json` has all.
const MOST_SHOWN: usize = 20;

#[derive(clap::Args)]
pub struct Arguments {
    /// The month; the last allocated one when not given.
    #[arg(long)]
    month: Option<Month>,
    /// Only the suggested rules, as TOML for `headroom apply`.
    #[arg(long)]
    toml: bool,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let queue = context.open()?.unallocated(arguments.month)?;
    if context.json {
        return show::json(&queue);
    }
    if arguments.toml {
        return queue
            .suggestions
            .iter()
            .try_for_each(|suggestion| show::line(&suggestion.rule));
    }
    let (month, charges) = (queue.month.to_string(), queue.charges.to_string());
    let values = [
        ("month", month.as_str()),
        ("amount", &show::money(queue.amount)),
        ("suggested", &show::money(queue.suggested)),
        ("currency", &queue.currency),
        ("charges", &charges),
    ];
    show::line(&say_with(context.language, "queue-title", &values))?;
    if queue.charges == 0 {
        return Ok(());
    }
    let rows = queue.groups.into_iter().take(MOST_SHOWN).map(|group| {
        vec![
            group.source,
            group.issuer,
            group.service,
            group.account,
            group.charges.to_string(),
            show::money(group.amount),
        ]
    });
    let keys = [
        "source",
        "queue-issuer",
        "queue-service",
        "queue-account",
        "queue-charges",
        "amount",
    ];
    show::table(show::headers(context, &keys), rows.collect(), &[4, 5])?;
    for suggestion in &queue.suggestions {
        let evidence = match suggestion.evidence {
            headroom_models::allocation::Evidence::TagNamesProducts => "queue-tag-names-products",
            headroom_models::allocation::Evidence::ColumnNamesProducts => "queue-column-names-products",
            headroom_models::allocation::Evidence::WordInText => "queue-word-in-text",
            headroom_models::allocation::Evidence::Neighbours => "queue-neighbours",
        };
        let values = [
            ("amount", show::money(suggestion.amount)),
            ("currency", queue.currency.clone()),
            ("charges", suggestion.charges.to_string()),
            ("subject", suggestion.subject.clone()),
            ("text", suggestion.text.clone()),
            ("product", suggestion.product.clone()),
        ];
        let values: Vec<(&'static str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        show::line("")?;
        show::line(&format!("# {}", say_with(context.language, "queue-takes", &values)))?;
        show::line(&format!("# {}", say_with(context.language, evidence, &values)))?;
        show::line(suggestion.rule.trim_end())?;
    }
    if queue.suggestions.is_empty() {
        show::line(&say(context.language, "queue-no-suggestion"))?;
    }
    Ok(())
}
