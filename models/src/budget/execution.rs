//! Execution of a budget: what was spent against it, how fast, and where the year ends.

use super::depreciation::schedules;
use super::landing::{Estimate, Estimator, LandingBasis, closed_months};
use super::outlook::{DriverChange, outlook};
use super::proposal::propose;
use super::recurring::Recurring;
use super::sources::by_source;
use super::{BudgetLine, Figures, Inputs, Landing, LineKey, Problem, Proposal, Reason, Sourcing, rate};
use crate::ledger::{Money, Month, MonthRange};
use serde::Serialize;
use std::collections::BTreeMap;

/// The figures of one key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leaf {
    /// The key.
    #[serde(flatten)]
    pub key: LineKey,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// What its open months are estimated from.
    pub basis: LandingBasis,
    /// Actual ÷ model cost of the recent months, under a capacity model.
    pub run_ratio: Option<Money>,
    /// False when the year has no budget line on this key.
    pub budgeted: bool,
    /// The figures by where the resources come from; they add up to those above exactly.
    #[serde(skip)]
    pub sources: BTreeMap<Sourcing, Figures>,
    /// Estimate of the open months.
    #[serde(skip)]
    pub open: BTreeMap<Month, Landing>,
    /// Budget by month.
    #[serde(skip)]
    pub budget_by_month: BTreeMap<Month, Money>,
}

/// The figures of a product, department or cost type: the sum of its keys.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Product, department or cost type; empty for products without a department.
    pub id: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// A month of the cumulative curves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Month.
    pub month: Month,
    /// Budget of the year through this month.
    pub budget: Money,
    /// Actual cost through this month; closed months only.
    pub actual: Option<Money>,
    /// Actual cost of the closed months and the estimate of the open ones through this month; open months only.
    pub landing: Option<Landing>,
}

/// The execution of a year's budget as of a closed month. Every total is the exact sum of its leaves, the ends of the
/// landing's range included.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Execution {
    /// First month of the year.
    pub first: Month,
    /// Last month of the year.
    pub last: Month,
    /// Last closed month.
    pub as_of: Month,
    /// Closed months of the year.
    pub elapsed_months: u32,
    /// Closed months ÷ months of the year.
    pub time_progress: Money,
    /// Days of the closed months ÷ days of the year.
    pub time_progress_by_day: Money,
    /// The company.
    pub company: Figures,
    /// By product.
    pub products: Vec<Row>,
    /// By `product/module`; cost without a module ends in the slash.
    pub modules: Vec<Row>,
    /// By department.
    pub departments: Vec<Row>,
    /// By cost type.
    pub cost_types: Vec<Row>,
    /// By key.
    pub leaves: Vec<Leaf>,
    /// Cumulative curves of the company.
    pub curve: Vec<CurvePoint>,
    /// Cumulative curves by product.
    pub product_curves: BTreeMap<String, Vec<CurvePoint>>,
    /// Drivers against their targets.
    pub drivers: Vec<DriverChange>,
    /// Supplements and cuts for the products that leave the band.
    pub proposals: Vec<Proposal>,
    /// What could not be worked out.
    pub problems: Vec<Problem>,
}

impl Execution {
    /// Landing − budget of the year by key: what tells timing from savings.
    pub fn year_differences(&self) -> BTreeMap<LineKey, Money> {
        let leaves = self.leaves.iter();
        leaves.map(|leaf| (leaf.key.clone(), leaf.figures.difference)).collect()
    }
}

/// Compares the budget with the actual cost of the year `inputs.months`, closed through `inputs.as_of`.
///
/// `departments` gives the department of a product.
pub fn execution(inputs: &Inputs, budget: &[BudgetLine], departments: &BTreeMap<String, String>) -> Execution {
    let mut lines: BTreeMap<LineKey, Vec<&BudgetLine>> = BTreeMap::new();
    for line in budget.iter().filter(|line| inputs.months.contains(line.month)) {
        lines.entry(line.key()).or_default().push(line);
    }
    let recurring = Recurring::of(inputs);
    let outlook = outlook(inputs);
    let mut problems = outlook.problems.clone();
    let schedules = schedules(inputs, inputs.months, &recurring, &mut problems);
    let estimator = Estimator {
        inputs,
        recurring: &recurring,
        outlook: &outlook,
        schedules: &schedules,
    };

    let mut keys: Vec<LineKey> = lines.keys().cloned().collect();
    let spent = |key: &&LineKey| {
        recurring.recent(key).iter().any(|(_, amount)| !amount.is_zero())
            || closed_months(inputs)
                .iter()
                .any(|month| recurring.actual(key, *month).is_some())
    };
    keys.extend(recurring.keys().filter(spent).cloned());
    keys.extend(
        schedules
            .iter()
            .filter(|(_, months)| !months.is_empty())
            .map(|(key, _)| key.clone()),
    );
    keys.extend(outlook.planned.keys().cloned());
    keys.extend(outlook.opex.keys().cloned());
    keys.extend(inputs.commitments.keys().cloned());
    keys.sort();
    keys.dedup();

    let mut sums = Sums::default();
    for key in keys {
        let lines = lines.get(&key).map_or(&[][..], Vec::as_slice);
        let mut estimate = estimator.estimate(&key, lines);
        estimate.cover(committed(inputs, &key));
        sums.add(inputs, key, lines, estimate, &recurring, departments);
    }
    sums.finish(inputs, outlook.drivers, problems)
}

/// What is committed of a key.
fn committed(inputs: &Inputs, key: &LineKey) -> Money {
    inputs
        .commitments
        .get(key)
        .into_iter()
        .flatten()
        .map(|(_, amount)| *amount)
        .sum()
}

