//! `headroom explain`.

use super::{Context, Failure, show};
use crate::words::{say, say_with};
use headroom_models::ledger::{Money, Month, Ratio};

/// Rows of bills shown per part; `--json` has more.
const MOST_SHOWN: usize = 5;

#[derive(clap::Args)]
pub struct Arguments {
    /// Product id, or (unallocated).
    #[arg(long)]
    product: String,
    /// Billing month.
    #[arg(long)]
    month: Month,
}

pub fn run(context: &Context, arguments: &Arguments) -> Result<(), Failure> {
    let explanation = context.open()?.explain(&arguments.product, arguments.month)?;
    if context.json {
        return show::json(&explanation);
    }
    let (language, month) = (context.language, explanation.month.to_string());
    let version = explanation.configuration_version.to_string();
    let values = [
        ("product", explanation.product.as_str()),
        ("month", &month),
        ("version", &version),
    ];
    show::line(&say_with(language, "explain-title", &values))?;
    for part in &explanation.parts {
        let rule = if part.rule.is_empty() {
            say(language, "explain-no-rule")
        } else {
            part.rule.clone()
        };
        let share = Ratio::checked(part.share, part.share_total).map_or(Money::ONE, |share| share.to_money());
        let way = if part.pool.is_empty() {
            say(language, "explain-direct")
        } else {
            let percent = show::percent(Some(share));
            let values = [
                ("pool", part.pool.as_str()),
                ("method", &part.method),
                ("share", &percent),
            ];
            say_with(language, "explain-pool", &values)
        };
        let amount = show::money(part.effective);
        let cost_type = say(language, &format!("cost-type-{}", part.cost_type));
        show::line("")?;
        show::line(&format!(
            "{amount} {}  {cost_type}, {}: {rule} → {way}",
            part.currency, part.source
        ))?;
        for row in part.rows.iter().take(MOST_SHOWN) {
            let amount = show::money(row.effective);
            let estimate = match row.estimate.is_empty() {
                true => String::new(),
                false => format!("  [{}]", say(language, "explain-estimate")),
            };
            show::line(&format!(
                "    {amount:>16}  {}:{}  {}  {}{estimate}",
                row.file, row.row, row.resource, row.description
            ))?;
        }
        if part.rows_total > MOST_SHOWN {
            let more = (part.rows_total - MOST_SHOWN).to_string();
            show::line(&format!(
                "    {:>16}  {}",
                "",
                say_with(language, "explain-more", &[("count", &more)])
            ))?;
        }
    }
    Ok(())
}
