//! The way of findings: a scan opens and withdraws them, people confirm, mark, reclaim and exempt them.

use super::super::{App, AppError};
use super::{Waste, list::NO_DATA};
use crate::auth::Permission;
use crate::refusal::Refusal;
use crate::store::{CaseChange, CaseEvent, IdleCase};
use crate::words::say;
use chrono::NaiveDate;
use headroom_models::idle::{CaseAction, CaseRefusal, CaseState, Seen, Verdict, act, look};
use headroom_models::ledger::Money;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a person does with a finding, besides the actions that change its state.
#[derive(Clone, Debug, Default)]
pub struct CaseStep {
    /// What changes the state; nothing when only owner or due date do.
    pub action: Option<CaseAction>,
    /// New owner.
    pub owner: Option<String>,
    /// Day until which the owner should have acted.
    pub due: Option<NaiveDate>,
    /// Why.
    pub reason: String,
    /// Day of the step.
    pub on: Option<NaiveDate>,
}

/// A case with its history.
#[derive(Clone, Debug, Serialize)]
pub struct CaseShown {
    /// The case.
    #[serde(flatten)]
    pub case: IdleCase,
    /// What happened to it.
    pub events: Vec<CaseEvent>,
}

impl CaseShown {
    /// The actions that the state of the case allows today, by their words.
    pub fn possible(&self) -> Vec<&'static str> {
        let today = crate::clock::today();
        let all = [
            CaseAction::Confirm,
            CaseAction::Mark { grace_until: today },
            CaseAction::Unmark,
            CaseAction::Reclaim { on: today },
            CaseAction::Exempt { until: today },
            CaseAction::Reopen,
        ];
        let fits = |action: &CaseAction| act(self.case.state, self.case.grace_until, *action, today).is_ok();
        all.into_iter().filter(fits).map(CaseAction::as_str).collect()
    }
}

/// What a scan changed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ScanOutcome {
    /// New findings.
    pub opened: Vec<IdleCase>,
    /// Withdrawn because the resource is used again or no longer paid for.
    pub withdrawn: Vec<IdleCase>,
    /// Exemptions that have run out, and withdrawn findings that are waste again.
    pub reopened: Vec<IdleCase>,
    /// Pending findings whose due date has passed: their owners were told again.
    pub overdue: Vec<IdleCase>,
    /// Findings that stay as they are.
    pub unchanged: usize,
}

impl App {
    /// Looks at everything and brings the findings up to date: new ones are opened, those used again are withdrawn,
    /// exemptions that have run out open again, owners are told. Missing data changes nothing.
    ///
    /// # Errors
    /// When there is nothing to look at, or the database cannot be written.
    pub fn idle_scan(&self, policy: Option<&str>, on: Option<NaiveDate>) -> Result<ScanOutcome, AppError> {
        self.require_somewhere(Permission::Reclaim)?;
        let shown = self.idle(None, policy, None)?;
        let today = on.unwrap_or_else(crate::clock::today);
        let lock = self.store.lock()?;
        let before = self.store.idle_cases()?;
        let mut cases: BTreeMap<(String, String), IdleCase> = before
            .iter()
            .map(|case| ((case.resource.clone(), case.rule.clone()), case.clone()))
            .collect();
        let mut next = before.len() + 1;
        let mut outcome = ScanOutcome::default();
        let mut changes: Vec<(IdleCase, CaseState, &str, Option<&str>, bool)> = Vec::new();
        let reporting = shown.currency.clone();
        for waste in shown.wastes() {
            if waste.rule == NO_DATA {
                continue; // listed, but nothing that a grace period would end
            }
            let key = (waste.resource.clone(), waste.rule.clone());
            let seen = match waste.verdict {
                Verdict::Idle | Verdict::Oversized => Seen::Waste,
                Verdict::Active => Seen::Used,
                Verdict::Undetermined => Seen::Unknown,
            };
            let Some(case) = cases.remove(&key) else {
                if seen == Seen::Waste {
                    let baseline = shown.about.get(&waste.resource).map(|facts| facts.baseline(&reporting));
                    let case = opened(&waste, next, today, baseline, &reporting);
                    next += 1;
                    changes.push((case.clone(), CaseState::Open, "open", Some("opened"), true));
                    outcome.opened.push(case);
                }
                continue;
            };
            let state = look(case.state, case.exempt_until, seen, today);
            if state == case.state {
                if case.state.is_pending() && case.due_on.is_some_and(|due| due < today) {
                    changes.push((case.clone(), case.state, "due", Some("due"), false));
                    outcome.overdue.push(case);
                } else {
                    outcome.unchanged += 1;
                }
                continue;
            }
            let (mut changed, from) = (case.clone(), case.state);
            changed.state = state;
            (changed.grace_until, changed.exempt_until) = (None, None);
            if state == CaseState::Open {
                // What it costs now is what is at stake now.
                changed.monthly_cost = waste.at_stake.unwrap_or_default();
                changed.since = waste.since;
                if let Some(facts) = shown.about.get(&waste.resource) {
                    (changed.baseline, changed.baseline_currency) = facts.baseline(&reporting);
                }
                changes.push((changed.clone(), from, "reopen", Some("opened"), false));
                outcome.reopened.push(changed);
            } else {
                changes.push((changed.clone(), from, "withdraw", Some("withdrawn"), false));
                outcome.withdrawn.push(changed);
            }
        }
        outcome.unchanged += cases.len();
        let changes: Vec<CaseChange<'_>> = changes
            .iter()
            .map(|(case, from, action, notice, new)| CaseChange {
                case,
                from: *from,
                action,
                note: "",
                notice: *notice,
                new: *new,
            })
            .collect();
        let channels = self.notice_channels()?;
        self.store.change_idle_cases(&lock, &changes, &channels, &self.actor)?;
        Ok(outcome)
    }

