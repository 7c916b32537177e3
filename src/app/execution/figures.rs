//! The figures of the report: first page, months, rows, heat map, cost types.

use super::names::Names;
use crate::store::BudgetVersion as StoredBudget;
use headroom_models::budget::{BudgetLine, Execution, Figures, Inputs, Landing, Row, rate};
use headroom_models::language::Name;
use headroom_models::ledger::{CostType, Money, Month};
use headroom_reports::data::{
    BudgetVersion, CostTypeMonths, ExecutionRow, Headline, HeatCell, HeatMap, HeatRow, HeatTotal, Interval, Level,
    MonthPoint,
};
use std::collections::BTreeMap;

fn interval(landing: Landing) -> Interval {
    Interval {
        low: landing.low,
        mid: landing.mid,
        high: landing.high,
    }
}

pub(super) fn budget_version(version: &StoredBudget) -> BudgetVersion {
    BudgetVersion {
        label: format!("v{}", version.number),
        approved_at: version.approved_at.as_ref().map(|at| at.chars().take(10).collect()),
        approved_by: version.approved_by.clone(),
    }
}

pub(super) fn headline(executed: &Execution) -> Headline {
    let company = &executed.company;
    let over = |row: &Row| row.figures.difference.max(Money::ZERO);
    Headline {
        ytd_actual: company.ytd_actual,
        ytd_budget: company.ytd_budget,
        ytd_difference: company.ytd_actual - company.ytd_budget,
        execution_rate_ytd: company.ytd_rate,
        year_budget: company.year_budget,
        execution_rate_year: company.year_rate,
        landing: interval(company.landing),
        landing_difference: company.difference,
        landing_rate: rate(company.landing.mid, company.year_budget),
        money_at_risk: executed.products.iter().map(over).sum(),
    }
}

pub(super) fn month_points(executed: &Execution) -> Vec<MonthPoint> {
    let (mut budget_before, mut actual_before, mut landing_before) = (Money::ZERO, Money::ZERO, Landing::default());
    let mut points = Vec::new();
    for point in &executed.curve {
        let budget = point.budget - budget_before;
        let actual = point.actual.map(|actual| actual - actual_before);
        let cumulative = match (point.actual, point.landing) {
            (Some(actual), _) => Landing::certain(actual),
            (None, Some(landing)) => landing,
            (None, None) => landing_before,
        };
        let landing = match actual {
            Some(actual) => Landing::certain(actual),
            None => Landing {
                low: cumulative.low - landing_before.low,
                mid: cumulative.mid - landing_before.mid,
                high: cumulative.high - landing_before.high,
            },
        };
        points.push(MonthPoint {
            month: point.month,
            closed: point.month <= executed.as_of,
            budget,
            actual,
            landing: interval(landing),
            cumulative_budget: point.budget,
            cumulative_actual: point.actual,
            // The outlook starts where the closed months end, so that the line is drawn from there.
            cumulative_landing: (point.month >= executed.as_of).then(|| interval(cumulative)),
        });
        budget_before = point.budget;
        actual_before = point.actual.unwrap_or(actual_before);
        landing_before = cumulative;
    }
    points
}

fn row(level: Level, id: &str, name: Name, parent: Option<String>, figures: &Figures) -> ExecutionRow {
    ExecutionRow {
        level,
        id: id.to_owned(),
        name,
        parent,
        month_actual: figures.month_actual,
        month_budget: figures.month_budget,
        month_rate: figures.month_rate,
        quarter_actual: figures.quarter_actual,
        quarter_budget: figures.quarter_budget,
        quarter_rate: figures.quarter_rate,
        phased_progress: figures.phased_progress,
        commitments: figures.commitments,
        available: figures.available,
        ytd_actual: figures.ytd_actual,
        ytd_budget: figures.ytd_budget,
        ytd_difference: figures.ytd_actual - figures.ytd_budget,
        ytd_rate: figures.ytd_rate,
        year_budget: figures.year_budget,
        year_rate: figures.year_rate,
        landing: interval(figures.landing),
        difference: figures.difference,
    }
}

