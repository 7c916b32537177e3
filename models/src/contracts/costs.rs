//! What contracts cost in months to come: an input of the budget.

use super::{ContractLine, Measured};
use crate::ledger::{CostType, Money, Month, MonthRange, ResourceMode};
use serde::Serialize;

/// What one contract line comes to in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContractCost {
    /// Month.
    pub month: Month,
    /// Contract.
    pub contract: String,
    /// Who bills it.
    pub vendor: String,
    /// Word of the charge.
    pub charge_type: String,
    /// Cost type.
    pub cost_type: CostType,
    /// How the resource is had.
    pub mode: ResourceMode,
    /// Rack, link or machine.
    pub resource: String,
    /// Product, when the contract names one.
    pub product: String,
    /// Module of it.
    pub module: String,
    /// Quantity.
    pub quantity: Money,
    /// Net price of one unit.
    pub unit_price: Money,
    /// Net amount in `currency`, in cents.
    pub amount: Money,
    /// Currency, ISO 4217.
    pub currency: String,
    /// True when the quantity is metered and rests on `usage`.
    pub estimated: bool,
}

/// Money of contracts for months, each line that holds in a month once; in the order of months, then of `lines`.
///
/// A metered line (power by the meter, bandwidth above a commit) has no quantity of its own: `usage` says what will be
/// measured in a month, and a line of which it knows nothing stays out. Lines on demand stay out as well.
pub fn contract_costs(
    lines: &[ContractLine],
    months: MonthRange,
    usage: &dyn Fn(&ContractLine, Month) -> Option<Measured>,
) -> Vec<ContractCost> {
    let mut costs = Vec::new();
    for month in months.months() {
        for line in lines {
            let measured = line.meter().and_then(|_| usage(line, month));
            let Some(expected) = line.expected(month, measured.as_ref()) else {
                continue;
            };
            costs.push(ContractCost {
                month,
                contract: line.contract.clone(),
                vendor: line.vendor.clone(),
                charge_type: line.charge_type.clone(),
                cost_type: line.cost_type,
                mode: line.mode,
                resource: line.resource.clone(),
                product: line.product.clone(),
                module: line.module.clone(),
                quantity: expected.quantity,
                unit_price: line.unit_price,
                amount: expected.amount,
                currency: line.currency.clone(),
                estimated: measured.is_some(),
            });
        }
    }
    costs
}
