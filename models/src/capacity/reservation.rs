//! Rented units in the order calendar: what must be asked for, and when, so that it is there in the month that needs it.

use super::{Acquisition, CapacityPlan};
use crate::ledger::Month;
use serde::Serialize;

/// Rented units beyond those of the month before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reservation {
    /// Product that needs them.
    pub product: String,
    /// Module that needs them.
    pub module: String,
    /// Unit rented.
    pub unit: String,
    /// Month in which to reserve or order them: the lead time before.
    pub order_month: Month,
    /// First month in which they serve.
    pub from: Month,
    /// How many more than in the month before.
    pub units: u64,
    /// Units in service with them.
    pub in_service: u64,
    /// When the order month is past already: the month in which units come that are ordered now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_until: Option<Month>,
}

impl CapacityPlan {
    /// What has to be rented in addition, by month of order; what is given back is not in it. `through` is the last month that is
    /// delivered: an order of it or before cannot be placed any more.
    pub fn reservations(&self, through: Option<Month>) -> Vec<Reservation> {
        let mut all = Vec::new();
        for module in self.modules.iter().filter(|m| m.acquisition == Acquisition::Rent) {
            let lead = module.lead_time_months as i32;
            let mut before = module.months.first().map_or(0, |first| first.inventory);
            for month in &module.months {
                let units = month.in_service.saturating_sub(before);
                before = month.in_service;
                if units > 0 && through.is_none_or(|through| month.month > through) {
                    let order_month = month.month.plus(-lead);
                    all.push(Reservation {
                        product: module.product.clone(),
                        module: module.module.clone(),
                        unit: module.unit.clone(),
                        order_month,
                        from: month.month,
                        units,
                        in_service: month.in_service,
                        late_until: late_until(order_month, lead, through),
                    });
                }
            }
        }
        all.sort_by(|a, b| {
            (a.order_month, a.from, &a.product, &a.module).cmp(&(b.order_month, b.from, &b.product, &b.module))
        });
        all
    }
}

/// The month in which units come that are ordered now, when they should have been ordered in a month that is past: `through` is
/// the last one that is over.
pub fn late_until(order_month: Month, lead_time_months: i32, through: Option<Month>) -> Option<Month> {
    let next = through?.plus(1);
    (order_month < next).then(|| next.plus(lead_time_months))
}
