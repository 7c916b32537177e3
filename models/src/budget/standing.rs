//! What an account has, has spent, has promised and may still spend: worked out here and nowhere else.
//!
//! available = budget − actual − commitments, through a month of the year, where
//! budget = approved lines + lent to it − lent by it + carried in − carried out and lapsed.

use super::{Account, BudgetLine, Control};
use crate::ledger::{Expenditure, Money, Month, MonthRange, Ratio};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What was spent, by account and month: allocated cost for opex, purchase prices of assets for capex.
pub type Spent = BTreeMap<(Account, Month), Money>;

/// One account through a month, counted from the first month of the year. Amounts in the reporting currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Lines of the approved version.
    pub approved: Money,
    /// Borrowed, less lent.
    pub lent: Money,
    /// Carried in from the year before, less what was carried out and what lapsed at this year's end.
    pub carried: Money,
    /// Approved + lent + carried.
    pub budget: Money,
    /// Spent.
    pub actual: Money,
    /// Requested and ordered, not billed.
    pub commitments: Money,
    /// Budget − actual − commitments.
    pub available: Money,
    /// Part of what is available that must be given back to lenders by the month.
    pub owed: Money,
}

impl std::ops::AddAssign for Standing {
    fn add_assign(&mut self, other: Standing) {
        self.approved += other.approved;
        self.lent += other.lent;
        self.carried += other.carried;
        self.budget += other.budget;
        self.actual += other.actual;
        self.commitments += other.commitments;
        self.available += other.available;
        self.owed += other.owed;
    }
}

/// A way out of a request that is over the budget, with what it means in money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "way", rename_all = "kebab-case")]
pub enum WayOut {
    /// More budget.
    Supplement {
        /// How much is missing.
        amount: Money,
        /// Budget of the account for the year as it is.
        year_budget: Money,
        /// Budget of the year afterwards.
        year_budget_after: Money,
        /// By how much it grows, as a share; nothing without a budget.
        growth: Option<Money>,
    },
    /// A loan of a product of the same department.
    Loan {
        /// Product that has enough.
        from: String,
        /// How much is missing.
        amount: Money,
        /// What the lender may spend in the month.
        room: Money,
        /// What it may spend afterwards.
        room_after: Money,
    },
    /// The same request in a later month of the year.
    Defer {
        /// First month in which there is enough.
        month: Month,
        /// What may be spent in that month.
        room: Money,
    },
}

/// The books of a year.
#[derive(Clone)]
pub struct Books<'a> {
    /// Months of the year.
    pub months: MonthRange,
    /// What the approved version gives to each account and month: lines are many, and asked for month by month.
    approved: BTreeMap<(Account, Month), Money>,
    /// What was spent.
    spent: &'a Spent,
    /// What is spoken for, lent and carried.
    control: &'a Control,
}

