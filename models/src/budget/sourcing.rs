//! Where the resources behind some money come from: mode, provider and service. Beside the key, not in it: budget and actual
//! are compared by product, module, cost type and expenditure, and looked at by where they come from.

use crate::ledger::{Money, ResourceMode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the resources come from; each of the three may be left open.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sourcing {
    /// Colocation, hosting, cloud or own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_mode: Option<ResourceMode>,
    /// Who bills it (FOCUS ProviderName); empty when open.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub provider: String,
    /// Kind of service (FOCUS ServiceCategory); empty when open.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub service_category: String,
}

impl Sourcing {
    /// Only the provider.
    pub fn of_provider(provider: &str) -> Sourcing {
        Sourcing {
            provider: provider.to_owned(),
            ..Sourcing::default()
        }
    }

    /// True when any of the three is stated.
    pub fn is_stated(&self) -> bool {
        *self != Sourcing::default()
    }

    /// What is stated here, and what `other` states where nothing is.
    #[must_use]
    pub fn or(mut self, other: &Sourcing) -> Sourcing {
        self.resource_mode = self.resource_mode.or(other.resource_mode);
        if self.provider.is_empty() {
            self.provider.clone_from(&other.provider);
        }
        if self.service_category.is_empty() {
            self.service_category.clone_from(&other.service_category);
        }
        self
    }

    /// What all of them state alike, each of the three for itself; what they differ in stays open.
    pub fn common<'a>(all: impl IntoIterator<Item = &'a Sourcing>) -> Sourcing {
        let mut all = all.into_iter();
        let Some(first) = all.next() else {
            return Sourcing::default();
        };
        all.fold(first.clone(), |mut common, next| {
            if common.resource_mode != next.resource_mode {
                common.resource_mode = None;
            }
            if common.provider != next.provider {
                common.provider.clear();
            }
            if common.service_category != next.service_category {
                common.service_category.clear();
            }
            common
        })
    }
}

/// `amount` over where it comes from, by weights above zero; the parts add up to it exactly. Without any weight all of it is open.
pub(crate) fn split_by(amount: Money, weights: &BTreeMap<Sourcing, Money>) -> Vec<(Sourcing, Money)> {
    let positive = |weight: &Money| !weight.is_zero() && !weight.is_negative();
    let (sources, weights): (Vec<&Sourcing>, Vec<Money>) = weights
        .iter()
        .filter(|(_, weight)| positive(weight))
        .map(|(source, weight)| (source, *weight))
        .unzip();
    match amount.split(&weights) {
        Some(parts) => sources.into_iter().cloned().zip(parts).collect(),
        None => vec![(Sourcing::default(), amount)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(mode: Option<ResourceMode>, provider: &str, service_category: &str) -> Sourcing {
        Sourcing {
            resource_mode: mode,
            provider: provider.to_owned(),
            service_category: service_category.to_owned(),
        }
    }

    #[test]
    fn what_is_common_is_kept_and_what_differs_stays_open() {
        let (one, two) = (
            of(Some(ResourceMode::Idc), "Beihai", "Compute"),
            of(Some(ResourceMode::Idc), "Nanhai", "Compute"),
        );
        let common = Sourcing::common([&one, &two]);
        assert_eq!(common, of(Some(ResourceMode::Idc), "", "Compute"));
        assert_eq!(common.or(&two), two);
        assert_eq!(Sourcing::common([&one]), one);
        assert_eq!(Sourcing::common([]), Sourcing::default());
        assert!(one.is_stated() && !Sourcing::default().is_stated());
    }

    #[test]
    fn parts_add_up_and_without_weights_all_is_open() {
        let (one, two) = (Sourcing::of_provider("A"), Sourcing::of_provider("B"));
        let weights = [(one.clone(), Money::whole(1)), (two, Money::whole(2))].into();
        let parts = split_by(Money::whole(100), &weights);
        assert_eq!(parts.iter().map(|(_, part)| *part).sum::<Money>(), Money::whole(100));
        assert_eq!(parts[0].1.round(2).to_string(), "33.33");
        let credit = [(one, Money::whole(-1))].into();
        assert_eq!(
            split_by(Money::whole(5), &credit),
            [(Sourcing::default(), Money::whole(5))]
        );
    }
}
