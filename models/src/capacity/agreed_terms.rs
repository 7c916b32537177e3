//! A plan that takes the terms agreed for a module: what is committed, rented, on demand or bought, month by month.
//!
//! The mix says which block of units takes which term ([`cheapest`](super::mix::cheapest)). Here it becomes money: every month
//! pays what its units are priced at, a commitment is paid to its end whether used or not, what is paid at its beginning
//! is spread over its months (cash in the first), and what is bought is ordered the lead time before, paid when it arrives and
//! depreciated from the month after. Surplus that stands is paid under the price book as before: nobody has given it up.

use super::mix::Block;
use super::term_prices::{TermBook, TermPrice};
use super::{
    Acquisition, CapacityModel, Mix, MixPart, ModuleMonth, Order, Term, Unit, UnitCost, UnitCostKind, late_until,
};
use crate::assets::straight_line;
use crate::ledger::{Money, Month};
use serde::{Deserialize, Serialize};

/// How the units of a module are paid for in the plan. `terms` of a `[[capacity]]`, or of `[plan]` for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&str")]
pub enum TermsChoice {
    /// By the price book; cheaper terms are advice.
    #[default]
    PriceBook,
    /// By the cheapest mix of all terms that have a price.
    Cheapest,
    /// Under this term alone.
    Only(Term),
}

impl TermsChoice {
    /// All of them.
    pub const ALL: [TermsChoice; 7] = [
        TermsChoice::PriceBook,
        TermsChoice::Cheapest,
        TermsChoice::Only(Term::OnDemand),
        TermsChoice::Only(Term::Rent),
        TermsChoice::Only(Term::OneYear),
        TermsChoice::Only(Term::ThreeYears),
        TermsChoice::Only(Term::Purchase),
    ];

    /// Name in files and words.
    pub fn as_str(self) -> &'static str {
        match self {
            TermsChoice::PriceBook => "price-book",
            TermsChoice::Cheapest => "cheapest",
            TermsChoice::Only(term) => term.as_str(),
        }
    }

    /// The one term that it allows, if it is one.
    pub fn only(self) -> Option<Term> {
        match self {
            TermsChoice::Only(term) => Some(term),
            _ => None,
        }
    }
}

impl From<TermsChoice> for &str {
    fn from(choice: TermsChoice) -> Self {
        choice.as_str()
    }
}

impl TryFrom<String> for TermsChoice {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::str::FromStr for TermsChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = TermsChoice::ALL.into_iter().find(|choice| choice.as_str() == text);
        found.ok_or_else(|| format!("'{text}': use {}", TermsChoice::ALL.map(TermsChoice::as_str).join(", ")))
    }
}

/// Lets the months of a module follow a mix: their costs and cash, what arrives, and the orders. `open` are the months that the
/// mix is about.
pub(super) fn take(
    (model, unit, book): (&CapacityModel, &Unit, &TermBook),
    months: &mut [ModuleMonth],
    (mix, blocks): (&Mix, &[Block]),
    (open, next): (&[(Month, u64)], Option<Month>),
) -> Vec<Order> {
    let mut orders = Vec::new();
    let Some(last) = months.last().map(|month| month.month) else {
        return orders;
    };
    if unit.acquisition == Acquisition::Rent {
        keep_surplus(months, open);
    }
    for (part, block) in mix.parts.iter().zip(blocks) {
        let price = |month: Month| book.at(part.term, part.price_from_units, month);
        match part.term {
            Term::OnDemand | Term::Rent => {
                for &month in &block.months {
                    if let Some(price) = price(month) {
                        pay(months, month, part, &price, Money::ZERO);
                    }
                }
            }
            Term::OneYear | Term::ThreeYears => commit(months, part, block, last, &price),
            Term::Purchase => {
                if let Some(price) = price(part.from) {
                    orders.push(buy(months, (model, unit), part, &price, next));
                }
            }
        }
        // A commitment may be paid when nobody needs it; in service is what is needed.
        for month in months.iter_mut().filter(|month| block.months.contains(&month.month)) {
            if unit.acquisition == Acquisition::Purchase && part.term != Term::Purchase {
                month.in_service += part.units;
            }
        }
    }
    orders
}

