//! Rolling adjustment: supplements and cuts per product, with their reasons as values.

use super::{DriverChange, Figures};
use crate::ledger::{Money, Ratio};
use serde::Serialize;

/// More budget or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalKind {
    /// 追加.
    Supplement,
    /// 调减.
    Cut,
}

/// Why the landing is off the budget.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// The product's drivers against their targets.
    pub drivers: Vec<DriverChange>,
    /// Actual ÷ model cost of the recent months, over all keys under a capacity model; nothing when there are none.
    pub run_ratio: Option<Money>,
    /// Part of the landing that lies on keys without any budget.
    pub unplanned: Money,
}

/// A proposed supplement or cut of a product's budget of the year; amounts are positive and in whole hundreds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proposal {
    /// Product.
    pub product: String,
    /// More or less.
    pub kind: ProposalKind,
    /// Distance from the budget to the most likely landing, rounded up to 100 units of the reporting currency.
    pub amount: Money,
    /// The same to the nearer end of the landing's range; zero when the range reaches the budget.
    pub low: Money,
    /// The same to the farther end.
    pub high: Money,
    /// Why.
    pub reason: Reason,
}

/// The proposal for a product, when its landing is more than `band_percent` of the budget away from the budget.
pub(super) fn propose(
    product: &str,
    figures: &Figures,
    band_percent: Money,
    reason: impl FnOnce() -> Reason,
) -> Option<Proposal> {
    let (budget, landing) = (figures.year_budget, figures.landing);
    let band = budget.abs().scale_by(&Ratio::new(band_percent, Money::whole(100)));
    if figures.difference.abs() <= band {
        return None;
    }
    let (kind, low, mid, high) = if figures.difference.is_negative() {
        (
            ProposalKind::Cut,
            budget - landing.high,
            budget - landing.mid,
            budget - landing.low,
        )
    } else {
        (
            ProposalKind::Supplement,
            landing.low - budget,
            landing.mid - budget,
            landing.high - budget,
        )
    };
    let (low, amount, high) = (up_to_hundred(low), up_to_hundred(mid), up_to_hundred(high));
    Some(Proposal {
        product: product.to_owned(),
        kind,
        amount,
        low,
        high,
        reason: reason(),
    })
}

/// Rounded up to a multiple of 100; what is negative is zero.
fn up_to_hundred(amount: Money) -> Money {
    let step = Money::whole(100).units();
    let units = amount.units().max(0);
    Money::from_units((units / step + i128::from(units % step > 0)) * step)
}

#[cfg(test)]
mod tests {
    use super::super::Landing;
    use super::*;

    fn proposal(budget: i64, landing: (i64, i64, i64)) -> Option<Proposal> {
        let (low, mid, high) = (
            Money::whole(landing.0),
            Money::whole(landing.1),
            Money::whole(landing.2),
        );
        let year_budget = Money::whole(budget);
        let figures = Figures {
            year_budget,
            landing: Landing { low, mid, high },
            ..Figures::default()
        }
        .with_rates();
        let reason = || Reason {
            drivers: Vec::new(),
            run_ratio: None,
            unplanned: Money::ZERO,
        };
        propose("video", &figures, Money::whole(5), reason)
    }

    #[test]
    fn inside_the_band_nothing_is_proposed() {
        assert_eq!(proposal(10_000, (9_000, 10_500, 12_000)), None);
        assert_eq!(proposal(0, (0, 0, 0)), None);
    }

    #[test]
    fn outside_it_is_rounded_up_to_hundreds() {
        let more = proposal(10_000, (9_900, 10_501, 11_150)).unwrap();
        assert_eq!(more.kind, ProposalKind::Supplement);
        assert_eq!(
            (more.low, more.amount, more.high),
            (Money::ZERO, Money::whole(600), Money::whole(1_200))
        );
        let less = proposal(10_000, (8_000, 9_000, 9_950)).unwrap();
        assert_eq!(less.kind, ProposalKind::Cut);
        assert_eq!(
            (less.low, less.amount, less.high),
            (Money::whole(100), Money::whole(1_000), Money::whole(2_000))
        );
        assert_eq!(proposal(0, (1, 1, 1)).unwrap().amount, Money::whole(100));
    }
}
