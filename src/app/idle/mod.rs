//! What is paid for and not used: utilization judged by policies, quantities by what was used of them, with the money from
//! the ledger; and the way of each finding until its bill has stopped.

mod cases;
mod charts;
mod facts;
mod list;
mod notices;
mod plan;
mod realised;
mod report;
mod samples;
mod shapes;

pub use cases::{CaseShown, CaseStep, ScanOutcome};
pub use facts::ResourceFacts;
pub use list::{Waste, WasteAction};
pub use notices::NoticeShown;
pub use plan::{PlannedLine, PlannedShown};
pub use realised::{RealisedLine, RealisedShown};
pub use report::render_optimization;
pub use shapes::ShapesShown;

use super::{App, AppError};
use crate::auth::{Permission, Visible};
use crate::refusal::Refusal;
use charts::Charts;
use headroom_importers::Dataset;
use headroom_models::configuration::Configuration;
use headroom_models::idle::{
    BandwidthCommit, BandwidthFinding, BandwidthRule, Commitment, DEFAULT_POLICY, IdleFinding, IdlePolicy, IdleReport,
    Metric, PaidQuantity, QuantityFinding, QuantityRule, ResourceKind, Subject, UsagePlan, Usages, Verdict,
    bandwidth_commits, judge, judge_quantity, preset, presets, snapshot_is_old,
};
use headroom_models::ledger::{Money, Month};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a look found, with the policies that judged.
pub struct IdleShown {
    /// The policy for machines.
    pub policy: IdlePolicy,
    /// What it says about each machine.
    pub report: IdleReport,
    /// The policies for other kinds of resources and what they say.
    pub kinds: Vec<(IdlePolicy, IdleReport)>,
    /// What the ledger knows about a resource: name and product.
    pub about: BTreeMap<String, ResourceFacts>,
    /// Bandwidth commits, judged by their own rule.
    pub bandwidth: Vec<BandwidthShown>,
    /// Seats, racks, U positions and power.
    pub quantities: Vec<QuantityFinding>,
    /// Reservations and savings plans with the product of their rows.
    pub commitments: Vec<(Commitment, String)>,
    /// Snapshots that have been charged for longer than the rule allows: id and first day.
    pub snapshots: Vec<(String, chrono::NaiveDate)>,
    /// The month whose cost is shown.
    pub cost_month: Option<Month>,
    /// Currency of the amounts.
    pub currency: String,
    /// True when percentiles are shown from buckets, within 0.8 %; verdicts are exact.
    pub approximate: bool,
    /// What findings look like day by day, by rule and resource; of what is in use there is none.
    pub(super) charts: Charts,
}

/// A bandwidth commit and what its rule says.
pub struct BandwidthShown {
    /// The finding.
    pub finding: BandwidthFinding,
    /// What the commit costs in a month.
    pub monthly_cost: Money,
}

impl IdleShown {
    /// Leaves out what somebody does not see.
    fn keep(&mut self, visible: &Visible) {
        if visible.is_everything() {
            return;
        }
        let sees: BTreeSet<String> = self
            .about
            .iter()
            .filter(|(_, facts)| visible.sees(&facts.product))
            .map(|(resource, _)| resource.clone())
            .collect();
        for report in std::iter::once(&mut self.report).chain(self.kinds.iter_mut().map(|(_, report)| report)) {
            report.findings.retain(|finding| sees.contains(&finding.resource_id));
            report.exempt.retain(|exempt| sees.contains(&exempt.resource_id));
            report.unmeasured.retain(|(resource, _)| sees.contains(resource));
        }
        self.bandwidth.retain(|link| sees.contains(&link.finding.resource_id));
        self.quantities.retain(|finding| sees.contains(&finding.resource_id));
        self.commitments.retain(|(_, product)| visible.sees(product));
        self.snapshots.retain(|(resource, _)| sees.contains(resource));
        self.charts.retain(|(_, resource), _| sees.contains(resource));
        self.about.retain(|resource, _| sees.contains(resource));
    }
}

/// The policies of a look: for machines, and for other kinds.
fn policies(configuration: &Configuration, asked: Option<&str>) -> Result<(IdlePolicy, Vec<IdlePolicy>), AppError> {
    let applied = &configuration.idle_policies;
    let (mut machines, mut kinds): (Vec<IdlePolicy>, Vec<IdlePolicy>) = applied
        .iter()
        .cloned()
        .partition(|policy| policy.kinds.is_empty() || policy.judges(ResourceKind::VirtualMachine));
    let shipped = presets().iter().filter(|shipped| !shipped.kinds.is_empty());
    for policy in shipped {
        if !kinds.iter().any(|own| own.id == policy.id) {
            kinds.push(policy.clone());
        }
    }
    let Some(id) = asked else {
        let own = (!machines.is_empty()).then(|| machines.swap_remove(0));
        let policy = own.or_else(|| preset(DEFAULT_POLICY).cloned());
        return Ok((
            policy.ok_or_else(|| {
                Refusal::new("refused-no-idle-policy")
                    .with("id", DEFAULT_POLICY)
                    .with("known", "")
            })?,
            kinds,
        ));
    };
    let all: Vec<&IdlePolicy> = applied.iter().chain(presets()).collect();
    match all.iter().find(|policy| policy.id == id) {
        Some(policy) => Ok((
            (*policy).clone(),
            if policy.kinds.is_empty() { kinds } else { Vec::new() },
        )),
        None => {
            let ids: BTreeSet<&str> = all.iter().map(|policy| policy.id.as_str()).collect();
            let ids = ids.into_iter().collect::<Vec<_>>().join(", ");
            Err(Refusal::new("refused-no-idle-policy")
                .with("id", id)
                .with("known", ids)
                .into())
        }
    }
}

