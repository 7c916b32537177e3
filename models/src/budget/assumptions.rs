//! What next year's draft rests on, per product, to be looked at by a person: history, drivers, purchases, contracts, recurring
//! cost, savings.

use super::{BudgetLine, Derivation, Inputs, LineKey, Origin, Sourcing};
use crate::capacity::CapacityPlan;
use crate::contracts::ContractCost;
use crate::ledger::{Expenditure, Money, Month, Ratio};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that the budget of a product rests on. Amounts in the reporting currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Assumption {
    /// The twelve months before, against the draft.
    History {
        /// Actual cost of the twelve months through the last closed one, of those that there is any cost of.
        actual: Money,
        /// How many of them.
        #[serde(default = "a_year")]
        months: u32,
        /// The draft.
        draft: Money,
        /// Draft ÷ (actual ÷ months × 12) − 1; nothing without cost.
        growth: Option<Money>,
    },
    /// A target against what the metric was.
    Driver {
        /// Module.
        module: String,
        /// Business metric.
        driver: String,
        /// Mean of the months' targets.
        target: f64,
        /// Mean of the last twelve measured months; nothing when not measured.
        actual: Option<f64>,
        /// Target ÷ actual − 1.
        growth: Option<f64>,
    },
    /// The plan buys.
    Purchase {
        /// Module.
        module: String,
        /// Unit.
        unit: String,
        /// Units.
        units: u64,
        /// Month of the order.
        order: Month,
        /// Month of arrival.
        arrival: Month,
        /// Cash.
        cash: Money,
    },
    /// Cost that goes on as it was.
    Recurring {
        /// Amount of the year.
        amount: Money,
        /// Growth in percent.
        growth_percent: Money,
    },
    /// Contracts take the place of recurring cost.
    Contract {
        /// Contract.
        contract: String,
        /// Who bills it.
        vendor: String,
        /// Amount of the year.
        amount: Money,
        /// Last month with any of it.
        last: Month,
        /// Recurring cost of the same cost type that it takes the place of.
        instead_of: Money,
    },
    /// A saving that is planned.
    Saving {
        /// What is done.
        measure: String,
        /// Amount of the year, positive.
        amount: Money,
    },
    /// What is paid for and not used: a saving that nobody has planned yet.
    Candidate {
        /// Resource.
        resource: String,
        /// Cost of a month.
        monthly: Money,
    },
    /// What could not be derived.
    Problem {
        /// In words.
        message: String,
    },
}

fn a_year() -> u32 {
    12
}

/// A saving that somebody plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedSaving {
    /// Product.
    pub product: String,
    /// Amount of the year.
    pub amount: Money,
    /// What is done.
    pub measure: String,
}

/// Contracts take the place of recurring cost on their keys. `rate` gives the reporting currency per unit of another.
///
/// Only lines that name a product count, and only keys that nothing else derives: a rack under a capacity model is in
/// the plan already. What a contract of another currency without a known rate comes to stays recurring.
pub fn with_contracts(
    lines: &[BudgetLine],
    costs: &[ContractCost],
    rate: &dyn Fn(&str, Month) -> Option<Money>,
) -> (Vec<BudgetLine>, BTreeMap<String, Vec<Assumption>>) {
    let mut other: BTreeMap<LineKey, Money> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.origin != Origin::Recurring) {
        *other.entry(line.key()).or_default() += line.amount;
    }
    type Group<'a> = BTreeMap<(LineKey, &'a str), BTreeMap<Month, Vec<&'a ContractCost>>>;
    let mut groups: Group<'_> = BTreeMap::new();
    for cost in costs.iter().filter(|cost| !cost.product.is_empty()) {
        let key = LineKey {
            product: cost.product.clone(),
            module: cost.module.clone(),
            cost_type: cost.cost_type,
            expenditure: Expenditure::Opex,
        };
        if !other.contains_key(&key) && rate(&cost.currency, cost.month).is_some() {
            let months = groups.entry((key, &cost.contract)).or_default();
            months.entry(cost.month).or_default().push(cost);
        }
    }
    let mut recurring: BTreeMap<LineKey, Money> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.origin == Origin::Recurring) {
        *recurring.entry(line.key()).or_default() += line.amount;
    }
    // Kind of service: what the recurring lines that it takes the place of have in common, of the same provider.
    let mut known: BTreeMap<LineKey, Vec<Sourcing>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.origin == Origin::Recurring) {
        known.entry(line.key()).or_default().push(line.sourcing.clone());
    }
    let covered: std::collections::BTreeSet<LineKey> = groups.keys().map(|(key, _)| key.clone()).collect();
    let mut result: Vec<BudgetLine> = lines
        .iter()
        .filter(|line| line.origin != Origin::Recurring || !covered.contains(&line.key()))
        .cloned()
        .collect();
    let mut assumptions: BTreeMap<String, Vec<Assumption>> = BTreeMap::new();
    for ((key, contract), months) in groups {
        let mut amount = Money::ZERO;
        let last = months.keys().next_back().copied();
        let mut vendor = String::new();
        for (month, costs) in months {
            let Some(first) = costs.first() else { continue };
            vendor.clone_from(&first.vendor);
            let Some(rate) = rate(&first.currency, month) else {
                continue;
            };
            let sum: Money = costs.iter().map(|cost| cost.amount).sum();
            let mut line = BudgetLine::manual(month, key.clone(), sum.multiply(rate), "");
            line.origin = Origin::Contract;
            line.sourcing = of_contract(&costs, known.get(&key));
            line.derivation = Derivation::Contract {
                contract: contract.to_owned(),
                vendor: vendor.clone(),
                lines: costs
                    .iter()
                    .map(|cost| (cost.charge_type.clone(), cost.quantity, cost.unit_price, cost.amount))
                    .collect(),
                currency: first.currency.clone(),
                rate,
            };
            amount += line.amount;
            result.push(line);
        }
        if let Some(last) = last {
            assumptions
                .entry(key.product.clone())
                .or_default()
                .push(Assumption::Contract {
                    contract: contract.to_owned(),
                    vendor,
                    amount,
                    last,
                    instead_of: recurring.get(&key).copied().unwrap_or_default(),
                });
        }
    }
    result.sort_by_cached_key(|line| (line.month, line.key(), line.origin));
    (result, assumptions)
}

