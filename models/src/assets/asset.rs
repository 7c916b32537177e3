//! One line of the asset register, and everything that it costs.

use super::{AssetHistory, AssetProblem, Course, Disposal, Holder, Method, Retirement, Transfer, by_holder};
use crate::ledger::{CostType, Expenditure, Money, Month};
use serde::{Deserialize, Serialize};

/// Something bought: a server, a switch, a software licence, a contract paid in advance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// The company's own number for it; unique in the register.
    pub asset_id: String,
    /// What people call it.
    pub name: String,
    /// Kind of asset; the word of a cost type (`server`, `switch`, `software`) books it there.
    pub category: String,
    /// Maker's model.
    pub model: String,
    /// Month in which it entered service; depreciation starts in the month after, amortisation of a prepaid contract in it.
    pub in_service: Month,
    /// Purchase price net of tax, in `currency`.
    pub purchase_price: Money,
    /// Currency of price and residual, ISO 4217.
    pub currency: String,
    /// Useful life in months.
    pub life: u32,
    /// Residual value in `currency` at the end of the life.
    pub residual: Money,
    /// Month in which it left service; the last month that carries depreciation.
    pub retirement: Option<Month>,
    /// Product that it serves from the start; empty when it is shared.
    pub product: String,
    /// Module that it serves from the start; empty when it serves the product as a whole.
    pub module: String,
    /// How it depreciates.
    #[serde(default)]
    pub method: Method,
    /// What happened to it since.
    #[serde(default)]
    pub course: Course,
}

/// Why an asset costs something in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssetCostKind {
    /// Depreciation or amortisation: the how-manieth month of how many.
    Depreciation {
        /// Counted from 1.
        number: u32,
        /// Months of the whole schedule.
        of: u32,
    },
    /// Loss (below zero: gain) of leaving service: book value less proceeds.
    Disposal,
}

/// What an asset costs one holder in one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetCost {
    /// The month.
    pub month: Month,
    /// Who carries it.
    pub holder: Holder,
    /// Why.
    pub kind: AssetCostKind,
    /// In the asset's currency.
    pub amount: Money,
}

/// One month of a schedule table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduleLine {
    /// The month.
    pub month: Month,
    /// Book value at its start.
    pub opening: Money,
    /// Capitalised in the month.
    pub improvement: Money,
    /// Depreciation of the month.
    pub depreciation: Money,
    /// Book value that left with a disposal at the end of the month.
    pub disposed: Money,
    /// Book value at its end.
    pub closing: Money,
    /// Who carries how much of the depreciation.
    pub holders: Vec<(Holder, Money)>,
}

impl Asset {
    /// The figures of its whole life, without who holds it.
    pub fn history(&self) -> AssetHistory {
        AssetHistory {
            method: self.method,
            cost: self.purchase_price,
            residual: self.residual,
            life_months: self.life,
            first: self.in_service.plus(i32::from(!self.course.prepaid)),
            production: self.course.production.clone(),
            improvements: self.course.improvements.clone(),
            retirement: self.retirement.map(|month| Retirement {
                month,
                proceeds: self.course.proceeds,
            }),
        }
    }

    /// Everything that it costs, by month and holder: depreciation, and the loss when it left service.
    ///
    /// # Errors
    /// As for [`AssetHistory::schedule`].
    pub fn costs(&self) -> Result<Vec<AssetCost>, AssetProblem> {
        let history = self.history();
        let schedule = history.schedule()?;
        let of = self.months_of_life(&history, &schedule);
        let first = schedule.first().map(|(month, _)| *month);
        let mut costs: Vec<AssetCost> = by_holder(&schedule, &self.first_holder(), &self.course.transfers)
            .into_iter()
            .map(|held| AssetCost {
                month: held.month,
                holder: held.holder,
                kind: AssetCostKind::Depreciation {
                    number: first.map_or(1, |first| held.month.since(first) as u32 + 1),
                    of,
                },
                amount: held.amount,
            })
            .collect();
        if let Some(Disposal { month, loss, .. }) = history.disposal()?
            && !loss.is_zero()
        {
            costs.push(AssetCost {
                month,
                holder: self.holder_at_the_end_of(month),
                kind: AssetCostKind::Disposal,
                amount: loss,
            });
        }
        Ok(costs)
    }

    /// Months of the schedule as if it were never retired.
    fn months_of_life(&self, history: &AssetHistory, schedule: &[(Month, Money)]) -> u32 {
        let whole = AssetHistory {
            retirement: None,
            ..history.clone()
        };
        let months = whole.schedule().map_or(schedule.len(), |whole| whole.len());
        u32::try_from(months).unwrap_or(u32::MAX)
    }

    /// The schedule as a table: opening and closing book value, month by month.
    ///
    /// # Errors
    /// As for [`AssetHistory::schedule`].
    pub fn table(&self) -> Result<Vec<ScheduleLine>, AssetProblem> {
        let history = self.history();
        let schedule = history.schedule()?;
        let held = by_holder(&schedule, &self.first_holder(), &self.course.transfers);
        let disposal = history.disposal()?;
        let mut opening = self.purchase_price;
        let mut lines = Vec::new();
        for (month, depreciation) in schedule {
            let improvements = history.improvements.iter().filter(|done| done.month == month);
            let improvement: Money = improvements.map(|done| done.amount).sum();
            let disposed = disposal.as_ref().filter(|disposal| disposal.month == month);
            let disposed = disposed.map_or(Money::ZERO, |disposal| disposal.book_value);
            let closing = opening + improvement - depreciation - disposed;
            let of_month = held.iter().filter(|held| held.month == month);
            lines.push(ScheduleLine {
                month,
                opening,
                improvement,
                depreciation,
                disposed,
                closing,
                holders: of_month.map(|held| (held.holder.clone(), held.amount)).collect(),
            });
            opening = closing;
        }
        Ok(lines)
    }

