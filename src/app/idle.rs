//! Idle detection: utilization judged by a policy, with the money from the ledger.

use super::costs::missing_rate;
use super::reference::{Rates, texts};
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_importers::{Dataset, ImportOptions, Input, Sink, SinkError};
use headroom_models::idle::{
    BandwidthCommit, BandwidthFinding, BandwidthRule, IdleFinding, IdleInputs, IdlePolicy, IdleReport,
    bandwidth_commits, detect,
};
use headroom_models::ledger::{Column, Money, Month, decimal_values};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The machines of an idle run, with the policy that judged them.
pub struct IdleShown {
    /// The policy.
    pub policy: IdlePolicy,
    /// What it says about each machine.
    pub report: IdleReport,
    /// What the ledger knows about a resource: name and product.
    pub about: BTreeMap<String, ResourceFacts>,
    /// Bandwidth commits, judged by their own rule.
    pub bandwidth: Vec<BandwidthShown>,
    /// The month whose cost is shown.
    pub cost_month: Option<Month>,
    /// Currency of the amounts.
    pub currency: String,
}

/// A bandwidth commit and what its rule says.
pub struct BandwidthShown {
    /// The finding.
    pub finding: BandwidthFinding,
    /// What the commit costs in a month.
    pub monthly_cost: Money,
}

/// What the ledger knows about a resource.
#[derive(Clone, Debug, Default)]
pub struct ResourceFacts {
    /// Its name, when it has one.
    pub name: String,
    /// The product id that the bill names, when it does.
    pub product: String,
    /// Monthly effective cost in the reporting currency.
    pub cost: Money,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Committed Mbps and its cost, for links.
    pub commit: Option<(Money, Money)>,
}

#[derive(Default)]
struct Collected(Vec<LazyFrame>);

impl Sink for Collected {
    fn write(&mut self, _dataset: Dataset, _month: Month, frame: DataFrame) -> Result<(), SinkError> {
        self.0.push(frame.lazy());
        Ok(())
    }
}

