//! What a module has, month by month, before anything is bought: counts, arrivals on order, retirements, lease ends.

use super::chain::External;
use super::facility::Facility;
use super::offer::Offer;
use super::simulate::Risk;
use super::{CapacityModel, TermsChoice};
use crate::ledger::{Money, Month};
use serde::Serialize;

/// Units that were ordered before the plan and have not arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OnOrder {
    /// Order and line.
    pub order: String,
    /// Product that they are for.
    pub product: String,
    /// Module of it; any with that unit when empty.
    pub module: String,
    /// Unit.
    pub unit: String,
    /// Month in which they are expected.
    pub expected: Month,
    /// Units.
    pub units: u64,
    /// Net amount of the line, in `currency`.
    pub amount: Money,
    /// Currency.
    pub currency: String,
}

/// What a plan knows besides models, prices and targets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surroundings {
    /// Services of others.
    pub externals: Vec<External>,
    /// What a rack and a switch hold.
    pub facility: Option<Facility>,
    /// Units on order.
    pub on_order: Vec<OnOrder>,
    /// Prices by term and quantity.
    pub offers: Vec<Offer>,
    /// How units are paid for where the module does not say.
    pub terms: TermsChoice,
    /// How uncertain inputs are treated; certain ones only without it.
    pub risk: Option<Risk>,
}

impl Surroundings {
    /// Nothing besides models, prices and targets.
    pub const NONE: &'static Surroundings = &Surroundings {
        externals: Vec::new(),
        facility: None,
        on_order: Vec::new(),
        offers: Vec::new(),
        terms: TermsChoice::PriceBook,
        risk: None,
    };
}

/// What changed a module's stock at the start of a month, before purchases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StockChange {
    /// What a count of the inventory corrected.
    pub counted: i64,
    /// Units on order that arrive.
    pub on_order: u64,
    /// Units that retire.
    pub retired: u64,
    /// Units whose lease has ended.
    pub lease_ended: u64,
    /// Units that other modules hand over.
    pub transferred_in: u64,
    /// Units handed to other modules.
    pub transferred_out: u64,
}

/// A surplus that goes to a module that would have to buy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transfer {
    /// Month.
    pub month: Month,
    /// Unit.
    pub unit: String,
    /// `product/module` that gives.
    pub from: String,
    /// `product/module` that takes.
    pub to: String,
    /// Units.
    pub units: u64,
}

impl CapacityModel {
    /// Retirements and lease ends that take effect in `month`, unless a count of that month knows of them.
    fn leaving(&self, month: Month) -> (u64, u64) {
        if self.inventory.iter().any(|count| count.month == month) {
            return (0, 0);
        }
        let retired = self
            .retirements
            .iter()
            .filter(|r| r.month == month)
            .map(|r| r.count)
            .sum();
        let ended = self
            .leases
            .iter()
            .filter(|lease| lease.ends.plus(1) == month)
            .map(|l| l.count)
            .sum();
        (retired, ended)
    }

    /// Stock at the start of `first`: the latest count before it and what left since.
    pub(super) fn stock_before(&self, first: Month) -> u64 {
        let counted = self
            .inventory
            .iter()
            .filter(|c| c.month <= first)
            .map(|c| c.month)
            .max();
        let mut stock = self.inventory_at(first);
        let mut month = counted.unwrap_or(first).plus(1);
        while month < first {
            let (retired, ended) = self.leaving(month);
            stock = stock.saturating_sub(retired + ended);
            month = month.plus(1);
        }
        stock
    }

    /// What changes `stock` at the start of `month`. Within the delivered months, and in the plan's first, a count replaces
    /// the stock. Later a higher count than the one before lifts it (the plan's own purchases are part of it), a lower one takes
    /// the difference away.
    pub(super) fn stock_change(&self, stock: u64, month: Month, is_first: bool, delivered: bool) -> StockChange {
        let Some(count) = self.inventory.iter().find(|count| count.month == month) else {
            let (retired, lease_ended) = self.leaving(month);
            let retired = retired.min(stock);
            return StockChange {
                retired,
                lease_ended: lease_ended.min(stock - retired),
                ..StockChange::default()
            };
        };
        let after = if is_first || delivered {
            count.count
        } else {
            let before = self.inventory_at(month.plus(-1));
            if count.count >= before {
                stock.max(count.count)
            } else {
                stock.saturating_sub(before - count.count)
            }
        };
        StockChange {
            counted: after as i64 - stock as i64,
            ..StockChange::default()
        }
    }
}

impl StockChange {
    /// The stock after the change.
    pub(super) fn applied_to(&self, stock: u64) -> u64 {
        let added = stock as i64 + self.counted + (self.on_order + self.transferred_in) as i64;
        (added - (self.retired + self.lease_ended + self.transferred_out) as i64).max(0) as u64
    }
}
