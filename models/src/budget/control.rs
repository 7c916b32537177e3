//! Control of a budget: what reserves, lends and carries money, as acts on record. Acts are only ever added; what is true
//! now follows from all of them, in their order, by [`Control::replay`].

use super::LineKey;
use crate::ledger::{Expenditure, Money, Month};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What money is controlled by: a product's running money (opex, on accrual) or its money for purchases (capex, in cash).
///
/// Within an account money may be spent on any cost type: moving it between cost types needs nobody's leave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Account {
    /// Product.
    pub product: String,
    /// Capex or opex.
    pub expenditure: Expenditure,
}

/// What a reservation will be recognised by when it is ordered and billed; all of it may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Number of the purchase order.
    #[serde(default)]
    pub order: String,
    /// Number of the contract.
    #[serde(default)]
    pub contract: String,
    /// Vendor: bills of this vendor for the key of the request.
    #[serde(default)]
    pub vendor: String,
}

/// A request for money that was granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Number: `R-2026-1`.
    pub id: String,
    /// Month in which the money will be spent.
    pub month: Month,
    /// What it is for.
    #[serde(flatten)]
    pub key: LineKey,
    /// Net amount in the reporting currency.
    pub amount: Money,
    /// What order and bill will be recognised by.
    #[serde(default)]
    pub reference: Reference,
}

/// Budget lent by one product to another of the same department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lending {
    /// Number: `L-2026-1`.
    pub id: String,
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
}

/// What becomes of an account at the end of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryOver {
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// Last month of the year that ends.
    pub from: Month,
    /// Month of the next year that has the money.
    pub into: Month,
    /// What was left: budget − actual, through the last month.
    pub unspent: Money,
    /// What goes on.
    pub carried: Money,
    /// What ends with the year.
    pub lapsed: Money,
    /// Commitments that are still open and go on with it: number and what is outstanding.
    #[serde(default)]
    pub commitments: Vec<(String, Money)>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum ControlAct {
    /// A request reserves money.
    Request(Request),
    /// A purchase order takes a request's place, with the order's own amount; a cancelled order counts nothing. The last
    /// word on an order counts.
    Order {
        /// The request, or `PO-…` for an order that nobody requested.
        id: String,
        /// Number of the order and its line.
        order: String,
        /// Net amount in the reporting currency; zero when cancelled.
        amount: Money,
    },
    /// An order that nobody requested: committed all the same.
    Unrequested(Request),
    /// Bills of a month were recognised. The last word on a commitment and month counts.
    Bill {
        /// The commitment.
        id: String,
        /// Month of the bills.
        month: Month,
        /// What they came to, net, in the reporting currency.
        amount: Money,
        /// What they were recognised by: `order`, `contract`, `vendor`, `asset`.
        by: String,
    },
    /// What is not billed will not be: the rest is free.
    Release {
        /// The commitment.
        id: String,
    },
    /// A loan.
    Lend(Lending),
    /// All or a part of a loan is given back.
    Repay {
        /// The loan.
        id: String,
        /// Month in which the lender has it again.
        month: Month,
        /// Amount.
        amount: Money,
    },
    /// The end of a year.
    CarryOver(CarryOver),
}

/// How far a commitment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommitmentState {
    /// Requested and granted.
    Reserved,
    /// Ordered.
    Ordered,
    /// Billed in full.
    Billed,
    /// Given up, or cancelled.
    Released,
}

/// Money that is spoken for (占用/在途).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Commitment {
    /// The request, or the order that nobody requested.
    #[serde(flatten)]
    pub request: Request,
    /// False for an order that nobody requested.
    pub requested: bool,
    /// Orders and their amounts.
    pub orders: BTreeMap<String, Money>,
    /// Bills by month.
    pub bills: BTreeMap<Month, Money>,
    /// The rest was given up.
    pub released: bool,
    /// Months of later years that it was carried into, each with what was outstanding then.
    pub carried: Vec<(Month, Money)>,
}

impl Commitment {
    /// What it comes to: the orders once there are any, the requested amount until then.
    pub fn amount(&self) -> Money {
        if self.orders.is_empty() {
            self.request.amount
        } else {
            self.orders.values().copied().sum()
        }
    }

