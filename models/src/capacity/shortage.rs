//! What buying a percentile of the need would cost: expected shortage and surplus.

use super::simulate::{TornadoBar, percentile};
use crate::ledger::{Money, Ratio};
use serde::Serialize;

/// Percentiles that are compared.
pub const PERCENTILES: [u32; 8] = [50, 60, 70, 80, 90, 95, 99, 100];

/// One percentile bought in every month, over the months of the plan and all samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PercentileChoice {
    /// Percentile of the need.
    pub percentile: u32,
    /// The most units bought in a month.
    pub peak_units: u64,
    /// Expected units too few × months.
    pub shortage_unit_months: f64,
    /// Expected units too many × months.
    pub surplus_unit_months: f64,
    /// Expected cost of the shortage; nothing when the model states no `shortage_cost`.
    pub shortage_cost: Option<Money>,
    /// Expected cost of the surplus; nothing when the unit has no price.
    pub surplus_cost: Option<Money>,
    /// Both together.
    pub expected_cost: Option<Money>,
}

/// What uncertain inputs mean for a module.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModuleRisk {
    /// Samples.
    pub samples: u32,
    /// Seed.
    pub seed: u64,
    /// Percentile that the plan buys; the stated values without one.
    pub percentile: Option<u32>,
    /// Price of a unit and month that a surplus costs, reporting currency.
    pub unit_month_cost: Option<Money>,
    /// What each percentile would cost.
    pub choices: Vec<PercentileChoice>,
    /// The percentile with the least expected cost.
    pub cheapest: Option<u32>,
    /// What matters most.
    pub tornado: Vec<TornadoBar>,
}

/// Compares the percentiles; `needs` are the ascending samples of each month.
pub(super) fn choices(
    needs: &[Vec<u32>],
    unit_month_cost: Option<Money>,
    shortage_cost: Option<Money>,
) -> (Vec<PercentileChoice>, Option<u32>) {
    let samples = needs.first().map_or(1, Vec::len).max(1);
    let expected = |units: u64, price: Money| {
        let sum = i64::try_from(units).unwrap_or(i64::MAX);
        price
            .scale_by(&Ratio::new(Money::whole(sum), Money::whole(samples as i64)))
            .round(2)
    };
    let choices: Vec<PercentileChoice> = PERCENTILES
        .iter()
        .map(|&percent| {
            let (mut short, mut over, mut peak) = (0_u64, 0_u64, 0);
            for month in needs {
                let have = percentile(month, percent);
                peak = peak.max(have);
                for need in month.iter().copied().map(u64::from) {
                    short += need.saturating_sub(have);
                    over += have.saturating_sub(need);
                }
            }
            let shortage_cost = shortage_cost.map(|price| expected(short, price));
            let surplus_cost = unit_month_cost.map(|price| expected(over, price));
            PercentileChoice {
                percentile: percent,
                peak_units: peak,
                shortage_unit_months: short as f64 / samples as f64,
                surplus_unit_months: over as f64 / samples as f64,
                shortage_cost,
                surplus_cost,
                expected_cost: shortage_cost.zip(surplus_cost).map(|(short, over)| short + over),
            }
        })
        .collect();
    let cheapest = choices
        .iter()
        .filter_map(|choice| Some((choice.expected_cost?, choice.percentile)))
        .min()
        .map(|(_, percentile)| percentile);
    (choices, cheapest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_costs_by_hand() {
        // Two months of four samples. Buying the median (2 and 4): short 1 + 3 = 4 and 2 + 4 = 6 over the samples, over 1 and 1.
        let needs = [vec![1, 2, 3, 5], vec![3, 4, 6, 8]];
        let (choices, cheapest) = choices(&needs, Some(Money::whole(100)), Some(Money::whole(50)));
        let median = &choices[0];
        assert_eq!((median.shortage_unit_months, median.surplus_unit_months), (2.5, 0.5));
        assert_eq!(
            (median.shortage_cost, median.surplus_cost),
            (Some(Money::whole(125)), Some(Money::whole(50)))
        );
        let all = choices.last().unwrap();
        assert_eq!((all.peak_units, all.shortage_unit_months), (8, 0.0));
        // A unit too many costs twice as much as one too few: the least percentile compared.
        assert_eq!(cheapest, Some(50));
    }
}
