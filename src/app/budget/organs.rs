//! Who may take which step of a budget.

use crate::app::{App, AppError};
use crate::auth::{Permission, Scope};
use crate::refusal::Refusal;
use crate::store::{BudgetEvent, BudgetVersion};
use headroom_models::budget::BudgetStep;
use std::collections::BTreeSet;

/// A step that somebody wants to take.
#[derive(Clone, Debug, Default)]
pub struct StepRequest {
    /// Fiscal year.
    pub year: i32,
    /// Version; the newest that is open to the step when missing.
    pub version: Option<i64>,
    /// Revision that was seen: another one on record is a conflict.
    pub seen: Option<i64>,
    /// Words on record with the step.
    pub comment: String,
    /// Why a rule of the way is set aside (steps passed over, nobody else to approve).
    pub over: Option<String>,
}

impl App {
    /// The one place that says who may take a step of a budget in a part of the company. The executing organ has
    /// [`Permission::Draft`], the working organ [`Permission::Review`] and [`Permission::Close`], the decision organ
    /// [`Permission::Approve`]; who is which, and who stands in for whom, is granted by role and scope (`headroom user role`).
    pub(super) fn may_take(&self, step: BudgetStep, scope: &Scope) -> Result<(), AppError> {
        let permission = match step {
            BudgetStep::Edit | BudgetStep::Submit => Permission::Draft,
            BudgetStep::Review | BudgetStep::Consolidate | BudgetStep::Return => Permission::Review,
            BudgetStep::Approve | BudgetStep::Reject => Permission::Approve,
        };
        self.require(permission, scope)
    }

    /// [`App::may_take`] for one product.
    pub(super) fn may_take_for(&self, step: BudgetStep, product: &str) -> Result<(), AppError> {
        self.may_take(step, &Scope::Product(product.to_owned()))
    }

    /// Nobody approves what they alone submitted.
    pub(super) fn four_eyes(
        &self,
        version: &BudgetVersion,
        events: &[BudgetEvent],
        over: Option<&str>,
    ) -> Result<(), AppError> {
        let submitters = submitters(version, events);
        let alone = submitters.iter().all(|who| **who == *self.actor);
        if alone && over.is_none() {
            return Err(Refusal::new("refused-budget-own")
                .with("version", version.number)
                .with("year", version.year)
                .with("who", &self.actor)
                .into());
        }
        Ok(())
    }
}

/// Who submitted a version since it was last returned.
fn submitters<'a>(version: &BudgetVersion, events: &'a [BudgetEvent]) -> BTreeSet<&'a str> {
    since_last(version, events, "return")
        .filter(|event| event.kind == "submit")
        .map(|event| event.actor.as_str())
        .collect()
}

/// The events of a version after its last one of a kind.
pub(super) fn since_last<'a>(
    version: &BudgetVersion,
    events: &'a [BudgetEvent],
    kind: &str,
) -> impl Iterator<Item = &'a BudgetEvent> {
    let of_version = |event: &&BudgetEvent| event.version == Some(version.number) && event.year == version.year;
    let last = events
        .iter()
        .filter(of_version)
        .filter(|event| event.kind == kind)
        .map(|event| event.id)
        .max()
        .unwrap_or(0);
    let (number, year) = (version.number, version.year);
    events
        .iter()
        .filter(move |event| event.version == Some(number) && event.year == year && event.id > last)
}
