//! The books of a year's budget: what is approved, spent, spoken for and lent, gathered once for everything that asks.

use crate::app::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::{BudgetEvent, BudgetVersion};
use headroom_models::budget::{Account, Books, BudgetLine, Commitment, Control, ControlAct, Loan, Spent, Standing};
use headroom_models::ledger::{Expenditure, Money, Month, MonthRange};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of events that are acts of control.
const ACTS: [&str; 8] = [
    "request",
    "unrequested",
    "order",
    "bill",
    "release",
    "lend",
    "repay",
    "carry-over",
];

/// Everything about a year that control is worked out from.
pub(super) struct YearBooks {
    pub year: i32,
    pub months: MonthRange,
    pub version: BudgetVersion,
    pub lines: Vec<BudgetLine>,
    pub spent: Spent,
    pub control: Control,
    pub departments: BTreeMap<String, String>,
    pub closed: BTreeSet<Month>,
}

impl YearBooks {
    pub fn books(&self) -> Books<'_> {
        self.books_of(&self.lines)
    }

    /// The same with other lines.
    pub fn books_of(&self, lines: &[BudgetLine]) -> Books<'_> {
        Books::new(self.months, lines, &self.spent, &self.control)
    }

    /// The first month of the year that is open, from a month on.
    pub fn open_from(&self, month: Month) -> Option<Month> {
        self.months
            .months()
            .find(|open| *open >= month && !self.closed.contains(open))
    }
}

/// An account and how it stands.
#[derive(Clone, Debug, Serialize)]
pub struct AccountStanding {
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// Department of its product; empty when none.
    pub department: String,
    /// Through the month that was asked for.
    #[serde(flatten)]
    pub standing: Standing,
    /// What may still be requested in that month.
    pub room: Money,
}

/// How every account of a year stands.
#[derive(Clone, Debug, Serialize)]
pub struct BudgetStanding {
    /// Fiscal year.
    pub year: i32,
    /// Approved version.
    pub version: i64,
    /// Through this month.
    pub through: Month,
    /// Currency.
    pub currency: String,
    /// Accounts by product.
    pub accounts: Vec<AccountStanding>,
    /// The sum of the accounts of running money, and of those for purchases.
    pub totals: BTreeMap<Expenditure, Standing>,
    /// Commitments of the year.
    pub commitments: Vec<CommitmentStanding>,
    /// Loans of the year.
    pub loans: Vec<LoanStanding>,
}

/// A commitment with what follows from it.
#[derive(Clone, Debug, Serialize)]
pub struct CommitmentStanding {
    /// The commitment.
    #[serde(flatten)]
    pub commitment: Commitment,
    /// How far it is.
    pub state: headroom_models::budget::CommitmentState,
    /// What is still to be billed.
    pub outstanding: Money,
}

/// A loan with what follows from it.
#[derive(Clone, Debug, Serialize)]
pub struct LoanStanding {
    /// The loan.
    #[serde(flatten)]
    pub loan: Loan,
    /// What is still owed.
    pub outstanding: Money,
    /// True when it should be back and is not.
    pub overdue: bool,
}

/// The act that an event of control holds.
pub(super) fn act_of(event: &BudgetEvent) -> Option<Result<ControlAct, serde_json::Error>> {
    ACTS.contains(&event.kind.as_str())
        .then(|| serde_json::from_value(event.body.clone()))
}

impl App {
    /// Commitments, loans and carry-over of all years, as they stand.
    ///
    /// # Errors
    /// When what is on record does not hold together.
    pub fn budget_control(&self) -> Result<Control, AppError> {
        let mut control = Control::default();
        for event in self.store.budget_events(None)? {
            if let Some(act) = act_of(&event) {
                let unreadable = |reason: String| {
                    Refusal::new("refused-budget-events")
                        .with("id", event.id)
                        .with("reason", reason)
                };
                let act = act.map_err(|error| unreadable(error.to_string()))?;
                control.add(&act).map_err(|problem| unreadable(problem.to_string()))?;
            }
        }
        Ok(control)
    }

    /// The books of a year with an approved budget.
    pub(super) fn year_books(&self, year: i32) -> Result<YearBooks, AppError> {
        let version = self
            .baseline(year)?
            .ok_or_else(|| Refusal::new("refused-no-baseline").with("year", year))?;
        let months = self.fiscal_months(year);
        let (_, configuration) = self.configuration()?;
        Ok(YearBooks {
            year,
            months,
            lines: self.store.budget_lines(version.id)?,
            version,
            spent: self.spent(months)?,
            control: self.budget_control()?,
            departments: configuration.organization.department_of_product(),
            closed: self.store.closed_months()?,
        })
    }

