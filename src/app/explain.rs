//! From an allocated figure back to the rows of the bills.

use super::reference::texts;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::allocation::{Rule, Target, match_rules};
use headroom_models::configuration::Configuration;
use headroom_models::ledger::{Column, Money, Month, decimal_values};
use headroom_models::organization::UNALLOCATED;
use polars::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of bills kept per part, the dearest first.
const MOST_ROWS: usize = 200;
/// Rows of bills looked at in one go.
const ROWS_AT_ONCE: usize = 262_144;

/// How a product's cost of a month came about.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The product.
    pub product: String,
    /// The billing month.
    pub month: Month,
    /// The configuration version whose rules were applied.
    pub configuration_version: i64,
    /// One part per rule, pool, source, currency and cost type; they add up to the product's cost.
    pub parts: Vec<ExplainedPart>,
}

/// What one rule (through one way of pools) brought to the product.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedPart {
    /// The rule; empty when no rule took the charges.
    pub rule: String,
    /// The pools passed, joined by `>`; empty when assigned directly.
    pub pool: String,
    /// How the last pool is split; empty when assigned directly.
    pub method: String,
    /// The product's share of the last pool: numerator.
    pub share: Money,
    /// The product's share of the last pool: denominator.
    pub share_total: Money,
    /// Source of the bills.
    pub source: String,
    /// Cost type.
    pub cost_type: String,
    /// ISO 4217.
    pub currency: String,
    /// What the product is charged, invoice basis.
    pub billed: Money,
    /// What the product is charged, accrual basis.
    pub effective: Money,
    /// How many rows of bills stand behind it (before the split).
    pub rows_total: usize,
    /// The rows, before the split; the 200 dearest of them.
    pub rows: Vec<ExplainedRow>,
}

/// A row of a bill.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedRow {
    /// The file it came from.
    pub file: String,
    /// Its line or row there.
    pub row: i64,
    /// The batch.
    pub batch: String,
    /// The resource.
    pub resource: String,
    /// What the bill says.
    pub description: String,
    /// What the row rests on when it stands for a bill that has not come (`contract`, `last-month`); empty for a row of a bill.
    pub estimate: String,
    /// The row's billed cost.
    pub billed: Money,
    /// The row's effective cost.
    pub effective: Money,
}

/// The dearest rows found so far, and how many there were.
#[derive(Default)]
struct Behind {
    count: usize,
    rows: Vec<ExplainedRow>,
}

impl Behind {
    fn add(&mut self, row: ExplainedRow) {
        self.count += 1;
        self.rows.push(row);
        if self.rows.len() > 8 * MOST_ROWS {
            self.keep_dearest();
        }
    }

    fn keep_dearest(&mut self) {
        self.rows.sort_by(|a, b| {
            b.effective
                .abs()
                .cmp(&a.effective.abs())
                .then(a.file.cmp(&b.file))
                .then(a.row.cmp(&b.row))
        });
        self.rows.truncate(MOST_ROWS);
    }
}

/// What rows are looked up by: rule, first pool, source, currency, cost type.
type Origin = (String, String, String, String, String);

