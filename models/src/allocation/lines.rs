//! The allocated ledger line by line: every charge split among the products it ends at, so that the parts of a charge add
//! up to the charge, and the parts of a product to its books, both to the last digit.
//!
//! The books split sums, not charges. To reach the very same figures, charges are passed through the pools one after the
//! other and each is given what the split of the running sum grows by: the differences of a sequence add up to its last
//! member (a telescoping sum), whatever rounding did on the way.

use super::pool::POOL_PREFIX;
use super::split::{Shares, Splitter};
use super::{AllocatedCost, Amounts, Dimensions, Target};
use crate::ledger::Money;
use crate::organization::UNALLOCATED;
use std::collections::BTreeMap;

/// How each pool that held money was emptied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolSteps(BTreeMap<String, (String, Shares)>);

impl PoolSteps {
    /// Notes the way and the shares of a pool.
    pub(super) fn note(&mut self, pool: &str, way: String, shares: Shares) {
        self.0.insert(pool.to_owned(), (way, shares));
    }
}

/// What a charge gives to one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePart {
    /// Product id, or [`UNALLOCATED`].
    pub product: String,
    /// Module id, empty when only the product is known.
    pub module: String,
    /// Each way of pools from the charge to the product (empty when assigned directly), with the part of the whole charge
    /// that goes this way. Over all parts of a charge these add up to one exactly.
    pub ways: Vec<(String, Money)>,
    /// The money.
    pub amounts: Amounts,
    /// The further amounts and quantities, in the order given.
    pub further: Vec<Money>,
}

/// The lines and the books differ: a defect that stops the export.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the allocated lines do not add up to the books: product '{product}', source '{source_name}', rule '{rule}', pool '{pool}': {lines} in lines, {books} in the books"
)]
pub struct LinesDiffer {
    /// Product id.
    pub product: String,
    /// Source of the charges.
    pub source_name: String,
    /// The rule.
    pub rule: String,
    /// The way of pools.
    pub pool: String,
    /// Effective cost of the lines.
    pub lines: Money,
    /// Effective cost in the books.
    pub books: Money,
}

/// What the books tell apart, without shares.
type BookKey = (String, String, Dimensions, String, String);

/// One stream of money into a pool: the pool, and what its books tell apart there.
type Stream = (String, Dimensions, String, String);

/// Splits the charges of one month, one after the other.
pub struct LineSplitter<'a> {
    steps: BTreeMap<&'a str, (&'a str, &'a Shares, Splitter)>,
    /// Sum of what went into each stream so far, and how it split.
    passed: BTreeMap<Stream, (Amounts, Vec<Amounts>)>,
    booked: BTreeMap<BookKey, Amounts>,
}

/// A charge, or a part of it, on its way through the pools.
struct Piece<'p> {
    dimensions: &'p Dimensions,
    rule: &'p str,
    way: String,
    ratio: Money,
    amounts: Amounts,
    further: Vec<Money>,
}

