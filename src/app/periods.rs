//! Closing and reopening months.

use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::ledger::Month;

impl App {
    /// Closes a month: it takes no more charges.
    ///
    /// # Errors
    /// When it is closed already, has no charges, or its newest allocation does not cover the ledger as it stands.
    pub fn close(&self, month: Month) -> Result<(), AppError> {
        self.require_company(Permission::Close)?;
        let lock = self.store.lock()?;
        if self.store.closed_months()?.contains(&month) {
            return Err(Refusal::new("refused-closed-already").with("month", month).into());
        }
        let billed = self.billed_months()?.is_some_and(|billed| billed.contains(month));
        if !billed || !self.ledger_months()?.contains(&month) {
            return Err(Refusal::new("refused-nothing-to-close").with("month", month).into());
        }
        let allocated = self.store.newest_runs()?.iter().any(|run| run.month == month);
        if !allocated || self.stale_months()?.contains(&month) {
            return Err(Refusal::new("refused-close-stale").with("month", month).into());
        }
        self.store.set_period(&lock, month, true, "", &self.actor)?;
        // Bills of the month release what was committed for them.
        self.settle(&lock)?;
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
        Ok(self.store.set_period(&lock, month, false, reason, &self.actor)?)
    }
}