    /// The findings on their way, in the order in which they were opened; only those of a state when one is given.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn idle_cases(&self, state: Option<CaseState>) -> Result<Vec<IdleCase>, AppError> {
        self.require_somewhere(Permission::Read)?;
        let visible = self.visible()?;
        let mut cases = self.store.idle_cases()?;
        cases.retain(|case| visible.sees(&case.product));
        cases.retain(|case| state.is_none_or(|state| case.state == state));
        Ok(cases)
    }

    /// A finding with its history.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn idle_case(&self, id: &str) -> Result<CaseShown, AppError> {
        let case = self.find_case(id)?;
        Ok(CaseShown {
            events: self.store.idle_case_events(&case.id)?,
            case,
        })
    }

    fn find_case(&self, id: &str) -> Result<IdleCase, AppError> {
        let cases = self.idle_cases(None)?;
        let found = cases.into_iter().find(|case| case.id == id || case.resource == id);
        Ok(found.ok_or_else(|| Refusal::new("refused-no-idle-case").with("id", id))?)
    }

    /// Takes a finding one step on its way.
    ///
    /// # Errors
    /// When its state does not allow the step, the grace period is not over, a day to come lies in the past, or an exemption
    /// has no reason.
    pub fn idle_step(&self, id: &str, step: &CaseStep) -> Result<CaseShown, AppError> {
        self.require_somewhere(Permission::Reclaim)?;
        let today = step.on.unwrap_or_else(crate::clock::today);
        let lock = self.store.lock()?;
        let mut case = self.find_case(id)?;
        if case.product.is_empty() {
            self.require_company(Permission::Reclaim)?;
        } else {
            self.require_product(Permission::Reclaim, &case.product)?;
        }
        let from = case.state;
        let mut notice = None;
        let mut word = "assign";
        if let Some(action) = step.action {
            word = action.as_str();
            if matches!(action, CaseAction::Exempt { .. }) && step.reason.trim().is_empty() {
                return Err(Refusal::new("refused-exempt-reason").with("id", &case.id).into());
            }
            case.state =
                act(case.state, case.grace_until, action, today).map_err(|refused| refusal(&case, word, refused))?;
            match action {
                CaseAction::Mark { grace_until } => {
                    case.grace_until = Some(grace_until);
                    notice = Some("marked");
                }
                CaseAction::Exempt { until } => {
                    (case.exempt_until, case.grace_until) = (Some(until), None);
                }
                CaseAction::Reclaim { on } => case.reclaimed_on = Some(on),
                CaseAction::Unmark => case.grace_until = None,
                CaseAction::Reopen => (case.reclaimed_on, case.exempt_until, case.grace_until) = (None, None, None),
                CaseAction::Confirm => {}
            }
        }
        if let Some(owner) = &step.owner {
            case.owner.clone_from(owner);
            notice = notice.or(Some("assigned"));
        }
        case.due_on = step.due.or(case.due_on);
        let change = CaseChange {
            case: &case,
            from,
            action: word,
            note: &step.reason,
            notice,
            new: false,
        };
        let channels = self.notice_channels()?;
        self.store.change_idle_cases(&lock, &[change], &channels, &self.actor)?;
        drop(lock);
        self.idle_case(&case.id)
    }
}

fn opened(
    waste: &Waste,
    number: usize,
    today: NaiveDate,
    baseline: Option<(Money, String)>,
    reporting: &str,
) -> IdleCase {
    // An oversized commit or commitment is not given up as a whole, but its bill is what the saving is measured on.
    let (baseline, baseline_currency) =
        baseline.unwrap_or_else(|| (waste.cost.or(waste.at_stake).unwrap_or_default(), reporting.to_owned()));
    IdleCase {
        id: format!("W-{number}"),
        resource: waste.resource.clone(),
        kind: waste.kind.as_str().to_owned(),
        rule: waste.rule.clone(),
        product: waste.product.clone(),
        module: waste.module.clone(),
        owner: if waste.owner.is_empty() {
            waste.product.clone()
        } else {
            waste.owner.clone()
        },
        state: CaseState::Open,
        verdict: waste.verdict.as_str().to_owned(),
        since: waste.since,
        monthly_cost: waste.at_stake.unwrap_or_default(),
        baseline,
        baseline_currency,
        cost_type: waste.cost_type.clone(),
        opened_on: today,
        due_on: None,
        grace_until: None,
        exempt_until: None,
        reclaimed_on: None,
    }
}

fn refusal(case: &IdleCase, action: &'static str, refused: CaseRefusal) -> Refusal {
    let with_words = |refusal: Refusal| {
        refusal
            .with("id", &case.id)
            .with("resource", &case.resource)
            .with_words("action", move |language| {
                say(language, &format!("case-action-{action}"))
            })
    };
    match refused {
        CaseRefusal::State(states) => {
            let state = case.state;
            with_words(Refusal::new("refused-case-state"))
                .with_words("state", move |language| {
                    say(language, &format!("case-{}", state.as_str()))
                })
                .with_words("states", move |language| {
                    let words = states
                        .iter()
                        .map(|state| say(language, &format!("case-{}", state.as_str())));
                    words.collect::<Vec<_>>().join(", ")
                })
        }
        CaseRefusal::Grace(day) => with_words(Refusal::new("refused-case-grace")).with("day", day),
        CaseRefusal::Past(day) => with_words(Refusal::new("refused-case-past")).with("day", day),
    }
}
