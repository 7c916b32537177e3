//! How a module's need follows its driver, and the events that lift the driver.

use super::{Acquisition, DriverStatistic, ModelError, Price, Unit};
use crate::language::{Language, Name};
use crate::ledger::{Money, Month};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Units in service from a month on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryCount {
    /// First month in which the count holds.
    pub month: Month,
    /// Units, owned or rented.
    pub count: u64,
}

/// How a module's need follows its driver. `[[capacity]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityModel {
    /// Product of the module.
    pub product: String,
    /// Module.
    pub module: String,
    /// Business metric of the product that drives it.
    pub driver: String,
    /// Which value of the month's days counts.
    #[serde(default)]
    pub driver_statistic: DriverStatistic,
    /// Unit that capacity is bought in.
    pub unit: String,
    /// Work per driver unit, by resource.
    pub work: BTreeMap<String, f64>,
    /// What one unit carried in its load test, by resource, in the measure of `work`.
    pub limit: BTreeMap<String, f64>,
    /// Share of the limit that may be used, by resource; above 0, at most 1.
    pub target_utilization: BTreeMap<String, f64>,
    /// Peak within the day against the driver's value.
    #[serde(default = "one")]
    pub peak_factor: f64,
    /// Units more than needed (N+k).
    #[serde(default)]
    pub redundancy: u32,
    /// Months from order to arrival.
    #[serde(default)]
    pub lead_time_months: u32,
    /// Units are bought and rented in multiples of this.
    #[serde(default = "one_unit")]
    pub lot: u32,
    /// Units in service, by the month from which the count holds.
    #[serde(default)]
    pub inventory: Vec<InventoryCount>,
}

fn one() -> f64 {
    1.0
}

fn one_unit() -> u32 {
    1
}

/// Something that lifts (or lowers) the driver of some months. `[[event]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Name for people.
    pub name: Name,
    /// Months that it touches.
    pub months: Vec<Month>,
    /// Products that it touches; all when empty.
    #[serde(default)]
    pub products: Vec<String>,
    /// Factor on the driver.
    pub factor: f64,
}

/// The factor of all events on a product's drivers in a month: 1 without events; several multiply.
pub fn event_factor(events: &[Event], product: &str, month: Month) -> f64 {
    let touches = |event: &&Event| {
        event.months.contains(&month) && (event.products.is_empty() || event.products.iter().any(|p| p == product))
    };
    let mut factors: Vec<f64> = events.iter().filter(touches).map(|event| event.factor).collect();
    factors.sort_by(f64::total_cmp); // the order of the events must not touch the last bit of the product
    factors.iter().product()
}

impl CapacityModel {
    /// Everything that is wrong with the model by itself; empty when it can be sized.
    pub fn check(&self) -> Vec<ModelError> {
        let (product, module) = (|| self.product.clone(), || self.module.clone());
        let mut errors = Vec::new();
        if self.work.is_empty() {
            errors.push(ModelError::NoWork { product: product(), module: module() });
        }
        for (name, &work) in &self.work {
            let resource = || name.clone();
            if !(work.is_finite() && work >= 0.0) {
                errors.push(ModelError::BadWork { product: product(), module: module(), resource: resource(), found: work });
            }
            match self.limit.get(name).copied() {
                None => errors.push(ModelError::NoLimit { product: product(), module: module(), resource: resource() }),
                Some(found) if !(found.is_finite() && found > 0.0) => {
                    errors.push(ModelError::BadLimit { product: product(), module: module(), resource: resource(), found });
                }
                Some(_) => {}
            }
            match self.target_utilization.get(name).copied() {
                None => errors.push(ModelError::NoTarget { product: product(), module: module(), resource: resource() }),
                Some(found) if !(found > 0.0 && found <= 1.0) => {
                    errors.push(ModelError::BadTarget { product: product(), module: module(), resource: resource(), found });
                }
                Some(_) => {}
            }
        }
        if !(self.peak_factor.is_finite() && self.peak_factor > 0.0) {
            errors.push(ModelError::BadPeakFactor { product: product(), module: module(), found: self.peak_factor });
        }
        if self.lot == 0 {
            errors.push(ModelError::BadLot { product: product(), module: module() });
        }
        let mut months = BTreeSet::new();
        for count in &self.inventory {
            if !months.insert(count.month) {
                errors.push(ModelError::InventoryTwice { product: product(), module: module(), month: count.month });
            }
        }
        errors
    }

    /// Units that the inventory states for `month`: of the latest count that has begun, else zero.
    pub fn inventory_at(&self, month: Month) -> u64 {
        self.inventory.iter().filter(|c| c.month <= month).max_by_key(|c| c.month).map_or(0, |c| c.count)
    }
}

