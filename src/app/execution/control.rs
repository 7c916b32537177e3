//! What stands in the report beside the figures: commitments, loans, alerts, decided proposals, as far as they are visible.

use super::Names;
use crate::app::{App, AppError};
use crate::store::RollProposal;
use headroom_models::budget::{AlertLevel, AlertMetric, CommitmentState, Severity};
use headroom_models::language::Name;
use headroom_models::ledger::{Expenditure, Month, MonthRange};
use headroom_reports::data::{AlertLine, CommitmentLine, ControlLists, DecisionLine, Level, LoanLine, Named};

impl App {
    /// The lists of a year as of a month. Commitments and loans are those that begin in the year, as they stand today;
    /// alerts and decisions those of months up to `as_of`.
    pub(super) fn control_lists(
        &self,
        year: i32,
        months: MonthRange,
        as_of: Month,
        names: &Names,
    ) -> Result<ControlLists, AppError> {
        let visible = self.visible()?;
        let control = self.budget_control()?;
        let mut lists = ControlLists::default();
        for commitment in control.commitments.values() {
            let key = &commitment.request.key;
            if !months.contains(commitment.month()) || !visible.sees(&key.product) {
                continue;
            }
            let reference = &commitment.request.reference;
            let named = [&reference.order, &reference.contract, &reference.vendor];
            let mut by: Vec<String> = named.into_iter().filter(|name| !name.is_empty()).cloned().collect();
            let orders = commitment.orders.keys().filter(|order| {
                let order = order.split('/').next().unwrap_or_default();
                !by.iter().any(|known| known == order)
            });
            let orders: Vec<String> = orders.cloned().collect();
            by.extend(orders);
            lists.outstanding += commitment.outstanding();
            lists.commitments.push(CommitmentLine {
                id: commitment.request.id.clone(),
                product: names.product(&key.product),
                cost_type: key.cost_type,
                capex: key.expenditure == Expenditure::Capex,
                month: commitment.month(),
                reference: by.join(", "),
                state: match commitment.state() {
                    CommitmentState::Reserved => "reserved",
                    CommitmentState::Ordered => "ordered",
                    CommitmentState::Billed => "billed",
                    CommitmentState::Released => "released",
                }
                .to_owned(),
                amount: commitment.amount(),
                billed: commitment.billed(),
                outstanding: commitment.outstanding(),
            });
        }
        for loan in control.loans.values() {
            let lending = &loan.lending;
            let seen = visible.sees(&lending.from) || visible.sees(&lending.to);
            if !months.contains(lending.month) || !seen {
                continue;
            }
            lists.owed += loan.outstanding();
            lists.loans.push(LoanLine {
                id: lending.id.clone(),
                from: names.product(&lending.from),
                to: names.product(&lending.to),
                month: lending.month,
                due: lending.due,
                amount: lending.amount,
                repaid: lending.amount - loan.outstanding(),
                outstanding: loan.outstanding(),
                overdue: loan.is_overdue(as_of),
            });
        }
        lists.alerts = self.alert_lines(year, as_of, names)?;
        lists.decisions = self.decision_lines(year, as_of, names)?;
        Ok(lists)
    }

    fn alert_lines(&self, year: i32, as_of: Month, names: &Names) -> Result<Vec<AlertLine>, AppError> {
        let alerts = self.alerts()?.into_iter();
        let of_year = alerts.filter(|shown| shown.alert.year == year && shown.alert.month <= as_of);
        Ok(of_year
            .map(|shown| {
                let alert = shown.alert;
                let (level, subject) = match alert.subject.level {
                    AlertLevel::Company => {
                        let name = names.company.clone();
                        let id = "company".to_owned();
                        (Level::Company, Named { id, name })
                    }
                    AlertLevel::Department => {
                        let name = names.department(&alert.subject.id);
                        let id = alert.subject.id.clone();
                        (Level::Department, Named { id, name })
                    }
                    AlertLevel::Product => (Level::Product, names.product(&alert.subject.id)),
                };
                AlertLine {
                    month: alert.month,
                    level,
                    subject,
                    metric: match alert.metric {
                        AlertMetric::Actual => "actual",
                        AlertMetric::Landing => "landing",
                        AlertMetric::Pace => "pace",
                    }
                    .to_owned(),
                    severity: match alert.severity {
                        Severity::Warning => "warning",
                        Severity::Critical => "critical",
                    }
                    .to_owned(),
                    value: alert.value,
                    threshold: alert.threshold,
                    ended: alert.ended.filter(|ended| *ended <= as_of),
                }
            })
            .collect())
    }

    /// The proposals of the newest run, and those of earlier ones that somebody decided.
    fn decision_lines(&self, year: i32, as_of: Month, names: &Names) -> Result<Vec<DecisionLine>, AppError> {
        let visible = self.visible()?;
        let mut rolls = self.store.rolls()?;
        rolls.retain(|roll| roll.year == year && roll.as_of <= as_of);
        let newest = rolls.last().map(|roll| roll.id);
        let month_of = |proposal: &RollProposal| {
            let roll = rolls.iter().find(|roll| roll.id == proposal.roll);
            roll.map(|roll| roll.as_of)
        };
        let mut lines = Vec::new();
        for proposal in self.store.roll_proposals()? {
            let Some(month) = month_of(&proposal).filter(|_| visible.sees(&proposal.product)) else {
                continue;
            };
            if proposal.decision.is_none() && Some(proposal.roll) != newest {
                continue;
            }
            let sentence: Option<Name> = serde_json::from_value(proposal.reason["sentence"].clone()).ok();
            let decision = proposal.decision.as_ref();
            lines.push(DecisionLine {
                month,
                product: names.product(&proposal.product),
                kind: proposal.kind.clone(),
                proposed: proposal.amount,
                decision: decision.map_or_else(|| "open".to_owned(), |decision| decision.decision.clone()),
                amount: decision.map(|decision| decision.amount),
                by: decision.map(|decision| decision.decided_by.clone()).unwrap_or_default(),
                reason: decision.map(|decision| decision.reason.clone()).unwrap_or_default(),
                cause: sentence,
            });
        }
        Ok(lines)
    }
}
