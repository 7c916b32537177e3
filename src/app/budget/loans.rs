//! Loans of budget between products of one department, and their repayment.

use super::books::{YearBooks, outside};
use super::requests::act_event;
use crate::app::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use headroom_models::budget::{Account, BudgetStep, Control, ControlAct, Lending, Loan};
use headroom_models::ledger::{Expenditure, Money, Month};

/// A loan that somebody wants to make.
#[derive(Clone, Debug)]
pub struct LoanRequest {
    /// Product that lends.
    pub from: String,
    /// Product that borrows.
    pub to: String,
    /// Running money or money for purchases.
    pub expenditure: Expenditure,
    /// Amount.
    pub amount: Money,
    /// Month from which the borrower has it.
    pub month: Month,
    /// Month in which it must be given back.
    pub due: Month,
    /// Why.
    pub reason: String,
}

impl App {
    /// Lends budget of one product to another of the same department.
    ///
    /// # Errors
    /// When the products are of different departments, a month is closed or outside the year, or the lender has not enough.
    pub fn lend_budget(&self, wish: &LoanRequest) -> Result<Loan, AppError> {
        self.require_somewhere(Permission::Draft)?;
        let lock = self.store.lock()?;
        let year = self.settings().fiscal.year_of(wish.month);
        let mut year_books = self.year_books(year)?;
        if wish.reason.trim().is_empty() {
            return Err(Refusal::new("refused-reason").into());
        }
        if wish.amount.is_zero() || wish.amount.is_negative() {
            return Err(Refusal::new("refused-amount-positive")
                .with("amount", wish.amount)
                .into());
        }
        let of = |product: &str| year_books.departments.get(product).cloned();
        let unknown = |product: &str| {
            let known: Vec<&str> = year_books.departments.keys().map(String::as_str).collect();
            Refusal::new("refused-unknown-product")
                .with("product", product)
                .with("known", known.join(", "))
        };
        let lender = of(&wish.from).ok_or_else(|| unknown(&wish.from))?;
        let borrower = of(&wish.to).ok_or_else(|| unknown(&wish.to))?;
        self.may_take_for(BudgetStep::Edit, &wish.from)?;
        if wish.from == wish.to {
            return Err(Refusal::new("refused-loan-itself").with("product", &wish.from).into());
        }
        if lender != borrower {
            return Err(Refusal::new("refused-loan-departments")
                .with("from", &wish.from)
                .with("lender", lender)
                .with("to", &wish.to)
                .with("borrower", borrower)
                .with("amount", wish.amount)
                .into());
        }
        self.open_month(&year_books, wish.month)?;
        if !year_books.months.contains(wish.due) || wish.due <= wish.month {
            return Err(Refusal::new("refused-loan-due")
                .with("due", wish.due)
                .with("month", wish.month)
                .with("last", year_books.months.last)
                .into());
        }
        let id = year_books.control.next_id("L", year);
        let act = ControlAct::Lend(Lending {
            id: id.clone(),
            from: wish.from.clone(),
            to: wish.to.clone(),
            expenditure: wish.expenditure,
            amount: wish.amount,
            month: wish.month,
            due: wish.due,
        });
        let account = |product: &str| Account {
            product: product.to_owned(),
            expenditure: wish.expenditure,
        };
        let room = year_books.books().room(&account(&wish.from), wish.month);
        if room < wish.amount {
            let visible = self.visible()?;
            let mut others: Vec<(Money, String)> = year_books
                .departments
                .iter()
                .filter(|(product, of)| **of == lender && **product != wish.from && **product != wish.to)
                .filter(|(product, _)| visible.sees(product))
                .map(|(product, _)| (year_books.books().room(&account(product), wish.month), product.clone()))
                .filter(|(room, _)| *room >= wish.amount)
                .collect();
            others.sort();
            others.reverse();
            let others: Vec<String> = others
                .into_iter()
                .map(|(room, product)| format!("{product} ({})", room.grouped(2)))
                .collect();
            return Err(Refusal::new("refused-loan-too-much")
                .with("from", &wish.from)
                .with("month", wish.month)
                .with("room", room.grouped(2))
                .with("amount", wish.amount.grouped(2))
                .with(
                    "others",
                    if others.is_empty() {
                        "–".to_owned()
                    } else {
                        others.join(", ")
                    },
                )
                .into());
        }
        add(&mut year_books.control, &act)?;
        let event = act_event(year, "lend", &wish.reason, &act)?;
        self.store.add_budget_events(&lock, &[event], &self.actor)?;
        Ok(year_books
            .control
            .loans
            .remove(&id)
            .ok_or_else(|| Refusal::new("refused-no-loan").with("id", id))?)
    }

