//! The way of a budget version: who takes which step, and what it becomes.
//!
//! | step | from | becomes | organ |
//! |---|---|---|---|
//! | submit 提交 | draft, returned | submitted | executing |
//! | review 部门评审 | submitted | reviewed, once every department has | executing |
//! | consolidate 汇总 | reviewed | consolidated | working |
//! | approve 批准 | consolidated | approved; the baseline before it becomes superseded | decision |
//! | return 退回 | submitted, reviewed, consolidated | returned: open for edits again | working, decision |
//! | reject 驳回 | submitted, reviewed, consolidated | rejected: the end | decision |
//!
//! A version is edited as a draft or after a return, and at no other time. An approved one never changes: what has to
//! change becomes a revision, a new draft that rests on it.

use serde::{Deserialize, Serialize};

/// How far a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetState {
    /// 草稿.
    Draft,
    /// 已提交: the departments look at it.
    Submitted,
    /// 部门已评审: every department has looked at its part.
    Reviewed,
    /// 已汇总: checked by the working organ, before the decision.
    Consolidated,
    /// 已批准: the year's baseline, frozen.
    Approved,
    /// 已被取代: an approved one after which another was approved.
    Superseded,
    /// 已退回: open for edits again, with a comment.
    Returned,
    /// 已驳回.
    Rejected,
}

/// A step of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetStep {
    /// Lines are changed.
    Edit,
    /// 提交.
    Submit,
    /// 部门评审.
    Review,
    /// 汇总.
    Consolidate,
    /// 批准.
    Approve,
    /// 退回.
    Return,
    /// 驳回.
    Reject,
}

/// The three organs of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Organ {
    /// 决策机构: approves and caps.
    Decision,
    /// 工作机构: budget administrators and finance; consolidates and checks.
    Working,
    /// 执行机构: departments and products; draft and explain.
    Executing,
}

impl BudgetState {
    /// All states in the order of the way.
    pub const ALL: [BudgetState; 8] = [
        BudgetState::Draft,
        BudgetState::Submitted,
        BudgetState::Reviewed,
        BudgetState::Consolidated,
        BudgetState::Approved,
        BudgetState::Superseded,
        BudgetState::Returned,
        BudgetState::Rejected,
    ];

    /// The word as it stands in files.
    pub fn as_str(self) -> &'static str {
        match self {
            BudgetState::Draft => "draft",
            BudgetState::Submitted => "submitted",
            BudgetState::Reviewed => "reviewed",
            BudgetState::Consolidated => "consolidated",
            BudgetState::Approved => "approved",
            BudgetState::Superseded => "superseded",
            BudgetState::Returned => "returned",
            BudgetState::Rejected => "rejected",
        }
    }

    /// What a version becomes by a step; nothing when the step is not open to it.
    pub fn after(self, step: BudgetStep) -> Option<BudgetState> {
        use BudgetState::{Approved, Consolidated, Draft, Rejected, Returned, Reviewed, Submitted};
        match (step, self) {
            (BudgetStep::Edit, Draft | Returned) => Some(self),
            (BudgetStep::Submit, Draft | Returned) => Some(Submitted),
            (BudgetStep::Review, Submitted) => Some(Reviewed),
            (BudgetStep::Consolidate, Reviewed) => Some(Consolidated),
            (BudgetStep::Approve, Consolidated) => Some(Approved),
            (BudgetStep::Return, Submitted | Reviewed | Consolidated) => Some(Returned),
            (BudgetStep::Reject, Submitted | Reviewed | Consolidated) => Some(Rejected),
            _ => None,
        }
    }

    /// True while lines may be changed.
    pub fn is_editable(self) -> bool {
        self.after(BudgetStep::Edit).is_some()
    }

    /// True on the way: neither at its end nor in force.
    pub fn is_open(self) -> bool {
        !matches!(
            self,
            BudgetState::Approved | BudgetState::Superseded | BudgetState::Rejected
        )
    }

    /// The steps between a version and its approval, in order.
    pub fn steps_to_approval(self) -> Vec<BudgetStep> {
        let (mut state, mut steps) = (self, Vec::new());
        for step in [
            BudgetStep::Submit,
            BudgetStep::Review,
            BudgetStep::Consolidate,
            BudgetStep::Approve,
        ] {
            if let Some(next) = state.after(step) {
                steps.push(step);
                state = next;
            }
        }
        steps
    }
}

impl std::fmt::Display for BudgetState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for BudgetState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        BudgetState::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("'{text}' is no state of a budget"))
    }
}

impl BudgetStep {
    /// The word as it stands on record and in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            BudgetStep::Edit => "edit",
            BudgetStep::Submit => "submit",
            BudgetStep::Review => "review",
            BudgetStep::Consolidate => "consolidate",
            BudgetStep::Approve => "approve",
            BudgetStep::Return => "return",
            BudgetStep::Reject => "reject",
        }
    }

    /// The organs that may take the step.
    pub fn organs(self) -> &'static [Organ] {
        match self {
            BudgetStep::Edit | BudgetStep::Submit => &[Organ::Executing, Organ::Working],
            BudgetStep::Review => &[Organ::Executing],
            BudgetStep::Consolidate => &[Organ::Working],
            BudgetStep::Approve | BudgetStep::Reject => &[Organ::Decision],
            BudgetStep::Return => &[Organ::Working, Organ::Decision],
        }
    }

    /// The states from which the step can be taken.
    pub fn open_to(self) -> Vec<BudgetState> {
        BudgetState::ALL
            .into_iter()
            .filter(|state| state.after(self).is_some())
            .collect()
    }
}

impl std::fmt::Display for BudgetStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [BudgetStep; 7] = [
        BudgetStep::Edit,
        BudgetStep::Submit,
        BudgetStep::Review,
        BudgetStep::Consolidate,
        BudgetStep::Approve,
        BudgetStep::Return,
        BudgetStep::Reject,
    ];

    #[test]
    fn nothing_leads_out_of_an_approved_or_rejected_version() {
        for state in [BudgetState::Approved, BudgetState::Superseded, BudgetState::Rejected] {
            assert!(STEPS.iter().all(|step| state.after(*step).is_none()), "{state}");
        }
    }

    #[test]
    fn approval_is_reached_only_through_submission_review_and_consolidation() {
        let mut reached = vec![(BudgetState::Draft, Vec::new())];
        let mut ways = 0;
        while let Some((state, way)) = reached.pop() {
            if state == BudgetState::Approved {
                ways += 1;
                let since = way.iter().rposition(|step| *step == BudgetStep::Submit).unwrap();
                let tail: Vec<_> = way[since..].to_vec();
                assert_eq!(
                    tail,
                    [
                        BudgetStep::Submit,
                        BudgetStep::Review,
                        BudgetStep::Consolidate,
                        BudgetStep::Approve
                    ]
                );
            }
            if way.len() < 9 {
                for step in STEPS.into_iter().filter(|step| *step != BudgetStep::Edit) {
                    if let Some(next) = state.after(step) {
                        let mut way: Vec<BudgetStep> = way.clone();
                        way.push(step);
                        reached.push((next, way));
                    }
                }
            }
        }
        assert!(ways > 3, "{ways}");
    }

    #[test]
    fn words_read_back_and_the_steps_that_are_missing_are_known() {
        for state in BudgetState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert_eq!(BudgetState::Consolidated.steps_to_approval(), [BudgetStep::Approve]);
        assert_eq!(BudgetState::Returned.steps_to_approval().len(), 4);
        assert_eq!(BudgetState::Approved.steps_to_approval(), []);
    }
}
