//! The monthly execution-rate report (预算执行率报告): budget against actual, by month and by row.

use super::{
    ControlLists, DataHealth, Finding, IdleList, ProductVariance, Proposal, ReconciliationLine, Variance, VarianceLine,
    VarianceRow,
};
use headroom_models::language::Name;
use headroom_models::ledger::{CostType, Money, Month};
pub use headroom_models::organization::UNALLOCATED;
use serde::{Deserialize, Serialize};

/// A figure with its likely range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The low end.
    pub low: Money,
    /// The expected value.
    pub mid: Money,
    /// The high end.
    pub high: Money,
}

/// Which cost the report counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// 权责: accrual, amortised and depreciated.
    Effective,
    /// 现金: as invoiced.
    Billed,
}

/// Something with an id and a name: a product, a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The id in the organisation file.
    pub id: String,
    /// Its name in each language.
    pub name: Name,
}

/// The budget version that the report measures against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetVersion {
    /// For example `v3`.
    pub label: String,
    /// Day of approval, `YYYY-MM-DD`; nothing when it is not approved yet.
    pub approved_at: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
}

/// The figures of the first page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// Spent so far this year.
    pub ytd_actual: Money,
    /// Budgeted for the same months.
    pub ytd_budget: Money,
    /// Actual minus budget, year to date.
    pub ytd_difference: Money,
    /// Actual ÷ budget, year to date; nothing without a budget.
    pub execution_rate_ytd: Option<Money>,
    /// Budget of the whole year.
    pub year_budget: Money,
    /// Actual so far ÷ budget of the year.
    pub execution_rate_year: Option<Money>,
    /// Where the year ends.
    pub landing: Interval,
    /// Landing minus budget of the year.
    pub landing_difference: Money,
    /// Landing ÷ budget of the year.
    pub landing_rate: Option<Money>,
    /// Overspend that is likely unless something is decided: the sum over the products that land above budget.
    pub money_at_risk: Money,
}

/// One month of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthPoint {
    /// The month.
    pub month: Month,
    /// True when the month is closed and its actual is final.
    pub closed: bool,
    /// Budget of the month.
    pub budget: Money,
    /// Actual of the month, when there is one.
    pub actual: Option<Money>,
    /// Outlook of the month; equals the actual when closed.
    pub landing: Interval,
    /// Budget from the start of the year to the end of the month.
    pub cumulative_budget: Money,
    /// Actual from the start of the year to the end of the month.
    pub cumulative_actual: Option<Money>,
    /// Closed actuals plus outlook of the open months, from the start of the year to the end of the month.
    pub cumulative_landing: Option<Interval>,
}

/// What a row of the execution table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The whole company.
    Company,
    /// A department.
    Department,
    /// A product; its parent is a department.
    Product,
    /// A module; its parent is a product.
    Module,
    /// A cost type; its id is the word of [`CostType`] and its name is translated.
    CostType,
}

/// One row of the execution table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionRow {
    /// What the row is about.
    pub level: Level,
    /// Its id.
    pub id: String,
    /// Its name; not used for cost types.
    pub name: Name,
    /// The id of the department of a product.
    pub parent: Option<String>,
    /// Actual of the last closed month.
    pub month_actual: Money,
    /// Budget of the last closed month.
    pub month_budget: Money,
    /// Actual ÷ budget of the last closed month.
    pub month_rate: Option<Money>,
    /// Actual of the quarter so far.
    #[serde(default)]
    pub quarter_actual: Money,
    /// Budget of the same months.
    #[serde(default)]
    pub quarter_budget: Money,
    /// Actual ÷ budget of the quarter so far.
    #[serde(default)]
    pub quarter_rate: Option<Money>,
    /// Actual, year to date.
    pub ytd_actual: Money,
    /// Budget, year to date.
    pub ytd_budget: Money,
    /// Actual minus budget, year to date.
    pub ytd_difference: Money,
    /// Actual ÷ budget, year to date.
    pub ytd_rate: Option<Money>,
    /// Budget of the year.
    pub year_budget: Money,
    /// Actual so far ÷ budget of the year.
    pub year_rate: Option<Money>,
    /// Budget of the closed months ÷ budget of the year: the progress that the phasing plans, beside time progress.
    #[serde(default)]
    pub phased_progress: Option<Money>,
    /// Money ordered or requested and not billed yet.
    #[serde(default)]
    pub commitments: Money,
    /// Budget of the year − actual − commitments.
    #[serde(default)]
    pub available: Money,
    /// Where the year ends.
    pub landing: Interval,
    /// Landing minus budget of the year.
    pub difference: Money,
}

