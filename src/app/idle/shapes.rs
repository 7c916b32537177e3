//! Profiles, shutdown windows, smaller shapes and counts, and pairs of modules, with the money from bills and price book.

use super::super::{App, AppError};
use super::ResourceFacts;
use super::samples::Samples;
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::capacity::{Acquisition, price_at};
use headroom_models::idle::{
    MachineGroup, Metric, Pair, Profile, Recount, Resize, ResourceKind, Schedule, SizingRule, UsagePlan, pairs,
    profiles, recounts, resizes, schedules,
};
use headroom_models::ledger::{Money, Month, Ratio};
use polars::prelude::{col, lit};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A shutdown window with its saving.
#[derive(Clone, Debug, Serialize)]
pub struct ScheduleShown {
    /// The window.
    #[serde(flatten)]
    pub schedule: Schedule,
    /// Product of the resource.
    pub product: String,
    /// What it costs in a month.
    pub monthly_cost: Option<Money>,
    /// Its share for the hours that it could be off.
    pub monthly_saving: Option<Money>,
}

/// The shapes of what resources do, and what follows from them.
#[derive(Clone, Debug, Serialize)]
pub struct ShapesShown {
    /// Month of the costs.
    pub cost_month: Option<Month>,
    /// Currency of the amounts.
    pub currency: String,
    /// Hours that the calendar of the profiles is ahead of UTC.
    pub utc_offset_hours: i32,
    /// How sizes are chosen.
    pub rule: SizingRule,
    /// One per machine.
    pub profiles: Vec<Profile>,
    /// Product of each resource.
    pub products: BTreeMap<String, String>,
    /// Machines that could be off for hours of the week.
    pub schedules: Vec<ScheduleShown>,
    /// Machines that a smaller shape would carry.
    pub resizes: Vec<Resize>,
    /// Modules that need fewer machines.
    pub recounts: Vec<Recount>,
    /// Modules that fit onto common machines.
    pub pairs: Vec<Pair>,
}

impl App {
    /// The profile of the machine of a finding; nothing when it was never measured. Reads the samples of that machine alone.
    ///
    /// # Errors
    /// When there is no such finding for whoever asks, or a file cannot be read.
    pub fn idle_profile(&self, finding: &str) -> Result<Option<Profile>, AppError> {
        let resource = self.idle_case(finding)?.case.resource;
        let samples = match self.samples(None) {
            Err(AppError::Refused(_)) => return Ok(None),
            samples => samples?,
        };
        let Some(span) = samples.span()? else { return Ok(None) };
        let of_it = samples.lazy().filter(col("resource_id").eq(lit(resource))).collect()?;
        let plan = UsagePlan::new(&[], &[Metric::CpuPercent], span);
        let usages = Samples::Frame(of_it).collect(&plan)?;
        Ok(profiles(&usages, self.hours_ahead()).pop())
    }

    /// Hours that the company's day is ahead of UTC, as its currency suggests.
    fn hours_ahead(&self) -> i32 {
        if self.settings().currency == "CNY" { 8 } else { 0 }
    }

