//! Capacity plans, the year in review, days until a limit.

use super::planning::Planning;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use chrono::{Days, NaiveDate};
use headroom_models::calendar::Calendar;
use headroom_models::capacity::{
    CapacityModel, CapacityPlan, DailyLoad, DriverStatistic, External, Facility, LoadTest, Mix, ModelError,
    ModuleMonth, ModulePlan, ModuleReview, PlanMoney, Reservation, Scenario, TermsChoice, TwoTracks, Unit, daily_loads,
    driver_limit, event_factor, overlapping_events, plan, plan_as_it_went, review, standing_units, two_tracks,
};
use headroom_models::forecast::{Confidence, DriverRow, Series, calendar_events, forecast_by_events};
use headroom_models::language::Name;
use headroom_models::ledger::{Month, MonthRange};
use headroom_models::organization::Organization;
use serde::Serialize;
use std::collections::BTreeMap;

/// What plan is asked for.
#[derive(Clone, Debug, Default)]
pub struct PlanRequest {
    /// Fiscal year.
    pub year: i32,
    /// Last month whose figures are used.
    pub as_of: Option<Month>,
    /// Scenario instead of the plan itself.
    pub scenario: Option<String>,
    /// Percentile of the need that is bought.
    pub percentile: Option<u32>,
    /// Samples of the simulation.
    pub samples: Option<u32>,
    /// Seed of the simulation.
    pub seed: Option<u64>,
    /// How units are paid for, for all modules, whatever the configuration says.
    pub terms: Option<TermsChoice>,
}

/// A plan with everything that a reader asks next.
#[derive(Clone, Debug, Serialize)]
pub struct PlanShown {
    /// Fiscal year.
    pub year: i32,
    /// Last month whose figures were used.
    pub as_of: Month,
    /// Currency of all amounts.
    pub currency: String,
    /// The scenario; nothing for the plan itself.
    pub scenario: Option<Scenario>,
    /// The plan.
    pub plan: CapacityPlan,
    /// Rented units that have to be had in addition, by month of order.
    pub reservations: Vec<Reservation>,
    /// Money by module and month.
    #[serde(skip)]
    pub money: BTreeMap<(String, String), BTreeMap<Month, PlanMoney>>,
    /// The cheapest terms of each module.
    pub mixes: Vec<Mix>,
    /// What stands without buying against what is needed.
    pub review: Vec<ModuleReview>,
    /// The drivers with target, forecast and choice side by side.
    pub drivers: Vec<DriverRow>,
    /// The load-test model beside the history.
    pub tracks: Vec<TwoTracks>,
    /// Events that touch the same month of a product.
    pub overlaps: Vec<ModelError>,
    /// Load tests that the plan could look at.
    pub load_tests: Vec<LoadTest>,
    /// The company.
    #[serde(skip)]
    pub company: Name,
    /// Departments, products and modules.
    #[serde(skip)]
    pub organization: Organization,
    /// What racks and switches hold.
    #[serde(skip)]
    pub facility: Option<Facility>,
    /// Services of others.
    #[serde(skip)]
    pub externals: Vec<External>,
    /// Units by id.
    #[serde(skip)]
    pub units: Vec<Unit>,
    /// Months.
    #[serde(skip)]
    pub months: MonthRange,
}

impl PlanShown {
    /// When to order what a month of a module needs more: the plan's purchases, or rented units.
    pub fn order_month(&self, module: &ModulePlan, month: &ModuleMonth) -> Option<Month> {
        let mut rented = self.reservations.iter().filter(|reserved| {
            (&reserved.product, &reserved.module, &reserved.unit) == (&module.product, &module.module, &module.unit)
        });
        let rented = rented.find(|reserved| reserved.from == month.month);
        month.order_month.or(rented.map(|reserved| reserved.order_month))
    }
}

