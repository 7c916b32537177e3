//! The execution-rate report: one value, assembled from what the models computed.

mod figures;
mod health;
mod names;
mod reasons;
mod waste;

use self::figures::{budget_version, cost_types_by_month, headline, heat_map, month_points, rows};
use self::health::reconciliation_line;
use self::names::Names;
use self::reasons::{proposals, variance_of};
use self::waste::idle_list;
use super::planning::Planning;
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_importers::Dataset;
use headroom_models::allocation::ConservationProof;
use headroom_models::budget::execution;
use headroom_models::language::Language;
use headroom_models::ledger::{Money, Month};
use headroom_models::organization::UNALLOCATED;
use headroom_models::variance::explain;
use headroom_reports::data::{Basis, ExecutionReport, IdleList, ProductVariance};

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
}

/// Renders a report in a format and language.
///
/// # Errors
/// When a renderer fails, which would be a defect.
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
    })
}

impl App {
    /// The execution-rate report as of a month: the last closed one (else the last allocated) when none is named. Whoever
    /// sees only some products gets the report of these; what concerns whole bills is left out then.
    ///
    /// # Errors
    /// When there is no budget for the year, or the month is not allocated as the ledger stands.
    pub fn execution_report(&self, as_of: Option<Month>) -> Result<ExecutionReport, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let last = self.last_allocated_month()?;
        let as_of = match as_of {
            Some(month) => month,
            None => self.current_month()?,
        };
        if as_of > last {
            return Err(Refusal::new("refused-later-than-last")
                .with("month", as_of)
                .with("last", last)
                .into());
        }
        let fiscal = self.settings().fiscal;
        let year = fiscal.year_of(as_of);
        let months = fiscal.months_of(year);
        let budget = self.budget(year, None)?;
        let mut planning = Planning::load(self, months, as_of, Some(budget.version.as_of))?;
        planning.keep(&visible);
        let rate = |currency: &str, month: Month| planning.rates.rate_known_at(currency, month, as_of);
        let inputs = planning.inputs(months, as_of, &rate);
        let executed = execution(
            &inputs,
            &budget.lines,
            &planning.configuration.organization.department_of_product(),
        );
        let variance = explain(&inputs, &budget.lines);
        let names = Names::of(&planning.configuration);
        let proofs: Vec<ConservationProof> = self
            .store
            .newest_proofs()?
            .into_iter()
            .map(|stored| stored.proof)
            .filter(|proof| visible.is_everything() && months.contains(proof.month) && proof.month <= as_of)
            .collect();
        let measured = self
            .store
            .data_files(Dataset::Utilization)?
            .iter()
            .any(|file| file.month <= as_of);
        let idle = if measured {
            idle_list(&self.idle(None, None, Some(as_of))?, &names)
        } else {
            IdleList {
                items: Vec::new(),
                monthly_cost: Money::ZERO,
            }
        };
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
            headline: headline(&executed),
            months: month_points(&executed),
            rows: rows(&executed, &names),
            heat: heat_map(&inputs, &budget.lines, &executed, &names),
            cost_types_by_month: cost_types_by_month(&inputs),
            variance: variance_of(&variance.total),
            variance_by_product: variance
                .products
                .iter()
                .map(|product| ProductVariance {
                    product: names.product(&product.product),
                    variance: variance_of(product),
                })
                .collect(),
            proposals: proposals(&executed, &names),
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
