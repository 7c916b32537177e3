//! Views of capacity: review, days left, events, releases, drivers, scenarios.

use super::forecast::figure;
use super::{Context, Failure, show};
use crate::app::{PlanRequest, PlanShown};
use crate::words::{say, say_with};
use headroom_models::calendar::PUBLISHED;
use headroom_models::capacity::Standing;
use headroom_models::forecast::DriverRow;
use headroom_models::ledger::{Money, Month};
use serde_json::json;

fn percent(share: Option<f64>) -> String {
    share
        .map(|share| format!("{:+.1} %", share * 100.0))
        .unwrap_or_default()
}

pub fn review(context: &Context, year: i32, as_of: Option<Month>) -> Result<(), Failure> {
    let (rows, as_of) = context.open()?.capacity_review(year, as_of)?;
    if context.json {
        return show::json(&json!({ "year": year, "as_of": as_of, "modules": rows }));
    }
    let language = context.language;
    let cells = rows.iter().map(|row| {
        let key = match row.standing {
            Standing::Shortage => "standing-shortage",
            Standing::Surplus => "standing-surplus",
            Standing::Balanced => "standing-balanced",
        };
        let mut standing = say(language, key);
        if row.severe {
            standing = format!("{standing} !");
        }
        vec![
            format!("{}/{}", row.product, row.module),
            row.unit.clone(),
            standing,
            row.peak_month.to_string(),
            row.bottleneck.clone(),
            row.peak_needed.to_string(),
            row.missing.to_string(),
            row.missing_without_events.to_string(),
            row.too_many.to_string(),
            row.too_many_without_events.to_string(),
        ]
    });
    let keys = [
        "module",
        "unit",
        "review-standing",
        "review-peak",
        "size-bottleneck",
        "review-needed",
        "review-missing",
        "review-missing-plain",
        "review-too-many",
        "review-too-many-plain",
    ];
    show::table(show::headers(context, &keys), cells.collect(), &[5, 6, 7, 8, 9])?;
    show::line(&say_with(language, "plan-as-of", &[("month", &as_of.to_string())]))
}

pub fn days_left(context: &Context, as_of: Option<Month>) -> Result<(), Failure> {
    let (rows, as_of) = context.open()?.days_left(as_of)?;
    if context.json {
        return show::json(&json!({ "as_of": as_of, "modules": rows }));
    }
    let language = context.language;
    let more = say(language, "days-more");
    let days = |days: Option<u64>| days.map_or_else(|| more.clone(), |days| days.to_string());
    let cells = rows.iter().map(|row| {
        vec![
            format!("{}/{}", row.product, row.module),
            row.standing.to_string(),
            row.driver.clone(),
            figure(row.now),
            row.limit.map(figure).unwrap_or_default(),
            days(row.days),
            days(row.earliest_days),
            row.date.map(|date| date.to_string()).unwrap_or_default(),
            row.order_by.map(|date| date.to_string()).unwrap_or_default(),
            match (row.late, row.provisional) {
                (true, _) => say(language, "order-day-passed"),
                (false, true) => say(language, "forecast-by-rule"),
                (false, false) => String::new(),
            },
        ]
    });
    let keys = [
        "module",
        "days-standing",
        "driver",
        "days-now",
        "days-limit",
        "days-left",
        "days-earliest",
        "days-date",
        "order-day",
        "remark",
    ];
    show::table(show::headers(context, &keys), cells.collect(), &[1, 3, 4, 5, 6])?;
    show::line(&say_with(language, "plan-as-of", &[("month", &as_of.to_string())]))
}

