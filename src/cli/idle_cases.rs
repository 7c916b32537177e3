//! `headroom idle VERB`: policies, shapes, and findings on their way.

use super::{Context, Failure, idle, show};
use crate::app::{CaseShown, CaseStep, PlannedShown, ScanOutcome, ShapesShown};
use crate::store::IdleCase;
use crate::words::{say, say_with};
use chrono::{Days, NaiveDate};
use headroom_models::idle::{CaseAction, CaseState};
use headroom_models::ledger::Money;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub enum Verb {
    /// The policies that can be named, applied and shipped.
    Policies {
        /// Print the TOML of the shipped policies, to be changed and applied.
        #[arg(long)]
        toml: bool,
    },
    /// Profiles (画像): shape, peak hours, weekly pattern, stability, growth.
    Profile(Shapes),
    /// Shutdown windows of nights and weekends, with the saving.
    Schedules(Shapes),
    /// Smaller shapes, and fewer machines per module.
    Rightsize(Shapes),
    /// Modules whose peaks do not overlap and that fit onto common machines.
    Pairs(Shapes),
    /// Look again: open new findings, withdraw those used again, tell their owners.
    Scan {
        /// Policy for machines.
        #[arg(long)]
        policy: Option<String>,
        /// Day of the look; today when missing.
        #[arg(long)]
        on: Option<NaiveDate>,
    },
    /// The findings on their way.
    Cases {
        /// Only those of a state: open, confirmed, marked, reclaimed, exempt, withdrawn.
        #[arg(long, value_parser = state)]
        state: Option<CaseState>,
    },
    /// One finding with its history; by number or resource.
    Case { id: String },
    /// The owner agrees that it is not needed.
    Confirm(Step),
    /// Announce that it goes when the grace period is over.
    Mark {
        #[command(flatten)]
        step: Step,
        /// Days of grace.
        #[arg(long, default_value_t = 14)]
        grace_days: u64,
    },
    /// Take the mark back: it is used.
    Unmark(Step),
    /// It has been given up; later bills show the saving.
    Reclaim(Step),
    /// Leave it alone until a day; needs a reason.
    Exempt {
        #[command(flatten)]
        step: Step,
        /// Last day of the exemption.
        #[arg(long)]
        until: NaiveDate,
    },
    /// Take an exemption, a reclaim or a withdrawal back.
    Reopen(Step),
    /// Name an owner or a due date.
    Assign(Step),
    /// Who was told what.
    Notices,
    /// Savings of reclaimed resources as later bills show them.
    Savings,
    /// Plan the savings of confirmed and marked findings into a year's open budget draft.
    Plan {
        /// Fiscal year.
        #[arg(long)]
        year: i32,
        /// Version; the newest that is open to edits when missing.
        #[arg(long)]
        version: Option<i64>,
        /// Show the lines, write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Day from which findings without a due date count; today when missing.
        #[arg(long)]
        on: Option<NaiveDate>,
    },
}

#[derive(clap::Args)]
pub struct Shapes {
    /// Utilization file instead of what was imported.
    #[arg(long)]
    input: Option<PathBuf>,
    /// Hours that the company's calendar is ahead of UTC; 8 for CNY, else 0.
    #[arg(long, allow_negative_numbers = true)]
    utc_offset: Option<i32>,
}

#[derive(clap::Args)]
pub struct Step {
    /// Number of the finding, or its resource.
    id: String,
    /// Owner from now on.
    #[arg(long)]
    owner: Option<String>,
    /// Day until which the owner should have acted.
    #[arg(long)]
    due: Option<NaiveDate>,
    /// Why.
    #[arg(long, default_value = "")]
    reason: String,
    /// Day of the step; today when missing.
    #[arg(long)]
    on: Option<NaiveDate>,
}

fn state(text: &str) -> Result<CaseState, String> {
    CaseState::of_word(text).ok_or_else(|| {
        format!(
            "'{text}' is none of {}",
            CaseState::ALL.map(CaseState::as_str).join(", ")
        )
    })
}

