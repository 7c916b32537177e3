//! `headroom assets`: schedules of assets and of contracts paid in advance.

use super::{Context, Failure, show};
use crate::app::AssetSchedule;
use crate::words::{say, say_with};

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Opening book value, depreciation and closing book value by month: of one asset, or of all together.
    Schedule(Arguments),
}

#[derive(clap::Args)]
pub struct Arguments {
    /// Number of one asset or prepaid contract.
    #[arg(long)]
    asset: Option<String>,
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    let Verb::Schedule(arguments) = verb;
    let app = context.open()?;
    let Some(id) = &arguments.asset else {
        let months = app.asset_months()?;
        if context.json {
            return show::json(&serde_json::json!({ "months": months, "assets": app.asset_schedules(None)? }));
        }
        let rows = months.into_iter().map(|line| {
            let mut cells = vec![line.month, line.currency, line.assets.to_string()];
            let amounts = [
                line.opening,
                line.improvement,
                line.depreciation,
                line.disposed,
                line.closing,
            ];
            cells.extend(amounts.map(show::money));
            cells
        });
        let keys = [
            "month",
            "currency",
            "asset-count",
            "book-opening",
            "book-improvement",
            "book-depreciation",
            "book-disposed",
            "book-closing",
        ];
        return show::table(show::headers(context, &keys), rows.collect(), &[2, 3, 4, 5, 6, 7]);
    };
    let schedules = app.asset_schedules(Some(id))?;
    if context.json {
        return show::json(&serde_json::json!({ "assets": schedules }));
    }
    schedules.iter().try_for_each(|schedule| one(context, schedule))
}

fn one(context: &Context, schedule: &AssetSchedule) -> Result<(), Failure> {
    let title = [
        ("asset", schedule.asset.as_str()),
        ("name", &schedule.name),
        ("method", &say(context.language, &format!("method-{}", schedule.method))),
        ("cost", &show::money(schedule.cost)),
        ("residual", &show::money(schedule.residual)),
        ("currency", &schedule.currency),
    ];
    show::line(&say_with(context.language, "schedule-title", &title))?;
    let shared = say(context.language, "asset-shared");
    let rows = schedule.months.iter().map(|line| {
        let holders = line.holders.iter().map(|(holder, amount)| {
            let place = match (holder.product.as_str(), holder.module.as_str()) {
                ("", _) => shared.clone(),
                (product, "") => product.to_owned(),
                (product, module) => format!("{product}/{module}"),
            };
            if line.holders.len() > 1 {
                format!("{place} {}", show::money(*amount))
            } else {
                place
            }
        });
        let mut cells = vec![line.month.to_string()];
        let amounts = [
            line.opening,
            line.improvement,
            line.depreciation,
            line.disposed,
            line.closing,
        ];
        cells.extend(amounts.map(show::money));
        cells.push(holders.collect::<Vec<_>>().join(", "));
        cells
    });
    let keys = [
        "month",
        "book-opening",
        "book-improvement",
        "book-depreciation",
        "book-disposed",
        "book-closing",
        "asset-holder",
    ];
    show::table(show::headers(context, &keys), rows.collect(), &[1, 2, 3, 4, 5])?;
    if let Some(disposal) = &schedule.disposal {
        let values = [
            ("month", disposal.month.to_string()),
            ("book", show::money(disposal.book_value)),
            ("proceeds", show::money(disposal.proceeds)),
            ("loss", show::money(disposal.loss)),
        ];
        let values: Vec<(&'static str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        show::line(&say_with(context.language, "schedule-disposal", &values))?;
    }
    Ok(())
}
