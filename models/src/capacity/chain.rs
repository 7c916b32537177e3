//! Call paths: one driver feeds several modules, each with its fan-out, up to the limits of external services.

use super::{CapacityModel, ModelError};
use crate::language::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one driver unit of a module asks of another module or of an external service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Module of the same product, or `product/module`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// External service instead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub external: String,
    /// Calls per driver unit of the caller.
    pub fan_out: f64,
}

impl Call {
    /// `product/module` of the module called, seen from `product`.
    pub fn target(&self, product: &str) -> String {
        if self.to.contains('/') {
            self.to.clone()
        } else {
            format!("{product}/{}", self.to)
        }
    }
}

/// A service of somebody else that takes so much and no more (支付, 地图, 征信). `[[external]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct External {
    /// Name for calls.
    pub id: String,
    /// Name for people.
    pub name: Name,
    /// What is counted: tps, calls a day.
    #[serde(default)]
    pub measure: String,
    /// The most that it takes by contract.
    pub limit: f64,
    /// Share of the limit that may be used.
    #[serde(default = "all")]
    pub target_utilization: f64,
}

fn all() -> f64 {
    1.0
}

/// Who calls whom among `models`, in an order in which callers come before the called.
pub(super) struct Chain {
    /// Positions of models that hang together; those in or behind a cycle are left out.
    pub order: Vec<usize>,
    /// Callers of each model with their fan-out.
    pub callers: Vec<Vec<(usize, f64)>>,
    /// What is wrong.
    pub errors: Vec<ModelError>,
}

impl Chain {
    /// Links the models.
    pub fn new(models: &[&CapacityModel], externals: &[External]) -> Chain {
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, model) in models.iter().enumerate() {
            by_name.entry(model.name()).or_default().push(at);
        }
        let mut callers = vec![Vec::new(); models.len()];
        let mut errors = Vec::new();
        for (at, model) in models.iter().enumerate() {
            for call in &model.calls {
                let unknown = |to: String| ModelError::UnknownCall {
                    product: model.product.clone(),
                    module: model.module.clone(),
                    to,
                };
                if !call.external.is_empty() {
                    if !externals.iter().any(|external| external.id == call.external) {
                        errors.push(unknown(call.external.clone()));
                    }
                    continue;
                }
                let to = call.target(&model.product);
                match by_name.get(&to) {
                    None => errors.push(unknown(to)),
                    Some(called) if called.iter().any(|&at| !models[at].driver.is_empty()) => {
                        errors.push(ModelError::FedTwice {
                            product: model.product.clone(),
                            module: model.module.clone(),
                            to,
                        });
                    }
                    Some(called) => called
                        .iter()
                        .for_each(|&called| callers[called].push((at, call.fan_out))),
                }
            }
        }
        for (at, model) in models.iter().enumerate() {
            if model.driver.is_empty() && callers[at].is_empty() {
                errors.push(ModelError::NoDriver {
                    product: model.product.clone(),
                    module: model.module.clone(),
                });
            }
        }
        let order = ordered(&callers);
        if let Some(cycle) = a_cycle(&callers, &order) {
            let path: Vec<String> = cycle.iter().map(|&at| models[at].name()).collect();
            errors.push(ModelError::Cycle {
                path: path.join(" → ")
            });
        }
        let order = order
            .into_iter()
            .filter(|&at| !(models[at].driver.is_empty() && callers[at].is_empty()))
            .collect();
        Chain { order, callers, errors }
    }
}

/// Callers before the called, by position among equals; what lies in or behind a cycle is missing.
fn ordered(callers: &[Vec<(usize, f64)>]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    let mut done = vec![false; callers.len()];
    loop {
        let before = order.len();
        for at in 0..callers.len() {
            if !done[at] && callers[at].iter().all(|&(caller, _)| done[caller]) {
                done[at] = true;
                order.push(at);
            }
        }
        if order.len() == before {
            return order;
        }
    }
}

/// One cycle, from caller to called, its first member named again at the end.
fn a_cycle(callers: &[Vec<(usize, f64)>], order: &[usize]) -> Option<Vec<usize>> {
    let open = |at: usize| !order.contains(&at);
    let mut path = vec![(0..callers.len()).find(|&at| open(at))?];
    loop {
        let here = *path.last()?;
        let (caller, _) = *callers[here].iter().find(|(caller, _)| open(*caller))?;
        if let Some(start) = path.iter().position(|&at| at == caller) {
            let mut cycle = path.split_off(start);
            cycle.reverse();
            cycle.insert(0, caller);
            return Some(cycle);
        }
        path.push(caller);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(module: &str, driver: &str, calls: &[(&str, f64)]) -> CapacityModel {
        let calls: Vec<String> = calls
            .iter()
            .map(|(to, fan_out)| format!("{{ to = \"{to}\", fan_out = {fan_out} }}"))
            .collect();
        toml::from_str(&format!(
            "product = \"shop\"\nmodule = \"{module}\"\ndriver = \"{driver}\"\nunit = \"s\"\nwork = {{ cpu = 1 }}\n\
             limit = {{ cpu = 10 }}\ntarget_utilization = {{ cpu = 0.5 }}\ncalls = [{}]",
            calls.join(", ")
        ))
        .unwrap()
    }

    #[test]
    fn callers_come_first_and_a_cycle_is_named_whole() {
        let models = [
            model("db", "", &[]),
            model("app", "", &[("db", 2.0)]),
            model("gateway", "orders", &[("app", 1.5)]),
        ];
        let chain = Chain::new(&models.iter().collect::<Vec<_>>(), &[]);
        assert_eq!((chain.order, chain.errors), (vec![2, 1, 0], vec![]));
        assert_eq!(chain.callers[0], [(1, 2.0)]);

        let models = [
            model("gateway", "orders", &[]),
            model("a", "", &[("b", 1.0)]),
            model("b", "", &[("c", 1.0)]),
            model("c", "", &[("a", 1.0)]),
            model("d", "", &[("d", 1.0)]),
        ];
        let chain = Chain::new(&models.iter().collect::<Vec<_>>(), &[]);
        assert_eq!(chain.order, [0]);
        let texts: Vec<String> = chain.errors.iter().map(ToString::to_string).collect();
        assert!(texts[0].contains("shop/a → shop/b → shop/c → shop/a"), "{texts:?}");
        let alone = Chain::new(&[&models[4]], &[]);
        assert!(alone.errors[0].to_string().contains("shop/d → shop/d"));
    }

    #[test]
    fn calls_to_nobody_and_modules_that_nobody_calls_are_named() {
        let models = [
            model("gateway", "orders", &[("nowhere", 1.0)]),
            model("lost", "", &[]),
            model("two", "orders", &[("gateway", 1.0)]),
        ];
        let chain = Chain::new(&models.iter().collect::<Vec<_>>(), &[]);
        let texts: Vec<String> = chain.errors.iter().map(ToString::to_string).collect();
        assert!(
            texts[0].contains("shop/nowhere") && texts[1].contains("shop/gateway") && texts[2].contains("shop/lost")
        );
        assert_eq!(chain.order, [0, 2]);
    }
}
