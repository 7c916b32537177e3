//! The cheapest terms for a module: which units to buy, commit, rent or have on demand.
//!
//! Looked at are the units that the plan pays for: of rented ones all that are needed, of bought ones those that are needed beyond
//! what stands. Units are taken in layers: the k-th unit is needed in the months whose need is at least k. Layers with the same months are
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
//!
//! A plan takes the mix for the modules whose `terms` say so ([`TermsChoice`](super::TermsChoice)).

use super::Term;
use super::term_prices::TermBook;
use crate::ledger::{Money, Month};
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
    /// Quantity from which its price holds.
    pub price_from_units: u64,
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
    /// True when the plan's money follows it; false when it is advice beside the plan.
    pub taken: bool,
    /// By block of units, the longest needed first.
    pub parts: Vec<MixPart>,
    /// Cost of the mix, reporting currency.
    pub cost: Money,
    /// Cost of the same units, each under the term of the price book; nothing when that has no price for all months.
    pub as_planned: Option<Money>,
    /// `as_planned − cost`.
    pub saving: Option<Money>,
    /// Terms without a price in a month that would be needed, and so not compared.
    pub not_compared: Vec<Term>,
}

/// Units that are needed in the same months.
pub(super) struct Block {
    pub units: u64,
    pub months: Vec<Month>,
    pub base_load: bool,
}

/// The blocks of a need: what is needed in the same months, the longest needed first.
fn blocks(needs: &[(Month, u64)], last: Month) -> Vec<Block> {
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

/// The cheapest terms for a need by month, of all terms or of `only` one; nothing when no unit is needed, or no term has a
/// price for all of its months. The blocks are those of the parts.
pub(super) fn cheapest(
    book: &TermBook,
    (product, module, unit): (&str, &str, &str),
    needs: &[(Month, u64)],
    last: Month,
    only: Option<Term>,
) -> Option<(Mix, Vec<Block>)> {
    let blocks = blocks(needs, last);
    let whole = |term: &Term| {
        blocks
            .iter()
            .all(|b| book.cost_of_one(*term, u64::MAX, b, last).is_some())
    };
    let asked = book
        .terms()
        .into_iter()
        .filter(|term| only.is_none_or(|only| only == *term));
    let (terms, not_compared): (Vec<Term>, Vec<Term>) = asked.partition(whole);
    if blocks.is_empty() || terms.is_empty() {
        return None;
    }
    // A term is taken at one of its quantities, or not at all.
    let steps: Vec<Vec<u64>> = terms.iter().map(|term| book.steps(*term)).collect();
    let combinations = steps
        .iter()
        .map(|steps| steps.len() + 1)
        .product::<usize>()
        .min(MOST_COMBINATIONS);
    let mut best: Option<(Money, Vec<MixPart>)> = None;
    for combination in 0..combinations {
        let mut rest = combination;
        let mut quantities = BTreeMap::new();
        for (term, steps) in terms.iter().zip(&steps) {
            if let Some(quantity) = steps.get(rest % (steps.len() + 1)) {
                quantities.insert(*term, *quantity);
            }
            rest /= steps.len() + 1;
        }
        let parts: Option<Vec<MixPart>> = blocks
            .iter()
            .map(|block| part(book, block, &quantities, last))
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
    let (cost, mut parts) = best?;
    for (part, block) in parts.iter_mut().zip(&blocks) {
        // The others at a price that one unit has, whatever was not taken of them.
        let others = terms.iter().filter(|term| **term != part.term).filter_map(|term| {
            Some(TermCost {
                term: *term,
                cost_of_one: book.cost_of_one(*term, block.units, block, last)?,
            })
        });
        part.others = others.collect();
        part.others.sort_by_key(|other| (other.cost_of_one, other.term));
    }
    let own = book.own_term();
    let total: u64 = blocks.iter().map(|block| block.units).sum();
    let planned = blocks.iter().map(|block| {
        let one = book.cost_of_one(own, total, block, last)?;
        Some(one.times(block.units as i64))
    });
    let as_planned = planned.sum::<Option<Money>>();
    let mix = Mix {
        product: product.to_owned(),
        module: module.to_owned(),
        unit: unit.to_owned(),
        taken: false,
        parts,
        cost,
        as_planned,
        saving: as_planned.map(|as_planned| as_planned - cost),
        not_compared,
    };
    Some((mix, blocks))
}

/// The cheapest term of a block when each term has the price of a quantity.
fn part(book: &TermBook, block: &Block, quantities: &BTreeMap<Term, u64>, last: Month) -> Option<MixPart> {
    // Among equals the one that binds least.
    let (cost_of_one, term, quantity) = quantities
        .iter()
        .filter_map(|(term, quantity)| Some((book.cost_of_one(*term, *quantity, block, last)?, *term, *quantity)))
        .min()?;
    Some(MixPart {
        term,
        price_from_units: quantity,
        units: block.units,
        months: block.months.len() as u32,
        from: *block.months.first()?,
        base_load: block.base_load,
        cost: cost_of_one.times(block.units as i64),
        cost_of_one,
        others: Vec::new(),
    })
}
