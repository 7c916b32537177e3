//! The end of a year: what is unspent goes on by the rules, or ends.

use super::loans::add;
use super::requests::act_event;
use crate::app::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::budget::{CarryOver, CarryRules, ControlAct};
use headroom_models::ledger::{Money, Month};
use serde::Serialize;

/// What becomes of a year's money.
#[derive(Clone, Debug, Serialize)]
pub struct YearEnd {
    /// The year that ends.
    pub year: i32,
    /// The month that has the money.
    pub into: Month,
    /// The rules.
    pub rules: CarryRules,
    /// Currency.
    pub currency: String,
    /// By account.
    pub accounts: Vec<CarryOver>,
    /// Sum of what goes on.
    pub carried: Money,
    /// Sum of what ends.
    pub lapsed: Money,
    /// False for a look at what would be.
    pub kept: bool,
}

impl App {
    /// Ends a year: carries over by the rules of the configuration (`[budget.carry_over]`), once, when every month is closed and
    /// every loan is back.
    ///
    /// # Errors
    /// When a month is open, a loan is not back, or the year has ended already.
    pub fn carry_over(&self, year: i32, dry_run: bool, reason: &str) -> Result<YearEnd, AppError> {
        self.require_company(Permission::Close)?;
        let lock = self.store.lock()?;
        let mut year_books = self.year_books(year)?;
        let (_, configuration) = self.configuration()?;
        let rules = configuration.budget.carry_over;
        let into = year_books.months.last.plus(1);
        if year_books
            .control
            .carry_overs
            .iter()
            .any(|done| done.from == year_books.months.last)
        {
            return Err(Refusal::new("refused-year-ended").with("year", year).into());
        }
        let open: Vec<String> = year_books
            .months
            .months()
            .filter(|month| !year_books.closed.contains(month))
            .map(|month| month.to_string())
            .collect();
        if !open.is_empty() && !dry_run {
            return Err(Refusal::new("refused-year-open")
                .with("year", year)
                .with("months", open.join(", "))
                .into());
        }
        let owed: Vec<String> = year_books
            .control
            .loans
            .values()
            .filter(|loan| year_books.months.contains(loan.lending.month) && !loan.outstanding().is_zero())
            .map(|loan| format!("{} ({})", loan.lending.id, loan.outstanding().grouped(2)))
            .collect();
        if !owed.is_empty() && !dry_run {
            return Err(Refusal::new("refused-year-loans")
                .with("year", year)
                .with("loans", owed.join(", "))
                .into());
        }
        let accounts = year_books.books().carry_overs(rules, into);
        let mut events = Vec::new();
        for account in &accounts {
            let act = ControlAct::CarryOver(account.clone());
            add(&mut year_books.control, &act)?;
            events.push(act_event(year, "carry-over", reason, &act)?);
        }
        if !dry_run {
            self.store.add_budget_events(&lock, &events, &self.actor)?;
        }
        Ok(YearEnd {
            year,
            into,
            rules,
            currency: self.settings().currency.clone(),
            carried: accounts.iter().map(|account| account.carried).sum(),
            lapsed: accounts.iter().map(|account| account.lapsed).sum(),
            accounts,
            kept: !dry_run,
        })
    }
}
