//! What a budget and its execution are worked out from.

use super::{CarryRules, LineKey, Sourcing};
use crate::assets::Asset;
use crate::capacity::{CapacityModel, Drivers, Event, PlanInputs, Price, Surroundings, Unit};
use crate::ledger::{CostType, Expenditure, Money, Month, MonthRange};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Months that recurring cost and run ratios rest on.
pub(crate) const RECENT_MONTHS: i32 = 3;

/// `[budget]` of the configuration. Percentages may be whole numbers or decimal text (`"2.5"`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetSettings {
    /// Growth of recurring cost that no capacity model covers, in percent.
    pub growth_percent: Money,
    /// Distance of the landing from the year's budget, in percent of it, beyond which a supplement or cut is proposed.
    pub landing_band_percent: Money,
    /// What becomes of money at the end of a year.
    pub carry_over: CarryRules,
}

impl Default for BudgetSettings {
    fn default() -> Self {
        BudgetSettings {
            growth_percent: Money::ZERO,
            landing_band_percent: Money::whole(5),
            carry_over: CarryRules::default(),
        }
    }
}

/// Actual cost of a key in a month; several of one key and month add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actual {
    /// Month.
    pub month: Month,
    /// Product.
    pub product: String,
    /// Module; empty when none.
    pub module: String,
    /// Cost type.
    pub cost_type: CostType,
    /// Capex or opex.
    pub expenditure: Expenditure,
    /// Where it came from.
    #[serde(default, flatten)]
    pub sourcing: Sourcing,
    /// Effective cost in the reporting currency at the month's rate.
    pub amount: Money,
    /// The same cost at the rate that the budget was made with; equal for the home currency.
    pub amount_at_budget_rate: Money,
}

impl Actual {
    /// What the actual is compared by.
    pub fn key(&self) -> LineKey {
        LineKey {
            product: self.product.clone(),
            module: self.module.clone(),
            cost_type: self.cost_type,
            expenditure: self.expenditure,
        }
    }
}

/// What a budget and its execution are worked out from. The order within the lists does not matter.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// Months of the budget: a fiscal year.
    pub months: MonthRange,
    /// Last closed month: actual cost and drivers after it are not used.
    pub as_of: Month,
    /// `[budget]`.
    pub settings: BudgetSettings,
    /// `[[unit]]`.
    pub units: &'a [Unit],
    /// `[[price]]`.
    pub prices: &'a [Price],
    /// `[[capacity]]`.
    pub models: &'a [CapacityModel],
    /// `[[event]]`.
    pub events: &'a [Event],
    /// Driver targets, before events.
    pub targets: &'a Drivers,
    /// Measured drivers, events included.
    pub actual_drivers: &'a Drivers,
    /// External services, room, orders under way, terms, risk.
    pub surroundings: &'a Surroundings,
    /// Asset register.
    pub assets: &'a [Asset],
    /// Allocated actual cost, the months before the budget's first included.
    pub actuals: &'a [Actual],
    /// Running money (opex) ordered or requested for the year and not billed yet, by key and where it comes from.
    pub commitments: &'a BTreeMap<LineKey, BTreeMap<Sourcing, Money>>,
    /// Currency of budget and actual cost.
    pub reporting_currency: &'a str,
    /// Reporting currency per unit of a foreign currency in a month.
    pub rate: &'a dyn Fn(&str, Month) -> Option<Money>,
}

impl<'a> Inputs<'a> {
    /// The inputs of a capacity plan over `months`.
    pub fn plan_inputs(&self, months: MonthRange, delivered_through: Option<Month>) -> PlanInputs<'a> {
        PlanInputs {
            units: self.units,
            prices: self.prices,
            models: self.models,
            events: self.events,
            targets: self.targets,
            surroundings: self.surroundings,
            months,
            delivered_through,
            reporting_currency: self.reporting_currency,
            rate: self.rate,
        }
    }

    /// Actual cost up to the last closed month, by key, by where it came from, and by month.
    pub(crate) fn closed_actuals(&self) -> BTreeMap<LineKey, BTreeMap<Sourcing, BTreeMap<Month, Money>>> {
        let mut sums: BTreeMap<LineKey, BTreeMap<Sourcing, BTreeMap<Month, Money>>> = BTreeMap::new();
        for actual in self.actuals.iter().filter(|actual| actual.month <= self.as_of) {
            let key = sums.entry(actual.key()).or_default();
            let months = key.entry(actual.sourcing.clone()).or_default();
            *months.entry(actual.month).or_default() += actual.amount;
        }
        sums
    }

    /// The last three months up to the last closed one in which the company has any actual cost.
    pub(crate) fn recent_months(&self) -> BTreeSet<Month> {
        let first = self.as_of.plus(1 - RECENT_MONTHS);
        self.actuals
            .iter()
            .map(|a| a.month)
            .filter(|month| first <= *month && *month <= self.as_of)
            .collect()
    }

    /// Products, modules and cost types that the capacity models cover: those of their units and running prices.
    pub(crate) fn covered(&self) -> BTreeSet<(String, String, CostType)> {
        let mut covered = BTreeSet::new();
        for model in self.models {
            let unit = self
                .units
                .iter()
                .filter(|unit| unit.id == model.unit)
                .map(|unit| unit.cost_type);
            let prices = self.prices.iter().filter(|price| price.unit == model.unit);
            let running = prices.flat_map(|price| price.running.keys().copied());
            covered.extend(
                unit.chain(running)
                    .map(|c| (model.product.clone(), model.module.clone(), c)),
            );
        }
        covered
    }
}
