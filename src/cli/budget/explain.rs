//! Lines of a budget opened: what each was worked out from.

use super::view::origin;
use crate::app::{App, ExplainBudget, ExplainedLine};
use crate::cli::{Context, Failure, show};
use crate::words::say;
use headroom_models::ledger::{CostType, Expenditure, Money, Month};

#[derive(clap::Args)]
pub struct ExplainArguments {
    /// Fiscal year.
    #[arg(long, value_parser = super::year)]
    year: i32,
    /// Version number; the approved one, else the newest, when missing.
    #[arg(long)]
    version: Option<i64>,
    /// Product.
    #[arg(long)]
    product: String,
    /// Only this module.
    #[arg(long)]
    module: Option<String>,
    /// Only this cost type.
    #[arg(long)]
    cost_type: Option<CostType>,
    /// Only running money (opex) or purchases (capex).
    #[arg(long)]
    expenditure: Option<Expenditure>,
    /// Only this month; lists the assets behind depreciation as well.
    #[arg(long)]
    month: Option<Month>,
}

pub fn explain(context: &Context, app: &App, arguments: ExplainArguments) -> Result<(), Failure> {
    let opened = app.explain_budget(&ExplainBudget {
        year: arguments.year,
        version: arguments.version,
        product: arguments.product,
        module: arguments.module,
        cost_type: arguments.cost_type,
        expenditure: arguments.expenditure,
        month: arguments.month,
    })?;
    if context.json {
        return show::json(&opened);
    }
    let mut lines: Vec<&ExplainedLine> = opened.lines.iter().collect();
    lines.sort_by_cached_key(|one| {
        (
            one.line.key(),
            one.line.origin,
            one.line.sourcing.clone(),
            one.line.month,
        )
    });
    let mut heading = String::new();
    for run in lines.chunk_by(|a, b| same(a, b)) {
        let [one, ..] = run else { continue };
        let said = head(context, one);
        if said != heading {
            show::line(&said)?;
            heading = said;
        }
        let months = match run.last() {
            Some(last) if run.len() > 1 => format!("{} … {}", one.line.month, last.line.month),
            _ => one.line.month.to_string(),
        };
        let amount = show::money(run.iter().map(|one| one.line.amount).sum());
        let how = one.how.in_language(context.language);
        show::line(&format!("  {months:<17}  {amount:>16}  {how}"))?;
        if !one.line.comment.is_empty() {
            show::line(&format!(
                "           {}: {}",
                say(context.language, "budget-comment"),
                one.line.comment
            ))?;
        }
        if !one.assets.is_empty() {
            show::line(&format!("           {}:", say(context.language, "budget-behind")))?;
        }
        for group in one.assets.chunk_by(|a, b| a.amount == b.amount) {
            let names = match group {
                [first, .., last] => format!("{} … {}", first.asset, last.asset),
                _ => group.iter().map(|part| part.asset.clone()).collect(),
            };
            let amount = group.first().map(|part| show::money(part.amount)).unwrap_or_default();
            show::line(&format!("           {amount:>16} × {:<4} {names}", group.len()))?;
        }
    }
    let total: Money = lines.iter().map(|one| one.line.amount).sum();
    let values = [
        ("year", opened.version.year.to_string()),
        ("version", opened.version.number.to_string()),
        ("lines", lines.len().to_string()),
        ("total", show::money(total)),
        ("currency", opened.version.currency.clone()),
    ];
    show::line(&super::sentence(context, "budget-explained", &values))
}

/// Months in a row that came about in the same way: they stand in one row, with their sum.
fn same(a: &ExplainedLine, b: &ExplainedLine) -> bool {
    a.how == b.how
        && a.line.month.plus(1) == b.line.month
        && (a.line.key(), a.line.origin) == (b.line.key(), b.line.origin)
        && (&a.line.sourcing, &a.line.owner, &a.line.comment) == (&b.line.sourcing, &b.line.owner, &b.line.comment)
}

/// What the lines below are: product, module, cost type, origin, where they come from, owner.
fn head(context: &Context, of: &ExplainedLine) -> String {
    let line = &of.line;
    let parts = [
        line.product.clone(),
        line.module.clone(),
        say(context.language, &format!("cost-type-{}", line.cost_type)),
        say(context.language, &format!("expenditure-{}", line.expenditure)),
        say(context.language, &origin(line)),
        crate::words::comes_from(context.language, &line.sourcing),
        line.owner.clone(),
    ];
    let stated: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    stated.join(" · ")
}
