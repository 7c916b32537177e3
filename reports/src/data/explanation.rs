//! Why the figures are what they are, what is proposed, and how far the data can be trusted.

use super::Named;
use headroom_models::language::Name;
use headroom_models::ledger::{CostType, Expenditure, Money, Month};
pub use headroom_models::variance::{Cause as VarianceCause, Detail as CauseDetail, Standing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A closed list of words: serde, fluent keys and CSV all use the same kebab-case text.
macro_rules! kinds {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// All values.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The word as it stands in files.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }
    };
}

kinds! {
    /// What a part of the variance comes from.
    VarianceKind {
        /// 业务量: the driver is off plan.
        Volume = "volume",
        /// 效率: units per driver off plan.
        Efficiency = "efficiency",
        /// 价格.
        Price = "price",
        /// 结构: another mix of units that can be summed.
        Mix = "mix",
        /// 汇率.
        Fx = "fx",
        /// 时间差: earlier or later than planned.
        Timing = "timing",
        /// 新增: a line that was not there when the budget was made.
        New = "new",
        /// 计划外: spent without a budget line.
        Unplanned = "unplanned",
        /// 终止: a line on which nothing is spent any more.
        Ended = "ended",
        /// 未使用: budgeted and not spent.
        Unused = "unused",
    }
}

/// One step of the way from budget to actual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariancePart {
    /// What it comes from.
    pub kind: VarianceKind,
    /// Money, positive when it raises cost.
    pub amount: Money,
}

/// The way from budget to actual; the parts add up exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variance {
    /// Budget, year to date.
    pub start: Money,
    /// The steps.
    pub parts: Vec<VariancePart>,
    /// Actual, year to date.
    pub end: Money,
}

/// The way from budget to actual of one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductVariance {
    /// The product.
    pub product: Named,
    /// Its variance.
    pub variance: Variance,
    /// Its main cause with its number, in a sentence of each language.
    pub sentence: Name,
}

/// The variance of one row of the tree: company, department, product or module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VarianceRow {
    /// What the row is about.
    pub level: super::Level,
    /// Its id; a module's is `product/module`.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// The id of the row above; nothing for the company.
    pub parent: Option<String>,
    /// Its variance: the sum of the lines below it.
    pub variance: Variance,
    /// Its main cause; nothing without a difference.
    pub cause: Option<VarianceCause>,
    /// The cause in a sentence of each language.
    pub sentence: Name,
}

/// The variance of one line: the leaves of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VarianceLine {
    /// Its product.
    pub product: Named,
    /// Its module; empty when none.
    pub module: String,
    /// Its cost type.
    pub cost_type: CostType,
    /// Capex or opex.
    pub expenditure: Expenditure,
    /// In the plan, new, unplanned, ended, unused.
    pub standing: Standing,
    /// Its variance.
    pub variance: Variance,
}

kinds! {
    /// Direction of a proposal.
    ProposalKind {
        /// 追加.
        Supplement = "supplement",
        /// 调减.
        Cut = "cut",
    }
}

/// How a business metric runs against its plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Driver {
    /// The metric, as the company calls it.
    pub metric: String,
    /// Actual ÷ target, year to date.
    pub actual_to_target: Money,
}

/// A proposed change of one product's budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The product.
    pub product: Named,
    /// More or less.
    pub kind: ProposalKind,
    /// How much, always positive.
    pub amount: Money,
    /// Low end of the amount.
    pub low: Money,
    /// High end of the amount.
    pub high: Money,
    /// Where the product's year ends without the change.
    pub landing: Money,
    /// The product's budget of the year.
    pub year_budget: Money,
    /// The business metrics behind it.
    pub drivers: Vec<Driver>,
    /// Recent actual cost ÷ what the drivers explain of it; nothing when no capacity model covers the product.
    pub run_ratio: Option<Money>,
}

kinds! {
    /// What the rules say of a resource.
    Verdict {
        /// 闲置.
        Idle = "idle",
        /// 过剩.
        Oversized = "oversized",
        /// 在用.
        Active = "active",
        /// 无法判断: paid for, no utilization data.
        Undetermined = "undetermined",
    }
}