#[derive(Default)]
struct Sums {
    company: Figures,
    products: BTreeMap<String, Figures>,
    modules: BTreeMap<String, Figures>,
    departments: BTreeMap<String, Figures>,
    cost_types: BTreeMap<crate::ledger::CostType, Figures>,
    leaves: Vec<Leaf>,
    curves: BTreeMap<String, BTreeMap<Month, (Money, Money, Landing)>>,
    /// Recent actual and model cost by product, over keys under a capacity model.
    model: BTreeMap<String, (Money, Money)>,
}

impl Sums {
    fn add(
        &mut self,
        inputs: &Inputs,
        key: LineKey,
        lines: &[&BudgetLine],
        estimate: Estimate,
        recurring: &Recurring,
        departments: &BTreeMap<String, String>,
    ) {
        let mut figures = Figures {
            commitments: committed(inputs, &key),
            ..Figures::default()
        };
        let mut budget_by_month: BTreeMap<Month, Money> = BTreeMap::new();
        let curve = self.curves.entry(key.product.clone()).or_default();
        for line in lines {
            curve.entry(line.month).or_default().0 += line.amount;
            *budget_by_month.entry(line.month).or_default() += line.amount;
            figures.add_budget(inputs, line.month, line.amount);
        }
        for month in closed_months(inputs) {
            let amount = recurring.actual(&key, month).unwrap_or_default();
            curve.entry(month).or_default().1 += amount;
            figures.add_actual(inputs, month, amount);
        }
        for (month, landing) in &estimate.months {
            curve.entry(*month).or_default().2 += *landing;
            figures.landing += *landing;
        }
        let model = self.model.entry(key.product.clone()).or_default();
        model.0 += estimate.run.0;
        model.1 += estimate.run.1;
        self.company.add(&figures);
        self.products.entry(key.product.clone()).or_default().add(&figures);
        let module = format!("{}/{}", key.product, key.module);
        self.modules.entry(module).or_default().add(&figures);
        let department = departments.get(&key.product).cloned().unwrap_or_default();
        self.departments.entry(department).or_default().add(&figures);
        self.cost_types.entry(key.cost_type).or_default().add(&figures);
        let (basis, run_ratio, budgeted) = (estimate.basis, estimate.run_ratio, !lines.is_empty());
        let sources = by_source(inputs, &key, lines, &estimate, recurring);
        self.leaves.push(Leaf {
            key,
            sources,
            figures: figures.with_rates(),
            basis,
            run_ratio,
            budgeted,
            open: estimate.months,
            budget_by_month,
        });
    }

    fn finish(self, inputs: &Inputs, drivers: Vec<DriverChange>, problems: Vec<Problem>) -> Execution {
        let row = |(id, figures): (String, Figures)| Row {
            id,
            figures: figures.with_rates(),
        };
        let products: Vec<Row> = self.products.into_iter().map(row).collect();
        let proposals = products
            .iter()
            .filter_map(|row| {
                propose(&row.id, &row.figures, inputs.settings.landing_band_percent, || Reason {
                    drivers: drivers.iter().filter(|d| d.product == row.id).cloned().collect(),
                    run_ratio: self
                        .model
                        .get(&row.id)
                        .and_then(|(actual, model)| rate(*actual, *model)),
                    unplanned: self
                        .leaves
                        .iter()
                        .filter(|leaf| leaf.key.product == row.id && !leaf.budgeted)
                        .map(|leaf| leaf.figures.landing.mid)
                        .sum(),
                })
            })
            .collect();
        let mut whole: BTreeMap<Month, (Money, Money, Landing)> = BTreeMap::new();
        for (month, point) in self.curves.values().flatten() {
            let sum = whole.entry(*month).or_default();
            sum.0 += point.0;
            sum.1 += point.1;
            sum.2 += point.2;
        }
        let closed = closed_months(inputs);
        let days = |months: &mut dyn Iterator<Item = Month>| Money::whole(months.map(|m| i64::from(m.days())).sum());
        let count = Money::whole(inputs.months.months().count() as i64);
        Execution {
            first: inputs.months.first,
            last: inputs.months.last,
            as_of: inputs.as_of,
            elapsed_months: closed.len() as u32,
            time_progress: rate(Money::whole(closed.len() as i64), count).unwrap_or_default(),
            time_progress_by_day: rate(days(&mut closed.iter().copied()), days(&mut inputs.months.months()))
                .unwrap_or_default(),
            company: self.company.with_rates(),
            products,
            modules: self.modules.into_iter().map(row).collect(),
            departments: self.departments.into_iter().map(row).collect(),
            cost_types: self
                .cost_types
                .into_iter()
                .map(|(c, figures)| row((c.to_string(), figures)))
                .collect(),
            leaves: self.leaves,
            curve: cumulate(inputs.months, inputs.as_of, &whole),
            product_curves: self
                .curves
                .iter()
                .map(|(product, months)| (product.clone(), cumulate(inputs.months, inputs.as_of, months)))
                .collect(),
            drivers,
            proposals,
            problems,
        }
    }
}

fn cumulate(months: MonthRange, as_of: Month, by_month: &BTreeMap<Month, (Money, Money, Landing)>) -> Vec<CurvePoint> {
    let (mut budget, mut actual, mut landing) = (Money::ZERO, Money::ZERO, Landing::default());
    let mut points = Vec::new();
    for month in months.months() {
        let (planned, spent, estimate) = by_month.get(&month).copied().unwrap_or_default();
        budget += planned;
        actual += spent;
        landing += Landing::certain(spent);
        landing += estimate;
        let open = month > as_of;
        points.push(CurvePoint {
            month,
            budget,
            actual: (!open).then_some(actual),
            landing: open.then_some(landing),
        });
    }
    points
}
