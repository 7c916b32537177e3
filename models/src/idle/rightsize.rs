//! The next smaller shape, or the smaller number of equal machines, that still carries the load with headroom.

use super::collect::Usages;
use super::{Metric, Statistic};
use crate::ledger::Money;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a unit of the price book is made of. `[[shape]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineShape {
    /// Unit of the price book.
    pub unit: String,
    /// Shapes of one family replace each other.
    pub family: String,
    /// vCPUs.
    pub vcpus: f64,
    /// Memory in GiB.
    pub memory_gib: f64,
    /// What bills and registers call it: SKU, instance type, server model.
    #[serde(default)]
    pub skus: Vec<String>,
}

impl MachineShape {
    /// True when a bill or register that says `word` means this shape.
    pub fn is_called(&self, word: &str) -> bool {
        !word.is_empty() && (self.unit == word || self.skus.iter().any(|sku| sku == word))
    }
}

/// How sizes are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SizingRule {
    /// Percentile of CPU and memory that must be carried, in tenths of a percent.
    pub percentile_tenths: u16,
    /// Share of the new shape that stays free at that percentile, in percent.
    pub headroom_percent: f64,
    /// Days looked at.
    pub window_days: u32,
}

impl Default for SizingRule {
    /// P99.5 with 20 % headroom over 14 days: the default of AWS Compute Optimizer.
    fn default() -> Self {
        SizingRule {
            percentile_tenths: 995,
            headroom_percent: 20.0,
            window_days: 14,
        }
    }
}

/// What could go wrong with a smaller shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SizingRisk {
    /// Even the highest sample fits, and memory was measured.
    Low,
    /// Memory was not measured: the new shape has at least as much.
    MemoryUnmeasured,
    /// The highest samples would need more CPU than the new shape has: they would take longer.
    PeaksCut,
}

impl SizingRisk {
    /// The word of JSON and of the keys of words.
    pub const fn as_str(self) -> &'static str {
        match self {
            SizingRisk::Low => "low",
            SizingRisk::MemoryUnmeasured => "memory-unmeasured",
            SizingRisk::PeaksCut => "peaks-cut",
        }
    }
}

/// A smaller shape for a resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resize {
    /// The resource.
    pub resource_id: String,
    /// Unit that it is.
    pub from: String,
    /// Unit that suffices.
    pub to: String,
    /// CPU at the percentile, in percent of the present shape.
    pub cpu_percent: f64,
    /// Memory at the percentile, in percent of the present shape.
    pub memory_percent: Option<f64>,
    /// CPU at the percentile, in percent of the new shape.
    pub new_cpu_percent: f64,
    /// Memory at the percentile, in percent of the new shape.
    pub new_memory_percent: Option<f64>,
    /// Highest sample, in percent of the new shape.
    pub new_cpu_max_percent: f64,
    /// Price of a month now, by the price book, in the reporting currency.
    pub price: Money,
    /// Price of the new shape.
    pub new_price: Money,
    /// The difference.
    pub monthly_saving: Money,
    /// What could go wrong.
    pub risk: SizingRisk,
}

/// Smaller shapes of the same family that carry the percentile with headroom, the cheapest for each resource.
///
/// `shape_of` names the unit of a resource, `price` the price of a unit and month in the reporting currency. Resources with
/// gaps of more than a fifth of the hours are left alone.
pub fn resizes(
    usages: &Usages<'_>,
    shapes: &[MachineShape],
    shape_of: &BTreeMap<String, String>,
    price: &dyn Fn(&str) -> Option<Money>,
    rule: &SizingRule,
) -> Vec<Resize> {
    let mut found = Vec::new();
    for (resource, usage) in &usages.resources {
        let own = shape_of
            .get(resource)
            .and_then(|unit| shapes.iter().find(|shape| shape.unit == *unit));
        let Some(own) = own else { continue };
        let Some(own_price) = price(&own.unit) else { continue };
        let hours = |metric| {
            let hours = usages.hours(usage, metric)?;
            let total = usages.plan.hours;
            let seen = hours.since(total - (rule.window_days * 24).min(total)).count();
            (seen as f64 >= 0.8 * f64::from(rule.window_days) * 24.0).then_some(())
        };
        if hours(Metric::CpuPercent).is_none() {
            continue;
        }
        let week = [false; 168];
        let at = |metric| {
            usages
                .percentile(usage, metric, rule.window_days, &week, rule.percentile_tenths, None)
                .map(|(value, _)| value)
        };
        let Some(cpu) = at(Metric::CpuPercent) else { continue };
        let max = usages
            .window(usage, Metric::CpuPercent, rule.window_days, &week)
            .map_or(cpu, |window| window.max);
        let memory = hours(Metric::MemoryPercent).and_then(|()| at(Metric::MemoryPercent));
        let usable = 100.0 - rule.headroom_percent;
        let fits = |shape: &&MachineShape| {
            let cpu_fits = cpu * own.vcpus / shape.vcpus <= usable;
            let memory_fits = match memory {
                Some(memory) => memory * own.memory_gib / shape.memory_gib <= usable,
                None => shape.memory_gib >= own.memory_gib,
            };
            shape.family == own.family && shape.unit != own.unit && cpu_fits && memory_fits
        };
        let cheapest = shapes
            .iter()
            .filter(fits)
            .filter_map(|shape| Some((price(&shape.unit)?, shape)))
            .filter(|(new, _)| *new < own_price)
            .min_by(|a, b| (a.0, &a.1.unit).cmp(&(b.0, &b.1.unit)));
        let Some((new_price, new)) = cheapest else { continue };
        let new_max = max * own.vcpus / new.vcpus;
        found.push(Resize {
            resource_id: resource.clone(),
            from: own.unit.clone(),
            to: new.unit.clone(),
            cpu_percent: cpu,
            memory_percent: memory,
            new_cpu_percent: cpu * own.vcpus / new.vcpus,
            new_memory_percent: memory.map(|memory| memory * own.memory_gib / new.memory_gib),
            new_cpu_max_percent: new_max,
            price: own_price,
            new_price,
            monthly_saving: own_price - new_price,
            risk: if new_max > 100.0 {
                SizingRisk::PeaksCut
            } else if memory.is_none() {
                SizingRisk::MemoryUnmeasured
            } else {
                SizingRisk::Low
            },
        });
    }
    found
}

/// Machines that share the load of a module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MachineGroup {
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Ids of its machines with what each costs in a month and its vCPUs, where known.
    pub machines: BTreeMap<String, (Money, Option<f64>)>,
}

impl MachineGroup {
    /// vCPUs of one machine, when all have the same; nothing when nobody stated them.
    fn vcpus(&self) -> Option<f64> {
        let mut each = self.machines.values().map(|(_, vcpus)| *vcpus);
        let first = each.next()??;
        each.all(|other| other == Some(first)).then_some(first)
    }
}

/// Fewer machines for a module.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recount {
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Machines with samples.
    pub machines: usize,
    /// Machines that carry the percentile with headroom and the highest hour without, and one in reserve.
    pub needed: usize,
    /// Load at the percentile in machines.
    pub load: f64,
    /// Highest hour in machines.
    pub peak: f64,
    /// Cost of the cheapest machines that are not needed.
    pub monthly_saving: Money,
    /// Machines of the module that sent no samples: their load is not known.
    pub unmeasured: usize,
}

/// The load of a group hour by hour, in machines; hours in which less than four fifths of the measured machines reported are
/// left out, the others filled up in proportion.
fn load(usages: &Usages<'_>, group: &MachineGroup, metric: Metric, days: u32) -> (BTreeMap<u32, f64>, usize) {
    let total = usages.plan.hours;
    let from = total - (days * 24).min(total);
    let mut hours: BTreeMap<u32, (f64, usize)> = BTreeMap::new();
    let mut measured = 0;
    for machine in group.machines.keys() {
        let Some(series) = usages
            .resources
            .get(machine)
            .and_then(|usage| usages.hours(usage, metric))
        else {
            continue;
        };
        measured += 1;
        for (hour, cell) in series.since(from) {
            let sum = hours.entry(hour).or_default();
            sum.0 += cell.mean() / 100.0;
            sum.1 += 1;
        }
    }
    let enough = |count: usize| count * 5 >= measured * 4;
    let filled = hours
        .into_iter()
        .filter(|(_, (_, count))| enough(*count))
        .map(|(hour, (sum, count))| (hour, sum * measured as f64 / count as f64));
    (filled.collect(), measured)
}

fn at_percentile(values: impl Iterator<Item = f64>, tenths: u16) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
        .get(Statistic::rank(tenths, values.len() as u64) as usize - 1)
        .copied()
}

/// Modules that need fewer of their machines.
pub fn recounts(usages: &Usages<'_>, groups: &[MachineGroup], rule: &SizingRule) -> Vec<Recount> {
    let mut found = Vec::new();
    let usable = 1.0 - rule.headroom_percent / 100.0;
    for group in groups.iter().filter(|group| group.machines.len() > 1) {
        let (hours, measured) = load(usages, group, Metric::CpuPercent, rule.window_days);
        if measured < 2 || (hours.len() as f64) < 0.8 * f64::from(rule.window_days) * 24.0 {
            continue;
        }
        let peak = hours.values().copied().fold(0.0, f64::max);
        let Some(at) = at_percentile(hours.values().copied(), rule.percentile_tenths) else {
            continue;
        };
        let memory = load(usages, group, Metric::MemoryPercent, rule.window_days).0;
        let memory = at_percentile(memory.values().copied(), rule.percentile_tenths);
        let carried = [Some(at), memory]
            .into_iter()
            .flatten()
            .map(|load| (load / usable).ceil());
        let needed = carried.fold(peak.ceil(), f64::max) as usize + 1;
        if needed >= measured {
            continue;
        }
        let mut costs: Vec<Money> = group
            .machines
            .iter()
            .filter(|(machine, _)| usages.resources.contains_key(*machine))
            .map(|(_, (cost, _))| *cost)
            .collect();
        costs.sort_unstable();
        found.push(Recount {
            product: group.product.clone(),
            module: group.module.clone(),
            machines: measured,
            needed,
            load: at,
            peak,
            monthly_saving: costs.into_iter().take(measured - needed).sum(),
            unmeasured: group.machines.len() - measured,
        });
    }
    found
}

/// Two modules whose peaks do not overlap, on common machines (混部).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// Product and module of the one.
    pub first: (String, String),
    /// Product and module of the other.
    pub second: (String, String),
    /// Machines that each needs alone, by its highest hour with headroom.
    pub apart: (usize, usize),
    /// Machines that both need together.
    pub together: usize,
    /// Machines saved.
    pub saved: usize,
    /// Highest hour of both together, in machines.
    pub combined_peak: f64,
    /// That peak over the machines together: at most 1 − headroom.
    pub combined_utilization: f64,
    /// Memory of both together over the machines together, at the highest hour; nothing when not measured.
    pub combined_memory: Option<f64>,
    /// What the saved machines cost in a month: the cheapest of both.
    pub monthly_saving: Money,
}

/// Pairs of modules that need fewer machines together than apart because their peaks do not overlap, largest saving first.
///
/// Both must have machines of the same size (or of a size that nobody stated). The combined peak is that of the very same
/// hours, not of averages, and must fit with headroom; so must memory, where it is measured.
pub fn pairs(usages: &Usages<'_>, groups: &[MachineGroup], rule: &SizingRule) -> Vec<Pair> {
    let usable = 1.0 - rule.headroom_percent / 100.0;
    let peak = |hours: &BTreeMap<u32, f64>| hours.values().copied().fold(0.0, f64::max);
    let loads: Vec<_> = groups
        .iter()
        .filter_map(|group| {
            let (hours, measured) = load(usages, group, Metric::CpuPercent, rule.window_days);
            let (memory, _) = load(usages, group, Metric::MemoryPercent, rule.window_days);
            let enough = measured > 0 && hours.len() as f64 >= 0.8 * f64::from(rule.window_days) * 24.0;
            enough.then_some((group, hours, memory, measured))
        })
        .collect();
    let mut found = Vec::new();
    for (at, (one, first, one_memory, one_count)) in loads.iter().enumerate() {
        for (other, second, other_memory, other_count) in &loads[at + 1..] {
            if one.vcpus() != other.vcpus() {
                continue;
            }
            let (one_peak, other_peak) = (peak(first), peak(second));
            let overlap = first.iter().any(|(hour, load)| {
                let beside = second.get(hour).copied().unwrap_or(0.0);
                *load >= 0.8 * one_peak && beside >= 0.8 * other_peak
            });
            let added = |a: &BTreeMap<u32, f64>, b: &BTreeMap<u32, f64>| {
                let common = a.iter().filter_map(|(hour, load)| Some(load + b.get(hour)?));
                common.fold(0.0, f64::max)
            };
            let combined = added(first, second);
            let machines = |load: f64| ((load / usable).ceil() as usize).max(1);
            let apart = (
                machines(one_peak).min(*one_count),
                machines(other_peak).min(*other_count),
            );
            let memory = (!one_memory.is_empty() && !other_memory.is_empty()).then(|| added(one_memory, other_memory));
            let together = machines(combined).max(memory.map_or(1, machines));
            let saved = (apart.0 + apart.1).saturating_sub(together);
            if overlap || saved == 0 {
                continue;
            }
            let mut costs: Vec<Money> = one
                .machines
                .values()
                .chain(other.machines.values())
                .map(|(cost, _)| *cost)
                .collect();
            costs.sort_unstable();
            found.push(Pair {
                first: (one.product.clone(), one.module.clone()),
                second: (other.product.clone(), other.module.clone()),
                apart,
                together,
                saved,
                combined_peak: combined,
                combined_utilization: combined / together as f64,
                combined_memory: memory.map(|memory| memory / together as f64),
                monthly_saving: costs.into_iter().take(saved).sum(),
            });
        }
    }
    found.sort_by(|a, b| (b.monthly_saving, &a.first, &a.second).cmp(&(a.monthly_saving, &b.first, &b.second)));
    found
}