impl<'a> LineSplitter<'a> {
    /// By the pools of a run.
    pub fn new(steps: &'a PoolSteps) -> LineSplitter<'a> {
        let ready = |(pool, (way, shares)): (&'a String, &'a (String, Shares))| {
            (pool.as_str(), (way.as_str(), shares, shares.splitter()))
        };
        LineSplitter {
            steps: steps.0.iter().map(ready).collect(),
            passed: BTreeMap::new(),
            booked: BTreeMap::new(),
        }
    }

    /// The parts of one charge, by product. `further` are amounts and quantities that the books do not keep; they are split
    /// charge by charge.
    pub fn split(
        &mut self,
        dimensions: &Dimensions,
        target: &Target,
        amounts: Amounts,
        further: Vec<Money>,
    ) -> Vec<LinePart> {
        let mut parts = BTreeMap::new();
        let (rule, pool, product, module) = match target {
            Target::Product { rule, product, module } => (rule.as_str(), None, product.as_str(), module.as_str()),
            Target::Pool { rule, pool } => (rule.as_str(), Some(pool.as_str()), "", ""),
            Target::Nobody => ("", None, UNALLOCATED, ""),
        };
        let piece = Piece {
            dimensions,
            rule,
            way: String::new(),
            ratio: Money::ONE,
            amounts,
            further,
        };
        match pool {
            Some(pool) => self.pass(pool, piece, &mut parts),
            None => self.arrive(product, module, piece, &mut parts),
        }
        parts.into_values().collect()
    }

    fn pass(&mut self, pool: &str, piece: Piece<'_>, parts: &mut BTreeMap<String, LinePart>) {
        let way = |step: &str| match piece.way.as_str() {
            "" => step.to_owned(),
            way => format!("{way}>{step}"),
        };
        let Some((step, shares, splitter)) = self.steps.get(pool) else {
            return self.arrive(
                UNALLOCATED,
                "",
                Piece {
                    way: way(pool),
                    ..piece
                },
                parts,
            );
        };
        let stream = (
            pool.to_owned(),
            piece.dimensions.clone(),
            piece.rule.to_owned(),
            piece.way.clone(),
        );
        let (sum, before) = self.passed.entry(stream).or_default();
        *sum += piece.amounts;
        let (Some(now), Some(ratios)) = (splitter.split(*sum), splitter.split_one(piece.ratio)) else {
            let way = way(step);
            return self.arrive(UNALLOCATED, "", Piece { way, ..piece }, parts);
        };
        before.resize(now.len(), Amounts::default());
        let grown: Vec<Amounts> = now
            .iter()
            .zip(&*before)
            .map(|(now, before)| now.less(*before))
            .collect();
        *before = now;
        let further: Vec<Vec<Money>> = piece
            .further
            .iter()
            .map(|amount| splitter.split_one(*amount).unwrap_or_default())
            .collect();
        let given: Vec<(String, Piece<'_>)> = shares
            .weights
            .iter()
            .enumerate()
            .filter(|(_, (_, weight))| **weight != num_bigint::BigInt::ZERO)
            .map(|(at, (target, _))| {
                let further = further.iter().map(|amounts| amounts[at]).collect();
                let part = Piece {
                    dimensions: piece.dimensions,
                    rule: piece.rule,
                    way: way(step),
                    ratio: ratios[at],
                    amounts: grown[at],
                    further,
                };
                (target.clone(), part)
            })
            .collect();
        for (target, part) in given {
            match target.strip_prefix(POOL_PREFIX) {
                Some(later) => self.pass(later, part, parts),
                None => self.arrive(&target, "", part, parts),
            }
        }
    }

    fn arrive(&mut self, product: &str, module: &str, piece: Piece<'_>, parts: &mut BTreeMap<String, LinePart>) {
        let key = (
            product.to_owned(),
            module.to_owned(),
            piece.dimensions.clone(),
            piece.rule.to_owned(),
            piece.way.clone(),
        );
        *self.booked.entry(key).or_default() += piece.amounts;
        let part = parts.entry(product.to_owned()).or_insert_with(|| LinePart {
            product: product.to_owned(),
            module: module.to_owned(),
            ways: Vec::new(),
            amounts: Amounts::default(),
            further: vec![Money::ZERO; piece.further.len()],
        });
        part.ways.push((piece.way, piece.ratio));
        part.amounts += piece.amounts;
        for (sum, amount) in part.further.iter_mut().zip(piece.further) {
            *sum += amount;
        }
    }

    /// Proves that the lines split so far are the books: every amount of every product, rule and way of pools.
    ///
    /// # Errors
    /// The first figure that differs.
    pub fn prove(&self, costs: &[AllocatedCost]) -> Result<(), Box<LinesDiffer>> {
        let mut sums: BTreeMap<BookKey, (Amounts, Amounts)> = BTreeMap::new();
        for (key, amounts) in &self.booked {
            sums.entry(key.clone()).or_default().0 += *amounts;
        }
        for cost in costs {
            let key = (
                cost.product.clone(),
                cost.module.clone(),
                cost.dimensions.clone(),
                cost.rule.clone(),
                cost.pool.clone(),
            );
            sums.entry(key).or_default().1 += cost.amounts;
        }
        match sums.into_iter().find(|(_, (lines, books))| lines != books) {
            None => Ok(()),
            Some(((product, _, dimensions, rule, pool), (lines, books))) => Err(Box::new(LinesDiffer {
                product,
                source_name: dimensions.source,
                rule,
                pool,
                lines: lines.effective,
                books: books.effective,
            })),
        }
    }
}