kinds! {
    /// How sure a verdict is.
    Confidence {
        /// Long, complete data.
        High = "high",
        /// Some gaps.
        Medium = "medium",
        /// Little data.
        Low = "low",
    }
}

/// A measured value that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was measured; well-known words (`cpu-p95`, `memory-max`, …) are translated, others shown as they are.
    pub metric: String,
    /// The value with its unit.
    pub value: String,
}

/// A resource that is paid for, and what its use says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdleItem {
    /// Id of the resource.
    pub resource: String,
    /// Its name, when it has one.
    pub name: Option<String>,
    /// The product that pays.
    pub product: Option<Name>,
    /// What the rules say.
    pub verdict: Verdict,
    /// The rule that says so: the company's name of its policy, or a well-known word, which is translated.
    pub rule: Name,
    /// Since which day, `YYYY-MM-DD`.
    pub since: Option<String>,
    /// Money at stake each month.
    pub monthly_cost: Option<Money>,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// How sure.
    pub confidence: Confidence,
}

/// The idle list and what it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdleList {
    /// Most expensive first.
    pub items: Vec<IdleItem>,
    /// Monthly cost of what is idle or oversized.
    pub monthly_cost: Money,
}

kinds! {
    /// What is wrong with the data.
    FindingKind {
        /// Quantity × price ≠ amount on an invoice.
        InvoiceArithmetic = "invoice-arithmetic",
        /// An invoice disagrees with its contract.
        ContractMismatch = "contract-mismatch",
        /// An invoice disagrees with measured usage.
        UsageMismatch = "usage-mismatch",
        /// Invoice total and the sum of its lines differ.
        ControlTotal = "control-total",
        /// No tag or rule gives the charge a product.
        Untagged = "untagged",
        /// A rate of exchange is missing.
        MissingFx = "missing-fx",
        /// A bill has not arrived.
        MissingBill = "missing-bill",
        /// A bill came after the month was closed.
        LateBill = "late-bill",
        /// An amount is an accrual (预提), not a bill.
        Estimated = "estimated",
        /// Rows could not be read.
        RejectedRows = "rejected-rows",
        /// The same line appears twice.
        Duplicate = "duplicate",
        /// Something else; the detail says what.
        Other = "other",
    }
}

/// A place where the data disagrees or is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// Bill source.
    pub source: String,
    /// Month.
    pub month: Month,
    /// File and row, `file.csv:12`.
    pub place: Option<String>,
    /// Money concerned.
    pub amount: Option<Money>,
    /// Facts, by well-known word (`quantity`, `unit-price`, `expected`, `found`, …); unknown words are shown as they are.
    #[serde(default)]
    pub detail: BTreeMap<String, String>,
}

/// Proof that nothing was lost, for one month, source and currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconciliationLine {
    /// Month.
    pub month: Month,
    /// Bill source.
    pub source: String,
    /// Currency of the bill.
    pub currency: String,
    /// Control total of the invoice, when it is known.
    #[serde(default)]
    pub invoice: Option<Money>,
    /// Sum of the ledger's lines.
    pub ledger: Money,
    /// Sum of what was allocated.
    pub allocated: Money,
    /// Ledger minus allocated; zero when it ties out.
    pub difference: Money,
    /// The share of `allocated` that no rule took.
    pub unallocated: Money,
}

kinds! {
    /// What a source delivered for a month.
    Delivery {
        /// The bill is there.
        Present = "present",
        /// An accrual stands in for the bill.
        Estimated = "estimated",
        /// It came after the close.
        Late = "late",
        /// Nothing came.
        Missing = "missing",
        /// Not due yet.
        NotDue = "not-due",
    }
}

/// What one source delivered over the year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceHealth {
    /// Bill source.
    pub source: String,
    /// Twelve months, as in [`super::ExecutionReport::months`].
    pub months: Vec<Delivery>,
}

/// How complete the data is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataHealth {
    /// Estimated money ÷ actual, year to date.
    #[serde(default)]
    pub estimated_share: Option<Money>,
    /// Source by source.
    pub sources: Vec<SourceHealth>,
}
