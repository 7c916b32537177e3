//! Events before and after, and what releases did to the work of a module.

use super::planning::Planning;
use super::{App, AppError, EventDay, PlanRequest};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::EventFactor;
use chrono::NaiveDate;
use headroom_models::calendar::{Festival, festival_window};
use headroom_models::capacity::{
    Occurrence, ReleaseEffect, event_factor, late_until, release_effect, review_occurrence, suggested_factor,
};
use headroom_models::configuration::Configuration;
use headroom_models::ledger::Month;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A module in the month of a coming event.
#[derive(Clone, Debug, Serialize)]
pub struct ComingEvent {
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Unit.
    pub unit: String,
    /// Month.
    pub month: Month,
    /// Factor of the month's events.
    pub factor: f64,
    /// Units needed.
    pub needed: u64,
    /// Units needed without the event.
    pub needed_without: u64,
    /// Units that stand.
    pub standing: u64,
    /// Units missing.
    pub missing: u64,
    /// Month in which to order or reserve them.
    pub order_month: Month,
    /// When units are missing and that month is past already: the month in which units come that are ordered now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_until: Option<Month>,
}

/// An event before and after.
#[derive(Clone, Debug, Serialize)]
pub struct EventReview {
    /// Name.
    pub event: String,
    /// Past occurrences by driver.
    pub past: Vec<Occurrence>,
    /// Factor of the configuration, or of the last review.
    pub planned_factor: Option<f64>,
    /// Suggested factor: the measured ones, drawn towards the planned one.
    pub suggested_factor: Option<f64>,
    /// The factor that was adopted with this review.
    pub adopted: Option<EventFactor>,
    /// Modules in the event's next month.
    pub coming: Vec<ComingEvent>,
    /// True when the windows of past occurrences follow the calendar and not a register.
    pub windows_by_calendar: bool,
}

/// A release before and after.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseReview {
    /// Version.
    pub release: String,
    /// Day.
    pub date: NaiveDate,
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// In words.
    pub description: String,
    /// Effect by resource.
    pub effects: Vec<ReleaseEffect>,
}

/// The events that are configured or registered, by name.
fn known_events(configuration: &Configuration, days: &[EventDay]) -> Vec<String> {
    let configured = configuration.events.iter().map(|event| {
        let name = event.name.in_language(headroom_models::language::Language::English);
        name.to_owned()
    });
    let known: BTreeSet<String> = configured.chain(days.iter().map(|day| day.event.clone())).collect();
    known.into_iter().collect()
}

impl App {
    /// The events that can be reviewed by name.
    ///
    /// # Errors
    /// When configuration or register cannot be read.
    pub fn event_names(&self) -> Result<Vec<String>, AppError> {
        self.require_somewhere(Permission::Read)?;
        Ok(known_events(&self.configuration()?.1, &self.event_days()?))
    }

