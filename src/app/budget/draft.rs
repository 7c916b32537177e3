//! Next year's draft: history, targets, plan, contracts and planned savings in one, with what each product rests on.

use super::BudgetShown;
use crate::app::planning::Planning;
use crate::app::{App, AppError, of_problem};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::NewBudget;
use headroom_models::budget::{Assumption, Inputs, PlannedSaving, assumptions, derive, with_contracts, with_savings};
use headroom_models::contracts::contract_costs;
use headroom_models::idle::Verdict;
use headroom_models::language::Language;
use headroom_models::ledger::{Month, MonthRange};
use std::collections::BTreeMap;

/// A draft and what it rests on.
pub struct Drafted {
    /// The draft.
    pub budget: BudgetShown,
    /// By product; under an empty name what concerns no single one.
    pub assumptions: BTreeMap<String, Vec<Assumption>>,
}

impl App {
    /// Builds the draft of a year's budget: derived from the plan, targets and history, contracts in the place of recurring
    /// cost where they name product and cost type, planned savings taken off; and lists what each product rests on.
    ///
    /// # Errors
    /// Those of a derivation; when a saving is more than its product has.
    pub fn draft_budget(
        &self,
        year: i32,
        as_of: Option<Month>,
        savings: &[PlannedSaving],
    ) -> Result<Drafted, AppError> {
        self.require_company(Permission::Draft)?;
        let as_of = self.as_of(year, as_of)?;
        let lock = self.store.lock()?;
        let months = self.fiscal_months(year);
        let planning = Planning::load(self, months, as_of, None)?;
        let rate = |currency: &str, month: Month| planning.rates.rate_known_at(currency, month, as_of);
        let inputs = planning.inputs(months, as_of, &rate);
        let derived = derive(&inputs);
        let costs = contract_costs(&self.contract_lines()?, months, &|_, _| None);
        let (lines, contracts) = with_contracts(&derived.lines, &costs, &rate);
        let (lines, left) = with_savings(&lines, savings);
        if let Some(saving) = left.first() {
            return Err(Refusal::new("refused-saving")
                .with("product", &saving.product)
                .with("amount", saving.amount.grouped(2))
                .into());
        }
        if lines.is_empty() {
            return Err(Refusal::new("refused-budget-empty")
                .with("year", year)
                .with("problems", "")
                .into());
        }
        // A draft derives from the last half year; what it is held against is a whole one.
        let whole_year = MonthRange {
            first: as_of.plus(-11),
            last: as_of,
        };
        // Where an old month has no rate any more, what was loaded has to do.
        let history = self.actuals(&planning.rates, whole_year, None).ok();
        let held_against = Inputs {
            actuals: history.as_deref().unwrap_or(inputs.actuals),
            ..inputs
        };
        let mut rests_on = assumptions(&held_against, &lines, &derived.capacity);
        for (product, list) in contracts {
            rests_on.entry(product).or_default().extend(list);
        }
        for saving in savings {
            let list = rests_on.entry(saving.product.clone()).or_default();
            list.push(Assumption::Saving {
                measure: saving.measure.clone(),
                amount: saving.amount,
            });
        }
        // Without utilization there are no candidates: that is no reason not to draft.
        if let Ok(idle) = self.idle(None, None, Some(as_of)) {
            for finding in idle
                .report
                .findings
                .iter()
                .filter(|finding| finding.verdict == Verdict::Idle)
            {
                let facts = idle.about.get(&finding.resource_id);
                let list = rests_on
                    .entry(facts.map(|facts| facts.product.clone()).unwrap_or_default())
                    .or_default();
                list.push(Assumption::Candidate {
                    resource: finding.resource_id.clone(),
                    monthly: finding.monthly_cost.unwrap_or_default(),
                });
            }
        }
        let problems: Vec<String> = derived.problems.iter().map(ToString::to_string).collect();
        for problem in &derived.problems {
            let list = rests_on.entry(String::new()).or_default();
            list.push(Assumption::Problem {
                message: of_problem(problem).message(Language::English),
            });
        }
        let new = NewBudget {
            year,
            as_of,
            configuration_version: planning.version,
            based_on: self.baseline(year)?.map(|version| version.number),
            note: "",
            lines: &lines,
            problems: &problems,
            kind: "draft",
            change: None,
            assumptions: Some(serde_json::json!(rests_on)),
            proposals: &[],
        };
        let version = self.store.add_budget(&lock, &new, &self.actor)?;
        Ok(Drafted {
            budget: BudgetShown { version, lines },
            assumptions: rests_on,
        })
    }

    /// What a drafted version rests on, as it was listed then.
    ///
    /// # Errors
    /// When the version was not made by a draft.
    pub fn budget_assumptions(
        &self,
        year: i32,
        number: Option<i64>,
    ) -> Result<BTreeMap<String, Vec<Assumption>>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let events = self.store.budget_events(Some(year))?;
        let event = events
            .into_iter()
            .rfind(|event| event.kind == "assume" && (number.is_none() || event.version == number))
            .ok_or_else(|| Refusal::new("refused-no-assumptions").with("year", year))?;
        let unreadable = |error: serde_json::Error| {
            Refusal::new("refused-budget-events")
                .with("id", event.id)
                .with("reason", error)
        };
        let visible = self.visible()?;
        let mut list: BTreeMap<String, Vec<Assumption>> =
            serde_json::from_value(event.body["assumptions"].clone()).map_err(unreadable)?;
        list.retain(|product, _| visible.sees(product));
        Ok(list)
    }
}