pub fn run(context: &Context, verb: &Verb) -> Result<(), Failure> {
    match verb {
        Verb::Policies { toml } => idle::policies(context, *toml),
        Verb::Profile(shapes) => profile(context, &look(context, shapes)?),
        Verb::Schedules(shapes) => schedules(context, &look(context, shapes)?),
        Verb::Rightsize(shapes) => rightsize(context, &look(context, shapes)?),
        Verb::Pairs(shapes) => pairs(context, &look(context, shapes)?),
        Verb::Scan { policy, on } => scan(context, &context.open()?.idle_scan(policy.as_deref(), *on)?),
        Verb::Cases { state } => {
            let cases = context.open()?.idle_cases(*state)?;
            if context.json {
                show::json(&cases)
            } else {
                cases_table(context, &cases)
            }
        }
        Verb::Case { id } => case(context, &context.open()?.idle_case(id)?),
        Verb::Confirm(given) => step(context, given, Some(CaseAction::Confirm)),
        Verb::Mark {
            step: given,
            grace_days,
        } => {
            let grace_until = day(given) + Days::new(*grace_days);
            step(context, given, Some(CaseAction::Mark { grace_until }))
        }
        Verb::Unmark(given) => step(context, given, Some(CaseAction::Unmark)),
        Verb::Reclaim(given) => step(context, given, Some(CaseAction::Reclaim { on: day(given) })),
        Verb::Exempt { step: given, until } => step(context, given, Some(CaseAction::Exempt { until: *until })),
        Verb::Reopen(given) => step(context, given, Some(CaseAction::Reopen)),
        Verb::Assign(given) => step(context, given, None),
        Verb::Notices => notices(context),
        Verb::Savings => savings(context),
        Verb::Plan {
            year,
            version,
            dry_run,
            on,
        } => plan(context, &context.open()?.plan_savings(*year, *version, *dry_run, *on)?),
    }
}

fn day(step: &Step) -> NaiveDate {
    step.on.unwrap_or_else(crate::clock::today)
}

fn look(context: &Context, shapes: &Shapes) -> Result<ShapesShown, Failure> {
    Ok(context
        .open()?
        .idle_shapes(shapes.input.as_deref(), shapes.utc_offset)?)
}

fn step(context: &Context, given: &Step, action: Option<CaseAction>) -> Result<(), Failure> {
    let step = CaseStep {
        action,
        owner: given.owner.clone(),
        due: given.due,
        reason: given.reason.clone(),
        on: given.on,
    };
    case(context, &context.open()?.idle_step(&given.id, &step)?)
}

fn case(context: &Context, shown: &CaseShown) -> Result<(), Failure> {
    if context.json {
        return show::json(shown);
    }
    cases_table(context, std::slice::from_ref(&shown.case))?;
    let word = |state: &str| say(context.language, &format!("case-{state}"));
    let rows = shown.events.iter().map(|event| {
        vec![
            event.at.clone(),
            event.actor.clone(),
            say(context.language, &format!("case-action-{}", event.action)),
            format!("{} → {}", word(&event.from_state), word(&event.to_state)),
            event.note.clone(),
        ]
    });
    show::table(
        show::headers(context, &["at", "actor", "waste-action", "case-state", "reason"]),
        rows.collect(),
        &[],
    )
}

fn cases_table(context: &Context, cases: &[IdleCase]) -> Result<(), Failure> {
    let date = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let rows = cases.iter().map(|case| {
        let until = match case.state {
            CaseState::Marked => date(case.grace_until),
            CaseState::Exempt => date(case.exempt_until),
            CaseState::Reclaimed => date(case.reclaimed_on),
            _ => date(case.due_on),
        };
        vec![
            case.id.clone(),
            case.resource.clone(),
            say(context.language, &format!("kind-{}", case.kind)),
            case.product.clone(),
            case.owner.clone(),
            say(context.language, &format!("case-{}", case.state.as_str())),
            until,
            date(case.since),
            show::money(case.monthly_cost),
            case.rule.clone(),
        ]
    });
    let headers = [
        "finding",
        "resource",
        "kind",
        "product",
        "owner",
        "case-state",
        "case-day",
        "since",
        "monthly-cost",
        "rule",
    ];
    show::table(show::headers(context, &headers), rows.collect(), &[8])
}

fn scan(context: &Context, outcome: &ScanOutcome) -> Result<(), Failure> {
    if context.json {
        return show::json(outcome);
    }
    for (key, cases) in [
        ("scan-opened", &outcome.opened),
        ("scan-reopened", &outcome.reopened),
        ("scan-withdrawn", &outcome.withdrawn),
        ("scan-overdue", &outcome.overdue),
    ] {
        if !cases.is_empty() {
            show::line(&say_with(context.language, key, &[("count", &cases.len().to_string())]))?;
            cases_table(context, cases)?;
        }
    }
    let unchanged = outcome.unchanged.to_string();
    show::line(&say_with(context.language, "scan-unchanged", &[("count", &unchanged)]))
}