    /// Reviews an event; `adopt` keeps the suggested factor (or the one given) for its coming occurrences.
    ///
    /// # Errors
    /// When nobody knows the event, or there is no factor to adopt.
    pub fn event_review(&self, name: &str, adopt: Option<Option<f64>>) -> Result<EventReview, AppError> {
        self.require_somewhere(Permission::Read)?;
        if adopt.is_some() {
            self.require_company(Permission::Plan)?;
        }
        let as_of = self.last_allocated_month()?;
        let next_year = self.settings().fiscal.year_of(as_of.plus(1));
        let mut planning = Planning::load(self, self.fiscal_months(next_year), as_of, None)?;
        planning.keep(&self.visible()?);
        let configuration = &planning.configuration;
        let configured: Vec<_> = configuration
            .events
            .iter()
            .filter(|event| event.is_named(name))
            .collect();
        let days = self.event_days()?;
        let registered: Vec<_> = days.iter().filter(|day| day.event == name).collect();
        let names = configured.iter().flat_map(|event| {
            headroom_models::language::Language::ALL.map(|language| event.name.in_language(language).to_owned())
        });
        let festival = names.chain([name.to_owned()]).find_map(|name| Festival::named(&name));
        if configured.is_empty() && registered.is_empty() && festival.is_none() {
            let known = known_events(configuration, &days);
            return Err(Refusal::new("refused-no-event")
                .with("name", name)
                .with("known", known.join(", "))
                .into());
        }
        let mut windows: Vec<(NaiveDate, NaiveDate, String)> = registered
            .iter()
            .filter(|day| Month::of(day.end) <= as_of)
            .map(|day| (day.start, day.end, day.product.clone()))
            .collect();
        let windows_by_calendar = windows.is_empty();
        if let Some(festival) = festival.filter(|_| windows_by_calendar) {
            for year in as_of.year() - 5..=as_of.year() {
                let window = festival_window(festival, year).filter(|(_, end)| Month::of(*end) <= as_of);
                windows.extend(window.map(|(start, end)| (start, end, String::new())));
            }
        }
        let products: BTreeSet<&str> = configured
            .iter()
            .flat_map(|e| e.products.iter().map(String::as_str))
            .collect();
        let daily = self.daily_metrics(as_of)?;
        let targets = self.targets()?;
        let mut past = Vec::new();
        let mut seen = BTreeSet::new();
        for model in configuration.capacity.iter().filter(|model| !model.driver.is_empty()) {
            let touched = products.is_empty() || products.contains(model.product.as_str());
            if !touched || !seen.insert((model.product.clone(), model.driver.clone())) {
                continue;
            }
            let Some(values) = daily.get(&(model.product.clone(), model.driver.clone())) else {
                continue;
            };
            for (start, end, of) in &windows {
                if !of.is_empty() && *of != model.product {
                    continue;
                }
                let driver = (model.product.as_str(), model.driver.as_str());
                let Some(mut found) = review_occurrence(driver, (*start, *end), model.driver_statistic, values) else {
                    continue;
                };
                let month = Month::of(found.peak_day);
                found.planned_factor =
                    Some(event_factor(&configuration.events, &model.product, month)).filter(|factor| *factor != 1.0);
                let target = targets.get(&model.product, &model.driver, month, model.driver_statistic);
                let of_month = |statistic| {
                    planning
                        .metrics
                        .drivers
                        .get(&model.product, &model.driver, month, statistic)
                };
                found.against_target = of_month(model.driver_statistic)
                    .zip(target.filter(|target| *target > 0.0))
                    .map(|(actual, target)| actual / target);
                past.push(found);
            }
        }
        past.sort_by(|a, b| (a.start, &a.product, &a.metric).cmp(&(b.start, &b.product, &b.metric)));
        let next = configured
            .iter()
            .filter(|event| event.months.iter().any(|month| *month > as_of));
        let planned_factor = next.map(|event| event.factor).next_back();
        let measured: Vec<f64> = past.iter().filter_map(|occurrence| occurrence.factor).collect();
        let suggested = suggested_factor(&measured, planned_factor);
        let adopted = match adopt {
            None => None,
            Some(given) => {
                let factor = given.or(suggested).filter(|factor| factor.is_finite() && *factor > 0.0);
                let factor = factor.ok_or_else(|| Refusal::new("refused-no-factor").with("name", name))?;
                if configured.is_empty() && registered.is_empty() {
                    return Err(Refusal::new("refused-no-factor").with("name", name).into());
                }
                let lock = self.store.lock()?;
                let adopted = EventFactor {
                    event: name.to_owned(),
                    from: as_of.plus(1),
                    factor,
                    reason: format!("{} past occurrences", measured.len()),
                    by: self.actor.clone(),
                    at: crate::clock::now(),
                };
                self.store.add_event_factor(&lock, &adopted, &self.actor)?;
                Some(adopted)
            }
        };
        let months: BTreeSet<Month> = {
            let adopted_now = self.configuration()?.1;
            let own = self.with_registers(adopted_now)?.events;
            let mine = own.into_iter().filter(|event| event.is_named(name));
            mine.flat_map(|event| event.months)
                .filter(|month| *month > as_of)
                .collect()
        };
        Ok(EventReview {
            event: name.to_owned(),
            past,
            planned_factor,
            suggested_factor: suggested,
            adopted,
            coming: self.coming(name, &months, as_of)?,
            windows_by_calendar,
        })
    }

