//! Savings planned into a budget: lines with the number of the finding, tracked like any other.

use super::super::{App, AppError, StepRequest};
use chrono::NaiveDate;
use headroom_models::budget::{BudgetStep, CellEdit, Derivation, LineKey};
use headroom_models::idle::{CaseState, ExpectedSaving, planned_savings};
use headroom_models::ledger::{Expenditure, Money, Month};
use serde::Serialize;
use std::collections::BTreeSet;

/// One planned line.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedLine {
    /// Finding.
    pub finding: String,
    /// Month.
    pub month: Month,
    /// Cell of the budget.
    #[serde(flatten)]
    pub key: LineKey,
    /// Negative.
    pub amount: Money,
}

/// What was planned.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PlannedShown {
    /// Fiscal year.
    pub year: i32,
    /// Currency of the amounts.
    pub currency: String,
    /// Version that the lines went into; nothing when only shown.
    pub version: Option<i64>,
    /// The lines.
    pub lines: Vec<PlannedLine>,
    /// Sum, negative.
    pub total: Money,
    /// Findings that plan nothing: depreciation goes on, or no product or cost type is known.
    pub left_out: Vec<String>,
}

/// The note of the lines; in budgets of before, lines by hand have it with the finding's number.
const NOTE: &str = "optimization";

impl App {
    /// Plans the savings of confirmed and marked findings into the open draft of a year. Run again, it brings the lines up to
    /// date: what was planned for a finding before is taken back first.
    ///
    /// # Errors
    /// When no version of the year is open for edits, or a cell would become negative.
    pub fn plan_savings(
        &self,
        year: i32,
        version: Option<i64>,
        dry_run: bool,
        on: Option<NaiveDate>,
    ) -> Result<PlannedShown, AppError> {
        let today = on.unwrap_or_else(crate::clock::today);
        let month = self.last_allocated_month()?;
        let about = self.month_facts(month, &self.rates()?)?.resources;
        let mut shown = PlannedShown {
            year,
            currency: self.settings().currency.clone(),
            ..PlannedShown::default()
        };
        let mut expected = Vec::new();
        let cases = self.idle_cases(None)?;
        let findings: BTreeSet<String> = cases.iter().map(|case| case.id.clone()).collect();
        for case in cases {
            if !matches!(case.state, CaseState::Confirmed | CaseState::Marked) {
                continue;
            }
            // Depreciation does not stop when a machine does.
            let bought = about
                .get(&case.resource)
                .is_some_and(|facts| facts.expenditure == Expenditure::Capex.as_str());
            let cost_type = case
                .cost_type
                .parse()
                .ok()
                .filter(|_| !bought && !case.product.is_empty());
            let Some(cost_type) = cost_type else {
                shown.left_out.push(case.id.clone());
                continue;
            };
            expected.push(ExpectedSaving {
                finding: case.id.clone(),
                key: LineKey {
                    product: case.product.clone(),
                    module: case.module.clone(),
                    cost_type,
                    expenditure: Expenditure::Opex,
                },
                monthly: case.monthly_cost,
                gone_by: case.grace_until.or(case.due_on).unwrap_or(today),
            });
        }
        let months = self.settings().fiscal.months_of(year);
        shown.lines = planned_savings(months, &expected)
            .into_iter()
            .map(|(month, key, amount, finding)| PlannedLine {
                finding,
                month,
                key,
                amount,
            })
            .collect();
        shown.total = shown.lines.iter().map(|line| line.amount).sum();
        if dry_run || shown.lines.is_empty() {
            return Ok(shown);
        }
        let open = self.budget_versions()?.into_iter().rfind(|known| {
            let asked = version.is_none_or(|number| known.number == number);
            known.year == year && asked && known.state.after(BudgetStep::Edit).is_some()
        });
        let draft = self.budget(year, open.map(|open| open.number).or(version))?;
        let mut edits: Vec<CellEdit> = Vec::new();
        for line in &draft.lines {
            let (note, measure) = match &line.derivation {
                Derivation::Saving { measure, note } if findings.contains(measure) => (note, Some(measure.clone())),
                Derivation::Manual { note } if note.starts_with(NOTE) => (note, None),
                _ => continue,
            };
            let mut back = CellEdit::of(line.month, line.key(), note.clone());
            back.sourcing = Some(line.sourcing.clone());
            back.measure = measure;
            back.add = Some(-line.amount);
            edits.push(back);
        }
        for line in &shown.lines {
            let mut edit = CellEdit::of(line.month, line.key.clone(), NOTE);
            edit.measure = Some(line.finding.clone());
            edit.add = Some(line.amount);
            edits.push(edit);
        }
        let request = StepRequest {
            year,
            version: Some(draft.version.number),
            comment: NOTE.to_owned(),
            ..StepRequest::default()
        };
        let edits: Vec<(usize, CellEdit)> = edits.into_iter().enumerate().collect();
        let edited = self.edit_budget(&request, &edits)?;
        shown.version = Some(edited.version.number);
        Ok(shown)
    }
}
