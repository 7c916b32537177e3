//! The books of a run: what is booked at products, and what still waits in pools.

use super::rollup::Combination;
use super::{Amounts, Dimensions, Target};
use crate::ledger::Money;
use crate::organization::UNALLOCATED;
use std::collections::BTreeMap;

/// What amounts are told apart by once they are booked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub product: String,
    pub module: String,
    pub dimensions: Dimensions,
    pub rule: String,
    pub pool: String,
    pub share: (Money, Money),
}

/// What waits in a pool: money by its dimensions, the rule that sent it and the pools it came through.
pub(super) type Waiting = BTreeMap<(Dimensions, String, String), (Amounts, u64)>;

#[derive(Default)]
pub(super) struct Books {
    pub costs: BTreeMap<Key, (Amounts, u64)>,
    pub pools: BTreeMap<String, Waiting>,
}

impl Books {
    /// Books an amount at a product.
    pub fn book(&mut self, key: Key, amounts: Amounts, charges: u64) {
        let (sum, count) = self.costs.entry(key).or_default();
        *sum += amounts;
        *count += charges;
    }

    /// Puts an amount into a pool.
    pub fn fill(&mut self, pool: &str, came: (Dimensions, String, String), amounts: Amounts, charges: u64) {
        let (sum, count) = self.pools.entry(pool.to_owned()).or_default().entry(came).or_default();
        *sum += amounts;
        *count += charges;
    }
}

/// Posts one combination where the rules send it.
pub(super) fn post(books: &mut Books, combination: Combination, target: Target) {
    let Combination {
        dimensions,
        amounts,
        charges,
    } = combination;
    let direct = (Money::ONE, Money::ONE);
    match target {
        Target::Product { rule, product, module } => {
            books.book(
                Key {
                    product,
                    module,
                    dimensions,
                    rule,
                    pool: String::new(),
                    share: direct,
                },
                amounts,
                charges,
            );
        }
        Target::Pool { rule, pool } => books.fill(&pool, (dimensions, rule, String::new()), amounts, charges),
        Target::Nobody => {
            let key = Key {
                product: UNALLOCATED.to_owned(),
                module: String::new(),
                dimensions,
                rule: String::new(),
                pool: String::new(),
                share: direct,
            };
            books.book(key, amounts, charges);
        }
    }
}