fn notices(context: &Context) -> Result<(), Failure> {
    let notices = context.open()?.idle_notices()?;
    if context.json {
        return show::json(&notices);
    }
    let rows = notices.iter().map(|shown| {
        let notice = &shown.notice;
        let sent = shown.deliveries.iter().map(|delivery| {
            let state = say(context.language, &format!("delivery-{}", delivery.state));
            format!("{}: {state}", delivery.channel)
        });
        vec![
            notice.at.clone(),
            notice.finding.clone(),
            notice.recipient.clone(),
            say(context.language, &format!("occasion-{}", notice.occasion)),
            sent.collect::<Vec<_>>().join("\n"),
        ]
    });
    show::table(
        show::headers(context, &["at", "finding", "owner", "occasion", "sent"]),
        rows.collect(),
        &[],
    )
}

fn savings(context: &Context) -> Result<(), Failure> {
    let shown = context.open()?.realised_savings()?;
    if context.json {
        return show::json(&shown);
    }
    let rows = shown.lines.iter().map(|line| {
        vec![
            line.month.month.to_string(),
            line.finding.clone(),
            line.resource.clone(),
            line.product.clone(),
            line.owner.clone(),
            format!("{} {}", show::money(line.baseline), line.currency),
            show::money(line.month.cost),
            show::money(line.saving_reported),
            say(context.language, &format!("proof-{}", line.month.proof.as_str())),
        ]
    });
    let headers = [
        "month", "finding", "resource", "product", "owner", "baseline", "cost", "saving", "proof",
    ];
    show::table(show::headers(context, &headers), rows.collect(), &[5, 6, 7])?;
    for (key, sums) in [
        ("savings-product", &shown.by_product),
        ("savings-owner", &shown.by_owner),
    ] {
        for (name, sum) in sums {
            let sum = show::money(*sum);
            show::line(&say_with(
                context.language,
                key,
                &[("name", name), ("total", &sum), ("currency", &shown.currency)],
            ))?;
        }
    }
    let total = show::money(shown.total);
    show::line(&say_with(
        context.language,
        "savings-total",
        &[("total", &total), ("currency", &shown.currency)],
    ))
}

fn plan(context: &Context, shown: &PlannedShown) -> Result<(), Failure> {
    if context.json {
        return show::json(shown);
    }
    let rows = shown.lines.iter().map(|line| {
        vec![
            line.finding.clone(),
            line.month.to_string(),
            line.key.product.clone(),
            line.key.module.clone(),
            say(context.language, &format!("cost-type-{}", line.key.cost_type)),
            show::money(line.amount),
        ]
    });
    let headers = ["finding", "month", "product", "module", "cost-type", "saving"];
    show::table(show::headers(context, &headers), rows.collect(), &[5])?;
    let (count, year, total) = (
        shown.lines.len().to_string(),
        shown.year.to_string(),
        show::money(shown.total),
    );
    let version = shown.version.map(|version| version.to_string()).unwrap_or_default();
    let key = if shown.version.is_some() {
        "savings-planned"
    } else {
        "savings-shown"
    };
    let values = [
        ("count", count.as_str()),
        ("total", &total),
        ("currency", &shown.currency),
        ("year", &year),
        ("version", &version),
    ];
    show::line(&say_with(context.language, key, &values))?;
    if !shown.left_out.is_empty() {
        let findings = shown.left_out.join(", ");
        show::line(&say_with(
            context.language,
            "savings-left-out",
            &[("findings", &findings)],
        ))?;
    }
    Ok(())
}

fn percent(value: f64) -> String {
    format!("{value:.1} %")
}

fn money(value: Option<Money>) -> String {
    value.map(show::money).unwrap_or_default()
}

fn profile(context: &Context, shown: &ShapesShown) -> Result<(), Failure> {
    if context.json {
        return show::json(shown);
    }
    let rows = shown.profiles.iter().map(|profile| {
        let hours: Vec<String> = profile.peak_hours.iter().map(ToString::to_string).collect();
        let week: Vec<String> = profile.by_weekday.iter().map(|day| format!("{day:.0}")).collect();
        vec![
            profile.resource_id.clone(),
            shown.products.get(&profile.resource_id).cloned().unwrap_or_default(),
            say(context.language, &format!("shape-{}", profile.shape.as_str())),
            percent(profile.mean),
            percent(profile.peak),
            hours.join(" "),
            week.join(" "),
            percent(profile.stability * 100.0),
            percent(profile.growth_per_month * 100.0),
        ]
    });
    let headers = [
        "resource",
        "product",
        "shape",
        "mean-cpu",
        "peak-hour",
        "peak-hours",
        "by-weekday",
        "stability",
        "growth",
    ];
    show::table(show::headers(context, &headers), rows.collect(), &[3, 4, 7, 8])
}

