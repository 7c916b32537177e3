//! All that a look found as one list, whatever the kind: what, since when, money at stake, evidence, what to do.

use super::IdleShown;
use headroom_models::idle::{
    BandwidthVerdict, Confidence, Evidence, IdleFinding, IdleReason, Metric, ResourceKind, SNAPSHOT_DAYS, Statistic,
    Verdict,
};
use headroom_models::language::Name;
use headroom_models::ledger::Money;
use headroom_reports::data::EvidenceChart;
use serde_json::{Value, json};

/// What to do about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WasteAction {
    /// Stop and delete a cloud instance.
    Stop,
    /// Take an owned machine out of service and free its rack units and power.
    Decommission,
    /// Delete a disk, snapshot or database (after a last backup).
    Delete,
    /// Release an address or load balancer.
    Release,
    /// Reduce the commit at the next renewal.
    Reduce,
    /// Sell, exchange or let run out.
    LetRunOut,
    /// Measure it, or find out what it is for.
    Measure,
    /// Nothing.
    None,
}

impl WasteAction {
    /// The word of JSON and of the keys of words.
    pub const fn as_str(self) -> &'static str {
        match self {
            WasteAction::Stop => "stop",
            WasteAction::Decommission => "decommission",
            WasteAction::Delete => "delete",
            WasteAction::Release => "release",
            WasteAction::Reduce => "reduce",
            WasteAction::LetRunOut => "let-run-out",
            WasteAction::Measure => "measure",
            WasteAction::None => "none",
        }
    }

    fn of(kind: ResourceKind, verdict: Verdict) -> WasteAction {
        match (verdict, kind) {
            (Verdict::Active, _) => WasteAction::None,
            (Verdict::Undetermined, _) => WasteAction::Measure,
            (_, ResourceKind::Server) => WasteAction::Decommission,
            (_, ResourceKind::Disk | ResourceKind::Snapshot | ResourceKind::Database) => WasteAction::Delete,
            (_, ResourceKind::IpAddress | ResourceKind::LoadBalancer) => WasteAction::Release,
            (_, ResourceKind::Reservation | ResourceKind::SavingsPlan) => WasteAction::LetRunOut,
            (_, kind) if kind.is_commit() => WasteAction::Reduce,
            _ => WasteAction::Stop,
        }
    }
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Waste {
    /// Resource.
    pub resource: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// What it is.
    pub kind: ResourceKind,
    /// Product; empty when the bill names none.
    pub product: String,
    /// Module of it.
    pub module: String,
    /// Owner by its tags; empty when none is named.
    pub owner: String,
    /// Idle, oversized, active or undetermined.
    pub verdict: Verdict,
    /// Id of the rule.
    pub rule: String,
    /// Name of the rule for people; the id where it has none.
    pub rule_name: Name,
    /// Since when.
    pub since: Option<chrono::NaiveDate>,
    /// At stake in a month, reporting currency.
    pub at_stake: Option<Money>,
    /// What the whole resource costs in a month.
    pub cost: Option<Money>,
    /// How much the verdict can be relied on.
    pub confidence: Confidence,
    /// What to do.
    pub action: WasteAction,
    /// Words of measures with their values and bounds.
    pub evidence: Vec<(String, String)>,
    /// What the evidence looks like.
    pub chart: Option<EvidenceChart>,
    /// Cost type of its charges; empty when the bill does not say.
    pub cost_type: String,
    /// The JSON of the contract.
    pub json: Value,
}

impl Waste {
    /// True for a resource that is paid for and that nobody measures.
    pub fn is_unmeasured(&self) -> bool {
        self.rule == NO_DATA
    }
}

/// Rule of resources without any samples.
pub const NO_DATA: &str = "no-utilization-data";