    /// The same asset with its amounts in another currency.
    pub fn converted(&self, rate: Money, currency: &str) -> Asset {
        let mut asset = self.clone();
        asset.currency = currency.to_owned();
        for amount in [
            &mut asset.purchase_price,
            &mut asset.residual,
            &mut asset.course.proceeds,
        ] {
            *amount = amount.multiply(rate);
        }
        for improvement in &mut asset.course.improvements {
            improvement.amount = improvement.amount.multiply(rate);
            improvement.residual = improvement.residual.map(|residual| residual.multiply(rate));
        }
        asset
    }

    fn first_holder(&self) -> Holder {
        Holder {
            product: self.product.clone(),
            module: self.module.clone(),
        }
    }

    /// Who has it at the end of a month.
    fn holder_at_the_end_of(&self, month: Month) -> Holder {
        let mut transfers: Vec<&Transfer> = self.course.transfers.iter().collect();
        transfers.sort_by_key(|transfer| transfer.day);
        let last = transfers
            .into_iter()
            .rev()
            .find(|transfer| Month::of(transfer.day) <= month);
        last.map_or_else(|| self.first_holder(), |transfer| transfer.to.clone())
    }

    /// The cost type that its depreciation is booked under: the category, or `other` when it is no cost type's word.
    pub fn cost_type(&self) -> CostType {
        self.category
            .trim()
            .to_ascii_lowercase()
            .parse()
            .unwrap_or(CostType::Other)
    }

    /// Investment, or running cost paid in advance.
    pub fn expenditure(&self) -> Expenditure {
        if self.course.prepaid {
            Expenditure::Opex
        } else {
            Expenditure::Capex
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset() -> Asset {
        Asset {
            asset_id: "SRV-1".into(),
            name: "转码 1".into(),
            category: "server".into(),
            model: "R750".into(),
            in_service: "2025-01".parse().unwrap(),
            purchase_price: Money::whole(1200),
            currency: "CNY".into(),
            life: 12,
            residual: Money::ZERO,
            retirement: None,
            product: "video".into(),
            module: "stream".into(),
            method: Method::StraightLine,
            course: Course::default(),
        }
    }

    fn sum(costs: &[AssetCost]) -> Money {
        costs.iter().map(|cost| cost.amount).sum()
    }

    #[test]
    fn starts_after_entering_service_and_loses_the_rest_at_retirement() {
        let mut asset = asset();
        let months = asset.costs().unwrap();
        assert_eq!(
            (months.len(), months[0].month.to_string(), months[0].amount),
            (12, "2025-02".to_owned(), Money::whole(100))
        );
        asset.retirement = Some("2025-04".parse().unwrap());
        asset.course.proceeds = Money::whole(250);
        let costs = asset.costs().unwrap();
        // Three months of 100, then a book value of 900 that brought 250.
        assert_eq!(costs.len(), 4);
        assert_eq!(
            (costs[3].kind, costs[3].amount),
            (AssetCostKind::Disposal, Money::whole(650))
        );
        assert_eq!(sum(&costs), Money::whole(950));
        let last = asset.table().unwrap().pop().unwrap();
        assert_eq!(
            (last.opening, last.disposed, last.closing),
            (Money::whole(1000), Money::whole(900), Money::ZERO)
        );
        assert_eq!(asset.cost_type(), CostType::Server);
        asset.category = "桌子".into();
        assert_eq!(asset.cost_type(), CostType::Other);
    }

    #[test]
    fn a_prepaid_contract_starts_in_its_first_month_and_adds_up_to_the_cent() {
        let mut asset = asset();
        asset.course.prepaid = true;
        asset.purchase_price = Money::whole(1000);
        let costs = asset.costs().unwrap();
        assert_eq!(
            (costs[0].month.to_string(), costs[0].amount.to_string()),
            ("2025-01".to_owned(), "83.33".to_owned())
        );
        assert_eq!((costs.len(), sum(&costs)), (12, Money::whole(1000)));
        assert_eq!(asset.expenditure(), Expenditure::Opex);
    }

    #[test]
    fn whoever_holds_it_at_the_end_carries_the_loss() {
        let mut asset = asset();
        let to = Holder {
            product: "shop".into(),
            module: String::new(),
        };
        asset.course.transfers.push(Transfer {
            day: chrono::NaiveDate::from_ymd_opt(2025, 4, 16).unwrap(),
            to: to.clone(),
        });
        asset.retirement = Some("2025-04".parse().unwrap());
        let costs = asset.costs().unwrap();
        let april: Vec<_> = costs
            .iter()
            .filter(|cost| cost.month.to_string() == "2025-04")
            .collect();
        assert_eq!(
            april.iter().map(|cost| cost.amount.to_string()).collect::<Vec<_>>(),
            ["50", "50", "900"]
        );
        assert_eq!((&april[1].holder, &april[2].holder), (&to, &to));
    }
}