    /// What of it is billed.
    pub fn billed(&self) -> Money {
        self.bills.values().copied().sum()
    }

    /// What is still to be billed; never negative.
    pub fn outstanding(&self) -> Money {
        if self.released {
            Money::ZERO
        } else {
            (self.amount() - self.billed()).max(Money::ZERO)
        }
    }

    /// The month that it is planned for now: the month of the request, or the one it was carried into.
    pub fn month(&self) -> Month {
        self.carried.last().map_or(self.request.month, |(month, _)| *month)
    }

    /// How far it is.
    pub fn state(&self) -> CommitmentState {
        if !self.outstanding().is_zero() {
            return if self.orders.is_empty() {
                CommitmentState::Reserved
            } else {
                CommitmentState::Ordered
            };
        }
        if self.released || self.billed().is_zero() {
            CommitmentState::Released
        } else {
            CommitmentState::Billed
        }
    }

    /// The account that it takes money from.
    pub fn account(&self) -> Account {
        Account {
            product: self.request.key.product.clone(),
            expenditure: self.request.key.expenditure,
        }
    }
}

/// A loan between products (拆借).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loan {
    /// What was agreed.
    #[serde(flatten)]
    pub lending: Lending,
    /// What was given back, by month.
    pub repaid: BTreeMap<Month, Money>,
}

impl Loan {
    /// What the borrower still owes.
    pub fn outstanding(&self) -> Money {
        self.lending.amount - self.repaid.values().copied().sum()
    }

    /// True when it should have been given back by the end of a month and is not.
    pub fn is_overdue(&self, as_of: Month) -> bool {
        self.lending.due <= as_of && !self.outstanding().is_zero()
    }

    /// What it moves into (positive) or out of (negative) an account through a month.
    pub fn moved(&self, account: &Account, through: Month) -> Money {
        if account.expenditure != self.lending.expenditure || through < self.lending.month {
            return Money::ZERO;
        }
        let back: Money = self.repaid.range(..=through).map(|(_, amount)| *amount).sum();
        let lent = self.lending.amount - back;
        if account.product == self.lending.to {
            lent
        } else if account.product == self.lending.from {
            -lent
        } else {
            Money::ZERO
        }
    }
}

/// Acts that do not hold together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum ControlProblem {
    #[error("{id} is on record twice")]
    Twice { id: String },
    #[error("{id} is not on record")]
    Unknown { id: String },
    #[error("{id}: the amount {amount} is not positive")]
    NotPositive { id: String, amount: Money },
    #[error("{id}: {repaid} is given back of a loan of {amount}")]
    RepaidTooMuch { id: String, amount: Money, repaid: Money },
    #[error("{id}: a loan of {product} to itself")]
    ToItself { id: String, product: String },
    #[error("{product}: {carried} carried and {lapsed} lapsed of {unspent} unspent do not add up with the commitments")]
    CarryOver {
        product: String,
        unspent: Money,
        carried: Money,
        lapsed: Money,
    },
}

/// What is true now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Commitments by number.
    pub commitments: BTreeMap<String, Commitment>,
    /// Loans by number.
    pub loans: BTreeMap<String, Loan>,
    /// Ends of years.
    pub carry_overs: Vec<CarryOver>,
}

