//! Requests for money: granted and reserved, or refused with the ways out.

use crate::app::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::NewBudgetEvent;
use headroom_models::budget::{
    Account, BudgetStep, Commitment, ControlAct, LineKey, Reference, Request, Standing, WayOut,
};
use headroom_models::ledger::{Money, Month};
use serde::Serialize;
use serde_json::json;

/// A wish to spend.
#[derive(Clone, Debug)]
pub struct SpendRequest {
    /// Month in which the money will be spent.
    pub month: Month,
    /// What for.
    pub key: LineKey,
    /// Net amount in the reporting currency.
    pub amount: Money,
    /// What order and bill will be recognised by.
    pub reference: Reference,
    /// Why.
    pub reason: String,
}

/// What became of it.
#[derive(Clone, Debug, Serialize)]
pub struct RequestOutcome {
    /// True when the money is reserved.
    pub granted: bool,
    /// Number of the request; nothing when refused.
    pub id: Option<String>,
    /// Account that it is held against.
    pub account: Account,
    /// Month.
    pub month: Month,
    /// Amount.
    pub amount: Money,
    /// Currency.
    pub currency: String,
    /// The account through the month, before the request.
    pub before: Standing,
    /// What could be requested, before the request.
    pub room: Money,
    /// What is missing; zero when granted.
    pub missing: Money,
    /// What could be done instead, with what each way means in money.
    pub ways_out: Vec<WayOut>,
}

impl App {
    /// Requests money of a year's budget: reserved when there is enough, refused with the ways out when not. A refusal is
    /// on record as well.
    ///
    /// # Errors
    /// When the request makes no sense: a closed month, an unknown or ended product, no approved budget.
    pub fn request_budget(&self, wish: &SpendRequest) -> Result<RequestOutcome, AppError> {
        self.require_somewhere(Permission::Draft)?;
        let lock = self.store.lock()?;
        let year = self.settings().fiscal.year_of(wish.month);
        let year_books = self.year_books(year)?;
        let (_, configuration) = self.configuration()?;
        let organization = &configuration.organization;
        self.may_take_for(BudgetStep::Edit, &wish.key.product)?;
        if year_books.closed.contains(&wish.month) {
            return Err(match year_books.open_from(wish.month) {
                Some(open) => Refusal::new("refused-request-closed")
                    .with("month", wish.month)
                    .with("open", open),
                None => Refusal::new("refused-request-year-closed")
                    .with("month", wish.month)
                    .with("next", year + 1),
            }
            .into());
        }
        if wish.amount.is_zero() || wish.amount.is_negative() {
            return Err(Refusal::new("refused-amount-positive")
                .with("amount", wish.amount)
                .into());
        }
        if wish.reason.trim().is_empty() {
            return Err(Refusal::new("refused-reason").into());
        }
        super::known_product(organization, &wish.key, wish.month)?;
        let books = year_books.books();
        let account = Account {
            product: wish.key.product.clone(),
            expenditure: wish.key.expenditure,
        };
        let (before, room) = (books.standing(&account, wish.month), books.room(&account, wish.month));
        let granted = wish.amount <= room;
        let mut outcome = RequestOutcome {
            granted,
            id: None,
            account: account.clone(),
            month: wish.month,
            amount: wish.amount,
            currency: self.settings().currency.clone(),
            before,
            room,
            missing: Money::ZERO,
            ways_out: Vec::new(),
        };
        let event = if granted {
            let id = year_books.control.next_id("R", year);
            outcome.id = Some(id.clone());
            let act = ControlAct::Request(Request {
                id,
                month: wish.month,
                key: wish.key.clone(),
                amount: wish.amount,
                reference: wish.reference.clone(),
            });
            act_event(year, "request", &wish.reason, &act)?
        } else {
            let open = |month: Month| !year_books.closed.contains(&month);
            outcome.missing = wish.amount - room;
            // Nobody is told what a product has that they may not look at.
            let visible = self.visible()?;
            let mut departments = year_books.departments.clone();
            departments.retain(|product, _| visible.sees(product));
            outcome.ways_out = books.ways_out(&account, wish.month, wish.amount, &departments, &open);
            NewBudgetEvent {
                year,
                version: None,
                kind: "refuse",
                reason: wish.reason.trim().to_owned(),
                body: json!({ "month": wish.month, "key": wish.key, "amount": wish.amount, "room": room, "ways_out": outcome.ways_out }),
            }
        };
        self.store.add_budget_events(&lock, &[event], &self.actor)?;
        Ok(outcome)
    }

    /// Gives up what of a commitment is not billed: the rest is free again.
    ///
    /// # Errors
    /// When there is no such commitment, or nothing of it is outstanding.
    pub fn release_commitment(&self, id: &str, reason: &str) -> Result<Commitment, AppError> {
        self.require_somewhere(Permission::Draft)?;
        let lock = self.store.lock()?;
        if reason.trim().is_empty() {
            return Err(Refusal::new("refused-reason").into());
        }
        let mut control = self.budget_control()?;
        let found = control
            .commitments
            .get(id)
            .ok_or_else(|| Refusal::new("refused-no-commitment").with("id", id))?;
        if found.outstanding().is_zero() {
            return Err(Refusal::new("refused-nothing-outstanding").with("id", id).into());
        }
        self.may_take_for(BudgetStep::Edit, &found.request.key.product)?;
        let year = self.settings().fiscal.year_of(found.month());
        let act = ControlAct::Release { id: id.to_owned() };
        let event = act_event(year, "release", reason, &act)?;
        self.store.add_budget_events(&lock, &[event], &self.actor)?;
        control
            .add(&act)
            .map_err(|problem| crate::store::StoreError::Corrupt(problem.to_string()))?;
        let released = control.commitments.remove(id);
        Ok(released.ok_or_else(|| Refusal::new("refused-no-commitment").with("id", id))?)
    }
}

/// The event of an act.
pub(super) fn act_event(
    year: i32,
    kind: &'static str,
    reason: &str,
    act: &ControlAct,
) -> Result<NewBudgetEvent, AppError> {
    let body = serde_json::to_value(act).map_err(|error| crate::store::StoreError::Corrupt(error.to_string()))?;
    Ok(NewBudgetEvent {
        year,
        version: None,
        kind,
        reason: reason.trim().to_owned(),
        body,
    })
}