fn schedules(context: &Context, shown: &ShapesShown) -> Result<(), Failure> {
    if context.json {
        return show::json(&shown.schedules);
    }
    let rows = shown.schedules.iter().map(|found| {
        let schedule = &found.schedule;
        let night = match (schedule.weekday_off_from, schedule.weekday_off_to) {
            (Some(from), Some(to)) => format!("{from}:00–{to}:00"),
            _ => "–".to_owned(),
        };
        let weekend = if schedule.weekend_off { "yes" } else { "no" };
        vec![
            schedule.resource_id.clone(),
            found.product.clone(),
            night,
            say(context.language, weekend),
            schedule.hours_per_week.to_string(),
            schedule.weeks.to_string(),
            money(found.monthly_cost),
            money(found.monthly_saving),
        ]
    });
    let headers = [
        "resource",
        "product",
        "night-off",
        "weekend-off",
        "hours-per-week",
        "weeks",
        "monthly-cost",
        "saving",
    ];
    show::table(show::headers(context, &headers), rows.collect(), &[4, 5, 6, 7])
}

fn rightsize(context: &Context, shown: &ShapesShown) -> Result<(), Failure> {
    if context.json {
        return show::json(&serde_json::json!({
            "rule": shown.rule,
            "currency": shown.currency,
            "resizes": shown.resizes,
            "recounts": shown.recounts,
        }));
    }
    let rule = &shown.rule;
    let values = [
        ("percentile", format!("{}", f64::from(rule.percentile_tenths) / 10.0)),
        ("headroom", rule.headroom_percent.to_string()),
        ("days", rule.window_days.to_string()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    show::line(&say_with(context.language, "sizing-rule", &values))?;
    let rows = shown.resizes.iter().map(|resize| {
        vec![
            resize.resource_id.clone(),
            format!("{} → {}", resize.from, resize.to),
            format!("{} → {}", percent(resize.cpu_percent), percent(resize.new_cpu_percent)),
            match (resize.memory_percent, resize.new_memory_percent) {
                (Some(now), Some(then)) => format!("{} → {}", percent(now), percent(then)),
                _ => "–".to_owned(),
            },
            say(context.language, &format!("sizing-risk-{}", resize.risk.as_str())),
            show::money(resize.monthly_saving),
        ]
    });
    let headers = ["resource", "unit", "cpu", "memory", "risk", "saving"];
    show::table(show::headers(context, &headers), rows.collect(), &[5])?;
    let rows = shown.recounts.iter().map(|recount| {
        vec![
            format!("{}/{}", recount.product, recount.module),
            format!("{} → {}", recount.machines, recount.needed),
            format!("{:.1}", recount.load),
            format!("{:.1}", recount.peak),
            recount.unmeasured.to_string(),
            show::money(recount.monthly_saving),
        ]
    });
    let headers = [
        "module",
        "machines",
        "load-machines",
        "peak-machines",
        "unmeasured",
        "saving",
    ];
    show::table(show::headers(context, &headers), rows.collect(), &[2, 3, 4, 5])
}

fn pairs(context: &Context, shown: &ShapesShown) -> Result<(), Failure> {
    if context.json {
        return show::json(&shown.pairs);
    }
    let rows = shown.pairs.iter().map(|pair| {
        vec![
            format!("{}/{}", pair.first.0, pair.first.1),
            format!("{}/{}", pair.second.0, pair.second.1),
            format!("{} + {} → {}", pair.apart.0, pair.apart.1, pair.together),
            percent(pair.combined_utilization * 100.0),
            pair.combined_memory
                .map_or_else(|| "–".to_owned(), |memory| percent(memory * 100.0)),
            show::money(pair.monthly_saving),
        ]
    });
    let headers = [
        "module",
        "beside",
        "machines",
        "combined-cpu",
        "combined-memory",
        "saving",
    ];
    show::table(show::headers(context, &headers), rows.collect(), &[3, 4, 5])
}
