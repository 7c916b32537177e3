//! Edits of a draft, cell by cell: a cell is a key in a month, and what is set is the cell's total.
//!
//! Derived lines are never rewritten: the cell keeps them, with their derivation, and gets a line entered by hand with the
//! difference. So it can be seen both what was derived and what somebody made of it.
//!
//! An edit that states mode, provider or service sets only the part of the cell that comes from there; one that states them
//! and no money says where the cell's lines come from. A line that an edit makes otherwise says what the cell's lines have in
//! common.

use super::compare::{Part, parts};
use super::sourcing::split_by;
use super::{BudgetLine, Cell, Derivation, LineKey, Origin, Sourcing, cells};
use crate::ledger::{Money, Month};
use std::collections::{BTreeMap, BTreeSet};

/// What is set of a cell; what is nothing stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellEdit {
    /// Month.
    pub month: Month,
    /// Key.
    pub key: LineKey,
    /// The part of the cell that is meant; the whole cell when nothing.
    pub sourcing: Option<Sourcing>,
    /// Amount that the cell has afterwards.
    pub amount: Option<Money>,
    /// Amount that is added to what the cell has.
    pub add: Option<Money>,
    /// What is paid in the month, where that is not the amount; added to what the cell has.
    pub add_cash: Option<Money>,
    /// Units that the cell has afterwards.
    pub units: Option<u64>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Words about it.
    pub comment: Option<String>,
    /// Why; kept with the line that the edit makes.
    pub note: String,
    /// The finding or measure whose saving it is; the line that the edit makes is a planned saving then.
    pub measure: Option<String>,
}

impl CellEdit {
    /// An edit of a cell that changes nothing yet.
    pub fn of(month: Month, key: LineKey, note: impl Into<String>) -> CellEdit {
        CellEdit {
            month,
            key,
            sourcing: None,
            amount: None,
            add: None,
            add_cash: None,
            units: None,
            owner: None,
            comment: None,
            note: note.into(),
            measure: None,
        }
    }

    /// True for a line that the edit changes rather than adding one of its own.
    fn is_own(&self, line: &BudgetLine) -> bool {
        match (&line.derivation, &self.measure) {
            (Derivation::Manual { note }, None) => *note == self.note,
            (Derivation::Saving { measure, .. }, Some(own)) => measure == own,
            _ => false,
        }
    }

    /// True when `lines` say already what the edit sets: a row of a sheet that came back as it went out.
    pub fn changes_nothing(&self, lines: &[&BudgetLine]) -> bool {
        let meant = |line: &&&BudgetLine| self.sourcing.as_ref().is_none_or(|from| line.sourcing == *from);
        let lines: Vec<&&BudgetLine> = lines.iter().filter(meant).collect();
        let amount: Money = lines.iter().map(|line| line.amount).sum();
        let units: u64 = lines.iter().filter_map(|line| line.units).sum();
        let same = |wanted: &Option<String>, of: fn(&BudgetLine) -> &String| {
            let wanted = wanted.as_ref();
            wanted.is_none_or(|wanted| lines.iter().all(|line| of(line) == wanted))
        };
        !lines.is_empty()
            && self.amount == Some(amount)
            && self.add.is_none()
            && self.add_cash.is_none()
            && self.measure.is_none()
            && self.units.is_none_or(|wanted| wanted == units)
            && same(&self.owner, |line| &line.owner)
            && same(&self.comment, |line| &line.comment)
    }

    /// The line that the edit makes, of nothing yet; `common` is what the cell's lines say of where they come from.
    fn new_line(&self, common: Sourcing) -> BudgetLine {
        let mut line = BudgetLine::manual(self.month, self.key.clone(), Money::ZERO, self.note.clone());
        line.sourcing = self.sourcing.clone().unwrap_or(common);
        if let Some(measure) = &self.measure {
            line.origin = Origin::Optimization;
            line.derivation = Derivation::Saving {
                measure: measure.clone(),
                note: self.note.clone(),
            };
        }
        line
    }

    /// True when the edit concerns amounts or units, not only words.
    pub fn changes_money(&self) -> bool {
        self.amount.is_some() || self.add.is_some() || self.add_cash.is_some() || self.units.is_some()
    }
}

