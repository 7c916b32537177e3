//! What was requested, ordered, lent, warned of and decided: the lists of the execution report that people act on.

use super::{Level, Named};
use headroom_models::language::Name;
use headroom_models::ledger::{CostType, Money, Month};
use serde::{Deserialize, Serialize};

/// A request or order that reserves budget (占用/在途).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitmentLine {
    /// Number of the request or order.
    pub id: String,
    /// Product.
    pub product: Named,
    /// What it is for.
    pub cost_type: CostType,
    /// True for a purchase, which is controlled in cash.
    pub capex: bool,
    /// Month that it is planned for.
    pub month: Month,
    /// Orders, contract or vendor that it is recognised by.
    pub reference: String,
    /// `reserved`, `ordered`, `billed`, `released`.
    pub state: String,
    /// What it comes to.
    pub amount: Money,
    /// What of it is billed.
    pub billed: Money,
    /// What is still to be billed.
    pub outstanding: Money,
}

/// Budget lent by one product to another (拆借).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanLine {
    /// Number.
    pub id: String,
    /// Product that lends.
    pub from: Named,
    /// Product that borrows.
    pub to: Named,
    /// Month from which the borrower has it.
    pub month: Month,
    /// Month in which it must be given back.
    pub due: Month,
    /// Amount.
    pub amount: Money,
    /// What was given back.
    pub repaid: Money,
    /// What is still owed.
    pub outstanding: Money,
    /// True when it should be back and is not.
    pub overdue: bool,
}

/// A threshold that was passed (预警).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertLine {
    /// Month as of which it was passed.
    pub month: Month,
    /// Company, department or product.
    pub level: Level,
    /// Whose figure.
    pub subject: Named,
    /// `actual`, `landing`, `pace`.
    pub metric: String,
    /// `warning`, `critical`.
    pub severity: String,
    /// The figure, in percent.
    pub value: Money,
    /// The threshold, in percent.
    pub threshold: Money,
    /// Month as of which it was quiet again.
    pub ended: Option<Month>,
}

/// A proposal of a rolling adjustment and what a person said to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionLine {
    /// Month of the run.
    pub month: Month,
    /// Product.
    pub product: Named,
    /// `supplement` or `cut`.
    pub kind: String,
    /// What was proposed.
    pub proposed: Money,
    /// `open`, `accepted`, `edited`, `declined`.
    pub decision: String,
    /// What was accepted; nothing while it is open.
    pub amount: Option<Money>,
    /// Who decided; empty while it is open.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Main cause of the deviation, in each language.
    pub cause: Option<Name>,
}

/// What people act on beside the figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlLists {
    /// Requests and orders of the year.
    pub commitments: Vec<CommitmentLine>,
    /// Sum of what is outstanding.
    pub outstanding: Money,
    /// Loans of the year.
    pub loans: Vec<LoanLine>,
    /// Sum of what is owed between products.
    pub owed: Money,
    /// Alerts of the year.
    pub alerts: Vec<AlertLine>,
    /// Proposals of the year's rolling adjustments.
    pub decisions: Vec<DecisionLine>,
}

impl ControlLists {
    /// True when there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.commitments.is_empty() && self.loans.is_empty() && self.alerts.is_empty() && self.decisions.is_empty()
    }
}