pub(super) fn rows(executed: &Execution, names: &Names) -> Vec<ExecutionRow> {
    let mut rows = vec![row(
        Level::Company,
        "company",
        names.company.clone(),
        None,
        &executed.company,
    )];
    let product_rows = |department: &str| -> Vec<ExecutionRow> {
        let parent = |id: &str| names.products.get(id).map_or("", |(_, department)| department.as_str());
        let products = executed
            .products
            .iter()
            .filter(|product| parent(&product.id) == department);
        let parent = (!department.is_empty()).then(|| department.to_owned());
        products
            .map(|p| {
                row(
                    Level::Product,
                    &p.id,
                    names.product(&p.id).name,
                    parent.clone(),
                    &p.figures,
                )
            })
            .collect()
    };
    for (id, name) in &names.departments {
        let Some(department) = executed.departments.iter().find(|row| row.id == *id) else {
            continue;
        };
        rows.push(row(Level::Department, id, name.clone(), None, &department.figures));
        rows.extend(product_rows(id));
    }
    rows.extend(product_rows(""));
    rows.extend(
        executed
            .cost_types
            .iter()
            .map(|r| row(Level::CostType, &r.id, Name::from(r.id.as_str()), None, &r.figures)),
    );
    rows
}

/// The modules of all products; cost that belongs to no module of its product has the product's id and an empty module.
pub(super) fn modules(executed: &Execution, names: &Names) -> Vec<ExecutionRow> {
    let of_module = |id: &str| {
        let (product, module) = id.split_once('/').unwrap_or((id, ""));
        (product.to_owned(), names.module(product, module))
    };
    executed
        .modules
        .iter()
        .map(|module| {
            let (product, name) = of_module(&module.id);
            row(Level::Module, &module.id, name, Some(product), &module.figures)
        })
        .collect()
}

pub(super) fn heat_map(inputs: &Inputs<'_>, lines: &[BudgetLine], executed: &Execution, names: &Names) -> HeatMap {
    type Cells = BTreeMap<(String, Month), (Money, Money)>;
    let mut cells = Cells::new();
    for line in lines.iter().filter(|line| inputs.months.contains(line.month)) {
        cells.entry((line.product.clone(), line.month)).or_default().1 += line.amount;
    }
    for actual in inputs
        .actuals
        .iter()
        .filter(|actual| inputs.months.contains(actual.month) && actual.month <= inputs.as_of)
    {
        cells.entry((actual.product.clone(), actual.month)).or_default().0 += actual.amount;
    }
    let cell = |month: Month, (actual, budget): (Money, Money)| {
        let closed = month <= inputs.as_of;
        HeatCell {
            month,
            actual: closed.then_some(actual),
            budget,
            rate: if closed { rate(actual, budget) } else { None },
        }
    };
    let total = |figures: &Figures| HeatTotal {
        actual: figures.ytd_actual,
        budget: figures.ytd_budget,
        rate: figures.ytd_rate,
    };
    let months: Vec<Month> = inputs.months.months().collect();
    let rows = names.in_order(&executed.products).map(|product| HeatRow {
        product: names.product(&product.id),
        cells: months
            .iter()
            .map(|&m| cell(m, cells.get(&(product.id.clone(), m)).copied().unwrap_or_default()))
            .collect(),
        total: total(&product.figures),
    });
    let totals = months.iter().map(|&month| {
        let of_month = cells.iter().filter(|((_, m), _)| *m == month).map(|(_, sums)| *sums);
        cell(
            month,
            of_month.fold((Money::ZERO, Money::ZERO), |sum, next| (sum.0 + next.0, sum.1 + next.1)),
        )
    });
    HeatMap {
        rows: rows.collect(),
        totals: totals.collect(),
        total: total(&executed.company),
    }
}

pub(super) fn cost_types_by_month(inputs: &Inputs<'_>) -> Vec<CostTypeMonths> {
    let closed = |month: Month| inputs.months.contains(month) && month <= inputs.as_of;
    let mut sums: BTreeMap<CostType, BTreeMap<Month, Money>> = BTreeMap::new();
    for actual in inputs.actuals.iter().filter(|actual| closed(actual.month)) {
        *sums
            .entry(actual.cost_type)
            .or_default()
            .entry(actual.month)
            .or_default() += actual.amount;
    }
    sums.into_iter()
        .map(|(cost_type, months)| CostTypeMonths {
            cost_type,
            amounts: inputs
                .months
                .months()
                .map(|m| closed(m).then(|| months.get(&m).copied().unwrap_or_default()))
                .collect(),
            total: months.values().copied().sum(),
        })
        .collect()
}
