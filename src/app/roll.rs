//! Rolling adjustment (滚动): each month the closed months are frozen, the open ones derived again, and a supplement or cut
//! is proposed for each product that leaves the band. People accept, edit or decline; what is accepted becomes a revision.

use super::execution::{Executed, proposals, variance_tree};
use super::{App, AppError};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::{Decision, NewRoll, Roll, RollProposal};
use headroom_models::budget::{
    Execution, LagAccuracy, Landing, ProductAccuracy, ProductForecast, forecast_accuracy, spread_proposal,
};
use headroom_models::language::Name;
use headroom_models::ledger::{Money, Month, MonthRange};
use headroom_reports::data::Level;
use serde::Serialize;
use std::collections::BTreeMap;

/// A proposal with what a reviewer wants to see beside it.
#[derive(Clone, Debug, Serialize)]
pub struct ProposalShown {
    /// The proposal.
    #[serde(flatten)]
    pub proposal: RollProposal,
    /// Name of the product.
    pub name: Name,
    /// What the year's budget of the product would be.
    pub year_budget_after: Money,
    /// How good the forecasts of the product were so far, all lags together; nothing before the first month came.
    pub forecast: Option<LagAccuracy>,
}

/// A run with its proposals.
#[derive(Clone, Debug, Serialize)]
pub struct RollShown {
    /// The run.
    #[serde(flatten)]
    pub roll: Roll,
    /// True when nothing had changed since the last run of the month and that one is shown.
    pub unchanged: bool,
    /// Its proposals.
    pub proposals: Vec<ProposalShown>,
    /// The company's year if all open and accepted proposals were taken.
    pub year_budget_after: Money,
}

/// What a person says to a proposal.
pub enum Verdict {
    /// Yes, as it is or with another amount.
    Accept(Option<Money>),
    /// No.
    Decline,
}

impl App {
    /// The monthly run: freezes what is closed, forecasts what is open, proposes.
    ///
    /// # Errors
    /// When the month is not closed, or the year has no approved budget.
    pub fn roll_budget(&self, month: Option<Month>) -> Result<RollShown, AppError> {
        self.require_company(Permission::Draft)?;
        let month = self.report_month(month)?;
        if !self.store.closed_months()?.contains(&month) {
            return Err(Refusal::new("refused-roll-open-month").with("month", month).into());
        }
        let lock = self.store.lock()?;
        let id = self.with_execution(month, |of| {
            if of.budget.version.approved_at.is_none() {
                return Err(Refusal::new("refused-roll-no-budget").with("year", of.year).into());
            }
            let company = &of.executed.company;
            let last = self.store.rolls()?.into_iter().rfind(|roll| roll.year == of.year);
            if let Some(last) = last.filter(|roll| {
                roll.as_of == month
                    && roll.budget_version == of.budget.version.id
                    && roll.landing == company.landing.mid
                    && roll.year_budget == company.year_budget
            }) {
                return Ok((last.id, true));
            }
            let forecasts = product_forecasts(&of.executed);
            let proposals = self.new_proposals(of);
            let new = NewRoll {
                year: of.year,
                as_of: month,
                budget_version: of.budget.version.id,
                year_budget: company.year_budget,
                landing: company.landing.mid,
                forecasts: &forecasts,
                proposals: &proposals,
            };
            Ok((self.store.add_roll(&lock, &new, &self.actor)?, false))
        })?;
        self.roll_shown(id.0, id.1)
    }

    fn new_proposals(&self, of: &Executed<'_>) -> Vec<RollProposal> {
        let tree = variance_tree(&of.variance, &of.names, &self.settings().currency);
        proposals(&of.executed, &of.names)
            .into_iter()
            .map(|proposal| {
                let row = tree
                    .iter()
                    .find(|row| row.level == Level::Product && row.id == proposal.product.id);
                let unplanned = of.executed.proposals.iter().find(|p| p.product == proposal.product.id);
                RollProposal {
                    id: 0,
                    roll: 0,
                    kind: proposal.kind.as_str().to_owned(),
                    amount: proposal.amount,
                    low: proposal.low,
                    high: proposal.high,
                    landing: proposal.landing,
                    year_budget: proposal.year_budget,
                    reason: serde_json::json!({
                        "drivers": proposal.drivers,
                        "run_ratio": proposal.run_ratio,
                        "unplanned": unplanned.map(|p| p.reason.unplanned),
                        "cause": row.and_then(|row| row.cause.clone()),
                        "sentence": row.map(|row| &row.sentence),
                    }),
                    product: proposal.product.id,
                    decision: None,
                    revision: None,
                }
            })
            .collect()
    }