    /// Allocated running cost, and the purchase prices of assets by the month in which they entered service.
    fn spent(&self, months: MonthRange) -> Result<Spent, AppError> {
        let mut spent = Spent::new();
        let Some(last) = self.runs()?.into_iter().map(|run| run.month).max() else {
            return Ok(spent);
        };
        let rates = self.rates()?;
        if last >= months.first {
            let range = MonthRange {
                first: months.first,
                last: last.min(months.last),
            };
            self.require_fresh(range)?;
            for actual in self.actuals(&rates, range, None)? {
                if actual.expenditure == Expenditure::Opex {
                    let account = Account {
                        product: actual.product,
                        expenditure: Expenditure::Opex,
                    };
                    *spent.entry((account, actual.month)).or_default() += actual.amount;
                }
            }
        }
        let (_, configuration) = self.configuration()?;
        for asset in self.assets_where_allocated(&configuration, last)? {
            if !months.contains(asset.in_service) || asset.product.is_empty() {
                continue;
            }
            let rate = rates
                .rate_known_at(&asset.currency, asset.in_service, last)
                .ok_or_else(|| crate::app::costs::missing_rate(&asset.currency, asset.in_service))?;
            let account = Account {
                product: asset.product,
                expenditure: Expenditure::Capex,
            };
            *spent.entry((account, asset.in_service)).or_default() += asset.purchase_price.multiply(rate);
        }
        Ok(spent)
    }

    /// How every account of a year stands, through a month: the last one of the year unless named.
    ///
    /// # Errors
    /// When nothing is approved.
    pub fn budget_standing(&self, year: i32, through: Option<Month>) -> Result<BudgetStanding, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let year_books = self.year_books(year)?;
        let books = year_books.books();
        let through = through.unwrap_or(year_books.months.last);
        if !year_books.months.contains(through) {
            return Err(outside(through, year, year_books.months).into());
        }
        let mut totals: BTreeMap<Expenditure, Standing> = BTreeMap::new();
        let mut accounts = Vec::new();
        for account in books
            .accounts()
            .into_iter()
            .filter(|account| visible.sees(&account.product))
        {
            let standing = books.standing(&account, through);
            *totals.entry(account.expenditure).or_default() += standing;
            accounts.push(AccountStanding {
                department: year_books
                    .departments
                    .get(&account.product)
                    .cloned()
                    .unwrap_or_default(),
                room: books.room(&account, through),
                standing,
                account,
            });
        }
        let current = year_books.closed.iter().copied().max();
        Ok(BudgetStanding {
            year,
            version: year_books.version.number,
            through,
            currency: self.settings().currency.clone(),
            accounts,
            totals,
            commitments: year_books
                .control
                .commitments
                .values()
                .filter(|commitment| year_books.months.contains(commitment.month()))
                .filter(|commitment| visible.sees(&commitment.request.key.product))
                .map(|commitment| CommitmentStanding {
                    state: commitment.state(),
                    outstanding: commitment.outstanding(),
                    commitment: commitment.clone(),
                })
                .collect(),
            loans: year_books
                .control
                .loans
                .values()
                .filter(|loan| year_books.months.contains(loan.lending.month))
                .filter(|loan| visible.sees(&loan.lending.from) || visible.sees(&loan.lending.to))
                .map(|loan| LoanStanding {
                    outstanding: loan.outstanding(),
                    overdue: current.is_some_and(|month| loan.is_overdue(month)),
                    loan: loan.clone(),
                })
                .collect(),
        })
    }

    /// Refuses lines that leave an account less than is spent and spoken for, unless it has no more today.
    pub(super) fn refuse_below_committed(&self, year: i32, lines: &[BudgetLine]) -> Result<(), AppError> {
        if self.baseline(year)?.is_none() {
            return Ok(());
        }
        let year_books = self.year_books(year)?;
        let (now, then) = (year_books.books(), year_books.books_of(lines));
        let last = year_books.months.last;
        for account in now.accounts() {
            let (before, after) = (now.standing(&account, last), then.standing(&account, last));
            if after.available.is_negative() && after.available < before.available && !before.commitments.is_zero() {
                return Err(Refusal::new("refused-cut-committed")
                    .with("product", &account.product)
                    .with_words("expenditure", |language| {
                        crate::words::say(language, &format!("expenditure-{}", account.expenditure))
                    })
                    .with("budget", after.budget.grouped(2))
                    .with("actual", after.actual.grouped(2))
                    .with("commitments", after.commitments.grouped(2))
                    .with("missing", after.available.abs().grouped(2))
                    .into());
            }
        }
        Ok(())
    }
}

/// A month outside the fiscal year.
pub(super) fn outside(month: Month, year: i32, months: MonthRange) -> Refusal {
    Refusal::new("refused-outside-year")
        .with("month", month)
        .with("year", year)
        .with("first", months.first)
        .with("last", months.last)
}
