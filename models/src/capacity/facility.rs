//! Racks, rack units, kilowatts and switch ports of the servers in service.

use super::{CapacityPlan, Unit};
use crate::ledger::Month;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Room that one unit takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Footprint {
    /// Rack units.
    pub u: f64,
    /// Power at planned load, in kW.
    pub kw: f64,
    /// Switch ports.
    pub ports: f64,
}

/// What a rack and a switch hold. `[facility]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facility {
    /// Usable rack units of a rack.
    pub rack_u: f64,
    /// Power of a rack, in kW.
    pub rack_kw: f64,
    /// Usable ports of a switch.
    pub switch_ports: f64,
}

/// Room that all servers in service take in a month.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FacilityMonth {
    /// The month.
    pub month: Month,
    /// Rack units.
    pub u: f64,
    /// Power, in kW.
    pub kw: f64,
    /// Switch ports.
    pub ports: f64,
    /// Racks for the rack units.
    pub racks_by_u: u64,
    /// Racks for the power.
    pub racks_by_kw: u64,
    /// Racks: the larger of both.
    pub racks: u64,
    /// Switches.
    pub switches: u64,
}

/// Adds up the room by month.
pub(super) fn facilities(plan: &CapacityPlan, units: &[Unit], facility: &Facility) -> Vec<FacilityMonth> {
    let mut sums: BTreeMap<Month, (f64, f64, f64)> = BTreeMap::new();
    for module in &plan.modules {
        let Some(print) = units
            .iter()
            .find(|unit| unit.id == module.unit)
            .and_then(|unit| unit.footprint)
        else {
            continue;
        };
        for month in &module.months {
            let sum = sums.entry(month.month).or_default();
            let count = month.in_service as f64;
            *sum = (
                sum.0 + count * print.u,
                sum.1 + count * print.kw,
                sum.2 + count * print.ports,
            );
        }
    }
    let whole = |need: f64, one: f64| {
        if one > 0.0 {
            ((need / one) - 1e-9).ceil().max(0.0) as u64
        } else {
            0
        }
    };
    sums.into_iter()
        .map(|(month, (u, kw, ports))| {
            let (racks_by_u, racks_by_kw) = (whole(u, facility.rack_u), whole(kw, facility.rack_kw));
            FacilityMonth {
                month,
                u,
                kw,
                ports,
                racks_by_u,
                racks_by_kw,
                racks: racks_by_u.max(racks_by_kw),
                switches: whole(ports, facility.switch_ports),
            }
        })
        .collect()
}
