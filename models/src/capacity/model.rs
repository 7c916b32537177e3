//! How a module's need follows its driver, and the events that lift the driver.

use super::chain::Call;
use super::interval::Interval;
use super::load_tests::{LimitSource, LoadTestTerms};
use super::terms::{Bandwidth, Lease, Queue, Retirement, Storage, Zones};
use super::{DriverStatistic, TermsChoice};
use crate::language::Name;
use crate::ledger::{Money, Month};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Units in service from a month on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryCount {
    /// First month in which the count holds.
    pub month: Month,
    /// Units, owned or rented.
    pub count: u64,
}

/// How a module's need follows its driver. `[[capacity]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityModel {
    /// Product of the module.
    pub product: String,
    /// Module.
    pub module: String,
    /// Business metric of the product that drives it; empty when other modules call it.
    #[serde(default)]
    pub driver: String,
    /// Which value of the month's days counts.
    #[serde(default)]
    pub driver_statistic: DriverStatistic,
    /// Unit that capacity is bought in.
    pub unit: String,
    /// Work per driver unit, by resource.
    #[serde(default)]
    pub work: BTreeMap<String, f64>,
    /// What one unit carried in its load test, by resource, in the measure of `work`.
    #[serde(default)]
    pub limit: BTreeMap<String, f64>,
    /// Share of the limit that may be used, by resource; above 0, at most 1.
    #[serde(default)]
    pub target_utilization: BTreeMap<String, f64>,
    /// Unit that the limits were measured on, when it is another one; limits follow the performance of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_on: Option<String>,
    /// What a step of a load test must meet; with it, limits come from the register's tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_test: Option<LoadTestTerms>,
    /// Servers for a latency objective.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Queue>,
    /// Traffic from concurrency, bitrate and CDN offload: the resource `network`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<Bandwidth>,
    /// Data that accumulates: the resource `storage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    /// What one driver unit of this module asks of others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// Peak within the day against the driver's value.
    #[serde(default = "one")]
    pub peak_factor: f64,
    /// Units more than needed (N+k).
    #[serde(default)]
    pub redundancy: u32,
    /// Survive the loss of zones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zones: Option<Zones>,
    /// Fewest units.
    #[serde(default)]
    pub minimum: u64,
    /// Most units that can be had; what is needed beyond is a problem that is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<u64>,
    /// Units run in multiples of this.
    #[serde(default = "one_step")]
    pub step: u64,
    /// Months from order to arrival.
    #[serde(default)]
    pub lead_time_months: u32,
    /// Units are bought and rented in multiples of this.
    #[serde(default = "one_unit")]
    pub lot: u32,
    /// Units in service, by the month from which the count holds.
    #[serde(default)]
    pub inventory: Vec<InventoryCount>,
    /// Units of the inventory that go back when their lease ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leases: Vec<Lease>,
    /// Units of the inventory that retire.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retirements: Vec<Retirement>,
    /// Bought units that nobody needs here may go to another module of the same unit.
    #[serde(default = "yes")]
    pub transferable: bool,
    /// How its units are paid for; as `[plan]` says without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<TermsChoice>,
    /// What a unit too few costs in a month (lost business), in the reporting currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortage_cost: Option<Money>,
    /// Inputs that are not certain: `driver` and `event_factor` (factors on the value), `peak_factor`, `work.R`, `limit.R`,
    /// `target_utilization.R`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub uncertain: BTreeMap<String, Interval>,
    /// Where each limit comes from; filled when tests and performance are applied.
    #[serde(skip)]
    pub limit_sources: BTreeMap<String, LimitSource>,
}

fn yes() -> bool {
    true
}

fn one_step() -> u64 {
    1
}

fn one() -> f64 {
    1.0
}

fn one_unit() -> u32 {
    1
}

/// Something that lifts (or lowers) the driver of some months. `[[event]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Name for people.
    pub name: Name,
    /// Months that it touches.
    pub months: Vec<Month>,
    /// Products that it touches; all when empty.
    #[serde(default)]
    pub products: Vec<String>,
    /// Factor on the driver.
    pub factor: f64,
}

/// The factor of all events on a product's drivers in a month: 1 without events; several multiply.
pub fn event_factor(events: &[Event], product: &str, month: Month) -> f64 {
    let touches = |event: &&Event| {
        event.months.contains(&month) && (event.products.is_empty() || event.products.iter().any(|p| p == product))
    };
    let mut factors: Vec<f64> = events.iter().filter(touches).map(|event| event.factor).collect();
    factors.sort_by(f64::total_cmp); // the order of the events must not touch the last bit of the product
    factors.iter().product()
}

impl CapacityModel {
    /// `product/module`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.product, self.module)
    }

    /// Units that the inventory states for `month`: of the latest count that has begun, else zero.
    pub fn inventory_at(&self, month: Month) -> u64 {
        self.inventory
            .iter()
            .filter(|c| c.month <= month)
            .max_by_key(|c| c.month)
            .map_or(0, |c| c.count)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The streaming module of the configuration guide.
    pub(crate) fn stream() -> CapacityModel {
        toml::from_str(
            r#"product = "video"
            module = "stream"
            driver = "peak_concurrent_users"
            driver_statistic = "max"
            unit = "server-2u"
            work = { cpu = 0.02, network = 0.9 }
            limit = { cpu = 64, network = 8000 }
            target_utilization = { cpu = 0.6, network = 0.7 }
            redundancy = 2
            lead_time_months = 2
            inventory = [ { month = "2025-12", count = 4 } ]"#,
        )
        .unwrap()
    }

    #[test]
    fn refuses_words_it_does_not_know() {
        let text =
            "product='a'\nmodule='b'\ndriver='c'\nunit='d'\nwork={}\nlimit={}\ntarget_utilization={}\nredundency=1";
        assert!(
            toml::from_str::<CapacityModel>(text)
                .unwrap_err()
                .to_string()
                .contains("redundency")
        );
    }

    #[test]
    fn events_of_a_month_multiply() {
        let event = |products: &[&str], factor| Event {
            name: "节".into(),
            months: vec!["2027-02".parse().unwrap()],
            products: products.iter().map(|p| p.to_string()).collect(),
            factor,
        };
        let events = [event(&["video"], 1.5), event(&[], 2.0), event(&["shop"], 9.0)];
        assert_eq!(event_factor(&events, "video", "2027-02".parse().unwrap()), 3.0);
        assert_eq!(event_factor(&events, "video", "2027-03".parse().unwrap()), 1.0);
    }
}