/// Execution of one product (or all) in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatCell {
    /// The month.
    pub month: Month,
    /// Actual; nothing in an open month.
    pub actual: Option<Money>,
    /// Budget.
    pub budget: Money,
    /// Actual ÷ budget; nothing in an open month or without a budget.
    pub rate: Option<Money>,
}

/// Execution over the closed months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatTotal {
    /// Actual, year to date.
    pub actual: Money,
    /// Budget, year to date.
    pub budget: Money,
    /// Actual ÷ budget.
    pub rate: Option<Money>,
}

/// One product of the heat map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatRow {
    /// The product.
    pub product: Named,
    /// Twelve months.
    pub cells: Vec<HeatCell>,
    /// Year to date.
    pub total: HeatTotal,
}

/// Execution rate by product and month, with totals both ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatMap {
    /// The products.
    pub rows: Vec<HeatRow>,
    /// All products, by month.
    pub totals: Vec<HeatCell>,
    /// All products, year to date.
    pub total: HeatTotal,
}

/// Actuals of one cost type by month; nothing in an open month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostTypeMonths {
    /// The cost type.
    pub cost_type: CostType,
    /// Twelve months.
    pub amounts: Vec<Option<Money>>,
    /// Year to date.
    pub total: Money,
}

/// The monthly execution-rate report. All figures are in `currency` and on `basis`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionReport {
    /// The company.
    pub company: Name,
    /// Reporting currency, ISO code.
    pub currency: String,
    /// Which cost is counted.
    pub basis: Basis,
    /// The last closed month.
    pub as_of: Month,
    /// The fiscal year.
    pub fiscal_year: i32,
    /// The budget that is measured against.
    pub budget_version: BudgetVersion,
    /// Closed months ÷ 12.
    pub time_progress: Money,
    /// The figures of the first page.
    pub headline: Headline,
    /// The twelve months of the fiscal year.
    pub months: Vec<MonthPoint>,
    /// Company, then each department with its products beneath, then cost types.
    pub rows: Vec<ExecutionRow>,
    /// The modules of the products, in the order of the products.
    #[serde(default)]
    pub modules: Vec<ExecutionRow>,
    /// Execution rate by product and month.
    pub heat: HeatMap,
    /// Actuals by cost type and month.
    pub cost_types_by_month: Vec<CostTypeMonths>,
    /// From budget to actual, year to date, for the company.
    pub variance: Variance,
    /// The same per product.
    pub variance_by_product: Vec<ProductVariance>,
    /// The same for company, departments, products and modules, with the main cause of each.
    #[serde(default)]
    pub variance_tree: Vec<VarianceRow>,
    /// The same line by line; new, unplanned, ended and unused lines are marked.
    #[serde(default)]
    pub variance_lines: Vec<VarianceLine>,
    /// Proposed supplements and cuts.
    pub proposals: Vec<Proposal>,
    /// Commitments, loans, alerts and decided proposals.
    #[serde(default)]
    pub control: ControlLists,
    /// What is paid for and hardly used.
    pub idle: IdleList,
    /// Where the data disagrees or is missing.
    pub findings: Vec<Finding>,
    /// Invoice = ledger = allocated, per month, source and currency.
    pub reconciliation: Vec<ReconciliationLine>,
    /// What no allocation rule took, year to date.
    pub unallocated_ytd: Money,
    /// Which sources delivered which months.
    pub data_health: DataHealth,
}
