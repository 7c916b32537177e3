//! Budget lines pasted from a sheet, and amounts of a year spread over its months.

use super::edits::{EditProblem, Edited};
use super::organs::StepRequest;
use crate::app::{App, AppError};
use crate::refusal::Refusal;
use crate::store::BudgetVersion;
use headroom_models::budget::{
    BudgetStep, CellEdit, LineKey, Phasing, PhasingProblem, SheetAmount, SheetProblem, SheetRow, Sourcing, read_sheet,
    spread, write_sheet,
};
use headroom_models::ledger::{Money, Month, MonthRange};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A version as a sheet.
pub struct BudgetSheet {
    /// The version.
    pub version: BudgetVersion,
    /// Rows below the header.
    pub rows: usize,
    /// The sheet.
    pub csv: String,
}

impl App {
    /// The lines of a version as a sheet that [`App::paste_budget`] takes: a row per month, key and place that it comes from.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn budget_sheet(&self, year: i32, version: Option<i64>) -> Result<BudgetSheet, AppError> {
        let shown = self.budget(year, version)?;
        let (rows, csv) = write_sheet(&shown.lines);
        Ok(BudgetSheet {
            version: shown.version,
            rows,
            csv,
        })
    }

    /// Sets cells of a draft from a sheet (CSV in any of the encodings that bills come in); all rows or none.
    ///
    /// # Errors
    /// When the file cannot be read; when any row cannot be taken: all of them are named.
    pub fn paste_budget(&self, request: &StepRequest, file: &Path) -> Result<Edited, AppError> {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let unreadable = |error: std::io::Error| {
            Refusal::new("refused-sheet-unreadable")
                .with("file", name.clone().unwrap_or_default())
                .with("reason", error)
        };
        let bytes = std::fs::read(file).map_err(unreadable)?;
        let text = headroom_importers::decode_text(&bytes).map_err(unreadable)?;
        let rows = read_sheet(&text)
            .map_err(|problems| AppError::BudgetEdits(problems.into_iter().map(of_sheet).collect()))?;
        self.edit_budget(request, &self.cells_of(request, &rows)?)
    }

    /// Sets a key's cells of a year by spreading an amount over all of its months, or those from one on.
    ///
    /// # Errors
    /// When there is nothing to spread by, and those of an edit.
    pub fn phase_budget(
        &self,
        request: &StepRequest,
        key: &LineKey,
        sourcing: Option<&Sourcing>,
        amount: Money,
        phasing: &Phasing,
        from: Option<Month>,
    ) -> Result<Edited, AppError> {
        let version = self.for_step(request, BudgetStep::Edit)?;
        let months = self.fiscal_months(version.year);
        let months = MonthRange {
            first: from.unwrap_or(months.first).max(months.first),
            last: months.last,
        };
        let parts = self
            .phased(key, amount, phasing, months)?
            .map_err(|problem| of_phasing(&problem))?;
        let edits: Vec<(usize, CellEdit)> = parts
            .into_iter()
            .map(|(month, part)| {
                let mut edit = CellEdit::of(month, key.clone(), request.comment.clone());
                edit.sourcing = sourcing.cloned();
                edit.amount = Some(part);
                (1, edit)
            })
            .collect();
        self.edit_budget(request, &edits)
    }

    fn phased(
        &self,
        key: &LineKey,
        amount: Money,
        phasing: &Phasing,
        months: MonthRange,
    ) -> Result<Result<Vec<(Month, Money)>, PhasingProblem>, AppError> {
        let mut last_year: BTreeMap<Month, Money> = BTreeMap::new();
        if *phasing == Phasing::LastYear {
            let range = MonthRange {
                first: months.first.plus(-12),
                last: months.last.plus(-12),
            };
            for actual in self.actuals(&self.rates()?, range, None)? {
                if actual.product == key.product && actual.cost_type == key.cost_type {
                    *last_year.entry(actual.month).or_default() += actual.amount;
                }
            }
        }
        let mut free = BTreeSet::new();
        if *phasing == Phasing::WorkingDays {
            for event in self
                .event_days()?
                .iter()
                .filter(|event| event.kind.ends_with("holiday"))
            {
                free.extend(event.start.iter_days().take_while(|day| *day <= event.end));
            }
        }
        let months: Vec<Month> = months.months().collect();
        Ok(spread(amount, &months, phasing, &last_year, &free))
    }

    fn cells_of(&self, request: &StepRequest, rows: &[SheetRow]) -> Result<Vec<(usize, CellEdit)>, AppError> {
        let months = self.fiscal_months(request.year);
        let (mut cells, mut problems) = (Vec::new(), Vec::new());
        for row in rows {
            let amounts = match &row.amount {
                SheetAmount::Month(month, amount) => vec![(*month, *amount)],
                SheetAmount::Months(amounts) => amounts.clone(),
                SheetAmount::Year(amount, phasing) => match self.phased(&row.key, *amount, phasing, months)? {
                    Ok(parts) => parts,
                    Err(problem) => {
                        problems.push(EditProblem {
                            row: row.row,
                            column: "phasing",
                            value: amount.to_string(),
                            message: of_phasing(&problem),
                        });
                        continue;
                    }
                },
            };
            for (month, amount) in amounts {
                let reason = match row.reason.is_empty() {
                    true => request.comment.clone(),
                    false => row.reason.clone(),
                };
                let mut edit = CellEdit::of(month, row.key.clone(), reason);
                edit.sourcing.clone_from(&row.sourcing);
                edit.amount = Some(amount);
                edit.units = row.units;
                edit.owner.clone_from(&row.owner);
                edit.comment.clone_from(&row.comment);
                cells.push((row.row, edit));
            }
        }
        if problems.is_empty() {
            Ok(cells)
        } else {
            Err(AppError::BudgetEdits(problems))
        }
    }
}

fn of_phasing(problem: &PhasingProblem) -> Refusal {
    match problem {
        PhasingProblem::WeightCount { found, months } => Refusal::new("phasing-count")
            .with("found", found)
            .with("months", months),
        PhasingProblem::Weights => Refusal::new("phasing-weights"),
        PhasingProblem::NoLastYear => Refusal::new("phasing-no-last-year"),
        PhasingProblem::NoMonths => Refusal::new("phasing-no-months"),
    }
}

fn of_sheet(problem: SheetProblem) -> EditProblem {
    let (row, column, value, message) = match problem {
        SheetProblem::NoColumn { column } => (
            1,
            column,
            String::new(),
            Refusal::new("sheet-no-column").with("column", column),
        ),
        SheetProblem::Unreadable { row, reason } => (
            row,
            "–",
            String::new(),
            Refusal::new("sheet-unreadable").with("reason", reason),
        ),
        SheetProblem::Missing { row, column } => (row, column, String::new(), Refusal::new("sheet-missing")),
        SheetProblem::Bad {
            row,
            column,
            found,
            accepted,
        } => {
            let message = Refusal::new("sheet-bad")
                .with("found", &found)
                .with("accepted", accepted);
            (row, column, found, message)
        }
        SheetProblem::Empty => (2, "–", String::new(), Refusal::new("sheet-empty")),
    };
    EditProblem {
        row,
        column,
        value,
        message,
    }
}
