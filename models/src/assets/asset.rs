//! One line of the asset register.

use super::straight_line;
use crate::ledger::{CostType, Money, Month};
use serde::{Deserialize, Serialize};

/// Something bought: a server, a switch, a software licence.
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
    /// Month in which it entered service; depreciation starts in the month after.
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
    /// Product that it serves; empty when it is shared.
    pub product: String,
    /// Module that it serves; empty when it serves the product as a whole.
    pub module: String,
}

impl Asset {
    /// Depreciation by month in the asset's currency: straight line from the month after entering service, and none
    /// after the month of retirement. What is not yet depreciated then is a loss on disposal, not depreciation.
    pub fn schedule(&self) -> Vec<(Month, Money)> {
        self.schedule_of(self.purchase_price, self.residual)
    }

    /// The schedule for the same asset at another price: used after conversion to the reporting currency.
    pub fn schedule_of(&self, price: Money, residual: Money) -> Vec<(Month, Money)> {
        let mut months = straight_line(price, residual, self.life, self.in_service.plus(1));
        if let Some(retirement) = self.retirement {
            months.retain(|(month, _)| *month <= retirement);
        }
        months
    }

    /// The cost type that its depreciation is booked under: the category, or `other` when it is no cost type's word.
    pub fn cost_type(&self) -> CostType {
        self.category
            .trim()
            .to_ascii_lowercase()
            .parse()
            .unwrap_or(CostType::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_after_entering_service_and_stops_after_retirement() {
        let mut asset = Asset {
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
        };
        let months = asset.schedule();
        assert_eq!(
            (months.len(), months[0].0.to_string(), months[0].1),
            (12, "2025-02".to_owned(), Money::whole(100))
        );
        asset.retirement = Some("2025-04".parse().unwrap());
        assert_eq!(
            asset.schedule().iter().map(|(_, amount)| *amount).sum::<Money>(),
            Money::whole(300)
        );
        assert_eq!(asset.cost_type(), CostType::Server);
        asset.category = "桌子".into();
        assert_eq!(asset.cost_type(), CostType::Other);
    }
}
