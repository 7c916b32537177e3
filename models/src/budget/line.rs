//! One line of a budget, and how it came about.

use super::{Account, Sourcing};
use crate::capacity::Term;
use crate::ledger::{CostType, Expenditure, Money, Month};
use serde::{Deserialize, Serialize};

/// What budget and actual are compared by: product, module (empty = none), cost type and expenditure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineKey {
    /// Product.
    pub product: String,
    /// Module of the product; empty when none.
    pub module: String,
    /// Cost type.
    pub cost_type: CostType,
    /// Capex or opex.
    pub expenditure: Expenditure,
}

impl LineKey {
    /// The key of a module's cost of a type; an empty module is none.
    pub fn of(product: &str, module: &str, cost_type: CostType, expenditure: Expenditure) -> Self {
        Self {
            product: product.to_owned(),
            module: module.to_owned(),
            cost_type,
            expenditure,
        }
    }
}

/// Where a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The capacity plan: rent, running cost, depreciation of planned purchases.
    Capacity,
    /// The schedule of assets that are there already.
    Depreciation,
    /// The recurring cost of the months before.
    Recurring,
    /// Somebody's decision.
    Manual,
    /// Contracts.
    Contract,
    /// A share of what was set from above.
    TopDown,
    /// A saving that is planned: an idle finding that is to be given back, or a measure.
    Optimization,
}

impl Origin {
    /// The word that programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Capacity => "capacity",
            Origin::Depreciation => "depreciation",
            Origin::Recurring => "recurring",
            Origin::Manual => "manual",
            Origin::Contract => "contract",
            Origin::TopDown => "top-down",
            Origin::Optimization => "optimization",
        }
    }
}

/// The arithmetic of a line, so that a person can follow it. All amounts are in the reporting currency unless said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Derivation {
    /// amount = units × price × rate; units follow from the driver.
    Units {
        /// Business metric.
        driver: String,
        /// Its target, before events.
        driver_value: f64,
        /// Factor of the month's events.
        event_factor: f64,
        /// Factor of the peak within the day.
        peak_factor: f64,
        /// Resource that needs the most units.
        bottleneck: String,
        /// Demand on it: driver × peak × event × work.
        demand: f64,
        /// What one unit carried in its load test.
        limit: f64,
        /// Share of the limit that may be used.
        target_utilization: f64,
        /// Units that carry the demand.
        units_needed: u64,
        /// Units on top (N+k).
        redundancy: u64,
        /// Unit that capacity is bought in.
        unit: String,
        /// Units in service, paid for in this month.
        units_in_service: u64,
        /// Price of a unit and month, in `currency`.
        unit_price: Money,
        /// Term under which they are had, when the plan took one; the price book's without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        term: Option<Term>,
        /// Currency of the price.
        currency: String,
        /// Reporting currency per unit of `currency`.
        rate: Money,
    },
    /// Depreciation of purchases that the plan makes.
    PlannedPurchases {
        /// Month of arrival and units.
        purchases: Vec<(Month, u64)>,
    },
    /// Depreciation by the schedules of existing assets.
    Assets {
        /// Assets that depreciate in the month.
        assets: u64,
        /// True when they serve no single product and this is a share, by recent actual depreciation.
        shared: bool,
    },
    /// amount = sum of the months ÷ their number × (1 + growth).
    Recurring {
        /// Actual cost of the months that it rests on.
        months: Vec<(Month, Money)>,
        /// Growth in percent.
        growth_percent: Money,
    },
    /// Entered by hand.
    Manual {
        /// Why.
        note: String,
    },
    /// What lines of a contract bill in the month.
    Contract {
        /// Contract.
        contract: String,
        /// Who bills it.
        vendor: String,
        /// Its lines: word of the charge, quantity, price of one, net amount; in `currency`.
        lines: Vec<(String, Money, Money, Money)>,
        /// Currency of the contract.
        currency: String,
        /// Reporting currency per unit of `currency`.
        rate: Money,
    },
    /// Share of the difference between a cap and what was drafted from below.
    TopDown {
        /// The cap.
        cap: Money,
        /// What the lines from below came to.
        bottom_up: Money,
        /// Why.
        note: String,
    },
    /// A saving that is planned.
    Saving {
        /// The finding or measure.
        measure: String,
        /// Why.
        note: String,
    },
}

/// One line of a budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BudgetLine {
    /// Month that it is for.
    pub month: Month,
    /// Product.
    pub product: String,
    /// Module; empty when none.
    pub module: String,
    /// Cost type.
    pub cost_type: CostType,
    /// Capex or opex.
    pub expenditure: Expenditure,
    /// Where what it pays for comes from, as far as that is stated.
    #[serde(default, flatten)]
    pub sourcing: Sourcing,
    /// Amount in the reporting currency.
    pub amount: Money,
    /// Units that it pays for, where it counts units.
    pub units: Option<u64>,
    /// Where it comes from.
    pub origin: Origin,
    /// How it was worked out.
    pub derivation: Derivation,
    /// What is paid in the month, where that is not the amount: depreciation is paid at purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash: Option<Money>,
    /// Who answers for it; empty when nobody in particular.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Words about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

impl BudgetLine {
    /// A line entered by hand.
    pub fn manual(month: Month, key: LineKey, amount: Money, note: impl Into<String>) -> BudgetLine {
        BudgetLine {
            month,
            product: key.product,
            module: key.module,
            cost_type: key.cost_type,
            expenditure: key.expenditure,
            sourcing: Sourcing::default(),
            amount,
            units: None,
            origin: Origin::Manual,
            derivation: Derivation::Manual { note: note.into() },
            cash: None,
            owner: String::new(),
            comment: String::new(),
        }
    }

    /// What is paid in the month. Depreciation of what is there already was paid long ago.
    pub fn paid(&self) -> Money {
        match (self.cash, self.origin, self.expenditure) {
            (Some(cash), _, _) => cash,
            (None, Origin::Depreciation, _) | (None, Origin::Capacity, Expenditure::Capex) => Money::ZERO,
            (None, _, _) => self.amount,
        }
    }

    /// What requests are held against: purchases are controlled in cash, everything else on accrual.
    pub fn controlled(&self) -> Money {
        match self.expenditure {
            Expenditure::Capex => self.paid(),
            Expenditure::Opex => self.amount,
        }
    }

    /// The account that the line gives money to.
    pub fn account(&self) -> Account {
        Account {
            product: self.product.clone(),
            expenditure: self.expenditure,
        }
    }

    /// What the line is compared by.
    pub fn key(&self) -> LineKey {
        LineKey {
            product: self.product.clone(),
            module: self.module.clone(),
            cost_type: self.cost_type,
            expenditure: self.expenditure,
        }
    }
}