impl IdleShown {
    /// Everything found, machines first, then commits and the other kinds, then what nobody measures.
    pub fn wastes(&self) -> Vec<Waste> {
        let mut wastes: Vec<Waste> = Vec::new();
        for finding in &self.report.findings {
            wastes.push(self.of_usage(&self.policy.id, &self.policy.name, finding));
        }
        wastes.extend(self.of_links());
        for (resource, findings) in self.of_kinds() {
            // Several rules may judge one resource: what one finds idle is idle, what one sees in use is in use else.
            let best = findings
                .into_iter()
                .min_by_key(|waste| (waste.verdict, waste.rule.clone()));
            wastes.extend(best.filter(|waste| waste.resource == resource));
        }
        wastes.extend(self.of_quantities());
        wastes.extend(self.of_commitments());
        wastes.extend(self.of_snapshots());
        for (resource, cost) in &self.report.unmeasured {
            let evidence = vec![("not-measured".to_owned(), "–".to_owned())];
            let mut waste = self.waste(resource, Verdict::Undetermined, NO_DATA, Some(*cost), evidence);
            waste.json["evidence"] = json!([]);
            wastes.push(waste);
        }
        wastes
    }

    /// Money at stake in a month: of what is idle or oversized.
    pub fn at_stake(&self) -> Money {
        let wastes = self.wastes();
        wastes
            .iter()
            .filter(|waste| waste.verdict.is_waste())
            .filter_map(|waste| waste.at_stake)
            .sum()
    }

    fn waste(
        &self,
        resource: &str,
        verdict: Verdict,
        rule: &str,
        at_stake: Option<Money>,
        evidence: Vec<(String, String)>,
    ) -> Waste {
        let facts = self.about.get(resource);
        let kind = facts.map(|facts| facts.kind).unwrap_or_default();
        let mut waste = Waste {
            resource: resource.to_owned(),
            name: facts.map(|facts| facts.name.clone()).unwrap_or_default(),
            kind,
            product: facts.map(|facts| facts.product.clone()).unwrap_or_default(),
            module: facts.map(|facts| facts.module.clone()).unwrap_or_default(),
            owner: facts.map(super::ResourceFacts::owner).unwrap_or_default(),
            verdict,
            rule: rule.to_owned(),
            rule_name: Name::from(rule),
            since: None,
            at_stake,
            cost: facts.map(|facts| facts.cost),
            confidence: Confidence::Low,
            action: WasteAction::of(kind, verdict),
            evidence,
            chart: self.charts.get(&(rule.to_owned(), resource.to_owned())).cloned(),
            cost_type: facts.map(|facts| facts.cost_type.clone()).unwrap_or_default(),
            json: Value::Null,
        };
        waste.json = json!({
            "resource": waste.resource,
            "kind": waste.kind,
            "product": waste.product,
            "owner": waste.owner,
            "verdict": waste.verdict,
            "rule": waste.rule,
            "since": null,
            "monthly_cost": waste.at_stake,
            "confidence": waste.confidence,
            "action": waste.action.as_str(),
        });
        waste
    }

    fn of_usage(&self, rule: &str, name: &Name, finding: &IdleFinding) -> Waste {
        let evidence: Vec<(String, String)> = finding
            .evidence
            .iter()
            .map(measured)
            .chain(finding.reasons.iter().filter_map(limit))
            .chain([("coverage".to_owned(), format!("{:.0} %", finding.coverage * 100.0))])
            .collect();
        let mut waste = self.waste(
            &finding.resource_id,
            finding.verdict,
            rule,
            finding.monthly_cost,
            evidence,
        );
        waste.kind = finding.resource_kind;
        waste.action = WasteAction::of(waste.kind, waste.verdict);
        waste.rule_name = name.clone();
        waste.since = finding.since;
        waste.confidence = finding.confidence;
        let json = &mut waste.json;
        json["kind"] = json!(finding.resource_kind);
        json["action"] = json!(waste.action.as_str());
        json["since"] = json!(finding.since.map(|day| day.to_string()));
        json["confidence"] = json!(finding.confidence);
        json["coverage"] = json!(finding.coverage);
        json["reasons"] = json!(finding.reasons);
        json["evidence"] = json!(finding.evidence);
        waste
    }

