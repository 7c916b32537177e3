//! Allocated cost by any dimensions, and as the actuals that budgets are compared with.

use super::reference::Rates;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::allocation::AllocatedCost;
use headroom_models::budget::{Actual, Sourcing};
use headroom_models::ledger::{CostBasis, CostType, Expenditure, Money, Month, MonthRange, TaxBasis};
use serde::Serialize;
use std::collections::BTreeMap;

/// What to show.
#[derive(Clone, Debug, Default)]
pub struct CostQuery {
    /// Dimensions, of [`DIMENSIONS`].
    pub by: Vec<String>,
    /// Months; all when missing.
    pub months: Option<MonthRange>,
    /// `dimension=value` filters; all must hold.
    pub filters: Vec<(String, String)>,
    /// Billed or effective; as the books are kept when missing.
    pub basis: Option<CostBasis>,
    /// With tax, without it, or the tax alone; as the books are kept when missing.
    pub tax: Option<TaxBasis>,
    /// Convert to this currency at each month's rate; without it, currencies stand apart.
    pub currency: Option<String>,
}

/// The dimensions that allocated cost can be shown by.
pub const DIMENSIONS: [&str; 14] = [
    "month",
    "department",
    "product",
    "module",
    "source",
    "provider",
    "service-category",
    "resource-mode",
    "cost-type",
    "expenditure",
    "rule",
    "pool",
    "ServiceCategory",
    "ProviderName",
];

/// A table of costs.
#[derive(Clone, Debug, Serialize)]
pub struct CostTable {
    /// The dimensions, in the order asked for.
    pub by: Vec<String>,
    /// Rows: the dimension values, currency, amount.
    pub rows: Vec<CostRow>,
    /// Sum per currency.
    pub totals: BTreeMap<String, Money>,
}

/// One row of costs.
#[derive(Clone, Debug, Serialize)]
pub struct CostRow {
    /// One value per dimension.
    pub values: Vec<String>,
    /// ISO 4217.
    pub currency: String,
    /// The amount.
    pub amount: Money,
    /// The amount in each currency that it was billed in, when it was converted.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub original: BTreeMap<String, Money>,
}

fn value(
    dimension: &str,
    month: Month,
    cost: &AllocatedCost,
    departments: &BTreeMap<String, String>,
) -> Option<String> {
    let dimensions = &cost.dimensions;
    Some(match dimension {
        "month" => month.to_string(),
        "department" => departments.get(&cost.product).cloned().unwrap_or_default(),
        "product" => cost.product.clone(),
        "module" => cost.module.clone(),
        "source" => dimensions.source.clone(),
        "provider" | "ProviderName" => dimensions.provider.clone(),
        "service-category" | "ServiceCategory" => dimensions.service_category.clone(),
        "resource-mode" => dimensions.resource_mode.clone(),
        "cost-type" => dimensions.cost_type.clone(),
        "expenditure" => dimensions.expenditure.clone(),
        "rule" => cost.rule.clone(),
        "pool" => cost.pool.clone(),
        _ => return None,
    })
}

