//! What every module needs in every month, before anybody looks at what is there.

use super::chain::Chain;
use super::interval::Interval;
use super::plan::ExternalMonth;
use super::simulate::{Draws, Load, LoadPart, NeedSpread, TornadoBar, percentile, simulate, tornado};
use super::sizing::{MOST_UNITS, SizeRule, size_with_stock};
use super::storage::StoredMonth;
use super::{CapacityModel, DriverValue, PlanInputs, Problem, Sizing, Unit};
use crate::ledger::Month;
use std::collections::BTreeMap;

/// The need of a month.
#[derive(Clone)]
pub(super) struct Need {
    pub month: Month,
    pub value: f64,
    pub event_factor: f64,
    pub sizing: Sizing,
    pub stored: Option<StoredMonth>,
    pub spread: Option<NeedSpread>,
}

/// The needs of one model.
#[derive(Clone, Default)]
pub(super) struct ModuleNeeds {
    /// How the plan names the driver.
    pub driver: String,
    /// By month, as far as they can be worked out.
    pub months: BTreeMap<Month, Need>,
    /// Ascending samples by month, when the plan looks at risk.
    pub samples: Vec<Vec<u32>>,
    /// What matters most.
    pub tornado: Vec<TornadoBar>,
    /// False for modules in or behind a circle of calls.
    pub planned: bool,
}

pub(super) struct Requirements {
    pub needs: Vec<ModuleNeeds>,
    pub externals: Vec<ExternalMonth>,
}

/// The load of a month in driver units of the module.
#[derive(Clone, Default)]
struct Carried {
    value: f64,
    event_factor: f64,
    parts: Vec<LoadPart>,
}

/// Works out the needs of `able`, callers before the called.
pub(super) fn require(
    inputs: &PlanInputs,
    able: &[(&CapacityModel, &Unit)],
    chain: &Chain,
    driver: &dyn Fn(&CapacityModel, Month) -> Option<DriverValue>,
    problems: &mut Vec<Problem>,
) -> Requirements {
    let risk = inputs.surroundings.risk;
    let mut draws = risk.map(|risk| Draws::new(&risk));
    let mut needs = vec![ModuleNeeds::default(); able.len()];
    let mut carried: Vec<BTreeMap<Month, Carried>> = vec![BTreeMap::new(); able.len()];
    let mut found: Vec<Vec<Problem>> = vec![Vec::new(); able.len()];
    for &at in &chain.order {
        let model = able[at].0;
        needs[at].planned = true;
        needs[at].driver = driver_name(model, &chain.callers[at], able);
        // Storage rolls from its counted month on, which may lie before the plan.
        let first = model.storage.map_or(inputs.months.first, |storage| {
            storage.stock_month.plus(1).min(inputs.months.first)
        });
        let mut month = first;
        while month <= inputs.months.last {
            let load = if model.driver.is_empty() {
                from_callers(&chain.callers[at], able, &carried, month)
            } else {
                driver(model, month).map(|value| own(inputs, model, month, value))
            };
            match load {
                Some(load) => {
                    carried[at].insert(month, load);
                }
                None => found[at].push(Problem::MissingDriver {
                    product: model.product.clone(),
                    module: model.module.clone(),
                    driver: needs[at].driver.clone(),
                    month,
                }),
            }
            month = month.plus(1);
        }
        let stock = model.storage.map(|storage| {
            storage.roll(inputs.months.last, |month| {
                carried[at].get(&month).map(|load| load.value * load.event_factor)
            })
        });
        let mut loads = Vec::new();
        for month in inputs.months.months() {
            let Some(load) = carried[at].get(&month) else {
                loads.push(None);
                continue;
            };
            let stored = match (&model.storage, &stock) {
                (Some(storage), _) if month <= storage.stock_month => Some(storage.counted()),
                (Some(_), Some(stock)) => match stock.get(&month) {
                    Some(stored) => Some(*stored),
                    None => {
                        loads.push(None);
                        continue; // a month before it has no driver: named already
                    }
                },
                _ => None,
            };
            let data = stored.map_or(0.0, |stored| stored.stock);
            let sizing = match size_with_stock(model, load.value, load.event_factor, data) {
                Ok(sizing) => sizing,
                Err(error) => {
                    found[at].push(error.into());
                    loads.push(None);
                    continue;
                }
            };
            if sizing.units >= MOST_UNITS {
                let (product, module) = (model.product.clone(), model.module.clone());
                found[at].push(Problem::TooMany {
                    product,
                    module,
                    month,
                    most: MOST_UNITS,
                });
                loads.push(None);
                continue;
            }
            let since = stored.map_or(0.0, |stored| stored.since_count);
            loads.push(Some(Load {
                parts: load.parts.clone(),
                event_factor: load.event_factor,
                stored: (data - since, since),
            }));
            let need = Need {
                month,
                value: load.value,
                event_factor: load.event_factor,
                sizing,
                stored,
                spread: None,
            };
            needs[at].months.insert(month, need);
        }
        if let (Some(draws), Some(risk)) = (&mut draws, &risk)
            && (!model.uncertain.is_empty()
                || loads
                    .iter()
                    .flatten()
                    .any(|l| l.parts.iter().any(|p| p.interval.is_some())))
        {
            let samples = simulate(model, &loads, draws);
            for (month, samples) in inputs.months.months().zip(&samples) {
                let (Some(need), Some(samples)) = (needs[at].months.get_mut(&month), samples) else {
                    continue;
                };
                need.spread = Some(NeedSpread::of(samples));
                let delivered = inputs.delivered_through.is_some_and(|through| month <= through);
                if let Some(percent) = risk.percentile.filter(|_| !delivered) {
                    buy(&mut need.sizing, percentile(samples, percent));
                }
            }
            needs[at].samples = samples.into_iter().flatten().collect();
            needs[at].tornado = tornado(model, &loads);
        }
        for need in needs[at].months.values() {
            if let Some(maximum) = model.maximum.filter(|_| need.sizing.beyond_maximum > 0) {
                found[at].push(Problem::Maximum {
                    product: model.product.clone(),
                    module: model.module.clone(),
                    month: need.month,
                    needed: need.sizing.total + need.sizing.beyond_maximum,
                    maximum,
                });
            }
        }
    }
    problems.extend(found.into_iter().flatten());
    let externals = externals(inputs, able, &carried, problems);
    Requirements { needs, externals }
}

