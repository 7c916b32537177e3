//! Savings of reclaimed resources as later bills show them, by month, product and owner.

use super::super::costs::missing_rate;
use super::super::reference::texts;
use super::super::{App, AppError};
use crate::auth::Permission;
use crate::store::IdleCase;
use headroom_models::idle::{CaseState, Metric, MonthBill, MonthSaving, Reclaimed, UsagePlan, realised};
use headroom_models::ledger::{Column, Money, Month, decimal_values};
use polars::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The saving of one reclaimed resource in one month.
#[derive(Clone, Debug, Serialize)]
pub struct RealisedLine {
    /// Finding.
    pub finding: String,
    /// Resource.
    pub resource: String,
    /// Product.
    pub product: String,
    /// Owner.
    pub owner: String,
    /// Currency of the bill.
    pub currency: String,
    /// Cost of a month before, in that currency.
    pub baseline: Money,
    /// The month.
    #[serde(flatten)]
    pub month: MonthSaving,
    /// The saving in the reporting currency at the month's rate.
    pub saving_reported: Money,
}

/// All realised savings.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RealisedShown {
    /// Currency of the sums.
    pub currency: String,
    /// One per reclaimed resource and month from its reclaim on.
    pub lines: Vec<RealisedLine>,
    /// Sum.
    pub total: Money,
    /// Sum per month.
    pub by_month: BTreeMap<Month, Money>,
    /// Sum per product.
    pub by_product: BTreeMap<String, Money>,
    /// Sum per owner.
    pub by_owner: BTreeMap<String, Money>,
}

/// What a resource was billed in a month: by source, its currency and cost.
type Billed = BTreeMap<(String, Month, String), BTreeMap<String, Money>>;

impl App {
    /// What reclaimed resources cost before, less what later bills charge for them. Without a bill nothing is saved.
    ///
    /// # Errors
    /// When the ledger cannot be read, or a rate is missing.
    pub fn realised_savings(&self) -> Result<RealisedShown, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let mut shown = RealisedShown {
            currency: self.settings().currency.clone(),
            ..RealisedShown::default()
        };
        let cases: Vec<IdleCase> = self
            .store
            .idle_cases()?
            .into_iter()
            .filter(|case| case.state == CaseState::Reclaimed && visible.sees(&case.product))
            .collect();
        let first = cases.iter().filter_map(|case| case.reclaimed_on).map(Month::of).min();
        let (Some(first), Some(last)) = (first, self.billed_months()?.map(|months| months.last)) else {
            return Ok(shown);
        };
        let resources: BTreeSet<&str> = cases.iter().map(|case| case.resource.as_str()).collect();
        // Three months before the first reclaim tell which source bills a resource.
        let range: Vec<Month> = (-3..=last.since(first).max(0)).map(|step| first.plus(step)).collect();
        let billed = self.billed_for(&resources, &range)?;
        let sources = self.ledger_sources()?;
        let used = self.used_lately(&cases)?;
        let rates = self.rates()?;
        for case in &cases {
            let Some(on) = case.reclaimed_on else { continue };
            let of_case: BTreeSet<&str> = billed
                .keys()
                .filter(|(resource, month, _)| *resource == case.resource && *month <= Month::of(on))
                .map(|(.., source)| source.as_str())
                .collect();
            let bills: Vec<MonthBill> = range
                .iter()
                .filter(|month| **month >= Month::of(on) && **month <= last)
                .map(|month| {
                    let there = sources.get(month).cloned().unwrap_or_default();
                    let costs = of_case.iter().filter_map(|source| {
                        billed
                            .get(&(case.resource.clone(), *month, (*source).to_owned()))?
                            .get(&case.baseline_currency)
                    });
                    MonthBill {
                        month: *month,
                        arrived: !of_case.is_empty() && of_case.iter().all(|source| there.contains(*source)),
                        cost: costs.copied().sum(),
                        used: used
                            .get(&case.resource)
                            .is_some_and(|newest| *newest >= *month && *newest > Month::of(on)),
                    }
                })
                .collect();
            let reclaimed = Reclaimed {
                on,
                baseline: case.baseline,
            };
            for month in realised(&reclaimed, &bills) {
                let rate = rates
                    .rate(&case.baseline_currency, month.month)
                    .ok_or_else(|| missing_rate(&case.baseline_currency, month.month))?;
                let saving = month.saving.multiply(rate);
                shown.total += saving;
                *shown.by_month.entry(month.month).or_default() += saving;
                *shown.by_product.entry(case.product.clone()).or_default() += saving;
                *shown.by_owner.entry(case.owner.clone()).or_default() += saving;
                shown.lines.push(RealisedLine {
                    finding: case.id.clone(),
                    resource: case.resource.clone(),
                    product: case.product.clone(),
                    owner: case.owner.clone(),
                    currency: case.baseline_currency.clone(),
                    baseline: case.baseline,
                    month,
                    saving_reported: saving,
                });
            }
        }
        Ok(shown)
    }

    /// Effective cost of resources by month, source and currency.
    fn billed_for(&self, resources: &BTreeSet<&str>, months: &[Month]) -> Result<Billed, AppError> {
        let mut billed = Billed::new();
        let names = Series::new("ids".into(), resources.iter().copied().collect::<Vec<_>>());
        let (id, currency, cost) = (
            Column::ResourceId.name(),
            Column::BillingCurrency.name(),
            Column::EffectiveCost.name(),
        );
        for month in months {
            for (source, files) in self.charges_of(*month)? {
                let Some(charges) = self.store.scan(&files)? else {
                    continue;
                };
                let frame = charges
                    .filter(col(id).is_in(lit(names.clone()).implode(true), false))
                    .group_by([col(id), col(currency)])
                    .agg([col(cost).sum()])
                    .collect()?;
                let costs = decimal_values(&frame, cost)?;
                for ((resource, currency), cost) in
                    texts(&frame, id)?.into_iter().zip(texts(&frame, currency)?).zip(costs)
                {
                    *billed
                        .entry((resource, *month, source.clone()))
                        .or_default()
                        .entry(currency)
                        .or_default() += cost.unwrap_or_default();
                }
            }
        }
        Ok(billed)
    }

    /// The newest month in which each reclaimed resource did real work: an hour with 5 % of CPU or more after its reclaim.
    fn used_lately(&self, cases: &[IdleCase]) -> Result<BTreeMap<String, Month>, AppError> {
        let mut used = BTreeMap::new();
        let Ok(samples) = self.samples(None) else {
            return Ok(used);
        };
        let Some(span) = samples.span()? else { return Ok(used) };
        let plan = UsagePlan::new(&[], &[Metric::CpuPercent], span);
        let usages = samples.collect(&plan)?;
        for case in cases {
            let Some(on) = case.reclaimed_on else { continue };
            if let Some(day) = usages.last_use(&case.resource, Metric::CpuPercent, 5.0)
                && day > on
            {
                used.insert(case.resource.clone(), Month::of(day));
            }
        }
        Ok(used)
    }
}
