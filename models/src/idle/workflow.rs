//! The way of a finding: open → confirmed → marked with a grace period → reclaimed, or exempt until a day; back to rest when
//! the resource is used again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Where a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    /// Found, nobody has looked at it.
    Open,
    /// Its owner agrees that it is not needed.
    Confirmed,
    /// It will be reclaimed when the grace period is over.
    Marked,
    /// Given up; its bill should stop.
    Reclaimed,
    /// Left alone until a day, with a reason.
    Exempt,
    /// Used again, or no longer paid for, before anybody reclaimed it.
    Withdrawn,
}

impl CaseState {
    /// All states in the order of the way.
    pub const ALL: [CaseState; 6] = [
        CaseState::Open,
        CaseState::Confirmed,
        CaseState::Marked,
        CaseState::Reclaimed,
        CaseState::Exempt,
        CaseState::Withdrawn,
    ];

    /// The word of the database, of JSON and of the keys of words.
    pub const fn as_str(self) -> &'static str {
        match self {
            CaseState::Open => "open",
            CaseState::Confirmed => "confirmed",
            CaseState::Marked => "marked",
            CaseState::Reclaimed => "reclaimed",
            CaseState::Exempt => "exempt",
            CaseState::Withdrawn => "withdrawn",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<CaseState> {
        CaseState::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// True while somebody has to do something.
    pub const fn is_pending(self) -> bool {
        matches!(self, CaseState::Open | CaseState::Confirmed | CaseState::Marked)
    }
}

/// What a person does with a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseAction {
    /// It is not needed.
    Confirm,
    /// It goes at the end of the grace period.
    Mark {
        /// Last day of grace.
        grace_until: NaiveDate,
    },
    /// It stays after all; the finding is open again.
    Unmark,
    /// It has been given up.
    Reclaim {
        /// Day on which it was.
        on: NaiveDate,
    },
    /// It stays until a day.
    Exempt {
        /// That day.
        until: NaiveDate,
    },
    /// The exemption, or the reclaim that did not happen, is taken back.
    Reopen,
}

impl CaseAction {
    /// The word of the record and of the keys of words.
    pub const fn as_str(self) -> &'static str {
        match self {
            CaseAction::Confirm => "confirm",
            CaseAction::Mark { .. } => "mark",
            CaseAction::Unmark => "unmark",
            CaseAction::Reclaim { .. } => "reclaim",
            CaseAction::Exempt { .. } => "exempt",
            CaseAction::Reopen => "reopen",
        }
    }
}

/// Why an action is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseRefusal {
    /// Not from this state; the states from which it is possible.
    State(&'static [CaseState]),
    /// The grace period runs until this day.
    Grace(NaiveDate),
    /// The day lies before today.
    Past(NaiveDate),
}

/// The state after an action on `today`; `grace_until` is that of a marked finding.
///
/// # Errors
/// When the state does not allow it, the grace period is not over, or a day to come lies in the past.
pub fn act(
    state: CaseState,
    grace_until: Option<NaiveDate>,
    action: CaseAction,
    today: NaiveDate,
) -> Result<CaseState, CaseRefusal> {
    use CaseState::{Confirmed, Exempt, Marked, Open, Reclaimed, Withdrawn};
    let (from, to): (&'static [CaseState], CaseState) = match action {
        CaseAction::Confirm => (&[Open], Confirmed),
        CaseAction::Mark { .. } => (&[Open, Confirmed], Marked),
        CaseAction::Unmark => (&[Marked], Open),
        CaseAction::Reclaim { .. } => (&[Confirmed, Marked], Reclaimed),
        CaseAction::Exempt { .. } => (&[Open, Confirmed, Marked], Exempt),
        CaseAction::Reopen => (&[Exempt, Reclaimed, Withdrawn], Open),
    };
    if !from.contains(&state) {
        return Err(CaseRefusal::State(from));
    }
    match action {
        CaseAction::Mark { grace_until: day } | CaseAction::Exempt { until: day } if day < today => {
            Err(CaseRefusal::Past(day))
        }
        CaseAction::Reclaim { on } => match grace_until {
            Some(grace) if state == Marked && on <= grace => Err(CaseRefusal::Grace(grace)),
            _ => Ok(to),
        },
        _ => Ok(to),
    }
}

/// What a new look at the resource does to its finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Still (or again) waste.
    Waste,
    /// In use.
    Used,
    /// The data does not say.
    Unknown,
}

/// The state after a new look on `today`; `until` is the end of an exemption.
///
/// What is used again is withdrawn; an exemption that has run out opens again when the resource is still waste. What the
/// data does not say changes nothing. A reclaimed resource stays reclaimed: its bill is what tells.
pub fn look(state: CaseState, until: Option<NaiveDate>, seen: Seen, today: NaiveDate) -> CaseState {
    match (state, seen) {
        (CaseState::Open | CaseState::Confirmed | CaseState::Marked, Seen::Used) => CaseState::Withdrawn,
        (CaseState::Exempt, Seen::Waste) if until.is_none_or(|until| until < today) => CaseState::Open,
        (CaseState::Withdrawn, Seen::Waste) => CaseState::Open,
        _ => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 10, day).unwrap()
    }

    #[test]
    fn a_marked_resource_is_reclaimed_only_after_its_grace() {
        let mark = CaseAction::Mark { grace_until: day(15) };
        let marked = act(CaseState::Open, None, mark, day(1)).unwrap();
        assert_eq!(marked, CaseState::Marked);
        let reclaim = |on| act(marked, Some(day(15)), CaseAction::Reclaim { on }, on);
        assert_eq!(reclaim(day(15)), Err(CaseRefusal::Grace(day(15))));
        assert_eq!(reclaim(day(16)), Ok(CaseState::Reclaimed));
        assert_eq!(
            act(CaseState::Open, None, mark, day(20)),
            Err(CaseRefusal::Past(day(15)))
        );
        let refused = act(CaseState::Open, None, CaseAction::Reclaim { on: day(2) }, day(2));
        assert_eq!(
            refused,
            Err(CaseRefusal::State(&[CaseState::Confirmed, CaseState::Marked]))
        );
    }

    #[test]
    fn use_withdraws_and_missing_data_changes_nothing() {
        for state in CaseState::ALL {
            assert_eq!(look(state, Some(day(9)), Seen::Unknown, day(10)), state);
            let used = look(state, None, Seen::Used, day(10));
            assert_eq!(
                used == CaseState::Withdrawn,
                state.is_pending() || state == CaseState::Withdrawn,
                "{state:?}"
            );
        }
        assert_eq!(
            look(CaseState::Exempt, Some(day(10)), Seen::Waste, day(10)),
            CaseState::Exempt
        );
        assert_eq!(
            look(CaseState::Exempt, Some(day(9)), Seen::Waste, day(10)),
            CaseState::Open
        );
        assert_eq!(
            look(CaseState::Reclaimed, None, Seen::Waste, day(10)),
            CaseState::Reclaimed
        );
    }
}