    /// Gives back all of a loan, or a part.
    ///
    /// # Errors
    /// When there is no such loan, nothing is owed, the month is closed, or the borrower has not enough.
    pub fn repay_budget(&self, id: &str, month: Month, amount: Option<Money>, reason: &str) -> Result<Loan, AppError> {
        self.require_somewhere(Permission::Draft)?;
        let lock = self.store.lock()?;
        let control = self.budget_control()?;
        let loan = control
            .loans
            .get(id)
            .cloned()
            .ok_or_else(|| Refusal::new("refused-no-loan").with("id", id))?;
        let year = self.settings().fiscal.year_of(loan.lending.month);
        let mut year_books = self.year_books(year)?;
        self.may_take_for(BudgetStep::Edit, &loan.lending.to)?;
        if reason.trim().is_empty() {
            return Err(Refusal::new("refused-reason").into());
        }
        let owed = loan.outstanding();
        let amount = amount.unwrap_or(owed);
        if owed.is_zero() || amount > owed || amount.is_negative() || amount.is_zero() {
            return Err(Refusal::new("refused-repay-amount")
                .with("id", id)
                .with("amount", amount.grouped(2))
                .with("owed", owed.grouped(2))
                .into());
        }
        if !year_books.months.contains(month) {
            return Err(outside(month, year, year_books.months).into());
        }
        if month < loan.lending.month {
            return Err(Refusal::new("refused-repay-before")
                .with("id", id)
                .with("month", month)
                .with("lent", loan.lending.month)
                .into());
        }
        self.open_month(&year_books, month)?;
        let account = Account {
            product: loan.lending.to.clone(),
            expenditure: loan.lending.expenditure,
        };
        let before = year_books.books().room(&account, month);
        let act = ControlAct::Repay {
            id: id.to_owned(),
            month,
            amount,
        };
        add(&mut year_books.control, &act)?;
        let after = year_books.books().room(&account, month);
        if after.is_negative() && after < before {
            return Err(Refusal::new("refused-repay-short")
                .with("product", &account.product)
                .with("month", month)
                .with("amount", amount.grouped(2))
                .with("missing", after.abs().grouped(2))
                .into());
        }
        let event = act_event(year, "repay", reason, &act)?;
        self.store.add_budget_events(&lock, &[event], &self.actor)?;
        Ok(year_books
            .control
            .loans
            .remove(id)
            .ok_or_else(|| Refusal::new("refused-no-loan").with("id", id))?)
    }

    /// Refuses a closed month, and names the first open one.
    pub(super) fn open_month(&self, year_books: &YearBooks, month: Month) -> Result<(), AppError> {
        if !year_books.closed.contains(&month) {
            return Ok(());
        }
        Err(match year_books.open_from(month) {
            Some(open) => Refusal::new("refused-request-closed")
                .with("month", month)
                .with("open", open),
            None => Refusal::new("refused-request-year-closed")
                .with("month", month)
                .with("next", year_books.year + 1),
        }
        .into())
    }
}

/// Adds an act to what is on record; that it holds together was seen to before.
pub(super) fn add(control: &mut Control, act: &ControlAct) -> Result<(), AppError> {
    Ok(control
        .add(act)
        .map_err(|problem| crate::store::StoreError::Corrupt(problem.to_string()))?)
}