    fn of_links(&self) -> Vec<Waste> {
        let of = |link: &super::BandwidthShown| {
            let finding = &link.finding;
            let verdict = match finding.verdict {
                BandwidthVerdict::Oversized => Verdict::Oversized,
                BandwidthVerdict::Used => Verdict::Active,
                BandwidthVerdict::Undetermined => Verdict::Undetermined,
            };
            let mbps =
                |name: &str, value: Option<f64>| value.map(|value| (name.to_owned(), format!("{value:.1} Mbps")));
            let evidence = [
                mbps("committed", Some(finding.committed_mbps)),
                mbps("billed-by-rule", finding.p95_mbps),
                mbps("peak", finding.peak_mbps),
            ];
            let evidence = evidence.into_iter().flatten().collect();
            let mut waste = self.waste(
                &finding.resource_id,
                verdict,
                super::charts::LINKS,
                finding.unused_cost,
                evidence,
            );
            waste.kind = ResourceKind::BandwidthCommit;
            waste.action = WasteAction::of(waste.kind, verdict);
            waste.since = finding.month.map(|month| month.first_day());
            waste.confidence = match verdict {
                Verdict::Undetermined => Confidence::Low,
                _ if finding.coverage >= 0.95 => Confidence::High,
                _ => Confidence::Medium,
            };
            let json = &mut waste.json;
            json["kind"] = json!(waste.kind);
            // "used" is the word of commits in the contract.
            json["verdict"] = json!(finding.verdict);
            json["since"] = json!(waste.since.map(|day| day.to_string()));
            json["commit_cost"] = json!(link.monthly_cost);
            json["confidence"] = json!(waste.confidence);
            json["action"] = json!(waste.action.as_str());
            json["evidence"] = json!(finding);
            waste
        };
        self.bandwidth.iter().map(of).collect()
    }

    fn of_kinds(&self) -> std::collections::BTreeMap<String, Vec<Waste>> {
        let mut found: std::collections::BTreeMap<String, Vec<Waste>> = std::collections::BTreeMap::new();
        for (policy, report) in &self.kinds {
            for finding in &report.findings {
                let waste = self.of_usage(&policy.id, &policy.name, finding);
                found.entry(finding.resource_id.clone()).or_default().push(waste);
            }
        }
        found
    }

    fn of_quantities(&self) -> Vec<Waste> {
        let of = |finding: &headroom_models::idle::QuantityFinding| {
            let rule = format!("unused-{}", finding.resource_kind);
            let evidence = vec![
                ("paid".to_owned(), format!("{} {}", finding.paid, finding.unit)),
                (
                    "used-at-most".to_owned(),
                    format!(
                        "{:.1} {} (< {:.0} %)",
                        finding.used.unwrap_or_default(),
                        finding.unit,
                        finding.oversized_below * 100.0
                    ),
                ),
                ("coverage".to_owned(), format!("{:.0} %", finding.coverage * 100.0)),
            ];
            let mut waste = self.waste(
                &finding.resource_id,
                finding.verdict,
                &rule,
                finding.unused_cost,
                evidence,
            );
            waste.kind = finding.resource_kind;
            waste.confidence = finding.confidence;
            waste.action = WasteAction::of(waste.kind, waste.verdict);
            waste.json["kind"] = json!(waste.kind);
            waste.json["confidence"] = json!(waste.confidence);
            waste.json["action"] = json!(waste.action.as_str());
            waste.json["evidence"] = json!(finding);
            waste
        };
        self.quantities.iter().map(of).collect()
    }

