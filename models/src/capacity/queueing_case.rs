//! Sizing of single cases: requests per second in, servers out, every step visible.
//!
//! ```text
//! erlangs = Σ rate · time                            busy cores on average
//! cores   = the queue's count                        Erlang C or square root
//! failover: cores and network ÷ 0.4, rounded up      the rest carries a lost region
//! cores   × 2.3 GHz ÷ (GHz × work per cycle)         rounded up: cores of this server
//! count   = max(2, cores ÷ cpu, network ÷ net_mbps, memory ÷ ram_gib), rounded up, then to a multiple of 3 zones
//! ```
//!
//! Steps as in Netflix-Skunkworks/service-capacity-modeling, `models/org/netflix/stateless_java.py` (Apache-2.0).

use super::queueing::{StaffingMethod, WaitObjective, erlang_c_servers, square_root_servers};
use serde::Serialize;

/// Share of the servers that must carry the load when a region is lost.
const FAILOVER_SHARE: f64 = 0.4;
/// GHz × work per cycle that request times are measured on.
const REFERENCE_GHZ: f64 = 2.3;

/// Quality of service by tier, 0 (critical) to 3: square-root factor, and the chance to wait that it stands for.
const TIERS: [(f64, f64); 4] = [(2.375, 0.01), (1.761, 0.05), (1.16, 0.2), (1.0, 0.29)];

/// The server that a case is sized for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CaseServer {
    /// Cores.
    pub cpu: f64,
    /// Clock.
    pub ghz: f64,
    /// Work per cycle relative to the reference.
    pub ipc: f64,
    /// Network, Mbit/s.
    pub net_mbps: f64,
    /// Memory, GiB.
    pub ram_gib: f64,
}

/// One case.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SizingCase {
    /// 0 (critical) to 3.
    pub tier: u8,
    /// Requests per second, milliseconds each, bytes each: reads.
    pub read: [f64; 3],
    /// The same of writes.
    pub write: [f64; 3],
    /// Whether a lost region must be carried.
    pub failover: bool,
    /// Objective; the tier's chance to wait without one.
    pub objective: Option<WaitObjective>,
    /// The server; without one, the case asks for cores only.
    pub server: Option<CaseServer>,
}

/// The answer to a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SizedCase {
    /// Busy cores on average.
    pub erlangs: f64,
    /// Cores by square-root staffing.
    pub cores_square_root: u64,
    /// Cores by the exact queue.
    pub cores_erlang_c: u64,
    /// Cores of this server after failover, by the method asked for.
    pub cores: u64,
    /// Network after failover, Mbit/s.
    pub network_mbps: u64,
    /// Memory, GiB.
    pub memory_gib: f64,
    /// Servers that each resource alone needs: cpu, network, memory.
    pub count_by_resource: [u64; 3],
    /// What the count comes from: cpu, network, memory, or the least of 2.
    pub bottleneck: &'static str,
    /// Servers; cores when the case names no server.
    pub count: u64,
}

/// Sizes a case by `method`. None when a figure is negative, not a number, or beyond any plan.
pub fn size_case(case: &SizingCase, method: StaffingMethod) -> Option<SizedCase> {
    let &(quality, waiting) = TIERS.get(usize::from(case.tier))?;
    let [
        [rate_read, time_read, bytes_read],
        [rate_write, time_write, bytes_write],
    ] = [case.read, case.write];
    if case
        .read
        .iter()
        .chain(&case.write)
        .any(|figure| !(0.0..1e15).contains(figure))
    {
        return None;
    }
    let erlangs = (rate_read * time_read + rate_write * time_write) / 1000.0;
    let cores_square_root = square_root_servers(erlangs, quality)?;
    let cores_erlang_c = erlang_c_servers(erlangs, case.objective.unwrap_or(WaitObjective::Waiting(waiting)))?;
    let staffed = match method {
        StaffingMethod::SquareRoot => cores_square_root,
        StaffingMethod::ErlangC => cores_erlang_c,
    };
    let share = if case.failover { FAILOVER_SHARE } else { 1.0 };
    // 125,000 bytes per second are one Mbit/s.
    let network = ((rate_read * bytes_read + rate_write * bytes_write) / 125_000.0).ceil();
    let (cores, network) = ((staffed as f64 / share).ceil(), (network / share).ceil());
    // Buffers of requests in flight: a fifth on top, and twice for copying.
    let memory_gib = network * 1.2 / 8.0 / 1024.0 * 2.0;
    let Some(server) = case.server else {
        return Some(SizedCase {
            erlangs,
            cores_square_root,
            cores_erlang_c,
            cores: cores as u64,
            network_mbps: network as u64,
            memory_gib,
            count_by_resource: [cores as u64, 0, 0],
            bottleneck: "cpu",
            count: cores as u64,
        });
    };
    let figures = [server.cpu, server.ghz, server.ipc, server.net_mbps, server.ram_gib];
    if figures.iter().any(|figure| !(*figure > 0.0 && figure.is_finite())) {
        return None;
    }
    let cores = (cores * REFERENCE_GHZ / (server.ghz * server.ipc)).ceil();
    let by = [
        cores / server.cpu,
        network / server.net_mbps,
        memory_gib / server.ram_gib,
    ]
    .map(f64::ceil);
    let mut most = (2.0, "least");
    for (count, name) in by.into_iter().zip(["cpu", "network", "memory"]) {
        if count > most.0 || (count >= most.0 && most.1 == "least") {
            most = (count, name);
        }
    }
    Some(SizedCase {
        erlangs,
        cores_square_root,
        cores_erlang_c,
        cores: cores as u64,
        network_mbps: network as u64,
        memory_gib,
        count_by_resource: by.map(|count| count as u64),
        bottleneck: most.1,
        count: (most.0 as u64).div_ceil(3) * 3,
    })
}