/// Where what a contract bills comes from: its vendor, the mode of its lines, and what bills of the vendor say beside.
fn of_contract(costs: &[&ContractCost], known: Option<&Vec<Sourcing>>) -> Sourcing {
    let stated: Vec<Sourcing> = costs
        .iter()
        .map(|cost| Sourcing {
            resource_mode: Some(cost.mode),
            ..Sourcing::of_provider(&cost.vendor)
        })
        .collect();
    let own = Sourcing::common(&stated);
    let same = known
        .into_iter()
        .flatten()
        .filter(|known| known.provider == own.provider);
    let billed = Sourcing::common(same);
    own.or(&billed)
}

/// Planned savings as lines below zero, spread over a product's running cost by what its cells have. A saving of more than
/// there is, or on a product without lines, is given back.
pub fn with_savings(lines: &[BudgetLine], savings: &[PlannedSaving]) -> (Vec<BudgetLine>, Vec<PlannedSaving>) {
    let mut result = lines.to_vec();
    let mut left = Vec::new();
    for saving in savings {
        let months = result.iter().map(|line| line.month).collect();
        let scope = super::Scope {
            product: &saving.product,
            module: None,
            cost_type: None,
            expenditure: Expenditure::Opex,
            months: &months,
        };
        let Some(parts) = scope.spread(&result, -saving.amount) else {
            left.push(saving.clone());
            continue;
        };
        result.extend(parts.into_iter().map(|(key, month, sourcing, part)| {
            let mut line = BudgetLine::manual(month, key, part, "");
            line.sourcing = sourcing;
            line.origin = Origin::Optimization;
            line.derivation = Derivation::Saving {
                measure: saving.measure.clone(),
                note: String::new(),
            };
            line
        }));
    }
    result.sort_by_cached_key(|line| (line.month, line.key(), line.origin));
    (result, left)
}

/// What the lines of a draft rest on, by product.
pub fn assumptions(inputs: &Inputs, lines: &[BudgetLine], plan: &CapacityPlan) -> BTreeMap<String, Vec<Assumption>> {
    let mut result: BTreeMap<String, Vec<Assumption>> = BTreeMap::new();
    let mut draft: BTreeMap<&str, Money> = BTreeMap::new();
    let mut recurring: BTreeMap<&str, Money> = BTreeMap::new();
    for line in lines {
        *draft.entry(&line.product).or_default() += line.amount;
        if line.origin == Origin::Recurring {
            *recurring.entry(&line.product).or_default() += line.amount;
        }
    }
    let mut actual: BTreeMap<&str, Money> = BTreeMap::new();
    for cost in inputs.actuals {
        if cost.month <= inputs.as_of && cost.month > inputs.as_of.plus(-12) {
            *actual.entry(&cost.product).or_default() += cost.amount;
        }
    }
    let known = inputs.actuals.iter().map(|cost| cost.month);
    let known = known.filter(|month| *month <= inputs.as_of && *month > inputs.as_of.plus(-12));
    let months = known.collect::<std::collections::BTreeSet<Month>>().len() as u32;
    let products: std::collections::BTreeSet<&str> = draft.keys().chain(actual.keys()).copied().collect();
    for product in products {
        let (draft, actual) = (
            draft.get(product).copied().unwrap_or_default(),
            actual.get(product).copied().unwrap_or_default(),
        );
        let year = Ratio::checked(Money::whole(12), Money::whole(i64::from(months)));
        let year = year.map_or(actual, |year| actual.scale_by(&year));
        let growth = Ratio::checked(draft - year, year).map(|ratio| ratio.to_money().round(6));
        let list = result.entry(product.to_owned()).or_default();
        list.push(Assumption::History {
            actual,
            months,
            draft,
            growth,
        });
        if let Some(amount) = recurring.get(product) {
            list.push(Assumption::Recurring {
                amount: *amount,
                growth_percent: inputs.settings.growth_percent,
            });
        }
    }
    for model in inputs.models {
        let mean = |drivers: &crate::capacity::Drivers, months: &mut dyn Iterator<Item = Month>| {
            let values: Vec<f64> = months
                .filter_map(|month| drivers.get(&model.product, &model.driver, month, model.driver_statistic))
                .collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        let Some(target) = mean(inputs.targets, &mut inputs.months.months()) else {
            continue;
        };
        let actual = mean(inputs.actual_drivers, &mut (0..12).map(|back| inputs.as_of.plus(-back)));
        let list = result.entry(model.product.clone()).or_default();
        list.push(Assumption::Driver {
            module: model.module.clone(),
            driver: model.driver.clone(),
            target,
            actual,
            growth: actual
                .filter(|actual| *actual > 0.0)
                .map(|actual| target / actual - 1.0),
        });
    }
    for order in plan.orders.iter().filter(|order| inputs.months.contains(order.arrival)) {
        let list = result.entry(order.product.clone()).or_default();
        list.push(Assumption::Purchase {
            module: order.module.clone(),
            unit: order.unit.clone(),
            units: order.units,
            order: order.order_month,
            arrival: order.arrival,
            cash: order.cost,
        });
    }
    result
}