    fn of_commitments(&self) -> Vec<Waste> {
        let of = |(commitment, product): &(headroom_models::idle::Commitment, String)| {
            let verdict = commitment.verdict();
            let evidence = vec![
                ("commitment-used".to_owned(), commitment.used.grouped(2)),
                ("commitment-unused".to_owned(), commitment.unused.grouped(2)),
            ];
            let mut waste = self.waste(
                &commitment.id,
                verdict,
                "unused-commitment",
                Some(commitment.unused),
                evidence,
            );
            waste.kind = commitment.kind;
            waste.chart = Some(EvidenceChart::Parts {
                used: commitment.used,
                unused: commitment.unused,
            });
            waste.product.clone_from(product);
            waste.cost = Some(commitment.used + commitment.unused);
            waste.confidence = Confidence::High;
            waste.action = WasteAction::of(waste.kind, verdict);
            waste.since = self.cost_month.map(|month| month.first_day());
            waste.json["kind"] = json!(waste.kind);
            waste.json["product"] = json!(product);
            waste.json["confidence"] = json!(waste.confidence);
            waste.json["action"] = json!(waste.action.as_str());
            waste.json["since"] = json!(waste.since.map(|day| day.to_string()));
            waste.json["evidence"] = json!({ "used": commitment.used, "unused": commitment.unused });
            waste
        };
        let judged = self
            .commitments
            .iter()
            .filter(|(commitment, _)| commitment.verdict() != Verdict::Undetermined);
        judged.map(of).collect()
    }

    fn of_snapshots(&self) -> Vec<Waste> {
        let of = |(resource, first): &(String, chrono::NaiveDate)| {
            let cost = self.about.get(resource).map(|facts| facts.cost);
            let evidence = vec![("charged-since".to_owned(), format!("{first} (> {SNAPSHOT_DAYS} d)"))];
            let mut waste = self.waste(resource, Verdict::Idle, "old-snapshot", cost, evidence);
            waste.since = Some(*first);
            waste.confidence = Confidence::Medium;
            waste.json["since"] = json!(first.to_string());
            waste.json["confidence"] = json!(waste.confidence);
            waste.json["evidence"] = json!({ "charged_since": first.to_string(), "days": SNAPSHOT_DAYS });
            waste
        };
        self.snapshots.iter().map(of).collect()
    }
}

/// A measured value with its bound.
fn measured(evidence: &Evidence) -> (String, String) {
    let statistic = if evidence.statistic == Statistic::Avg {
        "mean".to_owned()
    } else {
        evidence.statistic.as_str()
    };
    let (sign, bound) = match (evidence.below, evidence.at_most) {
        (Some(below), _) => ("<", below),
        (None, most) => ("≤", most.unwrap_or_default()),
    };
    let days = evidence.window_days;
    let figure = |value: f64| match evidence.metric {
        Metric::NetworkBytesPerDay => format!("{:.2} MB", value / 1e6),
        Metric::CpuPercent | Metric::CpuMaxPercent | Metric::MemoryPercent | Metric::DiskPercent => {
            format!("{value:.2} %")
        }
        Metric::NetworkBytesPerSecond | Metric::NetworkInBytesPerSecond | Metric::NetworkOutBytesPerSecond => {
            format!("{:.2} kB/s", value / 1e3)
        }
        _ => format!("{value:.2}"),
    };
    let metric = format!("{} {statistic}", evidence.metric.as_str());
    let value = match (evidence.value, evidence.days) {
        (None, _) => "–".to_owned(),
        (Some(value), None) => format!("{} ({sign} {}, {days} d)", figure(value), figure(bound)),
        (Some(value), Some(held)) => format!("{} ({sign} {}: {held}/{days} d)", figure(value), figure(bound)),
    };
    (metric, value)
}

/// What limits a verdict, as evidence.
fn limit(reason: &IdleReason) -> Option<(String, String)> {
    match reason {
        IdleReason::MetricLeftOut { metric } => Some(("left-out".to_owned(), metric.as_str().to_owned())),
        IdleReason::MetricMissing { metric } => Some(("not-measured".to_owned(), metric.as_str().to_owned())),
        IdleReason::Batch { metric } => Some(("batch".to_owned(), metric.as_str().to_owned())),
        IdleReason::TooYoung { days, minimum } => Some(("age".to_owned(), format!("{days} d (≥ {minimum} d)"))),
        IdleReason::ShortHistory { days, wanted } => Some(("history".to_owned(), format!("{days}/{wanted} d"))),
        IdleReason::Exceeds { .. } | IdleReason::LowCoverage { .. } => None,
    }
}
