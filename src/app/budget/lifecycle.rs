//! The way of a version: submit, review, consolidate, approve; return and reject; revise.

use super::BudgetShown;
use super::organs::{StepRequest, since_last};
use crate::app::{App, AppError};
use crate::auth::Scope;
use crate::refusal::Refusal;
use crate::store::{BudgetChange, BudgetVersion, NewBudget, NewBudgetEvent, WriteLock};
use crate::words::say;
use headroom_models::budget::{BudgetLine, BudgetState, BudgetStep};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl App {
    /// Submits a draft to the departments.
    ///
    /// # Errors
    /// When it is no draft, has no line, or somebody changed it in between.
    pub fn submit_budget(&self, request: &StepRequest) -> Result<BudgetVersion, AppError> {
        self.may_take(BudgetStep::Submit, &Scope::Company)?;
        let lock = self.store.lock()?;
        let version = self.for_step(request, BudgetStep::Submit)?;
        let lines = self.store.budget_lines(version.id)?;
        if lines.is_empty() {
            return Err(Refusal::new("refused-budget-no-lines")
                .with("version", version.number)
                .with("year", version.year)
                .into());
        }
        let to = BudgetState::Submitted;
        self.step(
            &lock,
            &version,
            BudgetStep::Submit,
            to,
            &request.comment,
            json!({ "total": version.total }),
        )
    }

    /// A department (or every one that is missing) has looked at its part; the last one makes the version reviewed.
    ///
    /// # Errors
    /// When it is not submitted, or the department has no part in it or has reviewed it already.
    pub fn review_budget(&self, request: &StepRequest, department: Option<&str>) -> Result<BudgetVersion, AppError> {
        let scope = department.map_or(Scope::Company, |department| Scope::Department(department.to_owned()));
        self.may_take(BudgetStep::Review, &scope)?;
        let lock = self.store.lock()?;
        let version = self.for_step(request, BudgetStep::Review)?;
        let concerned = self.departments_of(&self.store.budget_lines(version.id)?)?;
        let events = self.store.budget_events(Some(version.year))?;
        let reviewed: BTreeSet<String> = since_last(&version, &events, "submit")
            .filter(|event| event.kind == "review")
            .filter_map(|event| event.body["departments"].as_array())
            .flatten()
            .filter_map(|department| department.as_str().map(str::to_owned))
            .collect();
        let now: BTreeSet<String> = match department {
            None => concerned.difference(&reviewed).cloned().collect(),
            Some(department) if !concerned.contains(department) => {
                return Err(Refusal::new("refused-review-no-part")
                    .with("department", department)
                    .with("departments", joined(&concerned))
                    .into());
            }
            Some(department) if reviewed.contains(department) => {
                return Err(Refusal::new("refused-review-twice")
                    .with("department", department)
                    .with("missing", joined(concerned.difference(&reviewed)))
                    .into());
            }
            Some(department) => BTreeSet::from([department.to_owned()]),
        };
        let missing: Vec<&String> = concerned
            .iter()
            .filter(|department| !reviewed.contains(*department) && !now.contains(*department))
            .collect();
        let to = if missing.is_empty() {
            BudgetState::Reviewed
        } else {
            BudgetState::Submitted
        };
        let body = json!({ "departments": now, "missing": missing });
        self.step(&lock, &version, BudgetStep::Review, to, &request.comment, body)
    }

    /// The working organ has checked the whole.
    ///
    /// # Errors
    /// When a department has not reviewed it, or it is over a cap.
    pub fn consolidate_budget(&self, request: &StepRequest) -> Result<BudgetVersion, AppError> {
        self.may_take(BudgetStep::Consolidate, &Scope::Company)?;
        let lock = self.store.lock()?;
        let version = self.for_step(request, BudgetStep::Consolidate)?;
        self.refuse_over_caps(&version, &self.store.budget_lines(version.id)?)?;
        let to = BudgetState::Consolidated;
        let body = json!({ "total": version.total, "problems": version.problems.len() });
        self.step(&lock, &version, BudgetStep::Consolidate, to, &request.comment, body)
    }

    /// Approves a version: it becomes the year's baseline and never changes again. With a reason to set the rules aside, steps
    /// that were not taken are passed over, on record.
    ///
    /// # Errors
    /// When it is not consolidated, rests on a baseline that is not in force any more, takes money that is committed
    /// already, or was submitted by nobody but who approves.
    pub fn approve_budget(&self, request: &StepRequest) -> Result<BudgetVersion, AppError> {
        self.may_take(BudgetStep::Approve, &Scope::Company)?;
        let lock = self.store.lock()?;
        let over = request.over.as_deref().map(str::trim).filter(|over| !over.is_empty());
        let version = match over {
            None => self.for_step(request, BudgetStep::Approve)?,
            Some(_) => {
                let found = self.version_for(request.year, request.version, |version| version.state.is_open())?;
                let found = found.filter(|version| version.state.is_open());
                let found = found.ok_or_else(|| self.no_version_for(request, BudgetStep::Approve))?;
                self.expect(&found, request.seen)?;
                found
            }
        };
        let baseline = self.baseline(version.year)?;
        if version.based_on != baseline.as_ref().map(|baseline| baseline.number) {
            let none = |language| say(language, "no-baseline");
            let shown = |number: Option<i64>| number.map(|number| number.to_string());
            let (rests_on, now) = (
                shown(version.based_on),
                shown(baseline.as_ref().map(|baseline| baseline.number)),
            );
            return Err(Refusal::new("refused-budget-stale")
                .with("version", version.number)
                .with("year", version.year)
                .with_words("based", |language| rests_on.clone().unwrap_or_else(|| none(language)))
                .with_words("baseline", |language| now.clone().unwrap_or_else(|| none(language)))
                .into());
        }
        let events = self.store.budget_events(Some(version.year))?;
        self.four_eyes(&version, &events, over)?;
        let lines = self.store.budget_lines(version.id)?;
        self.refuse_below_committed(version.year, &lines)?;
        let passed_over: Vec<&str> = version
            .state
            .steps_to_approval()
            .into_iter()
            .filter(|step| *step != BudgetStep::Approve)
            .map(BudgetStep::as_str)
            .collect();
        let body = json!({
            "total": version.total,
            "supersedes": baseline.map(|baseline| baseline.number),
            "passed_over": passed_over,
            "override": over,
        });
        let reason = over.map_or_else(
            || request.comment.clone(),
            |over| {
                if request.comment.is_empty() {
                    over.to_owned()
                } else {
                    format!("{} ({over})", request.comment)
                }
            },
        );
        self.step(
            &lock,
            &version,
            BudgetStep::Approve,
            BudgetState::Approved,
            &reason,
            body,
        )
    }

    /// Gives a version back, open for edits, with what has to be done.
    ///
    /// # Errors
    /// Without a comment, or when it is not on its way.
    pub fn return_budget(&self, request: &StepRequest) -> Result<BudgetVersion, AppError> {
        self.send_back(request, BudgetStep::Return, BudgetState::Returned)
    }

    /// Rejects a version: the end of it.
    ///
    /// # Errors
    /// Without a comment, or when it is not on its way.
    pub fn reject_budget(&self, request: &StepRequest) -> Result<BudgetVersion, AppError> {
        self.send_back(request, BudgetStep::Reject, BudgetState::Rejected)
    }

    fn send_back(&self, request: &StepRequest, step: BudgetStep, to: BudgetState) -> Result<BudgetVersion, AppError> {
        self.may_take(step, &Scope::Company)?;
        let lock = self.store.lock()?;
        if request.comment.trim().is_empty() {
            return Err(Refusal::new("refused-budget-comment")
                .with_words("step", |language| step_word(language, step))
                .into());
        }
        let version = self.for_step(request, step)?;
        self.step(
            &lock,
            &version,
            step,
            to,
            &request.comment,
            json!({ "from": version.state }),
        )
    }

    /// Makes a draft that revises the year's approved version, with the same lines to start from.
    ///
    /// # Errors
    /// When nothing is approved.
    pub fn revise_budget(&self, year: i32, reason: &str) -> Result<BudgetShown, AppError> {
        self.may_take(BudgetStep::Edit, &Scope::Company)?;
        let lock = self.store.lock()?;
        let baseline = self
            .baseline(year)?
            .ok_or_else(|| Refusal::new("refused-no-baseline").with("year", year))?;
        let lines = self.store.budget_lines(baseline.id)?;
        self.add_revision(&lock, &baseline, &lines, reason, &[], None)
    }

    pub(super) fn add_revision(
        &self,
        lock: &WriteLock,
        baseline: &BudgetVersion,
        lines: &[BudgetLine],
        reason: &str,
        proposals: &[i64],
        change: Option<(&'static str, Value)>,
    ) -> Result<BudgetShown, AppError> {
        let new = NewBudget {
            year: baseline.year,
            as_of: baseline.as_of,
            configuration_version: baseline.configuration_version,
            based_on: Some(baseline.number),
            note: reason,
            lines,
            problems: &[],
            kind: "revise",
            change,
            assumptions: None,
            proposals,
        };
        let version = self.store.add_budget(lock, &new, &self.actor)?;
        Ok(BudgetShown {
            version,
            lines: lines.to_vec(),
        })
    }

    /// The version that a step is meant for, when it is open to it and still the one that was seen.
    pub(super) fn for_step(&self, request: &StepRequest, step: BudgetStep) -> Result<BudgetVersion, AppError> {
        let found = self.version_for(request.year, request.version, |version| {
            version.state.after(step).is_some()
        })?;
        let Some(version) = found else {
            return Err(self.no_version_for(request, step).into());
        };
        if version.state.after(step).is_none() {
            return Err(self.refused_step(&version, step)?.into());
        }
        self.expect(&version, request.seen)?;
        Ok(version)
    }

    /// No version of the year is open to a step: says what the newest one is and what could be done with it.
    fn no_version_for(&self, request: &StepRequest, step: BudgetStep) -> Refusal {
        let newest = self
            .versions_of(request.year)
            .ok()
            .and_then(|mut versions| versions.pop());
        let refusal = newest.and_then(|version| self.refused_step(&version, step).ok());
        refusal.unwrap_or_else(|| Refusal::new("refused-no-budget").with("year", request.year))
    }

    /// A version is not open to a step: who made it what it is, and what leads on.
    fn refused_step(&self, version: &BudgetVersion, step: BudgetStep) -> Result<Refusal, AppError> {
        let last = self
            .store
            .budget_events(Some(version.year))?
            .into_iter()
            .rfind(|event| event.version == Some(version.number));
        let (who, when) = last.map_or_else(Default::default, |event| (event.actor, event.at));
        let way = match version.state {
            BudgetState::Draft | BudgetState::Returned => "way-draft",
            BudgetState::Submitted => "way-submitted",
            BudgetState::Reviewed => "way-reviewed",
            BudgetState::Consolidated => "way-consolidated",
            BudgetState::Approved | BudgetState::Superseded => "way-approved",
            BudgetState::Rejected => "way-rejected",
        };
        let year = version.year.to_string();
        let state = format!("state-{}", version.state);
        Ok(Refusal::new("refused-budget-step")
            .with("version", version.number)
            .with("year", version.year)
            .with_words("state", |language| say(language, &state))
            .with_words("step", |language| step_word(language, step))
            .with("who", who)
            .with("when", when)
            .with_words("way", |language| {
                crate::words::say_with(language, way, &[("year", &year)])
            }))
    }

    fn step(
        &self,
        lock: &WriteLock,
        version: &BudgetVersion,
        step: BudgetStep,
        to: BudgetState,
        reason: &str,
        body: Value,
    ) -> Result<BudgetVersion, AppError> {
        let change = BudgetChange {
            version,
            state: to,
            lines: None,
            event: NewBudgetEvent {
                year: version.year,
                version: Some(version.number),
                kind: step.as_str(),
                reason: reason.trim().to_owned(),
                body,
            },
        };
        Ok(self.store.change_budget(lock, &change, &self.actor)?)
    }

    /// The departments that have a part in some lines.
    pub(super) fn departments_of(&self, lines: &[BudgetLine]) -> Result<BTreeSet<String>, AppError> {
        let (_, configuration) = self.configuration()?;
        let departments = configuration.organization.department_of_product();
        Ok(lines
            .iter()
            .filter_map(|line| departments.get(&line.product).cloned())
            .collect())
    }
}

fn step_word(language: headroom_models::language::Language, step: BudgetStep) -> String {
    say(language, &format!("budget-done-{step}"))
}

fn joined<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