/// Everything that is wrong with units, prices, models and events together, in the order of the configuration.
pub fn validate(units: &[Unit], prices: &[Price], models: &[CapacityModel], events: &[Event]) -> Vec<ModelError> {
    let mut errors = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        if units[..at].iter().any(|other| other.id == unit.id) {
            errors.push(ModelError::UnitTwice { unit: unit.id.clone() });
        }
    }
    for (at, price) in prices.iter().enumerate() {
        if prices[..at].iter().any(|other| other.unit == price.unit && other.valid_from == price.valid_from) {
            errors.push(ModelError::PriceTwice { unit: price.unit.clone(), valid_from: price.valid_from });
        }
        check_price(price, units.iter().find(|unit| unit.id == price.unit), &mut errors);
    }
    for model in models {
        errors.extend(model.check());
        let (product, module, unit) = (model.product.clone(), model.module.clone(), model.unit.clone());
        if !units.iter().any(|u| u.id == unit) {
            errors.push(ModelError::UnknownUnit { product, module, unit });
        } else if !prices.iter().any(|p| p.unit == unit) {
            errors.push(ModelError::NoPrice { product, module, unit });
        }
    }
    for event in events.iter().filter(|event| !(event.factor.is_finite() && event.factor > 0.0)) {
        let name = event.name.in_language(Language::English).to_owned();
        errors.push(ModelError::BadEventFactor { event: name, found: event.factor });
    }
    errors
}

fn check_price(price: &Price, unit: Option<&Unit>, errors: &mut Vec<ModelError>) {
    let (name, valid_from) = (|| price.unit.clone(), price.valid_from);
    let Some(unit) = unit else {
        errors.push(ModelError::PriceOfUnknownUnit { unit: name(), valid_from });
        return;
    };
    let running = price.running.iter().map(|(cost_type, amount)| (format!("running.{cost_type}"), *amount));
    for (key, found) in std::iter::once(("amount".to_owned(), price.amount)).chain(running) {
        if found.is_negative() {
            errors.push(ModelError::NegativePrice { unit: name(), valid_from, key, found });
        }
    }
    match unit.acquisition {
        Acquisition::Purchase => {
            if price.useful_life_months.unwrap_or(0) == 0 {
                errors.push(ModelError::NoLife { unit: name(), valid_from });
            }
            if let Some(found) = price.residual_percent.filter(|p| p.is_negative() || *p > Money::whole(100)) {
                errors.push(ModelError::BadResidual { unit: name(), valid_from, found });
            }
        }
        Acquisition::Rent => {
            for (given, key) in [
                (price.useful_life_months.is_some(), "useful_life_months"),
                (price.residual_percent.is_some(), "residual_percent"),
            ] {
                if given {
                    errors.push(ModelError::NotForRent { unit: name(), valid_from, key: key.to_owned() });
                }
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The streaming module of the configuration guide.
    pub(crate) fn stream() -> CapacityModel {
        toml::from_str(
            r#"product = "video"
            module = "stream"
            driver = "peak_concurrent_users"
            driver_statistic = "max"
            unit = "server-2u"
            work = { cpu = 0.02, network = 0.9 }
            limit = { cpu = 64, network = 8000 }
            target_utilization = { cpu = 0.6, network = 0.7 }
            redundancy = 2
            lead_time_months = 2
            inventory = [ { month = "2025-12", count = 4 } ]"#,
        )
        .unwrap()
    }

    #[test]
    fn says_module_and_key_of_what_is_wrong() {
        let mut model = stream();
        assert_eq!(model.check(), []);
        model.limit.insert("cpu".into(), 0.0);
        model.target_utilization.insert("network".into(), 1.5);
        model.work.insert("memory".into(), 1.0);
        let texts: Vec<String> = model.check().iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "capacity video/stream: limit.cpu = 0; it must be a number above zero",
                "capacity video/stream: work names memory but limit.memory is missing",
                "capacity video/stream: work names memory but target_utilization.memory is missing",
                "capacity video/stream: target_utilization.network = 1.5; it must be above 0 and at most 1",
            ]
        );
        let errors = validate(&[], &[], &[stream()], &[]);
        assert_eq!(errors[0].to_string(), "capacity video/stream: unit \"server-2u\" is not defined by any [[unit]]");
    }

    #[test]
    fn refuses_words_it_does_not_know() {
        let text = "product='a'\nmodule='b'\ndriver='c'\nunit='d'\nwork={}\nlimit={}\ntarget_utilization={}\nredundency=1";
        assert!(toml::from_str::<CapacityModel>(text).unwrap_err().to_string().contains("redundency"));
    }

    #[test]
    fn events_of_a_month_multiply() {
        let event = |products: &[&str], factor| Event {
            name: "节".into(),
            months: vec!["2027-02".parse().unwrap()],
            products: products.iter().map(|p| p.to_string()).collect(),
            factor,
        };
        let events = [event(&["video"], 1.5), event(&[], 2.0), event(&["shop"], 9.0)];
        assert_eq!(event_factor(&events, "video", "2027-02".parse().unwrap()), 3.0);
        assert_eq!(event_factor(&events, "video", "2027-03".parse().unwrap()), 1.0);
    }
}
