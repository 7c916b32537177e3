//! The year in review: what is needed against what stands without buying anything, shortages and surpluses.

use super::{CapacityModel, CapacityPlan, OnOrder, size};
use crate::ledger::{Month, MonthRange};
use serde::Serialize;
use std::collections::BTreeMap;

/// A shortage or surplus of more than this share is a severe one.
pub const SEVERE: f64 = 0.25;

/// How a module stands over the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Units are missing in some month (短板).
    Shortage,
    /// Units are not needed in any month (过剩).
    Surplus,
    /// Neither.
    Balanced,
}

/// A month of the review.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReviewMonth {
    /// The month.
    pub month: Month,
    /// Units needed.
    pub needed: u64,
    /// The same without the factors of events.
    pub needed_without_events: u64,
    /// Units that stand without buying.
    pub standing: u64,
    /// Demand on the bottleneck ÷ what the standing units carry at target utilization.
    pub used: f64,
}

/// A module over the year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModuleReview {
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Unit.
    pub unit: String,
    /// How it stands.
    pub standing: Standing,
    /// True when over a quarter is missing in a month without events, or is not needed in any month.
    pub severe: bool,
    /// Month with the highest need.
    pub peak_month: Month,
    /// Bottleneck of that month.
    pub bottleneck: String,
    /// Units needed then.
    pub peak_needed: u64,
    /// The most that is missing in a month.
    pub missing: u64,
    /// The most that is missing in a month without events.
    pub missing_without_events: u64,
    /// Units that no month needs, events included.
    pub too_many: u64,
    /// Units that no month needs without events.
    pub too_many_without_events: u64,
    /// Month by month.
    pub months: Vec<ReviewMonth>,
}

/// Units that stand in each month when nothing is bought or handed over: counts, arrivals on order, retirements, lease ends.
pub fn standing_units(
    model: &CapacityModel,
    months: MonthRange,
    as_of: Month,
    on_order: &[OnOrder],
) -> BTreeMap<Month, u64> {
    let mut stock = model.stock_before(months.first);
    let mine = |order: &&OnOrder| {
        order.product == model.product
            && order.unit == model.unit
            && (order.module.is_empty() || order.module == model.module)
    };
    let arrival = |order: &OnOrder| order.expected.max(as_of.plus(1));
    stock += on_order
        .iter()
        .filter(mine)
        .filter(|o| arrival(o) < months.first)
        .map(|o| o.units)
        .sum::<u64>();
    let mut standing = BTreeMap::new();
    for month in months.months() {
        let change = model.stock_change(stock, month, month == months.first, month <= as_of);
        stock = change.applied_to(stock);
        stock += on_order
            .iter()
            .filter(mine)
            .filter(|o| arrival(o) == month)
            .map(|o| o.units)
            .sum::<u64>();
        standing.insert(month, stock);
    }
    standing
}

/// Reviews the modules of a plan, the severest first; `models` are those of the plan.
pub fn review(
    plan: &CapacityPlan,
    models: &[CapacityModel],
    months: MonthRange,
    as_of: Month,
    on_order: &[OnOrder],
) -> Vec<ModuleReview> {
    let mut reviews = Vec::new();
    for module in &plan.modules {
        let mine = |model: &&CapacityModel| {
            model.product == module.product
                && model.module == module.module
                && model.unit == module.unit
                && (model.driver == module.driver || model.driver.is_empty())
        };
        let Some(model) = models.iter().find(mine) else {
            continue;
        };
        let standing = standing_units(model, months, as_of, on_order);
        let rows: Vec<ReviewMonth> = module
            .months
            .iter()
            .filter_map(|month| {
                let stands = *standing.get(&month.month)?;
                let without = size(model, month.driver_value, 1.0).map_or(month.sizing.total, |sizing| sizing.total);
                let carrying = stands.saturating_sub(month.sizing.redundancy);
                let exact = month
                    .sizing
                    .per_resource
                    .iter()
                    .map(|resource| resource.units_exact)
                    .fold(0.0, f64::max);
                Some(ReviewMonth {
                    month: month.month,
                    needed: month.sizing.total,
                    needed_without_events: without.min(month.sizing.total),
                    standing: stands,
                    used: if carrying > 0 {
                        exact / carrying as f64
                    } else {
                        f64::INFINITY
                    },
                })
            })
            .collect();
        let Some(peak) = rows.iter().max_by_key(|row| (row.needed, std::cmp::Reverse(row.month))) else {
            continue;
        };
        let missing = rows
            .iter()
            .map(|row| row.needed.saturating_sub(row.standing))
            .max()
            .unwrap_or(0);
        let short = |row: &ReviewMonth| row.needed_without_events.saturating_sub(row.standing);
        let missing_without_events = rows.iter().map(short).max().unwrap_or(0);
        let spare = |row: &ReviewMonth| row.standing.saturating_sub(row.needed);
        let spare_without = |row: &ReviewMonth| row.standing.saturating_sub(row.needed_without_events);
        let (too_many, too_many_without_events) = (
            rows.iter().map(spare).min().unwrap_or(0),
            rows.iter().map(spare_without).min().unwrap_or(0),
        );
        let standing_now = rows.iter().map(|row| row.standing).max().unwrap_or(0);
        let (kind, severe) = if missing > 0 {
            let severe = rows
                .iter()
                .any(|row| short(row) as f64 > SEVERE * row.needed_without_events as f64);
            (Standing::Shortage, severe)
        } else if too_many > 0 {
            (Standing::Surplus, too_many as f64 > SEVERE * standing_now as f64)
        } else {
            (Standing::Balanced, false)
        };
        let bottleneck = module.month(peak.month).map(|month| month.sizing.bottleneck.clone());
        reviews.push(ModuleReview {
            product: module.product.clone(),
            module: module.module.clone(),
            unit: module.unit.clone(),
            standing: kind,
            severe,
            peak_month: peak.month,
            bottleneck: bottleneck.unwrap_or_default(),
            peak_needed: peak.needed,
            missing,
            missing_without_events,
            too_many,
            too_many_without_events,
            months: rows,
        });
    }
    reviews.sort_by(|a, b| {
        (!a.severe, a.standing, &a.product, &a.module).cmp(&(!b.severe, b.standing, &b.product, &b.module))
    });
    reviews
}

/// The largest driver value that `units` carry; nothing when they carry none at all, infinity when the driver does not matter.
pub fn driver_limit(model: &CapacityModel, units: u64, event_factor: f64) -> Option<f64> {
    let fits = |driver: f64| {
        size(model, driver, event_factor).is_ok_and(|sizing| sizing.total + sizing.beyond_maximum <= units)
    };
    if !fits(0.0) {
        return None;
    }
    let mut high = 1.0;
    while fits(high) {
        high *= 2.0;
        if high > 1e18 {
            return Some(f64::INFINITY);
        }
    }
    let mut low = 0.0;
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if fits(middle) { low = middle } else { high = middle }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_a_stock_is_the_driver_that_fills_it() {
        // 8 servers of which 2 are spare: 6 × 38.4 ÷ 0.02 = 11 520 users.
        let model = super::super::model::tests::stream();
        assert!((driver_limit(&model, 8, 1.0).unwrap() - 11_520.0).abs() < 0.01);
        assert!((driver_limit(&model, 8, 1.2).unwrap() - 9_600.0).abs() < 0.01);
        assert_eq!(driver_limit(&model, 1, 1.0), None);
    }
}
