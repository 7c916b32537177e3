//! Why the year is off, and what to do about it: variance and proposals.

use super::names::Names;
use headroom_models::budget::{Execution, Reason};
use headroom_models::ledger::Money;
use headroom_models::organization::UNALLOCATED;
use headroom_models::variance::{Part, ProductVariance as PartsOfProduct};
use headroom_reports::data::{Driver, Proposal, ProposalKind, Variance, VarianceKind, VariancePart};
use std::collections::BTreeMap;

pub(super) fn variance_of(parts: &PartsOfProduct) -> Variance {
    let kind = |part: Part| match part {
        Part::Volume => VarianceKind::Volume,
        Part::EfficiencyAndPrice => VarianceKind::EfficiencyAndPrice,
        Part::Fx => VarianceKind::Fx,
        Part::Unplanned => VarianceKind::Unplanned,
        Part::Unused => VarianceKind::Unused,
    };
    Variance {
        start: parts.budget,
        parts: Part::ALL
            .into_iter()
            .map(|part| VariancePart {
                kind: kind(part),
                amount: parts.parts.get(&part).copied().unwrap_or_default(),
            })
            .collect(),
        end: parts.actual,
    }
}

pub(super) fn proposals(executed: &Execution, names: &Names) -> Vec<Proposal> {
    let figures = |id: &str| {
        executed
            .products
            .iter()
            .find(|row| row.id == id)
            .map(|row| row.figures)
            .unwrap_or_default()
    };
    let mut proposals: Vec<Proposal> = executed
        .proposals
        .iter()
        // What nobody owns cannot be given a budget: it is shown as unallocated, to be given a rule.
        .filter(|proposal| proposal.product != UNALLOCATED)
        .map(|proposal| Proposal {
            product: names.product(&proposal.product),
            kind: match proposal.kind {
                headroom_models::budget::ProposalKind::Supplement => ProposalKind::Supplement,
                headroom_models::budget::ProposalKind::Cut => ProposalKind::Cut,
            },
            amount: proposal.amount,
            low: proposal.low,
            high: proposal.high,
            landing: figures(&proposal.product).landing.mid,
            year_budget: figures(&proposal.product).year_budget,
            drivers: drivers(&proposal.reason),
            run_ratio: proposal.reason.run_ratio,
        })
        .collect();
    proposals.sort_by(|a, b| b.amount.cmp(&a.amount).then(a.product.id.cmp(&b.product.id)));
    proposals
}

/// The drivers behind a proposal; several modules may follow the same one.
fn drivers(reason: &Reason) -> Vec<Driver> {
    let ratios: BTreeMap<&str, f64> = reason
        .drivers
        .iter()
        .map(|change| (change.driver.as_str(), change.ratio))
        .collect();
    let driver = |(metric, ratio): (&str, f64)| Driver {
        metric: metric.to_owned(),
        actual_to_target: ratio_of(ratio),
    };
    ratios.into_iter().map(driver).collect()
}

/// A ratio of two physical quantities, to six digits.
fn ratio_of(ratio: f64) -> Money {
    format!("{ratio:.6}").parse().unwrap_or_default()
}