/// An edit that adds to a cell which comes from several places, as one edit for each of them, by what they have; the additions add
/// up exactly. Any other edit stays what it is.
pub fn by_part(lines: &[BudgetLine], edit: CellEdit) -> Vec<CellEdit> {
    let (Some(amount), None) = (edit.add, &edit.sourcing) else {
        return vec![edit];
    };
    let mut weights: BTreeMap<Sourcing, Money> = BTreeMap::new();
    for line in lines
        .iter()
        .filter(|line| line.month == edit.month && line.key() == edit.key)
    {
        *weights.entry(line.sourcing.clone()).or_default() += line.amount;
    }
    if weights.len() < 2 || !weights.values().any(|weight| *weight > Money::ZERO) {
        return vec![edit];
    }
    split_by(amount, &weights)
        .into_iter()
        .map(|(sourcing, part)| CellEdit {
            add: Some(part),
            sourcing: Some(sourcing),
            ..edit.clone()
        })
        .collect()
}

/// The lines after some edits, in their order; lines entered by hand that come to nothing are left out.
pub fn edited(lines: &[BudgetLine], edits: &[CellEdit]) -> Vec<BudgetLine> {
    let mut places: BTreeMap<(LineKey, Month), Vec<usize>> = BTreeMap::new();
    let mut result: Vec<BudgetLine> = lines.to_vec();
    for (at, line) in lines.iter().enumerate() {
        places.entry((line.key(), line.month)).or_default().push(at);
    }
    for edit in edits {
        let whole = places.entry((edit.key.clone(), edit.month)).or_default();
        if let (Some(sourcing), false) = (&edit.sourcing, edit.changes_money()) {
            for at in whole.iter() {
                result[*at].sourcing = sourcing.clone().or(&result[*at].sourcing);
            }
        }
        let part = edit.sourcing.as_ref().filter(|_| edit.changes_money());
        let meant = |at: &usize| part.is_none_or(|part| result[*at].sourcing == *part);
        let mut place: Vec<usize> = whole.iter().copied().filter(meant).collect();
        let cell: Money = place.iter().map(|at| result[*at].amount).sum();
        let change = edit.amount.map_or(Money::ZERO, |amount| amount - cell) + edit.add.unwrap_or_default();
        let others: u64 = place.iter().filter_map(|at| result[*at].units).sum();
        // The cell's own line by hand with the same reason takes the change; otherwise a line is added.
        let by_hand = place.iter().copied().rfind(|at| edit.is_own(&result[*at]));
        let needed = !change.is_zero()
            || edit.add_cash.is_some()
            || edit.units.is_some_and(|units| units != others)
            || place.is_empty();
        let target = match by_hand.or_else(|| (!needed).then(|| place.first().copied()).flatten()) {
            Some(at) => at,
            None => {
                let common = Sourcing::common(place.iter().map(|at| &result[*at].sourcing));
                result.push(edit.new_line(common));
                whole.push(result.len() - 1);
                place.push(result.len() - 1);
                result.len() - 1
            }
        };
        let line = &mut result[target];
        line.amount += change;
        if let Some(cash) = edit.add_cash {
            line.cash = Some(line.cash.unwrap_or_default() + cash);
        }
        if let Some(units) = edit.units.filter(|units| *units != others) {
            // Units can only be stated as a whole: the cell's other lines give theirs up to the one by hand.
            for at in place.iter().filter(|at| **at != target) {
                result[*at].units = None;
            }
            result[target].units = Some(units);
        }
        let line = &mut result[target];
        if let Some(owner) = &edit.owner {
            line.owner.clone_from(owner);
        }
        if let Some(comment) = &edit.comment {
            line.comment.clone_from(comment);
        }
    }
    let says_nothing = |line: &BudgetLine| {
        matches!(line.origin, Origin::Manual | Origin::Optimization)
            && line.amount.is_zero()
            && line.cash.is_none_or(Money::is_zero)
            && line.units.is_none()
            && line.owner.is_empty()
            && line.comment.is_empty()
    };
    result.retain(|line| !says_nothing(line));
    result.sort_by_cached_key(|line| (line.month, line.key(), line.origin));
    result
}

/// Cells that edits have made negative, or more negative than they were.
pub fn negative_cells(before: &[BudgetLine], after: &[BudgetLine]) -> BTreeMap<(LineKey, Month), Money> {
    let (old, new) = (cells(before), cells(after));
    new.into_iter()
        .filter(|(place, cell)| {
            let was = old.get(place).copied().unwrap_or_default();
            cell.amount.is_negative() && cell.amount < was.amount
        })
        .map(|(place, cell)| (place, cell.amount))
        .collect()
}

