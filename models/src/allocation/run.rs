//! One allocation run of one month: match rules per distinct combination, empty the pools in order, prove the sums.

use super::conservation::prove;
use super::pool::POOL_PREFIX;
use super::rollup::{Combination, ledger_sums, roll_up};
use super::{Amounts, Assignment, ConservationProof, Dimensions, Fallback, NotConserved, Pool, Rule, SplitMethod};
use crate::ledger::{Money, Month, text_values};
use crate::organization::UNALLOCATED;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The charges of one source in the month.
pub struct SourceCharges {
    /// The source's name.
    pub source: String,
    /// Its charges, in the ledger's schema.
    pub charges: LazyFrame,
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
    /// Product id, or [`UNALLOCATED`].
    pub product: String,
    /// Module id, empty when only the product is known.
    pub module: String,
    /// The rule that took the charges; empty when none did.
    pub rule: String,
    /// The pools they went through, joined by `>`; empty when assigned directly.
    pub pool: String,
    /// Numerator of the last pool's share.
    pub share: Money,
    /// Denominator of the last pool's share; one when assigned directly.
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
    /// What a reader should know: pools that fell back.
    pub notes: Vec<String>,
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
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    product: String,
    module: String,
    dimensions: Dimensions,
    rule: String,
    pool: String,
    share: (Money, Money),
}

/// What waits in a pool: money by where it came from.
type Waiting = BTreeMap<(Dimensions, String, String), (Amounts, u64)>;

struct Books {
    costs: BTreeMap<Key, (Amounts, u64)>,
    pools: BTreeMap<String, Waiting>,
}

impl Books {
    fn book(&mut self, key: Key, amounts: Amounts, charges: u64) {
        let (sum, count) = self.costs.entry(key).or_default();
        *sum += amounts;
        *count += charges;
    }

    fn fill(&mut self, pool: &str, came: (Dimensions, String, String), amounts: Amounts, charges: u64) {
        let (sum, count) = self.pools.entry(pool.to_owned()).or_default().entry(came).or_default();
        *sum += amounts;
        *count += charges;
    }
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
    let mut books = Books {
        costs: BTreeMap::new(),
        pools: BTreeMap::new(),
    };
    let mut ledger = BTreeMap::new();
    for SourceCharges { source, charges } in &inputs.sources {
        for (currency, amounts) in ledger_sums(charges.clone())? {
            ledger.insert((source.clone(), currency), amounts);
        }
        let (keys, combinations) = roll_up(source, charges.clone(), &rules)?;
        let targets = match_rules(&keys, &rules, inputs.products)?;
        for (combination, target) in combinations.into_iter().zip(targets) {
            post(&mut books, combination, target);
        }
    }
    let mut notes = Vec::new();
    for pool in inputs.pools {
        empty_pool(&mut books, pool, &inputs, &mut notes)?;
    }
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
    })
}

/// Where the first rule that takes a charge sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a product.
    Product {
        /// The rule.
        rule: String,
        /// Product id.
        product: String,
        /// Module id, or empty.
        module: String,
    },
    /// To a shared pool.
    Pool {
        /// The rule.
        rule: String,
        /// Pool id.
        pool: String,
    },
    /// No rule takes it.
    Nobody,
}

fn post(books: &mut Books, combination: Combination, target: Target) {
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

/// Where the rules, tried in order, send each row of a frame that has the columns they look at.
///
/// # Errors
/// When a column is missing from the frame.
pub fn match_rules(
    frame: &DataFrame,
    rules: &[&Rule],
    products: &BTreeMap<String, BTreeSet<String>>,
) -> PolarsResult<Vec<Target>> {
    let mut wanted = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        wanted.push(rule.when.expression().alias(format!("matches {at}")));
        if let Assignment::From { product, module } = &rule.assign {
            wanted.push(product.expression().alias(format!("product {at}")));
            wanted.extend(
                module
                    .iter()
                    .map(|module| module.expression().alias(format!("module {at}"))),
            );
        }
    }
    let answers = frame.clone().lazy().with_columns(wanted).collect()?;
    let mut targets: Vec<Target> = (0..frame.height()).map(|_| Target::Nobody).collect();
    for (at, rule) in rules.iter().enumerate() {
        let matches = answers.column(&format!("matches {at}"))?.bool()?.clone();
        let named = match &rule.assign {
            Assignment::From { module, .. } => Some((
                text_values(&answers, &format!("product {at}"))?,
                if module.is_some() {
                    text_values(&answers, &format!("module {at}"))?
                } else {
                    vec![None; frame.height()]
                },
            )),
            Assignment::Direct { .. } | Assignment::Pool(_) => None,
        };
        for (row, target) in targets.iter_mut().enumerate() {
            if !matches!(target, Target::Nobody) || matches.get(row) != Some(true) {
                continue;
            }
            let rule_id = rule.id.clone();
            match &rule.assign {
                Assignment::Direct { product, module } => {
                    *target = Target::Product {
                        rule: rule_id,
                        product: product.clone(),
                        module: module.clone().unwrap_or_default(),
                    };
                }
                Assignment::Pool(pool) => {
                    *target = Target::Pool {
                        rule: rule_id,
                        pool: pool.clone(),
                    }
                }
                Assignment::From { .. } => {
                    let Some((names, modules)) = &named else { continue };
                    let Some(product) = names[row].as_ref() else { continue };
                    let Some(known) = products.get(product) else { continue };
                    let module = modules[row]
                        .clone()
                        .filter(|module| known.contains(module))
                        .unwrap_or_default();
                    *target = Target::Product {
                        rule: rule_id,
                        product: product.clone(),
                        module,
                    };
                }
            }
        }
    }
    Ok(targets)
}

