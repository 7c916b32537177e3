//! The figures of one key by where its resources come from.
//!
//! Budget, actual cost and commitments are what lines, charges and requests say. The open months of the landing are estimated for
//! the key as a whole and shared: by the recent cost from each place, else by the budget of the open months, else they stay open.

use super::landing::{Estimate, closed_months};
use super::recurring::Recurring;
use super::sourcing::split_by;
use super::{BudgetLine, Figures, Inputs, Landing, LineKey, Sourcing};
use crate::ledger::Money;
use std::collections::BTreeMap;

/// The parts; without rates. What is not stated stands under an empty [`Sourcing`].
pub(super) fn by_source(
    inputs: &Inputs,
    key: &LineKey,
    lines: &[&BudgetLine],
    estimate: &Estimate,
    recurring: &Recurring,
) -> BTreeMap<Sourcing, Figures> {
    let mut parts: BTreeMap<Sourcing, Figures> = BTreeMap::new();
    let mut planned: BTreeMap<Sourcing, Money> = BTreeMap::new();
    for line in lines {
        let figures = parts.entry(line.sourcing.clone()).or_default();
        figures.add_budget(inputs, line.month, line.amount);
        if line.month > inputs.as_of {
            *planned.entry(line.sourcing.clone()).or_default() += line.amount;
        }
    }
    let closed = closed_months(inputs);
    for (source, months) in recurring.sources(key) {
        let spent = closed.iter().filter_map(|month| Some((*month, *months.get(month)?)));
        for (month, amount) in spent {
            parts
                .entry(source.clone())
                .or_default()
                .add_actual(inputs, month, amount);
        }
    }
    for (source, amount) in inputs.commitments.get(key).into_iter().flatten() {
        let place = place_of(source, &parts);
        parts.entry(place).or_default().commitments += *amount;
    }
    let recent = recurring.recent_sources(key);
    let recent: BTreeMap<Sourcing, Money> = recent.into_iter().map(|(source, (sum, _))| (source, sum)).collect();
    let any = |weights: &BTreeMap<Sourcing, Money>| weights.values().any(|weight| *weight > Money::ZERO);
    let weights = if any(&recent) { recent } else { planned };
    let mut open = Landing::default();
    for landing in estimate.months.values() {
        open += *landing;
    }
    // The distances are split, not the ends: so every part has low ≤ mid ≤ high.
    let mut share = |amount: Money, add: fn(&mut Landing, Money)| {
        for (source, part) in split_by(amount, &weights) {
            if !part.is_zero() {
                add(&mut parts.entry(source).or_default().landing, part);
            }
        }
    };
    share(open.mid, |landing, part| *landing += Landing::certain(part));
    share(open.mid - open.low, |landing, part| landing.low -= part);
    share(open.high - open.mid, |landing, part| landing.high += part);
    parts
}

/// A request names at most provider and mode: where the key has just one place that fits, that is meant.
fn place_of(source: &Sourcing, parts: &BTreeMap<Sourcing, Figures>) -> Sourcing {
    let mut same = parts.keys().filter(|place| source.clone().or(place) == **place);
    match (same.next(), same.next()) {
        (Some(place), None) if source.is_stated() => place.clone(),
        _ => source.clone(),
    }
}
