//! `headroom capacity`.

use super::{Context, Failure, capacity_views, show, sizing};
use crate::app::{BookFormat, PlanRequest, PlanShown, capacity_book, of_model_error, of_problem, render_book};
use crate::words::{say, say_with};
use headroom_models::capacity::TermsChoice;
use headroom_models::forecast::DriverSource;
use headroom_models::ledger::{Month, MonthRange};
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Requirement, inventory, gap, orders and money of a fiscal year.
    Plan(PlanArguments),
    /// The plan under several scenarios, side by side.
    Compare {
        /// Fiscal year.
        #[arg(long, value_parser = clap::value_parser!(i32).range(1970..=2199))]
        year: i32,
        /// Scenarios to compare with the plan itself; all of them unless named.
        scenarios: Vec<String>,
    },
    /// Shortages and surpluses of a year: what stands without buying against what is needed.
    Review {
        /// Fiscal year.
        #[arg(long, value_parser = clap::value_parser!(i32).range(1970..=2199))]
        year: i32,
        /// Last month whose figures are used.
        #[arg(long)]
        as_of: Option<Month>,
    },
    /// Days until each module reaches the limit of what stands.
    DaysLeft {
        /// Last month whose figures are used.
        #[arg(long)]
        as_of: Option<Month>,
    },
    /// An event before and after, and what its next time needs.
    Event {
        /// Name of the event (春节, 618, 双11, 国庆, or any of your own).
        name: String,
        /// Keep the suggested factor, or the one given, for its coming occurrences.
        #[arg(long, num_args = 0..=1, value_name = "FACTOR")]
        adopt: Option<Option<f64>>,
    },
    /// Work per driver unit before and after a release.
    Release {
        /// Version.
        id: String,
        /// Days on either side.
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(4..=180))]
        window: u32,
    },
    /// What drivers are planned with: target, forecast, lifecycle and manual value side by side.
    Drivers {
        /// Fiscal year.
        #[arg(long, value_parser = clap::value_parser!(i32).range(1970..=2199))]
        year: i32,
        /// Last month whose figures are used.
        #[arg(long)]
        as_of: Option<Month>,
    },
    /// Choose what a driver is planned with.
    Choose {
        /// Product.
        #[arg(long)]
        product: String,
        /// Business metric.
        #[arg(long)]
        metric: String,
        /// Month or range of months.
        #[arg(long)]
        month: MonthRange,
        /// target, forecast, lifecycle or manual.
        #[arg(long = "use", value_name = "SOURCE")]
        source: DriverSource,
        /// The manual value.
        #[arg(long)]
        value: Option<f64>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Size single cases of a CSV: requests per second in, cores and servers out.
    Size(sizing::SizeArguments),
    /// Fit the Universal Scalability Law to a load test, and name its safe limit.
    Fit(sizing::FitArguments),
}

#[derive(clap::Args)]
pub struct PlanArguments {
    /// Fiscal year.
    #[arg(long, value_parser = clap::value_parser!(i32).range(1970..=2199))]
    year: i32,
    /// Last month whose figures are used.
    #[arg(long)]
    as_of: Option<Month>,
    /// Scenario of the configuration.
    #[arg(long)]
    scenario: Option<String>,
    /// Percentile of the simulated need that is bought.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    percentile: Option<u32>,
    /// Samples of the simulation.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    samples: Option<u32>,
    /// Seed of the simulation: the same one gives the same bytes.
    #[arg(long)]
    seed: Option<u64>,
    /// How units are paid for in all modules, whatever the configuration says: price-book, cheapest, on-demand, rent,
    /// commit-1y, commit-3y or purchase. To keep it, write `terms` into [plan] or [[capacity]].
    #[arg(long)]
    terms: Option<TermsChoice>,
    /// Write the plan book to this file: .html, .xlsx, .csv or .json.
    #[arg(long, value_parser = book_file)]
    pub out: Option<(PathBuf, BookFormat)>,
}

/// The format of a book by the ending of its file.
pub fn book_file(text: &str) -> Result<(PathBuf, BookFormat), String> {
    let path = PathBuf::from(text);
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let format = match ending.as_str() {
        "html" | "htm" => BookFormat::Html,
        "xlsx" => BookFormat::Xlsx,
        "csv" => BookFormat::Csv,
        "json" => BookFormat::Json,
        _ => return Err("name a file that ends in .html, .xlsx, .csv or .json".to_owned()),
    };
    Ok((path, format))
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    match verb {
        Verb::Plan(arguments) => plan(context, arguments),
        Verb::Compare { year, scenarios } => capacity_views::compare(context, *year, scenarios),
        Verb::Review { year, as_of } => capacity_views::review(context, *year, *as_of),
        Verb::DaysLeft { as_of } => capacity_views::days_left(context, *as_of),
        Verb::Event { name, adopt } => capacity_views::event(context, name, *adopt),
        Verb::Release { id, window } => capacity_views::release(context, id, *window),
        Verb::Drivers { year, as_of } => capacity_views::drivers(context, *year, *as_of),
        Verb::Choose {
            product,
            metric,
            month,
            source,
            value,
            reason,
        } => {
            let chosen = context
                .open()?
                .choose_driver(product, metric, *month, *source, *value, reason)?;
            if context.json {
                return show::json(&chosen);
            }
            let (driver, count) = (format!("{product}/{metric}"), chosen.len().to_string());
            let values = [
                ("driver", driver.as_str()),
                ("count", &count),
                ("source", source.as_str()),
            ];
            show::line(&say_with(context.language, "driver-chosen", &values))
        }
        Verb::Size(arguments) => sizing::size(context, arguments),
        Verb::Fit(arguments) => sizing::fit(context, arguments),
    }
}

