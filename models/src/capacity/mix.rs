//! The cheapest terms for a module: which units to buy, commit, rent or have on demand.
//!
//! Units are taken in layers: the k-th unit is needed in the months whose need is at least k. Layers with the same months are
//! one block, and each block takes the term that costs least for its months:
//!
//! | term | cost of a unit |
//! |---|---|
//! | on demand, rent | the price of every month that needs it |
//! | commitment | whole commitments of 12 or 36 months from the first month that needs it, used or not |
//! | purchase | (amount − residual) and what it runs on, from the first month that needs it |
//!
//! A unit that is needed in every month from its first one to the end of the plan is base load: its need is taken to go on, and a
//! commitment or purchase counts with the months inside the plan. Any other unit carries the whole of its commitment, or of its
//! purchase. A price by quantity holds for all units of its term once that many are taken under it; every combination of price
//! steps is tried and the cheapest one whose quantities earn its prices is kept.

use super::{Acquisition, ModulePlan, Offer, Price, Term, Unit, price_at};
use crate::ledger::{Money, Month, MonthRange, Ratio};
use serde::Serialize;
use std::collections::BTreeMap;

/// Combinations of price steps that are tried at most.
const MOST_COMBINATIONS: usize = 4096;

/// What a term would cost for the same units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermCost {
    /// Term.
    pub term: Term,
    /// Cost of one unit over its months, reporting currency.
    pub cost_of_one: Money,
}

/// Units of the mix that are taken under one term for the same months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MixPart {
    /// Term.
    pub term: Term,
    /// Units.
    pub units: u64,
    /// Months of the plan in which they are needed.
    pub months: u32,
    /// First of them.
    pub from: Month,
    /// True when they are needed in every month from then on.
    pub base_load: bool,
    /// Cost of one of them, reporting currency.
    pub cost_of_one: Money,
    /// Cost of all of them.
    pub cost: Money,
    /// The other terms, the next best first: the reason.
    pub others: Vec<TermCost>,
}

/// The cheapest terms of a module over a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mix {
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Unit.
    pub unit: String,
    /// By block of units, the longest needed first.
    pub parts: Vec<MixPart>,
    /// Cost of the mix, reporting currency.
    pub cost: Money,
    /// Cost of the same units, each under the term that the plan uses.
    pub as_planned: Money,
    /// `as_planned − cost`.
    pub saving: Money,
    /// Terms without a price in a month that would be needed, and so not compared.
    pub not_compared: Vec<Term>,
}

/// Units that are needed in the same months.
struct Block {
    units: u64,
    months: Vec<Month>,
    base_load: bool,
}

/// Every price of a term in a month, by the quantity from which it holds, in the reporting currency.
struct Book<'a> {
    unit: &'a Unit,
    offers: Vec<&'a Offer>,
    prices: &'a [Price],
    rate: &'a dyn Fn(&str, Month) -> Option<Money>,
}

/// What a unit costs under a term.
struct Terms {
    monthly: Money,
    upfront: Money,
    depreciable: Money,
    life: u32,
}