/// What an amount is spread over: cells with what they have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// Product.
    pub product: &'a str,
    /// Module, when only one is meant.
    pub module: Option<&'a str>,
    /// Cost type, when only one is meant.
    pub cost_type: Option<crate::ledger::CostType>,
    /// Running money or purchases.
    pub expenditure: crate::ledger::Expenditure,
    /// Months.
    pub months: &'a BTreeSet<Month>,
}

impl Scope<'_> {
    /// The cells of the scope with any lines.
    pub fn cells(&self, lines: &[BudgetLine]) -> BTreeMap<(LineKey, Month), Cell> {
        cells(lines.iter().filter(|line| self.has(line)))
    }

    /// The same by where they come from.
    fn parts(&self, lines: &[BudgetLine]) -> BTreeMap<Part, Cell> {
        parts(lines.iter().filter(|line| self.has(line)))
    }

    fn has(&self, line: &BudgetLine) -> bool {
        line.product == self.product
            && line.expenditure == self.expenditure
            && self.module.is_none_or(|module| line.module == module)
            && self.cost_type.is_none_or(|cost_type| line.cost_type == cost_type)
            && self.months.contains(&line.month)
    }

    /// `amount` (negative for a cut) spread over the scope by what its cells have, in whole cents when it is in whole
    /// cents; a cut never takes more from a cell than it has. Nothing when the cells have nothing to weigh by, or too little.
    /// The parts of a cell that come from several places each have their share.
    pub fn spread(&self, lines: &[BudgetLine], amount: Money) -> Option<Vec<(LineKey, Month, Sourcing, Money)>> {
        let cells: Vec<_> = self
            .parts(lines)
            .into_iter()
            .filter(|(_, cell)| !cell.amount.is_zero() && !cell.amount.is_negative())
            .collect();
        let whole: Money = cells.iter().map(|(_, cell)| cell.amount).sum();
        if whole.is_zero() || (amount.is_negative() && amount.abs() > whole) {
            return None;
        }
        let weights: Vec<Money> = cells.iter().map(|(_, cell)| cell.amount).collect();
        let parts = match amount == -whole {
            true => weights.iter().map(|weight| -*weight).collect(),
            false => amount.split(&weights)?,
        };
        Some(
            cells
                .into_iter()
                .zip(parts)
                .map(|(((key, month, sourcing), _), part)| (key, month, sourcing, part))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{CostType, Expenditure};

    fn key(product: &str) -> LineKey {
        LineKey {
            product: product.to_owned(),
            module: String::new(),
            cost_type: CostType::Server,
            expenditure: Expenditure::Opex,
        }
    }

    fn month(number: u32) -> Month {
        Month::new(2026, number).unwrap()
    }

    fn derived(number: u32, amount: i64, units: u64) -> BudgetLine {
        let mut line = BudgetLine::manual(month(number), key("video"), Money::whole(amount), "");
        line.origin = Origin::Recurring;
        line.derivation = Derivation::Recurring {
            months: Vec::new(),
            growth_percent: Money::ZERO,
        };
        line.units = Some(units);
        line
    }

    #[test]
    fn what_is_set_is_the_cell_and_the_derived_line_stays() {
        let lines = [derived(1, 100, 3), derived(2, 100, 3)];
        let mut edit = CellEdit::of(month(2), key("video"), "new contract");
        edit.amount = Some(Money::whole(130));
        edit.units = Some(4);
        edit.comment = Some("as agreed".to_owned());
        let once = edited(&lines, &[edit.clone()]);
        let cell = cells(&once)[&(key("video"), month(2))];
        assert_eq!((cell.amount, cell.units, cell.lines), (Money::whole(130), Some(4), 2));
        assert_eq!(once[1].amount, Money::whole(100));
        assert_eq!(once[2].amount, Money::whole(30));
        assert_eq!(once[2].comment, "as agreed");
        // The same again changes nothing, and going back to what was derived leaves no line by hand but its comment.
        assert_eq!(edited(&once, &[edit.clone()]), once);
        edit.amount = Some(Money::whole(100));
        edit.comment = Some(String::new());
        edit.units = None;
        let back = edited(&once, &[edit]);
        assert_eq!(cells(&back)[&(key("video"), month(2))].amount, Money::whole(100));
    }

    #[test]
    fn a_planned_saving_is_a_line_of_its_finding_and_goes_when_it_is_taken_back() {
        let lines = [derived(1, 100, 3)];
        let mut edit = CellEdit::of(month(1), key("video"), "optimization");
        edit.measure = Some("I-7".to_owned());
        edit.add = Some(Money::whole(-30));
        let once = edited(&lines, &[edit.clone()]);
        let saving = once.iter().find(|line| line.origin == Origin::Optimization).unwrap();
        assert_eq!(saving.amount, Money::whole(-30));
        assert!(matches!(&saving.derivation, Derivation::Saving { measure, .. } if measure == "I-7"));
        let mut other = edit.clone();
        other.measure = Some("I-8".to_owned());
        assert_eq!(edited(&once, &[other]).len(), 3);
        edit.add = Some(Money::whole(30));
        assert_eq!(edited(&once, &[edit]), lines);
    }

    #[test]
    fn a_part_is_set_by_itself_and_what_is_added_to_all_is_shared() {
        let mut lines = [derived(1, 30, 0), derived(1, 10, 0)];
        let (one, two) = (Sourcing::of_provider("A"), Sourcing::of_provider("B"));
        lines[0].sourcing = one.clone();
        lines[1].sourcing = two.clone();
        let of = |lines: &[BudgetLine], from: &Sourcing| -> Money {
            let lines = lines.iter().filter(|line| line.sourcing == *from);
            lines.map(|line| line.amount).sum()
        };
        let mut edit = CellEdit::of(month(1), key("video"), "x");
        edit.add = Some(Money::whole(8));
        let shared = edited(&lines, &by_part(&lines, edit.clone()));
        assert_eq!(
            (of(&shared, &one), of(&shared, &two)),
            (Money::whole(36), Money::whole(12))
        );
        // Without the places, the line of the edit says what they have in common: nothing.
        let open = edited(&lines, &[edit.clone()]);
        assert_eq!(of(&open, &Sourcing::default()), Money::whole(8));
        let mut part = CellEdit::of(month(1), key("video"), "x");
        part.sourcing = Some(two.clone());
        part.amount = Some(Money::whole(15));
        let set = edited(&lines, &[part.clone()]);
        assert_eq!((of(&set, &one), of(&set, &two)), (Money::whole(30), Money::whole(15)));
        // Without money the cell's lines are said to come from there.
        part.amount = None;
        let said = edited(&lines, &[part]);
        assert_eq!((of(&said, &two), said.len()), (Money::whole(40), 2));
    }

    #[test]
    fn a_comment_alone_stands_with_the_line_that_is_there() {
        let lines = [derived(1, 100, 3)];
        let mut edit = CellEdit::of(month(1), key("video"), "");
        edit.comment = Some("see ticket".to_owned());
        let after = edited(&lines, &[edit]);
        assert_eq!(after.len(), 1);
        assert_eq!(after[0].comment, "see ticket");
    }

    #[test]
    fn a_cut_takes_no_more_than_there_is() {
        let lines = [derived(1, 100, 0), derived(2, 50, 0)];
        let months = [month(1), month(2)].into();
        let scope = Scope {
            product: "video",
            module: None,
            cost_type: None,
            expenditure: Expenditure::Opex,
            months: &months,
        };
        assert_eq!(scope.spread(&lines, Money::whole(-151)), None);
        let all = scope.spread(&lines, Money::whole(-150)).unwrap();
        let amounts: Vec<Money> = all.iter().map(|(.., part)| *part).collect();
        assert_eq!(amounts, [Money::whole(-100), Money::whole(-50)]);
        let some: Money = scope
            .spread(&lines, Money::whole(-10))
            .unwrap()
            .iter()
            .map(|(.., part)| *part)
            .sum();
        assert_eq!(some, Money::whole(-10));
    }

    #[test]
    fn only_what_an_edit_made_negative_is_named() {
        let before = [derived(1, -5, 0), derived(2, 5, 0)];
        let mut edit = CellEdit::of(month(2), key("video"), "");
        edit.amount = Some(Money::whole(-1));
        let after = edited(&before, &[edit]);
        let negative = negative_cells(&before, &after);
        assert_eq!(negative.into_values().collect::<Vec<_>>(), [Money::whole(-1)]);
    }
}
