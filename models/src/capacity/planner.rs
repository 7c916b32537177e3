//! One module, month by month: stock, shortage, orders, prices.

use super::cost::monthly_costs;
use super::sizing::MOST_UNITS;
use super::{
    Acquisition, CapacityModel, CapacityPlan, DriverValue, ModelError, ModuleMonth, ModulePlan, Order, PlanInputs,
    Price, Problem, Unit, price_at, size,
};
use crate::ledger::{Money, Month};

/// Plans one model over the months and adds the outcome to the plan.
pub(super) struct Planner<'a, 'b> {
    pub inputs: &'a PlanInputs<'a>,
    pub model: &'a CapacityModel,
    pub unit: &'a Unit,
    pub plan: &'b mut CapacityPlan,
    pub orders: Vec<Order>,
}

impl<'a> Planner<'a, '_> {
    pub fn run(mut self, driver: &dyn Fn(&CapacityModel, Month) -> Option<DriverValue>) {
        let model = self.model;
        let mut months = Vec::new();
        let mut stock = model.inventory_at(self.inputs.months.first);
        for month in self.inputs.months.months() {
            stock = self.counted(stock, month);
            let planned = match driver(model, month) {
                Some(value) => self.month(month, stock, value),
                None => {
                    let (product, module, driver) = (model.product.clone(), model.module.clone(), model.driver.clone());
                    self.plan.problems.push(Problem::MissingDriver {
                        product,
                        module,
                        driver,
                        month,
                    });
                    None
                }
            };
            if let Some(planned) = planned {
                // What is bought stays; what is rented beyond the stated inventory is rented for the month that needs it.
                if self.unit.acquisition == Acquisition::Purchase {
                    stock = planned.in_service;
                }
                months.push(planned);
            }
        }
        self.plan.orders.append(&mut self.orders);
        self.plan.modules.push(ModulePlan {
            product: model.product.clone(),
            module: model.module.clone(),
            driver: model.driver.clone(),
            peak_factor: model.peak_factor,
            unit: self.unit.id.clone(),
            acquisition: self.unit.acquisition,
            months,
        });
    }

    /// The stock after the inventory count that begins in `month`, if one does.
    fn counted(&self, stock: u64, month: Month) -> u64 {
        let Some(count) = self.model.inventory.iter().find(|c| c.month == month) else {
            return stock;
        };
        if month == self.inputs.months.first || self.inputs.delivered_through.is_some_and(|through| month <= through) {
            return count.count;
        }
        let before = self.model.inventory_at(month.plus(-1));
        if count.count >= before {
            stock.max(count.count)
        } else {
            stock.saturating_sub(before - count.count)
        }
    }

    fn month(&mut self, month: Month, inventory: u64, driver: DriverValue) -> Option<ModuleMonth> {
        let model = self.model;
        let sizing = match size(model, driver.value, driver.event_factor) {
            Ok(sizing) => sizing,
            Err(error) => {
                self.plan.problems.push(error.into());
                return None;
            }
        };
        if sizing.units >= MOST_UNITS {
            let (product, module) = (model.product.clone(), model.module.clone());
            self.plan.problems.push(Problem::TooMany {
                product,
                module,
                month,
                most: MOST_UNITS,
            });
            return None;
        }
        let shortage = sizing.total.saturating_sub(inventory);
        let lot = u64::from(model.lot);
        let (arriving, in_service) = match self.unit.acquisition {
            Acquisition::Purchase => {
                let arriving = shortage.next_multiple_of(lot);
                (arriving, inventory + arriving)
            }
            // The stated inventory is paid for until somebody gives it up: a surplus is shown as one.
            Acquisition::Rent => (0, sizing.total.next_multiple_of(lot).max(inventory)),
        };
        let order_month = (arriving > 0).then(|| month.plus(-(model.lead_time_months as i32)));
        let mut planned = ModuleMonth {
            month,
            driver_value: driver.value,
            event_factor: driver.event_factor,
            surplus: inventory.saturating_sub(sizing.total),
            sizing,
            inventory,
            shortage,
            arriving,
            order_month,
            in_service,
            costs: Vec::new(),
            cash: Money::ZERO,
        };
        if let Some((price, rate)) = self.price(month) {
            planned.costs = monthly_costs(self.unit, price, in_service, rate);
            if arriving > 0 && self.inputs.delivered_through.is_none_or(|through| month > through) {
                planned.cash = self.order(month, arriving, price, rate);
            }
        }
        Some(planned)
    }

    /// The price of the month and the rate to the reporting currency, or the problem that there is none.
    fn price(&mut self, month: Month) -> Option<(&'a Price, Money)> {
        let (product, module, unit) = (
            || self.model.product.clone(),
            || self.model.module.clone(),
            self.unit.id.clone(),
        );
        let Some(price) = price_at(self.inputs.prices, &unit, month) else {
            let problem = Problem::MissingPrice {
                product: product(),
                module: module(),
                unit,
                month,
            };
            self.plan.problems.push(problem);
            return None;
        };
        if price.currency == self.inputs.reporting_currency {
            return Some((price, Money::ONE));
        }
        let Some(rate) = (self.inputs.rate)(&price.currency, month) else {
            let currency = price.currency.clone();
            let problem = Problem::MissingRate {
                product: product(),
                module: module(),
                unit,
                currency,
                month,
            };
            self.plan.problems.push(problem);
            return None;
        };
        Some((price, rate))
    }

    /// Orders `units` that arrive in `month`; returns the cash.
    fn order(&mut self, month: Month, units: u64, price: &Price, rate: Money) -> Money {
        let Some(life_months) = price.useful_life_months.filter(|life| *life > 0) else {
            let error = ModelError::NoLife {
                unit: price.unit.clone(),
                valid_from: price.valid_from,
            };
            self.plan.problems.push(error.into());
            return Money::ZERO;
        };
        let cost = price.amount.times(units as i64).multiply(rate);
        self.orders.push(Order {
            product: self.model.product.clone(),
            module: self.model.module.clone(),
            unit: self.unit.id.clone(),
            order_month: month.plus(-(self.model.lead_time_months as i32)),
            arrival: month,
            units,
            unit_price: price.amount,
            currency: price.currency.clone(),
            rate,
            cost,
            residual: price.residual_of(cost),
            life_months,
            cost_type: self.unit.cost_type,
        });
        cost
    }
}
