//! Where each billed month stands, and the proofs of its allocation.

use super::{App, AppError};
use crate::auth::Permission;
use headroom_models::allocation::ConservationProof;
use headroom_models::ledger::Month;
use serde::Serialize;

/// Where a billed month stands.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BilledMonth {
    /// The month.
    pub month: Month,
    /// True when it takes no more charges.
    pub closed: bool,
    /// True when it is not allocated as the books stand.
    pub stale: bool,
}

impl App {
    /// The billed months in their order.
    ///
    /// # Errors
    /// When the principal does not see the whole company.
    pub fn billed_month_states(&self) -> Result<Vec<BilledMonth>, AppError> {
        self.require_company(Permission::Read)?;
        let Some(billed) = self.billed_months()? else {
            return Ok(Vec::new());
        };
        let (closed, stale) = (self.store.closed_months()?, self.stale_months()?);
        let months = self
            .ledger_months()?
            .into_iter()
            .filter(|month| billed.contains(*month));
        Ok(months
            .map(|month| BilledMonth {
                month,
                closed: closed.contains(&month),
                stale: stale.contains(&month),
            })
            .collect())
    }

    /// The proofs of the newest runs: what was in the ledger and what was allocated, by month, source and currency.
    ///
    /// # Errors
    /// When the principal does not see the whole company.
    pub fn allocation_proofs(&self) -> Result<Vec<ConservationProof>, AppError> {
        self.require_company(Permission::Read)?;
        let proofs = self.store.newest_proofs()?.into_iter();
        Ok(proofs.map(|stored| stored.proof).collect())
    }

    /// The last month with allocated bills: reports go no further.
    ///
    /// # Errors
    /// When nothing is allocated.
    pub fn last_reported_month(&self) -> Result<Month, AppError> {
        self.require_somewhere(Permission::Read)?;
        self.last_allocated_month()
    }
}
