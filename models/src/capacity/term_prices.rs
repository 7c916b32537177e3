//! What a unit costs under each term, by month and quantity: the price book and the offers beside it.

use super::mix::Block;
use super::{Acquisition, Offer, Price, Term, Unit, price_at};
use crate::ledger::{CostType, Money, Month, Ratio};
use std::collections::BTreeMap;

/// Every price of a unit, by term, month and the quantity from which it holds.
pub(super) struct TermBook<'a> {
    unit: &'a Unit,
    offers: Vec<&'a Offer>,
    prices: &'a [Price],
    rate: &'a dyn Fn(&str, Month) -> Option<Money>,
}

/// A price of one unit under a term, in its own currency.
#[derive(Clone, Debug)]
pub(super) struct TermPrice {
    /// Purchase price, or price of a month.
    pub amount: Money,
    /// Paid once when a commitment begins.
    pub upfront: Money,
    /// What the unit costs in a month besides itself.
    pub running: BTreeMap<CostType, Money>,
    /// Residual of a purchase.
    pub residual: Money,
    /// Months of depreciation of a purchase.
    pub life: u32,
    /// Cost type of the unit itself.
    pub cost_type: CostType,
    /// Currency.
    pub currency: String,
    /// Reporting currency per unit of it.
    pub rate: Money,
}

/// What a unit costs under a term, in the reporting currency.
struct Terms {
    monthly: Money,
    upfront: Money,
    depreciable: Money,
    life: u32,
}

impl<'a> TermBook<'a> {
    pub fn new(
        unit: &'a Unit,
        offers: &'a [Offer],
        prices: &'a [Price],
        rate: &'a dyn Fn(&str, Month) -> Option<Money>,
    ) -> Self {
        TermBook {
            unit,
            offers: offers.iter().filter(|offer| offer.unit == unit.id).collect(),
            prices,
            rate,
        }
    }

    /// The term of the price book.
    pub fn own_term(&self) -> Term {
        match self.unit.acquisition {
            Acquisition::Purchase => Term::Purchase,
            Acquisition::Rent => Term::Rent,
        }
    }

    /// True when the price book is not all there is.
    pub fn has_offers(&self) -> bool {
        !self.offers.is_empty()
    }

    /// Quantities from which a term has a price of its own.
    pub fn steps(&self, term: Term) -> Vec<u64> {
        let mut steps: Vec<u64> = self
            .offers
            .iter()
            .filter(|o| o.term == term)
            .map(|o| o.from_units)
            .collect();
        if term == self.own_term() {
            steps.push(1);
        }
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    /// Terms that have any price.
    pub fn terms(&self) -> Vec<Term> {
        let all = [
            Term::OnDemand,
            Term::Rent,
            Term::OneYear,
            Term::ThreeYears,
            Term::Purchase,
        ];
        all.into_iter().filter(|term| !self.steps(*term).is_empty()).collect()
    }

    /// The price of a term in a month at a quantity; nothing when none holds or a rate is missing.
    pub fn at(&self, term: Term, quantity: u64, month: Month) -> Option<TermPrice> {
        let offer = self
            .offers
            .iter()
            .filter(|o| o.term == term && o.from_units <= quantity && o.valid_from <= month)
            .max_by_key(|o| (o.from_units, o.valid_from));
        if let Some(offer) = offer {
            return Some(TermPrice {
                amount: offer.amount,
                upfront: offer.upfront,
                running: offer.running.clone(),
                residual: offer.amount - offer.depreciable(),
                life: offer.useful_life_months.unwrap_or(1).max(1),
                cost_type: self.unit.cost_type,
                currency: offer.currency.clone(),
                rate: (self.rate)(&offer.currency, month)?,
            });
        }
        let price = price_at(self.prices, &self.unit.id, month).filter(|_| term == self.own_term())?;
        Some(TermPrice {
            amount: price.amount,
            upfront: Money::ZERO,
            running: price.running.clone(),
            residual: price.residual_of(price.amount),
            life: price.useful_life_months.unwrap_or(1).max(1),
            cost_type: self.unit.cost_type,
            currency: price.currency.clone(),
            rate: (self.rate)(&price.currency, month)?,
        })
    }

    fn sums(&self, term: Term, quantity: u64, month: Month) -> Option<Terms> {
        let price = self.at(term, quantity, month)?;
        let running = price.running.values().copied().sum::<Money>();
        let purchase = term == Term::Purchase;
        let monthly = if purchase { running } else { price.amount + running };
        let depreciable = if purchase {
            price.amount - price.residual
        } else {
            Money::ZERO
        };
        Some(Terms {
            monthly: monthly.multiply(price.rate),
            upfront: price.upfront.multiply(price.rate),
            depreciable: depreciable.multiply(price.rate),
            life: price.life,
        })
    }

    /// Cost of one unit of a block under a term.
    pub fn cost_of_one(&self, term: Term, quantity: u64, block: &Block, last: Month) -> Option<Money> {
        let first = *block.months.first()?;
        match term {
            Term::OnDemand | Term::Rent => {
                let months = block.months.iter();
                months
                    .map(|month| Some(self.sums(term, quantity, *month)?.monthly))
                    .sum()
            }
            Term::OneYear | Term::ThreeYears => {
                let length = term.committed_months()? as i32;
                let mut cost = Money::ZERO;
                let mut paid_to: Option<Month> = None;
                for month in &block.months {
                    if paid_to.is_some_and(|paid| *month <= paid) {
                        continue;
                    }
                    // The terms of the month in which it begins hold to its end.
                    let terms = self.sums(term, quantity, *month)?;
                    let end = month.plus(length - 1);
                    let months = if block.base_load {
                        end.min(last).since(*month) + 1
                    } else {
                        length
                    };
                    cost += terms.monthly.times(i64::from(months));
                    cost += share(terms.upfront, i64::from(months), i64::from(length));
                    paid_to = Some(end);
                }
                Some(cost)
            }
            Term::Purchase => {
                let terms = self.sums(term, quantity, first)?;
                let inside = last.since(first) + 1;
                let life = terms.life as i32;
                let months = if block.base_load { inside.min(life) } else { life };
                let running = if block.base_load { inside } else { life };
                Some(
                    share(terms.depreciable, i64::from(months), i64::from(life))
                        + terms.monthly.times(i64::from(running)),
                )
            }
        }
    }
}

fn share(amount: Money, part: i64, whole: i64) -> Money {
    amount
        .scale_by(&Ratio::new(Money::whole(part), Money::whole(whole.max(1))))
        .round(2)
}
