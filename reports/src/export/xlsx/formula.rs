//! Live formulas, and what they give: a formula is only written when it gives the number of the report.

use headroom_models::ledger::{Money, Ratio};
use rust_xlsxwriter::utility::{cell_range, row_col_to_cell};
use std::collections::BTreeMap;

/// A cell: row and column, from zero.
pub(in crate::export) type Place = (u32, u16);

/// A formula over cells of its own sheet.
#[derive(Clone, Debug)]
pub(in crate::export) enum Live {
    /// The sum of cells.
    Sum(Vec<Place>),
    /// The first minus the second.
    Difference(Place, Place),
    /// The first minus all others.
    Less(Place, Vec<Place>),
    /// The first ÷ the second, empty when the second is zero.
    Quotient(Place, Place),
}

impl Live {
    /// The formula as Excel reads it.
    pub fn text(&self) -> String {
        let name = |place: &Place| row_col_to_cell(place.0, place.1);
        match self {
            Live::Sum(places) => match (places.first(), places.last()) {
                (Some(first), Some(last)) if places.len() > 2 && adjoining(places) => {
                    format!("=SUM({})", cell_range(first.0, first.1, last.0, last.1))
                }
                _ => format!("={}", places.iter().map(name).collect::<Vec<_>>().join("+")),
            },
            Live::Difference(a, b) => format!("={}-{}", name(a), name(b)),
            Live::Less(a, others) => {
                let others: String = others.iter().map(|other| format!("-{}", name(other))).collect();
                format!("={}{others}", name(a))
            }
            Live::Quotient(a, b) => format!("=IF({1}=0,\"\",{0}/{1})", name(a), name(b)),
        }
    }

    /// What the formula gives, from the amounts written so far; nothing when a cell is empty or the divisor zero.
    pub fn value(&self, written: &BTreeMap<Place, Money>) -> Option<Money> {
        let at = |place: &Place| written.get(place).copied();
        match self {
            Live::Sum(places) if places.is_empty() => None,
            Live::Sum(places) => places.iter().map(at).sum(),
            Live::Difference(a, b) => Some(at(a)? - at(b)?),
            Live::Less(a, others) => {
                let others: Money = others.iter().map(at).sum::<Option<Money>>()?;
                Some(at(a)? - others)
            }
            Live::Quotient(a, b) => Ratio::checked(at(a)?, at(b)?).map(|ratio| ratio.to_money()),
        }
    }

    /// True when the formula gives `given`, to a tenth of a cent (money) or of a basis point (ratios).
    pub fn gives(&self, given: Option<Money>, written: &BTreeMap<Place, Money>) -> bool {
        match (self.value(written), given) {
            (Some(value), Some(given)) => (value - given).abs() < tolerance(self),
            (None, None) => matches!(self, Live::Quotient(..)),
            _ => false,
        }
    }
}

fn tolerance(live: &Live) -> Money {
    let units = if matches!(live, Live::Quotient(..)) {
        10_000_000_000_000
    } else {
        1_000_000_000_000_000
    };
    Money::from_units(units)
}

/// True when the cells lie below or beside each other without a gap.
fn adjoining(places: &[Place]) -> bool {
    let down = places
        .windows(2)
        .all(|pair| pair[1].1 == pair[0].1 && pair[1].0 == pair[0].0 + 1);
    let across = places
        .windows(2)
        .all(|pair| pair[1].0 == pair[0].0 && pair[1].1 == pair[0].1 + 1);
    down || across
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_checked_against_the_given_number() {
        let money = |text: &str| text.parse::<Money>().unwrap();
        let written = [((3, 2), money("1.5")), ((4, 2), money("2.5")), ((5, 2), money("4"))].into();
        let sum = Live::Sum(vec![(3, 2), (4, 2), (5, 2)]);
        assert_eq!(sum.text(), "=SUM(C4:C6)");
        assert!(sum.gives(Some(money("8")), &written));
        assert!(!sum.gives(Some(money("8.01")), &written));
        assert_eq!(Live::Sum(vec![(3, 2), (5, 2)]).text(), "=C4+C6");
        assert!(!Live::Sum(vec![]).gives(Some(Money::ZERO), &written));
        let left = Live::Less((5, 2), vec![(3, 2), (4, 2)]);
        assert_eq!(left.text(), "=C6-C4-C5");
        assert!(left.gives(Some(Money::ZERO), &written));
        let rate = Live::Quotient((3, 2), (5, 2));
        assert_eq!(rate.text(), "=IF(C6=0,\"\",C4/C6)");
        assert!(rate.gives(Some(money("0.375")), &written));
        assert!(Live::Quotient((3, 2), (9, 9)).gives(None, &written));
    }
}
