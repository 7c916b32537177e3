//! Terms of a capacity model beyond work and limit: zones, queues, bandwidth, storage, leases.

use super::{StaffingMethod, WaitObjective};
use crate::ledger::Month;
use serde::{Deserialize, Serialize};

/// Units stand in zones, and the others carry the load when some are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zones {
    /// Zones.
    pub count: u64,
    /// Zones that may be lost at once.
    #[serde(default = "one_zone")]
    pub survive: u64,
}

fn one_zone() -> u64 {
    1
}

/// How many servers (cores, workers, connections) keep a latency objective; a unit brings `servers` of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Servers of one unit.
    pub servers: f64,
    /// Mean time that a request keeps a server busy, in milliseconds.
    pub service_ms: f64,
    /// Requests per second of one driver unit.
    #[serde(default = "one")]
    pub requests: f64,
    /// The exact queue, or square-root staffing.
    #[serde(default)]
    pub method: StaffingMethod,
    /// Largest share of requests that waits at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_probability: Option<f64>,
    /// Latency, waiting and service together, that `slo` of the requests keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// Share of requests within `latency_ms`.
    #[serde(default = "most")]
    pub slo: f64,
    /// B of square-root staffing.
    #[serde(default = "quality")]
    pub quality: f64,
}

fn one() -> f64 {
    1.0
}

fn most() -> f64 {
    0.99
}

fn quality() -> f64 {
    2.375
}

impl Queue {
    /// The objective; nothing when neither or both of `wait_probability` and `latency_ms` are given, or they cannot be met.
    pub fn objective(&self) -> Option<WaitObjective> {
        let share = |share: f64| share > 0.0 && share <= 1.0;
        match (self.wait_probability, self.latency_ms) {
            (Some(waiting), None) if share(waiting) => Some(WaitObjective::Waiting(waiting)),
            (None, Some(latency)) if latency >= self.service_ms && self.slo < 1.0 && share(1.0 - self.slo) => {
                Some(WaitObjective::WaitingLonger {
                    multiple: (latency - self.service_ms) / self.service_ms,
                    share: 1.0 - self.slo,
                })
            }
            _ => None,
        }
    }
}

/// Traffic of users: concurrency × bitrate × (1 − CDN offload), sized on the peak, paid on the 95th percentile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bandwidth {
    /// Mbps of one driver unit.
    pub bitrate_mbps: f64,
    /// Share of the traffic that a CDN takes.
    #[serde(default)]
    pub cdn_offload: f64,
    /// 95th percentile of the month ÷ its peak; without it the peak is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95_of_peak: Option<f64>,
}

impl Bandwidth {
    /// Traffic of one driver unit that is left beside the CDN.
    pub fn mbps_per_driver(&self) -> f64 {
        self.bitrate_mbps * (1.0 - self.cdn_offload)
    }
}

/// Data that accumulates: stock + new − expiry, × replicas ÷ compression ÷ fill limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// Data at the end of `stock_month`, before replicas and compression, in the measure of `limit.storage`.
    pub stock: f64,
    /// Month of the stock.
    pub stock_month: Month,
    /// Data that one driver unit brings in a month.
    pub new_per_driver: f64,
    /// Months after which data expires; never without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_months: Option<u32>,
    /// Copies.
    #[serde(default = "one")]
    pub replicas: f64,
    /// Size before ÷ size after compression.
    #[serde(default = "one")]
    pub compression: f64,
    /// Share of a unit that may be filled.
    pub fill_limit: f64,
}

/// Units that go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// Units.
    pub count: u64,
    /// Last month in which they serve.
    pub ends: Month,
}

/// Units that leave service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retirement {
    /// Units.
    pub count: u64,
    /// First month without them.
    pub month: Month,
}
