//! The work queue of unallocated cost: what no rule takes, the largest first, and rules that would take it.

use super::allocation::RulesInForce;
use super::costs::missing_rate;
use super::reference::texts;
use super::{App, AppError};
use crate::auth::Permission;
use headroom_models::allocation::{
    CHARGES, LOOKED_AT, QueueLine, Rule, Suggestion, Target, attributes, match_rules, suggest_rules,
};
use headroom_models::ledger::{Column, Money, Month, decimal_values};
use polars::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most rules that are suggested at once.
const MOST_SUGGESTED: usize = 20;

/// Charges that no rule takes, told apart as a person would look for their owner.
#[derive(Clone, Debug, Serialize)]
pub struct QueueGroup {
    /// Source of the bills.
    pub source: String,
    /// Who issued them.
    pub issuer: String,
    /// The service.
    pub service: String,
    /// The account.
    pub account: String,
    /// Effective cost in the reporting currency.
    pub amount: Money,
    /// Charges.
    pub charges: u64,
}

/// What is to be done about a month's unallocated cost.
#[derive(Clone, Debug, Serialize)]
pub struct UnallocatedQueue {
    /// The month.
    pub month: Month,
    /// Reporting currency.
    pub currency: String,
    /// Effective cost that no rule takes; what pools leave is not in it.
    pub amount: Money,
    /// Charges that no rule takes.
    pub charges: u64,
    /// What the suggestions would take of it, all together.
    pub suggested: Money,
    /// Where it comes from, the largest first.
    pub groups: Vec<QueueGroup>,
    /// Rules that would take it, in the order in which they should be tried.
    pub suggestions: Vec<Suggestion>,
}

/// What charges are told apart by: their texts, and the product that a rule takes them to.
type LineKey = (BTreeMap<Column, String>, Option<String>);

impl App {
    /// What no rule of the configuration in force takes in a month (by default the last allocated one), with suggestions.
    ///
    /// # Errors
    /// When nothing is allocated, or a rate is missing.
    pub fn unallocated(&self, month: Option<Month>) -> Result<UnallocatedQueue, AppError> {
        self.require_company(Permission::Read)?;
        let month = month.map_or_else(|| self.last_allocated_month(), Ok)?;
        let rules = RulesInForce::load(self)?;
        let products = rules.configuration.organization.modules_by_product();
        let applied: Vec<&Rule> = rules
            .configuration
            .rules
            .iter()
            .filter(|rule| rule.applies_in(month))
            .collect();
        let rates = self.rates()?;
        let mut lines: BTreeMap<LineKey, (Money, u64)> = BTreeMap::new();
        let mut groups: BTreeMap<[String; 4], (Money, u64)> = BTreeMap::new();
        for source in self.charges_of(month)?.keys() {
            let Some(frame) = self.combinations(month, source, &applied)? else {
                continue;
            };
            let targets = match_rules(&frame, &applied, &products, month)?;
            let columns = LOOKED_AT
                .iter()
                .map(|column| Ok((*column, texts(&frame, column.name())?)))
                .collect::<PolarsResult<Vec<_>>>()?;
            let currencies = texts(&frame, Column::BillingCurrency.name())?;
            let amounts = decimal_values(&frame, Column::EffectiveCost.name())?;
            let counts = frame.column(CHARGES)?.i64()?.clone();
            for (row, target) in targets.into_iter().enumerate() {
                let product = match target {
                    Target::Product { product, .. } => Some(product),
                    Target::Nobody => None,
                    Target::Pool { .. } => continue,
                };
                let currency = &currencies[row];
                let rate = rates
                    .rate(currency, month)
                    .ok_or_else(|| missing_rate(currency, month))?;
                let amount = amounts[row].unwrap_or_default().multiply(rate);
                let charges = counts.get(row).unwrap_or_default() as u64;
                let text = |wanted: Column| {
                    let found = columns.iter().find(|(column, _)| *column == wanted);
                    found.map(|(_, texts)| texts[row].clone()).unwrap_or_default()
                };
                if product.is_none() {
                    let key = [
                        source.clone(),
                        text(Column::InvoiceIssuerName),
                        text(Column::ServiceName),
                        text(Column::SubAccountId),
                    ];
                    let sum = groups.entry(key).or_default();
                    *sum = (sum.0 + amount, sum.1 + charges);
                }
                let there = columns.iter().filter(|(_, texts)| !texts[row].is_empty());
                let key = (
                    there.map(|(column, texts)| (*column, texts[row].clone())).collect(),
                    product,
                );
                let sum = lines.entry(key).or_default();
                *sum = (sum.0 + amount, sum.1 + charges);
            }
        }
        let lines: Vec<QueueLine> = lines
            .into_iter()
            .map(|((texts, product), (amount, charges))| QueueLine {
                texts,
                product,
                amount,
                charges,
            })
            .collect();
        let ids: BTreeSet<String> = products.keys().cloned().collect();
        let suggestions = suggest_rules(&lines, &ids, MOST_SUGGESTED);
        let group = |([source, issuer, service, account], (amount, charges)): ([String; 4], (Money, u64))| QueueGroup {
            source,
            issuer,
            service,
            account,
            amount,
            charges,
        };
        let mut groups: Vec<QueueGroup> = groups.into_iter().map(group).collect();
        groups.sort_by(|a, b| b.amount.abs().cmp(&a.amount.abs()).then(a.source.cmp(&b.source)));
        let left = lines.iter().filter(|line| line.product.is_none());
        let (amount, charges) = left.fold((Money::ZERO, 0), |sum, line| {
            (sum.0 + line.amount, sum.1 + line.charges)
        });
        Ok(UnallocatedQueue {
            month,
            currency: self.settings().currency.clone(),
            amount,
            charges,
            suggested: suggestions.iter().map(|suggestion| suggestion.amount).sum(),
            groups,
            suggestions,
        })
    }

    /// A source's charges of a month added up by what rules and suggestions look at: from its rollups, or by grouping them.
    fn combinations(&self, month: Month, source: &str, rules: &[&Rule]) -> Result<Option<DataFrame>, AppError> {
        let files = self.charges_of(month)?.remove(source).unwrap_or_default();
        let wanted: BTreeSet<Column> = rules
            .iter()
            .flat_map(|rule| rule.columns())
            .chain(LOOKED_AT)
            .chain([Column::BillingCurrency])
            .collect();
        let kept: BTreeSet<Column> = attributes().collect();
        let rollups = self.store.rollups()?;
        let beside: Option<Vec<_>> = files.iter().map(|file| rollups.get(&file.path)).collect();
        let beside = beside.filter(|_| wanted.is_subset(&kept)).unwrap_or_default();
        let keys: Vec<Expr> = wanted.iter().map(|column| col(column.name())).collect();
        let sum = col(Column::EffectiveCost.name()).sum();
        let grouped = match self.store.scan_rollups(&beside)? {
            Some(rollup) => rollup.combinations.group_by(keys).agg([sum, col(CHARGES).sum()]),
            None => match self.store.scan(&files)? {
                Some(charges) => charges
                    .group_by(keys)
                    .agg([sum, len().cast(DataType::Int64).alias(CHARGES)]),
                None => return Ok(None),
            },
        };
        Ok(Some(grouped.collect_with_engine(Engine::Streaming)?.unwrap_single()))
    }
}
