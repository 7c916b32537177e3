//! From a driver value to a number of units.
//!
//! ```text
//! demand_r = driver × peak factor × event factor × work_r
//! units_r  = demand_r ÷ (limit_r × target utilization_r)
//! units    = the largest units_r, rounded up; the resource that wins is the bottleneck
//! total    = units + redundancy
//! ```

use super::{CapacityModel, ModelError};
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
    /// Units, rounded up.
    pub units: u64,
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
    /// Units on top of them (N+k).
    pub redundancy: u64,
    /// Units together.
    pub total: u64,
}

/// Sizes a module for `driver_value` (the month's statistic of the driver) under `event_factor` (1 without events).
///
/// # Errors
/// When the model is wrong ([`CapacityModel::check`]). A driver that is not finite or is negative sizes as zero;
/// [`super::plan`] reports it instead.
pub fn size(model: &CapacityModel, driver_value: f64, event_factor: f64) -> Result<Sizing, ModelError> {
    if let Some(error) = model.check().into_iter().next() {
        return Err(error);
    }
    let driver = if driver_value.is_finite() {
        driver_value.max(0.0)
    } else {
        0.0
    };
    let mut per_resource = Vec::with_capacity(model.work.len());
    let mut largest: Option<(f64, &String)> = None;
    for (resource, work) in &model.work {
        // `check` made sure that both are there.
        let (Some(&limit), Some(&target)) = (model.limit.get(resource), model.target_utilization.get(resource)) else {
            continue;
        };
        let demand = driver * model.peak_factor * event_factor * work;
        let units_exact = demand / (limit * target);
        if largest.is_none_or(|(most, _)| units_exact > most) {
            largest = Some((units_exact, resource));
        }
        let units = round_up(units_exact);
        per_resource.push(ResourceSizing {
            resource: resource.clone(),
            demand,
            limit,
            target_utilization: target,
            units_exact,
            units,
        });
    }
    let (most, bottleneck) = largest.map_or((0.0, String::new()), |(most, resource)| (most, resource.clone()));
    let units = round_up(most);
    let redundancy = u64::from(model.redundancy);
    Ok(Sizing {
        per_resource,
        bottleneck,
        units,
        redundancy,
        total: units + redundancy,
    })
}

/// Rounds up, but takes a count within floating-point noise above a whole number for that number.
fn round_up(exact: f64) -> u64 {
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