impl App {
    /// Every policy that can be named: those applied, then the shipped ones.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn idle_policies(&self) -> Result<Vec<IdlePolicy>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let (_, configuration) = self.configuration()?;
        let mut known = configuration.idle_policies;
        for policy in presets() {
            if !known.iter().any(|own| own.id == policy.id) {
                known.push(policy.clone());
            }
        }
        Ok(known)
    }

    /// Judges the imported utilization, or that of a file, by a policy; and all else that is paid for by the quantity.
    ///
    /// # Errors
    /// When there is no utilization or no such policy, or a file cannot be read.
    pub fn idle(
        &self,
        input: Option<&Path>,
        policy: Option<&str>,
        through: Option<Month>,
    ) -> Result<IdleShown, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let (_, configuration) = self.configuration()?;
        let (policy, kinds) = policies(&configuration, policy)?;
        for policy in kinds.iter().chain([&policy]) {
            if let Some(error) = policy.check().into_iter().next() {
                return Err(AppError::Idle(error.into()));
            }
        }
        let samples = match input {
            Some(path) => App::samples_of_file(path)?,
            None => self.samples(through)?,
        };
        let cost_month = match (through, self.runs()?.last()) {
            (Some(month), _) => Some(month),
            (None, Some(run)) => Some(run.month),
            (None, None) => self.ledger_months()?.into_iter().next_back(),
        };
        let facts = match cost_month {
            Some(month) => self.month_facts(month, &self.rates()?)?,
            None => facts::MonthFacts::default(),
        };
        let about = facts.resources;
        let subjects = subjects(&about);
        let span = samples.span()?.ok_or_else(|| Refusal::new("refused-no-utilization"))?;
        let all: Vec<&IdlePolicy> = kinds.iter().chain([&policy]).collect();
        let vcpus = vcpus(&configuration, &about);
        let plan = UsagePlan::new(&all, &[Metric::UsedUnits], span).with_vcpus(vcpus);
        let usages = samples.collect(&plan)?;
        let mut report = judge(&policy, &usages, &subjects);
        // What a bill does not call a machine is not missed among the machines.
        let machine = |resource: &str| about.get(resource).is_some_and(|facts| facts.kind.is_machine());
        report.unmeasured.retain(|(resource, _)| machine(resource));
        let kinds: Vec<(IdlePolicy, IdleReport)> = kinds
            .into_iter()
            .map(|policy| {
                let report = judge(&policy, &usages, &subjects);
                (policy, report)
            })
            // A policy whose metrics nobody carries has nothing to say.
            .filter(|(policy, report)| report.left_out.len() < policy.conditions.len())
            .collect();
        let bandwidth = self.bandwidth(&about, samples.lazy(), cost_month)?;
        let quantities = self.quantities(&about, &usages, cost_month)?;
        let mut charts = charts::of_usage(&policy, &report, &usages);
        for (policy, report) in &kinds {
            charts.append(&mut charts::of_usage(policy, report, &usages));
        }
        charts.append(&mut charts::of_quantities(&quantities, &usages));
        charts.append(&mut charts::of_links(&bandwidth, samples.lazy())?);
        let commitments = facts
            .commitments
            .into_iter()
            .map(|commitment| {
                let product = facts
                    .commitment_products
                    .get(&commitment.id)
                    .cloned()
                    .unwrap_or_default();
                (commitment, product)
            })
            .collect();
        let snapshots = match cost_month {
            Some(month) => self.old_snapshots(&about, month)?,
            None => Vec::new(),
        };
        let mut shown = IdleShown {
            policy,
            report,
            kinds,
            about,
            bandwidth,
            quantities,
            commitments,
            snapshots,
            cost_month,
            currency: self.settings().currency.clone(),
            approximate: usages.percentiles_are_approximate(),
            charts,
        };
        shown.keep(&visible);
        Ok(shown)
    }

    fn bandwidth(
        &self,
        about: &BTreeMap<String, ResourceFacts>,
        samples: LazyFrame,
        month: Option<Month>,
    ) -> Result<Vec<BandwidthShown>, AppError> {
        let terms = match month {
            Some(month) => self.bandwidth_terms(month)?,
            None => BTreeMap::new(),
        };
        let commits: Vec<BandwidthCommit> = about
            .iter()
            .filter_map(|(resource, facts)| {
                let (quantity, monthly_cost) = facts.commit?;
                Some(BandwidthCommit {
                    resource_id: resource.clone(),
                    committed_mbps: quantity.for_drawing(),
                    monthly_cost,
                    terms: terms.get(resource).copied().unwrap_or_default(),
                })
            })
            .collect();
        Ok(bandwidth_commits(&commits, samples, &BandwidthRule::default())?
            .into_iter()
            .filter(|finding| finding.month.is_none() || month.is_none() || finding.month == month)
            .map(|finding| BandwidthShown {
                monthly_cost: commits
                    .iter()
                    .find(|c| c.resource_id == finding.resource_id)
                    .map(|c| c.monthly_cost)
                    .unwrap_or_default(),
                finding,
            })
            .collect())
    }

    /// Seats, racks, U positions by the samples of `used_units`; power by those, else by the meter's highest reading.
    fn quantities(
        &self,
        about: &BTreeMap<String, ResourceFacts>,
        usages: &Usages<'_>,
        month: Option<Month>,
    ) -> Result<Vec<QuantityFinding>, AppError> {
        let readings = match month {
            Some(month) => self.meter_readings(month)?,
            None => BTreeMap::new(),
        };
        let mut findings = Vec::new();
        for (resource, facts) in about {
            let Some((paid, unit, cost)) = &facts.quantity else {
                continue;
            };
            let sampled = usages.highest(resource, Metric::UsedUnits, 14);
            let metered = readings.get(resource).and_then(|reading| reading.peak_kw);
            let kilowatts = facts.kind == ResourceKind::PowerCommit;
            let (used, coverage) = match (sampled, metered) {
                (Some((used, coverage)), _) => (Some(used), coverage),
                (None, Some(peak)) if kilowatts && unit.eq_ignore_ascii_case("kw") => (Some(peak.for_drawing()), 1.0),
                _ => (None, 0.0),
            };
            // Without any measurement there is nothing to judge; a software licence without seats counted is no finding.
            if used.is_none() {
                continue;
            }
            let quantity = PaidQuantity {
                resource_id: resource.clone(),
                kind: facts.kind,
                paid: *paid,
                unit: unit.clone(),
                monthly_cost: *cost,
                used,
                coverage,
            };
            findings.push(judge_quantity(&quantity, &QuantityRule::of(facts.kind)));
        }
        Ok(findings)
    }

    fn old_snapshots(
        &self,
        about: &BTreeMap<String, ResourceFacts>,
        month: Month,
    ) -> Result<Vec<(String, chrono::NaiveDate)>, AppError> {
        let kept = ["keep", "retention", "legal-hold"];
        let snapshots: BTreeSet<&str> = about
            .iter()
            .filter(|(_, facts)| {
                facts.kind == ResourceKind::Snapshot && !kept.iter().any(|key| facts.tags.contains_key(*key))
            })
            .map(|(resource, _)| resource.as_str())
            .collect();
        let last = month.plus(1).first_day();
        let first = self.first_charged(&snapshots, month)?;
        Ok(first
            .into_iter()
            .filter(|(_, first)| snapshot_is_old(*first, last))
            .collect())
    }

    /// True when there are samples up to a month.
    pub(super) fn is_measured(&self, through: Month) -> Result<bool, AppError> {
        let files = self.store.data_files(Dataset::Utilization)?;
        Ok(files.iter().any(|file| file.month <= through))
    }
}