/// When a module reaches its limit.
#[derive(Clone, Debug, Serialize)]
pub struct DaysLeft {
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Driver.
    pub driver: String,
    /// Units that stand.
    pub standing: u64,
    /// Driver value that they carry at target utilization, redundancy kept.
    pub limit: Option<f64>,
    /// The driver's last measured value (28-day mean for models sized by the mean).
    pub now: f64,
    /// Days until the forecast passes the limit; nothing within a year.
    pub days: Option<u64>,
    /// The day.
    pub date: Option<NaiveDate>,
    /// Days until the upper end of the 80 % interval passes it.
    pub earliest_days: Option<u64>,
    /// Day by which to order: the lead time before the date.
    pub order_by: Option<NaiveDate>,
    /// True when that day is not after the last measured one: it has passed.
    pub late: bool,
    /// How far to rely on the forecast.
    pub confidence: Confidence,
    /// True when the forecast follows the company's calendar into days off that are not published yet.
    pub provisional: bool,
}

/// Days that are looked ahead.
const AHEAD: usize = 365;

impl App {
    fn scenario(planning: &Planning, id: &str) -> Result<Scenario, AppError> {
        let scenarios = &planning.configuration.scenarios;
        let known: Vec<&str> = scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
        let found = scenarios.iter().find(|scenario| scenario.id == id).cloned();
        Ok(found.ok_or_else(|| {
            Refusal::new("refused-no-scenario")
                .with("id", id)
                .with("known", known.join(", "))
        })?)
    }