/// Leaves of the rented units under the price book what the mix is not about.
fn keep_surplus(months: &mut [ModuleMonth], open: &[(Month, u64)]) {
    for month in months {
        let Some((_, taken)) = open.iter().find(|(of, _)| *of == month.month) else {
            continue;
        };
        for cost in &mut month.costs {
            cost.units = cost.units.saturating_sub(*taken);
            cost.amount = cost.unit_price.times(cost.units as i64).multiply(cost.rate);
        }
        month.costs.retain(|cost| cost.units > 0);
        month.paid_units = month.paid_units.saturating_sub(*taken);
    }
}

/// A month of the units of a part: their price, what they cost besides, and the share of what was paid at the beginning.
fn pay(months: &mut [ModuleMonth], month: Month, part: &MixPart, price: &TermPrice, upfront: Money) {
    let Some(month) = months.iter_mut().find(|of| of.month == month) else {
        return;
    };
    let cost = |kind, cost_type, unit_price: Money| UnitCost {
        kind,
        cost_type,
        term: Some(part.term),
        units: part.units,
        unit_price,
        currency: price.currency.clone(),
        rate: price.rate,
        amount: unit_price.times(part.units as i64).multiply(price.rate),
    };
    if part.term != Term::Purchase {
        month
            .costs
            .push(cost(UnitCostKind::Rent, price.cost_type, price.amount));
        if !upfront.is_zero() {
            month.costs.push(cost(UnitCostKind::Upfront, price.cost_type, upfront));
        }
    }
    let running = price.running.iter();
    month
        .costs
        .extend(running.map(|(cost_type, amount)| cost(UnitCostKind::Running, *cost_type, *amount)));
    *month.terms.entry(part.term).or_default() += part.units;
    month.paid_units += part.units;
}

/// Commitments of a part: a new one whenever units are needed and none runs, at the terms of the month in which it begins.
fn commit(
    months: &mut [ModuleMonth],
    part: &MixPart,
    block: &Block,
    last: Month,
    price: &dyn Fn(Month) -> Option<TermPrice>,
) {
    let length = part.term.committed_months().unwrap_or(1);
    let mut paid_to: Option<Month> = None;
    for &begin in &block.months {
        if paid_to.is_some_and(|paid| begin <= paid) {
            continue;
        }
        let Some(price) = price(begin) else { continue };
        for (month, upfront) in straight_line(price.upfront, Money::ZERO, length, begin) {
            if month <= last {
                pay(months, month, part, &price, upfront);
            }
        }
        if let Some(first) = months.iter_mut().find(|of| of.month == begin) {
            first.cash += price.upfront.times(part.units as i64).multiply(price.rate);
        }
        paid_to = Some(begin.plus(length as i32 - 1));
    }
}

/// The purchase of a part; the units stay.
fn buy(
    months: &mut [ModuleMonth],
    (model, unit): (&CapacityModel, &Unit),
    part: &MixPart,
    price: &TermPrice,
    next: Option<Month>,
) -> Order {
    let lead = model.lead_time_months as i32;
    let order_month = part.from.plus(-lead);
    let cost = price.amount.times(part.units as i64).multiply(price.rate);
    let residual = price.residual.times(part.units as i64).multiply(price.rate);
    let from = months.partition_point(|month| month.month < part.from);
    for at in from..months.len() {
        let month = &mut months[at];
        if at == from {
            month.arriving += part.units;
            month.order_month = Some(order_month);
            month.cash += cost;
        } else {
            month.opening += part.units;
            month.inventory += part.units;
        }
        month.in_service += part.units;
        month.shortage = month.sizing.total.saturating_sub(month.inventory);
        month.surplus = month.inventory.saturating_sub(month.sizing.total);
        let month = month.month;
        pay(months, month, part, price, Money::ZERO);
    }
    Order {
        product: model.product.clone(),
        module: model.module.clone(),
        unit: unit.id.clone(),
        order_month,
        arrival: part.from,
        units: part.units,
        unit_price: price.amount,
        currency: price.currency.clone(),
        rate: price.rate,
        cost,
        residual: residual.round(2),
        life_months: price.life,
        cost_type: unit.cost_type,
        on_order: None,
        late_until: late_until(order_month, lead, next.map(|next| next.plus(-1))),
    }
}