pub fn event(context: &Context, name: &str, adopt: Option<Option<f64>>) -> Result<(), Failure> {
    let review = context.open()?.event_review(name, adopt)?;
    if context.json {
        return show::json(&review);
    }
    let language = context.language;
    let factor = |factor: Option<f64>| factor.map(|factor| format!("× {factor:.3}")).unwrap_or_default();
    let past = review.past.iter().map(|row| {
        vec![
            format!("{}/{}", row.product, row.metric),
            format!("{} – {}", row.start, row.end),
            row.peak_day.to_string(),
            figure(row.peak),
            figure(row.usual),
            factor(Some(row.lift)),
            factor(row.factor),
            factor(row.planned_factor),
            percent(row.against_target.map(|ratio| ratio - 1.0)),
        ]
    });
    let keys = [
        "driver",
        "event-days",
        "event-peak-day",
        "event-peak",
        "event-usual",
        "event-lift",
        "event-factor",
        "event-planned",
        "event-against",
    ];
    show::table(show::headers(context, &keys), past.collect(), &[3, 4, 5, 6, 7, 8])?;
    if review.windows_by_calendar && !review.past.is_empty() {
        show::line(&say(language, "event-by-calendar"))?;
    }
    let (planned, suggested) = (factor(review.planned_factor), factor(review.suggested_factor));
    let values = [("planned", planned.as_str()), ("suggested", &suggested)];
    show::line(&say_with(language, "event-suggested", &values))?;
    if let Some(adopted) = &review.adopted {
        let (from, adopted) = (adopted.from.to_string(), factor(Some(adopted.factor)));
        let values = [("from", from.as_str()), ("factor", &adopted)];
        show::line(&say_with(language, "event-adopted", &values))?;
    }
    let coming = review.coming.iter().map(|row| {
        vec![
            format!("{}/{}", row.product, row.module),
            row.month.to_string(),
            factor(Some(row.factor)),
            row.needed.to_string(),
            row.needed_without.to_string(),
            row.standing.to_string(),
            row.missing.to_string(),
            row.order_month.to_string(),
            row.late_until.map_or_else(String::new, |month| {
                say_with(language, "order-month-passed", &[("month", &month.to_string())])
            }),
        ]
    });
    let keys = [
        "module",
        "month",
        "event-factor",
        "review-needed",
        "event-needed-without",
        "days-standing",
        "review-missing",
        "order-by",
        "remark",
    ];
    show::table(show::headers(context, &keys), coming.collect(), &[2, 3, 4, 5, 6])
}

pub fn release(context: &Context, id: &str, window: u32) -> Result<(), Failure> {
    let reviews = context.open()?.release_review(id, window)?;
    if context.json {
        return show::json(&reviews);
    }
    let mut rows = Vec::new();
    for review in &reviews {
        for effect in &review.effects {
            rows.push(vec![
                format!("{}/{}", review.product, review.module),
                review.date.to_string(),
                effect.resource.clone(),
                format!("{} / {}", effect.days_before, effect.days_after),
                effect.before.map(|value| format!("{value:.6}")).unwrap_or_default(),
                effect.after.map(|value| format!("{value:.6}")).unwrap_or_default(),
                percent(effect.change),
                say(
                    context.language,
                    if effect.certain {
                        "release-certain"
                    } else {
                        "release-chance"
                    },
                ),
            ]);
        }
    }
    let keys = [
        "module",
        "release-date",
        "resource",
        "release-days",
        "release-before",
        "release-after",
        "release-change",
        "remark",
    ];
    let empty = rows.is_empty();
    show::table(show::headers(context, &keys), rows, &[3, 4, 5, 6])?;
    if empty {
        show::line(&say(context.language, "release-unmeasured"))
    } else {
        Ok(())
    }
}

