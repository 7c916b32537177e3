//! One allocation run of one month: match rules per distinct combination, empty the pools in order, prove the sums.

use super::attributes::{LedgerTotals, attributes};
use super::books::{Books, post};
use super::conservation::prove;
use super::emptying::empty_pools;
use super::rollup::{ledger_sums, roll_up};
use super::{Amounts, ConservationProof, Dimensions, NotConserved, Pool, PoolSteps, Rule};
use crate::ledger::{Column, Money, Month};
use polars::prelude::{LazyFrame, PolarsError};
use std::collections::{BTreeMap, BTreeSet};

/// The charges of one source in the month.
pub struct SourceCharges {
    /// The source's name.
    pub source: String,
    /// Its charges, in the ledger's schema.
    pub charges: LazyFrame,
    /// The same charges added up by their attributes, where that is kept beside them.
    pub rollup: Option<RolledUp>,
}

/// Charges added up by their attributes while they were written.
pub struct RolledUp {
    /// Frames of an [`AttributeRollup`](super::AttributeRollup).
    pub combinations: LazyFrame,
    /// The ledger's own sums of the same charges.
    pub totals: LedgerTotals,
}

impl SourceCharges {
    /// The rollup, if there is one that has all of these columns.
    pub(super) fn rollup_for(&self, columns: &BTreeSet<Column>) -> Option<&RolledUp> {
        let kept: BTreeSet<Column> = attributes().collect();
        self.rollup.as_ref().filter(|_| columns.is_subset(&kept))
    }
}

/// What a run looks at.
pub struct AllocationInputs<'a> {
    /// The billing month.
    pub month: Month,
    /// Each source's charges.
    pub sources: Vec<SourceCharges>,
    /// Rules in order.
    pub rules: &'a [Rule],
    /// Pools in order.
    pub pools: &'a [Pool],
    /// Product id → module ids.
    pub products: &'a BTreeMap<String, BTreeSet<String>>,
    /// Metric → product → its sum in the month: the basis of `usage-metric` pools.
    pub metrics: &'a BTreeMap<String, BTreeMap<String, Money>>,
    /// Rate from a currency to the reporting currency in the month, for comparing products' direct cost.
    pub rate: &'a dyn Fn(&str) -> Option<Money>,
}

/// One allocated amount: some charges' money, at one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocatedCost {
    /// What is kept of the charges.
    pub dimensions: Dimensions,
    /// Product id, or [`UNALLOCATED`](crate::organization::UNALLOCATED).
    pub product: String,
    /// Module id, empty when only the product is known.
    pub module: String,
    /// The rule that took the charges; empty when none did.
    pub rule: String,
    /// The pools they went through, joined by `>`; empty when assigned directly. Pools that feed each other stand as the
    /// way round their circle, from the pool that the charges entered back to it: `power>rooms>power`.
    pub pool: String,
    /// Numerator of the last pool's (or circle's) share.
    pub share: Money,
    /// Denominator of the last pool's (or circle's) share; one when assigned directly.
    pub share_total: Money,
    /// The money.
    pub amounts: Amounts,
    /// How many charges took part (with others, when a pool was split).
    pub charges: u64,
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The billing month.
    pub month: Month,
    /// Every allocated amount, sorted.
    pub costs: Vec<AllocatedCost>,
    /// The proof per source and currency.
    pub proof: Vec<ConservationProof>,
    /// What a reader should know: pools that fell back, or whose bounds could not be kept.
    pub notes: Vec<String>,
    /// How the pools were emptied: what a [`LineSplitter`](super::LineSplitter) splits single charges by.
    pub steps: PoolSteps,
}

/// Why a run gave no result.
#[derive(Debug, thiserror::Error)]
pub enum AllocationError {
    /// The frames could not be read or grouped.
    #[error("the ledger could not be read: {0}")]
    Ledger(#[from] PolarsError),
    /// The sums differ.
    #[error(transparent)]
    NotConserved(#[from] NotConserved),
    /// A direct-cost pool compares products across currencies, and a rate is missing.
    #[error(
        "no exchange rate from {currency} to the reporting currency for {month}: import one with `headroom fx import`"
    )]
    MissingRate {
        /// The currency without a rate.
        currency: String,
        /// The month.
        month: Month,
    },
    /// A pool holds money in a month before its table of shares starts.
    #[error(
        "pool '{pool}' holds cost in {month}, but its table of shares starts in {starts}: add an entry for {month} or an earlier month"
    )]
    NoShares {
        /// The pool.
        pool: String,
        /// The month.
        month: Month,
        /// The first month of the table.
        starts: Month,
    },
}

/// Allocates one month.
///
/// # Errors
/// When a frame cannot be read, a rate is missing, or the sums do not tie out (which would be a defect).
pub fn allocate(inputs: AllocationInputs<'_>) -> Result<Allocation, AllocationError> {
    let rules: Vec<&Rule> = inputs
        .rules
        .iter()
        .filter(|rule| rule.applies_in(inputs.month))
        .collect();
    let mut books = Books::default();
    let mut ledger = BTreeMap::new();
    for source in &inputs.sources {
        let sums = match &source.rollup {
            // Taken charge by charge when they were written: still the other side of the proof.
            Some(rollup) => rollup.totals.clone(),
            None => ledger_sums(source.charges.clone())?,
        };
        ledger.extend(
            sums.into_iter()
                .map(|(currency, amounts)| ((source.source.clone(), currency), amounts)),
        );
        for (combination, target) in roll_up(source, &rules, inputs.products, inputs.month)? {
            post(&mut books, combination, target);
        }
    }
    let mut notes = Vec::new();
    let steps = empty_pools(&mut books, &inputs, &mut notes)?;
    let costs: Vec<AllocatedCost> = books
        .costs
        .into_iter()
        .map(|(key, (amounts, charges))| AllocatedCost {
            dimensions: key.dimensions,
            product: key.product,
            module: key.module,
            rule: key.rule,
            pool: key.pool,
            share: key.share.0,
            share_total: key.share.1,
            amounts,
            charges,
        })
        .collect();
    let proof = prove(inputs.month, &ledger, &costs)?;
    Ok(Allocation {
        month: inputs.month,
        costs,
        proof,
        notes,
        steps,
    })
}