impl Book<'_> {
    fn own_term(&self) -> Term {
        match self.unit.acquisition {
            Acquisition::Purchase => Term::Purchase,
            Acquisition::Rent => Term::Rent,
        }
    }

    /// Quantities from which a term has a price of its own.
    fn steps(&self, term: Term) -> Vec<u64> {
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

    fn terms(&self) -> Vec<Term> {
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
    fn at(&self, term: Term, quantity: u64, month: Month) -> Option<Terms> {
        let offer = self
            .offers
            .iter()
            .filter(|o| o.term == term && o.from_units <= quantity && o.valid_from <= month)
            .max_by_key(|o| (o.from_units, o.valid_from));
        if let Some(offer) = offer {
            let rate = (self.rate)(&offer.currency, month)?;
            let running = offer.running_sum();
            let purchase = term == Term::Purchase;
            return Some(Terms {
                monthly: if purchase { running } else { offer.amount + running }.multiply(rate),
                upfront: offer.upfront.multiply(rate),
                depreciable: if purchase { offer.depreciable() } else { Money::ZERO }.multiply(rate),
                life: offer.useful_life_months.unwrap_or(1).max(1),
            });
        }
        let price = price_at(self.prices, &self.unit.id, month).filter(|_| term == self.own_term())?;
        let rate = (self.rate)(&price.currency, month)?;
        let running = price.running.values().copied().sum::<Money>();
        let purchase = term == Term::Purchase;
        Some(Terms {
            monthly: if purchase { running } else { price.amount + running }.multiply(rate),
            upfront: Money::ZERO,
            depreciable: if purchase {
                price.amount - price.residual_of(price.amount)
            } else {
                Money::ZERO
            }
            .multiply(rate),
            life: price.useful_life_months.unwrap_or(1).max(1),
        })
    }

    /// Cost of one unit of a block under a term.
    fn cost_of_one(&self, term: Term, quantity: u64, block: &Block, last: Month) -> Option<Money> {
        let first = *block.months.first()?;
        match term {
            Term::OnDemand | Term::Rent => {
                let months = block.months.iter();
                months.map(|month| Some(self.at(term, quantity, *month)?.monthly)).sum()
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
                    let terms = self.at(term, quantity, *month)?;
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
                let terms = self.at(term, quantity, first)?;
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

/// The blocks of a module's need, the longest needed first.
fn blocks(module: &ModulePlan, last: Month) -> Vec<Block> {
    let needs: Vec<(Month, u64)> = module
        .months
        .iter()
        .map(|month| (month.month, month.sizing.total))
        .collect();
    let mut steps: Vec<u64> = needs.iter().map(|(_, need)| *need).filter(|need| *need > 0).collect();
    steps.sort_unstable();
    steps.dedup();
    let mut below = 0;
    let mut blocks = Vec::new();
    for step in steps {
        let months: Vec<Month> = needs
            .iter()
            .filter(|(_, need)| *need >= step)
            .map(|(month, _)| *month)
            .collect();
        let base_load = months
            .first()
            .is_some_and(|first| last.since(*first) + 1 == months.len() as i32);
        blocks.push(Block {
            units: step - below,
            months,
            base_load,
        });
        below = step;
    }
    blocks
}

/// The cheapest terms for a module of a plan; nothing when it needs no unit, or no term has a price for all of its months.
pub fn cheapest_mix(
    module: &ModulePlan,
    unit: &Unit,
    offers: &[Offer],
    prices: &[Price],
    months: MonthRange,
    rate: &dyn Fn(&str, Month) -> Option<Money>,
) -> Option<Mix> {
    let book = Book {
        unit,
        offers: offers.iter().filter(|offer| offer.unit == unit.id).collect(),
        prices,
        rate,
    };
    let blocks = blocks(module, months.last);
    let whole = |term: &Term| {
        blocks
            .iter()
            .all(|b| book.cost_of_one(*term, u64::MAX, b, months.last).is_some())
    };
    let (terms, not_compared): (Vec<Term>, Vec<Term>) = book.terms().into_iter().partition(whole);
    if blocks.is_empty() || terms.is_empty() {
        return None;
    }
    let steps: Vec<Vec<u64>> = terms.iter().map(|term| book.steps(*term)).collect();
    let combinations: usize = steps.iter().map(Vec::len).product::<usize>().min(MOST_COMBINATIONS);
    let mut best: Option<(Money, Vec<MixPart>)> = None;
    for combination in 0..combinations {
        let mut rest = combination;
        let mut quantities = BTreeMap::new();
        for (term, steps) in terms.iter().zip(&steps) {
            quantities.insert(*term, steps[rest % steps.len()]);
            rest /= steps.len();
        }
        let parts: Option<Vec<MixPart>> = blocks
            .iter()
            .map(|block| part(&book, block, &quantities, months.last))
            .collect();
        let Some(parts) = parts else { continue };
        let earned = quantities.iter().all(|(term, from)| {
            let taken: u64 = parts
                .iter()
                .filter(|part| part.term == *term)
                .map(|part| part.units)
                .sum();
            taken == 0 || taken >= *from
        });
        let cost = parts.iter().map(|part| part.cost).sum::<Money>();
        if earned && best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, parts));
        }
    }
    let (cost, parts) = best?;
    let own = book.own_term();
    let total: u64 = blocks.iter().map(|block| block.units).sum();
    let planned = blocks.iter().map(|block| {
        let one = book.cost_of_one(own, total, block, months.last)?;
        Some(one.times(block.units as i64))
    });
    let as_planned = planned.sum::<Option<Money>>()?;
    Some(Mix {
        product: module.product.clone(),
        module: module.module.clone(),
        unit: unit.id.clone(),
        parts,
        cost,
        as_planned,
        saving: as_planned - cost,
        not_compared,
    })
}

/// The cheapest term of a block when each term has the price of a quantity.
fn part(book: &Book, block: &Block, quantities: &BTreeMap<Term, u64>, last: Month) -> Option<MixPart> {
    let mut costs: Vec<TermCost> = quantities
        .iter()
        .filter_map(|(term, quantity)| {
            Some(TermCost {
                term: *term,
                cost_of_one: book.cost_of_one(*term, *quantity, block, last)?,
            })
        })
        .collect();
    // Among equals the one that binds least.
    costs.sort_by_key(|cost| (cost.cost_of_one, cost.term));
    let others = costs.split_off(1.min(costs.len()));
    let best = costs.pop()?;
    Some(MixPart {
        term: best.term,
        units: block.units,
        months: block.months.len() as u32,
        from: *block.months.first()?,
        base_load: block.base_load,
        cost: best.cost_of_one.times(block.units as i64),
        cost_of_one: best.cost_of_one,
        others,
    })
}
