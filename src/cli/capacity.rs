//! `headroom capacity`.

use super::{Context, Failure, show, sizing};
use crate::words::say_with;
use headroom_models::ledger::Month;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Requirement, inventory, gap and orders of a fiscal year.
    Plan {
        /// Fiscal year.
        #[arg(long, value_parser = clap::value_parser!(i32).range(1970..=2199))]
        year: i32,
        /// Last month whose figures are used.
        #[arg(long)]
        as_of: Option<Month>,
    },
    /// Size single cases of a CSV: requests per second in, cores and servers out.
    Size(sizing::SizeArguments),
    /// Fit the Universal Scalability Law to a load test, and name its safe limit.
    Fit(sizing::FitArguments),
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    match verb {
        Verb::Plan { year, as_of } => plan(context, *year, *as_of),
        Verb::Size(arguments) => sizing::size(context, arguments),
        Verb::Fit(arguments) => sizing::fit(context, arguments),
    }
}

fn plan(context: &Context, year: i32, as_of: Option<Month>) -> Result<(), Failure> {
    let (plan, as_of) = context.open()?.capacity_plan(year, as_of)?;
    if context.json {
        return show::json(&serde_json::json!({ "year": year, "as_of": as_of, "plan": plan }));
    }
    let mut rows = Vec::new();
    for module in &plan.modules {
        for month in &module.months {
            rows.push(vec![
                format!("{}/{}", module.product, module.module),
                month.month.to_string(),
                format!("{} {:.0}", module.driver, month.driver_value * month.event_factor),
                format!("{} ({})", month.sizing.total, month.sizing.bottleneck),
                month.inventory.to_string(),
                month.shortage.to_string(),
                month.surplus.to_string(),
                month.arriving.to_string(),
                month.order_month.map(|month| month.to_string()).unwrap_or_default(),
                month.in_service.to_string(),
            ]);
        }
    }
    let keys = [
        "module",
        "month",
        "driver",
        "required",
        "inventory",
        "shortage",
        "surplus",
        "arriving",
        "order-by",
        "in-service",
    ];
    show::table(show::headers(context, &keys), rows, &[3, 4, 5, 6, 7, 9])?;
    for problem in &plan.problems {
        eprintln!("{}", crate::app::of_problem(problem).message(context.language));
    }
    show::line(&say_with(
        context.language,
        "plan-as-of",
        &[("month", &as_of.to_string())],
    ))
}
