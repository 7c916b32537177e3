//! Why the year is off, and what to do about it: variance and proposals.

use super::names::Names;
use headroom_models::budget::{Execution, Reason};
use headroom_models::language::Name;
use headroom_models::ledger::Money;
use headroom_models::organization::UNALLOCATED;
use headroom_models::variance::{Part, Parts, ProductVariance as PartsOfRow, Variance as Explained};
use headroom_reports::data::{
    Driver, Level, Proposal, ProposalKind, Variance, VarianceKind, VarianceLine, VariancePart, VarianceRow,
};
use headroom_reports::{CauseNames, cause_sentence};
use std::collections::{BTreeMap, BTreeSet};

fn kind(part: Part) -> VarianceKind {
    match part {
        Part::Volume => VarianceKind::Volume,
        Part::Mix => VarianceKind::Mix,
        Part::Efficiency => VarianceKind::Efficiency,
        Part::Price => VarianceKind::Price,
        Part::Fx => VarianceKind::Fx,
        Part::Timing => VarianceKind::Timing,
        Part::New => VarianceKind::New,
        Part::Unplanned => VarianceKind::Unplanned,
        Part::Ended => VarianceKind::Ended,
        Part::Unused => VarianceKind::Unused,
    }
}

/// A variance in the words of the report: the parts that no line has are left out, unless nothing is off at all.
pub(super) fn variance_of(parts: &Parts, occurring: &BTreeSet<Part>) -> Variance {
    let all = Part::ALL.into_iter().filter(|part| occurring.contains(part));
    Variance {
        start: parts.budget,
        parts: all
            .map(|part| VariancePart {
                kind: kind(part),
                amount: parts.parts.get(&part).copied().unwrap_or_default(),
            })
            .collect(),
        end: parts.actual,
    }
}

/// The parts that any line has; volume, efficiency, price and FX are always shown.
pub(super) fn occurring(variance: &Explained) -> BTreeSet<Part> {
    let mut parts: BTreeSet<Part> = [Part::Volume, Part::Efficiency, Part::Price, Part::Fx].into();
    let of_keys = variance.keys.iter().flat_map(|key| &key.parts.parts);
    parts.extend(of_keys.filter(|(_, amount)| !amount.is_zero()).map(|(part, _)| *part));
    parts
}

/// Company, departments, products and modules, each with its main cause in a sentence.
pub(in crate::app) fn variance_tree(variance: &Explained, names: &Names, currency: &str) -> Vec<VarianceRow> {
    let parts = occurring(variance);
    let row = |level, id: String, name: Name, parent: Option<String>, of: &PartsOfRow| {
        let shown = variance_of(&of.parts, &parts);
        let cause = of.cause.clone();
        let names = CauseNames {
            subject: &name,
            subject_id: &id,
            product: cause.as_ref().map(|cause| names.product(&cause.product)),
            module: cause.as_ref().map(|cause| names.module(&cause.product, &cause.module)),
        };
        let sentence = cause_sentence(level, &names, &shown, cause.as_ref(), currency);
        VarianceRow {
            level,
            id,
            name,
            parent,
            variance: shown,
            cause,
            sentence,
        }
    };
    let company = "company".to_owned();
    let mut rows = vec![row(
        Level::Company,
        company.clone(),
        names.company.clone(),
        None,
        &variance.total,
    )];
    for department in variance.departments.iter().filter(|row| !row.department.is_empty()) {
        let (id, name) = (department.department.clone(), names.department(&department.department));
        rows.push(row(Level::Department, id, name, Some(company.clone()), department));
    }
    for product in &variance.products {
        let named = names.product(&product.product);
        let department = (!product.department.is_empty()).then(|| product.department.clone());
        let parent = department.unwrap_or_else(|| company.clone());
        rows.push(row(Level::Product, named.id, named.name, Some(parent), product));
    }
    for module in &variance.modules {
        let (id, name) = (
            format!("{}/{}", module.product, module.module),
            names.module(&module.product, &module.module),
        );
        rows.push(row(Level::Module, id, name, Some(module.product.clone()), module));
    }
    rows
}

/// Every line with its parts.
pub(super) fn variance_lines(variance: &Explained, names: &Names) -> Vec<VarianceLine> {
    let parts = occurring(variance);
    let lines = variance.keys.iter();
    lines
        .map(|key| VarianceLine {
            product: names.product(&key.key.product),
            module: key.key.module.clone(),
            cost_type: key.key.cost_type,
            expenditure: key.key.expenditure,
            standing: key.standing,
            variance: variance_of(&key.parts, &parts),
        })
        .collect()
}

pub(in crate::app) fn proposals(executed: &Execution, names: &Names) -> Vec<Proposal> {
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
