//! Execution along any dimensions, as a tree.

use super::Executed;
use crate::app::{App, AppError};
use crate::auth::Permission;
use headroom_models::budget::{Dimension, TreeRow, execution_tree};
use headroom_models::language::Name;
use headroom_models::ledger::{CostType, Money, Month};
use headroom_reports::data::{ReportTable, TableCell, TableReport};
use serde::Serialize;

/// Execution by dimensions as of a month.
#[derive(Clone, Debug, Serialize)]
pub struct ExecutionTree {
    /// Fiscal year.
    pub year: i32,
    /// Last closed month.
    pub as_of: Month,
    /// Company.
    pub company: Name,
    /// Reporting currency.
    pub currency: String,
    /// Dimensions, outermost first.
    pub by: Vec<Dimension>,
    /// Closed months ÷ months of the year.
    pub time_progress: Money,
    /// The company, then each row above the rows that it is made of.
    pub rows: Vec<NamedRow>,
}

/// A row with what its last value is called.
#[derive(Clone, Debug, Serialize)]
pub struct NamedRow {
    /// Name of the last value; of the company for the first row.
    pub name: Name,
    /// The row.
    #[serde(flatten)]
    pub row: TreeRow,
}

impl App {
    /// Budget, actual cost, commitments and landing by dimensions: month, quarter, year to date and year.
    ///
    /// # Errors
    /// When there is no budget for the year, or the month is not allocated as the ledger stands.
    pub fn execution_tree(&self, month: Option<Month>, by: &[Dimension]) -> Result<ExecutionTree, AppError> {
        self.require_somewhere(Permission::Read)?;
        let month = self.report_month(month)?;
        self.with_execution(month, |of| {
            let departments = of.planning.configuration.organization.department_of_product();
            let rows = execution_tree(&of.executed, &departments, by).into_iter();
            Ok(ExecutionTree {
                year: of.year,
                as_of: month,
                company: of.names.company.clone(),
                currency: self.settings().currency.clone(),
                by: by.to_vec(),
                time_progress: of.executed.time_progress,
                rows: rows
                    .map(|row| NamedRow {
                        name: name(of, by, &row.path),
                        row,
                    })
                    .collect(),
            })
        })
    }
}

fn name(of: &Executed<'_>, by: &[Dimension], path: &[String]) -> Name {
    let (Some(value), Some(dimension)) = (path.last(), path.len().checked_sub(1).and_then(|at| by.get(at))) else {
        return of.names.company.clone();
    };
    match dimension {
        Dimension::Department => of.names.department(value),
        Dimension::Product => of.names.product(value).name,
        Dimension::Module => {
            let product = by
                .iter()
                .position(|by| *by == Dimension::Product)
                .and_then(|at| path.get(at));
            product.map_or_else(|| Name::from(value.as_str()), |product| of.names.module(product, value))
        }
        Dimension::CostType | Dimension::Expenditure | Dimension::ResourceMode => Name::from(value.as_str()),
        Dimension::Provider | Dimension::ServiceCategory => Name::from(value.as_str()),
    }
}

impl ExecutionTree {
    /// The tree as a table; a column per dimension.
    pub fn book(&self) -> TableReport {
        let mut columns: Vec<String> = self.by.iter().map(|by| format!("dimension-{}", by.as_str())).collect();
        columns.extend(
            [
                "tables-month-actual",
                "tables-month-budget",
                "tables-month-rate",
                "tables-quarter-actual",
                "tables-quarter-budget",
                "tables-quarter-rate",
                "tables-ytd-actual",
                "tables-ytd-budget",
                "tables-ytd-rate",
                "tables-year-budget",
                "column-year-rate",
                "column-phased",
                "tables-commitments",
                "tables-available",
                "column-landing-low",
                "column-landing",
                "column-landing-high",
                "column-landing-difference",
            ]
            .map(str::to_owned),
        );
        let mut table = ReportTable::new("section-execution-by", &[]);
        table.columns = columns;
        for row in &self.rows {
            let (path, of) = (&row.row.path, &row.row.figures);
            let mut cells: Vec<TableCell> = self
                .by
                .iter()
                .enumerate()
                .map(|(at, by)| match (path.get(at), at + 1 == path.len()) {
                    (None, _) if at == 0 => TableCell::Name(row.name.clone()),
                    (None, _) => TableCell::Empty,
                    (Some(value), _) if by.is_source() && value.is_empty() => TableCell::Word("not-stated".to_owned()),
                    (Some(value), _) if *by == Dimension::ResourceMode => {
                        TableCell::Word(format!("resource-mode-{value}"))
                    }
                    (Some(value), _) if *by == Dimension::CostType => {
                        let known = value.parse::<CostType>();
                        known.map_or_else(
                            |_| TableCell::Text(value.clone()),
                            |known| TableCell::Word(format!("cost-type-{}", known.as_str())),
                        )
                    }
                    (Some(value), _) if *by == Dimension::Expenditure => {
                        TableCell::Word(format!("expenditure-{value}"))
                    }
                    (Some(_), true) => TableCell::Name(row.name.clone()),
                    (Some(value), false) => TableCell::Text(value.clone()),
                })
                .collect();
            cells.extend([
                TableCell::Foreign(of.month_actual),
                TableCell::Foreign(of.month_budget),
                TableCell::Share(of.month_rate),
                TableCell::Foreign(of.quarter_actual),
                TableCell::Foreign(of.quarter_budget),
                TableCell::Share(of.quarter_rate),
                TableCell::Foreign(of.ytd_actual),
                TableCell::Foreign(of.ytd_budget),
                TableCell::Share(of.ytd_rate),
                TableCell::Foreign(of.year_budget),
                TableCell::Share(of.year_rate),
                TableCell::Share(of.phased_progress),
                TableCell::Foreign(of.commitments),
                TableCell::Foreign(of.available),
                TableCell::Foreign(of.landing.low),
                TableCell::Foreign(of.landing.mid),
                TableCell::Foreign(of.landing.high),
                TableCell::Foreign(of.difference),
            ]);
            table.row(cells);
        }
        TableReport {
            title: "report-title".to_owned(),
            company: self.company.clone(),
            currency: self.currency.clone(),
            period: format!("{} · {}", self.year, self.as_of),
            sentences: Vec::new(),
            tables: vec![table],
        }
    }
}
