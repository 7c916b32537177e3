//! What `check` verifies of budgets beyond their totals: the acts hold together, loans net to zero, what is available is what
//! an independent sum says, and what is recorded of every version is what stands in it.

use super::books::act_of;
use crate::app::{App, AppError};
use crate::refusal::Refusal;
use headroom_models::budget::{Account, BudgetState, ControlAct};
use headroom_models::ledger::{Expenditure, Money, Month};
use std::collections::{BTreeMap, BTreeSet};

impl App {
    /// How many things were looked at, and what does not hold.
    pub(in crate::app) fn verify_control(&self) -> Result<(usize, Vec<Refusal>), AppError> {
        let events = self.store.budget_events(None)?;
        let mut failures = Vec::new();
        let mut looked_at = events.len();
        let mut acts = Vec::new();
        for event in &events {
            match act_of(event) {
                Some(Ok(act)) => acts.push(act),
                Some(Err(error)) => failures.push(
                    Refusal::new("refused-budget-events")
                        .with("id", event.id)
                        .with("reason", error),
                ),
                None => {}
            }
        }
        if let Err(problem) = headroom_models::budget::Control::replay(&acts) {
            failures.push(
                Refusal::new("refused-budget-events")
                    .with("id", "–")
                    .with("reason", problem),
            );
            return Ok((looked_at, failures));
        }
        let years: BTreeSet<i32> = self
            .store
            .budgets()?
            .into_iter()
            .filter(|version| version.state == BudgetState::Approved)
            .map(|version| version.year)
            .collect();
        // A configuration that cannot be read is another check's failure; without it nothing can be said here.
        let Ok(stale) = self.stale_months() else {
            return Ok((looked_at, failures));
        };
        for year in years {
            let months = self.fiscal_months(year);
            // A stale month is another check's failure, and nothing can be said about it here.
            if stale.iter().any(|month| months.contains(*month)) {
                continue;
            }
            let year_books = match self.year_books(year) {
                Ok(year_books) => year_books,
                Err(error) => {
                    let reason = |language| error.message(language);
                    let failure = Refusal::new("check-control-unreadable").with("year", year);
                    failures.push(failure.with_words("reason", reason));
                    continue;
                }
            };
            let books = year_books.books();
            // A second sum of the lines, not the books' own.
            let mut controlled: BTreeMap<(&str, Expenditure, Month), Money> = BTreeMap::new();
            for line in &year_books.lines {
                let place = (line.product.as_str(), line.expenditure, line.month);
                *controlled.entry(place).or_default() += line.controlled();
            }
            for month in months.months() {
                let mut lent = Money::ZERO;
                for account in books.accounts() {
                    looked_at += 1;
                    let standing = books.standing(&account, month);
                    lent += standing.lent;
                    let expected = by_hand(&acts, &account, months.first, month)
                        + controlled
                            .iter()
                            .filter(|((product, expenditure, then), _)| {
                                *then <= month && *product == account.product && *expenditure == account.expenditure
                            })
                            .map(|(_, amount)| *amount)
                            .sum()
                        - year_books
                            .spent
                            .iter()
                            .filter(|((of, then), _)| *of == account && months.contains(*then) && *then <= month)
                            .map(|(_, amount)| *amount)
                            .sum();
                    if standing.available != expected {
                        failures.push(
                            Refusal::new("check-available")
                                .with("product", &account.product)
                                .with("month", month)
                                .with("available", standing.available)
                                .with("expected", expected),
                        );
                    }
                }
                if !lent.is_zero() {
                    failures.push(Refusal::new("check-loans").with("month", month).with("amount", lent));
                }
            }
        }
        Ok((looked_at, failures))
    }
}

/// What the acts alone add to or take from an account through a month, act by act: the second way to the same figure.
fn by_hand(acts: &[ControlAct], account: &Account, first: Month, through: Month) -> Money {
    let within = |month: Month| first <= month && month <= through;
    let is_of =
        |product: &str, expenditure: Expenditure| product == account.product && expenditure == account.expenditure;
    let mut sum = Money::ZERO;
    // Commitment → month, requested, ordered (by order), billed (by month), released.
    type Promise = (Month, Money, BTreeMap<String, Money>, BTreeMap<Month, Money>, bool);
    let mut promises: BTreeMap<&str, Promise> = BTreeMap::new();
    let mut loans: BTreeMap<&str, (&str, &str, Expenditure, Month)> = BTreeMap::new();
    for act in acts {
        match act {
            ControlAct::Request(request) | ControlAct::Unrequested(request) => {
                if is_of(&request.key.product, request.key.expenditure) {
                    let promise = (request.month, request.amount, BTreeMap::new(), BTreeMap::new(), false);
                    promises.insert(&request.id, promise);
                }
            }
            ControlAct::Order { id, order, amount } => {
                if let Some(promise) = promises.get_mut(id.as_str()) {
                    promise.2.insert(order.clone(), *amount);
                }
            }
            ControlAct::Bill { id, month, amount, .. } => {
                if let Some(promise) = promises.get_mut(id.as_str()) {
                    promise.3.insert(*month, *amount);
                }
            }
            ControlAct::Release { id } => {
                if let Some(promise) = promises.get_mut(id.as_str()) {
                    promise.4 = true;
                }
            }
            ControlAct::Lend(lending) => {
                loans.insert(
                    &lending.id,
                    (&lending.from, &lending.to, lending.expenditure, lending.month),
                );
                if within(lending.month) && is_of(&lending.to, lending.expenditure) {
                    sum += lending.amount;
                }
                if within(lending.month) && is_of(&lending.from, lending.expenditure) {
                    sum -= lending.amount;
                }
            }
            ControlAct::Repay { id, month, amount } => {
                if let Some((from, to, expenditure, lent)) = loans.get(id.as_str()).copied()
                    && within(lent)
                    && *month <= through
                {
                    if is_of(to, expenditure) {
                        sum -= *amount;
                    }
                    if is_of(from, expenditure) {
                        sum += *amount;
                    }
                }
            }
            ControlAct::CarryOver(carry) => {
                if carry.account == *account {
                    if within(carry.into) {
                        sum += carry.carried;
                    }
                    if within(carry.from) {
                        sum -= carry.carried + carry.lapsed;
                    }
                }
                for (id, _) in &carry.commitments {
                    if let Some(promise) = promises.get_mut(id.as_str()) {
                        promise.0 = carry.into;
                    }
                }
            }
        }
    }
    for (month, requested, orders, bills, released) in promises.into_values() {
        if within(month) && !released {
            let ordered: Money = orders.values().copied().sum();
            let billed: Money = bills.values().copied().sum();
            let amount = if orders.is_empty() { requested } else { ordered };
            sum -= (amount - billed).max(Money::ZERO);
        }
    }
    sum
}
