//! What machines did, added up by module and day; what drivers did, day by day.

use super::reference::texts;
use super::{App, AppError};
use chrono::{DateTime, NaiveDate};
use headroom_importers::Dataset;
use headroom_models::allocation::{Rule, Target, match_rules};
use headroom_models::capacity::{CapacityModel, UsageDay};
use headroom_models::ledger::{Column, Month, decimal_values};
use polars::prelude::*;
use std::collections::BTreeMap;

/// Product and module, or product and metric.
type OfProduct = (String, String);

/// Usage of the machines of modules.
pub(super) type ModuleUsage = BTreeMap<OfProduct, MeasuredModule>;

/// What the machines of a module did.
#[derive(Default)]
pub(super) struct MeasuredModule {
    /// Machines that are measured.
    pub machines: u64,
    /// Units that stand; where fewer machines are measured, usage is that of the measured ones times standing ÷ measured.
    pub standing: u64,
    /// Days by resource.
    pub days: BTreeMap<String, Vec<UsageDay>>,
}

/// The days of metrics.
pub(super) type DailyMetrics = BTreeMap<OfProduct, Vec<(NaiveDate, f64)>>;

/// Module, resource and time.
type Moment<'a> = (&'a OfProduct, &'a str, i64);

/// Module and resource.
type Measured<'a> = (&'a OfProduct, &'a str);

/// Columns of utilization and the resource that they measure.
const MEASURES: [(&str, &str); 6] = [
    ("cpu_percent", "cpu"),
    ("memory_percent", "memory"),
    ("disk_iops", "iops"),
    ("network_in_bytes_per_second", "network"),
    ("network_out_bytes_per_second", "network"),
    ("connections", "connections"),
];

impl App {
    /// The days of every business metric through a month, by product and metric.
    pub(super) fn daily_metrics(&self, through: Month) -> Result<DailyMetrics, AppError> {
        let Some(frame) = self.dataset(Dataset::BusinessMetrics)? else {
            return Ok(BTreeMap::new());
        };
        let dates = frame.column("date")?.date()?.physical().clone();
        let values = decimal_values(&frame, "value")?;
        let (products, metrics) = (texts(&frame, "product")?, texts(&frame, "metric")?);
        let mut days: BTreeMap<OfProduct, BTreeMap<NaiveDate, f64>> = BTreeMap::new();
        for (row, key) in products.into_iter().zip(metrics).enumerate() {
            let Some(day) = dates.get(row).and_then(NaiveDate::from_epoch_days) else {
                continue;
            };
            if Month::of(day) <= through {
                let value = values[row].unwrap_or_default().for_drawing();
                days.entry(key).or_default().insert(day, value);
            }
        }
        Ok(days
            .into_iter()
            .map(|(key, days)| (key, days.into_iter().collect()))
            .collect())
    }

    /// Product and module of measured machines, by the rules of a month.
    pub(super) fn modules_of_machines(
        &self,
        machines: &[String],
        month: Month,
    ) -> Result<BTreeMap<String, (String, String)>, AppError> {
        let (_, configuration) = self.configuration()?;
        let rules: Vec<&Rule> = configuration
            .rules
            .iter()
            .filter(|rule| rule.applies_in(month))
            .collect();
        let products = configuration.organization.modules_by_product();
        let mut modules = BTreeMap::new();
        let names = Series::new("machines".into(), machines);
        for files in self.charges_of(month)?.into_values() {
            let Some(charges) = self.store.scan(&files)? else {
                continue;
            };
            let measured = col(Column::ResourceId.name()).is_in(lit(names.clone()).implode(true), false);
            let frame = charges.filter(measured).collect()?;
            let ids = texts(&frame, Column::ResourceId.name())?;
            for (id, target) in ids.into_iter().zip(match_rules(&frame, &rules, &products, month)?) {
                if let Target::Product { product, module, .. } = target {
                    modules.insert(id, (product, module));
                }
            }
        }
        Ok(modules)
    }

    /// The peak of each day of every module's machines, by resource, in the measure of the capacity models, with the driver of
    /// the day; the last `back` months through `as_of`. Shares of a machine count with the limit of the module's unit; a module
    /// of which only some machines are measured counts as if the others did the same.
    pub(super) fn module_usage(
        &self,
        models: &[CapacityModel],
        as_of: Month,
        back: i32,
    ) -> Result<ModuleUsage, AppError> {
        let mut files = self.store.data_files(Dataset::Utilization)?;
        files.retain(|file| file.month <= as_of && file.month > as_of.plus(-back));
        let Some(samples) = self.store.scan(&files)? else {
            return Ok(ModuleUsage::new());
        };
        let frame = samples
            .unique_stable(Some(cols(["resource_id", "timestamp"])), UniqueKeepStrategy::Last)
            .collect()?;
        let machines = texts(&frame, "resource_id")?;
        let mut distinct = machines.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let modules = self.modules_of_machines(&distinct, as_of)?;
        let times = frame
            .column("timestamp")?
            .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?;
        let times = times.datetime()?.physical().clone();
        // Module, resource, time → sum over its machines. In and out are two directions: the larger one counts.
        let mut sums: BTreeMap<Moment<'_>, [f64; 2]> = BTreeMap::new();
        for (column, resource) in MEASURES {
            let Ok(values) = frame.column(column).and_then(|values| values.f64().cloned()) else {
                continue;
            };
            let direction = usize::from(column.contains("_out_"));
            for (row, machine) in machines.iter().enumerate() {
                if let (Some(module), Some(value), Some(time)) = (modules.get(machine), values.get(row), times.get(row))
                {
                    sums.entry((module, resource, time)).or_default()[direction] += value;
                }
            }
        }
        let daily = self.daily_metrics(as_of)?;
        let mut peaks: BTreeMap<Measured<'_>, BTreeMap<NaiveDate, f64>> = BTreeMap::new();
        for ((module, resource, time), sum) in sums {
            let Some(day) = DateTime::from_timestamp_millis(time).map(|time| time.date_naive()) else {
                continue;
            };
            let peak = peaks.entry((module, resource)).or_default().entry(day).or_default();
            *peak = peak.max(sum[0]).max(sum[1]);
        }
        let mut usage = ModuleUsage::new();
        for ((module, resource), days) in peaks {
            let Some(model) = models
                .iter()
                .find(|model| model.product == module.0 && model.module == module.1)
            else {
                continue;
            };
            let scale = match resource {
                "cpu" | "memory" => match model.limit.get(resource) {
                    Some(limit) => limit / 100.0,
                    None => continue,
                },
                "network" => 8.0 / 1e6,
                _ => 1.0,
            };
            let machines = modules.values().filter(|known| *known == module).count() as u64;
            let standing = model.inventory_at(as_of).max(machines);
            let scale = scale * standing as f64 / machines.max(1) as f64;
            let Some(drivers) = daily.get(&(model.product.clone(), model.driver.clone())) else {
                continue;
            };
            let drivers: BTreeMap<NaiveDate, f64> = drivers.iter().copied().collect();
            let days: Vec<UsageDay> = days
                .into_iter()
                .filter_map(|(day, peak)| {
                    Some(UsageDay {
                        day,
                        driver: *drivers.get(&day)?,
                        usage: peak * scale,
                    })
                })
                .collect();
            let measured = usage.entry(module.clone()).or_default();
            (measured.machines, measured.standing) = (machines, standing);
            measured.days.insert(resource.to_owned(), days);
        }
        Ok(usage)
    }
}