impl<'a> Books<'a> {
    /// The books of the year `months`: the lines of its approved version, what was spent, and what is spoken for, lent and carried.
    pub fn new(months: MonthRange, lines: &[BudgetLine], spent: &'a Spent, control: &'a Control) -> Books<'a> {
        let mut approved: BTreeMap<(Account, Month), Money> = BTreeMap::new();
        for line in lines {
            *approved.entry((line.account(), line.month)).or_default() += line.controlled();
        }
        Books {
            months,
            approved,
            spent,
            control,
        }
    }

    /// Every account that has any figure.
    pub fn accounts(&self) -> BTreeSet<Account> {
        let mut accounts: BTreeSet<Account> = self.approved.keys().map(|(account, _)| account.clone()).collect();
        accounts.extend(
            self.spent
                .keys()
                .filter(|(_, month)| self.months.contains(*month))
                .map(|(account, _)| account.clone()),
        );
        accounts.extend(self.control.commitments.values().map(|c| c.account()));
        for loan in self.control.loans.values() {
            for product in [&loan.lending.from, &loan.lending.to] {
                accounts.insert(Account {
                    product: product.clone(),
                    expenditure: loan.lending.expenditure,
                });
            }
        }
        accounts
    }

    /// An account through a month.
    pub fn standing(&self, account: &Account, through: Month) -> Standing {
        let within = |month: Month| self.months.contains(month) && month <= through;
        let months = (account.clone(), self.months.first)..=(account.clone(), through.min(self.months.last));
        let of = |amounts: &BTreeMap<(Account, Month), Money>| -> Money {
            // Nothing lies before the first month.
            let empty = through < self.months.first;
            match empty {
                true => Money::ZERO,
                false => amounts.range(months.clone()).map(|(_, amount)| *amount).sum(),
            }
        };
        let (approved, actual) = (of(&self.approved), of(self.spent));
        let loans = self.control.loans.values();
        let lent = loans
            .filter(|loan| self.months.contains(loan.lending.month))
            .map(|loan| loan.moved(account, through))
            .sum();
        let mut carried = Money::ZERO;
        for carry_over in self.control.carry_overs.iter().filter(|c| c.account == *account) {
            if within(carry_over.into) {
                carried += carry_over.carried;
            }
            if within(carry_over.from) {
                carried -= carry_over.carried + carry_over.lapsed;
            }
        }
        let commitments = self
            .control
            .commitments
            .values()
            .filter(|commitment| within(commitment.month()) && commitment.account() == *account)
            .map(|commitment| commitment.outstanding())
            .sum();
        let owed = self
            .control
            .loans
            .values()
            .filter(|loan| within(loan.lending.due) && loan.lending.to == account.product)
            .filter(|loan| loan.lending.expenditure == account.expenditure)
            .map(|loan| loan.outstanding())
            .sum();
        let budget = approved + lent + carried;
        Standing {
            approved,
            lent,
            carried,
            budget,
            actual,
            commitments,
            available: budget - actual - commitments,
            owed,
        }
    }

    /// What may be requested or lent in a month: the least that is available through it or any later month of the year,
    /// less what is owed by then. So nobody takes what another month's commitment rests on.
    pub fn room(&self, account: &Account, month: Month) -> Money {
        let later = self.months.months().filter(|later| *later >= month);
        let rooms = later.map(|later| {
            let standing = self.standing(account, later);
            standing.available - standing.owed
        });
        rooms.min().unwrap_or_default()
    }

    /// What could be done about a request that is over the room, by what each way means. `departments` gives the department
    /// of a product, `may_spend` whether a month can still take money.
    pub fn ways_out(
        &self,
        account: &Account,
        month: Month,
        amount: Money,
        departments: &BTreeMap<String, String>,
        may_spend: &dyn Fn(Month) -> bool,
    ) -> Vec<WayOut> {
        let missing = amount - self.room(account, month);
        let year_budget = self.standing(account, self.months.last).budget;
        let year_budget_after = year_budget + missing;
        let growth = if year_budget.is_zero() {
            None
        } else {
            Ratio::checked(missing, year_budget).map(|ratio| ratio.to_money().round(6))
        };
        let mut ways = vec![WayOut::Supplement {
            amount: missing,
            year_budget,
            year_budget_after,
            growth,
        }];
        let department = departments.get(&account.product);
        let mut lenders: Vec<WayOut> = departments
            .iter()
            .filter(|(product, of)| Some(*of) == department && **product != account.product)
            .filter_map(|(product, _)| {
                let lender = Account {
                    product: product.clone(),
                    expenditure: account.expenditure,
                };
                let room = self.room(&lender, month);
                (room >= missing).then(|| WayOut::Loan {
                    from: product.clone(),
                    amount: missing,
                    room,
                    room_after: room - missing,
                })
            })
            .collect();
        lenders.sort_by_key(|way| match way {
            WayOut::Loan { room, .. } => -*room,
            _ => Money::ZERO,
        });
        ways.extend(lenders);
        let later = self
            .months
            .months()
            .filter(|later| *later > month && may_spend(*later))
            .map(|later| (later, self.room(account, later)));
        ways.extend(
            later
                .into_iter()
                .find(|(_, room)| *room >= amount)
                .map(|(month, room)| WayOut::Defer { month, room }),
        );
        ways
    }
}

/// The rule by which money of a year that ends goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CarryRule {
    /// Nothing goes on; open commitments will be paid from the next year's own budget.
    None,
    /// What open commitments need goes on with them.
    Committed,
    /// All that is unspent goes on, up to `most_percent` of the year's budget beyond the commitments.
    Unspent,
}

/// `[budget.carry_over]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CarryRules {
    /// For running money.
    pub opex: CarryRule,
    /// For purchases.
    pub capex: CarryRule,
    /// The most that `unspent` carries beyond the commitments, in percent of the year's budget.
    pub most_percent: Money,
}

impl Default for CarryRules {
    fn default() -> Self {
        CarryRules {
            opex: CarryRule::Committed,
            capex: CarryRule::Unspent,
            most_percent: Money::whole(100),
        }
    }
}

impl Books<'_> {
    /// What becomes of every account at the end of the year by a rule, `into` a month of the next year.
    pub fn carry_overs(&self, rules: CarryRules, into: Month) -> Vec<super::CarryOver> {
        let last = self.months.last;
        let mut result = Vec::new();
        for account in self.accounts() {
            let standing = self.standing(&account, last);
            let open: Vec<(String, Money)> = self
                .control
                .commitments
                .values()
                .filter(|c| c.account() == account && self.months.contains(c.month()) && !c.outstanding().is_zero())
                .map(|c| (c.request.id.clone(), c.outstanding()))
                .collect();
            let unspent = standing.budget - standing.actual;
            let left = unspent.max(Money::ZERO);
            let rule = match account.expenditure {
                Expenditure::Capex => rules.capex,
                Expenditure::Opex => rules.opex,
            };
            let committed = standing.commitments.min(left);
            let most = standing
                .budget
                .max(Money::ZERO)
                .scale_by(&Ratio::new(rules.most_percent, Money::whole(100)))
                .round(2);
            let carried = match rule {
                CarryRule::None => Money::ZERO,
                CarryRule::Committed => committed,
                CarryRule::Unspent => (committed + most).min(left),
            };
            if left.is_zero() && open.is_empty() {
                continue;
            }
            result.push(super::CarryOver {
                account,
                from: last,
                into,
                unspent,
                carried,
                lapsed: left - carried,
                commitments: open,
            });
        }
        result
    }
}
