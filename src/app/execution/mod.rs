//! The execution-rate report: one value, assembled from what the models computed.

mod control;
mod figures;
mod health;
mod names;
mod reasons;
mod tree;
mod waste;

use self::figures::{budget_version, cost_types_by_month, headline, heat_map, modules, month_points, rows};
pub(super) use self::health::reconciliation_line;
pub(super) use self::names::Names;
use self::reasons::{occurring, variance_lines, variance_of};
pub(super) use self::reasons::{proposals, variance_tree};
use self::waste::idle_list;
use super::planning::Planning;
use super::{App, AppError, BudgetShown};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::allocation::ConservationProof;
use headroom_models::budget::{Execution, Inputs, execution};
use headroom_models::language::Language;
use headroom_models::ledger::{Money, Month};
use headroom_models::organization::UNALLOCATED;
use headroom_models::variance::{Context, Variance as ExplainedVariance, explain};
use headroom_reports::data::{Basis, ExecutionReport, IdleList, Level, ProductVariance};

pub use self::tree::{ExecutionTree, NamedRow};

/// The format of a report file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// Self-contained page.
    Html,
    /// Workbook with live formulas and charts.
    Xlsx,
    /// Tidy table.
    Csv,
    /// The value itself.
    Json,
    /// The page, printed by an installed browser.
    Pdf,
}

/// Renders a report in a format and language.
///
/// # Errors
/// When a renderer fails, which would be a defect, or the browser that prints PDF is missing.
pub fn render_execution(
    report: &ExecutionReport,
    format: ReportFormat,
    language: Language,
) -> Result<Vec<u8>, AppError> {
    Ok(match format {
        ReportFormat::Html => headroom_reports::html(report, language)?.into_bytes(),
        ReportFormat::Xlsx => headroom_reports::xlsx(report, language)?,
        // A byte order mark: a spreadsheet program would read the Chinese words wrongly without it.
        ReportFormat::Csv => headroom_reports::csv(report, language, true)?,
        ReportFormat::Json => headroom_reports::json(report)?.into_bytes(),
        ReportFormat::Pdf => super::pdf::print(&headroom_reports::html(report, language)?)?,
    })
}

/// The execution of a year's budget as of a month, and what it was worked out from.
pub(super) struct Executed<'a> {
    /// Fiscal year.
    pub year: i32,
    /// What it was worked out from.
    pub planning: &'a Planning,
    /// The same, as the models take it.
    pub inputs: Inputs<'a>,
    /// The budget in force.
    pub budget: &'a BudgetShown,
    /// The figures.
    pub executed: Execution,
    /// Why they are off.
    pub variance: ExplainedVariance,
    /// What things are called.
    pub names: Names,
}

impl App {
    /// The execution-rate report as of a month: the last closed one (else the last allocated) when none is named. Whoever
    /// sees only some products gets the report of these; what concerns whole bills is left out then.
    ///
    /// # Errors
    /// When there is no budget for the year, or the month is not allocated as the ledger stands.
    pub fn execution_report(&self, as_of: Option<Month>) -> Result<ExecutionReport, AppError> {
        self.require_somewhere(Permission::Read)?;
        let as_of = self.report_month(as_of)?;
        self.with_execution(as_of, |of| self.assembled(of))
    }

    /// The month of a report: the one named, if it is allocated, else the last closed one (else the last allocated).
    pub(super) fn report_month(&self, asked: Option<Month>) -> Result<Month, AppError> {
        let last = self.last_allocated_month()?;
        match asked {
            Some(month) if month > last => Err(Refusal::new("refused-later-than-last")
                .with("month", month)
                .with("last", last)
                .into()),
            Some(month) => Ok(month),
            None => self.current_month(),
        }
    }

    /// Works out the execution of the budget in force as of a month and hands it to `work`.
    pub(super) fn with_execution<R>(
        &self,
        as_of: Month,
        work: impl FnOnce(&Executed<'_>) -> Result<R, AppError>,
    ) -> Result<R, AppError> {
        let fiscal = self.settings().fiscal;
        let year = fiscal.year_of(as_of);
        let months = fiscal.months_of(year);
        let visible = self.visible()?;
        let budget = self.budget(year, None)?;
        let mut planning = Planning::load(self, months, as_of, Some(budget.version.as_of))?;
        planning.keep(&visible);
        let rate = |currency: &str, month: Month| planning.rates.rate_known_at(currency, month, as_of);
        let inputs = planning.inputs(months, as_of, &rate);
        let departments = planning.configuration.organization.department_of_product();
        let executed = execution(&inputs, &budget.lines, &departments);
        let year_difference = executed.year_differences();
        let context = Context {
            budget_as_of: budget.version.as_of,
            departments: &departments,
            year_difference: &year_difference,
            groups: &planning.configuration.unit_groups,
        };
        let variance = explain(&inputs, &budget.lines, &context);
        work(&Executed {
            year,
            planning: &planning,
            inputs,
            budget: &budget,
            executed,
            variance,
            names: Names::of(&planning.configuration),
        })
    }

    fn assembled(&self, of: &Executed<'_>) -> Result<ExecutionReport, AppError> {
        let Executed {
            year,
            inputs,
            budget,
            executed,
            variance,
            names,
            ..
        } = of;
        let visible = self.visible()?;
        let (year, months, as_of) = (*year, inputs.months, inputs.as_of);
        let proofs: Vec<ConservationProof> = self
            .store
            .newest_proofs()?
            .into_iter()
            .map(|stored| stored.proof)
            .filter(|proof| visible.is_everything() && months.contains(proof.month) && proof.month <= as_of)
            .collect();
        let idle = if self.is_measured(as_of)? {
            idle_list(&self.idle(None, None, Some(as_of))?, names)
        } else {
            IdleList {
                items: Vec::new(),
                monthly_cost: Money::ZERO,
            }
        };
        let tree = variance_tree(variance, names, &self.settings().currency);
        let unallocated = executed
            .products
            .iter()
            .find(|row| row.id == UNALLOCATED)
            .map(|row| row.figures.ytd_actual);
        Ok(ExecutionReport {
            company: names.company.clone(),
            currency: self.settings().currency.clone(),
            basis: Basis::Effective,
            as_of,
            fiscal_year: year,
            budget_version: budget_version(&budget.version),
            time_progress: executed.time_progress,
            headline: headline(executed),
            months: month_points(executed),
            rows: rows(executed, names),
            heat: heat_map(inputs, &budget.lines, executed, names),
            cost_types_by_month: cost_types_by_month(inputs),
            variance: variance_of(&variance.total.parts, &occurring(variance)),
            variance_by_product: tree
                .iter()
                .filter(|row| row.level == Level::Product)
                .map(|row| ProductVariance {
                    product: names.product(&row.id),
                    variance: row.variance.clone(),
                    sentence: row.sentence.clone(),
                })
                .collect(),
            variance_lines: variance_lines(variance, names),
            variance_tree: tree,
            modules: modules(executed, names),
            proposals: proposals(executed, names),
            control: self.control_lists(year, months, as_of, names)?,
            idle,
            findings: if visible.is_everything() {
                self.findings(months, as_of, &proofs)?
            } else {
                Vec::new()
            },
            reconciliation: proofs.iter().map(reconciliation_line).collect(),
            unallocated_ytd: unallocated.unwrap_or_default(),
            data_health: self.data_health(months, as_of)?,
        })
    }
}