impl Control {
    /// What follows from acts in their order.
    ///
    /// # Errors
    /// When they do not hold together.
    pub fn replay<'a>(acts: impl IntoIterator<Item = &'a ControlAct>) -> Result<Control, ControlProblem> {
        let mut control = Control::default();
        for act in acts {
            control.add(act)?;
        }
        Ok(control)
    }

    /// Adds one act.
    ///
    /// # Errors
    /// When it does not hold together with those before it; nothing has changed then.
    pub fn add(&mut self, act: &ControlAct) -> Result<(), ControlProblem> {
        match act {
            ControlAct::Request(request) => self.commit(request, true),
            ControlAct::Unrequested(request) => self.commit(request, false),
            ControlAct::Order { id, order, amount } => {
                self.commitment(id)?.orders.insert(order.clone(), *amount);
                Ok(())
            }
            ControlAct::Bill { id, month, amount, .. } => {
                self.commitment(id)?.bills.insert(*month, *amount);
                Ok(())
            }
            ControlAct::Release { id } => {
                self.commitment(id)?.released = true;
                Ok(())
            }
            ControlAct::Lend(lending) => self.lend(lending),
            ControlAct::Repay { id, month, amount } => self.repay(id, *month, *amount),
            ControlAct::CarryOver(carry_over) => self.carry_over(carry_over),
        }
    }

    fn commit(&mut self, request: &Request, requested: bool) -> Result<(), ControlProblem> {
        let id = &request.id;
        if self.commitments.contains_key(id) {
            return Err(ControlProblem::Twice { id: id.clone() });
        }
        positive(id, request.amount)?;
        let commitment = Commitment {
            request: request.clone(),
            requested,
            orders: BTreeMap::new(),
            bills: BTreeMap::new(),
            released: false,
            carried: Vec::new(),
        };
        self.commitments.insert(id.clone(), commitment);
        Ok(())
    }

    fn commitment(&mut self, id: &str) -> Result<&mut Commitment, ControlProblem> {
        self.commitments
            .get_mut(id)
            .ok_or_else(|| ControlProblem::Unknown { id: id.to_owned() })
    }

    fn lend(&mut self, lending: &Lending) -> Result<(), ControlProblem> {
        let id = &lending.id;
        if self.loans.contains_key(id) {
            return Err(ControlProblem::Twice { id: id.clone() });
        }
        positive(id, lending.amount)?;
        if lending.from == lending.to {
            return Err(ControlProblem::ToItself {
                id: id.clone(),
                product: lending.from.clone(),
            });
        }
        let loan = Loan {
            lending: lending.clone(),
            repaid: BTreeMap::new(),
        };
        self.loans.insert(id.clone(), loan);
        Ok(())
    }

    fn repay(&mut self, id: &str, month: Month, amount: Money) -> Result<(), ControlProblem> {
        positive(id, amount)?;
        let loan = self
            .loans
            .get_mut(id)
            .ok_or_else(|| ControlProblem::Unknown { id: id.to_owned() })?;
        if amount > loan.outstanding() {
            return Err(ControlProblem::RepaidTooMuch {
                id: id.to_owned(),
                amount: loan.lending.amount,
                repaid: loan.lending.amount - loan.outstanding() + amount,
            });
        }
        *loan.repaid.entry(month).or_default() += amount;
        Ok(())
    }

    fn carry_over(&mut self, carry_over: &CarryOver) -> Result<(), ControlProblem> {
        let CarryOver {
            unspent,
            carried,
            lapsed,
            ..
        } = carry_over;
        if carried.is_negative() || lapsed.is_negative() || *carried + *lapsed != *(unspent.max(&Money::ZERO)) {
            return Err(ControlProblem::CarryOver {
                product: carry_over.account.product.clone(),
                unspent: *unspent,
                carried: *carried,
                lapsed: *lapsed,
            });
        }
        for (id, _) in &carry_over.commitments {
            self.commitment(id)?;
        }
        for (id, outstanding) in &carry_over.commitments {
            self.commitment(id)?.carried.push((carry_over.into, *outstanding));
        }
        self.carry_overs.push(carry_over.clone());
        Ok(())
    }

    /// The next number of a kind (`R` or `L`) in a year.
    pub fn next_id(&self, kind: &str, year: i32) -> String {
        let start = format!("{kind}-{year}-");
        let ids = self.commitments.keys().chain(self.loans.keys());
        let numbers = ids.filter_map(|id| id.strip_prefix(&start)?.parse::<u64>().ok());
        format!("{start}{}", numbers.max().unwrap_or(0) + 1)
    }
}

fn positive(id: &str, amount: Money) -> Result<(), ControlProblem> {
    if amount.is_zero() || amount.is_negative() {
        return Err(ControlProblem::NotPositive {
            id: id.to_owned(),
            amount,
        });
    }
    Ok(())
}