    /// The scenarios of the configuration.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn scenario_ids(&self) -> Result<Vec<String>, AppError> {
        self.require_somewhere(Permission::Read)?;
        Ok(self
            .configuration()?
            .1
            .scenarios
            .into_iter()
            .map(|scenario| scenario.id)
            .collect())
    }

    /// The capacity plan of a fiscal year.
    ///
    /// # Errors
    /// When nothing is applied or allocated, or there is no such scenario.
    pub fn capacity_plan(&self, request: &PlanRequest) -> Result<PlanShown, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let as_of = self.as_of(request.year, request.as_of)?;
        let months = self.fiscal_months(request.year);
        let asked = |planning: &mut Planning| {
            if request.percentile.is_some() || request.samples.is_some() || request.seed.is_some() {
                let risk = planning.surroundings.risk.get_or_insert_default();
                risk.percentile = request.percentile.or(risk.percentile);
                risk.samples = request.samples.unwrap_or(risk.samples).clamp(1, 100_000);
                risk.seed = request.seed.unwrap_or(risk.seed);
            }
        };
        let mut planning = Planning::load(self, months, as_of, None)?;
        planning.keep(&visible);
        asked(&mut planning);
        if let Some(terms) = request.terms {
            planning.surroundings.terms = terms;
            for model in &mut planning.configuration.capacity {
                model.terms = None;
            }
        }
        if planning.surroundings.risk.is_some() {
            self.add_intervals(&mut planning, months, as_of)?;
        }
        let scenario = match &request.scenario {
            Some(id) => Some(Self::scenario(&planning, id)?),
            None => None,
        };
        if let Some(scenario) = &scenario {
            planning.under(scenario);
            if planning.surroundings.risk.is_some() {
                self.add_intervals(&mut planning, months, as_of)?;
            }
        }
        let rate = |currency: &str, month: Month| planning.rates.rate_known_at(currency, month, as_of);
        let inputs = planning.inputs(months, as_of, &rate);
        let made = plan(&inputs.plan_inputs(months, Some(as_of)));
        let configuration = &planning.configuration;
        let mixes = made.modules.iter().filter_map(|module| module.mix.clone()).collect();
        Ok(PlanShown {
            year: request.year,
            as_of,
            currency: self.settings().currency.clone(),
            scenario,
            money: made.money(months),
            reservations: made.reservations(Some(as_of)),
            mixes,
            review: review(
                &made,
                &configuration.capacity,
                months,
                as_of,
                &planning.surroundings.on_order,
            ),
            drivers: self.drivers(request.year, Some(as_of))?.0,
            tracks: self.tracks(&configuration.capacity, as_of)?,
            overlaps: overlapping_events(&configuration.events)
                .into_iter()
                .filter(|found| matches!(found, ModelError::EventsOverlap { month, .. } if months.contains(*month)))
                .collect(),
            load_tests: self
                .load_tests()?
                .into_iter()
                .filter(|test| visible.sees(&test.product))
                .collect(),
            company: configuration
                .organization
                .company
                .as_ref()
                .map_or("".into(), |company| company.name.clone()),
            units: configuration.units.clone(),
            organization: configuration.organization.clone(),
            externals: planning.surroundings.externals.clone(),
            facility: planning.surroundings.facility,
            months,
            plan: made,
        })
    }

    /// The year against what stands without buying: closed months as they went, open ones by their targets.
    ///
    /// # Errors
    /// When nothing is applied or allocated.
    pub fn capacity_review(&self, year: i32, as_of: Option<Month>) -> Result<(Vec<ModuleReview>, Month), AppError> {
        self.require_somewhere(Permission::Read)?;
        let last = self.last_allocated_month()?;
        let as_of = as_of.map_or(last, |asked| asked.min(last));
        let months = self.fiscal_months(year);
        let mut planning = Planning::load(self, months, as_of, None)?;
        planning.keep(&self.visible()?);
        let rate = |currency: &str, month: Month| planning.rates.rate_known_at(currency, month, as_of);
        let inputs = planning.inputs(months, as_of, &rate);
        let made = plan_as_it_went(&inputs.plan_inputs(months, Some(as_of)), &planning.metrics.drivers);
        let models = &planning.configuration.capacity;
        Ok((
            review(&made, models, months, as_of, &planning.surroundings.on_order),
            as_of,
        ))
    }

    /// Both tracks of every module whose machines are measured.
    fn tracks(&self, models: &[CapacityModel], as_of: Month) -> Result<Vec<TwoTracks>, AppError> {
        let usage = self.module_usage(models, as_of, 3)?;
        let tracks = models
            .iter()
            .filter(|model| !model.driver.is_empty())
            .flat_map(|model| {
                let of_module = usage.get(&(model.product.clone(), model.module.clone()));
                of_module.into_iter().flat_map(move |measured| {
                    measured.days.iter().filter_map(move |(resource, days)| {
                        let mut tracks = two_tracks(model, resource, days.clone())?;
                        tracks.machines = Some((measured.machines, measured.standing));
                        Some(tracks)
                    })
                })
            });
        Ok(tracks.collect())
    }

    /// Days until each module reaches the limit of what stands.
    ///
    /// # Errors
    /// When nothing is applied or allocated.
    pub fn days_left(&self, as_of: Option<Month>) -> Result<(Vec<DaysLeft>, Month), AppError> {
        self.require_somewhere(Permission::Read)?;
        let last = self.last_allocated_month()?;
        let as_of = as_of.map_or(last, |asked| asked.min(last));
        let next = MonthRange {
            first: as_of.plus(1),
            last: as_of.plus(1),
        };
        let mut planning = Planning::load(self, next, as_of, None)?;
        planning.keep(&self.visible()?);
        let daily = self.daily_metrics(as_of)?;
        let mut rows = Vec::new();
        let models: Vec<&CapacityModel> = planning
            .configuration
            .capacity
            .iter()
            .filter(|model| model.check().is_empty())
            .collect();
        let measured = |model: &CapacityModel| daily.get(&(model.product.clone(), model.driver.clone())).cloned();
        let loads = daily_loads(&models, &planning.surroundings.externals, &measured);
        for (model, load) in models.into_iter().zip(loads) {
            let Some(load) = load else {
                continue;
            };
            let on_order = &planning.surroundings.on_order;
            let standing = standing_units(model, next, as_of, on_order)
                .into_values()
                .next()
                .unwrap_or(0);
            let company = planning.configuration.organization.company.as_ref();
            let calendar = company.and_then(|company| company.calendar);
            rows.push(until_limit(
                model,
                standing,
                &load,
                &planning.configuration.events,
                calendar,
            ));
        }
        rows.sort_by_key(|row| {
            (
                row.days.unwrap_or(u64::MAX),
                row.earliest_days.unwrap_or(u64::MAX),
                row.product.clone(),
            )
        });
        Ok((rows, as_of))
    }
}