/// Writes a book and says where it is.
pub fn write_book(context: &Context, shown: &PlanShown, out: &(PathBuf, BookFormat)) -> Result<(), Failure> {
    let (path, format) = out;
    let book = capacity_book(shown, context.language);
    let bytes = render_book(&book, *format, context.language)?;
    std::fs::write(path, bytes).map_err(|error| Failure::Output(format!("{}: {error}", path.display())))?;
    let path = path.display().to_string();
    if context.json {
        return show::json(&serde_json::json!({ "written": path }));
    }
    show::line(&say_with(context.language, "report-written", &[("path", &path)]))
}

/// Shows a plan, or writes its book.
pub fn plan(context: &Context, arguments: &PlanArguments) -> Result<(), Failure> {
    let request = PlanRequest {
        year: arguments.year,
        as_of: arguments.as_of,
        scenario: arguments.scenario.clone(),
        percentile: arguments.percentile,
        samples: arguments.samples,
        seed: arguments.seed,
        terms: arguments.terms,
    };
    let shown = context.open()?.capacity_plan(&request)?;
    if let Some(out) = &arguments.out {
        return write_book(context, &shown, out);
    }
    if context.json {
        return show::json(&shown);
    }
    let language = context.language;
    let mut rows = Vec::new();
    for module in &shown.plan.modules {
        for month in &module.months {
            rows.push(vec![
                module.name(),
                month.month.to_string(),
                format!("{} {:.0}", module.driver, month.driver_value * month.event_factor),
                format!("{} ({})", month.sizing.total, month.sizing.bottleneck),
                month.inventory.to_string(),
                month.shortage.to_string(),
                month.surplus.to_string(),
                month.arriving.to_string(),
                shown
                    .order_month(module, month)
                    .map(|month| month.to_string())
                    .unwrap_or_default(),
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
    for problem in &shown.plan.problems {
        eprintln!("{}", of_problem(problem).message(language));
    }
    for overlap in &shown.overlaps {
        eprintln!("{}", of_model_error(overlap).message(language));
    }
    let bought = shown.plan.orders.iter();
    let bought = bought.map(|one| (&one.product, &one.module, one.units, one.order_month, one.late_until));
    let rented = shown.reservations.iter();
    let rented = rented.map(|one| (&one.product, &one.module, one.units, one.order_month, one.late_until));
    for (product, module, units, month, late) in bought.chain(rented) {
        let Some(arrives) = late else { continue };
        let (module, units) = (format!("{product}/{module}"), units.to_string());
        let (month, arrives) = (month.to_string(), arrives.to_string());
        let values = [
            ("module", module.as_str()),
            ("units", &units),
            ("month", &month),
            ("arrives", &arrives),
        ];
        show::line(&say_with(language, "plan-order-late", &values))?;
    }
    for transfer in &shown.plan.transfers {
        let (units, month) = (transfer.units.to_string(), transfer.month.to_string());
        let values = [
            ("month", month.as_str()),
            ("units", &units),
            ("unit", &transfer.unit),
            ("from", &transfer.from),
            ("to", &transfer.to),
        ];
        show::line(&say_with(language, "plan-transfer", &values))?;
    }
    for mix in &shown.mixes {
        let mut by_term: Vec<(&str, u64)> = Vec::new();
        for part in &mix.parts {
            match by_term.iter_mut().find(|(term, _)| *term == part.term.as_str()) {
                Some((_, units)) => *units += part.units,
                None => by_term.push((part.term.as_str(), part.units)),
            }
        }
        let named = |term: &str| say(language, &format!("term-{term}"));
        let parts: Vec<String> = by_term
            .iter()
            .map(|(term, units)| format!("{units} {}", named(term)))
            .collect();
        let (module, parts) = (format!("{}/{}", mix.product, mix.module), parts.join(" + "));
        let (key, saving) = match (mix.taken, mix.saving) {
            (true, _) => ("plan-mix-taken", show::money(mix.saving.unwrap_or_default())),
            (false, Some(saving)) => ("plan-mix", show::money(saving)),
            (false, None) => ("plan-mix-alone", String::new()),
        };
        let values = [("module", module.as_str()), ("mix", &parts), ("saving", &saving)];
        show::line(&say_with(language, key, &values))?;
    }
    for track in shown.tracks.iter().filter(|track| track.flagged) {
        let difference = format!("{:+.0} %", track.difference.unwrap_or_default() * 100.0);
        let module = format!("{}/{}", track.product, track.module);
        let values = [
            ("module", module.as_str()),
            ("resource", &track.resource),
            ("difference", &difference),
        ];
        show::line(&say_with(language, "plan-tracks", &values))?;
    }
    let chosen = shown
        .drivers
        .iter()
        .filter(|row| row.chosen == Some(DriverSource::Forecast));
    capacity_views::provisional(context, &chosen.cloned().collect::<Vec<_>>())?;
    if let Some(risk) = shown.plan.modules.iter().find_map(|module| module.risk.as_ref()) {
        let (samples, seed) = (risk.samples.to_string(), risk.seed.to_string());
        let percentile = risk
            .percentile
            .map_or_else(|| say(language, "plan-middle"), |p| format!("p{p}"));
        let values = [
            ("samples", samples.as_str()),
            ("seed", &seed),
            ("percentile", &percentile),
        ];
        show::line(&say_with(language, "plan-risk", &values))?;
    }
    show::line(&say_with(
        language,
        "plan-as-of",
        &[("month", &shown.as_of.to_string())],
    ))
}
