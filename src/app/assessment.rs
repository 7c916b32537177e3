//! 考核: execution rate and forecast accuracy of products and departments by bands, and the figures of FinOps beside them.

use super::execution::Executed;
use super::{App, AppError};
use crate::auth::Permission;
use headroom_models::budget::{LagAccuracy, ProductAccuracy, Score, assess, rate};
use headroom_models::language::Name;
use headroom_models::ledger::{Column, Money, Month, decimal_values, text_values};
use headroom_models::organization::UNALLOCATED;
use headroom_reports::data::Level;
use polars::prelude::*;
use serde::Serialize;

/// The score of a product or department.
#[derive(Clone, Debug, Serialize)]
pub struct Assessed {
    /// Department or product.
    pub level: Level,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// Department of a product.
    pub department: String,
    /// Actual cost to date.
    pub actual: Money,
    /// Budget to date.
    pub budget: Money,
    /// Forecast bias, all lags together; above zero when forecasts are too high.
    pub bias: Option<Money>,
    /// Its score.
    #[serde(flatten)]
    pub score: Score,
}

/// What a unit of the business metric costs.
#[derive(Clone, Debug, Serialize)]
pub struct CostPerDriver {
    /// Product.
    pub product: String,
    /// Its name.
    pub name: Name,
    /// Business metric.
    pub driver: String,
    /// Actual cost to date ÷ sum of the months' values.
    pub actual: Option<Money>,
    /// Budget to date ÷ sum of the months' targets.
    pub budget: Option<Money>,
}

/// The assessment of a year as of a month.
#[derive(Clone, Debug, Serialize)]
pub struct Assessment {
    /// Fiscal year.
    pub year: i32,
    /// Last closed month.
    pub as_of: Month,
    /// Company.
    pub company: Name,
    /// Currency.
    pub currency: String,
    /// Departments, then products.
    pub rows: Vec<Assessed>,
    /// Cost allocated to products ÷ all cost, to date.
    pub allocation_share: Option<Money>,
    /// Cloud usage paid through commitments ÷ all cloud usage, to date, on accrual.
    pub commitment_coverage: Option<Money>,
    /// |Forecast − actual| ÷ actual over products, one month ahead (FinOps: 20 / 15 / 12 % crawl, walk, run).
    pub forecast_variance: Option<Money>,
    /// What a unit of each product's business metric costs.
    pub cost_per_driver: Vec<CostPerDriver>,
}

