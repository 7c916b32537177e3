//! Shared pools and how they are split.

use crate::language::Name;
use crate::ledger::{Money, Month};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A pool of shared cost.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Unique among pools.
    pub id: String,
    /// What it is called.
    pub name: Name,
    /// How it is split.
    pub split: Split,
    /// What a month with a zero basis falls back to.
    #[serde(default)]
    pub fallback: Fallback,
    /// Least part of the whole (0 to 1) that a target carries, whatever the basis says; the others carry less.
    #[serde(default)]
    pub minimum_share: BTreeMap<String, Money>,
    /// Largest part of the whole (0 to 1) that a target carries; the others carry more.
    #[serde(default)]
    pub maximum_share: BTreeMap<String, Money>,
}

impl Pool {
    /// Whether a target with that weight in the file carries anything, the bounds taken into account.
    pub(super) fn gives(&self, target: &str, weight: Money) -> bool {
        let at_least = self.minimum_share.get(target).is_some_and(|least| !least.is_zero());
        let never = self.maximum_share.get(target).is_some_and(|most| most.is_zero());
        !never && (at_least || !weight.is_zero())
    }
}

/// How a pool is split.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Split {
    /// The basis of the shares.
    pub method: SplitMethod,
    /// The products that take part; all when empty. Not used by methods that name their targets.
    pub products: BTreeSet<String>,
}

/// The basis of the shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SplitMethod {
    /// Equal shares.
    Even,
    /// Fixed weights per product, or per later pool as `pool:NAME`.
    Weights(BTreeMap<String, Money>),
    /// Each product's directly assigned effective cost of the month, in the reporting currency.
    DirectCost,
    /// Like weights, but `pool:NAME` may be any pool, also an earlier one or the pool itself: pools that feed each
    /// other are solved together (simultaneous equations, 交互分配法/代数分配法).
    Reciprocal(BTreeMap<String, Money>),
    /// Sum of a business metric per product in the month.
    UsageMetric(String),
    /// Shares stated by month, in the order of the months; the latest month not after the billing month applies.
    Table(Vec<MonthShares>),
}

/// One line of a table of shares.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthShares {
    /// First month to which the shares apply.
    pub month: Month,
    /// Share per product, or per later pool as `pool:NAME`; adding up to 1 (or to 100).
    pub shares: BTreeMap<String, Money>,
}

impl SplitMethod {
    /// The word as it stands in files and explanations.
    pub fn as_str(&self) -> &'static str {
        match self {
            SplitMethod::Even => "even",
            SplitMethod::Weights(_) => "weights",
            SplitMethod::Reciprocal(_) => "reciprocal",
            SplitMethod::DirectCost => "direct-cost",
            SplitMethod::UsageMetric(_) => "usage-metric",
            SplitMethod::Table(_) => "table",
        }
    }

    /// The weights that the file itself states for a month; nothing when they come from the month's figures.
    pub(super) fn stated(&self, month: Month) -> Option<&BTreeMap<String, Money>> {
        match self {
            SplitMethod::Weights(weights) | SplitMethod::Reciprocal(weights) => Some(weights),
            SplitMethod::Table(entries) => {
                let entry = entries.iter().rev().find(|entry| entry.month <= month)?;
                Some(&entry.shares)
            }
            SplitMethod::Even | SplitMethod::DirectCost | SplitMethod::UsageMetric(_) => None,
        }
    }
}

/// What a pool does in a month in which its basis is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fallback {
    /// Equal shares.
    #[default]
    Even,
    /// By direct cost, and evenly should that be zero too.
    DirectCost,
    /// The whole pool stays visible as unallocated.
    Unallocated,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    method: String,
    #[serde(default)]
    products: BTreeSet<String>,
    weights: Option<BTreeMap<String, Money>>,
    metric: Option<String>,
    table: Option<Vec<MonthShares>>,
}

impl TryFrom<Written> for Split {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let word = written.method.as_str();
        let all = written.products.is_empty();
        let method = match (word, written.weights, written.metric, written.table) {
            ("even", None, None, None) => SplitMethod::Even,
            ("direct-cost", None, None, None) => SplitMethod::DirectCost,
            ("weights", Some(weights), None, None) if all => SplitMethod::Weights(weights),
            ("reciprocal", Some(weights), None, None) if all => SplitMethod::Reciprocal(weights),
            ("usage-metric", None, Some(metric), None) => SplitMethod::UsageMetric(metric),
            ("table", None, None, Some(mut entries)) if all => {
                entries.sort_by_key(|entry| entry.month);
                SplitMethod::Table(entries)
            }
            ("even" | "direct-cost", ..) => {
                return Err(format!("method \"{word}\" takes neither weights nor metric nor table"));
            }
            ("weights" | "reciprocal", ..) => {
                return Err(format!(
                    "method \"{word}\" needs weights = {{ product = number, … }} and nothing else"
                ));
            }
            ("usage-metric", ..) => {
                return Err("method \"usage-metric\" needs metric = \"…\" and no weights or table".to_owned());
            }
            ("table", ..) => {
                return Err(
                    "method \"table\" needs table = [{ month = \"YYYY-MM\", shares = { product = \"0.6\", … } }, …] and nothing else"
                        .to_owned(),
                );
            }
            _ => {
                return Err(format!(
                    "method \"{word}\" is none of even, weights, reciprocal, direct-cost, usage-metric, table"
                ));
            }
        };
        Ok(Split {
            method,
            products: written.products,
        })
    }
}

/// The prefix that makes a weight's key a pool.
pub(super) const POOL_PREFIX: &str = "pool:";