    /// The modules that an event touches, in its next month.
    fn coming(&self, name: &str, months: &BTreeSet<Month>, as_of: Month) -> Result<Vec<ComingEvent>, AppError> {
        let mut coming = Vec::new();
        let mut by_year: BTreeMap<i32, Vec<Month>> = BTreeMap::new();
        for month in months {
            by_year
                .entry(self.settings().fiscal.year_of(*month))
                .or_default()
                .push(*month);
        }
        for (year, months) in by_year {
            let shown = self.capacity_plan(&PlanRequest {
                year,
                as_of: Some(as_of),
                ..PlanRequest::default()
            })?;
            let (_, configuration) = self.configuration()?;
            let configuration = self.with_registers(configuration)?;
            let touched = |product: &str, month: Month| {
                configuration.events.iter().any(|event| {
                    event.is_named(name)
                        && event.months.contains(&month)
                        && (event.products.is_empty() || event.products.iter().any(|known| known == product))
                })
            };
            for module in &shown.review {
                for row in module.months.iter().filter(|row| months.contains(&row.month)) {
                    if !touched(&module.product, row.month) {
                        continue;
                    }
                    let planned = shown.plan.modules.iter().find(|planned| {
                        planned.product == module.product
                            && planned.module == module.module
                            && planned.unit == module.unit
                    });
                    let lead = planned.map_or(0, |planned| planned.lead_time_months);
                    let factor = planned
                        .and_then(|planned| planned.month(row.month))
                        .map_or(1.0, |m| m.event_factor);
                    let missing = row.needed.saturating_sub(row.standing);
                    let order_month = row.month.plus(-(lead as i32));
                    let late = late_until(order_month, lead as i32, Some(as_of));
                    coming.push(ComingEvent {
                        product: module.product.clone(),
                        module: module.module.clone(),
                        unit: module.unit.clone(),
                        month: row.month,
                        factor,
                        needed: row.needed,
                        needed_without: row.needed_without_events,
                        standing: row.standing,
                        missing,
                        order_month,
                        late_until: late.filter(|_| missing > 0),
                    });
                }
            }
        }
        Ok(coming)
    }

    /// What a release did to the work per driver unit of its module, `window` days on either side.
    ///
    /// # Errors
    /// When nobody knows the release.
    pub fn release_review(&self, id: &str, window: u32) -> Result<Vec<ReleaseReview>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let mut releases = self.releases()?;
        releases.retain(|release| visible.sees(&release.product));
        let mine: Vec<_> = releases.iter().filter(|release| release.release == id).collect();
        if mine.is_empty() {
            let known: Vec<&str> = releases.iter().map(|release| release.release.as_str()).collect();
            return Err(Refusal::new("refused-no-release")
                .with("id", id)
                .with(
                    "known",
                    if known.is_empty() {
                        "–".to_owned()
                    } else {
                        known.join(", ")
                    },
                )
                .into());
        }
        let (_, configuration) = self.configuration()?;
        let as_of = self.last_allocated_month()?;
        let mut reviews = Vec::new();
        for release in mine {
            let month = Month::of(release.date);
            let until = Month::of(release.date + chrono::Days::new(u64::from(window)))
                .min(as_of)
                .max(month);
            let usage = self.module_usage(&configuration.capacity, until, 2 + (until.since(month)))?;
            let of_release = usage.iter().filter(|((product, module), _)| {
                *product == release.product && (release.module.is_empty() || *module == release.module)
            });
            for ((product, module), measured) in of_release {
                reviews.push(ReleaseReview {
                    release: release.release.clone(),
                    date: release.date,
                    product: product.clone(),
                    module: module.clone(),
                    description: release.description.clone(),
                    effects: measured
                        .days
                        .iter()
                        .map(|(resource, days)| release_effect(resource, days, release.date, i64::from(window)))
                        .collect(),
                });
            }
        }
        Ok(reviews)
    }
}
