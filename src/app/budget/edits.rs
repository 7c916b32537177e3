//! Edits of a draft: all of them or none, with every problem named.

use super::books::outside;
use super::organs::StepRequest;
use crate::app::{App, AppError};
use crate::refusal::Refusal;
use crate::store::{BudgetChange, BudgetVersion, NewBudgetEvent, WriteLock};
use headroom_models::budget::{BudgetLine, BudgetStep, CellEdit, Comparison, LineKey, compare, edited, negative_cells};
use headroom_models::language::Language;
use headroom_models::ledger::Month;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with one edit.
#[derive(Clone, Debug, Serialize)]
pub struct EditProblem {
    /// Row of the sheet, the header being row 1; or the place of the edit, counted from 1.
    pub row: usize,
    /// Column of the sheet.
    pub column: &'static str,
    /// What was found.
    pub value: String,
    /// What is wrong with it, and what would be accepted.
    pub message: Refusal,
}

impl EditProblem {
    pub(crate) fn text(&self, language: Language) -> String {
        Refusal::new("edit-problem")
            .with("row", self.row)
            .with("column", self.column)
            .with_words("message", |language| self.message.message(language))
            .message(language)
    }
}

/// A version after its edits.
#[derive(Clone, Debug, Serialize)]
pub struct Edited {
    /// The version.
    pub version: BudgetVersion,
    /// What changed.
    pub changes: Comparison,
}

/// What changed, as an event keeps it.
fn on_record(changes: &Comparison) -> Value {
    json!({ "difference": changes.difference, "cells": changes.cells })
}

impl App {
    /// Changes cells of a draft; all edits or none. Each comes with the row that it stands in.
    ///
    /// # Errors
    /// When the version is not open for edits or was changed in between; when any edit names an unknown or ended product, a
    /// month outside the year, a closed month of a revision, or makes a cell negative: all of them are named.
    pub fn edit_budget(&self, request: &StepRequest, edits: &[(usize, CellEdit)]) -> Result<Edited, AppError> {
        let lock = self.store.lock()?;
        let version = self.for_step(request, BudgetStep::Edit)?;
        let before = self.store.budget_lines(version.id)?;
        let mut places: BTreeMap<(LineKey, Month), Vec<&BudgetLine>> = BTreeMap::new();
        for line in &before {
            places.entry((line.key(), line.month)).or_default().push(line);
        }
        let nothing = |edit: &CellEdit| {
            let lines = places.get(&(edit.key.clone(), edit.month));
            lines.is_some_and(|lines| edit.changes_nothing(lines))
        };
        // A sheet that was written out comes back with rows that nobody may set, and nobody did.
        let edits: Vec<(usize, CellEdit)> = edits.iter().filter(|(_, edit)| !nothing(edit)).cloned().collect();
        let products: BTreeSet<&str> = edits.iter().map(|(_, edit)| edit.key.product.as_str()).collect();
        for product in products {
            self.may_take_for(BudgetStep::Edit, product)?;
        }
        let cells: Vec<CellEdit> = edits.iter().map(|(_, edit)| edit.clone()).collect();
        let after = edited(&before, &cells);
        let mut problems = self.problems_of(&version, &edits)?;
        for ((key, month), amount) in negative_cells(&before, &after) {
            let row = edits
                .iter()
                .rfind(|(_, edit)| edit.key == key && edit.month == month)
                .map_or(0, |(row, _)| *row);
            problems.push(EditProblem {
                row,
                column: "amount",
                value: amount.to_string(),
                message: Refusal::new("edit-negative")
                    .with("product", &key.product)
                    .with("month", month)
                    .with("amount", amount.grouped(2)),
            });
        }
        if !problems.is_empty() {
            problems.sort_by_key(|problem| problem.row);
            return Err(AppError::BudgetEdits(problems));
        }
        self.keep_edits(&lock, &version, &before, &after, "edit", &request.comment)
    }

    /// Keeps other lines of an open version, with what changed on record.
    pub(super) fn keep_edits(
        &self,
        lock: &WriteLock,
        version: &BudgetVersion,
        before: &[BudgetLine],
        after: &[BudgetLine],
        kind: &'static str,
        reason: &str,
    ) -> Result<Edited, AppError> {
        let changes = compare(before, after);
        let change = BudgetChange {
            version,
            state: version.state,
            lines: Some(after),
            event: NewBudgetEvent {
                year: version.year,
                version: Some(version.number),
                kind,
                reason: reason.trim().to_owned(),
                body: on_record(&changes),
            },
        };
        let version = self.store.change_budget(lock, &change, &self.actor)?;
        self.as_edited(version, after, changes)
    }

    /// Keeps other lines as a new revision of the baseline, in one act.
    pub(super) fn keep_as_revision(
        &self,
        lock: &WriteLock,
        baseline: &BudgetVersion,
        before: &[BudgetLine],
        after: &[BudgetLine],
        kind: &'static str,
        reason: &str,
    ) -> Result<Edited, AppError> {
        let changes = compare(before, after);
        let change = Some((kind, on_record(&changes)));
        let revision = self.add_revision(lock, baseline, after, reason.trim(), &[], change)?;
        self.as_edited(revision.version, after, changes)
    }

    fn as_edited(&self, version: BudgetVersion, after: &[BudgetLine], changes: Comparison) -> Result<Edited, AppError> {
        // Whoever sees only some products is told what these come to.
        let lines = after.to_vec();
        let version = self.only_visible(super::BudgetShown { version, lines })?.version;
        Ok(Edited { version, changes })
    }

    fn problems_of(&self, version: &BudgetVersion, edits: &[(usize, CellEdit)]) -> Result<Vec<EditProblem>, AppError> {
        let months = self.fiscal_months(version.year);
        let closed = self.store.closed_months()?;
        let (_, configuration) = self.configuration()?;
        let mut problems = Vec::new();
        for (row, edit) in edits {
            let mut problem = |column, value: String, message| {
                problems.push(EditProblem {
                    row: *row,
                    column,
                    value,
                    message,
                });
            };
            let month = edit.month;
            if !months.contains(month) {
                problem("month", month.to_string(), outside(month, version.year, months));
            } else if version.based_on.is_some() && closed.contains(&month) && edit.changes_money() {
                let open = months.months().find(|open| *open > month && !closed.contains(open));
                let open = open.map_or_else(|| "–".to_owned(), |open| open.to_string());
                problem(
                    "month",
                    month.to_string(),
                    Refusal::new("edit-closed").with("month", month).with("open", open),
                );
            }
            if let Err(refusal) = super::known_product(&configuration.organization, &edit.key, month) {
                problem("product", edit.key.product.clone(), refusal);
            }
            // A part of a cell may be a credit: the cell as a whole is looked at afterwards.
            if edit.sourcing.is_none() && edit.amount.is_some_and(headroom_models::ledger::Money::is_negative) {
                problem(
                    "amount",
                    edit.amount.unwrap_or_default().to_string(),
                    Refusal::new("edit-amount-negative").with("amount", edit.amount.unwrap_or_default()),
                );
            }
        }
        Ok(problems)
    }
}