impl App {
    /// Scores products and departments as of a month.
    ///
    /// # Errors
    /// When there is no budget for the year, or the books cannot be read.
    pub fn assessment(&self, month: Option<Month>) -> Result<Assessment, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let month = self.report_month(month)?;
        self.with_execution(month, |of| {
            let accuracy = self.accuracy(of.year)?;
            let mut rows = Vec::new();
            for row in of.executed.departments.iter().filter(|row| !row.id.is_empty()) {
                let own = |product: &&ProductAccuracy| {
                    let named = of.names.products.get(&product.product);
                    named.is_some_and(|(_, department)| *department == row.id)
                };
                let forecast = pooled(accuracy.iter().filter(own), of);
                rows.push(self.assessed(of, Level::Department, &row.id, &row.figures, forecast));
            }
            for row in of.executed.products.iter().filter(|row| row.id != UNALLOCATED) {
                let found = accuracy.iter().find(|product| product.product == row.id);
                let forecast = found.map(|product| (product.all.error, product.all.bias));
                rows.push(self.assessed(of, Level::Product, &row.id, &row.figures, forecast.unwrap_or_default()));
            }
            let unallocated = of.executed.products.iter().find(|row| row.id == UNALLOCATED);
            let left = unallocated.map_or(Money::ZERO, |row| row.figures.ytd_actual);
            let actual = of.executed.company.ytd_actual;
            let one_ahead = accuracy.iter().find(|product| product.product.is_empty());
            let one_ahead = one_ahead.and_then(|all| all.lags.iter().find(|lag: &&LagAccuracy| lag.lag == 1));
            Ok(Assessment {
                year: of.year,
                as_of: month,
                company: of.names.company.clone(),
                currency: self.settings().currency.clone(),
                rows,
                allocation_share: rate(actual - left, actual),
                commitment_coverage: if visible.is_everything() {
                    self.commitment_coverage(of)?
                } else {
                    None
                },
                forecast_variance: one_ahead.and_then(|lag| lag.error),
                cost_per_driver: cost_per_driver(of),
            })
        })
    }

    fn assessed(
        &self,
        of: &Executed<'_>,
        level: Level,
        id: &str,
        figures: &headroom_models::budget::Figures,
        (error, bias): (Option<Money>, Option<Money>),
    ) -> Assessed {
        let settings = &of.planning.configuration.assessment;
        let (name, department) = match level {
            Level::Department => (of.names.department(id), String::new()),
            _ => (
                of.names.product(id).name,
                of.names.products.get(id).map(|(_, d)| d.clone()).unwrap_or_default(),
            ),
        };
        Assessed {
            level,
            id: id.to_owned(),
            name,
            department,
            actual: figures.ytd_actual,
            budget: figures.ytd_budget,
            bias,
            score: assess(settings, figures.ytd_actual, figures.ytd_budget, error),
        }
    }

    /// Cloud usage that a commitment pays ÷ all cloud usage, of the closed months, in the reporting currency.
    fn commitment_coverage(&self, of: &Executed<'_>) -> Result<Option<Money>, AppError> {
        let (mut covered, mut whole) = (Money::ZERO, Money::ZERO);
        let closed = of.inputs.months.months().filter(|month| *month <= of.inputs.as_of);
        for month in closed {
            for files in self.charges_of(month)?.into_values() {
                let Some(charges) = self.store.scan(&files)? else {
                    continue;
                };
                let cloud = col(Column::ResourceMode.name())
                    .eq(lit("cloud"))
                    .and(col(Column::ChargeCategory.name()).eq(lit("Usage")));
                let committed = col(Column::CommitmentDiscountId.name())
                    .fill_null(lit(""))
                    .neq(lit(""))
                    .alias("committed");
                let sums = charges
                    .filter(cloud)
                    .group_by([col(Column::BillingCurrency.name()), committed])
                    .agg([col(Column::EffectiveCost.name()).sum()])
                    .collect()?;
                let currencies = text_values(&sums, Column::BillingCurrency.name())?;
                let amounts = decimal_values(&sums, Column::EffectiveCost.name())?;
                let flags = sums.column("committed")?.bool()?.clone();
                for (row, (currency, amount)) in currencies.into_iter().zip(amounts).enumerate() {
                    let rate = of.planning.rates.rate(&currency.unwrap_or_default(), month);
                    let amount = amount.unwrap_or_default().multiply(rate.unwrap_or_default());
                    whole += amount;
                    if flags.get(row).unwrap_or_default() {
                        covered += amount;
                    }
                }
            }
        }
        Ok(rate(covered, whole))
    }
}

/// Error and bias of several products: weighted by their cost to date.
fn pooled<'a>(
    products: impl Iterator<Item = &'a ProductAccuracy>,
    of: &Executed<'_>,
) -> (Option<Money>, Option<Money>) {
    let (mut error, mut bias, mut cost) = (Money::ZERO, Money::ZERO, Money::ZERO);
    for product in products {
        let row = of.executed.products.iter().find(|row| row.id == product.product);
        let actual = row.map_or(Money::ZERO, |row| row.figures.ytd_actual.abs());
        error += product.all.error.unwrap_or_default().multiply(actual);
        bias += product.all.bias.unwrap_or_default().multiply(actual);
        cost += actual;
    }
    (rate(error, cost), rate(bias, cost))
}

fn cost_per_driver(of: &Executed<'_>) -> Vec<CostPerDriver> {
    let mut found = Vec::new();
    for row in &of.executed.products {
        // Several modules of a product may follow the same metric: once is enough.
        let Some(model) = of.inputs.models.iter().find(|model| model.product == row.id) else {
            continue;
        };
        let closed = || of.inputs.months.months().filter(|month| *month <= of.inputs.as_of);
        let sum = |drivers: &headroom_models::capacity::Drivers| -> f64 {
            let value = |month| drivers.get(&model.product, &model.driver, month, model.driver_statistic);
            closed().filter_map(value).sum()
        };
        let money_of = |quantity: f64| format!("{quantity:.6}").parse::<Money>().unwrap_or_default();
        found.push(CostPerDriver {
            product: row.id.clone(),
            name: of.names.product(&row.id).name,
            driver: model.driver.clone(),
            actual: rate(row.figures.ytd_actual, money_of(sum(of.inputs.actual_drivers))),
            budget: rate(row.figures.ytd_budget, money_of(sum(of.inputs.targets))),
        });
    }
    found
}