/// Empties one pool: every sum that waits in it is split by the pool's shares of the month.
fn empty_pool(
    books: &mut Books,
    pool: &Pool,
    inputs: &AllocationInputs<'_>,
    notes: &mut Vec<String>,
) -> Result<(), AllocationError> {
    let Some(waiting) = books.pools.remove(&pool.id) else {
        return Ok(());
    };
    let shares = shares(books, pool, inputs, notes)?;
    let weights: Vec<Money> = shares.values().copied().collect();
    let total: Money = weights.iter().copied().sum();
    for ((dimensions, rule, came_through), (amounts, charges)) in waiting {
        let way = if came_through.is_empty() {
            pool.id.clone()
        } else {
            format!("{came_through}>{}", pool.id)
        };
        // No share at all (fallback "unallocated"): the money stays visible.
        let parts = amounts.split(&weights).unwrap_or_default();
        if parts.is_empty() {
            let key = Key {
                product: UNALLOCATED.to_owned(),
                module: String::new(),
                dimensions,
                rule,
                pool: way,
                share: (Money::ONE, Money::ONE),
            };
            books.book(key, amounts, charges);
            continue;
        }
        for ((target, weight), part) in shares.iter().zip(parts) {
            if weight.is_zero() {
                continue;
            }
            match target.strip_prefix(POOL_PREFIX) {
                Some(later) => books.fill(later, (dimensions.clone(), rule.clone(), way.clone()), part, charges),
                None => {
                    let key = Key {
                        product: target.clone(),
                        module: String::new(),
                        dimensions: dimensions.clone(),
                        rule: rule.clone(),
                        pool: way.clone(),
                        share: (*weight, total),
                    };
                    books.book(key, part, charges);
                }
            }
        }
    }
    Ok(())
}

/// The weights of a pool's targets in the month; empty when the pool stays unallocated.
fn shares(
    books: &Books,
    pool: &Pool,
    inputs: &AllocationInputs<'_>,
    notes: &mut Vec<String>,
) -> Result<BTreeMap<String, Money>, AllocationError> {
    let split = &pool.split;
    let taking_part: BTreeSet<&String> = inputs
        .products
        .keys()
        .filter(|product| split.products.is_empty() || split.products.contains(*product))
        .collect();
    let even = || {
        taking_part
            .iter()
            .map(|product| ((*product).clone(), Money::ONE))
            .collect::<BTreeMap<_, _>>()
    };
    let weights = match &split.method {
        SplitMethod::Even => even(),
        SplitMethod::Weights(weights) => weights.clone(),
        SplitMethod::DirectCost => direct_costs(books, &taking_part, inputs)?,
        SplitMethod::UsageMetric(metric) => {
            let measured = inputs.metrics.get(metric);
            taking_part
                .iter()
                .map(|product| {
                    let value = measured
                        .and_then(|values| values.get(*product))
                        .copied()
                        .unwrap_or_default();
                    ((*product).clone(), value.max(Money::ZERO))
                })
                .collect()
        }
    };
    if weights.values().any(|weight| !weight.is_zero()) {
        return Ok(weights);
    }
    let (fallback, weights) = match pool.fallback {
        Fallback::Unallocated => ("unallocated", BTreeMap::new()),
        Fallback::Even => ("even", even()),
        Fallback::DirectCost => {
            let direct = direct_costs(books, &taking_part, inputs)?;
            if direct.values().any(|cost| !cost.is_zero()) {
                ("direct-cost", direct)
            } else {
                ("even", even())
            }
        }
    };
    notes.push(format!(
        "{}: the basis of pool '{}' ({}) is zero, split by its fallback: {fallback}",
        inputs.month,
        pool.id,
        split.method.as_str()
    ));
    Ok(weights)
}

/// Directly assigned effective cost per product in the reporting currency; credits larger than cost count as zero.
fn direct_costs(
    books: &Books,
    products: &BTreeSet<&String>,
    inputs: &AllocationInputs<'_>,
) -> Result<BTreeMap<String, Money>, AllocationError> {
    let mut sums: BTreeMap<String, Money> = products
        .iter()
        .map(|product| ((*product).clone(), Money::ZERO))
        .collect();
    for (key, (amounts, _)) in books.costs.iter().filter(|(key, _)| key.pool.is_empty()) {
        let Some(sum) = sums.get_mut(&key.product) else {
            continue;
        };
        let currency = &key.dimensions.currency;
        let rate = (inputs.rate)(currency).ok_or_else(|| AllocationError::MissingRate {
            currency: currency.clone(),
            month: inputs.month,
        })?;
        *sum += amounts.effective.multiply(rate);
    }
    Ok(sums
        .into_iter()
        .map(|(product, sum)| (product, sum.max(Money::ZERO)))
        .collect())
}