    /// The runs on record, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn rolls(&self) -> Result<Vec<Roll>, AppError> {
        self.require_company(Permission::Read)?;
        Ok(self.store.rolls()?)
    }

    /// What the last run of a month forecast.
    ///
    /// # Errors
    /// When there is no run of the month.
    pub fn roll_forecasts(&self, month: Month) -> Result<Vec<ProductForecast>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let mut forecasts = self.store.roll_forecasts()?;
        forecasts.retain(|forecast| forecast.made_in == month && visible.sees(&forecast.product));
        if forecasts.is_empty() {
            return Err(Refusal::new("refused-no-roll").into());
        }
        Ok(forecasts)
    }

    /// A run with its proposals; the newest when none is named.
    ///
    /// # Errors
    /// When there is none.
    pub fn roll(&self, id: Option<i64>) -> Result<RollShown, AppError> {
        self.require_company(Permission::Read)?;
        let newest = self.store.rolls()?.last().map(|roll| roll.id);
        let id = id.or(newest).ok_or_else(|| Refusal::new("refused-no-roll"))?;
        self.roll_shown(id, false)
    }

    fn roll_shown(&self, id: i64, unchanged: bool) -> Result<RollShown, AppError> {
        let found = self.store.rolls()?.into_iter().find(|roll| roll.id == id);
        let roll = found.ok_or_else(|| Refusal::new("refused-no-such-roll").with("roll", id))?;
        let (_, configuration) = self.configuration()?;
        let names = super::execution::Names::of(&configuration);
        let accuracy = self.accuracy(roll.year)?;
        let proposals: Vec<ProposalShown> = self
            .store
            .roll_proposals()?
            .into_iter()
            .filter(|proposal| proposal.roll == id)
            .map(|proposal| ProposalShown {
                name: names.product(&proposal.product).name,
                year_budget_after: proposal.year_budget + signed(&proposal),
                forecast: accuracy
                    .iter()
                    .find(|product| product.product == proposal.product)
                    .map(|product| product.all.clone()),
                proposal,
            })
            .collect();
        Ok(RollShown {
            year_budget_after: roll.year_budget + proposals.iter().map(|shown| signed(&shown.proposal)).sum(),
            roll,
            unchanged,
            proposals,
        })
    }

    /// Keeps what a person says to a proposal.
    ///
    /// # Errors
    /// When there is no such proposal, it was decided already, a later run took its place, no reason is given where one is
    /// needed, or the amount is none.
    pub fn decide_proposal(&self, id: i64, verdict: &Verdict, reason: &str) -> Result<ProposalShown, AppError> {
        self.require_company(Permission::Review)?;
        let lock = self.store.lock()?;
        let found = self.store.roll_proposals()?.into_iter().find(|p| p.id == id);
        let proposal = found.ok_or_else(|| Refusal::new("refused-no-proposal").with("proposal", id))?;
        if let Some(before) = &proposal.decision {
            return Err(Refusal::new("refused-proposal-decided")
                .with("proposal", id)
                .with("person", &before.decided_by)
                .with("day", before.decided_at.chars().take(10).collect::<String>())
                .into());
        }
        let rolls = self.store.rolls()?;
        let roll = rolls.iter().find(|roll| roll.id == proposal.roll);
        let roll = roll.ok_or_else(|| Refusal::new("refused-no-such-roll").with("roll", proposal.roll))?;
        if let Some(later) = rolls
            .iter()
            .rfind(|other| other.year == roll.year && other.id > roll.id)
        {
            return Err(Refusal::new("refused-proposal-old")
                .with("proposal", id)
                .with("month", later.as_of)
                .into());
        }
        let (decision, amount) = match verdict {
            Verdict::Decline => ("declined", Money::ZERO),
            Verdict::Accept(None) => ("accepted", proposal.amount),
            Verdict::Accept(Some(amount)) if *amount == proposal.amount => ("accepted", *amount),
            Verdict::Accept(Some(amount)) => ("edited", *amount),
        };
        if decision != "accepted" && reason.trim().is_empty() {
            return Err(Refusal::new("refused-proposal-reason").with("proposal", id).into());
        }
        if decision != "declined" && (amount.is_zero() || amount.is_negative()) {
            return Err(Refusal::new("refused-proposal-amount").with("amount", amount).into());
        }
        let change = if proposal.kind == "cut" { -amount } else { amount };
        let changes = if decision == "declined" {
            Vec::new()
        } else {
            self.with_execution(roll.as_of, |of| {
                let changes = spread_proposal(&of.executed.leaves, &proposal.product, change);
                Ok(changes.ok_or_else(|| Refusal::new("refused-proposal-year-over").with("year", roll.year))?)
            })?
        };
        let kept = Decision {
            decision: decision.to_owned(),
            amount,
            reason: reason.trim().to_owned(),
            changes,
            decided_at: String::new(),
            decided_by: self.actor.clone(),
        };
        self.store.decide_proposal(&lock, id, &kept, &self.actor)?;
        let shown = self.roll_shown(proposal.roll, false)?;
        let decided = shown.proposals.into_iter().find(|shown| shown.proposal.id == id);
        Ok(decided.ok_or_else(|| Refusal::new("refused-no-proposal").with("proposal", id))?)
    }

    /// Forecast error and bias of a year by lag, the company first: the rolls' forecasts, and the budget as the forecast
    /// of the month it was made in, against the cost that came.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub fn accuracy(&self, year: i32) -> Result<Vec<ProductAccuracy>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let months = self.settings().fiscal.months_of(year);
        let last = self
            .store
            .closed_months()?
            .into_iter()
            .filter(|m| months.contains(*m))
            .max();
        let Some(last) = last else {
            return Ok(Vec::new());
        };
        let range = MonthRange {
            first: months.first,
            last,
        };
        let rates = self.rates()?;
        let mut actuals: BTreeMap<(String, Month), Money> = BTreeMap::new();
        for actual in self.actuals(&rates, range, None)? {
            *actuals.entry((actual.product, actual.month)).or_default() += actual.amount;
        }
        let mut forecasts = self.store.roll_forecasts()?;
        forecasts.retain(|forecast| months.contains(forecast.month));
        forecasts.extend(self.budget_as_forecast(year)?);
        forecasts.retain(|forecast| visible.sees(&forecast.product));
        Ok(forecast_accuracy(&forecasts, &actuals))
    }

    /// The first approved budget of a year as a forecast made in the month that it rests on.
    fn budget_as_forecast(&self, year: i32) -> Result<Vec<ProductForecast>, AppError> {
        let versions = self.store.budgets()?;
        let approved = |version: &&crate::store::BudgetVersion| version.year == year && version.approved_at.is_some();
        let Some(first) = versions.iter().find(approved) else {
            return Ok(Vec::new());
        };
        let mut sums: BTreeMap<(String, Month), Money> = BTreeMap::new();
        for line in self.store.budget_lines(first.id)? {
            *sums.entry((line.product, line.month)).or_default() += line.amount;
        }
        Ok(sums
            .into_iter()
            .map(|((product, month), amount)| ProductForecast {
                made_in: first.as_of,
                month,
                product,
                low: amount,
                mid: amount,
                high: amount,
            })
            .collect())
    }
}

/// What the proposal, as decided or still open, adds to the year's budget.
fn signed(proposal: &RollProposal) -> Money {
    let amount = proposal
        .decision
        .as_ref()
        .map_or(proposal.amount, |decision| decision.amount);
    if proposal.kind == "cut" { -amount } else { amount }
}

/// Cost of each product and month of the year: actual in the closed months, the landing in the open ones.
fn product_forecasts(executed: &Execution) -> Vec<ProductForecast> {
    let mut forecasts = Vec::new();
    for (product, curve) in &executed.product_curves {
        let mut before = Landing::default();
        for point in curve {
            let through = match (point.actual, point.landing) {
                (Some(actual), _) => Landing::certain(actual),
                (None, Some(landing)) => landing,
                (None, None) => before,
            };
            forecasts.push(ProductForecast {
                made_in: executed.as_of,
                month: point.month,
                product: product.clone(),
                low: through.low - before.low,
                mid: through.mid - before.mid,
                high: through.high - before.high,
            });
            before = through;
        }
    }
    forecasts
}