/// What the judge should know of each resource.
fn subjects(about: &BTreeMap<String, ResourceFacts>) -> BTreeMap<String, Subject> {
    about
        .iter()
        .map(|(resource, facts)| {
            let subject = Subject {
                // A bill that says nothing of the kind leaves it to the samples.
                kind: (facts.kind != ResourceKind::Other).then_some(facts.kind),
                name: facts.name.clone(),
                tags: facts.tags.clone(),
                monthly_cost: Some(facts.cost),
                first_charged: None,
            };
            (resource.clone(), subject)
        })
        .collect()
}

/// vCPUs of the resources whose shape somebody described.
fn vcpus(configuration: &Configuration, about: &BTreeMap<String, ResourceFacts>) -> BTreeMap<String, f64> {
    let shapes = &configuration.shapes;
    about
        .iter()
        .filter_map(|(resource, facts)| {
            let shape = shapes
                .iter()
                .find(|shape| facts.shapes.iter().any(|word| shape.is_called(word)))?;
            Some((resource.clone(), shape.vcpus))
        })
        .collect()
}

/// Findings sorted by money, the idle ones first.
pub(super) fn by_money(report: &IdleReport) -> Vec<&IdleFinding> {
    let mut findings: Vec<&IdleFinding> = report
        .findings
        .iter()
        .filter(|f| f.verdict != Verdict::Oversized)
        .collect();
    findings
        .sort_by(|a, b| (a.verdict, b.monthly_cost, &a.resource_id).cmp(&(b.verdict, a.monthly_cost, &b.resource_id)));
    findings
}
