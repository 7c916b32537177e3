//! Requirement, gap, orders and money of every module, month by month.

use super::cost::monthly_costs;
use super::sizing::MOST_UNITS;
use super::{
    Acquisition, CapacityModel, Drivers, Event, ModelError, Order, Price, Problem, Sizing, Unit, UnitCost, event_factor,
    price_at, size,
};
use crate::ledger::{CostType, Money, Month, MonthRange};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a plan is made from.
#[derive(Clone, Copy)]
pub struct PlanInputs<'a> {
    /// Units of the configuration.
    pub units: &'a [Unit],
    /// Price book.
    pub prices: &'a [Price],
    /// Capacity models.
    pub models: &'a [CapacityModel],
    /// Events; their factor is not yet in the targets.
    pub events: &'a [Event],
    /// Driver targets.
    pub targets: &'a Drivers,
    /// Months to plan.
    pub months: MonthRange,
    /// What the driver needed through this month is taken to have been delivered: its money is in the ledger and the
    /// asset register, so that the plan neither orders nor depreciates it; inventory counts up to it correct the stock.
    pub delivered_through: Option<Month>,
    /// Currency of all amounts that come out.
    pub reporting_currency: &'a str,
    /// Reporting currency per unit of a foreign currency in a month.
    pub rate: &'a dyn Fn(&str, Month) -> Option<Money>,
}

/// One month of a module.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModuleMonth {
    /// The month.
    pub month: Month,
    /// Driver value before events.
    pub driver_value: f64,
    /// Factor of the month's events.
    pub event_factor: f64,
    /// Units needed, and why.
    pub sizing: Sizing,
    /// Units there at the start of the month: owned, or rented in the month before.
    pub inventory: u64,
    /// Shortage 短板: units needed and not there.
    pub shortage: u64,
    /// Surplus 过剩: units there and not needed.
    pub surplus: u64,
    /// Units that arrive to close the shortage, in whole lots; purchases only.
    pub arriving: u64,
    /// Month in which they must be ordered.
    pub order_month: Option<Month>,
    /// Units in service: all owned ones, or the rented ones that are needed.
    pub in_service: u64,
    /// Rent and running cost of the month, reporting currency; depreciation is in [`CapacityPlan::depreciation`].
    pub costs: Vec<UnitCost>,
    /// Cash for purchases that arrive, reporting currency.
    pub cash: Money,
}

/// The plan of one capacity model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModulePlan {
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Business metric that drives it.
    pub driver: String,
    /// Peak factor of the model.
    pub peak_factor: f64,
    /// Unit that it is planned in.
    pub unit: String,
    /// Bought or rented.
    pub acquisition: Acquisition,
    /// Months that could be planned.
    pub months: Vec<ModuleMonth>,
}

impl ModulePlan {
    /// The plan of a month, if it could be made.
    pub fn month(&self, month: Month) -> Option<&ModuleMonth> {
        self.months.iter().find(|m| m.month == month)
    }
}

/// The plan of all modules.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CapacityPlan {
    /// By product, module, unit and driver.
    pub modules: Vec<ModulePlan>,
    /// Purchases, in the order of the modules, then by arrival.
    pub orders: Vec<Order>,
    /// What could not be worked out; the rest stands.
    pub problems: Vec<Problem>,
}

/// Depreciation of a module's planned purchases in one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedDepreciation {
    /// The month.
    pub month: Month,
    /// Product.
    pub product: String,
    /// Module.
    pub module: String,
    /// Cost type of the unit.
    pub cost_type: CostType,
    /// Units bought by the plan and not yet fully depreciated.
    pub units: u64,
    /// Purchases that they came in: month of arrival and units.
    pub purchases: Vec<(Month, u64)>,
    /// Depreciation, reporting currency.
    pub amount: Money,
}

impl CapacityPlan {
    /// Depreciation of the plan's own purchases within `months`, by product, module, cost type and month.
    pub fn depreciation(&self, months: MonthRange) -> Vec<PlannedDepreciation> {
        let mut sums = BTreeMap::new();
        for order in &self.orders {
            for (month, amount) in order.schedule().into_iter().filter(|(month, _)| months.contains(*month)) {
                let key = (order.product.clone(), order.module.clone(), order.cost_type, month);
                let sum = sums.entry(key).or_insert_with(|| PlannedDepreciation {
                    month,
                    product: order.product.clone(),
                    module: order.module.clone(),
                    cost_type: order.cost_type,
                    units: 0,
                    purchases: Vec::new(),
                    amount: Money::ZERO,
                });
                sum.units += order.units;
                sum.purchases.push((order.arrival, order.units));
                sum.amount += amount;
            }
        }
        sums.into_values().collect()
    }
}