impl App {
    /// Explains a product's cost of a month by the rules of its newest run.
    ///
    /// # Errors
    /// When the month is not allocated as the ledger stands, or the product has no cost in it.
    pub fn explain(&self, product: &str, month: Month) -> Result<Explanation, AppError> {
        self.require_product(Permission::Read, product)?;
        let run = self.store.newest_runs()?.into_iter().find(|run| run.month == month);
        let run = run.ok_or_else(|| Refusal::new("refused-month-not-allocated").with("month", month))?;
        if self.stale_months()?.contains(&month) {
            return Err(Refusal::new("refused-ledger-changed").with("month", month).into());
        }
        let documents = self.store.configuration_version(run.configuration_version)?;
        let configuration = Configuration::read(&documents).map_err(AppError::Configuration)?;
        let mut parts: BTreeMap<(Origin, String), ExplainedPart> = BTreeMap::new();
        for cost in self
            .store
            .allocated_costs(&run)?
            .into_iter()
            .filter(|cost| cost.product == product)
        {
            let (first, last) = (
                cost.pool.split('>').next().unwrap_or_default(),
                cost.pool.rsplit('>').next().unwrap_or_default(),
            );
            let pool = configuration.pools.iter().find(|pool| pool.id == last);
            let origin: Origin = (
                cost.rule.clone(),
                first.to_owned(),
                cost.dimensions.source.clone(),
                cost.dimensions.currency.clone(),
                cost.dimensions.cost_type.clone(),
            );
            let part = parts
                .entry((origin, cost.pool.clone()))
                .or_insert_with(|| ExplainedPart {
                    rule: cost.rule.clone(),
                    pool: cost.pool.clone(),
                    method: pool
                        .map(|pool| pool.split.method.as_str().to_owned())
                        .unwrap_or_default(),
                    share: cost.share,
                    share_total: cost.share_total,
                    source: cost.dimensions.source.clone(),
                    cost_type: cost.dimensions.cost_type.clone(),
                    currency: cost.dimensions.currency.clone(),
                    billed: Money::ZERO,
                    effective: Money::ZERO,
                    rows_total: 0,
                    rows: Vec::new(),
                });
            part.billed += cost.amounts.billed;
            part.effective += cost.amounts.effective;
        }
        if parts.is_empty() {
            let known = configuration
                .organization
                .products
                .iter()
                .map(|known| known.id.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            return Err(Refusal::new("refused-no-cost-of-product")
                .with("product", product)
                .with("month", month)
                .with("known", known)
                .with("unallocated", UNALLOCATED)
                .into());
        }
        let mut rows = self.rows_behind(product, month, &configuration)?;
        let mut parts: Vec<ExplainedPart> = parts
            .into_iter()
            .map(|((origin, _), mut part)| {
                if let Some(behind) = rows.get_mut(&origin) {
                    behind.keep_dearest();
                    part.rows_total = behind.count;
                    part.rows.clone_from(&behind.rows);
                }
                part
            })
            .collect();
        parts.sort_by(|a, b| {
            b.effective
                .cmp(&a.effective)
                .then(a.rule.cmp(&b.rule))
                .then(a.pool.cmp(&b.pool))
        });
        Ok(Explanation {
            product: product.to_owned(),
            month,
            configuration_version: run.configuration_version,
            parts,
        })
    }

    /// The ledger rows that the rules send to the product, or into any pool.
    fn rows_behind(
        &self,
        product: &str,
        month: Month,
        configuration: &Configuration,
    ) -> Result<BTreeMap<Origin, Behind>, AppError> {
        let rules: Vec<&Rule> = configuration
            .rules
            .iter()
            .filter(|rule| rule.applies_in(month))
            .collect();
        let products = configuration.organization.modules_by_product();
        let shown = [
            Column::SourceFile,
            Column::SourceRow,
            Column::ImportId,
            Column::ResourceId,
            Column::ChargeDescription,
            Column::BilledCost,
            Column::EffectiveCost,
            Column::BillingCurrency,
            Column::CostType,
            Column::Estimate,
        ];
        let wanted: BTreeSet<Column> = shown
            .into_iter()
            .chain(rules.iter().flat_map(|rule| rule.columns()))
            .collect();
        let mut behind: BTreeMap<Origin, Behind> = BTreeMap::new();
        for (source, files) in self.charges_of(month)? {
            let Some(charges) = self.store.scan(&files)? else {
                continue;
            };
            let charges = charges.select(wanted.iter().map(|column| col(column.name())).collect::<Vec<_>>());
            // Piece by piece: a month may hold more rows than fit into memory.
            for piece in 0.. {
                let from = piece * ROWS_AT_ONCE as i64;
                let frame = charges.clone().slice(from, ROWS_AT_ONCE as IdxSize).collect()?;
                if frame.height() == 0 {
                    break;
                }
                let targets = match_rules(&frame, &rules, &products, month)?;
                let text = |column: Column| texts(&frame, column.name());
                let (names, batches, resources) = (
                    text(Column::SourceFile)?,
                    text(Column::ImportId)?,
                    text(Column::ResourceId)?,
                );
                let (descriptions, currencies, cost_types, estimates) = (
                    text(Column::ChargeDescription)?,
                    text(Column::BillingCurrency)?,
                    text(Column::CostType)?,
                    text(Column::Estimate)?,
                );
                let numbers = frame.column(Column::SourceRow.name())?.i64()?.clone();
                let billed = decimal_values(&frame, Column::BilledCost.name())?;
                let effective = decimal_values(&frame, Column::EffectiveCost.name())?;
                for (at, target) in targets.into_iter().enumerate() {
                    let (rule, pool) = match target {
                        Target::Product { rule, product: to, .. } if to == product => (rule, String::new()),
                        Target::Pool { rule, pool } => (rule, pool),
                        Target::Nobody if product == UNALLOCATED => (String::new(), String::new()),
                        _ => continue,
                    };
                    let origin = (
                        rule,
                        pool,
                        source.clone(),
                        currencies[at].clone(),
                        cost_types[at].clone(),
                    );
                    behind.entry(origin).or_default().add(ExplainedRow {
                        file: names[at].clone(),
                        row: numbers.get(at).unwrap_or_default(),
                        batch: batches[at].clone(),
                        resource: resources[at].clone(),
                        description: descriptions[at].clone(),
                        estimate: estimates[at].clone(),
                        billed: billed[at].unwrap_or_default(),
                        effective: effective[at].unwrap_or_default(),
                    });
                }
            }
        }
        Ok(behind)
    }
}
