//! Unit economics: what one unit of a business metric costs, by product and month.

use super::costs::rate_between;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::ledger::{CostBasis, Money, Month, MonthRange, Ratio, TaxBasis};
use serde::Serialize;
use std::collections::BTreeMap;

/// What to show.
#[derive(Clone, Debug, Default)]
pub struct UnitCostQuery {
    /// The metric: `dau`, `orders`.
    pub metric: String,
    /// Months; all when missing.
    pub months: Option<MonthRange>,
    /// One product; all with the metric when missing.
    pub product: Option<String>,
    /// Billed or effective; as the books are kept when missing.
    pub basis: Option<CostBasis>,
    /// With or without tax; as the books are kept when missing.
    pub tax: Option<TaxBasis>,
    /// Currency; the reporting currency when missing.
    pub currency: Option<String>,
}

/// A product's cost and units of a month.
#[derive(Clone, Debug, Serialize)]
pub struct UnitCost {
    /// The month.
    pub month: Month,
    /// The product.
    pub product: String,
    /// ISO 4217.
    pub currency: String,
    /// What the product cost.
    pub cost: Money,
    /// The metric's values of the month added up: for what is counted (orders, GB).
    pub units: Money,
    /// Days (or other periods) with a value.
    pub days: u32,
    /// Their mean: for what is a level (daily active users).
    pub mean: Option<Money>,
    /// Cost ÷ units; nothing without units.
    pub per_unit: Option<Money>,
    /// Cost ÷ mean; nothing without units.
    pub per_mean: Option<Money>,
}

impl App {
    /// The metrics that a product has values of.
    ///
    /// # Errors
    /// When the product is not the principal's to see, or the metrics cannot be read.
    pub fn metrics_of(&self, product: &str) -> Result<Vec<String>, AppError> {
        self.require_product(Permission::Read, product)?;
        let metrics = self.metrics(None)?;
        let known: std::collections::BTreeSet<&String> = metrics
            .sums
            .values()
            .flatten()
            .filter(|(_, products)| products.contains_key(product))
            .map(|(metric, _)| metric)
            .collect();
        Ok(known.into_iter().cloned().collect())
    }

    /// Cost per unit of a metric, by month and product; products without the metric are left out.
    ///
    /// # Errors
    /// When no product has the metric, a month is not allocated as the books stand, or a rate is missing.
    pub fn unit_costs(&self, query: &UnitCostQuery) -> Result<Vec<UnitCost>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let metrics = self.metrics(None)?;
        let known = metrics
            .sums
            .values()
            .flat_map(BTreeMap::keys)
            .collect::<std::collections::BTreeSet<_>>();
        if !known.contains(&query.metric) {
            let known = known.into_iter().cloned().collect::<Vec<_>>().join(", ");
            return Err(Refusal::new("refused-no-metric")
                .with("metric", &query.metric)
                .with("known", known)
                .into());
        }
        if let Some(range) = query.months {
            self.require_fresh(range)?;
        } else if let Some(stale) = self.stale_months()?.first() {
            self.require_fresh((*stale).into())?;
        }
        let books = self.configuration()?.1.books;
        let (basis, tax) = (query.basis.unwrap_or(books.basis), query.tax.unwrap_or(books.tax));
        let rates = self.rates()?;
        let currency = query
            .currency
            .clone()
            .unwrap_or_else(|| self.settings().currency.clone());
        let mut found = Vec::new();
        for month in self.allocated_months(query.months)? {
            let Some(units) = metrics
                .sums
                .get(&month.month)
                .and_then(|metrics| metrics.get(&query.metric))
            else {
                continue;
            };
            let mut costs: BTreeMap<&str, Money> = BTreeMap::new();
            for cost in &month.costs {
                let rate = rate_between(&rates, &cost.dimensions.currency, &currency, month.month)?;
                *costs.entry(&cost.product).or_default() += cost.amounts.on(basis, tax).multiply(rate);
            }
            let days = metrics
                .days
                .get(&month.month)
                .and_then(|metrics| metrics.get(&query.metric));
            for (product, units) in units {
                if query.product.as_ref().is_some_and(|only| only != product) || !visible.sees(product) {
                    continue;
                }
                let days = days.and_then(|days| days.get(product)).copied().unwrap_or_default();
                let cost = costs.get(product.as_str()).copied().unwrap_or_default();
                let per = |units: Money| Ratio::checked(cost, units).map(|ratio| ratio.to_money());
                let mean = Ratio::checked(*units, Money::whole(i64::from(days))).map(|mean| mean.to_money());
                // Cost ÷ (units ÷ days), without rounding the mean first.
                let per_mean = Ratio::checked(Money::whole(i64::from(days)), *units).map(|share| cost.scale_by(&share));
                found.push(UnitCost {
                    month: month.month,
                    product: product.clone(),
                    currency: currency.clone(),
                    cost,
                    units: *units,
                    days,
                    mean,
                    per_unit: per(*units),
                    per_mean,
                });
            }
        }
        if found.is_empty() {
            return Err(Refusal::new("refused-no-unit-costs")
                .with("metric", &query.metric)
                .into());
        }
        Ok(found)
    }
}
