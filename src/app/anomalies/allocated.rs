//! Cost of a product as the rules give it, by month: direct charges and its shares of pools.

use super::super::costs::missing_rate;
use super::super::reference::Rates;
use super::super::{App, AppError};
use super::costs::Grouped;
use super::{AnomalyLine, AnomalyRow, MOST_ROWS};
use headroom_models::allocation::AllocatedCost;
use headroom_models::anomalies::Anomaly;
use headroom_models::ledger::{Money, Month, MonthRange};
use std::collections::BTreeMap;

/// The dimension's name.
pub(super) const DIMENSION: &str = "allocated-product";

/// A part of a product's cost: rule, pool, source, cost type.
type Part = (String, String, String, String);

impl App {
    /// Allocated cost by product and month; months whose bills or rules have changed since their run are left out.
    pub(super) fn allocated_costs_until(&self, first: Month, last: Month, rates: &Rates) -> Result<Grouped, AppError> {
        let stale = self.stale_months()?;
        let mut grouped = Grouped::new();
        for month in self.allocated_months(Some(MonthRange { first, last }))? {
            if stale.contains(&month.month) {
                continue;
            }
            for cost in &month.costs {
                let amount = reported(cost, month.month, rates)?;
                let days = grouped.entry((DIMENSION, cost.product.clone())).or_default();
                *days.entry(month.month.first_day()).or_default() += amount;
            }
        }
        Ok(grouped)
    }

    /// An anomaly of a product with the rows behind the parts that have changed most against the month before.
    pub(super) fn allocated_line(
        &self,
        product: &str,
        month: Month,
        anomaly: Anomaly,
        rates: &Rates,
    ) -> Result<AnomalyLine, AppError> {
        let mut changes: BTreeMap<Part, Money> = BTreeMap::new();
        let range = MonthRange {
            first: month.plus(-1),
            last: month,
        };
        for of in self.allocated_months(Some(range))? {
            for cost in of.costs.iter().filter(|cost| cost.product == product) {
                let part = (
                    cost.rule.clone(),
                    cost.pool.clone(),
                    cost.dimensions.source.clone(),
                    cost.dimensions.cost_type.clone(),
                );
                let amount = reported(cost, of.month, rates)?;
                *changes.entry(part).or_default() += if of.month == month { amount } else { -amount };
            }
        }
        let explained = self.explain(product, month)?;
        let change = |part: &super::super::explain::ExplainedPart| {
            let key = (
                part.rule.clone(),
                part.pool.clone(),
                part.source.clone(),
                part.cost_type.clone(),
            );
            changes.get(&key).copied().unwrap_or_default().abs()
        };
        let mut parts: Vec<_> = explained.parts.iter().map(|part| (change(part), part)).collect();
        parts.sort_by(|a, b| (b.0, &a.1.rule, &a.1.pool, &a.1.source).cmp(&(a.0, &b.1.rule, &b.1.pool, &b.1.source)));
        let mut rows = Vec::new();
        for (_, part) in parts {
            let rate = rates
                .rate(&part.currency, month)
                .ok_or_else(|| missing_rate(&part.currency, month))?;
            rows.extend(part.rows.iter().take(MOST_ROWS - rows.len()).map(|row| AnomalyRow {
                file: row.file.clone(),
                row: row.row,
                resource: row.resource.clone(),
                description: row.description.clone(),
                cost: row.effective.multiply(rate),
            }));
        }
        Ok(AnomalyLine {
            dimension: DIMENSION,
            key: product.to_owned(),
            grain: "month",
            anomaly,
            rows,
        })
    }
}

/// Effective cost in the reporting currency.
fn reported(cost: &AllocatedCost, month: Month, rates: &Rates) -> Result<Money, AppError> {
    let currency = &cost.dimensions.currency;
    let rate = rates
        .rate(currency, month)
        .ok_or_else(|| missing_rate(currency, month))?;
    Ok(cost.amounts.effective.multiply(rate))
}
