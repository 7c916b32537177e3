//! What is wrong with models, prices and events, before anything is planned with them.

use super::{Acquisition, CapacityModel, Event, ModelError, Price, Unit};
use crate::language::Language;
use crate::ledger::Money;
use std::collections::BTreeSet;

impl CapacityModel {
    /// Everything that is wrong with the model by itself; empty when it can be sized.
    pub fn check(&self) -> Vec<ModelError> {
        let (product, module) = (|| self.product.clone(), || self.module.clone());
        let mut errors = Vec::new();
        if self.work.is_empty() {
            errors.push(ModelError::NoWork {
                product: product(),
                module: module(),
            });
        }
        for (name, &work) in &self.work {
            let resource = || name.clone();
            if !(work.is_finite() && work >= 0.0) {
                errors.push(ModelError::BadWork {
                    product: product(),
                    module: module(),
                    resource: resource(),
                    found: work,
                });
            }
            match self.limit.get(name).copied() {
                None => errors.push(ModelError::NoLimit {
                    product: product(),
                    module: module(),
                    resource: resource(),
                }),
                Some(found) if !(found.is_finite() && found > 0.0) => {
                    errors.push(ModelError::BadLimit {
                        product: product(),
                        module: module(),
                        resource: resource(),
                        found,
                    });
                }
                Some(_) => {}
            }
            match self.target_utilization.get(name).copied() {
                None => errors.push(ModelError::NoTarget {
                    product: product(),
                    module: module(),
                    resource: resource(),
                }),
                Some(found) if !(found > 0.0 && found <= 1.0) => {
                    errors.push(ModelError::BadTarget {
                        product: product(),
                        module: module(),
                        resource: resource(),
                        found,
                    });
                }
                Some(_) => {}
            }
        }
        if !(self.peak_factor.is_finite() && self.peak_factor > 0.0) {
            errors.push(ModelError::BadPeakFactor {
                product: product(),
                module: module(),
                found: self.peak_factor,
            });
        }
        if self.lot == 0 {
            errors.push(ModelError::BadLot {
                product: product(),
                module: module(),
            });
        }
        let mut months = BTreeSet::new();
        for count in &self.inventory {
            if !months.insert(count.month) {
                errors.push(ModelError::InventoryTwice {
                    product: product(),
                    module: module(),
                    month: count.month,
                });
            }
        }
        errors
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
        if prices[..at]
            .iter()
            .any(|other| other.unit == price.unit && other.valid_from == price.valid_from)
        {
            errors.push(ModelError::PriceTwice {
                unit: price.unit.clone(),
                valid_from: price.valid_from,
            });
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
    for event in events
        .iter()
        .filter(|event| !(event.factor.is_finite() && event.factor > 0.0))
    {
        let name = event.name.in_language(Language::English).to_owned();
        errors.push(ModelError::BadEventFactor {
            event: name,
            found: event.factor,
        });
    }
    errors
}

fn check_price(price: &Price, unit: Option<&Unit>, errors: &mut Vec<ModelError>) {
    let (name, valid_from) = (|| price.unit.clone(), price.valid_from);
    let Some(unit) = unit else {
        errors.push(ModelError::PriceOfUnknownUnit {
            unit: name(),
            valid_from,
        });
        return;
    };
    let running = price
        .running
        .iter()
        .map(|(cost_type, amount)| (format!("running.{cost_type}"), *amount));
    for (key, found) in std::iter::once(("amount".to_owned(), price.amount)).chain(running) {
        if found.is_negative() {
            errors.push(ModelError::NegativePrice {
                unit: name(),
                valid_from,
                key,
                found,
            });
        }
    }
    match unit.acquisition {
        Acquisition::Purchase => {
            if price.useful_life_months.unwrap_or(0) == 0 {
                errors.push(ModelError::NoLife {
                    unit: name(),
                    valid_from,
                });
            }
            if let Some(found) = price
                .residual_percent
                .filter(|p| p.is_negative() || *p > Money::whole(100))
            {
                errors.push(ModelError::BadResidual {
                    unit: name(),
                    valid_from,
                    found,
                });
            }
        }
        Acquisition::Rent => {
            for (given, key) in [
                (price.useful_life_months.is_some(), "useful_life_months"),
                (price.residual_percent.is_some(), "residual_percent"),
            ] {
                if given {
                    errors.push(ModelError::NotForRent {
                        unit: name(),
                        valid_from,
                        key: key.to_owned(),
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::stream;
    use super::*;

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
        assert_eq!(
            errors[0].to_string(),
            "capacity video/stream: unit \"server-2u\" is not defined by any [[unit]]"
        );
    }
}
