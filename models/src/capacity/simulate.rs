//! Uncertain inputs: a seeded simulation of the need, and the input that matters most.
//!
//! Every input has a stream of normal numbers of its own, seeded by its name, so that neither the order of the modules nor
//! other modules change a single sample. Modules with the same driver share its stream: they rise and fall together. A sample
//! holds for all months of the plan.

use super::CapacityModel;
use super::interval::{Interval, normal_quantile};
use super::sizing::{MOST_UNITS, NETWORK, STORAGE, round_up};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How uncertain inputs are treated. `[risk]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Risk {
    /// Samples.
    pub samples: u32,
    /// Seed: the same one gives the same bytes.
    pub seed: u64,
    /// Percentile of the need that the plan buys; the stated values without one.
    pub percentile: Option<u32>,
}

impl Default for Risk {
    fn default() -> Self {
        Risk {
            samples: 1000,
            seed: 1,
            percentile: None,
        }
    }
}

/// Part of a month's load: an amount of an entry driver, before events and the module's own peak factor.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LoadPart {
    /// `product/metric` of the entry driver.
    pub driver: String,
    /// Amount in driver units of the module.
    pub amount: f64,
    /// Factor on the driver.
    pub interval: Option<Interval>,
}

/// What a module carries in a month.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Load {
    pub parts: Vec<LoadPart>,
    pub event_factor: f64,
    /// Data in store that no uncertainty touches, and that which follows the driver.
    pub stored: (f64, f64),
}

/// Streams of normal numbers by the name of their input.
#[derive(Default)]
pub(super) struct Draws {
    samples: usize,
    seed: u64,
    known: BTreeMap<String, Vec<f64>>,
}

impl Draws {
    pub fn new(risk: &Risk) -> Draws {
        Draws {
            samples: risk.samples.max(1) as usize,
            seed: risk.seed,
            known: BTreeMap::new(),
        }
    }

    fn fresh(&self, name: &str) -> Vec<f64> {
        // FNV-1a over the seed and the name.
        let bytes = self.seed.to_le_bytes().into_iter().chain(name.bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut random = ChaCha8Rng::seed_from_u64(hash);
        (0..self.samples)
            .map(|_| normal_quantile(((random.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64))
            .collect()
    }

    /// The stream of a driver, kept: other modules follow it too.
    fn shared(&mut self, name: &str) {
        if !self.known.contains_key(name) {
            let fresh = self.fresh(name);
            self.known.insert(name.to_owned(), fresh);
        }
    }
}

/// Values of a model's own inputs in one sample.
struct Inputs {
    /// Units per driver unit of the scarcest resource that follows the load.
    per_load: f64,
    peak: f64,
    event: f64,
    storage: f64,
}

/// An input: its stated value, and its place among the uncertain ones.
#[derive(Clone, Copy)]
struct Input {
    stated: f64,
    uncertain: Option<usize>,
}

/// A resource that follows the load: work, limit, target utilization.
type Following = [Input; 3];

/// A model taken apart for many evaluations.
struct Prepared<'a> {
    model: &'a CapacityModel,
    uncertain: Vec<(&'a str, &'a Interval)>,
    following: Vec<Following>,
    storage_limit: Input,
    peak: Input,
    event: Input,
}

impl<'a> Prepared<'a> {
    fn new(model: &'a CapacityModel) -> Self {
        let uncertain: Vec<(&str, &Interval)> = model
            .uncertain
            .iter()
            .filter(|(key, _)| *key != "driver")
            .map(|(key, interval)| (key.as_str(), interval))
            .collect();
        let input = |key: &str, stated: f64| Input {
            stated,
            uncertain: uncertain.iter().position(|(known, _)| *known == key),
        };
        let limit = |resource: &str| {
            let stated = model.limit.get(resource).copied().unwrap_or(f64::INFINITY);
            input(&format!("limit.{resource}"), stated)
        };
        let following = |resource: &str, work: f64| {
            let target = model.target_utilization.get(resource).copied().unwrap_or(1.0);
            [
                input(&format!("work.{resource}"), work),
                limit(resource),
                input(&format!("target_utilization.{resource}"), target),
            ]
        };
        let works = model.work.iter().map(|(resource, work)| following(resource, *work));
        let traffic = model
            .bandwidth
            .map(|bandwidth| following(NETWORK, bandwidth.mbps_per_driver()));
        Prepared {
            following: works.chain(traffic).collect(),
            storage_limit: limit(STORAGE),
            peak: input("peak_factor", model.peak_factor),
            event: input("event_factor", 1.0),
            model,
            uncertain,
        }
    }

    /// The inputs when the uncertain ones lie at the normal quantiles `z`, in the order of `uncertain`.
    fn inputs(&self, z: impl Fn(usize) -> f64) -> Inputs {
        let value = |input: &Input| match input.uncertain {
            Some(at) => self.uncertain[at].1.at(input.stated, z(at)),
            None => input.stated,
        };
        let per_load = self.following.iter().fold(0.0_f64, |most, [work, limit, target]| {
            let usable = (value(limit) * value(target).clamp(1e-6, 1.0)).max(f64::MIN_POSITIVE);
            most.max(value(work) / usable)
        });
        let storage = self.model.storage.map_or(0.0, |storage| {
            storage.on_disk(1.0) / (value(&self.storage_limit) * storage.fill_limit).max(f64::MIN_POSITIVE)
        });
        Inputs {
            per_load,
            peak: value(&self.peak),
            event: value(&self.event),
            storage,
        }
    }

    /// Units in all for a load whose driver parts lie at the quantiles `driver`.
    fn need(&self, inputs: &Inputs, load: &Load, driver: impl Fn(&LoadPart) -> f64) -> u64 {
        let (mut amount, mut stated) = (0.0, 0.0);
        for part in &load.parts {
            stated += part.amount;
            amount += match &part.interval {
                Some(interval) => part.amount * interval.at(1.0, driver(part)),
                None => part.amount,
            };
        }
        let carried = amount * inputs.peak * load.event_factor * inputs.event;
        let mut exact = carried * inputs.per_load;
        if self.model.storage.is_some() {
            let share = if stated > 0.0 { amount / stated } else { 1.0 };
            exact = exact.max((load.stored.0 + load.stored.1 * share) * inputs.storage);
        }
        let mut units = round_up(exact);
        if let Some(queue) = &self.model.queue {
            let servers = self
                .model
                .queue_servers(carried)
                .map_or(MOST_UNITS, |(_, servers)| servers);
            units = units.max(round_up(servers as f64 / queue.servers));
        }
        self.model.with_rules(units).0
    }
}

/// The need of every month in all samples, ascending.
pub(super) fn simulate(model: &CapacityModel, loads: &[Option<Load>], draws: &mut Draws) -> Vec<Option<Vec<u32>>> {
    let prepared = Prepared::new(model);
    for part in loads
        .iter()
        .flatten()
        .flat_map(|load| &load.parts)
        .filter(|part| part.interval.is_some())
    {
        draws.shared(&part.driver);
    }
    let own: Vec<Vec<f64>> = prepared
        .uncertain
        .iter()
        .map(|(key, _)| draws.fresh(&format!("{} {key}", model.name())))
        .collect();
    let mut needs: Vec<Option<Vec<u32>>> = loads
        .iter()
        .map(|load| load.as_ref().map(|_| Vec::with_capacity(draws.samples)))
        .collect();
    let certain = prepared.uncertain.is_empty().then(|| prepared.inputs(|_| 0.0));
    for sample in 0..draws.samples {
        let fresh = if certain.is_none() {
            Some(prepared.inputs(|at| own[at][sample]))
        } else {
            None
        };
        let Some(inputs) = certain.as_ref().or(fresh.as_ref()) else {
            continue;
        };
        for (load, needs) in loads.iter().zip(&mut needs) {
            if let (Some(load), Some(needs)) = (load, needs) {
                let driver = |part: &LoadPart| draws.known.get(&part.driver).map_or(0.0, |stream| stream[sample]);
                needs.push(u32::try_from(prepared.need(inputs, load, driver)).unwrap_or(u32::MAX));
            }
        }
    }
    needs.iter_mut().flatten().for_each(|needs| needs.sort_unstable());
    needs
}

/// Normal quantiles of the ends of an interval.
const ENDS: [f64; 2] = [-1.644_853_626_951_472_2, 1.644_853_626_951_472_2];

/// What one uncertain input does to the need of the plan's months when the others keep their middle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TornadoBar {
    /// Input.
    pub input: String,
    /// Its low end, middle and high end (factors for `driver` and `event_factor`).
    pub low: f64,
    /// Middle.
    pub mid: f64,
    /// High end.
    pub high: f64,
    /// Unit-months needed at its low end.
    pub unit_months_low: u64,
    /// Unit-months needed in the middle.
    pub unit_months_mid: u64,
    /// Unit-months needed at its high end.
    pub unit_months_high: u64,
}

impl TornadoBar {
    /// Difference between the ends.
    pub fn swing(&self) -> u64 {
        self.unit_months_low.abs_diff(self.unit_months_high)
    }
}

/// Every uncertain input of a model by what it moves, the largest swing first.
pub(super) fn tornado(model: &CapacityModel, loads: &[Option<Load>]) -> Vec<TornadoBar> {
    let prepared = Prepared::new(model);
    let sum = |inputs: &Inputs, driver: f64| -> u64 {
        let months = loads.iter().flatten();
        months.map(|load| prepared.need(inputs, load, |_| driver)).sum()
    };
    let middle = prepared.inputs(|_| 0.0);
    let mid_sum = sum(&middle, 0.0);
    let mut bars = Vec::new();
    let intervals: Vec<&Interval> = loads
        .iter()
        .flatten()
        .flat_map(|load| &load.parts)
        .filter_map(|part| part.interval.as_ref())
        .collect();
    if let Some(widest) = intervals
        .iter()
        .max_by(|a, b| (a.high - a.low).total_cmp(&(b.high - b.low)))
    {
        bars.push(TornadoBar {
            input: "driver".to_owned(),
            low: widest.low,
            mid: widest.mid.unwrap_or(1.0),
            high: widest.high,
            unit_months_low: sum(&middle, ENDS[0]),
            unit_months_mid: mid_sum,
            unit_months_high: sum(&middle, ENDS[1]),
        });
    }
    for (at, (key, interval)) in prepared.uncertain.iter().enumerate() {
        let end = |z: f64| sum(&prepared.inputs(|other| if other == at { z } else { 0.0 }), 0.0);
        let stated = model.stated(key).unwrap_or(1.0);
        bars.push(TornadoBar {
            input: (*key).to_owned(),
            low: interval.low,
            mid: interval.mid.unwrap_or(stated),
            high: interval.high,
            unit_months_low: end(ENDS[0]),
            unit_months_mid: mid_sum,
            unit_months_high: end(ENDS[1]),
        });
    }
    bars.sort_by(|a, b| b.swing().cmp(&a.swing()).then_with(|| a.input.cmp(&b.input)));
    bars
}

/// The need of a month over all samples, in units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NeedSpread {
    /// 5 % of the samples need less.
    pub p5: u64,
    /// Half of them.
    pub p50: u64,
    /// 80 %.
    pub p80: u64,
    /// 95 %.
    pub p95: u64,
    /// 99 %.
    pub p99: u64,
    /// Mean.
    pub mean: f64,
}

/// The smallest need that at least `percent` of the ascending samples do not exceed.
pub(super) fn percentile(sorted: &[u32], percent: u32) -> u64 {
    let rank = (sorted.len() * percent.min(100) as usize).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().map_or(0, u64::from)
}

impl NeedSpread {
    pub(super) fn of(sorted: &[u32]) -> NeedSpread {
        let sum: u64 = sorted.iter().copied().map(u64::from).sum();
        NeedSpread {
            p5: percentile(sorted, 5),
            p50: percentile(sorted, 50),
            p80: percentile(sorted, 80),
            p95: percentile(sorted, 95),
            p99: percentile(sorted, 99),
            mean: sum as f64 / sorted.len().max(1) as f64,
        }
    }
}
