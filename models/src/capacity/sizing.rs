//! From a driver value to a number of units.
//!
//! ```text
//! demand_r = driver × peak factor × event factor × work_r
//! units_r  = demand_r ÷ (limit_r × target utilization_r)
//! units    = the largest units_r, rounded up; the resource that wins is the bottleneck
//! total    = units + redundancy (N+k), or what survives the loss of zones, in whole zones and steps, from minimum to maximum
//! ```
//! Besides the resources of `work` there are `network` (driver × peak × event × bitrate × (1 − CDN offload)), `storage` (stock ×
//! replicas ÷ compression, target = fill limit) and `queue` (offered erlangs; its target utilization is what the exact queue
//! allows at the objective).

use super::{CapacityModel, ModelError, StaffingMethod, erlang_c_servers, square_root_servers};
use serde::{Deserialize, Serialize};

/// Relative amount by which a count may exceed a whole number through floating-point noise alone.
const NOISE: f64 = 1e-9;

/// More units than any plan means; beyond it a work or limit is wrong.
pub(super) const MOST_UNITS: u64 = 100_000_000;

/// The need of one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceSizing {
    /// Resource as the model names it.
    pub resource: String,
    /// Demand in the resource's own measure.
    pub demand: f64,
    /// What one unit carried in its load test, in the same measure.
    pub limit: f64,
    /// Share of the limit that may be used.
    pub target_utilization: f64,
    /// Units before rounding.
    pub units_exact: f64,
    /// Units, rounded up: what this resource alone would need.
    pub units: u64,
}

/// What made the total larger than the units that carry the demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SizeRule {
    /// N+k.
    Redundancy,
    /// The zones that are left carry the demand.
    Zones,
    /// The fewest units allowed.
    Minimum,
    /// Whole zones and whole steps.
    Step,
    /// The most units that can be had.
    Maximum,
    /// The percentile of the simulated need that the plan buys.
    Percentile,
}

/// How many units a module needs at a driver value, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sizing {
    /// Every resource of the model, in order of name.
    pub per_resource: Vec<ResourceSizing>,
    /// The resource that needs the most units; the first by name among equals.
    pub bottleneck: String,
    /// Units that carry the demand.
    pub units: u64,
    /// Units on top of them: total − units.
    pub redundancy: u64,
    /// Units together.
    pub total: u64,
    /// The rules that set the total, in order, with the count after each; only those that changed it.
    #[serde(default)]
    pub rules: Vec<(SizeRule, u64)>,
    /// Units that are needed beyond the maximum and cannot be had.
    #[serde(default)]
    pub beyond_maximum: u64,
}

impl CapacityModel {
    /// Units in all when `units` carry the demand, the rules that changed the count, and what is needed beyond the maximum.
    pub(super) fn with_rules(&self, units: u64) -> (u64, Vec<(SizeRule, u64)>, u64) {
        let mut total = units;
        let mut rules = Vec::new();
        let mut apply = |rule, to: u64| {
            if to != total {
                total = to;
                rules.push((rule, to));
            }
            total
        };
        let mut now = apply(SizeRule::Redundancy, units + u64::from(self.redundancy));
        if let Some(zones) = self.zones {
            let left = zones.count.saturating_sub(zones.survive).max(1);
            now = apply(SizeRule::Zones, now.max(units.div_ceil(left) * zones.count));
        }
        now = apply(SizeRule::Minimum, now.max(self.minimum));
        let multiple = self.zones.map_or(1, |zones| zones.count.max(1));
        let step = least_common_multiple(multiple, self.step.max(1));
        now = apply(SizeRule::Step, now.next_multiple_of(step));
        let beyond = self.maximum.map_or(0, |most| now.saturating_sub(most));
        apply(SizeRule::Maximum, now - beyond);
        (total, rules, beyond)
    }

    /// Servers that the queue of the model needs at a load in driver units; nothing when the objective cannot be met.
    pub(super) fn queue_servers(&self, load: f64) -> Option<(f64, u64)> {
        let queue = self.queue.as_ref()?;
        let erlangs = load * queue.requests * queue.service_ms / 1000.0;
        let servers = match queue.method {
            StaffingMethod::ErlangC => erlang_c_servers(erlangs, queue.objective()?)?,
            StaffingMethod::SquareRoot => square_root_servers(erlangs, queue.quality)?,
        };
        Some((erlangs, servers))
    }
}

fn least_common_multiple(a: u64, b: u64) -> u64 {
    let (mut x, mut y) = (a, b);
    while y > 0 {
        (x, y) = (y, x % y);
    }
    a / x.max(1) * b
}