impl App {
    /// Judges the imported utilization, or that of a file, by a policy.
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
        let policy = match policy {
            None => configuration.idle_policies.first().cloned().unwrap_or_default(),
            Some(id) => {
                let mut known = configuration.idle_policies.clone();
                known.push(IdlePolicy::default());
                let ids: BTreeSet<&str> = known.iter().map(|policy| policy.id.as_str()).collect();
                let ids = ids.into_iter().collect::<Vec<_>>().join(", ");
                let found = known.into_iter().find(|policy| policy.id == id);
                found.ok_or_else(|| Refusal::new("refused-no-idle-policy").with("id", id).with("known", ids))?
            }
        };
        let samples = match input {
            Some(path) => read_samples(path)?,
            None => self.samples(through)?,
        };
        let cost_month = match (through, self.runs()?.last()) {
            (Some(month), _) => Some(month),
            (None, Some(run)) => Some(run.month),
            (None, None) => None,
        };
        let about = match cost_month {
            Some(month) => self.resources(month, &self.rates()?)?,
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
                })
            })
            .collect();
        let links: BTreeSet<&str> = commits.iter().map(|commit| commit.resource_id.as_str()).collect();
        let costs: BTreeMap<String, (Money, BTreeMap<String, String>)> = about
            .iter()
            .map(|(resource, facts)| (resource.clone(), (facts.cost, facts.tags.clone())))
            .collect();
        let measured = samples
            .clone()
            .select([col("resource_id")])
            .unique(None, UniqueKeepStrategy::Any)
            .collect()?;
        let measured: BTreeSet<String> = texts(&measured, "resource_id")?.into_iter().collect();
        // What is paid for and never measured is another issue's finding (see docs): here only measured machines are judged.
        let of_measured = |resource: &String| measured.contains(resource) && !links.contains(resource.as_str());
        let monthly_cost = costs
            .iter()
            .filter(|(resource, _)| of_measured(resource))
            .map(|(r, (cost, _))| (r.clone(), *cost))
            .collect();
        let tags = costs
            .iter()
            .filter(|(resource, _)| of_measured(resource))
            .map(|(r, (_, tags))| (r.clone(), tags.clone()))
            .collect();
        let names = Series::new("links".into(), links.iter().copied().collect::<Vec<_>>());
        let machines = samples
            .clone()
            .filter(col("resource_id").is_in(lit(names).implode(true), false).not());
        let mut report = detect(IdleInputs {
            policy: &policy,
            samples: machines,
            monthly_cost: &monthly_cost,
            tags: &tags,
        })?;
        let sees = |resource: &str| {
            visible.is_everything() || about.get(resource).is_some_and(|facts| visible.sees(&facts.product))
        };
        report.findings.retain(|finding| sees(&finding.resource_id));
        report.exempt.retain(|exempt| sees(&exempt.resource_id));
        let bandwidth = bandwidth_commits(&commits, samples, &BandwidthRule::default())?
            .into_iter()
            .filter(|finding| sees(&finding.resource_id))
            .filter(|finding| finding.month.is_none() || cost_month.is_none() || finding.month == cost_month)
            .map(|finding| BandwidthShown {
                monthly_cost: commits
                    .iter()
                    .find(|c| c.resource_id == finding.resource_id)
                    .map(|c| c.monthly_cost)
                    .unwrap_or_default(),
                finding,
            })
            .collect();
        let mut about = about;
        about.retain(|_, facts| visible.sees(&facts.product));
        Ok(IdleShown {
            policy,
            report,
            about,
            bandwidth,
            cost_month,
            currency: self.settings().currency.clone(),
        })
    }

    fn samples(&self, through: Option<Month>) -> Result<LazyFrame, AppError> {
        let mut files = self.store.data_files(Dataset::Utilization)?;
        files.retain(|file| through.is_none_or(|last| file.month <= last));
        let mut batches: Vec<(&str, Month)> = files.iter().map(|file| (file.batch.as_str(), file.month)).collect();
        batches.sort_unstable_by_key(|(_, month)| *month);
        let overlap = batches.windows(2).any(|pair| pair[0].1 == pair[1].1);
        let scanned = self.store.scan(&files)?.map(|samples| {
            // Two exports of the same hours are one measurement: the newer one counts.
            let key = cols(["resource_id", "timestamp"]);
            if overlap {
                samples.unique_stable(Some(key), UniqueKeepStrategy::Last)
            } else {
                samples
            }
        });
        Ok(scanned.ok_or_else(|| Refusal::new("refused-no-utilization"))?)
    }

    /// What the ledger of a month says about each resource, in the reporting currency.
    fn resources(&self, month: Month, rates: &Rates) -> Result<BTreeMap<String, ResourceFacts>, AppError> {
        let mut about: BTreeMap<String, ResourceFacts> = BTreeMap::new();
        for files in self.charges_of(month)?.into_values() {
            let Some(charges) = self.store.scan(&files)? else {
                continue;
            };
            let keys = [
                Column::ResourceId,
                Column::ResourceName,
                Column::Product,
                Column::Tags,
                Column::BillingCurrency,
                Column::SkuMeter,
            ];
            let frame = charges
                .filter(col(Column::ResourceId.name()).is_not_null())
                .group_by(keys.map(|column| col(column.name())))
                .agg([
                    col(Column::EffectiveCost.name()).sum(),
                    col(Column::PricingQuantity.name()).sum(),
                ])
                .collect()?;
            let text = |column: Column| texts(&frame, column.name());
            let (ids, names, products) = (
                text(Column::ResourceId)?,
                text(Column::ResourceName)?,
                text(Column::Product)?,
            );
            let (tags, currencies, meters) = (
                text(Column::Tags)?,
                text(Column::BillingCurrency)?,
                text(Column::SkuMeter)?,
            );
            let costs = decimal_values(&frame, Column::EffectiveCost.name())?;
            let quantities = decimal_values(&frame, Column::PricingQuantity.name())?;
            for row in 0..frame.height() {
                let rate = rates
                    .rate(&currencies[row], month)
                    .ok_or_else(|| missing_rate(&currencies[row], month))?;
                let cost = costs[row].unwrap_or_default().multiply(rate);
                let facts = about.entry(ids[row].clone()).or_default();
                facts.cost += cost;
                if !names[row].is_empty() {
                    facts.name.clone_from(&names[row]);
                }
                if let Ok(serde_json::Value::Object(map)) = serde_json::from_str(&tags[row]) {
                    facts.tags.extend(
                        map.into_iter()
                            .filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))),
                    );
                }
                if !products[row].is_empty() {
                    facts.product.clone_from(&products[row]);
                } else if let Some(product) = facts.tags.get("product") {
                    facts.product = product.clone();
                }
                if meters[row] == "bandwidth-commit" {
                    let commit = facts.commit.get_or_insert_default();
                    commit.0 += quantities[row].unwrap_or_default();
                    commit.1 += cost;
                }
            }
        }
        Ok(about)
    }
}

/// Findings sorted by money, the idle ones first.
pub(super) fn by_money(report: &IdleReport) -> Vec<&IdleFinding> {
    let mut findings: Vec<&IdleFinding> = report.findings.iter().collect();
    findings
        .sort_by(|a, b| (a.verdict, b.monthly_cost, &a.resource_id).cmp(&(b.verdict, a.monthly_cost, &b.resource_id)));
    findings
}

fn read_samples(path: &Path) -> Result<LazyFrame, AppError> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut collected = Collected::default();
    let (closed, products) = (BTreeSet::new(), BTreeMap::new());
    let options = ImportOptions {
        batch: "",
        source: None,
        month: None,
        default_currency: "",
        closed: &closed,
        products: &products,
        booked: None,
        progress: None,
    };
    let input = Input {
        name: name.clone(),
        path: path.to_owned(),
        mapping: None,
    };
    let imported = headroom_importers::import(&[input], &options, &mut collected).map_err(AppError::Import)?;
    if !imported.datasets.contains_key(&Dataset::Utilization) {
        return Err(Refusal::new("refused-not-utilization")
            .with("name", name)
            .with("importer", imported.importer)
            .into());
    }
    if let Some(reject) = imported.rejects.first() {
        let more = imported.problems.saturating_sub(1);
        return Err(Refusal::new("refused-bad-samples")
            .with_words("line", |language| reject.line(language))
            .with("more", more)
            .into());
    }
    Ok(concat(collected.0, UnionArgs::default())?)
}
