//! What is wrong with models, prices and events, before anything is planned with them.

use super::chain::Chain;
use super::sizing::{NETWORK, QUEUE, STORAGE};
use super::{Acquisition, CapacityModel, Event, ModelError, Price, StaffingMethod, Surroundings, Unit};
use crate::language::Language;
use crate::ledger::Money;
use std::collections::BTreeSet;

impl CapacityModel {
    /// Everything that is wrong with the model by itself; empty when it can be sized.
    pub fn check(&self) -> Vec<ModelError> {
        self.problems(false)
    }

    /// [`CapacityModel::check`]; limits that load tests will bring may be missing when `tests_may_come`.
    fn problems(&self, tests_may_come: bool) -> Vec<ModelError> {
        let (product, module) = (|| self.product.clone(), || self.module.clone());
        let mut errors = Vec::new();
        if self.work.is_empty() && self.queue.is_none() && self.bandwidth.is_none() && self.storage.is_none() {
            errors.push(ModelError::NoWork {
                product: product(),
                module: module(),
            });
        }
        for (name, &work) in &self.work {
            if !(work.is_finite() && work >= 0.0) {
                errors.push(ModelError::BadWork {
                    product: product(),
                    module: module(),
                    resource: name.clone(),
                    found: work,
                });
            }
            self.check_limit(name, tests_may_come, &mut errors);
            self.check_target(name, &mut errors);
        }
        self.check_terms(tests_may_come, &mut errors);
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

    fn check_limit(&self, name: &str, tests_may_come: bool, errors: &mut Vec<ModelError>) {
        let (product, module, resource) = (self.product.clone(), self.module.clone(), name.to_owned());
        match self.limit.get(name).copied() {
            None if self.load_test.is_some() && tests_may_come => {}
            None if self.load_test.is_some() => errors.push(ModelError::NoTest {
                product,
                module,
                resource,
            }),
            None => errors.push(ModelError::NoLimit {
                product,
                module,
                resource,
            }),
            Some(found) if !(found.is_finite() && found > 0.0) => errors.push(ModelError::BadLimit {
                product,
                module,
                resource,
                found,
            }),
            Some(_) => {}
        }
    }

    fn check_target(&self, name: &str, errors: &mut Vec<ModelError>) {
        let (product, module, resource) = (self.product.clone(), self.module.clone(), name.to_owned());
        match self.target_utilization.get(name).copied() {
            None => errors.push(ModelError::NoTarget {
                product,
                module,
                resource,
            }),
            Some(found) if !(found > 0.0 && found <= 1.0) => errors.push(ModelError::BadTarget {
                product,
                module,
                resource,
                found,
            }),
            Some(_) => {}
        }
    }

    /// Zones, bounds, traffic, storage, queue, calls, uncertain inputs.
    fn check_terms(&self, tests_may_come: bool, errors: &mut Vec<ModelError>) {
        let mut bad = Vec::new();
        let mut term = |key: &str, found: String, wanted: &'static str, right: bool| {
            if !right {
                bad.push((key.to_owned(), found, wanted));
            }
        };
        let above_zero = |value: f64| value.is_finite() && value > 0.0;
        let not_negative = |value: f64| value.is_finite() && value >= 0.0;
        let share = |value: f64| value > 0.0 && value <= 1.0;
        if let Some(zones) = self.zones {
            let right = zones.count >= 1 && zones.survive < zones.count;
            term(
                "zones",
                format!("{} of {}", zones.survive, zones.count),
                "fewer zones may be lost than there are",
                right,
            );
        }
        term(
            "step",
            self.step.to_string(),
            "units run in multiples of at least 1",
            self.step >= 1,
        );
        if let Some(most) = self.maximum {
            let right = most >= self.minimum.max(1);
            term(
                "maximum",
                most.to_string(),
                "it must be at least 1 and at least the minimum",
                right,
            );
        }
        for name in [NETWORK, STORAGE, QUEUE] {
            let derived = match name {
                NETWORK => self.bandwidth.is_some(),
                STORAGE => self.storage.is_some(),
                _ => self.queue.is_some(),
            };
            let twice = derived && self.work.contains_key(name);
            term(
                &format!("work.{name}"),
                "stated".to_owned(),
                "it is derived already; leave it out of work",
                !twice,
            );
            if derived && name != QUEUE {
                self.check_limit(name, tests_may_come, errors);
            }
        }
        if let Some(bandwidth) = self.bandwidth {
            self.check_target(NETWORK, errors);
            let (rate, offload) = (bandwidth.bitrate_mbps, bandwidth.cdn_offload);
            term(
                "bandwidth.bitrate_mbps",
                rate.to_string(),
                "it must be zero or more",
                not_negative(rate),
            );
            let right = (0.0..=1.0).contains(&offload);
            term(
                "bandwidth.cdn_offload",
                offload.to_string(),
                "it must be from 0 to 1",
                right,
            );
            let ratio = bandwidth.p95_of_peak.unwrap_or(1.0);
            term(
                "bandwidth.p95_of_peak",
                ratio.to_string(),
                "it must be above 0 and at most 1",
                share(ratio),
            );
        }
        if let Some(storage) = self.storage {
            let figures = [("stock", storage.stock), ("new_per_driver", storage.new_per_driver)];
            for (key, value) in figures {
                term(
                    &format!("storage.{key}"),
                    value.to_string(),
                    "it must be zero or more",
                    not_negative(value),
                );
            }
            for (key, value) in [("replicas", storage.replicas), ("compression", storage.compression)] {
                term(
                    &format!("storage.{key}"),
                    value.to_string(),
                    "it must be above zero",
                    above_zero(value),
                );
            }
            let fill = storage.fill_limit;
            term(
                "storage.fill_limit",
                fill.to_string(),
                "it must be above 0 and at most 1",
                share(fill),
            );
            let right = storage.retention_months != Some(0);
            term(
                "storage.retention_months",
                "0".to_owned(),
                "leave it out for data that never expires",
                right,
            );
        }
        if let Some(queue) = self.queue {
            for (key, value) in [("servers", queue.servers), ("service_ms", queue.service_ms)] {
                term(
                    &format!("queue.{key}"),
                    value.to_string(),
                    "it must be above zero",
                    above_zero(value),
                );
            }
            let right = not_negative(queue.requests);
            term(
                "queue.requests",
                queue.requests.to_string(),
                "it must be zero or more",
                right,
            );
            let met = queue.method == StaffingMethod::SquareRoot || queue.objective().is_some();
            let found = format!("wait {:?}, latency {:?}", queue.wait_probability, queue.latency_ms);
            let wanted = "give either wait_probability (above 0, at most 1) or latency_ms (at least service_ms) with slo below 1";
            term("queue", found, wanted, met);
        }
        for call in &self.calls {
            let right = call.to.is_empty() != call.external.is_empty();
            term(
                "calls",
                format!("to \"{}\", external \"{}\"", call.to, call.external),
                "name one of them",
                right,
            );
            let right = not_negative(call.fan_out);
            term(
                "calls.fan_out",
                call.fan_out.to_string(),
                "it must be zero or more",
                right,
            );
        }
        for (key, interval) in &self.uncertain {
            let found = format!("{} to {}", interval.low, interval.high);
            let wanted = "known are driver, event_factor, peak_factor, work.R, limit.R and target_utilization.R of the model, low ≤ stated value ≤ high";
            let right = self.stated(key).is_some_and(|stated| interval.holds_together(stated));
            term(&format!("uncertain.{key}"), found, wanted, right);
        }
        if let Some(cost) = self.shortage_cost {
            term(
                "shortage_cost",
                cost.to_string(),
                "it must not be negative",
                !cost.is_negative(),
            );
        }
        errors.extend(bad.into_iter().map(|(key, found, wanted)| ModelError::BadTerm {
            product: self.product.clone(),
            module: self.module.clone(),
            key,
            found,
            wanted,
        }));
    }