/// The value that a driver is planned with in a month.
pub(crate) struct DriverValue {
    pub value: f64,
    pub event_factor: f64,
}

/// Plans every module over the months, with the targets as drivers.
///
/// Bought units: a shortage is closed by whole lots that arrive in the month of need, are paid then, are ordered the
/// lead time before and are depreciated from the month after; what is owned stays in service. Rented units follow the
/// need up and down, in whole lots. An inventory count begins the stock; one that begins later within the planned months
/// replaces the stock while it lies in the delivered months, and after them changes it by its difference to the count
/// before (an arrival, a retirement, the end of a lease that is already known).
///
/// A missing driver or price never makes a zero: it is a [`Problem`], and the plan goes on.
pub fn plan(inputs: &PlanInputs) -> CapacityPlan {
    plan_with(inputs, &|model, month| {
        let value = inputs.targets.get(&model.product, &model.driver, month, model.driver_statistic)?;
        Some(DriverValue { value, event_factor: event_factor(inputs.events, &model.product, month) })
    })
}

/// [`plan`] with any other source of driver values.
pub(crate) fn plan_with(inputs: &PlanInputs, driver: &dyn Fn(&CapacityModel, Month) -> Option<DriverValue>) -> CapacityPlan {
    let mut models: Vec<&CapacityModel> = inputs.models.iter().collect();
    models.sort_by(|a, b| (&a.product, &a.module, &a.unit, &a.driver).cmp(&(&b.product, &b.module, &b.unit, &b.driver)));
    let mut plan = CapacityPlan::default();
    for model in models {
        let errors = model.check();
        if !errors.is_empty() {
            plan.problems.extend(errors.into_iter().map(Problem::from));
            continue;
        }
        let Some(unit) = inputs.units.iter().find(|unit| unit.id == model.unit) else {
            let (product, module, unit) = (model.product.clone(), model.module.clone(), model.unit.clone());
            plan.problems.push(ModelError::UnknownUnit { product, module, unit }.into());
            continue;
        };
        Planner { inputs, model, unit, plan: &mut plan, orders: Vec::new() }.run(driver);
    }
    plan
}

struct Planner<'a, 'b> {
    inputs: &'a PlanInputs<'a>,
    model: &'a CapacityModel,
    unit: &'a Unit,
    plan: &'b mut CapacityPlan,
    orders: Vec<Order>,
}