/// Looks a year ahead for the day on which the driver passes what `standing` units carry.
fn until_limit(
    model: &CapacityModel,
    standing: u64,
    load: &DailyLoad,
    events: &[headroom_models::capacity::Event],
    calendar: Option<Calendar>,
) -> DaysLeft {
    let days = &load.days;
    let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else {
        return nothing_known(model, standing, &load.driver);
    };
    let mut values = vec![None; (*last - *first).num_days() as usize + 1];
    for (day, value) in days {
        values[(*day - *first).num_days() as usize] = Some(*value);
    }
    let smooth = model.driver_statistic == DriverStatistic::Mean;
    let series = Series::daily(&load.driver, *first, values);
    let festivals = match calendar {
        Some(Calendar::Cn) => calendar_events(&series),
        None => Vec::new(),
    };
    let Some(made) = forecast_by_events(&series, &festivals, &[7, 365], AHEAD) else {
        return nothing_known(model, standing, &load.driver);
    };
    let recent =
        |back: usize| days.iter().rev().take(back).map(|(_, value)| *value).sum::<f64>() / back.min(days.len()) as f64;
    let limit = driver_limit(model, standing, 1.0);
    let day_of = |at: usize| last.checked_add_days(Days::new(at as u64 + 1));
    // In the months of an event of the configuration its factor lifts the driver, elsewhere what the festival itself did before.
    let step = |at: usize| {
        let lifted = day_of(at).is_some_and(|day| event_factor(events, &model.product, Month::of(day)) != 1.0);
        if lifted {
            made.before_events[at]
        } else {
            made.forecast.steps[at]
        }
    };
    let passes = |pick: &dyn Fn(usize) -> f64| {
        (0..AHEAD).find(|&at| {
            let Some(day) = day_of(at) else { return false };
            let factor = event_factor(events, &model.product, Month::of(day));
            // A model sized by the mean of its month looks at the four weeks up to the day, measured ones included.
            let value = if smooth {
                let from = at.saturating_sub(27);
                let measured = days
                    .iter()
                    .rev()
                    .take(27_usize.saturating_sub(at))
                    .map(|(_, value)| *value);
                let all: Vec<f64> = (from..=at).map(pick).chain(measured).collect();
                all.iter().sum::<f64>() / all.len() as f64
            } else {
                pick(at)
            };
            limit.is_none_or(|limit| value * factor > limit)
        })
    };
    let likely = passes(&|at| step(at).value);
    let earliest = passes(&|at| step(at).high80);
    let looked_at = likely.unwrap_or(AHEAD);
    let date = likely.and_then(day_of);
    let order_by = date.and_then(|date| date.checked_sub_months(chrono::Months::new(model.lead_time_months)));
    DaysLeft {
        product: model.product.clone(),
        module: model.module.clone(),
        driver: load.driver.clone(),
        standing,
        limit,
        now: if smooth { recent(28) } else { recent(1) },
        days: likely.map(|at| at as u64 + 1),
        date,
        earliest_days: earliest.map(|at| at as u64 + 1),
        order_by,
        late: order_by.is_some_and(|order_by| order_by <= *last),
        confidence: made.forecast.confidence,
        provisional: made.forecast.provisional.iter().any(|at| *at <= looked_at),
    }
}

fn nothing_known(model: &CapacityModel, standing: u64, driver: &str) -> DaysLeft {
    DaysLeft {
        product: model.product.clone(),
        module: model.module.clone(),
        driver: driver.to_owned(),
        standing,
        limit: driver_limit(model, standing, 1.0),
        now: 0.0,
        days: None,
        date: None,
        earliest_days: None,
        order_by: None,
        late: false,
        confidence: Confidence::Low,
        provisional: false,
    }
}
