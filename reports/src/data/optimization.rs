//! What is paid for and not used, its way to being given up, and what later bills prove: the values of the idle report.

use chrono::NaiveDate;
use headroom_models::language::Name;
use headroom_models::ledger::{Money, Month};
use serde::Serialize;

/// The idle and optimization report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptimizationReport {
    /// Company.
    pub company: Name,
    /// Reporting currency.
    pub currency: String,
    /// Month whose bills the costs are of.
    pub cost_month: Option<Month>,
    /// The rule for machines: id, source and conditions, as every finding rests on them.
    pub policy: PolicyLine,
    /// Money at stake in a month: of what is idle or oversized.
    pub at_stake: Money,
    /// Savings that later bills have shown.
    pub realised: Money,
    /// Machines that are paid for and send no samples, and what they cost.
    pub unmeasured: (usize, Money),
    /// Idle, oversized and undetermined resources, most money first.
    pub findings: Vec<OptimizationFinding>,
    /// Findings on their way.
    pub cases: Vec<OptimizationCase>,
    /// Savings by month and resource.
    pub savings: Vec<OptimizationSaving>,
    /// Smaller shapes, fewer machines, shutdown windows, common machines.
    pub proposals: Vec<OptimizationProposal>,
}

/// A policy as it is printed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyLine {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Name,
    /// Where the thresholds come from.
    pub source: String,
    /// Days back.
    pub window_days: u32,
    /// Each condition in symbols.
    pub conditions: Vec<String>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptimizationFinding {
    /// Resource.
    pub resource: String,
    /// Its name.
    pub name: String,
    /// Kind: `virtual-machine`, `disk`, …
    pub kind: String,
    /// Product; empty when the bill names none.
    pub product: String,
    /// Owner; empty when nobody is named.
    pub owner: String,
    /// `idle`, `oversized` or `undetermined`.
    pub verdict: String,
    /// Rule for people.
    pub rule: Name,
    /// First day.
    pub since: Option<String>,
    /// At stake in a month.
    pub monthly_cost: Option<Money>,
    /// `high`, `medium` or `low`.
    pub confidence: String,
    /// `stop`, `decommission`, …
    pub action: String,
    /// Measures and their values.
    pub evidence: Vec<(String, String)>,
    /// What the evidence looks like; nothing where there is nothing to draw.
    pub chart: Option<EvidenceChart>,
}

/// What a finding rests on, to be drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceChart {
    /// A measure day by day, with the levels that it is held against.
    Days {
        /// The measure, by its word.
        measure: String,
        /// The days with samples.
        days: Vec<EvidenceDay>,
        /// First day that the rule looks at.
        window_from: Option<NaiveDate>,
        /// Levels: word and value.
        levels: Vec<(String, f64)>,
    },
    /// How much of what is paid for is used.
    Parts {
        /// Used.
        used: Money,
        /// Not used.
        unused: Money,
    },
}

/// A day of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EvidenceDay {
    /// The day.
    pub day: NaiveDate,
    /// Its mean.
    pub mean: f64,
    /// Its highest sample.
    pub highest: f64,
}

impl OptimizationFinding {
    /// True when there is money at stake.
    pub fn is_waste(&self) -> bool {
        self.verdict == "idle" || self.verdict == "oversized"
    }
}

/// A finding on its way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptimizationCase {
    /// Number.
    pub id: String,
    /// Resource.
    pub resource: String,
    /// Product.
    pub product: String,
    /// Owner.
    pub owner: String,
    /// `open`, `confirmed`, `marked`, `reclaimed`, `exempt` or `withdrawn`.
    pub state: String,
    /// Day that the state turns on: due, end of grace, end of exemption, reclaim.
    pub day: Option<String>,
    /// At stake in a month.
    pub monthly_cost: Money,
}

/// A saving in a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptimizationSaving {
    /// Month of the bill.
    pub month: Month,
    /// Finding.
    pub finding: String,
    /// Resource.
    pub resource: String,
    /// Product.
    pub product: String,
    /// Owner.
    pub owner: String,
    /// What the bills prove: `bill-stopped`, `billed-less`, `still-billed`, `bill-missing`.
    pub proof: String,
    /// Saving in the reporting currency.
    pub saving: Money,
}

/// Something that would cost less.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptimizationProposal {
    /// `resize`, `recount`, `schedule` or `pair`.
    pub kind: String,
    /// Resource, module, or both modules.
    pub subject: String,
    /// From what to what.
    pub change: String,
    /// Figures that it rests on.
    pub basis: String,
    /// What could go wrong, by its word; empty when nothing is known.
    pub risk: String,
    /// Saving in a month.
    pub saving: Option<Money>,
}