    /// The stated value of an input that may be uncertain: 1 for the factors on driver and events.
    pub(super) fn stated(&self, input: &str) -> Option<f64> {
        match input.split_once('.') {
            None => match input {
                "driver" | "event_factor" => Some(1.0),
                "peak_factor" => Some(self.peak_factor),
                _ => None,
            },
            Some(("work", resource)) => self.work.get(resource).copied(),
            Some(("limit", resource)) => self.limit.get(resource).copied(),
            Some(("target_utilization", resource)) => self.target_utilization.get(resource).copied(),
            Some(_) => None,
        }
    }
}

/// Everything that is wrong with call paths, external services, the facility and the offers.
pub fn validate_surroundings(units: &[Unit], models: &[CapacityModel], surroundings: &Surroundings) -> Vec<ModelError> {
    let models: Vec<&CapacityModel> = models.iter().collect();
    let mut errors = Chain::new(&models, &surroundings.externals).errors;
    for external in &surroundings.externals {
        for (key, found) in [
            ("limit", external.limit),
            ("target_utilization", external.target_utilization),
        ] {
            if !(found.is_finite() && found > 0.0) {
                let external = external.id.clone();
                errors.push(ModelError::BadExternal { external, key, found });
            }
        }
    }
    if let Some(facility) = surroundings.facility {
        let figures = [
            ("rack_u", facility.rack_u),
            ("rack_kw", facility.rack_kw),
            ("switch_ports", facility.switch_ports),
        ];
        for (key, found) in figures
            .into_iter()
            .filter(|(_, found)| !(found.is_finite() && *found > 0.0))
        {
            errors.push(ModelError::BadFacility { key, found });
        }
    }
    for offer in &surroundings.offers {
        errors.extend(offer.problems(units));
    }
    errors
}

/// Events of one product that touch the same month: said, because their factors multiply.
pub fn overlapping_events(events: &[Event]) -> Vec<ModelError> {
    let mut found = Vec::new();
    for (at, event) in events.iter().enumerate() {
        for other in &events[at + 1..] {
            let same = event.products.is_empty()
                || other.products.is_empty()
                || event.products.iter().any(|product| other.products.contains(product));
            for month in event.months.iter().filter(|month| same && other.months.contains(month)) {
                found.push(ModelError::EventsOverlap {
                    event: event.name.in_language(Language::English).to_owned(),
                    other: other.name.in_language(Language::English).to_owned(),
                    month: *month,
                    factor: event.factor * other.factor,
                });
            }
        }
    }
    found
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
        errors.extend(model.problems(true));
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
    fn events_of_one_product_in_one_month_are_named() {
        let event = |name: &str, months: &[&str], products: &[&str], factor: f64| Event {
            name: crate::language::Name::from(name),
            months: months.iter().map(|month| month.parse().unwrap()).collect(),
            products: products.iter().map(|product| (*product).to_owned()).collect(),
            factor,
        };
        let met = overlapping_events(&[
            event("Sale", &["2027-02", "2027-03"], &["video"], 1.5),
            event("Feast", &["2027-03"], &[], 1.2),
            event("Shop only", &["2027-02"], &["shop"], 3.0),
            event("Later", &["2027-04"], &["video"], 2.0),
        ]);
        let said: Vec<String> = met.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].contains("Sale") && said[0].contains("Feast") && said[0].contains("2027-03"),
            "{said:?}"
        );
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
        assert_eq!(
            errors[0].to_string(),
            "capacity video/stream: unit \"server-2u\" is not defined by any [[unit]]"
        );
    }
}