/// Sizes a module for `driver_value` (the month's statistic of the driver) under `event_factor` (1 without events). Storage is
/// sized for its counted stock and one month of new data.
///
/// # Errors
/// When the model is wrong ([`CapacityModel::check`]). A driver that is not finite or is negative sizes as zero;
/// [`super::plan`] reports it instead.
pub fn size(model: &CapacityModel, driver_value: f64, event_factor: f64) -> Result<Sizing, ModelError> {
    let stored = model
        .storage
        .map(|storage| storage.stock + driver_value.max(0.0) * event_factor * storage.new_per_driver);
    size_with_stock(model, driver_value, event_factor, stored.unwrap_or(0.0))
}

/// [`size`] with the data in store at the end of the month.
pub(super) fn size_with_stock(
    model: &CapacityModel,
    driver_value: f64,
    event_factor: f64,
    stored: f64,
) -> Result<Sizing, ModelError> {
    if let Some(error) = model.check().into_iter().next() {
        return Err(error);
    }
    let driver = if driver_value.is_finite() {
        driver_value.max(0.0)
    } else {
        0.0
    };
    let load = driver * model.peak_factor * event_factor;
    let mut per_resource = Vec::with_capacity(model.work.len());
    let mut add = |resource: &str, demand: f64, limit: f64, target_utilization: f64| {
        let units_exact = demand / (limit * target_utilization);
        per_resource.push(ResourceSizing {
            resource: resource.to_owned(),
            demand,
            limit,
            target_utilization,
            units_exact,
            units: round_up(units_exact),
        });
    };
    // `check` made sure that limits and targets are there.
    let limit = |resource: &str| model.limit.get(resource).copied().unwrap_or(f64::INFINITY);
    let target = |resource: &str| model.target_utilization.get(resource).copied().unwrap_or(1.0);
    for (resource, work) in &model.work {
        add(resource, load * work, limit(resource), target(resource));
    }
    if let Some(bandwidth) = model.bandwidth {
        let demand = load * bandwidth.mbps_per_driver();
        add(NETWORK, demand, limit(NETWORK), target(NETWORK));
    }
    if let Some(storage) = model.storage {
        add(STORAGE, storage.on_disk(stored), limit(STORAGE), storage.fill_limit);
    }
    if let Some(queue) = model.queue {
        let (erlangs, servers) = model.queue_servers(load).unwrap_or((f64::INFINITY, MOST_UNITS));
        let busy = if servers > 0 { erlangs / servers as f64 } else { 1.0 };
        add(QUEUE, erlangs, queue.servers, busy.clamp(f64::MIN_POSITIVE, 1.0));
    }
    per_resource.sort_by(|a, b| a.resource.cmp(&b.resource));
    let largest = per_resource
        .iter()
        .fold(None, |most: Option<&ResourceSizing>, next| match most {
            Some(most) if most.units_exact >= next.units_exact => Some(most),
            _ => Some(next),
        });
    let (units, bottleneck) = largest.map_or((0, String::new()), |most| (most.units, most.resource.clone()));
    let (total, rules, beyond_maximum) = model.with_rules(units);
    Ok(Sizing {
        per_resource,
        bottleneck,
        units,
        redundancy: total.saturating_sub(units),
        total,
        rules,
        beyond_maximum,
    })
}

/// Resource of traffic.
pub(super) const NETWORK: &str = "network";
/// Resource of data that accumulates.
pub(super) const STORAGE: &str = "storage";
/// Resource of servers for a latency objective.
pub(super) const QUEUE: &str = "queue";