/// Sets the total to a percentile of the need.
fn buy(sizing: &mut Sizing, total: u64) {
    if total != sizing.total {
        sizing.total = total;
        sizing.redundancy = total.saturating_sub(sizing.units);
        sizing.rules.push((SizeRule::Percentile, total));
    }
}

fn driver_name(model: &CapacityModel, callers: &[(usize, f64)], able: &[(&CapacityModel, &Unit)]) -> String {
    if !model.driver.is_empty() {
        return model.driver.clone();
    }
    let named: Vec<String> = callers
        .iter()
        .map(|(caller, fan_out)| format!("{} × {fan_out}", able[*caller].0.name()))
        .collect();
    named.join(" + ")
}

fn own(inputs: &PlanInputs, model: &CapacityModel, month: Month, value: DriverValue) -> Carried {
    let stated = model.uncertain.get("driver").copied();
    let known = || inputs.targets.interval(&model.product, &model.driver, month);
    Carried {
        value: value.value,
        event_factor: value.event_factor,
        parts: vec![LoadPart {
            driver: format!("driver {}/{}", model.product, model.driver),
            amount: value.value,
            interval: stated.or_else(known),
        }],
    }
}

/// Σ caller's load × its peak factor × fan-out; the event factor is that of the callers, weighted by what they send.
fn from_callers(
    callers: &[(usize, f64)],
    able: &[(&CapacityModel, &Unit)],
    carried: &[BTreeMap<Month, Carried>],
    month: Month,
) -> Option<Carried> {
    let mut sum = Carried::default();
    let mut with_events = 0.0;
    for (caller, fan_out) in callers {
        let load = carried[*caller].get(&month)?;
        let factor = able[*caller].0.peak_factor * fan_out;
        sum.value += load.value * factor;
        with_events += load.value * factor * load.event_factor;
        sum.parts.extend(load.parts.iter().map(|part| LoadPart {
            amount: part.amount * factor,
            ..part.clone()
        }));
    }
    sum.event_factor = if sum.value > 0.0 { with_events / sum.value } else { 1.0 };
    Some(sum)
}

fn externals(
    inputs: &PlanInputs,
    able: &[(&CapacityModel, &Unit)],
    carried: &[BTreeMap<Month, Carried>],
    problems: &mut Vec<Problem>,
) -> Vec<ExternalMonth> {
    let mut months = Vec::new();
    for external in &inputs.surroundings.externals {
        let usable = external.limit * external.target_utilization;
        for month in inputs.months.months() {
            let mut load = None;
            for (at, (model, _)) in able.iter().enumerate() {
                for call in model.calls.iter().filter(|call| call.external == external.id) {
                    if let Some(carried) = carried[at].get(&month) {
                        let asked = carried.value * carried.event_factor * model.peak_factor * call.fan_out;
                        *load.get_or_insert(0.0) += asked;
                    }
                }
            }
            let Some(load) = load else { continue };
            let over = load > usable * (1.0 + 1e-9);
            if over {
                let external = external.id.clone();
                problems.push(Problem::ExternalLimit {
                    external,
                    month,
                    load,
                    usable,
                });
            }
            months.push(ExternalMonth {
                external: external.id.clone(),
                month,
                load,
                usable,
                over,
            });
        }
    }
    months
}

impl Interval {
    /// The interval of a value as factors on it.
    pub fn factors(value: f64, low: f64, high: f64) -> Option<Interval> {
        (value > 0.0 && low <= value && value <= high).then(|| Interval {
            low: low.max(0.0) / value,
            mid: Some(1.0),
            high: high / value,
        })
    }
}
