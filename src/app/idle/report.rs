//! The idle report: what was found, where it stands, what later bills prove, what would cost less.

use super::super::execution::ReportFormat;
use super::super::{App, AppError};
use crate::store::IdleCase;
use chrono::NaiveDate;
use headroom_models::idle::{CaseState, Verdict};
use headroom_models::language::{Language, Name};
use headroom_reports::data::{
    OptimizationCase, OptimizationFinding, OptimizationProposal, OptimizationReport, OptimizationSaving, PolicyLine,
};

/// Renders the idle report in a format and language.
///
/// # Errors
/// When a renderer fails, which would be a defect.
pub fn render_optimization(
    report: &OptimizationReport,
    format: ReportFormat,
    language: Language,
) -> Result<Vec<u8>, AppError> {
    Ok(match format {
        ReportFormat::Html => headroom_reports::optimization_html(report, language)?.into_bytes(),
        ReportFormat::Xlsx => headroom_reports::optimization_xlsx(report, language)?,
        ReportFormat::Csv => headroom_reports::optimization_csv(report, language)?,
        ReportFormat::Pdf => super::super::pdf::print(&headroom_reports::optimization_html(report, language)?)?,
        ReportFormat::Json => headroom_reports::optimization_json(report)?.into_bytes(),
    })
}

impl App {
    /// The idle report.
    ///
    /// # Errors
    /// When there are no samples, or no such policy.
    pub fn optimization_report(&self, policy: Option<&str>) -> Result<OptimizationReport, AppError> {
        let shown = self.idle(None, policy, None)?;
        let shapes = self.idle_shapes(None, None)?;
        let realised = self.realised_savings()?;
        let (_, configuration) = self.configuration()?;
        let company = configuration.organization.company;
        let mut wastes = shown.wastes();
        wastes.retain(|waste| waste.verdict != Verdict::Active);
        wastes.sort_by(|a, b| (a.verdict, b.at_stake, &a.resource).cmp(&(b.verdict, a.at_stake, &b.resource)));
        let dark = wastes.iter().filter(|waste| waste.is_unmeasured());
        let unmeasured = (dark.clone().count(), dark.filter_map(|waste| waste.at_stake).sum());
        let findings = wastes
            .into_iter()
            .map(|waste| OptimizationFinding {
                resource: waste.resource,
                name: waste.name,
                kind: waste.kind.as_str().to_owned(),
                product: waste.product,
                owner: waste.owner,
                verdict: waste.verdict.as_str().to_owned(),
                rule: waste.rule_name,
                since: waste.since.map(|day| day.to_string()),
                monthly_cost: waste.at_stake,
                confidence: waste.confidence.as_str().to_owned(),
                action: waste.action.as_str().to_owned(),
                evidence: waste.evidence,
                chart: waste.chart,
            })
            .collect();
        let savings = realised
            .lines
            .iter()
            .map(|line| OptimizationSaving {
                month: line.month.month,
                finding: line.finding.clone(),
                resource: line.resource.clone(),
                product: line.product.clone(),
                owner: line.owner.clone(),
                proof: line.month.proof.as_str().to_owned(),
                saving: line.saving_reported,
            })
            .collect();
        let conditions = shown.policy.conditions.iter();
        Ok(OptimizationReport {
            company: company.map_or_else(|| Name::from("Headroom"), |company| company.name),
            currency: shown.currency.clone(),
            cost_month: shown.cost_month,
            policy: PolicyLine {
                id: shown.policy.id.clone(),
                name: shown.policy.name.clone(),
                source: shown.policy.source.clone(),
                window_days: shown.policy.window_days,
                conditions: conditions
                    .map(|c| format!("{} {} {}", c.metric.as_str(), c.statistic, c.bound().shown()))
                    .collect(),
            },
            at_stake: shown.at_stake(),
            realised: realised.total,
            unmeasured,
            findings,
            cases: self.store.idle_cases()?.iter().map(of_case).collect(),
            savings,
            proposals: proposals(&shapes),
        })
    }
}

fn of_case(case: &IdleCase) -> OptimizationCase {
    let day: Option<NaiveDate> = match case.state {
        CaseState::Marked => case.grace_until,
        CaseState::Exempt => case.exempt_until,
        CaseState::Reclaimed => case.reclaimed_on,
        _ => case.due_on,
    };
    OptimizationCase {
        id: case.id.clone(),
        resource: case.resource.clone(),
        product: case.product.clone(),
        owner: case.owner.clone(),
        state: case.state.as_str().to_owned(),
        day: day.map(|day| day.to_string()),
        monthly_cost: case.monthly_cost,
    }
}

fn proposals(shapes: &super::ShapesShown) -> Vec<OptimizationProposal> {
    let resizes = shapes.resizes.iter().map(|resize| OptimizationProposal {
        kind: "resize".to_owned(),
        subject: resize.resource_id.clone(),
        change: format!("{} → {}", resize.from, resize.to),
        basis: format!("CPU {:.1} % → {:.1} %", resize.cpu_percent, resize.new_cpu_percent),
        risk: resize.risk.as_str().to_owned(),
        saving: Some(resize.monthly_saving),
    });
    let recounts = shapes.recounts.iter().map(|recount| OptimizationProposal {
        kind: "recount".to_owned(),
        subject: format!("{}/{}", recount.product, recount.module),
        change: format!("{} → {}", recount.machines, recount.needed),
        basis: format!("{:.1} / {:.1}", recount.load, recount.peak),
        risk: String::new(),
        saving: Some(recount.monthly_saving),
    });
    let schedules = shapes.schedules.iter().map(|found| OptimizationProposal {
        kind: "schedule".to_owned(),
        subject: found.schedule.resource_id.clone(),
        change: match (found.schedule.weekday_off_from, found.schedule.weekday_off_to) {
            (Some(from), Some(to)) => format!("{from}:00–{to}:00"),
            _ => "–".to_owned(),
        },
        basis: format!("{} h", found.schedule.hours_per_week),
        risk: String::new(),
        saving: found.monthly_saving,
    });
    let pairs = shapes.pairs.iter().map(|pair| OptimizationProposal {
        kind: "pair".to_owned(),
        subject: format!(
            "{}/{} + {}/{}",
            pair.first.0, pair.first.1, pair.second.0, pair.second.1
        ),
        change: format!("{} + {} → {}", pair.apart.0, pair.apart.1, pair.together),
        basis: format!("CPU {:.0} %", pair.combined_utilization * 100.0),
        risk: String::new(),
        saving: Some(pair.monthly_saving),
    });
    resizes.chain(recounts).chain(schedules).chain(pairs).collect()
}