/// Rounds up, but takes a count within floating-point noise above a whole number for that number.
pub(super) fn round_up(exact: f64) -> u64 {
    let nearest = exact.round();
    let units = if (exact - nearest).abs() <= NOISE * nearest.max(1.0) && nearest > 0.0 {
        nearest
    } else {
        exact.ceil()
    };
    if units >= MOST_UNITS as f64 {
        MOST_UNITS
    } else {
        units as u64
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::stream;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn streaming_by_hand() {
        // 10 000 users: cpu 10000 × 0.02 = 200 of 64 × 0.6 = 38.4 → 5.208 → 6;
        // network 10000 × 0.9 = 9000 of 8000 × 0.7 = 5600 → 1.607 → 2. N+2: 8.
        let sizing = size(&stream(), 10_000.0, 1.0).unwrap();
        assert_eq!(
            (
                sizing.bottleneck.as_str(),
                sizing.units,
                sizing.redundancy,
                sizing.total
            ),
            ("cpu", 6, 2, 8)
        );
        assert_eq!(sizing.per_resource[1].units, 2);
        // Spring Festival × 1.3: 6.77 → 7.
        assert_eq!(size(&stream(), 10_000.0, 1.3).unwrap().units, 7);
        assert_eq!(size(&stream(), 0.0, 1.0).unwrap().total, 2);
    }

    #[test]
    fn noise_does_not_buy_a_unit() {
        assert_eq!(round_up(12.000_000_001), 12);
        assert_eq!(round_up(0.1 * 3.0 / 0.1), 3);
        assert_eq!(round_up(12.001), 13);
        assert_eq!(round_up(0.000_000_000_1), 1);
        assert_eq!(round_up(0.0), 0);
        assert_eq!(round_up(f64::INFINITY), MOST_UNITS);
    }

    #[test]
    fn zones_steps_and_bounds_by_hand() {
        // 6 units carry the demand. N+2: 8. Three zones of which one may fail: 6 ÷ 2 = 3 each, 9.
        let mut model = stream();
        model.zones = Some(super::super::Zones { count: 3, survive: 1 });
        let sizing = size(&model, 10_000.0, 1.0).unwrap();
        assert_eq!((sizing.units, sizing.total, sizing.redundancy), (6, 9, 3));
        assert_eq!(sizing.rules, [(SizeRule::Redundancy, 8), (SizeRule::Zones, 9)]);
        // N+5 is more than the zones ask: 11, in whole zones 12. Steps of 8 in whole zones of 3: 24. At most 20.
        model.redundancy = 5;
        assert_eq!(size(&model, 10_000.0, 1.0).unwrap().total, 12);
        (model.step, model.maximum) = (8, Some(20));
        let sizing = size(&model, 10_000.0, 1.0).unwrap();
        assert_eq!((sizing.total, sizing.beyond_maximum), (20, 4));
        model.minimum = 19;
        assert_eq!(size(&model, 0.0, 1.0).unwrap().total, 20);
    }

    #[test]
    fn traffic_storage_and_queues_are_resources() {
        let model: CapacityModel = toml::from_str(
            r#"product = "live"
            module = "edge"
            driver = "users"
            unit = "node"
            limit = { network = 10000, storage = 100 }
            target_utilization = { network = 0.7 }
            bandwidth = { bitrate_mbps = 4, cdn_offload = 0.9 }
            storage = { stock = 900, stock_month = "2026-12", new_per_driver = 0.001, replicas = 3, compression = 1.5, fill_limit = 0.8 }
            queue = { servers = 16, service_ms = 20, requests = 0.05, wait_probability = 0.01 }"#,
        )
        .unwrap();
        // 100 000 users: 100000 × 4 × 0.1 = 40 000 Mbps ÷ 7000 = 5.71 → 6. Stock 900 + 100 = 1000 × 3 ÷ 1.5 = 2000 ÷ 80 = 25.
        // Queue: 5000 a second × 20 ms = 100 erlangs → 125 servers (exact table) ÷ 16 = 7.8 → 8.
        let sizing = size(&model, 100_000.0, 1.0).unwrap();
        let units: Vec<(&str, u64)> = sizing
            .per_resource
            .iter()
            .map(|r| (r.resource.as_str(), r.units))
            .collect();
        assert_eq!(units, [("network", 6), ("queue", 8), ("storage", 25)]);
        assert_eq!(sizing.bottleneck, "storage");
        for resource in &sizing.per_resource {
            let exact = resource.demand / (resource.limit * resource.target_utilization);
            assert!((exact - resource.units_exact).abs() < 1e-9);
        }
    }

    proptest! {
        #[test]
        fn more_driver_never_needs_fewer_units(driver in 0.0..1e7_f64, more in 0.0..1e6_f64, event in 0.5..3.0_f64) {
            let (before, after) = (size(&stream(), driver, event).unwrap(), size(&stream(), driver + more, event).unwrap());
            prop_assert!(after.total >= before.total);
        }

        #[test]
        fn more_headroom_never_needs_fewer_units(driver in 0.0..1e7_f64, target in 0.01..1.0_f64, less in 0.0..1.0_f64) {
            let mut model = stream();
            model.target_utilization.insert("cpu".into(), target);
            let before = size(&model, driver, 1.0).unwrap();
            model.target_utilization.insert("cpu".into(), (target * less).max(0.001));
            if target * less >= 0.001 {
                prop_assert!(size(&model, driver, 1.0).unwrap().total >= before.total);
            }
        }
    }
}