    /// Profiles of the machines with samples, and what follows: shutdown windows, smaller shapes, fewer machines, pairs.
    ///
    /// # Errors
    /// When there are no samples, or a file cannot be read.
    pub fn idle_shapes(&self, input: Option<&Path>, utc_offset_hours: Option<i32>) -> Result<ShapesShown, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let (_, configuration) = self.configuration()?;
        let configuration = self.with_registers(configuration)?;
        let samples = match input {
            Some(path) => App::samples_of_file(path)?,
            None => self.samples(None)?,
        };
        let rates = self.rates()?;
        let cost_month = match self.runs()?.last() {
            Some(run) => Some(run.month),
            None => self.ledger_months()?.into_iter().next_back(),
        };
        let about = match cost_month {
            Some(month) => self.month_facts(month, &rates)?.resources,
            None => BTreeMap::new(),
        };
        let span = samples.span()?.ok_or_else(|| Refusal::new("refused-no-utilization"))?;
        let rule = SizingRule::default();
        let wanted = [Metric::CpuPercent, Metric::MemoryPercent, Metric::NetworkBytesPerSecond];
        let plan = UsagePlan::new(&[], &wanted, span)
            .with_percentiles(Metric::CpuPercent, rule.window_days)
            .with_percentiles(Metric::MemoryPercent, rule.window_days);
        let usages = samples.collect(&plan)?;
        let currency = self.settings().currency.clone();
        let offset = utc_offset_hours.unwrap_or_else(|| self.hours_ahead());
        let kind_of = |resource: &str| {
            let kind = about.get(resource).map(|facts| facts.kind);
            // Samples without a bill are taken for cloud instances: nothing says that they are owned.
            kind.filter(|kind| *kind != ResourceKind::Other)
                .unwrap_or(ResourceKind::VirtualMachine)
        };
        let week = Money::whole(168);
        let scheduled: Vec<ScheduleShown> = schedules(&usages, &kind_of, offset)
            .into_iter()
            .map(|schedule| {
                let facts = about.get(&schedule.resource_id);
                let off = Ratio::new(Money::whole(i64::from(schedule.hours_per_week)), week);
                ScheduleShown {
                    product: facts.map(|facts| facts.product.clone()).unwrap_or_default(),
                    monthly_cost: facts.map(|facts| facts.cost),
                    monthly_saving: facts.map(|facts| facts.cost.scale_by(&off).round(2)),
                    schedule,
                }
            })
            .collect();
        let shapes = &configuration.shapes;
        let called = |facts: &ResourceFacts| {
            shapes
                .iter()
                .find(|shape| facts.shapes.iter().any(|word| shape.is_called(word)))
                .map(|shape| (shape.unit.clone(), shape.vcpus))
        };
        let shape_of = about
            .iter()
            .filter_map(|(resource, facts)| Some((resource.clone(), called(facts)?.0)))
            .collect();
        let price = |unit: &str| {
            let month = cost_month?;
            let known = configuration.units.iter().find(|known| known.id == unit)?;
            // A bought machine costs the same whether it is large enough or too large.
            if known.acquisition != Acquisition::Rent {
                return None;
            }
            let price = price_at(&configuration.prices, unit, month)?;
            Some(price.amount.multiply(rates.rate(&price.currency, month)?))
        };
        let mut groups: BTreeMap<(String, String), MachineGroup> = BTreeMap::new();
        for (resource, facts) in about
            .iter()
            .filter(|(_, facts)| facts.kind.is_machine() && !facts.module.is_empty())
        {
            let group = groups.entry((facts.product.clone(), facts.module.clone())).or_default();
            group.product.clone_from(&facts.product);
            group.module.clone_from(&facts.module);
            group
                .machines
                .insert(resource.clone(), (facts.cost, called(facts).map(|(_, vcpus)| vcpus)));
        }
        groups.retain(|(product, _), _| visible.sees(product));
        let groups: Vec<MachineGroup> = groups.into_values().collect();
        let sees = |resource: &str| visible.sees(about.get(resource).map_or("", |facts| facts.product.as_str()));
        Ok(ShapesShown {
            cost_month,
            currency,
            utc_offset_hours: offset,
            rule,
            profiles: profiles(&usages, offset)
                .into_iter()
                .filter(|profile| sees(&profile.resource_id))
                .collect(),
            products: about
                .iter()
                .filter(|(_, facts)| visible.sees(&facts.product))
                .map(|(resource, facts)| (resource.clone(), facts.product.clone()))
                .collect(),
            schedules: scheduled
                .into_iter()
                .filter(|found: &ScheduleShown| sees(&found.schedule.resource_id))
                .collect(),
            resizes: resizes(&usages, shapes, &shape_of, &price, &rule)
                .into_iter()
                .filter(|resize| sees(&resize.resource_id))
                .collect(),
            recounts: recounts(&usages, &groups, &rule),
            pairs: pairs(&usages, &groups, &rule),
        })
    }
}