impl App {
    /// Allocated cost by dimensions, of the products that the principal sees.
    ///
    /// # Errors
    /// When a dimension is unknown, nothing is allocated, or a rate is missing.
    pub fn costs(&self, query: &CostQuery) -> Result<CostTable, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let (_, configuration) = self.configuration()?;
        let departments = configuration.organization.department_of_product();
        let names = query.by.iter().chain(query.filters.iter().map(|(name, _)| name));
        if let Some(unknown) = names.into_iter().find(|name| !DIMENSIONS.contains(&name.as_str())) {
            return Err(Refusal::new("refused-dimension")
                .with("name", unknown)
                .with("known", DIMENSIONS.join(", "))
                .into());
        }
        let rates = self.rates()?;
        if let Some(range) = query.months {
            self.require_fresh(range)?;
        } else if let Some(stale) = self.stale_months()?.first() {
            self.require_fresh((*stale).into())?;
        }
        let months = self.allocated_months(query.months)?;
        if months.is_empty() {
            return Err(Refusal::new("refused-nothing-allocated-then").into());
        }
        let books = &configuration.books;
        let (basis, tax) = (query.basis.unwrap_or(books.basis), query.tax.unwrap_or(books.tax));
        let mut sums: BTreeMap<(Vec<String>, String), Summed> = BTreeMap::new();
        for month in months {
            for cost in month.costs.iter().filter(|cost| visible.sees(&cost.product)) {
                let of = |name: &str| value(name, month.month, cost, &departments).unwrap_or_default();
                if query.filters.iter().any(|(name, wanted)| of(name) != *wanted) {
                    continue;
                }
                let billed_in = &cost.dimensions.currency;
                let original = cost.amounts.on(basis, tax);
                let (currency, amount) = match &query.currency {
                    None => (billed_in.clone(), original),
                    Some(wanted) => {
                        let rate = rate_between(&rates, &cost.dimensions.currency, wanted, month.month)?;
                        (wanted.clone(), original.multiply(rate))
                    }
                };
                let sum = sums
                    .entry((query.by.iter().map(|name| of(name)).collect(), currency))
                    .or_default();
                sum.0 += amount;
                if query.currency.is_some() {
                    *sum.1.entry(billed_in.clone()).or_default() += original;
                }
            }
        }
        let mut totals: BTreeMap<String, Money> = BTreeMap::new();
        for ((_, currency), (amount, _)) in &sums {
            *totals.entry(currency.clone()).or_default() += *amount;
        }
        let rows = sums
            .into_iter()
            .map(|((values, currency), (amount, original))| CostRow {
                values,
                currency,
                amount,
                original,
            })
            .collect();
        Ok(CostTable {
            by: query.by.clone(),
            rows,
            totals,
        })
    }

    /// Actual cost of some months, on the basis that the books are kept in, in the reporting currency, for budgets. `budget_as_of` is the month in which the budget was
    /// made: its rates are the budget's rates.
    pub(super) fn actuals(
        &self,
        rates: &Rates,
        range: MonthRange,
        budget_as_of: Option<Month>,
    ) -> Result<Vec<Actual>, AppError> {
        let books = self.configuration()?.1.books;
        let mut sums: BTreeMap<Key, (Money, Money)> = BTreeMap::new();
        for AllocatedIn { month, cost } in self.allocated_costs_by_month(range)? {
            let currency = &cost.dimensions.currency;
            let rate = rates
                .rate(currency, month)
                .ok_or_else(|| missing_rate(currency, month))?;
            let budget_rate = budget_as_of
                .and_then(|as_of| rates.rate_known_at(currency, month, as_of))
                .unwrap_or(rate);
            let key = (
                month,
                cost.product.clone(),
                cost.module.clone(),
                // Charges of a source that says neither are a cloud's running charges (see the FOCUS importer).
                cost.dimensions.cost_type.parse().unwrap_or(CostType::Other),
                cost.dimensions.expenditure.parse().unwrap_or(Expenditure::Opex),
                Sourcing {
                    resource_mode: cost.dimensions.resource_mode.parse().ok(),
                    provider: cost.dimensions.provider.clone(),
                    service_category: cost.dimensions.service_category.clone(),
                },
            );
            let sum = sums.entry(key).or_default();
            let amount = cost.amounts.on(books.basis, books.tax);
            sum.0 += amount.multiply(rate);
            sum.1 += amount.multiply(budget_rate);
        }
        Ok(sums
            .into_iter()
            .map(
                |((month, product, module, cost_type, expenditure, sourcing), (amount, amount_at_budget_rate))| {
                    Actual {
                        month,
                        product,
                        module,
                        cost_type,
                        expenditure,
                        sourcing,
                        amount,
                        amount_at_budget_rate,
                    }
                },
            )
            .collect())
    }

    fn allocated_costs_by_month(&self, range: MonthRange) -> Result<Vec<AllocatedIn>, AppError> {
        let months = self.allocated_months(Some(range))?.into_iter();
        Ok(months
            .flat_map(|month| {
                month.costs.into_iter().map(move |cost| AllocatedIn {
                    month: month.month,
                    cost,
                })
            })
            .collect())
    }
}

/// An amount, and the same in the currencies that it was billed in.
type Summed = (Money, BTreeMap<String, Money>);

/// What actual cost is added up by: month, product, module, cost type, expenditure, where it comes from.
type Key = (Month, String, String, CostType, Expenditure, Sourcing);

struct AllocatedIn {
    month: Month,
    cost: AllocatedCost,
}

pub(super) fn rate_between(rates: &Rates, from: &str, to: &str, month: Month) -> Result<Money, AppError> {
    if from == to {
        return Ok(Money::ONE);
    }
    let one = |currency: &str| rates.rate(currency, month).ok_or_else(|| missing_rate(currency, month));
    let (from, to) = (one(from)?, one(to)?);
    let ratio = headroom_models::ledger::Ratio::checked(from, to);
    Ok(ratio.map(|ratio| ratio.to_money()).unwrap_or_default())
}

/// A rate to the reporting currency is missing.
pub(super) fn missing_rate(currency: &str, month: Month) -> Refusal {
    Refusal::new("refused-no-rate")
        .with("currency", currency)
        .with("month", month)
}
