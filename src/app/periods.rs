//! Closing and reopening months: open → closing → closed, and back with a reason.

use super::{App, AppError, Checklist};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::{MonthState, MonthStep};
use headroom_models::ledger::Month;
use std::collections::BTreeMap;

impl App {
    /// Starts closing a month: its checklist is on record from here on, and it still takes charges.
    ///
    /// # Errors
    /// When it is closed already or has no charges.
    pub fn start_closing(&self, month: Month) -> Result<Checklist, AppError> {
        self.require_company(Permission::Close)?;
        let lock = self.store.lock()?;
        self.require_to_close(month)?;
        let checklist = self.checklist(month)?;
        let items = serde_json::to_value(&checklist.items).unwrap_or_default();
        self.store
            .set_month_state(&lock, month, MonthState::Closing, "", &items, &self.actor)?;
        Ok(checklist)
    }

    /// Closes a month: it takes no more charges.
    ///
    /// # Errors
    /// When it is closed already, has no charges, or an item of its checklist is in the way. What is open may be accepted
    /// with a reason; sums that do not tie out may not.
    pub fn close(&self, month: Month, accepted: Option<&str>) -> Result<Checklist, AppError> {
        self.require_company(Permission::Close)?;
        let lock = self.store.lock()?;
        self.require_to_close(month)?;
        let allocated = self.store.newest_runs()?.iter().any(|run| run.month == month);
        if !allocated || self.stale_months()?.contains(&month) {
            return Err(Refusal::new("refused-close-stale").with("month", month).into());
        }
        let reason = accepted.map(str::trim).unwrap_or_default();
        if accepted.is_some() && reason.is_empty() {
            return Err(Refusal::new("refused-accept-reason").into());
        }
        let checklist = self.checklist(month)?;
        let in_the_way: Vec<_> = checklist.in_the_way(accepted.is_some()).cloned().collect();
        if !in_the_way.is_empty() {
            let items = move |language| {
                let lines = in_the_way
                    .iter()
                    .map(|item| format!("- {}", item.message.message(language)));
                lines.collect::<Vec<_>>().join("\n")
            };
            return Err(Refusal::new("refused-close-checklist")
                .with("month", month)
                .with_words("items", items)
                .into());
        }
        let items = serde_json::to_value(&checklist.items).unwrap_or_default();
        self.store
            .set_month_state(&lock, month, MonthState::Closed, reason, &items, &self.actor)?;
        // Bills of the month release what was committed for them.
        self.settle(&lock)?;
        self.alerts_of_closing(&lock, month)?;
        Ok(checklist)
    }

    fn require_to_close(&self, month: Month) -> Result<(), AppError> {
        if self.store.closed_months()?.contains(&month) {
            return Err(Refusal::new("refused-closed-already").with("month", month).into());
        }
        let billed = self.billed_months()?.is_some_and(|billed| billed.contains(month));
        if !billed || !self.ledger_months()?.contains(&month) {
            return Err(Refusal::new("refused-nothing-to-close").with("month", month).into());
        }
        Ok(())
    }

    /// Reopens a closed month, with the reason on record.
    ///
    /// # Errors
    /// When it is not closed, or no reason is given.
    pub fn reopen(&self, month: Month, reason: &str) -> Result<(), AppError> {
        self.require_company(Permission::Close)?;
        let lock = self.store.lock()?;
        if reason.trim().is_empty() {
            return Err(Refusal::new("refused-reopen-reason").into());
        }
        if !self.store.closed_months()?.contains(&month) {
            return Err(Refusal::new("refused-not-closed").with("month", month).into());
        }
        let nothing = serde_json::Value::Array(Vec::new());
        Ok(self
            .store
            .set_month_state(&lock, month, MonthState::Open, reason, &nothing, &self.actor)?)
    }

    /// The billed months with their states, and every step that they took.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub fn month_states(&self) -> Result<(BTreeMap<Month, MonthState>, Vec<MonthStep>), AppError> {
        self.require_somewhere(Permission::Read)?;
        let closed = self.store.closed_months()?;
        let steps = self.store.month_steps()?;
        let newest: BTreeMap<Month, &str> = steps.iter().map(|step| (step.month, step.state.as_str())).collect();
        let billed = self.billed_months()?;
        let months = self.ledger_months()?.into_iter();
        let states = months
            .filter(|month| billed.is_some_and(|billed| billed.contains(*month)) || closed.contains(month))
            .map(|month| {
                let state = match newest.get(&month) {
                    _ if closed.contains(&month) => MonthState::Closed,
                    Some(&"closing") => MonthState::Closing,
                    _ => MonthState::Open,
                };
                (month, state)
            });
        Ok((states.collect(), steps))
    }
}
