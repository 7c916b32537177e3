//! The whole life of an asset: capitalised improvements on the way, and early retirement with its loss.

use super::{AssetProblem, Method, Production, double_declining, straight_line, sum_of_years, units_of_production};
use crate::ledger::{Money, Month};
use serde::{Deserialize, Serialize};

/// Money spent on an asset that is capitalised (资本化更新改造) and depreciated with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Improvement {
    /// Month in which it was done: it still carries the old depreciation, the next month the new one.
    pub month: Month,
    /// What is added to the book value, in the asset's currency.
    pub amount: Money,
    /// Residual value from then on; unchanged when missing.
    pub residual: Option<Money>,
    /// Months by which it prolongs the life.
    pub months_added: u32,
    /// Units of production by which it lengthens the life.
    #[serde(default)]
    pub units_added: Money,
}

/// How an asset left the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirement {
    /// Last month that carries depreciation; the loss belongs to it too.
    pub month: Month,
    /// What the asset brought when it was sold or scrapped, net of cost and tax.
    pub proceeds: Money,
}

/// The loss (or gain) of a retirement: a value for whoever posts it, in the asset's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disposal {
    /// Month of retirement.
    pub month: Month,
    /// Cost and improvements less all depreciation through that month.
    pub book_value: Money,
    /// What it brought.
    pub proceeds: Money,
    /// Book value less proceeds; below zero it is a gain.
    pub loss: Money,
}

/// An asset's figures from purchase to the end of its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetHistory {
    /// How it depreciates.
    pub method: Method,
    /// Purchase price net of tax.
    pub cost: Money,
    /// Residual value at the end of the life.
    pub residual: Money,
    /// Useful life in months; not used by units of production.
    pub life_months: u32,
    /// First month that carries depreciation: the month after entering service.
    pub first: Month,
    /// Work expected and done, for units of production.
    pub production: Option<Production>,
    /// In the order of their months.
    #[serde(default)]
    pub improvements: Vec<Improvement>,
    /// Early retirement.
    pub retirement: Option<Retirement>,
}

impl AssetHistory {
    /// Depreciation by month in the asset's currency, through retirement.
    ///
    /// Without retirement the amounts add up to cost and improvements less the last residual value, exactly (for units of
    /// production once the expected units are done). After an improvement the book value, improvement included, is
    /// depreciated by the same method over what is left of the life and what was added, as a new asset would be: what is
    /// booked already stays as it is (企业会计准则第 4 号: a change of estimate, 未来适用法).
    ///
    /// # Errors
    /// When units of production are missing or make no sense, or an improvement is out of order.
    pub fn schedule(&self) -> Result<Vec<(Month, Money)>, AssetProblem> {
        let mut part = Part {
            cost: self.cost,
            residual: self.residual,
            life_months: self.life_months,
            first: self.first,
            expected: self
                .production
                .as_ref()
                .map_or(Money::ZERO, |production| production.expected),
        };
        let mut schedule = Vec::new();
        for improvement in &self.improvements {
            let retired = self
                .retirement
                .as_ref()
                .is_some_and(|retirement| retirement.month <= improvement.month);
            if improvement.month < part.first || retired {
                return Err(AssetProblem::ImprovementOrder {
                    month: improvement.month,
                    first: part.first,
                });
            }
            let mut months = self.months(&part)?;
            months.retain(|(month, _)| *month <= improvement.month);
            part = self.improved(&part, &months, improvement);
            schedule.extend(months);
        }
        schedule.extend(self.months(&part)?);
        if let Some(retirement) = &self.retirement {
            schedule.retain(|(month, _)| *month <= retirement.month);
        }
        Ok(schedule)
    }

    /// Cost and improvements less depreciation at the end of a month.
    ///
    /// # Errors
    /// As for [`AssetHistory::schedule`].
    pub fn book_value(&self, month: Month) -> Result<Money, AssetProblem> {
        let improved = self
            .improvements
            .iter()
            .filter(|improvement| improvement.month <= month);
        let added: Money = improved.map(|improvement| improvement.amount).sum();
        let schedule = self.schedule()?.into_iter().filter(|(at, _)| *at <= month);
        Ok(self.cost + added - schedule.map(|(_, amount)| amount).sum())
    }

    /// What early retirement costs in its month, beside that month's depreciation; nothing when it is not retired.
    ///
    /// # Errors
    /// As for [`AssetHistory::schedule`].
    pub fn disposal(&self) -> Result<Option<Disposal>, AssetProblem> {
        let Some(Retirement { month, proceeds }) = self.retirement else {
            return Ok(None);
        };
        let book_value = self.book_value(month)?;
        Ok(Some(Disposal {
            month,
            book_value,
            proceeds,
            loss: book_value - proceeds,
        }))
    }

    fn months(&self, part: &Part) -> Result<Vec<(Month, Money)>, AssetProblem> {
        let Part {
            cost,
            residual,
            life_months,
            first,
            expected,
        } = *part;
        Ok(match self.method {
            Method::StraightLine => straight_line(cost, residual, life_months, first),
            Method::DoubleDeclining => double_declining(cost, residual, life_months, first),
            Method::SumOfYears => sum_of_years(cost, residual, life_months, first),
            Method::UnitsOfProduction => {
                let production = self.production.as_ref().ok_or(AssetProblem::NoProduction)?;
                let done = production
                    .done
                    .range(first..)
                    .map(|(month, units)| (*month, *units))
                    .collect();
                units_of_production(cost, residual, &Production { expected, done })?
            }
        })
    }

    /// The part after an improvement, given the months of the part before it.
    fn improved(&self, part: &Part, months: &[(Month, Money)], improvement: &Improvement) -> Part {
        let first = improvement.month.plus(1);
        let depreciated: Money = months.iter().map(|(_, amount)| *amount).sum();
        let passed = u32::try_from(first.since(part.first)).unwrap_or_default();
        let units: Money = self
            .production
            .iter()
            .flat_map(|production| production.done.range(part.first..first))
            .map(|(_, units)| *units)
            .sum();
        Part {
            cost: part.cost - depreciated + improvement.amount,
            residual: improvement.residual.unwrap_or(part.residual),
            life_months: part.life_months.saturating_sub(passed) + improvement.months_added,
            first,
            expected: (part.expected - units).max(Money::ZERO) + improvement.units_added,
        }
    }
}

/// The figures between two improvements.
struct Part {
    cost: Money,
    residual: Money,
    life_months: u32,
    first: Month,
    expected: Money,
}