impl<'a> Planner<'a, '_> {
    fn run(mut self, driver: &dyn Fn(&CapacityModel, Month) -> Option<DriverValue>) {
        let model = self.model;
        let mut months = Vec::new();
        let mut stock = model.inventory_at(self.inputs.months.first);
        for month in self.inputs.months.months() {
            stock = self.counted(stock, month);
            let planned = match driver(model, month) {
                Some(value) => self.month(month, stock, value),
                None => {
                    let (product, module, driver) = (model.product.clone(), model.module.clone(), model.driver.clone());
                    self.plan.problems.push(Problem::MissingDriver { product, module, driver, month });
                    None
                }
            };
            if let Some(planned) = planned {
                stock = planned.in_service;
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
        let Some(count) = self.model.inventory.iter().find(|c| c.month == month) else { return stock };
        if month == self.inputs.months.first || self.inputs.delivered_through.is_some_and(|through| month <= through) {
            return count.count;
        }
        let before = self.model.inventory_at(month.plus(-1));
        (stock + count.count.saturating_sub(before)).saturating_sub(before.saturating_sub(count.count))
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
            self.plan.problems.push(Problem::TooMany { product, module, month, most: MOST_UNITS });
            return None;
        }
        let shortage = sizing.total.saturating_sub(inventory);
        let lot = u64::from(model.lot);
        let (arriving, in_service) = match self.unit.acquisition {
            Acquisition::Purchase => {
                let arriving = shortage.next_multiple_of(lot);
                (arriving, inventory + arriving)
            }
            Acquisition::Rent => (0, sizing.total.next_multiple_of(lot)),
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
        let (product, module, unit) = (|| self.model.product.clone(), || self.model.module.clone(), self.unit.id.clone());
        let Some(price) = price_at(self.inputs.prices, &unit, month) else {
            let problem = Problem::MissingPrice { product: product(), module: module(), unit, month };
            self.plan.problems.push(problem);
            return None;
        };
        if price.currency == self.inputs.reporting_currency {
            return Some((price, Money::ONE));
        }
        let Some(rate) = (self.inputs.rate)(&price.currency, month) else {
            let currency = price.currency.clone();
            let problem = Problem::MissingRate { product: product(), module: module(), unit, currency, month };
            self.plan.problems.push(problem);
            return None;
        };
        Some((price, rate))
    }

    /// Orders `units` that arrive in `month`; returns the cash.
    fn order(&mut self, month: Month, units: u64, price: &Price, rate: Money) -> Money {
        let Some(life_months) = price.useful_life_months.filter(|life| *life > 0) else {
            let error = ModelError::NoLife { unit: price.unit.clone(), valid_from: price.valid_from };
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

#[cfg(test)]
mod tests {
    use super::super::model::tests::stream;
    use super::*;
    use crate::ledger::Ratio;
    use proptest::prelude::*;

    fn unit(acquisition: Acquisition) -> Unit {
        Unit { id: "server-2u".into(), name: "两路服务器".into(), cost_type: CostType::Server, acquisition }
    }

    fn price() -> Price {
        toml::from_str(
            r#"unit = "server-2u"
            valid_from = "2025-01"
            amount = "68000.00"
            currency = "CNY"
            useful_life_months = 48
            residual_percent = 5
            running = { rack = "420.00", power = "510.00" }"#,
        )
        .unwrap()
    }

    fn targets(values: &[(&str, f64)]) -> Drivers {
        let mut drivers = Drivers::default();
        for (month, value) in values {
            drivers.insert("video", "peak_concurrent_users", month.parse().unwrap(), *value);
        }
        drivers
    }

    fn no_rate(_: &str, _: Month) -> Option<Money> {
        None
    }

    fn run(acquisition: Acquisition, prices: &[Price], model: CapacityModel, targets: &Drivers, months: &str) -> CapacityPlan {
        plan(&PlanInputs {
            units: &[unit(acquisition)],
            prices,
            models: &[model],
            events: &[],
            targets,
            months: months.parse().unwrap(),
            delivered_through: None,
            reporting_currency: "CNY",
            rate: &no_rate,
        })
    }

    #[test]
    fn a_shortage_is_ordered_paid_and_depreciated() {
        // January: 10000 users need 6 + 2 = 8 servers, 4 are there: 4 are short, ordered 2 months before.
        // February: 20000 × 0.02 ÷ 38.4 = 10.42 → 11 + 2 = 13: 5 more. March: 5000 → 3 + 2 = 5: 8 too many.
        let targets = targets(&[("2026-01", 10_000.0), ("2026-02", 20_000.0), ("2026-03", 5_000.0)]);
        let plan = run(Acquisition::Purchase, &[price()], stream(), &targets, "2026-01..2026-03");
        assert_eq!(plan.problems, []);
        let months = &plan.modules[0].months;
        let shown: Vec<_> = months.iter().map(|m| (m.inventory, m.shortage, m.arriving, m.in_service, m.surplus)).collect();
        assert_eq!(shown, [(4, 4, 4, 8, 0), (8, 5, 5, 13, 0), (13, 0, 0, 13, 8)]);
        assert_eq!(months[0].order_month.unwrap().to_string(), "2025-11");
        assert_eq!(months[0].cash, Money::whole(4 * 68_000));
        // Running in February: 13 × 420 rack and 13 × 510 power.
        let running: Vec<Money> = months[1].costs.iter().map(|c| c.amount).collect();
        assert_eq!(running, [Money::whole(5_460), Money::whole(6_630)]);
        // Depreciation: 4 × 64600 ÷ 48 = 5383.33 in February; in March 10766.67 − 5383.33 = 5383.34 of them and
        // 5 × 64600 ÷ 48 = 6729.17 of the next.
        let depreciation = plan.depreciation("2026-01..2026-12".parse().unwrap());
        assert_eq!(depreciation[0].month.to_string(), "2026-02");
        assert_eq!(depreciation[0].amount.to_string(), "5383.33");
        assert_eq!((depreciation[1].units, depreciation[1].amount.to_string()), (9, "12112.51".to_owned()));
    }

    #[test]
    fn rented_units_shrink_again() {
        let mut rent = price();
        (rent.amount, rent.useful_life_months, rent.residual_percent) = (Money::whole(3_000), None, None);
        let mut model = stream();
        model.lot = 5;
        let targets = targets(&[("2026-01", 20_000.0), ("2026-02", 5_000.0)]);
        let plan = run(Acquisition::Rent, &[rent], model, &targets, "2026-01..2026-02");
        let shown: Vec<_> = plan.modules[0].months.iter().map(|m| (m.inventory, m.shortage, m.surplus, m.in_service)).collect();
        assert_eq!(shown, [(4, 9, 0, 15), (15, 0, 10, 5)]);
        assert_eq!(plan.modules[0].months[0].costs[0].amount, Money::whole(45_000));
        assert!(plan.orders.is_empty());
    }

    #[test]
    fn what_is_missing_is_named_and_the_rest_goes_on() {
        let mut late = price();
        late.valid_from = "2026-03".parse().unwrap();
        late.currency = "USD".into();
        let targets = targets(&[("2026-02", 100.0), ("2026-03", 100.0)]);
        let plan = run(Acquisition::Purchase, &[late], stream(), &targets, "2026-01..2026-03");
        let texts: Vec<String> = plan.problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "video/stream 2026-01: no value of peak_concurrent_users; the module is not planned in that month",
                "video/stream 2026-02: no price of unit \"server-2u\" holds; its cost is not in the plan of that month",
                "video/stream 2026-03: no rate from USD; the cost of unit \"server-2u\" is not in the plan of that month",
            ]
        );
        assert_eq!(plan.modules[0].months.len(), 2);
    }

    #[test]
    fn counts_correct_the_stock_and_known_changes_move_it() {
        let mut model = stream();
        model.inventory = vec![
            super::super::InventoryCount { month: "2025-12".parse().unwrap(), count: 4 },
            super::super::InventoryCount { month: "2026-02".parse().unwrap(), count: 9 },
            super::super::InventoryCount { month: "2026-04".parse().unwrap(), count: 7 },
        ];
        let targets = targets(&["2026-01", "2026-02", "2026-03", "2026-04"].map(|month| (month, 10_000.0)));
        let prices = [price()];
        let mut inputs = PlanInputs {
            units: &[unit(Acquisition::Purchase)],
            prices: &prices,
            models: &[model],
            events: &[],
            targets: &targets,
            months: "2026-01..2026-04".parse().unwrap(),
            delivered_through: Some("2026-02".parse().unwrap()),
            reporting_currency: "CNY",
            rate: &no_rate,
        };
        // 8 are needed. January's 4 were delivered: no order. February is counted: 9. April: two retire, 7, one is short.
        let done = plan(&inputs);
        let stock = |plan: &CapacityPlan| plan.modules[0].months.iter().map(|m| (m.inventory, m.arriving)).collect::<Vec<_>>();
        assert_eq!(stock(&done), [(4, 4), (9, 0), (9, 0), (7, 1)]);
        assert_eq!(done.orders.iter().map(|o| o.arrival.to_string()).collect::<Vec<_>>(), ["2026-04"]);
        // As a plan made before the year: February brings the five that are known to come.
        inputs.delivered_through = None;
        assert_eq!(stock(&plan(&inputs)), [(4, 4), (13, 0), (13, 0), (11, 0)]);
    }

    #[test]
    fn prices_in_another_currency_are_converted() {
        let mut dollars = price();
        (dollars.currency, dollars.amount) = ("USD".into(), Money::whole(10_000));
        let rate = Money::ONE.scale_by(&Ratio::new(Money::whole(725), Money::whole(100)));
        let targets = targets(&[("2026-01", 10_000.0)]);
        let plan = plan(&PlanInputs {
            units: &[unit(Acquisition::Purchase)],
            prices: &[dollars],
            models: &[stream()],
            events: &[],
            targets: &targets,
            months: "2026-01".parse().unwrap(),
            delivered_through: None,
            reporting_currency: "CNY",
            rate: &|currency, _| (currency == "USD").then_some(rate),
        });
        // 4 × 10000 USD × 7.25.
        assert_eq!(plan.orders[0].cost, Money::whole(290_000));
    }

    proptest! {
        #[test]
        fn every_month_has_at_least_what_it_needs(values in prop::collection::vec(0.0..1e6_f64, 1..12), lot in 1_u32..20) {
            let first: Month = "2026-01".parse().unwrap();
            let mut drivers = Drivers::default();
            for (at, value) in values.iter().enumerate() {
                drivers.insert("video", "peak_concurrent_users", first.plus(at as i32), *value);
            }
            let mut model = stream();
            model.lot = lot;
            let range = format!("{first}..{}", first.plus(values.len() as i32 - 1));
            for acquisition in [Acquisition::Purchase, Acquisition::Rent] {
                let plan = run(acquisition, &[price()], model.clone(), &drivers, &range);
                for month in &plan.modules[0].months {
                    prop_assert!(month.in_service >= month.sizing.total);
                    prop_assert!(month.arriving % u64::from(lot) == 0);
                }
            }
        }
    }
}