pub fn drivers(context: &Context, year: i32, as_of: Option<Month>) -> Result<(), Failure> {
    let (rows, as_of) = context.open()?.drivers(year, as_of)?;
    if context.json {
        return show::json(&json!({ "year": year, "as_of": as_of, "drivers": rows }));
    }
    let language = context.language;
    let shown = |value: Option<f64>| value.map(figure).unwrap_or_default();
    let cells = rows.iter().map(|row| {
        let forecast = row.forecast.as_ref();
        let key = row.chosen.map_or("source-nothing", |source| match source.as_str() {
            "target" => "source-target",
            "forecast" => "source-forecast",
            "lifecycle" => "source-lifecycle",
            _ => "source-manual",
        });
        vec![
            format!("{}/{}", row.product, row.metric),
            row.month.to_string(),
            shown(row.year_before),
            shown(row.target),
            forecast
                .map(|forecast| {
                    format!(
                        "{}{}",
                        figure(forecast.value),
                        if forecast.provisional { " *" } else { "" }
                    )
                })
                .unwrap_or_default(),
            forecast
                .map(|forecast| format!("{} – {}", figure(forecast.low80), figure(forecast.high80)))
                .unwrap_or_default(),
            shown(row.lifecycle),
            shown(row.manual),
            say(language, key),
            shown(row.value),
            row.choice
                .as_ref()
                .map(|choice| format!("{}: {}", choice.by, choice.reason))
                .unwrap_or_default(),
        ]
    });
    let keys = [
        "driver",
        "month",
        "driver-year-before",
        "driver-target",
        "driver-forecast",
        "driver-range",
        "driver-lifecycle",
        "driver-manual",
        "driver-source",
        "driver-value",
        "driver-by",
    ];
    show::table(show::headers(context, &keys), cells.collect(), &[2, 3, 4, 5, 6, 7, 9])?;
    provisional(context, &rows)?;
    show::line(&say_with(language, "plan-as-of", &[("month", &as_of.to_string())]))
}

/// Says that forecasts rest on days off that are not published yet, where they do.
pub fn provisional(context: &Context, rows: &[DriverRow]) -> Result<(), Failure> {
    let by_rule = |row: &&DriverRow| row.forecast.as_ref().is_some_and(|forecast| forecast.provisional);
    let count = rows.iter().filter(by_rule).count();
    if count == 0 {
        return Ok(());
    }
    let (count, year) = (count.to_string(), PUBLISHED.end().to_string());
    let values = [("count", count.as_str()), ("year", &year)];
    show::line(&say_with(context.language, "drivers-provisional", &values))
}

/// What a scenario comes to.
fn sums(shown: &PlanShown) -> (u64, u64, Money, Money, Money) {
    let peak = shown
        .plan
        .modules
        .iter()
        .filter_map(|m| m.months.iter().map(|m| m.sizing.total).max())
        .sum();
    let bought = shown.plan.orders.iter().map(|order| order.units).sum();
    let months = || shown.money.values().flat_map(|months| months.values());
    (
        peak,
        bought,
        months().map(|month| month.cash).sum(),
        months().map(|month| month.depreciation).sum(),
        months().map(|month| month.opex).sum(),
    )
}

pub fn compare(context: &Context, year: i32, scenarios: &[String]) -> Result<(), Failure> {
    let app = context.open()?;
    let named = if scenarios.is_empty() {
        app.scenario_ids()?
    } else {
        scenarios.to_vec()
    };
    let request = |scenario: Option<String>| PlanRequest {
        year,
        scenario,
        ..PlanRequest::default()
    };
    let mut plans = vec![(String::new(), app.capacity_plan(&request(None))?)];
    for id in named {
        plans.push((id.clone(), app.capacity_plan(&request(Some(id)))?));
    }
    if context.json {
        let plans = plans.iter().map(|(id, shown)| {
            let (peak, bought, cash, depreciation, opex) = sums(shown);
            json!({
                "scenario": if id.is_empty() { None } else { Some(id) }, "peak_units": peak, "units_bought": bought,
                "cash": cash, "depreciation": depreciation, "opex": opex, "problems": shown.plan.problems.len(),
            })
        });
        return show::json(&json!({ "year": year, "plans": plans.collect::<Vec<_>>() }));
    }
    let language = context.language;
    let cells = plans.iter().map(|(id, shown)| {
        let (peak, bought, cash, depreciation, opex) = sums(shown);
        let name = shown
            .scenario
            .as_ref()
            .map(|scenario| scenario.name.in_language(language).to_owned());
        vec![
            if id.is_empty() {
                say(language, "compare-plan")
            } else {
                id.clone()
            },
            name.unwrap_or_default(),
            peak.to_string(),
            bought.to_string(),
            show::money(cash),
            show::money(depreciation),
            show::money(opex),
        ]
    });
    let keys = [
        "compare-scenario",
        "compare-name",
        "compare-peak",
        "compare-bought",
        "compare-cash",
        "compare-depreciation",
        "compare-opex",
    ];
    show::table(show::headers(context, &keys), cells.collect(), &[2, 3, 4, 5, 6])
}
