//! Accepted proposals of rolling adjustments become a revision of the budget, which takes the way of every budget.

use super::BudgetShown;
use crate::app::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::budget::{CellEdit, by_part, edited};
use headroom_models::ledger::Money;

impl App {
    /// Makes a draft that revises the year's approved version by what was accepted since and is in no version yet.
    ///
    /// # Errors
    /// When nothing is approved, nothing is waiting, or a month that was to change is closed by now.
    pub fn revise_from_rolls(&self, year: i32) -> Result<BudgetShown, AppError> {
        self.require_company(Permission::Draft)?;
        let lock = self.store.lock()?;
        let baseline = self
            .baseline(year)?
            .ok_or_else(|| Refusal::new("refused-no-baseline").with("year", year))?;
        let rolls = self.store.rolls()?;
        let of_year = |roll: i64| rolls.iter().find(|known| known.id == roll && known.year == year);
        let closed = self.store.closed_months()?;
        let lines = self.store.budget_lines(baseline.id)?;
        let (mut edits, mut taken, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
        for proposal in self.store.roll_proposals()? {
            let (Some(decision), None, Some(roll)) = (&proposal.decision, proposal.revision, of_year(proposal.roll))
            else {
                continue;
            };
            if decision.changes.is_empty() {
                continue;
            }
            if let Some(change) = decision.changes.iter().find(|change| closed.contains(&change.month)) {
                return Err(Refusal::new("refused-roll-closed-since")
                    .with("proposal", proposal.id)
                    .with("month", change.month)
                    .into());
            }
            let note = format!(
                "roll {} ({}), proposal {}: {}",
                roll.id, roll.as_of, proposal.id, decision.reason
            );
            for change in &decision.changes {
                let mut edit = CellEdit::of(change.month, change.key.clone(), note.trim_end_matches([' ', ':']));
                edit.add = Some(change.amount);
                edits.extend(by_part(&lines, edit));
            }
            let sign = if proposal.kind == "cut" {
                -decision.amount
            } else {
                decision.amount
            };
            reasons.push(format!("{} {}", proposal.product, signed(sign)));
            taken.push(proposal.id);
        }
        if taken.is_empty() {
            return Err(Refusal::new("refused-roll-nothing-accepted").with("year", year).into());
        }
        let reason = format!("rolling adjustment: {}", reasons.join(", "));
        self.add_revision(&lock, &baseline, &edited(&lines, &edits), &reason, &taken, None)
    }
}

fn signed(amount: Money) -> String {
    if amount.is_negative() {
        amount.to_string()
    } else {
        format!("+{amount}")
    }
}
